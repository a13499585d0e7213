/* From facts to domains. See apply.h. */
#include "vault/apply.h"

#include "base/ctx.h"
#include "dj/tip.h"
#include "league/prize.h"
#include "payout/method.h"
#include "payout/payout.h"
#include "queue/outbox.h"
#include "race/refund.h"
#include "race/sale.h"
#include "shop/checkout.h"
#include "shop/fee.h"
#include "shop/giveback.h"
#include "vault/redact.h"

/* Money that goes back: whose it was says where it is booked. */
static enum err
back(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
     struct apply_outcome *ret)
{
    bool waiting = false;
    enum err e = prize_back(ctx, tx, f, &ret->ref);

    if (e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    if ((e = tip_back(ctx, tx, f, inbox_id, &ret->ref)) != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    e = refund_book(ctx, tx, f, inbox_id, &ret->ref, &waiting);
    if (!e && waiting) {
        ret->state = STR("waiting");
        ret->reason = STR("its sale is not known yet");
    }
    return e;
}

/* Money came: the checkout behind it is paid, and what the provider kept is asked. */
static enum err
came(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct apply_outcome *o,
     enum err e)
{
    if (!e && f->checkout)
        e = checkout_paid(ctx, tx, f->checkout, o->ref);
    return e || f->test ? e : fee_ask(ctx, tx, f->provider, f->payment);
}

/* Money went: a refund that we asked for is made. */
static enum err
went(struct ctx *ctx, struct tx *tx, const struct fact *f, enum err e)
{
    bool made = f->kind == FACT_REFUND || f->kind == FACT_REFUND_TOTAL;

    return e || !made ? e : giveback_told(ctx, tx, f->provider, f->payment, f->amount);
}

/* Somebody else's, or of a payout that is not by this provider. */
static enum err
not_ours(struct ctx *ctx, struct apply_outcome *ret, enum err e)
{
    if (e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    ret->state = STR("ignored");
    ret->reason = STR("nothing of ours is named");
    return OK;
}

/* A notice is no proof: it makes us ask. */
static enum err
poke_payout(struct ctx *ctx, struct tx *tx, const struct fact *f, struct apply_outcome *ret)
{
    return not_ours(ctx, ret,
                    payout_poke(ctx, tx, f->provider, f->object, f->payment, &ret->ref));
}

static enum err
poke_funds(struct ctx *ctx, struct tx *tx, const struct fact *f, struct apply_outcome *ret)
{
    bool any;
    enum err e = payout_lack_poke(ctx, tx, f->provider, &any);

    if (e || any)
        return e;
    ret->state = STR("ignored");
    ret->reason = STR("nothing waits for it");
    return OK;
}

static enum err
poke_account(struct ctx *ctx, struct tx *tx, const struct fact *f, struct apply_outcome *ret)
{
    struct method m;
    enum err e = method_find(ctx, f->provider, f->object, &m);

    if (e)
        return not_ours(ctx, ret, e);
    ret->ref = str_of(arena_printf(ctx->arena, "method:%lld", (long long)m.id));
    return outbox_add(ctx, tx, STR("account"),
                      str_of(arena_printf(ctx->arena, "%.*s:poke:%lld", STR_ARG(ret->ref),
                                          (long long)ctx_now(ctx))),
                      str_of(arena_printf(ctx->arena, "%lld", (long long)m.id)), ctx_now(ctx));
}

static enum err
dispatch(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
         struct apply_outcome *ret)
{
    enum err e;

    switch (f->kind) {
    case FACT_NONE:
        ret->state = STR("ignored");
        return OK;
    case FACT_SALE_FAILED:
        ret->state = STR("ignored");
        ret->reason = STR("the payment failed: nothing was paid");
        return OK;
    case FACT_SALE:
        e = came(ctx, tx, f, ret, sale_book(ctx, tx, f, inbox_id, &ret->ref));
        return e ? e : redact_open(ctx, tx, f->provider);
    case FACT_PRIZE:
        return prize_book(ctx, tx, f, inbox_id, &ret->ref);
    case FACT_REFUND:
    case FACT_REFUND_TOTAL:
    case FACT_REFUND_FAILED:
    case FACT_DISPUTE_OPEN:
    case FACT_DISPUTE_WON:
    case FACT_DISPUTE_LOST:
        return went(ctx, tx, f, back(ctx, tx, f, inbox_id, ret));
    case FACT_TIP:
        return came(ctx, tx, f, ret, tip_book(ctx, tx, f, inbox_id, &ret->ref));
    case FACT_PAYOUT:
        return poke_payout(ctx, tx, f, ret);
    case FACT_FUNDS:
        return poke_funds(ctx, tx, f, ret);
    case FACT_ACCOUNT:
        return poke_account(ctx, tx, f, ret);
    case FACT_BANK:
        return payout_bank(ctx, tx, f->object, f->message);
    case FACT_REDACT:
        return redact_buyer(ctx, tx, f);
    case FACT_CLOSED:
        return redact_closed(ctx, tx, f);
    }
    return ctx_fail(ctx, E_INVALID, "nobody here can use this notice");
}

enum err
apply_fact(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
           struct apply_outcome *ret)
{
    enum err e = dispatch(ctx, tx, f, inbox_id, ret);

    if (e == E_DUPLICATE) {
        ret->state = STR("ignored");
        ret->reason = STR("told before by another notice");
        ctx_clear(ctx);
        return OK;
    }
    return e;
}
