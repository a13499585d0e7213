/* What was corrected in a season, and what was wrong with a closed one. Not for: correcting
 * (fix.h, revise.h). */
#pragma once

#include "league/season.h"

struct tx;

enum err erratum_add(struct ctx *ctx, struct tx *tx, int64_t season, struct str text,
                     struct str actor) MUST_USE;
enum err erratum_list(struct ctx *ctx, int64_t season, size_t max, struct season_note **ret,
                      size_t *ret_n) MUST_USE;
