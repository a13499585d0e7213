/* Trails of the last few races asked for, in memory. See trail.h. A trail goes on only while
 * the entry it ended with is still there with the same hash: the hash stands for the whole
 * past, so a ledger that was put back begins anew. */
#include "race/trail.h"

#include <string.h>

#include "base/crypt.h"
#include "db/db.h"
#include "db/stmt.h"

enum { KEPT = 4, BATCH = 1000, POINTS_FIRST = 256, POINTS_MAX = 256 * 1024 };

struct point {
    int64_t seq, at, delta;
};

static struct kept {
    const struct db *db; /* NULL: free */
    int64_t race, seq;   /* seq: of the last line */
    struct sha256 sha;   /* of that entry */
    int64_t used;        /* rises with each use */
    struct arena *a;     /* of points alone */
    struct point *point; /* in the order of time */
    size_t n, room;
    struct trail sums;
} kept[KEPT];

static void
forget(struct kept *k)
{
    arena_free(k->a);
    *k = (struct kept){.db = k->db, .race = k->race, .used = k->used};
}

/* The trail of that race, or the one that was not asked for the longest in its place. */
static struct kept *
find(const struct ctx *ctx, int64_t race)
{
    static int64_t uses;
    struct kept *k = &kept[0];

    for (size_t i = 1; i < KEPT; i++)
        if (kept[i].used < k->used)
            k = &kept[i];
    for (size_t i = 0; i < KEPT; i++)
        if (kept[i].db == ctx->db && kept[i].race == race)
            k = &kept[i];
    if (k->db != ctx->db || k->race != race) {
        k->db = ctx->db;
        k->race = race;
        forget(k);
    }
    k->used = ++uses;
    return k;
}

/* All zeroes when there is no such entry. */
static enum err
read_sha(struct ctx *ctx, int64_t seq, struct sha256 *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_trail_sha);
    enum err e;

    *ret = (struct sha256){0};
    stmt_i64(&s, ":seq", seq);
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? OK : e;

    struct str sha = stmt_col_blob(&s, "sha");
    BUG_IF(sha.n != sizeof ret->b);
    memcpy(ret->b, sha.p, sizeof ret->b);
    return OK;
}

static void
make_room(struct kept *k)
{
    size_t room = k->room ? 2 * k->room : POINTS_FIRST;
    struct arena *a = arena_new(room * sizeof(struct point) + 4096);
    struct point *point = ARENA_ARRAY(a, room, struct point);

    if (k->n)
        memcpy(point, k->point, k->n * sizeof *point);
    arena_free(k->a);
    k->a = a;
    k->point = point;
    k->room = room;
}

/* Of a race that is longer than any memory every two neighbours become one. */
static void
halve(struct kept *k)
{
    size_t n = 0;

    for (size_t i = 0; i < k->n; i += 2) {
        struct point p = k->point[i];

        if (i + 1 < k->n) {
            p = k->point[i + 1];
            p.delta += k->point[i].delta;
        }
        k->point[n++] = p;
    }
    k->n = n;
}

/* Notices may come late: nearly always the place is the end. */
static void
add_point(struct kept *k, struct point p)
{
    size_t at;

    if (k->n == POINTS_MAX)
        halve(k);
    if (k->n == k->room)
        make_room(k);
    for (at = k->n; at > 0 && k->point[at - 1].at > p.at; at--)
        k->point[at] = k->point[at - 1];
    k->point[at] = p;
    k->n++;
}

/* The next lines, the newest first, as race_shares wants them. */
static enum err
read_lines(struct ctx *ctx, const struct kept *k, struct race_line *list, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_trail_lines);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":race", k->race);
    stmt_i64(&s, ":after", k->seq);
    stmt_i64(&s, ":max", BATCH);
    while (n < BATCH && (e = stmt_row(&s)) == OK)
        list[n++] = (struct race_line){.seq = stmt_col_i64(&s, "seq"),
                                       .at = stmt_col_i64(&s, "at"),
                                       .delta = stmt_col_i64(&s, "delta")};
    if (e && e != E_NOTFOUND)
        return e;
    for (size_t i = 0; i < n / 2; i++) {
        struct race_line l = list[i];

        list[i] = list[n - 1 - i];
        list[n - 1 - i] = l;
    }
    *ret_n = n;
    return OK;
}

/* One batch; ret_n 0: nothing came since. */
static enum err
go_on(struct ctx *ctx, struct kept *k, size_t *ret_n)
{
    struct race_line *list = ARENA_ARRAY(ctx->arena, BATCH, struct race_line);
    struct sha256 sha;
    enum err e;

    if ((e = read_lines(ctx, k, list, ret_n)) || !*ret_n)
        return e;
    if ((e = race_shares(ctx, k->race, list, *ret_n)) || (e = read_sha(ctx, list[0].seq, &sha)))
        return e;
    for (size_t i = *ret_n; i > 0; i--) {
        const struct race_line *l = &list[i - 1];

        add_point(k, (struct point){.seq = l->seq, .at = l->at, .delta = l->delta});
        for (size_t seat = 0; seat < RACE_SEATS_MAX; seat++)
            k->sums.leftover[seat] += l->leftover[seat];
    }
    k->sums.lines += (int64_t)*ret_n;
    k->seq = list[0].seq;
    k->sha = sha;
    return OK;
}

static enum err
trail_of(struct ctx *ctx, int64_t race, struct kept **ret)
{
    struct kept *k = find(ctx, race);
    struct sha256 sha;
    size_t n = BATCH;
    enum err e = k->seq ? read_sha(ctx, k->seq, &sha) : OK;

    if (e)
        return e;
    if (k->seq && memcmp(sha.b, k->sha.b, sizeof sha.b) != 0)
        forget(k);
    while (!e && n == BATCH) {
        struct arena_mark m = arena_mark(ctx->arena);

        e = go_on(ctx, k, &n);
        arena_release(ctx->arena, m);
    }
    *ret = k;
    return e;
}

enum err
trail_sums(struct ctx *ctx, int64_t race, struct trail *ret)
{
    struct kept *k;
    enum err e = trail_of(ctx, race, &k);

    if (!e)
        *ret = k->sums;
    return e;
}

/* A refund told before its sale: nothing is there yet to take from. */
static struct race_line
line_of(const struct point *p, int64_t pot)
{
    return (struct race_line){
        .seq = p->seq, .at = p->at, .delta = p->delta, .pot = pot > 0 ? pot : 0};
}

enum err
trail_curve(struct ctx *ctx, int64_t race, size_t max, struct race_line **ret, size_t *ret_n)
{
    struct kept *k;
    enum err e = trail_of(ctx, race, &k);

    BUG_IF(max < 4);
    if (e)
        return e;

    /* The lowest and the highest of each run of lines, so that no fall is lost. */
    size_t run = k->n > max ? (k->n + max / 2 - 1) / (max / 2) : 1, n = 0;
    struct race_line *list = ARENA_ARRAY(ctx->arena, max + 2, struct race_line);
    int64_t pot = 0;

    for (size_t from = 0; from < k->n; from += run) {
        size_t end = from + run < k->n ? from + run : k->n, lo = from, hi = from;
        struct race_line low = {0}, high = {0};

        for (size_t i = from; i < end; i++) {
            pot += k->point[i].delta;

            struct race_line l = line_of(&k->point[i], pot);
            if (i == from || l.pot < low.pot)
                low = l, lo = i;
            if (i == from || l.pot >= high.pot)
                high = l, hi = i;
        }
        list[n++] = lo < hi ? low : high;
        if (lo != hi)
            list[n++] = lo < hi ? high : low;
    }
    *ret = list;
    *ret_n = n;
    return OK;
}
