/* Waiting money by places, and a seat's money by stints: pure. Not for: posting (settle.h). */
#pragma once

#include "race/race.h"

struct place_list {
    size_t n;
    struct place {
        int64_t no, seat, member_id; /* no 0: without a place */
        int64_t weight, paid;
    } one[RACE_SEATS_MAX];
};

/* Who shares in what waits, in order: winner bonus all to place 1, weighted by the rule's
 * weights in order of place, seats without a place nothing; without any place every seat
 * weight 1. */
void place_weigh(const struct race *r, struct place_list *ret);
/* Cuts waiting cents over the weights into paid. */
enum err place_cut(struct ctx *ctx, int64_t waiting, struct place_list *l) MUST_USE;
/* The place lines of a settlement's meta; false when one cannot be read. */
bool place_read(struct str meta, struct place_list *ret);
/* A refund's line "part of=place:3 race=12 seat=2 left=… back=40 …"; false for any other line.
 * Race 0: an older line, which names none. */
bool place_back(struct str line, int64_t *ret_race, int64_t *ret_member, int64_t *ret_back);
/* Rounds driven in each stint of a seat, at least 1 in all. */
void place_rounds(const struct race_seat *s, int64_t rounds, int64_t ret[4]);
/* A line of a settlement's meta about a driver of several. */
bool place_stint(struct str line, int64_t *ret_seat, int64_t *ret_member, int64_t *ret_paid);
/* A line of a refund's meta about what such a driver gave. */
struct place_by {
    int64_t race_id, seat, member_id, back;
};
bool place_by(struct str line, struct place_by *ret);
