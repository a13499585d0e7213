/* The last 90 days as a drawing, as words and as numbers. Not for: what counts as away
 * (past.c).
 */
#include "page/pastview.h"

#include "base/clock.h"
#include "page/layout.h"

enum { STEP = 4, BAR = 3, TALL = 24, DRAWING = 8 * 1024, TOLD_DAYS = 5, TOLD_EVENTS = 40 };

/* Height says the same as colour. */
static const int tall[] = {[PAST_UNKNOWN] = 3,
                           [PAST_FINE] = 11,
                           [PAST_TROUBLE] = 15,
                           [PAST_PLANNED] = 19,
                           [PAST_AWAY] = TALL};

static struct str
drawing(struct ctx *ctx, const struct past_day *day)
{
    struct buf b = buf_new(ctx->arena, DRAWING);

    for (enum past_level l = PAST_UNKNOWN; l <= PAST_AWAY; l++) {
        bool any = false;

        for (size_t d = 0; d < PAST_DAYS; d++) {
            if (day[d].worst != l)
                continue;
            if (!any)
                buf_printf(&b, "<path class=\"days__%s\" d=\"", past_word[l]);
            any = true;
            buf_printf(&b, "M%zu %dh%dv%dh-%dz", d * STEP, TALL - tall[l], BAR, tall[l], BAR);
        }
        if (any)
            buf_add_text(&b, "\"/>");
    }
    return buf_err(&b) ? STR("") : buf_str(&b);
}

static const char *
date(struct ctx *ctx, const struct past *p, size_t d)
{
    return clock_date(p->from + (int64_t)d * PAST_DAY_S * 1000,
                      arena_alloc(ctx->arena, CLOCK_TEXT));
}

/* For who does not see the drawing: the newest days that were not fine. */
static struct str
spoken(struct ctx *ctx, const struct past *p, size_t part)
{
    struct buf b = buf_new(ctx->arena, DRAWING);
    char span[CLOCK_TEXT];
    size_t told = 0;

    for (size_t d = PAST_DAYS; d-- > 0;) {
        const struct past_day *day = &p->day[part][d];

        if (day->worst < PAST_TROUBLE || told++ >= TOLD_DAYS)
            continue;
        buf_printf(&b, "%s%s: %s", told > 1 ? "; " : "", date(ctx, p, d),
                   day->worst == PAST_TROUBLE ? "trouble" : "away for ");
        if (day->worst != PAST_TROUBLE)
            buf_add_text(&b, clock_span(day->away_s * 1000, span));
    }
    if (told > TOLD_DAYS)
        buf_printf(&b, "; and %zu more days", told - TOLD_DAYS);
    return told ? buf_str(&b) : STR("no day with trouble");
}

static void
add_days(struct ctx *ctx, struct view *v, const struct past *p, size_t part)
{
    struct view *list = view_list(v, "days");

    for (size_t d = 0; d < PAST_DAYS; d++) {
        struct view *day = view_add(list);

        view_textz(day, "day", date(ctx, p, d));
        view_i64(day, "seconds_down", p->day[part][d].away_s);
        view_textz(day, "worst", past_word[p->day[part][d].worst]);
    }
}

void
pastview_show(struct ctx *ctx, struct view *v, const struct past *p, size_t part,
              struct str name, bool numbers)
{
    int64_t up = past_uptime(p, part, ctx_now(ctx));

    view_text(v, "part", name);
    view_text(
        v, "uptime",
        layout_printf(ctx, "%lld.%02lld %%", (long long)(up / 100), (long long)(up % 100)));
    if (numbers) {
        view_i64(v, "seconds_seen", past_seen_s(p, ctx_now(ctx)));
        view_i64(v, "seconds_down", past_away_s(p, part));
        add_days(ctx, v, p, part);
        return;
    }
    view_raw(v, "bars", drawing(ctx, p->day[part]));
    view_text(v, "spoken", spoken(ctx, p, part));
}

static const char *
badge(enum past_level l)
{
    return l == PAST_AWAY ? "void" : l == PAST_PLANNED ? "rest" : "wait";
}

void
pastview_list(struct ctx *ctx, struct view *list, const struct past *p, const struct str *names)
{
    for (size_t i = 0; i < p->n && i < TOLD_EVENTS; i++) {
        const struct past_event *ev = &p->event[i];
        int64_t end = ev->ended_at ? ev->ended_at : ctx_now(ctx);
        struct view *v = view_add(list);
        char span[CLOCK_TEXT];

        layout_time(v, "began_at", ev->began_at);
        layout_time(v, "ended_at", ev->ended_at);
        view_text(v, "length", layout_printf(ctx, "%s", clock_span(end - ev->began_at, span)));
        view_text(v, "part", ev->part >= 0 ? names[ev->part] : STR(""));
        view_textz(v, "words", ev->words);
        view_flag(v, "open", !ev->ended_at);
        layout_badge(v, ev->ended_at ? badge(ev->level) : "void",
                     !ev->ended_at               ? STR("now")
                     : ev->level == PAST_AWAY    ? STR("away")
                     : ev->level == PAST_PLANNED ? STR("planned")
                                                 : STR("over"));
    }
}
