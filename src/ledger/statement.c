/* Lines and running balance, read from postings. Not for: reasons (why.c), and never for
 * writing. */
#include "ledger/statement.h"

#include <stdio.h>

#include "base/enc.h"
#include "db/db.h"
#include "db/stmt.h"

enum { REF_BYTES = 32 };

enum err
statement_accounts(struct ctx *ctx, int64_t member_id, struct statement_accounts *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_statement_accounts);
    struct statement_accounts a = {0};
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

enum err
statement_stamp(struct ctx *ctx, int64_t seq, int64_t *ret_at, struct str *ret_sha)
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
    if (ret_sha) {
        struct str sha = stmt_col_blob(&s, "sha");

        *ret_sha = enc_hex(ctx->arena, sha.p, sha.n);
    }
    return OK;
}

/* recorded_at never falls, so halving finds it. */
enum err
statement_seq(struct ctx *ctx, int64_t at, int64_t *ret_seq)
{
    int64_t lo = 1, hi;
    enum err e = read_head(ctx, &hi);

    if (e)
        return e;
    hi++;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2, when = 0;

        if ((e = statement_stamp(ctx, mid, &when, NULL)))
            return e;
        if (when > at)
            hi = mid;
        else
            lo = mid + 1;
    }
    *ret_seq = lo;
    return OK;
}

static enum err
newest(struct ctx *ctx, int64_t account_id, int64_t *ret_ver)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_statement_newest);
    enum err e;

    stmt_i64(&s, ":account", account_id);
    e = stmt_one(&s);
    *ret_ver = e ? 0 : stmt_col_i64(&s, "ver");
    return e == E_NOTFOUND ? OK : e;
}

static enum err
line_at(struct ctx *ctx, int64_t account_id, int64_t ver, int64_t *ret_seq, int64_t *ret_bal)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_statement_at);
    enum err e;

    stmt_i64(&s, ":account", account_id);
    stmt_i64(&s, ":ver", ver);
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? ctx_fail(ctx, E_INTERNAL, "account %lld has no line %lld",
                                          (long long)account_id, (long long)ver)
                               : e;
    *ret_seq = stmt_col_i64(&s, "seq");
    *ret_bal = stmt_col_i64(&s, "bal_after");
    return OK;
}

/* Balance of an account before an entry, debit positive, and which of its lines left it. Lines
 * are numbered in order of the journal: from ver (the last one that may be it) in growing steps
 * down, then by halving, since a wallet may be long. */
static enum err
balance_before(struct ctx *ctx, int64_t account_id, int64_t before, int64_t *ver, int64_t *ret)
{
    int64_t low = 0, high = *ver + 1, bal = 0, step = 1, v = *ver, seq = 0, left = 0;
    enum err e;

    while (high - low > 1) {
        if ((e = line_at(ctx, account_id, v, &seq, &left)))
            return e;
        if (seq < before) {
            low = v;
            bal = left;
            step = 0;
        } else {
            high = v;
        }
        v = step ? high - step : low + (high - low) / 2;
        if (v <= low)
            v = low + (high - low) / 2;
        step *= 2;
    }
    *ver = low;
    *ret = bal;
    return OK;
}

enum err
statement_balance(struct ctx *ctx, int64_t account_id, int64_t before, int64_t *ret)
{
    int64_t ver;
    enum err e = newest(ctx, account_id, &ver);

    return e ? e : balance_before(ctx, account_id, before, &ver, ret);
}

enum err
statement_before(struct ctx *ctx, const struct statement_accounts *a, int64_t seq,
                 struct statement_sum *ret)
{
    int64_t pending, available, owed;
    enum err e;

    if ((e = statement_balance(ctx, a->pending, seq, &pending)) ||
        (e = statement_balance(ctx, a->available, seq, &available)) ||
        (e = statement_balance(ctx, a->owed, seq, &owed)))
        return e;
    *ret = (struct statement_sum){.pending = -pending, .available = -available, .owed = owed};
    return OK;
}

/* The last line of each account that a page may show; falls with the lines. */
struct place {
    int64_t pending, available, owed;
};

static enum err
newest_place(struct ctx *ctx, const struct statement_accounts *a, struct place *ret)
{
    enum err e;

    if ((e = newest(ctx, a->pending, &ret->pending)) ||
        (e = newest(ctx, a->available, &ret->available)))
        return e;
    return newest(ctx, a->owed, &ret->owed);
}

/* Pending and available before an entry; place is what was found for a later one. */
static enum err
total_before(struct ctx *ctx, const struct statement_accounts *a, int64_t seq,
             struct place *place, int64_t *ret)
{
    int64_t pending, available, owed;
    enum err e;

    if ((e = balance_before(ctx, a->pending, seq, &place->pending, &pending)) ||
        (e = balance_before(ctx, a->available, seq, &place->available, &available)) ||
        (e = balance_before(ctx, a->owed, seq, &place->owed, &owed)))
        return e;
    *ret = -pending - available;
    return OK;
}

/* What a page asks the journal for. */
struct wanted {
    struct statement_accounts a;
    const struct statement_filter *f;
    int64_t member_id, low, before;
    struct place last, first; /* lines up to last, from the one after first on */
    size_t most;
};

static void
take_line(struct ctx *ctx, struct stmt *s, const struct statement_accounts *a,
          struct statement_line *l)
{
    int64_t account_id = stmt_col_i64(s, "account_id");

    l->seq = stmt_col_i64(s, "seq");
    l->account = account_id == a->pending     ? STR("pending")
                 : account_id == a->available ? STR("available")
                                              : STR("owed");
    l->amount = -stmt_col_i64(s, "amount");
    l->at = stmt_col_i64(s, "recorded_at");
    l->effective = stmt_col_i64(s, "effective_at");
    l->kind = stmt_col_str(s, "kind");
    l->ref = stmt_col_str(s, "ref");
    struct str sha = stmt_col_blob(s, "sha");
    l->sha = enc_hex(ctx->arena, sha.p, sha.n);
}

/* All lines, by the number that each has in its account. */
static struct stmt
ask_all(struct ctx *ctx, const struct wanted *w)
{
    struct stmt s = stmt_get(ctx, SQL_statement_lines);

    stmt_i64(&s, ":pending_last", w->last.pending);
    stmt_i64(&s, ":pending_low", w->first.pending);
    stmt_i64(&s, ":available_last", w->last.available);
    stmt_i64(&s, ":available_low", w->first.available);
    stmt_i64(&s, ":owed_last", w->last.owed);
    stmt_i64(&s, ":owed_low", w->first.owed);
    return s;
}

static struct stmt
ask_some(struct ctx *ctx, const struct wanted *w, char ref[REF_BYTES])
{
    struct stmt s = stmt_get(ctx, SQL_statement_some);

    snprintf(ref, REF_BYTES, "race:%lld", (long long)w->f->race);
    stmt_i64(&s, ":before", w->before);
    stmt_i64(&s, ":low", w->low);
    stmt_str(&s, ":kinds", w->f->kinds);
    stmt_i64(&s, ":race", w->f->race);
    stmt_str(&s, ":race_ref", str_of(ref));
    stmt_i64(&s, ":member", w->member_id);
    return s;
}

static enum err
read_lines(struct ctx *ctx, const struct wanted *w, struct statement_line *line, size_t *ret_n)
{
    bool all = !w->f->kinds.n && !w->f->race;
    char ref[REF_BYTES];
    struct stmt s CLEANUP(stmt_done) = all ? ask_all(ctx, w) : ask_some(ctx, w, ref);
    size_t n = 0;
    enum err e;

    stmt_i64(&s, ":pending", w->a.pending);
    stmt_i64(&s, ":available", w->a.available);
    stmt_i64(&s, ":owed", w->a.owed);
    stmt_i64(&s, ":most", (int64_t)w->most);
    while ((e = stmt_row(&s)) == OK)
        take_line(ctx, &s, &w->a, &line[n++]);
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

/* Where the lines begin and end, and the balance after the last. */
static enum err
find_place(struct ctx *ctx, struct wanted *w, int64_t *ret_closing)
{
    int64_t unused;
    enum err e;

    if ((e = newest_place(ctx, &w->a, &w->last)) ||
        (e = total_before(ctx, &w->a, w->before, &w->last, ret_closing)))
        return e;
    w->first = w->last;
    return total_before(ctx, &w->a, w->low, &w->first, &unused);
}

static enum err
page_of(struct ctx *ctx, struct wanted *w, size_t max, struct statement_page *ret)
{
    struct statement_page p = {.line = ARENA_ARRAY(ctx->arena, max + 1, struct statement_line)};
    struct place place;
    enum err e;

    w->most = max + 1;
    if ((e = find_place(ctx, w, &p.closing)) || (e = read_lines(ctx, w, p.line, &p.n)))
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
    /* The balance after an entry stands in the postings themselves. */
    place = w->last;
    for (size_t i = 0; i < p.n; i++)
        if (i > 0 && p.line[i].seq == p.line[i - 1].seq)
            p.line[i].after = p.line[i - 1].after;
        else if ((e = total_before(ctx, &w->a, p.line[i].seq + 1, &place, &p.line[i].after)))
            return e;
    e = total_before(ctx, &w->a, p.n ? p.line[p.n - 1].seq : w->before, &place, &p.opening);
    *ret = p;
    return e;
}

enum err
statement_page(struct ctx *ctx, int64_t member_id, const struct statement_filter *f, size_t max,
               struct statement_page *ret)
{
    struct wanted w = {.f = f, .member_id = member_id, .low = 1};
    enum err e;

    if (max == 0 || max > STATEMENT_MAX)
        return ctx_fail(ctx, E_LIMIT, "a page has 1 to %d lines", STATEMENT_MAX);
    if ((e = db_snapshot_begin(ctx)))
        return e;
    e = statement_accounts(ctx, member_id, &w.a);
    if (!e)
        e = statement_seq(ctx, f->to ? f->to : INT64_MAX, &w.before);
    if (!e && f->from)
        e = statement_seq(ctx, f->from - 1, &w.low);
    if (!e && f->before && f->before < w.before)
        w.before = f->before;
    if (!e)
        e = page_of(ctx, &w, max, ret);
    db_snapshot_end(ctx);
    return e;
}
