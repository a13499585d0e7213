/* Exports piece by piece: nothing is lost between two pieces, currencies keep their places, and
 * no cell is a formula. That other programs accept them is t/75-export.t. */
#include "ledger/export.h"

#include <string.h>

#include "ledger/kind.h"
#include "lib/fix.h"
#include "lib/place.h"

static struct str text;
static size_t pieces;

static enum err
take(const struct export_opts *o)
{
    static char all[8 << 20];
    struct export *x;
    size_t n = 0;
    bool more = true;
    enum err e = export_begin(&fix, o, &x);

    pieces = 0;
    text = STR("");
    while (!e && more) {
        struct arena_mark mark = arena_mark(fix.arena);
        struct buf b = buf_new(fix.arena, EXPORT_PIECE);

        if ((e = export_more(&fix, x, &b, &more)))
            break;
        if (b.n)
            memcpy(all + n, b.p, b.n);
        n += b.n;
        pieces++;
        arena_release(fix.arena, mark);
    }
    text = (struct str){all, n};
    return e;
}

static bool
has(const char *needle)
{
    return str_find(text, str_of(needle), 0) != SIZE_MAX;
}

static int64_t
count(const char *needle)
{
    int64_t n = 0;

    for (size_t at = 0; (at = str_find(text, str_of(needle), at)) != SIZE_MAX; at++)
        n++;
    return n;
}

/* An entry in a currency of its own. */
static void
foreign(const char *key, const char *currency, int64_t amount, const char *code, const char *to)
{
    static struct journal_draft d;
    struct journal_done done;
    int64_t from_id = 0, to_id = 0;

    fix_begin();
    journal_start(&d, STR("SALE_CLOSED"), STR("test"), str_of(key), fix_now);
    d.request = crypt_sha256(str_of(key));
    d.ref = STR("sale:9");
    d.actor = STR("test");
    ok(account_get(&fix, &fix_tx, str_of(code), currency, &from_id) == OK &&
           account_get(&fix, &fix_tx, str_of(to), currency, &to_id) == OK,
       "accounts in %s", currency);
    journal_add(&d, from_id, STR(""), amount);
    journal_add(&d, to_id, STR(""), -amount);
    ok(journal_post(&fix, &fix_tx, &d, &done) == OK, "an entry in %s", currency);
    fix_commit();
}

static void
test_all(int64_t entries)
{
    struct export_opts o = {.format = EXPORT_HLEDGER};

    is_int(take(&o), OK, "all accounts for hledger");
    ok(pieces > 4, "in %zu pieces", pieces);
    is_int(count("  ; kind: "), entries, "every entry is there once");
    ok(has("commodity JPY\n  format 1000. JPY\n") &&
           has("commodity KWD\n  format 1000.000 KWD\n"),
       "each currency with its places");
    ok(has(" 250 JPY\n") && has(" -1.005 KWD\n") && has(" -0.05 EUR\n"), "and its amounts");
    is_int(count("account income:house:merch\n"), 1,
           "accounts of two currencies are one account");
    o.format = EXPORT_BEANCOUNT;
    is_int(take(&o), OK, "for beancount");
    is_int(count("\n  number: "), entries, "every entry is there once");
    is_int(count(" open Income:House:Merch\n"), 1, "an account is opened once");
    ok(!has("_") || !has("open Liabilities:Wallet_"), "names are such as it takes");
    o.format = EXPORT_CSV;
    is_int(take(&o), OK, "as CSV");
    is_int(count("\r\n"), 1 + fix_number("SELECT COUNT(*) FROM posting"), "a row a line");
    ok(has(",\"'=1+1,\"\"x\"\"\","), "no cell is a formula, quotes are doubled");
    ok(has(",'@home,") && has(",'+1,"), "nor those with other signs");
    ok(has(",-0.05,-5,"), "a negative amount stays a number");
}

static void
test_parts(int64_t middle)
{
    struct export_opts o = {.format = EXPORT_HLEDGER, .from = middle};
    struct why w;

    is_int(take(&o), OK, "from some moment on");
    ok(has("(opening) Balances before"), "with what was there before");
    is_int(
        count("  ; kind: "),
        fix_number("SELECT COUNT(*) FROM journal WHERE recorded_at >= %lld", (long long)middle),
        "and what came after");
    o = (struct export_opts){.format = EXPORT_HLEDGER, .to = middle};
    is_int(take(&o), OK, "up to some moment");
    is_int(
        count("  ; kind: "),
        fix_number("SELECT COUNT(*) FROM journal WHERE recorded_at <= %lld", (long long)middle),
        "what came until then");
    o = (struct export_opts){.format = EXPORT_CSV, .max = 10};
    is_int(take(&o), E_LIMIT, "more than a download takes is refused");
    ok(str_find(ctx_why(&fix), STR("choose a shorter time"), 0) != SIZE_MAX,
       "with what to do instead");
    ctx_clear(&fix);
    o = (struct export_opts){
        .format = EXPORT_CSV, .member_id = 3, .kinds = kind_of_group(STR("refund"))};
    is_int(take(&o), OK, "refunds of one member");
    ok(count("\r\n") > 1 && !has("SALE_OPEN"), "and nothing else");
    o = (struct export_opts){.format = EXPORT_HLEDGER, .member_id = 3, .race = 2};
    is_int(take(&o), OK, "one race of one member");
    is_int(count("  ; kind: "),
           fix_number("SELECT COUNT(*) FROM share WHERE race_id = 2 AND member_id = 3 AND "
                      "cents <> 0"),
           "has its lines");
    ok(!has("(balances)"), "and no balances, which would miss the others");
    o = (struct export_opts){.format = EXPORT_HLEDGER, .member_id = 3};
    is_int(why_read(&fix, 3, fix_now, &w), OK, "a wallet");
    is_int(take(&o), OK, "all of one member");
    ok(has("assets:cozykart:pending") && !has("processor"), "own accounts only");
    is_int(count("  ; kind: "),
           fix_number("SELECT COUNT(DISTINCT p.seq) FROM posting p JOIN account a ON a.id = "
                      "p.account_id WHERE a.owner_id = 3"),
           "each entry with a line of theirs");
    o.member_id = 39;
    is_int(take(&o), OK, "who has nothing");
    ok(has("; end: 0 entries"), "has an empty book");
}

int
main(void)
{
    struct journal_done d;
    enum export_format f;
    int64_t middle = 0;

    place_make();
    fix_open(place("export.db"));
    fix_race(1, 8, NULL, 1000);
    fix_race(2, 4, NULL, 0);
    for (int i = 0; i < 450; i++) {
        fix_now += 20 * 60 * 1000;
        fix_sale(i % 3 == 0 ? 2 : 1, 2501 + i, 900);
        if (i == 225)
            middle = fix_now;
    }
    fix_refund(2, 1000, false);
    foreign("jpy", "JPY", 250, "A:processor:kofi", "I:house:merch");
    foreign("kwd", "KWD", 1005, "A:processor:kofi", "I:house:merch");
    foreign("eur", "EUR", 5, "A:processor:kofi", "I:house:merch");
    fix_post("DISPUTE_OPEN", "f1", NULL, "=1+1,\"x\"", "A:bank 5;L:mfg_payable -5", &d);
    fix_post("DISPUTE_OPEN", "f2", NULL, "@home", "A:bank 5;L:mfg_payable -5", &d);
    fix_post("DISPUTE_OPEN", "f3", NULL, "+1", "A:bank 5;L:mfg_payable -5", &d);
    ok(export_format_of(STR("beancount"), &f) && f == EXPORT_BEANCOUNT, "a format by its word");
    ok(!export_format_of(STR("xml"), &f), "an unknown word is none");
    test_all(fix_number("SELECT seq FROM head"));
    test_parts(middle);
    fix_close();
    return place_done();
}
