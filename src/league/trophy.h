/* Permanent awards. Not for: drawing them (draw/trophy_art.h). */
#pragma once

#include "league/standing.h"

enum trophy_kind {
    TROPHY_WIN,
    TROPHY_PODIUM,
    TROPHY_CHAMPION,
    TROPHY_RUNNER_UP,
    TROPHY_THIRD,
    TROPHY_MOST_WINS,
    TROPHY_MOST_STARTS,
    TROPHY_BIGGEST_POT,
    TROPHY_CLEAN_SEASON,
    TROPHY_GIANT_SLAYER,
    TROPHY_IRON_SUBSTITUTE,
    TROPHY_KINDS
};

struct trophy {
    int64_t id, member_id, season_id, race_id, at; /* 0: none */
    enum trophy_kind kind;
    struct str title;  /* "Champion" */
    struct str words;  /* "1st of 8 in race 128": the reason */
    struct str season; /* its name, or empty */
};

/* Name in the schema, title and condition in words ("Win a race"). */
struct str trophy_name(enum trophy_kind k);
struct str trophy_title(enum trophy_kind k);
struct str trophy_condition(enum trophy_kind k);
/* Of a member, by season, newest first; revoked ones left out. */
enum err trophy_of(struct ctx *ctx, int64_t member_id, size_t max, struct trophy **ret,
                   size_t *ret_n) MUST_USE;
/* Of a season as a whole (champion …), with names as public. */
enum err trophy_of_season(struct ctx *ctx, int64_t season, size_t max, struct trophy **ret,
                          size_t *ret_n) MUST_USE;
/* Writes what is missing and revokes what is no longer earned, for a race's results and the
 * giant slayer (who beat the leader of the table before the race from its lower half). */
enum err trophy_race(struct ctx *ctx, struct tx *tx, int64_t race, struct str why) MUST_USE;
/* The trophies of a season that closes. */
enum err trophy_season(struct ctx *ctx, struct tx *tx, int64_t season) MUST_USE;
/* Whether the rows that stand are those that would be given now. */
enum err trophy_check_race(struct ctx *ctx, int64_t race, bool *ret) MUST_USE;
enum err trophy_check_season(struct ctx *ctx, int64_t season, bool *ret) MUST_USE;
