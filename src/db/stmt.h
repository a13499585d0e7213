/* Named statements: bind by name, read rows by name with checked types. The text of each lives
 * in sql/query/<module>.sql; SQL_<name> (db/sql_gen.h) is its number. Statements are prepared
 * once a connection and reused. Not for: SQL text; there is none in C.
 *
 *     struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_race_by_number);
 *     stmt_i64(&s, ":number", 128);
 *     while ((e = stmt_row(&s)) == OK) { id = stmt_col_i64(&s, "id"); … }
 *     if (e != E_NOTFOUND) return e;
 *
 * or, for rows: none statements, stmt_run; for rows: one, stmt_one. A wrong parameter or column
 * name, a wrong type, or a bound parameter that was forgotten is our bug: BUG_IF. */
#pragma once

#include "base/ctx.h"
#include "db/sql_gen.h"

struct db_slot;
struct stmt_value;

struct stmt {
    struct ctx *ctx;
    void *h; /* the prepared statement; NULL when preparing failed */
    struct db_slot *slot;
    struct stmt_value *kept; /* the row of a writing statement, taken before its end */
    enum sql id;
    enum err fail;  /* why h is NULL */
    unsigned bound; /* bit set of parameters bound so far */
    int next_param; /* where the next name probably is */
    int next_col;
    bool stepped;
    bool ended;
};

/* Prepares (first time) the statement. Nested use of the same statement is a bug, so is
 * preparing outside the role's mask. When preparing fails, the bindings do nothing and the
 * first step gives the error. */
struct stmt stmt_get(struct ctx *ctx, enum sql id);
void stmt_done(struct stmt *s);

void stmt_i64(struct stmt *s, const char *param, int64_t v);
void stmt_str(struct stmt *s, const char *param,
              struct str v); /* TEXT; must stay valid until done */
void stmt_blob(struct stmt *s, const char *param, const void *p, size_t n);
void stmt_null(struct stmt *s, const char *param);

/* Next row: OK, E_NOTFOUND (without a text in ctx) when there is no further one, or a real
 * error. A writing statement must be read to its end. */
enum err stmt_row(struct stmt *s) MUST_USE;
/* At most one row expected: E_NOTFOUND (without a text in ctx) when there is none. Reset
 * happens at stmt_done. */
enum err stmt_one(struct stmt *s) MUST_USE;
/* A statement without rows, to its end. */
enum err stmt_run(struct stmt *s) MUST_USE;

/* Numbers in the column id of at most max rows, which it binds as :max. */
enum err stmt_ids(struct stmt *s, size_t max, int64_t *ret_ids, size_t *ret_n) MUST_USE;

/* Columns of the present row, by name. Texts and blobs are copied into ctx->arena; NULL gives
 * STR_NULL, an empty value a pointer and length 0. */
int64_t stmt_col_i64(struct stmt *s, const char *col);
struct str stmt_col_str(struct stmt *s, const char *col);
struct str stmt_col_blob(struct stmt *s, const char *col);
bool stmt_col_null(struct stmt *s, const char *col);

/* Prepares every statement of the connection's role: a schema that does not fit stops the
 * start. */
enum err stmt_prepare_all(struct ctx *ctx) MUST_USE;
