/* A payout comes to be: its row, its key at the provider, the money put aside. Not for: the
 * reasons against it (payout_check.c). */
#include "base/enc.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "payout/method.h"
#include "payout/payout_move.h"

enum { KEY_BYTES = 6 };

static enum err
write_row(struct ctx *ctx, const struct payout_ask *a, const struct method *m, int64_t *ret_id)
{
    unsigned char random[KEY_BYTES];
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_next);

        if ((e = stmt_one(&s)))
            return e;
        *ret_id = stmt_col_i64(&s, "id");
    }
    /* Another house may pay from the same account: our number alone would not do. */
    ctx->world->random(ctx->world->arg, random, sizeof random);
    struct str tail = enc_hex(ctx->arena, random, sizeof random);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_add);
    stmt_i64(&s, ":id", *ret_id);
    stmt_i64(&s, ":member", a->member_id);
    stmt_i64(&s, ":method", m->id);
    stmt_str(&s, ":kind", m->kind);
    stmt_str(&s, ":dest", m->to);
    stmt_i64(&s, ":amount", a->amount);
    stmt_i64(&s, ":fee", payout_fee(ctx, m->kind, a->amount));
    stmt_str(&s, ":key",
             str_of(arena_printf(ctx->arena, "payout-%lld-%.*s", (long long)*ret_id,
                                 STR_ARG(tail))));
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":actor", a->actor);
    return stmt_run(&s);
}

static enum err
first_step(struct ctx *ctx, int64_t id, struct str actor)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_step_add);

    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":state", STR("REQUESTED"));
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":why", STR(""));
    stmt_str(&s, ":actor", actor);
    stmt_null(&s, ":seq");
    return stmt_one(&s);
}

enum err
payout_request(struct ctx *ctx, struct tx *tx, const struct payout_ask *a, int64_t *ret_id)
{
    struct payout_move v;
    struct method m;
    int64_t seq;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = payout_check(ctx, a)) || (e = method_get(ctx, a->method_id, &m)) ||
        (e = write_row(ctx, a, &m, ret_id)) || (e = first_step(ctx, *ret_id, a->actor)) ||
        (e = payout_move_load(ctx, *ret_id, &v)) ||
        (e = payout_move_hold(ctx, tx, &v, a->actor, &seq)) ||
        (e = payout_move_step(ctx, tx, &v, "HELD", STR(""), a->actor, seq)))
        return e;
    return method_is_manual(m.kind) ? OK : payout_move_job(ctx, tx, &v, ctx_now(ctx));
}
