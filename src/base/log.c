#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const char *process = "cozykart";
static enum log_level least = LOG_INFO;

void
log_name(const char *name)
{
    process = name;
}

void
log_min(enum log_level level)
{
    least = level;
}

void
log_line(enum log_level level, const char *fmt, ...)
{
    static const char *const word[] = {"debug", "info", "notice", "warning", "error"};
    static unsigned long lost;
    char raw[900], line[1024];
    va_list ap;
    int n;
    size_t at;

    if (level < least)
        return;
    va_start(ap, fmt);
    vsnprintf(raw, sizeof(raw), fmt, ap);
    va_end(ap);
    n = snprintf(line, sizeof(line), "level=%s proc=%s ", word[level], process);
    at = (size_t)n;
    for (const char *p = raw; *p && at < sizeof(line) - 2; p++)
        line[at++] = (unsigned char)*p < 0x20 || *p == 0x7F ? '?' : *p;
    line[at++] = '\n';
    if (write(STDERR_FILENO, line, at) != (ssize_t)at)
        lost++;
}
