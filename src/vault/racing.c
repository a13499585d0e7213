/* Reads fields, calls race/, writes the log of acts. Not for: deciding anything. */
#include "vault/racing.h"

#include "league/season.h"
#include "race/lobby.h"
#include "race/product.h"
#include "race/report.h"
#include "race/rule.h"
#include "user/audit_log.h"
#include "vault/people.h"

enum { NAME_BYTES = 200, REASON_BYTES = 500, WORD_BYTES = 40, SKU_BYTES = 80 };

static enum err
read_race(struct ctx *ctx, const struct msg *in, int64_t *ret)
{
    return msg_i64(ctx, in, "race", 1, INT64_MAX, ret);
}

enum err
racing_open(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct lobby_new n = {.seats = RACE_SEATS_MAX, .rounds = 1};
    struct str season;
    struct member host;
    int64_t race;
    enum err e;

    if ((e = people_field(ctx, in, "host", &host)) ||
        (e = msg_maybe_text(ctx, in, "name", NAME_BYTES, &n.name)) ||
        (e = msg_maybe_text(ctx, in, "rule", NAME_BYTES, &n.rule)) ||
        (e = msg_maybe_i64(ctx, in, "seats", -MINOR_MAX, MINOR_MAX, &n.seats)) ||
        (e = msg_maybe_i64(ctx, in, "rounds", -MINOR_MAX, MINOR_MAX, &n.rounds)))
        return e;
    n.host_id = host.id;
    if ((e = msg_maybe_text(ctx, in, "season", NAME_BYTES, &season)) ||
        (e = season_choose(ctx, season, &n)))
        return e;
    if ((e = lobby_open(ctx, tx, &n, who->text, &race)))
        return e;
    msg_add_i64(out, "race", race);
    return audit_log_on(ctx, tx, who->text, in->name, "race", race, n.name);
}

enum err
racing_join(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct member m;
    int64_t race, seat;
    enum err e;

    if ((e = read_race(ctx, in, &race)) || (e = people_field(ctx, in, "member", &m)) ||
        (e = lobby_join(ctx, tx, race, m.id, who->text, &seat)))
        return e;
    msg_add_i64(out, "seat", seat);
    return audit_log_on(ctx, tx, who->text, in->name, "race", race, m.name);
}

enum err
racing_leave(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct member m;
    int64_t race;
    enum err e;

    (void)out;
    if ((e = read_race(ctx, in, &race)) || (e = people_field(ctx, in, "member", &m)) ||
        (e = lobby_leave(ctx, tx, race, m.id, who->text)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "race", race, m.name);
}

/* A host who is named must be that of the race. */
static enum err
check_host(struct ctx *ctx, const struct msg *in, int64_t race)
{
    struct race r;
    struct member m;
    enum err e;

    if (!msg_has(in, "host"))
        return OK;
    if ((e = people_field(ctx, in, "host", &m)) || (e = race_get(ctx, race, &r)))
        return e;
    if (r.host_id != m.id)
        return ctx_fail(ctx, E_DENIED, "race %lld is hosted by %.*s", (long long)race,
                        STR_ARG(r.host_name));
    return OK;
}

enum err
racing_start(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    int64_t race;
    enum err e;

    (void)out;
    if ((e = read_race(ctx, in, &race)) || (e = check_host(ctx, in, race)) ||
        (e = lobby_start(ctx, tx, race, who->text)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "race", race, STR(""));
}

enum err
racing_sub(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    struct member m;
    int64_t race, seat, from;
    enum err e;

    (void)out;
    if ((e = read_race(ctx, in, &race)) ||
        (e = msg_i64(ctx, in, "seat", 1, RACE_SEATS_MAX, &seat)) ||
        (e = people_field(ctx, in, "member", &m)) ||
        (e = msg_i64(ctx, in, "round", 1, 1000, &from)) ||
        (e = lobby_sub(ctx, tx, race, seat, m.id, from, who->text)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "race", race, m.name);
}

enum err
racing_finish(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    int64_t race, at = 0;
    struct str reason;
    enum err e;

    (void)out;
    if ((e = read_race(ctx, in, &race)) ||
        (e = msg_maybe_i64(ctx, in, "at", -MINOR_MAX, MINOR_MAX, &at)) ||
        (e = msg_maybe_text(ctx, in, "reason", REASON_BYTES, &reason)) ||
        (e = lobby_finish(ctx, tx, race, at, reason, who->text)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "race", race, reason);
}

enum err
racing_result(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct report r = {.source = REPORT_STAFF, .actor = who->text};
    enum err e;

    (void)out;
    if ((e = read_race(ctx, in, &r.race_id)) ||
        (e = msg_i64(ctx, in, "seat", 1, RACE_SEATS_MAX, &r.seat_no)) ||
        (e = msg_i64(ctx, in, "place", 0, RACE_SEATS_MAX, &r.place)) ||
        (e = msg_maybe_text(ctx, in, "note", REASON_BYTES, &r.note)) ||
        (e = report_add(ctx, tx, &r)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "race", r.race_id,
                        str_of(arena_printf(ctx->arena, "seat %lld place %lld",
                                            (long long)r.seat_no, (long long)r.place)));
}

enum err
racing_void(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    int64_t race;
    struct str reason;
    enum err e;

    (void)out;
    if ((e = read_race(ctx, in, &race)) ||
        (e = msg_text(ctx, in, "reason", 1, REASON_BYTES, &reason)) ||
        (e = lobby_void(ctx, tx, race, reason, who->text)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "race", race, reason);
}

/* Present texts replace what the rule says so far. */
static enum err
read_words(struct ctx *ctx, const struct msg *in, struct race_rule *r)
{
    const struct {
        const char *field;
        struct str *into;
    } words[] = {
        {"basis",      &r->basis     },
        {"share",      &r->share     },
        {"weights_by", &r->weights_by},
        {"overlap",    &r->overlap   }
    };
    struct str weights;
    enum err e;

    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (msg_has(in, words[i].field) &&
            (e = msg_text(ctx, in, words[i].field, 1, WORD_BYTES, words[i].into)))
            return e;
    if (!msg_has(in, "weights"))
        return OK;
    if ((e = msg_text(ctx, in, "weights", 0, NAME_BYTES, &weights)))
        return e;
    if (!rule_weights_parse(weights, r->weights))
        return ctx_fail(ctx, E_INVALID,
                        "weights are 8 numbers of 1 to 1000 with commas between");
    return OK;
}

static enum err
read_numbers(struct ctx *ctx, const struct msg *in, struct race_rule *r)
{
    int64_t guard = r->floor_guard;
    enum err e;

    if ((e = msg_maybe_i64(ctx, in, "pool_bps", -MINOR_MAX, MINOR_MAX, &r->pool_bps)) ||
        (e = msg_maybe_i64(ctx, in, "bonus_bps", -MINOR_MAX, MINOR_MAX, &r->bonus_bps)) ||
        (e = msg_maybe_i64(ctx, in, "grace_s", -MINOR_MAX, MINOR_MAX, &r->grace_s)) ||
        (e = msg_maybe_i64(ctx, in, "clear_h", -MINOR_MAX, MINOR_MAX, &r->clear_h)) ||
        (e = msg_maybe_i64(ctx, in, "fee_bps", -MINOR_MAX, MINOR_MAX, &r->fee_bps)) ||
        (e = msg_maybe_i64(ctx, in, "fee_fixed", -MINOR_MAX, MINOR_MAX, &r->fee_fixed)) ||
        (e = msg_maybe_i64(ctx, in, "floor_guard", -MINOR_MAX, MINOR_MAX, &guard)))
        return e;
    r->floor_guard = guard != 0;
    return OK;
}

/* What is not said stays as in the newest version of that name. */
enum err
racing_rule_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                const struct msg *in, struct msg *out)
{
    struct race_rule r;
    struct str name;
    int64_t id;
    enum err e;

    if ((e = msg_text(ctx, in, "name", 1, NAME_BYTES, &name)))
        return e;
    e = product_rule_find(ctx, name, &r);
    if (e == E_NOTFOUND)
        rule_default(ctx, &r);
    else if (e)
        return e;
    ctx_clear(ctx);
    r.name = name;
    if ((e = read_words(ctx, in, &r)) || (e = read_numbers(ctx, in, &r)) ||
        (e = product_rule_add(ctx, tx, &r, who->text, &id)))
        return e;
    msg_add_i64(out, "rule", id);
    return audit_log_add(ctx, tx, who->text, in->name,
                         str_of(arena_printf(ctx->arena, "rule:%lld", (long long)id)), name);
}

enum err
racing_product_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out)
{
    struct str sku, title;
    int64_t cost;
    enum err e;

    (void)out;
    if ((e = msg_text(ctx, in, "sku", 1, SKU_BYTES, &sku)) ||
        (e = msg_text(ctx, in, "title", 1, NAME_BYTES, &title)) ||
        (e = msg_i64(ctx, in, "cost", 0, MINOR_MAX, &cost)) ||
        (e = product_add(ctx, tx, sku, title, cost, who->text)))
        return e;
    return audit_log_add(ctx, tx, who->text, in->name, sku, title);
}

enum err
racing_product_cost(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out)
{
    struct str sku;
    int64_t from, cost;
    enum err e;

    (void)out;
    if ((e = msg_text(ctx, in, "sku", 1, SKU_BYTES, &sku)) ||
        (e = msg_i64(ctx, in, "from", 0, INT64_MAX, &from)) ||
        (e = msg_i64(ctx, in, "cost", 0, MINOR_MAX, &cost)) ||
        (e = product_cost(ctx, tx, sku, from, cost, who->text)))
        return e;
    return audit_log_add(
        ctx, tx, who->text, in->name, sku,
        str_of(arena_printf(ctx->arena, "%lld from %lld", (long long)cost, (long long)from)));
}
