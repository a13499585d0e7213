/* Schema files: from nothing, twice, and killed at each of their statements. */
#include "db/migrate.h"

#include <sys/wait.h>

#include "db/inner.h"
#include "lib/place.h"

static struct ctx ctx;

static void
make_bare(const char *path)
{
    sqlite3 *h = NULL;

    remove(path);
    sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    sqlite3_exec(h, "PRAGMA application_id=1129008177", NULL, NULL, NULL);
    sqlite3_close(h);
}

/* Every object of the schema as one text. */
static struct str
shape_of(const char *path)
{
    sqlite3 *h = NULL;
    sqlite3_stmt *s = NULL;
    struct str r = STR_NULL;

    sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE, NULL);
    sqlite3_prepare_v2(h,
                       "SELECT group_concat(name || ' ' || coalesce(sql, '')) FROM"
                       " (SELECT name, sql FROM sqlite_schema ORDER BY name)",
                       -1, &s, NULL);
    if (sqlite3_step(s) == SQLITE_ROW)
        r = str_dup(ctx.arena, (struct str){.p = (const char *)sqlite3_column_text(s, 0),
                                            .n = (size_t)sqlite3_column_bytes(s, 0)});
    sqlite3_finalize(s);
    sqlite3_close(h);
    return r;
}

static int die_at;

static int
count_down(unsigned type, void *arg, void *p, void *x)
{
    const char *text = x;

    (void)type;
    (void)arg;
    (void)p;
    /* Triggers show as comments: they are no statement of a file. */
    if (strncmp(text, "--", 2) != 0 && die_at-- == 0)
        _exit(42);
    return 0;
}

static enum err
migrate(const char *path, int64_t *from, int64_t *to)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(8 << 20);
    struct db *db = NULL;
    enum err e;

    ctx.db = NULL;
    if ((e = db_open(&ctx, a, path, DB_MIGRATE, &db)))
        return e;
    if (die_at >= 0)
        sqlite3_trace_v2(db->h, SQLITE_TRACE_STMT, count_down, NULL);
    e = migrate_run(&ctx, NULL, NULL, from, to);
    db_close(db);
    ctx.db = NULL;
    return e;
}

static void
test_killed(const char *path, struct str want)
{
    int64_t from = -1, to = -1;
    int bad = 0, n = 0;

    for (bool killed = true; killed; n++) {
        pid_t child;
        int st = 0;

        make_bare(path);
        child = fork();
        if (child == 0) {
            die_at = n;
            _exit(migrate(path, &from, &to) == OK ? 0 : 1);
        }
        waitpid(child, &st, 0);
        killed = WIFEXITED(st) && WEXITSTATUS(st) == 42;
        if (!killed && st != 0)
            bad++;
        if (migrate(path, &from, &to) != OK || to != migrate_newest() ||
            !str_eq(shape_of(path), want))
            bad++;
    }
    ok(n > 20, "a migration was killed at %d statements", n - 1);
    is_int(bad, 0, "and each time the next one ended with the whole schema");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(256 << 20);
    const char *path, *made;
    struct str want;
    int64_t from = -1, to = -1;

    die_at = -1;
    place_make();
    path = arena_printf(a, "%s/ledger.db", place_dir);
    made = arena_printf(a, "%s/made.db", place_dir);
    ctx_init(&ctx, a, world_real());
    is_int(db_create(&ctx, made), OK, "a new ledger");
    want = shape_of(made);
    ok(want.n > 1000, "has a schema");

    make_bare(path);
    is_int(migrate(path, &from, &to), OK, "a ledger without schema is migrated");
    is_int(from, 0, "from nothing");
    is_int(to, migrate_newest(), "to the newest");
    is_str(shape_of(path), want, "and has the schema of a new one");
    is_int(migrate(path, &from, &to), OK, "again");
    ok(from == to && to == migrate_newest(), "does nothing");
    test_killed(path, want);
    return place_done();
}
