/* Points tables: text, checks, versions. Not for: who gets the points (result.h). */
#pragma once

#include "league/season.h"

struct tx;
struct stmt;

/* "15,12,10,9,8,7,6,5": 1 to 8 numbers that do not rise, 0 to 1000; the rest is 0. */
bool points_parse(struct str text, int64_t ret[RACE_SEATS_MAX]);
/* All eight with commas between. */
struct str points_text(struct ctx *ctx, const struct points_table *t);
/* A further version of a name leaves older ones as they are. E_INVALID: points or dnf that
 * cannot be. */
enum err points_add(struct ctx *ctx, struct tx *tx, struct str name, struct str points,
                    int64_t dnf, struct str actor, int64_t *ret_id) MUST_USE;
/* Newest version of that name. */
enum err points_find(struct ctx *ctx, struct str name, struct points_table *ret) MUST_USE;
/* Every version, by name. */
enum err points_list(struct ctx *ctx, size_t max, struct points_table **ret,
                     size_t *ret_n) MUST_USE;
/* The newest of a name; writes the table "default", "15,12,10,9,8,7,6,5" with dnf 1, when there
 * is none yet. Empty is "default". */
enum err points_pick(struct ctx *ctx, struct tx *tx, struct str name, struct str actor,
                     struct points_table *ret) MUST_USE;
