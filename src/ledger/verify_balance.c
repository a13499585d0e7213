/* Their sums from the stream, then against the rows. See verify_balance.h. */
#include "ledger/verify_balance.h"

#include <stdio.h>

#include "db/stmt.h"
#include "ledger/account.h"

enum { PIECE = 2000 };

struct item {
    int64_t bal;
    bool seen; /* has its row */
};

struct sum {
    int64_t bal;
};

struct verify_balance
verify_balance_new(struct verify_report *r, struct arena *a)
{
    return (struct verify_balance){
        .r = r,
        .a = a,
        .accts = verify_table_new(a, sizeof(struct verify_balance_account)),
        .items = verify_table_new(a, sizeof(struct item)),
        .item_sums = verify_table_new(a, sizeof(struct sum)),
        .currencies = verify_table_new(a, sizeof(struct sum)),
    };
}

const struct verify_balance_account *
verify_balance_account(struct verify_balance *v, int64_t id)
{
    return verify_table_get(&v->accts, id, 0, STR_NULL);
}

/* Every row of account with its balance, a piece at a time. */
static enum err
each_account(struct verify_balance *v,
             void (*fn)(struct verify_balance *v, struct stmt *s, int64_t id))
{
    int64_t after = INT64_MIN;
    size_t n;
    enum err e;

    do {
        struct arena_mark mark = arena_mark(v->r->ctx->arena);
        struct stmt s CLEANUP(stmt_done) = stmt_get(v->r->ctx, SQL_verify_accounts);

        stmt_i64(&s, ":after", after);
        stmt_i64(&s, ":most", PIECE);
        for (n = 0; (e = stmt_row(&s)) == OK; n++) {
            after = stmt_col_i64(&s, "id");
            fn(v, &s, after);
        }
        arena_release(v->r->ctx->arena, mark);
    } while (e == E_NOTFOUND && n == PIECE);
    return e == E_NOTFOUND ? OK : e;
}

static void
load_account(struct verify_balance *v, struct stmt *s, int64_t id)
{
    struct verify_balance_account *a = verify_table_get(&v->accts, id, 0, STR_NULL);
    struct str kind = stmt_col_str(s, "kind"), ccy = stmt_col_str(s, "currency");

    a->code = str_dup(v->a, stmt_col_str(s, "code"));
    snprintf(a->currency, sizeof(a->currency), "%.*s", STR_ARG(ccy));
    a->sign = str_eq_text(kind, "asset") || str_eq_text(kind, "expense") ? 1 : -1;
}

enum err
verify_balance_load(struct verify_balance *v)
{
    return each_account(v, load_account);
}

/* I4, I12: the account's running balance; lines of an entry in order of the account's version.
 */
static void
run_account(struct verify_balance *v, int64_t seq, const struct hash_line *l)
{
    struct verify_balance_account *a = verify_table_get(&v->accts, l->account_id, 0, STR_NULL);

    if (l->ver != a->ver + 1)
        verify_report(v->r, "I4", "account", a->code, "version %lld at entry %lld, after %lld",
                      (long long)l->ver, (long long)seq, (long long)a->ver);
    if (l->after != a->bal + l->amount)
        verify_report(v->r, "I4", "account", a->code,
                      "balance after entry %lld is %lld, not %lld", (long long)seq,
                      (long long)a->bal + l->amount, (long long)l->after);
    a->ver++;
    a->bal += l->amount;
    a->debits += l->amount > 0 ? l->amount : 0;
    a->credits -= l->amount < 0 ? l->amount : 0;
    if (l->item.n) {
        struct item *i = verify_table_get(&v->items, l->account_id, 0, l->item);

        i->bal += l->amount;
        if (i->bal * a->sign < 0)
            verify_report(v->r, "I12", "item", l->item, "of %.*s crosses zero at entry %lld",
                          STR_ARG(a->code), (long long)seq);
    }
}

/* Lines of one account stand together; their versions say in which order they were made. */
void
verify_balance_take(struct verify_balance *v, int64_t seq, const struct hash_line *line,
                    size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        int64_t done = INT64_MIN;

        for (end = i + 1; end < n && line[end].account_id == line[i].account_id; end++)
            continue;
        for (size_t k = i; k < end; k++) {
            size_t next = end;

            for (size_t m = i; m < end; m++)
                if (line[m].ver > done && (next == end || line[m].ver < line[next].ver))
                    next = m;
            if (next == end)
                break; /* the same version twice: the number of lines will not fit */
            done = line[next].ver;
            run_account(v, seq, &line[next]);
        }
    }
}

/* I17, I8: what the chart says of the code. */
static void
check_chart(struct verify_balance *v, struct stmt *s, struct str code,
            const struct verify_balance_account *a)
{
    struct account want;
    size_t at = str_find(code, STR("@"), 0);
    struct str base = at == SIZE_MAX ? code : str_sub(code, 0, at);
    int64_t owner = stmt_col_null(s, "owner_id") ? 0 : stmt_col_i64(s, "owner_id");

    if (!account_chart(base, &want)) {
        verify_report(v->r, "I17", "account", code, "is not in the chart");
        return;
    }
    if (!str_eq(stmt_col_str(s, "kind"), account_kind_word(want.kind)) ||
        want.by_item != (stmt_col_i64(s, "by_item") != 0) || owner != want.owner_id ||
        (at != SIZE_MAX && !str_eq(str_sub(code, at + 1, code.n), str_of(a->currency))))
        verify_report(v->r, "I17", "account", code,
                      "kind, items, owner or currency do not fit");

    bool floor = str_starts(base, STR("A:clawback:"));
    bool cap = want.kind == ACCOUNT_LIABILITY && (want.owner_id || want.by_item);
    if (stmt_col_null(s, "lim_lo") == floor || (floor && stmt_col_i64(s, "lim_lo") != 0) ||
        stmt_col_null(s, "lim_hi") == cap || (cap && stmt_col_i64(s, "lim_hi") != 0))
        verify_report(v->r, "I8", "account", code, "has other bounds than the chart");
    if ((floor && a->bal < 0) || (cap && a->bal > 0))
        verify_report(v->r, "I8", "account", code, "is out of its bounds");
}

/* I3, I7 */
static void
check_balance(struct verify_balance *v, struct stmt *s, struct str code, int64_t id,
              const struct verify_balance_account *a)
{
    if (stmt_col_null(s, "has")) {
        verify_report(v->r, "I3", "account", code, "has no balance row");
        return;
    }
    if (stmt_col_i64(s, "bal") != a->bal || stmt_col_i64(s, "debits") != a->debits ||
        stmt_col_i64(s, "credits") != a->credits || stmt_col_i64(s, "ver") != a->ver)
        verify_report(v->r, "I3", "account", code, "balance is %lld, its postings give %lld",
                      (long long)stmt_col_i64(s, "bal"), (long long)a->bal);
    if (!str_eq_text(stmt_col_str(s, "b_currency"), a->currency) ||
        stmt_col_i64(s, "b_by_item") != stmt_col_i64(s, "by_item") ||
        stmt_col_i64(s, "sign") != a->sign)
        verify_report(v->r, "I3", "account", code, "balance row is of another kind of account");
    if (stmt_col_i64(s, "by_item")) {
        const struct sum *items = verify_table_find(&v->item_sums, id, 0, STR_NULL);

        if (stmt_col_i64(s, "bal") != (items ? items->bal : 0))
            verify_report(
                v->r, "I7", "account", code, "open items add up to %lld, balance %lld",
                (long long)(items ? items->bal : 0), (long long)stmt_col_i64(s, "bal"));
    }
}

static void
check_account(struct verify_balance *v, struct stmt *s, int64_t id)
{
    const struct verify_balance_account *a = verify_balance_account(v, id);
    struct str code = stmt_col_str(s, "code");
    struct sum *total;

    check_balance(v, s, code, id, a);
    if (stmt_col_null(s, "has"))
        return;
    check_chart(v, s, code, a);
    total = verify_table_get(&v->currencies, 0, 0, stmt_col_str(s, "currency"));
    total->bal += stmt_col_i64(s, "bal");
}

static enum err
check_accounts(struct verify_balance *v)
{
    enum err e = each_account(v, check_account);

    if (e)
        return e;

    size_t at = 0;
    int64_t x, y;
    struct str ccy;
    for (const struct sum *t;
         (t = verify_table_next(&v->currencies, &at, &x, &y, &ccy)) != NULL;)
        if (t->bal != 0) /* I2 */
            verify_report(v->r, "I2", "currency", ccy, "balances add up to %lld",
                          (long long)t->bal);
    return OK;
}

/* I12: stored items against what the stream gave. */
static enum err
check_items(struct verify_balance *v)
{
    int64_t account_id = INT64_MIN, x, y;
    struct str item = STR("");
    size_t n, at = 0;
    enum err e;

    do {
        struct arena_mark mark = arena_mark(v->r->ctx->arena);
        struct stmt s CLEANUP(stmt_done) = stmt_get(v->r->ctx, SQL_verify_items);

        stmt_i64(&s, ":account", account_id);
        stmt_str(&s, ":item", item);
        stmt_i64(&s, ":most", PIECE);
        for (n = 0; (e = stmt_row(&s)) == OK; n++) {
            struct item *i;
            const struct verify_balance_account *a;
            struct sum *total;
            int64_t bal = 0;

            account_id = stmt_col_i64(&s, "account_id");
            struct str name = stmt_col_str(&s, "item");
            i = verify_table_get(&v->items, account_id, 0, name);
            a = verify_table_get(&v->accts, account_id, 0, STR_NULL);
            total = verify_table_get(&v->item_sums, account_id, 0, STR_NULL);
            bal = stmt_col_i64(&s, "bal");
            i->seen = true;
            total->bal += bal;
            if (bal != i->bal || stmt_col_i64(&s, "sign") != a->sign || bal * a->sign < 0)
                verify_report(v->r, "I12", "item", name,
                              "of %.*s is %lld, its postings give %lld", STR_ARG(a->code),
                              (long long)bal, (long long)i->bal);
            if (n + 1 == PIECE)
                item = str_dup(v->a, name);
        }
        arena_release(v->r->ctx->arena, mark);
    } while (e == E_NOTFOUND && n == PIECE);
    if (e != E_NOTFOUND)
        return e;
    for (const struct item *i; (i = verify_table_next(&v->items, &at, &x, &y, &item)) != NULL;)
        if (!i->seen)
            verify_report(v->r, "I12", "item", item, "has postings and no row");
    return OK;
}

enum err
verify_balance_check(struct verify_balance *v)
{
    enum err e = check_items(v);

    return e ? e : check_accounts(v);
}
