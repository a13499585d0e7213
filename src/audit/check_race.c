/* Races: the running sums that pages show, their steps, what waits in the pool. Not for: where
 * a sale belongs (check_sale.c). */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

static const char *const step[][2] = {
    {"",         "LOBBY"    },
    {"LOBBY",    "RUNNING"  },
    {"LOBBY",    "CANCELLED"},
    {"RUNNING",  "FINISHED" },
    {"RUNNING",  "VOID"     },
    {"FINISHED", "FINAL"    },
    {"FINISHED", "VOID"     },
    {"FINAL",    "SETTLED"  },
};

/* An entry may change a sale's shares when it is about the sale, or voids a race of it. */
static const char about_sql[] =
    "SELECT 1 FROM journal WHERE seq = ?1 AND (ref = 'sale:' || ?2 OR "
    "(kind IN ('RACE_VOID', 'RACE_RECUT', 'TAG_OUT') AND ref = 'race:' || ?3 AND instr(meta, ' "
    "sale=' || "
    "?2 || ' ') > 0))";

static void
check_pot_lines(struct audit *a)
{
    sqlite3_stmt *st = row_query(
        a, "SELECT race_id, seq, sale_id, delta, bonus, pot, waiting, sales FROM pot_line "
           "ORDER BY race_id, seq");
    int64_t race = 0, pot = 0, waiting = 0, sales = 0;

    while (row_next(a, st)) {
        int64_t id = row_int(a, st, 0), seq = row_int(a, st, 1), sale = row_int(a, st, 2);
        int64_t delta = row_int(a, st, 3), bonus = row_int(a, st, 4), now = row_int(a, st, 5);
        int64_t waits = row_int(a, st, 6), n = row_int(a, st, 7);

        if (row_bad(a, "pot_line of journal", seq))
            continue;
        if (id != race)
            pot = waiting = sales = 0;
        race = id;
        if ((wide)pot + delta != now || (wide)waiting + bonus != waits || now < 0 ||
            waits < 0 || n < sales - 1 || n > sales + 1)
            audit_differ(a, 14, "pot_line", seq,
                         "of race %" PRId64 " does not run on from the one before", race);
        if (row_one(a, about_sql, seq, sale, race, 0) == 0)
            audit_differ(a, 14, "pot_line", seq,
                         "of race %" PRId64 " is about a sale its entry is not about", race);
        pot = now;
        waiting = waits;
        sales = n;
    }
    row_done(a, st);
}

static void
check_shares(struct audit *a)
{
    sqlite3_stmt *st = row_query(
        a, "SELECT race_id, seat_no, seq, sale_id, cents, total, residue, unit FROM share "
           "ORDER BY race_id, seat_no, seq");
    int64_t race = 0, seat = 0, total = 0, residue = 0, unit = 0;

    while (row_next(a, st)) {
        int64_t id = row_int(a, st, 0), no = row_int(a, st, 1), seq = row_int(a, st, 2),
                sale = row_int(a, st, 3);
        int64_t cents = row_int(a, st, 4), now = row_int(a, st, 5), left = row_int(a, st, 6),
                of = row_int(a, st, 7);

        if (row_bad(a, "share of journal", seq))
            continue;
        if (id != race || no != seat)
            total = residue = unit = 0;
        race = id;
        seat = no;
        if ((wide)total + cents != now || now < 0 || of <= 0)
            audit_differ(a, 14, "share", seq,
                         "of race %" PRId64 " seat %" PRId64 " does not run on", race, seat);
        if (cents < 0 && (left != residue || of != unit))
            audit_differ(a, 14, "share", seq,
                         "of race %" PRId64 " seat %" PRId64
                         " changed its odd cents without a sale",
                         race, seat);
        if (row_one(a, about_sql, seq, sale, race, 0) == 0)
            audit_differ(a, 14, "share", seq,
                         "of race %" PRId64 " is about a sale its entry is not about", race);
        total = now;
        residue = left;
        unit = of;
    }
    row_done(a, st);
}

static void
check_steps(struct audit *a)
{
    sqlite3_stmt *st =
        row_query(a, "SELECT id, state, opened_at, closed_at, final_at, settled_at, "
                     "EXISTS (SELECT 1 FROM pot_line p WHERE p.race_id = race.id AND p.seq = "
                     "(SELECT MAX(x.seq) FROM pot_line x JOIN journal j ON j.seq = x.seq "
                     "WHERE x.race_id = race.id AND (race.settled_at IS NULL OR "
                     "j.recorded_at < race.settled_at)) AND "
                     "(p.waiting > 0 OR (p.pot > 0 AND race.clear_h > 0))) "
                     "FROM race ORDER BY id");
    sqlite3_stmt *log = row_query(a, "SELECT id, from_state, to_state FROM transition WHERE "
                                     "kind = 'race' AND object_id = ?1 "
                                     "ORDER BY id");

    while (row_next(a, st)) {
        int64_t race = row_int(a, st, 0);
        char now[32] = "LOBBY", state[32];
        bool first = true;

        snprintf(state, sizeof state, "%.31s", row_text(a, st, 1).p);
        sqlite3_reset(log);
        sqlite3_bind_int64(log, 1, race);
        while (row_next(a, log)) {
            struct text from = row_text(a, log, 1), to = row_text(a, log, 2);
            bool legal = false;

            for (size_t i = 0; i < sizeof step / sizeof step[0]; i++)
                legal |=
                    text_is(from, step[i][0]) && text_is(to, step[i][1]) && (i > 0 || first);
            if (!legal || (from.n > 0 && !text_is(from, now)))
                audit_differ(a, 23, "transition", row_int(a, log, 0),
                             "of race %" PRId64 " is no legal step", race);
            snprintf(now, sizeof now, "%.31s", to.p);
            first = false;
        }
        if (strcmp(now, state) != 0)
            audit_differ(a, 23, "race", race, "is %s, its steps end in %s", state, now);
        bool moved = map_get(&a->settled, race, 0) != NULL;
        if (strcmp(state, "SETTLED") == 0 ? !moved && row_int(a, st, 6) : moved)
            audit_differ(a, 21, "race", race, "is %s, its money says otherwise", state);
        if ((sqlite3_column_type(st, 3) != SQLITE_NULL &&
             row_int(a, st, 3) < row_int_or(a, st, 2, INT64_MAX)) ||
            (sqlite3_column_type(st, 2) == SQLITE_NULL) !=
                (strcmp(state, "LOBBY") == 0 || strcmp(state, "CANCELLED") == 0 ||
                 (strcmp(state, "VOID") == 0 && sqlite3_column_type(st, 2) == SQLITE_NULL)))
            audit_differ(a, 23, "race", race, "its window does not fit its state");
        row_bad(a, "race", race);
    }
    row_done(a, st);
    row_done(a, log);
}

void
check_race(struct audit *a)
{
    check_pot_lines(a);
    check_shares(a);
    check_steps(a);
}
