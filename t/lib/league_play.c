/* Plays a league from a script on its input and prints what the library made of it: one answer
 * a line, for t/28-league.t, which reckons the same by itself. Not for: rules.
 *
 * ledger PATH | clock MS | season DROPS FROM POINTS DNF | race SEASON MEMBER… | sub RACE SEAT
 * MEMBER ROUND | leave RACE MEMBER | end RACE PLACE… | tick | fix RACE PLACE… | penalty RACE
 * MEMBER POINTS | lift PENALTY | points SEASON POINTS DNF | drops SEASON N FROM | close SEASON
 * | table SEASON AT | lines SEASON | trophies SEASON | check */
#include <stdio.h>
#include <stdlib.h>

#include "league/fix.h"
#include "league/points.h"
#include "league/trophy.h"
#include "lib/league.h"
#include "lib/tap.h"

enum { ARGS_MAX = 24, LINE_BYTES = 1000 };

static struct str who = STR_INIT("people:0");
static const char *arg[ARGS_MAX];
static size_t n_args;
static int64_t n_incidents;

static int64_t
number(size_t i)
{
    int64_t n = 0;

    if (i >= n_args || !str_i64(str_of(arg[i]), INT64_MIN, INT64_MAX, &n)) {
        printf("Bail out! %s: argument %zu is no number\n", arg[0], i);
        exit(99);
    }
    return n;
}

static void
must(enum err e)
{
    if (e == OK)
        return;
    printf("Bail out! %s: %s: %.*s\n", arg[0], err_info(e)->name.p, STR_ARG(ctx_why(&fix)));
    exit(99);
}

static void
season(void)
{
    const char *name = arena_printf(fix.arena, "t%lld", (long long)++n_incidents);
    struct season_new n = {.name = str_of(name),
                           .points = str_of(name),
                           .drops = number(1),
                           .drop_from = number(2)};
    int64_t id;

    must(points_add(&fix, &fix_tx, str_of(name), str_of(arg[3]), number(4), who, &id));
    must(season_add(&fix, &fix_tx, &n, who, &id));
    printf("%lld\n", (long long)id);
}

static void
race(void)
{
    struct lobby_new n = {
        .host_id = 40, .name = STR(""), .seats = 8, .rounds = 4, .season_id = number(1)};
    int64_t id, seat;

    must(lobby_open(&fix, &fix_tx, &n, who, &id));
    for (size_t i = 2; i < n_args; i++)
        must(lobby_join(&fix, &fix_tx, id, number(i), who, &seat));
    must(lobby_start(&fix, &fix_tx, id, who));
    printf("%lld\n", (long long)id);
}

static void
end(void)
{
    struct race r = night_get(number(1));

    must(lobby_finish(&fix, &fix_tx, r.id, 0, STR(""), who));
    for (size_t i = 0; i < r.n_seats; i++)
        if (!r.seat[i].left_at)
            must(night_report(r.id, r.seat[i].no, number(2 + i), REPORT_STAFF));
}

static void
tick(void)
{
    size_t n;

    must(night_tick(&n));
    must(result_tick(&fix, &fix_tx, 100, &n));
}

/* Looked at, then applied, as staff does it. */
static void
correct(void)
{
    struct race r = night_get(number(1));
    struct fix_preview *p = ARENA_NEW(fix.arena, struct fix_preview);
    struct fix_ask ask = {
        .race_id = r.id, .reason = STR("seen on the video"), .actor = STR("people:0")};

    for (size_t i = 0; i <= RACE_SEATS_MAX; i++)
        ask.place[i] = -1;
    for (size_t i = 0; i < r.n_seats; i++)
        if (!r.seat[i].left_at)
            ask.place[r.seat[i].no] = number(2 + i);
    must(fix_look(&fix, &fix_tx, &ask, p));
    must(fix_apply(&fix, &fix_tx, &ask, p->hash, p));
}

static void
penalty(void)
{
    const char *incident = arena_printf(fix.arena, "i%lld", (long long)++n_incidents);
    int64_t id;

    must(season_penalty_add(&fix, &fix_tx, number(1), number(2), str_of(incident), number(3),
                            STR("contact"), who, &id));
    printf("%lld\n", (long long)id);
}

static void
change(bool points)
{
    struct season z;
    const char *name = arena_printf(fix.arena, "t%lld", (long long)++n_incidents);
    int64_t id;

    must(season_get(&fix, number(1), &z));
    if (points)
        must(points_add(&fix, &fix_tx, str_of(name), str_of(arg[2]), number(3), who, &id));
    else {
        z.drops = number(2);
        z.drop_from = number(3);
    }
    must(season_change(&fix, &fix_tx, z.id, str_of(points ? name : ""), z.drops, z.drop_from,
                       STR("decided by the board"), who));
}

static void
table(void)
{
    struct standing_table t;

    must(standing_read(&fix, number(1), number(2), 0, &t));
    for (size_t i = 0; i < t.n; i++) {
        const struct standing *r = &t.row[i];

        printf("%lld %lld %lld %lld %lld %lld %lld %lld %lld %lld %d %lld [%.*s]",
               (long long)r->rank, (long long)r->member_id, (long long)r->points,
               (long long)r->starts, (long long)r->wins, (long long)r->podiums,
               (long long)r->dnfs, (long long)r->substituted, (long long)r->average_100,
               (long long)r->change, r->is_new, (long long)r->penalty, STR_ARG(r->reason));
        for (size_t k = 0; k < r->n_races; k++)
            printf(" %lld:%lld:%lld:%d%d", (long long)r->race[k].race_id,
                   (long long)r->race[k].place, (long long)r->race[k].points, r->race[k].start,
                   r->race[k].dropped);
        printf("\n");
    }
}

static void
lines(void)
{
    struct standing_table t;
    struct standing_lines l;

    must(standing_read(&fix, number(1), 0, 0, &t));
    must(standing_lines(&fix, &t, 8, &l));
    for (size_t i = 0; i < l.n; i++) {
        printf("%lld", (long long)l.row[i].member_id);
        for (size_t k = 0; k < l.races; k++)
            printf(" %lld", (long long)l.rank[i * l.races + k]);
        printf("\n");
    }
}

/* Of all members, by race and kind. */
static void
trophies(void)
{
    for (int64_t m = 1; m <= 40; m++) {
        struct trophy *t;
        size_t n;

        must(trophy_of(&fix, m, 2000, &t, &n));
        for (size_t i = 0; i < n; i++)
            if (t[i].season_id == number(1))
                printf("%.*s %lld %lld\n", STR_ARG(trophy_name(t[i].kind)), (long long)m,
                       (long long)t[i].race_id);
    }
}

static void
act(const char *what)
{
    int64_t bad = 0;

    if (strcmp(what, "season") == 0)
        season();
    else if (strcmp(what, "race") == 0)
        race();
    else if (strcmp(what, "sub") == 0)
        must(lobby_sub(&fix, &fix_tx, number(1), number(2), number(3), number(4), who));
    else if (strcmp(what, "leave") == 0)
        must(lobby_leave(&fix, &fix_tx, number(1), number(2), who));
    else if (strcmp(what, "end") == 0)
        end();
    else if (strcmp(what, "tick") == 0)
        tick();
    else if (strcmp(what, "fix") == 0)
        correct();
    else if (strcmp(what, "penalty") == 0)
        penalty();
    else if (strcmp(what, "lift") == 0)
        must(season_penalty_lift(&fix, &fix_tx, number(1), STR("a mistake"), who));
    else if (strcmp(what, "points") == 0 || strcmp(what, "drops") == 0)
        change(*what == 'p');
    else if (strcmp(what, "close") == 0)
        must(season_close(&fix, &fix_tx, number(1), who));
    else if (strcmp(what, "table") == 0)
        table();
    else if (strcmp(what, "lines") == 0)
        lines();
    else if (strcmp(what, "trophies") == 0)
        trophies();
    else if (strcmp(what, "check") == 0) {
        must(result_check(&fix, &bad));
        printf("%lld %.*s\n", (long long)bad, bad ? (int)ctx_why(&fix).n : 0, fix.fail_text);
    }
}

int
main(void)
{
    static char text[LINE_BYTES];

    while (fgets(text, sizeof text, stdin)) {
        struct arena_mark mark;

        n_args = 0;
        for (char *p = text, *end_of; *p && n_args < ARGS_MAX; p = end_of) {
            p += strspn(p, " \n");
            end_of = p + strcspn(p, " \n");
            if (*end_of)
                *end_of++ = '\0';
            if (*p)
                arg[n_args++] = p;
        }
        if (!n_args)
            continue;
        if (strcmp(arg[0], "ledger") == 0) {
            night_open(arg[1]);
        } else if (strcmp(arg[0], "clock") == 0) {
            fix_now = number(1);
        } else {
            mark = arena_mark(fix.arena);
            ctx_clear(&fix);
            fix_begin();
            act(arg[0]);
            fix_commit();
            arena_release(fix.arena, mark);
        }
        printf(".\n");
        fflush(stdout);
    }
    fix_close();
    return 0;
}
