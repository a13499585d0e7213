/* Ledgers of every released schema, with what their own programs wrote (t/data/ledger):
 * upgraded, killed at each statement of copy and steps, refused. */
#include "upkeep/upgrade.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "db/inner.h"
#include "db/migrate.h"
#include "db/twin.h"
#include "lib/place.h"

enum { TEXT_MAX = 4 << 20 };

static const int released[] = {5, 8, 15};
static struct ctx ctx;
static const char *path;

/* --- by SQLite alone */

static struct str
ask(const char *file, const char *sql)
{
    sqlite3 *h = NULL;
    sqlite3_stmt *s = NULL;
    struct str r = STR("?");

    sqlite3_open_v2(file, &h, SQLITE_OPEN_READWRITE, NULL);
    if (sqlite3_prepare_v2(h, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        r = str_dup(ctx.arena, (struct str){.p = (const char *)sqlite3_column_text(s, 0),
                                            .n = (size_t)sqlite3_column_bytes(s, 0)});
    sqlite3_finalize(s);
    sqlite3_close(h);
    return r;
}

static bool
change(const char *file, const char *sql)
{
    sqlite3 *h = NULL;
    bool good;

    sqlite3_open_v2(file, &h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    good = sqlite3_exec(h, sql, NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_close(h);
    return good;
}

static const char shape[] = "SELECT group_concat(name || ' ' || coalesce(sql, '')) FROM"
                            " (SELECT name, sql FROM sqlite_schema ORDER BY name)";
static const char last_entry[] =
    "SELECT seq || hex(sha) FROM journal ORDER BY seq DESC LIMIT 1";

/* --- files */

static bool
copy_file(const char *from, const char *to)
{
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    static char block[1 << 16];
    bool good = in && out;

    for (size_t n; good && (n = fread(block, 1, sizeof block, in)) > 0;)
        good = fwrite(block, 1, n, out) == n;
    if (in)
        fclose(in);
    if (out)
        good = fclose(out) == 0 && good;
    return good;
}

/* Counts what begins with start and holds part; removes it too, when asked. */
static int
files(const char *start, const char *part, bool remove_them)
{
    DIR *d = opendir(place_dir);
    int n = 0;

    for (const struct dirent *f = readdir(d); f; f = readdir(d))
        if (strncmp(f->d_name, start, strlen(start)) == 0 && strstr(f->d_name, part)) {
            n++;
            if (remove_them)
                unlink(arena_printf(ctx.arena, "%s/%s", place_dir, f->d_name));
        }
    closedir(d);
    return n;
}

/* What a packed file holds; ends the test when it cannot be read. */
static const char *
unpacked(const char *file)
{
    char *text = arena_alloc(ctx.arena, TEXT_MAX);
    size_t n = 0;
    ssize_t got;
    int end[2], st = 0;
    pid_t child = pipe(end) == 0 ? fork() : -1;

    if (child == 0) {
        dup2(end[1], STDOUT_FILENO);
        execlp("gzip", "gzip", "-dc", file, (char *)NULL);
        _exit(127);
    }
    close(end[1]);
    while ((got = read(end[0], text + n, TEXT_MAX - 1 - n)) > 0)
        n += (size_t)got;
    close(end[0]);
    if (child < 0 || waitpid(child, &st, 0) != child || st != 0) {
        printf("Bail out! %s cannot be read\n", file);
        exit(99);
    }
    return text;
}

/* NNNN.db of the fixture. */
static const char *
fixture(int schema)
{
    const char *src = getenv("SRCDIR");
    const char *db = arena_printf(ctx.arena, "%s/%04d.db", place_dir, schema);

    if (!change(db, unpacked(arena_printf(ctx.arena, "%s/t/data/ledger/%04d.sql.gz",
                                          src ? src : ".", schema)))) {
        printf("Bail out! the ledger of schema %d cannot be made\n", schema);
        exit(99);
    }
    return db;
}

static void
begin(const char *from)
{
    files("ledger.db", "", true);
    copy_file(from, path);
}

/* --- the upgrade */

static int die_at;

static int
count_down(unsigned type, void *arg, void *p, void *x)
{
    (void)type;
    (void)arg;
    (void)p;
    (void)x;
    if (die_at-- == 0)
        _exit(42);
    return 0;
}

static enum err
upgrade(struct upgrade *ret)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(8 << 20);
    struct db *db = NULL;
    enum err e;

    ctx.db = NULL;
    if ((e = db_open(&ctx, a, path, DB_MIGRATE, &db)))
        return e;
    if (die_at >= 0)
        sqlite3_trace_v2(db->h, SQLITE_TRACE_STMT, count_down, NULL);
    e = upgrade_run(&ctx, path, ret);
    db_close(db);
    ctx.db = NULL;
    return e;
}

static void
test_released(int schema, const char *from, struct str want)
{
    struct str before = ask(from, last_entry);
    struct upgrade u = {0};
    struct stat st;

    begin(from);
    is_int(upgrade(&u), OK, "it is upgraded");
    ok(u.from == schema && u.to == migrate_newest(), "from schema %d to the newest", schema);
    is_str(ask(path, shape), want, "and looks like a new one");
    is_str(ask(path, last_entry), before, "with the same books");
    is_str(ask(path, "PRAGMA foreign_key_check"), STR("?"),
           "and nothing that hangs in the air");
    ok(u.copy && stat(u.copy, &st) == 0 && st.st_size == u.bytes && (st.st_mode & 0777) == 0640,
       "what it was is kept, mode 0640");
    is_str(ask(u.copy, "PRAGMA user_version"), str_of(arena_printf(ctx.arena, "%d", schema)),
           "in its own schema");
    is_str(ask(u.copy, last_entry), before, "with its books");
    is_str(
        ask(path, "SELECT kind || good || (bytes > 0) || words FROM upkeep"),
        str_of(arena_printf(ctx.arena, "upgrade11schema %d became %lld; the state before is %s",
                            schema, (long long)migrate_newest(), strrchr(u.copy, '/') + 1)),
        "the run stands in the ledger");
    is_int(upgrade(&u), OK, "again");
    ok(u.from == u.to && !u.copy && files("ledger.db.before", "", false) == 1,
       "does nothing and copies nothing");
}

/* True when a run that died at its n-th statement was repeated without harm. */
static bool
survives(const char *from, int n, struct str want, struct str entry, bool *ret_killed)
{
    struct upgrade u = {0};
    pid_t child;
    int st = 0;

    begin(from);
    child = fork();
    if (child == 0) {
        die_at = n;
        _exit(upgrade(&u) == OK ? 0 : 1);
    }
    waitpid(child, &st, 0);
    *ret_killed = WIFEXITED(st) && WEXITSTATUS(st) == 42;
    if (!*ret_killed && st != 0)
        return false;
    return upgrade(&u) == OK && u.to == migrate_newest() && str_eq(ask(path, shape), want) &&
           str_eq(ask(path, last_entry), entry) &&
           files("ledger.db.before", ".new", false) == 0 &&
           files("ledger.db.before", "", false) >= 1 &&
           str_eq_text(ask(path, "SELECT count(*) FROM upkeep"), "1");
}

static void
test_killed(int schema, const char *from, struct str want)
{
    struct str entry = ask(from, last_entry);
    /* Each try copies the file; the long form takes every statement. */
    int every = getenv("COZYKART_CAMPAIGN") ? 1
                : schema == 15              ? 2
                                            : 9,
        n = 0, bad = 0, tries = 0;

    for (bool killed = true; killed; n += every, tries++) {
        struct arena_mark m = arena_mark(ctx.arena);

        if (!survives(from, n, want, entry, &killed) && bad++ == 0)
            printf("# at statement %d: %s\n", n, ctx.fail_text);
        arena_release(ctx.arena, m);
    }
    ok(tries > 10, "killed at %d of its statements", tries - 1);
    is_int(bad, 0, "each next run ends with everything in its place");
}

/* --- copies */

static bool
opens_twin(const char *file)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(8 << 20);
    struct db *db = NULL;
    bool good;

    ctx.db = NULL;
    if (db_open(&ctx, a, path, DB_MIGRATE, &db) != OK)
        return false;
    good = twin_check(&ctx, file) == OK;
    db_close(db);
    ctx.db = NULL;
    return good;
}

static void
test_twin(const char *from)
{
    static const char *const harm[] = {
        "PRAGMA user_version=3",
        "PRAGMA application_id=7",
        "DELETE FROM member WHERE id = 1",
        "DROP INDEX outbox_due",
        "UPDATE stamp SET value = 'live' WHERE key = 'mode'",
        "DROP TABLE cert",
    };
    const char *copy = place("twin.db");
    FILE *f;
    int seen = 0, made = 0;

    begin(from);
    copy_file(from, copy);
    ok(opens_twin(copy), "a true copy is one");
    for (size_t i = 0; i < ARRAY_SIZE(harm); i++) {
        copy_file(from, copy);
        if (change(copy, harm[i])) {
            made++;
            seen += !opens_twin(copy);
        } else {
            printf("# not done: %s\n", harm[i]);
        }
    }
    ok(made >= 4 && seen == made, "%d of %d changed ones are seen", seen, made);
    copy_file(from, copy);
    f = fopen(copy, "r+b");
    fseek(f, 4096 * 20, SEEK_SET);
    fwrite("\xff\xff\xff\xff\xff\xff\xff\xff", 1, 8, f);
    fclose(f);
    ok(!opens_twin(copy), "so is a broken page");
    if (truncate(copy, 4096 * 30) != 0)
        printf("# not cut\n");
    ok(!opens_twin(copy), "and a short one");
    unlink(copy);
    ok(!opens_twin(copy), "and one that is not there");
}

static void
test_kept(const char *from)
{
    static const char *const old[] = {"ledger.db.before-0008-20260101T000000Z",
                                      "ledger.db.before-0012-20260201T000000Z",
                                      "ledger.db.before-0014-20260301T000000Z",
                                      "ledger.db.before-0014-20260401T000000Z",
                                      "ledger.db.before-0099-20260401T000000Z.new",
                                      "ledger.db.before-restore-20250401T000000Z"};
    struct upgrade u = {0};

    begin(from);
    for (size_t i = 0; i < ARRAY_SIZE(old); i++)
        copy_file(from, place(old[i]));
    is_int(upgrade(&u), OK, "an upgrade beside copies of earlier ones");
    ok(u.n_gone == 2 && u.n_kept == UPGRADE_KEPT, "the oldest go, %d stay", UPGRADE_KEPT);
    ok(access(place(old[0]), F_OK) != 0 && access(place(old[1]), F_OK) != 0 &&
           access(place(old[2]), F_OK) == 0 && access(place(old[3]), F_OK) == 0,
       "by schema and time");
    ok(access(place(old[4]), F_OK) != 0, "half a copy is gone");
    ok(access(place(old[5]), F_OK) == 0, "what a restore put aside is not theirs");
}

static void
test_refused(const char *from)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(8 << 20);
    struct upgrade u = {0};
    struct db *db = NULL;

    begin(from);
    ctx.db = NULL;
    is_int(db_open(&ctx, a, path, DB_MIGRATE, &db), OK, "somebody has the ledger open");
    is_int(upgrade(&u), E_CONFLICT, "then it is not touched");
    ok(strstr(ctx.fail_text, "stop it first") != NULL, "%s", "and one reads what to do");
    db_close(db);
    change(path, arena_printf(ctx.arena, "PRAGMA user_version=%lld",
                              (long long)migrate_newest() + 1));
    is_int(upgrade(&u), E_CONFLICT, "a newer ledger is refused");
    ok(strstr(ctx.fail_text, "a newer version wrote it") != NULL, "in words");
    is_int(files("ledger.db.before", "", false), 0, "and nothing was copied");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(256 << 20);
    const char *made, *from = NULL;
    struct str want;

    die_at = -1;
    place_make();
    path = arena_printf(a, "%s/ledger.db", place_dir);
    made = arena_printf(a, "%s/made.db", place_dir);
    ctx_init(&ctx, a, world_real());
    is_int(db_create(&ctx, made), OK, "a new ledger");
    want = ask(made, shape);
    for (size_t i = 0; i < ARRAY_SIZE(released); i++) {
        from = fixture(released[i]);
        printf("# schema %d\n", released[i]);
        test_released(released[i], from, want);
        test_killed(released[i], from, want);
    }
    test_twin(from);
    test_kept(from);
    test_refused(from);
    return place_done();
}
