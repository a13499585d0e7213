/* Statements over a file that may hold anything: each value is looked at before it is believed.
 * Not for: judging what the values mean. */
#include "audit.h"

#include <string.h>

sqlite3_stmt *
row_query(struct audit *a, const char *sql)
{
    sqlite3_stmt *st = NULL;
    size_t i = 0;

    while (i < a->n_kept && (a->kept[i].sql != sql || a->kept[i].used))
        i++;
    if (i < a->n_kept) {
        a->kept[i].used = true;
        return a->kept[i].st;
    }
    if (sqlite3_prepare_v2(a->db, sql, -1, &st, NULL) == SQLITE_OK) {
        if (st != NULL && a->n_kept < AUDIT_KEPT_MAX) {
            a->kept[a->n_kept].sql = sql;
            a->kept[a->n_kept].st = st;
            a->kept[a->n_kept++].used = true;
        }
        return st;
    }
    audit_differ(a, 25, "file", 0, "cannot be read: %s", sqlite3_errmsg(a->db));
    return NULL;
}

void
row_done(struct audit *a, sqlite3_stmt *st)
{
    for (size_t i = 0; i < a->n_kept; i++)
        if (a->kept[i].st == st) {
            sqlite3_reset(st);
            a->kept[i].used = false;
            return;
        }
    sqlite3_finalize(st);
}

void
row_end(struct audit *a)
{
    for (size_t i = 0; i < a->n_kept; i++)
        sqlite3_finalize(a->kept[i].st);
    a->n_kept = 0;
}

bool
row_next(struct audit *a, sqlite3_stmt *st)
{
    int rc;

    if (st == NULL)
        return false;
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_DONE)
        audit_differ(a, 25, "file", 0, "cannot be read: %s", sqlite3_errmsg(a->db));
    return false;
}

int64_t
row_int(struct audit *a, sqlite3_stmt *st, int col)
{
    if (sqlite3_column_type(st, col) == SQLITE_INTEGER)
        return sqlite3_column_int64(st, col);
    a->bad = true;
    return 0;
}

int64_t
row_int_or(struct audit *a, sqlite3_stmt *st, int col, int64_t if_null)
{
    return sqlite3_column_type(st, col) == SQLITE_NULL ? if_null : row_int(a, st, col);
}

struct text
row_text(struct audit *a, sqlite3_stmt *st, int col)
{
    const char *p;

    if (sqlite3_column_type(st, col) != SQLITE_TEXT) {
        a->bad = true;
        return (struct text){"", 0};
    }
    p = (const char *)sqlite3_column_text(st, col);
    if (p == NULL) {
        a->bad = true;
        return (struct text){"", 0};
    }
    return (struct text){p, (size_t)sqlite3_column_bytes(st, col)};
}

struct text
row_sha(struct audit *a, sqlite3_stmt *st, int col)
{
    const char *p;

    if (sqlite3_column_type(st, col) == SQLITE_BLOB && sqlite3_column_bytes(st, col) == 32 &&
        (p = sqlite3_column_blob(st, col)) != NULL)
        return (struct text){p, 32};
    a->bad = true;
    return (struct text){"", 0};
}

bool
row_bad(struct audit *a, const char *thing, int64_t number)
{
    if (!a->bad)
        return false;
    a->bad = false;
    audit_differ(a, 25, thing, number, "a value has the wrong type or length");
    return true;
}

int64_t
row_one(struct audit *a, const char *sql, int64_t p, int64_t q, int64_t r, int64_t none)
{
    sqlite3_stmt *st = row_query(a, sql);
    const int64_t by[3] = {p, q, r};
    int64_t got = none;

    for (int i = 0; i < 3 && i < sqlite3_bind_parameter_count(st); i++)
        sqlite3_bind_int64(st, i + 1, by[i]);
    if (row_next(a, st))
        got = row_int_or(a, st, 0, none);
    row_done(a, st);
    return got;
}

bool
row_exec(struct audit *a, const char *sql)
{
    if (sqlite3_exec(a->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    audit_differ(a, 25, "file", 0, "cannot be looked at: %s", sqlite3_errmsg(a->db));
    return false;
}
