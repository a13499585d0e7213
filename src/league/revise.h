/* Other points or drops for a season that is open. Not for: fixing one race (fix.h). */
#pragma once

#include "league/season.h"

struct tx;

struct revise {
    struct str points; /* name of a table, newest version; empty: as it is */
    int64_t drops, drop_from;
    struct str reason, actor;
};

enum err revise_check(struct ctx *ctx, int64_t drops, int64_t drop_from) MUST_USE;
enum err revise_season(struct ctx *ctx, struct tx *tx, int64_t season,
                       const struct revise *r) MUST_USE;
