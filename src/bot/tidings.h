/* What is told once: lines for channels and messages for one member, by topic. Not for: cards
 * of races (cards.h). */
#pragma once

#include "bot/message.h"
#include "race/race.h"

/* E_NOTFOUND, all of them: nothing is to be told (any more). */
enum err tidings_race(struct ctx *ctx, struct str topic, const struct race *r,
                      struct message **ret) MUST_USE;
/* dispute:3, season:2, alert:5, dj:3 (the queue) */
enum err tidings_other(struct ctx *ctx, struct str topic, struct str kind, int64_t id,
                       struct message **ret) MUST_USE;
/* member.trophy trophy:7, member.tip tip:5, member.song song:7, member.fixed fix:3:41 and
 * member.dispute dispute:3:41 (the member's number at the end); *ret_subject is whom to write
 * to. */
enum err tidings_direct(struct ctx *ctx, struct str topic, struct str object,
                        struct str *ret_subject, struct message **ret) MUST_USE;
/* Points of a race's driver as they stand in the newest version of its results; -1: none. */
enum err tidings_points(struct ctx *ctx, int64_t race, int64_t ret[RACE_SEATS_MAX]) MUST_USE;
