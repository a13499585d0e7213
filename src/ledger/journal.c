/* Posting: key, balances, bounds, hash, rows; in this order, so that a refusal writes nothing.
 * Not for: judging amounts. */
#include "ledger/journal.h"

#include <stdlib.h>
#include <string.h>

#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/hash.h"
#include "ledger/known.h"

/* What the next entry stands on. */
struct head {
    int64_t seq, recorded_at;
    struct sha256 sha;
};

void
journal_start(struct journal_draft *d, struct str kind, struct str scope, struct str key,
              int64_t effective_at)
{
    memset(d, 0, offsetof(struct journal_draft, line));
    d->kind = kind;
    d->scope = scope;
    d->key = key;
    d->effective_at = effective_at;
}

void
journal_add(struct journal_draft *d, int64_t account_id, struct str item, int64_t amount)
{
    struct journal_line *l = NULL;

    BUG_IF(amount > MINOR_MAX || amount < -MINOR_MAX);
    for (size_t i = 0; i < d->n && !l; i++)
        if (d->line[i].account_id == account_id && str_eq(d->line[i].item, item))
            l = &d->line[i];
    if (!l) {
        BUG_IF(d->n >= JOURNAL_LINES_MAX);
        l = &d->line[d->n++];
        *l = (struct journal_line){.account_id = account_id, .item = item};
    }
    l->amount += amount;
    BUG_IF(l->amount > MINOR_MAX || l->amount < -MINOR_MAX);
}

static struct sha256
sha_of(struct str blob)
{
    struct sha256 sha;

    BUG_IF(blob.n != sizeof(sha.b));
    memcpy(sha.b, blob.p, sizeof(sha.b));
    return sha;
}

/* OK with ret filled when the key is known with the same request, E_NOTFOUND when it is new. */
static enum err
find_key(struct ctx *ctx, const struct journal_draft *d, struct journal_done *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_journal_by_key);
    enum err e;

    stmt_str(&s, ":scope", d->scope);
    stmt_str(&s, ":key", d->key);
    if ((e = stmt_one(&s)))
        return e;

    struct sha256 was = sha_of(stmt_col_blob(&s, "request_sha"));
    if (memcmp(was.b, d->request.b, sizeof(was.b)) != 0)
        return ctx_fail(ctx, E_CONFLICT, "key %.*s %.*s is known with another request",
                        STR_ARG(d->scope), STR_ARG(d->key));
    *ret = (struct journal_done){.seq = stmt_col_i64(&s, "seq"),
                                 .sha = sha_of(stmt_col_blob(&s, "sha")),
                                 .replayed = true};
    return OK;
}

static enum err
read_head(struct ctx *ctx, struct head *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_journal_head);
    enum err e;

    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_INTERNAL, "the ledger has no head");
    if (e)
        return e;
    *ret = (struct head){.seq = stmt_col_i64(&s, "seq"),
                         .recorded_at = stmt_col_i64(&s, "recorded_at"),
                         .sha = sha_of(stmt_col_blob(&s, "sha"))};
    return OK;
}

/* The lines that move something, with code and currency, in the order of the hash. */
static enum err
collect(struct ctx *ctx, struct tx *tx, const struct journal_draft *d, struct hash_line *line,
        size_t *ret_n)
{
    size_t n = 0;
    enum err e;

    for (size_t i = 0; i < d->n; i++) {
        const struct journal_line *l = &d->line[i];
        const struct known *k;

        if (l->amount == 0)
            continue;
        if ((e = known_by_id(ctx, tx, l->account_id, &k)))
            return e;
        if (k->by_item != (l->item.n != 0))
            return ctx_fail(ctx, E_INVALID, "account %.*s is%s kept by item", (int)k->n,
                            k->code, k->by_item ? "" : " not");
        line[n++] = (struct hash_line){
            .account_id = l->account_id,
            .item = l->item,
            .amount = l->amount,
            .sign = k->sign,
            .code = {.p = arena_text(ctx->arena, k->code, k->n), .n = k->n}
        };
        memcpy(line[n - 1].currency, k->currency, sizeof(k->currency));
    }
    hash_sort(line, n);
    *ret_n = n;
    return OK;
}

/* At least two lines, and a sum of zero for each currency. */
static enum err
check_sums(struct ctx *ctx, const struct hash_line *line, size_t n)
{
    if (n < 2)
        return ctx_fail(ctx, E_INVALID, "an entry has at least two lines, this one has %zu", n);
    for (size_t i = 0; i < n; i++) {
        int64_t sum = 0;

        if (i > 0 && strcmp(line[i].currency, line[i - 1].currency) == 0)
            continue; /* summed with the one before */
        for (size_t k = 0; k < n; k++)
            if (strcmp(line[k].currency, line[i].currency) == 0 &&
                __builtin_add_overflow(sum, line[k].amount, &sum))
                return ctx_fail(ctx, E_INVALID, "the amounts of the entry are absurd");
        if (sum != 0)
            return ctx_fail(ctx, E_INVALID, "the entry is not balanced: %lld %s too much",
                            (long long)sum, line[i].currency);
    }
    return OK;
}

static enum err
check_item(struct ctx *ctx, const struct hash_line *l)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_journal_item);
    int64_t bal = 0;
    enum err e;

    stmt_i64(&s, ":account", l->account_id);
    stmt_str(&s, ":item", l->item);
    e = stmt_one(&s);
    if (e == OK)
        bal = stmt_col_i64(&s, "bal");
    else if (e != E_NOTFOUND)
        return e;
    if ((bal + l->amount) * l->sign < 0)
        return ctx_fail(ctx, E_FUNDS, "%.*s of %.*s has %lld left, not %lld", STR_ARG(l->item),
                        STR_ARG(l->code), (long long)(bal * l->sign),
                        (long long)(-l->amount * l->sign));
    return OK;
}

/* Version and balance after each line; lines of one account stand together after sorting. */
static enum err
run_balances(struct ctx *ctx, struct hash_line *line, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct hash_line *l = &line[i];
        int64_t lo = -MINOR_MAX, hi = MINOR_MAX;
        enum err e;

        if (i > 0 && line[i - 1].account_id == l->account_id) {
            l->ver = line[i - 1].ver + 1;
            l->after = line[i - 1].after + l->amount;
        } else {
            struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_journal_balance);

            stmt_i64(&s, ":account", l->account_id);
            e = stmt_one(&s);
            if (e == E_NOTFOUND)
                return ctx_fail(ctx, E_INTERNAL, "%.*s has no balance", STR_ARG(l->code));
            if (e)
                return e;
            l->after = stmt_col_i64(&s, "bal") + l->amount;
            l->ver = stmt_col_i64(&s, "ver") + 1;
            if (!stmt_col_null(&s, "lim_lo"))
                lo = stmt_col_i64(&s, "lim_lo");
            if (!stmt_col_null(&s, "lim_hi"))
                hi = stmt_col_i64(&s, "lim_hi");
        }
        if (l->after < lo || l->after > hi)
            return ctx_fail(ctx, E_FUNDS, "%.*s has %lld, not %lld", STR_ARG(l->code),
                            (long long)((l->after - l->amount) * l->sign),
                            (long long)(-l->amount * l->sign));
        if (l->item.n && (e = check_item(ctx, l)))
            return e;
    }
    return OK;
}

static enum err
write_lines(struct ctx *ctx, int64_t seq, const struct hash_line *line, size_t n)
{
    enum err e;

    for (size_t i = 0; i < n; i++) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_journal_add_posting);

        stmt_i64(&s, ":seq", seq);
        stmt_i64(&s, ":account", line[i].account_id);
        stmt_str(&s, ":item", line[i].item);
        stmt_i64(&s, ":amount", line[i].amount);
        stmt_i64(&s, ":ver", line[i].ver);
        stmt_i64(&s, ":after", line[i].after);
        if ((e = stmt_run(&s)))
            return e;
    }
    return OK;
}

static enum err
write_header(struct ctx *ctx, const struct hash_entry *h, const struct sha256 *sha)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_journal_add);

    stmt_i64(&s, ":seq", h->seq);
    stmt_str(&s, ":kind", h->kind);
    stmt_str(&s, ":scope", h->scope);
    stmt_str(&s, ":key", h->key);
    stmt_blob(&s, ":request", h->request.p, h->request.n);
    stmt_i64(&s, ":effective", h->effective_at);
    stmt_i64(&s, ":recorded", h->recorded_at);
    stmt_str(&s, ":ref", h->ref);
    if (h->reverses)
        stmt_i64(&s, ":reverses", h->reverses);
    else
        stmt_null(&s, ":reverses");
    stmt_str(&s, ":policy", h->policy);
    stmt_str(&s, ":actor", h->actor);
    stmt_str(&s, ":meta", h->meta);
    stmt_i64(&s, ":lines", (int64_t)h->n_lines);
    stmt_blob(&s, ":prev", h->prev.p, h->prev.n);
    stmt_blob(&s, ":sha", sha->b, sizeof(sha->b));
    return stmt_run(&s);
}

/* Everything but the look-up of the key. */
static enum err
write_entry(struct ctx *ctx, struct tx *tx, const struct journal_draft *d,
            struct journal_done *ret)
{
    struct hash_line *line = ARENA_ARRAY(ctx->arena, d->n + 1, struct hash_line);
    struct head head;
    size_t n = 0;
    enum err e;

    if ((e = collect(ctx, tx, d, line, &n)) || (e = check_sums(ctx, line, n)) ||
        (e = read_head(ctx, &head)) || (e = run_balances(ctx, line, n)))
        return e;

    int64_t now = ctx_now(ctx);
    struct hash_entry h = {
        .prev = {.p = (const char *)head.sha.b,   .n = sizeof(head.sha.b)  },
        .seq = head.seq + 1,
        .kind = d->kind,
        .scope = d->scope,
        .key = d->key,
        .request = {.p = (const char *)d->request.b, .n = sizeof(d->request.b)},
        .effective_at = d->effective_at,
 /* A clock that was set back must not make the journal go backwards. */
        .recorded_at = now > head.recorded_at ? now : head.recorded_at,
        .ref = d->ref,
        .reverses = d->reverses,
        .policy = d->policy,
        .actor = d->actor,
        .meta = d->meta,
        .n_lines = (int64_t)n,
        .line = line,
        .n = n,
    };
    struct sha256 sha = hash_make(&h);

    if ((e = write_lines(ctx, h.seq, line, n)) || (e = write_header(ctx, &h, &sha)))
        return e;
    *ret = (struct journal_done){.seq = h.seq, .sha = sha};
    return OK;
}

enum err
journal_post(struct ctx *ctx, struct tx *tx, const struct journal_draft *d,
             struct journal_done *ret)
{
    enum err e = find_key(ctx, d, ret);

    return e == E_NOTFOUND ? write_entry(ctx, tx, d, ret) : e;
}

enum err
journal_next(struct ctx *ctx, int64_t *ret_seq)
{
    struct head head;
    enum err e = read_head(ctx, &head);

    if (e == OK)
        *ret_seq = head.seq + 1;
    return e;
}

enum err
journal_reverse(struct ctx *ctx, struct tx *tx, int64_t seq, struct journal_draft *d,
                struct journal_done *ret)
{
    enum err e = find_key(ctx, d, ret);

    if (e != E_NOTFOUND)
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_journal_reversal);

        stmt_i64(&s, ":seq", seq);
        e = stmt_one(&s);
        if (e == E_NOTFOUND)
            return ctx_fail(ctx, E_NOTFOUND, "there is no entry %lld", (long long)seq);
        if (e)
            return e;
        if (!stmt_col_null(&s, "reversed_by"))
            return ctx_fail(ctx, E_DUPLICATE, "entry %lld was reversed by entry %lld",
                            (long long)seq, (long long)stmt_col_i64(&s, "reversed_by"));
    }

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_journal_lines);
    stmt_i64(&s, ":seq", seq);
    while ((e = stmt_row(&s)) == OK) {
        int64_t account_id = stmt_col_i64(&s, "account_id");
        struct str item = stmt_col_str(&s, "item");

        journal_add(d, account_id, item, -stmt_col_i64(&s, "amount"));
    }
    if (e != E_NOTFOUND)
        return e;
    d->reverses = seq;
    return write_entry(ctx, tx, d, ret);
}
