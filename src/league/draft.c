/* Corrections that wait for their button. See draft.h. */
#include "league/draft.h"

#include "base/buf.h"
#include "db/stmt.h"
#include "db/tx.h"

enum { PLACES_BYTES = 64 };
static const int64_t KEEP_MS = 3600 * 1000;

static enum err
prune(struct ctx *ctx)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_draft_prune);

    stmt_i64(&s, ":before", ctx_now(ctx) - KEEP_MS);
    return stmt_run(&s);
}

enum err
draft_add(struct ctx *ctx, struct tx *tx, const struct fix_ask *ask, struct str hash,
          int64_t *ret_id)
{
    struct buf b = buf_new(ctx->arena, PLACES_BYTES);
    enum err e = prune(ctx);

    BUG_IF(!tx->open);
    if (e)
        return e;
    for (int64_t no = 1; no <= RACE_SEATS_MAX; no++)
        buf_printf(&b, "%s%lld", no > 1 ? "," : "", (long long)ask->place[no]);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_draft_add);
    stmt_i64(&s, ":race", ask->race_id);
    stmt_str(&s, ":places", buf_str(&b));
    stmt_str(&s, ":reason", str_trim(ask->reason));
    stmt_str(&s, ":hash", hash);
    stmt_i64(&s, ":member", ask->by);
    stmt_i64(&s, ":at", ctx_now(ctx));
    if (!(e = stmt_one(&s)))
        *ret_id = stmt_col_i64(&s, "id");
    return e;
}

enum err
draft_get(struct ctx *ctx, int64_t id, int64_t by, struct fix_ask *ret, struct str *ret_hash)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_draft_get);
    struct str places, one;

    stmt_i64(&s, ":id", id);
    stmt_i64(&s, ":after", ctx_now(ctx) - KEEP_MS);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND,
                        "this correction is done or too old: use the command again");
    if (e)
        return e;
    if (stmt_col_i64(&s, "member_id") != by)
        return ctx_fail(ctx, E_DENIED, "this correction is somebody else's");
    *ret = (struct fix_ask){
        .race_id = stmt_col_i64(&s, "race_id"),
        .reason = stmt_col_str(&s, "reason"),
        .by = by,
    };
    *ret_hash = stmt_col_str(&s, "hash");
    places = stmt_col_str(&s, "places");
    for (int64_t no = 1; no <= RACE_SEATS_MAX; no++)
        if (!str_split(&places, ',', &one) ||
            !str_i64(one, -1, RACE_SEATS_MAX, &ret->place[no]))
            return ctx_fail(ctx, E_INTERNAL, "correction %lld cannot be read", (long long)id);
    return OK;
}

enum err
draft_drop(struct ctx *ctx, struct tx *tx, int64_t id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_draft_drop);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":id", id);
    return stmt_run(&s);
}

static bool
is_held(const struct race *r, int64_t seat, const int64_t place[RACE_SEATS_MAX + 1],
        int64_t wanted)
{
    for (size_t i = 0; i < r->n_seats; i++)
        if (r->seat[i].no != seat && place[r->seat[i].no] == wanted)
            return true;
    return false;
}

void
draft_move(const struct race *r, int64_t seat, int64_t place, int64_t ret[RACE_SEATS_MAX + 1])
{
    int64_t now[RACE_SEATS_MAX + 1] = {0}, old, end = place;

    for (int64_t no = 0; no <= RACE_SEATS_MAX; no++)
        ret[no] = -1;
    for (size_t i = 0; i < r->n_seats; i++)
        now[r->seat[i].no] = r->seat[i].place;
    old = now[seat];
    ret[seat] = place;
    now[seat] = 0;
    /* Out of the order: the ones behind close up. */
    for (size_t i = 0; old && i < r->n_seats; i++)
        if (now[r->seat[i].no] > old)
            now[r->seat[i].no]--;
    /* Into it: the ones behind make room, up to the first place that nobody has. */
    while (place && is_held(r, seat, now, end))
        end++;
    for (size_t i = 0; place && i < r->n_seats; i++)
        if (now[r->seat[i].no] >= place && now[r->seat[i].no] < end)
            now[r->seat[i].no]++;
    for (size_t i = 0; i < r->n_seats; i++)
        if (r->seat[i].no != seat && r->seat[i].place && now[r->seat[i].no] != r->seat[i].place)
            ret[r->seat[i].no] = now[r->seat[i].no];
}
