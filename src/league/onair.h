/* What was really seen: notes of overlays, seconds on air, views and clicks; and how each
 * overlay is. Not for: contracts (sponsor.h), overlays' addresses (user/session.h).
 *
 * An overlay tells every ONAIR_NOTE_S seconds whether its source is drawn. The time since its
 * last note counts for the sponsor it shows, at most ONAIR_GAP_S of it, and each moment of a
 * sponsor's place once, however many overlays show it. */
#pragma once

#include "league/sponsor.h"

enum { ONAIR_NOTE_S = 15, ONAIR_GAP_S = 20, ONAIR_BREAK_S = 40, ONAIR_SILENT_S = 60 };

struct onair_note {
    struct str token;   /* of the overlay's address */
    struct str kind;    /* pot, grid, … */
    struct str channel; /* it follows, or empty */
    int64_t seq;        /* it knows of that channel */
    bool visible;
    struct str place; /* sponsor slot shown: overlay_corner, overlay_break, or empty */
    int64_t sponsor_id;
    int64_t late, reconnects; /* frames late since the last note; connections lost so far */
    struct str agent;         /* version of the streaming software, or empty */
    struct str unknown;       /* options of its address that mean nothing */
};

/* E_NOTFOUND: no such overlay. A sponsor that has no slot there now counts for nothing. */
enum err onair_take(struct ctx *ctx, struct tx *tx, const struct onair_note *n) MUST_USE;
/* A running race that no overlay shows since ONAIR_SILENT_S raises the alert overlay_silent,
 * where overlays were seen within the last day; it resolves itself. */
enum err onair_tick(struct ctx *ctx, struct tx *tx) MUST_USE;
/* A page showed it, or its link was followed. Unknown sponsors and places: E_NOTFOUND. */
enum err onair_view(struct ctx *ctx, struct tx *tx, int64_t sponsor, struct str place) MUST_USE;
enum err onair_click(struct ctx *ctx, struct tx *tx, int64_t sponsor,
                     struct str place) MUST_USE;

struct onair_air {
    struct str place, day;            /* "2026-05-01" */
    int64_t race_id, seconds, breaks; /* race 0: between races */
};
struct onair_count {
    struct str place, day;
    int64_t views, clicks;
};
/* Newest day first. */
enum err onair_report(struct ctx *ctx, int64_t sponsor, size_t max, struct onair_air **ret,
                      size_t *ret_n) MUST_USE;
enum err onair_counts(struct ctx *ctx, int64_t sponsor, size_t max, struct onair_count **ret,
                      size_t *ret_n) MUST_USE;

struct onair_source {
    struct str label, kind, channel, place, agent, unknown;
    int64_t first_at, at, seq, newest, late, reconnects; /* newest: of the channel now */
    bool visible;
};
/* Every overlay that was ever seen, the freshest first. */
enum err onair_sources(struct ctx *ctx, size_t max, struct onair_source **ret,
                       size_t *ret_n) MUST_USE;
