/* The end of a process that found itself wrong. Not for: input, whatever it says. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

void
base_bug(const char *cond, const char *file, int line)
{
    fprintf(stderr, "level=error event=bug at=%s:%d condition=\"%s\"\n", file, line, cond);
    abort();
}
