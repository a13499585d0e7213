/* One entry after the other, with its lines; then two sums. Not for: each account's balance. */
#include "ledger/recheck.h"

#include <string.h>

#include "db/stmt.h"
#include "ledger/hash.h"

enum { LINES_MAX = 4096 };

static enum err
read_lines(struct ctx *ctx, int64_t seq, struct hash_line *line, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_recheck_lines);
    enum err e = OK;

    stmt_i64(&s, ":seq", seq);
    for (*ret_n = 0; *ret_n < LINES_MAX && (e = stmt_row(&s)) == OK; ++*ret_n) {
        struct hash_line *l = &line[*ret_n];
        struct str currency = stmt_col_str(&s, "currency");

        *l = (struct hash_line){
            .account_id = stmt_col_i64(&s, "account_id"),
            .code = stmt_col_str(&s, "code"),
            .item = stmt_col_str(&s, "item"),
            .amount = stmt_col_i64(&s, "amount"),
            .ver = stmt_col_i64(&s, "ver"),
            .after = stmt_col_i64(&s, "bal_after"),
        };
        memcpy(l->currency, currency.p,
               currency.n < sizeof l->currency ? currency.n : sizeof l->currency - 1);
    }
    return e == E_NOTFOUND ? OK : e;
}

static bool
is_balanced(const struct hash_line *line, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t sum = 0;

        for (size_t k = 0; k < n; k++)
            if (strcmp(line[k].currency, line[i].currency) == 0 &&
                __builtin_add_overflow(sum, line[k].amount, &sum))
                return false;
        if (sum != 0)
            return false;
    }
    return true;
}

static const char *
judge(const struct hash_entry *e, struct str sha, const struct recheck *before,
      struct sha256 *ret)
{
    *ret = hash_make(e);
    if (e->seq != before->seq + 1)
        return "does not follow the one before";
    if (e->prev.n != sizeof ret->b || memcmp(e->prev.p, before->sha.b, sizeof ret->b) != 0)
        return "does not hold the hash of the one before";
    if (sha.n != sizeof ret->b || memcmp(sha.p, ret->b, sizeof ret->b) != 0)
        return "has another hash than its content";
    if (e->n_lines != (int64_t)e->n || e->n < 2 || !is_balanced(e->line, e->n))
        return "is not balanced";
    return NULL;
}

static enum err
look_at(struct ctx *ctx, struct stmt *s, struct hash_line *line, struct recheck *state)
{
    struct hash_entry h = {
        .prev = stmt_col_blob(s, "prev_sha"),
        .request = stmt_col_blob(s, "request_sha"),
        .seq = stmt_col_i64(s, "seq"),
        .kind = stmt_col_str(s, "kind"),
        .scope = stmt_col_str(s, "idem_scope"),
        .key = stmt_col_str(s, "idem_key"),
        .effective_at = stmt_col_i64(s, "effective_at"),
        .recorded_at = stmt_col_i64(s, "recorded_at"),
        .ref = stmt_col_str(s, "ref"),
        .reverses = stmt_col_null(s, "reverses") ? 0 : stmt_col_i64(s, "reverses"),
        .policy = stmt_col_str(s, "policy"),
        .actor = stmt_col_str(s, "actor"),
        .meta = stmt_col_str(s, "meta"),
        .n_lines = stmt_col_i64(s, "n_lines"),
        .line = line,
    };
    struct sha256 sha;
    const char *what;
    enum err e = read_lines(ctx, h.seq, line, &h.n);

    if (e)
        return e;
    hash_sort(line, h.n);
    what = judge(&h, stmt_col_blob(s, "sha"), state, &sha);
    if (what) {
        state->why = str_of(arena_printf(ctx->arena, "entry %lld %s", (long long)h.seq, what));
        return OK;
    }
    state->seq = h.seq;
    state->sha = sha;
    state->looked++;
    return OK;
}

enum err
recheck_chain(struct ctx *ctx, size_t max, struct recheck *state)
{
    struct hash_line *line = ARENA_ARRAY(ctx->arena, LINES_MAX, struct hash_line);
    struct arena_mark mark = arena_mark(ctx->arena);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_recheck_entries);
    enum err e;

    state->looked = 0;
    state->why = STR("");
    stmt_i64(&s, ":after", state->seq);
    stmt_i64(&s, ":most", (int64_t)max);
    while ((e = stmt_row(&s)) == OK) {
        if ((e = look_at(ctx, &s, line, state)) || state->why.n)
            return e;
        arena_release(ctx->arena, mark);
    }
    return e == E_NOTFOUND ? OK : e;
}

static enum err
count(struct ctx *ctx, enum sql id, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, id);
    enum err e = stmt_one(&s);

    if (!e)
        *ret = stmt_col_i64(&s, "n");
    return e;
}

enum err
recheck_sums(struct ctx *ctx, struct recheck *state)
{
    int64_t wrong = 0, behind = 0;
    enum err e;

    if (state->why.n)
        return OK;
    if ((e = count(ctx, SQL_recheck_sums, &wrong)) ||
        (e = count(ctx, SQL_recheck_head, &behind)))
        return e;
    if (wrong)
        state->why = STR("the balances do not add up to nothing");
    else if (behind)
        state->why = STR("the head is not the last entry");
    return OK;
}

enum err
recheck_from(struct ctx *ctx, struct recheck *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_recheck_from);
    struct str sha;
    enum err e = stmt_one(&s);

    *ret = (struct recheck){.why = STR("")};
    if (e)
        return e == E_NOTFOUND ? OK : e;
    ret->seq = stmt_col_i64(&s, "seq");
    sha = stmt_col_blob(&s, "sha");
    if (sha.n == sizeof ret->sha.b)
        memcpy(ret->sha.b, sha.p, sha.n);
    return OK;
}
