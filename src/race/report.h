/* Places after the flag: reports by drivers and hosts, contested places, reminders, DNF for
 * silence, and when a result is final. Not for: points (league/), money (settle.h).
 *
 * A seat belongs to the driver of its last round. Two seats may carry the same place: both are
 * contested then and only the host or staff decide. A race becomes FINAL by itself when every
 * seat has a place or DNF, none is contested, no dispute is open and race.dispute_min passed
 * since the last change (race.touched_at). */
#pragma once

#include "race/race.h"

struct tx;

enum report_source { REPORT_DRIVER, REPORT_HOST, REPORT_STAFF, REPORT_CLOCK, REPORT_FIX };

struct report {
    int64_t race_id, seat_no;
    int64_t place; /* 1 … seats; 0: DNF */
    enum report_source source;
    struct str actor, note;
};

/* Between flag and FINAL. Writes the report, the seat, result.reported or result.contested.
 * E_CONFLICT: not in that state; the driver's seat is contested already (only host or staff may
 * decide), or they decided and the driver wants another seat's place; a seat that was left is
 * DNF. E_INVALID: no such seat or place. A host's or staff report of a place that another seat
 * holds makes both contested too, as a driver's does. The same again changes nothing.
 * REPORT_FIX is taken in FINAL and SETTLED as well, without messages: league/fix.h sends those.
 */
enum err report_add(struct ctx *ctx, struct tx *tx, const struct report *r) MUST_USE;
/* Seats of the race that share a place with another, as a bit set (bit 0 is seat 1). */
unsigned report_contested(const struct race *r);
/* Seat whose report the member owns: drove its last round. E_NOTFOUND in words. */
enum err report_seat_of(struct ctx *ctx, int64_t race, int64_t member_id,
                        int64_t *ret_seat) MUST_USE;
/* What time alone does to FINISHED races: reminders (race.remind_min after the flag, once, told
 * through tell_add "race.remind"), DNF with the note "no report" (race.report_h after the
 * flag), FINAL. At most max steps. */
enum err report_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n) MUST_USE;

enum report_wait_kind {
    REPORT_NOTHING,
    REPORT_SEATS,
    REPORT_CONTESTED,
    REPORT_DISPUTE,
    REPORT_TIME
};

/* What a FINISHED race waits for on its way to FINAL. */
struct report_wait {
    enum report_wait_kind kind;
    unsigned seats;   /* without a report, or contested */
    int64_t until_at; /* REPORT_TIME: when it becomes FINAL */
    struct str words; /* "final at 21:57 unless somebody objects" */
};
enum err report_waits(struct ctx *ctx, const struct race *r, struct report_wait *ret) MUST_USE;

struct report_row {
    int64_t seat_no, place, at; /* place 0: DNF */
    struct str source, actor, note;
};
/* All reports of a race, oldest first. */
enum err report_list(struct ctx *ctx, int64_t race, size_t max, struct report_row **ret,
                     size_t *ret_n) MUST_USE;
