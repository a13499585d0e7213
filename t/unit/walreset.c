/* SQLite before 3.51.3 can lose committed rows when one connection commits while another is in
 * a checkpoint that looks at an old WAL header. Here a file system layer commits a row at
 * exactly that moment. The first part shows whether the linked library can lose rows in that
 * way; the second that our own way of opening leaves no such moment: readers never checkpoint,
 * and nobody writes beside the vault. */
#include "db/inner.h"
#include "lib/place.h"

static sqlite3_vfs *below;
static sqlite3_vfs layer;
static sqlite3_io_methods methods;
static const sqlite3_io_methods *methods_below;

static sqlite3 *intruder; /* commits inside the window */
static bool armed;
static int committed;

static bool
write_row(sqlite3 *h, const char *value)
{
    sqlite3_stmt *s = NULL;
    bool good = sqlite3_prepare_v2(h, "INSERT INTO stamp (key, value) VALUES (?1, ?2)", -1, &s,
                                   NULL) == SQLITE_OK;

    good = good && sqlite3_bind_int(s, 1, committed) == SQLITE_OK &&
           sqlite3_bind_text(s, 2, value, -1, SQLITE_STATIC) == SQLITE_OK &&
           sqlite3_step(s) == SQLITE_DONE;
    good = sqlite3_finalize(s) == SQLITE_OK && good;
    committed += good;
    return good;
}

/* A checkpoint calls this between reading the header of the WAL index and using it. */
static int
unfetch(sqlite3_file *f, sqlite3_int64 offset, void *page)
{
    if (armed && offset == 0 && !page) {
        armed = false;
        (void)write_row(intruder, "inside the window");
    }
    return methods_below->xUnfetch(f, offset, page);
}

static int
open_file(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    int rc = below->xOpen(below, name, f, flags, out);

    (void)v;
    if (rc == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) && f->pMethods != &methods) {
        methods_below = f->pMethods;
        methods = *methods_below;
        methods.xUnfetch = unfetch;
        f->pMethods = &methods;
    }
    return rc;
}

static sqlite3 *
raw_open(const char *path)
{
    sqlite3 *h = NULL;

    sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE, NULL);
    sqlite3_exec(h, "PRAGMA wal_autocheckpoint=0", NULL, NULL, NULL);
    sqlite3_exec(h, "SELECT count(*) FROM stamp", NULL, NULL, NULL);
    return h;
}

static int
rows_in(const char *path)
{
    sqlite3 *h = NULL;
    sqlite3_stmt *s = NULL;
    int n = -1;

    sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE, NULL);
    sqlite3_prepare_v2(h, "SELECT count(*) FROM stamp WHERE length(key) < 4", -1, &s, NULL);
    if (sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(h);
    return n;
}

/* The forbidden arrangement: a second writer beside the one that checkpoints. */
static void
test_library(const char *path)
{
    sqlite3 *a = raw_open(path), *b = raw_open(path);
    char text[2001];
    bool lost;

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    intruder = raw_open(path);
    committed = 0;
    for (int i = 0; i < 60; i++)
        (void)write_row(a, text);
    sqlite3_wal_checkpoint_v2(a, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    armed = true;
    sqlite3_wal_checkpoint_v2(b, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    ok(!armed || sqlite3_libversion_number() >= 3051003,
       "the layer reaches the window of a checkpoint");
    (void)write_row(intruder, "after it");
    sqlite3_wal_checkpoint_v2(a, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    for (int i = 0; i < 3; i++)
        (void)write_row(a, text);
    sqlite3_wal_checkpoint_v2(a, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_close(a);
    sqlite3_close(b);
    sqlite3_close(intruder);
    lost = rows_in(path) != committed;
    printf("# SQLite %s with two writers: %d committed, %d there\n", sqlite3_libversion(),
           committed, rows_in(path));
    ok(!lost || sqlite3_libversion_number() < 3051003,
       "only a library without the fix loses rows");
}

/* Ours: whoever holds a connection of ours, the window cannot be used. */
static void
test_ours(struct ctx *ctx, struct arena *a, const char *path)
{
    struct db *vault = NULL, *reader = NULL;
    int64_t left = -1;
    char text[2001];

    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = 0;
    is_int(db_open(ctx, a, path, DB_WRITER, &vault), OK, "the vault");
    is_int(db_open(ctx, a, path, DB_READER, &reader), OK, "and a reader");
    if (!vault || !reader)
        return;
    committed = 0;
    for (int i = 0; i < 60; i++)
        (void)write_row(vault->h, text);
    is_int(committed, 60, "the vault writes");
    intruder = reader->h;
    ctx->db = vault;
    for (int i = 0; i < 3; i++) {
        armed = true;
        is_int(db_checkpoint(ctx, &left), OK, "the vault checkpoints");
        ok(!write_row(reader->h, "not allowed"), "a reader cannot commit beside it");
        ok(write_row(vault->h, text), "the vault goes on");
        ok(sqlite3_wal_checkpoint_v2(reader->h, "main", SQLITE_CHECKPOINT_PASSIVE, NULL,
                                     NULL) != SQLITE_OK,
           "and a reader cannot checkpoint what it wrote");
    }
    armed = false;
    db_close(reader);
    db_close(vault);
    is_int(rows_in(path), committed, "each committed row is there");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 << 20);
    struct ctx ctx;
    const char *theirs, *ours;

    place_make();
    theirs = arena_printf(a, "%s/theirs.db", place_dir);
    ours = arena_printf(a, "%s/ours.db", place_dir);
    below = sqlite3_vfs_find(NULL);
    layer = *below;
    layer.zName = "window";
    layer.xOpen = open_file;
    sqlite3_vfs_register(&layer, 1);
    ctx_init(&ctx, a, world_real());
    is_int(db_create(&ctx, theirs), OK, "a ledger");
    is_int(db_create(&ctx, ours), OK, "and another");
    {
        struct db *db = NULL;

        is_int(db_open(&ctx, a, theirs, DB_WRITER, &db), OK, "in WAL mode");
        db_close(db);
        ctx.db = NULL;
    }
    test_library(theirs);
    test_ours(&ctx, a, ours);
    return place_done();
}
