/* Rows of awards. See trophy.h. */
#include "league/trophy.h"

#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "league/award.h"
#include "queue/tell.h"

enum { HAVE_MAX = 512 };

/* clang-format off */
static const struct kind {
    struct str name, title, condition;
} kinds[TROPHY_KINDS] = {
    [TROPHY_WIN] = {STR_INIT("win"), STR_INIT("Race win"), STR_INIT("Win a race")},
    [TROPHY_PODIUM] = {STR_INIT("podium"), STR_INIT("Podium"),
                       STR_INIT("Finish a race 2nd or 3rd")},
    [TROPHY_CHAMPION] = {STR_INIT("champion"), STR_INIT("Champion"),
                         STR_INIT("Lead the table when the season closes")},
    [TROPHY_RUNNER_UP] = {STR_INIT("runner_up"), STR_INIT("Runner-up"),
                          STR_INIT("Be 2nd in the table when the season closes")},
    [TROPHY_THIRD] = {STR_INIT("third"), STR_INIT("Third of the season"),
                      STR_INIT("Be 3rd in the table when the season closes")},
    [TROPHY_MOST_WINS] = {STR_INIT("most_wins"), STR_INIT("Most wins"),
                          STR_INIT("Win more races of a season than anybody else")},
    [TROPHY_MOST_STARTS] = {STR_INIT("most_starts"), STR_INIT("Most starts"),
                            STR_INIT("Start in more races of a season than anybody else")},
    [TROPHY_BIGGEST_POT] = {STR_INIT("biggest_pot"), STR_INIT("Biggest pot"),
                            STR_INIT("Win the race with the biggest pot of the season")},
    [TROPHY_CLEAN_SEASON] = {STR_INIT("clean_season"), STR_INIT("Clean season"),
                             STR_INIT("At least 8 starts in a season and no DNF")},
    [TROPHY_GIANT_SLAYER] = {STR_INIT("giant_slayer"), STR_INIT("Giant slayer"),
        STR_INIT("Beat the leader of the table from its lower half")},
    [TROPHY_IRON_SUBSTITUTE] = {STR_INIT("iron_substitute"), STR_INIT("Iron substitute"),
        STR_INIT("Drive most rounds of a season as a substitute")},
};
/* clang-format on */

struct str
trophy_name(enum trophy_kind k)
{
    return kinds[k].name;
}

struct str
trophy_title(enum trophy_kind k)
{
    return kinds[k].title;
}

struct str
trophy_condition(enum trophy_kind k)
{
    return kinds[k].condition;
}

static enum err
kind_of(struct ctx *ctx, struct str name, enum trophy_kind *ret)
{
    for (size_t i = 0; i < TROPHY_KINDS; i++)
        if (str_eq(kinds[i].name, name)) {
            *ret = (enum trophy_kind)i;
            return OK;
        }
    return ctx_fail(ctx, E_INTERNAL, "there is no trophy %.*s", STR_ARG(name));
}

static enum err
read_trophy(struct stmt *s, struct trophy *ret)
{
    *ret = (struct trophy){
        .id = stmt_col_i64(s, "id"),
        .member_id = stmt_col_i64(s, "member_id"),
        .season_id = stmt_col_i64(s, "season_id"),
        .race_id = stmt_col_i64(s, "race_id"),
        .at = stmt_col_i64(s, "at"),
        .words = stmt_col_str(s, "words"),
        .season = stmt_col_str(s, "season"),
    };
    enum err e = kind_of(s->ctx, stmt_col_str(s, "kind"), &ret->kind);
    if (!e)
        ret->title = kinds[ret->kind].title;
    return e;
}

static enum err
list(struct ctx *ctx, enum sql which, const char *param, int64_t id, size_t max,
     struct trophy **ret, size_t *ret_n)
{
    struct trophy *t = ARENA_ARRAY(ctx->arena, max + 1, struct trophy);
    size_t n = 0;
    enum err e = OK;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, which);

    stmt_i64(&s, param, id);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        if ((e = read_trophy(&s, &t[n++])))
            return e;
    *ret = t;
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

enum err
trophy_of(struct ctx *ctx, int64_t member_id, size_t max, struct trophy **ret, size_t *ret_n)
{
    return list(ctx, SQL_trophy_of, ":member", member_id, max, ret, ret_n);
}

enum err
trophy_of_season(struct ctx *ctx, int64_t season, size_t max, struct trophy **ret,
                 size_t *ret_n)
{
    return list(ctx, SQL_trophy_of_season, ":season", season, max, ret, ret_n);
}

/* A row that stands, as an award. */
struct had {
    int64_t id;
    struct award award;
    bool kept;
};

static enum err
have(struct ctx *ctx, bool race, int64_t id, struct had **ret, size_t *ret_n)
{
    struct had *h = ARENA_ARRAY(ctx->arena, HAVE_MAX, struct had);
    size_t n = 0;
    enum err e = OK;
    struct stmt s CLEANUP(stmt_done) =
        stmt_get(ctx, race ? SQL_trophy_list_race : SQL_trophy_list_season);

    stmt_i64(&s, race ? ":race" : ":season", id);
    while (n < HAVE_MAX && (e = stmt_row(&s)) == OK) {
        h[n] = (struct had){
            .id = stmt_col_i64(&s, "id"),
            .award = {.member_id = stmt_col_i64(&s, "member_id"),
                      .race_id = race ? id : stmt_col_i64(&s, "race_id"),
                      .words = stmt_col_str(&s, "words")},
        };
        if ((e = kind_of(ctx, stmt_col_str(&s, "kind"), &h[n++].award.kind)))
            return e;
    }
    *ret = h;
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

static bool
same(const struct award *a, const struct award *b)
{
    return a->kind == b->kind && a->member_id == b->member_id && a->race_id == b->race_id &&
           str_eq(a->words, b->words);
}

static struct had *
find(struct had *h, size_t n, const struct award *a)
{
    for (size_t i = 0; i < n; i++)
        if (!h[i].kept && same(&h[i].award, a))
            return &h[i];
    return NULL;
}

static enum err
revoke(struct ctx *ctx, int64_t id, struct str why)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_trophy_revoke);

    stmt_i64(&s, ":trophy", id);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":why", why);
    return stmt_run(&s);
}

static enum err
give(struct ctx *ctx, struct tx *tx, const struct award *a, int64_t season)
{
    int64_t id;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_trophy_add);
        stmt_str(&s, ":kind", kinds[a->kind].name);
        stmt_i64(&s, ":member", a->member_id);
        stmt_i64(&s, ":season", season);
        stmt_i64(&s, ":race", a->race_id);
        stmt_str(&s, ":words", a->words);
        stmt_i64(&s, ":at", ctx_now(ctx));
        enum err e = stmt_one(&s);
        if (e)
            return e;
        id = stmt_col_i64(&s, "id");
    }
    return tell_add(ctx, tx, "member.trophy",
                    str_of(arena_printf(ctx->arena, "trophy:%lld", (long long)id)), 0);
}

/* What stands and is earned stays, the rest is revoked, what is missing is given. */
static enum err
match(struct ctx *ctx, struct tx *tx, struct had *h, size_t n, const struct award_list *want,
      int64_t season, struct str why)
{
    bool *fresh = ARENA_ARRAY(ctx->arena, want->n + 1, bool);
    enum err e = OK;

    for (size_t i = 0; i < want->n; i++) {
        struct had *old = find(h, n, &want->one[i]);

        fresh[i] = !old;
        if (old)
            old->kept = true;
    }
    for (size_t i = 0; !e && i < n; i++)
        if (!h[i].kept)
            e = revoke(ctx, h[i].id, why);
    for (size_t i = 0; !e && i < want->n; i++)
        if (fresh[i])
            e = give(ctx, tx, &want->one[i], season);
    return e;
}

enum err
trophy_race(struct ctx *ctx, struct tx *tx, int64_t race, struct str why)
{
    struct award_list want;
    struct result_row *row;
    struct had *h;
    size_t n, rows;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = result_of(ctx, race, &row, &rows)) || (e = award_race(ctx, race, &want)) ||
        (e = have(ctx, true, race, &h, &n)))
        return e;
    return match(ctx, tx, h, n, &want, row[0].season_id, why);
}

enum err
trophy_season(struct ctx *ctx, struct tx *tx, int64_t season)
{
    struct award_list want;
    struct had *h;
    size_t n;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = award_season(ctx, season, ctx_now(ctx), &want)) ||
        (e = have(ctx, false, season, &h, &n)))
        return e;
    return match(ctx, tx, h, n, &want, season, STR(""));
}

static bool
fits(struct had *h, size_t n, const struct award_list *want)
{
    if (n != want->n)
        return false;
    for (size_t i = 0; i < want->n; i++) {
        struct had *old = find(h, n, &want->one[i]);

        if (!old)
            return false;
        old->kept = true;
    }
    return true;
}

enum err
trophy_check_race(struct ctx *ctx, int64_t race, bool *ret)
{
    struct award_list want;
    struct had *h;
    size_t n;
    enum err e;

    if ((e = award_race(ctx, race, &want)) || (e = have(ctx, true, race, &h, &n)))
        return e;
    *ret = fits(h, n, &want);
    return OK;
}

enum err
trophy_check_season(struct ctx *ctx, int64_t season, bool *ret)
{
    struct award_list want;
    struct season z;
    struct had *h;
    size_t n;
    enum err e;

    if ((e = season_get(ctx, season, &z)) ||
        (e = award_season(ctx, season, z.closed_at, &want)) ||
        (e = have(ctx, false, season, &h, &n)))
        return e;
    *ret = fits(h, n, &want);
    return OK;
}
