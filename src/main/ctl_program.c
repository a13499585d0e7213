/* Programs of the system that setup and check ask: nginx, systemctl, our own. Not for: programs
 * that get input (job/child.h). */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "main/ctl_setup.h"

enum { SAID_MAX = 64 * 1024 };

NORETURN static void
become(const char *const argv[], uid_t uid, gid_t gid, int out)
{
    char *argv_own[12] = {0};
    int null = open("/dev/null", O_RDWR);

    for (size_t i = 0; argv[i] && i + 1 < ARRAY_SIZE(argv_own); i++)
        memcpy(&argv_own[i], &argv[i], sizeof argv[i]);
    dup2(null, 0);
    dup2(out, 1);
    dup2(out, 2);
    if (gid != (gid_t)-1 && (setgroups(1, &gid) != 0 || setgid(gid) != 0))
        _exit(126);
    if (uid != (uid_t)-1 && setuid(uid) != 0)
        _exit(126);
    /* Behind setuid, which forgets it: nothing goes on without who asked for it. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execv(argv[0], argv_own);
    _exit(127);
}

/* The last line that says something, since programs tell the reason at the end; nginx marks it
 * ("… [emerg] 12#12: why"). */
static const char *
last_line(struct ctl *c, struct str said)
{
    struct str line, last = STR("");
    size_t at;

    while (str_split(&said, '\n', &line)) {
        if ((at = str_find(line, STR("[emerg]"), 0)) != SIZE_MAX) {
            size_t why = str_find(line, STR(": "), at);

            line = str_sub(line, why == SIZE_MAX ? at + 7 : why + 1, line.n);
            return str_text(c->ctx->arena, str_trim(line));
        }
        if (str_trim(line).n)
            last = str_trim(line);
    }
    return str_text(c->ctx->arena, last);
}

bool
program_run(struct ctl *c, const char *const argv[], uid_t uid, gid_t gid, const char **ret)
{
    struct buf said = buf_new(c->ctx->arena, SAID_MAX);
    char piece[1024];
    int fd[2], status = 0;
    ssize_t n;
    pid_t pid;

    *ret = "";
    if (access(argv[0], X_OK) != 0) {
        *ret = arena_printf(c->ctx->arena, "%s is not installed", argv[0]);
        return false;
    }
    if (pipe2(fd, O_CLOEXEC) != 0 || (pid = fork()) < 0) {
        *ret = strerror(errno);
        return false;
    }
    if (pid == 0)
        become(argv, uid, gid, fd[1]);
    close(fd[1]);
    while ((n = read(fd[0], piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            buf_add(&said, (struct str){.p = piece, .n = (size_t)n});
    close(fd[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    *ret = last_line(c, buf_str(&said));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
