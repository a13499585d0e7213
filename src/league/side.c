/* The state of a race's result, driver by driver. See side.h. */
#include "league/side.h"

#include "base/buf.h"
#include "league/trophy.h"
#include "ledger/split.h"
#include "race/place.h"
#include "race/stake.h"

enum { TROPHIES_READ = 500, TEXT_BYTES = 400, ROWS_MAX = 4 * RACE_SEATS_MAX };

const struct side_row *
side_find(const struct side *s, int64_t seat, int64_t member_id)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->row[i].seat_no == seat && s->row[i].member_id == member_id)
            return &s->row[i];
    return NULL;
}

bool
side_same(const struct side_row *a, const struct side_row *b)
{
    return a->place == b->place && a->points == b->points && a->rank == b->rank &&
           a->cents == b->cents && str_eq(a->trophies, b->trophies);
}

/* Numbers alone: names may be hidden one day. */
void
side_json(struct buf *b, const struct side_row *r)
{
    buf_printf(b,
               "%s{\"member\":%lld,\"seat\":%lld,\"place\":%lld,\"points\":%lld,\"rank\":%lld,"
               "\"cents\":%lld,\"trophies\":",
               b->n > 1 ? "," : "", (long long)r->member_id, (long long)r->seat_no,
               (long long)r->place, (long long)r->points, (long long)r->rank,
               (long long)r->cents);
    buf_add_json(b, r->trophies);
    buf_add_char(b, '}');
}

static struct side_row *
add(struct side *s, int64_t seat, int64_t member_id, struct str name)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->row[i].seat_no == seat && s->row[i].member_id == member_id)
            return &s->row[i];
    if (s->n == SIDE_MAX)
        return NULL;
    s->row[s->n] =
        (struct side_row){.member_id = member_id, .seat_no = seat, .place = -1, .name = name};
    return &s->row[s->n++];
}

static void
add_drivers(const struct race *r, struct side *ret)
{
    for (size_t i = 0; i < r->n_seats; i++)
        for (int64_t k = 0; k < r->seat[i].n_stints; k++) {
            const struct race_seat *seat = &r->seat[i];
            struct side_row *row =
                add(ret, seat->no, seat->stint[k].member_id, seat->stint[k].name);

            BUG_IF(!row);
            row->place = seat->dnf ? 0 : seat->place ? seat->place : -1;
        }
}

/* Written points, or those that the places would give. */
static enum err
add_points(struct ctx *ctx, const struct race *r, struct side *ret)
{
    struct result_row reckoned[ROWS_MAX], *row = reckoned;
    struct season z;
    size_t n = 0;
    enum err e = OK;

    if (r->state != RACE_FINISHED)
        e = result_of(ctx, r->id, &row, &n);
    else if (!r->season_id || !(e = season_get(ctx, r->season_id, &z)))
        result_reckon(r, r->season_id ? &z.points : NULL, row, &n);
    for (size_t i = 0; !e && i < n; i++) {
        struct side_row *to = add(ret, row[i].seat_no, row[i].member_id, STR(""));

        if (to && to->place >= 0)
            to->points = row[i].points;
    }
    return e;
}

/* A race that is not final stands in no table yet. */
static enum err
add_ranks(struct ctx *ctx, const struct race *r, struct side *ret)
{
    struct standing_table *t = ARENA_NEW(ctx->arena, struct standing_table);
    enum err e;

    if (!r->season_id || r->state == RACE_FINISHED)
        return OK;
    if ((e = standing_read(ctx, r->season_id, 0, 0, t)))
        return e;
    for (size_t i = 0; i < t->n; i++) {
        bool drove = false;

        for (size_t k = 0; k < ret->n; k++)
            if (ret->row[k].member_id == t->row[i].member_id) {
                ret->row[k].rank = t->row[i].rank;
                drove = true;
            }
        struct side_row *row = drove ? NULL : add(ret, 0, t->row[i].member_id, t->row[i].name);
        if (row)
            row->rank = t->row[i].rank;
    }
    return OK;
}

static enum err
add_trophies(struct ctx *ctx, const struct race *r, struct side *ret)
{
    for (size_t i = 0; i < ret->n && ret->row[i].seat_no; i++) {
        struct buf b = buf_new(ctx->arena, TEXT_BYTES);
        struct trophy *t;
        size_t n;
        enum err e = trophy_of(ctx, ret->row[i].member_id, TROPHIES_READ, &t, &n);

        if (e)
            return e;
        for (size_t k = 0; k < n; k++)
            if (t[k].race_id == r->id) {
                buf_add_text(&b, b.n ? ", " : "");
                buf_add(&b, t[k].title);
            }
        ret->row[i].trophies = buf_str(&b);
    }
    return OK;
}

/* A seat's cents among its drivers, by rounds driven as the settlement does. */
static enum err
share_out(struct ctx *ctx, const struct race *r, const struct race_seat *seat, int64_t cents,
          struct side *ret)
{
    int64_t rounds[4], part[4] = {cents};
    size_t n = (size_t)seat->n_stints;

    place_rounds(seat, r->rounds, rounds);
    if (n > 1 && cents >= 0 && split_largest(cents, rounds, n, part))
        return ctx_fail(ctx, E_INTERNAL, "seat %lld cannot be cut by rounds",
                        (long long)seat->no);
    for (size_t k = 0; k < n; k++) {
        struct side_row *row = add(ret, seat->no, seat->stint[k].member_id, STR(""));

        BUG_IF(!row);
        row->cents += part[k];
    }
    return OK;
}

/* What each would have with these places: the division that the settlement will make. */
static enum err
add_cents(struct ctx *ctx, const struct race *r, struct side *ret)
{
    struct place_list l;
    enum err e;

    place_weigh(r, &l);
    if ((e = place_cut(ctx, r->waiting, &l)))
        return e;
    for (size_t i = 0; !e && i < r->n_seats; i++) {
        int64_t cents = r->seat[i].share;

        for (size_t k = 0; k < l.n; k++)
            cents += l.one[k].seat == r->seat[i].no ? l.one[k].paid : 0;
        e = share_out(ctx, r, &r->seat[i], cents, ret);
    }
    return e;
}

/* What each really has: the seat's share counts what it got by place. */
static enum err
add_settled(struct ctx *ctx, const struct race *r, struct side *ret)
{
    struct stake *s = ARENA_NEW(ctx->arena, struct stake);
    enum err e = stake_load(ctx, r, s);

    for (size_t i = 0; !e && i < r->n_seats; i++) {
        const struct race_seat *seat = &r->seat[i];

        for (int64_t k = 0; k < seat->n_stints; k++) {
            struct side_row *row = add(ret, seat->no, seat->stint[k].member_id, STR(""));

            BUG_IF(!row);
            row->cents += seat->n_stints > 1 ? s->seat[seat->no].by[k] : seat->share;
        }
    }
    return e;
}

enum err
side_read(struct ctx *ctx, int64_t race, struct side *ret)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    enum err e = race_get(ctx, race, r);

    if (e)
        return e;
    ret->n = 0;
    add_drivers(r, ret);
    if ((e = add_points(ctx, r, ret)) || (e = add_ranks(ctx, r, ret)) ||
        (e = add_trophies(ctx, r, ret)))
        return e;
    return r->state == RACE_SETTLED ? add_settled(ctx, r, ret) : add_cents(ctx, r, ret);
}
