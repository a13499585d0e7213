/* One statement a check, in pieces of their table. Not for: what a single entry says of itself
 * (verify_split.c). */
#include "ledger/verify_rows.h"

#include "db/guard.h"
#include "db/stmt.h"

enum { STEP = 2000, RACE_STEP = 4 };

struct look {
    enum sql id;
    const char *top; /* column of verify_tops: the table that is walked */
    const char *check, *thing, *what;
};

/* By hand: clang-format 14 aligns these rows beyond the limit. */
/* clang-format off */
static const struct look looks[] = {
    {SQL_verify_sale_unbooked, "sale", "I15", "sale", "was never booked"},
    {SQL_verify_sale_meta, "sale", "I18", "sale", "is not what its entry was computed from"},
    {SQL_verify_sale_lines, "sale", "I18", "sale", "is not what its entry moved"},
    {SQL_verify_sale_cost, "sale", "I18", "sale", "its cost is not the sum of its items"},
    {SQL_verify_sale_reason, "sale", "I19", "sale", "its reason does not fit the windows"},
    {SQL_verify_sale_rule, "sale", "I13", "sale", "rate, fee, basis or pool are not the rule's"},
    {SQL_verify_race_bonus, "race", "I13", "entry", "the waiting part is not the rule's"},
    {SQL_verify_race_driver, "race", "I13", "entry", "a share went to another than the driver"},
    {SQL_verify_race_seats, "race", "I13", "entry", "other seats shared than were taken"},
    {SQL_verify_race_state, "race", "I23", "race", "its state is not where its steps end"},
    {SQL_verify_race_result, "race", "I28", "race", "its result is not what was reported"},
    {SQL_verify_race_settled, "race", "I21", "race", "its state and its money differ"},
    {SQL_verify_race_place, "race", "I21", "race",
     "a place was paid to another than the result says"},
    {SQL_verify_race_fix, "race", "I21", "race", "its places are not those of its last fix"},
    {SQL_verify_step_order, "transition", "I24", "transition", "does not follow the one before"},
    {SQL_verify_step_legal, "transition", "I23", "transition", "is no legal step"},
    {SQL_verify_audit_order, "audit", "I24", "audit", "does not follow the one before"},
    {SQL_verify_inbox_ref, "inbox", "I22", "inbox", "names a sale that is not there"},
    {SQL_verify_sale_notice, "sale", "I22", "sale", "came from no notice that was applied"},
    {SQL_verify_refund_entry, "refund", "I20", "refund", "its entry is not about its sale"},
    {SQL_verify_mirror, "journal", "I20", "entry", "is not the mirror of what it reverses"},
    {SQL_verify_void, "journal", "I21", "entry", "the void moved something else than it says"},
    {SQL_verify_recut, "journal", "I21", "entry", "cuts off an order from before that end"},
    {SQL_verify_pot_moved, "journal", "I14", "entry",
     "pots and shares fell by another sum than it moved"},
    {SQL_verify_meta_strange, "journal", "I13", "entry", "has meta, which its kind has not"},
    {SQL_verify_writeoff, "journal", "I20", "entry", "wrote off something else than a debt"},
    {SQL_verify_escrow, "journal", "I27", "entry", "moved something else than a prize"},
    {SQL_verify_prize, "season", "I27", "season", "a prize and its money differ"},
    {SQL_verify_retag, "sale", "I33", "sale", "was given a tag, and its entry differs"},
    {SQL_verify_tag, "journal", "I33", "entry", "moves a sale that nobody gave a tag"},
    {SQL_verify_fee, "journal", "I31", "entry", "is no fee that a provider kept of a payment"},
    {SQL_verify_freeze, "journal", "I20", "entry", "a dispute moved what it may not move"},
};
/* clang-format on */

static enum err
top_of(struct ctx *ctx, const char *column, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_verify_tops);
    enum err e = stmt_one(&s);

    if (e == OK)
        *ret = stmt_col_i64(&s, column);
    return e;
}

static enum err
look(struct verify_report *r, const struct look *l, int64_t from, int64_t to)
{
    struct arena_mark mark = arena_mark(r->ctx->arena);
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(r->ctx, l->id);

        stmt_i64(&s, ":from", from);
        stmt_i64(&s, ":to", to);
        while ((e = stmt_row(&s)) == OK)
            verify_report_no(r, l->check, l->thing, stmt_col_i64(&s, "id"), "%s", l->what);
    }
    arena_release(r->ctx->arena, mark);
    return e == E_NOTFOUND ? OK : e;
}

static void
strange(void *arg, const char *check, struct str thing, const char *what)
{
    verify_report(arg, check, "file", thing, "%s", what);
}

enum err
verify_rows_check(struct verify_report *r)
{
    enum err e = guard_check(r->ctx, strange, r);

    for (size_t i = 0; !e && i < ARRAY_SIZE(looks); i++) {
        int64_t top = 0;
        int64_t step = str_eq_text(str_of(looks[i].top), "race") ? RACE_STEP : STEP;

        e = top_of(r->ctx, looks[i].top, &top);
        for (int64_t from = 0; !e && from < top; from += step)
            e = look(r, &looks[i], from, from + step < top ? from + step : top);
    }
    return e;
}
