/* Names, roles, login links, sessions, overlay tokens. */
#include "user/member.h"

#include "db/stmt.h"
#include "lib/fix.h"
#include "lib/place.h"
#include "user/audit_log.h"
#include "user/session.h"

static enum err
add(const char *name, int64_t *ret_id)
{
    enum err e;

    fix_begin();
    e = member_add(&fix, &fix_tx, str_of(name), ret_id);
    fix_commit();
    return e;
}

static void
test_names(void)
{
    static const char *const bad[] = {"",
                                      "   ",
                                      "a\nb",
                                      "12345",
                                      "x\xE2\x80\xAEy",
                                      "x\xE2\x80\x8By",
                                      "\xEF\xBB\xBFx",
                                      "\xFF\xFE",
                                      "123456789 123456789 123456789 123"};
    int64_t id = 0, other = 0;
    struct member m;

    ok(add("  Zo\xC3\x8B  ", &id) == OK, "a name is trimmed and kept");
    ok(member_get(&fix, id, &m) == OK, "the member is there");
    is_str(m.name, STR("Zo\xC3\x8B"), "with the name as written");
    ok(add("ZO\xC3\xAB", &other) == E_CONFLICT, "the same name in other case is taken");
    ok(add("123456789 123456789 123456789 12", &other) == OK, "32 signs fit");
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        ok(add(bad[i], &other) == E_INVALID, "bad name %zu is refused", i);
    ok(member_find(&fix, STR("zo\xC3\xAB"), &m) == OK && m.id == id,
       "found by name without case");
    ok(member_find(&fix, str_of(arena_printf(fix.arena, "%lld", (long long)id)), &m) == OK &&
           m.id == id,
       "and by number");
    ok(member_find(&fix, STR("nobody here"), &m) == E_NOTFOUND, "nobody else");
    ok(member_find(&fix, STR("999999"), &m) == E_NOTFOUND, "no such number");
}

static void
test_roles(void)
{
    int64_t id = 0;
    struct str all;

    ok(add("Roles", &id) == OK, "a member for roles");
    ok(member_roles(&fix, id, &all) == OK && all.n == 0, "has none at first");
    fix_begin();
    ok(member_grant(&fix, &fix_tx, id, STR("host"), STR("people:0")) == OK, "gets one");
    ok(member_grant(&fix, &fix_tx, id, STR("host"), STR("people:0")) == OK,
       "twice changes nothing");
    ok(member_grant(&fix, &fix_tx, id, STR("dj"), STR("people:0")) == OK, "and another");
    ok(member_grant(&fix, &fix_tx, id, STR("king"), STR("people:0")) == E_INVALID,
       "no such role");
    ok(member_grant(&fix, &fix_tx, 9999, STR("dj"), STR("x")) == E_NOTFOUND, "no such member");
    fix_commit();
    ok(member_roles(&fix, id, &all) == OK && str_eq_text(all, "dj,host"), "both are listed");
    fix_begin();
    ok(member_revoke(&fix, &fix_tx, id, STR("host")) == OK, "one is taken away");
    ok(member_revoke(&fix, &fix_tx, id, STR("host")) == OK, "twice changes nothing");
    ok(member_revoke(&fix, &fix_tx, id, STR("king")) == E_INVALID, "no such role to take");
    fix_commit();
    ok(member_roles(&fix, id, &all) == OK && str_eq_text(all, "dj"), "the other stays");
}

static void
test_login(void)
{
    struct str link, old, session, second, name;
    struct session s;
    int64_t id = 0;

    ok(add("Login", &id) == OK, "a member who logs in");
    fix_begin();
    ok(session_link(&fix, &fix_tx, id, 60000, &link) == OK && link.n == 43, "gets a link");
    ok(session_link(&fix, &fix_tx, id, 60000, &old) == OK && !str_eq(old, link),
       "each its own");
    fix_commit();
    is_int(fix_number("SELECT COUNT(*) FROM login_link WHERE CAST(token_sha AS TEXT) = '%.*s'",
                      STR_ARG(link)),
           0, "the token itself is stored nowhere");
    ok(session_link_show(&fix, link, &name) == OK && str_eq_text(name, "Login"),
       "it says whose it is");
    ok(session_link_show(&fix, STR("short"), &name) == E_NOTFOUND, "a wrong one is not known");
    fix_begin();
    ok(session_open(&fix, &fix_tx, link, &session) == OK && session.n == 43,
       "using it logs in");
    ok(session_open(&fix, &fix_tx, link, &second) == E_NOTFOUND, "it works once");
    fix_commit();
    ok(str_eq_text(ctx_why(&fix), "this login link was used already"), "and says so");
    ok(session_find(&fix, session, &s) == OK && s.member_id == id,
       "the session is the member's");
    fix_now += 60000;
    fix_begin();
    ok(session_open(&fix, &fix_tx, old, &second) == E_NOTFOUND, "a link becomes too old");
    fix_commit();
    fix_now += INT64_C(30) * 24 * 3600 * 1000 - 60001;
    ok(session_find(&fix, session, &s) == OK, "a session lives 30 days");
    fix_now += 1;
    ok(session_find(&fix, session, &s) == E_AUTH, "and no longer");
    fix_now -= 1;
    fix_begin();
    ok(session_end(&fix, &fix_tx, session) == OK, "logging out ends it");
    fix_commit();
    ok(session_find(&fix, session, &s) == E_AUTH, "at once");
    ok(session_find(&fix, STR(""), &s) == E_AUTH, "no token, nobody");
}

static void
test_blocked(void)
{
    struct str link = STR_NULL, session = STR_NULL;
    struct session s;
    int64_t id = 0;

    ok(add("Blocked", &id) == OK, "a member who will be blocked");
    fix_begin();
    ok(session_link(&fix, &fix_tx, id, 60000, &link) == OK &&
           session_open(&fix, &fix_tx, link, &session) == OK &&
           session_link(&fix, &fix_tx, id, 60000, &link) == OK,
       "is in, with a link left");
    fix_commit();
    ok(fix_sql("UPDATE member SET blocked_at = 1 WHERE id = %lld", (long long)id),
       "is blocked");
    ok(session_find(&fix, session, &s) == E_AUTH, "the session is worth nothing");
    fix_begin();
    ok(session_open(&fix, &fix_tx, link, &session) == E_NOTFOUND, "nor is the link");
    fix_commit();
}

static void
test_overlay(void)
{
    struct str token, other, label;

    fix_begin();
    ok(session_overlay_add(&fix, &fix_tx, STR(" stream "), &token) == OK,
       "an overlay gets a token");
    ok(session_overlay_add(&fix, &fix_tx, STR("stream"), &other) == E_CONFLICT,
       "its label is taken");
    ok(session_overlay_add(&fix, &fix_tx, STR(" "), &other) == E_INVALID,
       "a label is not empty");
    ok(session_overlay_find(&fix, token, &label) == OK && str_eq_text(label, "stream"),
       "it is found");
    ok(session_overlay_revoke(&fix, &fix_tx, STR("stream")) == OK, "revoked");
    ok(session_overlay_find(&fix, token, &label) == E_NOTFOUND, "it is no longer found");
    ok(session_overlay_revoke(&fix, &fix_tx, STR("stream")) == E_NOTFOUND, "and not twice");
    ok(session_overlay_add(&fix, &fix_tx, STR("stream"), &other) == OK && !str_eq(other, token),
       "the label is free again");
    ok(audit_log_add(&fix, &fix_tx, STR("people:0"), STR("overlay.add"), STR("overlay"),
                     STR("x")) == OK,
       "acts are logged");
    fix_commit();
    ok(!fix_sql("UPDATE audit SET actor = 'me'"), "and cannot be changed");
}

int
main(void)
{
    place_make();
    fix_open(place("ledger.db"));
    test_names();
    test_roles();
    test_login();
    test_blocked();
    test_overlay();
    fix_close();
    return place_done();
}
