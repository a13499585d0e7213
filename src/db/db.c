/* Opens, makes and copies the ledger file; keeps a second writer out. Not for: statements
 * (stmt.c), settings (setting.c), the schema (migrate.c). */
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/id.h"
#include "base/path.h"
#include "db/fault.h"
#include "db/inner.h"
#include "db/lock.h"
#include "db/migrate.h"
#include "db/reach.h"
#include "db/setting.h"
#include "db/sound.h"
#include "db/stmt.h"

enum { READER_LIMIT_MS = 5000, READER_LOOK_OPS = 20000 };

static const char *const own_text[DB_OWN_COUNT] = {
    [DB_OWN_BEGIN] = "BEGIN IMMEDIATE",   [DB_OWN_BEGIN_READ] = "BEGIN",
    [DB_OWN_COMMIT] = "COMMIT",           [DB_OWN_ROLLBACK] = "ROLLBACK",
    [DB_OWN_SAVE + 0] = "SAVEPOINT s0",   [DB_OWN_SAVE + 1] = "SAVEPOINT s1",
    [DB_OWN_SAVE + 2] = "SAVEPOINT s2",   [DB_OWN_SAVE + 3] = "SAVEPOINT s3",
    [DB_OWN_KEEP + 0] = "RELEASE s0",     [DB_OWN_KEEP + 1] = "RELEASE s1",
    [DB_OWN_KEEP + 2] = "RELEASE s2",     [DB_OWN_KEEP + 3] = "RELEASE s3",
    [DB_OWN_UNDO + 0] = "ROLLBACK TO s0", [DB_OWN_UNDO + 1] = "ROLLBACK TO s1",
    [DB_OWN_UNDO + 2] = "ROLLBACK TO s2", [DB_OWN_UNDO + 3] = "ROLLBACK TO s3",
};

enum err
db_fail(struct ctx *ctx, struct db *db, int rc, const char *statement)
{
    return db->last = fault_of(ctx, db, rc, statement);
}

enum err
db_exec(struct ctx *ctx, struct db *db, const char *text, const char *name)
{
    int rc = sqlite3_exec(db->h, text, NULL, NULL, NULL);

    return rc == SQLITE_OK ? OK : db_fail(ctx, db, rc, name);
}

enum err
db_number(struct ctx *ctx, struct db *db, const char *text, int64_t *ret)
{
    sqlite3_stmt *h = NULL;
    int rc = sqlite3_prepare_v2(db->h, text, -1, &h, NULL);
    enum err e = OK;

    if (rc == SQLITE_OK)
        rc = stmt_begin(h);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(h, 0);
    else
        e = db_fail(ctx, db, rc, text);
    sqlite3_finalize(h);
    return e;
}

enum err
db_own(struct ctx *ctx, struct db *db, enum db_own which)
{
    sqlite3_stmt **h = &db->own[which];
    int rc = SQLITE_OK;

    if (!*h)
        rc = sqlite3_prepare_v3(db->h, own_text[which], -1, SQLITE_PREPARE_PERSISTENT, h, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(*h);
    if (rc != SQLITE_DONE) {
        enum err e = db_fail(ctx, db, rc, own_text[which]);

        sqlite3_reset(*h);
        return e;
    }
    sqlite3_reset(*h);
    return OK;
}

static int
too_long(void *arg)
{
    const struct db *db = arg;

    return !db->copying && db->world->tick_ms(db->world->arg) > db->deadline;
}

void
db_watch(struct db *db)
{
    if (db->role == DB_READER)
        db->deadline = db->world->tick_ms(db->world->arg) + READER_LIMIT_MS;
}

/* One thread a process: SQLite needs neither mutexes nor a count of its memory. Has no effect
 * after the first use of the library, which is where the tests of others stand. */
void
db_configure(void)
{
    static bool done;

    if (!done) {
        (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
        (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        done = true;
    }
}

/* A file that is opened for reading alone is checked without its CHECK rules, which SQLite then
 * does not even read. Nobody writes to a copy: query_only and the authorizer see to it. */
static enum err
open_handle(struct ctx *ctx, struct db *db, const char *path)
{
    int flags =
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE |
        (db->role == DB_READER && !db->copy ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    int rc;

    db_configure();
    rc = sqlite3_open_v2(path, &db->h, flags, NULL);
    if (rc != SQLITE_OK)
        return db_fail(ctx, db, rc, "opening the ledger");
    /* Nobody else writes; a reader may meet the vault while it recovers the WAL. */
    sqlite3_busy_timeout(db->h, 2000);
    /* A file that is refused keeps its WAL; setting_apply decides about ours. */
    if (sqlite3_db_config(db->h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) != SQLITE_OK)
        return ctx_fail(ctx, E_INTERNAL, "a setting of the ledger cannot be made");
    sqlite3_set_authorizer(db->h, setting_may, db);
    return OK;
}

/* Ours, of our schema, of our mode. */
static enum err
check_kind(struct ctx *ctx, struct db *db)
{
    int64_t id = 0, version = 0, newest = migrate_newest();
    enum err e;

    if ((e = db_number(ctx, db, "PRAGMA application_id", &id)))
        return e;
    if (id != DB_APPLICATION_ID)
        return ctx_fail(ctx, E_CONFLICT, "%s is not a ledger of this program", db->path);
    if ((e = db_number(ctx, db, "PRAGMA user_version", &version)))
        return e;
    if (version > newest)
        return ctx_fail(ctx, E_CONFLICT,
                        "the ledger has schema %lld, this program knows %lld: a newer version "
                        "wrote it, install that one again",
                        (long long)version, (long long)newest);
    if (version < newest && db->role != DB_MIGRATE)
        return ctx_fail(ctx, E_CONFLICT,
                        "the ledger has schema %lld, run cozykart migrate to get %lld",
                        (long long)version, (long long)newest);
    return OK;
}

static enum err
check_mode(struct ctx *ctx)
{
    struct str want, got = STR_NULL;
    enum err e;

    if (!ctx->conf)
        return OK;
    want = ctx->conf->mode == CONF_LIVE ? STR("live") : STR("test");
    if ((e = db_stamp(ctx, "mode", &got)))
        return e;
    if (!str_eq(want, got))
        return ctx_fail(
            ctx, E_CONFLICT,
            "the ledger is for mode %.*s, the settings say %.*s: mend mode, or name "
            "another ledger in path.ledger",
            STR_ARG(got), STR_ARG(want));
    return OK;
}

enum err
db_fits(struct ctx *ctx)
{
    struct db *db = ctx->db;
    bool was = db->copying;
    int64_t version = 0;
    enum err e;

    /* More than a statement may. */
    db->copying = true;
    e = db_number(ctx, db, "PRAGMA user_version", &version);
    db->copying = was;
    if (e == OK && version != migrate_newest())
        return ctx_fail(ctx, E_CONFLICT,
                        "the ledger has schema %lld now, this program knows %lld: it ends, the "
                        "new version takes over",
                        (long long)version, (long long)migrate_newest());
    return e;
}

enum err
db_stamp(struct ctx *ctx, const char *key, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_stamp_get);
    enum err e;

    stmt_str(&s, ":key", str_of(key));
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? ctx_fail(ctx, E_CONFLICT, "the ledger has no stamp %s", key)
                               : e;
    *ret = stmt_col_str(&s, "value");
    return OK;
}

static enum err
open_steps(struct ctx *ctx, struct db *db)
{
    enum err e;

    if ((e = reach_check(ctx, db)))
        return e;
    if (db->role != DB_READER && (e = lock_take(ctx, db->path, &db->lock)))
        return e;
    if ((e = open_handle(ctx, db, db->path)))
        return e;
    /* A damaged or foreign file must be refused before anything is written to it. */
    if ((e = check_kind(ctx, db)) || (e = setting_apply(ctx, db)))
        return e;
    if (db->role != DB_READER && (e = setting_wal(ctx, db)))
        return e;
    if (db->role == DB_READER)
        sqlite3_progress_handler(db->h, READER_LOOK_OPS, too_long, db);
    db->opened = true;
    return check_mode(ctx);
}

static struct db *
start(struct ctx *ctx, struct arena *process, const char *path, enum db_role role)
{
    static unsigned started;
    struct db *db = ARENA_NEW(process, struct db);

    db->rolls = ++started << 20; /* a cache of an earlier connection must not fit this one */
    db->process = process;
    db->world = ctx->world;
    db->path = arena_text(process, path, strlen(path));
    db->role = role;
    db->lock = -1;
    db->slots = ARENA_ARRAY(process, SQL_COUNT, struct db_slot);
    db_watch(db);
    return db;
}

static enum err
open_any(struct ctx *ctx, struct db *db, struct db **ret)
{
    struct db *before = ctx->db;
    enum err e;

    ctx->db = db;
    if ((e = open_steps(ctx, db))) {
        db_close(db);
        ctx->db = before;
        return e;
    }
    *ret = db;
    return OK;
}

enum err
db_open(struct ctx *ctx, struct arena *process, const char *path, enum db_role role,
        struct db **ret)
{
    return open_any(ctx, start(ctx, process, path, role), ret);
}

enum err
db_open_copy(struct ctx *ctx, struct arena *process, const char *path, struct db **ret)
{
    struct db *db = start(ctx, process, path, DB_READER);

    db->copy = true;
    return open_any(ctx, db, ret);
}

static void
close_handle(struct db *db)
{
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(db->slots[i].h);
    for (size_t i = 0; i < DB_OWN_COUNT; i++)
        sqlite3_finalize(db->own[i]);
    /* Not even once more, at the close. */
    if (db->broken)
        (void)sqlite3_db_config(db->h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    BUG_IF(sqlite3_close(db->h) != SQLITE_OK);
    db->h = NULL;
}

void
db_close(struct db *db)
{
    if (!db)
        return;
    close_handle(db);
    lock_give(&db->lock);
}

void
db_closep(struct db **db)
{
    db_close(*db);
}

enum db_role
db_role(const struct db *db)
{
    return db->role;
}

bool
db_broken(const struct db *db)
{
    return db->broken;
}

int64_t
db_changes(const struct db *db)
{
    return sqlite3_changes64(db->h);
}

int64_t
db_wal(const struct db *db)
{
    return db->wal;
}

enum err
db_checkpoint(struct ctx *ctx, int64_t *ret_wal)
{
    struct db *db = ctx->db;
    int pages = 0, copied = 0, rc;

    BUG_IF(db->role == DB_READER);
    rc = sqlite3_wal_checkpoint_v2(db->h, "main", SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
    if (rc != SQLITE_OK && rc != SQLITE_BUSY)
        return db_fail(ctx, db, rc, "checkpoint");
    *ret_wal = pages > copied ? pages - copied : 0;
    if (*ret_wal == 0)
        db->wal = 0;
    return OK;
}

enum err
db_snapshot_begin(struct ctx *ctx)
{
    struct db *db = ctx->db;
    enum err e;

    if (sqlite3_get_autocommit(db->h)) {
        BUG_IF(db->snapshots > 0);
        if ((e = db_own(ctx, db, DB_OWN_BEGIN_READ)))
            return e;
        db->snapshots = 1;
    } else if (db->snapshots > 0) {
        db->snapshots++;
    }
    return OK;
}

void
db_snapshot_end(struct ctx *ctx)
{
    struct db *db = ctx->db;

    if (db->snapshots > 0 && --db->snapshots == 0 && !sqlite3_get_autocommit(db->h) &&
        db_own(ctx, db, DB_OWN_ROLLBACK) != OK)
        base_bug("end of a snapshot", __FILE__, __LINE__);
}

static enum err
sync_path(struct ctx *ctx, const char *path, int flags)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
    enum err e = OK;

    if (fd < 0 || fsync(fd) != 0)
        e = ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_INTERNAL, "cannot make %s durable: %s",
                     path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return e;
}

/* Gives a finished file its name, never over another file, and makes both durable. */
static enum err
publish(struct ctx *ctx, const char *made, const char *path)
{
    enum err e;

    if ((e = sync_path(ctx, made, 0)))
        return e;
    if (renameat2(AT_FDCWD, made, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
        return ctx_fail(ctx, errno == EEXIST ? E_CONFLICT : E_INTERNAL, "%s: %s", path,
                        strerror(errno));
    return sync_path(ctx, path_folder(ctx->arena, path), O_DIRECTORY);
}

static void
remove_half(struct ctx *ctx, const char *made)
{
    static const char *const tails[] = {"", "-journal", "-wal", "-shm"};

    for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
        (void)unlink(arena_printf(ctx->arena, "%s%s", made, tails[i]));
}

static enum err
fill_new(struct ctx *ctx, struct db *db)
{
    const char *id_text =
        arena_printf(ctx->arena, "PRAGMA application_id=%lld", (long long)DB_APPLICATION_ID);
    struct stmt s CLEANUP(stmt_done) = (struct stmt){0};
    char id[33];
    int64_t from, to;
    bool live = ctx->conf && ctx->conf->mode == CONF_LIVE;
    enum err e;

    if ((e = setting_apply(ctx, db)) || (e = db_exec(ctx, db, id_text, "application_id")) ||
        (e = migrate_run(ctx, NULL, NULL, &from, &to)))
        return e;
    id_hex(ctx->world, id);
    for (int i = 0; i < 2; i++) {
        s = stmt_get(ctx, SQL_stamp_add);
        stmt_str(&s, ":key", i ? STR("mode") : STR("ledger_id"));
        stmt_str(&s, ":value", i == 0 ? str_of(id) : live ? STR("live") : STR("test"));
        if ((e = stmt_run(&s)))
            return e;
        stmt_done(&s);
    }
    return OK;
}

enum err
db_create(struct ctx *ctx, const char *path)
{
    const char *made = arena_printf(ctx->arena, "%s.new", path);
    struct arena *life CLEANUP(arena_freep) = arena_new(8 << 20);
    struct db *db = start(ctx, life, path, DB_MIGRATE), *before = ctx->db;
    enum err e;
    int fd;

    ctx->db = db;
    e = lock_take(ctx, db->path, &db->lock);
    if (e == OK && access(path, F_OK) == 0)
        e = ctx_fail(ctx, E_CONFLICT, "%s is there already", path);
    if (e == OK) {
        remove_half(ctx, made);
        fd = open(made, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
        if (fd < 0)
            e = ctx_fail(ctx, E_DENIED, "cannot make %s: %s", made, strerror(errno));
        else
            close(fd);
    }
    if (e == OK)
        e = open_handle(ctx, db, made);
    if (e == OK)
        e = fill_new(ctx, db);
    close_handle(db);
    if (e == OK)
        e = publish(ctx, made, path);
    else if (db->lock >= 0 && e != E_CONFLICT)
        remove_half(ctx, made);
    lock_give(&db->lock);
    ctx->db = before;
    return e;
}

static enum err
vacuum_into(struct ctx *ctx, struct db *db, const char *made)
{
    sqlite3_stmt *h = NULL;
    int rc = sqlite3_prepare_v2(db->h, "VACUUM INTO ?1", -1, &h, NULL);
    enum err e;

    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(h, 1, made, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(h);
    sqlite3_finalize(h);
    if (rc == SQLITE_DONE)
        return OK;
    e = db_fail(ctx, db, rc, "copy of the ledger");
    /* Which of the two files it was SQLite does not tell; mostly the new one. */
    if (e == E_FULL)
        return ctx_fail(ctx, e, "no room on the disk for %s", made);
    return (rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN ||
                   (rc & 0xff) == SQLITE_READONLY
               ? ctx_fail(ctx, e, "cannot copy the ledger to %s: %s (%d); dmesg says why", made,
                          sqlite3_errstr(rc), rc)
               : e;
}

/* Nobody but owner and group ever reads a copy; beside the ledger it is the ledger's twin. */
static enum err
make_empty(struct ctx *ctx, struct db *db, const char *made)
{
    int fd = open(made, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
    enum err e = OK;

    if (fd < 0)
        return ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_DENIED, "cannot make %s: %s", made,
                        strerror(errno));
    if (db->role == DB_MIGRATE)
        e = lock_owner(ctx, db->path, fd, made);
    close(fd);
    return e;
}

enum err
db_copy(struct ctx *ctx, const char *path)
{
    const char *made = arena_printf(ctx->arena, "%s.new", path);
    struct db *db = ctx->db;
    enum err e, back = OK;

    BUG_IF(db->role == DB_WRITER);
    if (access(path, F_OK) == 0)
        return ctx_fail(ctx, E_CONFLICT, "%s is there already", path);
    remove_half(ctx, made);
    e = make_empty(ctx, db, made);
    db->copying = true;
    if (e == OK && db->role == DB_READER)
        e = db_exec(ctx, db, "PRAGMA query_only=OFF", "query_only");
    if (e == OK)
        e = vacuum_into(ctx, db, made);
    if (db->role == DB_READER)
        back = db_exec(ctx, db, "PRAGMA query_only=ON", "query_only");
    db->copying = false;
    if (e == OK)
        e = back;
    if (e == OK)
        e = publish(ctx, made, path);
    if (e != OK)
        remove_half(ctx, made);
    return e;
}
