/* The word filter: whole words of a list, whatever their case. Not for: deciding what happens
 * to a text that is hit (tip.c hides messages, wish.c refuses titles and names). */
#pragma once

#include "base/ctx.h"

/* True when text holds a word of list (one a line; a line may hold several words in a row). */
bool filter_hits(struct arena *a, struct str list, struct str text);
/* The house's own list, share/words.txt; empty when there is none or it cannot be read. */
struct str filter_house(struct ctx *ctx);
