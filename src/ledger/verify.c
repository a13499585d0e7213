/* Streams journal and postings side by side and gives each entry to those who look at one part
 * of it. Not for: balances (verify_balance.c), splits (verify_split.c), other rows
 * (verify_rows.c). */
#include "ledger/verify.h"

#include <string.h>

#include "base/enc.h"
#include "db/db.h"
#include "db/stmt.h"
#include "ledger/hash.h"
#include "ledger/verify_balance.h"
#include "ledger/verify_payout.h"
#include "ledger/verify_pot.h"
#include "ledger/verify_report.h"
#include "ledger/verify_rows.h"
#include "ledger/verify_sale.h"
#include "ledger/verify_seal.h"
#include "ledger/verify_split.h"
#include "ledger/verify_tip.h"

enum { PIECE = 2000, LINES_MAX = 4096 };
/* Ceiling of what a run may remember: accounts, open items, seats, refunds. */
#define MEMORY ((size_t)4 << 30)

struct run {
    struct ctx *ctx;
    struct arena *a;
    struct verify_report r;
    struct verify_split split;
    struct verify_balance balance;
    struct hash_line line[LINES_MAX];
    int64_t entries, postings, sale_entries;
    int64_t last_seq, last_at;
    struct sha256 last_sha;
};

/* I1 */
static void
check_sum(struct run *v, const struct hash_entry *e)
{
    if (e->n_lines != (int64_t)e->n || e->n < 2)
        verify_report_no(&v->r, "I1", "entry", e->seq, "has %zu lines, says %lld", e->n,
                         (long long)e->n_lines);
    for (size_t i = 0; i < e->n; i++) {
        int64_t sum = 0;

        if (i > 0 && strcmp(e->line[i].currency, e->line[i - 1].currency) == 0)
            continue;
        for (size_t k = 0; k < e->n; k++)
            if (strcmp(e->line[k].currency, e->line[i].currency) == 0 &&
                __builtin_add_overflow(sum, e->line[k].amount, &sum))
                break;
        if (sum != 0)
            verify_report_no(&v->r, "I1", "entry", e->seq, "%lld %s too much", (long long)sum,
                             e->line[i].currency);
    }
}

/* I5, I6 */
static void
check_chain(struct run *v, const struct hash_entry *e, struct str sha)
{
    struct sha256 want = hash_make(e);

    if (e->seq != v->last_seq + 1)
        verify_report_no(&v->r, "I5", "entry", e->seq, "comes after entry %lld",
                         (long long)v->last_seq);
    if (e->recorded_at < v->last_at)
        verify_report_no(&v->r, "I5", "entry", e->seq, "was recorded before the one before it");
    if (e->prev.n != sizeof(want.b) || memcmp(e->prev.p, v->last_sha.b, sizeof(want.b)) != 0)
        verify_report_no(&v->r, "I6", "entry", e->seq,
                         "does not hold the hash of the one before");
    if (sha.n != sizeof(want.b) || memcmp(sha.p, want.b, sizeof(want.b)) != 0)
        verify_report_no(&v->r, "I6", "entry", e->seq, "has another hash than its content");
    v->last_seq = e->seq;
    v->last_at = e->recorded_at;
    memset(&v->last_sha, 0, sizeof(v->last_sha));
    memcpy(v->last_sha.b, sha.p, sha.n < sizeof(want.b) ? sha.n : sizeof(want.b));
}

static enum err
check_entry(struct run *v, struct hash_entry *e, struct str sha)
{
    v->entries++;
    v->postings += (int64_t)e->n;
    if (str_starts(e->kind, STR("SALE_")) && !e->reverses)
        v->sale_entries++;
    check_sum(v, e);
    check_chain(v, e, sha);
    verify_balance_take(&v->balance, e->seq, e->line, e->n);
    return verify_split_entry(&v->split, e);
}

/* The posting rows as they come; one row is read ahead. */
struct feed {
    struct stmt s;
    enum err e;
    int64_t seq;
};

static void
feed_next(struct feed *f)
{
    f->e = stmt_row(&f->s);
    if (f->e == OK)
        f->seq = stmt_col_i64(&f->s, "seq");
}

static void
orphan(struct run *v, int64_t seq)
{
    verify_report_no(&v->r, "I10", "posting", seq, "has no journal entry");
}

static size_t
take_lines(struct run *v, struct feed *f, int64_t seq)
{
    size_t n = 0;

    for (; f->e == OK && f->seq <= seq; feed_next(f)) {
        struct hash_line *l = &v->line[n];
        const struct verify_balance_account *a;

        if (f->seq < seq) {
            orphan(v, f->seq);
            continue;
        }
        *l = (struct hash_line){.account_id = stmt_col_i64(&f->s, "account_id")};
        l->item = stmt_col_str(&f->s, "item");
        l->amount = stmt_col_i64(&f->s, "amount");
        l->ver = stmt_col_i64(&f->s, "ver");
        l->after = stmt_col_i64(&f->s, "bal_after");
        a = verify_balance_account(&v->balance, l->account_id);
        if (a->code.n == 0)
            verify_report_no(&v->r, "I17", "account", l->account_id,
                             "is used and does not exist");
        l->code = a->code;
        memcpy(l->currency, a->currency, sizeof(l->currency));
        if (n + 1 < LINES_MAX)
            n++;
    }
    return n;
}

static enum err
read_piece(struct run *v, int64_t after, int64_t *ret_last, size_t *ret_n)
{
    /* The postings may run on beyond the piece: they are just not asked for. */
    struct stmt s CLEANUP(stmt_done) = stmt_get(v->ctx, SQL_verify_journal);
    struct feed f = {.s = stmt_get(v->ctx, SQL_verify_postings)};
    size_t n = 0;
    enum err e;

    stmt_i64(&s, ":after", after);
    stmt_i64(&s, ":most", PIECE);
    stmt_i64(&f.s, ":after", after);
    feed_next(&f);
    while ((e = stmt_row(&s)) == OK) {
        struct arena_mark mark = arena_mark(v->ctx->arena);
        struct hash_entry h = {.seq = stmt_col_i64(&s, "seq"), .line = v->line};

        h.kind = stmt_col_str(&s, "kind");
        h.scope = stmt_col_str(&s, "idem_scope");
        h.key = stmt_col_str(&s, "idem_key");
        h.request = stmt_col_blob(&s, "request_sha");
        h.effective_at = stmt_col_i64(&s, "effective_at");
        h.recorded_at = stmt_col_i64(&s, "recorded_at");
        h.ref = stmt_col_str(&s, "ref");
        if (!stmt_col_null(&s, "reverses"))
            h.reverses = stmt_col_i64(&s, "reverses");
        h.policy = stmt_col_str(&s, "policy");
        h.actor = stmt_col_str(&s, "actor");
        h.meta = stmt_col_str(&s, "meta");
        h.n_lines = stmt_col_i64(&s, "n_lines");
        h.prev = stmt_col_blob(&s, "prev_sha");
        struct str sha = stmt_col_blob(&s, "sha");

        h.n = take_lines(v, &f, h.seq);
        hash_sort(v->line, h.n);
        if ((e = check_entry(v, &h, sha)))
            break;
        *ret_last = h.seq;
        n++;
        arena_release(v->ctx->arena, mark);
    }
    stmt_done(&f.s);
    *ret_n = n;
    return e != E_NOTFOUND ? e : f.e != E_NOTFOUND && f.e != OK ? f.e : OK;
}

static enum err
read_journal(struct run *v)
{
    int64_t last = 0;
    size_t n;
    enum err e;

    do
        if ((e = read_piece(v, last, &last, &n)))
            return e;
    while (n == PIECE);

    struct stmt s CLEANUP(stmt_done) = stmt_get(v->ctx, SQL_verify_orphans);
    stmt_i64(&s, ":after", last);
    if ((e = stmt_one(&s)))
        return e;
    if (stmt_col_i64(&s, "n") > 0)
        orphan(v, stmt_col_i64(&s, "first"));
    return OK;
}

static enum err
check_head(struct run *v)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(v->ctx, SQL_journal_head);
    enum err e = stmt_one(&s);

    if (e && e != E_NOTFOUND)
        return e;
    if (e == E_NOTFOUND) {
        verify_report(&v->r, "I6", "table", STR("head"), "has no row");
        return OK;
    }
    int64_t seq = stmt_col_i64(&s, "seq");
    struct str sha = stmt_col_blob(&s, "sha");
    if (seq != v->last_seq || stmt_col_i64(&s, "recorded_at") != v->last_at ||
        sha.n != sizeof(v->last_sha.b) || memcmp(sha.p, v->last_sha.b, sha.n) != 0)
        verify_report(&v->r, "I6", "table", STR("head"), "does not repeat entry %lld",
                      (long long)v->last_seq);
    return OK;
}

static enum err
check_all(struct run *v)
{
    int64_t accounts, balances, pot_lines, shares, booked;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(v->ctx, SQL_verify_counts);

        if ((e = stmt_one(&s)))
            return e;
        accounts = stmt_col_i64(&s, "accounts");
        balances = stmt_col_i64(&s, "balances");
        pot_lines = stmt_col_i64(&s, "pot_lines");
        shares = stmt_col_i64(&s, "shares");
        booked = stmt_col_i64(&s, "booked");
    }
    if (balances > accounts)
        verify_report(&v->r, "I3", "table", STR("balance"), "%lld rows of no account",
                      (long long)(balances - accounts));
    if ((e = verify_balance_load(&v->balance)) || (e = read_journal(v)) ||
        (e = check_head(v)) || (e = verify_balance_check(&v->balance)) ||
        (e = verify_sale_check(&v->split, booked, v->sale_entries)))
        return e;
    if ((e = verify_pot_check(&v->split, pot_lines, shares)) ||
        (e = verify_payout_check(&v->r)) || (e = verify_seal_check(&v->r)))
        return e;
    if ((e = verify_tip_check(&v->r)))
        return e;
    return verify_rows_check(&v->r);
}

enum err
verify_run(struct ctx *ctx, verify_found_fn fn, void *arg, struct verify_sum *ret)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(MEMORY);
    struct arena *work CLEANUP(arena_freep) = arena_new(MEMORY);
    struct run *v = ARENA_NEW(a, struct run);
    enum err e;

    v->ctx = ctx;
    v->a = a;
    v->r = (struct verify_report){.ctx = ctx, .fn = fn, .arg = arg, .home = ctx->arena};
    v->split = verify_split_new(&v->r, a);
    v->balance = verify_balance_new(&v->r, a);
    if ((e = db_snapshot_begin(ctx)))
        return e;
    /* What is read lives in an arena of our own, released piece by piece: what the listener
     * keeps of a difference stays whole. */
    ctx->arena = work;
    e = check_all(v);
    ctx->arena = v->r.home;
    db_snapshot_end(ctx);
    if (e)
        return e;
    *ret = (struct verify_sum){
        .entries = v->entries,
        .postings = v->postings,
        .splits = v->split.splits,
        .found = v->r.found,
        .head_seq = v->last_seq,
        .head_sha = enc_hex(ctx->arena, v->last_sha.b, sizeof(v->last_sha.b)),
    };
    return OK;
}

void
verify_first(void *arg, const char *check, struct str thing, struct str what)
{
    struct verify_first *f = arg;

    if (!f->words.n)
        f->words = str_of(
            arena_printf(f->arena, "%s %.*s: %.*s", check, STR_ARG(thing), STR_ARG(what)));
}
