/* A socket, an address, a period. Not for: deciding when a service is ready (main/). */
#include "base/notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

enum { STATUS_BYTES = 300, SIGNS = 3 };

static int fd = -1;
static struct sockaddr_un to;
static socklen_t to_bytes;
static int64_t limit_ms, next_ms;

/* A path, or behind "@" a name outside the file system. */
static bool
address(const char *text)
{
    size_t n = strlen(text);

    if (n < 2 || n >= sizeof to.sun_path || (text[0] != '/' && text[0] != '@'))
        return false;
    memset(&to, 0, sizeof to);
    to.sun_family = AF_UNIX;
    memcpy(to.sun_path, text, n);
    if (text[0] == '@')
        to.sun_path[0] = '\0';
    to_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (text[0] == '/'));
    return true;
}

/* The manager says for whom the time is meant: a child would have inherited it. */
static int64_t
granted(void)
{
    const char *us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    int64_t n = 0, who = 0;

    if (!us || !str_i64(str_of(us), 1, INT64_MAX, &n))
        return 0;
    if (pid && (!str_i64(str_of(pid), 1, INT32_MAX, &who) || who != (int64_t)getpid()))
        return 0;
    return n / 1000;
}

void
notify_open(void)
{
    const struct timeval second = {.tv_sec = 1};
    const char *text = getenv("NOTIFY_SOCKET");

    notify_close();
    if (text && address(text)) {
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd >= 0)
            (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
        limit_ms = granted();
    }
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

void
notify_close(void)
{
    if (fd >= 0)
        close(fd);
    fd = -1;
    limit_ms = next_ms = 0;
}

static bool
told(const char *text, int flags)
{
    return fd >= 0 && sendto(fd, text, strlen(text), MSG_NOSIGNAL | flags,
                             (const struct sockaddr *)&to, to_bytes) >= 0;
}

void
notify_say(const char *text)
{
    (void)told(text, 0);
}

/* A line break would begin another message. */
void
notify_status(const char *fmt, ...)
{
    char text[STATUS_BYTES] = "STATUS=";
    const size_t head = strlen(text);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text + head, sizeof text - head, fmt, ap);
    va_end(ap);
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20)
            *p = ' ';
    notify_say(text);
}

void
notify_alive(int64_t tick_ms)
{
    if (limit_ms == 0 || tick_ms < next_ms)
        return;
    /* A manager that is busy must not hold us up: again with the loop's next turn. */
    if (told("WATCHDOG=1", MSG_DONTWAIT))
        next_ms = tick_ms + limit_ms / SIGNS;
}
