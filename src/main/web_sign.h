/* The master's signs of life to the vault. Not for: requests (web_worker.h). */
#pragma once

#include "call/call.h"

struct web_sign {
    struct arena *arena;
    struct call vault;
    int64_t next; /* tick of the next one */
};

/* process outlives it; run: folder of the sockets. */
void web_sign_init(struct web_sign *s, struct arena *process, struct str run);
/* With each turn of the master: asks when a minute has passed. The vault has a third of a
 * second to answer: workers must not wait for it. */
void web_sign_turn(struct web_sign *s, const struct world *world);
/* All workers ended in order. */
void web_sign_end(struct web_sign *s, const struct world *world);
