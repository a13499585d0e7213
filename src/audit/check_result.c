/* Results: seats as they were reported, final races without gaps, corrections with their
 * reason. Not for: points (they move no money), the places of settlements (check_fix.c). */
#include "audit.h"

#include <inttypes.h>

/* One sentence: rows of (number of the race, seat or version) that break it. */
static void
each(struct audit *a, const char *what, const char *sql, const char *why)
{
    sqlite3_stmt *st = row_query(a, sql);

    while (row_next(a, st)) {
        int64_t race = row_int(a, st, 0), no = row_int(a, st, 1);

        if (!row_bad(a, what, race))
            audit_differ(a, 28, what, race, "%" PRId64 ": %s", no, why);
    }
    row_done(a, st);
}

void
check_result(struct audit *a)
{
    each(a, "seat of race",
         "SELECT s.race_id, s.seat_no FROM seat s JOIN report p ON p.id = (SELECT MAX(x.id) "
         "FROM "
         "report x WHERE x.race_id = s.race_id AND x.seat_no = s.seat_no) "
         "WHERE p.place IS NOT s.place OR s.dnf <> (p.place IS NULL) "
         "ORDER BY s.race_id, s.seat_no",
         "is not what was reported last");
    each(a, "seat of race",
         "SELECT s.race_id, s.seat_no FROM seat s JOIN race r ON r.id = s.race_id "
         "WHERE r.state IN ('FINAL', 'SETTLED') AND ((s.place IS NULL) = (s.dnf = 0) OR EXISTS "
         "(SELECT 1 FROM seat x WHERE x.race_id = s.race_id AND x.seat_no < s.seat_no "
         "AND x.place = s.place)) ORDER BY s.race_id, s.seat_no",
         "has no place of its own in a final race");
    each(a, "dispute of race",
         "SELECT d.race_id, d.id FROM dispute d JOIN race r ON r.id = d.race_id "
         "WHERE d.state = 'OPEN' AND r.state <> 'FINISHED' ORDER BY d.id",
         "is open though the race is not finished or over");
    each(a, "result of race",
         "SELECT DISTINCT t.race_id, t.version FROM result t LEFT JOIN fix f "
         "ON f.race_id = t.race_id AND f.version = t.version "
         "WHERE (t.version > 1) <> (f.id IS NOT NULL) ORDER BY t.race_id, t.version",
         "has no reason of its own for that version");
    each(a, "fix of race",
         "SELECT f.race_id, f.version FROM fix f LEFT JOIN journal j ON j.seq = f.seq "
         "WHERE NOT EXISTS (SELECT 1 FROM result t WHERE t.race_id = f.race_id "
         "AND t.version = f.version) OR (f.seq IS NOT NULL AND (j.kind IS NOT 'RACE_FIX' "
         "OR j.ref IS NOT 'race:' || f.race_id)) ORDER BY f.id",
         "wrote no result, or names another entry");
}
