/* Races as a host runs them from the command line. Not for: their rules (race/lobby.h). */
#include <string.h>

#include "main/ctl.h"
#include "race/report.h"

static enum err
start(struct ctl *c, struct msg *m, struct str name)
{
    int64_t race;
    enum err e = ctl_arg_number(c, 0, "race", &race);

    if (e != OK)
        return e;
    msg_init(m, name);
    msg_add_i64(m, "race", race);
    return OK;
}

/* An option that must be there, as a number. */
static enum err
need(struct ctl *c, struct msg *m, const char *option, const char *field, int64_t lo,
     int64_t hi)
{
    int64_t v = 0;
    enum err e;

    if (!ctl_option(c, option))
        return ctx_fail(c->ctx, E_INVALID, "--%s is missing", option);
    e = ctl_number(c, option, lo, hi, 0, &v);
    if (e == OK)
        msg_add_i64(m, field, v);
    return e;
}

enum err
ctl_race_open(struct ctl *c)
{
    const char *host = ctl_option(c, "host"), *text;
    int64_t seats, rounds, race;
    struct msg m, answer;
    enum err e;

    if (!host)
        return ctx_fail(c->ctx, E_INVALID, "--host is missing");
    if ((e = ctl_number(c, "seats", 2, 8, 8, &seats)) ||
        (e = ctl_number(c, "rounds", 1, 32, 4, &rounds)))
        return e;
    msg_init(&m, STR("race.open"));
    msg_add_str(&m, "host", str_of(host));
    if ((text = ctl_option(c, "name")))
        msg_add_str(&m, "name", str_of(text));
    if ((text = ctl_option(c, "rule")))
        msg_add_str(&m, "rule", str_of(text));
    if ((text = ctl_option(c, "season")))
        msg_add_str(&m, "season", str_of(text));
    msg_add_i64(&m, "seats", seats);
    msg_add_i64(&m, "rounds", rounds);
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    race = msg_opt_i64(&answer, "race", 0);
    view_i64(c->out, "race", race);
    ctl_say(c, "race %lld is open: %.*s/race/%lld", (long long)race, STR_ARG(c->conf->site.url),
            (long long)race);
    return OK;
}

enum err
ctl_race_join(struct ctl *c)
{
    struct msg m, answer;
    int64_t seat;
    enum err e = start(c, &m, STR("race.join"));

    if (e != OK)
        return e;
    msg_add_str(&m, "member", str_of(c->arg[1]));
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    seat = msg_opt_i64(&answer, "seat", 0);
    view_i64(c->out, "seat", seat);
    if (seat)
        ctl_say(c, "%s has seat %lld", c->arg[1], (long long)seat);
    else
        ctl_say(c, "all seats are taken: %s is on the wait list", c->arg[1]);
    return OK;
}

static enum err
simple(struct ctl *c, struct msg *m, const char *done)
{
    struct msg answer;
    enum err e = ctl_ask(c, m, &answer);

    if (e == OK)
        ctl_say(c, "race %s: %s", c->arg[0], done);
    return e;
}

enum err
ctl_race_leave(struct ctl *c)
{
    struct msg m;
    enum err e = start(c, &m, STR("race.leave"));

    if (e != OK)
        return e;
    msg_add_str(&m, "member", str_of(c->arg[1]));
    return simple(c, &m, "the seat is left");
}

enum err
ctl_race_start(struct ctl *c)
{
    struct msg m;
    enum err e = start(c, &m, STR("race.start"));

    return e ? e : simple(c, &m, "started, the window is open");
}

enum err
ctl_race_sub(struct ctl *c)
{
    const char *in = ctl_option(c, "in");
    struct msg m;
    enum err e = start(c, &m, STR("race.sub"));

    if (e == OK && !in)
        e = ctx_fail(c->ctx, E_INVALID, "--in is missing");
    if (e || (e = need(c, &m, "seat", "seat", 1, 8)) ||
        (e = need(c, &m, "round", "round", 1, 32)))
        return e;
    msg_add_str(&m, "member", str_of(in));
    return simple(c, &m, "the substitute drives");
}

enum err
ctl_race_finish(struct ctl *c)
{
    const char *at = ctl_option(c, "at"), *reason = ctl_option(c, "reason");
    struct msg m;
    int64_t ms;
    enum err e = start(c, &m, STR("race.finish"));

    if (e == OK && at) {
        e = ctl_time(c, at, &ms);
        if (e == OK)
            msg_add_i64(&m, "at", ms);
    }
    if (e != OK)
        return e;
    if (reason)
        msg_add_str(&m, "reason", str_of(reason));
    return simple(c, &m, "finished, the window is closed");
}

enum err
ctl_race_result(struct ctl *c)
{
    bool dnf = ctl_flag(c, "dnf");
    struct msg m;
    enum err e = start(c, &m, STR("race.result"));

    if (e || (e = need(c, &m, "seat", "seat", 1, 8)))
        return e;
    if (dnf == ctl_flag(c, "place"))
        return ctx_fail(c->ctx, E_INVALID, "either --place N or --dnf");
    if (dnf)
        msg_add_i64(&m, "place", 0);
    else if ((e = need(c, &m, "place", "place", 1, 8)))
        return e;
    return simple(c, &m, "the result is noted");
}

enum err
ctl_race_void(struct ctl *c)
{
    const char *reason = ctl_option(c, "reason");
    struct msg m;
    enum err e = start(c, &m, STR("race.void"));

    if (e == OK && !reason)
        e = ctx_fail(c->ctx, E_INVALID, "--reason is missing");
    if (e != OK)
        return e;
    msg_add_str(&m, "reason", str_of(reason));
    return simple(c, &m, "over, without a result");
}

static void
show_seats(struct ctl *c, const struct race *r)
{
    struct view *seats = view_list(c->out, "seats");

    for (size_t i = 0; i < r->n_seats; i++) {
        const struct race_seat *s = &r->seat[i];
        struct view *v = view_add(seats);
        const char *place = s->dnf ? "DNF"
                            : s->place
                                ? arena_printf(c->ctx->arena, "%lld", (long long)s->place)
                                : "-";

        view_i64(v, "seat", s->no);
        view_i64(v, "member", s->member_id);
        view_text(v, "name", s->name);
        view_i64(v, "share", s->share);
        view_i64(v, "place", s->place);
        view_flag(v, "dnf", s->dnf);
        view_flag(v, "contested", s->contested);
        view_flag(v, "left", s->left_at != 0);
        ctl_say(c, "  seat %lld  %-20.*s  %10s  place %s%s%s", (long long)s->no,
                STR_ARG(s->name), ctl_show(c, s->share), place,
                s->contested ? "  (contested)" : "", s->left_at ? "  (left)" : "");
    }
}

enum err
ctl_race_show(struct ctl *c)
{
    struct report_wait waits;
    struct race r;
    int64_t id;
    enum err e;

    if ((e = ctl_arg_number(c, 0, "race", &id)) || (e = ctl_open(c)) ||
        (e = race_get(c->ctx, id, &r)))
        return e;
    view_i64(c->out, "race", r.id);
    view_text(c->out, "name", r.name);
    view_text(c->out, "state", race_state_name(r.state));
    view_text(c->out, "host", r.host_name);
    view_text(c->out, "season", r.season_slug);
    view_text(c->out, "rule", race_rule_words(c->ctx, &r.rule));
    view_textz(c->out, "opened_at", ctl_when(c, r.opened_at));
    view_textz(c->out, "closed_at", ctl_when(c, r.closed_at));
    view_i64(c->out, "pot", r.pot);
    view_i64(c->out, "waiting", r.waiting);
    view_i64(c->out, "sales", r.sales);
    ctl_say(c, "race %lld: %.*s, %.*s, host %.*s", (long long)r.id, STR_ARG(r.name),
            STR_ARG(race_state_word(r.state)), STR_ARG(r.host_name));
    if (r.season_id)
        ctl_say(c, "  season %.*s", STR_ARG(r.season_name));
    ctl_say(c, "  %.*s", STR_ARG(race_rule_words(c->ctx, &r.rule)));
    if (r.opened_at)
        ctl_say(c, "  window %s to %s", ctl_when(c, r.opened_at),
                r.closed_at ? ctl_when(c, r.closed_at) : "now");
    ctl_say(c, "  pot %s from %lld %s%s%s", ctl_show(c, r.pot), (long long)r.sales,
            r.sales == 1 ? "sale" : "sales", r.waiting ? ", waiting for the result " : "",
            r.waiting ? ctl_show(c, r.waiting) : "");
    show_seats(c, &r);
    if ((e = report_waits(c->ctx, &r, &waits)))
        return e;
    view_i64(c->out, "disputes", r.n_disputes);
    view_text(c->out, "waits", waits.words);
    view_textz(c->out, "final_at", ctl_when(c, r.final_at ? r.final_at : waits.until_at));
    if (waits.words.n)
        ctl_say(c, "  %.*s", STR_ARG(waits.words));
    return OK;
}

enum err
ctl_race_list(struct ctl *c)
{
    enum { PAGE = 100 };
    struct view *list = ctl_list(c);
    int64_t ids[PAGE], before = 0;
    struct race r;
    size_t n = 0;
    enum err e = ctl_open(c);

    do {
        if (e == OK)
            e = race_list(c->ctx, false, before, PAGE, ids, &n);
        for (size_t i = 0; e == OK && i < n; i++) {
            struct view *v = view_add(list);

            if ((e = race_get(c->ctx, ids[i], &r)))
                break;
            view_i64(v, "race", r.id);
            view_text(v, "name", r.name);
            view_text(v, "state", race_state_name(r.state));
            view_i64(v, "pot", r.pot);
            view_i64(v, "sales", r.sales);
            ctl_say(c, "%6lld  %-10.*s %10s  %.*s", (long long)r.id,
                    STR_ARG(race_state_name(r.state)), ctl_show(c, r.pot), STR_ARG(r.name));
            before = r.id;
        }
    } while (e == OK && n == PAGE);
    return e;
}
