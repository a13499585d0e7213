/* One statement a sentence of sql/FORMAT.md about payouts; each row is a difference. */
#include "ledger/verify_payout.h"

#include "db/stmt.h"

static const struct {
    enum sql id;
    const char *thing, *what;
} looks[] = {
    {SQL_verify_payout_entry,  "entry",  "moved something else than its payout"     },
    {SQL_verify_payout_alone,  "entry",  "is the entry of no step of a payout"      },
    {SQL_verify_payout_items,  "payout", "its state and what is put aside differ"   },
    {SQL_verify_payout_steps,  "payout", "has a step that is not legal or not paid" },
    {SQL_verify_payout_state,  "payout", "is not what its steps, method or code say"},
    {SQL_verify_payout_method, "method", "was never confirmed, or cannot be one"    },
};

enum err
verify_payout_check(struct verify_report *r)
{
    enum err e = OK;

    for (size_t i = 0; !e && i < ARRAY_SIZE(looks); i++) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(r->ctx, looks[i].id);

        while ((e = stmt_row(&s)) == OK)
            verify_report_no(r, "I30", looks[i].thing, stmt_col_i64(&s, "id"), "%s",
                             looks[i].what);
        e = e == E_NOTFOUND ? OK : e;
    }
    return e;
}
