/* Destinations: what can be one, the waiting time, replacing, Stripe's account. */
#include "payout/method.h"

#include "lib/outgo.h"

static struct {
    struct str account, url, why;
    bool ready;
} says;

static enum err
do_account(void *arg)
{
    int64_t id = *(int64_t *)arg;

    return method_account(&fix, &fix_tx, id, says.account, says.url, says.ready, says.why);
}

static enum err
account(int64_t id, const char *name, const char *url, bool ready, const char *why)
{
    says.account = str_of(name);
    says.url = str_of(url);
    says.why = str_of(why);
    says.ready = ready;
    return night_do(do_account, &id);
}

static enum err
do_drop(void *arg)
{
    return method_drop(&fix, &fix_tx, *(int64_t *)arg, 1);
}

static struct method
get(int64_t id)
{
    struct method m = {0};

    if (method_get(&fix, id, &m) != OK)
        ok(false, "method_get: %s", fix.fail_text);
    return m;
}

static void
addresses(void)
{
    static const char *const bad[] = {"",          "nova",      "@x.org",   "a@b",
                                      "a@.org",    "a b@x.org", "a@x.org ", "a@@x.org",
                                      "a@x..org",  ".a@x.org",  "a.@x.org", "a@x.org\n",
                                      "<a@x.org>", "a@-x.org",  "a@x.org.", "a\"@x.org"};
    static const char *const good[] = {"a@x.org", "nova.race+pay@mail.example.org",
                                       "a_b@x-y.co"};

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        is_int(set(1, "paypal", bad[i]), E_INVALID, "no mail address");
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        is_int(set(1, "paypal", good[i]), OK, good[i]);
    is_int(set(1, "whop", "user_"), E_INVALID, "no user of Whop");
    is_int(set(1, "whop", "user_Ab9"), OK, "a user of Whop");
    is_int(set(1, "gift_card", "me"), E_INVALID, "a gift card goes nowhere");
    is_int(set(1, "stripe", "acct_1"), E_INVALID, "nobody names an account themselves");
}

static void
waiting(void)
{
    int64_t first, second;

    is_int(set(1, "paypal", "nova@example.org"), OK, "a destination");
    first = a.id;
    is_str(get(first).words, STR("n…a@example.org"), "is never shown whole");
    is_int(get(first).ready_at - fix_now, INT64_C(24) * 3600000, "and waits a day");
    fix_now += 3600000;
    is_int(set(1, "paypal", "nova@example.org"), OK, "the same again");
    is_int(a.id, first, "is the same");
    is_int(get(first).ready_at - fix_now, INT64_C(23) * 3600000, "and does not wait longer");
    is_int(set(1, "paypal", "thief@example.org"), OK, "another");
    second = a.id;
    is_str(get(first).state, STR("off"), "replaces it");
    a.id = first;
    is_int(night_do(do_confirm, NULL), E_CONFLICT, "which cannot be confirmed any more");
    a.id = second;
    is_int(night_do(do_confirm, NULL), OK, "the new one can");
    is_int(night_do(do_confirm, NULL), OK, "twice");
    is_int(night_do(do_drop, &second), OK, "taken off");
    is_int(night_do(do_drop, &second), OK, "twice");
}

static void
busy(void)
{
    int64_t id = ready(1, "paypal", "nova@example.org");

    give(1, 2000);
    is_int(ask(1, id, 2000), OK, "a payout");
    is_int(set(1, "paypal", "other@example.org"), E_CONFLICT, "keeps its destination");
    is_int(night_do(do_drop, &id), E_CONFLICT, "which stays");
}

static void
stripe(void)
{
    struct method m;
    int64_t id;

    is_int(set(1, "stripe", ""), OK, "Stripe");
    id = a.id;
    is_int(account(id, "acct_1", "https://x", false, ""), OK, "an answer before the yes");
    is_str(get(id).state, STR("new"), "changes nothing");
    is_int(fix_number("SELECT count(*) FROM outbox WHERE kind = 'account'"), 0,
           "nor is asked for");
    a.id = id;
    is_int(night_do(do_confirm, NULL), OK, "the yes");
    is_str(get(id).state, STR("open"), "opens it");
    is_int(fix_number("SELECT count(*) FROM outbox WHERE kind = 'account'"), 1,
           "asks for an account");
    is_int(account(id, "acct_1", "https://x", false, "an address is missing"), OK, "made");
    is_str(get(id).why, STR("an address is missing"), "says what is missing");
    is_int(account(id, "acct_2", "", true, ""), E_CONFLICT, "it has one account");
    is_int(account(id, "", "", true, ""), OK, "ready");
    is_str(get(id).url, STR(""), "needs no link");
    is_int(method_find(&fix, STR("stripe"), STR("acct_1"), &m), OK, "found by its account");
    is_int(m.id, id, "is that one");
    is_int(method_find(&fix, STR("stripe"), STR("acct_9"), &m), E_NOTFOUND, "others are not");
    is_int(account(id, "", "", false, "restricted"), OK, "restricted later");
    is_str(get(id).state, STR("open"), "cannot be used");
}

int
main(void)
{
    struct method *list;
    size_t n;

    outgo_open("method.db");
    is_int(method_list(&fix, 1, &list, &n), OK, "what there is");
    is_int((int64_t)n, 5, "is all that is offered");
    is_str(list[2].why, STR("it is not set up here"), "also what is not set up");
    conf.stripe.api_key_file = STR("/key");
    conf.whop.account = STR("biz_1");
    addresses();
    waiting();
    stripe();
    busy();
    fix_verify("verify finds nothing");
    fix_close();
    return place_done();
}
