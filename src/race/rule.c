/* Checks, row and text of a rule. See rule.h. */
#include "race/rule.h"

#include "base/buf.h"
#include "base/conf.h"

void
rule_default(const struct ctx *ctx, struct race_rule *ret)
{
    *ret = (struct race_rule){
        .name = STR("default"),
        .basis = STR("gross"),
        .share = STR("equal"),
        .weights_by = STR("place"),
        .overlap = STR("share"),
        .pool_bps = 2000,
        .grace_s = ctx->conf ? ctx->conf->race.grace_s : 120,
        .clear_h = ctx->conf ? ctx->conf->money.clear_h : 72,
        .fee_bps = 290,
        .fee_fixed = 30,
        .floor_guard = true,
    };
}

static bool
one_of(struct str s, const char *a, const char *b, const char *c)
{
    return str_eq_text(s, a) || str_eq_text(s, b) || (c && str_eq_text(s, c));
}

static enum err
check_range(struct ctx *ctx, const char *field, int64_t v, int64_t hi)
{
    if (v < 0 || v > hi)
        return ctx_fail(ctx, E_INVALID, "%s lies between 0 and %lld", field, (long long)hi);
    return OK;
}

static enum err
check_weights(struct ctx *ctx, const struct race_rule *r)
{
    bool weighted = str_eq_text(r->share, "weighted");

    for (size_t i = 0; i < RACE_SEATS_MAX; i++)
        if (weighted ? r->weights[i] < 1 || r->weights[i] > 1000 : r->weights[i] != 0)
            return ctx_fail(ctx, E_INVALID, "%s",
                            weighted ? "weighted needs 8 weights of 1 to 1000"
                                     : "weights go with share weighted only");
    return OK;
}

enum err
rule_check(struct ctx *ctx, const struct race_rule *r)
{
    enum err e;

    if (r->name.n < 1 || r->name.n > 40 || !str_is_text(r->name, ""))
        return ctx_fail(ctx, E_INVALID, "a rule's name has 1 to 40 signs");
    if (!one_of(r->basis, "gross", "net", NULL))
        return ctx_fail(ctx, E_INVALID, "basis is gross or net");
    if (!one_of(r->share, "equal", "weighted", "winner_bonus"))
        return ctx_fail(ctx, E_INVALID, "share is equal, weighted or winner_bonus");
    if (!one_of(r->weights_by, "seat", "place", NULL))
        return ctx_fail(ctx, E_INVALID, "weights go by seat or place");
    if (!one_of(r->overlap, "share", "first", "last"))
        return ctx_fail(ctx, E_INVALID, "overlap is share, first or last");
    if ((e = check_range(ctx, "pool_bps", r->pool_bps, 9000)) ||
        (e = check_range(ctx, "bonus_bps", r->bonus_bps, 5000)) ||
        (e = check_range(ctx, "grace_s", r->grace_s, 600)) ||
        (e = check_range(ctx, "clear_h", r->clear_h, 720)) ||
        (e = check_range(ctx, "fee_bps", r->fee_bps, 10000)) ||
        (e = check_range(ctx, "fee_fixed", r->fee_fixed, 100000)))
        return e;
    if (r->bonus_bps && !str_eq_text(r->share, "winner_bonus"))
        return ctx_fail(ctx, E_INVALID, "bonus_bps goes with share winner_bonus only");
    return check_weights(ctx, r);
}

struct str
rule_weights_text(struct ctx *ctx, const struct race_rule *r)
{
    struct buf b = buf_new(ctx->arena, 64);

    if (!r->weights[0])
        return STR("");
    for (size_t i = 0; i < RACE_SEATS_MAX; i++)
        buf_printf(&b, "%s%lld", i ? "," : "", (long long)r->weights[i]);
    return buf_str(&b);
}

bool
rule_weights_parse(struct str text, int64_t ret[RACE_SEATS_MAX])
{
    struct str part;
    size_t n = 0;

    for (size_t i = 0; i < RACE_SEATS_MAX; i++)
        ret[i] = 0;
    if (!text.n)
        return true;
    while (str_split(&text, ',', &part))
        if (n == RACE_SEATS_MAX || !str_i64(part, 1, 1000, &ret[n++]))
            return false;
    return n == RACE_SEATS_MAX;
}

enum err
rule_read(struct stmt *s, struct race_rule *ret)
{
    *ret = (struct race_rule){
        .id = stmt_col_i64(s, "id"),
        .version = stmt_col_i64(s, "version"),
        .name = stmt_col_str(s, "name"),
        .basis = stmt_col_str(s, "basis"),
        .share = stmt_col_str(s, "share"),
        .weights_by = stmt_col_str(s, "weights_by"),
        .overlap = stmt_col_str(s, "overlap"),
        .pool_bps = stmt_col_i64(s, "pool_bps"),
        .bonus_bps = stmt_col_i64(s, "bonus_bps"),
        .grace_s = stmt_col_i64(s, "grace_s"),
        .clear_h = stmt_col_i64(s, "clear_h"),
        .fee_bps = stmt_col_i64(s, "fee_bps"),
        .fee_fixed = stmt_col_i64(s, "fee_fixed"),
        .floor_guard = stmt_col_i64(s, "floor_guard") != 0,
    };
    if (!rule_weights_parse(stmt_col_str(s, "weights"), ret->weights))
        return ctx_fail(s->ctx, E_INTERNAL, "rule %lld has unreadable weights",
                        (long long)ret->id);
    return OK;
}

bool
rule_waits(const struct race_rule *r)
{
    return str_eq_text(r->share, "weighted") && str_eq_text(r->weights_by, "place");
}
