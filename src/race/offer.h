/* A substitute is asked for a seat and has five minutes to accept. Not for: the change of
 * driver itself (lobby_sub). */
#pragma once

#include "race/race.h"

struct tx;

enum { OFFER_MINUTES = 5 };

struct offer {
    int64_t id, race_id, seat_no, round, at, expires_at;
    struct str subject; /* who is asked, id at Discord */
    struct str state;   /* open, accepted, gone */
};

/* Asks subject to drive seat from round on. An open offer of that seat is gone by it.
 * E_CONFLICT, E_INVALID as lobby_sub: seat and round must fit now. Who may ask is the caller's
 * question. */
enum err offer_add(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seat, int64_t round,
                   struct str subject, struct str actor, struct offer *ret) MUST_USE;
/* member_id: the member behind subject. E_DENIED: somebody else was asked. E_CONFLICT: too
 * late, or lobby_sub says no (the offer stays open then). */
enum err offer_accept(struct ctx *ctx, struct tx *tx, int64_t id, struct str subject,
                      int64_t member_id, struct str actor, struct offer *ret) MUST_USE;
/* Offers whose time is over are gone. */
enum err offer_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n) MUST_USE;
