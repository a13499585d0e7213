/* Who stands in a table: names as public, pictures, what one may know of their money. Not for:
 * ranks (reckon.h). */
#pragma once

#include "league/standing.h"

/* viewer: whose eyes, 0 a visitor. */
enum err face_fill(struct ctx *ctx, int64_t viewer, struct standing_table *t) MUST_USE;
