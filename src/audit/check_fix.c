/* Places changed after the settlement: what was divided is divided again. Also what settlements
 * and fixes share: places by the result, weights by the rule, stakes. Not for: the first
 * division (check_settle.c). */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

enum { SEATS = 8, STINTS = 32, MEMBERS = 64 };

static struct fix {
    int64_t race, money, moved;
    size_t n_place, n_stint, n_short;
    struct {
        int64_t no, seat, member, weight, had, paid;
    } place[SEATS];
    struct {
        int64_t seat, member, rounds, had, paid;
    } stint[STINTS];
    struct {
        int64_t member, cents;
    } lack[MEMBERS];
} the;

static void
differ(struct audit *a, const char *what)
{
    audit_differ(a, 21, "journal", a->entry.seq, "%s", what);
}

int64_t
check_fix_place(struct audit *a, int64_t race, int64_t seat)
{
    char from[64], to[64];
    sqlite3_stmt *st;
    int64_t no =
        row_one(a,
                "SELECT coalesce(place, 0) FROM result WHERE race_id = ?1 AND seat_no = "
                "?2 AND version = coalesce((SELECT max(version) FROM result WHERE "
                "race_id = ?1 AND at <= ?3), 1) LIMIT 1",
                race, seat, a->entry.recorded_at, -1);

    if (no >= 0)
        return no;
    snprintf(from, sizeof from, "fix:race:%" PRId64 ":", race);
    snprintf(to, sizeof to, "fix:race:%" PRId64 ";", race);
    st = row_query(a, "SELECT 1 FROM journal WHERE idem_scope = 'race' AND idem_key >= ?1 AND "
                      "idem_key < ?2 AND seq > ?3");
    sqlite3_bind_text(st, 1, from, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, to, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 3, a->entry.seq);

    bool later = row_next(a, st);

    row_done(a, st);
    return later ? -1
                 : row_one(a,
                           "SELECT coalesce(place, 0) FROM seat WHERE race_id = ?1 AND seat_no "
                           "= ?2",
                           race, seat, 0, 0);
}

bool
check_fix_weights(struct audit *a, int64_t race, int64_t ret[9])
{
    sqlite3_stmt *st =
        row_query(a, "SELECT u.share, u.weights, u.weights_by FROM race r JOIN rule u ON u.id "
                     "= r.rule_id WHERE r.id = ?1");
    bool by_place = false;

    memset(ret, 0, 9 * sizeof ret[0]);
    sqlite3_bind_int64(st, 1, race);
    if (row_next(a, st)) {
        struct text list = row_text(a, st, 1);

        by_place =
            text_is(row_text(a, st, 0), "weighted") && text_is(row_text(a, st, 2), "place");
        for (size_t i = 1; i <= SEATS && list.n > 0; i++) {
            const char *comma = memchr(list.p, ',', list.n);
            struct text one = {list.p, comma != NULL ? (size_t)(comma - list.p) : list.n};

            if (!text_int(one, &ret[i]))
                ret[i] = 0;
            list.p += one.n + (comma != NULL);
            list.n -= one.n + (comma != NULL);
        }
    }
    row_done(a, st);
    row_bad(a, "rule of race", race);
    if (!by_place) {
        memset(ret, 0, 9 * sizeof ret[0]);
        ret[1] = 1;
    }
    return by_place;
}

void
check_fix_keep(struct audit *a, int64_t race, size_t pos, const int64_t v[5])
{
    sqlite3_stmt *st =
        row_query(a, "INSERT INTO temp.place (race, seq, pos, member, paid, "
                     "seat, weight, fix) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
                     "ON CONFLICT DO NOTHING");

    sqlite3_bind_int64(st, 1, race);
    sqlite3_bind_int64(st, 2, a->entry.seq);
    sqlite3_bind_int64(st, 3, (int64_t)pos);
    for (int i = 0; i < 5; i++)
        sqlite3_bind_int64(st, 4 + i, v[i]);
    row_next(a, st);
    row_done(a, st);
}

void
check_fix_cut(struct audit *a, int64_t race, size_t pos, const int64_t v[4])
{
    sqlite3_stmt *st = row_query(a, "INSERT INTO temp.cut (race, seq, pos, seat, member, paid, "
                                    "fix) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
                                    "ON CONFLICT DO NOTHING");

    sqlite3_bind_int64(st, 1, race);
    sqlite3_bind_int64(st, 2, a->entry.seq);
    sqlite3_bind_int64(st, 3, (int64_t)pos);
    for (int i = 0; i < 4; i++)
        sqlite3_bind_int64(st, 4 + i, v[i]);
    row_next(a, st);
    row_done(a, st);
}

static int64_t
stake(struct audit *a, int64_t race, int64_t seat, int64_t driver)
{
    return row_one(a,
                   "SELECT cents FROM temp.stake WHERE race = ?1 AND seat = ?2 AND driver = ?3",
                   race, seat, driver, 0);
}

void
check_stake_add(struct audit *a, int64_t race, int64_t seat, int64_t driver, int64_t cents)
{
    sqlite3_stmt *st =
        row_query(a, "INSERT INTO temp.stake (race, seat, driver, cents) VALUES (?1, ?2, ?3, "
                     "?4) ON CONFLICT DO UPDATE SET cents = cents + excluded.cents");

    sqlite3_bind_int64(st, 1, race);
    sqlite3_bind_int64(st, 2, seat);
    sqlite3_bind_int64(st, 3, driver);
    sqlite3_bind_int64(st, 4, cents);
    row_next(a, st);
    row_done(a, st);
}

int64_t
check_stake_last(struct audit *a, int64_t race, int64_t seat)
{
    return row_one(a, "SELECT count(*) FROM stint WHERE race_id = ?1 AND seat_no = ?2", race,
                   seat, 0, 0);
}

/* A sum of money that can be reckoned with. */
static bool
cents(struct text line, const char *key, int64_t *ret)
{
    return text_number(line, key, ret) && *ret > -INT64_C(1000000000000000) &&
           *ret < INT64_C(1000000000000000);
}

static bool
line_parse(struct text line)
{
    if (text_head(line, "place") && the.n_place < SEATS) {
        size_t i = the.n_place++;

        return text_number(line, "no", &the.place[i].no) &&
               text_number(line, "seat", &the.place[i].seat) &&
               text_number(line, "member", &the.place[i].member) &&
               text_number(line, "weight", &the.place[i].weight) &&
               cents(line, "had", &the.place[i].had) &&
               cents(line, "paid", &the.place[i].paid) && the.place[i].weight >= 0 &&
               the.place[i].weight <= 100000;
    }
    if (text_head(line, "stint") && the.n_stint < STINTS) {
        size_t i = the.n_stint++;

        return text_number(line, "seat", &the.stint[i].seat) &&
               text_number(line, "member", &the.stint[i].member) &&
               text_number(line, "rounds", &the.stint[i].rounds) &&
               cents(line, "had", &the.stint[i].had) &&
               cents(line, "paid", &the.stint[i].paid) && the.stint[i].rounds >= 0 &&
               the.stint[i].rounds <= 1000;
    }
    if (text_head(line, "short") && the.n_short < MEMBERS) {
        size_t i = the.n_short++;

        return text_number(line, "member", &the.lack[i].member) &&
               cents(line, "cents", &the.lack[i].cents) && the.lack[i].cents > 0;
    }
    return false;
}

static bool
meta_parse(struct text meta)
{
    struct text line;

    memset(&the, 0, sizeof the);
    if (!text_line(&meta, &line) || !text_head(line, "fix") ||
        !text_number(line, "race", &the.race) || !cents(line, "money", &the.money) ||
        !cents(line, "moved", &the.moved))
        return false;
    while (text_line(&meta, &line))
        if (!line_parse(line))
            return false;
    return meta.n == 0;
}

/* Each seat once: those with a weight in order of place, the others after them; what they had
 * is what settlements and refunds left, what they have is cut anew. */
static void
check_places(struct audit *a)
{
    int64_t rule[9], weight[SEATS], part[SEATS], seats = 0;
    bool none = true;
    wide had = 0;

    check_fix_weights(a, the.race, rule);
    for (size_t i = 0; i < the.n_place; i++)
        none = none && the.place[i].no == 0;
    for (int64_t seat = 1; seat <= SEATS; seat++)
        seats += row_one(a, "SELECT 1 FROM seat WHERE race_id = ?1 AND seat_no = ?2", the.race,
                         seat, 0, 0);
    if (seats != (int64_t)the.n_place)
        differ(a, "does not name each seat");
    for (size_t i = 0; i < the.n_place; i++) {
        int64_t no = the.place[i].no, is = check_fix_place(a, the.race, the.place[i].seat);

        if (is >= 0 && is != no)
            differ(a, "a place is not the result's");
        if (row_one(a,
                    "SELECT member_id FROM stint WHERE race_id = ?1 AND seat_no = ?2 "
                    "ORDER BY stint_no DESC LIMIT 1",
                    the.race, the.place[i].seat, 0, 0) != the.place[i].member)
            differ(a, "a place is given to somebody who was not its last driver");
        if (the.place[i].weight != (none ? 1 : no >= 1 && no <= SEATS ? rule[no] : 0))
            differ(a, "a place's weight is not the rule's");
        if (the.place[i].had != stake(a, the.race, the.place[i].seat, 0))
            differ(a, "a seat had another sum than settlements and refunds left it");
        for (size_t k = 0; k < i; k++)
            if (the.place[k].seat == the.place[i].seat || (no > 0 && the.place[k].no >= no) ||
                (no > 0 && the.place[k].no == 0))
                differ(a, "places are not in their order");
        weight[i] = the.place[i].weight;
        had += the.place[i].had;
    }
    if (had != the.money)
        differ(a, "divides another sum than the places had");
    if (!want_cut(the.money, weight, the.n_place, part)) {
        differ(a, "the money cannot be divided by these weights");
        return;
    }
    for (size_t i = 0; i < the.n_place; i++)
        if (part[i] != the.place[i].paid) {
            differ(a, "the places' money does not recompute");
            return;
        }
}

/* A seat of several drivers: all that was cut between them, with the new place money. */
static void
check_stints(struct audit *a, size_t place)
{
    int64_t seat = the.place[place].seat, rounds[STINTS], part[STINTS];
    wide all = (wide)the.place[place].paid - the.place[place].had;
    int64_t drivers = check_stake_last(a, the.race, seat);
    size_t at[STINTS], n = 0;

    for (size_t i = 0; i < the.n_stint; i++)
        if (the.stint[i].seat == seat)
            at[n++] = i;
    if ((int64_t)n != (drivers > 1 ? drivers : 0)) {
        differ(a, "the stints are not the seat's");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        all += part[i] = the.stint[at[i]].had;
        rounds[i] = the.stint[at[i]].rounds;
        if (the.stint[at[i]].had != stake(a, the.race, seat, (int64_t)i + 1) ||
            row_one(a,
                    "SELECT member_id FROM stint WHERE race_id = ?1 AND seat_no = ?2 AND "
                    "stint_no = ?3",
                    the.race, seat, (int64_t)i + 1, 0) != the.stint[at[i]].member)
            differ(a, "a driver had another sum than was left him");
    }
    if (n > 0 && the.place[place].paid != the.place[place].had && all < 0) {
        memset(part, 0, sizeof part);
        part[0] = (int64_t)all;
    } else if (n > 0 && the.place[place].paid != the.place[place].had &&
               !want_cut(all, rounds, n, part)) {
        differ(a, "a seat cannot be cut by these rounds");
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (part[i] != the.stint[at[i]].paid) {
            differ(a, "a stint's money does not recompute");
            return;
        }
}

/* Wallets and what is owed, by member. */
static void
check_lines(struct audit *a)
{
    char item[64];
    wide up = 0;

    snprintf(item, sizeof item, "race:%" PRId64, the.race);
    want_clear(a);
    for (size_t i = 0; i < the.n_place; i++)
        if (check_stake_last(a, the.race, the.place[i].seat) < 2)
            want_id(a, "L:wallet:", the.place[i].member, "",
                    (wide)the.place[i].had - the.place[i].paid);
    for (size_t i = 0; i < the.n_stint; i++)
        want_id(a, "L:wallet:", the.stint[i].member, "",
                (wide)the.stint[i].had - the.stint[i].paid);
    for (size_t i = 0; i < a->n_want; i++)
        up -= a->want[i].amount < 0 ? a->want[i].amount : 0;
    if (up != the.moved)
        differ(a, "says another sum changed hands");
    for (size_t i = 0; i < the.n_short; i++) {
        want_id(a, "L:wallet:", the.lack[i].member, "", -(wide)the.lack[i].cents);
        want_id(a, "A:clawback:", the.lack[i].member, item, the.lack[i].cents);
    }
    for (size_t i = 0; i < a->entry.n_lines; i++)
        for (size_t k = 0; k < the.n_short; k++) {
            int64_t member = 0;

            text_id_after((struct text){a->entry.line[i].code, strlen(a->entry.line[i].code)},
                          "L:wallet:", &member);
            if (member == the.lack[k].member && a->entry.line[i].amount < 0)
                differ(a, "somebody owes and is paid at once");
        }
    want_compare(a, &a->entry, 21);
}

void
check_fix(struct audit *a, int64_t race)
{
    if (!meta_parse(a->entry.meta) || the.race != race) {
        audit_differ(a, 13, "journal", a->entry.seq, "meta of the fix cannot be read");
        return;
    }
    if (map_get(&a->settled, race, 0) == NULL)
        differ(a, "changes places of a race that was not settled");
    check_places(a);
    for (size_t i = 0; i < the.n_place; i++)
        check_stints(a, i);
    check_lines(a);
    for (size_t i = 0; i < the.n_place; i++) {
        int64_t seat = the.place[i].seat, n = 0;

        check_fix_keep(a, race, i,
                       (const int64_t[]){the.place[i].member, the.place[i].paid, seat,
                                         the.place[i].weight, 1});
        check_stake_add(a, race, seat, 0, the.place[i].paid - stake(a, race, seat, 0));
        for (size_t k = 0; k < the.n_stint; k++)
            if (the.stint[k].seat == seat) {
                n++;
                check_stake_add(a, race, seat, n, the.stint[k].paid - stake(a, race, seat, n));
            }
    }
    for (size_t i = 0; i < the.n_stint; i++)
        check_fix_cut(
            a, race, i,
            (const int64_t[]){the.stint[i].seat, the.stint[i].member, the.stint[i].paid, 1});
}
