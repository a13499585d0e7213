/* Reading races. See race.h. */
#include "race/race.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/enc.h"
#include "db/stmt.h"
#include "race/rule.h"
#include "race/snapshot.h"
#include "race/stake.h"

static const int64_t HOUR_MS = 3600000;
/* No race stays open for longer, no order is further ahead of our clock (sale_plan.c). */
static const int64_t LONGEST_MS = 96 * 3600000LL, AHEAD_MS = 5 * 60000;

static const struct state_name {
    struct str name, word;
} names[] = {
    [RACE_LOBBY] = {STR_INIT("LOBBY"),     STR_INIT("in the lobby")},
    [RACE_RUNNING] = {STR_INIT("RUNNING"),   STR_INIT("running")     },
    [RACE_FINISHED] = {STR_INIT("FINISHED"),  STR_INIT("finished")    },
    [RACE_FINAL] = {STR_INIT("FINAL"),     STR_INIT("final")       },
    [RACE_SETTLED] = {STR_INIT("SETTLED"),   STR_INIT("settled")     },
    [RACE_VOID] = {STR_INIT("VOID"),      STR_INIT("void")        },
    [RACE_CANCELLED] = {STR_INIT("CANCELLED"), STR_INIT("cancelled")   },
};

struct str
race_currency(const struct ctx *ctx)
{
    return ctx->conf && ctx->conf->money.currency.n ? ctx->conf->money.currency : STR("USD");
}

struct str
race_state_name(enum race_state s)
{
    return names[s].name;
}

struct str
race_state_word(enum race_state s)
{
    return names[s].word;
}

const char *
race_state_shape(enum race_state s)
{
    switch (s) {
    case RACE_RUNNING:
        return "live";
    case RACE_LOBBY:
    case RACE_FINISHED:
        return "wait";
    case RACE_FINAL:
    case RACE_SETTLED:
        return "done";
    case RACE_VOID:
    case RACE_CANCELLED:
        break;
    }
    return "void";
}

static enum err
state_of(struct ctx *ctx, struct str name, enum race_state *ret)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (str_eq(names[i].name, name)) {
            *ret = (enum race_state)i;
            return OK;
        }
    return ctx_fail(ctx, E_INTERNAL, "unknown race state %.*s", STR_ARG(name));
}

static enum err
read_head(struct ctx *ctx, int64_t id, struct race *r)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_race_get);
    stmt_i64(&s, ":race", id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no race %lld", (long long)id);
    if (e)
        return e;
    *r = (struct race){
        .id = id,
        .name = stmt_col_str(&s, "race_name"),
        .host_id = stmt_col_i64(&s, "host_id"),
        .host_name = stmt_col_str(&s, "host_name"),
        .season_id = stmt_col_i64(&s, "season_id"),
        .season_slug = stmt_col_str(&s, "season_slug"),
        .season_name = stmt_col_str(&s, "season_name"),
        .seats = stmt_col_i64(&s, "seats"),
        .rounds = stmt_col_i64(&s, "rounds"),
        .created_at = stmt_col_i64(&s, "created_at"),
        .opened_at = stmt_col_i64(&s, "opened_at"),
        .closed_at = stmt_col_i64(&s, "closed_at"),
        .final_at = stmt_col_i64(&s, "final_at"),
        .touched_at = stmt_col_i64(&s, "touched_at"),
        .settled_at = stmt_col_i64(&s, "settled_at"),
        .grace_s = stmt_col_i64(&s, "race_grace_s"),
        .clear_h = stmt_col_i64(&s, "race_clear_h"),
        .end_reason = stmt_col_str(&s, "end_reason"),
        .pot = stmt_col_i64(&s, "pot"),
        .waiting = stmt_col_i64(&s, "waiting"),
        .sales = stmt_col_i64(&s, "sales"),
        .n_disputes = stmt_col_i64(&s, "disputes"),
        .last_seq = stmt_col_i64(&s, "last_seq"),
    };
    if ((e = state_of(ctx, stmt_col_str(&s, "state"), &r->state)))
        return e;
    return rule_read(&s, &r->rule);
}

static enum err
read_seats(struct ctx *ctx, struct race *r)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_race_seats);

    stmt_i64(&s, ":race", r->id);
    while ((e = stmt_row(&s)) == OK) {
        int64_t no = stmt_col_i64(&s, "seat_no");
        struct race_seat *seat = r->n_seats ? &r->seat[r->n_seats - 1] : NULL;

        if (!seat || seat->no != no) {
            BUG_IF(r->n_seats == RACE_SEATS_MAX);
            seat = &r->seat[r->n_seats++];
            *seat = (struct race_seat){
                .no = no,
                .joined_at = stmt_col_i64(&s, "joined_at"),
                .left_at = stmt_col_i64(&s, "left_at"),
                .place = stmt_col_i64(&s, "place"),
                .dnf = stmt_col_i64(&s, "dnf") != 0,
                .reported_at = stmt_col_i64(&s, "reported_at"),
                .share = stmt_col_i64(&s, "total"),
            };
        }
        BUG_IF(seat->n_stints == 4);
        seat->member_id = stmt_col_i64(&s, "member_id");
        seat->name = stmt_col_str(&s, "name");
        seat->stint[seat->n_stints++] = (struct race_stint){
            .member_id = seat->member_id,
            .from_round = stmt_col_i64(&s, "from_round"),
            .from_at = stmt_col_i64(&s, "from_at"),
            .name = seat->name,
        };
    }
    return e == E_NOTFOUND ? OK : e;
}

static void
mark_contested(struct race *r)
{
    for (size_t i = 0; i < r->n_seats; i++)
        for (size_t k = 0; k < r->n_seats; k++)
            if (k != i && r->seat[i].place && r->seat[i].place == r->seat[k].place)
                r->seat[i].contested = true;
}

/* After the settlement nothing waits: what did belongs to the seats, as the last fix and what
 * went back since leave it. */
static enum err
read_settled(struct ctx *ctx, struct race *r)
{
    struct stake *s = ARENA_NEW(ctx->arena, struct stake);
    enum err e = stake_load(ctx, r, s);

    r->waiting = 0;
    for (size_t i = 0; !e && i < r->n_seats; i++)
        r->seat[i].share += s->seat[r->seat[i].no].had;
    return e;
}

enum err
race_get(struct ctx *ctx, int64_t id, struct race *ret)
{
    enum err e = read_head(ctx, id, ret);

    if (!e)
        e = read_seats(ctx, ret);
    if (!e)
        mark_contested(ret);
    if (!e && ret->state == RACE_SETTLED)
        e = read_settled(ctx, ret);
    return e;
}

enum err
race_list(struct ctx *ctx, bool live, int64_t before, size_t max, int64_t *ret_ids,
          size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, live ? SQL_race_ids_live : SQL_race_ids);

    stmt_i64(&s, ":before", before > 0 ? before : INT64_MAX);
    if (live)
        stmt_i64(&s, ":now", ctx_now(ctx));
    return stmt_ids(&s, max, ret_ids, ret_n);
}

enum err
race_current(struct ctx *ctx, int64_t *ret_id)
{
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_race_current_live);
        stmt_i64(&s, ":now", ctx_now(ctx));
        e = stmt_one(&s);
        if (!e)
            *ret_id = stmt_col_i64(&s, "id");
        if (e != E_NOTFOUND)
            return e;
    }
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_race_current_ended);
    e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret_id = e ? 0 : stmt_col_i64(&s, "id");
    return OK;
}

struct str
race_rule_words(struct ctx *ctx, const struct race_rule *r)
{
    struct buf b = buf_new(ctx->arena, 512);

    buf_add_i64(&b, r->pool_bps / 100);
    if (r->pool_bps % 100)
        buf_printf(&b, ".%02lld", (long long)(r->pool_bps % 100));
    buf_add_text(&b, str_eq(r->basis, STR("net")) ? " % of what is left after cost and fee"
                                                  : " % of the price after discounts");
    if (str_eq(r->share, STR("winner_bonus")))
        buf_printf(&b, ", %lld.%02lld %% of it for the winner, the rest in equal shares",
                   (long long)(r->bonus_bps / 100), (long long)(r->bonus_bps % 100));
    else if (str_eq(r->share, STR("equal")))
        buf_add_text(&b, ", equal shares");
    else
        buf_printf(&b, ", weighted by %.*s", STR_ARG(r->weights_by));
    buf_printf(&b, ", %lld s grace", (long long)r->grace_s);
    return buf_str(&b);
}

enum err
race_shares(struct ctx *ctx, int64_t race, struct race_line *list, size_t n)
{
    int64_t *low = ARENA_ARRAY(ctx->arena, n + 1, int64_t), seat = 0;
    size_t at = 0;
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_race_line_shares);

    for (size_t i = 0; i < n; i++)
        low[i] = INT64_MAX;
    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":low", n ? list[n - 1].seq : 0);
    stmt_i64(&s, ":high", n ? list[0].seq : 0);
    while ((e = stmt_row(&s)) == OK) {
        int64_t no = stmt_col_i64(&s, "seat_no"), seq = stmt_col_i64(&s, "seq");
        int64_t cents = stmt_col_i64(&s, "cents");

        at = no == seat ? at : n; /* the line before it comes next */
        seat = no;
        while (at > 0 && list[at - 1].seq < seq)
            at--;
        if (at == 0 || list[at - 1].seq != seq)
            continue;
        struct race_line *l = &list[at - 1];

        l->share[no - 1] = cents;
        /* A seat that was paid ahead has a residue below zero: it got the odd cent. */
        l->leftover[no - 1] = l->delta > 0 && stmt_col_i64(&s, "residue") < 0;
        low[at - 1] = cents < low[at - 1] ? cents : low[at - 1];
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < RACE_SEATS_MAX; k++)
            list[i].leftover[k] = list[i].leftover[k] && list[i].share[k] > low[i];
    return e == E_NOTFOUND ? OK : e;
}

static struct str
line_words(struct ctx *ctx, const struct race_line *l, int64_t effective_at)
{
    char at[CLOCK_TEXT];

    if (str_eq(l->type, STR("sale")))
        return race_reason_words(l->reason);
    if (str_eq(l->type, STR("void")))
        return STR("the race was declared void");
    if (str_eq(l->type, STR("recut")))
        return str_of(arena_printf(ctx->arena, "the end was set to %.5s UTC by the host",
                                   clock_time(effective_at, at)));
    if (str_eq(l->type, STR("moved")))
        return STR("counted for another race instead: its tag had been forgotten");
    if (str_eq(l->type, STR("tagged")))
        return STR("a forgotten tag, attached by two of the staff");
    return STR("taken back from the same seats");
}

enum err
race_lines(struct ctx *ctx, int64_t id, int64_t before, size_t max, struct race_line **ret,
           size_t *ret_n)
{
    struct race_line *list = ARENA_ARRAY(ctx->arena, max ? max : 1, struct race_line);
    size_t n = 0;
    enum err e = OK;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_race_lines);
        stmt_i64(&s, ":race", id);
        stmt_i64(&s, ":before", before > 0 ? before : INT64_MAX);
        stmt_i64(&s, ":max", (int64_t)max);
        while (n < max && (e = stmt_row(&s)) == OK) {
            struct str kind = stmt_col_str(&s, "kind"), sha = stmt_col_blob(&s, "sha");
            int64_t back = stmt_col_i64(&s, "back");
            bool sale = str_starts(kind, STR("SALE_"));

            list[n++] = (struct race_line){
                .seq = stmt_col_i64(&s, "seq"),
                .sale_id = stmt_col_i64(&s, "sale_id"),
                .at = stmt_col_i64(&s, "at"),
                .delta = stmt_col_i64(&s, "delta"),
                .pot = stmt_col_i64(&s, "pot"),
                .bonus = stmt_col_i64(&s, "bonus"),
                .title = stmt_col_str(&s, "title"),
                .reason = stmt_col_str(&s, "reason"),
                .type = sale                              ? STR("sale")
                        : str_eq(kind, STR("RACE_VOID"))  ? STR("void")
                        : str_eq(kind, STR("RACE_RECUT")) ? STR("recut")
                        : str_eq(kind, STR("TAG_OUT"))    ? STR("moved")
                        : str_eq(kind, STR("TAG_IN"))     ? STR("tagged")
                                                          : STR("refund"),
                .amount = back ? back : stmt_col_i64(&s, "amount"),
                .uncapped = sale ? stmt_col_i64(&s, "uncapped") : 0,
                .pool = sale ? stmt_col_i64(&s, "pool") : 0,
                .sha = enc_hex(ctx->arena, sha.p, sha.n),
            };
            list[n - 1].words = line_words(ctx, &list[n - 1], stmt_col_i64(&s, "effective"));
        }
        if (e && e != E_NOTFOUND)
            return e;
    }
    if ((e = race_shares(ctx, id, list, n)))
        return e;
    *ret = list;
    *ret_n = n;
    return OK;
}

static struct str
miss_words(struct ctx *ctx, const struct race *r, const struct race_miss *m)
{
    bool counted = str_starts(race_reason_words(m->reason), STR("counted"));
    int64_t over = m->order_at - r->closed_at - 1000 * r->grace_s;
    char span[CLOCK_TEXT];

    if (counted)
        return STR("counted for another race");
    if (!str_eq(m->reason, STR("gate_closed")) || !r->closed_at || over < 0)
        return race_reason_words(m->reason);
    return str_of(arena_printf(ctx->arena, "the race had ended %s earlier",
                               clock_span(m->order_at - r->closed_at, span)));
}

enum err
race_misses(struct ctx *ctx, int64_t id, size_t max, struct race_miss **ret, size_t *ret_n)
{
    struct race_miss *list = ARENA_ARRAY(ctx->arena, max ? max : 1, struct race_miss);
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    size_t n = 0;
    enum err e = read_head(ctx, id, r);

    if (e)
        return e;
    if (r->opened_at) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_race_misses);
        stmt_i64(&s, ":race", id);
        stmt_i64(&s, ":from", r->opened_at);
        stmt_i64(&s, ":since", r->opened_at - LONGEST_MS);
        stmt_i64(&s, ":early", r->opened_at - AHEAD_MS);
        stmt_i64(&s, ":to", r->closed_at ? r->closed_at + HOUR_MS : INT64_MAX);
        stmt_i64(&s, ":max", (int64_t)max);
        while (n < max && (e = stmt_row(&s)) == OK) {
            struct race_miss *m = &list[n++];
            *m = (struct race_miss){
                .sale_id = stmt_col_i64(&s, "id"),
                .order_at = stmt_col_i64(&s, "order_at"),
                .arrived_at = stmt_col_i64(&s, "arrived_at"),
                .amount = stmt_col_i64(&s, "amount"),
                .title = stmt_col_str(&s, "title"),
                .reason = stmt_col_str(&s, "reason"),
                .currency = stmt_col_str(&s, "currency"),
            };
            m->words = miss_words(ctx, r, m);
        }
        if (e && e != E_NOTFOUND)
            return e;
    }
    *ret = list;
    *ret_n = n;
    return OK;
}

struct str
race_reason_words(struct str reason)
{
    /* clang-format off */
    static const struct {
        struct str code, words;
    } table[] = {
        {STR_INIT("in_window"), STR_INIT("counted: ordered while the window was open")},
        {STR_INIT("tagged"), STR_INIT("counted: the order named this race")},
        {STR_INIT("in_grace"), STR_INIT("counted: ordered in the grace after the flag")},
        {STR_INIT("shared_between_races"), STR_INIT("counted: shared between the open races")},
        {STR_INIT("gate_closed"), STR_INIT("no race was open at the order time")},
        {STR_INIT("paid_too_late"), STR_INIT("paid more than 72 hours after the order")},
        {STR_INIT("test_order"), STR_INIT("a test order")},
        {STR_INIT("wrong_currency"), STR_INIT("paid in another currency")},
        {STR_INIT("no_seats"), STR_INIT("nobody held a seat at the order time")},
        {STR_INIT("cancelled"),
         STR_INIT("the race was void, or the order was cancelled before it was paid")},
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (str_eq(table[i].code, reason))
            return table[i].words;
    return reason;
}

enum err
race_snapshot(struct ctx *ctx, int64_t id, struct str *ret_json)
{
    return snapshot_make(ctx, id, ret_json);
}
