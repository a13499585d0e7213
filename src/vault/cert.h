/* Certificates that notices are signed with: kept by address, fetched by a job when one is not
 * known. Not for: checking them (provider/paypal.h, job/fetch.h). */
#pragma once

#include "vault/table.h"

/* E_NOTFOUND: it is not known, or has been for so long that it is looked at again. */
enum err cert_get(struct ctx *ctx, struct str url, struct str *ret_pem) MUST_USE;
/* Remembers that this one is needed; the refused notice's own transaction keeps nothing. */
void cert_want(struct str url);
/* Writes the job for it; seldom, so that strangers who knock cannot make us write. */
enum err cert_fetch(struct ctx *ctx, struct tx *tx) MUST_USE;

enum err cert_keep(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out) MUST_USE;
