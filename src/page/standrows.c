/* The rows of a season's table as pages show them. Not for: ranks and points; league/ has
 * reckoned those. */
#include "page/standrows.h"

#include "draw/ink.h"
#include "page/person.h"

enum {
    STANDROWS_MAX = 60,
    STANDROWS_ITEMS = 240, /* races of all rows that are listed in full */
    /* Beyond that: so many of each row, and what is dropped. */
    STANDROWS_NEWEST = 10,
    STANDROWS_MANY = 24, /* rows of a long table have fewer */
    STANDROWS_FEW = 1
};

struct str
standrows_count(struct ctx *ctx, int64_t n, const char *word)
{
    return layout_printf(ctx, "%lld %s%s", (long long)n, word, n == 1 ? "" : "s");
}

static void
add_race_items(struct ctx *ctx, struct view *v, const struct standing *r, size_t newest)
{
    struct view *list = view_list(v, "races");
    size_t left = 0;

    for (size_t i = r->n_races; i-- > 0;) {
        const struct standing_race *race = &r->race[i];

        if (!race->dropped && r->n_races - i > newest) {
            left++;
            continue;
        }
        struct view *item = view_add(list);

        view_i64(item, "race", race->race_id);
        view_textz(item, "place_words", ink_place(race->place));
        view_i64(item, "points", race->points);
        view_flag(item, "dropped", race->dropped);
        view_flag(item, "substituted", !race->start);
    }
    view_flag(v, "has_races", r->n_races > 0);
    view_text(v, "races_words", standrows_count(ctx, (int64_t)r->n_races, "race"));
    view_text(v, "left_words", left ? layout_printf(ctx, "and %zu older", left) : STR(""));
}

static void
add_change(struct ctx *ctx, struct view *v, const struct standing *r)
{
    int64_t n = r->change < 0 ? -r->change : r->change;

    view_textz(v, "change_class", r->change > 0 ? "up" : r->change < 0 ? "down" : "cap");
    view_text(v, "change_text",
              r->is_new ? STR("new")
              : r->change == 0
                  ? STR("–")
                  : layout_printf(ctx, "%s%lld", r->change > 0 ? "▲" : "▼", (long long)n));
    view_text(v, "change_words",
              r->is_new        ? STR("new in the table")
              : r->change == 0 ? STR("no change")
                               : layout_printf(ctx, "%s %lld since the race before",
                                               r->change > 0 ? "up" : "down", (long long)n));
}

static void
add_row(struct ctx *ctx, struct view *v, const struct standing *r, size_t newest)
{
    person_add(ctx, v, r->member_id, r->name, r->avatar, r->hidden);
    view_i64(v, "rank", r->rank);
    view_flag(v, "podium", r->rank >= 1 && r->rank <= 3);
    add_change(ctx, v, r);
    view_i64(v, "points", r->points);
    view_text(v, "penalty_words",
              r->penalty
                  ? layout_printf(ctx, "%lld taken off by penalties", (long long)r->penalty)
                  : STR(""));
    view_i64(v, "starts", r->starts);
    view_i64(v, "wins", r->wins);
    view_i64(v, "podiums", r->podiums);
    view_i64(v, "dnfs", r->dnfs);
    view_text(v, "average",
              r->average_100
                  ? layout_printf(ctx, "%lld.%02lld", (long long)(r->average_100 / 100),
                                  (long long)(r->average_100 % 100))
                  : STR("–"));
    if (r->earned >= 0)
        layout_money(ctx, v, "earned", r->earned);
    else
        view_flag(v, "earned", false);
    view_text(v, "reason", r->reason);
    add_race_items(ctx, v, r, newest);
}

void
standrows_add(struct ctx *ctx, struct view *v, const struct standing_table *t)
{
    struct view *list = view_list(v, "rows");
    size_t items = 0, n = t->n < STANDROWS_MAX ? t->n : STANDROWS_MAX;
    bool earned = false;

    for (size_t i = 0; i < n; i++) {
        items += t->row[i].n_races;
        earned |= t->row[i].earned >= 0;
    }
    size_t newest = items <= STANDROWS_ITEMS ? SIZE_MAX
                    : n > STANDROWS_MANY     ? STANDROWS_FEW
                                             : STANDROWS_NEWEST;

    for (size_t i = 0; i < n; i++)
        add_row(ctx, view_add(list), &t->row[i], newest);
    view_flag(v, "has_rows", t->n > 0);
    view_flag(v, "any_earned", earned);
    view_text(v, "more_words",
              t->n > n ? layout_printf(ctx, "and %zu more racers", t->n - n) : STR(""));
}
