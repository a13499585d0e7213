/* Texts of differences. Not for: printing them. */
#include "ledger/verify_report.h"

#include <stdarg.h>
#include <stdio.h>

PRINTF_LIKE(4, 0)
static void
say(struct verify_report *r, const char *check, struct str thing, const char *fmt, va_list ap)
{
    char what[300];
    struct arena *work = r->ctx->arena;
    int64_t no = 0;

    r->found++;
    if (!r->fn || !str_i64(str_of(check + 1), 1, ARRAY_SIZE(r->shown) - 1, &no) ||
        r->shown[no]++ >= VERIFY_SHOWN_MAX)
        return;
    vsnprintf(what, sizeof(what), fmt, ap);
    r->ctx->arena = r->home;
    r->fn(r->arg, check, thing, str_of(what));
    r->ctx->arena = work;
}

void
verify_report(struct verify_report *r, const char *check, const char *what, struct str name,
              const char *fmt, ...)
{
    char thing[200];
    va_list ap;

    snprintf(thing, sizeof(thing), "%s %.*s", what, STR_ARG(name));
    va_start(ap, fmt);
    say(r, check, str_of(thing), fmt, ap);
    va_end(ap);
}

void
verify_report_no(struct verify_report *r, const char *check, const char *what, int64_t no,
                 const char *fmt, ...)
{
    char thing[80];
    va_list ap;

    snprintf(thing, sizeof(thing), "%s %lld", what, (long long)no);
    va_start(ap, fmt);
    say(r, check, str_of(thing), fmt, ap);
    va_end(ap);
}
