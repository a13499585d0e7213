/* Attribution by order time, one millisecond around each edge. */
#include "race/window.h"
#include "lib/tap.h"

enum { S = 1000 };

static struct window one[1] = {
    {.race_id = 7, .opened_at = 100 * S, .closed_at = 200 * S, .grace_ms = 120 * S}
};

static struct str
reason(const struct window *w, size_t n, int64_t at, int64_t tag, int64_t *ret_race)
{
    struct window_choice c;

    window_choose(w, n, at, tag, &c);
    *ret_race = c.n == 1 ? w[c.at[0]].race_id : -(int64_t)c.n;
    return c.reason;
}

static void
says(const struct window *w, size_t n, int64_t at, int64_t tag, const char *want, int64_t race,
     const char *name)
{
    int64_t got;

    is_str(reason(w, n, at, tag, &got), str_of(want), name);
    is_int(got, race, "… and that race");
}

static void
edges(void)
{
    says(one, 1, 100 * S - 1, 0, "gate_closed", 0, "a millisecond before the start");
    says(one, 1, 100 * S, 0, "in_window", 7, "at the start");
    says(one, 1, 100 * S + 1, 0, "in_window", 7, "a millisecond after the start");
    says(one, 1, 200 * S - 1, 0, "in_window", 7, "a millisecond before the flag");
    says(one, 1, 200 * S, 0, "in_grace", 7, "at the flag");
    says(one, 1, 200 * S + 1, 0, "in_grace", 7, "a millisecond after the flag");
    says(one, 1, 320 * S - 1, 0, "in_grace", 7, "a millisecond before the end of grace");
    says(one, 1, 320 * S, 0, "gate_closed", 0, "at the end of grace");
    says(one, 1, 320 * S + 1, 0, "gate_closed", 0, "a millisecond after the end of grace");
    says(one, 1, 150 * S, 7, "tagged", 7, "a tag that fits");
    says(one, 1, 319 * S, 7, "tagged", 7, "a tag in grace");
    says(one, 1, 321 * S, 7, "gate_closed", 0, "a tag of a race that is over");
    says(one, 1, 150 * S, 8, "in_window", 7, "a tag of no race is no tag");
    says(one, 0, 150 * S, 0, "gate_closed", 0, "no race at all");
}

static void
several(void)
{
    struct window w[3] = {
        {.race_id = 1, .opened_at = 10 * S,   .grace_ms = 120 * S},
        {.race_id = 2, .opened_at = 20 * S,   .grace_ms = 120 * S},
        {.race_id = 3, .opened_at = 5000 * S, .grace_ms = 120 * S},
    };

    says(w, 2, 15 * S, 0, "in_window", 1, "one of two is open");
    says(w, 2, 30 * S, 0, "shared_between_races", -2, "two are open");
    says(w, 2, 30 * S, 2, "tagged", 2, "a tag decides between two");
    w[0].overlap = WINDOW_FIRST;
    says(w, 2, 30 * S, 0, "in_window", 1, "overlap first");
    w[0].overlap = WINDOW_LAST;
    w[1].overlap = WINDOW_FIRST;
    says(w, 2, 30 * S, 0, "in_window", 2, "overlap last, of the oldest race");
    w[0].closed_at = 25 * S;
    says(w, 2, 30 * S, 0, "in_window", 2, "an open window beats a grace");
    says(w, 2, 30 * S, 1, "tagged", 1, "a tag beats an open window");
    w[1].closed_at = 26 * S;
    says(w, 2, 30 * S, 0, "in_grace", 2, "of two in grace the one that closed last");
    w[0].closed_at = 28 * S;
    says(w, 2, 30 * S, 0, "in_grace", 1, "whichever opened first");
    w[0].is_void = true;
    says(w, 2, 30 * S, 0, "in_grace", 2, "a void race gets nothing");
    says(w, 2, 27 * S, 1, "in_grace", 2, "not even by its tag");
    w[1].is_void = true;
    says(w, 2, 30 * S, 0, "cancelled", 0, "all void");
}

int
main(void)
{
    edges();
    several();
    return done();
}
