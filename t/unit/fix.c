/* Results corrected by staff: preview, hash, points, ranks, trophies, cents. */
#include "league/fix.h"

#include "league/draft.h"
#include "lib/league.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "user/member.h"

enum { STAFF = 30, OTHER = 31 };

static int64_t season, race;
static struct fix_preview p;
static struct fix_ask ask;
static char hash[65];

static void
bonus(struct race_rule *r)
{
    r->share = STR("winner_bonus");
    r->bonus_bps = 2000;
    r->clear_h = 24;
}

/* Places by seat: "21_" is 2nd, 1st, as it is; 0 is DNF. */
static void
want(int64_t id, const char *places, const char *reason, int64_t by)
{
    ask = (struct fix_ask){
        .race_id = id,
        .reason = str_of(reason),
        .by = by,
        .actor = STR("member:30"),
    };
    for (int64_t no = 1; no <= RACE_SEATS_MAX; no++)
        ask.place[no] = -1;
    for (int64_t no = 1; places[no - 1]; no++)
        ask.place[no] = places[no - 1] == '_' ? -1 : places[no - 1] - '0';
}

static enum err
do_look(void *arg)
{
    (void)arg;
    return fix_look(&fix, &fix_tx, &ask, &p);
}

static enum err
do_apply(void *arg)
{
    (void)arg;
    fix_now += 1000;
    return fix_apply(&fix, &fix_tx, &ask, str_of(hash), &p);
}

static void
look(enum err e, const char *name)
{
    is_int(night_do(do_look, NULL), e, name);
    if (!e)
        snprintf(hash, sizeof hash, "%.*s", STR_ARG(p.hash));
}

static void
apply(enum err e, const char *name)
{
    is_int(night_do(do_apply, NULL), e, name);
}

static void
why(const char *part)
{
    ok(str_find(ctx_why(&fix), str_of(part), 0) != SIZE_MAX, "… because %s", part);
}

static const struct fix_row *
row_of(int64_t member)
{
    static const struct fix_row none;

    for (size_t i = 0; i < p.n; i++)
        if (p.row[i].member_id == member)
            return &p.row[i];
    return &none;
}

static int64_t
count(const char *what)
{
    return fix_number("SELECT COUNT(*) FROM %s", what);
}

static int64_t
open_race(int64_t of_season, const char *rule, int64_t host)
{
    struct lobby_new n = {.host_id = host,
                          .name = STR(""),
                          .seats = 8,
                          .rounds = 4,
                          .rule = str_of(rule),
                          .season_id = of_season};
    int64_t id = 0;

    fix_begin();
    is_int(lobby_open(&fix, &fix_tx, &n, STR("people:0"), &id), OK, "a lobby");
    fix_commit();
    return id;
}

static void
grant(int64_t member, const char *role)
{
    fix_begin();
    is_int(member_grant(&fix, &fix_tx, member, str_of(role), STR("people:0")), OK, role);
    fix_commit();
}

static void
refused(void)
{
    race = open_race(season, "bonus", 9);
    want(race, "213", "the video shows it", STAFF);
    look(E_CONFLICT, "a lobby has no result");
    league_start(race, 3);
    ok(night_buy("pi_1"), "a sale of 2500: 500, of it 100 for the winner");
    league_end(race, "123");
    want(99, "21", "the video shows it", STAFF);
    look(E_NOTFOUND, "nor a race that is not there");
    want(race, "213", "too short", STAFF);
    look(E_INVALID, "a reason has ten signs");
    want(race, "213", "the video shows it", OTHER);
    look(E_DENIED, "others may not");
    want(race, "21_", "the video shows it", 1);
    look(E_DENIED, "nor who drove in it");
    why("your own");
    want(race, "21_", "the video shows it", 9);
    look(E_DENIED, "nor who hosted it");
    want(race, "2__", "the video shows it", STAFF);
    look(E_INVALID, "two seats at one place");
    want(race, "9__", "the video shows it", STAFF);
    look(E_INVALID, "no ninth place");
    want(race, "___4", "the video shows it", STAFF);
    look(E_INVALID, "nobody has seat 4");
    want(race, "12_", "the video shows it", STAFF);
    look(E_INVALID, "nothing would change");
}

static void
final(void)
{
    struct standing_table t = league_table(0);
    int64_t rows = count("result"), reports = count("report"), tells = count("outbox"),
            live = count("live_message");

    is_int(league_row(&t, 1).rank, 1, "member 1 leads");
    want(race, "21_", "the video shows it", STAFF);
    look(OK, "a preview");
    is_int((int64_t)p.n, 2, "concerns two");
    is_int(row_of(1)->place[0], 1, "first");
    is_int(row_of(1)->place[1], 2, "becomes second");
    is_int(row_of(1)->points[0], 15, "15 points");
    is_int(row_of(1)->points[1], 12, "become 12");
    is_int(row_of(1)->rank[1], 2, "rank 2");
    is_int(row_of(2)->rank[1], 1, "the other one leads");
    is_str(row_of(2)->trophies[0], STR("Podium"), "with the podium before");
    ok(str_find(row_of(2)->trophies[1], trophy_title(TROPHY_WIN), 0) != SIZE_MAX,
       "and the win after: %.*s", STR_ARG(row_of(2)->trophies[1]));
    is_int(row_of(2)->cents[1] - row_of(2)->cents[0], 100, "and the bonus");
    is_int(p.moved, 100, "that is all that moves");
    ok(count("result") == rows && count("report") == reports && count("outbox") == tells &&
           count("live_message") == live,
       "nothing of it stays");
    is_int(night_get(race).seat[0].place, 1, "nor the place");
    hash[0] = hash[0] == '0' ? '1' : '0';
    apply(E_CONFLICT, "another hash is refused");
    why("please look again");
    look(OK, "looked again");
    ask.reason = STR("the video shows it not");
    apply(E_CONFLICT, "another reason is another correction");
    ask.reason = STR("the video shows it");
    apply(OK, "applied");
    is_int(night_get(race).seat[0].place, 2, "it stays");
    t = league_table(0);
    is_int(league_row(&t, 2).rank, 1, "the table knows");
    is_int(league_row(&t, 2).points, 15, "15 points");
    is_int(fix_number("SELECT MAX(version) FROM result WHERE race_id = %lld", (long long)race),
           2, "as a second version");
    is_int(fix_number("SELECT COUNT(*) FROM fix WHERE version = 2 AND seq IS NULL AND "
                      "old LIKE '%%\"place\":1,\"points\":15%%' AND "
                      "new LIKE '%%\"place\":2,\"points\":12%%'"),
           1, "with both sides");
    is_int(fix_number("SELECT COUNT(*) FROM audit WHERE action = 'race.fix' AND "
                      "detail LIKE '%%\"old\":%%\"new\":%%'"),
           1, "the log of acts too");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE payload LIKE 'race.fixed race:%%'"), 1,
           "everybody is told");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE payload LIKE 'member.fixed fix:1:%%'"),
           2, "and the two");
    apply(E_INVALID, "pressed twice: nothing would change");
    is_int(league_bad(), 0, "all of it recomputes");
    is_int(fix_number("SELECT COUNT(*) FROM fix WHERE race_id = %lld AND "
                      "reason = 'the video shows it'",
                      (long long)race),
           1, "the correction is kept with its reason");
}

/* Two of the staff looked; the second applies what is no longer so. */
static void
two(void)
{
    struct fix_preview *first = ARENA_NEW(fix.arena, struct fix_preview);

    want(race, "1_2", "the first of the staff", STAFF);
    ask.place[2] = 3;
    look(OK, "one looks");
    *first = p;
    char kept[65];
    snprintf(kept, sizeof kept, "%s", hash);
    want(race, "_32", "the second of the staff", STAFF);
    ask.place[1] = 1;
    look(OK, "another looks");
    apply(OK, "and is quicker");
    want(race, "13_", "the first of the staff", STAFF);
    ask.place[3] = 2;
    memcpy(hash, kept, sizeof hash);
    apply(E_INVALID, "the same places need no second correction");
    want(race, "213", "back as the video shows", STAFF);
    look(OK, "back");
    apply(OK, "again");
}

static void
settled(void)
{
    fix_now += INT64_C(25) * 3600000;
    league_tick();
    is_int(night_get(race).state, RACE_SETTLED, "the race has settled");
    int64_t winner = night_free(2), second = night_free(1);
    is_int(winner - second, 99, "the winner has the bonus, the other the odd cent");
    want(race, "12_", "the photo shows it", STAFF);
    look(OK, "a correction after it");
    is_int(row_of(1)->cents[1] - row_of(1)->cents[0], 100, "moves the bonus");
    is_int(row_of(1)->cents[1], second + 100, "to the wallet's sum");
    is_int(night_free(2), winner, "not yet");
    apply(OK, "applied");
    is_int(night_free(2), winner - 100, "now");
    is_int(night_free(1), second + 100, "in both wallets");
    is_int(night_get(race).seat[0].share, second + 100, "the page says so");
    is_int(fix_number("SELECT COUNT(*) FROM fix WHERE seq IS NOT NULL"), 1,
           "the row names the entry");
    want(race, "0__", "it was disqualified", STAFF);
    ask.place[2] = 1;
    ask.place[3] = 2;
    look(OK, "a disqualification");
    apply(OK, "applied");
    is_int(night_free(2), winner, "the bonus comes back");
    is_int(league_bad(), 0, "all of it recomputes");
    fix_verify("verify finds nothing after corrections");
}

static void
finished(void)
{
    int64_t id = open_race(0, "bonus", 9), fixes = count("fix");

    league_start(id, 3);
    fix_begin();
    is_int(lobby_finish(&fix, &fix_tx, id, 0, STR(""), STR("people:0")), OK, "the flag");
    fix_commit();
    league_places(id, "11");
    want(id, "_2_", "the host is away", STAFF);
    look(OK, "contested places before the final");
    apply(OK, "are corrected by reports");
    struct race r = night_get(id);
    is_int(report_contested(&r), 0, "contested no more");
    is_int(r.seat[1].place, 2, "second");
    is_int(count("fix"), fixes, "without a version");
    is_int(fix_number("SELECT COUNT(*) FROM report WHERE race_id = %lld AND source = 'fix'",
                      (long long)id),
           1, "but with a source");
    league_places(id, "123");
    fix_now += 700000;
    league_tick();
    is_int(night_get(id).state, RACE_FINAL, "final");
    want(id, "21_", "a friendly race too", STAFF);
    look(OK, "without a season");
    is_int(row_of(1)->rank[0], 0, "nobody has a rank");
    apply(OK, "it can be corrected");
    fix_verify("verify finds nothing");
    fix_now += INT64_C(25) * 3600000;
    league_tick();
    is_int(night_get(id).state, RACE_SETTLED, "it settles");
    fix_verify("verify finds nothing after it settled");
}

static void
closed(void)
{
    fix_begin();
    is_int(season_close(&fix, &fix_tx, season, STR("people:0")), OK, "the season ends");
    fix_commit();
    want(race, "___", "too late for that", STAFF);
    ask.place[1] = 3;
    look(E_CONFLICT, "its results stay");
    why("erratum");
}

static struct race
order(const char *places)
{
    struct race r = {.seats = 8};

    for (; places[r.n_seats]; r.n_seats++)
        r.seat[r.n_seats] = (struct race_seat){.no = (int64_t)r.n_seats + 1,
                                               .place = places[r.n_seats] - '0',
                                               .dnf = places[r.n_seats] == '0'};
    return r;
}

static void
moved(const char *before, int64_t seat, int64_t place, const char *after)
{
    struct race r = order(before);
    int64_t to[RACE_SEATS_MAX + 1];
    char got[9] = "";

    draft_move(&r, seat, place, to);
    for (size_t i = 0; i < r.n_seats; i++)
        got[i] = (char)('0' + (to[i + 1] == -1 ? r.seat[i].place : to[i + 1]));
    ok(strcmp(got, after) == 0, "%s, seat %d to %d: %s, got %s", before, (int)seat, (int)place,
       after, got);
}

static void
moves(void)
{
    moved("123", 1, 2, "213");
    moved("123", 3, 1, "231");
    moved("123", 1, 3, "312");
    moved("1234", 2, 0, "1023");
    moved("1230", 4, 1, "2341");
    moved("1230", 4, 4, "1234");
    moved("12", 1, 1, "12");
    moved("1340", 4, 2, "1342");
    moved("1350", 4, 3, "1453");
}

static enum err
do_draft(void *arg)
{
    return draft_add(&fix, &fix_tx, &ask, str_of(hash), arg);
}

static void
drafts(void)
{
    struct fix_ask back;
    struct str kept;
    int64_t id = 0;

    want(race, "2_0", "the video shows it", STAFF);
    is_int(night_do(do_draft, &id), OK, "a preview is kept");
    is_int(draft_get(&fix, id, STAFF, &back, &kept), OK, "for who looked");
    ok(memcmp(back.place + 1, ask.place + 1, sizeof back.place - sizeof back.place[0]) == 0,
       "with its places");
    is_str(back.reason, ask.reason, "and its reason");
    is_int(draft_get(&fix, id, OTHER, &back, &kept), E_DENIED, "for nobody else");
    fix_now += INT64_C(3600001);
    int64_t next = 0;
    is_int(night_do(do_draft, &next), OK, "an hour later another");
    is_int(draft_get(&fix, id, STAFF, &back, &kept), E_NOTFOUND, "forgets it");
    ok(next > id, "and never takes its number");
    fix_begin();
    is_int(draft_drop(&fix, &fix_tx, next), OK, "done");
    fix_commit();
    is_int(draft_get(&fix, next, STAFF, &back, &kept), E_NOTFOUND, "cannot be done again");
}

int
main(void)
{
    place_make();
    night_open(place("fix.db"));
    night_rule("bonus", bonus);
    grant(STAFF, "staff");
    grant(1, "staff");
    grant(9, "operator");
    season = league_season("Spring", 0, 0);
    moves();
    refused();
    final();
    two();
    drafts();
    settled();
    finished();
    closed();
    fix_close();
    return place_done();
}
