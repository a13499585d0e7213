/* Files in path.media: our cards, copies of avatars and logos that hold nothing but dots. Not
 * for: converting (picture.h), drawing (draw/). */
#pragma once

#include "job/kinds.h"

/* "race 12" draws the race's card; of a FINAL race also its drivers' and its season's. */
enum err paint_card(struct ctx *ctx, const struct kinds_tools *tools,
                    struct kinds_job *job) MUST_USE;
/* "discord 4711 a_0123…": fetched, checked, cleaned, stored by the hash of what we made. */
enum err paint_avatar(struct ctx *ctx, const struct kinds_tools *tools,
                      struct kinds_job *job) MUST_USE;
enum err paint_logo(struct ctx *ctx, const struct kinds_tools *tools,
                    struct kinds_job *job) MUST_USE;
/* The card that stands for all that have none. */
enum err paint_default(struct ctx *ctx) MUST_USE;
