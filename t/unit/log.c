/* The log: one line, one write, nothing that blocks or breaks a line. */
#include "base/log.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/tap.h"

static char got[65536];
static int saved;

/* What arrived at the other end so far, without waiting. */
static struct str
arrived(int fd)
{
    ssize_t n = read(fd, got, sizeof got);

    return (struct str){.p = got, .n = n > 0 ? (size_t)n : 0};
}

static void
listen_on(int fd[2], bool is_socket)
{
    if ((is_socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, fd) : pipe(fd)) != 0)
        printf("Bail out! no pipe\n");
    (void)fcntl(fd[0], F_SETFL, O_NONBLOCK);
    (void)dup2(fd[1], STDERR_FILENO);
    close(fd[1]);
}

static void
stop(const int fd[2])
{
    (void)dup2(saved, STDERR_FILENO);
    close(fd[0]);
}

static void
test_lines(void)
{
    int fd[2];
    char many[3000];
    struct str line = STR_NULL;

    listen_on(fd, false);
    log_line(LOG_NOTICE, "event=%s n=%d", "start", 7);
    is_str(arrived(fd[0]), STR("level=notice proc=cozykart event=start n=7\n"), "a line");
    log_name("vault");
    log_line(LOG_ERROR, "a=%s", "x\ny\rz\x1b[0m\x7f\t\xc2\x85é");
    is_str(arrived(fd[0]),
           STR("level=error proc=vault a=x\\x0ay\\x0dz\\x1b[0m\\x7f\\x09\xc2\\x85é\n"),
           "control signs are escaped, text is not");
    log_line(LOG_ERROR, "event=x n=1 why=\"%s\"", "a \"b\" level=\"c\"");
    is_str(arrived(fd[0]), STR("level=error proc=vault event=x n=1 why=\"a 'b' level='c'\"\n"),
           "a quote inside does not end what is quoted");
    log_line(LOG_ERROR, "event=x why=\"%s\"", "");
    is_str(arrived(fd[0]), STR("level=error proc=vault event=x why=\"\"\n"), "nothing quoted");
    memset(many, 'x', sizeof many);
    many[sizeof many - 1] = '\0';
    log_line(LOG_ERROR, "%s", many);
    line = arrived(fd[0]);
    ok(line.n == 1000 && line.p[999] == '\n', "a line has at most 1,000 bytes, with its end");
    log_line(LOG_ERROR, "event=x why=\"%s\"", many);
    line = arrived(fd[0]);
    ok(line.n == 1000 && str_ends(line, STR("x\"\n")), "what is quoted ends, cut or not");
    memset(many, '\n', sizeof many - 1);
    log_line(LOG_ERROR, "%s", many);
    line = arrived(fd[0]);
    ok(line.n <= 1000 && str_find(line, STR("\n"), 0) == line.n - 1, "escapes count");
    stop(fd);
}

/* The journal says by its environment that it listens. */
static void
test_journal(void)
{
    char place[64];
    struct stat st;
    int fd[2];

    listen_on(fd, true);
    fstat(STDERR_FILENO, &st);
    snprintf(place, sizeof place, "%llu:%llu", (unsigned long long)st.st_dev,
             (unsigned long long)st.st_ino);
    setenv("JOURNAL_STREAM", place, 1);
    log_name("vault");
    ok(log_is_journal(), "the journal is known");
    log_line(LOG_WARNING, "event=x");
    is_str(arrived(fd[0]), STR("<4>level=warning proc=vault event=x\n"), "it hears how bad");
    log_line(LOG_INFO, "event=x");
    is_str(arrived(fd[0]), STR("<6>level=info proc=vault event=x\n"), "or not");
    setenv("JOURNAL_STREAM", "1:1", 1);
    log_name("vault");
    ok(!log_is_journal(), "another's stream is not ours");
    log_line(LOG_ERROR, "event=x");
    is_str(arrived(fd[0]), STR("level=error proc=vault event=x\n"), "then nothing goes before");
    unsetenv("JOURNAL_STREAM");
    log_name("vault");
    stop(fd);
}

/* Neither end may hang: this test ends, or the suite's time limit says so. */
static void
test_full(bool is_socket)
{
    const char *what = is_socket ? "socket" : "pipe";
    int fd[2];
    struct str all = STR_NULL;
    bool first = true;
    bool whole = true;

    listen_on(fd, is_socket);
    for (int i = 0; i < 20000; i++)
        log_line(LOG_ERROR, "event=flood i=%d with some words to fill the room", i);
    ok(true, "a full %s does not block", what);
    while ((all = arrived(fd[0])).n > 0) {
        whole = whole && (!first || str_starts(all, STR("level=error")));
        first = false;
    }
    ok(whole && !first, "what fitted into the %s arrived", what);
    log_line(LOG_ERROR, "event=after");
    all = arrived(fd[0]);
    ok(str_starts(all, STR("level=error proc=vault dropped=")) &&
           str_ends(all, STR(" event=after\n")),
       "the next line of the %s says how many were lost", what);
    log_line(LOG_ERROR, "event=after");
    is_str(arrived(fd[0]), STR("level=error proc=vault event=after\n"), "once");
    stop(fd);
}

int
main(void)
{
    saved = dup(STDERR_FILENO);
    test_lines();
    test_journal();
    test_full(false);
    test_full(true);
    return done();
}
