/* What an answer of a provider means for whoever asked: the same four words for all of them.
 * Pure. Not for: what is asked (the ask and read pairs of each provider), Discord
 * (discord_api.h). */
#pragma once

#include "base/json.h"
#include "provider/httpc.h"

enum remote_how {
    REMOTE_DONE,    /* it happened; body tells what */
    REMOTE_WAIT,    /* it did not happen; the same again after wait_ms may work */
    REMOTE_UNKNOWN, /* it may have happened: look before anything is sent again */
    REMOTE_REFUSED  /* it did not happen, and will not as it was asked */
};

struct remote_answer {
    enum remote_how how;
    int64_t status;          /* HTTP; 0: there was no answer */
    struct str code;         /* the provider's own word, "balance_insufficient"; may be empty */
    struct str why;          /* in words, without secrets, for people */
    int64_t wait_ms;         /* WAIT: for how long at least; 0: it did not say */
    const struct json *body; /* NULL: none, or no JSON */
};

enum { REMOTE_URL_MAX = 1024 };

/* A request with room for its own texts; must stay where it is. */
struct remote_ask {
    struct httpc_ask http;
    bool money; /* moves money: an answer that cannot be read is UNKNOWN, not WAIT */
};

/* What httpc_do gave, e with it: E_REMOTE (nothing was sent) is WAIT, E_UNCERTAIN is UNKNOWN
 * for money and WAIT otherwise. answer may be NULL when e is not OK. Judges HTTP alone: 2xx
 * DONE; 408, 429 and 503 with Retry-After WAIT; 409 and 5xx UNKNOWN for money, else WAIT; other
 * 4xx REFUSED. The provider's own reader corrects that by its codes. */
void remote_read(struct ctx *ctx, const struct remote_ask *ask, enum err e,
                 const struct httpc_answer *answer, struct remote_answer *ret);
/* "120", or an HTTP date: ms from now, at most a day; 0 when it is neither. */
int64_t remote_wait(struct ctx *ctx, struct str retry_after);
