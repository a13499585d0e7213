/* Names that appear or disappear. See veil.h. */
#include "race/veil.h"

#include "db/stmt.h"
#include "queue/outbox.h"
#include "queue/tell.h"
#include "race/news.h"

static enum err
rewrite(struct ctx *ctx, struct tx *tx, int64_t member_id, const char *kind, int64_t id)
{
    const char *channel = arena_printf(ctx->arena, "%s/%lld", kind, (long long)id);
    int64_t now = ctx_now(ctx);
    struct str key = str_of(arena_printf(ctx->arena, "%s %lld %lld", channel,
                                         (long long)member_id, (long long)now));

    return outbox_add(ctx, tx, STR("live.rewrite"), key, str_of(channel), now);
}

/* Pictures carry names as well. */
static enum err
redraw(struct ctx *ctx, struct tx *tx, int64_t member_id, const char *kind, int64_t id)
{
    const char *what = arena_printf(ctx->arena, "%s %lld", kind, (long long)id);
    int64_t now = ctx_now(ctx);
    struct str key = str_of(
        arena_printf(ctx->arena, "%s %lld %lld", what, (long long)member_id, (long long)now));

    return outbox_add(ctx, tx, STR("card"), key, str_of(what), now);
}

/* Tables show names, and earnings to whom they are shown. */
static enum err
renew_tables(struct ctx *ctx, struct tx *tx, int64_t member_id, bool name)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_veil_seasons);

    stmt_i64(&s, ":member", member_id);
    while ((e = stmt_row(&s)) == OK) {
        int64_t season = stmt_col_i64(&s, "season_id");

        if ((e = rewrite(ctx, tx, member_id, "season", season)) ||
            (name && (e = redraw(ctx, tx, member_id, "season", season))))
            return e;
    }
    return e == E_NOTFOUND ? OK : e;
}

/* The live file and the picture of each of their races; cards of the newest, which people still
 * see. */
static enum err
renew(struct ctx *ctx, struct tx *tx, int64_t member_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_veil_races);
    int64_t now = ctx_now(ctx);
    enum err e;

    stmt_i64(&s, ":member", member_id);
    while ((e = stmt_row(&s)) == OK) {
        int64_t race = stmt_col_i64(&s, "race_id");

        if ((e = rewrite(ctx, tx, member_id, "race", race)) ||
            (e = redraw(ctx, tx, member_id, "race", race)))
            return e;
        if (stmt_col_i64(&s, "open") &&
            (e = tell_add(ctx, tx, "race.card", news_object(ctx, race), now)))
            return e;
    }
    return e == E_NOTFOUND ? OK : e;
}

enum err
veil_set(struct ctx *ctx, struct tx *tx, int64_t member_id, const struct identity_privacy *p)
{
    struct identity_privacy old;
    enum err e;

    if ((e = identity_privacy_get(ctx, member_id, &old)) ||
        (e = identity_privacy_set(ctx, tx, member_id, p)))
        return e;
    bool name = old.hidden != p->hidden;
    if ((name || !str_eq(old.earnings, p->earnings)) &&
        (e = renew_tables(ctx, tx, member_id, name)))
        return e;
    return name ? renew(ctx, tx, member_id) : OK;
}
