/* One pass over the balances; where each account belongs stands in one table. */
#include "ledger/funds.h"

#include <stddef.h>

#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"

enum { ROWS_MAX = 1000, RAN_MAX = 4 };

#define AT(member) offsetof(struct funds, member)

static const struct {
    const char *name; /* or its beginning */
    size_t at;
    int sign;
} places[] = {
    {"L:wallet_pending:",  AT(pending),    -1},
    {"L:wallet:",          AT(available),  -1},
    {"L:payout_in_flight", AT(payouts),    -1},
    {"L:payout_sent",      AT(payouts),    -1},
    {"L:pool",             AT(pools),      -1},
    {"L:prize_escrow",     AT(prizes),     -1},
    {"L:dispute_hold",     AT(disputed),   -1},
    {"L:store_credit:",    AT(credit),     -1},
    {"L:mfg_payable",      AT(maker),      -1},
    {"L:sales_tax",        AT(tax),        -1},
    {"L:suspense",         AT(unmatched),  -1},
    {"A:bank",             AT(bank),       1 },
    {"A:dispute:",         AT(disputes),   1 },
    {"A:processor:",       AT(processors), 1 },
    {"A:clawback:",        AT(receivable), 1 },
    {"I:",                 AT(house),      -1},
    {"E:",                 AT(house),      -1},
};

enum err
funds_trial(struct ctx *ctx, struct funds_row **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_funds_trial);
    struct funds_row *row = ARENA_ARRAY(ctx->arena, ROWS_MAX, struct funds_row);
    enum err e = OK;

    for (*ret_n = 0; *ret_n < ROWS_MAX && (e = stmt_row(&s)) == OK; ++*ret_n)
        row[*ret_n] = (struct funds_row){
            .name = stmt_col_str(&s, "name"),
            .currency = stmt_col_str(&s, "currency"),
            .debits = stmt_col_i64(&s, "debits"),
            .credits = stmt_col_i64(&s, "credits"),
            .bal = stmt_col_i64(&s, "bal"),
            .n = stmt_col_i64(&s, "n"),
        };
    *ret = row;
    return e == E_NOTFOUND ? OK : e;
}

static struct funds_provider *
provider(struct funds *f, struct str name)
{
    for (size_t i = 0; i < f->n_providers; i++)
        if (str_eq(f->provider[i].name, name))
            return &f->provider[i];
    if (f->n_providers == FUNDS_PROVIDERS_MAX)
        return NULL;
    f->provider[f->n_providers] = (struct funds_provider){.name = name};
    return &f->provider[f->n_providers++];
}

static void
place(struct funds *f, const struct funds_row *r)
{
    struct str head = STR("A:processor:");

    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        if (str_starts(r->name, str_of(places[i].name))) {
            *(int64_t *)(void *)((char *)f + places[i].at) += places[i].sign * r->bal;
            break;
        }
    if (str_starts(r->name, head)) {
        struct funds_provider *p = provider(f, str_sub(r->name, head.n, SIZE_MAX));

        if (p)
            p->ours = r->bal;
    }
}

static enum err
add_states(struct ctx *ctx, struct funds *f)
{
    struct theirs_state *s;
    size_t n;
    enum err e = theirs_states(ctx, &s, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct funds_provider *p = provider(f, s[i].provider);

        if (!p)
            continue;
        p->read = s[i].at > 0;
        p->state = s[i];
        if (!s[i].says)
            continue;
        /* What was there before the house is not its own. */
        f->told += s[i].holds - s[i].base - p->ours;
        if (!f->read_at || s[i].at < f->read_at)
            f->read_at = s[i].at;
    }
    return e;
}

enum err
funds_get(struct ctx *ctx, struct funds *ret)
{
    struct str currency = account_house_currency(ctx);
    struct funds_row *row;
    size_t n;
    enum err e = funds_trial(ctx, &row, &n);

    *ret = (struct funds){0};
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        if (str_eq(row[i].currency, currency))
            place(ret, &row[i]);
    ret->members = ret->pending + ret->available + ret->payouts + ret->pools + ret->prizes +
                   ret->disputed + ret->credit;
    ret->owed = ret->members + ret->maker + ret->tax + ret->unmatched;
    ret->held = ret->bank + ret->disputes + ret->processors;
    ret->told = ret->held;
    return add_states(ctx, ret);
}

enum err
funds_checks(struct ctx *ctx, struct funds_check ret[FUNDS_CHECKS_MAX], size_t *ret_n)
{
    struct funds *f = ARENA_NEW(ctx->arena, struct funds);
    struct funds_row *row;
    int64_t sum = 0, sides = 0, off = 0;
    size_t n;
    enum err e;

    if ((e = funds_trial(ctx, &row, &n)) || (e = funds_get(ctx, f)))
        return e;
    for (size_t i = 0; i < n; i++) {
        /* One currency never makes up for another. */
        if (i > 0 && !str_eq(row[i].currency, row[0].currency))
            continue;
        sum += row[i].bal;
        sides += row[i].debits - row[i].credits;
    }
    for (size_t i = 0; i < f->n_providers; i++)
        off +=
            f->provider[i].state.off < 0 ? -f->provider[i].state.off : f->provider[i].state.off;
    *ret_n = 0;
    ret[(*ret_n)++] =
        (struct funds_check){"I2", "all balances add up to nothing", sum == 0, true, sum};
    ret[(*ret_n)++] = (struct funds_check){"I3", "debits and credits are the same sum",
                                           sides == 0, true, sides};
    ret[(*ret_n)++] = (struct funds_check){
        "F1", "what providers hold is explained by their lists and our books", off == 0, true,
        off};
    ret[(*ret_n)++] =
        (struct funds_check){"I11", "providers, bank and disputes hold at least what is owed",
                             f->held >= f->owed, false, f->held - f->owed};
    return OK;
}

enum err
funds_ran_list(struct ctx *ctx, struct funds_ran **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_funds_ran);
    enum err e = OK;

    *ret = ARENA_ARRAY(ctx->arena, RAN_MAX, struct funds_ran);
    for (*ret_n = 0; *ret_n < RAN_MAX && (e = stmt_row(&s)) == OK; ++*ret_n) {
        struct funds_ran *r = &(*ret)[*ret_n];

        *r = (struct funds_ran){
            .name = stmt_col_str(&s, "name"),
            .why = stmt_col_str(&s, "why"),
            .at = stmt_col_i64(&s, "at"),
            .seq = stmt_col_i64(&s, "seq"),
            .found = stmt_col_i64(&s, "found"),
        };
        r->words =
            str_eq_text(r->name, "chain")
                ? STR("every entry has the hash of its own lines and of the one before; all "
                      "balances add up to nothing")
                : STR("all that cozykart verify checks");
    }
    return e == E_NOTFOUND ? OK : e;
}

enum err
funds_ran_keep(struct ctx *ctx, struct tx *tx, const struct funds_ran *r, struct str sha)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_funds_ran_keep);

    BUG_IF(!tx->open);
    stmt_str(&s, ":name", r->name);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_i64(&s, ":seq", r->seq);
    stmt_blob(&s, ":sha", sha.p, sha.n);
    stmt_i64(&s, ":found", r->found);
    stmt_str(&s, ":why", r->why);
    return stmt_run(&s);
}
