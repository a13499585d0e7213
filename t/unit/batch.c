/* Many commands, one commit: keys, refusals, rights, a full disk, messages that are none. */
#include "vault/batch.h"

#include "db/stmt.h"
#include "lib/fix.h"
#include "lib/place.h"

static struct arena *keep;
static struct ctx run;

static struct str
encode(struct msg *m)
{
    struct str s = STR_NULL;

    ok(msg_encode(&fix, m, &s) == OK, "a message is written");
    return s;
}

static struct str
member_add(const char *name, const char *key)
{
    struct msg m;

    msg_init(&m, STR("member.add"));
    msg_add_str(&m, "name", str_of(name));
    msg_add_str(&m, "trace", str_of(arena_printf(fix.arena, "t%u", (unsigned)tap_count)));
    if (key)
        msg_add_str(&m, "key", str_of(key));
    return encode(&m);
}

static struct batch_item
item(struct str bytes, enum vault_from from)
{
    return (struct batch_item){
        .bytes = bytes, .who = {.from = from, .uid = 0, .text = STR("people:0")}
    };
}

static struct msg
answer(const struct batch_item *i)
{
    struct msg m = {0};

    if (msg_decode(&fix, i->answer, &m) != OK)
        m.name = STR("unreadable");
    return m;
}

static void
is_answer(const struct batch_item *i, const char *want, const char *name)
{
    is_str(answer(i).name, str_of(want), name);
}

static int64_t
members(void)
{
    return fix_number("SELECT COUNT(*) FROM member WHERE name LIKE 'b-%%'");
}

static void
test_many(void)
{
    struct batch_item i[] = {
        item(member_add("b-one", "k1"), FROM_CTL), item(member_add("b-one", "k2"), FROM_CTL),
        item(member_add("b-two", "k3"), FROM_CTL), item(STR("no message"), FROM_CTL)};

    ok(batch_run(&run, keep, true, i, ARRAY_SIZE(i)), "four commands, and there is news");
    is_answer(&i[0], "ok", "the first worked");
    is_answer(&i[1], "E_CONFLICT", "the same name is refused");
    is_answer(&i[2], "ok", "its neighbour does not mind");
    is_answer(&i[3], "E_INVALID", "what is no message is answered as such");
    is_int(members(), 2, "two were kept");
    is_int(fix_number("SELECT COUNT(*) FROM audit WHERE action = 'member.add'"), 2,
           "the log has those alone");
}

static void
test_keys(void)
{
    struct batch_item i[] = {
        item(member_add("b-one", "k1"), FROM_CTL), item(member_add("b-three", "k1"), FROM_CTL),
        item(member_add("b-one", "k2"), FROM_CTL), item(member_add("b-three", NULL), FROM_CTL)};
    struct msg first;

    (void)batch_run(&run, keep, true, i, ARRAY_SIZE(i));
    first = answer(&i[0]);
    is_answer(&i[0], "ok", "the same key and fields give the first answer again");
    ok(msg_opt_i64(&first, "member", 0) > 0, "the whole of it");
    is_answer(&i[1], "E_CONFLICT", "the same key with other fields does not");
    is_answer(&i[2], "E_CONFLICT", "a refusal is the first answer as well");
    is_answer(&i[3], "E_INVALID", "a command that needs a key is refused without");
    is_int(members(), 2, "and nothing was done twice");
}

static void
test_refusal_stays(void)
{
    struct batch_item i = item(member_add("b-one", "k9"), FROM_CTL);

    (void)batch_run(&run, keep, true, &i, 1);
    is_answer(&i, "E_CONFLICT", "refused because the name is taken");
    ok(fix_sql("UPDATE member SET name = 'c', name_key = 'c' WHERE name = 'b-one'"),
       "it gets free");
    (void)batch_run(&run, keep, true, &i, 1);
    is_answer(&i, "E_CONFLICT", "the key still gives its first answer");
    i = item(member_add("b-one", "k10"), FROM_CTL);
    (void)batch_run(&run, keep, true, &i, 1);
    is_answer(&i, "ok", "a new key a new one");
}

static void
test_rights(void)
{
    struct msg m, ping;
    struct batch_item i[3];

    msg_init(&m, STR("no.such"));
    msg_init(&ping, STR("vault.ping"));
    i[0] = item(encode(&m), FROM_CTL);
    i[1] = item(member_add("b-web", "k"), FROM_WEB);
    i[2] = item(encode(&ping), FROM_WEB);
    ok(!batch_run(&run, keep, true, i, ARRAY_SIZE(i)), "no news when nothing was done");
    is_answer(&i[0], "E_NOTFOUND", "an unknown command");
    is_answer(&i[1], "E_DENIED", "a command through the wrong socket");
    is_answer(&i[2], "ok", "a ping is for all");
}

static void
test_full(void)
{
    struct msg ping;
    struct batch_item i[2];

    msg_init(&ping, STR("vault.ping"));
    i[0] = item(member_add("b-full", "kf"), FROM_CTL);
    i[1] = item(encode(&ping), FROM_JOBS);
    ok(!batch_run(&run, keep, false, i, ARRAY_SIZE(i)), "without room");
    is_answer(&i[0], "E_FULL", "a change is refused");
    is_answer(&i[1], "ok", "reading goes on");
    (void)batch_run(&run, keep, true, i, 1);
    is_answer(&i[0], "ok", "with room the same key works: that refusal was not final");
}

int
main(void)
{
    place_make();
    fix_open(place("ledger.db"));
    keep = arena_new(16 * 1024 * 1024);
    run = fix;
    run.arena = arena_new(16 * 1024 * 1024);
    test_many();
    test_keys();
    test_refusal_stays();
    test_rights();
    test_full();
    fix_close();
    arena_free(run.arena);
    arena_free(keep);
    return place_done();
}
