/* Disputes of a tip: opened, won, lost. Not for: refunds (undo.h), disputes of sales
 * (race/chargeback.h). */
#pragma once

#include "dj/tipmove.h"

/* E_DUPLICATE: known. E_INVALID: it cannot be. */
enum err tipcase_book(struct ctx *ctx, struct tx *tx, struct tipmove *t, const struct fact *f,
                      int64_t inbox_id) MUST_USE;
