/* Providers that are set up by half: what is there, what it lacks, and what does not work for
 * it. Not for: asking a provider anything. */
#pragma once

#include "base/base.h"

struct half {
    const char *have, *lack; /* settings; of a secret without "_file" */
    const char *what;        /* what does not work without it */
    bool trial;              /* a house in mode test may well be without it */
};

extern const struct half half_rows[];
extern const size_t half_count;
