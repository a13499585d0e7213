/* Who stands in a table: names as public, pictures, what one may know of their money. Not for:
 * ranks (reckon.h). */
#pragma once

#include "league/standing.h"

/* viewer: whose eyes, 0 a visitor. */
enum err face_fill(struct ctx *ctx, int64_t viewer, struct standing_table *t) MUST_USE;
/* The text with "racer 7" replaced by the name of that member. */
struct str face_words(struct ctx *ctx, struct str text, int64_t member_id, struct str name);
