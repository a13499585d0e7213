/* Seasons and points tables. Not for: who has how many points (standing.h). */
#pragma once

#include "race/race.h"

struct tx;
struct lobby_new;

struct points_table {
    int64_t id, version;
    struct str name;
    int64_t place[RACE_SEATS_MAX]; /* points of places 1 to 8 */
    int64_t dnf;
};

struct season {
    int64_t id;
    struct str slug, name, state;                      /* "OPEN", "CLOSED" */
    int64_t starts_at, ends_at, created_at, closed_at; /* 0: none */
    struct points_table points;
    int64_t drops, drop_from;
    struct str rule; /* name of its races' split rule */
};

struct season_new {
    struct str name, slug;      /* slug empty: from the name; [a-z0-9-]{1,40} */
    int64_t starts_at, ends_at; /* ends_at 0: open */
    struct str points, rule;    /* names; empty: "default" */
    int64_t drops, drop_from;
};
enum err season_add(struct ctx *ctx, struct tx *tx, const struct season_new *n,
                    struct str actor, int64_t *ret_id) MUST_USE;
enum err season_get(struct ctx *ctx, int64_t id, struct season *ret) MUST_USE;
/* which: slug, number, or name. */
enum err season_find(struct ctx *ctx, struct str which, struct season *ret) MUST_USE;
/* The newest OPEN season that has begun. E_NOTFOUND: none. */
enum err season_current(struct ctx *ctx, struct season *ret) MUST_USE;
/* The one a page shows without being asked: current, else the newest closed one, else the next
 * to come. E_NOTFOUND: there never was one. */
enum err season_shown(struct ctx *ctx, struct season *ret) MUST_USE;
/* Fills season and (when it is empty) rule of a race about to be opened. which: empty: the
 * current season if there is one, else friendly; "none": friendly; else as season_find, where
 * E_CONFLICT is a season that is closed. */
enum err season_choose(struct ctx *ctx, struct str which, struct lobby_new *n) MUST_USE;
/* Newest first. */
enum err season_list(struct ctx *ctx, size_t max, struct season **ret, size_t *ret_n) MUST_USE;
/* Puts a race into a season (its lobby only); season 0: friendly. */
enum err season_put_race(struct ctx *ctx, struct tx *tx, int64_t race, int64_t season) MUST_USE;
/* Another points table or other drops for a season. While it has no FINAL race it just changes;
 * later every FINAL result is written again with the new points (the next version, reason as a
 * fix row), trophies follow. E_CONFLICT: closed. */
enum err season_change(struct ctx *ctx, struct tx *tx, int64_t season, struct str points,
                       int64_t drops, int64_t drop_from, struct str reason,
                       struct str actor) MUST_USE;

/* What keeps a season from closing, as words; none: empty list. */
enum err season_blockers(struct ctx *ctx, int64_t season, struct str **ret,
                         size_t *ret_n) MUST_USE;
/* Freezes the table, writes trophies, pays the funded prizes, tells "season.closed", live
 * season.closed. E_CONFLICT names the first blocker. */
enum err season_close(struct ctx *ctx, struct tx *tx, int64_t season,
                      struct str actor) MUST_USE;
/* Only for a closed season. */
enum err season_erratum(struct ctx *ctx, struct tx *tx, int64_t season, struct str text,
                        struct str actor) MUST_USE;

struct season_note {
    int64_t at;
    struct str text; /* of a fix or an erratum, with its reason; names as public */
    int64_t race_id; /* 0: erratum */
};
/* Corrections and errata of a season, newest first. */
enum err season_notes(struct ctx *ctx, int64_t season, size_t max, struct season_note **ret,
                      size_t *ret_n) MUST_USE;

/* E_CONFLICT: this incident was punished already. */
enum err season_penalty_add(struct ctx *ctx, struct tx *tx, int64_t race, int64_t member_id,
                            struct str incident, int64_t points, struct str reason,
                            struct str actor, int64_t *ret_id) MUST_USE;
enum err season_penalty_lift(struct ctx *ctx, struct tx *tx, int64_t id, struct str reason,
                             struct str actor) MUST_USE;
struct season_penalty {
    int64_t id, race_id, member_id, points, at, lifted_at;
    struct str name, incident, reason;
};
enum err season_penalties(struct ctx *ctx, int64_t season, size_t max,
                          struct season_penalty **ret, size_t *ret_n) MUST_USE;
