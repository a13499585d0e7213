/* Tables refundable and sale, and the two unique keys. Not for: splits. */
#include "ledger/verify_sale.h"

#include <stdio.h>

#include "db/stmt.h"

enum { PIECE = 2000 };

/* I9 */
static enum err
check_refundable(struct verify_split *v)
{
    int64_t after = INT64_MIN;
    size_t n;
    enum err e;

    do {
        struct stmt s CLEANUP(stmt_done) = stmt_get(v->r->ctx, SQL_verify_refundable);

        stmt_i64(&s, ":after", after);
        stmt_i64(&s, ":most", PIECE);
        for (n = 0; (e = stmt_row(&s)) == OK; n++) {
            int64_t gross, returned, want;

            after = stmt_col_i64(&s, "sale_id");
            gross = stmt_col_i64(&s, "gross");
            returned = stmt_col_i64(&s, "returned");
            want = verify_split_take(v, after);
            if (returned < 0 || returned > gross || gross != stmt_col_i64(&s, "amount"))
                verify_report_no(v->r, "I9", "sale", after, "%lld of %lld went back",
                                 (long long)returned, (long long)gross);
            if (returned != want)
                verify_report_no(v->r, "I9", "sale", after, "%lld went back, entries say %lld",
                                 (long long)returned, (long long)want);
        }
    } while (e == E_NOTFOUND && n == PIECE);
    if (e != E_NOTFOUND)
        return e;
    verify_split_untaken(v);
    return OK;
}

/* I15 */
static enum err
check_sales(struct verify_split *v, int64_t booked, int64_t entries)
{
    int64_t after = INT64_MIN;
    size_t n;
    enum err e;

    do {
        struct arena_mark mark = arena_mark(v->r->ctx->arena);
        struct stmt s CLEANUP(stmt_done) = stmt_get(v->r->ctx, SQL_verify_sales);

        stmt_i64(&s, ":after", after);
        stmt_i64(&s, ":most", PIECE);
        for (n = 0; (e = stmt_row(&s)) == OK; n++) {
            char want[40];

            after = stmt_col_i64(&s, "id");
            snprintf(want, sizeof(want), "sale:%lld", (long long)after);
            if (!str_starts(stmt_col_str(&s, "kind"), STR("SALE_")) ||
                !str_eq_text(stmt_col_str(&s, "ref"), want))
                verify_report_no(v->r, "I15", "sale", after, "entry %lld does not book it",
                                 (long long)stmt_col_i64(&s, "seq"));
        }
        arena_release(v->r->ctx->arena, mark);
    } while (e == E_NOTFOUND && n == PIECE);
    if (e != E_NOTFOUND)
        return e;
    if (booked != entries)
        verify_report(v->r, "I15", "table", STR("sale"),
                      "%lld booked sales, %lld booking entries", (long long)booked,
                      (long long)entries);
    return OK;
}

static enum err
check_twice(struct verify_split *v, enum sql id, const char *a, const char *b, const char *what)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(v->r->ctx, id);
    enum err e;

    while ((e = stmt_row(&s)) == OK) {
        struct str first = stmt_col_str(&s, a), second = stmt_col_str(&s, b);

        verify_report(v->r, "I15", what, second, "of %.*s is there twice", STR_ARG(first));
    }
    return e == E_NOTFOUND ? OK : e;
}

enum err
verify_sale_check(struct verify_split *v, int64_t booked, int64_t entries)
{
    enum err e;

    if ((e = check_refundable(v)) || (e = check_sales(v, booked, entries)) ||
        (e = check_twice(v, SQL_verify_key_twice, "idem_scope", "idem_key", "key")))
        return e;
    return check_twice(v, SQL_verify_payment_twice, "provider", "payment", "payment");
}
