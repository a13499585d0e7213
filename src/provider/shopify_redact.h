/* A notice of Shopify without what tells of its buyer. Pure. Not for: which notices
 * (vault/redact.c). */
#pragma once

#include "base/json.h"

struct ctx;

/* Keeps ids, money, times, goods, and the race as a note attribute; all else is left out, so
 * that what the shop adds tomorrow is too. buyer: the customer's id where it must stay, since
 * the notice is about them; may be empty. size: of the original. */
struct str shopify_redact_body(struct ctx *ctx, const struct json *notice, struct str race,
                               struct str buyer, size_t size);
