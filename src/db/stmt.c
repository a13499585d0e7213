/* Prepared statements by number, bound and read by name. Not for: texts (sql/query), settings
 * of the connection (setting.c).
 *
 * Callers bind and read mostly in the order of the text, so each look-up first tries the name
 * after the last one. */
#include "db/stmt.h"

#include <limits.h>
#include <poll.h>
#include <string.h>

#include "db/inner.h"

enum { AGAIN_MAX = 50, AGAIN_MS = 1 };

/* A column of a row that was taken out of a writing statement before it was run to its end. */
struct stmt_value {
    int type;
    int64_t i;
    struct str s;
};

static unsigned
role_bit(const struct db *db)
{
    switch (db->role) {
    case DB_READER:
        return SQL_ROLE_READ;
    case DB_WRITER:
        return SQL_ROLE_VAULT;
    case DB_MIGRATE:
        return SQL_ROLE_MIGRATE;
    }
    base_bug("role of a connection", __FILE__, __LINE__);
}

static enum err
prepare(struct ctx *ctx, struct db *db, enum sql id)
{
    const struct sql_statement *t = &sql_gen_statement[id];
    struct db_slot *slot = &db->slots[id];
    int rc;

    BUG_IF(!(t->roles & role_bit(db)));
    rc = sqlite3_prepare_v3(db->h, t->text, -1, SQLITE_PREPARE_PERSISTENT, &slot->h, NULL);
    if (rc != SQLITE_OK) {
        slot->h = NULL;
        return db_fail(ctx, db, rc, t->name);
    }
    BUG_IF(sqlite3_bind_parameter_count(slot->h) != t->n_params);
    for (int i = 0; i < t->n_params; i++)
        BUG_IF(strcmp(sqlite3_bind_parameter_name(slot->h, i + 1), t->params[i]) != 0);
    slot->read_only = sqlite3_stmt_readonly(slot->h) != 0;
    slot->n_cols = sqlite3_column_count(slot->h);
    slot->cols = ARENA_ARRAY(db->process, (size_t)slot->n_cols, const char *);
    for (int i = 0; i < slot->n_cols; i++) {
        const char *name = sqlite3_column_name(slot->h, i);

        slot->cols[i] = arena_text(db->process, name, strlen(name));
    }
    return OK;
}

struct stmt
stmt_get(struct ctx *ctx, enum sql id)
{
    struct stmt s = {.ctx = ctx, .id = id};
    struct db *db = ctx->db;
    struct db_slot *slot;

    BUG_IF(!db || id >= SQL_COUNT);
    slot = &db->slots[id];
    BUG_IF(slot->busy);
    if (!slot->h && (s.fail = prepare(ctx, db, id)) != OK)
        return s;
    slot->busy = true;
    s.slot = slot;
    s.h = slot->h;
    return s;
}

void
stmt_done(struct stmt *s)
{
    if (!s->h)
        return;
    /* What RETURNING gave is only true when the statement ran to its end. */
    BUG_IF(s->stepped && !s->ended && !s->slot->read_only);
    sqlite3_reset(s->h);
    s->slot->busy = false;
    s->h = NULL;
    s->slot = NULL;
}

static int
param_of(struct stmt *s, const char *param)
{
    const struct sql_statement *t = &sql_gen_statement[s->id];
    int i = s->next_param, n = t->n_params;

    for (int tried = 0; tried < n; tried++, i++) {
        if (i >= n)
            i = 0;
        if (t->params[i] == param || strcmp(t->params[i], param) == 0) {
            BUG_IF(s->stepped);
            s->next_param = i + 1;
            s->bound |= 1U << i;
            return i + 1;
        }
    }
    base_bug(arena_printf(s->ctx->arena, "%s has no parameter %s", t->name, param), __FILE__,
             __LINE__);
}

void
stmt_i64(struct stmt *s, const char *param, int64_t v)
{
    if (s->h)
        BUG_IF(sqlite3_bind_int64(s->h, param_of(s, param), v) != SQLITE_OK);
}

void
stmt_str(struct stmt *s, const char *param, struct str v)
{
    BUG_IF(v.n > INT_MAX);
    /* An empty text is not NULL, whatever its pointer. */
    if (s->h)
        BUG_IF(sqlite3_bind_text(s->h, param_of(s, param), v.n ? v.p : "", (int)v.n,
                                 SQLITE_STATIC) != SQLITE_OK);
}

void
stmt_blob(struct stmt *s, const char *param, const void *p, size_t n)
{
    BUG_IF(n > INT_MAX);
    if (s->h)
        BUG_IF(sqlite3_bind_blob(s->h, param_of(s, param), n ? p : "", (int)n, SQLITE_STATIC) !=
               SQLITE_OK);
}

void
stmt_null(struct stmt *s, const char *param)
{
    if (s->h)
        BUG_IF(sqlite3_bind_null(s->h, param_of(s, param)) != SQLITE_OK);
}

/* A reader that cannot write the index of the WAL and looks at it just while the vault writes
 * it is told that it has to be made anew. A moment later it is whole, unless the vault has
 * died. */
int
stmt_begin(sqlite3_stmt *h)
{
    int rc = sqlite3_step(h);

    for (int i = 0; rc == SQLITE_READONLY_RECOVERY && i < AGAIN_MAX; i++) {
        (void)sqlite3_reset(h);
        (void)poll(NULL, 0, AGAIN_MS);
        rc = sqlite3_step(h);
    }
    return rc;
}

static enum err
step(struct stmt *s)
{
    struct db *db = s->ctx->db;
    const struct sql_statement *t = &sql_gen_statement[s->id];
    bool first = !s->stepped;
    int rc;

    if (!s->h)
        return s->fail;
    if (!s->stepped) {
        BUG_IF(s->bound != (unsigned)((UINT64_C(1) << t->n_params) - 1));
        s->stepped = true;
        db_watch(db);
    }
    BUG_IF(s->ended);
    rc = first ? stmt_begin(s->h) : sqlite3_step(s->h);
    if (rc == SQLITE_ROW)
        return OK;
    s->ended = true;
    return rc == SQLITE_DONE ? E_NOTFOUND : db_fail(s->ctx, db, rc, t->name);
}

enum err
stmt_row(struct stmt *s)
{
    BUG_IF(sql_gen_statement[s->id].rows != SQL_ROWS_MANY);
    s->next_col = 0;
    return step(s);
}

static struct str
copy_of(struct stmt *s, int i, bool blob)
{
    const char *p =
        blob ? sqlite3_column_blob(s->h, i) : (const char *)sqlite3_column_text(s->h, i);
    size_t n = (size_t)sqlite3_column_bytes(s->h, i);

    /* Never NULL: an empty value is not the same as no value. */
    return (struct str){.p = arena_text(s->ctx->arena, n ? p : "", n), .n = n};
}

/* A writing statement must run to its end, where SQLite judges foreign keys; its row is gone by
 * then and is therefore kept. */
static enum err
keep_row(struct stmt *s)
{
    struct stmt_value *v =
        ARENA_ARRAY(s->ctx->arena, (size_t)s->slot->n_cols, struct stmt_value);
    enum err e;

    for (int i = 0; i < s->slot->n_cols; i++) {
        v[i].type = sqlite3_column_type(s->h, i);
        if (v[i].type == SQLITE_INTEGER)
            v[i].i = sqlite3_column_int64(s->h, i);
        else if (v[i].type == SQLITE_TEXT || v[i].type == SQLITE_BLOB)
            v[i].s = copy_of(s, i, v[i].type == SQLITE_BLOB);
    }
    e = step(s);
    BUG_IF(e == OK);
    if (e != E_NOTFOUND)
        return e;
    s->kept = v;
    return OK;
}

enum err
stmt_one(struct stmt *s)
{
    enum err e;

    BUG_IF(sql_gen_statement[s->id].rows != SQL_ROWS_ONE);
    if ((e = step(s)))
        return e;
    return s->slot->read_only ? OK : keep_row(s);
}

enum err
stmt_ids(struct stmt *s, size_t max, int64_t *ret_ids, size_t *ret_n)
{
    size_t n = 0;
    enum err e = OK;

    stmt_i64(s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(s)) == OK)
        ret_ids[n++] = stmt_col_i64(s, "id");
    if (e && e != E_NOTFOUND)
        return e;
    *ret_n = n;
    return OK;
}

enum err
stmt_run(struct stmt *s)
{
    enum err e;

    BUG_IF(sql_gen_statement[s->id].rows != SQL_ROWS_NONE);
    e = step(s);
    BUG_IF(e == OK);
    return e == E_NOTFOUND ? OK : e;
}

static int
col_of(struct stmt *s, const char *col)
{
    int n = s->slot->n_cols, i = s->next_col;

    BUG_IF(!s->stepped || (s->ended && !s->kept));
    for (int tried = 0; tried < n; tried++, i++) {
        if (i >= n)
            i = 0;
        if (strcmp(s->slot->cols[i], col) == 0) {
            s->next_col = i + 1;
            return i;
        }
    }
    base_bug(
        arena_printf(s->ctx->arena, "%s has no column %s", sql_gen_statement[s->id].name, col),
        __FILE__, __LINE__);
}

static int
type_of(struct stmt *s, int i)
{
    return s->kept ? s->kept[i].type : sqlite3_column_type(s->h, i);
}

int64_t
stmt_col_i64(struct stmt *s, const char *col)
{
    int i = col_of(s, col);

    BUG_IF(type_of(s, i) != SQLITE_INTEGER);
    return s->kept ? s->kept[i].i : sqlite3_column_int64(s->h, i);
}

static struct str
bytes_of(struct stmt *s, const char *col, int type)
{
    int i = col_of(s, col), got = type_of(s, i);

    if (got == SQLITE_NULL)
        return STR_NULL;
    BUG_IF(got != type);
    return s->kept ? s->kept[i].s : copy_of(s, i, type == SQLITE_BLOB);
}

struct str
stmt_col_str(struct stmt *s, const char *col)
{
    return bytes_of(s, col, SQLITE_TEXT);
}

struct str
stmt_col_blob(struct stmt *s, const char *col)
{
    return bytes_of(s, col, SQLITE_BLOB);
}

bool
stmt_col_null(struct stmt *s, const char *col)
{
    return type_of(s, col_of(s, col)) == SQLITE_NULL;
}

enum err
stmt_prepare_all(struct ctx *ctx)
{
    struct db *db = ctx->db;
    enum err e;

    for (size_t i = 0; i < SQL_COUNT; i++)
        if ((sql_gen_statement[i].roles & role_bit(db)) && !db->slots[i].h &&
            (e = prepare(ctx, db, (enum sql)i)))
            return e;
    return OK;
}
