/* Substitutes who are asked first. See offer.h. */
#include "race/offer.h"

#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "race/lobby.h"

enum { SUBJECT_MAX = 20 };
static const int64_t MINUTE_MS = 60000;

static enum err
find(struct ctx *ctx, int64_t id, struct offer *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_offer_get);
    stmt_i64(&s, ":id", id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no such offer: ask the host again");
    if (e)
        return e;
    *ret = (struct offer){
        .id = id,
        .race_id = stmt_col_i64(&s, "race_id"),
        .seat_no = stmt_col_i64(&s, "seat_no"),
        .round = stmt_col_i64(&s, "round"),
        .at = stmt_col_i64(&s, "at"),
        .expires_at = stmt_col_i64(&s, "expires_at"),
        .subject = stmt_col_str(&s, "subject"),
        .state = stmt_col_str(&s, "state"),
    };
    return OK;
}

static enum err
close_seat(struct ctx *ctx, int64_t race, int64_t seat)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_offer_close_seat);
    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":seat", seat);
    return stmt_run(&s);
}

enum err
offer_add(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seat, int64_t round,
          struct str subject, struct str actor, struct offer *ret)
{
    int64_t now = ctx_now(ctx), number, id;
    enum err e;

    BUG_IF(!tx->open);
    if (subject.n > SUBJECT_MAX || !str_i64(subject, 1, INT64_MAX, &number))
        return ctx_fail(ctx, E_INVALID, "name a substitute");
    if ((e = lobby_sub_check(ctx, race, seat, round)) || (e = close_seat(ctx, race, seat)))
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_offer_add);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":seat", seat);
        stmt_i64(&s, ":round", round);
        stmt_str(&s, ":subject", subject);
        stmt_str(&s, ":actor", actor);
        stmt_i64(&s, ":at", now);
        stmt_i64(&s, ":expires", now + OFFER_MINUTES * MINUTE_MS);
        if ((e = stmt_one(&s)))
            return e;
        id = stmt_col_i64(&s, "id");
    }
    return find(ctx, id, ret);
}

enum err
offer_accept(struct ctx *ctx, struct tx *tx, int64_t id, struct str subject, int64_t member_id,
             struct str actor, struct offer *ret)
{
    enum err e;

    if ((e = find(ctx, id, ret)))
        return e;
    if (!str_eq(ret->subject, subject))
        return ctx_fail(ctx, E_DENIED, "this seat was offered to somebody else");
    if (str_eq(ret->state, STR("accepted")))
        return ctx_fail(ctx, E_CONFLICT, "you have accepted already: seat %lld is yours",
                        (long long)ret->seat_no);
    if (!str_eq(ret->state, STR("open")) || ret->expires_at <= ctx_now(ctx))
        return ctx_fail(ctx, E_CONFLICT,
                        "this offer is over after %d minutes: ask the host for a new one",
                        OFFER_MINUTES);
    if ((e = lobby_sub(ctx, tx, ret->race_id, ret->seat_no, member_id, ret->round, actor)))
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_offer_accept);
    stmt_i64(&s, ":id", id);
    if ((e = stmt_run(&s)))
        return e;
    BUG_IF(db_changes(ctx->db) != 1);
    ret->state = STR("accepted");
    return OK;
}

enum err
offer_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_offer_expire);
    enum err e;

    BUG_IF(!tx->open);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_i64(&s, ":max", (int64_t)max);
    if ((e = stmt_run(&s)))
        return e;
    *ret_n = (size_t)db_changes(ctx->db);
    return OK;
}
