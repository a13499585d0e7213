/* Stakes, read from the meta of the race's entries. See stake.h; the lines: sql/FORMAT.md. */
#include "race/stake.h"

#include <string.h>

#include "db/stmt.h"
#include "ledger/meta.h"

/* The seat's number in a line, with the race's seat; false for anything else. */
static bool
seat_in(const struct meta *m, const struct race *r, int64_t *ret_no,
        const struct race_seat **ret)
{
    if (!meta_i64(m, "seat", ret_no) || *ret_no < 1 || *ret_no > RACE_SEATS_MAX)
        return false;
    for (size_t i = 0; i < r->n_seats; i++)
        if (r->seat[i].no == *ret_no) {
            *ret = &r->seat[i];
            return true;
        }
    return false;
}

/* A settlement adds; a fix says it all anew. */
static bool
take_divided(struct stake *s, const struct race *r, struct str text, bool fix)
{
    size_t n[RACE_SEATS_MAX + 1] = {0};
    struct str again = text;
    const struct race_seat *seat;
    int64_t no, paid, weight;
    struct meta m;

    while (meta_next(&text, &m)) {
        if (!str_eq_text(m.tag, "stint"))
            continue;
        if (!seat_in(&m, r, &no, &seat) || n[no] == STAKE_BY_MAX ||
            !meta_i64(&m, "paid", &paid))
            return false;
        int64_t *by = &s->seat[no].by[n[no]++];
        *by = fix ? paid : *by + paid;
    }
    while (meta_next(&again, &m)) {
        if (!str_eq_text(m.tag, "place"))
            continue;
        if (!seat_in(&m, r, &no, &seat) || !meta_i64(&m, "paid", &paid) ||
            !meta_i64(&m, "weight", &weight))
            return false;
        s->seat[no].weight = weight;
        s->seat[no].had = fix ? paid : s->seat[no].had + paid;
        /* Late money stays with the last driver. */
        if (!fix && !n[no] && seat->n_stints > 1)
            s->seat[no].by[seat->n_stints - 1] += paid;
    }
    return true;
}

/* Seat of a place line: it says so, or it is the seat of its member (older entries). */
static int64_t
seat_of_place(const struct meta *m, const struct race *r)
{
    const struct race_seat *seat;
    struct str of = meta_str(m, "of");
    int64_t race, no, member;

    if (meta_i64(m, "race", &race))
        return race == r->id && seat_in(m, r, &no, &seat) ? no : 0;
    if (!str_i64(str_sub(of, sizeof("place:") - 1, of.n), 1, INT64_MAX, &member))
        return 0;
    for (size_t i = r->n_seats; i-- > 0;)
        if (r->seat[i].member_id == member)
            return r->seat[i].no;
    return 0;
}

/* Refunds take from the places, and from the drivers of a seat one by one. */
static void
take_back(struct stake *s, const struct race *r, struct str text, int64_t sign)
{
    int64_t no = 0, back = 0, race, by_no;
    const struct race_seat *seat;
    bool whole = false; /* the last driver gave the whole part, as far as we know */
    size_t k = 0;
    struct meta m;

    while (meta_next(&text, &m)) {
        if (str_eq_text(m.tag, "part")) {
            bool place = str_starts(meta_str(&m, "of"), STR("place:"));
            k = 0;
            whole = false;
            no = place ? seat_of_place(&m, r) : 0;
            if (!no || !meta_i64(&m, "back", &back))
                continue;
            s->seat[no].had -= sign * back;
            for (size_t i = 0; i < r->n_seats; i++)
                if (r->seat[i].no == no && r->seat[i].n_stints > 1) {
                    whole = true;
                    s->seat[no].by[r->seat[i].n_stints - 1] -= sign * back;
                }
        } else if (str_eq_text(m.tag, "by") && meta_i64(&m, "race", &race) && race == r->id &&
                   seat_in(&m, r, &by_no, &seat) && k < STAKE_BY_MAX) {
            if (whole)
                s->seat[no].by[seat->n_stints - 1] += sign * back;
            whole = false;
            if (meta_i64(&m, "back", &back))
                s->seat[by_no].by[k++] -= sign * back;
        }
    }
}

void
stake_bind(struct ctx *ctx, struct stmt *s, int64_t race)
{
    long long id = (long long)race;

    stmt_str(s, ":settle", str_of(arena_printf(ctx->arena, "settle:race:%lld", id)));
    stmt_str(s, ":from", str_of(arena_printf(ctx->arena, "settle:race:%lld:", id)));
    stmt_str(s, ":to", str_of(arena_printf(ctx->arena, "settle:race:%lld;", id)));
    stmt_str(s, ":fix_from", str_of(arena_printf(ctx->arena, "fix:race:%lld:", id)));
    stmt_str(s, ":fix_to", str_of(arena_printf(ctx->arena, "fix:race:%lld;", id)));
}

static enum err
read_divided(struct ctx *ctx, const struct race *r, struct stake *ret)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_stake_divided);
    bool good = true;

    stake_bind(ctx, &s, r->id);
    while ((e = stmt_row(&s)) == OK) {
        bool fix = str_eq(stmt_col_str(&s, "kind"), STR("RACE_FIX"));
        ret->fixed |= fix;
        if (fix || !ret->seq)
            ret->seq = stmt_col_i64(&s, "seq");
        good = good && take_divided(ret, r, stmt_col_str(&s, "meta"), fix);
    }
    if (e != E_NOTFOUND)
        return e;
    return good ? OK
                : ctx_fail(ctx, E_INTERNAL, "race %lld: its settlement cannot be read",
                           (long long)r->id);
}

enum err
stake_load(struct ctx *ctx, const struct race *r, struct stake *ret)
{
    memset(ret, 0, sizeof(*ret));
    enum err e = read_divided(ctx, r, ret);

    if (e || !ret->seq)
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_stake_backs);
    stmt_i64(&s, ":race", r->id);
    stmt_i64(&s, ":since", ret->seq);
    while ((e = stmt_row(&s)) == OK) {
        /* What a fix divided was already less by what had gone back, and not by what came
         * again. */
        if (stmt_col_i64(&s, "seq") > ret->seq && stmt_col_null(&s, "undone"))
            take_back(ret, r, stmt_col_str(&s, "meta"), 1);
        else if (stmt_col_i64(&s, "seq") < ret->seq && !stmt_col_null(&s, "undone"))
            take_back(ret, r, stmt_col_str(&s, "meta"), -1);
    }
    return e == E_NOTFOUND ? OK : e;
}
