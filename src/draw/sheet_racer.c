/* The card of a racer: figures of the season, the last places, the best trophies. Not for: what
 * all cards share (ink.h). */
#include "draw/sheet_racer.h"

#include "draw/draw.h"
#include "draw/ink.h"
#include "draw/trophy_art.h"
#include "user/identity.h"

enum { SHELF = 7, TROPHIES_READ = 200, RACES_READ = 400, DOTS = 16 };

struct sheet_racer {
    struct member who;
    struct str season;   /* empty: none is on */
    struct standing row; /* of that season; rank 0: not in it */
    int64_t starts, wins, podiums;
    size_t n_results;
    struct result_row *result; /* newest first */
    size_t n_trophies;
    struct trophy *trophy;
};

static enum err
read_season(struct ctx *ctx, struct sheet_racer *s)
{
    struct standing_table *t = ARENA_NEW(ctx->arena, struct standing_table);
    struct season season;
    enum err e = season_shown(ctx, &season);

    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        return OK;
    }
    if (e == OK)
        e = standing_read(ctx, season.id, 0, 0, t);
    if (e != OK)
        return e;
    s->season = season.name;
    for (size_t i = 0; i < t->n; i++)
        if (t->row[i].member_id == s->who.id)
            s->row = t->row[i];
    return OK;
}

static enum err
read_racer(struct ctx *ctx, struct str key, struct sheet_racer *s)
{
    struct identity_privacy privacy;
    int64_t id;

    if (!str_i64(key, 1, MINOR_MAX, &id))
        return ctx_fail(ctx, E_NOTFOUND, "there is no such racer");
    enum err e = member_get(ctx, id, &s->who);

    if (e == OK)
        e = identity_privacy_get(ctx, id, &privacy);
    if (e == OK && privacy.hidden)
        e = ctx_fail(ctx, E_NOTFOUND, "this profile is not public");
    if (e == OK)
        e = read_season(ctx, s);
    if (e == OK)
        e = result_by_member(ctx, id, 0, RACES_READ, &s->result, &s->n_results);
    if (e == OK)
        e = trophy_of(ctx, id, TROPHIES_READ, &s->trophy, &s->n_trophies);
    for (size_t i = 0; e == OK && i < s->n_results; i++) {
        const struct result_row *r = &s->result[i];

        s->starts += r->start;
        s->wins += r->start && r->place == 1;
        s->podiums += r->start && r->place >= 1 && r->place <= 3;
    }
    return e;
}

static void
put_figure(struct buf *b, int64_t at, const char *what, struct str figure, const char *fill)
{
    int64_t x = INK_EDGE + at * 276;
    struct ink_pen label = {.size = 23, .fill = INK_MIST};
    struct ink_pen number = {.size = 62, .fill = fill, .room = 220};

    ink_box(b, x, 236, 260, 128, 14, INK_ASPHALT);
    ink_box(b, x, 236, 260, 5, 2, fill);
    ink_text(b, x + 20, 276, &label, str_of(what));
    ink_text(b, x + 20, 342, &number, figure);
}

static void
put_figures(struct ctx *ctx, struct buf *b, const struct sheet_racer *s)
{
    struct str rank = STR("–");

    if (s->row.rank)
        rank = str_of(arena_printf(ctx->arena, "%lld", (long long)s->row.points));
    put_figure(b, 0, "Season points", rank, INK_GOLD);
    put_figure(b, 1, "Wins", str_of(arena_printf(ctx->arena, "%lld", (long long)s->wins)),
               INK_CYAN);
    put_figure(b, 2, "Podiums", str_of(arena_printf(ctx->arena, "%lld", (long long)s->podiums)),
               INK_CYAN);
    put_figure(b, 3, "Starts", str_of(arena_printf(ctx->arena, "%lld", (long long)s->starts)),
               INK_CYAN);
}

static void
put_places(struct buf *b, const struct sheet_racer *s)
{
    struct ink_pen label = {.size = 21, .fill = INK_FOG, .anchor = INK_RIGHT};
    size_t n = s->n_results < DOTS ? s->n_results : DOTS;

    if (n == 0)
        return;
    ink_text(b, 1144, 104, &label, STR("LAST PLACES"));
    for (size_t i = 0; i < n; i++) {
        const struct result_row *r = &s->result[i];
        int64_t x = 1122 - (int64_t)(i % 8) * 50, y = 138 + (int64_t)(i / 8) * 50;
        bool podium = r->place >= 1 && r->place <= 3;
        struct ink_pen pen = {
            .size = 22, .fill = podium ? INK_NIGHT : INK_MIST, .anchor = INK_MIDDLE};

        ink_box(b, x - 22, y - 20, 44, 40, 20, podium ? ink_metal(r->place) : INK_KERB);
        if (r->place)
            ink_printf(b, x, y + 8, &pen, "%lld", (long long)r->place);
        else
            ink_text(b, x, y + 8, &pen, STR("–"));
    }
}

/* What is rarer comes first: a champion's wreath before one more win. */
static const enum trophy_kind ORDER[TROPHY_KINDS] = {
    TROPHY_CHAMPION,     TROPHY_RUNNER_UP,    TROPHY_THIRD,          TROPHY_MOST_WINS,
    TROPHY_GIANT_SLAYER, TROPHY_CLEAN_SEASON, TROPHY_BIGGEST_POT,    TROPHY_MOST_STARTS,
    TROPHY_WIN,          TROPHY_PODIUM,       TROPHY_IRON_SUBSTITUTE};

/* The shelf: best first, the same kind side by side counted once with its number. */
static void
put_shelf(struct buf *b, const struct sheet_racer *s)
{
    struct ink_pen empty = {.size = 28, .fill = INK_MIST};
    struct ink_pen title = {.size = 20, .fill = INK_MIST, .anchor = INK_MIDDLE, .room = 172};
    struct ink_pen count = {.size = 24, .fill = INK_GOLD};
    int64_t many[TROPHY_KINDS] = {0}, place[TROPHY_KINDS] = {0}, x = INK_EDGE;
    size_t shown = 0;

    for (size_t i = 0; i < s->n_trophies; i++) {
        enum trophy_kind k = s->trophy[i].kind;
        int64_t p = trophy_art_place(&s->trophy[i]);

        many[k]++;
        if (!place[k] || (p && p < place[k]))
            place[k] = p;
    }
    ink_box(b, INK_EDGE, 566, 1088, 8, 4, INK_RAIL);
    if (s->n_trophies == 0)
        ink_text(b, INK_EDGE, 480, &empty,
                 STR("No trophies yet. A podium puts the first one here."));
    for (size_t i = 0; i < TROPHY_KINDS && shown < SHELF; i++) {
        enum trophy_kind k = ORDER[i];

        if (!many[k])
            continue;
        buf_printf(b, "<g transform=\"translate(%lld 424) scale(2.1)\">", (long long)(x + 8));
        trophy_art(b, k, place[k], false, true);
        buf_add_text(b, "</g>");
        ink_text(b, x + 75, 606, &title, trophy_title(k));
        if (many[k] > 1)
            ink_printf(b, x + 122, 440, &count, "×%lld", (long long)many[k]);
        x += 156;
        shown++;
    }
}

static struct str
say(struct ctx *ctx, const struct sheet_racer *s)
{
    struct buf b = buf_new(ctx->arena, 4096);
    int64_t many[TROPHY_KINDS] = {0};

    buf_add(&b, s->who.name);
    if (s->row.rank)
        buf_printf(&b, ": rank %lld with %lld points in %.*s", (long long)s->row.rank,
                   (long long)s->row.points, STR_ARG(s->season));
    buf_printf(&b, ". %lld starts, %lld wins, %lld podiums.", (long long)s->starts,
               (long long)s->wins, (long long)s->podiums);
    for (size_t i = 0; i < s->n_trophies; i++)
        many[s->trophy[i].kind]++;
    buf_add_text(&b, s->n_trophies ? " Trophies:" : " No trophies yet.");
    for (int k = 0, n = 0; k < TROPHY_KINDS; k++) {
        struct str title = trophy_title((enum trophy_kind)k);

        if (many[k])
            buf_printf(&b, "%s %lld %.*s", n++ ? "," : "", (long long)many[k], STR_ARG(title));
    }
    if (s->n_trophies)
        buf_add_char(&b, '.');
    return buf_str(&b);
}

enum err
sheet_racer_draw(struct ctx *ctx, struct str key, struct str *ret_svg)
{
    struct ink_pen name = {.size = 64, .fill = INK_INK, .room = 540};
    struct ink_pen meta = {.size = 26, .fill = INK_MIST, .room = 540};
    struct sheet_racer *s = ARENA_NEW(ctx->arena, struct sheet_racer);
    struct buf b = buf_new(ctx->arena, DRAW_BYTES);
    enum err e = read_racer(ctx, key, s);

    if (e != OK)
        return e;
    ink_open(ctx, &b, say(ctx, s));
    ink_face(&b, INK_EDGE + 52, 158, 50, s->who.id, s->who.name);
    ink_text(&b, INK_EDGE + 124, 166, &name, s->who.name);
    if (s->row.rank)
        ink_printf(&b, INK_EDGE + 124, 204, &meta, "Rank %lld  ·  %.*s", (long long)s->row.rank,
                   STR_ARG(s->season));
    else
        ink_text(&b, INK_EDGE + 124, 204, &meta,
                 s->n_results ? STR("Not in the season's table") : STR("No final race yet"));
    put_places(&b, s);
    put_figures(ctx, &b, s);
    put_shelf(&b, s);
    ink_close(&b);
    *ret_svg = buf_str(&b);
    return buf_err(&b);
}
