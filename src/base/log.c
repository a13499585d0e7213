/* One line, one write. Not for: deciding what is worth a line (the edges do). */
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1000 };

static const char *const word[] = {"debug", "info", "notice", "warning", "error"};

static char process[24] = "cozykart";
static enum log_level least = LOG_INFO;
static unsigned long dropped; /* lines lost since the last one that went out */

void
log_name(const char *name)
{
    snprintf(process, sizeof process, "%s", name);
}

void
log_min(enum log_level level)
{
    least = level;
}

/* Copies text with control characters as \xNN, up to size bytes. C1 controls in UTF-8 count:
 * terminals obey them. */
static size_t
escape(char *out, size_t size, const char *text)
{
    size_t n = 0;

    for (size_t i = 0; text[i] != '\0'; i++) {
        unsigned char c = (unsigned char)text[i];
        bool second = i > 0 && (unsigned char)text[i - 1] == 0xc2 && c >= 0x80 && c < 0xa0;

        if (c >= 0x20 && c != 0x7f && !second) {
            if (n + 1 > size)
                break;
            out[n++] = (char)c;
            continue;
        }
        if (n + 4 > size)
            break;
        out[n++] = '\\';
        out[n++] = 'x';
        out[n++] = "0123456789abcdef"[c >> 4];
        out[n++] = "0123456789abcdef"[c & 15];
    }
    return n;
}

/* The journal is a socket, a terminal or pipe is not. O_NONBLOCK is not set, because others
 * share the open file. */
static bool
put(const char *line, size_t n)
{
    struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};
    ssize_t sent = send(STDERR_FILENO, line, n, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (sent < 0 && errno == ENOTSOCK) {
        if (poll(&p, 1, 0) != 1 || (p.revents & POLLOUT) == 0)
            return false;
        sent = write(STDERR_FILENO, line, n);
    }
    return sent == (ssize_t)n;
}

void
log_line(enum log_level level, const char *fmt, ...)
{
    char raw[LINE_MAX_BYTES + 1];
    char line[LINE_MAX_BYTES];
    char lost[40] = "";
    int saved = errno;
    size_t n = 0;
    int head = 0;
    va_list ap;

    if (level < least || (unsigned)level >= ARRAY_SIZE(word))
        return;
    va_start(ap, fmt);
    vsnprintf(raw, sizeof raw, fmt, ap);
    va_end(ap);
    if (dropped > 0)
        snprintf(lost, sizeof lost, " dropped=%lu", dropped);
    head = snprintf(line, sizeof line, "level=%s proc=%s%s ", word[level], process, lost);
    n = (size_t)head;
    n += escape(line + n, sizeof line - 1 - n, raw);
    line[n++] = '\n';
    if (put(line, n))
        dropped = 0;
    else
        dropped++;
    errno = saved;
}
