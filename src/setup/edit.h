/* The text of the settings file, changed without losing what people wrote into it. Not for:
 * what a setting means (base/conf.h), files (put.h). */
#pragma once

#include "base/ctx.h"

/* Value of the first line "key = value"; false when there is none. */
bool edit_get(struct str text, const char *key, struct str *ret);
/* The text with that value: where the key stands, else behind its commented line, else at the
 * end. An empty value takes the line away. All else stays byte for byte. */
struct str edit_set(struct ctx *ctx, struct str text, const char *key, struct str value);
