/* One line, one write. Not for: deciding what is worth a line (the edges do). */
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1000 };

static const char *const word[] = {"info", "notice", "warning", "error"};

static char process[24] = "cozykart";
static unsigned long dropped; /* lines lost since the last one that went out */
/* Whether stderr is the journal: it takes how bad a line is from "<3>" at its beginning. */
static enum { UNKNOWN, JOURNAL, OTHER } target;

void
log_name(const char *name)
{
    snprintf(process, sizeof process, "%s", name);
    target = UNKNOWN;
}

bool
log_is_journal(void)
{
    const char *given = getenv("JOURNAL_STREAM");
    char own[48];
    struct stat st;

    if (target == UNKNOWN) {
        target = OTHER;
        if (given && fstat(STDERR_FILENO, &st) == 0) {
            snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)st.st_dev,
                     (unsigned long long)st.st_ino);
            if (strcmp(given, own) == 0)
                target = JOURNAL;
        }
    }
    return target == JOURNAL;
}

/* Copies text with control characters as \xNN, up to size bytes. C1 controls in UTF-8 count:
 * terminals obey them. The one quoted value of a line is its last: a quote inside it, as others
 * may have written it, cannot end it. */
static size_t
escape(char *out, size_t size, const char *text)
{
    const char *quoted = strstr(text, "=\"");
    size_t n = 0, last = strlen(text) - 1, open = quoted ? (size_t)(quoted - text) + 1 : last;

    for (size_t i = 0; text[i] != '\0'; i++) {
        unsigned char c = (unsigned char)text[i];
        bool second = i > 0 && (unsigned char)text[i - 1] == 0xc2 && c >= 0x80 && c < 0xa0;

        if (c == '"' && i > open && i < last)
            c = '\'';

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
    static const char priority[] = {'6', '5', '4', '3'};
    char raw[LINE_MAX_BYTES + 1];
    char first[4] = "";
    char line[LINE_MAX_BYTES];
    char lost[40] = "";
    int saved = errno;
    size_t n = 0;
    int head = 0;
    bool quoted;
    va_list ap;

    if ((unsigned)level >= ARRAY_SIZE(word))
        return;
    va_start(ap, fmt);
    vsnprintf(raw, sizeof raw, fmt, ap);
    va_end(ap);
    quoted = strstr(raw, "=\"") != NULL;
    if (dropped > 0)
        snprintf(lost, sizeof lost, " dropped=%lu", dropped);
    if (log_is_journal())
        snprintf(first, sizeof first, "<%c>", priority[level]);
    head =
        snprintf(line, sizeof line, "%slevel=%s proc=%s%s ", first, word[level], process, lost);
    n = (size_t)head;
    n += escape(line + n, sizeof line - 1 - n - quoted, raw);
    if (quoted && line[n - 1] != '"')
        line[n++] = '"'; /* it was cut */
    line[n++] = '\n';
    if (put(line, n))
        dropped = 0;
    else
        dropped++;
    errno = saved;
}
