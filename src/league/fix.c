/* A change of a result, tried out in a savepoint. See fix.h. */
#include "league/fix.h"

#include "base/buf.h"
#include "base/crypt.h"
#include "base/enc.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "league/side.h"
#include "queue/tell.h"
#include "race/news.h"
#include "race/report.h"
#include "race/settle.h"
#include "user/audit_log.h"
#include "user/right.h"

enum { REASON_MIN = 10, REASON_MAX = 300, JSON_BYTES = 64 * 1024 };

/* A change on its way: the race before it, all places after it, and what it wrote. */
struct work {
    const struct fix_ask *ask;
    struct str reason;
    struct race race;
    int64_t place[RACE_SEATS_MAX + 1]; /* -1: none yet */
    struct side side[2];
    struct str json[2];
    int64_t version, seq, moved;
};

static bool
is_own(const struct race *r, int64_t member_id)
{
    bool own = r->host_id == member_id;

    for (size_t i = 0; i < r->n_seats; i++)
        for (int64_t k = 0; k < r->seat[i].n_stints; k++)
            own = own || r->seat[i].stint[k].member_id == member_id;
    return own;
}

static enum err
check_person(struct ctx *ctx, const struct work *w)
{
    int64_t by = w->ask->by;
    enum err e;

    if (!by)
        return OK;
    if ((e = right_need(ctx, by, RIGHT_STAFF | RIGHT_OPERATOR)))
        return e;
    if (is_own(&w->race, by))
        return ctx_fail(ctx, E_DENIED,
                        "race %lld is your own: somebody else of the staff corrects it",
                        (long long)w->race.id);
    return OK;
}

static enum err
check_state(struct ctx *ctx, const struct work *w)
{
    const struct race *r = &w->race;
    struct season z;
    enum err e;

    if (r->state != RACE_FINISHED && r->state != RACE_FINAL && r->state != RACE_SETTLED)
        return ctx_fail(ctx, E_CONFLICT,
                        "a result is corrected after the flag; race %lld is %.*s",
                        (long long)r->id, STR_ARG(race_state_word(r->state)));
    if (!r->season_id)
        return OK;
    if ((e = season_get(ctx, r->season_id, &z)))
        return e;
    if (!str_eq_text(z.state, "OPEN"))
        return ctx_fail(ctx, E_CONFLICT, "the season %.*s is closed: answer it by an erratum",
                        STR_ARG(z.name));
    return OK;
}

static enum err
check_places(struct ctx *ctx, const struct work *w)
{
    const struct race *r = &w->race;
    bool change = false;

    for (int64_t no = 1; no <= RACE_SEATS_MAX; no++) {
        bool there = false;

        for (size_t i = 0; i < r->n_seats; i++)
            there = there || r->seat[i].no == no;
        if (!there && w->ask->place[no] != -1)
            return ctx_fail(ctx, E_INVALID, "nobody has seat %lld of race %lld", (long long)no,
                            (long long)r->id);
    }
    for (size_t i = 0; i < r->n_seats; i++) {
        const struct race_seat *s = &r->seat[i];
        int64_t place = w->place[s->no];

        if (place < -1 || place > r->seats)
            return ctx_fail(ctx, E_INVALID, "a place is 1 to %lld, or DNF",
                            (long long)r->seats);
        if (place > 0 && s->left_at)
            return ctx_fail(ctx, E_INVALID, "seat %lld left the race: DNF", (long long)s->no);
        for (size_t k = 0; k < i; k++)
            if (place > 0 && w->place[r->seat[k].no] == place)
                return ctx_fail(ctx, E_INVALID,
                                "seats %lld and %lld cannot both have place %lld",
                                (long long)r->seat[k].no, (long long)s->no, (long long)place);
        change = change || place != (s->dnf ? 0 : s->place ? s->place : -1);
    }
    return change ? OK : ctx_fail(ctx, E_INVALID, "nothing would change: these are the places");
}

static enum err
begin(struct ctx *ctx, const struct fix_ask *ask, struct work *w)
{
    enum err e;

    w->ask = ask;
    w->reason = str_trim(ask->reason);
    w->place[0] = -1;
    if (!str_is_text(w->reason, "") || str_length(w->reason) < REASON_MIN ||
        str_length(w->reason) > REASON_MAX)
        return ctx_fail(ctx, E_INVALID, "say why the result changes, in %d to %d signs",
                        REASON_MIN, REASON_MAX);
    if ((e = race_get(ctx, ask->race_id, &w->race)))
        return e;
    for (size_t i = 0; i < w->race.n_seats; i++) {
        const struct race_seat *s = &w->race.seat[i];
        int64_t now = s->dnf ? 0 : s->place ? s->place : -1;

        w->place[s->no] = ask->place[s->no] == -1 ? now : ask->place[s->no];
    }
    if ((e = check_person(ctx, w)) || (e = check_state(ctx, w)))
        return e;
    return check_places(ctx, w);
}

static enum err
change(struct ctx *ctx, struct tx *tx, struct work *w)
{
    const struct race *r = &w->race;
    int64_t places[RACE_SEATS_MAX + 1] = {0};
    enum err e = OK;

    for (size_t i = 0; !e && i < r->n_seats; i++) {
        const struct race_seat *s = &r->seat[i];
        int64_t place = w->place[s->no];

        places[s->no] = place > 0 ? place : 0;
        if (place == (s->dnf ? 0 : s->place ? s->place : -1))
            continue;
        e = report_add(ctx, tx,
                       &(struct report){
                           .race_id = r->id,
                           .seat_no = s->no,
                           .place = place,
                           .source = REPORT_FIX,
                           .actor = w->ask->actor,
                           .note = w->reason,
                       });
    }
    if (e || r->state == RACE_FINISHED)
        return e;
    if ((e = result_again(ctx, tx, r->id, w->reason, &w->version)) || r->state == RACE_FINAL)
        return e;
    return settle_fix(ctx, tx, r->id, places,
                      str_of(arena_printf(ctx->arena, "%lld", (long long)w->version)),
                      w->ask->actor, &w->seq, &w->moved);
}

static void
add_row(struct fix_preview *p, const struct side_row *a, const struct side_row *b)
{
    if (p->n == ARRAY_SIZE(p->row))
        return;
    p->row[p->n++] = (struct fix_row){
        .member_id = a->member_id,
        .seat_no = a->seat_no,
        .name = a->name,
        .place = {a->place,    b->place   },
        .points = {a->points,   b->points  },
        .rank = {a->rank,     b->rank    },
        .cents = {a->cents,    b->cents   },
        .trophies = {a->trophies, b->trophies},
    };
}

/* Whom it concerns: drivers first, then those whose rank moves with it. */
static void
compare(struct ctx *ctx, struct work *w, struct fix_preview *ret)
{
    struct buf old = buf_new(ctx->arena, JSON_BYTES), new = buf_new(ctx->arena, JSON_BYTES);
    int64_t moved = 0;

    *ret = (struct fix_preview){.race_id = w->race.id};
    buf_add_char(&old, '[');
    buf_add_char(&new, '[');
    for (size_t i = 0; i < w->side[0].n; i++) {
        const struct side_row *a = &w->side[0].row[i];
        const struct side_row *b = side_find(&w->side[1], a->seat_no, a->member_id);

        if (!b || side_same(a, b))
            continue;
        add_row(ret, a, b);
        side_json(&old, a);
        side_json(&new, b);
        moved += b->cents > a->cents ? b->cents - a->cents : 0;
    }
    buf_add_char(&old, ']');
    buf_add_char(&new, ']');
    BUG_IF(buf_err(&old) || buf_err(&new));
    w->json[0] = buf_str(&old);
    w->json[1] = buf_str(&new);
    ret->moved = w->race.state == RACE_SETTLED ? w->moved : moved;
}

static void
hash(struct ctx *ctx, const struct work *w, struct fix_preview *ret)
{
    struct buf b = buf_new(ctx->arena, 4 * JSON_BYTES);

    buf_printf(&b, "%lld %lld %d", (long long)w->race.id, (long long)w->version,
               (int)w->race.state);
    for (int64_t no = 1; no <= RACE_SEATS_MAX; no++)
        buf_printf(&b, " %lld", (long long)w->place[no]);
    buf_printf(&b, "\n%.*s\n%.*s\n%.*s", STR_ARG(w->reason), STR_ARG(w->json[0]),
               STR_ARG(w->json[1]));
    BUG_IF(buf_err(&b));
    struct sha256 sha = crypt_sha256(buf_str(&b));
    ret->hash = enc_hex(ctx->arena, sha.b, sizeof sha.b);
}

/* Both sides with the change between, which is still there when it returns OK. */
static enum err
try_out(struct ctx *ctx, struct tx *tx, struct work *w, struct fix_preview *ret)
{
    enum err e;

    if ((e = side_read(ctx, w->race.id, &w->side[0])) || (e = change(ctx, tx, w)) ||
        (e = side_read(ctx, w->race.id, &w->side[1])))
        return e;
    compare(ctx, w, ret);
    hash(ctx, w, ret);
    return OK;
}

enum err
fix_look(struct ctx *ctx, struct tx *tx, const struct fix_ask *ask, struct fix_preview *ret)
{
    struct work *w = ARENA_NEW(ctx->arena, struct work);
    enum err e, undone;

    BUG_IF(!tx->open);
    if ((e = begin(ctx, ask, w)) || (e = tx_save(tx)))
        return e;
    e = try_out(ctx, tx, w, ret);
    undone = tx_undo(tx);
    return e ? e : undone;
}

static enum err
write_fix(struct ctx *ctx, const struct work *w, int64_t *ret_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_fix_add);

    stmt_i64(&s, ":race", w->race.id);
    stmt_i64(&s, ":version", w->version);
    stmt_str(&s, ":reason", w->reason);
    stmt_str(&s, ":actor", w->ask->actor);
    stmt_str(&s, ":old", w->json[0]);
    stmt_str(&s, ":new", w->json[1]);
    if (w->seq)
        stmt_i64(&s, ":seq", w->seq);
    else
        stmt_null(&s, ":seq");
    stmt_i64(&s, ":at", ctx_now(ctx));
    enum err e = stmt_one(&s);
    if (!e)
        *ret_id = stmt_col_i64(&s, "id");
    return e;
}

/* Everybody, and each driver whom it concerns, once. */
static enum err
tell_all(struct ctx *ctx, struct tx *tx, const struct work *w, const struct fix_preview *p,
         int64_t fix_id)
{
    enum err e = tell_add(ctx, tx, "race.fixed", news_object(ctx, w->race.id), w->version);

    for (size_t i = 0; !e && i < p->n; i++)
        if (p->row[i].seat_no)
            e = tell_add(ctx, tx, "member.fixed",
                         str_of(arena_printf(ctx->arena, "fix:%lld:%lld", (long long)fix_id,
                                             (long long)p->row[i].member_id)),
                         0);
    return e;
}

/* Browsers and the card: each place as it is now. */
static enum err
say_places(struct ctx *ctx, struct tx *tx, const struct work *w)
{
    enum err e = OK;

    for (size_t i = 0; !e && i < w->race.n_seats; i++) {
        const struct race_seat *s = &w->race.seat[i];
        int64_t place = w->place[s->no];

        if (place == (s->dnf ? 0 : s->place ? s->place : -1))
            continue;
        e = news_add(ctx, tx, w->race.id, "result.reported",
                     str_of(arena_printf(ctx->arena,
                                         "{\"race\":%lld,\"seat\":%lld,\"place\":%lld,"
                                         "\"dnf\":%s,\"contested\":[]}",
                                         (long long)w->race.id, (long long)s->no,
                                         (long long)place, place ? "false" : "true")));
    }
    return e;
}

static enum err
keep(struct ctx *ctx, struct tx *tx, const struct work *w, const struct fix_preview *p)
{
    struct buf b = buf_new(ctx->arena, 3 * JSON_BYTES);
    int64_t id;
    enum err e;

    if ((e = say_places(ctx, tx, w)))
        return e;
    if (w->race.state != RACE_FINISHED &&
        ((e = write_fix(ctx, w, &id)) || (e = tell_all(ctx, tx, w, p, id))))
        return e;
    buf_add_text(&b, "{\"reason\":");
    buf_add_json(&b, w->reason);
    buf_printf(&b, ",\"old\":%.*s,\"new\":%.*s}", STR_ARG(w->json[0]), STR_ARG(w->json[1]));
    BUG_IF(buf_err(&b));
    return audit_log_add(ctx, tx, w->ask->actor, STR("race.fix"), news_object(ctx, w->race.id),
                         buf_str(&b));
}

enum err
fix_apply(struct ctx *ctx, struct tx *tx, const struct fix_ask *ask, struct str wanted,
          struct fix_preview *ret)
{
    struct work *w = ARENA_NEW(ctx->arena, struct work);
    enum err e, undone;

    BUG_IF(!tx->open);
    if ((e = begin(ctx, ask, w)) || (e = tx_save(tx)))
        return e;
    e = try_out(ctx, tx, w, ret);
    if (!e && !str_eq(ret->hash, wanted))
        e = ctx_fail(ctx, E_CONFLICT,
                     "race %lld has changed since the preview: please look again",
                     (long long)w->race.id);
    if (!e)
        e = keep(ctx, tx, w, ret);
    if (!e)
        return tx_keep(tx);
    if (tx_lost(tx))
        return e;
    undone = tx_undo(tx);
    return undone ? undone : e;
}
