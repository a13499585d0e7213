/* Out of the races that had the order, into the one whose tag was forgotten. See retag.h. */
#include "race/retag.h"

#include "base/crypt.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/journal.h"
#include "race/line.h"
#include "race/part.h"
#include "race/settle.h"

enum { REASON_MIN = 10, REASON_MAX = 300 };

/* The races that have the order now, into p; whether it may be moved at all. */
static enum err
check_parts(struct ctx *ctx, int64_t sale_id, int64_t race, struct parts *p)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_retag_touched);
    enum err e = part_load_sale(ctx, sale_id, p);

    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no sale %lld", (long long)sale_id);
    if (e)
        return e;
    stmt_i64(&s, ":sale", sale_id);
    if ((e = stmt_one(&s)))
        return e;
    if (stmt_col_i64(&s, "done"))
        return ctx_fail(ctx, E_CONFLICT, "this order was given a tag before");
    if (stmt_col_i64(&s, "back"))
        return ctx_fail(ctx, E_CONFLICT, "money of this order went back: it stays as it is");
    if (p->n_races == 1 && p->race[0].id == race)
        return ctx_fail(ctx, E_CONFLICT, "the order counts for that race already");
    for (size_t i = 0; i < p->n_races; i++)
        if (p->race[i].available || p->race[i].is_void)
            return ctx_fail(ctx, E_CONFLICT,
                            "race %lld is over: its money is with its racers for good",
                            (long long)p->race[i].id);
    return OK;
}

/* Nobody judges about a race they sat in. */
static enum err
check_seat(struct ctx *ctx, int64_t race, int64_t member_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_retag_sat);

    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":member", member_id);
    enum err e = stmt_one(&s);
    if (e)
        return e;
    return stmt_col_i64(&s, "n")
               ? ctx_fail(ctx, E_DENIED, "you sat in race %lld: somebody else decides this",
                          (long long)race)
               : OK;
}

static enum err
check_who(struct ctx *ctx, const struct parts *p, int64_t race, int64_t member_id)
{
    enum err e = check_seat(ctx, race, member_id);

    for (size_t i = 0; !e && i < p->n_races; i++)
        e = check_seat(ctx, p->race[i].id, member_id);
    return e;
}

static enum err
plan(struct ctx *ctx, int64_t sale_id, int64_t race, struct fact *f, struct sale_plan *ret)
{
    enum err e = sale_plan_tagged(ctx, sale_id, race, f, ret);

    if (e)
        return e;
    if (ret->race[0].settled)
        return ctx_fail(ctx, E_CONFLICT, "race %lld is over: nothing more is added to it here",
                        (long long)race);
    return ret->pool > 0 ? OK
                         : ctx_fail(ctx, E_CONFLICT, "the order would give that race nothing");
}

enum err
retag_ask(struct ctx *ctx, struct tx *tx, int64_t sale_id, int64_t race, int64_t member_id,
          struct str reason, int64_t *ret_id)
{
    struct sale_plan *look = ARENA_NEW(ctx->arena, struct sale_plan);
    struct parts *p = ARENA_NEW(ctx->arena, struct parts);
    struct fact f;
    enum err e;

    BUG_IF(!tx->open);
    if (str_length(reason) < REASON_MIN || str_length(reason) > REASON_MAX)
        return ctx_fail(ctx, E_INVALID, "the reason has %d to %d signs", REASON_MIN,
                        REASON_MAX);
    if ((e = check_parts(ctx, sale_id, race, p)) || (e = plan(ctx, sale_id, race, &f, look)) ||
        (e = check_who(ctx, p, race, member_id)))
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_retag_open);
        stmt_i64(&s, ":sale", sale_id);
        e = stmt_one(&s);
        if (e != E_NOTFOUND)
            return e ? e
                     : ctx_fail(ctx, E_CONFLICT,
                                "this was asked already: somebody else confirms it");
        ctx_clear(ctx);
    }
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_retag_add);
    stmt_i64(&s, ":sale", sale_id);
    stmt_i64(&s, ":race", race);
    stmt_str(&s, ":reason", reason);
    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":at", ctx_now(ctx));
    if ((e = stmt_one(&s)))
        return e;
    *ret_id = stmt_col_i64(&s, "id");
    return OK;
}

/* The pool, out of the house's part into the race. */
static enum err
post_in(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct sale_plan *p,
        int64_t sale_id, struct str actor, int64_t *ret_seq)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    const char *ccy = str_text(ctx->arena, f->currency);
    struct journal_done done;
    int64_t house;
    enum err e;

    journal_start(d, STR("TAG_IN"), STR("race"),
                  str_of(arena_printf(ctx->arena, "tag:sale:%lld", (long long)sale_id)),
                  f->at_ms);
    d->ref = str_of(arena_printf(ctx->arena, "sale:%lld", (long long)sale_id));
    d->policy = str_of(arena_printf(ctx->arena, "rule:%lld", (long long)p->rule_id));
    d->actor = actor;
    d->meta = sale_meta(ctx, f, p, sale_id);
    d->request = crypt_sha256(d->meta);
    if ((e = account_get(ctx, tx, STR("I:house:merch"), ccy, &house)))
        return e;
    journal_add(d, house, STR(""), p->pool);
    if ((e = sale_credit(ctx, tx, d, ccy, p)) || (e = journal_post(ctx, tx, d, &done)))
        return e;
    *ret_seq = done.seq;
    return OK;
}

static enum err
close_row(struct ctx *ctx, int64_t id, int64_t member_id, const char *state, int64_t seq)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_retag_close);

    stmt_i64(&s, ":id", id);
    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":state", str_of(state));
    if (seq)
        stmt_i64(&s, ":seq", seq);
    else
        stmt_null(&s, ":seq");
    return stmt_run(&s);
}

/* The order is read again after it left the other races: the one it goes to may be among them.
 */
static enum err
move(struct ctx *ctx, struct tx *tx, const struct retag *r, const struct parts *p,
     struct str actor, int64_t *ret_seq)
{
    struct sale_plan *to = ARENA_NEW(ctx->arena, struct sale_plan);
    int64_t id;
    struct fact f;
    enum err e = OK;

    for (size_t i = 0; !e && i < p->n_races; i++)
        e = settle_leave(ctx, tx, p->race[i].id, r->sale_id, r->race_id, actor);
    if (e || (e = plan(ctx, r->sale_id, r->race_id, &f, to)) ||
        (e = post_in(ctx, tx, &f, to, r->sale_id, actor, ret_seq)) ||
        (e = sale_rows(ctx, tx, &f, to, r->sale_id, *ret_seq)))
        return e;
    /* Among the entries that refunds read: what they take back is what stands after it. */
    return line_refund_add(ctx,
                           &(struct line_refund){
                               .provider = p->provider,
                               .payment = p->payment,
                               .kind = "mirror",
                               .object = STR("tag"),
                               .state = "booked",
                               .sale_id = r->sale_id,
                               .seq = *ret_seq,
                               .inbox_id = p->inbox_id,
                               .at = ctx_now(ctx),
                           },
                           &id);
}

static enum err
get_open(struct ctx *ctx, int64_t id, struct retag *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_retag_get);

    stmt_i64(&s, ":id", id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no such request");
    if (e)
        return e;
    *ret = (struct retag){.id = id,
                          .sale_id = stmt_col_i64(&s, "sale_id"),
                          .race_id = stmt_col_i64(&s, "race_id"),
                          .asked_by = stmt_col_i64(&s, "asked_by")};
    return str_eq_text(stmt_col_str(&s, "state"), "OPEN")
               ? OK
               : ctx_fail(ctx, E_CONFLICT, "this was decided before");
}

enum err
retag_close(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id, bool yes,
            struct str actor)
{
    struct parts *p = ARENA_NEW(ctx->arena, struct parts);
    struct retag r = {0};
    int64_t seq = 0;
    enum err e = get_open(ctx, id, &r);

    BUG_IF(!tx->open);
    if (e)
        return e;
    if (!yes)
        return close_row(ctx, id, member_id, "REJECTED", 0);
    if (member_id == r.asked_by)
        return ctx_fail(ctx, E_DENIED, "you asked for it: a second one of the staff confirms");
    if ((e = check_parts(ctx, r.sale_id, r.race_id, p)) ||
        (e = check_who(ctx, p, r.race_id, member_id)) ||
        (e = move(ctx, tx, &r, p, actor, &seq)))
        return e;
    return close_row(ctx, id, member_id, "DONE", seq);
}

enum err
retag_list(struct ctx *ctx, bool open, size_t max, struct retag **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_retag_list);
    struct retag *row = ARENA_ARRAY(ctx->arena, max, struct retag);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":open", open);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = (struct retag){
            .id = stmt_col_i64(&s, "id"),
            .sale_id = stmt_col_i64(&s, "sale_id"),
            .race_id = stmt_col_i64(&s, "race_id"),
            .asked_by = stmt_col_i64(&s, "asked_by"),
            .asked_at = stmt_col_i64(&s, "asked_at"),
            .closed_by = stmt_col_i64(&s, "closed_by"),
            .closed_at = stmt_col_i64(&s, "closed_at"),
            .reason = stmt_col_str(&s, "reason"),
            .state = stmt_col_str(&s, "state"),
            .title = stmt_col_str(&s, "title"),
            .asked_name = stmt_col_str(&s, "asked_name"),
            .closed_name = stmt_col_str(&s, "closed_name"),
            .amount = stmt_col_i64(&s, "amount"),
            .order_at = stmt_col_i64(&s, "order_at"),
        };
    if (e && e != E_NOTFOUND)
        return e;
    *ret = row;
    *ret_n = n;
    return OK;
}
