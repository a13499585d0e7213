/* The last 90 days: what counts for which part and day, overlaps, words, uptime. */
#include "page/past.h"

#include "lib/fix.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "upkeep/outage.h"

static const int64_t day_ms = 86400 * (int64_t)1000;

static struct ctx reader;

static struct past *
look(void)
{
    struct past *p = NULL;

    is_int(past_look(&reader, &p), OK, "the past is read");
    return p;
}

static void
away(const char *part, int64_t from, int64_t to, int planned)
{
    ok(fix_sql(
           "INSERT INTO outage (part, began_at, ended_at, planned) VALUES ('%s', %lld, %lld, "
           "%d)",
           part, (long long)from, (long long)to, planned),
       "%s was away", part);
}

static void
raise(const char *kind, const char *key, const char *severity, int64_t from, int64_t to)
{
    char end[32] = "NULL";

    if (to)
        snprintf(end, sizeof end, "%lld", (long long)to);
    ok(fix_sql(
           "INSERT INTO alert (kind, key, severity, who, text, raised_at, seen_at, times, "
           "resolved_at) VALUES ('%s', '%s', '%s', 'us', 'Nova lost %s', %lld, %lld, 1, %s)",
           kind, key, severity, key, (long long)from, (long long)from, end),
       "%s was raised", kind);
}

static void
sign(void)
{
    fix_begin();
    is_int(outage_sign(&fix, &fix_tx, STR("vault")), OK, "the vault lives");
    is_int(outage_sign(&fix, &fix_tx, STR("jobs")), OK, "so does the runner");
    is_int(outage_sign(&fix, &fix_tx, STR("web")), OK, "and the pages");
    fix_commit();
}

static void
test_new_house(void)
{
    struct past *p = look();

    is_int((int64_t)p->n, 0, "nothing happened");
    is_int(p->day[PAST_VAULT][PAST_DAYS - 2].worst, PAST_UNKNOWN, "of yesterday nobody knows");
    is_int(past_uptime(p, PAST_VAULT, fix_now), 10000, "what was not seen was not away");
    sign();
    p = look();
    is_int(p->day[PAST_VAULT][PAST_DAYS - 1].worst, PAST_FINE, "today is fine");
    is_int(p->day[PAST_VAULT][0].worst, PAST_UNKNOWN, "older days are not known");
}

static void
test_days(void)
{
    int64_t today = fix_now / day_ms * day_ms;
    struct past *p;

    ok(fix_sql("UPDATE alive SET since = %lld", (long long)(today - 200 * day_ms)),
       "somebody has looked for long");
    /* From the 10th day before today, 23:00, to 01:00 of the next. */
    away("vault", today - 9 * day_ms - 3600 * 1000, today - 9 * day_ms + 3600 * 1000, 0);
    away("web", today - 5 * day_ms, today - 5 * day_ms + 1000 * 1000, 1);
    away("jobs", today - 300 * day_ms, today - 299 * day_ms, 0);
    p = look();
    is_int(p->from, today - 89 * day_ms, "90 days with today");
    is_int(p->since, p->from, "all of them seen");
    is_int((int64_t)p->n, 2, "what is older is not told");
    is_int(p->day[PAST_VAULT][79].away_s, 3600, "an hour of one day");
    is_int(p->day[PAST_VAULT][80].away_s, 3600, "and one of the next");
    is_int(p->day[PAST_VAULT][80].worst, PAST_AWAY, "it was away");
    is_int(p->day[PAST_VAULT][81].worst, PAST_FINE, "the day after is fine");
    is_int(past_away_s(p, PAST_VAULT), 7200, "two hours");
    is_int(p->day[PAST_SITE][84].worst, PAST_PLANNED, "planned");
    is_int(p->day[PAST_SITE][84].away_s, 1000, "counts as well");
    is_int(p->day[PAST_OVERLAYS][84].away_s, 1000, "overlays are pages");
    is_int(p->day[PAST_LEDGER][84].worst, PAST_FINE, "the ledger is none");
    is_int(past_uptime(p, PAST_LEDGER, fix_now), 10000, "all the time");
    is_int(past_uptime(p, PAST_VAULT, fix_now),
           (past_seen_s(p, fix_now) - 7200) * 10000 / past_seen_s(p, fix_now),
           "less two hours, rounded down");
    ok(past_uptime(p, PAST_SITE, fix_now) < 10000, "a second is seen in it");
}

static void
test_overlap(void)
{
    int64_t today = fix_now / day_ms * day_ms, at = today - 2 * day_ms;
    struct past *p;

    away("jobs", at, at + 1000 * 1000, 0);
    raise("live_mute", "house", "error", at + 500 * 1000, at + 1500 * 1000);
    p = look();
    is_int(p->day[PAST_LIVE][87].away_s, 1500, "what overlaps is counted once");
    is_int(p->day[PAST_JOBS][87].away_s, 1000, "each part has its own");
    raise("provider_holds", "stripe", "error", at, at + 3 * day_ms / 2);
    raise("books_differ", "chain", "warning", at, at + 1);
    p = look();
    is_int(p->day[PAST_OWN][87].worst, PAST_TROUBLE, "trouble with a provider");
    is_int(p->day[PAST_OWN][88].worst, PAST_TROUBLE, "for two days");
    is_int(p->day[PAST_OWN][89].worst, PAST_FINE, "and no more");
    is_int(p->day[PAST_OWN][87].away_s, 0, "is not away");
    is_int(p->day[PAST_LEDGER][87].worst, PAST_FINE, "a warning is not told");
}

static void
test_words(void)
{
    struct past *p;
    bool leaked = false, open = false;

    raise("payout_unknown", "payout:77", "error", fix_now - 5000, 0);
    raise("nobody_knows", "member:Nova", "error", fix_now - 4000, 0);
    p = look();
    is_str(str_of(p->event[0].words), STR("Something needed a person."),
           "what is not known has a sentence, too");
    is_int(p->event[0].ended_at, 0, "it goes on");
    for (size_t i = 0; i < p->n; i++) {
        struct str w = str_of(p->event[i].words);

        leaked = leaked || str_find(w, STR("Nova"), 0) != SIZE_MAX;
        open = open || (i && p->event[i].began_at > p->event[i - 1].began_at);
    }
    ok(!leaked, "nobody and nothing is named");
    ok(!open, "newest first");
    for (int i = 0; i < PAST_EVENTS; i++)
        if (!fix_sql("INSERT INTO alert (kind, key, severity, who, text, raised_at, seen_at, "
                     "times, resolved_at) VALUES ('job_dead', 'job:%d', 'error', 'us', 'x', "
                     "%lld, 1, 1, %lld)",
                     i, (long long)(fix_now - i), (long long)fix_now))
            break;
    p = look();
    is_int((int64_t)p->n, PAST_EVENTS, "a list has its end");
    ok(p->more, "and says so");
}

static void
test_now(void)
{
    struct past *p;

    fix_now += 10 * 60 * 1000;
    p = look();
    is_int(p->day[PAST_VAULT][PAST_DAYS - 1].away_s, 600,
           "a vault that gives no sign is away now");
    ok(p->day[PAST_SITE][PAST_DAYS - 1].away_s == 0,
       "and who cannot tell because of it is not");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 << 20);
    struct db *db = NULL;

    place_make();
    fix_open(place("ledger.db"));
    ctx_init(&reader, a, fix.world);
    is_int(db_open(&reader, a, fix_file, DB_READER, &db), OK, "pages can read");
    fix_now = 20000 * day_ms + 12 * 3600 * (int64_t)1000;
    test_new_house();
    test_days();
    test_overlap();
    test_words();
    test_now();
    db_close(db);
    fix_close();
    return place_done();
}
