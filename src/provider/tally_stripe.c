/* Stripe's balance: every movement is one line there. Not for: the requests (stripe_books.h).
 */
#include "provider/tally.h"

#include "base/ctx.h"
#include "provider/stripe_books.h"

static const struct {
    const char *type, *kind;
} kinds[] = {
    {"charge",                 "charge"  },
    {"payment",                "charge"  },
    {"refund",                 "refund"  },
    {"payment_refund",         "refund"  },
    {"refund_failure",         "refund"  },
    {"payment_failure_refund", "refund"  },
    {"transfer",               "transfer"},
    {"transfer_cancel",        "transfer"},
    {"transfer_failure",       "transfer"},
    {"transfer_refund",        "transfer"},
    {"stripe_fee",             "fee"     },
};

static const char *
kind_of(const struct stripe_books_move *m)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (str_eq_text(m->type, kinds[i].type))
            return kinds[i].kind;
    return str_eq_text(m->type, "adjustment") && str_starts(m->about, STR("pi_")) ? "dispute"
                                                                                  : "other";
}

static enum err
ask(struct ctx *ctx, const struct payer_way *way, const struct tally_at *at,
    struct remote_ask *ret)
{
    return stripe_books_moves(ctx, way, at->since / 1000, at->page, ret);
}

/* Why it was not done, as an error of its own. */
static enum err
done(struct ctx *ctx, const struct remote_ask *ask, enum err e, const struct httpc_answer *a,
     struct remote_answer *ret)
{
    stripe_api_read(ctx, ask, e, a, ret);
    return ret->how == REMOTE_DONE ? OK : ctx_fail(ctx, E_REMOTE, "%.*s", STR_ARG(ret->why));
}

static enum err
read_page(struct ctx *ctx, const struct payer_way *way, const struct tally_at *at,
          const struct remote_ask *ask, enum err e, const struct httpc_answer *a,
          struct tally_page *ret)
{
    struct remote_answer r;
    struct stripe_books_move *m = NULL;
    size_t n = 0;
    bool more = false;

    (void)way;
    (void)at;
    if ((e = done(ctx, ask, e, a, &r)) || (e = stripe_books_moved(ctx, &r, &m, &n, &more)))
        return e;
    *ret = (struct tally_page){
        .line = ARENA_ARRAY(ctx->arena, n, struct tally_line), .n = n, .next = STR("")};
    for (size_t i = 0; i < n; i++)
        ret->line[i] = (struct tally_line){
            .object = m[i].id,
            .kind = kind_of(&m[i]),
            .source = m[i].about,
            .currency = m[i].currency,
            .amount = m[i].amount,
            .fee = m[i].fee,
            .at = m[i].at,
            .ours = m[i].ours,
        };
    if (more && n)
        ret->next = m[n - 1].id;
    return OK;
}

static enum err
ask_held(struct ctx *ctx, const struct payer_way *way, struct remote_ask *ret)
{
    return stripe_books_balance(ctx, way, ret);
}

static enum err
held(struct ctx *ctx, const struct remote_ask *ask, enum err e, const struct httpc_answer *a,
     struct str currency, int64_t *ret)
{
    struct remote_answer r;

    if ((e = done(ctx, ask, e, a, &r)))
        return e;
    return stripe_books_held(&r, currency, ret)
               ? OK
               : ctx_fail(ctx, E_REMOTE, "Stripe answered with what is no balance");
}

const struct tally tally_stripe = {
    .name = STR_INIT("stripe"),
    .overlap_ms = 60 * 60 * 1000,
    .ask = ask,
    .read = read_page,
    .ask_held = ask_held,
    .held = held,
};
