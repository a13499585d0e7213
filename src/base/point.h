/* Code points of well-formed UTF-8, and which of them could make one text pass for another. Not
 * for: counting (str_length), escaping (buf.h, bot/message.h). */
#pragma once

#include "base/arena.h"
#include "base/str.h"

/* The code point at *at, which moves behind it; *at < s.n. */
uint32_t point_next(struct str s, size_t *at);
/* Signs that turn the direction of the text around them, or that nobody sees. */
bool point_is_tricky(uint32_t c);
/* A mark that stands on the letter before it (combining accents and the like). */
bool point_is_mark(uint32_t c);
/* s without tricky and control signs, with at most 2 marks on one letter, blanks at the ends
 * dropped, cut to max code points (the last is "…" then). What is not UTF-8 gives the empty
 * text. */
struct str point_clean(struct arena *a, struct str s, size_t max);
