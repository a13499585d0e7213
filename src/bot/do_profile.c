/* /profile: figures and trophies of a racer as a picture with its words, made later since a
 * picture takes time. Not for: drawing it (draw/). */
#include "bot/do.h"
#include "league/standing.h"
#include "league/trophy.h"
#include "user/identity.h"

enum { RESULTS = 400, TROPHIES = 400, NAME_SIGNS = 60 };

/* Whoever hides says so to himself only; everybody else reads that there is nothing to see. */
enum err
do_profile_show(struct bot *b)
{
    struct identity_privacy privacy;
    struct member who;
    enum err e;

    if (bot_has(b, "user")) {
        if ((e = bot_user(b, "user", &who)))
            return e;
    } else {
        if ((e = bot_me(b)))
            return e;
        who = b->member;
    }
    if ((e = identity_privacy_get(b->ctx, who.id, &privacy)))
        return e;
    if (privacy.hidden)
        return ctx_fail(b->ctx, E_NOTFOUND,
                        b->member.id == who.id
                            ? "your profile is hidden: show it again with /privacy"
                            : "this profile is not public");
    return bot_defer(b, "profile",
                     str_of(arena_printf(b->ctx->arena, "%lld", (long long)who.id)));
}

struct figures {
    int64_t starts, wins, podiums, points, rank;
    struct str season; /* empty: not in its table */
};

static enum err
read_season(struct ctx *ctx, int64_t member, struct figures *f)
{
    struct standing_table *t = ARENA_NEW(ctx->arena, struct standing_table);
    struct season z;
    enum err e = season_shown(ctx, &z);

    f->season = STR("");
    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        return OK;
    }
    if (e || (e = standing_read(ctx, z.id, 0, 0, t)))
        return e;
    for (size_t i = 0; i < t->n; i++)
        if (t->row[i].member_id == member) {
            f->rank = t->row[i].rank;
            f->points = t->row[i].points;
            f->season = z.name;
        }
    return OK;
}

static enum err
read_figures(struct ctx *ctx, int64_t member, struct figures *f)
{
    struct result_row *row;
    size_t n;
    enum err e = result_by_member(ctx, member, 0, RESULTS, &row, &n);

    for (size_t i = 0; !e && i < n; i++) {
        f->starts += row[i].start;
        f->wins += row[i].start && row[i].place == 1;
        f->podiums += row[i].start && row[i].place >= 1 && row[i].place <= 3;
    }
    return e ? e : read_season(ctx, member, f);
}

/* "3 × Race win, Champion": what somebody reads who does not see the picture. */
static enum err
trophies(struct ctx *ctx, int64_t member, struct str *ret)
{
    int64_t many[TROPHY_KINDS] = {0};
    struct buf b = buf_new(ctx->arena, 1024);
    struct trophy *t;
    size_t n;
    enum err e = trophy_of(ctx, member, TROPHIES, &t, &n);

    for (size_t i = 0; !e && i < n; i++)
        many[t[i].kind]++;
    for (int k = 0; k < TROPHY_KINDS; k++) {
        struct str title = trophy_title((enum trophy_kind)k);

        if (many[k] > 1)
            buf_printf(&b, "%s%lld × %.*s", b.n ? ", " : "", (long long)many[k],
                       STR_ARG(title));
        else if (many[k])
            buf_printf(&b, "%s%.*s", b.n ? ", " : "", STR_ARG(title));
    }
    *ret = b.n ? buf_str(&b) : STR("none yet");
    return e;
}

static void
write_card(struct ctx *ctx, struct message *m, const struct member *who,
           const struct figures *f, struct str shelf)
{
    struct str name = message_name(ctx, who->name);
    struct str season = message_text(ctx, f->season, NAME_SIGNS);
    struct str number = str_of(arena_printf(ctx->arena, "%lld", (long long)who->id));

    struct str figures = str_of(arena_printf(
        ctx->arena, "%lld start%s, %lld win%s, %lld podium%s", (long long)f->starts,
        f->starts == 1 ? "" : "s", (long long)f->wins, f->wins == 1 ? "" : "s",
        (long long)f->podiums, f->podiums == 1 ? "" : "s"));

    message_embed(m, MESSAGE_RACE, "%.*s", STR_ARG(name));
    if (f->rank)
        message_line(m, "Rank %lld with %lld points in %.*s", (long long)f->rank,
                     (long long)f->points, STR_ARG(season));
    message_line(m, "%.*s", STR_ARG(figures));
    message_line(m, "Trophies: %.*s", STR_ARG(shelf));
    message_picture(m, "racer", number, "%.*s: %.*s. Trophies: %.*s.", STR_ARG(name),
                    STR_ARG(figures), STR_ARG(shelf));
    message_link(m, "Page", "/r/%lld", (long long)who->id);
}

enum err
do_profile_make(struct ctx *ctx, struct str payload, struct message **ret)
{
    struct identity_privacy privacy;
    struct figures f = {0};
    struct member who;
    struct str shelf;
    int64_t id;
    enum err e;

    if (!str_i64(payload, 1, MINOR_MAX, &id))
        return ctx_fail(ctx, E_INVALID, "there is no such profile");
    /* Whoever hid in between is hidden. */
    if ((e = member_get(ctx, id, &who)) || (e = identity_privacy_get(ctx, id, &privacy)))
        return e;
    if (privacy.hidden)
        return ctx_fail(ctx, E_NOTFOUND, "this profile is not public");
    if ((e = read_figures(ctx, id, &f)) || (e = trophies(ctx, id, &shelf)))
        return e;
    *ret = message_new(ctx);
    write_card(ctx, *ret, &who, &f, shelf);
    return OK;
}
