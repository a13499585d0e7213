/* What should be told to people outside our pages: written with the change, sent by
 * job/herald.c. Not for: live messages of browsers (live.h), how a message looks (bot/cards.h).
 *
 * topics: race.opened, race.card (seats or state changed: edit the card), race.full,
 * race.started, race.finished, race.remind, race.contested, race.final, race.settled (shares
 * changed: edit the card and what race.final told), race.fixed, race.void, dispute.opened,
 * dispute.closed, season.closed, member.trophy, member.fixed, member.dispute, member.tip,
 * member.song (not played in time), member.method (a destination waits for its owner's yes),
 * payout.state, dj.queue (edit the card), alert.raised. object: race:12, dispute:3, season:2,
 * trophy:7, alert:5, tip:5, song:7, dj:3, payout:9, method:4; fix:3:41 and dispute:3:41 for
 * member 41. Whoever sends it reads the present state; a message that is late shows what is
 * true then.
 */
#pragma once

#include "base/ctx.h"

struct tx;

/* An outbox job of kind "tell", payload "topic object" (and one of kind "card" for topics that
 * change a picture), once per (topic, object, turn): turn is
 * any number that differs between two tellings of the same, e.g. a live seq; 0 for what happens
 * once. */
enum err tell_add(struct ctx *ctx, struct tx *tx, const char *topic, struct str object,
                  int64_t turn) MUST_USE;
