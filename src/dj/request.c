/* States of songs, from waiting to played or refunded. See request.h. */
#include "dj/request.h"

#include "base/conf.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "dj/booth.h"
#include "dj/tip.h"
#include "queue/tell.h"
#include "shop/giveback.h"

enum { REASON_SIGNS = 140 };
static const int64_t HOUR_MS = 3600000;

static bool
by_amount(const struct ctx *ctx)
{
    return ctx->conf && str_eq_text(ctx->conf->tip.order, "amount");
}

static struct request
read_row(struct stmt *s)
{
    struct request r = {
        .id = stmt_col_i64(s, "id"),
        .tip_id = stmt_col_i64(s, "tip_id"),
        .dj_id = stmt_col_i64(s, "dj_id"),
        .amount = stmt_col_i64(s, "amount"),
        .at = stmt_col_i64(s, "at"),
        .played_at = stmt_col_i64(s, "played_at"),
        .offered_at = stmt_col_i64(s, "offered_at"),
        .state = stmt_col_str(s, "state"),
        .title = stmt_col_str(s, "title"),
        .artist = stmt_col_str(s, "artist"),
        .link = stmt_col_str(s, "link"),
        .from = stmt_col_str(s, "name"),
        .message = stmt_col_i64(s, "hidden") ? STR("") : stmt_col_str(s, "message"),
        .reason = stmt_col_str(s, "reason"),
    };

    if (!r.from.n)
        r.from = STR("Someone");
    return r;
}

static enum err
read_all(struct stmt *s, struct ctx *ctx, size_t max, struct request **ret, size_t *ret_n)
{
    struct request *row = ARENA_ARRAY(ctx->arena, max, struct request);
    int64_t place = 0;
    size_t n = 0;
    enum err e = OK;

    while (n < max && (e = stmt_row(s)) == OK) {
        row[n] = read_row(s);
        row[n].position = str_eq_text(row[n].state, "waiting") ? ++place : 0;
        n++;
    }
    *ret = row;
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

enum err
request_queue(struct ctx *ctx, int64_t dj_id, size_t max, struct request **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_request_queue);

    stmt_i64(&s, ":dj", dj_id);
    stmt_i64(&s, ":by_amount", by_amount(ctx));
    stmt_i64(&s, ":max", (int64_t)max);
    return read_all(&s, ctx, max, ret, ret_n);
}

enum err
request_offered(struct ctx *ctx, int64_t dj_id, size_t max, struct request **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_request_offered);

    stmt_i64(&s, ":dj", dj_id);
    stmt_i64(&s, ":max", (int64_t)max);
    return read_all(&s, ctx, max, ret, ret_n);
}

enum err
request_get(struct ctx *ctx, int64_t id, struct request *ret)
{
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_request_get);
        stmt_i64(&s, ":id", id);
        e = stmt_one(&s);
        if (e == E_NOTFOUND)
            return ctx_fail(ctx, e, "there is no song request %lld", (long long)id);
        if (e)
            return e;
        *ret = read_row(&s);
    }
    if (!str_eq_text(ret->state, "waiting"))
        return OK;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_request_before);
    stmt_i64(&s, ":dj", ret->dj_id);
    stmt_i64(&s, ":at", ret->at);
    stmt_i64(&s, ":id", id);
    stmt_i64(&s, ":amount", by_amount(ctx) ? ret->amount : -1);
    if ((e = stmt_one(&s)) == OK)
        ret->position = stmt_col_i64(&s, "n") + 1;
    return e;
}

enum err
request_add(struct ctx *ctx, struct tx *tx, const struct request_new *n, int64_t *ret_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_request_add);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":tip", n->tip_id);
    stmt_i64(&s, ":dj", n->dj_id);
    stmt_str(&s, ":fan", n->fan);
    stmt_str(&s, ":title", n->title);
    stmt_str(&s, ":artist", n->artist);
    stmt_str(&s, ":link", n->link);
    stmt_i64(&s, ":amount", n->amount);
    stmt_i64(&s, ":at", ctx_now(ctx));
    enum err e = stmt_one(&s);
    if (!e)
        *ret_id = stmt_col_i64(&s, "id");
    return e;
}

/* How a request stands, for who wanted it otherwise. */
static enum err
stands(struct ctx *ctx, const struct request *r, const char *verb)
{
    static const struct {
        const char *state, *words;
    } known[] = {
        {"waiting",   "still waits"                                          },
        {"playing",   "is playing"                                           },
        {"done",      "was played"                                           },
        {"skipped",   "was skipped"                                          },
        {"offered",   "was not played in time: refund it or keep it as a tip"},
        {"kept",      "was kept as a tip"                                    },
        {"refunding", "is being refunded"                                    },
        {"refunded",  "was refunded"                                         },
    };
    const char *words = "";

    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (str_eq_text(r->state, known[i].state))
            words = known[i].words;
    return ctx_fail(ctx, E_CONFLICT, "you cannot %s it: the song %s", verb, words);
}

/* Of this DJ and in one of the states, "waiting offered". */
static enum err
need(struct ctx *ctx, int64_t id, int64_t dj_id, const char *states, const char *verb,
     struct request *ret)
{
    struct str list = str_of(states), one;
    enum err e = request_get(ctx, id, ret);

    if (e)
        return e;
    if (ret->dj_id != dj_id)
        return ctx_fail(ctx, E_NOTFOUND, "there is no song request %lld in your queue",
                        (long long)id);
    while (str_split(&list, ' ', &one))
        if (str_eq(one, ret->state))
            return OK;
    return stands(ctx, ret, verb);
}

/* The new state, in the row alone. */
static enum err
set(struct ctx *ctx, int64_t id, const char *state, struct str reason)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_request_set);
    bool plays = str_eq_text(str_of(state), "playing");
    bool offered = str_eq_text(str_of(state), "offered");

    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":state", str_of(state));
    stmt_str(&s, ":reason", reason);
    if (plays)
        stmt_i64(&s, ":played_at", ctx_now(ctx));
    else
        stmt_null(&s, ":played_at");
    if (offered)
        stmt_i64(&s, ":offered_at", ctx_now(ctx));
    else
        stmt_null(&s, ":offered_at");
    return stmt_run(&s);
}

static enum err
move(struct ctx *ctx, struct tx *tx, const struct request *r, const char *state,
     struct str reason)
{
    enum err e = set(ctx, r->id, state, reason);

    return e ? e : booth_queue(ctx, tx, r->dj_id, r->id);
}

enum err
request_play(struct ctx *ctx, struct tx *tx, int64_t id, int64_t dj_id)
{
    struct request r;
    enum err e = need(ctx, id, dj_id, "waiting offered", "play", &r);

    if (e)
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_request_end_playing);
        stmt_i64(&s, ":dj", dj_id);
        if ((e = stmt_run(&s)))
            return e;
    }
    return move(ctx, tx, &r, "playing", STR(""));
}

enum err
request_next(struct ctx *ctx, struct tx *tx, int64_t dj_id, int64_t *ret_id)
{
    struct request *q;
    size_t n, i = 0;
    enum err e = request_queue(ctx, dj_id, 2, &q, &n);

    if (e)
        return e;
    while (i < n && !str_eq_text(q[i].state, "waiting"))
        i++;
    if (i == n)
        return ctx_fail(ctx, E_NOTFOUND, "the queue is empty");
    *ret_id = q[i].id;
    return request_play(ctx, tx, q[i].id, dj_id);
}

enum err
request_done(struct ctx *ctx, struct tx *tx, int64_t id, int64_t dj_id)
{
    struct request r;
    enum err e = need(ctx, id, dj_id, "playing", "end", &r);

    return e ? e : move(ctx, tx, &r, "done", STR(""));
}

static enum err
check_reason(struct ctx *ctx, struct str reason)
{
    if (!reason.n)
        return ctx_fail(ctx, E_INVALID, "say the reason: the fan reads it");
    if (!str_is_text(reason, "") || str_length(reason) > REASON_SIGNS)
        return ctx_fail(ctx, E_INVALID, "a reason is one line of at most %d signs",
                        REASON_SIGNS);
    return OK;
}

enum err
request_skip(struct ctx *ctx, struct tx *tx, int64_t id, int64_t dj_id, struct str reason)
{
    struct request r;
    enum err e;

    reason = str_trim(reason);
    if ((e = need(ctx, id, dj_id, "waiting playing", "skip", &r)) ||
        (e = check_reason(ctx, reason)))
        return e;
    return move(ctx, tx, &r, "skipped", reason);
}

static enum err
give_back(struct ctx *ctx, struct tx *tx, const struct request *r, struct str reason,
          struct str actor)
{
    struct tip t;
    int64_t id;
    enum err e = tip_get(ctx, r->tip_id, &t);

    if (e)
        return e;
    if (t.returned >= t.amount)
        return move(ctx, tx, r, "refunded", reason);
    const struct giveback_new n = {
        .provider = t.provider,
        .payment = t.payment,
        .amount = t.amount - t.returned,
        .ref = str_of(arena_printf(ctx->arena, "tip:%lld", (long long)t.id)),
        .reason = reason,
        .actor = actor,
    };
    if ((e = giveback_add(ctx, tx, &n, &id)))
        return e;
    return move(ctx, tx, r, "refunding", reason);
}

enum err
request_refund(struct ctx *ctx, struct tx *tx, int64_t id, int64_t dj_id, struct str reason)
{
    struct request r;
    enum err e;

    reason = str_trim(reason);
    if ((e = need(ctx, id, dj_id, "waiting offered skipped", "refund", &r)))
        return e;
    if (r.played_at)
        return ctx_fail(ctx, E_CONFLICT, "you cannot refund it: the song was played");
    if ((e = check_reason(ctx, reason)))
        return e;
    return give_back(ctx, tx, &r, reason,
                     str_of(arena_printf(ctx->arena, "member:%lld", (long long)dj_id)));
}

enum err
request_keep(struct ctx *ctx, struct tx *tx, int64_t id, int64_t dj_id)
{
    struct request r;
    enum err e = need(ctx, id, dj_id, "offered", "keep", &r);

    return e ? e : move(ctx, tx, &r, "kept", STR(""));
}

enum err
request_returned(struct ctx *ctx, struct tx *tx, int64_t tip_id, bool back)
{
    struct request r = {0};
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_request_of_tip);
        stmt_i64(&s, ":tip", tip_id);
        e = stmt_one(&s);
        if (e)
            return e == E_NOTFOUND ? OK : e;
        r.id = stmt_col_i64(&s, "id");
    }
    if ((e = request_get(ctx, r.id, &r)))
        return e;
    if (back && !r.played_at && !str_eq_text(r.state, "refunded"))
        return move(ctx, tx, &r, "refunded", r.reason);
    if (!back && str_eq_text(r.state, "refunded"))
        return move(ctx, tx, &r, "waiting", STR("the refund did not arrive"));
    return OK;
}

/* Songs whose time is over: ids alone, since each step changes the list. */
static enum err
due(struct ctx *ctx, size_t max, struct request *row, size_t *ret_n)
{
    int64_t expire = ctx->conf ? ctx->conf->tip.expire_h : 24;
    int64_t answer = ctx->conf ? ctx->conf->tip.answer_h : 48;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_request_due);
    enum err e = OK;

    *ret_n = 0;
    stmt_i64(&s, ":old", ctx_now(ctx) - expire * HOUR_MS);
    stmt_i64(&s, ":silent", ctx_now(ctx) - answer * HOUR_MS);
    stmt_i64(&s, ":max", (int64_t)max);
    while (*ret_n < max && (e = stmt_row(&s)) == OK)
        row[(*ret_n)++].id = stmt_col_i64(&s, "id");
    return e == E_NOTFOUND ? OK : e;
}

enum err
request_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n)
{
    struct request *row = ARENA_ARRAY(ctx->arena, max, struct request);
    enum err e = due(ctx, max, row, ret_n);

    for (size_t i = 0; !e && i < *ret_n; i++) {
        struct request r;
        if ((e = request_get(ctx, row[i].id, &r)))
            return e;
        if (str_eq_text(r.state, "offered")) {
            e = give_back(ctx, tx, &r, STR("it was not played in time"), STR("clock"));
            continue;
        }
        if ((e = move(ctx, tx, &r, "offered", STR(""))))
            return e;
        e = tell_add(ctx, tx, "member.song",
                     str_of(arena_printf(ctx->arena, "song:%lld", (long long)r.id)), 0);
    }
    return e;
}
