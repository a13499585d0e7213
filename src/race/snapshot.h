/* The whole state of a race as one JSON object, for the live base file, the .json page and the
 * overlay. Not for: the messages in between (line.h). */
#pragma once

#include "base/ctx.h"

/* {"v":1,"ch":"race/12","seq":…,"at":…,"state":{race, name, state, gate (lobby, open, grace,
 * closed), opened_at?, closed_at?, counts_until?, pot {amount, text, currency}, waiting, sales,
 * rule, seats [{seat, member, name, share, text, place, dnf, left}], last [8 lines, newest
 * first: {seq, sale, type, title, amount, amount_text, delta, delta_text, reason, words, at}]}}
 */
enum err snapshot_make(struct ctx *ctx, int64_t race, struct str *ret_json) MUST_USE;
