/* The league from the command line: seasons, points, penalties. Not for: their rules (league/),
 * tables (ctl_standings.c). */
#include "league/season.h"

#include <string.h>

#include "league/points.h"
#include "league/result.h"
#include "main/ctl.h"

enum { SEASONS_MAX = 1000, TABLES_MAX = 1000, PENALTIES_MAX = 1000, NOTES_MAX = 100 };

static enum err
add_time(struct ctl *c, struct msg *m, const char *option, const char *field)
{
    const char *text = ctl_option(c, option);
    int64_t at;
    enum err e;

    if (!text)
        return OK;
    e = ctl_time(c, text, &at);
    if (e == OK)
        msg_add_i64(m, field, at);
    return e;
}

/* An option that must be there. */
static enum err
need(struct ctl *c, struct msg *m, const char *option)
{
    if (!ctl_option(c, option))
        return ctx_fail(c->ctx, E_INVALID, "--%s is missing", option);
    msg_add_str(m, option, str_of(ctl_option(c, option)));
    return OK;
}

enum err
ctl_season_add(struct ctl *c)
{
    struct msg m, answer;
    struct str slug;
    enum err e;

    msg_init(&m, STR("season.add"));
    msg_add_str(&m, "name", str_of(c->arg[0]));
    ctl_put_text(c, &m, "slug", "slug");
    ctl_put_text(c, &m, "points", "points");
    ctl_put_text(c, &m, "rule", "rule");
    if ((e = add_time(c, &m, "from", "from")) || (e = add_time(c, &m, "to", "to")) ||
        (e = ctl_put_number(c, &m, "drops", "drops", 20)) ||
        (e = ctl_put_number(c, &m, "drop-from", "drop_from", 1000)) ||
        (e = ctl_ask(c, &m, &answer)))
        return e;
    slug = msg_opt(&answer, "slug");
    view_i64(c->out, "season", msg_opt_i64(&answer, "season", 0));
    view_text(c->out, "slug", slug);
    ctl_say(c, "%s is there: %.*s/season/%.*s", c->arg[0], STR_ARG(c->conf->site.url),
            STR_ARG(slug));
    return OK;
}

static void
fill(struct ctl *c, struct view *v, const struct season *z)
{
    view_i64(v, "season", z->id);
    view_text(v, "slug", z->slug);
    view_text(v, "name", z->name);
    view_text(v, "state", z->state);
    view_textz(v, "starts_at", ctl_when(c, z->starts_at));
    view_textz(v, "ends_at", ctl_when(c, z->ends_at));
    view_textz(v, "closed_at", ctl_when(c, z->closed_at));
    view_text(v, "points", points_text(c->ctx, &z->points));
    view_text(v, "points_name", z->points.name);
    view_i64(v, "points_version", z->points.version);
    view_i64(v, "dnf", z->points.dnf);
    view_i64(v, "drops", z->drops);
    view_i64(v, "drop_from", z->drop_from);
    view_text(v, "rule", z->rule);
}

enum err
ctl_season_list(struct ctl *c)
{
    struct view *list = ctl_list(c);
    struct season *z;
    size_t n;
    enum err e;

    if ((e = ctl_open(c)) || (e = season_list(c->ctx, SEASONS_MAX, &z, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        fill(c, view_add(list), &z[i]);
        ctl_say(c, "%4lld  %-6.*s  %s  %-20.*s  %.*s", (long long)z[i].id, STR_ARG(z[i].state),
                ctl_when(c, z[i].starts_at), STR_ARG(z[i].slug), STR_ARG(z[i].name));
    }
    return OK;
}

static enum err
show_notes(struct ctl *c, int64_t season)
{
    struct view *list = view_list(c->out, "notes");
    struct season_note *note;
    size_t n;
    enum err e = season_notes(c->ctx, season, NOTES_MAX, &note, &n);

    for (size_t i = 0; e == OK && i < n; i++) {
        struct view *v = view_add(list);

        view_textz(v, "at", ctl_when(c, note[i].at));
        view_text(v, "text", note[i].text);
        view_i64(v, "race", note[i].race_id);
        ctl_say(c, "  %s  %.*s", ctl_when(c, note[i].at), STR_ARG(note[i].text));
    }
    return e;
}

enum err
ctl_season_show(struct ctl *c)
{
    struct view *list = view_list(c->out, "blockers");
    struct season z;
    struct str *why;
    size_t n = 0;
    enum err e = ctl_open(c);

    if (e == OK)
        e = c->n ? season_find(c->ctx, str_of(c->arg[0]), &z) : season_shown(c->ctx, &z);
    if (e != OK)
        return e;
    fill(c, c->out, &z);
    ctl_say(c, "season %lld: %.*s (%.*s), %s since %s", (long long)z.id, STR_ARG(z.name),
            STR_ARG(z.slug), z.closed_at ? "closed" : "open",
            ctl_when(c, z.closed_at ? z.closed_at : z.starts_at));
    ctl_say(c, "  points %.*s, DNF %lld (%.*s, version %lld), rule %.*s",
            STR_ARG(points_text(c->ctx, &z.points)), (long long)z.points.dnf,
            STR_ARG(z.points.name), (long long)z.points.version, STR_ARG(z.rule));
    if (z.drops)
        ctl_say(c, "  the worst %lld results are dropped from %lld races on",
                (long long)z.drops, (long long)z.drop_from);
    if (!z.closed_at && (e = season_blockers(c->ctx, z.id, &why, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        view_add_text(list, why[i]);
        ctl_say(c, "  cannot close: %.*s", STR_ARG(why[i]));
    }
    return show_notes(c, z.id);
}

/* "2 1 40 42 Nova" as a row. */
static void
show_change(struct ctl *c, struct view *v, struct str line)
{
    static const char *const name[] = {"rank_before", "rank", "points_before", "points"};
    int64_t n[4] = {0};
    struct str one;

    for (size_t i = 0; i < ARRAY_SIZE(n) && str_split(&line, ' ', &one); i++)
        if (str_i64(one, -MINOR_MAX, MINOR_MAX, &n[i]))
            view_i64(v, name[i], n[i]);
    view_text(v, "name", line);
    ctl_say(c, "%4lld -> %-4lld %6lld -> %-6lld %.*s", (long long)n[0], (long long)n[1],
            (long long)n[2], (long long)n[3], STR_ARG(line));
}

enum err
ctl_season_change(struct ctl *c)
{
    struct view *list = ctl_list(c);
    struct msg m, answer;
    struct str table, line;
    enum err e;

    msg_init(&m, STR("season.change"));
    msg_add_str(&m, "season", str_of(c->arg[0]));
    ctl_put_text(c, &m, "points", "points");
    ctl_put_text(c, &m, "reason", "reason");
    if (ctl_flag(c, "look"))
        msg_add_i64(&m, "look", 1);
    if ((e = ctl_put_number(c, &m, "drops", "drops", 20)) ||
        (e = ctl_put_number(c, &m, "drop-from", "drop_from", 1000)) ||
        (e = ctl_ask(c, &m, &answer)))
        return e;
    table = msg_opt(&answer, "table");
    while (str_split(&table, '\n', &line))
        if (line.n)
            show_change(c, view_add(list), line);
    ctl_say(c,
            ctl_flag(c, "look") ? "nothing was changed: leave --look out to do it"
                                : "season %s has changed",
            c->arg[0]);
    return OK;
}

static enum err
simple(struct ctl *c, struct msg *m, const char *done)
{
    struct msg answer;
    enum err e = ctl_ask(c, m, &answer);

    if (e == OK)
        ctl_say(c, "%s", done);
    return e;
}

enum err
ctl_season_put(struct ctl *c)
{
    struct msg m;
    int64_t race;
    enum err e = ctl_arg_number(c, 0, "race", &race);

    if (e != OK)
        return e;
    msg_init(&m, STR("season.put"));
    msg_add_i64(&m, "race", race);
    msg_add_str(&m, "season", str_of(c->arg[1]));
    return simple(c, &m, "the race counts there");
}

enum err
ctl_season_close(struct ctl *c)
{
    struct msg m;

    msg_init(&m, STR("season.close"));
    msg_add_str(&m, "season", str_of(c->arg[0]));
    return simple(c, &m, "the season is closed and its table frozen");
}

enum err
ctl_season_erratum(struct ctl *c)
{
    struct msg m;

    msg_init(&m, STR("season.erratum"));
    msg_add_str(&m, "season", str_of(c->arg[0]));
    msg_add_str(&m, "text", str_of(c->arg[1]));
    return simple(c, &m, "the erratum stands on the season's page");
}

enum err
ctl_season_check(struct ctl *c)
{
    int64_t bad = 0;
    enum err e;

    if ((e = ctl_open(c)) || (e = result_check(c->ctx, &bad)))
        return e;
    view_i64(c->out, "differences", bad);
    if (!bad) {
        ctl_say(c, "every result, trophy and closed table is what a new reckoning gives");
        return OK;
    }
    view_text(c->out, "first", ctx_why(c->ctx));
    ctl_say(c, "%lld differences, the first: %.*s", (long long)bad, STR_ARG(ctx_why(c->ctx)));
    c->code = 1;
    return OK;
}

enum err
ctl_season_points_add(struct ctl *c)
{
    struct msg m;
    enum err e;

    msg_init(&m, STR("points.add"));
    msg_add_str(&m, "name", str_of(c->arg[0]));
    msg_add_str(&m, "points", str_of(c->arg[1]));
    if ((e = ctl_put_number(c, &m, "dnf", "dnf", 1000)))
        return e;
    return simple(c, &m, "the table has a new version; seasons keep theirs");
}

enum err
ctl_season_points_list(struct ctl *c)
{
    struct view *list = ctl_list(c);
    struct points_table *t;
    size_t n;
    enum err e;

    if ((e = ctl_open(c)) || (e = points_list(c->ctx, TABLES_MAX, &t, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *v = view_add(list);
        struct str text = points_text(c->ctx, &t[i]);

        view_text(v, "name", t[i].name);
        view_i64(v, "version", t[i].version);
        view_text(v, "points", text);
        view_i64(v, "dnf", t[i].dnf);
        ctl_say(c, "%.*s, version %lld: %.*s, DNF %lld", STR_ARG(t[i].name),
                (long long)t[i].version, STR_ARG(text), (long long)t[i].dnf);
    }
    return OK;
}

enum err
ctl_season_penalty_add(struct ctl *c)
{
    struct msg m, answer;
    int64_t race, points;
    enum err e = ctl_arg_number(c, 0, "race", &race);

    if (e != OK)
        return e;
    msg_init(&m, STR("penalty.add"));
    msg_add_i64(&m, "race", race);
    msg_add_str(&m, "member", str_of(c->arg[1]));
    if (!ctl_option(c, "points"))
        return ctx_fail(c->ctx, E_INVALID, "--points is missing");
    if ((e = need(c, &m, "incident")) || (e = need(c, &m, "reason")) ||
        (e = ctl_number(c, "points", 1, 1000, 0, &points)))
        return e;
    msg_add_i64(&m, "points", points);
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    int64_t id = msg_opt_i64(&answer, "penalty", 0);
    view_i64(c->out, "penalty", id);
    ctl_say(c, "penalty %lld takes %lld points from %s", (long long)id, (long long)points,
            c->arg[1]);
    return OK;
}

enum err
ctl_season_penalty_lift(struct ctl *c)
{
    struct msg m;
    int64_t id;
    enum err e = ctl_arg_number(c, 0, "penalty", &id);

    if (e != OK)
        return e;
    msg_init(&m, STR("penalty.lift"));
    msg_add_i64(&m, "penalty", id);
    if ((e = need(c, &m, "reason")))
        return e;
    return simple(c, &m, "the penalty is lifted");
}

enum err
ctl_season_penalty_list(struct ctl *c)
{
    struct view *list = ctl_list(c);
    struct season_penalty *p;
    struct season z;
    size_t n;
    enum err e = ctl_open(c);

    if (e == OK)
        e = c->n ? season_find(c->ctx, str_of(c->arg[0]), &z) : season_shown(c->ctx, &z);
    if (e || (e = season_penalties(c->ctx, z.id, PENALTIES_MAX, &p, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *v = view_add(list);

        view_i64(v, "penalty", p[i].id);
        view_i64(v, "race", p[i].race_id);
        view_i64(v, "member", p[i].member_id);
        view_text(v, "name", p[i].name);
        view_text(v, "incident", p[i].incident);
        view_text(v, "reason", p[i].reason);
        view_i64(v, "points", p[i].points);
        view_textz(v, "at", ctl_when(c, p[i].at));
        view_textz(v, "lifted_at", ctl_when(c, p[i].lifted_at));
        ctl_say(c, "%4lld  race %-5lld %5lld  %.*s: %.*s%s", (long long)p[i].id,
                (long long)p[i].race_id, (long long)p[i].points, STR_ARG(p[i].name),
                STR_ARG(p[i].incident), p[i].lifted_at ? " (lifted)" : "");
    }
    return OK;
}
