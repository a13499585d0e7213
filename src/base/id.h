/* Random identifiers and tokens. Not for: row ids. */
#pragma once

#include "base/world.h"

/* 32 lower-case hex signs of 128 random bits, terminated. */
void id_hex(const struct world *w, char out[33]);
/* 43 base64url signs of 256 random bits, terminated: session, login and overlay tokens. Only
 * the SHA-256 of a token is ever stored. */
void id_token(const struct world *w, char out[44]);
