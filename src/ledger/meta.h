/* Reading journal.meta: lines of "tag key=value …" (sql/FORMAT.md section 4). Not for: writing
 * it; the domains do. */
#pragma once

#include "base/str.h"

struct meta {
    struct str tag;  /* "seat" */
    struct str rest; /* "no=1 member=3 …" */
};

/* Takes the next line off *text; false at the end. A line without its line end gives the tag
 * "". */
bool meta_next(struct str *text, struct meta *ret);
/* The value of a key, empty when it is absent. */
struct str meta_str(const struct meta *m, const char *key);
/* False when the key is absent or not an integer. */
bool meta_i64(const struct meta *m, const char *key, int64_t *ret);
