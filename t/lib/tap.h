/* TAP for C tests: one ok line a behaviour, named as a sentence. */
#pragma once

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/str.h"

static int tap_count, tap_failed;

static inline bool PRINTF_LIKE(2, 3) ok(bool good, const char *fmt, ...)
{
    va_list ap;

    printf("%sok %d - ", good ? "" : "not ", ++tap_count);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
    tap_failed += !good;
    fflush(stdout);
    return good;
}

static inline bool
is_int(int64_t got, int64_t want, const char *name)
{
    if (!ok(got == want, "%s", name))
        printf("# got %" PRId64 ", want %" PRId64 "\n", got, want);
    return got == want;
}

static inline bool
is_str(struct str got, struct str want, const char *name)
{
    bool same = got.n == want.n && (got.n == 0 || memcmp(got.p, want.p, got.n) == 0);

    if (!ok(same, "%s", name))
        printf("# got  \"%.*s\"\n# want \"%.*s\"\n", STR_ARG(got), STR_ARG(want));
    return same;
}

static inline void
skip(const char *name, const char *why)
{
    printf("ok %d - %s # SKIP %s\n", ++tap_count, name, why);
}

/* Last call of main: return done(). */
static inline int
done(void)
{
    printf("1..%d\n", tap_count);
    return tap_failed != 0;
}
