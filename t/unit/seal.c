/* Seals of days: which entries, which bytes, what without a key. The golden bytes are those
 * that t/22-seal.t has others recompute. */
#include "ledger/seal.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/crypt.h"
#include "base/enc.h"
#include "lib/fix.h"
#include "lib/place.h"
#include "lib/tap.h"

enum { HOUR = 60 * 60 * 1000 };

static struct conf conf;
static size_t sealed;

static enum err
tick(void)
{
    fix_begin();
    enum err e = seal_tick(&fix, &fix_tx, &sealed);

    fix_commit();
    return e;
}

static void
give_key(const char *text, mode_t mode)
{
    const char *path = place("seal.key");
    FILE *f = fopen(path, "w");

    if (!f || fputs(text, f) < 0 || fclose(f) != 0 || chmod(path, mode) != 0)
        ok(false, "a key file can be written");
    conf.books.key_file = str_of(path);
}

static struct seal
newest(void)
{
    struct seal *list;
    size_t n = 0;

    if (seal_list(&fix, 1, &list, &n) != OK || n == 0)
        return (struct seal){.day = STR("none")};
    return list[0];
}

static void
needs_a_key(void)
{
    fix.conf = &conf;
    is_int(tick(), OK, "an empty ledger has nothing to seal");
    fix_race(1, 4, NULL, 0);
    fix_sale(1, 2500, 900);
    is_int(tick(), OK, "nor has a day that is not over");
    fix_now += 24 * HOUR;
    is_int(tick(), E_NOTFOUND, "a day is due and there is no key");
    ok(str_find(ctx_why(&fix), STR("seal.key_file"), 0) != SIZE_MAX,
       "and the setting is named");
    give_key("9d61\n", 0600);
    is_int(tick(), E_INVALID, "a key that is too short");
    give_key("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n", 0644);
    is_int(tick(), E_DENIED, "a key that others may read");
    is_int(fix_number("SELECT COUNT(*) FROM seal"), 0, "nothing was sealed meanwhile");
    give_key("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n", 0600);
}

static void
golden(void)
{
    struct seal s;
    unsigned char key[32], sig[64];
    struct str raw = STR_NULL;

    is_int(tick(), OK, "with a key");
    is_int((int64_t)sealed, 1, "that one day is sealed");
    s = newest();
    is_str(s.text,
           STR("cozykart seal 2\nledger 101112131415161718191a1b1c1d1e1f\nmode test\n"
               "day 2023-11-14\nentries 1 1\nhead "
               "484c4519d00a75c31bdab8b0d24e581a0d819a3fbb3dba97855c160ad9c71098\ntrial "
               "30aa2b05b3d7b3799fd68491cf5c3c9f0a352a84c94ad219e65dec0628b9249c\nhashes "
               "293741718ac0ba89670babeb544e602ee0f74d27259adb70fdb6b87f938a06c9\n"),
           "the text is the frozen one");
    is_str(s.public_key,
           STR("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
           "the public key is the seed's");
    is_str(s.signature,
           STR("nslZDH3UfnVnOLrWjLKEP18LSFMwayQALB5EFaKjY0QvQZF4VdBE9/gUWL+HkpUAcv38IMi2psU+"
               "zlxk6JzeBA=="),
           "the signature is the frozen one");
    ok(enc_unhex(s.public_key, key, 32) && enc_unbase64(fix.arena, s.signature, &raw) == OK &&
           raw.n == sizeof(sig) &&
           crypt_ed25519_verify((struct str){.p = (char *)key, .n = 32}, s.text, raw),
       "and it fits");
    is_str(seal_file(fix.arena, &s),
           str_of(arena_printf(fix.arena, "%.*skey %.*s\nsignature %.*s\n", STR_ARG(s.text),
                               STR_ARG(s.public_key), STR_ARG(s.signature))),
           "the file that people keep has all three");
}

/* Midnight, the ten minutes after it, days without entries, days that were missed. */
static void
days(void)
{
    int64_t midnight = fix_now - fix_now % SEAL_DAY_MS + SEAL_DAY_MS;
    struct seal s;

    is_int(tick(), OK, "again");
    is_int((int64_t)sealed, 0, "nothing is sealed twice");
    fix_now = midnight - 1;
    fix_sale(1, 1999, 900);
    fix_now = midnight;
    fix_sale(1, 3500, 900);
    is_int(tick(), OK, "at midnight");
    is_int((int64_t)sealed, 0, "a day is not over yet");
    fix_now = midnight + SEAL_WAIT_MS - 1;
    fix_sale(1, 700, 100);
    tick();
    is_int((int64_t)sealed, 0, "nor a moment before the ten minutes are over");
    fix_now++;
    tick();
    is_int((int64_t)sealed, 1, "then it is");
    s = newest();
    is_int(s.first_seq, 2, "it begins behind the day before");
    is_int(s.last_seq, 2, "and ends with the last entry before midnight");
    fix_now += INT64_C(3) * SEAL_DAY_MS;
    tick();
    is_int((int64_t)sealed, 3, "three days later three seals");
    s = newest();
    is_int(s.first_seq, 5, "a day without entries begins behind the last");
    is_int(s.last_seq, 4, "and ends there");
    is_int(seal_of(&fix, 3, &s), OK, "an entry has its seal");
    is_str(s.day, STR("2023-11-16"), "of its day");
    is_int(seal_of(&fix, 4, &s), OK, "so has the last of the day");
    is_str(s.day, STR("2023-11-16"), "of the first day that covers it");
    is_int(seal_of(&fix, 5, &s), E_NOTFOUND, "one to come has none");
    is_int(seal_get(&fix, STR("2023-11-15"), &s), OK, "a day is found");
    is_int(seal_get(&fix, STR("2023-11-30"), &s), E_NOTFOUND, "another is not");
    fix_now += INT64_C(40) * SEAL_DAY_MS;
    tick();
    is_int((int64_t)sealed, 31, "a house that slept long seals a month in one go");
    tick();
    is_int((int64_t)sealed, 9, "and the rest with the next");
}

int
main(int argc, char **argv)
{
    place_make();
    fix_open(argc > 1 ? argv[1] : place("ledger.db"));
    needs_a_key();
    golden();
    days();
    ok(!fix_sql("UPDATE seal SET last_seq = 3 WHERE day = '2023-11-15'"),
       "a seal is never changed");
    fix_verify("verify agrees");
    fix_close();
    return place_done();
}
