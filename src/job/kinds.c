/* THE table of job kinds. Not for: leases (runner.c). */
#include "job/kinds.h"

/* payload: a channel, "race/12". */
static enum err
rewrite(struct ctx *ctx, const struct kinds_tools *tools, struct str payload)
{
    return push_base(ctx, tools->push, payload);
}

/* payload: "topic object" of queue/tell.h. */
static enum err
tell(struct ctx *ctx, const struct kinds_tools *tools, struct str payload)
{
    (void)ctx;
    (void)tools;
    (void)payload;
    return OK;
}

const struct kinds_row kinds_table[] = {
    {"live.rewrite", 5, rewrite},
    {"tell",         5, tell   },
};

const size_t kinds_count = ARRAY_SIZE(kinds_table);

const struct kinds_row *
kinds_find(struct str name)
{
    for (size_t i = 0; i < kinds_count; i++)
        if (str_eq_text(name, kinds_table[i].name))
            return &kinds_table[i];
    return NULL;
}
