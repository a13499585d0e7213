/* Goes once through what a member's accounts and shares saw. Not for: lines (statement.c). */
#include "ledger/why.h"

#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "db/stmt.h"
#include "ledger/kind.h"
#include "ledger/statement.h"

/* Reasons, collected by thing and words. */
struct reasons {
    struct ctx *ctx;
    struct why_group *r;
    size_t n, room;
};

static void
add_to(struct reasons *rs, struct str ref, const char *what, int64_t amount, int64_t seq)
{
    struct why_group *r = NULL;

    if (amount == 0)
        return;
    for (size_t i = rs->n; i > 0 && !r; i--) /* mostly one of the last */
        if (str_eq_text(rs->r[i - 1].what, what) && str_eq(rs->r[i - 1].ref, ref))
            r = &rs->r[i - 1];
    if (!r) {
        if (rs->n == rs->room) {
            size_t room = rs->room ? rs->room * 2 : 16;
            struct why_group *more = ARENA_ARRAY(rs->ctx->arena, room, struct why_group);

            if (rs->n)
                memcpy(more, rs->r, rs->n * sizeof(*more));
            rs->r = more;
            rs->room = room;
        }
        r = &rs->r[rs->n++];
        *r = (struct why_group){
            .ref = str_dup(rs->ctx->arena, ref), .what = str_of(what), .first_seq = seq};
    }
    if (r->lines > 0 && r->last_seq == seq) {
        r->part[(r->lines - 1) % WHY_PARTS].amount += amount;
    } else {
        r->part[r->lines % WHY_PARTS] = (struct why_part){.seq = seq, .amount = amount};
        r->lines++;
    }
    r->amount += amount;
    r->last_seq = seq;
}

bool
why_part_of(const struct why_group *g, size_t i, struct why_part *ret)
{
    if (i >= WHY_PARTS || (int64_t)i >= g->lines)
        return false;
    *ret = g->part[(g->lines - 1 - (int64_t)i) % WHY_PARTS];
    return true;
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
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_why_history);
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
            add_to(rs, str_of(ref), cents > 0 ? "shares" : "refunds", cents, at);
            /* A row before this entry moved no wallet (all of it was owed back or held). */
            if (at < seq)
                add_to(rs, str_of(ref), "owed back or held instead", -cents, at);
            else
                amount -= cents;
            *share_row = stmt_row(shares);
        }
        /* Tips are many and small: one group of each sort. */
        add_to(rs, str_starts(f.ref, STR("tip:")) ? STR("tips") : f.ref,
               kind_effect(f.kind, amount), amount, seq);
    }
}

static enum err
explain(struct ctx *ctx, const struct statement_accounts *a, int64_t member_id, int64_t last,
        struct reasons *rs)
{
    struct effect *pending, *available;
    size_t n_pending, n_available;
    enum err e;

    if ((e = read_effects(ctx, a->pending, last, &pending, &n_pending)) ||
        (e = read_effects(ctx, a->available, last, &available, &n_available)))
        return e;

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_why_shares);
    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":last", last);
    e = stmt_row(&s);
    explain_entries(rs, pending, n_pending, available, n_available, &s, &e);
    while (e == OK) /* shares whose entries moved no wallet at the very end */
        e = stmt_row(&s);
    return e == E_NOTFOUND ? OK : e;
}

static enum err
read_why(struct ctx *ctx, int64_t member_id, int64_t at, struct why *ret)
{
    struct reasons rs = {.ctx = ctx};
    struct why w = {.at = at};
    struct statement_accounts a;
    struct statement_sum had;
    int64_t end, recorded, sum = 0;
    enum err e;

    if ((e = statement_accounts(ctx, member_id, &a)) || (e = statement_seq(ctx, at, &end)) ||
        (e = statement_before(ctx, &a, end, &had)))
        return e;
    w.pending = had.pending;
    w.available = had.available;
    w.owed = had.owed;
    w.head_seq = end - 1;
    if ((w.head_seq > 0 && (e = statement_stamp(ctx, w.head_seq, &recorded, &w.head_sha))) ||
        (e = explain(ctx, &a, member_id, w.head_seq, &rs)))
        return e;
    for (size_t i = 0; i < rs.n; i++)
        sum += rs.r[i].amount;
    if (sum != w.pending + w.available)
        return ctx_fail(ctx, E_INTERNAL, "reasons of member %lld add up to %lld, not %lld",
                        (long long)member_id, (long long)sum,
                        (long long)(w.pending + w.available));
    w.group = rs.r;
    w.n = rs.n;
    *ret = w;
    return OK;
}

enum err
why_read(struct ctx *ctx, int64_t member_id, int64_t at, struct why *ret)
{
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    e = read_why(ctx, member_id, at, ret);
    db_snapshot_end(ctx);
    return e;
}
