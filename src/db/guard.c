/* Compares texts with runs of white space as one blank. Not for: making triggers. */
#include "db/guard.h"

#include <string.h>

#include "db/inner.h"
#include "db/stmt.h"

enum { GUARDS_MAX = 128 };

struct known {
    struct str name, text;
    bool seen;
};

static struct str
squeeze(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        bool blank = s.p[i] == ' ' || s.p[i] == '\n' || s.p[i] == '\t';

        if (!blank || (n && p[n - 1] != ' '))
            p[n++] = blank ? ' ' : s.p[i];
    }
    return (struct str){.p = p, .n = n};
}

enum { FIRST_WORD = sizeof("create") - 1 };

/* A later version of the schema may make a guard anew. */
static size_t
know(struct known *known, size_t n, struct known k)
{
    size_t i = 0;

    while (i < n && !str_eq(known[i].name, k.name))
        i++;
    BUG_IF(i == GUARDS_MAX);
    known[i] = k;
    return i == n ? n + 1 : n;
}

/* The triggers of the schema files, from their first word to END. */

static size_t
read_known(struct arena *a, struct known *known)
{
    static const struct str head = STR_INIT(" TRIGGER ");
    size_t n = 0;

    for (const struct sql_schema *s = sql_gen_schema; s->version; s++) {
        struct str text = str_of(s->text);
        size_t at = 0, end, blank;

        while ((at = str_find(text, head, at)) != SIZE_MAX) {
            if (at < FIRST_WORD ||
                !str_eq(str_sub(text, at - FIRST_WORD, FIRST_WORD), STR("CREATE"))) {
                at += head.n; /* dropped: it is made anew further down */
                continue;
            }
            if ((end = str_find(text, STR("\nEND;"), at)) == SIZE_MAX)
                break;
            blank = str_find(text, STR(" "), at + head.n);
            BUG_IF(blank == SIZE_MAX);
            n = know(known, n,
                     (struct known){.name = str_sub(text, at + head.n, blank - at - head.n),
                                    .text = squeeze(a, str_sub(text, at - FIRST_WORD,
                                                               end + 4 - at + FIRST_WORD))});
            at = end;
        }
    }
    return n;
}

static struct str
column(struct arena *a, sqlite3_stmt *h, int i)
{
    const unsigned char *p = sqlite3_column_text(h, i);

    return p ? str_dup(a, str_of((const char *)p)) : STR("");
}

static enum err
check_triggers(struct ctx *ctx, guard_found_fn fn, void *arg)
{
    struct known *known = ARENA_ARRAY(ctx->arena, GUARDS_MAX, struct known);
    size_t n = read_known(ctx->arena, known);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_verify_triggers);
    enum err e;

    while ((e = stmt_row(&s)) == OK) {
        struct str name = stmt_col_str(&s, "name");
        struct str is = squeeze(ctx->arena, stmt_col_str(&s, "sql"));
        size_t i = 0;

        while (i < n && !str_eq(known[i].name, name))
            i++;
        if (i == n)
            fn(arg, "I16", name, "is a trigger that nobody knows");
        else if (!str_eq(known[i].text, is))
            fn(arg, "I16", name, "the guard has another text");
        if (i < n)
            known[i].seen = true;
    }
    if (e != E_NOTFOUND)
        return e;
    for (size_t i = 0; i < n; i++)
        if (!known[i].seen)
            fn(arg, "I16", known[i].name, "the guard is missing");
    return OK;
}

static enum err
check_pages(struct ctx *ctx, struct db *db, guard_found_fn fn, void *arg)
{
    sqlite3_stmt *h = NULL;
    int rc = sqlite3_prepare_v2(db->h, "PRAGMA quick_check(20)", -1, &h, NULL);

    while (rc == SQLITE_OK && (rc = sqlite3_step(h)) == SQLITE_ROW) {
        struct str s = column(ctx->arena, h, 0);

        if (!str_eq_text(s, "ok"))
            fn(arg, "I25", s, "the file is damaged");
        rc = SQLITE_OK;
    }
    sqlite3_finalize(h);
    return rc == SQLITE_DONE ? OK : db_fail(ctx, db, rc, "pages of the file");
}

enum err
guard_check(struct ctx *ctx, guard_found_fn fn, void *arg)
{
    struct db *db = ctx->db;
    bool was = db->copying;
    enum err e = check_triggers(ctx, fn, arg);

    if (e != OK)
        return e;
    /* More than a statement may, and it takes as long as it takes. */
    db->copying = true;
    e = check_pages(ctx, db, fn, arg);
    db->copying = was;
    return e;
}
