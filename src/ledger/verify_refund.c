/* Keeps what is left of the parts of each sale of which something went back: the first such
 * entry reads the lines of the booking, every later one changes what is kept. Waiting money and
 * the places it became are one part. Not for: shares and pots by race. */
#include "ledger/verify_refund.h"

#include <stdio.h>

#include "db/stmt.h"
#include "ledger/meta.h"
#include "ledger/split.h"

struct rest {
    int64_t cents;
};

/* What one driver gives. */
struct giver {
    int64_t member, back, lack;
};

enum { GIVERS = 16 * SPLIT_MAX };

/* The part of a sale that a line of this account belongs to: "wallet" with the member, "pool",
 * "mfg", "tax", "house"; empty for others. */
static struct str
part_of_code(struct str code, struct str item, int64_t *ret_member)
{
    static const char *const name[][2] = {
        {"L:wallet_pending:", "wallet"},
        {"L:wallet:",         "wallet"},
        {"A:clawback:",       "wallet"},
        {"L:dispute_hold",    "wallet"},
        {"L:pool",            "pool"  },
        {"L:mfg_payable",     "mfg"   },
        {"L:sales_tax",       "tax"   },
        {"I:house:merch",     "house" },
    };
    size_t at = str_find(code, STR("@"), 0);

    *ret_member = 0;
    if (at != SIZE_MAX)
        code = str_sub(code, 0, at);
    for (size_t i = 0; i < ARRAY_SIZE(name); i++) {
        struct str text = code;

        if (!str_starts(text, str_of(name[i][0])))
            continue;
        if (i == 3)
            text = item;
        if (i <= 3) {
            size_t from = text.n;

            while (from > 0 && text.p[from - 1] != ':')
                from--;
            if (!str_i64(str_sub(text, from, text.n), 1, INT64_MAX, ret_member))
                return STR_NULL;
        }
        return str_of(name[i][1]);
    }
    return STR_NULL;
}

/* The same of a part line's "of": "wallet:3", "place:3", "pool:12", "mfg". */
static struct str
part_of_line(struct str of, int64_t *ret_member)
{
    size_t at = str_find(of, STR(":"), 0);
    struct str name = at == SIZE_MAX ? of : str_sub(of, 0, at);

    *ret_member = 0;
    if (str_eq_text(name, "wallet") &&
        !str_i64(str_sub(of, at + 1, of.n), 1, INT64_MAX, ret_member))
        return STR_NULL;
    return str_eq_text(name, "place") ? STR("pool") : name;
}

/* The parts as the sale was booked, once a sale. */
static enum err
know_sale(struct verify_split *v, int64_t sale_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(v->r->ctx, SQL_verify_sale_parts);
    struct rest *known = verify_table_get(&v->rests, sale_id, 0, STR("known"));
    enum err e;

    if (known->cents++)
        return OK;
    stmt_i64(&s, ":sale", sale_id);
    while ((e = stmt_row(&s)) == OK) {
        int64_t member;
        struct str part = part_of_code(stmt_col_str(&s, "code"), STR(""), &member);

        if (part.n) {
            struct rest *r = verify_table_get(&v->rests, sale_id, member, part);

            r->cents -= stmt_col_i64(&s, "amount");
        }
    }
    return e == E_NOTFOUND ? OK : e;
}

/* I20: what the parts say was left; then it is less by what goes back. sign -1: it comes again.
 */
static void
take_parts(struct verify_split *v, const struct hash_entry *e, int64_t sale_id, struct str text,
           int sign)
{
    struct str rest = text;
    struct meta m;

    while (e && meta_next(&rest, &m)) {
        int64_t member, left = 0, other, x;
        struct str part = part_of_line(meta_str(&m, "of"), &member), again = text;
        const struct rest *r;
        struct meta k;

        if (!str_eq_text(m.tag, "part") || part.n == 0)
            continue;
        while (meta_next(&again, &k))
            if (str_eq_text(k.tag, "part") &&
                str_eq(part_of_line(meta_str(&k, "of"), &other), part) && other == member &&
                meta_i64(&k, "left", &x))
                left += x;
        r = verify_table_get(&v->rests, sale_id, member, part);
        if (left != r->cents)
            verify_report_no(v->r, "I20", "entry", e->seq,
                             "says %lld is left of %.*s; earlier entries left %lld",
                             (long long)left, STR_ARG(meta_str(&m, "of")), (long long)r->cents);
    }
    while (meta_next(&text, &m)) {
        int64_t member, back;
        struct str part = part_of_line(meta_str(&m, "of"), &member);

        if (str_eq_text(m.tag, "part") && part.n && meta_i64(&m, "back", &back)) {
            struct rest *r = verify_table_get(&v->rests, sale_id, member, part);

            r->cents -= sign * back;
        }
    }
}

/* Who gives what; the drivers' lines stand for the part before them. */
static size_t
read_givers(struct str text, struct giver *g)
{
    size_t n = 0, part = 0;
    bool by = false, wallet = false;
    struct meta m;

    while (n < GIVERS && meta_next(&text, &m)) {
        struct str of = meta_str(&m, "of");
        struct giver got = {0};

        if (str_eq_text(m.tag, "part")) {
            wallet = str_starts(of, STR("wallet:")) || str_starts(of, STR("place:"));
            by = false;
            part = n;
            if (!wallet || !str_i64(str_sub(of, str_find(of, STR(":"), 0) + 1, of.n), 1,
                                    INT64_MAX, &got.member))
                continue;
        } else if (!str_eq_text(m.tag, "by") || !wallet ||
                   !meta_i64(&m, "member", &got.member)) {
            continue;
        } else if (!by) {
            n = part;
            by = true;
        }
        if (!meta_i64(&m, "back", &got.back))
            continue;
        if (!meta_i64(&m, "short", &got.lack))
            got.lack = 0;
        g[n++] = got;
    }
    return n;
}

/* I20: each member's lines against the parts that name them. A hold's excess goes to the same
 * member's wallet, so that both together give what the parts say. */
static void
check_givers(struct verify_split *v, const struct hash_entry *e)
{
    struct giver *g = ARENA_ARRAY(v->r->ctx->arena, GIVERS, struct giver);
    size_t n = read_givers(e->meta, g);

    for (size_t i = 0; i < e->n + n; i++) {
        int64_t member, other, gave = 0, owes = 0, back = 0, lack = 0;

        if (i < e->n)
            (void)part_of_code(e->line[i].code, e->line[i].item, &member);
        else
            member = g[i - e->n].member;
        for (size_t k = 0; member && k < e->n; k++) {
            (void)part_of_code(e->line[k].code, e->line[k].item, &other);
            if (other == member && str_starts(e->line[k].code, STR("A:clawback:")))
                owes += e->line[k].amount;
            else if (other == member)
                gave += e->line[k].amount;
        }
        for (size_t k = 0; k < n; k++)
            if (g[k].member == member) {
                back += g[k].back;
                lack += g[k].lack;
            }
        if (member && (gave != back - lack || owes != lack)) {
            verify_report_no(v->r, "I20", "entry", e->seq,
                             "member %lld gave %lld and owes %lld; the parts say %lld and %lld",
                             (long long)member, (long long)gave, (long long)owes,
                             (long long)(back - lack), (long long)lack);
            return;
        }
    }
}

enum err
verify_refund_entry(struct verify_split *v, const struct hash_entry *e)
{
    bool is_tag = str_eq_text(e->kind, "TAG_IN");
    bool is_void = is_tag || str_eq_text(e->kind, "RACE_VOID") ||
                   str_eq_text(e->kind, "RACE_RECUT") || str_eq_text(e->kind, "TAG_OUT");
    struct str text = e->meta;
    int64_t sale_id;
    struct meta m;
    enum err err;

    if (!meta_next(&text, &m) || !meta_i64(&m, is_tag ? "id" : "sale", &sale_id))
        return OK;
    if ((err = know_sale(v, sale_id)))
        return err;
    if (!is_void) {
        take_parts(v, e, sale_id, e->meta, 1);
        check_givers(v, e);
        return OK;
    }
    for (size_t i = 0; i < e->n; i++) {
        int64_t member;
        struct str part = part_of_code(e->line[i].code, e->line[i].item, &member);

        if (part.n) {
            struct rest *r = verify_table_get(&v->rests, sale_id, member, part);

            r->cents -= e->line[i].amount;
            if (r->cents < 0 && !str_eq_text(part, "house"))
                verify_report_no(v->r, "I21", "entry", e->seq,
                                 "takes more than was left of the sale's %.*s", STR_ARG(part));
        }
    }
    return OK;
}

enum err
verify_refund_undo(struct verify_split *v, struct str meta)
{
    struct str text = meta;
    int64_t sale_id;
    struct meta m;
    enum err e;

    if (!meta_next(&text, &m) || !meta_i64(&m, "sale", &sale_id))
        return OK;
    if ((e = know_sale(v, sale_id)))
        return e;
    take_parts(v, NULL, sale_id, meta, -1);
    return OK;
}
