/* As the entries of settlements, fixes and earlier refunds say it. See part_settled.h. */
#include "race/part_settled.h"

#include "db/stmt.h"
#include "ledger/split.h"
#include "race/place.h"
#include "race/stake.h"

/* A seat whose money the settlement cut between several drivers gives it back in that
 * proportion; late money stayed with the driver at order time. */
static void
cut_between(struct part *one, struct str meta)
{
    struct str line;
    int64_t seat, member, paid, sum = 0;

    while (str_split(&meta, '\n', &line))
        if (place_stint(line, &seat, &member, &paid) && seat == one->seat_no &&
            one->n_by < PART_BY_MAX) {
            one->by[one->n_by++] = (struct part_by){.member_id = member, .weight = paid};
            sum += paid;
        }
    if (!sum)
        one->n_by = 0; /* nothing was cut */
}

/* The race's first settlement, when the sale was booked before it, cut the seats' shares. */
static enum err
read_stints(struct ctx *ctx, struct parts *p, const struct part_race *r)
{
    struct str meta;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_part_settled);
        stmt_str(&s, ":key",
                 str_of(arena_printf(ctx->arena, "settle:race:%lld", (long long)r->id)));
        enum err e = stmt_one(&s);
        if (e)
            return e == E_NOTFOUND ? OK : e;
        if (stmt_col_i64(&s, "seq") <= p->seq)
            return OK;
        meta = stmt_col_str(&s, "meta");
    }
    for (size_t i = 0; i < p->n; i++)
        if (p->part[i].kind == PART_WALLET && p->part[i].race_id == r->id)
            cut_between(&p->part[i], meta);
    return OK;
}

/* Meta of the entry whose places have the sale's waiting money now: the last fix of the race,
 * else its first settlement after the sale. Empty: none. */
static enum err
read_divided(struct ctx *ctx, const struct parts *p, const struct part_race *r,
             struct str *ret_meta)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_stake_divided);

    *ret_meta = STR("");
    stake_bind(ctx, &s, r->id);
    while ((e = stmt_row(&s)) == OK)
        if (stmt_col_i64(&s, "seq") > p->seq &&
            (!ret_meta->n || str_eq(stmt_col_str(&s, "kind"), STR("RACE_FIX"))))
            *ret_meta = stmt_col_str(&s, "meta");
    return e == E_NOTFOUND ? OK : e;
}

/* What earlier entries took of a seat came from its drivers, not from who held it then. */
static enum err
read_by(struct ctx *ctx, struct parts *p)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_part_metas);

    stmt_str(&s, ":provider", p->provider);
    stmt_str(&s, ":payment", p->payment);
    while ((e = stmt_row(&s)) == OK) {
        struct str meta = stmt_col_str(&s, "meta"), line;
        int64_t winner = 0, back, race;
        while (str_split(&meta, '\n', &line)) {
            struct place_by by;
            if (str_starts(line, STR("part ")) && !place_back(line, &race, &winner, &back))
                winner = 0;
            if (!place_by(line, &by))
                continue;
            part_of_member(p, 0, by.member_id)->left += by.back;
            struct part *w = winner ? part_wallet(p, winner) : NULL;

            if (w != NULL) /* read_place_backs gives it back */
                w->left -= by.back;
            for (size_t i = 0; !winner && i < p->n; i++)
                if (p->part[i].kind == PART_WALLET && p->part[i].race_id == by.race_id &&
                    p->part[i].seat_no == by.seat)
                    p->part[i].left -= by.back;
        }
    }
    return e == E_NOTFOUND ? OK : e;
}

static bool
has_place(const struct place_list *l, int64_t member_id)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->one[i].member_id == member_id)
            return true;
    return false;
}

/* Money by place that earlier refunds took: it came from wallets, but not of a seat's share. */
static enum err
read_place_backs(struct ctx *ctx, struct parts *p, struct part_race *r,
                 const struct place_list *l)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_part_metas);

    stmt_str(&s, ":provider", p->provider);
    stmt_str(&s, ":payment", p->payment);
    while ((e = stmt_row(&s)) == OK) {
        struct str meta = stmt_col_str(&s, "meta"), line;
        while (str_split(&meta, '\n', &line)) {
            int64_t race, member, back;
            if (!place_back(line, &race, &member, &back) ||
                (race ? race != r->id : !has_place(l, member)))
                continue;
            struct part *w = part_wallet(p, member);
            if (w)
                w->left += back;
            r->pool -= back;
        }
    }
    return e == E_NOTFOUND ? OK : e;
}

enum err
part_settled_places(struct ctx *ctx, struct parts *p, struct part_race *r)
{
    struct place_list places;
    int64_t weight[RACE_SEATS_MAX], cut[RACE_SEATS_MAX], sum = 0;
    struct str meta;
    enum err e = read_divided(ctx, p, r, &meta);

    if (e)
        return e;
    if (!place_read(meta, &places))
        return ctx_fail(ctx, E_INTERNAL, "race %lld: its settlement cannot be read",
                        (long long)r->id);
    for (size_t i = 0; i < places.n; i++)
        sum += weight[i] = places.one[i].paid;
    if (!sum) {
        /* Nothing waited at the settlement: late money was cut by weight. */
        for (size_t i = 0; i < places.n; i++)
            sum += weight[i] = places.one[i].weight;
    }
    if (!sum)
        return ctx_fail(ctx, E_INTERNAL, "race %lld: nobody got its waiting money",
                        (long long)r->id);
    if ((e = read_place_backs(ctx, p, r, &places)))
        return e;
    e = split_largest(r->pool, weight, places.n, cut);
    if (e)
        return ctx_fail(ctx, e, "race %lld: the waiting money cannot be cut", (long long)r->id);
    for (size_t i = 0; i < places.n; i++) {
        struct part *one = part_add(p, (struct part){.kind = PART_PLACE,
                                                     .race_id = r->id,
                                                     .seat_no = places.one[i].seat,
                                                     .member_id = places.one[i].member_id,
                                                     .left = cut[i]});
        cut_between(one, meta);
    }
    r->pool = 0;
    return OK;
}

enum err
part_settled_cut(struct ctx *ctx, struct parts *p)
{
    bool any = false;
    enum err e = OK;

    for (size_t i = 0; !e && i < p->n_races; i++)
        if (p->race[i].settled) {
            e = read_stints(ctx, p, &p->race[i]);
            any = true;
        }
    return e || !any ? e : read_by(ctx, p);
}
