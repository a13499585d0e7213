/* Lines are kept one by one, judged by the sum of all that belong to the same thing of ours. */
#include "ledger/theirs.h"

#include "db/stmt.h"
#include "db/tx.h"

enum { STATES_MAX = 8 };

static enum err
find_ref(struct ctx *ctx, struct str provider, struct str source, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_ref);
    enum err e;

    *ret = STR("");
    if (!source.n)
        return OK;
    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":source", source);
    if ((e = stmt_one(&s)) == OK)
        *ret = stmt_col_str(&s, "ref");
    return e == E_NOTFOUND ? OK : e;
}

struct sums {
    int64_t amount, fee, at, n;
    struct str currency, other; /* of theirs: the least and the greatest */
};

static enum err
sum_up(struct ctx *ctx, enum sql id, struct str provider, struct str ref, struct sums *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, id);
    bool theirs = id == SQL_theirs_group;
    enum err e;

    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":ref", ref);
    if ((e = stmt_one(&s)))
        return e;
    *ret = (struct sums){
        .amount = stmt_col_i64(&s, "amount"),
        .fee = stmt_col_i64(&s, "fee"),
        .at = theirs ? stmt_col_i64(&s, "at") : 0,
        .n = stmt_col_i64(&s, "n"),
        .currency = stmt_col_str(&s, "currency"),
        .other = theirs ? stmt_col_str(&s, "other") : STR(""),
    };
    return OK;
}

/* A payout that is on its way: they may have it before we know. */
static enum err
is_on_its_way(struct ctx *ctx, struct str ref, bool *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_payout);
    struct str state;
    int64_t id;
    enum err e;

    *ret = false;
    if (!str_starts(ref, STR("payout:")) ||
        !str_i64(str_sub(ref, 7, SIZE_MAX), 1, INT64_MAX, &id))
        return OK;
    stmt_i64(&s, ":id", id);
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? OK : e;
    state = stmt_col_str(&s, "state");
    *ret = !str_eq_text(state, "SETTLED") && !str_eq_text(state, "RETURNED") &&
           !str_eq_text(state, "CANCELLED");
    return OK;
}

/* Fees are told later than payments, and not all providers tell them. */
static const char *
judge_fee(const struct ctx *ctx, struct str provider, const struct sums *theirs,
          const struct sums *ours)
{
    if (theirs->fee == ours->fee || (!ours->fee && !str_eq_text(provider, "stripe")))
        return "expected";
    if (ctx_now(ctx) - theirs->at < THEIRS_FEE_MS)
        return "open";
    return theirs->fee > ours->fee ? "under" : "over";
}

static enum err
verdict_of(struct ctx *ctx, struct str provider, struct str ref, const char **ret)
{
    struct sums theirs, ours;
    bool on_its_way;
    enum err e;

    if ((e = sum_up(ctx, SQL_theirs_group, provider, ref, &theirs)) ||
        (e = sum_up(ctx, SQL_theirs_posted, provider, ref, &ours)) ||
        (e = is_on_its_way(ctx, ref, &on_its_way)))
        return e;
    if (on_its_way)
        *ret = "open";
    else if (theirs.n && ours.n &&
             (!str_eq(theirs.currency, ours.currency) || !str_eq(theirs.other, ours.currency)))
        *ret = "wrong_currency";
    else if (theirs.amount == ours.amount)
        *ret = judge_fee(ctx, provider, &theirs, &ours);
    else if (ctx_now(ctx) - theirs.at < THEIRS_GRACE_MS)
        *ret = "open";
    else if (!ours.n || !theirs.n)
        *ret = "missing";
    else
        *ret = theirs.amount > ours.amount ? "over" : "under";
    return OK;
}

/* All lines of one thing of ours. */
static enum err
judge_ref(struct ctx *ctx, struct str provider, struct str ref, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_judge);
    const char *verdict;
    enum err e = verdict_of(ctx, provider, ref, &verdict);

    if (e)
        return e;
    *ret = str_of(verdict);
    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":ref", ref);
    stmt_str(&s, ":verdict", *ret);
    return stmt_run(&s);
}

/* A line of nothing that we know. */
static enum err
judge_alone(struct ctx *ctx, struct str provider, const struct theirs_line *l, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_judge_one);

    *ret = !l->ours                                 ? STR("other")
           : ctx_now(ctx) - l->at < THEIRS_GRACE_MS ? STR("open")
                                                    : STR("missing");
    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":object", l->object);
    stmt_str(&s, ":verdict", *ret);
    return stmt_run(&s);
}

/* They list it after all. */
static enum err
drop_ours(struct ctx *ctx, struct str provider, struct str ref)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_drop_ours);

    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":ref", ref);
    return stmt_run(&s);
}

static enum err
keep(struct ctx *ctx, struct str provider, const struct theirs_line *l)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_keep);

    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":object", l->object);
    stmt_str(&s, ":kind", l->kind);
    stmt_str(&s, ":source", l->source);
    stmt_i64(&s, ":ours", l->ours);
    stmt_str(&s, ":currency", l->currency);
    stmt_i64(&s, ":amount", l->amount);
    stmt_i64(&s, ":fee", l->fee);
    stmt_i64(&s, ":at", l->at);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":ref", l->ref);
    return stmt_run(&s);
}

enum err
theirs_take(struct ctx *ctx, struct tx *tx, struct str provider, struct theirs_line *l)
{
    enum err e;

    BUG_IF(!tx->open);
    if ((e = find_ref(ctx, provider, l->source, &l->ref)) || (e = keep(ctx, provider, l)))
        return e;
    if (!l->ref.n)
        return judge_alone(ctx, provider, l, &l->verdict);
    if ((e = drop_ours(ctx, provider, l->ref)))
        return e;
    return judge_ref(ctx, provider, l->ref, &l->verdict);
}

enum err
theirs_unlisted(struct ctx *ctx, struct tx *tx, struct str provider, struct str ref,
                struct str source, struct str currency, int64_t at)
{
    struct theirs_line l = {
        .object = str_of(arena_printf(ctx->arena, "ours:%.*s", STR_ARG(ref))),
        .kind = STR("other"),
        .source = source,
        .currency = currency,
        .at = at,
        .ours = true,
        .ref = ref,
    };
    struct str verdict;
    enum err e = keep(ctx, provider, &l);

    BUG_IF(!tx->open);
    return e ? e : judge_ref(ctx, provider, ref, &verdict);
}

static enum err
attach(struct ctx *ctx, struct str provider, const struct theirs_line *l)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_attach);

    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":object", l->object);
    stmt_str(&s, ":ref", l->ref);
    return stmt_run(&s);
}

static enum err
again_one(struct ctx *ctx, struct str provider, struct theirs_line *l)
{
    struct str verdict;
    enum err e;

    if (!l->ref.n) {
        if ((e = find_ref(ctx, provider, l->source, &l->ref)))
            return e;
        if (l->ref.n && (e = attach(ctx, provider, l)))
            return e;
    }
    return l->ref.n ? judge_ref(ctx, provider, l->ref, &verdict)
                    : judge_alone(ctx, provider, l, &verdict);
}

enum err
theirs_again(struct ctx *ctx, struct tx *tx, struct str provider)
{
    struct theirs_line *list = ARENA_ARRAY(ctx->arena, THEIRS_AGAIN_MAX, struct theirs_line);
    size_t n = 0;
    enum err e = OK;

    BUG_IF(!tx->open);
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_again);

        stmt_str(&s, ":provider", provider);
        stmt_i64(&s, ":max", THEIRS_AGAIN_MAX);
        while (n < THEIRS_AGAIN_MAX && (e = stmt_row(&s)) == OK)
            list[n++] = (struct theirs_line){.object = stmt_col_str(&s, "object"),
                                             .source = stmt_col_str(&s, "source"),
                                             .ref = stmt_col_str(&s, "ref"),
                                             .ours = stmt_col_i64(&s, "ours") != 0,
                                             .at = stmt_col_i64(&s, "at")};
    }
    if (e && e != E_NOTFOUND)
        return e;
    e = OK;
    for (size_t i = 0; !e && i < n; i++)
        e = again_one(ctx, provider, &list[i]);
    return e;
}

enum err
theirs_list(struct ctx *ctx, struct str provider, size_t max, struct theirs_line **ret,
            size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_list);
    struct theirs_line *list = ARENA_ARRAY(ctx->arena, max ? max : 1, struct theirs_line);
    enum err e = OK;

    stmt_str(&s, ":provider", provider);
    stmt_i64(&s, ":max", (int64_t)max);
    for (*ret_n = 0; *ret_n < max && (e = stmt_row(&s)) == OK; ++*ret_n)
        list[*ret_n] = (struct theirs_line){
            .object = stmt_col_str(&s, "object"),
            .kind = stmt_col_str(&s, "kind"),
            .source = stmt_col_str(&s, "source"),
            .currency = stmt_col_str(&s, "currency"),
            .amount = stmt_col_i64(&s, "amount"),
            .fee = stmt_col_i64(&s, "fee"),
            .at = stmt_col_i64(&s, "at"),
            .verdict = stmt_col_str(&s, "verdict"),
            .ref = stmt_col_str(&s, "ref"),
        };
    *ret = list;
    return e == E_NOTFOUND ? OK : e;
}

static struct theirs_state
read_state(struct stmt *s, struct str provider)
{
    return (struct theirs_state){
        .provider = provider,
        .cursor = stmt_col_str(s, "cursor"),
        .why = stmt_col_str(s, "why"),
        .says = !stmt_col_null(s, "holds"),
        .holds = stmt_col_null(s, "holds") ? 0 : stmt_col_i64(s, "holds"),
        .ours = stmt_col_null(s, "ours") ? 0 : stmt_col_i64(s, "ours"),
        .base = stmt_col_null(s, "base") ? 0 : stmt_col_i64(s, "base"),
        .off = stmt_col_i64(s, "off"),
        .at = stmt_col_i64(s, "at"),
    };
}

enum err
theirs_states(struct ctx *ctx, struct theirs_state **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_states);
    enum err e = OK;

    *ret = ARENA_ARRAY(ctx->arena, STATES_MAX, struct theirs_state);
    for (*ret_n = 0; *ret_n < STATES_MAX && (e = stmt_row(&s)) == OK; ++*ret_n)
        (*ret)[*ret_n] = read_state(&s, stmt_col_str(&s, "provider"));
    return e == E_NOTFOUND ? OK : e;
}

enum err
theirs_state(struct ctx *ctx, struct str provider, struct theirs_state *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_state);
    enum err e;

    stmt_str(&s, ":provider", provider);
    if ((e = stmt_one(&s)) == OK)
        *ret = read_state(&s, provider);
    return e;
}

/* The first comparison finds what was there before the house; later ones go from there. */
enum err
theirs_read(struct ctx *ctx, struct tx *tx, const struct theirs_state *now, int64_t explained)
{
    struct theirs_state was = {0};
    enum err e = theirs_state(ctx, now->provider, &was);
    bool first = e == E_NOTFOUND || !was.says || !was.at;
    int64_t rest = now->holds - now->ours - explained, base = first ? rest : was.base;

    BUG_IF(!tx->open);
    if (e && e != E_NOTFOUND)
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_state_keep);
    stmt_str(&s, ":provider", now->provider);
    stmt_str(&s, ":cursor", now->cursor);
    stmt_i64(&s, ":ours", now->ours);
    stmt_i64(&s, ":at", ctx_now(ctx));
    if (now->says) {
        stmt_i64(&s, ":holds", now->holds);
        stmt_i64(&s, ":base", base);
        stmt_i64(&s, ":off", rest - base);
    } else {
        stmt_null(&s, ":holds");
        stmt_null(&s, ":base");
        stmt_i64(&s, ":off", 0);
    }
    return stmt_run(&s);
}

enum err
theirs_failed(struct ctx *ctx, struct tx *tx, struct str provider, struct str why)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_state_fail);

    BUG_IF(!tx->open);
    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":why", why);
    return stmt_run(&s);
}

enum err
theirs_count(struct ctx *ctx, struct str provider, int64_t *ret_n, struct theirs_line *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_theirs_counts);
    enum err e;

    stmt_str(&s, ":provider", provider);
    if ((e = stmt_one(&s)))
        return e;
    *ret_n = stmt_col_i64(&s, "n");
    *ret = (struct theirs_line){.object = stmt_col_str(&s, "object"),
                                .verdict = stmt_col_str(&s, "verdict"),
                                .ref = stmt_col_str(&s, "ref")};
    return OK;
}
