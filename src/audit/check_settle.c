/* The settlement of a race: what waited divided by places, stints cut by rounds, every share
 * from pending to available. Not for: refunds after it (check_refund.c reads the places kept
 * here). */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

enum { PLACES = 8, STINTS = 64, MEMBERS = 128, SEATS = 9 };

static struct settle {
    int64_t race, waiting, shares;
    size_t n_place, n_stint, n_release;
    struct {
        int64_t no, seat, member, weight, paid;
    } place[PLACES];
    struct {
        int64_t seat, member, rounds, paid;
    } stint[STINTS];
    struct {
        int64_t member, cents;
    } release[MEMBERS];
    wide seat_share[SEATS], seat_place[SEATS];
    int64_t seat_drivers[SEATS];
} the;

static void
differ(struct audit *a, const char *what)
{
    audit_differ(a, 21, "journal", a->entry.seq, "%s", what);
}

static bool
line_parse(struct text line)
{
    if (text_head(line, "place") && the.n_place < PLACES) {
        size_t i = the.n_place++;

        return text_number(line, "no", &the.place[i].no) &&
               text_number(line, "seat", &the.place[i].seat) &&
               text_number(line, "member", &the.place[i].member) &&
               text_number(line, "weight", &the.place[i].weight) &&
               text_number(line, "paid", &the.place[i].paid) && the.place[i].weight >= 0 &&
               the.place[i].weight <= 100000 && the.place[i].seat >= 1 &&
               the.place[i].seat < SEATS;
    }
    if (text_head(line, "stint") && the.n_stint < STINTS) {
        size_t i = the.n_stint++;

        return text_number(line, "seat", &the.stint[i].seat) &&
               text_number(line, "member", &the.stint[i].member) &&
               text_number(line, "rounds", &the.stint[i].rounds) &&
               text_number(line, "paid", &the.stint[i].paid) && the.stint[i].rounds >= 0 &&
               the.stint[i].rounds <= 1000 && the.stint[i].seat >= 1 &&
               the.stint[i].seat < SEATS;
    }
    if (text_head(line, "release") && the.n_release < MEMBERS) {
        size_t i = the.n_release++;

        return text_number(line, "member", &the.release[i].member) &&
               text_number(line, "cents", &the.release[i].cents);
    }
    return false;
}

static bool
meta_parse(struct audit *a)
{
    struct text rest = a->entry.meta, line;

    memset(&the, 0, sizeof the);
    if (!text_line(&rest, &line) || !text_head(line, "settle") ||
        !text_number(line, "race", &the.race) || !text_number(line, "waiting", &the.waiting) ||
        !text_number(line, "shares", &the.shares))
        return false;
    while (text_line(&rest, &line))
        if (!line_parse(line))
            return false;
    return rest.n == 0;
}

/* What waited goes by weight; the places are those of the race. */
static void
check_places(struct audit *a)
{
    const struct audit_map_slot *waits = map_get(&a->pool, the.race, 0);
    int64_t weight[PLACES], part[PLACES];

    if (the.waiting != (waits != NULL ? waits->x : 0))
        differ(a, "the waiting money is not what the pool held for the race");
    for (size_t i = 0; i < the.n_place; i++) {
        weight[i] = the.place[i].weight;
        the.seat_place[the.place[i].seat] += the.place[i].paid;
        int64_t no = check_fix_place(a, the.race, the.place[i].seat);

        if (no >= 0 && no != the.place[i].no)
            differ(a, "a place is not the result's");
        if (row_one(a,
                    "SELECT member_id FROM stint WHERE race_id = ?1 AND seat_no = ?2 "
                    "ORDER BY stint_no DESC LIMIT 1",
                    the.race, the.place[i].seat, 0, 0) != the.place[i].member)
            differ(a, "a place is paid to somebody who was not its last driver");
        if (i > 0 && (the.place[i].no < the.place[i - 1].no ||
                      (the.place[i].no == the.place[i - 1].no &&
                       the.place[i].seat <= the.place[i - 1].seat)))
            differ(a, "places are not in their order");
    }
    if (the.waiting == 0)
        return;
    if (!want_cut(the.waiting, weight, the.n_place, part)) {
        differ(a, "the waiting money cannot be divided by these weights");
        return;
    }
    for (size_t i = 0; i < the.n_place; i++)
        if (part[i] != the.place[i].paid) {
            differ(a, "the places' money does not recompute");
            return;
        }
}

/* The weights are the rule's: by place where the rule says so, otherwise all to the first
 * place, or alike when nobody has one. */
static void
check_weights(struct audit *a)
{
    int64_t weight[PLACES + 1], seats = 0, placed = 0;
    bool by_place = check_fix_weights(a, the.race, weight), none = true;

    for (size_t i = 0; i < the.n_place; i++)
        none = none && the.place[i].no == 0;
    for (int64_t seat = 1; seat < SEATS; seat++) {
        seats += row_one(a, "SELECT 1 FROM seat WHERE race_id = ?1 AND seat_no = ?2", the.race,
                         seat, 0, 0);
        placed += check_fix_place(a, the.race, seat) > 0;
    }
    for (size_t i = 0; i < the.n_place; i++) {
        int64_t no = the.place[i].no;

        if (the.place[i].weight != (none ? 1 : no >= 1 && no <= PLACES ? weight[no] : 0)) {
            differ(a, "a place's weight is not the rule's");
            return;
        }
    }
    if (the.waiting > 0 && none && placed > 0)
        differ(a, "divides alike although somebody has a place");
    if (the.waiting > 0 && by_place && (int64_t)the.n_place < (none ? seats : placed))
        differ(a, "a seat with a place is missing");
}

/* Shares of the race so far, by seat; releases are their sums by member. */
static void
check_release(struct audit *a, bool first)
{
    sqlite3_stmt *st;
    wide sum = 0, by[MEMBERS] = {0};
    bool stranger = false;

    for (size_t i = 0; i < the.n_release; i++)
        sum += the.release[i].cents;
    if (sum != the.shares)
        differ(a, "the releases do not sum to the shares");
    if (!first)
        return;
    st = row_query(
        a, "SELECT seat_no, member_id, cents FROM share WHERE race_id = ?1 AND seq < ?2");
    sqlite3_bind_int64(st, 1, the.race);
    sqlite3_bind_int64(st, 2, a->entry.seq);
    while (row_next(a, st)) {
        int64_t seat = row_int(a, st, 0), member = row_int(a, st, 1), cents = row_int(a, st, 2);
        size_t i = 0;

        if (seat >= 1 && seat < SEATS)
            the.seat_share[seat] += cents;
        while (i < the.n_release && the.release[i].member != member)
            i++;
        if (i < the.n_release)
            by[i] += cents;
        else
            stranger = stranger || cents != 0;
    }
    row_done(a, st);
    row_bad(a, "share of race", the.race);
    if (row_one(a, "SELECT clear_h FROM race WHERE id = ?1", the.race, 0, 0, 0) == 0) {
        memset(the.seat_share, 0, sizeof the.seat_share);
        if (the.n_release > 0)
            differ(a, "releases shares that were never pending");
        return;
    }
    for (size_t i = 0; i < the.n_release; i++)
        stranger |= by[i] != the.release[i].cents;
    if (stranger)
        differ(a, "moved more or less than the shares");
}

/* A seat of several drivers: its money by rounds. */
static void
check_stints(struct audit *a, bool first)
{
    int64_t rounds[STINTS], part[STINTS];

    for (int64_t seat = 1; seat < SEATS; seat++) {
        size_t n = 0, from = 0;
        wide total = the.seat_share[seat] + the.seat_place[seat];

        the.seat_drivers[seat] =
            first ? row_one(a, "SELECT count(*) FROM stint WHERE race_id = ?1 AND seat_no = ?2",
                            the.race, seat, 0, 0)
                  : 1;
        for (size_t i = 0; i < the.n_stint; i++)
            if (the.stint[i].seat == seat) {
                from = n == 0 ? i : from;
                rounds[n++] = the.stint[i].rounds;
            }
        if (n == 0) {
            if (the.seat_drivers[seat] > 1 && total != 0)
                differ(a, "a seat of several drivers is not cut");
            continue;
        }
        if (!first || (int64_t)n != the.seat_drivers[seat] ||
            !want_cut(total, rounds, n, part)) {
            differ(a, "the stints are not the seat's");
            continue;
        }
        for (size_t i = 0; i < n; i++)
            if (the.stint[from + i].seat != seat || the.stint[from + i].paid != part[i] ||
                row_one(a,
                        "SELECT member_id FROM stint WHERE race_id = ?1 AND seat_no = ?2 AND "
                        "stint_no = ?3",
                        the.race, seat, (int64_t)i + 1, 0) != the.stint[from + i].member) {
                differ(a, "a stint's money does not recompute");
                break;
            }
    }
}

static void
check_lines(struct audit *a, bool first)
{
    sqlite3_stmt *st;
    char item[64];

    want_clear(a);
    snprintf(item, sizeof item, "race:%" PRId64, the.race);
    want_add(a, "L:pool", item, the.waiting);
    for (size_t i = 0; i < the.n_release; i++) {
        want_id(a, "L:wallet_pending:", the.release[i].member, "", the.release[i].cents);
        want_id(a, "L:wallet:", the.release[i].member, "", -(wide)the.release[i].cents);
    }
    for (size_t i = 0; i < the.n_place; i++)
        if (the.seat_drivers[the.place[i].seat] <= 1)
            want_id(a, "L:wallet:", the.place[i].member, "", -(wide)the.place[i].paid);
    for (size_t i = 0; i < the.n_stint; i++)
        want_id(a, "L:wallet:", the.stint[i].member, "", -(wide)the.stint[i].paid);
    /* Shares of a seat that was cut were released to its drivers above: they pass on to the
     * cut. */
    st = row_query(
        a, "SELECT seat_no, member_id, cents FROM share WHERE race_id = ?1 AND seq < ?2");
    sqlite3_bind_int64(st, 1, the.race);
    sqlite3_bind_int64(st, 2, a->entry.seq);
    while (first && the.n_release > 0 && row_next(a, st)) {
        int64_t seat = row_int(a, st, 0);

        if (seat >= 1 && seat < SEATS && the.seat_drivers[seat] > 1)
            want_id(a, "L:wallet:", row_int(a, st, 1), "", row_int(a, st, 2));
    }
    row_done(a, st);
    row_bad(a, "share of race", the.race);
    want_compare(a, &a->entry, 21);
}

static void
stakes_keep(struct audit *a)
{
    bool cut[SEATS] = {false};
    int64_t n[SEATS] = {0};

    for (size_t i = 0; i < the.n_stint; i++) {
        int64_t seat = the.stint[i].seat;

        cut[seat] = true;
        check_stake_add(a, the.race, seat, ++n[seat], the.stint[i].paid);
    }
    for (size_t i = 0; i < the.n_place; i++) {
        int64_t seat = the.place[i].seat;

        check_stake_add(a, the.race, seat, 0, the.place[i].paid);
        if (!cut[seat])
            check_stake_add(a, the.race, seat, check_stake_last(a, the.race, seat),
                            the.place[i].paid);
    }
}

static void
places_keep(struct audit *a)
{
    for (size_t i = 0; i < the.n_place; i++)
        check_fix_keep(a, the.race, i,
                       (const int64_t[]){the.place[i].member, the.place[i].paid,
                                         the.place[i].seat, the.place[i].weight, 0});
    for (size_t i = 0; i < the.n_stint; i++)
        check_fix_cut(
            a, the.race, i,
            (const int64_t[]){the.stint[i].seat, the.stint[i].member, the.stint[i].paid, 0});
}

void
check_settle(struct audit *a, int64_t race)
{
    const struct audit_map_slot *was = map_get(&a->settled, race, 0);
    bool first = was == NULL;

    if (!meta_parse(a) || the.race != race) {
        audit_differ(a, 13, "journal", a->entry.seq, "meta of the settlement cannot be read");
        return;
    }
    check_places(a);
    check_weights(a);
    check_release(a, first);
    check_stints(a, first);
    check_lines(a, first);
    places_keep(a);
    stakes_keep(a);
    map_set(&a->settled, race, 0, first ? a->entry.seq : was->x, a->entry.seq);
}
