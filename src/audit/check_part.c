/* The parts of a sale as it was booked, kept for all that goes back of it. Not for: what goes
 * back (check_refund.c). */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

void
check_refund_init(struct audit *a)
{
    row_exec(a,
             "CREATE TEMP TABLE part (sale INTEGER, pos INTEGER, race INTEGER, seat INTEGER, "
             "name TEXT, "
             "rest INTEGER, "
             "PRIMARY KEY (sale, pos)) WITHOUT ROWID;"
             "CREATE TEMP TABLE back (sale INTEGER PRIMARY KEY, cents INTEGER);"
             "CREATE TEMP TABLE place (race INTEGER, seq INTEGER, pos INTEGER, member "
             "INTEGER, paid INTEGER, seat INTEGER, weight INTEGER, fix INTEGER, "
             "PRIMARY KEY (race, seq, pos)) WITHOUT ROWID;"
             "CREATE TEMP TABLE cut (race INTEGER, seat INTEGER, seq INTEGER, pos INTEGER, "
             "member INTEGER, paid INTEGER, fix INTEGER, "
             "PRIMARY KEY (race, seat, seq, pos)) WITHOUT ROWID;"
             "CREATE TEMP TABLE stake (race INTEGER, seat INTEGER, driver INTEGER, "
             "cents INTEGER, PRIMARY KEY (race, seat, driver)) WITHOUT ROWID");
}

static void
part_keep(struct audit *a, int64_t sale, int64_t pos, int64_t race, int64_t seat,
          const char *name, int64_t rest)
{
    sqlite3_stmt *st = row_query(a, "INSERT INTO temp.part (sale, pos, race, name, rest, seat) "
                                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
                                    "ON CONFLICT DO NOTHING");

    sqlite3_bind_int64(st, 1, sale);
    sqlite3_bind_int64(st, 2, pos);
    sqlite3_bind_int64(st, 3, race);
    sqlite3_bind_text(st, 4, name, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(st, 5, rest);
    sqlite3_bind_int64(st, 6, seat);
    row_next(a, st);
    row_done(a, st);
}

/* Seats, then what waits, as that entry divided them; the next position. */
static int64_t
parts_of(struct audit *a, int64_t sale, struct text meta)
{
    int64_t pos = 0, race = 0, seat = 0, v, who;
    char name[AUDIT_WORD_MAX];
    struct text rest, line;

    for (int waits = 0; waits < 2; waits++) {
        rest = meta;
        while (text_line(&rest, &line)) {
            if (text_head(line, "race"))
                text_number(line, "id", &race);
            if (!waits && text_head(line, "seat") && text_number(line, "paid", &v) &&
                text_number(line, "member", &who) && text_number(line, "no", &seat)) {
                snprintf(name, sizeof name, "wallet:%" PRId64, who);
                part_keep(a, sale, pos++, race, seat, name, v);
            } else if (waits && text_head(line, "race") && text_number(line, "bonus", &v)) {
                snprintf(name, sizeof name, "pool:%" PRId64, race);
                part_keep(a, sale, pos++, race, 0, name, v);
            }
        }
    }
    return pos;
}

/* The sale's own parts, when it is met for the first time: seats, waiting money, maker, tax,
 * house. */
bool
check_refund_parts(struct audit *a, int64_t sale)
{
    int64_t seq = row_one(a, "SELECT seq FROM sale WHERE id = ?1", sale, 0, 0, 0), pos;
    sqlite3_stmt *keep = NULL;
    int64_t v3[4] = {0};
    static const char *const sums[3] = {
        "SELECT cost FROM sale WHERE id = ?1", "SELECT tax FROM sale WHERE id = ?1",
        "SELECT amount - tax - cost - pool FROM sale WHERE id = ?1"};
    static const char *const names[3] = {"mfg", "tax", "house"};

    if (row_one(a, "SELECT 1 FROM temp.part WHERE sale = ?1", sale, 0, 0, 0) == 1)
        return true;
    if (seq <= 0 || seq >= a->entry.seq || !check_chain_load(a, seq, &a->other, &keep)) {
        row_done(a, keep);
        audit_differ(a, 20, "journal", a->entry.seq,
                     "takes back a sale that was not booked before");
        return false;
    }
    pos = parts_of(a, sale, a->other.meta);
    row_done(a, keep);
    for (int i = 0; i < 3; i++) {
        v3[i] = row_one(a, sums[i], sale, 0, 0, 0);
        part_keep(a, sale, pos++, 0, 0, names[i], v3[i]);
    }
    return true;
}

/* The same after the sale was counted for another race: what maker, tax and house have stays.
 */
void
check_refund_moved(struct audit *a, int64_t sale, int64_t pool)
{
    static const char *const names[3] = {"mfg", "tax", "house"};
    int64_t left[3], pos;

    for (int i = 0; i < 3; i++) {
        sqlite3_stmt *st =
            row_query(a, "SELECT rest FROM temp.part WHERE sale = ?1 AND name = ?2");

        sqlite3_bind_int64(st, 1, sale);
        sqlite3_bind_text(st, 2, names[i], -1, SQLITE_STATIC);
        left[i] = row_next(a, st) ? row_int(a, st, 0) : 0;
        row_done(a, st);
    }
    sqlite3_stmt *st = row_query(a, "DELETE FROM temp.part WHERE sale = ?1");

    sqlite3_bind_int64(st, 1, sale);
    row_next(a, st);
    row_done(a, st);
    pos = parts_of(a, sale, a->entry.meta);
    for (int i = 0; i < 3; i++)
        part_keep(a, sale, pos++, 0, 0, names[i], i == 2 ? left[i] - pool : left[i]);
}
