/* Trophies as drawings on a grid of 64: one shape a kind, the place inside; one colour is
 * enough. Not for: who has them (league/trophy.h). */
#pragma once

#include "base/buf.h"
#include "league/trophy.h"

/* <svg class="trophy …" viewBox="0 0 64 64"> with <title>; place 1 to 3, 0: none; locked: an
 * outline. Colours come from the style sheet's classes on pages; standalone puts them in, for
 * pictures. */
void trophy_art(struct buf *b, enum trophy_kind kind, int64_t place, bool locked,
                bool standalone);
/* Place that belongs into it: 1 to 3, or 0. */
int64_t trophy_art_place(const struct trophy *t);
