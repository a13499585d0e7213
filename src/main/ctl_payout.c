/* Payouts as the operator sees them. There is no command that pays, or changes amount or
 * receiver; one that a provider made and a restored ledger does not know is booked here. Not
 * for: fulfilling gift cards (the console, Discord). */
#include "main/ctl.h"
#include "payout/method.h"
#include "payout/payout.h"

enum { LIST_MAX = 1000 };

static void
fill(struct ctl *c, struct view *v, const struct payout *p)
{
    view_i64(v, "id", p->id);
    view_i64(v, "member", p->member_id);
    view_text(v, "name", p->member_name);
    view_text(v, "method", p->method);
    view_text(v, "to", p->to_words);
    view_i64(v, "amount", p->amount);
    view_i64(v, "fee", p->fee);
    view_text(v, "state", p->state);
    view_text(v, "reason", p->reason);
    view_text(v, "ref", p->ref);
    view_text(v, "key", p->key);
    view_textz(v, "asked_at", ctl_when(c, p->asked_at));
    view_textz(v, "changed_at", ctl_when(c, p->changed_at));
}

enum err
ctl_payout_list(struct ctl *c)
{
    const char *state = ctl_option(c, "state");
    struct view *list = ctl_list(c);
    struct payout *p;
    size_t n = 0;
    enum err e = ctl_open(c);

    if (e || (e = payout_list(c->ctx, 0, str_of(state ? state : ""), LIST_MAX, &p, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        fill(c, view_add(list), &p[i]);
        ctl_say(c, "%6lld  %s  %12s  %-12.*s %-9.*s %.*s %.*s", (long long)p[i].id,
                ctl_when(c, p[i].asked_at), ctl_show(c, p[i].amount), STR_ARG(p[i].method),
                STR_ARG(p[i].state), STR_ARG(p[i].member_name), STR_ARG(p[i].reason));
    }
    return OK;
}

enum err
ctl_payout_show(struct ctl *c)
{
    struct payout_step *step;
    struct payout p;
    size_t n = 0;
    int64_t id;
    enum err e;

    if ((e = ctl_arg_number(c, 0, "payout", &id)) || (e = ctl_open(c)) ||
        (e = payout_get(c->ctx, id, &p)) || (e = payout_steps(c->ctx, id, &step, &n)))
        return e;
    fill(c, c->out, &p);
    ctl_say(c, "payout %lld of %.*s: %s by %.*s %.*s", (long long)id, STR_ARG(p.member_name),
            ctl_show(c, p.amount), STR_ARG(method_name(p.method)), STR_ARG(p.to_words));
    ctl_say(c, "key %.*s, reference %.*s", STR_ARG(p.key), STR_ARG(p.ref));
    struct view *list = view_list(c->out, "steps");
    for (size_t i = 0; i < n; i++) {
        struct view *v = view_add(list);

        view_textz(v, "at", ctl_when(c, step[i].at));
        view_text(v, "state", step[i].state);
        view_text(v, "why", step[i].why);
        view_text(v, "actor", step[i].actor);
        ctl_say(c, "%s  %-9.*s %.*s %.*s", ctl_when(c, step[i].at), STR_ARG(step[i].state),
                STR_ARG(step[i].actor), STR_ARG(step[i].why));
    }
    return OK;
}

static enum err
ask(struct ctl *c, const char *command, const char *done)
{
    const char *reason = ctl_option(c, "reason");
    struct msg m, answer;
    enum err e;

    msg_init(&m, str_of(command));
    msg_add_str(&m, "member", str_of(c->arg[0]));
    msg_add_str(&m, "reason", str_of(reason ? reason : ""));
    if (!(e = ctl_ask(c, &m, &answer)))
        ctl_say(c, "%s %s", c->arg[0], done);
    return e;
}

enum err
ctl_payout_block(struct ctl *c)
{
    return ask(c, "payout.block", "is not paid until you unblock; the reason is shown to them");
}

enum err
ctl_payout_unblock(struct ctl *c)
{
    return ask(c, "payout.unblock", "is paid again");
}

enum err
ctl_payout_adopt(struct ctl *c)
{
    struct msg m, answer;
    int64_t amount;
    enum err e = ctl_amount(c, c->arg[3], &amount);

    if (e)
        return e;
    if (!ctl_option(c, "reason"))
        return ctx_fail(c->ctx, E_INVALID, "say where it was seen: --reason TEXT");
    msg_init(&m, STR("payout.adopt"));
    msg_add_str(&m, "member", str_of(c->arg[0]));
    msg_add_str(&m, "provider", str_of(c->arg[1]));
    msg_add_str(&m, "ref", str_of(c->arg[2]));
    msg_add_i64(&m, "amount", amount);
    ctl_put_text(c, &m, "reason", "reason");
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    view_i64(c->out, "payout", msg_opt_i64(&answer, "payout", 0));
    ctl_say(c, "booked as payout %lld: %s to %s", (long long)msg_opt_i64(&answer, "payout", 0),
            ctl_show(c, amount), c->arg[0]);
    return OK;
}
