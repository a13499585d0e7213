/* A payout as a row, and what people read about the ways of being paid. Not for: rules
 * (payout/). */
#pragma once

#include "page/layout.h"
#include "payout/payout.h"

void payoutrow_add(struct ctx *ctx, struct view *v, const struct payout *p);
/* "put aside", "sent", …: a state in words; and its badge's shape. */
struct str payoutrow_state(struct str state);
const char *payoutrow_badge(struct str state);
/* When it arrives: "within minutes". */
struct str payoutrow_arrival(struct str kind);
/* What it costs and when it arrives: "No fee; arrives within minutes." */
struct str payoutrow_terms(struct ctx *ctx, struct str kind);
/* "50.00": an amount as forms take it. */
struct str payoutrow_plain(struct ctx *ctx, int64_t cents);
/* A reason as a sentence: a capital in front, a full stop behind. */
struct str payoutrow_sentence(struct ctx *ctx, struct str why);
