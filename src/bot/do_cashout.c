/* /cashout, /payout and the buttons of payouts. The confirmation names method, amount and the
 * member's last payout: pressed twice it is one payout. Not for: the rules (payout/). */
#include "bot/do.h"
#include "payout/method.h"
#include "payout/payout.h"
#include "user/identity.h"

enum { CODE_SIGNS = 200, BRAND_SIGNS = 60 };

static struct str
object(struct bot *b, const char *kind, int64_t id)
{
    return str_of(arena_printf(b->ctx->arena, "%s:%lld", kind, (long long)id));
}

/* The newest payout of a member, its number 0 when there is none. */
static enum err
newest(struct ctx *ctx, int64_t member, struct payout *ret)
{
    struct payout *list;
    size_t n;
    enum err e = payout_list(ctx, member, STR(""), 1, &list, &n);

    *ret = !e && n ? list[0] : (struct payout){0};
    return e;
}

static const char *
arrival(struct str kind)
{
    if (str_eq_text(kind, "stripe"))
        return "In your Stripe account within minutes; your bank has it one to three working "
               "days later.";
    if (str_eq_text(kind, "paypal"))
        return "In your PayPal account within minutes. Without an account there it waits 30 "
               "days, then it comes back.";
    if (str_eq_text(kind, "whop"))
        return "In your Whop balance within minutes.";
    return "Staff sends a code; you read it on your payout page.";
}

static void
show_ask(struct bot *b, const struct method *m, int64_t cents, int64_t last)
{
    struct ctx *ctx = b->ctx;
    int64_t fee = payout_fee(ctx, m->kind, cents);

    message_embed(b->m, MESSAGE_MONEY, "Cash out %.*s", STR_ARG(message_money(ctx, cents)));
    message_field(b->m, "Method", true, "%.*s", STR_ARG(method_name(m->kind)));
    if (m->words.n)
        message_field(b->m, "To", true, "%.*s", STR_ARG(message_text(ctx, m->words, 100)));
    if (fee)
        message_field(b->m, "Fee", true, "%.*s of it; %.*s arrive",
                      STR_ARG(message_money(ctx, fee)),
                      STR_ARG(message_money(ctx, cents - fee)));
    else
        message_field(b->m, "Fee", true, "None: the house bears it");
    message_line(b->m, "%s", arrival(m->kind));
    message_button(b->m, MESSAGE_GREEN, "Confirm", "cashgo:%lld:%lld:%lld", (long long)m->id,
                   (long long)cents, (long long)last);
    message_button(b->m, MESSAGE_PLAIN, "Cancel", "cashno:%lld", (long long)m->id);
}

enum err
do_cashout_ask(struct bot *b)
{
    struct payout_ask ask = {.member_id = b->member.id, .actor = b->actor};
    struct payout last;
    struct method m;
    enum err e;

    if ((e = payout_amount(b->ctx, b->member.id, bot_text(b, "amount"), &ask.amount)) ||
        (e = method_usual(b->ctx, b->tx, b->member.id, bot_text(b, "method"),
                          &ask.method_id)) ||
        (e = method_get(b->ctx, ask.method_id, &m)) || (e = payout_check(b->ctx, &ask)) ||
        (e = newest(b->ctx, b->member.id, &last)))
        return e;
    show_ask(b, &m, ask.amount, last.id);
    return OK;
}

static void
show_way(struct bot *b, const struct payout *p)
{
    message_embed(b->m, MESSAGE_MONEY, "Payout %lld: %.*s by %.*s", (long long)p->id,
                  STR_ARG(message_money(b->ctx, p->amount)), STR_ARG(method_name(p->method)));
    message_line(b->m, "It is %.*s. You are told how it goes on.",
                 STR_ARG(str_lower(b->ctx->arena, p->state)));
    if (str_eq_text(p->state, "HELD"))
        message_button(b->m, MESSAGE_PLAIN, "Take it back", "cashback:%lld", (long long)p->id);
    message_link(b->m, "Details", "/wallet/payout");
}

enum err
do_cashout_go(struct bot *b)
{
    struct payout_ask ask = {.member_id = b->member.id,
                             .method_id = b->arg[0],
                             .amount = b->arg[1],
                             .actor = b->actor};
    struct payout p;
    int64_t id;
    enum err e = newest(b->ctx, b->member.id, &p);

    if (e)
        return e;
    if (p.id != b->arg[2]) {
        if (p.method_id != ask.method_id || p.amount != ask.amount)
            return ctx_fail(b->ctx, E_CONFLICT,
                            "another payout was asked for meanwhile: use /cashout again");
        show_way(b, &p);
        return OK;
    }
    if ((e = payout_request(b->ctx, b->tx, &ask, &id)) || (e = payout_get(b->ctx, id, &p)) ||
        (e = bot_log(b, object(b, "payout", id), STR(""))))
        return e;
    show_way(b, &p);
    return OK;
}

enum err
do_cashout_no(struct bot *b)
{
    message_embed(b->m, MESSAGE_RACE, "Nothing was paid out");
    return OK;
}

enum err
do_cashout_back(struct bot *b)
{
    struct payout p;
    enum err e;

    if ((e = payout_cancel(b->ctx, b->tx, b->arg[0], b->member.id, b->actor)) ||
        (e = payout_get(b->ctx, b->arg[0], &p)) ||
        (e = bot_log(b, object(b, "payout", p.id), STR(""))))
        return e;
    message_embed(b->m, MESSAGE_RACE, "Payout %lld was taken back", (long long)p.id);
    message_line(b->m, "%.*s are available again.", STR_ARG(message_money(b->ctx, p.amount)));
    return OK;
}

enum err
do_cashout_yes(struct bot *b)
{
    struct method m;
    enum err e;

    if ((e = method_confirm(b->ctx, b->tx, b->arg[0], b->member.id)) ||
        (e = method_get(b->ctx, b->arg[0], &m)) ||
        (e = bot_log(b, object(b, "method", m.id), STR("confirmed"))))
        return e;
    message_embed(b->m, MESSAGE_GOOD, "%.*s is confirmed", STR_ARG(method_name(m.kind)));
    if (m.why.n)
        message_line(b->m, "%.*s: %.*s.", STR_ARG(method_name(m.kind)),
                     STR_ARG(message_text(b->ctx, m.why, 300)));
    message_link(b->m, "Payouts", "/wallet/payout");
    return OK;
}

enum err
do_cashout_drop(struct bot *b)
{
    enum err e = method_drop(b->ctx, b->tx, b->arg[0], b->member.id);

    if (e || (e = bot_log(b, object(b, "method", b->arg[0]), STR("dropped"))))
        return e;
    message_embed(b->m, MESSAGE_PROBLEM, "The destination was taken off");
    message_line(b->m, "Nothing is paid there. If somebody else had added it, end your other "
                       "logins and tell staff.");
    message_link(b->m, "Logins", "/me/sessions");
    return OK;
}

static void
ask_code(struct bot *b, bool brand)
{
    if (brand)
        bot_input(b, "brand", "Brand of the gift card; empty: store credit", false, false, 0,
                  BRAND_SIGNS);
    bot_input(b, "code", "Code", false, true, 1, CODE_SIGNS);
}

/* Before anybody types a code: may it be at all? */
static enum err
may_open(struct bot *b, int64_t member, int64_t cents)
{
    struct payout_ask ask = {.member_id = member, .amount = cents, .actor = b->actor};
    enum err e;

    if (member == b->member.id)
        return ctx_fail(b->ctx, E_DENIED,
                        "Nobody fulfils their own request: ask another of the staff");
    if ((e = method_usual(b->ctx, b->tx, member, STR("gift_card"), &ask.method_id)))
        return e;
    return payout_check(b->ctx, &ask);
}

enum err
do_cashout_pay(struct bot *b)
{
    struct payout *open, last;
    struct member m;
    int64_t cents;
    size_t n;
    enum err e;

    if ((e = bot_user(b, "user", &m)) ||
        (e = payout_amount(b->ctx, m.id, bot_text(b, "amount"), &cents)) ||
        (e = payout_list(b->ctx, m.id, STR("open"), 1, &open, &n)) ||
        (e = newest(b->ctx, m.id, &last)))
        return e;
    if (n == 0) {
        if ((e = may_open(b, m.id, cents)))
            return e;
        bot_modal(b, "Pay by gift card or store credit", "payopen:%lld:%lld:%lld",
                  (long long)m.id, (long long)cents, (long long)last.id);
        ask_code(b, true);
        return OK;
    }
    if (m.id == b->member.id)
        return ctx_fail(b->ctx, E_DENIED,
                        "Nobody fulfils their own request: ask another of the staff");
    if (!method_is_manual(open[0].method) || open[0].amount != cents)
        return ctx_fail(b->ctx, E_CONFLICT, "%.*s has a request of %.*s by %.*s open%s",
                        STR_ARG(m.name), STR_ARG(message_money(b->ctx, open[0].amount)),
                        STR_ARG(method_name(open[0].method)),
                        method_is_manual(open[0].method) ? ": use exactly that amount"
                                                         : ", which is sent by itself");
    bot_modal(b, "Fulfil the request", "payfill:%lld", (long long)open[0].id);
    ask_code(b, str_eq_text(open[0].method, "gift_card"));
    return OK;
}

/* "@Nova just cashed out.", as far as the member allows it; else only who paid reads it. */
static enum err
say_paid(struct bot *b, const struct payout *p)
{
    struct identity_privacy choice;
    struct identity there;
    enum err e;

    if ((e = identity_privacy_get(b->ctx, p->member_id, &choice)))
        return e;
    e = identity_of(b->ctx, STR("discord"), p->member_id, &there);
    if (e && e != E_NOTFOUND)
        return e;
    if (e || choice.hidden || str_eq_text(choice.payout, "hidden")) {
        ctx_clear(b->ctx);
        b->how = BOT_PRIVATE;
        message_embed(b->m, MESSAGE_GOOD, "Payout %lld is settled", (long long)p->id);
        message_line(b->m, "The member is told, and reads the code on their payout page.");
        return OK;
    }
    message_ping(b->m, there.subject);
    if (str_eq_text(choice.payout, "amount"))
        message_content(b->m, "<@%.*s> just cashed out %.*s.", STR_ARG(there.subject),
                        STR_ARG(message_money(b->ctx, p->amount)));
    else
        message_content(b->m, "<@%.*s> just cashed out.", STR_ARG(there.subject));
    return OK;
}

static enum err
fulfil(struct bot *b, int64_t id, bool gift)
{
    struct payout_code c = {.payout_id = id,
                            .staff_id = b->member.id,
                            .brand = gift ? str_trim(bot_text(b, "brand")) : STR(""),
                            .code = str_trim(bot_text(b, "code")),
                            .note = STR("")};
    struct payout p;
    enum err e;

    b->secret = true;
    if ((e = payout_fulfil(b->ctx, b->tx, &c)) || (e = payout_get(b->ctx, id, &p)) ||
        (e = bot_log(b, object(b, "payout", id), c.brand)))
        return e;
    return say_paid(b, &p);
}

enum err
do_cashout_fill(struct bot *b)
{
    struct payout p;
    enum err e = payout_get(b->ctx, b->arg[0], &p);

    return e ? e : fulfil(b, p.id, str_eq_text(p.method, "gift_card"));
}

/* Opened and fulfilled in one step: out of the member's available money, never above it. */
enum err
do_cashout_open(struct bot *b)
{
    bool gift = str_trim(bot_text(b, "brand")).n > 0;
    struct payout_ask ask = {.member_id = b->arg[0], .amount = b->arg[1], .actor = b->actor};
    struct payout last;
    int64_t id;
    enum err e;

    b->secret = true;
    if ((e = newest(b->ctx, ask.member_id, &last)))
        return e;
    if (last.id != b->arg[2])
        return ctx_fail(b->ctx, E_CONFLICT,
                        "that member was paid or asked for a payout meanwhile: look again");
    if (ask.member_id == b->member.id)
        return ctx_fail(b->ctx, E_DENIED,
                        "Nobody fulfils their own request: ask another of the staff");
    if ((e = method_usual(b->ctx, b->tx, ask.member_id,
                          gift ? STR("gift_card") : STR("store_credit"), &ask.method_id)) ||
        (e = payout_request(b->ctx, b->tx, &ask, &id)))
        return e;
    return fulfil(b, id, gift);
}
