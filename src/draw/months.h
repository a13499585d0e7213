/* What a racer earned month by month, as bars: shown to nobody but the racer. Not for: counting
 * it (page/racerpage.c reads shares of races). */
#pragma once

#include "base/ctx.h"

enum { MONTHS_MAX = 12 };

struct months {
    size_t n; /* newest MONTHS_MAX that had a race, oldest first */
    struct months_bar {
        struct str name; /* "2026-05" */
        int64_t cents;
    } bar[MONTHS_MAX];
};

/* Adds cents to the month of that time; times come newest first. */
void months_add(struct ctx *ctx, struct months *m, int64_t at_ms, int64_t cents);
/* SVG with title, summary and the numbers as a table; empty without a month. */
struct str months_draw(struct ctx *ctx, const struct months *m);
