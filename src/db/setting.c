/* Every setting of a connection, read back after it was made; what statements may do. Not for:
 * checking whose file it is (db.c). */
#include "db/setting.h"

#include <string.h>

#include "db/inner.h"

enum { FOR_READER = 1, FOR_WRITER = 2, FOR_ALL = FOR_READER | FOR_WRITER };

struct setting {
    unsigned for_whom;
    const char *set;
    const char *get;
    int64_t want;
};

/* What is measured and not believed: each one is read back. */
static const struct setting settings[] = {
    {FOR_ALL,    "PRAGMA foreign_keys=ON",             "PRAGMA foreign_keys",       1       },
    {FOR_ALL,    "PRAGMA recursive_triggers=ON",       "PRAGMA recursive_triggers", 1       },
    {FOR_ALL,    "PRAGMA trusted_schema=OFF",          "PRAGMA trusted_schema",     0       },
    {FOR_ALL,    "PRAGMA cell_size_check=ON",          "PRAGMA cell_size_check",    1       },
 /* A mapped file would turn a bad disk into a signal. */
    {FOR_ALL,    "PRAGMA mmap_size=0",                 "PRAGMA mmap_size",          0       },
    {FOR_ALL,    "PRAGMA temp_store=MEMORY",           "PRAGMA temp_store",         2       },
    {FOR_WRITER, "PRAGMA synchronous=FULL",            "PRAGMA synchronous",        2       },
    {FOR_WRITER, "PRAGMA journal_size_limit=67108864", "PRAGMA journal_size_limit", 67108864},
    {FOR_WRITER, "PRAGMA cache_size=-65536",           "PRAGMA cache_size",         -65536  },
    {FOR_READER, "PRAGMA cache_size=-4096",            "PRAGMA cache_size",         -4096   },
    {FOR_READER, "PRAGMA query_only=ON",               "PRAGMA query_only",         1       },
};

/* What a statement may do once the file is open. Everything that is not named is denied:
 * ATTACH, PRAGMA, every change of the schema, temporary tables. */
int
setting_may(void *arg, int action, const char *a, const char *b, const char *schema,
            const char *trigger)
{
    const struct db *db = arg;

    (void)a;
    (void)schema;
    (void)trigger;
    if (!db->opened || db->copying || db->role == DB_MIGRATE)
        return SQLITE_OK;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        return b && strcmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
        return db->role == DB_WRITER ? SQLITE_OK : SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

static int
after_commit(void *arg, sqlite3 *h, const char *schema, int pages)
{
    struct db *db = arg;

    (void)h;
    (void)schema;
    db->wal = pages;
    return SQLITE_OK;
}

static enum err
set_config(struct ctx *ctx, struct db *db, int what, int on)
{
    int now = -1;

    if (sqlite3_db_config(db->h, what, on, &now) != SQLITE_OK || now != on)
        return ctx_fail(ctx, E_INTERNAL, "setting %d of the ledger does not read back", what);
    return OK;
}

enum err
setting_apply(struct ctx *ctx, struct db *db)
{
    unsigned whom = db->role == DB_READER ? FOR_READER : FOR_WRITER;
    int64_t got = -1;
    enum err e;

    if ((e = set_config(ctx, db, SQLITE_DBCONFIG_DEFENSIVE, 1)) ||
        (e = set_config(ctx, db, SQLITE_DBCONFIG_DQS_DDL, 0)) ||
        (e = set_config(ctx, db, SQLITE_DBCONFIG_DQS_DML, 0)) ||
        (e = set_config(ctx, db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0)) ||
        (e = set_config(ctx, db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, db->role == DB_READER)))
        return e;
    for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
        const struct setting *s = &settings[i];

        if (!(s->for_whom & whom))
            continue;
        if ((e = db_exec(ctx, db, s->set, s->set)) || (e = db_number(ctx, db, s->get, &got)))
            return e;
        if (got != s->want)
            return ctx_fail(ctx, E_INTERNAL, "%s does not read back", s->set);
    }
    return OK;
}

enum err
setting_wal(struct ctx *ctx, struct db *db)
{
    sqlite3_stmt *h = NULL;
    int on = 1, now = -1;
    bool wal = false;
    int64_t every = -1, version = 0;
    int rc = sqlite3_prepare_v2(db->h, "PRAGMA journal_mode=WAL", -1, &h, NULL);
    enum err e;

    if (rc == SQLITE_OK && (rc = sqlite3_step(h)) == SQLITE_ROW)
        wal = strcmp((const char *)sqlite3_column_text(h, 0), "wal") == 0;
    sqlite3_finalize(h);
    if (!wal)
        return rc == SQLITE_ROW || rc == SQLITE_DONE
                   ? ctx_fail(ctx, E_INTERNAL, "%s does not take journal_mode=WAL", db->path)
                   : db_fail(ctx, db, rc, "journal_mode=WAL");
    if ((e = db_exec(ctx, db, "PRAGMA wal_autocheckpoint=0", "wal_autocheckpoint")) ||
        (e = db_number(ctx, db, "PRAGMA wal_autocheckpoint", &every)))
        return e;
    /* WAL and index stay when the vault ends, so that pages go on reading. */
    if (sqlite3_file_control(db->h, "main", SQLITE_FCNTL_PERSIST_WAL, &on) != SQLITE_OK)
        return ctx_fail(ctx, E_INTERNAL, "the WAL cannot be kept");
    on = -1;
    if (sqlite3_file_control(db->h, "main", SQLITE_FCNTL_PERSIST_WAL, &on) == SQLITE_OK)
        now = on;
    /* The first look at the file makes WAL and index, without which no reader opens. */
    if ((e = db_number(ctx, db, "PRAGMA user_version", &version)))
        return e;
    if (every != 0 || now != 1)
        return ctx_fail(ctx, E_INTERNAL, "a setting of the WAL does not read back");
    sqlite3_wal_hook(db->h, after_commit, db);
    return OK;
}
