/* One message a state: written from what is true when it is sent. See paynews.h. */
#include "bot/paynews.h"

#include "payout/method.h"
#include "payout/payout.h"
#include "user/identity.h"

enum { REASON_SIGNS = 300 };

static enum err
subject_of(struct ctx *ctx, int64_t member, struct str *ret)
{
    struct identity who;
    enum err e = identity_of(ctx, STR("discord"), member, &who);

    if (!e)
        *ret = who.subject;
    return e;
}

/* A change of where money goes cannot be silenced. */
static enum err
method_news(struct ctx *ctx, int64_t id, struct str *ret_subject, struct message *msg)
{
    struct method m;
    enum err e;

    if ((e = method_get(ctx, id, &m)) || (e = subject_of(ctx, m.member_id, ret_subject)))
        return e;
    if (!str_eq_text(m.state, "new"))
        return ctx_fail(ctx, E_NOTFOUND, "that destination waits for nobody");
    message_embed(msg, MESSAGE_MONEY, "New payout destination: %.*s",
                  STR_ARG(method_name(m.kind)));
    if (m.words.n)
        message_field(msg, "To", true, "%.*s", STR_ARG(message_text(ctx, m.words, 100)));
    message_line(msg, "Was that you? Then confirm it; it can be used %.*s.",
                 STR_ARG(message_time(ctx, m.ready_at, 'R')));
    message_line(msg, "If it was somebody else, take it off and end your other logins.");
    message_button(msg, MESSAGE_GREEN, "Confirm", "methodok:%lld", (long long)m.id);
    message_button(msg, MESSAGE_RED, "It was not me", "methodno:%lld", (long long)m.id);
    message_link(msg, "Logins", "/me/sessions");
    return OK;
}

static void
say_state(struct ctx *ctx, const struct payout *p, struct message *msg)
{
    struct str amount = message_money(ctx, p->amount), how = method_name(p->method);
    bool good = str_eq_text(p->state, "SETTLED"), back = str_eq_text(p->state, "RETURNED");

    message_embed(msg,
                  good   ? MESSAGE_GOOD
                  : back ? MESSAGE_PROBLEM
                         : MESSAGE_MONEY,
                  "Payout %lld: %.*s by %.*s", (long long)p->id, STR_ARG(amount), STR_ARG(how));
    if (p->revealable)
        message_line(msg, "Your code is there. It is shown once, on your payout page.");
    else if (good)
        message_line(msg, "It has arrived.");
    else if (back)
        message_line(msg, "It came back to your wallet: %.*s.",
                     STR_ARG(message_text(ctx, p->reason, REASON_SIGNS)));
    else if (str_eq_text(p->state, "SENT"))
        message_line(msg, "%.*s has taken it and is on its way with it.", STR_ARG(how));
    else
        message_line(msg, "%.*s did not answer. We ask until we know; nothing is sent twice.",
                     STR_ARG(how));
    message_footer(msg, "Turn these messages off with /notify");
    message_link(msg, "Details", "/wallet/payout");
}

static enum err
state_news(struct ctx *ctx, int64_t id, struct str *ret_subject, struct message *msg)
{
    struct payout p;
    bool on;
    enum err e;

    if ((e = payout_get(ctx, id, &p)) ||
        (e = identity_notify_get(ctx, p.member_id, STR("payout"), &on)) ||
        (e = subject_of(ctx, p.member_id, ret_subject)))
        return e;
    if (!on || (!str_eq_text(p.state, "SENT") && !str_eq_text(p.state, "UNKNOWN") &&
                !str_eq_text(p.state, "SETTLED") && !str_eq_text(p.state, "RETURNED")))
        return ctx_fail(ctx, E_NOTFOUND, "nothing to tell about that payout");
    say_state(ctx, &p, msg);
    return OK;
}

enum err
paynews_direct(struct ctx *ctx, struct str topic, struct str object, struct str *ret_subject,
               struct message **ret)
{
    bool method = str_eq_text(topic, "member.method");
    struct str rest = object, kind;
    int64_t id;

    *ret = message_new(ctx);
    if (!str_split(&rest, ':', &kind) || !str_i64(rest, 1, MINOR_MAX, &id))
        return ctx_fail(ctx, E_NOTFOUND, "nothing to tell about %.*s", STR_ARG(object));
    return method ? method_news(ctx, id, ret_subject, *ret)
                  : state_news(ctx, id, ret_subject, *ret);
}
