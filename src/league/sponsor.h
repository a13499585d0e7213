/* Sponsors, their slots, and who is shown where now. Not for: what was seen of them (onair.h).
 */
#pragma once

#include "league/season.h"

struct tx;

enum { SPONSOR_LOGO_MAX = 256 * 1024 };

struct sponsor {
    int64_t id, member_id, ended_at; /* member 0: staff alone reads the report */
    struct str name, text, url;      /* url empty: no link */
    struct str logo; /* sha of what was given; its clean copy is media/logo/<sha>.png; empty:
                      * none, or not cleaned yet */
};

struct sponsor_slot {
    int64_t id, sponsor_id, season_id, from_at, to_at, price; /* season 0: every season */
    struct str place;
};

/* "standings_head" … ; the words for people ("head of the standings"), empty when unknown. */
struct str sponsor_place_words(struct str place);

struct sponsor_new {
    struct str name, text, url; /* 1 to 60 signs; at most 120; https:// or empty */
    int64_t member_id;          /* 0: none */
};
enum err sponsor_add(struct ctx *ctx, struct tx *tx, const struct sponsor_new *n,
                     struct str actor, int64_t *ret_id) MUST_USE;
/* No longer shown anywhere; reports stay. */
enum err sponsor_end(struct ctx *ctx, struct tx *tx, int64_t id) MUST_USE;
/* PNG or SVG, at most SPONSOR_LOGO_MAX (queue/logo.h). */
enum err sponsor_logo(struct ctx *ctx, struct tx *tx, int64_t id, struct str bytes) MUST_USE;
enum err sponsor_slot_add(struct ctx *ctx, struct tx *tx, const struct sponsor_slot *s,
                          struct str actor) MUST_USE;

enum err sponsor_get(struct ctx *ctx, int64_t id, struct sponsor *ret) MUST_USE;
/* which: a number or the exact name. */
enum err sponsor_find(struct ctx *ctx, struct str which, struct sponsor *ret) MUST_USE;
/* Whose report that member may read: the newest one. E_NOTFOUND. */
enum err sponsor_of_member(struct ctx *ctx, int64_t member_id, struct sponsor *ret) MUST_USE;
/* All, newest first; with ended ones. */
enum err sponsor_list(struct ctx *ctx, size_t max, struct sponsor **ret,
                      size_t *ret_n) MUST_USE;
/* Who is shown in that place now, oldest contract first; season 0: slots for any season. */
enum err sponsor_shown(struct ctx *ctx, const char *place, int64_t season, size_t max,
                       struct sponsor **ret, size_t *ret_n) MUST_USE;
