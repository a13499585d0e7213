/* Sales: one payment once, the reason against the windows, notices and refunds that name
 * things. Not for: the arithmetic of the split (check_split.c). */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

struct sale {
    int64_t id, order_at, arrived_at, seq;
    char reason[32];
};

/* How many of the races had their window (or grace) at order time. A sale that arrived before
 * the race was finished was in the window then; an end set later may lie before it by the grace
 * at most. */
static int64_t
fitting(struct audit *a, const struct sale *s, const int64_t *race, size_t n, bool window,
        bool grace)
{
    sqlite3_stmt *st = row_query(
        a,
        "SELECT opened_at, closed_at, grace_s, coalesce((SELECT min(t.at) FROM transition t "
        "WHERE t.kind = 'race' "
        "AND t.object_id = r.id AND t.to_state IN ('FINISHED', 'VOID')), 0), end_reason <> '', "
        "EXISTS (SELECT 1 FROM journal j WHERE j.idem_scope = 'race' AND j.idem_key = "
        "'recut:race:' || r.id || ':sale:' || ?2) "
        /* Where nothing was left, there was nothing to cut off. */
        "OR (end_reason <> '' AND (SELECT sum(p.delta) FROM pot_line p JOIN journal j ON "
        "j.seq = p.seq AND j.kind <> 'RACE_RECUT' WHERE p.race_id = r.id AND p.sale_id = ?2) = "
        "0) "
        "FROM race r WHERE r.id = ?1");
    int64_t fit = 0;

    for (size_t i = 0; i < n; i++) {
        sqlite3_reset(st);
        sqlite3_bind_int64(st, 1, race[i]);
        sqlite3_bind_int64(st, 2, s->id);
        if (row_next(a, st)) {
            int64_t opened = row_int_or(a, st, 0, INT64_MAX),
                    closed = row_int_or(a, st, 1, INT64_MAX);
            wide end = (wide)closed + (wide)row_int(a, st, 2) * 1000;
            /* Ahead of our clock, but told before the flag: no flag can have been set for it.
             */
            bool early = s->arrived_at <= row_int(a, st, 3) &&
                         (s->order_at < end || s->arrived_at <= closed);
            /* An end that was set afterwards: within its grace it counts as it was judged. */
            bool set = row_int(a, st, 4) && s->order_at < end;
            bool in = s->order_at < closed || early || set || row_int(a, st, 5);

            fit += s->order_at >= opened &&
                   ((window && in) || (grace && ((s->order_at >= closed && s->order_at < end) ||
                                                 row_int(a, st, 5))));
        }
    }
    row_done(a, st);
    return fit;
}

/* SQLite does not look at constraints of a file that it may only read. */
static bool
is_reason(const char *text)
{
    static const char *const known[] = {"gate_closed",    "paid_too_late", "test_order",
                                        "wrong_currency", "no_seats",      "cancelled"};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(text, known[i]) == 0)
            return true;
    return false;
}

static void
check_reason(struct audit *a, const struct sale *s, const int64_t *race, size_t n)
{
    bool in = strcmp(s->reason, "in_window") == 0, grace = strcmp(s->reason, "in_grace") == 0;
    bool tagged = strcmp(s->reason, "tagged") == 0,
         shared = strcmp(s->reason, "shared_between_races") == 0;

    if (!in && !grace && !tagged && !shared) {
        if (!is_reason(s->reason))
            audit_differ(a, 19, "sale", s->id, "nobody knows the reason %s", s->reason);
        if (n > 0)
            audit_differ(a, 19, "sale", s->id, "is in a pot, its reason is %s", s->reason);
        if (strcmp(s->reason, "gate_closed") == 0 &&
            row_one(a,
                    "SELECT 1 FROM race r WHERE opened_at <= ?1 AND opened_at <= ?2 AND "
                    /* Nobody drives for four days: such a window was forgotten. */
                    "opened_at > ?1 - 345600000 AND state NOT IN ('VOID', 'CANCELLED') AND "
                    "closed_at > ?1 AND "
                    /* A window begins with its second: what came before the start did not
                     * meet it. */
                    "coalesce((SELECT min(t.at) FROM transition t WHERE t.kind = 'race' AND "
                    "t.object_id = r.id AND t.to_state = 'RUNNING'), 0) < ?2 "
                    "ORDER BY opened_at DESC LIMIT 1",
                    s->order_at, s->arrived_at, 0, 0) == 1)
            audit_differ(a, 19, "sale", s->id,
                         "was ordered while a window was open, its reason is gate_closed");
        return;
    }
    if (shared ? n < 2 : n != 1)
        audit_differ(a, 19, "sale", s->id, "is in %zu pots, its reason is %s", n, s->reason);
    else if (fitting(a, s, race, n, in || tagged || shared, grace || tagged) != (int64_t)n)
        audit_differ(a, 19, "sale", s->id, "was ordered outside the window its reason names");
}

void
check_window(struct audit *a, int64_t sale, const int64_t *race, size_t n)
{
    sqlite3_stmt *st =
        row_query(a, "SELECT order_at, arrived_at, reason FROM sale WHERE id = ?1");
    struct sale s = {.id = sale};

    sqlite3_bind_int64(st, 1, sale);
    if (row_next(a, st)) {
        s.order_at = row_int(a, st, 0);
        s.arrived_at = row_int(a, st, 1);
        snprintf(s.reason, sizeof s.reason, "%.31s", row_text(a, st, 2).p);
        if (!row_bad(a, "sale", sale))
            check_reason(a, &s, race, n);
    }
    row_done(a, st);
}

/* The booking entry exists, is about this sale, and is of the kind the reason asks for. */
static void
check_booking(struct audit *a, const struct sale *s)
{
    sqlite3_stmt *st = row_query(a, "SELECT ref, kind FROM journal WHERE seq = ?1");
    char ref[40];

    sqlite3_bind_int64(st, 1, s->seq);
    snprintf(ref, sizeof ref, "sale:%" PRId64, s->id);
    if (!row_next(a, st) || !text_is(row_text(a, st, 0), ref) ||
        strncmp(row_text(a, st, 1).p, "SALE_", 5) != 0)
        audit_differ(a, 15, "sale", s->id, "journal %" PRId64 " is not its booking entry",
                     s->seq);
    row_done(a, st);
}

static void
check_sales(struct audit *a)
{
    sqlite3_stmt *st = row_query(
        a, "SELECT id, order_at, arrived_at, seq, reason, cost FROM sale ORDER BY id");
    sqlite3_stmt *item =
        row_query(a, "SELECT quantity, unit_cost FROM sale_item WHERE sale_id = ?1");

    while (row_next(a, st)) {
        struct sale s = {.id = row_int(a, st, 0),
                         .order_at = row_int(a, st, 1),
                         .arrived_at = row_int(a, st, 2),
                         .seq = row_int_or(a, st, 3, 0)};
        int64_t stored = row_int(a, st, 5);
        wide cost = 0;

        snprintf(s.reason, sizeof s.reason, "%.31s", row_text(a, st, 4).p);
        sqlite3_reset(item);
        sqlite3_bind_int64(item, 1, s.id);
        while (row_next(a, item))
            cost += (wide)row_int(a, item, 0) * row_int(a, item, 1);
        if (cost != stored && strcmp(s.reason, "wrong_currency") != 0)
            audit_differ(a, 18, "sale", s.id, "its cost is not the sum of its items'");
        if (row_bad(a, "sale", s.id))
            continue;
        if (s.seq != 0)
            check_booking(a, &s);
        else if (strcmp(s.reason, "test_order") != 0)
            audit_differ(a, 15, "sale", s.id, "was never booked");
    }
    row_done(a, st);
    row_done(a, item);
}

/* Rows that must not come, with the words for them. */
static void
check_none(struct audit *a, int check, const char *thing, const char *what, const char *sql)
{
    sqlite3_stmt *st = row_query(a, sql);

    while (row_next(a, st)) {
        int64_t id = row_int_or(a, st, 0, 0);

        a->bad = false;
        audit_differ(a, check, thing, id, "%s", what);
    }
    row_done(a, st);
}

void
check_sale(struct audit *a)
{
    check_sales(a);
    check_none(a, 15, "sale", "has the same payment as another",
               "SELECT max(id) FROM sale GROUP BY provider, payment HAVING count(*) > 1");
    check_none(
        a, 15, "journal", "has the same key as another",
        "SELECT max(seq) FROM journal GROUP BY idem_scope, idem_key HAVING count(*) > 1");
    check_none(a, 22, "inbox", "was applied to something that is not there",
               "SELECT i.id FROM inbox i WHERE i.state = 'applied' AND i.ref LIKE 'sale:%' "
               "AND NOT EXISTS "
               "(SELECT 1 FROM sale s WHERE s.id = CAST(substr(i.ref, 6) AS INTEGER))");
    check_none(a, 22, "sale", "came from no notice that was applied",
               "SELECT s.id FROM sale s LEFT JOIN inbox i ON i.id = s.inbox_id "
               "WHERE i.id IS NULL OR i.provider <> s.provider OR i.state IN ('set_aside', "
               "'failed', 'ignored')");
    check_none(a, 22, "sale", "has an item without a sale",
               "SELECT i.sale_id FROM sale_item i LEFT JOIN sale s ON s.id = i.sale_id WHERE "
               "s.id IS NULL");
    check_none(a, 20, "refund", "is booked in an entry that is not about its sale",
               "SELECT r.id FROM refund r LEFT JOIN journal j ON j.seq = r.seq WHERE r.seq IS "
               "NOT NULL AND "
               "(j.seq IS NULL OR r.sale_id IS NULL OR "
               "(r.kind <> 'void' AND j.ref <> 'sale:' || r.sale_id))");
    check_none(
        a, 23, "race", "has a seat whose drivers do not follow each other",
        "SELECT s.race_id FROM stint s JOIN stint t ON t.race_id = s.race_id AND "
        "t.seat_no = s.seat_no AND t.stint_no = s.stint_no + 1 WHERE t.from_at < s.from_at");
}
