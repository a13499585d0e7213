/* What a service manager hears: a socket of our own stands in for its. */
#include "base/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"
#include "lib/tap.h"

static char got[1000];

/* The next message, "" when there is none. */
static struct str
heard(int fd)
{
    ssize_t n = recv(fd, got, sizeof got, MSG_DONTWAIT);

    return (struct str){.p = got, .n = n > 0 ? (size_t)n : 0};
}

static int
listen_at(const char *path, size_t n)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    memcpy(at.sun_path, path, n);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at,
                       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) != 0)
        printf("Bail out! no socket\n");
    return fd;
}

static void
test_silent(void)
{
    unsetenv("NOTIFY_SOCKET");
    setenv("WATCHDOG_USEC", "3000000", 1);
    notify_open();
    notify_say("READY=1");
    notify_alive(1);
    ok(getenv("WATCHDOG_USEC") == NULL, "without a manager the environment is clean as well");
    setenv("NOTIFY_SOCKET", "relative/path", 1);
    notify_open();
    notify_say("READY=1");
    ok(getenv("NOTIFY_SOCKET") == NULL, "an address that is none is no harm");
}

static void
test_words(const char *path)
{
    int fd = listen_at(path, strlen(path));

    setenv("NOTIFY_SOCKET", path, 1);
    unsetenv("WATCHDOG_USEC");
    notify_open();
    ok(getenv("NOTIFY_SOCKET") == NULL, "what is started does not inherit the socket");
    notify_say("READY=1");
    is_str(heard(fd), STR("READY=1"), "a word");
    notify_status("%s at %d", "two\nlines", 7);
    is_str(heard(fd), STR("STATUS=two lines at 7"), "a status is one line");
    notify_alive(1);
    is_str(heard(fd), STR(""), "no sign of life when nobody watches");
    notify_close();
    notify_say("READY=1");
    is_str(heard(fd), STR(""), "nothing after the end");
    close(fd);
    unlink(path);
}

static void
test_signs(const char *path)
{
    int fd = listen_at(path, strlen(path));
    char self[24];

    snprintf(self, sizeof self, "%d", (int)getpid());
    setenv("NOTIFY_SOCKET", path, 1);
    setenv("WATCHDOG_USEC", "3000000", 1);
    setenv("WATCHDOG_PID", self, 1);
    notify_open();
    notify_alive(10 * 1000);
    is_str(heard(fd), STR("WATCHDOG=1"), "a sign of life");
    notify_alive(10 * 1000 + 999);
    is_str(heard(fd), STR(""), "not more often than a third of it");
    notify_alive(10 * 1000 + 1000);
    is_str(heard(fd), STR("WATCHDOG=1"), "and again then");
    for (int i = 2; i < 2000; i++)
        notify_alive((10 + i) * 1000);
    ok(true, "a manager that does not read holds nobody up");
    while (heard(fd).n)
        continue;
    notify_alive(2009 * 1000);
    is_str(heard(fd), STR("WATCHDOG=1"), "what found no room is said with the next turn");
    setenv("NOTIFY_SOCKET", path, 1);
    setenv("WATCHDOG_USEC", "3000000", 1);
    setenv("WATCHDOG_PID", "1", 1);
    notify_open();
    notify_alive(20 * 1000);
    is_str(heard(fd), STR(""), "what is meant for another process is not ours");
    close(fd);
    notify_say("READY=1");
    ok(true, "a manager that is gone is no harm");
    unlink(path);
}

/* "@": a name outside the file system, which begins with a zero byte. */
static void
test_abstract(void)
{
    char name[60] = "";
    int n = snprintf(name + 1, sizeof name - 1, "cozykart-notify-%d", (int)getpid());
    int fd = listen_at(name, (size_t)n + 1);
    char shown[61] = "@";

    memcpy(shown + 1, name + 1, (size_t)n + 1);
    setenv("NOTIFY_SOCKET", shown, 1);
    notify_open();
    notify_say("STOPPING=1");
    is_str(heard(fd), STR("STOPPING=1"), "an abstract name works too");
    notify_close();
    close(fd);
}

int
main(void)
{
    char path[] = "/tmp/ckXXXXXX", file[40];

    if (!mkdtemp(path))
        printf("Bail out! no folder\n");
    snprintf(file, sizeof file, "%s/n", path);
    test_silent();
    test_words(file);
    test_signs(file);
    test_abstract();
    rmdir(path);
    return done();
}
