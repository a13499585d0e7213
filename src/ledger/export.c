/* Reads the journal in steps of so many entries and hands each on to the form. Entries are
 * never changed, so the steps need no common snapshot; the end is fixed with the beginning.
 * Not for: how it looks (export_form.c). */
#include "ledger/export.h"

#include <stdio.h>

#include "base/enc.h"
#include "db/db.h"
#include "db/stmt.h"
#include "ledger/account.h"
#include "ledger/export_form.h"
#include "ledger/statement.h"

enum {
    STEP_ALL = 200,
    STEP_OWN = 4000,
    STEP_ACCOUNTS = 4000,
    CURRENCIES = 16,
    FOREIGN_MAX = 1024,
    LINES = 256, /* of one entry: a settlement of eight seats has far fewer */
    DAY_MS = 24 * 3600 * 1000
};

struct export
{
    struct export_opts o;
    struct export_account *account; /* by id */
    size_t n;
    int64_t sign;      /* -1: a member's own side */
    int64_t next, end; /* numbers: next to read, first not to read */
    int64_t day;       /* of the last entry; -1: none yet */
    int64_t entries, last_seq;
    enum { HEAD, ACCOUNTS, OPENING, ENTRIES } phase;
    size_t at;                              /* account that comes next */
    size_t foreign[FOREIGN_MAX], n_foreign; /* accounts of other currencies */
    size_t n_sums;
    struct export_line sum[CURRENCIES]; /* of a currency, over the opening */
};

bool
export_format_of(struct str word, enum export_format *ret)
{
    static const char *const WORDS[] = {
        [EXPORT_CSV] = "csv", [EXPORT_HLEDGER] = "hledger", [EXPORT_BEANCOUNT] = "beancount"};

    for (size_t i = 0; i < ARRAY_SIZE(WORDS); i++)
        if (str_eq_text(word, WORDS[i])) {
            *ret = (enum export_format)i;
            return true;
        }
    return false;
}

const char *
export_type(enum export_format f)
{
    return f == EXPORT_CSV ? "text/csv; charset=utf-8" : "text/plain; charset=utf-8";
}

/* Some kinds or one race: what is left out would be missed by every balance. */
static bool
is_part(const struct export *x)
{
    return x->o.kinds.n || x->o.race;
}

static enum err
read_accounts(struct ctx *ctx, struct export *x)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_export_accounts);
    size_t room = 64;
    enum err e;

    x->account = ARENA_ARRAY(ctx->arena, room, struct export_account);
    stmt_i64(&s, ":member", x->o.member_id);
    while ((e = stmt_row(&s)) == OK) {
        bool own = stmt_col_i64(&s, "own") != 0;

        if (x->o.member_id && !own)
            continue;
        if (x->n == room) {
            struct export_account *more =
                ARENA_ARRAY(ctx->arena, room *= 2, struct export_account);

            for (size_t i = 0; i < x->n; i++)
                more[i] = x->account[i];
            x->account = more;
        }
        struct export_account *a = &x->account[x->n];

        a->id = stmt_col_i64(&s, "id");
        a->code = stmt_col_str(&s, "code");
        a->currency = stmt_col_str(&s, "currency");
        a->exponent = stmt_col_i64(&s, "exponent");
        a->opened_at = stmt_col_i64(&s, "opened_at");
        a->name = export_form_name(ctx->arena, x->o.format, a->code, x->o.member_id != 0);
        if (str_has(a->code, '@')) {
            if (x->n_foreign == FOREIGN_MAX)
                return ctx_fail(ctx, E_LIMIT, "too many accounts of other currencies");
            x->foreign[x->n_foreign++] = x->n;
        }
        x->n++;
    }
    return e == E_NOTFOUND ? OK : e;
}

/* What each account had before the first entry. */
static enum err
read_opening(struct ctx *ctx, struct export *x)
{
    enum err e = OK;

    for (size_t i = 0; !e && i < x->n; i++)
        e = statement_balance(ctx, x->account[i].id, x->next, &x->account[i].balance);
    return e;
}

static enum err
begin(struct ctx *ctx, struct export *x)
{
    enum err e;

    x->next = 1;
    if ((e = statement_seq(ctx, x->o.to ? x->o.to : INT64_MAX, &x->end)) ||
        (x->o.from && (e = statement_seq(ctx, x->o.from - 1, &x->next))))
        return e;
    if (x->o.max && x->end - x->next > x->o.max)
        return ctx_fail(ctx, E_LIMIT,
                        "there are %lld journal entries in this time, more than the %lld that "
                        "one download takes: choose a shorter time, or ask who runs this house "
                        "for cozykart export",
                        (long long)(x->end - x->next), (long long)x->o.max);
    if ((e = read_accounts(ctx, x)))
        return e;
    return x->next > 1 ? read_opening(ctx, x) : OK;
}

enum err
export_begin(struct ctx *ctx, const struct export_opts *o, struct export **ret)
{
    struct export *x = ARENA_NEW(ctx->arena, struct export);
    enum err e;

    x->o = *o;
    x->sign = o->member_id ? -1 : 1;
    x->day = -1;
    if ((e = db_snapshot_begin(ctx)))
        return e;
    e = begin(ctx, x);
    db_snapshot_end(ctx);
    *ret = x;
    return e;
}

static struct export_account *
find_account(struct export *x, int64_t id)
{
    size_t lo = 0, hi = x->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (x->account[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    BUG_IF(lo == x->n || x->account[lo].id != id);
    return &x->account[lo];
}

/* The line of a currency among those from first on, made when it is new. */
static struct export_line *
sum_of(struct export_line *line, size_t first, size_t *n, const struct export_account *a)
{
    size_t k = first;

    while (k < *n && !str_eq(line[k].currency, a->currency))
        k++;
    if (k < *n)
        return &line[k];
    line[(*n)++] = (struct export_line){.currency = a->currency, .exponent = a->exponent};
    return &line[k];
}

/* What the others of this entry got, so that it balances: one line a currency. */
static void
add_counter(struct export_entry *e)
{
    size_t own = e->n;

    for (size_t i = 0; i < own; i++)
        sum_of(e->line, own, &e->n, e->line[i].account)->amount -= e->line[i].amount;
}

static struct export_form
form_of(struct ctx *ctx, const struct export *x, struct buf *b)
{
    return (struct export_form){
        .a = ctx->arena, .b = b, .format = x->o.format, .sign = x->sign};
}

static void
put_day(struct ctx *ctx, struct export *x, struct buf *b)
{
    struct export_form f = form_of(ctx, x, b);

    if (x->day >= 0 && !is_part(x))
        export_form_day(&f, x->day * DAY_MS, x->account, x->n);
    for (size_t i = 0; i < x->n; i++)
        x->account[i].touched = false;
}

static void
put_entry(struct ctx *ctx, struct export *x, struct buf *b, struct export_entry *e)
{
    struct export_form f = form_of(ctx, x, b);

    if (e->at / DAY_MS != x->day) {
        put_day(ctx, x, b);
        x->day = e->at / DAY_MS;
    }
    for (size_t i = 0; i < e->n; i++) {
        struct export_account *a = find_account(x, e->line[i].account->id);

        a->touched = true;
        a->balance = e->line[i].after;
    }
    if (x->o.member_id)
        add_counter(e);
    export_form_entry(&f, e);
    x->entries++;
    x->last_seq = e->seq;
}

static struct stmt
ask(struct ctx *ctx, const struct export *x, char ref[32])
{
    struct stmt s = stmt_get(ctx, x->o.member_id ? SQL_export_own : SQL_export_all);
    int64_t step = x->o.member_id ? STEP_OWN : STEP_ALL;

    stmt_i64(&s, ":low", x->next);
    stmt_i64(&s, ":end", x->end - x->next > step ? x->next + step : x->end);
    if (!x->o.member_id)
        return s;
    snprintf(ref, 32, "race:%lld", (long long)x->o.race);
    stmt_i64(&s, ":member", x->o.member_id);
    stmt_str(&s, ":kinds", x->o.kinds);
    stmt_i64(&s, ":race", x->o.race);
    stmt_str(&s, ":race_ref", str_of(ref));
    return s;
}

static void
take_head(struct ctx *ctx, struct stmt *s, struct export_entry *e)
{
    struct str sha = stmt_col_blob(s, "sha");

    e->seq = stmt_col_i64(s, "seq");
    e->kind = stmt_col_str(s, "kind");
    e->ref = stmt_col_str(s, "ref");
    e->at = stmt_col_i64(s, "recorded_at");
    e->effective_at = stmt_col_i64(s, "effective_at");
    e->sha = enc_hex(ctx->arena, sha.p, sha.n);
    e->n = 0;
}

static enum err
read_step(struct ctx *ctx, struct export *x, struct buf *b)
{
    char ref[32];
    struct stmt s CLEANUP(stmt_done) = ask(ctx, x, ref);
    struct export_entry entry = {
        .line = ARENA_ARRAY(ctx->arena, LINES + CURRENCIES, struct export_line)};
    enum err e;

    while ((e = stmt_row(&s)) == OK) {
        if (entry.seq != stmt_col_i64(&s, "seq")) {
            if (entry.seq)
                put_entry(ctx, x, b, &entry);
            take_head(ctx, &s, &entry);
        }
        if (entry.n == LINES)
            return ctx_fail(ctx, E_LIMIT, "entry %lld has too many lines",
                            (long long)entry.seq);
        struct export_account *a = find_account(x, stmt_col_i64(&s, "account_id"));

        entry.line[entry.n++] = (struct export_line){.account = a,
                                                     .item = stmt_col_str(&s, "item"),
                                                     .amount = stmt_col_i64(&s, "amount"),
                                                     .after = stmt_col_i64(&s, "bal_after"),
                                                     .currency = a->currency,
                                                     .exponent = a->exponent};
    }
    if (e == E_NOTFOUND && entry.seq)
        put_entry(ctx, x, b, &entry);
    return e == E_NOTFOUND ? OK : e;
}

/* Head and currencies, then the accounts in steps. */
static void
put_head(struct ctx *ctx, struct export *x, const struct export_form *f)
{
    struct export_line seen[CURRENCIES];
    size_t n = 0;

    export_form_head(f, &x->o, account_house_currency(ctx));
    for (size_t i = 0; i < x->n && n < CURRENCIES; i++) {
        size_t before = n;
        const struct export_line *l = sum_of(seen, 0, &n, &x->account[i]);

        if (n > before)
            export_form_currency(f, l->currency, l->exponent);
    }
}

static void
put_counter(struct ctx *ctx, const struct export *x, const struct export_form *f)
{
    struct export_account other = {.code = STR("Q:cozykart")};

    other.name = export_form_name(ctx->arena, x->o.format, other.code, true);
    if (x->o.member_id)
        export_form_account(f, &other);
}

/* Accounts of two currencies have one name, which the earlier one has told. */
static bool
is_told(const struct export *x, size_t i)
{
    struct str name = x->account[i].name;

    if (str_has(x->account[i].code, '@'))
        for (size_t k = 0; k < i; k++)
            if (str_eq(x->account[k].name, name))
                return true;
    for (size_t k = 0; k < x->n_foreign && x->foreign[k] < i; k++)
        if (str_eq(x->account[x->foreign[k]].name, name))
            return true;
    return false;
}

/* True when all accounts have passed. */
static bool
put_accounts(struct ctx *ctx, struct export *x, const struct export_form *f)
{
    size_t until = x->n - x->at > STEP_ACCOUNTS ? x->at + STEP_ACCOUNTS : x->n;

    if (x->at == 0)
        put_counter(ctx, x, f);
    for (; x->at < until; x->at++)
        if (!is_told(x, x->at))
            export_form_account(f, &x->account[x->at]);
    return x->at == x->n;
}

static bool
put_opening(struct export *x, const struct export_form *f)
{
    size_t until = x->n - x->at > STEP_ACCOUNTS ? x->at + STEP_ACCOUNTS : x->n;

    if (x->at == 0)
        export_form_opening(f, x->o.from);
    for (; x->at < until; x->at++) {
        const struct export_account *a = &x->account[x->at];
        struct export_line l = {.account = a,
                                .amount = a->balance,
                                .currency = a->currency,
                                .exponent = a->exponent};

        if (!a->balance)
            continue;
        export_form_opening_line(f, &l);
        sum_of(x->sum, 0, &x->n_sums, a)->amount -= a->balance;
    }
    if (x->at < x->n)
        return false;
    for (size_t i = 0; i < x->n_sums; i++)
        if (x->sum[i].amount)
            export_form_opening_line(f, &x->sum[i]);
    return true;
}

static enum err
put_entries(struct ctx *ctx, struct export *x, struct buf *b, bool *ret_more)
{
    int64_t step = x->o.member_id ? STEP_OWN : STEP_ALL;
    struct export_form f = form_of(ctx, x, b);
    enum err e;

    if (x->next < x->end) {
        if ((e = read_step(ctx, x, b)))
            return e;
        x->next = x->end - x->next > step ? x->next + step : x->end;
        return OK;
    }
    put_day(ctx, x, b);
    export_form_foot(&f, x->entries, x->last_seq);
    *ret_more = false;
    return OK;
}

enum err
export_more(struct ctx *ctx, struct export *x, struct buf *b, bool *ret_more)
{
    struct export_form f = form_of(ctx, x, b);
    enum err e = OK;

    *ret_more = true;
    switch (x->phase) {
    case HEAD:
        put_head(ctx, x, &f);
        x->phase = ACCOUNTS;
        break;
    case ACCOUNTS:
        if (put_accounts(ctx, x, &f)) {
            x->at = 0;
            x->phase = x->next > 1 && !is_part(x) ? OPENING : ENTRIES;
        }
        break;
    case OPENING:
        if (put_opening(x, &f))
            x->phase = ENTRIES;
        break;
    case ENTRIES:
        e = put_entries(ctx, x, b, ret_more);
        break;
    }
    return e ? e : buf_err(b);
}
