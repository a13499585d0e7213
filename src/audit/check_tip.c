/* I29: tips. Every entry of one is judged from its meta, the tip's row and the lines of the
 * tip's earlier entries. Not for: disputes' fees, recoveries. */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

/* A tip's row, and what its entries before the present one left. */
struct tip {
    int64_t id, dj, amount, fee;
    int64_t left_dj, left_fee, pending, back;
    bool released;
};

static void
differ(struct audit *a, const char *what)
{
    audit_differ(a, 29, "journal", a->entry.seq, "%s", what);
}

/* Sum of the tip's earlier lines of accounts that fit a GLOB, credit positive. */
static int64_t
earlier(struct audit *a, int64_t tip, const char *glob)
{
    sqlite3_stmt *st = row_query(
        a, "SELECT -coalesce(sum(p.amount), 0) FROM posting p JOIN account a ON a.id = "
           "p.account_id WHERE p.seq < ?2 AND a.code GLOB ?3 AND p.seq IN (SELECT seq FROM "
           "tip WHERE id = ?1 UNION SELECT seq FROM tip_move WHERE tip_id = ?1)");
    int64_t sum = 0;

    sqlite3_bind_int64(st, 1, tip);
    sqlite3_bind_int64(st, 2, a->entry.seq);
    sqlite3_bind_text(st, 3, glob, -1, SQLITE_STATIC);
    if (row_next(a, st))
        sum = row_int(a, st, 0);
    row_done(a, st);
    return sum;
}

static bool
load(struct audit *a, int64_t id, struct tip *t)
{
    sqlite3_stmt *st = row_query(
        a, "SELECT coalesce(dj_id, 0), amount, fee FROM tip WHERE id = ?1 AND seq IS NOT NULL");
    bool there;

    memset(t, 0, sizeof *t);
    t->id = id;
    sqlite3_bind_int64(st, 1, id);
    if ((there = row_next(a, st))) {
        t->dj = row_int(a, st, 0);
        t->amount = row_int(a, st, 1);
        t->fee = row_int(a, st, 2);
    }
    row_done(a, st);
    if (row_bad(a, "tip", id) || !there)
        return false;
    t->left_fee = earlier(a, id, "I:platform_fee:tips*");
    t->left_dj = earlier(a, id, "L:*") + earlier(a, id, "A:clawback:*");
    t->pending = earlier(a, id, "L:wallet_pending:*");
    t->back =
        row_one(a,
                "SELECT coalesce(sum(CASE j.kind WHEN 'TIP_LOST' THEN (SELECT -p.amount "
                "FROM posting p JOIN account x ON x.id = p.account_id WHERE p.seq = j.seq "
                "AND x.code GLOB 'A:dispute:*') ELSE m.booked END), 0) FROM tip_move m "
                "JOIN journal j ON j.seq = m.seq WHERE m.tip_id = ?1 AND m.seq < ?2",
                id, a->entry.seq, 0, 0);
    t->released =
        t->dj == 0 ||
        row_one(a,
                "SELECT count(*) FROM tip_move WHERE tip_id = ?1 AND kind = 'release' AND id < "
                "coalesce((SELECT id FROM tip_move WHERE seq = ?2), 0)",
                id, a->entry.seq, 0, 0) > 0 ||
        row_one(a,
                "SELECT count(*) FROM posting p JOIN account x ON x.id = p.account_id WHERE "
                "p.seq = (SELECT seq FROM tip WHERE id = ?1) AND x.code = 'L:wallet:' || ?2",
                id, t->dj, 0, 0) > 0;
    return true;
}

/* The provider of the entry's scope as an account: "A:processor:stripe". */
static void
account_at(struct audit *a, const char *prefix, char *ret, size_t size)
{
    int64_t tip = 0;
    sqlite3_stmt *st = row_query(a, "SELECT ?2 || provider FROM tip WHERE id = ?1");

    ret[0] = '\0';
    text_id_after(a->entry.ref, "tip:", &tip);
    sqlite3_bind_int64(st, 1, tip);
    sqlite3_bind_text(st, 2, prefix, -1, SQLITE_STATIC);
    if (row_next(a, st)) {
        struct text t = row_text(a, st, 0);
        snprintf(ret, size, "%.*s", (int)(t.n & 0x7f), t.p);
    }
    row_done(a, st);
}

static const char *
pocket(const struct tip *t)
{
    return t->released ? "L:wallet:" : "L:wallet_pending:";
}

/* TIP: "tip id=5 dj=3 amount=200 bps=500 fixed=30 fee=40 clear_h=72". */
static void
check_booking(struct audit *a, const struct tip *t)
{
    struct text rest = a->entry.meta, line;
    int64_t id, dj, amount, bps, fixed, fee, clear;
    char code[AUDIT_WORD_MAX];
    wide want;

    if (!text_line(&rest, &line) || rest.n != 0 || !text_head(line, "tip") ||
        !text_number(line, "id", &id) || !text_number(line, "dj", &dj) ||
        !text_number(line, "amount", &amount) || !text_number(line, "bps", &bps) ||
        !text_number(line, "fixed", &fixed) || !text_number(line, "fee", &fee) ||
        !text_number(line, "clear_h", &clear)) {
        audit_differ(a, 13, "journal", a->entry.seq, "meta of the tip cannot be read");
        return;
    }
    want = t->dj == 0 ? t->amount : (wide)t->amount * bps / 10000 + fixed;
    if (want > t->amount)
        want = t->amount;
    if (id != t->id || dj != t->dj || amount != t->amount || fee != t->fee || want != t->fee)
        differ(a, "is not what the row of its tip says");
    want_clear(a);
    account_at(a, "A:processor:", code, sizeof code);
    want_add(a, code, "", t->amount);
    want_add(a, "I:platform_fee:tips", "", -(wide)t->fee);
    if (t->dj != 0)
        want_id(a, clear == 0 ? "L:wallet:" : "L:wallet_pending:", t->dj, "",
                -(wide)(t->amount - t->fee));
    want_compare(a, &a->entry, 29);
}

/* Lines of holds, off what is wanted; their sum, debit positive. */
static wide
holds(struct audit *a, const struct tip *t)
{
    char tail[32];
    wide sum = 0;

    snprintf(tail, sizeof tail, ":%" PRId64, t->dj);
    for (size_t i = 0; i < a->entry.n_lines; i++) {
        const struct audit_line *l = &a->entry.line[i];
        size_t n = strlen(l->item), m = strlen(tail);

        if (strcmp(l->code, "L:dispute_hold") != 0 || n < m ||
            strcmp(l->item + n - m, tail) != 0)
            continue;
        want_add(a, l->code, l->item, l->amount);
        sum += l->amount;
    }
    return sum;
}

/* The dispute's line of the entry. */
static const struct audit_line *
case_line(struct audit *a)
{
    for (size_t i = 0; i < a->entry.n_lines; i++)
        if (strncmp(a->entry.line[i].code, "A:dispute:", 10) == 0)
            return &a->entry.line[i];
    return NULL;
}

struct told {
    int64_t amount, left_dj, back_dj, lack, held, left_fee, back_fee;
};

static bool
read_told(struct audit *a, const struct tip *t, const char *head, struct told *k)
{
    struct text rest = a->entry.meta, line, of;
    int64_t id, before, gross, member;

    memset(k, 0, sizeof *k);
    if (!text_line(&rest, &line) || !text_head(line, head) || !text_number(line, "tip", &id) ||
        !text_number(line, "amount", &k->amount) || !text_number(line, "before", &before) ||
        !text_number(line, "gross", &gross) || id != t->id || gross != t->amount)
        return false;
    if (before != t->back)
        differ(a, "says another sum went back before");
    if (t->dj != 0 &&
        (!text_line(&rest, &line) || !text_head(line, "part") || !text_value(line, "of", &of) ||
         !text_id_after(of, "wallet:", &member) || member != t->dj ||
         !text_number(line, "left", &k->left_dj) || !text_number(line, "back", &k->back_dj) ||
         !text_number(line, "short", &k->lack) || !text_number(line, "held", &k->held)))
        return false;
    return text_line(&rest, &line) && rest.n == 0 && text_head(line, "part") &&
           text_value(line, "of", &of) && text_is(of, "fee") &&
           text_number(line, "left", &k->left_fee) && text_number(line, "back", &k->back_fee);
}

static void
check_back(struct audit *a, const struct tip *t)
{
    bool again = text_is(a->entry.kind, "TIP_AGAIN"), lost = text_is(a->entry.kind, "TIP_LOST");
    int64_t dj = t->dj ? t->amount - t->fee : 0, sign = again ? -1 : 1, part[2] = {0, 0};
    int64_t base[2] = {t->left_dj, t->left_fee};
    char code[AUDIT_WORD_MAX], item[32];
    const struct audit_line *at = case_line(a);
    struct told k;
    wide held;

    if (again) {
        base[0] = dj - t->left_dj;
        base[1] = t->amount - dj - t->left_fee;
    }
    if (!read_told(a, t, again ? "again" : "back", &k)) {
        audit_differ(a, 13, "journal", a->entry.seq, "meta of the tip cannot be read");
        return;
    }
    if (k.left_dj != base[0] || k.left_fee != base[1])
        differ(a, "says another sum was there");
    if (k.amount < 1 || k.amount > base[0] + base[1] || !want_cut(k.amount, base, 2, part) ||
        part[0] != k.back_dj || part[1] != k.back_fee)
        differ(a, "does not cut the sum between DJ and fee");
    want_clear(a);
    account_at(a, lost ? "A:dispute:" : "A:processor:", code, sizeof code);
    want_add(a, code, lost && at != NULL ? at->item : "", -sign * (wide)k.amount);
    want_add(a, "I:platform_fee:tips", "", sign * (wide)k.back_fee);
    snprintf(item, sizeof item, "tip:%" PRId64, t->id);
    want_id(a, "A:clawback:", t->dj, item, k.lack);
    held = holds(a, t);
    want_id(a, pocket(t), t->dj, "", sign * ((wide)k.back_dj - k.lack) - held);
    want_compare(a, &a->entry, 29);
    if (lost ? held < k.held : held != k.held)
        differ(a, "holds gave another sum");
}

static void
check_release(struct audit *a, const struct tip *t)
{
    struct text rest = a->entry.meta, line;
    int64_t id, member, cents;

    if (!text_line(&rest, &line) || rest.n != 0 || !text_head(line, "release") ||
        !text_number(line, "tip", &id) || !text_number(line, "member", &member) ||
        !text_number(line, "cents", &cents)) {
        audit_differ(a, 13, "journal", a->entry.seq, "meta of the tip cannot be read");
        return;
    }
    if (id != t->id || member != t->dj || cents != t->pending || t->released)
        differ(a, "releases something else than what is pending");
    want_clear(a);
    want_id(a, "L:wallet_pending:", t->dj, "", t->pending);
    want_id(a, "L:wallet:", t->dj, "", -(wide)t->pending);
    want_compare(a, &a->entry, 29);
}

/* TIP_DISPUTE, TIP_FREEZE, TIP_WON: no meta. */
static void
check_case(struct audit *a, const struct tip *t)
{
    const struct audit_line *at = case_line(a);
    char code[AUDIT_WORD_MAX];
    wide held;

    want_clear(a);
    held = holds(a, t);
    if (!text_is(a->entry.kind, "TIP_FREEZE")) {
        if (at == NULL || (at->amount > 0) != text_is(a->entry.kind, "TIP_DISPUTE") ||
            at->amount > t->amount) {
            differ(a, "moves no disputed money");
            return;
        }
        account_at(a, "A:dispute:", code, sizeof code);
        want_add(a, code, at->item, at->amount);
        account_at(a, "A:processor:", code, sizeof code);
        want_add(a, code, "", -(wide)at->amount);
    }
    if (text_is(a->entry.kind, "TIP_DISPUTE") ? held != 0
        : text_is(a->entry.kind, "TIP_WON")   ? held < 0
                                              : held >= 0 || -held > t->left_dj)
        differ(a, "holds what it may not hold");
    want_id(a, pocket(t), t->dj, "", -held);
    want_compare(a, &a->entry, 29);
}

bool
check_tip_kind(struct audit *a)
{
    struct text rest, kind = a->entry.kind;

    return text_is(kind, "TIP") || text_after(kind, "TIP_", &rest);
}

void
check_tip_entry(struct audit *a)
{
    struct text kind = a->entry.kind;
    int64_t id = 0;
    struct tip t;

    if (!text_id_after(a->entry.ref, "tip:", &id) || !load(a, id, &t)) {
        differ(a, "belongs to no tip");
        return;
    }
    if (row_one(a,
                text_is(kind, "TIP")
                    ? "SELECT count(*) FROM tip WHERE id = ?1 AND seq = ?2"
                    : "SELECT count(*) FROM tip_move WHERE tip_id = ?1 AND seq = ?2",
                id, a->entry.seq, 0, 0) != 1)
        differ(a, "is not the entry of one row of its tip");
    if (text_is(kind, "TIP"))
        check_booking(a, &t);
    else if (text_is(kind, "TIP_REFUND") || text_is(kind, "TIP_LOST") ||
             text_is(kind, "TIP_AGAIN"))
        check_back(a, &t);
    else if (text_is(kind, "TIP_RELEASE"))
        check_release(a, &t);
    else if (a->entry.meta.n > 0)
        audit_differ(a, 13, "journal", a->entry.seq, "has meta, which its kind has not");
    else
        check_case(a, &t);
}

static void
none(struct audit *a, const char *thing, const char *what, const char *query)
{
    sqlite3_stmt *st = row_query(a, query);

    while (row_next(a, st))
        audit_differ(a, 29, thing, row_int(a, st, 0), "%s", what);
    row_done(a, st);
}

/* The rows beside the entries. */
void
check_tip(struct audit *a)
{
    none(a, "tip", "was never booked, or is a test that was",
         "SELECT t.id FROM tip t LEFT JOIN journal j ON j.seq = t.seq LEFT JOIN tip_state s ON "
         "s.tip_id = t.id WHERE (t.seq IS NULL) <> (t.test = 1) OR (t.seq IS NULL) <> "
         "(s.tip_id IS NULL) OR (t.seq IS NOT NULL AND (j.kind IS NOT 'TIP' OR j.ref <> 'tip:' "
         "|| t.id OR j.effective_at <> t.at))");
    none(a, "tip_state", "says another sum than the entries",
         "SELECT s.tip_id FROM tip_state s JOIN tip t ON t.id = s.tip_id WHERE s.gross <> "
         "t.amount OR s.returned < 0 OR s.returned > s.gross OR s.returned <> (SELECT "
         "coalesce(sum(CASE j.kind WHEN 'TIP_LOST' THEN (SELECT -p.amount FROM posting p JOIN "
         "account x ON x.id = p.account_id WHERE p.seq = j.seq AND x.code GLOB 'A:dispute:*') "
         "ELSE m.booked END), 0) FROM tip_move m JOIN journal j ON j.seq = m.seq WHERE "
         "m.tip_id = s.tip_id)");
    none(a, "tip_state", "is released, or not, against its entries",
         "SELECT s.tip_id FROM tip_state s JOIN tip t ON t.id = s.tip_id WHERE s.released <> "
         "(t.dj_id IS NULL OR EXISTS (SELECT 1 FROM tip_move m WHERE m.tip_id = t.id AND "
         "m.kind = 'release') OR NOT EXISTS (SELECT 1 FROM journal j WHERE j.seq = t.seq AND "
         "j.meta NOT LIKE '% clear_h=0' || char(10)))");
    none(
        a, "tip_move", "and its entry are not the same",
        "SELECT m.id FROM tip_move m LEFT JOIN journal j ON j.seq = m.seq WHERE (m.seq IS NULL "
        "AND (m.booked <> 0 OR m.kind IN ('dispute', 'freeze', 'won'))) OR (m.seq IS NOT NULL "
        "AND (j.ref IS NOT 'tip:' || m.tip_id OR NOT CASE m.kind WHEN 'dispute' THEN j.kind = "
        "'TIP_DISPUTE' WHEN 'freeze' THEN j.kind = 'TIP_FREEZE' WHEN 'won' THEN j.kind = "
        "'TIP_WON' WHEN 'lost' THEN j.kind = 'TIP_LOST' WHEN 'release' THEN j.kind = "
        "'TIP_RELEASE' ELSE (j.kind = 'TIP_REFUND' AND m.booked > 0 AND j.meta LIKE '% "
        "amount=' || m.booked || ' %') OR (j.kind = 'TIP_AGAIN' AND m.booked < 0 AND j.meta "
        "LIKE '% amount=' || -m.booked || ' %') END))");
}
