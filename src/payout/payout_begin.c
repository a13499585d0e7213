/* What the job has to do now: send, look, or nothing. The rule that keeps a payout from being
 * sent twice: after anything was sent, nothing is sent again before the provider said that
 * nothing happened, or was asked and knows nothing of it. A ledger that was restored does not
 * know what was sent after its copy. Not for: asking (job/). */
#include <string.h>

#include "db/tx.h"
#include "ledger/account.h"
#include "payout/method.h"
#include "payout/payout_move.h"
#include "upkeep/quarantine.h"
#include "user/member.h"

/* Providers keep keys for a day at least: past this, "nothing happened" of back then is not
 * enough. What was looked for and not there may have arrived a moment later: that holds for a
 * while only. */
enum { RESEND_MS = 20 * 60 * 60 * 1000, HEARD_MS = 90 * 60 * 1000 };

static const struct str actor = STR_INIT("jobs");

static enum err
is_blocked(struct ctx *ctx, int64_t member_id, bool *ret)
{
    struct member m;
    struct str why;
    enum err e;

    if ((e = member_get(ctx, member_id, &m)) || (e = payout_block_why(ctx, member_id, &why)))
        return e;
    *ret = m.blocked || why.n;
    return OK;
}

static void
fill(struct ctx *ctx, const struct payout_move *v, struct pay_order *ret)
{
    struct str ccy = account_house_currency(ctx);

    *ret = (struct pay_order){.id = v->p.id,
                              .key = v->p.key,
                              .to = v->dest,
                              .amount = v->p.amount - v->p.fee,
                              .ref = v->p.ref,
                              .first_at = v->p.first_at,
                              .turn = v->turn,
                              .spent = v->spent,
                              .lacks = v->lacks_at != 0};
    memcpy(ret->currency, ccy.p, ccy.n < 3 ? ccy.n : 3);
}

static enum err
send(struct ctx *ctx, struct tx *tx, struct payout_move *v, enum payout_act *ret_act,
     struct pay_order *ret)
{
    enum err e;

    v->turn++;
    v->tries++;
    v->act = STR("send");
    v->may_send = 0;
    *ret_act = PAYOUT_SEND;
    fill(ctx, v, ret);
    if (!v->p.first_at)
        v->p.first_at = ctx_now(ctx);
    e = str_eq_text(v->p.state, "SENDING")
            ? payout_move_save(ctx, tx, v)
            : payout_move_step(ctx, tx, v, "SENDING", STR(""), actor, 0);
    return e;
}

static enum err
look(struct ctx *ctx, struct tx *tx, struct payout_move *v, enum payout_act *ret_act,
     struct pay_order *ret)
{
    bool lost = str_eq_text(v->p.state, "SENDING") && str_eq_text(v->act, "send");

    v->turn++;
    v->act = STR("look");
    *ret_act = PAYOUT_LOOK;
    fill(ctx, v, ret);
    return lost ? payout_move_step(ctx, tx, v, "UNKNOWN",
                                   STR("it was sent and no answer came: we ask before anything "
                                       "is sent again"),
                                   actor, 0)
                : payout_move_save(ctx, tx, v);
}

/* It was put aside before the copy, and may have been sent after it. */
static enum err
was_restored(struct ctx *ctx, struct tx *tx, struct payout_move *v, enum payout_act *ret_act,
             struct pay_order *ret)
{
    enum err e = payout_move_step(ctx, tx, v, "SENDING", STR(""), actor, 0);

    if (e || (e = payout_move_step(ctx, tx, v, "UNKNOWN",
                                   STR("the books were restored from a copy: we ask before "
                                       "anything is sent"),
                                   actor, 0)))
        return e;
    v->p.first_at = v->p.asked_at;
    return look(ctx, tx, v, ret_act, ret);
}

/* The provider said not long ago that nothing happened, and to this ledger. */
static bool
may_send(struct ctx *ctx, const struct payout_move *v, int64_t restored_at)
{
    int64_t now = ctx_now(ctx);

    if (!v->may_send || v->heard_at < restored_at)
        return false;
    if (v->lacks_at && now - v->lacks_at < PAYOUT_LACK_MS)
        return false;
    return v->may_send == 2 ? now - v->heard_at < HEARD_MS : now - v->p.first_at < RESEND_MS;
}

enum err
payout_begin(struct ctx *ctx, struct tx *tx, int64_t id, enum payout_act *ret_act,
             struct pay_order *ret, struct str *ret_method)
{
    struct payout_move v;
    bool blocked, taken, paused;
    int64_t restored_at;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = payout_move_load(ctx, id, &v)) || (e = is_blocked(ctx, v.p.member_id, &blocked)) ||
        (e = payout_move_was_taken(ctx, &v, &taken)) ||
        (e = quarantine_open(ctx, &paused, NULL)) || (e = quarantine_since(ctx, &restored_at)))
        return e;
    *ret_act = PAYOUT_NOTHING;
    *ret = (struct pay_order){.id = id};
    *ret_method = v.p.method;
    if (method_is_manual(v.p.method))
        return OK;
    if (str_eq_text(v.p.state, "HELD")) {
        if (v.p.asked_at < restored_at)
            e = was_restored(ctx, tx, &v, ret_act, ret);
        else if (!blocked && !paused)
            e = send(ctx, tx, &v, ret_act, ret);
    } else if (str_eq_text(v.p.state, "SENDING") || str_eq_text(v.p.state, "UNKNOWN")) {
        e = may_send(ctx, &v, restored_at) && !blocked && !taken && !paused
                ? send(ctx, tx, &v, ret_act, ret)
                : look(ctx, tx, &v, ret_act, ret);
    } else if (str_eq_text(v.p.state, "SENT") || str_eq_text(v.p.state, "SETTLED")) {
        /* What has settled may have been taken back: somebody poked us. */
        e = look(ctx, tx, &v, ret_act, ret);
    }
    ret->hold = paused;
    return e;
}
