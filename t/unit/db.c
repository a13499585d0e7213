/* Opening the ledger: every setting read back, every wrong file refused. */
#include "db/db.h"

#include <sys/wait.h>

#include "base/conf.h"
#include "db/inner.h"
#include "db/migrate.h"
#include "db/stmt.h"
#include "lib/place.h"

static struct ctx ctx;
static struct arena *life;
static const char *path;

static enum err
open_as(enum db_role role, struct db **ret)
{
    ctx.db = NULL;
    ctx_clear(&ctx);
    return db_open(&ctx, life, path, role, ret);
}

static bool
why_has(const char *part)
{
    bool has = str_find(ctx_why(&ctx), str_of(part), 0) != SIZE_MAX;

    if (!has)
        printf("# why: %.*s\n", STR_ARG(ctx_why(&ctx)));
    return has;
}

static int64_t
number(struct db *db, const char *text)
{
    int64_t v = -1;
    bool opened = db->opened;
    enum err e;

    db->opened = false;
    e = db_number(&ctx, db, text, &v);
    db->opened = opened;
    return e == OK ? v : -1000 - (int64_t)e;
}

static int
raw(struct db *db, const char *text)
{
    return sqlite3_exec(db->h, text, NULL, NULL, NULL) & 0xff;
}

/* A foreign hand at the file. */
static int
foreign(const char *file, const char *text)
{
    sqlite3 *h = NULL;
    int rc = sqlite3_open_v2(file, &h, SQLITE_OPEN_READWRITE, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_exec(h, text, NULL, NULL, NULL);
    sqlite3_close(h);
    return rc & 0xff;
}

static void
test_create(void)
{
    struct db *db;

    is_int(open_as(DB_WRITER, &db), E_NOTFOUND,
           "a missing ledger is not created by opening it");
    ok(access(path, F_OK) != 0, "and no file is left behind");
    is_int(db_create(&ctx, path), OK, "a new ledger is made");
    ok(ctx.db == NULL, "making one opens nothing");
    is_int(db_create(&ctx, path), E_CONFLICT, "an existing ledger is not made again");
    ok(access(place("ledger.db.new"), F_OK) != 0, "no temporary file stays");
    is_int(db_create(&ctx, place("no/such/folder.db")), E_DENIED,
           "a missing folder is refused");
}

static void
test_half_made(void)
{
    FILE *f = fopen(place("half.db.new"), "w");

    fputs("left by a killed init", f);
    fclose(f);
    is_int(db_create(&ctx, place("half.db")), OK, "the rest of a killed init is no obstacle");
    ok(access(place("half.db"), F_OK) == 0 && access(place("half.db.new"), F_OK) != 0,
       "and it is gone");
}

static void
test_reader_before_writer(void)
{
    struct db *db;

    is_int(open_as(DB_READER, &db), E_BUSY, "a reader finds no WAL before the vault was there");
    ok(why_has("the ledger is not open yet"), "and is told so");
    ok(access(place("ledger.db-wal"), F_OK) != 0, "and makes none");
}

static void
test_writer_settings(struct db *db)
{
    static const struct {
        const char *get;
        int64_t want;
    } rows[] = {
        {"PRAGMA synchronous",                                            2         },
        {"PRAGMA foreign_keys",                                           1         },
        {"PRAGMA recursive_triggers",                                     1         },
        {"PRAGMA trusted_schema",                                         0         },
        {"PRAGMA cell_size_check",                                        1         },
        {"PRAGMA mmap_size",                                              0         },
        {"PRAGMA temp_store",                                             2         },
        {"PRAGMA wal_autocheckpoint",                                     0         },
        {"PRAGMA journal_size_limit",                                     67108864  },
        {"PRAGMA cache_size",                                             -65536    },
        {"PRAGMA application_id",                                         0x434B4C31},
        {"SELECT (SELECT journal_mode FROM pragma_journal_mode) = 'wal'", 1         },
    };
    int on = -1;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        is_int(number(db, rows[i].get), rows[i].want, rows[i].get);
    is_int(number(db, "PRAGMA user_version"), migrate_newest(), "the schema is the newest");
    sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, -1, &on);
    is_int(on, 1, "defensive is on");
    sqlite3_db_config(db->h, SQLITE_DBCONFIG_DQS_DML, -1, &on);
    is_int(on, 0, "\"text\" is no text");
}

static void
test_authorizer(struct db *db, const char *who)
{
    static const char *const refused[] = {
        "ATTACH ':memory:' AS other",
        "PRAGMA synchronous=OFF",
        "PRAGMA foreign_keys=OFF",
        "CREATE TABLE t (a INTEGER)",
        "CREATE TEMP TABLE t (a INTEGER)",
        "DROP TABLE stamp",
        "ALTER TABLE stamp RENAME TO stump",
        "CREATE TRIGGER t AFTER INSERT ON stamp BEGIN SELECT 1; END",
        "SELECT load_extension('x')",
        "ANALYZE",
        "REINDEX",
        "VACUUM",
    };

    for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
        ok(raw(db, refused[i]) != SQLITE_OK, "%s may not: %s", who, refused[i]);
}

static void
test_locks(struct db *writer)
{
    struct db *second;
    pid_t child = fork();
    int st = 0;

    if (child == 0) {
        ctx.db = NULL;
        _exit(db_open(&ctx, life, path, DB_WRITER, &second) == E_CONFLICT &&
                      str_find(ctx_why(&ctx), STR("for writing"), 0) != SIZE_MAX
                  ? 0
                  : 1);
    }
    waitpid(child, &st, 0);
    is_int(st, 0, "a second vault is refused with clear words");
    is_int(open_as(DB_MIGRATE, &second), E_CONFLICT, "so is a migration beside the vault");
    ctx.db = writer;
    is_int(raw(writer, "BEGIN IMMEDIATE"), SQLITE_OK, "while the vault writes");
    is_int(foreign(path, "INSERT INTO stamp VALUES ('x', 'y')"), SQLITE_BUSY,
           "a foreign program cannot");
    is_int(raw(writer, "ROLLBACK"), SQLITE_OK, "end of that");
}

static void
test_reader(struct db *writer)
{
    struct db *r = NULL;
    struct str id = STR_NULL;

    if (!is_int(open_as(DB_READER, &r), OK, "a reader opens beside the writer"))
        return;
    is_int(number(r, "PRAGMA query_only"), 1, "query_only is on");
    is_int(number(r, "PRAGMA mmap_size"), 0, "a reader maps nothing");
    is_int(db_role(r), DB_READER, "its role is known");
    ok(raw(r, "INSERT INTO stamp VALUES ('x', 'y')") != SQLITE_OK, "a reader cannot write");
    test_authorizer(r, "a reader");
    is_int(db_stamp(&ctx, "ledger_id", &id), OK, "the ledger has an id");
    is_int((int64_t)id.n, 32, "of 32 signs");
    is_int(db_stamp(&ctx, "no_such", &id), E_CONFLICT, "an unknown stamp is an error");

    is_int(db_snapshot_begin(&ctx), OK, "a snapshot begins");
    is_int(db_snapshot_begin(&ctx), OK, "also inside another");
    is_int(number(r, "SELECT count(*) FROM stamp"), 2, "it sees two stamps");
    is_int(raw(writer, "INSERT INTO stamp VALUES ('note', 'y')"), SQLITE_OK,
           "the writer adds one");
    db_snapshot_end(&ctx);
    is_int(number(r, "SELECT count(*) FROM stamp"), 2, "the snapshot still sees two");
    db_snapshot_end(&ctx);
    is_int(number(r, "SELECT count(*) FROM stamp"), 3, "after it the third is there");
    db_close(r);
    ok(access(place("ledger.db-wal"), F_OK) == 0, "a reader that closes leaves the WAL alone");
}

/* A clock that makes an hour of each look. */
static int64_t
fast_tick(void *arg)
{
    int64_t *at = arg;

    return *at += 3600000;
}

static void
test_limit(void)
{
    struct world fast = *world_real();
    int64_t at = 0;
    struct db *r = NULL;

    if (!is_int(open_as(DB_READER, &r), OK, "a reader for long questions"))
        return;
    fast.tick_ms = fast_tick;
    fast.arg = &at;
    r->world = &fast;
    db_watch(r);
    is_int(
        raw(r,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000000)"
            " SELECT max(i) FROM n"),
        SQLITE_INTERRUPT, "a statement of a reader ends at its time limit");
    is_int(db_fail(&ctx, r, SQLITE_INTERRUPT, "x"), E_LIMIT, "which is E_LIMIT");
    db_close(r);
}

static void
test_checkpoint(struct db *writer)
{
    struct db *r = NULL;
    int64_t left = -1;

    ctx.db = writer;
    is_int(raw(writer, "UPDATE stamp SET value = 'z' WHERE key = 'note'"), SQLITE_OK,
           "a change");
    ok(db_wal(writer) > 0, "is in the WAL");
    is_int(db_checkpoint(&ctx, &left), OK, "a checkpoint runs");
    is_int(left, 0, "and leaves nothing");

    if (!is_int(open_as(DB_READER, &r), OK, "a reader that stays"))
        return;
    is_int(db_snapshot_begin(&ctx), OK, "with a snapshot");
    is_int(number(r, "SELECT count(*) FROM stamp"), 3, "in use");
    ctx.db = writer;
    is_int(raw(writer, "UPDATE stamp SET value = 'w' WHERE key = 'note'"), SQLITE_OK,
           "the writer goes on");
    is_int(db_checkpoint(&ctx, &left), OK, "a checkpoint is not stopped by it");
    ok(left > 0, "but pages stay in the WAL");
    ctx.db = r;
    db_snapshot_end(&ctx);
    db_close(r);
    ctx.db = writer;
    is_int(db_checkpoint(&ctx, &left), OK, "without it");
    is_int(left, 0, "they go");
}

static void
test_copy(struct db *writer)
{
    struct db *r = NULL, *c = NULL;
    const char *before = path, *copy = place("copy.db");
    struct str a = STR_NULL, b = STR_NULL;

    (void)writer;
    if (!is_int(open_as(DB_READER, &r), OK, "a reader for a copy"))
        return;
    is_int(db_stamp(&ctx, "ledger_id", &a), OK, "knows the id");
    is_int(db_copy(&ctx, copy), OK, "the ledger is copied while it is open");
    is_int(db_copy(&ctx, copy), E_CONFLICT, "never over another file");
    is_int(number(r, "PRAGMA query_only"), 1, "the reader is one again");
    ok(raw(r, "ATTACH ':memory:' AS o") != SQLITE_OK, "with all its limits");
    db_close(r);
    path = copy;
    if (is_int(open_as(DB_WRITER, &c), OK, "the copy is a ledger")) {
        is_int(db_stamp(&ctx, "ledger_id", &b), OK, "with an id");
        is_str(b, a, "the same");
        is_int(number(c, "SELECT count(*) FROM stamp"), 3, "and the same rows");
        db_close(c);
    }
    path = before;
}

static void
refused(const char *file, enum err want, const char *why, const char *name)
{
    struct db *db = NULL;
    const char *before = path;

    path = file;
    is_int(open_as(DB_WRITER, &db), want, name);
    ok(why_has(why), "and says: %s", why);
    path = before;
}

static void
test_wrong_files(void)
{
    FILE *f = fopen(place("text.db"), "w");
    struct conf conf = {.mode = CONF_LIVE};

    for (int i = 0; i < 2000; i++)
        fputs("this is a diary and no ledger\n", f);
    fclose(f);
    refused(place("text.db"), E_CONFLICT, "not a ledger", "a text file is refused");
    refused(place_dir, E_CONFLICT, "not a file", "a folder is refused");
    fclose(fopen(place("empty.db"), "w"));
    refused(place("empty.db"), E_CONFLICT, "not a ledger", "an empty file is refused");

    is_int(db_create(&ctx, place("other.db")), OK, "another ledger");
    foreign(place("other.db"), "PRAGMA application_id=7");
    refused(place("other.db"), E_CONFLICT, "not a ledger", "another program's file is refused");
    foreign(place("other.db"), "PRAGMA application_id=1129008177; PRAGMA user_version=900");
    refused(place("other.db"), E_CONFLICT, "has schema 900", "a newer schema is refused");
    foreign(place("other.db"), "PRAGMA user_version=0");
    refused(place("other.db"), E_CONFLICT, "cozykart migrate", "an older schema is refused");

    ctx.conf = &conf;
    is_int(db_create(&ctx, place("live.db")), OK, "a live ledger");
    conf.mode = CONF_TEST;
    refused(place("live.db"), E_CONFLICT, "for mode live", "a test program refuses it");
    conf.mode = CONF_LIVE;
    refused(path, E_CONFLICT, "for mode test", "a live program refuses a test ledger");
    ctx.conf = NULL;
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 << 20);
    struct db *writer = NULL;

    place_make();
    life = a;
    ctx_init(&ctx, a, world_real());
    path = place("ledger.db");
    path = arena_text(a, path, strlen(path));
    test_create();
    test_half_made();
    test_reader_before_writer();
    if (!is_int(open_as(DB_WRITER, &writer), OK, "the vault opens the ledger"))
        return place_done();
    test_writer_settings(writer);
    test_authorizer(writer, "the vault");
    test_locks(writer);
    test_reader(writer);
    test_limit();
    test_checkpoint(writer);
    test_copy(writer);
    db_close(writer);
    ok(access(place("ledger.db-wal"), F_OK) == 0,
       "the WAL stays for readers when the vault ends");
    if (is_int(open_as(DB_READER, &writer), OK, "so that pages go on reading"))
        db_close(writer);
    test_wrong_files();
    return place_done();
}
