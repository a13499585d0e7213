/* The pure part of a table. See reckon.h. */
#include "league/reckon.h"

#include <stdlib.h>

#include "league/tie.h"

/* A race's place in the order of its season. */
struct moment {
    int64_t raced_at, race_id;
};

struct reckon {
    const struct reckon_in *in;
    const struct result_row **row; /* by member, then order of the season */
    struct moment *race;           /* order of the season */
    size_t n_races;
};

static int
moment_cmp(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;

    if (x->raced_at != y->raced_at)
        return x->raced_at < y->raced_at ? -1 : 1;
    return (x->race_id > y->race_id) - (x->race_id < y->race_id);
}

static int
row_cmp(const void *a, const void *b)
{
    const struct result_row *x = *(const struct result_row *const *)a;
    const struct result_row *y = *(const struct result_row *const *)b;
    struct moment m = {x->raced_at, x->race_id}, k = {y->raced_at, y->race_id};

    if (x->member_id != y->member_id)
        return x->member_id < y->member_id ? -1 : 1;
    int c = moment_cmp(&m, &k);
    return c ? c : (x->seat_no > y->seat_no) - (x->seat_no < y->seat_no);
}

static void
prepare(struct ctx *ctx, const struct reckon_in *in, struct reckon *r)
{
    size_t n = 0;

    *r = (struct reckon){
        .in = in,
        .row = ARENA_ARRAY(ctx->arena, in->n_rows + 1, const struct result_row *),
        .race = ARENA_ARRAY(ctx->arena, in->n_rows + 1, struct moment),
    };
    for (size_t i = 0; i < in->n_rows; i++) {
        r->row[i] = &in->row[i];
        r->race[i] = (struct moment){in->row[i].raced_at, in->row[i].race_id};
    }
    qsort(r->row, in->n_rows, sizeof r->row[0], row_cmp);
    qsort(r->race, in->n_rows, sizeof r->race[0], moment_cmp);
    for (size_t i = 0; i < in->n_rows; i++)
        if (!n || moment_cmp(&r->race[n - 1], &r->race[i]) != 0)
            r->race[n++] = r->race[i];
    r->n_races = n;
}

/* Number of a race in the season, from 1; 0: it is not among them. */
static int64_t
number_of(const struct reckon *r, int64_t race)
{
    for (size_t i = 0; i < r->n_races; i++)
        if (r->race[i].race_id == race)
            return (int64_t)i + 1;
    return 0;
}

/* The worst results, of equal ones the older. */
static void
drop(const struct season *season, struct standing *s)
{
    int64_t drops = season->drops < s->starts ? season->drops : s->starts;

    if (s->starts < season->drop_from)
        return;
    for (; drops > 0; drops--) {
        struct standing_race *worst = NULL;

        for (size_t i = 0; i < s->n_races; i++)
            if (s->race[i].start && !s->race[i].dropped &&
                (!worst || s->race[i].points < worst->points))
                worst = &s->race[i];
        if (!worst)
            return;
        worst->dropped = true;
        s->points -= worst->points;
    }
}

static void
count(struct standing *s)
{
    int64_t placed = 0, sum = 0;

    for (size_t i = 0; i < s->n_races; i++) {
        const struct standing_race *r = &s->race[i];

        s->substituted += !r->start;
        if (!r->start)
            continue;
        s->starts++;
        s->points += r->points;
        s->wins += r->place == 1;
        s->podiums += r->place >= 1 && r->place <= 3;
        s->dnfs += r->place == 0;
        if (!r->place)
            continue;
        s->places[r->place - 1]++;
        placed++;
        sum += r->place;
    }
    s->average_100 = placed ? (200 * sum + placed) / (2 * placed) : 0;
}

static void
punish(const struct reckon *r, struct standing *s)
{
    for (size_t i = 0; i < r->in->n_penalties; i++) {
        const struct season_penalty *p = &r->in->penalty[i];

        if (p->member_id == s->member_id && number_of(r, p->race_id)) {
            s->penalty += p->points;
            s->points -= p->points;
        }
    }
}

/* The race of the season after which the sum of what counts was first as high as the total;
 * penalties count with their race. */
static int64_t
reached(struct ctx *ctx, const struct reckon *r, const struct standing *s)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    int64_t *gain = ARENA_ARRAY(ctx->arena, r->n_races + 1, int64_t), sum = 0, at = 0;

    for (size_t i = 0; i < s->n_races; i++)
        if (!s->race[i].dropped)
            gain[number_of(r, s->race[i].race_id)] += s->race[i].points;
    for (size_t i = 0; i < r->in->n_penalties; i++)
        if (r->in->penalty[i].member_id == s->member_id)
            gain[number_of(r, r->in->penalty[i].race_id)] -= r->in->penalty[i].points;
    while (sum < s->points && at < (int64_t)r->n_races)
        sum += gain[++at];
    arena_release(ctx->arena, mark);
    return at;
}

/* Rows of the member whose first one is i. */
static size_t
run(const struct reckon *r, size_t i)
{
    size_t n = 1;

    while (i + n < r->in->n_rows && r->row[i + n]->member_id == r->row[i]->member_id)
        n++;
    return n;
}

static size_t
members(struct ctx *ctx, const struct reckon *r, struct standing *ret)
{
    size_t n = 0;

    for (size_t i = 0; i < r->in->n_rows; i++) {
        const struct result_row *x = r->row[i];
        struct standing *s = n ? &ret[n - 1] : NULL;

        if (!s || s->member_id != x->member_id) {
            s = &ret[n++];
            *s = (struct standing){.member_id = x->member_id, .earned = -1};
            s->race = ARENA_ARRAY(ctx->arena, run(r, i), struct standing_race);
            s->name = str_of(arena_printf(ctx->arena, "racer %lld", (long long)x->member_id));
        }
        s->race[s->n_races++] = (struct standing_race){
            .race_id = x->race_id,
            .place = x->place,
            .points = x->start ? x->points : 0,
            .raced_at = x->raced_at,
            .start = x->start,
        };
    }
    return n;
}

/* Everything but what changed since the race before. */
static void
reckon(struct ctx *ctx, const struct reckon_in *in, struct standing_table *ret)
{
    struct reckon r;
    struct standing *s = ARENA_ARRAY(ctx->arena, in->n_rows + 1, struct standing);
    struct tie *tie = ARENA_ARRAY(ctx->arena, in->n_rows + 1, struct tie);

    prepare(ctx, in, &r);
    *ret = (struct standing_table){.season = *in->season, .races = (int64_t)r.n_races};
    ret->n = members(ctx, &r, s);
    ret->row = ARENA_ARRAY(ctx->arena, ret->n + 1, struct standing);
    for (size_t i = 0; i < ret->n; i++) {
        count(&s[i]);
        drop(in->season, &s[i]);
        punish(&r, &s[i]);
        tie[i] = (struct tie){.row = &s[i], .reached = reached(ctx, &r, &s[i])};
    }
    tie_order(tie, ret->n);
    for (size_t i = 0; i < ret->n; i++) {
        bool level = i && tie[i - 1].by == TIE_NONE;

        ret->row[i] = *tie[i].row;
        ret->row[i].rank = level ? ret->row[i - 1].rank : (int64_t)i + 1;
        ret->row[i].reason = i + 1 < ret->n ? tie_words(ctx, &tie[i], tie[i + 1].row) : STR("");
    }
}

/* The same without the rows of the season's last race. */
static void
reckon_before(struct ctx *ctx, const struct reckon_in *in, struct standing_table *ret)
{
    struct reckon_in before = *in;
    struct result_row *row = ARENA_ARRAY(ctx->arena, in->n_rows + 1, struct result_row);
    struct moment last = {INT64_MIN, 0};

    for (size_t i = 0; i < in->n_rows; i++) {
        struct moment m = {in->row[i].raced_at, in->row[i].race_id};
        last = moment_cmp(&m, &last) > 0 ? m : last;
    }
    before.n_rows = 0;
    before.row = row;
    for (size_t i = 0; i < in->n_rows; i++)
        if (in->row[i].race_id != last.race_id)
            row[before.n_rows++] = in->row[i];
    reckon(ctx, &before, ret);
}

void
reckon_table(struct ctx *ctx, const struct reckon_in *in, struct standing_table *ret)
{
    struct standing_table before;

    reckon(ctx, in, ret);
    if (!in->n_rows)
        return;
    reckon_before(ctx, in, &before);
    for (size_t i = 0; i < ret->n; i++) {
        struct standing *s = &ret->row[i];

        s->is_new = true;
        for (size_t k = 0; k < before.n; k++)
            if (before.row[k].member_id == s->member_id) {
                s->is_new = false;
                s->change = before.row[k].rank - s->rank;
            }
    }
}

void
reckon_ranks(struct ctx *ctx, const struct reckon_in *in, struct standing_table *ret)
{
    reckon(ctx, in, ret);
}
