/* Races without a result, frozen disputes, what pages read of a refund, and the caps at the
 * end. Not for: refunds themselves (check_refund.c). */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

/* Shares and pots fall by what came back, less what a freeze of the dispute had taken. */
void
check_pots(struct audit *a, int64_t sale, wide shares, wide pots)
{
    bool held = false;
    sqlite3_stmt *st =
        row_query(a, "SELECT DISTINCT race FROM temp.part WHERE sale = ?1 AND race <> 0");

    for (size_t i = 0; i < a->entry.n_lines; i++)
        if (strcmp(a->entry.line[i].code, "L:dispute_hold") == 0) {
            shares -= a->entry.line[i].amount;
            pots -= a->entry.line[i].amount;
            held = true;
        }
    /* A hold of money by place never stood in a seat's row: then only the pot can be judged. */
    held = held && row_one(a,
                           "SELECT 1 FROM temp.part WHERE sale = ?1 AND name GLOB 'pool:*' "
                           "AND rest <> 0",
                           sale, 0, 0, 0) == 1;
    sqlite3_bind_int64(st, 1, sale);
    while (row_next(a, st)) {
        int64_t race = row_int(a, st, 0);

        for (int64_t seat = 1; seat <= 8; seat++)
            shares += row_one(
                a, "SELECT cents FROM share WHERE race_id = ?1 AND seat_no = ?2 AND seq = ?3",
                race, seat, a->entry.seq, 0);
        pots += row_one(a, "SELECT delta FROM pot_line WHERE race_id = ?1 AND seq = ?2", race,
                        a->entry.seq, 0, 0);
    }
    row_done(a, st);
    if ((shares != 0 && !held) || pots != 0)
        audit_differ(a, 14, "journal", a->entry.seq,
                     "shares or pot did not fall by what came back of sale %" PRId64, sale);
}

/* DISPUTE_FREEZE: wallets into L:dispute_hold, each as its own item; never more than the sale's
 * part. DISPUTE_THAW: the same the other way. */
void
check_freeze(struct audit *a)
{
    struct audit_entry *e = &a->entry;
    int sign = text_is(e->kind, "DISPUTE_THAW") ? -1 : 1;
    wide frozen = 0;

    want_clear(a);
    for (size_t i = 0; i < e->n_lines; i++) {
        const struct audit_line *l = &e->line[i];
        const char *wallet = strrchr(l->code, ':'), *held = strrchr(l->item, ':');

        if (strncmp(l->code, "L:wallet", 8) == 0 && wallet != NULL &&
            (l->amount > 0) == (sign > 0)) {
            want_add(a, wallet + 1, "", l->amount);
            frozen += sign * (wide)l->amount;
        } else if (strcmp(l->code, "L:dispute_hold") == 0 && held != NULL &&
                   (l->amount < 0) == (sign > 0)) {
            want_add(a, held + 1, "", l->amount);
        } else {
            audit_differ(a, 20, "journal", e->seq,
                         sign > 0 ? "freezes something else than wallets"
                                  : "gives back to something else than wallets");
        }
    }
    want_check(a, e->seq, 20);
    /* The holds that check_pots takes off are negative here: shares fall by what was frozen.
     */
    int64_t sale = 0;

    text_id_after(e->ref, "sale:", &sale);
    check_pots(a, sale, 0, 0);
    if (frozen > row_one(a, "SELECT amount FROM sale WHERE id = ?1", sale, 0, 0, 0))
        audit_differ(a, 20, "journal", e->seq, "freezes more than the sale was");
}

/* The end that was set for a race left this order outside. */
static void
check_recut(struct audit *a, int64_t race, int64_t sale, int64_t end)
{
    int64_t grace = row_one(a, "SELECT grace_s * 1000 FROM race WHERE id = ?1", race, 0, 0, 0);

    if (a->entry.effective_at != end || row_one(a, "SELECT order_at FROM sale WHERE id = ?1",
                                                sale, 0, 0, 0) < (wide)end + grace)
        audit_differ(a, 21, "journal", a->entry.seq,
                     "cuts off sale %" PRId64 ", which was ordered before that end", sale);
    if (row_one(a, "SELECT closed_at FROM race WHERE id = ?1", race, 0, 0, INT64_MAX) > end)
        audit_differ(a, 21, "journal", a->entry.seq, "follows an end that the race never had");
}

/* RACE_VOID, RACE_RECUT, TAG_OUT: what is left of one sale's shares in this race goes to the
 * house. */
void
check_void(struct audit *a, int64_t race)
{
    struct text rest = a->entry.meta, line;
    bool recut = text_is(a->entry.kind, "RACE_RECUT"), tag = text_is(a->entry.kind, "TAG_OUT");
    const char *word = recut ? "recut" : tag ? "tagout" : "void";
    int64_t to = 0, sale = 0, back = 0, of = 0, seq = a->entry.seq, end = 0;
    char name[160];
    wide sum = 0, shares = 0;
    sqlite3_stmt *st;

    if (!text_line(&rest, &line) || rest.n > 0 || !text_head(line, word) ||
        !text_number(line, "race", &of) || !text_number(line, "sale", &sale) ||
        !text_number(line, "back", &back) || of != race ||
        (recut && !text_number(line, "end", &end)) || (tag && !text_number(line, "to", &to))) {
        audit_differ(a, 13, "journal", seq, "meta of the void cannot be read");
        return;
    }
    if (recut)
        check_recut(a, race, sale, end);
    if (tag && row_one(a,
                       "SELECT 1 FROM retag WHERE sale_id = ?1 AND race_id = ?2 AND "
                       "state = 'DONE' AND closed_by <> asked_by",
                       sale, to, 0, 0) != 1)
        audit_differ(a, 33, "journal", seq, "moves a sale that nobody gave another tag");
    if (!check_refund_parts(a, sale))
        return;
    want_clear(a);
    want_add(a, "I:house:merch", "", -(wide)back);
    st = row_query(a, "SELECT name, rest FROM temp.part WHERE sale = ?1 AND race = ?2");
    sqlite3_bind_int64(st, 1, sale);
    sqlite3_bind_int64(st, 2, race);
    while (row_next(a, st)) {
        int64_t left = row_int(a, st, 1);

        snprintf(name, sizeof name, "%.127s", row_text(a, st, 0).p);
        sum += left;
        shares += strncmp(name, "wallet:", 7) == 0 ? left : 0;
        want_add(a, strncmp(name, "wallet:", 7) == 0 ? name + 7 : "pool", "", left);
    }
    row_done(a, st);
    for (size_t i = 0; i < a->entry.n_lines; i++) {
        const struct audit_line *l = &a->entry.line[i];
        const char *who = strcmp(l->code, "L:dispute_hold") == 0 ? strrchr(l->item, ':')
                                                                 : strrchr(l->code, ':');

        if (strncmp(l->code, "L:wallet", 8) == 0 || strncmp(l->code, "A:clawback:", 11) == 0 ||
            strcmp(l->code, "L:dispute_hold") == 0)
            want_add(a, who != NULL ? who + 1 : "?", "", -(wide)l->amount);
        else
            want_add(a, strcmp(l->code, "L:pool") == 0 ? "pool" : l->code, "",
                     -(wide)l->amount);
    }
    if (sum != back)
        audit_differ(a, 21, "journal", seq, "does not take back what was left of sale %" PRId64,
                     sale);
    want_check(a, seq, 21);
    for (int64_t seat = 1; seat <= 8; seat++)
        shares += row_one(
            a, "SELECT cents FROM share WHERE race_id = ?1 AND seat_no = ?2 AND seq = ?3", race,
            seat, seq, 0);
    if (shares != 0 || row_one(a, "SELECT delta FROM pot_line WHERE race_id = ?1 AND seq = ?2",
                               race, seq, 0, 0) != -back)
        audit_differ(a, 14, "journal", seq, "shares or pot did not fall by what came back");
    st = row_query(a, "UPDATE temp.part SET rest = 0 WHERE sale = ?1 AND race = ?2");
    sqlite3_bind_int64(st, 1, sale);
    sqlite3_bind_int64(st, 2, race);
    row_next(a, st);
    row_done(a, st);
    check_refund_move(a, sale, "house", -back);
}

/* The caps as the file keeps them. */
void
check_refund_end(struct audit *a)
{
    sqlite3_stmt *st = row_query(
        a, "SELECT r.sale_id, r.gross, r.returned, s.amount, b.cents FROM refundable r "
           "LEFT JOIN sale s ON s.id = r.sale_id LEFT JOIN temp.back b ON b.sale = r.sale_id");

    while (row_next(a, st)) {
        int64_t id = row_int(a, st, 0), gross = row_int(a, st, 1), returned = row_int(a, st, 2);

        if (gross != row_int_or(a, st, 3, -1))
            audit_differ(a, 9, "sale", id, "the cap of what may go back is not what was paid");
        if (returned < 0 || returned > gross || returned != row_int_or(a, st, 4, 0))
            audit_differ(a, 9, "sale", id,
                         "returned %" PRId64 " is not what its entries took back", returned);
        row_bad(a, "refundable", id);
    }
    row_done(a, st);
    st = row_query(
        a, "SELECT b.sale FROM temp.back b LEFT JOIN refundable r ON r.sale_id = b.sale "
           "WHERE r.sale_id IS NULL AND b.cents <> 0");
    while (row_next(a, st))
        audit_differ(a, 9, "sale", row_int(a, st, 0), "gave money back without a cap");
    row_done(a, st);
}
