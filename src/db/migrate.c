/* Applies the schema files that a ledger does not have yet. Not for: data corrections. */
#include "db/migrate.h"

#include <string.h>

#include "db/inner.h"
#include "db/tx.h"

int64_t
migrate_newest(void)
{
    int64_t newest = 0;

    for (const struct sql_schema *s = sql_gen_schema; s->version; s++)
        newest = s->version;
    return newest;
}

/* One version: its schema file, its guards and its number, all or nothing. */
static enum err
apply(struct ctx *ctx, struct db *db, const struct sql_schema *first)
{
    int version = first->version;
    enum err e;

    for (const struct sql_schema *s = first; s->version == version; s++)
        if ((e = db_exec(ctx, db, s->text, s->file)))
            return e;
    return db_exec(ctx, db, arena_printf(ctx->arena, "PRAGMA user_version=%d", version),
                   "user_version");
}

/* Why it failed matters, not that the roll back went well. */
static void
give_up(struct ctx *ctx, struct tx *tx)
{
    char why[sizeof ctx->fail_text];

    memcpy(why, ctx->fail_text, sizeof why);
    tx_rollback(tx);
    memcpy(ctx->fail_text, why, sizeof why);
}

static enum err
step(struct ctx *ctx, const struct sql_schema *s, migrate_end_fn end, void *arg, int64_t from)
{
    struct tx tx;
    enum err e = tx_begin(ctx, &tx);

    if (e)
        return e;
    e = apply(ctx, ctx->db, s);
    if (e == OK && end && s->version == migrate_newest())
        e = end(ctx, &tx, arg, from, s->version);
    if (e == OK)
        e = tx_commit(&tx);
    if (e != OK)
        give_up(ctx, &tx);
    return e;
}

enum err
migrate_run(struct ctx *ctx, migrate_end_fn end, void *arg, int64_t *ret_from, int64_t *ret_to)
{
    struct db *db = ctx->db;
    int64_t from = 0, at;
    enum err e;

    BUG_IF(db->role != DB_MIGRATE);
    if ((e = db_number(ctx, db, "PRAGMA user_version", &from)))
        return e;
    if (from > migrate_newest())
        return ctx_fail(ctx, E_CONFLICT, "the ledger has schema %lld, this program knows %lld",
                        (long long)from, (long long)migrate_newest());
    at = from;
    for (const struct sql_schema *s = sql_gen_schema; s->version; s++) {
        if (s->version <= at)
            continue;
        if ((e = step(ctx, s, end, arg, from)))
            return e;
        at = s->version;
    }
    *ret_from = from;
    *ret_to = at;
    return OK;
}
