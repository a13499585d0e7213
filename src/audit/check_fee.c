/* I31: what providers kept of payments. Not for: fees of disputes (check_entry.c), of payouts.
 */
#include "audit.h"

#include <string.h>

static void
differ(struct audit *a, const char *what)
{
    audit_differ(a, 31, "journal", a->entry.seq, "%s", what);
}

/* True when the sale or tip is booked before, and was paid through that provider. */
static bool
is_paid_there(struct audit *a, const char *sql, int64_t id)
{
    const struct audit_entry *e = &a->entry;
    sqlite3_stmt *st = row_query(a, sql);
    bool good;

    if (!st)
        return false;
    sqlite3_bind_int64(st, 1, id);
    sqlite3_bind_int64(st, 2, e->seq);
    sqlite3_bind_text(st, 3, e->scope.p, (int)e->scope.n, SQLITE_TRANSIENT);
    good = row_next(a, st);
    row_done(a, st);
    return good;
}

static bool
knows_ref(struct audit *a)
{
    int64_t id;

    if (text_id_after(a->entry.ref, "sale:", &id))
        return is_paid_there(
            a, "SELECT 1 FROM sale WHERE id = ?1 AND seq < ?2 AND provider = ?3", id);
    return text_id_after(a->entry.ref, "tip:", &id) &&
           is_paid_there(a, "SELECT 1 FROM tip WHERE id = ?1 AND seq < ?2 AND provider = ?3",
                         id);
}

static bool
is_processor(const struct audit_entry *e, const char *code)
{
    size_t n = strlen(code);

    return n == 12 + e->scope.n && strncmp(code, "A:processor:", 12) == 0 &&
           memcmp(code + 12, e->scope.p, e->scope.n) == 0;
}

/* Every entry comes by here: only these may touch the account. */
void
check_fee(struct audit *a)
{
    const struct audit_entry *e = &a->entry;
    int64_t cost = 0, paid = 0;
    struct text id;

    for (size_t i = 0; i < e->n_lines; i++)
        if (strcmp(e->line[i].code, "E:processor_fees") == 0)
            cost = e->line[i].amount;
        else if (is_processor(e, e->line[i].code))
            paid = e->line[i].amount;
    if (!text_is(e->kind, "PROC_FEE")) {
        if (cost != 0)
            differ(a, "moves fees of processors, which only their own entries do");
        return;
    }
    if (e->reverses != 0 || !text_after(e->key, "fee:", &id) || id.n == 0)
        differ(a, "is not named after a movement of the provider");
    if (e->whole && (e->n_lines != 2 || cost <= 0 || paid != -cost))
        differ(a, "is not a fee that the provider kept");
    if (!knows_ref(a))
        differ(a, "is about no payment that this provider had before");
}

void
check_fee_end(struct audit *a)
{
    sqlite3_stmt *st =
        row_query(a, "SELECT max(seq) FROM journal WHERE kind = 'PROC_FEE' GROUP BY ref "
                     "HAVING count(*) > 1");

    while (st && row_next(a, st))
        audit_differ(a, 31, "journal", row_int(a, st, 0), "is a second fee of one payment");
    if (st)
        row_done(a, st);
}
