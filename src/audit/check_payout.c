/* Payouts: what each entry moves, whether steps, states, money put aside and codes tell the
 * same story. Not for: what a provider did. */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

/* A payout as its row has it. */
struct paid {
    int64_t id, member, amount, fee;
    char kind[16], state[16];
    bool settled, sent_first, staff;
};

static void
differ(struct audit *a, const char *what)
{
    audit_differ(a, 30, "journal", a->entry.seq, "%s", what);
}

static bool
manual(const struct paid *p)
{
    return strcmp(p->kind, "gift_card") == 0 || strcmp(p->kind, "store_credit") == 0;
}

static void
copy(char *to, size_t size, struct text t)
{
    snprintf(to, size, "%.*s", (int)(t.n < size ? t.n : size - 1), t.p);
}

static bool
load(struct audit *a, int64_t id, struct paid *ret)
{
    sqlite3_stmt *st =
        row_query(a, "SELECT member_id, amount, fee, kind, state FROM payout WHERE id = ?1");
    bool there;

    memset(ret, 0, sizeof *ret);
    sqlite3_bind_int64(st, 1, id);
    if ((there = row_next(a, st))) {
        ret->id = id;
        ret->member = row_int(a, st, 0);
        ret->amount = row_int(a, st, 1);
        ret->fee = row_int(a, st, 2);
        copy(ret->kind, sizeof ret->kind, row_text(a, st, 3));
        copy(ret->state, sizeof ret->state, row_text(a, st, 4));
    }
    row_done(a, st);
    return there && !row_bad(a, "payout", id);
}

/* Where money of that method comes from or goes to. */
static void
purse(const struct paid *p, char out[AUDIT_WORD_MAX])
{
    if (strcmp(p->kind, "gift_card") == 0)
        snprintf(out, AUDIT_WORD_MAX, "A:bank");
    else if (strcmp(p->kind, "store_credit") == 0)
        snprintf(out, AUDIT_WORD_MAX, "L:store_credit:%" PRId64, p->member);
    else
        snprintf(out, AUDIT_WORD_MAX, "A:processor:%s", p->kind);
}

/* PAYOUT_FEE: any sum the provider took. */
static void
check_cost(struct audit *a, const struct paid *p)
{
    const struct audit_entry *e = &a->entry;
    char from[AUDIT_WORD_MAX];

    purse(p, from);
    if (manual(p) || e->n_lines != 2 || strcmp(e->line[0].code, from) != 0 ||
        strcmp(e->line[1].code, "E:payout_fees") != 0 || e->line[1].amount <= 0)
        differ(a, "is not a fee that the provider took");
}

/* What the kinds move between; the words at the end of their keys. */
static const char *
want(struct audit *a, const struct paid *p, const char *item)
{
    struct text kind = a->entry.kind;
    char to[AUDIT_WORD_MAX];
    bool sent = false;

    want_clear(a);
    purse(p, to);
    if (text_is(kind, "PAYOUT_HOLD")) {
        want_id(a, "L:wallet:", p->member, "", p->amount);
        want_add(a, "L:payout_in_flight", item, -(wide)p->amount);
        return "hold";
    }
    if (text_is(kind, "PAYOUT_SENT")) {
        want_add(a, "L:payout_in_flight", item, p->amount);
        want_add(a, "L:payout_sent", item, -(wide)p->amount);
        return "sent";
    }
    if (text_is(kind, "PAYOUT_SETTLED") || text_is(kind, "PAYOUT_RETURNED")) {
        bool back = text_is(kind, "PAYOUT_RETURNED");
        int sign = back ? 1 : -1;

        if (back)
            want_id(a, "L:wallet:", p->member, "", -(wide)p->amount);
        else
            want_add(a, "L:payout_sent", item, p->amount);
        want_add(a, to, "", sign * (wide)(p->amount - p->fee));
        if (p->fee != 0)
            want_add(a, "E:payout_fees", "", sign * (wide)p->fee);
        return back ? "returned" : "settled";
    }
    for (size_t i = 0; i < a->entry.n_lines; i++)
        sent = sent || strcmp(a->entry.line[i].code, "L:payout_sent") == 0;
    want_id(a, "L:wallet:", p->member, "", -(wide)p->amount);
    want_add(a, sent ? "L:payout_sent" : "L:payout_in_flight", item, p->amount);
    return text_is(kind, "PAYOUT_FAILED")      ? "failed"
           : text_is(kind, "PAYOUT_CANCELLED") ? "cancelled"
                                               : NULL;
}

void
check_payout_entry(struct audit *a, int64_t id)
{
    struct audit_entry *e = &a->entry;
    char item[64], key[96];
    const char *step = "fee";
    struct paid p;

    if (!load(a, id, &p)) {
        differ(a, "is about a payout that is not there");
        return;
    }
    snprintf(item, sizeof item, "payout:%" PRId64, id);
    if (text_is(e->kind, "PAYOUT_FEE"))
        check_cost(a, &p);
    else if ((step = want(a, &p, item)) != NULL)
        want_compare(a, e, 30);
    else
        differ(a, "is of a kind that is not known");
    snprintf(key, sizeof key, "%s:%s", item, step != NULL ? step : "");
    if (!text_is(e->scope, "payout") || !text_is(e->key, key))
        differ(a, "has another key than its step");
    if (step != NULL &&
        (text_is(e->kind, "PAYOUT_FEE")
             ? row_one(a,
                       "SELECT count(*) FROM payout_step WHERE payout_id = ?1 AND state = "
                       "'SETTLED'",
                       id, 0, 0, 0)
             : row_one(a, "SELECT count(*) FROM payout_step WHERE payout_id = ?1 AND seq = ?2",
                       id, e->seq, 0, 0)) != 1)
        differ(a, "is not one step of its payout");
}

/* The kind of entry that belongs to a step; "" for none, NULL when there is no such step. */
static const char *
entry_of(const struct paid *p, const char *from, const char *to)
{
    static const struct {
        const char *from, *to, *kind;
        int by; /* 1 automatic, 2 manual, 3 both */
    } legal[] = {
        {"",          "REQUESTED", "",                 3},
        {"REQUESTED", "HELD",      "PAYOUT_HOLD",      3},
        {"HELD",      "SENDING",   "",                 1},
        {"HELD",      "SENT",      "PAYOUT_SENT",      2},
        {"HELD",      "CANCELLED", "PAYOUT_CANCELLED", 3},
        {"SENDING",   "SENT",      "PAYOUT_SENT",      1},
        {"SENDING",   "UNKNOWN",   "",                 1},
        {"SENDING",   "FAILED",    "PAYOUT_FAILED",    1},
        {"UNKNOWN",   "SENDING",   "",                 1},
        {"UNKNOWN",   "SENT",      "PAYOUT_SENT",      1},
        {"UNKNOWN",   "FAILED",    "PAYOUT_FAILED",    1},
        {"SENT",      "SETTLED",   "PAYOUT_SETTLED",   3},
        {"SENT",      "UNKNOWN",   "",                 1},
        {"SENT",      "FAILED",    "PAYOUT_FAILED",    1},
        {"SETTLED",   "RETURNED",  "PAYOUT_RETURNED",  1},
        {"FAILED",    "RETURNED",  "",                 1},
    };

    for (size_t i = 0; i < sizeof legal / sizeof legal[0]; i++)
        if (strcmp(legal[i].from, from) == 0 && strcmp(legal[i].to, to) == 0 &&
            (legal[i].by & (manual(p) ? 2 : 1)) != 0)
            return strcmp(to, "SENT") == 0 && p->sent_first ? "" : legal[i].kind;
    return NULL;
}

static void
check_steps(struct audit *a, struct paid *p)
{
    sqlite3_stmt *st = row_query(
        a,
        "SELECT s.n, s.state, s.at, coalesce(j.kind, ''), s.seq IS NOT NULL AND j.ref IS NOT "
        "'payout:' || s.payout_id FROM payout_step s LEFT JOIN journal j ON j.seq = s.seq "
        "WHERE s.payout_id = ?1 ORDER BY s.n");
    char was[16] = "", is[16];
    int64_t n = 0, at = INT64_MIN;

    sqlite3_bind_int64(st, 1, p->id);
    while (row_next(a, st)) {
        const char *kind;

        copy(is, sizeof is, row_text(a, st, 1));
        kind = entry_of(p, was, is);
        if (row_int(a, st, 0) != ++n || row_int(a, st, 2) < at)
            audit_differ(a, 30, "payout", p->id, "step %" PRId64 " does not follow", n);
        if (kind == NULL)
            audit_differ(a, 30, "payout", p->id, "step from %s to %s is not legal", was, is);
        else if (!text_is(row_text(a, st, 3), kind) || row_int(a, st, 4) != 0)
            audit_differ(a, 30, "payout", p->id, "step %s names another entry", is);
        at = row_int(a, st, 2);
        p->sent_first = p->sent_first || strcmp(is, "SENT") == 0;
        p->settled = p->settled || strcmp(is, "SETTLED") == 0;
        snprintf(was, sizeof was, "%s", is);
    }
    row_done(a, st);
    if (strcmp(was, p->state) != 0 || strcmp(was, "REQUESTED") == 0 ||
        strcmp(was, "FAILED") == 0)
        audit_differ(a, 30, "payout", p->id, "is %s, and its last step %s", p->state, was);
}

static int64_t
held(struct audit *a, const char *code, int64_t id)
{
    sqlite3_stmt *st =
        row_query(a, "SELECT i.bal FROM item_balance i JOIN account a ON a.id = i.account_id "
                     "WHERE a.code = ?1 AND i.item = 'payout:' || ?2");
    int64_t bal = 0;

    sqlite3_bind_text(st, 1, code, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, id);
    if (row_next(a, st))
        bal = row_int(a, st, 0);
    row_done(a, st);
    return bal;
}

static void
check_rows(struct audit *a, const struct paid *p)
{
    bool open = strcmp(p->state, "HELD") == 0 || strcmp(p->state, "SENDING") == 0 ||
                strcmp(p->state, "SENT") == 0 || strcmp(p->state, "UNKNOWN") == 0;
    bool coded = manual(p) && strcmp(p->state, "SETTLED") == 0;

    if (held(a, "L:payout_in_flight", p->id) != (open && !p->sent_first ? -p->amount : 0) ||
        held(a, "L:payout_sent", p->id) != (open && p->sent_first ? -p->amount : 0))
        audit_differ(a, 30, "payout", p->id, "is %s, and other money is put aside", p->state);
    if (row_one(a, "SELECT count(*) FROM payout_code WHERE payout_id = ?1", p->id, 0, 0, 0) !=
        (coded ? 1 : 0))
        audit_differ(a, 30, "payout", p->id, "a code is missing or too many");
    if (row_one(a,
                "SELECT (settled_at IS NOT NULL) + 2 * (staff_id IS NOT NULL) + 4 * "
                "coalesce(staff_id = member_id, 0) + 8 * (first_at IS NOT NULL) FROM payout "
                "WHERE id = ?1",
                p->id, 0, 0, -1) !=
        p->settled + 2 * coded +
            8 * (row_one(a,
                         "SELECT count(*) FROM payout_step WHERE payout_id = ?1 AND state = "
                         "'SENDING'",
                         p->id, 0, 0, 0) > 0))
        audit_differ(a, 30, "payout", p->id,
                     "its times or its staff are not those of its steps");
    if (row_one(
            a,
            "SELECT count(*) FROM payout p JOIN method m ON m.id = p.method_id WHERE p.id = "
            "?1 AND m.member_id = p.member_id AND m.kind = p.kind",
            p->id, 0, 0, 0) != 1)
        audit_differ(a, 30, "payout", p->id, "went to another's method");
}

static void
check_methods(struct audit *a)
{
    sqlite3_stmt *st = row_query(
        a, "SELECT id FROM method m WHERE (state IN ('open', 'ready')) <> (confirmed_at IS NOT "
           "NULL) AND state <> 'off' OR ready_at < added_at OR (kind IN ('paypal', 'whop') AND "
           "dest = '') OR (kind IN ('gift_card', 'store_credit') AND dest <> '') OR (kind = "
           "'stripe' AND state = 'ready' AND dest = '') OR state <> 'off' AND EXISTS (SELECT 1 "
           "FROM method o WHERE o.member_id = m.member_id AND o.kind = m.kind AND o.state <> "
           "'off' AND o.id < m.id)");

    while (row_next(a, st))
        audit_differ(a, 30, "method", row_int(a, st, 0),
                     "was never confirmed, or cannot be one, or is one of two");
    row_done(a, st);
}

void
check_payout(struct audit *a)
{
    sqlite3_stmt *st = row_query(a, "SELECT id FROM payout ORDER BY id");
    wide open = 0;
    struct paid p;

    while (row_next(a, st)) {
        if (!load(a, row_int(a, st, 0), &p))
            continue;
        check_steps(a, &p);
        check_rows(a, &p);
        open += held(a, "L:payout_in_flight", p.id) + held(a, "L:payout_sent", p.id);
    }
    row_done(a, st);
    check_methods(a);
    if (open !=
        row_one(a,
                "SELECT coalesce(sum(b.bal), 0) FROM balance b JOIN account a ON a.id = "
                "b.account_id WHERE a.code IN ('L:payout_in_flight', 'L:payout_sent')",
                0, 0, 0, 0))
        audit_differ(a, 30, "payout", 0, "money is put aside for no payout");
}
