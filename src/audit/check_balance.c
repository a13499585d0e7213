/* Accounts, their balances and open items against the postings. Not for: the journal's order.
 */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

static const struct {
    const char *code;
    bool each; /* an id or name follows */
    bool member;
    const char *kind;
    bool by_item;
    char bound; /* '+' not below 0, '-' not above 0, ' ' none */
} chart[] = {
    {"A:processor:",        true,  false, "asset",     false, ' '},
    {"A:bank",              false, false, "asset",     false, ' '},
    {"A:dispute:",          true,  false, "asset",     true,  ' '},
    {"A:clawback:",         true,  true,  "asset",     true,  '+'},
    {"L:wallet_pending:",   true,  true,  "liability", false, '-'},
    {"L:wallet:",           true,  true,  "liability", false, '-'},
    {"L:pool",              false, false, "liability", true,  '-'},
    {"L:payout_in_flight",  false, false, "liability", true,  '-'},
    {"L:payout_sent",       false, false, "liability", true,  '-'},
    {"L:dispute_hold",      false, false, "liability", true,  '-'},
    {"L:prize_escrow",      false, false, "liability", true,  '-'},
    {"L:mfg_payable",       false, false, "liability", false, ' '},
    {"L:sales_tax",         false, false, "liability", false, ' '},
    {"L:suspense",          false, false, "liability", false, ' '},
    {"L:store_credit:",     true,  true,  "liability", false, '-'},
    {"I:house:merch",       false, false, "income",    false, ' '},
    {"I:platform_fee:tips", false, false, "income",    false, ' '},
    {"E:processor_fees",    false, false, "expense",   false, ' '},
    {"E:payout_fees",       false, false, "expense",   false, ' '},
    {"E:dispute_fees",      false, false, "expense",   false, ' '},
    {"E:goods_lost",        false, false, "expense",   false, ' '},
    {"E:clawback_writeoff", false, false, "expense",   false, ' '},
};

struct account {
    int64_t id, bal, debits, credits, ver, sign;
    struct text code, kind, currency, own_currency;
    bool by_item, lo, hi;
    int64_t lo_at, hi_at, owner;
};

static bool
bound_is(bool set, int64_t at, bool wanted)
{
    return set == wanted && (!set || at == 0);
}

static void
check_chart(struct audit *a, const struct account *c)
{
    struct text code = c->code, rest = {"", 0}, at;
    int64_t owner = 0;
    size_t i;

    for (i = 0; i < code.n; i++)
        if (code.p[i] == '@') {
            at = (struct text){code.p + i + 1, code.n - i - 1};
            if (at.n != c->currency.n || memcmp(at.p, c->currency.p, at.n) != 0)
                audit_differ(a, 17, "account", c->id,
                             "is of another currency than its code says");
            code.n = i;
        }
    for (i = 0; i < sizeof chart / sizeof chart[0]; i++)
        if (chart[i].each ? text_after(code, chart[i].code, &rest) && rest.n > 0
                          : text_is(code, chart[i].code))
            break;
    if (i == sizeof chart / sizeof chart[0]) {
        audit_differ(a, 17, "account", c->id, "%.*s is not in the chart",
                     (int)(c->code.n & 0x7f), c->code.p);
        return;
    }
    if (!text_is(c->kind, chart[i].kind) || c->by_item != chart[i].by_item)
        audit_differ(a, 17, "account", c->id, "kind or items are not as the chart says");
    if (chart[i].member && (!text_int(rest, &owner) || owner <= 0))
        audit_differ(a, 17, "account", c->id, "belongs to nobody");
    if (c->owner != owner)
        audit_differ(a, 17, "account", c->id, "owner is not the member in its code");
    if (c->sign != (chart[i].code[0] == 'A' || chart[i].code[0] == 'E' ? 1 : -1))
        audit_differ(a, 17, "account", c->id, "the sign of its balance is wrong");
    if (c->own_currency.n != c->currency.n ||
        memcmp(c->own_currency.p, c->currency.p, c->currency.n) != 0)
        audit_differ(a, 17, "account", c->id, "its balance is of another currency");
    if (!bound_is(c->lo, c->lo_at, chart[i].bound == '+') ||
        !bound_is(c->hi, c->hi_at, chart[i].bound == '-'))
        audit_differ(a, 8, "account", c->id, "its bounds are not the chart's");
    if ((chart[i].bound == '+' && c->bal < 0) || (chart[i].bound == '-' && c->bal > 0) ||
        (c->lo && c->bal < c->lo_at) || (c->hi && c->bal > c->hi_at))
        audit_differ(a, 8, "account", c->id, "balance %" PRId64 " is outside its bounds",
                     c->bal);
}

/* All postings of the account in the order of their versions. */
static void
check_run(struct audit *a, sqlite3_stmt *st, const struct account *c)
{
    int64_t ver = 0, seq = 0, last = 0;
    wide bal = 0, debits = 0, credits = 0;
    bool runs = true;

    sqlite3_reset(st);
    sqlite3_bind_int64(st, 1, c->id);
    while (row_next(a, st)) {
        int64_t amount = row_int(a, st, 1), now = row_int(a, st, 2), after = row_int(a, st, 3);
        int64_t at = row_int(a, st, 0);
        struct text item = row_text(a, st, 4);

        row_bad(a, "posting of journal", at);
        bal += amount;
        debits += amount > 0 ? amount : 0;
        credits -= amount < 0 ? amount : 0;
        if (runs &&
            (now != ver + 1 || (wide)last + amount != after || at < seq || amount == 0)) {
            audit_differ(a, 4, "account", c->id,
                         "line %" PRId64 " (journal %" PRId64
                         ") does not follow the one before",
                         now, at);
            runs = false;
        }
        if ((item.n > 0) != c->by_item)
            audit_differ(a, 17, "account", c->id, "journal %" PRId64 " has a line %s item", at,
                         item.n > 0 ? "with an" : "without");
        ver++;
        seq = at;
        last = after;
    }
    if (bal != c->bal || debits != c->debits || credits != c->credits || ver != c->ver)
        audit_differ(a, 3, "account", c->id,
                     "balance %" PRId64 " is not the sum of its %" PRId64 " lines", c->bal,
                     ver);
}

static void
check_accounts(struct audit *a)
{
    sqlite3_stmt *st =
        row_query(a, "SELECT a.id, a.code, a.kind, a.currency, a.owner_id, a.by_item, b.bal, "
                     "b.debits, b.credits, "
                     "b.ver, b.sign, b.lim_lo, b.lim_hi, b.currency, b.by_item FROM account a "
                     "LEFT JOIN balance b ON b.account_id = a.id ORDER BY a.id");
    sqlite3_stmt *run = row_query(a, "SELECT seq, amount, ver, bal_after, item FROM posting "
                                     "WHERE account_id = ?1 ORDER BY ver");

    while (run != NULL && row_next(a, st)) {
        struct account c = {.id = row_int(a, st, 0)};

        c.code = row_text(a, st, 1);
        c.kind = row_text(a, st, 2);
        c.currency = row_text(a, st, 3);
        c.owner = row_int_or(a, st, 4, 0);
        c.by_item = row_int(a, st, 5) == 1;
        if (sqlite3_column_type(st, 6) == SQLITE_NULL) {
            audit_differ(a, 3, "account", c.id, "has no balance");
            continue;
        }
        c.bal = row_int(a, st, 6);
        c.debits = row_int(a, st, 7);
        c.credits = row_int(a, st, 8);
        c.ver = row_int(a, st, 9);
        c.sign = row_int(a, st, 10);
        c.lo = sqlite3_column_type(st, 11) != SQLITE_NULL;
        c.hi = sqlite3_column_type(st, 12) != SQLITE_NULL;
        c.lo_at = row_int_or(a, st, 11, 0);
        c.hi_at = row_int_or(a, st, 12, 0);
        c.own_currency = row_text(a, st, 13);
        if (row_int(a, st, 14) != c.by_item)
            audit_differ(a, 17, "account", c.id,
                         "its balance is kept otherwise than the account");
        if (row_bad(a, "account", c.id))
            continue;
        check_chart(a, &c);
        check_run(a, run, &c);
    }
    row_done(a, st);
    row_done(a, run);
}

/* Per currency: everything sums to zero; what is held against what is owed is told, not judged.
 */
static void
check_sums(struct audit *a)
{
    sqlite3_stmt *st = row_query(a, "SELECT currency, bal FROM balance ORDER BY currency");
    char was[8] = "", now[8] = "";
    wide sum = 0;

    for (bool more = true; more;) {
        more = row_next(a, st);
        if (more)
            snprintf(now, sizeof now, "%.7s", row_text(a, st, 0).p);
        if (!more || strcmp(was, now) != 0) {
            if (sum != 0)
                audit_differ(a, 2, "currency", 0, "all balances in %s do not sum to zero", was);
            sum = 0;
            memcpy(was, now, sizeof was);
        }
        if (more)
            sum += row_int(a, st, 1);
    }
    row_done(a, st);
    row_bad(a, "balance", 0);
}

/* One row for each (account, item) that has postings or a stored balance. */
static void
check_items(struct audit *a)
{
    sqlite3_stmt *st = row_query(
        a, "SELECT account_id, item, 0, amount, 0 FROM posting WHERE item <> '' UNION ALL "
           "SELECT account_id, item, 1, bal, sign FROM item_balance ORDER BY 1, 2, 3");
    int64_t account = 0, stored = 0, own = 0, rows = 0;
    wide sum = 0, open = 0;
    char item[AUDIT_WORD_MAX] = "", now[AUDIT_WORD_MAX];
    bool first = true;

    for (bool more = true; more;) {
        more = row_next(a, st);
        own = more ? row_int(a, st, 0) : account;
        snprintf(now, sizeof now, "%s", more ? row_text(a, st, 1).p : "");
        if (!first && (!more || own != account || strcmp(now, item) != 0)) {
            if (rows != 1 || sum != stored)
                audit_differ(a, 12, "account", account,
                             "open item %s is %" PRId64 ", not the sum of its lines", item,
                             stored);
            open += stored;
            stored = rows = 0;
            sum = 0;
        }
        if (!first && (!more || own != account)) {
            if (open !=
                row_one(a, "SELECT bal FROM balance WHERE account_id = ?1", account, 0, 0, 0))
                audit_differ(a, 7, "account", account,
                             "its open items do not sum to its balance");
            open = 0;
        }
        if (!more)
            break;
        if (row_int(a, st, 2) == 1) {
            int64_t sign = row_int(a, st, 4);

            rows++;
            stored = row_int(a, st, 3);
            if ((wide)stored * sign < 0 ||
                sign != row_one(a,
                                "SELECT CASE WHEN kind IN ('asset', 'expense') THEN 1 ELSE -1 "
                                "END FROM account WHERE id = ?1",
                                own, 0, 0, 0))
                audit_differ(a, 12, "account", own, "open item %s crossed zero", now);
        } else {
            sum += row_int(a, st, 3);
        }
        account = own;
        memcpy(item, now, sizeof item);
        first = false;
    }
    row_done(a, st);
    row_bad(a, "item_balance", 0);
}

void
check_balance(struct audit *a)
{
    check_accounts(a);
    check_sums(a);
    check_items(a);
}
