/* A season's grand prizes. Not for: paying them; the season's close does. */
#include "league/prize.h"
#include "main/ctl.h"

enum err
ctl_prize_add(struct ctl *c)
{
    const char *label = ctl_option(c, "label"), *sponsor = ctl_option(c, "sponsor");
    struct msg m, answer;
    int64_t place, amount;
    enum err e;

    if (!str_i64(str_of(c->arg[1]), 1, RACE_SEATS_MAX, &place))
        return ctx_fail(c->ctx, E_INVALID, "a prize is for place 1 to %d", RACE_SEATS_MAX);
    if ((e = ctl_amount(c, c->arg[2], &amount)))
        return e;
    msg_init(&m, STR("prize.add"));
    msg_add_str(&m, "season", str_of(c->arg[0]));
    msg_add_i64(&m, "place", place);
    msg_add_i64(&m, "amount", amount);
    if (label)
        msg_add_str(&m, "label", str_of(label));
    if (sponsor)
        msg_add_str(&m, "sponsor", str_of(sponsor));
    if (!(e = ctl_ask(c, &m, &answer)))
        ctl_say(c, "place %lld of %s wins %s once it is paid in", (long long)place, c->arg[0],
                ctl_show(c, amount));
    return e;
}

enum err
ctl_prize_list(struct ctl *c)
{
    struct view *list = ctl_list(c);
    struct season z;
    struct prize *p;
    size_t n = 0;
    enum err e = ctl_open(c);

    if (e || (e = season_find(c->ctx, str_of(c->arg[0]), &z)) ||
        (e = prize_list(c->ctx, z.id, &p, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        const char *state = p[i].paid_at ? "paid out" : p[i].funded_at ? "funded" : "promised";
        struct view *v = view_add(list);

        view_i64(v, "place", p[i].place);
        view_i64(v, "amount", p[i].amount);
        view_textz(v, "state", state);
        view_text(v, "label", p[i].label);
        view_i64(v, "member", p[i].member_id);
        ctl_say(c, "%2lld  %12s  %-8s  %.*s", (long long)p[i].place, ctl_show(c, p[i].amount),
                state, STR_ARG(p[i].label));
    }
    return OK;
}
