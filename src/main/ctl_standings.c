/* A season's table on the terminal. Not for: changing anything (ctl_season.c). */
#include "league/standing.h"
#include "main/ctl.h"

static void
fill_races(struct view *v, const struct standing *r)
{
    struct view *list = view_list(v, "races");

    for (size_t i = 0; i < r->n_races; i++) {
        struct view *x = view_add(list);

        view_i64(x, "race", r->race[i].race_id);
        view_i64(x, "place", r->race[i].place);
        view_i64(x, "points", r->race[i].points);
        view_flag(x, "start", r->race[i].start);
        view_flag(x, "dropped", r->race[i].dropped);
    }
}

static void
fill(struct ctl *c, struct view *v, const struct standing *r)
{
    view_i64(v, "rank", r->rank);
    view_i64(v, "member", r->member_id);
    view_text(v, "name", r->name);
    view_i64(v, "points", r->points);
    view_i64(v, "penalty", r->penalty);
    view_i64(v, "starts", r->starts);
    view_i64(v, "wins", r->wins);
    view_i64(v, "podiums", r->podiums);
    view_i64(v, "dnfs", r->dnfs);
    view_i64(v, "substituted", r->substituted);
    view_i64(v, "average", r->average_100);
    view_i64(v, "change", r->change);
    view_flag(v, "is_new", r->is_new);
    view_text(v, "reason", r->reason);
    fill_races(v, r);
    ctl_say(c, "%4lld %6lld  %3lld %3lld %3lld %3lld  %.*s%s%.*s", (long long)r->rank,
            (long long)r->points, (long long)r->starts, (long long)r->wins,
            (long long)r->podiums, (long long)r->dnfs, STR_ARG(r->name),
            r->reason.n ? ", " : "", STR_ARG(r->reason));
}

enum err
ctl_standings_show(struct ctl *c)
{
    const char *when = ctl_option(c, "at");
    struct standing_table t;
    struct season z;
    int64_t at = 0, top;
    enum err e;

    if ((when && (e = ctl_time(c, when, &at))) ||
        (e = ctl_number(c, "top", 1, 10000, 10000, &top)) || (e = ctl_open(c)) ||
        (e = c->n ? season_find(c->ctx, str_of(c->arg[0]), &z) : season_shown(c->ctx, &z)) ||
        (e = standing_read(c->ctx, z.id, at, 0, &t)))
        return e;
    view_text(c->out, "season", z.slug);
    view_text(c->out, "state", z.state);
    view_i64(c->out, "races", t.races);
    struct view *list = view_list(c->out, "rows");
    ctl_say(c, "%.*s, %lld race%s", STR_ARG(z.name), (long long)t.races,
            t.races == 1 ? "" : "s");
    ctl_say(c, "rank points  start win pod dnf");
    for (size_t i = 0; i < t.n && (int64_t)i < top; i++)
        fill(c, view_add(list), &t.row[i]);
    return OK;
}
