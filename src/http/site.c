/* Counting what was answered. Not for: showing it (page/metrics.c). */
#include "http/site.h"

const int64_t site_took_ms[SITE_TOOK - 1] = {5,   10,   25,   50,   100,  250,
                                             500, 1000, 2500, 5000, 10000};

void
site_count(struct site_stats *s, int status, int64_t ms)
{
    size_t i = 0;

    while (i < SITE_TOOK - 1 && ms > site_took_ms[i])
        i++;
    s->took[i]++;
    s->request_ms += ms;
    if (status >= 0 && status < SITE_STATUSES)
        s->requests[status]++;
}
