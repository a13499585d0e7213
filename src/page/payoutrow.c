/* Words of payouts. See payoutrow.h. */
#include "page/payoutrow.h"

#include "payout/method.h"

static const struct {
    const char *state, *words, *badge;
} STATES[] = {
    {"REQUESTED", "asked for",                        "wait"},
    {"HELD",      "put aside",                        "wait"},
    {"SENDING",   "being sent",                       "live"},
    {"SENT",      "sent",                             "live"},
    {"UNKNOWN",   "not certain, we ask the provider", "wait"},
    {"SETTLED",   "arrived",                          "done"},
    {"FAILED",    "failed",                           "void"},
    {"RETURNED",  "back in the wallet",               "void"},
    {"CANCELLED", "cancelled",                        "void"}
};

struct str
payoutrow_state(struct str state)
{
    for (size_t i = 0; i < ARRAY_SIZE(STATES); i++)
        if (str_eq_text(state, STATES[i].state))
            return str_of(STATES[i].words);
    return state;
}

const char *
payoutrow_badge(struct str state)
{
    for (size_t i = 0; i < ARRAY_SIZE(STATES); i++)
        if (str_eq_text(state, STATES[i].state))
            return STATES[i].badge;
    return "rest";
}

void
payoutrow_add(struct ctx *ctx, struct view *v, const struct payout *p)
{
    view_i64(v, "id", p->id);
    view_url(v, "url", layout_printf(ctx, "/wallet/payout/%lld", (long long)p->id));
    view_text(v, "name", method_name(p->method));
    view_text(v, "to", p->to_words);
    layout_money(ctx, v, "amount", p->amount);
    layout_money(ctx, v, "fee", p->fee);
    view_text(v, "state", p->state);
    layout_badge(v, payoutrow_badge(p->state), payoutrow_state(p->state));
    view_text(v, "reason", payoutrow_sentence(ctx, p->reason));
    view_text(v, "ref", p->ref);
    view_text(v, "bank", p->bank);
    view_flag(v, "by_staff", p->by_staff);
    layout_time(v, "asked", p->asked_at);
    layout_time(v, "changed", p->changed_at);
    layout_time(v, "settled", p->settled_at);
}

struct str
payoutrow_arrival(struct str kind)
{
    if (str_eq_text(kind, "stripe"))
        return STR("at Stripe within minutes, at your bank a few days later");
    if (str_eq_text(kind, "paypal"))
        return STR("within minutes; what nobody takes comes back after 30 days");
    if (str_eq_text(kind, "whop"))
        return STR("in your Whop balance within minutes");
    return STR("when staff has got the code: you are told, and read it here");
}

struct str
payoutrow_terms(struct ctx *ctx, struct str kind)
{
    int64_t fee = payout_fee(ctx, kind, 10000);
    struct str when = payoutrow_arrival(kind), cost = layout_house(ctx, fee);

    if (!fee)
        return layout_printf(ctx, "No fee; arrives %.*s.", STR_ARG(when));
    return layout_printf(ctx, "The provider takes %.*s of %.*s; arrives %.*s.", STR_ARG(cost),
                         STR_ARG(layout_house(ctx, 10000)), STR_ARG(when));
}

struct str
payoutrow_plain(struct ctx *ctx, int64_t cents)
{
    char text[MONEY_TEXT];
    struct money m;

    if (money_make(cents, layout_currency(ctx), &m) != OK)
        return STR("");
    return str_dup(ctx->arena, str_of(money_plain(m, text)));
}

struct str
payoutrow_sentence(struct ctx *ctx, struct str why)
{
    if (!why.n)
        return STR("");
    char *p =
        arena_printf(ctx->arena, "%.*s%s", STR_ARG(why), str_ends(why, STR(".")) ? "" : ".");

    if (p[0] >= 'a' && p[0] <= 'z')
        p[0] = (char)(p[0] - 'a' + 'A');
    return str_of(p);
}
