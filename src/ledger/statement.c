/* Lines, running balance and reasons, read from postings. Not for: what did not count, and
 * never for writing. */
#include "ledger/statement.h"

#include <string.h>

#include "base/enc.h"
#include "db/db.h"
#include "db/stmt.h"

/* A member's accounts in the house's currency; 0 where none was opened. */
struct accounts {
    int64_t pending, available, owed;
};

static enum err
find_accounts(struct ctx *ctx, int64_t member_id, struct accounts *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_statement_accounts);
    struct accounts a = {0};
    enum err e;

    stmt_i64(&s, ":member", member_id);
    while ((e = stmt_row(&s)) == OK) {
        int64_t id = stmt_col_i64(&s, "id");
        struct str code = stmt_col_str(&s, "code");

        if (str_has(code, '@'))
            continue; /* another currency has a statement of its own */
        if (str_starts(code, STR("L:wallet_pending:")))
            a.pending = id;
        else if (str_starts(code, STR("L:wallet:")))
            a.available = id;
        else if (str_starts(code, STR("A:clawback:")))
            a.owed = id;
    }
    if (e != E_NOTFOUND)
        return e;
    *ret = a;
    return OK;
}

static enum err
read_head(struct ctx *ctx, int64_t *ret_seq)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_journal_head);
    enum err e = stmt_one(&s);

    if (e == OK)
        *ret_seq = stmt_col_i64(&s, "seq");
    return e;
}

/* recorded_at of an entry, and its hash when wanted. */
static enum err
stamp_of(struct ctx *ctx, int64_t seq, int64_t *ret_at, struct str *ret_sha)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_statement_stamp);
    enum err e;

    stmt_i64(&s, ":seq", seq);
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_INTERNAL, "journal entry %lld is missing", (long long)seq);
    if (e)
        return e;
    *ret_at = stmt_col_i64(&s, "recorded_at");
    if (ret_sha)
        *ret_sha = stmt_col_blob(&s, "sha");
    return OK;
}

/* The first entry recorded after at: recorded_at never falls, so halving finds it. */
static enum err
first_after(struct ctx *ctx, int64_t at, int64_t *ret_seq)
{
    int64_t lo = 1, hi;
    enum err e = read_head(ctx, &hi);

    if (e)
        return e;
    hi++;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2, when = 0;

        if ((e = stamp_of(ctx, mid, &when, NULL)))
            return e;
        if (when > at)
            hi = mid;
        else
            lo = mid + 1;
    }
    *ret_seq = lo;
    return OK;
}

/* Balance of an account before an entry, debit positive. */
static enum err
balance_before(struct ctx *ctx, int64_t account_id, int64_t before, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_statement_after);
    enum err e;

    stmt_i64(&s, ":account", account_id);
    stmt_i64(&s, ":before", before);
    e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = e ? 0 : stmt_col_i64(&s, "bal_after");
    return OK;
}

static enum err
wallet_before(struct ctx *ctx, const struct accounts *a, int64_t before, int64_t *ret_pending,
              int64_t *ret_available, int64_t *ret_owed)
{
    int64_t pending, available, owed;
    enum err e;

    if ((e = balance_before(ctx, a->pending, before, &pending)) ||
        (e = balance_before(ctx, a->available, before, &available)) ||
        (e = balance_before(ctx, a->owed, before, &owed)))
        return e;
    *ret_pending = -pending;
    *ret_available = -available;
    *ret_owed = owed;
    return OK;
}

static enum err
read_lines(struct ctx *ctx, const struct accounts *a, int64_t low, int64_t before, size_t most,
           struct statement_line *line, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_statement_lines);
    size_t n = 0;
    enum err e;

    stmt_i64(&s, ":pending", a->pending);
    stmt_i64(&s, ":available", a->available);
    stmt_i64(&s, ":owed", a->owed);
    stmt_i64(&s, ":before", before);
    stmt_i64(&s, ":low", low);
    stmt_i64(&s, ":most", (int64_t)most);
    while ((e = stmt_row(&s)) == OK) {
        struct statement_line *l = &line[n++];

        l->seq = stmt_col_i64(&s, "seq");
        int64_t account_id = stmt_col_i64(&s, "account_id");
        l->account = account_id == a->pending     ? STR("pending")
                     : account_id == a->available ? STR("available")
                                                  : STR("owed");
        l->amount = -stmt_col_i64(&s, "amount");
        l->at = stmt_col_i64(&s, "recorded_at");
        l->effective = stmt_col_i64(&s, "effective_at");
        l->kind = stmt_col_str(&s, "kind");
        l->ref = stmt_col_str(&s, "ref");
        struct str sha = stmt_col_blob(&s, "sha");
        l->sha = enc_hex(ctx->arena, sha.p, sha.n);
    }
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

/* Balance after each entry, from the newest down; gives the balance before the oldest. */
static int64_t
run_down(struct statement_line *line, size_t n, int64_t closing)
{
    int64_t after = closing, before = closing;

    for (size_t i = 0; i < n; i++) {
        if (i > 0 && line[i].seq != line[i - 1].seq)
            after = before;
        line[i].after = after;
        if (!str_eq_text(line[i].account, "owed"))
            before -= line[i].amount;
    }
    return before;
}

static enum err
page_of(struct ctx *ctx, const struct accounts *a, int64_t low, int64_t before, size_t max,
        struct statement_page *ret)
{
    struct statement_page p = {.line = ARENA_ARRAY(ctx->arena, max + 1, struct statement_line)};
    int64_t pending, available, owed;
    enum err e;

    if ((e = wallet_before(ctx, a, before, &pending, &available, &owed)) ||
        (e = read_lines(ctx, a, low, before, max + 1, p.line, &p.n)))
        return e;
    if (p.n > max) {
        /* An entry is never cut in two, or its balance could not be shown. */
        while (p.n > 0 && p.line[p.n - 1].seq == p.line[max].seq)
            p.n--;
        if (p.n == 0)
            return ctx_fail(ctx, E_LIMIT, "entry %lld has more lines than a page",
                            (long long)p.line[max].seq);
        p.older_than = p.line[p.n - 1].seq;
    }
    p.closing = pending + available;
    p.opening = run_down(p.line, p.n, p.closing);
    *ret = p;
    return OK;
}

enum err
statement_page(struct ctx *ctx, int64_t member_id, int64_t before, int64_t from, int64_t to,
               size_t max, struct statement_page *ret)
{
    struct accounts a;
    int64_t low = 1, end;
    enum err e;

    if (max == 0 || max > STATEMENT_MAX)
        return ctx_fail(ctx, E_LIMIT, "a page has 1 to %d lines", STATEMENT_MAX);
    if ((e = db_snapshot_begin(ctx)))
        return e;
    e = find_accounts(ctx, member_id, &a);
    if (!e)
        e = first_after(ctx, to ? to : INT64_MAX, &end);
    if (!e && from)
        e = first_after(ctx, from - 1, &low);
    if (!e && before && before < end)
        end = before;
    if (!e)
        e = page_of(ctx, &a, low, end, max, ret);
    db_snapshot_end(ctx);
    return e;
}

/* Reasons, collected by thing and words. */
struct reasons {
    struct ctx *ctx;
    struct statement_reason *r;
    size_t n, room;
};

static void
add_reason(struct reasons *rs, struct str ref, const char *what, int64_t amount, int64_t seq)
{
    struct statement_reason *r = NULL;

    if (amount == 0)
        return;
    for (size_t i = rs->n; i > 0 && !r; i--) /* mostly one of the last */
        if (str_eq_text(rs->r[i - 1].what, what) && str_eq(rs->r[i - 1].ref, ref))
            r = &rs->r[i - 1];
    if (!r) {
        if (rs->n == rs->room) {
            size_t room = rs->room ? rs->room * 2 : 16;
            struct statement_reason *more =
                ARENA_ARRAY(rs->ctx->arena, room, struct statement_reason);

            if (rs->n)
                memcpy(more, rs->r, rs->n * sizeof(*more));
            rs->r = more;
            rs->room = room;
        }
        r = &rs->r[rs->n++];
        *r = (struct statement_reason){
            .ref = str_dup(rs->ctx->arena, ref), .what = str_of(what), .first_seq = seq};
    }
    r->amount += amount;
    r->lines++;
    r->last_seq = seq;
}

/* What is left of an entry when its shares are taken out, in words. */
static const char *
words_of(struct str kind, int64_t amount)
{
    static const struct {
        const char *kind, *in, *out;
    } table[] = {
        {"RACE_SETTLE",    "money for the result",         "to other drivers of the seat"},
        {"RACE_VOID",      "the race was called void",     "the race was called void"    },
        {"RACE_FIX",       "the result was corrected",     "the result was corrected"    },
        {"RACE_RECUT",     "ordered after the race's end", "ordered after the race's end"},
        {"ESCROW_AWARD",   "a prize of the season",        "a prize of the season"       },
        {"REFUND",         "refunds owed back instead",    "refunds"                     },
        {"DISPUTE_LOST",   "disputes owed back or held",   "lost disputes"               },
        {"DISPUTE_FREEZE", "held in a dispute owed back",  "held in a dispute"           },
        {"DISPUTE_WON",    "given back after a dispute",   "dispute"                     },
        {"RECOVER",        "recovery taken back",          "paid back what was owed"     },
        {"PAYOUT_HOLD",    "payout",                       "payout"                      },
        {"PAYOUT_FAILED",  "payout that came back",        "payout"                      },
        {"ADJUST",         "correction",                   "correction"                  },
        {"TIP",            "tips",                         "tips given"                  },
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (str_eq_text(kind, table[i].kind))
            return amount > 0 ? table[i].in : table[i].out;
    return amount > 0 ? "other credits" : "other debits";
}

/* One entry's effect on both accounts. */
struct effect {
    int64_t seq, amount;
    struct str kind, ref;
};

static enum err
read_effects(struct ctx *ctx, int64_t account_id, int64_t last, struct effect **ret,
             size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_statement_history);
    size_t n = 0, room = 64;
    struct effect *v = ARENA_ARRAY(ctx->arena, room, struct effect);
    enum err e;

    stmt_i64(&s, ":account", account_id);
    stmt_i64(&s, ":last", last);
    while ((e = stmt_row(&s)) == OK) {
        if (n == room) {
            struct effect *more = ARENA_ARRAY(ctx->arena, room *= 2, struct effect);

            memcpy(more, v, n * sizeof(*v));
            v = more;
        }
        v[n].seq = stmt_col_i64(&s, "seq");
        v[n].amount = stmt_col_i64(&s, "amount");
        v[n].kind = stmt_col_str(&s, "kind");
        v[n++].ref = stmt_col_str(&s, "ref");
    }
    *ret = v;
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

/* Goes through both accounts in order of the journal; calls back once an entry. */
static void
explain_entries(struct reasons *rs, const struct effect *a, size_t n_a, const struct effect *b,
                size_t n_b, struct stmt *shares, enum err *share_row)
{
    size_t i = 0, k = 0;

    while (i < n_a || k < n_b) {
        bool from_a = i < n_a && (k >= n_b || a[i].seq <= b[k].seq);
        struct effect f = from_a ? a[i] : b[k];
        int64_t seq = f.seq, amount = 0;

        for (; i < n_a && a[i].seq == seq; i++)
            amount += a[i].amount;
        for (; k < n_b && b[k].seq == seq; k++)
            amount += b[k].amount;
        while (*share_row == OK && stmt_col_i64(shares, "seq") <= seq) {
            int64_t at = stmt_col_i64(shares, "seq"), cents = stmt_col_i64(shares, "cents");
            char ref[32];

            snprintf(ref, sizeof(ref), "race:%lld", (long long)stmt_col_i64(shares, "race_id"));
            add_reason(rs, str_of(ref), cents > 0 ? "shares" : "refunds", cents, at);
            /* A row before this entry moved no wallet (all of it was owed back or held). */
            if (at < seq)
                add_reason(rs, str_of(ref), "owed back or held instead", -cents, at);
            else
                amount -= cents;
            *share_row = stmt_row(shares);
        }
        add_reason(rs, f.ref, words_of(f.kind, amount), amount, seq);
    }
}

static enum err
explain(struct ctx *ctx, const struct accounts *a, int64_t member_id, int64_t last,
        struct reasons *rs)
{
    struct effect *pending, *available;
    size_t n_pending, n_available;
    enum err e;

    if ((e = read_effects(ctx, a->pending, last, &pending, &n_pending)) ||
        (e = read_effects(ctx, a->available, last, &available, &n_available)))
        return e;

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_statement_shares);
    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":last", last);
    e = stmt_row(&s);
    explain_entries(rs, pending, n_pending, available, n_available, &s, &e);
    while (e == OK) /* shares whose entries moved no wallet at the very end */
        e = stmt_row(&s);
    return e == E_NOTFOUND ? OK : e;
}

static enum err
why(struct ctx *ctx, int64_t member_id, int64_t at, struct statement_why *ret)
{
    struct reasons rs = {.ctx = ctx};
    struct statement_why w = {.at = at};
    struct accounts a;
    int64_t end, recorded, sum = 0;
    struct str sha = STR_NULL;
    enum err e;

    if ((e = find_accounts(ctx, member_id, &a)) || (e = first_after(ctx, at, &end)) ||
        (e = wallet_before(ctx, &a, end, &w.pending, &w.available, &w.owed)))
        return e;
    w.head_seq = end - 1;
    if (w.head_seq > 0 && (e = stamp_of(ctx, w.head_seq, &recorded, &sha)))
        return e;
    w.head_sha = enc_hex(ctx->arena, sha.p, sha.n);
    if ((e = explain(ctx, &a, member_id, w.head_seq, &rs)))
        return e;
    for (size_t i = 0; i < rs.n; i++)
        sum += rs.r[i].amount;
    if (sum != w.pending + w.available)
        return ctx_fail(ctx, E_INTERNAL, "reasons of member %lld add up to %lld, not %lld",
                        (long long)member_id, (long long)sum,
                        (long long)(w.pending + w.available));
    w.reason = rs.r;
    w.n = rs.n;
    *ret = w;
    return OK;
}

enum err
statement_why(struct ctx *ctx, int64_t member_id, int64_t at, struct statement_why *ret)
{
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    e = why(ctx, member_id, at, ret);
    db_snapshot_end(ctx);
    return e;
}
