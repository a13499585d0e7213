/* Ties. See tie.h. */
#include "league/tie.h"

enum { NO_PLACE = RACE_SEATS_MAX + 1 }; /* of a DNF */

static bool
earlier(const struct standing_race *a, const struct standing_race *b)
{
    return a->raced_at != b->raced_at ? a->raced_at < b->raced_at : a->race_id < b->race_id;
}

/* Goes past the race at *i; its better place when somebody drove two seats; 0: did not start.
 */
static int64_t
take_race(const struct standing *s, size_t *i)
{
    int64_t race = s->race[*i].race_id, best = 0;

    for (; *i < s->n_races && s->race[*i].race_id == race; (*i)++) {
        const struct standing_race *r = &s->race[*i];
        int64_t place = !r->start ? 0 : r->place ? r->place : NO_PLACE;

        best = place && (!best || place < best) ? place : best;
    }
    return best;
}

static void
duels(struct tie *a, struct tie *b)
{
    size_t i = 0, k = 0;

    while (i < a->row->n_races && k < b->row->n_races) {
        const struct standing_race *x = &a->row->race[i], *y = &b->row->race[k];

        if (x->race_id != y->race_id) {
            (void)(earlier(x, y) ? take_race(a->row, &i) : take_race(b->row, &k));
            continue;
        }
        int64_t p = take_race(a->row, &i), q = take_race(b->row, &k);
        if (!p || !q || p == q)
            continue;
        a->key += p < q ? 1 : -1;
        b->key += p < q ? -1 : 1;
        a->won += p < q;
        b->won += q < p;
    }
}

/* Place in that race, negative so that more is better; 0: did not start. */
static int64_t
place_in(const struct standing *s, int64_t race)
{
    for (size_t i = 0; i < s->n_races;) {
        bool here = s->race[i].race_id == race;
        int64_t place = take_race(s, &i);

        if (here)
            return -place;
    }
    return 0;
}

/* The latest race in which all of them started; 0: none. */
static int64_t
latest(const struct tie *list, size_t n)
{
    const struct standing *first = list[0].row;

    for (size_t i = first->n_races; i > 0; i--) {
        int64_t race = first->race[i - 1].race_id;
        size_t with = 0;

        while (with < n && place_in(list[with].row, race))
            with++;
        if (with == n)
            return race;
    }
    return 0;
}

/* Fills key of each row; step: points, eight places, duels, latest, earlier. False: no such
 * step. */
static bool
fill(struct tie *list, size_t n, size_t step, enum tie_by *ret_by, int64_t *ret_detail)
{
    int64_t race = 0;

    *ret_detail = 0;
    *ret_by = step == 0                    ? TIE_POINTS
              : step <= RACE_SEATS_MAX     ? TIE_PLACES
              : step == RACE_SEATS_MAX + 1 ? TIE_DUELS
              : step == RACE_SEATS_MAX + 2 ? TIE_LATEST
              : step == RACE_SEATS_MAX + 3 ? TIE_EARLIER
                                           : TIE_NONE;
    if (*ret_by == TIE_PLACES)
        *ret_detail = (int64_t)step;
    if (*ret_by == TIE_LATEST)
        *ret_detail = race = latest(list, n);
    if (*ret_by == TIE_DUELS)
        *ret_detail = (int64_t)n;
    for (size_t i = 0; i < n; i++) {
        const struct standing *s = list[i].row;

        list[i].won = 0;
        list[i].key = *ret_by == TIE_POINTS    ? s->points
                      : *ret_by == TIE_PLACES  ? s->places[step - 1]
                      : *ret_by == TIE_LATEST  ? place_in(s, race)
                      : *ret_by == TIE_EARLIER ? -list[i].reached
                                               : 0;
    }
    for (size_t i = 0; *ret_by == TIE_DUELS && i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            duels(&list[i], &list[k]);
    return *ret_by != TIE_NONE;
}

/* Few rows are ever equal, so that the plain way is good enough. */
static void
sort(struct tie *list, size_t n, bool by_member)
{
    for (size_t i = 1; i < n; i++) {
        struct tie t = list[i];
        size_t k = i;

        while (k > 0 && (by_member ? list[k - 1].row->member_id > t.row->member_id
                                   : list[k - 1].key < t.key)) {
            list[k] = list[k - 1];
            k--;
        }
        list[k] = t;
    }
}

static bool
all_same(const struct tie *list, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (list[i].key != list[0].key)
            return false;
    return true;
}

static void
part(struct tie *list, size_t n)
{
    enum tie_by by = TIE_NONE;
    int64_t detail = 0;
    size_t from = 0, step = 0;

    if (n < 2)
        return;
    while (fill(list, n, step, &by, &detail) && all_same(list, n))
        step++;
    if (by == TIE_NONE) {
        for (size_t i = 0; i + 1 < n; i++)
            list[i].by = TIE_NONE;
        sort(list, n, true);
        return;
    }
    sort(list, n, false);
    for (size_t i = 0; i + 1 < n; i++) {
        bool won = by == TIE_DUELS && n == 2;

        if (list[i].key == list[i + 1].key)
            continue;
        list[i].by = by;
        list[i].detail = detail;
        list[i].figure = won ? list[i].won : list[i].key;
        list[i].next = won ? list[i + 1].won : list[i + 1].key;
    }
    for (size_t i = 1; i <= n; i++) {
        if (i < n && list[i].key == list[from].key)
            continue;
        /* Keys of the part are work space of the next call: its last row has its reason. */
        struct tie last = list[i - 1];

        part(list + from, i - from);
        list[i - 1].by = last.by;
        list[i - 1].detail = last.detail;
        list[i - 1].figure = last.figure;
        list[i - 1].next = last.next;
        from = i;
    }
}

void
tie_order(struct tie *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        list[i].by = TIE_POINTS;
    part(list, n);
}

static const char *
sign(int64_t n)
{
    return n > 0 ? "+" : n < 0 ? "\xe2\x88\x92" : "±";
}

struct str
tie_words(struct ctx *ctx, const struct tie *t, const struct standing *next)
{
    static const char *const place[] = {"wins",       "2nd places", "3rd places", "4th places",
                                        "5th places", "6th places", "7th places", "8th places"};
    struct arena *a = ctx->arena;
    long long who = (long long)next->member_id, x = (long long)t->figure,
              y = (long long)t->next;

    switch (t->by) {
    case TIE_POINTS:
        return STR("");
    case TIE_PLACES:
        return str_of(arena_printf(a, "ahead of racer %lld on %s, %lld : %lld", who,
                                   place[t->detail - 1], x, y));
    case TIE_DUELS:
        if (t->detail == 2)
            return str_of(
                arena_printf(a, "ahead of racer %lld head-to-head, %lld : %lld", who, x, y));
        return str_of(arena_printf(
            a, "ahead of racer %lld head-to-head among %lld, %s%lld : %s%lld", who,
            (long long)t->detail, sign(x), x < 0 ? -x : x, sign(y), y < 0 ? -y : y));
    case TIE_LATEST:
        return str_of(
            arena_printf(a, "ahead of racer %lld in race %lld", who, (long long)t->detail));
    case TIE_EARLIER:
        return str_of(arena_printf(a, "ahead of racer %lld, reached %lld points earlier", who,
                                   (long long)t->row->points));
    case TIE_NONE:
        return str_of(arena_printf(a, "level with racer %lld in everything", who));
    }
    return STR("");
}
