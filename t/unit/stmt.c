/* Named statements: binding, reading, and what is refused. */
#include "db/stmt.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "db/inner.h"
#include "db/tx.h"
#include "lib/place.h"

static struct ctx ctx;

/* True when fn ends its process by SIGABRT: our own bugs are not survived. */
static bool
aborts(void (*fn)(void))
{
    pid_t child = fork();
    int st = 0;

    if (child == 0) {
        struct rlimit none = {0, 0};

        setrlimit(RLIMIT_CORE, &none);
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        fn();
        _exit(0);
    }
    waitpid(child, &st, 0);
    return WIFSIGNALED(st) && WTERMSIG(st) == SIGABRT;
}

static enum err
get_stamp(const char *key, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(&ctx, SQL_stamp_get);
    enum err e;

    stmt_str(&s, ":key", str_of(key));
    if ((e = stmt_one(&s)))
        return e;
    *ret = stmt_col_str(&s, "value");
    return OK;
}

static enum err
add_stamp(const char *key, struct str value)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(&ctx, SQL_stamp_add);

    /* Out of order on purpose: names decide, not places. */
    stmt_str(&s, ":value", value);
    stmt_str(&s, ":key", str_of(key));
    return stmt_run(&s);
}

static void
unbound(void)
{
    struct stmt s = stmt_get(&ctx, SQL_stamp_add);

    stmt_str(&s, ":key", STR("k"));
    (void)!stmt_run(&s);
}

static void
wrong_param(void)
{
    struct stmt s = stmt_get(&ctx, SQL_stamp_get);

    stmt_str(&s, ":kez", STR("k"));
}

static void
wrong_column(void)
{
    struct stmt s = stmt_get(&ctx, SQL_stamp_get);

    stmt_str(&s, ":key", STR("mode"));
    (void)!stmt_one(&s);
    stmt_col_str(&s, "valu");
}

static void
wrong_type(void)
{
    struct stmt s = stmt_get(&ctx, SQL_stamp_get);

    stmt_str(&s, ":key", STR("mode"));
    (void)!stmt_one(&s);
    stmt_col_i64(&s, "value");
}

static void
nested(void)
{
    struct stmt s = stmt_get(&ctx, SQL_stamp_get), t;

    (void)s;
    t = stmt_get(&ctx, SQL_stamp_get);
    (void)t;
}

static void
wrong_kind(void)
{
    struct stmt s = stmt_get(&ctx, SQL_stamp_get);

    stmt_str(&s, ":key", STR("mode"));
    (void)!stmt_run(&s);
}

static void
wrong_role(void)
{
    ctx.db->slots[SQL_stamp_add].h = NULL; /* as if it were not prepared yet */
    ctx.db->role = DB_READER;
    (void)stmt_get(&ctx, SQL_stamp_add);
}

static void
read_before_step(void)
{
    struct stmt s = stmt_get(&ctx, SQL_stamp_get);

    stmt_str(&s, ":key", STR("mode"));
    stmt_col_str(&s, "value");
}

static void
test_values(void)
{
    struct str v = STR_NULL;
    char long_text[5000];

    is_int(get_stamp("mode", &v), OK, "a row is found by its key");
    is_str(v, STR("test"), "and read by name");
    is_int(get_stamp("none", &v), E_NOTFOUND, "no row is E_NOTFOUND");
    is_int(add_stamp("a", STR("b")), OK, "a row is written, bound in any order");
    is_int(get_stamp("a", &v), OK, "and found");
    is_str(v, STR("b"), "as written");
    is_int(add_stamp("a", STR("c")), E_CONFLICT, "a second one with its key is refused");
    ok(str_find(ctx_why(&ctx), STR("stamp.key"), 0) != SIZE_MAX, "with what was hurt");
    is_int(add_stamp("empty", STR_NULL), OK, "an empty text without a pointer is a text");
    is_int(get_stamp("empty", &v), OK, "and");
    ok(v.p && v.n == 0, "comes back empty, not as NULL");
    memset(long_text, 'x', sizeof long_text);
    is_int(add_stamp("long", (struct str){long_text, sizeof long_text}), OK, "a long text");
    is_int(get_stamp("long", &v), OK, "is found");
    is_str(v, ((struct str){long_text, sizeof long_text}), "and whole");
    is_int(add_stamp("x'); DELETE FROM stamp; --", STR("'")), OK,
           "quotes in values are values");
    is_int(get_stamp("x'); DELETE FROM stamp; --", &v), OK, "and nothing else");
}

static void
test_bugs(void)
{
    ok(aborts(unbound), "a forgotten parameter is a bug");
    ok(aborts(wrong_param), "an unknown parameter is a bug");
    ok(aborts(wrong_column), "an unknown column is a bug");
    ok(aborts(wrong_type), "a wrong type is a bug");
    ok(aborts(nested), "a statement inside itself is a bug");
    ok(aborts(wrong_kind), "running a statement for one row without reading it is a bug");
    ok(aborts(wrong_role), "a statement outside the role is a bug");
    ok(aborts(read_before_step), "reading before the first step is a bug");
}

static void
test_reuse(void)
{
    struct str v = STR_NULL;
    sqlite3_stmt *first = ctx.db->slots[SQL_stamp_get].h;

    ok(first != NULL, "the statement stays prepared");
    is_int(get_stamp("mode", &v), OK, "it is used again");
    ok(ctx.db->slots[SQL_stamp_get].h == first, "and not prepared again");
    ok(!ctx.db->slots[SQL_stamp_get].busy, "and free afterwards");
}

static void
test_bad_schema(const char *path)
{
    struct db *db = NULL;
    struct str v;
    sqlite3 *h = NULL;

    sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE, NULL);
    is_int(sqlite3_exec(h, "ALTER TABLE stamp RENAME COLUMN value TO worth", NULL, NULL, NULL),
           SQLITE_OK, "a schema that does not fit");
    sqlite3_close(h);
    ctx.db = NULL;
    is_int(db_open(&ctx, ctx.arena, path, DB_WRITER, &db), OK, "is not seen by opening");
    if (!db)
        return;
    is_int(stmt_prepare_all(&ctx), E_INTERNAL, "but stops the start");
    is_int(get_stamp("mode", &v), E_INTERNAL,
           "a statement that cannot be prepared fails softly");
    db_close(db);
}

static volatile unsigned char *amid;

static void
heal(int sig)
{
    (void)sig;
    amid[8] ^= 1; /* the change counter in the first of two copies */
}

/* What a reader without rights to write gets while the index of the WAL is half written, and is
 * whole again after so many milliseconds: by a timer of its own, which no busy machine makes
 * late for it alone. */
static enum err
read_amid(const char *path, int whole_after_ms)
{
    const char *index = place("ledger.db-shm");
    struct str value = STR_NULL;
    struct db *r = NULL;
    int fd = open(index, O_RDWR | O_CLOEXEC), st = 0;
    unsigned char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    pid_t child;

    close(fd);
    if (at == MAP_FAILED)
        return E_INTERNAL;
    if ((child = fork()) == 0) {
        enum err e;

        if (setgid(65534) || setuid(65534))
            _exit(E_DENIED);
        ctx.db = NULL;
        e = db_open(&ctx, ctx.arena, path, DB_READER, &r);
        amid = at;
        heal(0);
        if (!e && whole_after_ms) {
            struct itimerval after = {.it_value.tv_usec = whole_after_ms * 1000};

            signal(SIGALRM, heal);
            setitimer(ITIMER_REAL, &after, NULL);
        }
        if (!e)
            e = get_stamp("mode", &value);
        if (!whole_after_ms)
            heal(0);
        _exit((int)e);
    }
    waitpid(child, &st, 0);
    munmap(at, 4096);
    return (enum err)WEXITSTATUS(st);
}

/* Writer and reader are processes of their own, and none before them has the file open:
 * SQLite's memory of it would come along. */
static void
test_amid(const char *path)
{
    int ready[2];
    char byte;
    pid_t writer;

    if (geteuid() != 0) {
        skip("a half-written index", "only root can become somebody without rights");
        return;
    }
    chmod(place_dir, 0755);
    if (pipe2(ready, O_CLOEXEC) || (writer = fork()) < 0) {
        ok(false, "a writer in another process");
        return;
    }
    if (writer == 0) {
        struct db *w = NULL;

        ctx.db = NULL;
        if (db_open(&ctx, ctx.arena, path, DB_WRITER, &w) || chmod(path, 0644) ||
            chmod(place("ledger.db-wal"), 0644) || chmod(place("ledger.db-shm"), 0644) ||
            write(ready[1], "r", 1) != 1)
            _exit(1);
        pause();
    }
    close(ready[1]);
    is_int(read(ready[0], &byte, 1), 1, "a writer in another process");
    close(ready[0]);
    is_int(read_amid(path, 5), OK, "a reader waits until the index of the WAL is whole");
    is_int(read_amid(path, 0), E_BUSY, "and says so when it stays in pieces");
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 << 20);
    struct db *db = NULL;
    const char *path;

    place_make();
    path = place("ledger.db");
    ctx_init(&ctx, a, world_real());
    is_int(db_create(&ctx, path), OK, "a ledger");
    is_int(db_open(&ctx, a, path, DB_MIGRATE, &db), OK, "opened for everything");
    if (!db)
        return place_done();
    is_int(stmt_prepare_all(&ctx), OK, "every statement of migrate prepares");
    test_values();
    test_bugs();
    test_reuse();
    db_close(db);
    test_amid(path);
    for (enum db_role role = DB_READER; role <= DB_WRITER; role++) {
        struct db *w = NULL, *r = NULL;

        ctx.db = NULL;
        is_int(db_open(&ctx, a, path, DB_WRITER, &w), OK, "a writer");
        if (role == DB_READER)
            is_int(db_open(&ctx, a, path, DB_READER, &r), OK, "and a reader");
        is_int(stmt_prepare_all(&ctx), OK, "every statement of the role prepares");
        db_close(r);
        db_close(w);
    }
    test_bad_schema(path);
    return place_done();
}
