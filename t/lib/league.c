/* The league of the tests. See league.h. */
#include "lib/league.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/tap.h"

static void
must(enum err e, const char *what)
{
    if (e == OK)
        return;
    printf("Bail out! %s: %s: %.*s\n", what, err_info(e)->name.p, STR_ARG(ctx_why(&fix)));
    exit(99);
}

int64_t
league_season(const char *name, int64_t drops, int64_t drop_from)
{
    struct season_new n = {.name = str_of(name), .drops = drops, .drop_from = drop_from};
    int64_t id;

    fix_begin();
    must(season_add(&fix, &fix_tx, &n, STR("people:0"), &id), "season");
    fix_commit();
    return id;
}

int64_t
league_open(int64_t season, int64_t host)
{
    struct lobby_new n = {
        .host_id = host, .name = STR(""), .seats = 8, .rounds = 4, .season_id = season};
    int64_t race;

    fix_begin();
    must(lobby_open(&fix, &fix_tx, &n, STR("people:0"), &race), "open");
    fix_commit();
    return race;
}

void
league_start(int64_t race, int64_t n)
{
    int64_t seat;

    fix_begin();
    for (int64_t i = 1; i <= n; i++)
        must(lobby_join(&fix, &fix_tx, race, i, STR("people:0"), &seat), "join");
    must(lobby_start(&fix, &fix_tx, race, STR("people:0")), "start");
    fix_commit();
    fix_now += 60000;
}

void
league_places(int64_t race, const char *places)
{
    struct race r = night_get(race);

    fix_begin();
    for (size_t i = 0; i < r.n_seats && places[i]; i++)
        if (!r.seat[i].left_at)
            must(night_report(race, r.seat[i].no, places[i] - '0', REPORT_STAFF), "place");
    fix_commit();
}

void
league_end(int64_t race, const char *places)
{
    fix_begin();
    must(lobby_finish(&fix, &fix_tx, race, 0, STR(""), STR("people:0")), "finish");
    fix_commit();
    league_places(race, places);
    fix_now += 700000;
    league_tick();
    if (night_get(race).state != RACE_FINAL) {
        printf("Bail out! race %lld is not final\n", (long long)race);
        exit(99);
    }
}

void
league_tick(void)
{
    size_t n;

    fix_begin();
    must(night_tick(&n), "tick");
    must(result_tick(&fix, &fix_tx, 100, &n), "results");
    fix_commit();
}

struct standing_table
league_table(int64_t at)
{
    struct standing_table t;

    must(standing_read(&fix, 1, at, 0, &t), "table");
    return t;
}

struct standing
league_row(const struct standing_table *t, int64_t member)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->row[i].member_id == member)
            return t->row[i];
    return (struct standing){.rank = -1, .points = -999};
}

int64_t
league_bad(void)
{
    int64_t bad = 0;

    ctx_clear(&fix);
    must(result_check(&fix, &bad), "check");
    if (bad)
        printf("# %.*s\n", STR_ARG(ctx_why(&fix)));
    return bad;
}
