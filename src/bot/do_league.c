/* /standings, /season, /points: the table of a season, its rules, its end. Not for: rules of
 * tables (league/). */
#include "base/buf.h"
#include "bot/do.h"
#include "league/points.h"
#include "league/standing.h"

enum {
    TOP = 8,
    TOP_MAX = 20,
    NAME_SIGNS = 60,
    REASON_SIGNS = 160,
    SEASONS = 25,
    WHY_MAX = 10,
    NAMES_MAX = 4096
};

/* The season that was named, else the one that is shown. */
static enum err
pick(struct bot *b, struct season *ret)
{
    struct str which = str_trim(bot_text(b, "season"));

    return which.n ? season_find(b->ctx, which, ret) : season_shown(b->ctx, ret);
}

static struct str
name_of(const struct bot *b, const struct season *z)
{
    return message_text(b->ctx, z->name, NAME_SIGNS);
}

enum err
do_league_complete(struct bot *b)
{
    struct str typed = str_lower(b->ctx->arena, str_trim(bot_text(b, "season")));
    struct season *z;
    size_t n;
    enum err e = season_list(b->ctx, SEASONS, &z, &n);

    for (size_t i = 0; !e && i < n; i++)
        if (str_find(str_lower(b->ctx->arena, z[i].name), typed, 0) != SIZE_MAX ||
            str_starts(z[i].slug, typed))
            bot_choice(b, z[i].name, z[i].slug);
    return e;
}

static const char *
change(const struct bot *b, const struct standing *r)
{
    if (r->is_new || !r->change)
        return "";
    return arena_printf(b->ctx->arena,
                        r->change > 0 ? " \xe2\x96\xb2%lld" : " \xe2\x96\xbc%lld",
                        (long long)(r->change > 0 ? r->change : -r->change));
}

static void
row(struct bot *b, const struct standing *r)
{
    const char *wins = !r->wins ? ""
                                : arena_printf(b->ctx->arena, ", %lld win%s",
                                               (long long)r->wins, r->wins == 1 ? "" : "s");

    message_line(b->m, "**%lld. %.*s**%s \xe2\x80\x93 %lld points, %lld start%s%s",
                 (long long)r->rank, STR_ARG(message_name(b->ctx, r->name)), change(b, r),
                 (long long)r->points, (long long)r->starts, r->starts == 1 ? "" : "s", wins);
    if (r->reason.n)
        message_line(b->m, "\xe2\x80\x83%.*s",
                     STR_ARG(message_text(b->ctx, r->reason, REASON_SIGNS)));
}

enum err
do_league_standings(struct bot *b)
{
    size_t top = (size_t)bot_number(b, "top", TOP);
    struct standing_table t;
    struct season z;
    enum err e;

    if ((e = pick(b, &z)) || (e = standing_read(b->ctx, z.id, 0, 0, &t)))
        return e;
    top = top > TOP_MAX ? TOP_MAX : top;
    message_embed(b->m, MESSAGE_RACE, "%.*s", STR_ARG(name_of(b, &z)));
    if (!t.n)
        message_line(b->m, "The season starts on %.*s. No race is final yet.",
                     STR_ARG(message_time(b->ctx, z.starts_at, 'f')));
    for (size_t i = 0; i < t.n && i < top; i++)
        row(b, &t.row[i]);
    if (t.n > top)
        message_line(b->m, "and %zu more", t.n - top);
    message_footer(b->m, "%lld race%s final%s", (long long)t.races, t.races == 1 ? "" : "s",
                   z.closed_at ? ", season closed" : "");
    message_link(b->m, "Full table", "/season/%.*s", STR_ARG(z.slug));
    return OK;
}

static void
drops(struct bot *b, const struct season *z)
{
    if (z->drops)
        message_field(b->m, "Drops", false,
                      "From %lld starts on the worst %lld result%s of a racer do%s not count.",
                      (long long)z->drop_from, (long long)z->drops, z->drops == 1 ? "" : "s",
                      z->drops == 1 ? "es" : "");
    else
        message_field(b->m, "Drops", false, "Every result counts.");
}

static void
points(struct bot *b, const struct season *z)
{
    message_field(b->m, "Points", false, "Places 1 to 8: %.*s. DNF: %lld.",
                  STR_ARG(points_text(b->ctx, &z->points)), (long long)z->points.dnf);
    drops(b, z);
}

/* Whoever has the first rank: "Nova", "Nova and Juno". */
static struct str
champions(struct bot *b, const struct standing_table *t)
{
    struct buf names = buf_new(b->ctx->arena, NAMES_MAX);

    for (size_t i = 0; i < t->n && t->row[i].rank == 1; i++) {
        if (i)
            buf_add_text(&names, " and ");
        buf_add(&names, message_name(b->ctx, t->row[i].name));
    }
    return names.n ? buf_str(&names) : STR("nobody");
}

enum err
do_league_info(struct bot *b)
{
    struct standing_table t;
    struct season z;
    enum err e;

    if ((e = pick(b, &z)) || (e = standing_read(b->ctx, z.id, 0, 0, &t)))
        return e;
    message_embed(b->m, MESSAGE_RACE, "%.*s", STR_ARG(name_of(b, &z)));
    message_field(b->m, "From", true, "%.*s", STR_ARG(message_time(b->ctx, z.starts_at, 'f')));
    if (z.closed_at)
        message_field(b->m, "Closed", true, "%.*s",
                      STR_ARG(message_time(b->ctx, z.closed_at, 'f')));
    else if (z.ends_at)
        message_field(b->m, "To", true, "%.*s", STR_ARG(message_time(b->ctx, z.ends_at, 'f')));
    message_field(b->m, "Final races", true, "%lld", (long long)t.races);
    if (t.n)
        message_field(b->m, z.closed_at ? "Champion" : "Leader", true, "%.*s, %lld points",
                      STR_ARG(message_name(b->ctx, t.row[0].name)), (long long)t.row[0].points);
    points(b, &z);
    message_link(b->m, "Full table", "/season/%.*s", STR_ARG(z.slug));
    return OK;
}

enum err
do_league_points(struct bot *b)
{
    struct season z;
    enum err e = pick(b, &z);

    if (e)
        return e;
    message_embed(b->m, MESSAGE_RACE, "Points in %.*s", STR_ARG(name_of(b, &z)));
    points(b, &z);
    message_field(
        b->m, "A seat with several drivers", false,
        "Whoever drove most rounds gets the points; of equals the one who drove last.");
    message_field(
        b->m, "Ties", false,
        "More wins, then more 2nd to 8th places; head-to-head in shared races; the "
        "better place in the latest shared race; who reached the points earlier. Else "
        "the same rank.");
    message_link(b->m, "Full table", "/season/%.*s", STR_ARG(z.slug));
    return OK;
}

enum err
do_league_close(struct bot *b)
{
    struct standing_table t;
    struct season z;
    struct str *why;
    size_t n;
    enum err e;

    if ((e = pick(b, &z)))
        return e;
    if (z.closed_at)
        return ctx_fail(b->ctx, E_CONFLICT, "the season is closed already");
    if ((e = season_blockers(b->ctx, z.id, &why, &n)) ||
        (e = standing_read(b->ctx, z.id, 0, 0, &t)))
        return e;
    message_embed(b->m, n ? MESSAGE_PROBLEM : MESSAGE_RACE,
                  n ? "%.*s cannot close yet" : "Close %.*s?", STR_ARG(name_of(b, &z)));
    for (size_t i = 0; i < n && i < WHY_MAX; i++)
        message_line(b->m, "\xe2\x80\xa2 %.*s", STR_ARG(message_text(b->ctx, why[i], 120)));
    if (n > WHY_MAX)
        message_line(b->m, "and %zu more", n - WHY_MAX);
    if (n)
        return OK;
    message_line(b->m,
                 "The table of %lld races is frozen, trophies and prizes are given. It "
                 "cannot be opened again.",
                 (long long)t.races);
    for (size_t i = 0; i < t.n && i < 3; i++)
        row(b, &t.row[i]);
    message_button(b->m, MESSAGE_RED, "Close season", "seasonend:%lld", (long long)z.id);
    return OK;
}

enum err
do_league_end(struct bot *b)
{
    struct standing_table t;
    enum err e;

    if ((e = season_close(b->ctx, b->tx, b->arg[0], b->actor)) ||
        (e = standing_read(b->ctx, b->arg[0], 0, 0, &t)) ||
        (e = bot_log(b,
                     str_of(arena_printf(b->ctx->arena, "season:%lld", (long long)b->arg[0])),
                     t.season.name)))
        return e;
    /* The card with the final table is told by itself (season.closed). */
    message_content(b->m, "%.*s is closed. Champion: %.*s.", STR_ARG(name_of(b, &t.season)),
                    STR_ARG(champions(b, &t)));
    message_link(b->m, "Full table", "/season/%.*s", STR_ARG(t.season.slug));
    return OK;
}
