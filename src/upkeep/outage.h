/* When a part of the house was away: signs of life, and the gaps between them. Not for: what
 * people must do about it (queue/alert.h), how it is now (page/status.c).
 *
 * A sign is written once a minute, so the newest is up to a minute old when a part dies;
 * whatever is back within half a minute of that was only restarted. A gap is measured by the
 * machine's steady clock, so that setting the calendar invents none; across a start of the
 * machine, which begins that clock anew, the calendar is all there is. */
#pragma once

#include "base/ctx.h"

struct tx;

enum { OUTAGE_SIGN_MS = 60 * 1000, OUTAGE_GAP_MS = 90 * 1000 };

struct outage {
    struct str part; /* vault, web, jobs */
    int64_t began_at, ended_at;
    bool planned; /* it had stopped in order */
};

/* A part lives: writes a sign when the last one is a minute old, and an outage when it is older
 * than OUTAGE_GAP_MS. While the vault was away nobody could give a sign: the others start anew
 * with it. E_INVALID: there is no such part. */
enum err outage_sign(struct ctx *ctx, struct tx *tx, struct str part) MUST_USE;
/* The vault begins, and the machine was started as boot says (any text that no other start
 * has). When it was another one at the last sign, all signs are carried over to the steady
 * clock of now, by the calendar: that clock may have gone further than before, and would tell
 * nothing. */
enum err outage_boot(struct ctx *ctx, struct tx *tx, struct str boot) MUST_USE;
/* outage_sign for a part that was just started: its sign is written in any case. */
enum err outage_begin(struct ctx *ctx, struct tx *tx, struct str part) MUST_USE;
/* It ends in order: what follows until its next sign is planned. */
enum err outage_stop(struct ctx *ctx, struct tx *tx, struct str part) MUST_USE;
/* Those that ended at or after since, oldest first. */
enum err outage_list(struct ctx *ctx, int64_t since, size_t max, struct outage **ret,
                     size_t *ret_n) MUST_USE;
/* How a part is just now. */
struct outage_now {
    int64_t since;   /* its first sign */
    int64_t away_ms; /* 0: it lives; else since its last sign */
    bool planned;
};
/* E_NOTFOUND: it gave no sign yet. */
enum err outage_now(struct ctx *ctx, struct str part, struct outage_now *ret) MUST_USE;
