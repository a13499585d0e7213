/* Small limits per client address and class of route, shared by all workers of one master. The
 * first fence is nginx's; this one covers what costs us more than a page. Not for: limits that
 * belong to the rules (those are commands of the vault). */
#pragma once

#include "base/str.h"

struct arena;

enum limit_class {
    LIMIT_NONE,
    LIMIT_LOGIN, /* 10 at once, then one in 6 s: one-time tokens cannot be guessed in bulk */
    LIMIT_FORM,  /* 30 at once, then one a second */
    LIMIT_COUNT
};

struct limit;

/* Memory shared with every process forked later; lives as long as the process. */
struct limit *limit_new(void);
/* True when addr may ask once more now; otherwise *ret_retry_s is how long to wait. tick_ms is
 * monotonic. Forgets the address used longest ago when full. */
bool limit_take(struct limit *l, enum limit_class c, struct str addr, int64_t tick_ms,
                int64_t *ret_retry_s);
