/* Places after the flag, and what time makes of them. See report.h. */
#include "race/report.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "contest/state.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/alert.h"
#include "race/news.h"
#include "race/seat.h"

enum { NOTE_MAX = 300, TICK_MAX = 64 };
static const int64_t MINUTE_MS = 60000, HOUR_MS = 3600000;

static const char *const sources[] = {"driver", "host", "staff", "clock", "fix"};

unsigned
report_contested(const struct race *r)
{
    unsigned seats = 0;

    for (size_t i = 0; i < r->n_seats; i++)
        for (size_t k = 0; k < r->n_seats; k++)
            if (k != i && r->seat[i].place && r->seat[i].place == r->seat[k].place)
                seats |= 1U << (r->seat[i].no - 1);
    return seats;
}

static struct race_seat *
find_seat(struct race *r, int64_t no)
{
    for (size_t i = 0; i < r->n_seats; i++)
        if (r->seat[i].no == no)
            return &r->seat[i];
    return NULL;
}

static bool
is_taken(const struct race *r, int64_t no, int64_t place)
{
    for (size_t i = 0; i < r->n_seats; i++)
        if (place && r->seat[i].no != no && r->seat[i].place == place)
            return true;
    return false;
}

static enum err
check(struct ctx *ctx, const struct race *r, const struct report *rep)
{
    bool fix =
        rep->source == REPORT_FIX && (r->state == RACE_FINAL || r->state == RACE_SETTLED);

    if (r->state != RACE_FINISHED && !fix)
        return ctx_fail(ctx, E_CONFLICT,
                        "places are reported between the flag and the final result; race %lld "
                        "is %.*s",
                        (long long)r->id, STR_ARG(race_state_word(r->state)));
    if (rep->place < 0 || rep->place > r->seats)
        return ctx_fail(ctx, E_INVALID, "a place is 1 to %lld, or DNF", (long long)r->seats);
    if (str_length(rep->note) > NOTE_MAX || !str_is_text(rep->note, ""))
        return ctx_fail(ctx, E_INVALID, "a note is text of at most %d signs", NOTE_MAX);
    return OK;
}

/* What a driver may not: undo what the host or staff decided. */
static enum err
check_driver(struct ctx *ctx, const struct race *r, const struct race_seat *seat, int64_t place,
             struct str newest)
{
    if (report_contested(r) & 1U << (seat->no - 1))
        return ctx_fail(ctx, E_CONFLICT,
                        "two racers reported place %lld: ask the host to decide",
                        (long long)seat->place);
    bool decided =
        str_eq_text(newest, sources[REPORT_HOST]) || str_eq_text(newest, sources[REPORT_STAFF]);
    if (decided && is_taken(r, seat->no, place))
        return ctx_fail(ctx, E_CONFLICT,
                        "the host has decided that place: open a dispute if it is wrong");
    return OK;
}

static enum err
newest_source(struct ctx *ctx, int64_t race, int64_t seat, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_report_newest);

    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":seat", seat);
    enum err e = stmt_one(&s);
    *ret = e ? STR("") : stmt_col_str(&s, "source");
    return e == E_NOTFOUND ? OK : e;
}

static enum err
write_report(struct ctx *ctx, const struct report *rep)
{
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_report_add);
        stmt_i64(&s, ":race", rep->race_id);
        stmt_i64(&s, ":seat", rep->seat_no);
        if (rep->place)
            stmt_i64(&s, ":place", rep->place);
        else
            stmt_null(&s, ":place");
        stmt_str(&s, ":source", str_of(sources[rep->source]));
        stmt_str(&s, ":actor", rep->actor);
        stmt_str(&s, ":note", rep->note);
        stmt_i64(&s, ":at", ctx_now(ctx));
        if ((e = stmt_run(&s)))
            return e;
    }
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_report_set);
    stmt_i64(&s, ":race", rep->race_id);
    stmt_i64(&s, ":seat", rep->seat_no);
    if (rep->place)
        stmt_i64(&s, ":place", rep->place);
    else
        stmt_null(&s, ":place");
    stmt_i64(&s, ":dnf", rep->place == 0);
    return stmt_run(&s);
}

/* Absolute: the seat as it is now, and which seats are contested now. */
static enum err
say(struct ctx *ctx, struct tx *tx, const struct race *r, const struct report *rep)
{
    struct buf b = buf_new(ctx->arena, 512);
    unsigned seats = report_contested(r);
    bool contested = seats & 1U << (rep->seat_no - 1);
    const char *comma = "";
    enum err e;

    buf_printf(&b, "{\"race\":%lld,\"seat\":%lld,\"place\":%lld,\"dnf\":%s,\"contested\":[",
               (long long)r->id, (long long)rep->seat_no, (long long)rep->place,
               rep->place ? "false" : "true");
    for (int64_t no = 1; no <= RACE_SEATS_MAX; no++)
        if (seats & 1U << (no - 1)) {
            buf_printf(&b, "%s%lld", comma, (long long)no);
            comma = ",";
        }
    buf_add_text(&b, "]}");
    e = news_add(ctx, tx, r->id, contested ? "result.contested" : "result.reported",
                 buf_str(&b));
    return e || !contested ? e : news_tell(ctx, tx, r->id, "race.contested");
}

enum err
report_add(struct ctx *ctx, struct tx *tx, const struct report *rep)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    struct str newest;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = race_get(ctx, rep->race_id, r)) || (e = check(ctx, r, rep)))
        return e;
    struct race_seat *seat = find_seat(r, rep->seat_no);
    if (!seat)
        return ctx_fail(ctx, E_INVALID, "nobody has seat %lld of race %lld",
                        (long long)rep->seat_no, (long long)r->id);
    if (seat->left_at && rep->place)
        return ctx_fail(ctx, E_CONFLICT, "seat %lld left the race: DNF", (long long)seat->no);
    bool same = rep->place ? seat->place == rep->place : seat->dnf;
    if ((e = newest_source(ctx, r->id, seat->no, &newest)))
        return e;
    if (same && str_eq_text(newest, sources[rep->source]))
        return OK; /* pressed twice: no change, the clock runs on */
    if (rep->source == REPORT_DRIVER && (e = check_driver(ctx, r, seat, rep->place, newest)))
        return e;
    if ((e = write_report(ctx, rep)))
        return e;
    seat->place = rep->place;
    seat->dnf = rep->place == 0;
    if (same || r->state != RACE_FINISHED)
        return OK;
    e = seat_touch(ctx, r->id);
    return e || rep->source == REPORT_FIX ? e : say(ctx, tx, r, rep);
}

enum err
report_seat_of(struct ctx *ctx, int64_t race, int64_t member_id, int64_t *ret_seat)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    const struct race_seat *found = NULL;
    bool drove = false;
    enum err e = race_get(ctx, race, r);

    if (e)
        return e;
    for (size_t i = 0; i < r->n_seats; i++) {
        const struct race_seat *s = &r->seat[i];

        for (int64_t k = 0; k < s->n_stints; k++)
            drove = drove || s->stint[k].member_id == member_id;
        /* Who left a seat and came back as a substitute reports for the later one. */
        if (s->member_id == member_id && (!found || found->left_at))
            found = s;
    }
    if (!found)
        return ctx_fail(ctx, E_NOTFOUND,
                        drove ? "the driver of the last round reports that seat of race %lld"
                              : "you have no seat in race %lld: ask its host",
                        (long long)race);
    *ret_seat = found->no;
    return OK;
}

static unsigned
missing(const struct race *r)
{
    unsigned seats = 0;

    for (size_t i = 0; i < r->n_seats; i++)
        if (!r->seat[i].place && !r->seat[i].dnf)
            seats |= 1U << (r->seat[i].no - 1);
    return seats;
}

/* "seat 3", "seats 3 and 5", "seats 1, 3 and 5" */
static const char *
seat_words(struct ctx *ctx, unsigned seats)
{
    struct buf b = buf_new(ctx->arena, 128);
    int n = __builtin_popcount(seats), done = 0;

    buf_add_text(&b, n == 1 ? "seat " : "seats ");
    for (int64_t no = 1; no <= RACE_SEATS_MAX; no++)
        if (seats & 1U << (no - 1)) {
            buf_add_text(&b, done == 0 ? "" : done == n - 1 ? " and " : ", ");
            buf_add_i64(&b, no);
            done++;
        }
    return str_text(ctx->arena, buf_str(&b));
}

enum err
report_waits(struct ctx *ctx, const struct race *r, struct report_wait *ret)
{
    int64_t calm = (ctx->conf ? ctx->conf->race.dispute_min : 10) * MINUTE_MS;
    int64_t grace_end = r->closed_at + 1000 * r->grace_s;
    char time[CLOCK_TEXT];

    *ret = (struct report_wait){.kind = REPORT_NOTHING, .words = STR("")};
    if (r->state != RACE_FINISHED)
        return OK;
    if ((ret->seats = missing(r))) {
        ret->kind = REPORT_SEATS;
        ret->words = str_of(arena_printf(ctx->arena, "waiting for the report of %s",
                                         seat_words(ctx, ret->seats)));
    } else if ((ret->seats = report_contested(r))) {
        ret->kind = REPORT_CONTESTED;
        ret->words =
            str_of(arena_printf(ctx->arena, "%s report the same place: the host decides",
                                seat_words(ctx, ret->seats)));
    } else if (r->n_disputes) {
        ret->kind = REPORT_DISPUTE;
        ret->words =
            str_of(arena_printf(ctx->arena, "under review: %lld %s", (long long)r->n_disputes,
                                r->n_disputes == 1 ? "dispute is open" : "disputes are open"));
    } else {
        ret->kind = REPORT_TIME;
        ret->until_at = r->touched_at + calm > grace_end ? r->touched_at + calm : grace_end;
        ret->words = str_of(arena_printf(ctx->arena, "final at %s UTC unless somebody objects",
                                         clock_time(ret->until_at, time)));
    }
    return OK;
}

enum err
report_list(struct ctx *ctx, int64_t race, size_t max, struct report_row **ret, size_t *ret_n)
{
    struct report_row *row = ARENA_ARRAY(ctx->arena, max ? max : 1, struct report_row);
    size_t n = 0;
    enum err e = OK;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_report_list);

    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = (struct report_row){
            .seat_no = stmt_col_i64(&s, "seat_no"),
            .place = stmt_col_i64(&s, "place"),
            .at = stmt_col_i64(&s, "at"),
            .source = stmt_col_str(&s, "source"),
            .actor = stmt_col_str(&s, "actor"),
            .note = stmt_col_str(&s, "note"),
        };
    if (e && e != E_NOTFOUND)
        return e;
    *ret = row;
    *ret_n = n;
    return OK;
}

static enum err
tick_silent(struct ctx *ctx, struct tx *tx, int64_t race)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    enum err e = race_get(ctx, race, r);

    for (size_t i = 0; !e && i < r->n_seats; i++)
        if (missing(r) & 1U << (r->seat[i].no - 1))
            e = report_add(ctx, tx,
                           &(struct report){
                               .race_id = race,
                               .seat_no = r->seat[i].no,
                               .source = REPORT_CLOCK,
                               .actor = STR("clock"),
                               .note = STR("no report"),
                           });
    return e;
}

static enum err
tick_remind(struct ctx *ctx, struct tx *tx, int64_t race)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_report_reminded);

    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":at", ctx_now(ctx));
    enum err e = stmt_run(&s);
    return e ? e : news_tell(ctx, tx, race, "race.remind");
}

/* Told by whoever writes its points. */
static enum err
tick_final(struct ctx *ctx, struct tx *tx, int64_t race)
{
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_report_to_final);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":at", ctx_now(ctx));
        if ((e = stmt_run(&s)))
            return e;
        BUG_IF(db_changes(ctx->db) != 1);
    }
    e = state_step(ctx, tx, STR("race"), race, STR("FINISHED"), STR("FINAL"), STR("clock"),
                   STR(""));
    return e ? e : news_state(ctx, tx, race, "race.final", "FINAL", 0);
}

typedef enum err (*step_fn)(struct ctx *ctx, struct tx *tx, int64_t race);

static enum err
due(struct ctx *ctx, size_t max, int64_t *ids, step_fn *steps, size_t *ret_n)
{
    const struct conf *c = ctx->conf;
    int64_t now = ctx_now(ctx);
    size_t n = 0;
    enum err e = OK;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_report_due);

    stmt_i64(&s, ":late", now - (c ? c->race.report_h : 24) * HOUR_MS);
    stmt_i64(&s, ":remind", now - (c ? c->race.remind_min : 30) * MINUTE_MS);
    stmt_i64(&s, ":calm", now - (c ? c->race.dispute_min : 10) * MINUTE_MS);
    stmt_i64(&s, ":now", now);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK) {
        ids[n] = stmt_col_i64(&s, "id");
        steps[n++] = stmt_col_i64(&s, "silent")   ? tick_silent
                     : stmt_col_i64(&s, "remind") ? tick_remind
                                                  : tick_final;
    }
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

enum err
report_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n)
{
    int64_t ids[TICK_MAX];
    step_fn steps[TICK_MAX];
    size_t n = 0, done = 0;
    enum err e = due(ctx, max < TICK_MAX ? max : TICK_MAX, ids, steps, &n);

    for (size_t i = 0; !e && i < n; i++) {
        if ((e = tx_save(tx)))
            return e;
        if ((e = steps[i](ctx, tx, ids[i]))) {
            /* One race that cannot move on must not hold up the others. */
            struct str why = str_dup(ctx->arena, ctx_why(ctx));
            if (e == E_BUSY || e == E_FULL || (e = tx_undo(tx)))
                return e;
            e = alert_raise(ctx, tx, STR("race_stuck"), news_object(ctx, ids[i]), "error", "us",
                            why);
            continue;
        }
        done++;
        if (!(e = alert_resolve(ctx, tx, STR("race_stuck"), news_object(ctx, ids[i]))))
            e = tx_keep(tx);
    }
    if (!e)
        *ret_n = done;
    return e;
}
