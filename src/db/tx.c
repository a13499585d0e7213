/* Transactions and savepoints of the one writer. Not for: deciding when to commit
 * (vault/loop.c). */
#include "db/tx.h"

#include "db/inner.h"

static enum err
lost(struct tx *tx)
{
    struct db *db = tx->ctx->db;

    tx->open = false;
    tx->rolls = ++db->rolls;
    return ctx_fail(tx->ctx, db->last == E_FULL ? E_FULL : E_INTERNAL,
                    "the transaction was rolled back by the database");
}

/* A full disk or an I/O error makes SQLite roll the whole transaction back by itself. */
bool
tx_lost(const struct tx *tx)
{
    return !tx->open || sqlite3_get_autocommit(tx->ctx->db->h);
}

enum err
tx_begin(struct ctx *ctx, struct tx *ret)
{
    enum err e;

    BUG_IF(ctx->db->role == DB_READER);
    if ((e = db_own(ctx, ctx->db, DB_OWN_BEGIN)))
        return e;
    *ret = (struct tx){.ctx = ctx, .open = true, .rolls = ctx->db->rolls};
    return OK;
}

enum err
tx_commit(struct tx *tx)
{
    enum err e;

    BUG_IF(!tx->open || tx->depth != 0);
    if (tx_lost(tx))
        return lost(tx);
    e = db_own(tx->ctx, tx->ctx->db, DB_OWN_COMMIT);
    tx->open = false;
    return e;
}

void
tx_rollback(struct tx *tx)
{
    if (!tx->open)
        return;
    tx->depth = 0;
    tx->rolls = ++tx->ctx->db->rolls;
    tx->open = false;
    /* Nothing is left to do when even that fails: the file's own state is the old one. */
    if (!sqlite3_get_autocommit(tx->ctx->db->h) &&
        db_own(tx->ctx, tx->ctx->db, DB_OWN_ROLLBACK) != OK)
        tx->ctx->db->last = E_INTERNAL;
}

enum err
tx_save(struct tx *tx)
{
    enum err e;

    BUG_IF(!tx->open || tx->depth >= DB_SAVE_MAX);
    if (tx_lost(tx))
        return lost(tx);
    e = db_own(tx->ctx, tx->ctx->db, (enum db_own)(DB_OWN_SAVE + tx->depth));
    if (e == OK)
        tx->depth++;
    return e;
}

enum err
tx_keep(struct tx *tx)
{
    BUG_IF(!tx->open || tx->depth <= 0);
    if (tx_lost(tx))
        return lost(tx);
    tx->depth--;
    return db_own(tx->ctx, tx->ctx->db, (enum db_own)(DB_OWN_KEEP + tx->depth));
}

enum err
tx_undo(struct tx *tx)
{
    enum err e;

    BUG_IF(!tx->open || tx->depth <= 0);
    tx->rolls = ++tx->ctx->db->rolls;
    if (tx_lost(tx))
        return lost(tx);
    tx->depth--;
    if ((e = db_own(tx->ctx, tx->ctx->db, (enum db_own)(DB_OWN_UNDO + tx->depth))))
        return e;
    return db_own(tx->ctx, tx->ctx->db, (enum db_own)(DB_OWN_KEEP + tx->depth));
}
