/* Names and money of a table. See face.h. */
#include "league/face.h"

#include "base/buf.h"
#include "db/stmt.h"
#include "ledger/split.h"
#include "race/place.h"
#include "user/identity.h"

enum { WORDS_MAX = 1024 };

/* The text with "racer 7" replaced by the name of that member. */
static struct str
name_in(struct ctx *ctx, struct str text, int64_t member_id, struct str name)
{
    struct str mark = str_of(arena_printf(ctx->arena, "racer %lld", (long long)member_id));
    size_t at = str_find(text, mark, 0), end = at + mark.n;

    if (at == SIZE_MAX || (end < text.n && text.p[end] >= '0' && text.p[end] <= '9'))
        return text;
    struct buf b = buf_new(ctx->arena, WORDS_MAX);
    buf_add(&b, str_sub(text, 0, at));
    buf_add(&b, name);
    buf_add(&b, str_sub(text, end, text.n));
    return buf_err(&b) ? text : buf_str(&b);
}

static struct standing *
row_of(struct standing_table *t, int64_t member)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->row[i].member_id == member)
            return &t->row[i];
    return NULL;
}

static enum err
people(struct ctx *ctx, struct standing_table *t)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_face_people);

    stmt_i64(&s, ":season", t->season.id);
    while ((e = stmt_row(&s)) == OK) {
        struct standing *r = row_of(t, stmt_col_i64(&s, "id"));

        if (!r)
            continue;
        r->name = stmt_col_str(&s, "name");
        r->hidden = stmt_col_i64(&s, "hidden") != 0;
        r->avatar = r->hidden ? STR("") : stmt_col_str(&s, "avatar");
    }
    if (e != E_NOTFOUND)
        return e;
    /* Reasons name the row below. */
    for (size_t i = 0; i + 1 < t->n; i++)
        t->row[i].reason =
            name_in(ctx, t->row[i].reason, t->row[i + 1].member_id, t->row[i + 1].name);
    return OK;
}

/* A seat's money, cut between its drivers by rounds as the settlement cuts it. */
static enum err
seat_money(struct ctx *ctx, const struct race *r, const struct race_seat *seat,
           struct standing_table *t)
{
    int64_t rounds[4], paid[4];

    place_rounds(seat, r->rounds, rounds);
    enum err e = split_largest(seat->share, rounds, (size_t)seat->n_stints, paid);
    if (e)
        return ctx_fail(ctx, e, "seat %lld of race %lld cannot be cut by rounds",
                        (long long)seat->no, (long long)r->id);
    for (int64_t i = 0; i < seat->n_stints; i++) {
        struct standing *s = row_of(t, seat->stint[i].member_id);

        if (s && s->earned >= 0)
            s->earned += paid[i];
    }
    return OK;
}

static enum err
money(struct ctx *ctx, struct standing_table *t)
{
    enum { RACES_MAX = 4096 };
    int64_t *race = ARENA_ARRAY(ctx->arena, RACES_MAX, int64_t);
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    size_t n = 0;
    enum err e = OK;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_face_races);
        stmt_i64(&s, ":season", t->season.id);
        stmt_i64(&s, ":at", t->at ? t->at : INT64_MAX);
        while (n < RACES_MAX && (e = stmt_row(&s)) == OK)
            race[n++] = stmt_col_i64(&s, "race_id");
        if (e && e != E_NOTFOUND)
            return e;
    }
    e = OK;
    for (size_t i = 0; !e && i < n; i++) {
        e = race_get(ctx, race[i], r);
        for (size_t k = 0; !e && k < r->n_seats; k++)
            e = seat_money(ctx, r, &r->seat[k], t);
    }
    return e;
}

enum err
face_fill(struct ctx *ctx, int64_t viewer, struct standing_table *t)
{
    bool seen = false, any = false;
    enum err e = people(ctx, t);

    for (size_t i = 0; !e && i < t->n; i++) {
        e = identity_earnings_seen(ctx, t->row[i].member_id, viewer, &seen);
        t->row[i].earned = seen ? 0 : -1;
        any = any || seen;
    }
    return !e && any ? money(ctx, t) : e;
}
