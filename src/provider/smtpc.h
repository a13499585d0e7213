/* One letter to one address by SMTP. Not for: what it says (job/mail.c), programs that send
 * mail (base/child.h). */
#pragma once

#include "base/ctx.h"

struct smtpc_letter {
    struct str url;            /* smtp://host[:port] or smtps://host[:port] */
    struct str user, password; /* login; empty: none */
    struct str from, to;       /* addresses, without <> */
    struct str text;           /* header lines, an empty line, the body; lines end with \n */
    int64_t timeout_ms;        /* for all of it */
};

/* A server elsewhere than on this machine must offer TLS and prove its name; one at 127.0.0.1,
 * [::1] or localhost is spoken to as it is. OK: it has taken the letter. E_INVALID: it never
 * will (an answer 5xx, a login refused); E_REMOTE: not now. Both with its reason. E_INVALID as
 * well when an address holds what no address may. */
enum err smtpc_send(struct ctx *ctx, const struct smtpc_letter *l) MUST_USE;
