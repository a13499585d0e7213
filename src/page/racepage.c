/* One race with everything that can be asked about it. Not for: its result (raceresult.c), the
 * list of races (racelist.c), rules: numbers and reasons come ready from race/. */
#include "base/clock.h"
#include "db/db.h"
#include "http/form.h"
#include "league/season.h"
#include "page/card.h"
#include "page/djpage.h"
#include "page/raceresult.h"
#include "page/routes.h"
#include "page/shoppage.h"
#include "page/sponsorpage.h"
#include "queue/live.h"
#include "race/trail.h"

enum { RACEPAGE_LINES = 100, RACEPAGE_MISSES = 100 };

static const struct form_field PAGING[] = {
    {.name = "before", .kind = FORM_ID}
};

static void
add_step(struct view *list, const char *what, int64_t at, const char *otherwise, bool last)
{
    struct view *s = view_add(list);

    view_textz(s, "what", what);
    layout_time(s, "at", at);
    view_textz(s, "otherwise", otherwise);
    view_textz(s, "class", !at ? "" : last ? "on now" : "on");
}

static void
add_timeline(struct ctx *ctx, struct view *v, const struct race *r)
{
    struct view *list = view_list(v, "steps");
    int64_t now = ctx_now(ctx), until = card_counts_until(r);
    int64_t grace = until && now > until ? until : 0;
    int64_t clear = r->closed_at ? r->closed_at + r->clear_h * 3600000 : 0;
    char text[CLOCK_TEXT];
    const char *next = "";

    add_step(list, "Lobby", r->created_at, "", !r->opened_at);
    add_step(list, "Start: window opens", r->opened_at, "not yet",
             r->opened_at && !r->closed_at);
    add_step(list, "Flag: window closes", r->closed_at, "not yet", r->closed_at && !grace);
    add_step(list, "End of grace", grace,
             arena_printf(ctx->arena, "%lld s after the flag", (long long)r->grace_s),
             grace && !r->final_at);
    add_step(list, "Final", r->final_at, "after all results", r->final_at && !r->settled_at);
    add_step(list, "Settled", r->settled_at,
             arena_printf(ctx->arena, "%lld h after the flag", (long long)r->clear_h), false);
    if (r->state == RACE_LOBBY)
        next = "Next: the start, by the host";
    else if (r->state == RACE_RUNNING)
        next = "Next: the flag, by the host";
    else if (r->state == RACE_FINISHED)
        next = "Next: final, as soon as every seat has a place and nothing changed for a while";
    else if (r->state == RACE_FINAL)
        next = arena_printf(ctx->arena, "Next: settlement on %s UTC, waits for clear time",
                            clock_human(clear, text));
    else if (r->state == RACE_SETTLED)
        next = "All shares are available";
    view_textz(v, "next_words", next);
}

/* "seats 1–4: $0.63; seats 5–8: $0.62" */
static struct str
share_words(struct ctx *ctx, const struct race_line *l)
{
    struct buf b = buf_new(ctx->arena, 1024);
    unsigned done = 0;

    for (size_t i = 0; i < RACE_SEATS_MAX; i++) {
        unsigned set = 0;

        if (l->share[i] == 0 || done & 1U << i)
            continue;
        for (size_t k = i; k < RACE_SEATS_MAX; k++)
            if (l->share[k] == l->share[i])
                set |= 1U << k;
        done |= set;
        struct str seats = card_seats(ctx, set), cents = layout_delta(ctx, l->share[i]);

        buf_printf(&b, "%sseat%s %.*s: %.*s", b.n ? "; " : "", set & (set - 1) ? "s" : "",
                   STR_ARG(seats), STR_ARG(cents));
    }
    if (l->bonus) {
        struct str bonus = layout_delta(ctx, l->bonus);

        buf_printf(&b, "%sdecided by the result: %.*s", b.n ? "; " : "", STR_ARG(bonus));
    }
    return buf_str(&b);
}

static void
add_line(struct ctx *ctx, struct view *v, const struct race_line *l)
{
    unsigned odd = 0;
    bool sale = str_eq_text(l->type, "sale");

    for (size_t i = 0; i < RACE_SEATS_MAX; i++)
        if (l->leftover[i])
            odd |= 1U << i;
    view_i64(v, "seq", l->seq);
    view_i64(v, "sale", l->sale_id);
    layout_time(v, "at", l->at);
    view_text(v, "title", l->title);
    view_text(v, "type_words",
              sale                             ? STR("")
              : str_eq_text(l->type, "refund") ? STR("refund")
              : str_eq_text(l->type, "recut")  ? STR("after the end")
              : str_eq_text(l->type, "moved")  ? STR("to another race")
              : str_eq_text(l->type, "tagged") ? STR("tag attached")
                                               : STR("race void"));
    layout_money(ctx, v, "amount", card_paid(l));
    view_text(v, "delta_text", layout_delta(ctx, l->delta));
    view_textz(v, "delta_class", l->delta < 0 ? "down" : "gold");
    layout_money(ctx, v, "pot_after", l->pot);
    view_text(v, "reason", sale ? l->reason : l->type);
    view_text(v, "words",
              sale || !(str_eq_text(l->type, "refund") || str_eq_text(l->type, "void"))
                  ? l->words
                  : STR("taken back from the same seats in proportion"));
    struct str was = layout_house(ctx, l->uncapped), is = layout_house(ctx, l->pool);

    view_text(
        v, "capped_words",
        sale && l->uncapped > l->pool
            ? layout_printf(ctx, "pool capped by cost: %.*s → %.*s", STR_ARG(was), STR_ARG(is))
            : STR(""));
    view_text(v, "shares", share_words(ctx, l));
    struct str seats = card_seats(ctx, odd);

    view_text(v, "odd_words",
              odd ? layout_printf(ctx, "leftover cent to seat%s %.*s",
                                  odd & (odd - 1) ? "s" : "", STR_ARG(seats))
                  : STR(""));
    layout_hash(v, l->sha);
}

static enum err
add_lines(struct ctx *ctx, struct view *v, int64_t race, int64_t before, int64_t lines)
{
    struct race_line *line;
    size_t n;
    enum err e = race_lines(ctx, race, before, RACEPAGE_LINES + 1, &line, &n);

    if (e != OK)
        return e;
    struct view *list = view_list(v, "lines");
    size_t shown = n < RACEPAGE_LINES ? n : RACEPAGE_LINES;

    for (size_t i = 0; i < shown; i++)
        add_line(ctx, view_add(list), &line[i]);
    view_flag(v, "has_lines", n > 0);
    view_text(v, "lines_words",
              lines == 1 ? STR("1 journal entry")
                         : layout_printf(ctx, "%lld journal entries", (long long)lines));
    if (n > shown)
        view_url(v, "older_url",
                 layout_printf(ctx, "/race/%lld?before=%lld", (long long)race,
                               (long long)line[shown - 1].seq));
    else
        view_flag(v, "older_url", false);
    return OK;
}

static enum err
add_misses(struct ctx *ctx, struct view *v, int64_t race)
{
    struct race_miss *miss;
    size_t n;
    enum err e = race_misses(ctx, race, RACEPAGE_MISSES, &miss, &n);

    if (e != OK)
        return e;
    struct view *list = view_list(v, "misses");

    view_flag(v, "has_misses", n > 0);
    for (size_t i = 0; i < n; i++) {
        struct view *m = view_add(list);

        layout_time(m, "at", miss[i].order_at);
        view_text(m, "title", miss[i].title);
        view_text(m, "amount_text", layout_amount(ctx, miss[i].amount, miss[i].currency));
        view_text(m, "words", miss[i].words);
        view_text(m, "reason", miss[i].reason);
    }
    return OK;
}

static void
add_head(struct ctx *ctx, struct view *v, const struct race *r)
{
    bool gone = r->state == RACE_VOID || r->state == RACE_CANCELLED;

    card_race(ctx, v, r);
    view_url(v, "json_url", layout_printf(ctx, "/race/%lld.json", (long long)r->id));
    view_flag(v, "whole", true);
    view_text(v, "rule_name", r->rule.name);
    view_i64(v, "rule_version", r->rule.version);
    view_textz(v, "ended_title", gone ? "This race is void" : "The end was set by the host");
    view_text(v, "ended_words", r->end_reason);
    add_timeline(ctx, v, r);
}

static void
share(struct ctx *ctx, struct view *v, const struct race *r)
{
    struct str pot = layout_house(ctx, r->pot), state = race_state_word(r->state);
    struct str number = layout_printf(ctx, "%lld", (long long)r->id);

    layout_share(ctx, v, "race", number,
                 layout_printf(ctx, "Race %.*s: %.*s", STR_ARG(number), STR_ARG(r->name)),
                 layout_printf(ctx, "%.*s, pot %.*s after %lld sale%s.", STR_ARG(state),
                               STR_ARG(pot), (long long)r->sales, r->sales == 1 ? "" : "s"),
                 layout_printf(ctx, "/race/%.*s", STR_ARG(number)));
}

static enum err
add_season(struct ctx *ctx, struct view *v, const struct race *r)
{
    struct season s;
    enum err e = r->season_id ? season_get(ctx, r->season_id, &s) : OK;

    view_flag(v, "season", false);
    if (e != OK || !r->season_id)
        return e;
    struct view *o = view_object(v, "season");

    view_text(o, "name", s.name);
    view_url(o, "url", layout_printf(ctx, "/season/%.*s", STR_ARG(s.slug)));
    return OK;
}

static enum err
read_race(struct ctx *ctx, struct view *v, int64_t id, int64_t before)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    struct view *race = view_object(v, "race");
    struct trail sums;
    int64_t seq = 0;
    struct str chart = STR(""), channel = layout_printf(ctx, "race/%lld", (long long)id);
    enum err e = race_get(ctx, id, r);

    if (e == OK)
        e = live_seq(ctx, channel, &seq);
    if (e == OK)
        e = trail_sums(ctx, id, &sums);
    if (e == OK)
        e = add_lines(ctx, race, id, before, sums.lines);
    if (e == OK)
        e = add_misses(ctx, race, id);
    if (e == OK)
        e = card_curve(ctx, r, CARD_WIDE, "#sale-", &chart);
    if (e != OK)
        return e;
    add_head(ctx, race, r);
    e = raceresult_add(ctx, race, r, sums.leftover);
    if (e == OK)
        e = add_season(ctx, race, r);
    if (e == OK && view_truthy(view_get(race, STR("under_review"))))
        layout_badge(race, "wait", STR("under review"));
    if (e == OK)
        e = sponsorpage_add(ctx, race, "race_card", r->season_id);
    if (e != OK)
        return e;
    if ((e = shoppage_link(ctx, race, r)) || (e = djpage_on_air(ctx, race)))
        return e;
    view_raw(race, "chart", chart);
    share(ctx, v, r);
    if (r->state != RACE_SETTLED && r->state != RACE_CANCELLED)
        layout_live(v, channel, seq, id, false);
    return OK;
}

enum err
racepage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct form f;
    enum err e = form_query(ctx, req, PAGING, ARRAY_SIZE(PAGING), &f);

    if (e == OK)
        e = db_snapshot_begin(ctx);
    if (e != OK)
        return e;
    struct view *v = layout_view(ctx, req, "races");

    e = read_race(ctx, v, req_id(req, "id"), form_i64(&f, "before", 0));
    db_snapshot_end(ctx);
    if (e != OK)
        return e;
    res_cache(res, RES_SHORT);
    return res_page(res, req, "race/show", v);
}

enum err
racepage_json(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct str json;
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    e = race_snapshot(ctx, req_id(req, "id"), &json);
    db_snapshot_end(ctx);
    if (e != OK)
        return e;
    res_cache(res, RES_SHORT);
    res_body(res, "application/json", json);
    return OK;
}

enum err
racepage_spark(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    struct str svg;
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    e = race_get(ctx, req_id(req, "id"), r);
    if (e == OK)
        e = card_curve(ctx, r, CARD_SPARK, "", &svg);
    db_snapshot_end(ctx);
    if (e != OK)
        return e;
    res_cache(res, RES_SHORT);
    res_body(res, "image/svg+xml", svg);
    return OK;
}
