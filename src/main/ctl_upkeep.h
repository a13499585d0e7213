/* What the commands that look after the ledger file share: telling the vault how a run ended.
 * Not for: doing any of it (upkeep/). */
#pragma once

#include "main/ctl.h"
#include "upkeep/upkeep.h"

/* Asks upkeep.report through vault-upkeep.sock; u->id is not used, words are made one line that
 * fits. Harmless to repeat within the call; E_BUSY when the vault cannot be reached: what was
 * done stands all the same. */
enum err ctl_upkeep_report(struct ctl *c, const struct upkeep *u) MUST_USE;
