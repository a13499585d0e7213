/* Three blocks with who stands on them, as cards show winners. */
#pragma once

#include "draw/ink.h"

struct podium {
    struct podium_step {
        int64_t place; /* 1 to 3; 0: nobody */
        int64_t id;    /* for the colour of the face */
        struct str name;
        struct str words; /* "15 points" */
    } step[3];
    size_t n;
};

/* Feet at y 572, in the left half of a card. Two may stand on the same place. */
void podium_draw(struct buf *b, const struct podium *p);
