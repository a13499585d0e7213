/* A login through a provider: from the first redirect to the session. The browser keeps a
 * secret in a cookie; only its SHA-256 is stored and goes through the address bar (the state),
 * so that whoever reads an address or the ledger can finish nobody's login. Not for: one-time
 * links (session.h), asking the provider (job/login.h). */
#pragma once

#include "user/identity.h"

enum { SIGNIN_MINUTES = 10 };

struct signin_begun {
    struct str secret;    /* for the cookie */
    struct str state;     /* for the provider: base64url of the secret's SHA-256 */
    struct str challenge; /* PKCE S256 */
};

/* go_to: a path of ours to return to; anything else becomes "/wallet". */
enum err signin_begin(struct ctx *ctx, struct tx *tx, struct str provider, struct str go_to,
                      struct signin_begun *ret) MUST_USE;
/* The provider sent the person back. E_DENIED: another browser's state, used, too old or of
 * another provider; all say "start again". Adds the job "login.exchange". */
enum err signin_code(struct ctx *ctx, struct tx *tx, struct str provider, struct str secret,
                     struct str state, struct str code) MUST_USE;
/* From the job. The code and the verifier are forgotten in both cases. */
enum err signin_known(struct ctx *ctx, struct tx *tx, int64_t id,
                      const struct identity *who) MUST_USE;
enum err signin_refused(struct ctx *ctx, struct tx *tx, int64_t id, struct str reason) MUST_USE;

/* Forgets what is over. */
enum err signin_prune(struct ctx *ctx, struct tx *tx) MUST_USE;

struct signin_claim {
    bool waiting;       /* the provider has not answered yet */
    struct str session; /* fresh token */
    struct str go_to;   /* or the welcome page, while the rules are not accepted */
    int64_t member_id;
};
/* Uses a known login once; label: the browser, for the list of sessions. E_DENIED with the
 * reason when it was refused or is over. */
enum err signin_take(struct ctx *ctx, struct tx *tx, struct str secret, struct str label,
                     struct signin_claim *ret) MUST_USE;
