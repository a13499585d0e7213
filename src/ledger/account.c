/* The chart, and accounts opened on first use. Not for: posting (journal.c), codes seen before
 * (known.c). */
#include "ledger/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/money.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/known.h"

enum { CODE_MAX = 80 };

enum tail { TAIL_NONE, TAIL_NAME, TAIL_MEMBER };

/* The chart of sql/FORMAT.md section 1; bounds stand in the guard of table account. */
static const struct chart {
    struct str code; /* whole, or up to and with the ':' before the tail */
    enum account_kind kind;
    enum tail tail;
    bool by_item;
} chart[] = {
    {STR_INIT("A:processor:"),        ACCOUNT_ASSET,     TAIL_NAME,   false},
    {STR_INIT("A:bank"),              ACCOUNT_ASSET,     TAIL_NONE,   false},
    {STR_INIT("A:dispute:"),          ACCOUNT_ASSET,     TAIL_NAME,   true },
    {STR_INIT("A:clawback:"),         ACCOUNT_ASSET,     TAIL_MEMBER, true },
    {STR_INIT("L:wallet_pending:"),   ACCOUNT_LIABILITY, TAIL_MEMBER, false},
    {STR_INIT("L:wallet:"),           ACCOUNT_LIABILITY, TAIL_MEMBER, false},
    {STR_INIT("L:store_credit:"),     ACCOUNT_LIABILITY, TAIL_MEMBER, false},
    {STR_INIT("L:pool"),              ACCOUNT_LIABILITY, TAIL_NONE,   true },
    {STR_INIT("L:payout_in_flight"),  ACCOUNT_LIABILITY, TAIL_NONE,   true },
    {STR_INIT("L:payout_sent"),       ACCOUNT_LIABILITY, TAIL_NONE,   true },
    {STR_INIT("L:dispute_hold"),      ACCOUNT_LIABILITY, TAIL_NONE,   true },
    {STR_INIT("L:prize_escrow"),      ACCOUNT_LIABILITY, TAIL_NONE,   true },
    {STR_INIT("L:mfg_payable"),       ACCOUNT_LIABILITY, TAIL_NONE,   false},
    {STR_INIT("L:sales_tax"),         ACCOUNT_LIABILITY, TAIL_NONE,   false},
    {STR_INIT("L:suspense"),          ACCOUNT_LIABILITY, TAIL_NONE,   false},
    {STR_INIT("I:house:merch"),       ACCOUNT_INCOME,    TAIL_NONE,   false},
    {STR_INIT("I:platform_fee:tips"), ACCOUNT_INCOME,    TAIL_NONE,   false},
    {STR_INIT("E:processor_fees"),    ACCOUNT_EXPENSE,   TAIL_NONE,   false},
    {STR_INIT("E:payout_fees"),       ACCOUNT_EXPENSE,   TAIL_NONE,   false},
    {STR_INIT("E:dispute_fees"),      ACCOUNT_EXPENSE,   TAIL_NONE,   false},
    {STR_INIT("E:goods_lost"),        ACCOUNT_EXPENSE,   TAIL_NONE,   false},
    {STR_INIT("E:clawback_writeoff"), ACCOUNT_EXPENSE,   TAIL_NONE,   false},
};

static const char *const kind_word[] = {
    [ACCOUNT_ASSET] = "asset",   [ACCOUNT_LIABILITY] = "liability", [ACCOUNT_EQUITY] = "equity",
    [ACCOUNT_INCOME] = "income", [ACCOUNT_EXPENSE] = "expense",
};

static bool
is_name(struct str s)
{
    if (s.n == 0 || s.n > 40)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
              s.p[i] == '_'))
            return false;
    return true;
}

bool
account_chart(struct str code, struct account *ret)
{
    for (size_t i = 0; i < ARRAY_SIZE(chart); i++) {
        const struct chart *c = &chart[i];
        struct str tail = str_sub(code, c->code.n, code.n);
        int64_t owner = 0;

        if (!str_starts(code, c->code))
            continue;
        if (c->tail == TAIL_NONE && tail.n != 0)
            continue;
        if (c->tail == TAIL_NAME && !is_name(tail))
            continue;
        if (c->tail == TAIL_MEMBER && !str_i64(tail, 1, INT64_MAX, &owner))
            continue;
        *ret = (struct account){
            .kind = c->kind, .by_item = c->by_item, .owner_id = owner, .code = code};
        return true;
    }
    return false;
}

struct str
account_kind_word(enum account_kind kind)
{
    return str_of(kind_word[kind]);
}

struct str
account_house_currency(const struct ctx *ctx)
{
    if (ctx->conf && ctx->conf->money.currency.n)
        return ctx->conf->money.currency;
    return STR("USD");
}

/* The code as stored: with @CUR when it is not the house's currency. */
static struct str
full_code(const struct ctx *ctx, struct str code, const char *currency, char out[CODE_MAX])
{
    bool house = str_eq_text(account_house_currency(ctx), currency);
    size_t extra = house ? 0 : 1 + strlen(currency);

    if (code.n + extra >= CODE_MAX)
        return STR_NULL;
    memcpy(out, code.p, code.n);
    if (!house) {
        out[code.n] = '@';
        memcpy(out + code.n + 1, currency, extra - 1);
    }
    return (struct str){.p = out, .n = code.n + extra};
}

static enum err
open_account(struct ctx *ctx, struct str code, struct str full, const char *currency,
             int64_t *ret_id)
{
    struct account a;
    int exponent = money_exponent(str_of(currency));
    enum err e;

    if (exponent < 0)
        return ctx_fail(ctx, E_INVALID, "currency %s is not known", currency);
    if (!account_chart(code, &a))
        return ctx_fail(ctx, E_INVALID, "account %.*s is not in the chart", STR_ARG(code));

    struct stmt c CLEANUP(stmt_done) = stmt_get(ctx, SQL_account_add_currency);
    stmt_str(&c, ":code", str_of(currency));
    stmt_i64(&c, ":exponent", exponent);
    if ((e = stmt_run(&c)))
        return e;

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_account_add);
    stmt_str(&s, ":code", full);
    stmt_str(&s, ":kind", account_kind_word(a.kind));
    stmt_str(&s, ":currency", str_of(currency));
    if (a.owner_id)
        stmt_i64(&s, ":owner", a.owner_id);
    else
        stmt_null(&s, ":owner");
    stmt_i64(&s, ":by_item", a.by_item);
    stmt_i64(&s, ":at", ctx_now(ctx));
    if ((e = stmt_one(&s)))
        return e;
    *ret_id = stmt_col_i64(&s, "id");
    return OK;
}

enum err
account_get(struct ctx *ctx, struct tx *tx, struct str code, const char *currency,
            int64_t *ret_id)
{
    char room[CODE_MAX];
    struct str full = full_code(ctx, code, currency, room);
    int64_t id = 0;
    enum err e;

    if (full.n == 0)
        return ctx_fail(ctx, E_INVALID, "account %.*s is not in the chart", STR_ARG(code));
    if (known_by_code(ctx, tx, full, ret_id))
        return OK;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_account_by_code);

        stmt_str(&s, ":code", full);
        e = stmt_one(&s);
        if (e == OK)
            id = stmt_col_i64(&s, "id");
        else if (e != E_NOTFOUND)
            return e;
    }
    if (e == E_NOTFOUND && (e = open_account(ctx, code, full, currency, &id)))
        return e;

    const struct known *k;
    if ((e = known_by_id(ctx, tx, id, &k)))
        return e;
    *ret_id = id;
    return OK;
}

enum err
account_of(struct ctx *ctx, struct tx *tx, const char *prefix, int64_t member_id,
           const char *currency, int64_t *ret_id)
{
    char code[CODE_MAX];
    int n = snprintf(code, sizeof(code), "%s%lld", prefix, (long long)member_id);

    BUG_IF(n < 0 || (size_t)n >= sizeof(code));
    return account_get(ctx, tx, (struct str){.p = code, .n = (size_t)n}, currency, ret_id);
}

enum err
account_balance(struct ctx *ctx, struct str code, int64_t *ret_bal)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_account_bal);
    enum err e;

    stmt_str(&s, ":code", code);
    e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret_bal = e ? 0 : stmt_col_i64(&s, "bal");
    return OK;
}

enum err
account_item_balance(struct ctx *ctx, struct str code, struct str item, int64_t *ret_bal)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_account_item_bal);
    enum err e;

    stmt_str(&s, ":code", code);
    stmt_str(&s, ":item", item);
    e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret_bal = e ? 0 : stmt_col_i64(&s, "bal");
    return OK;
}

/* Money of a member on its way out: items "payout:<id>". */
static enum err
paying_for(struct ctx *ctx, int64_t member_id, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_account_paying);
    enum err e;

    stmt_i64(&s, ":member", member_id);
    if ((e = stmt_one(&s)))
        return e;
    *ret = stmt_col_i64(&s, "bal");
    return OK;
}

/* Money of a member that waits for the end of a dispute: items "<dispute>:<member id>". */
static enum err
held_for(struct ctx *ctx, int64_t member_id, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_account_items_ending);
    char pattern[32];
    enum err e;

    snprintf(pattern, sizeof(pattern), "%%:%lld", (long long)member_id);
    stmt_str(&s, ":code", STR("L:dispute_hold"));
    stmt_str(&s, ":pattern", str_of(pattern));
    if ((e = stmt_one(&s)))
        return e;
    *ret = stmt_col_i64(&s, "bal");
    return OK;
}

enum err
account_wallet(struct ctx *ctx, int64_t member_id, struct account_wallet *ret)
{
    static const char *const prefix[] = {"L:wallet_pending:", "L:wallet:", "A:clawback:"};
    int64_t bal[ARRAY_SIZE(prefix)], held, paying;
    enum err e;

    for (size_t i = 0; i < ARRAY_SIZE(prefix); i++) {
        char code[CODE_MAX];

        snprintf(code, sizeof(code), "%s%lld", prefix[i], (long long)member_id);
        if ((e = account_balance(ctx, str_of(code), &bal[i])))
            return e;
    }
    if ((e = held_for(ctx, member_id, &held)) || (e = paying_for(ctx, member_id, &paying)))
        return e;
    *ret = (struct account_wallet){.pending = -bal[0],
                                   .available = -bal[1],
                                   .held = -held - paying,
                                   .paying = -paying,
                                   .owed = bal[2]};
    return OK;
}
