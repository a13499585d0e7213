/* A payout that no provider tells of any more: two operators who saw the same at the provider
 * end it. Not for: what providers say (payout_report.c). */
#include "db/stmt.h"
#include "db/tx.h"
#include "payout/payout_move.h"
#include "upkeep/quarantine.h"

enum { PROOF_MIN = 10, PROOF_MAX = 300 };
/* What is late may still come; the provider is asked again and again meanwhile. */
static const int64_t PATIENCE_MS = INT64_C(24) * 60 * 60 * 1000;

static enum err
check(struct ctx *ctx, const struct payout_word *w, const struct payout_move *v)
{
    int64_t left = v->p.changed_at + PATIENCE_MS - ctx_now(ctx);

    if (v->p.member_id == w->member_id)
        return ctx_fail(ctx, E_DENIED, "Nobody decides about their own payout");
    if (!str_eq_text(v->p.state, "UNKNOWN"))
        return ctx_fail(ctx, E_CONFLICT, "what became of payout %lld is known",
                        (long long)v->p.id);
    if (left > 0)
        return ctx_fail(ctx, E_CONFLICT,
                        "the provider may still tell: it can be decided in %lld minutes",
                        (long long)(left / 60000 + 1));
    if (str_length(w->proof) < PROOF_MIN || str_length(w->proof) > PROOF_MAX)
        return ctx_fail(ctx, E_INVALID, "say in %d to %d signs where you saw it", PROOF_MIN,
                        PROOF_MAX);
    return OK;
}

static enum err
keep(struct ctx *ctx, const struct payout_word *w)
{
    int64_t step;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_step_last);

        stmt_i64(&s, ":id", w->payout_id);
        if ((e = stmt_one(&s)))
            return e;
        step = stmt_col_i64(&s, "n");
    }
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_verdict_put);
    stmt_i64(&s, ":id", w->payout_id);
    stmt_i64(&s, ":step", step);
    stmt_i64(&s, ":member", w->member_id);
    stmt_i64(&s, ":arrived", w->arrived);
    stmt_str(&s, ":proof", w->proof);
    stmt_i64(&s, ":now", ctx_now(ctx));
    return stmt_run(&s);
}

enum err
payout_judge_word(struct ctx *ctx, int64_t id, int64_t but, struct payout_word *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_verdict_of);
    enum err e;

    stmt_i64(&s, ":id", id);
    stmt_i64(&s, ":but", but);
    *ret = (struct payout_word){.proof = STR(""), .name = STR("")};
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? OK : e;
    *ret = (struct payout_word){
        .payout_id = id,
        .member_id = stmt_col_i64(&s, "member_id"),
        .arrived = stmt_col_i64(&s, "arrived") != 0,
        .proof = stmt_col_str(&s, "proof"),
        .name = stmt_col_str(&s, "name"),
        .at = stmt_col_i64(&s, "at"),
    };
    return OK;
}

enum err
payout_judge(struct ctx *ctx, struct tx *tx, const struct payout_word *w, bool *ret_ended)
{
    struct str actor = str_of(arena_printf(ctx->arena, "member:%lld", (long long)w->member_id));
    struct payout_word other;
    struct payout_move v;
    enum err e;

    BUG_IF(!tx->open);
    *ret_ended = false;
    if ((e = quarantine_refuse(ctx)) || (e = payout_move_load(ctx, w->payout_id, &v)) ||
        (e = check(ctx, w, &v)) ||
        (e = payout_judge_word(ctx, w->payout_id, w->member_id, &other)))
        return e;
    if (other.member_id && other.arrived != w->arrived)
        return ctx_fail(ctx, E_CONFLICT, "%.*s says that it %s: agree first, nothing was moved",
                        STR_ARG(other.name), other.arrived ? "arrived" : "did not arrive");
    if ((e = keep(ctx, w)) || !other.member_id)
        return e;
    *ret_ended = true;
    return payout_report_word(ctx, tx, &v, w->arrived, actor);
}
