/* Programs of others: what reaches them, what comes back, and that each of them ends. */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "lib/place.h"

/* Long enough for a slow machine; SHORT is only for what never ends by itself. */
enum { LONG_MS = 120 * 1000, SHORT_MS = 300, SAID_MAX = 1000, PIPE_MORE = 300 * 1000 };

static struct ctx ctx;
static struct child_end end;
static struct str said;

#define SH(line)                                                                               \
    {                                                                                          \
        "/bin/sh",                                                                             \
        {                                                                                      \
            "-c", line                                                                         \
        }                                                                                      \
    }

static enum err
talk(const struct child_ask *ask, struct str input, size_t max)
{
    ctx_clear(&ctx);
    return child_talk(&ctx, ask, input, max, &said, &end);
}

/* A line of shell, asked with the input. */
static enum err
sh(const char *line, struct str input)
{
    return talk(&(struct child_ask){.chain = {SH(line)}, .time_ms = LONG_MS}, input, SAID_MAX);
}

static struct str
many(size_t n)
{
    char *p = arena_alloc(ctx.arena, n);

    memset(p, 'x', n);
    return (struct str){.p = p, .n = n};
}

static int
write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) ||
        lseek(fd, 0, SEEK_SET))
        printf("Bail out! cannot write %s\n", path);
    return fd;
}

static struct str
file_text(const char *path)
{
    char *text = arena_alloc(ctx.arena, SAID_MAX);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, SAID_MAX);

    close(fd);
    return (struct str){.p = text, .n = n > 0 ? (size_t)n : 0};
}

/* Whether the process whose number stands in the file has gone, or goes soon. */
static bool
is_gone(const char *path)
{
    int64_t pid = 0;

    if (!str_i64(str_trim(file_text(path)), 2, INT32_MAX, &pid))
        return false;
    for (int i = 0; i < 1200 && kill((pid_t)pid, 0) == 0; i++) {
        struct str stat = file_text(arena_printf(ctx.arena, "/proc/%d/stat", (int)pid));

        /* Ended, and nobody has asked how. */
        if (str_find(stat, STR(") Z "), 0) != SIZE_MAX)
            return true;
        usleep(50 * 1000);
    }
    return kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static void
test_talk(void)
{
    struct str large = many(PIPE_MORE);

    ok(sh("cat; echo end", STR("a line\n")) == OK && end.code == 0, "a program is run");
    is_str(said, STR("a line\nend\n"), "it gets the input, its words come back");
    is_str(end.complaint, STR(""), "and complains of nothing");
    ok(talk(&(struct child_ask){.chain = {{"/bin/cat", {NULL}}}, .time_ms = LONG_MS}, large,
            large.n) == OK &&
           str_eq(said, large),
       "more than a pipe holds goes through it both ways");
    ok(sh("cat", STR("")) == OK && said.n == 0, "no input is an empty one");
    ok(talk(
           &(struct child_ask){
               .chain = {{"cat", {NULL}}, {"tr", {"a-z", "A-Z"}}, {"sort", {NULL}}},
               .time_ms = LONG_MS
    },
           STR("two\none\n"), SAID_MAX) == OK,
       "three programs, found in PATH");
    is_str(said, STR("ONE\nTWO\n"), "each reads what the one before wrote");
}

static void
test_end(void)
{
    ok(sh("echo word; echo why >&2; exit 3", STR("")) == OK, "one that fails was run");
    ok(end.code == 3 && strcmp(end.name, "/bin/sh") == 0, "its code is told");
    is_str(said, STR("word\n"), "with what it said");
    is_str(end.complaint, STR("why"), "and what it complained of, apart");
    ok(sh("kill -9 $$", STR("")) == OK && end.code == 128 + SIGKILL, "one that was killed");
    ok(talk(
           &(struct child_ask){
               .chain = {SH("yes"), SH("head -n 1")},
                 .time_ms = LONG_MS
    },
           STR(""), SAID_MAX) == OK &&
           end.code == 0 && str_eq(said, STR("y\n")),
       "one that only lost its reader ended well");
    ok(talk(
           &(struct child_ask){
               .chain = {SH("exit 4"), SH("cat")},
                 .time_ms = LONG_MS
    },
           STR(""), SAID_MAX) == OK &&
           end.code == 4,
       "one that failed before the last failed all");
    ok(sh("kill -PIPE $$", STR("")) == OK && end.code == 128 + SIGPIPE,
       "the last one has no reader to lose");
    ok(talk(&(struct child_ask){.chain = {SH("echo one; echo two >&2; echo three")},
                                .time_ms = LONG_MS,
                                .together = true},
            STR(""), SAID_MAX) == OK &&
           str_eq(said, STR("one\ntwo\nthree\n")) && end.complaint.n == 0,
       "both streams together, in their order");
}

static void
test_unknown(void)
{
    const char *plain = place("plain");

    close(write_file(plain, "no program\n", 0600));
    ok(talk(&(struct child_ask){.chain = {{"/nowhere/at-all", {NULL}}}, .time_ms = LONG_MS},
            STR(""), 9) == E_NOTFOUND,
       "a program that is not there");
    is_str(ctx_why(&ctx), STR("/nowhere/at-all is not installed"), "is told so");
    ok(talk(
           &(struct child_ask){.chain = {{"no-such-program-here", {NULL}}}, .time_ms = LONG_MS},
           STR(""), 9) == E_NOTFOUND,
       "nor is it in PATH");
    ok(talk(&(struct child_ask){.chain = {{plain, {NULL}}}, .time_ms = LONG_MS}, STR(""), 9) ==
           E_NOTFOUND,
       "a file that is no program");
    ok(talk(
           &(struct child_ask){
               .chain = {{"cat", {NULL}}, {"/nowhere/at-all", {NULL}}},
                 .time_ms = LONG_MS
    },
           many(PIPE_MORE), 9) == E_NOTFOUND,
       "and where it is the second, the first is ended");
}

static void
test_limits(void)
{
    const char *pid = place("pid"), *inner = place("inner");
    struct child_ask ask = {.time_ms = SHORT_MS};

    ask.chain[0] = (struct child_program){
        "/bin/sh", {"-c", "exec >&- 2>&-; sleep 1000"}
    };
    is_int(talk(&ask, STR(""), SAID_MAX), E_LIMIT,
           "one that closes its output and hangs is ended");
    ok(str_find(ctx_why(&ctx), STR("/bin/sh took longer than"), 0) == 0, "and named");
    /* Its own number is in the file before its time begins to matter to the test. */
    ask.chain[0] = (struct child_program){
        "/bin/sh",
        {"-c", "echo $$ >\"$0\"; sh -c 'echo $$ >\"$0\"; sleep 1000' \"$1\"", pid, inner}
    };
    do
        ask.time_ms *= 2;
    while (talk(&ask, STR(""), SAID_MAX) == E_LIMIT && file_text(inner).n == 0);
    ok(is_gone(pid) && is_gone(inner), "so is what it started");
    ask = (struct child_ask){.chain = {SH("yes")}, .time_ms = LONG_MS};
    is_int(talk(&ask, STR(""), SAID_MAX), E_LIMIT, "one that says too much is ended");
    is_str(ctx_why(&ctx), STR("/bin/sh said more than 1000 bytes and was ended"),
           "and the reason is told");
    ok(sh("head -c 1000 /dev/zero", STR("")) == OK && said.n == SAID_MAX,
       "as much as it may is not too much");
    ok(sh("yes | head -n 100000 >&2", STR("")) == OK && end.complaint.n == 299 &&
           str_starts(end.complaint, STR("y y y ")),
       "of complaints the beginning is kept");
}

static void
test_early(void)
{
    struct sigaction before;
    int64_t left = 0;

    signal(SIGPIPE, SIG_DFL);
    ok(sh("exec <&-; echo done", many(PIPE_MORE)) == OK && end.code == 0 &&
           str_eq(said, STR("done\n")),
       "one that reads nothing of a large input is no harm");
    ok(sigaction(SIGPIPE, NULL, &before) == 0 && before.sa_handler == SIG_DFL,
       "and signals are as they were");
    signal(SIGPIPE, SIG_IGN);
    ok(sh("yes | head -n 1", STR("")) == OK && str_eq(said, STR("y\n")),
       "a program has its SIGPIPE though we have none");
    signal(SIGPIPE, SIG_DFL);
    ok(sh("sleep 1000 & echo $!", STR("")) == OK &&
           str_i64(str_trim(said), 2, INT32_MAX, &left) && kill((pid_t)left, SIGKILL) == 0,
       "what it leaves behind is not waited for");
}

/* What stands open in the child, by its own account, without the folder that it lists. */
static void
test_descriptors(void)
{
    struct child_ask ask = {
        .chain = {SH("for f in /proc/self/fd/*; do [ -e \"$f\" ] && echo \"${f##*/}\"; done")},
        .time_ms = LONG_MS};
    int open_fd = open("/dev/null", O_RDWR), high = fcntl(open_fd, F_DUPFD, 700), in, out;

    ok(open_fd >= 0 && high >= 700, "descriptors that a program would inherit");
    ok(talk(&ask, STR(""), SAID_MAX) == OK && str_eq(said, STR("0\n1\n2\n")),
       "do not reach it");
    close(open_fd);
    close(high);
    /* Where our own first three are closed, their numbers are the next that are given. */
    fflush(stdout);
    in = fcntl(0, F_DUPFD_CLOEXEC, 10);
    out = fcntl(1, F_DUPFD_CLOEXEC, 10);
    close(0);
    close(1);
    enum err e = sh("cat; echo end", STR("input\n"));
    dup2(in, 0);
    dup2(out, 1);
    close(in);
    close(out);
    ok(e == OK && str_eq(said, STR("input\nend\n")), "it is wired though ours are closed");
}

static void
test_rights(void)
{
    struct child_ask ask = {.chain = {SH("env | sort | cut -d= -f1 | tr '\\n' ' '")},
                            .time_ms = LONG_MS};

    setenv("COZYKART_CHILD_TEST", "1", 1);
    ok(talk(&ask, STR(""), SAID_MAX) == OK && str_find(said, STR("HOME"), 0) == SIZE_MAX &&
           str_find(said, STR("LC_ALL"), 0) != SIZE_MAX,
       "by itself it has the language only");
    ask.env = CHILD_ENV_USER;
    ok(talk(&ask, STR(""), SAID_MAX) == OK &&
           str_find(said, STR("HOME LC_ALL PATH"), 0) != SIZE_MAX &&
           str_find(said, STR("COZYKART"), 0) == SIZE_MAX,
       "a user's also where things are, none of ours");
    /* It may be more than what is kept of what a program says. */
    ask.chain[0] = (struct child_program)SH("env | grep ^COZYKART_CHILD_TEST=");
    ask.env = CHILD_ENV_OURS;
    ok(talk(&ask, STR(""), SAID_MAX) == OK &&
           str_find(said, STR("COZYKART_CHILD_TEST"), 0) != SIZE_MAX,
       "ours has all");
    ask = (struct child_ask){
        .chain = {SH("ulimit -c; ulimit -t; ulimit -f")}, .time_ms = LONG_MS, .poor = true};
    ok(talk(&ask, STR(""), SAID_MAX) == OK && str_eq(said, STR("0\n8\n0\n")),
       "a poor one has little");
    if (geteuid() != 0) {
        skip("it runs as somebody else", "needs root");
        return;
    }
    ask = (struct child_ask){
        .chain = {SH("id -u; id -g; id -G")}, .time_ms = LONG_MS, .uid = 65534, .gid = 65533};
    ok(talk(&ask, STR(""), SAID_MAX) == OK && str_eq(said, STR("65534\n65533\n65533\n")),
       "it runs as somebody else, in no group of ours");
}

static void
test_pour(void)
{
    const char *to = place("to");
    int in = write_file(place("from"), "b\na\n", 0600), out = write_file(to, "", 0600);
    struct child_ask ask = {
        .chain = {{"cat", {NULL}}, {"sort", {NULL}}},
          .time_ms = LONG_MS
    };

    ctx_clear(&ctx);
    ok(child_pour(&ctx, &ask, in, out, NULL) == OK && str_eq(file_text(to), STR("a\nb\n")),
       "from a file through two programs into another");
    ok(fcntl(in, F_GETFD) >= 0 && fcntl(out, F_GETFD) >= 0, "which stay open");
    close(in);
    close(out);
    ask = (struct child_ask){.chain = {SH("cat; echo lost; echo >&2 oh; exit 7")},
                             .time_ms = LONG_MS};
    ok(child_pour(&ctx, &ask, -1, -1, &end) == OK && end.code == 7, "from nowhere to nowhere");
    is_int(child_pour(&ctx, &ask, -1, -1, NULL), E_INTERNAL, "a bad end is an error");
    is_str(ctx_why(&ctx), STR("/bin/sh failed (7): oh"), "with its reason");
    ask.chain[0] =
        (struct child_program)SH("echo 'write: No space left on device' >&2; exit 1");
    is_int(child_pour(&ctx, &ask, -1, -1, NULL), E_FULL, "a full disk is told from others");
    ctx_clear(&ctx);
    ask = (struct child_ask){.chain = {SH("sleep 1000")}, .time_ms = SHORT_MS};
    is_int(child_pour(&ctx, &ask, -1, -1, NULL), E_LIMIT, "too long");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 << 20);

    ctx_init(&ctx, a, world_real());
    place_make();
    test_talk();
    test_end();
    test_unknown();
    test_limits();
    test_early();
    test_descriptors();
    test_rights();
    test_pour();
    return place_done();
}
