/* The curve of a pot, or of a balance, as SVG with its numbers as a table: a step line, one
 * mark for each change, bands for window and grace. Integers only. Not for: reading the ledger.
 */
#pragma once

#include "race/race.h"

struct chart {
    const struct race_line *line; /* oldest first */
    size_t n;
    int64_t opened_at, closed_at; /* ms; 0: not yet */
    int64_t grace_s;
    int64_t now;
    struct str currency;
    bool wallet;     /* a balance, not a pot: pot and delta of each line */
    struct str link; /* what marks link to, before the number: "#sale-" or "/race/12#sale-" */
};

/* Markup that is safe to print as it is: width units wide for screens with room, a small
 * drawing for phones, and the numbers. The style sheet shows one of the two. */
struct str chart_pot(struct ctx *ctx, const struct chart *c, int64_t width);
/* 200 x 40, only the line: a document of its own, for overlays. */
struct str chart_spark(struct ctx *ctx, const struct chart *c);
/* A bar of up to three parts: available, pending, held. */
struct str chart_bar(struct ctx *ctx, int64_t a, int64_t p, int64_t h);
