/* Sponsors, their slots, and the seconds that overlays tell. */
#include "league/onair.h"

#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "user/session.h"

static const int64_t DAY = 24 * 3600 * 1000LL;
static int64_t id;
static struct sponsor_new one;
static struct sponsor_slot slot;
static struct onair_note note;
static struct str bytes, token;

static enum err
do_add(void *arg)
{
    (void)arg;
    return sponsor_add(&fix, &fix_tx, &one, STR("people:0"), &id);
}

static enum err
do_slot(void *arg)
{
    (void)arg;
    return sponsor_slot_add(&fix, &fix_tx, &slot, STR("people:0"));
}

static enum err
do_logo(void *arg)
{
    (void)arg;
    return sponsor_logo(&fix, &fix_tx, id, bytes);
}

static enum err
do_overlay(void *arg)
{
    (void)arg;
    return session_overlay_add(&fix, &fix_tx, STR("stream"), &token);
}

static enum err
do_note(void *arg)
{
    (void)arg;
    return onair_take(&fix, &fix_tx, &note);
}

static enum err
do_tick(void *arg)
{
    (void)arg;
    return onair_tick(&fix, &fix_tx);
}

static enum err
do_click(void *arg)
{
    (void)arg;
    return onair_click(&fix, &fix_tx, id, STR("standings_head"));
}

static void
contracts(void)
{
    struct sponsor *shown, s;
    size_t n = 9;

    one = (struct sponsor_new){.name = STR("Apex Tyres"),
                               .text = STR("Grip for all"),
                               .url = STR("https://apex.example/x?y=1")};
    is_int(night_do(do_add, NULL), OK, "a sponsor");
    is_int(night_do(do_add, NULL), E_CONFLICT, "a name is given once");
    one.name = STR("Other");
    one.url = STR("javascript:alert(1)");
    is_int(night_do(do_add, NULL), E_INVALID, "an address is https");
    one.url = STR("https://a.example/\"onclick=");
    is_int(night_do(do_add, NULL), E_INVALID, "and plain");
    one.url = STR("https://safe.example@evil.example/");
    is_int(night_do(do_add, NULL), E_INVALID, "and does not pose as another");
    is_int(sponsor_shown(&fix, "overlay_corner", 0, 5, &shown, &n), OK, "without a slot");
    is_int((int64_t)n, 0, "nobody is shown");
    slot = (struct sponsor_slot){.sponsor_id = id,
                                 .place = STR("overlay_corner"),
                                 .from_at = fix_now,
                                 .to_at = fix_now + DAY};
    is_int(night_do(do_slot, NULL), OK, "a slot");
    slot.place = STR("roof");
    is_int(night_do(do_slot, NULL), E_INVALID, "only places that exist");
    slot.place = STR("race_card");
    slot.to_at = slot.from_at;
    is_int(night_do(do_slot, NULL), E_INVALID, "a slot lasts");
    is_int(sponsor_shown(&fix, "overlay_corner", 0, 5, &shown, &n), OK, "now");
    ok(n == 1 && shown[0].id == id, "it is shown");
    is_int(sponsor_find(&fix, STR("Apex Tyres"), &s), OK, "found by its name");
    is_str(s.text, STR("Grip for all"), "with its line");
    is_int(night_do(do_click, NULL), OK, "a click");
    is_int(fix_number("SELECT clicks FROM sponsor_count"), 1, "is counted");
}

static void
logos(void)
{
    bytes = STR("GIF89a");
    is_int(night_do(do_logo, NULL), E_INVALID, "a logo is PNG or SVG");
    bytes = STR("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>");
    is_int(night_do(do_logo, NULL), OK, "an SVG is kept as it came");
    is_int(night_do(do_logo, NULL), OK, "twice is one");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'logo'"), 1,
           "to be cleaned once");
    struct sponsor s;
    is_int(sponsor_get(&fix, id, &s), OK, "until then");
    is_str(s.logo, STR(""), "nothing of it is shown");
    ok(fix_sql("UPDATE logo SET ready_at = 1"), "a clean copy is there");
    is_int(sponsor_get(&fix, id, &s), OK, "then");
    is_int((int64_t)s.logo.n, 64, "it is");
}

static int64_t
air(const char *what)
{
    return fix_number("SELECT COALESCE(SUM(%s), 0) FROM sponsor_air", what);
}

static enum err
tell(int64_t later_ms)
{
    fix_now += later_ms;
    return night_do(do_note, NULL);
}

static void
seconds(void)
{
    is_int(night_do(do_overlay, NULL), OK, "an overlay");
    token = str_dup(fix.arena, token);
    note = (struct onair_note){.token = STR("wrong"),
                               .kind = STR("all"),
                               .channel = STR(""),
                               .place = STR("overlay_corner"),
                               .sponsor_id = id,
                               .visible = true,
                               .agent = STR("OBS/30.0"),
                               .unknown = STR("")};
    is_int(tell(0), E_NOTFOUND, "an unknown address counts nothing");
    note.token = token;
    is_int(tell(0), OK, "the first note");
    is_int(air("seconds"), 0, "counts nothing yet");
    is_int(tell(15000), OK, "the next");
    is_int(air("seconds"), 15, "counts the time between");
    note.kind = STR("sponsor");
    is_int(tell(0), OK, "a second source of the same");
    is_int(tell(5000), OK, "five seconds on");
    is_int(air("seconds"), 20, "counts those five");
    note.kind = STR("all");
    is_int(tell(10000), OK, "the first again");
    is_int(air("seconds"), 30, "no moment counts twice");
    is_int(tell(300000), OK, "after five minutes of silence");
    is_int(air("seconds"), 30, "the silence does not count");
    is_int(air("breaks"), 1, "but is a break");
    note.visible = false;
    is_int(tell(15000), OK, "a hidden source");
    note.visible = true;
    is_int(tell(15000), OK, "that comes back");
    is_int(air("seconds"), 30, "was not on air");
    note.sponsor_id = id + 1;
    is_int(tell(15000), OK, "an invented sponsor");
    is_int(tell(15000), OK, "again");
    is_int(air("seconds"), 30, "counts nothing");
    note.sponsor_id = id;
    is_int(tell(15000), OK, "the real one");
    fix_now += 2 * DAY;
    is_int(tell(15000), OK, "after its contract");
    is_int(tell(15000), OK, "is not counted");
    is_int(air("seconds"), 30, "any more");
}

static void
silence(void)
{
    int64_t race = night_race(1, 3, "");
    struct onair_source *s;
    size_t n;

    is_int(tell(0), OK, "an overlay on screen");
    fix_now += 30000;
    is_int(night_do(do_tick, NULL), OK, "half a minute later");
    is_int(fix_number("SELECT COUNT(*) FROM alert"), 0, "all is well");
    fix_now += 40000;
    is_int(night_do(do_tick, NULL), OK, "a silent minute");
    is_int(
        fix_number(
            "SELECT COUNT(*) FROM alert WHERE kind = 'overlay_silent' AND resolved_at IS NULL"),
        1, "is an alert");
    is_int(tell(0), OK, "it comes back");
    is_int(night_do(do_tick, NULL), OK, "and then");
    is_int(fix_number("SELECT COUNT(*) FROM alert WHERE resolved_at IS NULL"), 0, "it is over");
    is_int(onair_sources(&fix, 10, &s, &n), OK, "the panel");
    is_int((int64_t)n, 2, "shows both kinds");
    is_str(s[0].agent, STR("OBS/30.0"), "with their software");
    is_int(tell(15000), OK, "on air in a race");
    night_finish(race);
}

int
main(void)
{
    place_make();
    night_open(place("onair.db"));
    contracts();
    logos();
    seconds();
    silence();
    fix_close();
    return place_done();
}
