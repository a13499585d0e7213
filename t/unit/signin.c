/* Logins through a provider: every wrong turn ends with "start again", and only once is one in.
 */
#include "user/signin.h"

#include "lib/fix.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "user/session.h"

static struct signin_begun begun;
static struct signin_claim claim;
static int64_t tries;

static enum err
begin(const char *go_to)
{
    char shift;

    /* The fixture's chance repeats itself after 256 bytes: here at another place each time. */
    fix.world->random(fix.world->arg, &shift, 1);
    ctx_clear(&fix);
    fix_begin();
    enum err e = signin_begin(&fix, &fix_tx, STR("discord"), str_of(go_to), &begun);
    fix_commit();
    tries = fix_number("SELECT MAX(id) FROM login_try");
    return e;
}

static enum err
code(const char *provider, struct str secret, struct str state)
{
    ctx_clear(&fix);
    fix_begin();
    enum err e = signin_code(&fix, &fix_tx, str_of(provider), secret, state, STR("c0de"));
    fix_commit();
    return e;
}

static enum err
known(const char *subject)
{
    const struct identity who = {.provider = STR("discord"),
                                 .subject = str_of(subject),
                                 .name = STR("Nova"),
                                 .avatar = STR("")};

    ctx_clear(&fix);
    fix_begin();
    enum err e = signin_known(&fix, &fix_tx, tries, &who);
    fix_commit();
    return e;
}

static enum err
take(struct str secret)
{
    ctx_clear(&fix);
    fix_begin();
    enum err e = signin_take(&fix, &fix_tx, secret, STR("Browser"), &claim);
    fix_commit();
    return e;
}

static void
straight(void)
{
    struct session s, *list;
    size_t n;

    is_int(begin("/race/3"), OK, "begun");
    ok(begun.secret.n == 43 && begun.state.n == 43 && begun.challenge.n == 43, "43 signs each");
    ok(!str_eq(begun.secret, begun.state), "the state is not the secret");
    is_int(take(begun.secret), E_DENIED, "nothing to take yet");
    is_int(code("discord", begun.secret, begun.state), OK, "sent back with a code");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'login.exchange'"), 1,
           "to be exchanged");
    is_int(take(begun.secret), OK, "asked too early");
    ok(claim.waiting, "is told to wait");
    is_int(known("900"), OK, "the provider says who it is");
    is_int(fix_number("SELECT COUNT(*) FROM login_try WHERE code <> '' OR verifier <> ''"), 0,
           "code and verifier are gone");
    is_int(take(begun.secret), OK, "taken");
    ok(!claim.waiting && claim.session.n == 43, "with a session");
    is_str(claim.go_to, STR("/me/welcome"), "the first time the rules come first");
    is_int(session_find(&fix, claim.session, &s), OK, "it is live");
    is_int(s.member_id, claim.member_id, "and hers");
    int64_t nova = claim.member_id;
    is_int(take(begun.secret), E_DENIED, "twice is refused");
    is_int(session_list(&fix, nova, 10, &list, &n), OK, "the list");
    ok(n == 1 && str_eq_text(list[0].label, "Browser"), "names the browser");
    fix_begin();
    is_int(identity_rules_accept(&fix, &fix_tx, nova), OK, "the rules accepted");
    fix_commit();
    is_int(begin("/race/3"), OK, "once more");
    is_int(code("discord", begun.secret, begun.state), OK, "back");
    is_int(known("900"), OK, "known");
    is_int(take(begun.secret), OK, "in");
    is_str(claim.go_to, STR("/race/3"), "now back to where she was");
    fix_begin();
    is_int(session_end_others(&fix, &fix_tx, nova, 0), OK, "all sessions ended");
    fix_commit();
    is_int(session_find(&fix, claim.session, &s), E_AUTH, "this one too");
}

static void
crooked(void)
{
    static const char *const elsewhere[] = {
        "//evil.example", "https://evil.example", "/\\evil", "", "javascript:1", "/a b"};
    struct str old;

    is_int(begin("/"), OK, "begun");
    old = begun.state;
    is_int(begin("/"), OK, "and again");
    is_int(code("discord", begun.secret, old), E_DENIED, "the state of another try");
    is_int(code("discord", begun.secret, begun.secret), E_DENIED, "the secret itself as state");
    is_int(code("discord", begun.secret, STR("")), E_DENIED, "no state");
    is_int(code("discord", STR(""), STR("")), E_DENIED, "no cookie");
    is_int(code("whop", begun.secret, begun.state), E_DENIED, "another provider");
    is_int(code("discord", begun.secret, begun.state), OK, "the right one");
    is_int(code("discord", begun.secret, begun.state), E_DENIED, "once");
    fix_begin();
    is_int(signin_refused(&fix, &fix_tx, tries, STR("Discord said no.")), OK, "refused there");
    fix_commit();
    is_int(take(begun.secret), E_DENIED, "is told");
    is_str(ctx_why(&fix), STR("Discord said no."), "in words");
    is_int(known("901"), OK, "a report that comes too late");
    is_int(take(begun.secret), E_DENIED, "changes nothing");
    is_int(begin("/"), OK, "begun");
    fix_now += SIGNIN_MINUTES * 60 * 1000 + 1;
    is_int(code("discord", begun.secret, begun.state), E_DENIED, "ten minutes are over");
    for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++) {
        is_int(begin(elsewhere[i]), OK, "a strange way back");
        is_int(fix_number("SELECT go_to = '/wallet' FROM login_try WHERE id = %lld",
                          (long long)tries),
               1, "becomes the wallet");
    }
    ok(fix_sql("UPDATE member SET blocked_at = 1"), "everybody blocked");
    is_int(begin("/"), OK, "begun");
    is_int(code("discord", begun.secret, begun.state), OK, "back");
    is_int(known("900"), OK, "known");
    is_int(take(begun.secret), E_DENIED, "a blocked member is not let in");
    fix_now += 3600 * 1000;
    fix_begin();
    is_int(signin_prune(&fix, &fix_tx), OK, "later");
    fix_commit();
    is_int(fix_number("SELECT COUNT(*) FROM login_try"), 1,
           "all is forgotten but the newest, whose number is not given again");
}

int
main(void)
{
    place_make();
    fix_open(place("signin.db"));
    straight();
    crooked();
    fix_close();
    return place_done();
}
