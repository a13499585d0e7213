/* Receipts and seal files against a ledger: what stands, and that no changed field does. */
#include "ledger/witness.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/enc.h"
#include "db/inner.h"
#include "ledger/seal.h"
#include "lib/fix.h"
#include "lib/place.h"

static struct conf conf;
static struct witness_sum sum;
static char fell[4096];

static void
hear(void *arg, bool stands, struct str what, struct str why)
{
    (void)arg;
    if (!stands)
        snprintf(fell + strlen(fell), sizeof fell - strlen(fell), "%.*s: %.*s; ", STR_ARG(what),
                 STR_ARG(why));
}

static enum err
ask(struct str bytes)
{
    sum = (struct witness_sum){0};
    fell[0] = '\0';
    return witness_check(&fix, bytes, hear, NULL, &sum);
}

static struct str
sha_of(int64_t seq)
{
    char *hex = arena_alloc(fix.arena, 65);

    for (int i = 0; i < 32; i++)
        snprintf(
            hex + 2 * i, 3, "%02x",
            (unsigned)fix_number("SELECT (instr('123456789ABCDEF', substr(hex(sha), %d, 1))"
                                 " * 16 + instr('123456789ABCDEF', substr(hex(sha), %d, 1)))"
                                 " FROM journal WHERE seq = %lld",
                                 2 * i + 1, 2 * i + 2, (long long)seq));
    return str_of(hex);
}

static struct str
with_newlines(struct str s)
{
    struct buf b = buf_new(fix.arena, 4096);

    buf_add_json(&b, s);
    return buf_str(&b);
}

/* What the download of a member's statement holds, as sql/FORMAT.md section 9 says. */
static struct str
receipt(void)
{
    struct buf b = buf_new(fix.arena, 65536);
    struct seal s;

    buf_printf(
        &b,
        "{\"format\":\"cozykart receipt 1\",\"ledger\":\"101112131415161718191a1b1c1d1e1f\","
        "\"mode\":\"test\",\"member\":1,\"currency\":\"USD\",\"made_at\":1,\"entries\":[");
    for (int64_t seq = 1; seq <= 2; seq++)
        buf_printf(&b,
                   "%s{\"number\":%lld,\"hash\":\"%.*s\",\"recorded_at\":%lld,\"kind\":"
                   "\"SALE_OPEN\",\"ref\":\"sale:%lld\",\"lines\":[{\"account\":\"pending\","
                   "\"amount\":%d}]}",
                   seq == 1 ? "" : ",", (long long)seq, STR_ARG(sha_of(seq)),
                   (long long)fix_number("SELECT recorded_at FROM journal WHERE seq = %lld",
                                         (long long)seq),
                   (long long)seq, seq == 1 ? 125 : 100);
    buf_printf(&b,
               "],\"balance\":{\"number\":2,\"hash\":\"%.*s\",\"pending\":225,\"available\":0,"
               "\"owed\":0},\"later\":{\"x\":1},\"seals\":[",
               STR_ARG(sha_of(2)));
    if (seal_of(&fix, 2, &s) == OK)
        buf_add(&b, with_newlines(seal_file(fix.arena, &s)));
    buf_add_text(&b, "]}");
    ok(buf_err(&b) == OK, "a receipt");
    return buf_str(&b);
}

static struct str
swapped(struct str s, const char *old, const char *fresh)
{
    size_t at = str_find(s, str_of(old), 0);

    if (at == SIZE_MAX) {
        ok(false, "the receipt has %s", old);
        return s;
    }
    return str_of(arena_printf(fix.arena, "%.*s%s%.*s", (int)at, s.p, fresh,
                               (int)(s.n - at - strlen(old)), s.p + at + strlen(old)));
}

static void
falls(struct str r, const char *old, const char *fresh, const char *why)
{
    ok(ask(swapped(r, old, fresh)) == OK, "%s -> %s can be read", old, fresh);
    ok(sum.fall > 0 && strstr(fell, why), "and falls: %s", why);
    if (!strstr(fell, why))
        printf("# said: %s\n", fell);
}

static void
receipts(void)
{
    struct str r = receipt(), hash = sha_of(1);
    const char *first = arena_printf(fix.arena, "\"hash\":\"%.4s", hash.p);

    is_int(ask(r), OK, "a receipt is read");
    is_int(sum.fall, 0, "all of it stands");
    is_int(sum.stand, 16, "ledger, two entries, balance, seal");
    if (sum.fall)
        printf("# %s\n", fell);
    falls(r, "\"ledger\":\"10", "\"ledger\":\"11", "another ledger");
    falls(r, "\"mode\":\"test", "\"mode\":\"live", "another ledger");
    falls(r, "\"member\":1", "\"member\":9", "balance after");
    falls(r, first, "\"hash\":\"zzzz", "another hash now");
    falls(r, "SALE_OPEN", "SALE_SHUT", "kind, object or time");
    falls(r, "sale:1", "sale:9", "kind, object or time");
    falls(r, "\"recorded_at\":17", "\"recorded_at\":18", "kind, object or time");
    falls(r, "\"number\":1,", "\"number\":99,", "not in the ledger any more");
    falls(r, "\"amount\":125", "\"amount\":126", "you kept 126, the entry has 125");
    falls(r, "\"account\":\"pending\"", "\"account\":\"owed\"",
          "you kept 0, the entry has 125");
    falls(r, "\"pending\":225", "\"pending\":226", "you kept 226, the ledger has 225");
    falls(r, "\"available\":0", "\"available\":5", "you kept 5, the ledger has 0");
    falls(r, "\"owed\":0", "\"owed\":1", "you kept 1, the ledger has 0");
    falls(r, "day 2023-11-14", "day 2023-11-15", "signature");
    is_int(ask(swapped(r, "receipt 1", "receipt 2")), E_INVALID, "another format is refused");
    is_int(ask(swapped(r, "\"amount\":125", "\"amount\":1.5")), E_INVALID, "so is half a cent");
    is_int(ask(swapped(r, "\"number\":1,", "\"number\":0,")), E_INVALID, "and entry 0");
    is_int(ask(swapped(r, "\"member\":1", "\"member\":\"x\"")), E_INVALID, "and no member");
    is_int(ask(swapped(r, "\"entries\":[", "\"entries\":[{},")), E_INVALID,
           "and an empty entry");
    is_int(ask(STR("hello")), E_INVALID, "what is no receipt at all is refused");
    is_int(ask(STR("")), E_INVALID, "and nothing");
}

static void
seals(void)
{
    struct seal s;
    struct str f;

    is_int(seal_of(&fix, 1, &s), OK, "a seal");
    f = seal_file(fix.arena, &s);
    is_int(ask(f), OK, "its file is read");
    is_int(sum.fall, 0, "all of it stands");
    is_int(sum.stand, 5, "signature, ledger, the house's own, hash, trial balance");
    falls(f, "entries 1 2", "entries 1 1", "signature");
    falls(f, "key d7", "key d8", "signature");
    falls(f, arena_printf(fix.arena, "signature %.1s", s.signature.p),
          s.signature.p[0] == 'A' ? "signature B" : "signature A", "does not fit");
    is_int(ask(swapped(f, "head ", "tail ")), E_INVALID, "another shape is refused");
    is_int(ask(swapped(f, "\nsignature ", "\nsignature !")), E_INVALID, "and no base64");
}

/* Somebody rewrites the past, and the seal with it. */
static void
rewritten(void)
{
    struct str r = receipt();
    struct seal s;

    ok(seal_of(&fix, 1, &s) == OK, "the seal as it was");
    struct str f = seal_file(fix.arena, &s);
    ok(fix_sql("DROP TRIGGER journal_bu") && fix_sql("DROP TRIGGER seal_bu") &&
           fix_sql("UPDATE journal SET sha = zeroblob(32) WHERE seq = 2") &&
           fix_sql("UPDATE seal SET head_sha = zeroblob(32), text = 'x'"),
       "damage");
    is_int(ask(r), OK, "the receipt is read");
    ok(strstr(fell, "entry 2: hash: the entry has another hash now") &&
           strstr(fell, "now says something else"),
       "and tells both");
    ok(!strstr(fell, "entry 1: "), "what was not touched stands");
    is_int(ask(f), OK, "the seal file is read");
    ok(sum.fall == 2 && sum.stand == 3, "its signature, ledger and sums stand, the rest falls");
    ok(fix_sql("DROP TRIGGER seal_bd") && fix_sql("DELETE FROM seal"), "more damage");
    is_int(ask(f), OK, "the file is read");
    ok(strstr(fell, "has no seal of that day any more"), "a seal that is gone is told");
}

int
main(void)
{
    const char *key;

    place_make();
    key = place("seal.key");
    FILE *k = fopen(key, "w");
    ok(k &&
           fputs("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n", k) >=
               0 &&
           fclose(k) == 0 && chmod(key, 0600) == 0,
       "a key");
    conf.books.key_file = str_of(key);
    fix_open(place("ledger.db"));
    fix.conf = &conf;
    fix_race(1, 4, NULL, 0);
    fix_sale(1, 2500, 900);
    fix_sale(1, 2000, 900);
    fix_now += SEAL_DAY_MS;
    size_t n;
    fix_begin();
    is_int(seal_tick(&fix, &fix_tx, &n), OK, "a seal is made");
    fix_commit();
    fix_sale(1, 3000, 900);
    receipts();
    seals();
    rewritten();
    fix_close();
    return place_done();
}
