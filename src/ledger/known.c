/* A small table of accounts this process has met. Not for: balances. */
#include "ledger/known.h"

#include <string.h>

#include "db/stmt.h"
#include "db/tx.h"

/* Slots found by id and by hash of the code; a new account simply takes the place of an old
 * one. */
enum { KNOWN_SLOTS = 4096 };

static struct {
    const struct db *db;
    unsigned rolls;
    uint16_t by_code[KNOWN_SLOTS]; /* slot + 1 in by_id */
    struct known by_id[KNOWN_SLOTS];
} seen;

static size_t
hash(struct str s)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
    return (size_t)(h ^ (h >> 32)) % KNOWN_SLOTS;
}

void
known_forget(void)
{
    memset(seen.by_code, 0, sizeof(seen.by_code));
    for (size_t i = 0; i < KNOWN_SLOTS; i++)
        seen.by_id[i].id = 0;
}

static void
look(const struct ctx *ctx, const struct tx *tx)
{
    if (seen.db == ctx->db && seen.rolls == tx->rolls)
        return;
    known_forget();
    seen.db = ctx->db;
    seen.rolls = tx->rolls;
}

bool
known_by_code(struct ctx *ctx, struct tx *tx, struct str code, int64_t *ret_id)
{
    look(ctx, tx);

    uint16_t at = seen.by_code[hash(code)];
    const struct known *k = at ? &seen.by_id[at - 1] : NULL;

    if (!k || k->id == 0 || k->n != code.n || memcmp(k->code, code.p, code.n) != 0)
        return false;
    *ret_id = k->id;
    return true;
}

enum err
known_by_id(struct ctx *ctx, struct tx *tx, int64_t id, const struct known **ret)
{
    struct known *k = &seen.by_id[(size_t)id % KNOWN_SLOTS];
    enum err e;

    look(ctx, tx);
    if (k->id == id) {
        *ret = k;
        return OK;
    }

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_account_known);
    stmt_i64(&s, ":id", id);
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_INTERNAL, "there is no account %lld", (long long)id);
    if (e)
        return e;

    struct str code = stmt_col_str(&s, "code"), currency = stmt_col_str(&s, "currency");
    struct str kind = stmt_col_str(&s, "kind");
    BUG_IF(code.n > KNOWN_CODE_MAX || currency.n != 3);
    *k = (struct known){.id = id,
                        .by_item = stmt_col_i64(&s, "by_item") != 0,
                        .sign =
                            str_eq_text(kind, "asset") || str_eq_text(kind, "expense") ? 1 : -1,
                        .n = (unsigned char)code.n};
    memcpy(k->currency, currency.p, 3);
    memcpy(k->code, code.p, code.n);
    seen.by_code[hash(code)] = (uint16_t)((size_t)id % KNOWN_SLOTS + 1);
    *ret = k;
    return OK;
}
