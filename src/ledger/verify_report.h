/* What verify says. Not for: deciding what is wrong. */
#pragma once

#include "ledger/verify.h"

/* The listener hears of so many differences of one check; all are counted. */
enum { VERIFY_SHOWN_MAX = 50 };

struct verify_report {
    struct ctx *ctx;
    verify_found_fn fn; /* may be NULL */
    void *arg;
    struct arena *home; /* the listener's; ctx->arena is released while verify runs */
    int64_t found;
    int64_t shown[64]; /* told to the listener, for each check */
};

/* One difference: check "I3", what the thing is ("account"), its name, and the words. */
void verify_report(struct verify_report *r, const char *check, const char *what,
                   struct str name, const char *fmt, ...) PRINTF_LIKE(5, 6);
/* The same for a thing with a number: "entry 7". */
void verify_report_no(struct verify_report *r, const char *check, const char *what, int64_t no,
                      const char *fmt, ...) PRINTF_LIKE(5, 6);
