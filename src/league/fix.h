/* A result changed by staff: preview with its hash, then apply. product.md 2.6. */
#pragma once

#include "league/trophy.h"

struct tx;

struct fix_ask {
    int64_t race_id;
    int64_t place[RACE_SEATS_MAX + 1]; /* by seat number: new place, 0 DNF, -1 as it is */
    struct str reason;                 /* 10 to 300 signs */
    int64_t by;                        /* member; 0: the people's command */
    struct str actor;
};

struct fix_row { /* one driver whom it concerns */
    int64_t member_id, seat_no;
    struct str name;
    /* Before, after. Place 0: DNF, -1: none; rank 0: in no table. Seat 0: somebody of the
     * season whose rank moves. Cents: of this race; before it has settled, as it would settle
     * now. */
    int64_t place[2], points[2], rank[2], cents[2];
    struct str trophies[2]; /* titles with commas between */
};

struct fix_preview {
    int64_t race_id;
    struct str hash; /* 64 hex signs over both sides and the reason */
    size_t n;
    struct fix_row row[4 * RACE_SEATS_MAX];
    int64_t moved; /* cents that change hands */
};

/* Writes nothing that stays. E_DENIED: one's own race (drove or hosted it). E_INVALID: reason,
 * contested places, nothing would change. E_CONFLICT: not FINISHED, FINAL or SETTLED; the
 * season is closed (errata). */
enum err fix_look(struct ctx *ctx, struct tx *tx, const struct fix_ask *ask,
                  struct fix_preview *ret) MUST_USE;
/* The same again; E_CONFLICT "please look again" when the hash is another. Writes reports
 * (source fix), result version, trophies, the correction of cents (settle_fix), fix row, tells
 * race.fixed and member.fixed. */
enum err fix_apply(struct ctx *ctx, struct tx *tx, const struct fix_ask *ask, struct str hash,
                   struct fix_preview *ret) MUST_USE;
