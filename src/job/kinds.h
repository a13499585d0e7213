/* THE table of job kinds: what can stand in the outbox. Not for: when they run (runner.h). */
#pragma once

#include "job/push.h"

/* What a kind of job may use. Nothing is sent while a transaction is open: jobs have none. */
struct kinds_tools {
    struct push *push;
};

struct kinds_row {
    const char *name;
    int64_t max_tries;
    /* An error puts the job off; after max_tries it is dead and a person looks at it. */
    enum err (*run)(struct ctx *ctx, const struct kinds_tools *tools, struct str payload);
};

extern const struct kinds_row kinds_table[];
extern const size_t kinds_count;
/* NULL when there is none. */
const struct kinds_row *kinds_find(struct str name);
