/* Objections of drivers. See dispute.h. */
#include "race/dispute.h"

#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/live.h"
#include "queue/tell.h"
#include "race/news.h"
#include "race/seat.h"
#include "user/right.h"

enum { REASON_SIGNS = 500, ANSWER_SIGNS_MIN = 10 };

static void
read_row(struct stmt *s, struct dispute *ret)
{
    *ret = (struct dispute){
        .id = stmt_col_i64(s, "id"),
        .race_id = stmt_col_i64(s, "race_id"),
        .member_id = stmt_col_i64(s, "member_id"),
        .opened_at = stmt_col_i64(s, "opened_at"),
        .closed_at = stmt_col_i64(s, "closed_at"),
        .member_name = stmt_col_str(s, "name"),
        .reason = stmt_col_str(s, "reason"),
        .state = stmt_col_str(s, "state"),
        .closed_by = stmt_col_str(s, "closed_by"),
        .answer = stmt_col_str(s, "answer"),
    };
}

enum err
dispute_get(struct ctx *ctx, int64_t id, struct dispute *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dispute_get);

    stmt_i64(&s, ":id", id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no dispute %lld", (long long)id);
    if (!e)
        read_row(&s, ret);
    return e;
}

enum err
dispute_list(struct ctx *ctx, int64_t race, size_t max, struct dispute **ret, size_t *ret_n)
{
    struct dispute *row = ARENA_ARRAY(ctx->arena, max ? max : 1, struct dispute);
    size_t n = 0;
    enum err e = OK;
    struct stmt s CLEANUP(stmt_done) =
        stmt_get(ctx, race ? SQL_dispute_list : SQL_dispute_list_open);

    if (race)
        stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        read_row(&s, &row[n++]);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = row;
    *ret_n = n;
    return OK;
}

static enum err
drove(struct ctx *ctx, int64_t race, int64_t member_id, bool *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dispute_drove);

    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":member", member_id);
    enum err e = stmt_one(&s);
    if (!e)
        *ret = stmt_col_i64(&s, "n") > 0;
    return e;
}

/* Live, for the race's card, and for those who must know. */
static enum err
say(struct ctx *ctx, struct tx *tx, int64_t race, int64_t id, const char *type,
    const char *state)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    enum err e;

    if ((e = race_get(ctx, race, r)))
        return e;
    struct str data = str_of(arena_printf(
        ctx->arena, "{\"race\":%lld,\"dispute\":%lld,\"state\":\"%s\",\"open\":%lld}",
        (long long)race, (long long)id, state, (long long)r->n_disputes));
    if ((e = news_add(ctx, tx, race, type, data)))
        return e;
    return tell_add(ctx, tx, type,
                    str_of(arena_printf(ctx->arena, "dispute:%lld", (long long)id)), 0);
}

static enum err
check_open(struct ctx *ctx, int64_t race, int64_t member_id)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    bool driver = false;
    enum err e;

    if ((e = race_get(ctx, race, r)) || (e = drove(ctx, race, member_id, &driver)))
        return e;
    if (r->state != RACE_FINISHED)
        return ctx_fail(ctx, E_CONFLICT,
                        "a result is disputed between the flag and the final result; race %lld "
                        "is %.*s",
                        (long long)race, STR_ARG(race_state_word(r->state)));
    if (!driver)
        return ctx_fail(ctx, E_DENIED, "only drivers of race %lld dispute its result",
                        (long long)race);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dispute_open_of);
    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":member", member_id);
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return OK;
    return e ? e
             : ctx_fail(ctx, E_CONFLICT,
                        "your dispute %lld of race %lld is still open: wait for its answer",
                        (long long)stmt_col_i64(&s, "id"), (long long)race);
}

enum err
dispute_open(struct ctx *ctx, struct tx *tx, int64_t race, int64_t member_id, struct str reason,
             int64_t *ret_id)
{
    int64_t id;
    enum err e;

    BUG_IF(!tx->open);
    reason = str_trim(reason);
    if (!reason.n || !str_is_text(reason, "\n") || str_length(reason) > REASON_SIGNS)
        return ctx_fail(ctx, E_INVALID, "say what is wrong, in 1 to %d signs", REASON_SIGNS);
    if ((e = check_open(ctx, race, member_id)))
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dispute_add);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":member", member_id);
        stmt_str(&s, ":reason", reason);
        stmt_i64(&s, ":at", ctx_now(ctx));
        if ((e = stmt_one(&s)))
            return e;
        id = stmt_col_i64(&s, "id");
    }
    *ret_id = id;
    return say(ctx, tx, race, id, "dispute.opened", "OPEN");
}

/* An open dispute of a race that is not yet final. */
static enum err
load_open(struct ctx *ctx, int64_t id, struct dispute *ret)
{
    enum err e = dispute_get(ctx, id, ret);

    if (e || str_eq(ret->state, STR("OPEN")))
        return e;
    return ctx_fail(ctx, E_CONFLICT, "dispute %lld is closed already: %.*s", (long long)id,
                    STR_ARG(str_lower(ctx->arena, ret->state)));
}

/* Who objected and who drives: both sides read the answer. */
static enum err
tell_both(struct ctx *ctx, struct tx *tx, const struct dispute *d)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    enum err e = race_get(ctx, d->race_id, r);

    for (size_t i = 0; !e && i <= r->n_seats; i++) {
        int64_t who = i == r->n_seats ? d->member_id : r->seat[i].member_id;

        e = tell_add(ctx, tx, "member.dispute",
                     str_of(arena_printf(ctx->arena, "dispute:%lld:%lld", (long long)d->id,
                                         (long long)who)),
                     0);
    }
    return e;
}

static enum err
finish(struct ctx *ctx, struct tx *tx, const struct dispute *d, const char *state,
       struct str answer, struct str actor)
{
    enum err e;

    BUG_IF(!tx->open);
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dispute_close);
        stmt_i64(&s, ":id", d->id);
        stmt_str(&s, ":state", str_of(state));
        stmt_i64(&s, ":at", ctx_now(ctx));
        stmt_str(&s, ":actor", actor);
        stmt_str(&s, ":answer", answer);
        if ((e = stmt_run(&s)))
            return e;
        BUG_IF(db_changes(ctx->db) != 1);
    }
    if ((e = seat_touch(ctx, d->race_id)) ||
        (e = say(ctx, tx, d->race_id, d->id, "dispute.closed", state)))
        return e;
    return answer.n ? tell_both(ctx, tx, d) : OK;
}

enum err
dispute_withdraw(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id)
{
    struct dispute d;
    enum err e = load_open(ctx, id, &d);

    if (e)
        return e;
    if (d.member_id != member_id)
        return ctx_fail(ctx, E_DENIED, "a dispute is withdrawn by who opened it");
    return finish(ctx, tx, &d, "WITHDRAWN", STR(""),
                  str_of(arena_printf(ctx->arena, "member:%lld", (long long)member_id)));
}

enum err
dispute_close(struct ctx *ctx, struct tx *tx, int64_t id, bool upheld, struct str answer,
              int64_t by, struct str actor)
{
    struct dispute d;
    bool driver = false;
    enum err e = load_open(ctx, id, &d);

    if (e)
        return e;
    if (by && ((e = right_need(ctx, by, RIGHT_STAFF | RIGHT_OPERATOR)) ||
               (e = drove(ctx, d.race_id, by, &driver))))
        return e;
    if (driver)
        return ctx_fail(ctx, E_DENIED,
                        "you drove in race %lld: somebody else of the staff decides",
                        (long long)d.race_id);
    answer = str_trim(answer);
    if (!str_is_text(answer, "\n") || str_length(answer) < ANSWER_SIGNS_MIN ||
        str_length(answer) > REASON_SIGNS)
        return ctx_fail(ctx, E_INVALID, "give a reason of %d to %d signs: both sides read it",
                        ANSWER_SIGNS_MIN, REASON_SIGNS);
    return finish(ctx, tx, &d, upheld ? "UPHELD" : "REJECTED", answer, actor);
}

enum err
dispute_end(struct ctx *ctx, struct tx *tx, int64_t race, struct str why, struct str actor)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dispute_end);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":actor", actor);
    stmt_str(&s, ":answer", why);
    return stmt_run(&s);
}
