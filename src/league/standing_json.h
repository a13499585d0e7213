/* A table as the JSON of channel season/<id>. Not for: the table itself (standing.h). */
#pragma once

#include "league/standing.h"

enum err standing_json_make(struct ctx *ctx, int64_t season, struct str *ret) MUST_USE;
