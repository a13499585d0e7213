/* Seats, substitutes and the states of a race. See lobby.h. */
#include "race/lobby.h"

#include "base/buf.h"
#include "base/conf.h"
#include "contest/state.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/alert.h"
#include "race/dispute.h"
#include "race/news.h"
#include "race/product.h"
#include "race/recut.h"
#include "race/rule.h"
#include "race/seat.h"
#include "race/settle.h"
#include "race/window.h"

enum { STINT_MAX = 4, NAME_MAX_LENGTH = 60, REASON_MAX = 300, TICK_MAX = 64 };
static const int64_t MINUTE_MS = 60000, HOUR_MS = 3600000;

struct lobby {
    struct str state;
    int64_t seats, rounds, opened_at, closed_at, grace_ms, taken;
};

static enum err
load(struct ctx *ctx, int64_t race, struct lobby *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_get);
    stmt_i64(&s, ":race", race);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no race %lld", (long long)race);
    if (e)
        return e;
    *ret = (struct lobby){
        .state = stmt_col_str(&s, "state"),
        .seats = stmt_col_i64(&s, "seats"),
        .rounds = stmt_col_i64(&s, "rounds"),
        .opened_at = stmt_col_null(&s, "opened_at") ? 0 : stmt_col_i64(&s, "opened_at"),
        .closed_at = stmt_col_null(&s, "closed_at") ? 0 : stmt_col_i64(&s, "closed_at"),
        .grace_ms = 1000 * stmt_col_i64(&s, "grace_s"),
        .taken = stmt_col_i64(&s, "taken"),
    };
    return OK;
}

/* The race in that state, or the rule in words. */
static enum err
load_in(struct ctx *ctx, int64_t race, const char *state, const char *rule, struct lobby *ret)
{
    enum err e = load(ctx, race, ret);

    if (e)
        return e;
    if (!str_eq_text(ret->state, state))
        return ctx_fail(ctx, E_CONFLICT, "%s; race %lld is %.*s", rule, (long long)race,
                        STR_ARG(str_lower(ctx->arena, ret->state)));
    return OK;
}

/* A change of state that is told to everybody, once. */
static enum err
tell_state(struct ctx *ctx, struct tx *tx, int64_t race, const char *type, const char *state,
           int64_t closed_at)
{
    enum err e = news_state(ctx, tx, race, type, state, closed_at);

    return e ? e : news_tell(ctx, tx, race, type);
}

/* An update conditional on the old state changed its one row. */
static enum err
run_step(struct ctx *ctx, struct stmt *s, int64_t race)
{
    enum err e = stmt_run(s);

    if (!e && db_changes(ctx->db) != 1)
        return ctx_fail(ctx, E_CONFLICT, "race %lld has moved on meanwhile", (long long)race);
    return e;
}

/* The newest version of the named rule; the default rule is written when it is first used. */
static enum err
pick_rule(struct ctx *ctx, struct tx *tx, struct str name, struct race_rule *ret)
{
    bool standard = name.n == 0 || str_eq(name, STR("default"));
    enum err e = product_rule_find(ctx, standard ? STR("default") : name, ret);

    if (e != E_NOTFOUND || !standard)
        return e;
    ctx_clear(ctx);
    rule_default(ctx, ret);
    return product_rule_add(ctx, tx, ret, STR("default"), &ret->id);
}

static enum err
check_new(struct ctx *ctx, const struct lobby_new *n)
{
    if (n->seats < 2 || n->seats > RACE_SEATS_MAX)
        return ctx_fail(ctx, E_INVALID, "a race has 2 to 8 seats");
    if (n->rounds < 1 || n->rounds > 32)
        return ctx_fail(ctx, E_INVALID, "a race has 1 to 32 rounds");
    if (str_length(n->name) > NAME_MAX_LENGTH || !str_is_text(n->name, ""))
        return ctx_fail(ctx, E_INVALID, "a race's name is text of at most %d signs",
                        NAME_MAX_LENGTH);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_host_open);
    stmt_i64(&s, ":host_id", n->host_id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return OK;
    return e ? e
             : ctx_fail(ctx, E_CONFLICT, "a host has one lobby at a time: race %lld is open",
                        (long long)stmt_col_i64(&s, "id"));
}

static enum err
insert(struct ctx *ctx, const struct lobby_new *n, const struct race_rule *r, int64_t *ret_race)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_insert);
    stmt_str(&s, ":name", str_trim(n->name));
    stmt_i64(&s, ":host_id", n->host_id);
    stmt_i64(&s, ":rule_id", r->id);
    if (n->season_id)
        stmt_i64(&s, ":season", n->season_id);
    else
        stmt_null(&s, ":season");
    stmt_i64(&s, ":seats", n->seats);
    stmt_i64(&s, ":rounds", n->rounds);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_i64(&s, ":grace_s", r->grace_s);
    stmt_i64(&s, ":clear_h", r->clear_h);
    enum err e = stmt_one(&s);
    if (!e)
        *ret_race = stmt_col_i64(&s, "id");
    return e;
}

enum err
lobby_open(struct ctx *ctx, struct tx *tx, const struct lobby_new *n, struct str actor,
           int64_t *ret_race)
{
    struct member host;
    struct race_rule rule;
    int64_t race;
    enum err e;

    if ((e = member_get(ctx, n->host_id, &host)) || (e = check_new(ctx, n)) ||
        (e = pick_rule(ctx, tx, n->rule, &rule)) || (e = insert(ctx, n, &rule, &race)))
        return e;
    if (!str_trim(n->name).n) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_name);
        stmt_i64(&s, ":race", race);
        stmt_str(&s, ":name", str_of(arena_printf(ctx->arena, "Race %lld", (long long)race)));
        if ((e = stmt_run(&s)))
            return e;
    }
    if ((e = state_step(ctx, tx, STR("race"), race, STR(""), STR("LOBBY"), actor, STR(""))) ||
        (e = tell_state(ctx, tx, race, "race.opened", "LOBBY", 0)))
        return e;
    *ret_race = race;
    return OK;
}

enum err
lobby_join(struct ctx *ctx, struct tx *tx, int64_t race, int64_t member_id, struct str actor,
           int64_t *ret_seat)
{
    struct lobby l;
    struct member m;
    int64_t seat;
    enum err e;

    (void)actor;
    if ((e = load_in(ctx, race, "LOBBY", "a race can be joined in its lobby only", &l)) ||
        (e = member_get(ctx, member_id, &m)) || (e = seat_check_idle(ctx, &m)) ||
        (e = seat_lowest(ctx, race, l.seats, &seat)))
        return e;
    if (seat)
        e = seat_take(ctx, tx, race, seat, &m);
    else
        e = seat_wait(ctx, race, member_id);
    if (!e)
        e = seat ? seat_unwait(ctx, race, member_id)
                 : seat_say(ctx, tx, race, 0, &m, "waiting");
    if (!e && seat && l.taken + 1 == l.seats)
        e = news_tell(ctx, tx, race, "race.full");
    if (!e)
        *ret_seat = seat;
    return e;
}

/* The member's seat in that race, 0: none. */
static enum err
find_seat(struct ctx *ctx, int64_t race, int64_t member_id, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_member_at);
    stmt_i64(&s, ":member_id", member_id);
    enum err e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = !e && stmt_col_i64(&s, "race_id") == race ? stmt_col_i64(&s, "seat_no") : 0;
    return OK;
}

/* Out of a lobby: the seat, or the place on the wait list. what: left, removed. */
static enum err
go(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seat, const struct member *m,
   const char *what)
{
    enum err e;

    if (!seat) {
        if ((e = seat_unwait(ctx, race, m->id)))
            return e;
        if (!db_changes(ctx->db))
            return ctx_fail(ctx, E_CONFLICT, "%.*s has no seat in race %lld", STR_ARG(m->name),
                            (long long)race);
        return seat_say(ctx, tx, race, 0, m, what);
    }
    if ((e = seat_say(ctx, tx, race, seat, m, what)) || (e = seat_touch(ctx, race)))
        return e;
    return seat_free(ctx, tx, race, seat);
}

enum err
lobby_leave(struct ctx *ctx, struct tx *tx, int64_t race, int64_t member_id, struct str actor)
{
    struct lobby l;
    struct member m;
    int64_t seat;
    enum err e;

    (void)actor;
    if ((e = load(ctx, race, &l)) || (e = member_get(ctx, member_id, &m)) ||
        (e = find_seat(ctx, race, member_id, &seat)))
        return e;
    if (str_eq(l.state, STR("LOBBY")))
        return go(ctx, tx, race, seat, &m, "left");
    if (!str_eq(l.state, STR("RUNNING")))
        return ctx_fail(ctx, E_CONFLICT, "a seat can be left until the flag");
    if (!seat)
        return ctx_fail(ctx, E_CONFLICT, "%.*s has no seat in race %lld", STR_ARG(m.shown),
                        (long long)race);
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_seat_leave);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":seat", seat);
        stmt_i64(&s, ":at", ctx_now(ctx));
        if ((e = stmt_run(&s)))
            return e;
    }
    e = seat_say(ctx, tx, race, seat, &m, "left");
    return e ? e : seat_touch(ctx, race);
}

enum err
lobby_kick(struct ctx *ctx, struct tx *tx, int64_t race, int64_t member_id, struct str reason,
           struct str actor)
{
    struct lobby l;
    struct member m;
    int64_t seat;
    enum err e;

    (void)actor;
    reason = str_trim(reason);
    if (!reason.n || reason.n > REASON_MAX || !str_is_text(reason, ""))
        return ctx_fail(ctx, E_INVALID, "say why, in at most %d bytes", REASON_MAX);
    if ((e = load_in(ctx, race, "LOBBY", "a racer is removed before the start only", &l)) ||
        (e = member_get(ctx, member_id, &m)) || (e = find_seat(ctx, race, member_id, &seat)))
        return e;
    return go(ctx, tx, race, seat, &m, "removed");
}

enum err
lobby_start(struct ctx *ctx, struct tx *tx, int64_t race, struct str actor)
{
    int64_t need = ctx->conf ? ctx->conf->race.min_racers : 2;
    struct lobby l;
    enum err e = load_in(ctx, race, "LOBBY", "only a lobby can be started", &l);

    if (e)
        return e;
    if (l.taken < need)
        return ctx_fail(ctx, E_CONFLICT, "a race starts with at least %lld racers; %lld joined",
                        (long long)need, (long long)l.taken);
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_to_running);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":at", window_begin(ctx_now(ctx)));
        if ((e = run_step(ctx, &s, race)))
            return e;
    }
    e = state_step(ctx, tx, STR("race"), race, STR("LOBBY"), STR("RUNNING"), actor, STR(""));
    return e ? e : tell_state(ctx, tx, race, "race.started", "RUNNING", 0);
}

/* The seat's present stint; *ret_stint its number, 0 with an error. */
static enum err
check_sub(struct ctx *ctx, int64_t race, int64_t seat, int64_t round, int64_t *ret_stint)
{
    struct lobby l;
    int64_t last_round;
    enum err e;

    if ((e = load_in(ctx, race, "RUNNING", "a substitute can come in while a race runs", &l)))
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_seat_get);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":seat", seat);
        e = stmt_one(&s);
        if (e == E_NOTFOUND)
            return ctx_fail(ctx, E_CONFLICT, "seat %lld is empty", (long long)seat);
        if (e)
            return e;
        if (!stmt_col_null(&s, "left_at"))
            return ctx_fail(ctx, E_CONFLICT, "seat %lld was left without a substitute",
                            (long long)seat);
        *ret_stint = stmt_col_i64(&s, "stint_no");
        last_round = stmt_col_i64(&s, "from_round");
    }
    if (*ret_stint >= STINT_MAX)
        return ctx_fail(ctx, E_CONFLICT, "a seat changes its driver at most %d times",
                        STINT_MAX - 1);
    if (round < 2 || round > l.rounds || round <= last_round)
        return ctx_fail(ctx, E_INVALID,
                        "a substitute comes in from a round after %lld and up to %lld",
                        (long long)last_round, (long long)l.rounds);
    return OK;
}

enum err
lobby_sub_check(struct ctx *ctx, int64_t race, int64_t seat, int64_t round)
{
    int64_t stint;

    return check_sub(ctx, race, seat, round, &stint);
}

enum err
lobby_sub(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seat, int64_t in_member,
          int64_t round, struct str actor)
{
    struct member m;
    int64_t stint;
    enum err e;

    (void)actor;
    if ((e = check_sub(ctx, race, seat, round, &stint)) ||
        (e = member_get(ctx, in_member, &m)) || (e = seat_check_idle(ctx, &m)) ||
        (e = seat_stint(ctx, race, seat, stint + 1, in_member, round)) ||
        (e = seat_touch(ctx, race)))
        return e;
    return seat_say(ctx, tx, race, seat, &m, "substitute");
}

enum err
lobby_finish(struct ctx *ctx, struct tx *tx, int64_t race, int64_t at_ms, struct str reason,
             struct str actor)
{
    struct lobby l;
    int64_t now = ctx_now(ctx), at = at_ms ? at_ms : now;
    enum err e = load(ctx, race, &l);

    if (e)
        return e;
    if (reason.n > REASON_MAX || !str_is_text(reason, ""))
        return ctx_fail(ctx, E_INVALID, "a reason is text of at most %d bytes", REASON_MAX);
    if (at_ms && str_eq_text(l.state, "FINISHED"))
        return recut_end(ctx, tx, race, at, reason, actor);
    if ((e = load_in(ctx, race, "RUNNING", "only a running race can be finished", &l)))
        return e;
    if (at_ms && (at <= l.opened_at || at > now))
        return ctx_fail(ctx, E_INVALID, "the flag lies between the start and now");
    if (at_ms && at < now && !reason.n)
        return ctx_fail(ctx, E_INVALID, "a flag in the past needs a reason");
    if (at < l.opened_at)
        at = l.opened_at; /* the clock stepped back since the start */
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_to_finished);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":closed_at", at);
        stmt_i64(&s, ":at", now);
        stmt_str(&s, ":reason", reason);
        if ((e = run_step(ctx, &s, race)))
            return e;
    }
    e = state_step(ctx, tx, STR("race"), race, STR("RUNNING"), STR("FINISHED"), actor, reason);
    /* Counted orders behind that flag and its grace are judged again. */
    if (!e && at_ms)
        e = recut_after(ctx, tx, race, at, l.grace_ms, actor);
    return e ? e : tell_state(ctx, tx, race, "race.finished", "FINISHED", at);
}

static enum err
end(struct ctx *ctx, struct tx *tx, int64_t race, struct str from, const char *to,
    struct str reason, struct str actor)
{
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_to_end);
        stmt_i64(&s, ":race", race);
        stmt_str(&s, ":from_state", from);
        stmt_str(&s, ":to_state", str_of(to));
        stmt_str(&s, ":reason", reason);
        stmt_i64(&s, ":at", ctx_now(ctx));
        if ((e = run_step(ctx, &s, race)))
            return e;
    }
    if ((e = state_step(ctx, tx, STR("race"), race, from, str_of(to), actor, reason)))
        return e;
    return tell_state(ctx, tx, race, "race.void", to, 0);
}

enum err
lobby_void(struct ctx *ctx, struct tx *tx, int64_t race, struct str reason, struct str actor)
{
    struct lobby l;
    enum err e = load(ctx, race, &l);

    if (e)
        return e;
    reason = str_trim(reason);
    if (!reason.n || reason.n > REASON_MAX || !str_is_text(reason, ""))
        return ctx_fail(ctx, E_INVALID, "a void race needs a reason of at most %d bytes",
                        REASON_MAX);
    if (str_eq(l.state, STR("LOBBY")))
        return end(ctx, tx, race, l.state, "CANCELLED", reason, actor);
    if (!state_allows(STR("race"), l.state, STR("VOID")))
        return ctx_fail(ctx, E_CONFLICT,
                        "a race can be void until it is final; race %lld is %.*s",
                        (long long)race, STR_ARG(str_lower(ctx->arena, l.state)));
    if ((e = end(ctx, tx, race, l.state, "VOID", reason, actor)) ||
        (e = dispute_end(ctx, tx, race, STR("the race was declared void"), actor)))
        return e;
    return settle_void(ctx, tx, race, actor);
}

static enum err
tick_one(struct ctx *ctx, struct tx *tx, int64_t race, struct str state)
{
    if (str_eq(state, STR("LOBBY")))
        return end(ctx, tx, race, state, "CANCELLED", STR("nobody came for too long"),
                   STR("clock"));
    if (str_eq(state, STR("FINAL")))
        return settle_race(ctx, tx, race);
    enum err e =
        lobby_finish(ctx, tx, race, 0, STR("nobody finished it in time"), STR("clock"));
    return e ? e
             : alert_raise(ctx, tx, STR("race_cut"),
                           str_of(arena_printf(ctx->arena, "race:%lld", (long long)race)),
                           "warning", "user",
                           STR("nobody finished the race in time: closed by itself"));
}

static enum err
due(struct ctx *ctx, size_t max, int64_t *ids, struct str *states, size_t *ret_n)
{
    const struct conf *c = ctx->conf;
    int64_t now = ctx_now(ctx);
    size_t n = 0;
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_due);

    stmt_i64(&s, ":idle", now - (c ? c->race.idle_min : 60) * MINUTE_MS);
    stmt_i64(&s, ":cut", now - (c ? c->race.max_h : 3) * HOUR_MS);
    stmt_i64(&s, ":now", now);
    stmt_i64(&s, ":max", (int64_t)max);
    while ((e = stmt_row(&s)) == OK && n < max) {
        ids[n] = stmt_col_i64(&s, "id");
        states[n++] = stmt_col_str(&s, "state");
    }
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

enum err
lobby_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n)
{
    int64_t ids[TICK_MAX];
    struct str states[TICK_MAX];
    size_t n = 0, steps = 0;
    enum err e = due(ctx, max < TICK_MAX ? max : TICK_MAX, ids, states, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct str key = str_of(arena_printf(ctx->arena, "race:%lld", (long long)ids[i]));

        if ((e = tx_save(tx)))
            return e;
        if ((e = tick_one(ctx, tx, ids[i], states[i]))) {
            /* One race that cannot move on must not hold up the others. */
            struct str why = str_dup(ctx->arena, ctx_why(ctx));
            if (e == E_BUSY || e == E_FULL || (e = tx_undo(tx)))
                return e;
            e = alert_raise(ctx, tx, STR("race_stuck"), key, "error", "us", why);
            continue;
        }
        steps++;
        if (!(e = alert_resolve(ctx, tx, STR("race_stuck"), key)))
            e = tx_keep(tx);
    }
    if (!e)
        *ret_n = steps;
    return e;
}
