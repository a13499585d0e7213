/* A race from lobby to flag: seats, substitutes, states. Not for: money (sale.h, settle.h). All
 * refusals are E_CONFLICT or E_INVALID with the rule in words. race: its number. actor: who
 * acts, for the logs ("member:3", "people:0", "clock"). */
#pragma once

#include "race/race.h"

struct tx;

struct lobby_new {
    int64_t host_id;
    struct str name;   /* "" gives "Race 128" */
    int64_t seats;     /* 2 … 8 */
    int64_t rounds;    /* 1 … 32 */
    struct str rule;   /* name; newest version; "" the default rule */
    int64_t season_id; /* 0: a friendly race; season_choose (league/season.h) fills it */
};

enum err lobby_open(struct ctx *ctx, struct tx *tx, const struct lobby_new *n, struct str actor,
                    int64_t *ret_race) MUST_USE;
/* Lowest free seat, or the wait list (ret_seat 0) when full. */
enum err lobby_join(struct ctx *ctx, struct tx *tx, int64_t race, int64_t member_id,
                    struct str actor, int64_t *ret_seat) MUST_USE;
/* Before the start frees the seat; while running ends the seat's shares and gives DNF. */
enum err lobby_leave(struct ctx *ctx, struct tx *tx, int64_t race, int64_t member_id,
                     struct str actor) MUST_USE;
/* Before the start only: the seat is free, who waits moves up. Who may do it is the caller's
 * question; the caller writes the log of acts. */
enum err lobby_kick(struct ctx *ctx, struct tx *tx, int64_t race, int64_t member_id,
                    struct str reason, struct str actor) MUST_USE;
/* Opens the window now; needs race.min_racers seats taken. */
enum err lobby_start(struct ctx *ctx, struct tx *tx, int64_t race, struct str actor) MUST_USE;
/* in drives seat from round on; at most 3 changes a seat. */
enum err lobby_sub(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seat,
                   int64_t in_member, int64_t round, struct str actor) MUST_USE;
/* Could anybody drive that seat from round on now? The refusals of lobby_sub about the seat. */
enum err lobby_sub_check(struct ctx *ctx, int64_t race, int64_t seat, int64_t round) MUST_USE;
/* Flag: closes the window at at_ms (0: now; earlier needs a reason and lies after the start).
 */
enum err lobby_finish(struct ctx *ctx, struct tx *tx, int64_t race, int64_t at_ms,
                      struct str reason, struct str actor) MUST_USE;
/* Before FINAL; reason required; shares go back to the house. From LOBBY it is CANCELLED. */
enum err lobby_void(struct ctx *ctx, struct tx *tx, int64_t race, struct str reason,
                    struct str actor) MUST_USE;
/* What time alone does at now: idle lobbies, races over max_h, SETTLED (FINAL: report_tick).
 * ret_n: steps made; at most max a call. */
enum err lobby_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n) MUST_USE;
