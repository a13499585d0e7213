/* A copy beside the ledger that it was made of: the same questions to both. Not for: making it
 * (db_copy). */
#include "db/twin.h"

#include <string.h>

#include "db/inner.h"

/* Asked of both files; a table that a schema does not have yet gives no row in either. */
static const struct {
    const char *what, *text, *table;
} questions[] = {
    {"the kind of file",                  "PRAGMA application_id",           NULL     },
    {"the schema",                        "PRAGMA user_version",             NULL     },
    {"the list of tables",
     "SELECT group_concat(name || coalesce(sql, ''), ';') FROM "
     "(SELECT name, sql FROM sqlite_schema ORDER BY type, name)",            NULL     },
    {"what the ledger says about itself",
     "SELECT group_concat(key || '=' || value, ' ') FROM "
     "(SELECT key, value FROM stamp ORDER BY key)",                          "stamp"  },
    {"the last journal entry",
     "SELECT seq || ' ' || hex(sha) FROM journal ORDER BY seq DESC LIMIT 1", "journal"},
};

/* The first column of the first row as text; empty when there is none. */
static enum err
answer(struct ctx *ctx, struct db *db, sqlite3 *h, const char *text, struct str *ret)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(h, text, -1, &s, NULL);
    enum err e = OK;

    *ret = STR_NULL;
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    if (rc == SQLITE_ROW && sqlite3_column_text(s, 0))
        *ret = str_dup(ctx->arena, str_of((const char *)sqlite3_column_text(s, 0)));
    else if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        e = h == db->h
                ? db_fail(ctx, db, rc, "comparison with the copy")
                : ctx_fail(ctx, E_CONFLICT, "the copy cannot be read: %s", sqlite3_errmsg(h));
    sqlite3_finalize(s);
    return e;
}

static enum err
same(struct ctx *ctx, struct db *db, sqlite3 *copy, const char *what, const char *text)
{
    struct str here, there;
    enum err e;

    if ((e = answer(ctx, db, db->h, text, &here)) || (e = answer(ctx, db, copy, text, &there)))
        return e;
    return str_eq(here, there)
               ? OK
               : ctx_fail(ctx, E_CONFLICT, "the copy is not the ledger: %s differs", what);
}

static enum err
has_table(struct ctx *ctx, struct db *db, const char *name, bool *ret)
{
    struct str n;
    enum err e = answer(
        ctx, db, db->h,
        arena_printf(ctx->arena,
                     "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '%s'",
                     name),
        &n);

    *ret = str_eq_text(n, "1");
    return e;
}

static enum err
same_rows(struct ctx *ctx, struct db *db, sqlite3 *copy)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(
        db->h,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'", -1,
        &s, NULL);
    enum err e = OK;

    while (e == OK && rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(s, 0);

        e = same(ctx, db, copy, name,
                 arena_printf(ctx->arena, "SELECT count(*) FROM \"%s\"", name));
        rc = SQLITE_OK;
    }
    sqlite3_finalize(s);
    return e || rc == SQLITE_DONE ? e : db_fail(ctx, db, rc, "list of tables");
}

static enum err
compare(struct ctx *ctx, struct db *db, sqlite3 *copy)
{
    struct str sound;
    enum err e = answer(ctx, db, copy, "PRAGMA integrity_check(1)", &sound);

    if (e)
        return e;
    if (!str_eq_text(sound, "ok"))
        return ctx_fail(ctx, E_CONFLICT, "the copy is damaged: %.*s", STR_ARG(sound));
    for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
        bool asked = true;

        if (questions[i].table)
            e = has_table(ctx, db, questions[i].table, &asked);
        if (e == OK && asked)
            e = same(ctx, db, copy, questions[i].what, questions[i].text);
        if (e)
            return e;
    }
    return same_rows(ctx, db, copy);
}

enum err
twin_check(struct ctx *ctx, const char *path)
{
    struct db *db = ctx->db;
    sqlite3 *copy = NULL;
    int rc = sqlite3_open_v2(
        path, &copy, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL);
    enum err e = rc == SQLITE_OK ? compare(ctx, db, copy)
                                 : ctx_fail(ctx, E_CONFLICT, "the copy cannot be opened: %s",
                                            sqlite3_errstr(rc));

    BUG_IF(sqlite3_close(copy) != SQLITE_OK);
    return e;
}

enum err
twin_schema(struct ctx *ctx, int64_t *ret)
{
    return db_number(ctx, ctx->db, "PRAGMA user_version", ret);
}

enum err
twin_bytes(struct ctx *ctx, int64_t *ret)
{
    int64_t pages = 0, size = 0;
    enum err e = db_number(ctx, ctx->db, "PRAGMA page_count", &pages);

    if (e || (e = db_number(ctx, ctx->db, "PRAGMA page_size", &size)))
        return e;
    *ret = pages * size;
    return OK;
}
