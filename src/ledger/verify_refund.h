/* What a refund or a lost dispute takes: what was left of each part of its sale, and whose
 * wallet gives it (I20). Not for: how it is spread (verify_split.h). */
#pragma once

#include "ledger/verify_split.h"

/* A REFUND, a DISPUTE_LOST, a RACE_VOID or its like, or a TAG_IN, in order of seq; meta is
 * whole but for a void's. */
enum err verify_refund_entry(struct verify_split *v, const struct hash_entry *e) MUST_USE;
/* The entry with this meta was reversed: its parts are there again. */
enum err verify_refund_undo(struct verify_split *v, struct str meta) MUST_USE;
