/* Members from elsewhere, names that try to trick, privacy, rights. */
#include "user/identity.h"

#include "base/buf.h"
#include "base/point.h"
#include "lib/fix.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "user/right.h"

static enum err
come(const char *subject, const char *name, const char *avatar, struct member *ret)
{
    const struct identity who = {.provider = STR("discord"),
                                 .subject = str_of(subject),
                                 .name = str_of(name),
                                 .avatar = str_of(avatar)};

    ctx_clear(&fix);
    fix_begin();
    enum err e = identity_member(&fix, &fix_tx, &who, ret);
    fix_commit();
    return e;
}

static void
arrivals(void)
{
    static const struct {
        const char *there, *here;
    } row[] = {
        {"Nova",                                         "Nova"                 },
        {"nova",                                         "nova 2"               },
        {"  12345 ",                                     "Driver 12345"         },
        {"Racer 7",                                      "Driver Racer 7"       },
        {"\xE2\x80\xAE"
         "evil",                                "evil"                 },
        {"\xE2\x80\x8B\xE2\x80\x8B",                     "Driver"               },
        {"\xFF\xFE",                                     "Driver 2"             },
        {"Zo\xCC\x88\xCC\x81\xCC\x82\xCC\x83\xCC\x84",   "Zo\xCC\x88\xCC\x81"   },
        {"Kart \xF0\x9F\x8F\x81",                        "Kart \xF0\x9F\x8F\x81"},
        {"new\nline",                                    "new line"             },
        {"\xE2\xA0\x80\xE3\x80\x80\xEF\xBE\xA0\xC2\xA0", "Driver 3"             },
    };
    struct member m, again;
    char id[24];

    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        snprintf(id, sizeof id, "90%zu", i);
        is_int(come(id, row[i].there, "", &m), OK, "somebody comes");
        is_str(m.name, str_of(row[i].here), "and is called");
    }
    is_int(come("900", "Renamed there", "", &again), OK, "the first comes again");
    is_str(again.name, STR("Nova"), "and keeps the name here");
    is_int(identity_find(&fix, STR("discord"), STR("900"), &m), OK, "found");
    ok(m.id == again.id, "as the same");
    is_int(identity_find(&fix, STR("whop"), STR("900"), &m), E_NOTFOUND,
           "but not from elsewhere");
    int64_t jobs = fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'avatar'");
    is_int(come("900", "Nova", "a1", &m), OK, "a picture");
    is_int(come("900", "Nova", "a1", &m), OK, "seen twice");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'avatar'"), jobs + 1,
           "is fetched once");
    fix_sql("UPDATE member SET blocked_at = 1 WHERE id = %lld", (long long)again.id);
    is_int(come("900", "Nova", "a1", &m), E_DENIED, "a blocked one is told so");
    fix_sql("UPDATE member SET blocked_at = NULL WHERE id = %lld", (long long)again.id);
}

static void
long_names(void)
{
    struct buf b = buf_new(fix.arena, 4096);
    struct member m;

    for (int i = 0; i < 100; i++)
        buf_add(&b, STR("\xCC\x81"));
    is_int(come("950", str_text(fix.arena, buf_str(&b)), "", &m), OK, "a hundred marks alone");
    ok(str_starts(m.name, STR("Driver")), "are no name");
    buf_clear(&b);
    for (int i = 0; i < 60; i++)
        buf_add(&b, STR("\xF0\x9F\x8F\x81"));
    is_int(come("951", str_text(fix.arena, buf_str(&b)), "", &m), OK, "sixty flags");
    ok(str_length(m.name) <= 32 && m.name.n <= 128, "are cut");
    ok(str_ends(m.name, STR("…")), "visibly");
}

static enum err
choose(int64_t id, bool hidden, const char *earnings)
{
    const struct identity_privacy p = {.hidden = hidden, .earnings = str_of(earnings)};

    ctx_clear(&fix);
    fix_begin();
    enum err e = identity_privacy_set(&fix, &fix_tx, id, &p);
    fix_commit();
    return e;
}

static bool
sees(int64_t id, int64_t viewer)
{
    bool seen = false;

    return identity_earnings_seen(&fix, id, viewer, &seen) == OK && seen;
}

static void
privacy(void)
{
    ok(sees(1, 1) && !sees(1, 0) && !sees(1, 2), "earnings are one's own at first");
    is_int(choose(1, false, "members"), OK, "for members");
    ok(!sees(1, 0) && sees(1, 2), "members see them");
    is_int(choose(1, false, "public"), OK, "for everybody");
    ok(sees(1, 0), "everybody does");
    is_int(choose(1, true, "public"), OK, "with a hidden profile");
    ok(!sees(1, 0) && !sees(1, 2) && sees(1, 1), "nobody else does");
    is_int(fix_number("SELECT name = 'Racer 1' FROM person WHERE id = 1"), 1, "nor the name");
    is_int(choose(1, false, "perhaps"), E_INVALID, "only these three");
    int64_t at = 1;
    is_int(identity_rules_at(&fix, 3, &at), OK, "the rules");
    is_int(at, 0, "were not accepted");
    fix_begin();
    is_int(identity_rules_accept(&fix, &fix_tx, 3), OK, "now they are");
    bool on = false;
    is_int(identity_notify_get(&fix, 3, STR("trophy"), &on), OK, "a switch");
    ok(on, "is on");
    is_int(identity_notify_set(&fix, &fix_tx, 3, STR("trophy"), false), OK, "off");
    is_int(identity_notify_get(&fix, 3, STR("trophy"), &on), OK, "then");
    ok(!on, "it is off");
    is_int(identity_notify_set(&fix, &fix_tx, 3, STR("trophy"), true), OK, "on again");
    is_int(identity_notify_get(&fix, 3, STR("trophy"), &on), OK, "then");
    ok(on, "it is on");
    is_int(identity_notify_set(&fix, &fix_tx, 3, STR("nonsense"), true), E_INVALID, "no other");
    fix_commit();
    is_int(identity_rules_at(&fix, 3, &at), OK, "and stay");
    is_int(at, fix_now, "accepted");
}

static void
rights(void)
{
    unsigned r = 99;

    fix_begin();
    is_int(member_grant(&fix, &fix_tx, 5, STR("operator"), STR("people:0")), OK, "an operator");
    is_int(member_grant(&fix, &fix_tx, 6, STR("host"), STR("people:0")), OK, "a host");
    fix_commit();
    ok(right_of(&fix, 5, &r) == OK && r == (RIGHT_OPERATOR | RIGHT_STAFF | RIGHT_HOST),
       "an operator is staff and host");
    ok(right_of(&fix, 7, &r) == OK && r == 0, "a member is nothing");
    is_int(right_need(&fix, 6, RIGHT_HOST | RIGHT_STAFF), OK, "a host may");
    is_int(right_need(&fix, 6, RIGHT_STAFF | RIGHT_OPERATOR), E_DENIED, "or may not");
    ok(str_find(ctx_why(&fix), STR("this is for the role staff or operator"), 0) != SIZE_MAX,
       "and is told");
}

static void
cleaning(void)
{
    is_str(point_clean(fix.arena,
                       STR(" a\xE2\x80\xAE"
                           "b\t c "),
                       10),
           STR("ab  c"), "tricky signs go");
    is_str(point_clean(fix.arena, STR("abcdef"), 4), STR("abc…"), "cut to four");
    is_str(point_clean(fix.arena, STR("abcd"), 4), STR("abcd"), "four fit");
    is_str(point_clean(fix.arena, STR("\xFF"), 4), STR(""), "bytes are no text");
}

int
main(void)
{
    place_make();
    fix_open(place("identity.db"));
    arrivals();
    long_names();
    privacy();
    rights();
    cleaning();
    fix_close();
    return place_done();
}
