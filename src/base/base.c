/* The end of a process that found itself wrong. Not for: input, whatever it says. */
#include "base/base.h"

#include <stdlib.h>

#include "base/log.h"

void
base_bug(const char *cond, const char *file, int line)
{
    log_line(LOG_ERROR, "event=bug at=%s:%d condition=\"%s\"", file, line, cond);
    abort();
}
