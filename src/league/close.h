/* The end of a season, and what its channel is told. Not for: its trophies (trophy.h), its
 * prizes (prize.h). */
#pragma once

#include "league/season.h"

struct tx;

enum err close_blockers(struct ctx *ctx, int64_t season, struct str **ret,
                        size_t *ret_n) MUST_USE;
enum err close_season(struct ctx *ctx, struct tx *tx, int64_t season) MUST_USE;
/* Live message on season/<id> with the top of the table; race 0: none in particular. */
enum err close_say(struct ctx *ctx, struct tx *tx, int64_t season, const char *type,
                   int64_t race) MUST_USE;
/* The picture of its table is to be drawn anew; a final or corrected race does so by itself. */
enum err close_draw(struct ctx *ctx, struct tx *tx, int64_t season) MUST_USE;
/* Whether the frozen table is the one that the results of that time give. */
enum err close_check(struct ctx *ctx, const struct season *z, bool *ret) MUST_USE;
