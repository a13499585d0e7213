/* What buyers ask of us: their data is taken out of stored notices, and staff hears of it; and
 * a shop that let us go. Not for: what is personal in a notice (provider->redact). */
#pragma once

#include "base/fact.h"

struct ctx;
struct tx;

/* A FACT_REDACT. remove: the notices of those orders and about that buyer lose what tells of
 * them, the facts in them stay; of a whole shop all that was dealt with is emptied. Otherwise
 * nothing is changed. Either way an alert tells staff what was done or is asked, and by when.
 */
enum err redact_buyer(struct ctx *ctx, struct tx *tx, const struct fact *f) MUST_USE;
/* A FACT_CLOSED: the alert shop_closed. Over with the next order (redact_open). */
enum err redact_closed(struct ctx *ctx, struct tx *tx, const struct fact *f) MUST_USE;
enum err redact_open(struct ctx *ctx, struct tx *tx, struct str provider) MUST_USE;
/* Ends the alerts about requests whose time has passed. */
enum err redact_tick(struct ctx *ctx, struct tx *tx) MUST_USE;
