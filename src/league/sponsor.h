/* Sponsors, their slots, what was seen of them. Not for: overlays' addresses (user/session.h).
 */
#pragma once

#include "league/season.h"

struct tx;

struct sponsor {
    int64_t id, member_id;
    struct str name, text, url; /* url empty: no link */
    struct str logo; /* sha; its clean copy is media/logo/<sha>.png; empty: none yet */
};
struct sponsor_slot {
    int64_t id, sponsor_id, season_id, from_at, to_at, price;
    struct str
        place; /* standings_head, overlay_corner, overlay_break, race_card, season_prize */
};

enum err sponsor_add(struct ctx *ctx, struct tx *tx, struct str name, struct str text,
                     struct str url, struct str actor, int64_t *ret_id) MUST_USE;
/* PNG or SVG, at most 256 KiB; the job "logo" cleans it. */
enum err sponsor_logo(struct ctx *ctx, struct tx *tx, int64_t id, struct str bytes) MUST_USE;
enum err sponsor_logo_ready(struct ctx *ctx, struct tx *tx, struct str sha) MUST_USE;
enum err sponsor_slot_add(struct ctx *ctx, struct tx *tx, const struct sponsor_slot *s,
                          struct str actor) MUST_USE;
enum err sponsor_find(struct ctx *ctx, struct str which, struct sponsor *ret) MUST_USE;
/* Who is shown in that place now, for a season (0: any); *ret_n 0 when nobody is. */
enum err sponsor_shown(struct ctx *ctx, const char *place, int64_t season, size_t max,
                       struct sponsor **ret, size_t *ret_n) MUST_USE;
enum err sponsor_list(struct ctx *ctx, size_t max, struct sponsor **ret,
                      size_t *ret_n) MUST_USE;
