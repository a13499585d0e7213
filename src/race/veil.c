/* Names that appear or disappear. See veil.h. */
#include "race/veil.h"

#include "db/stmt.h"
#include "queue/outbox.h"
#include "queue/tell.h"
#include "race/news.h"

/* The live file of each of their races; cards of the newest, which people still see. */
static enum err
renew(struct ctx *ctx, struct tx *tx, int64_t member_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_veil_races);
    int64_t now = ctx_now(ctx);
    enum err e;

    stmt_i64(&s, ":member", member_id);
    while ((e = stmt_row(&s)) == OK) {
        int64_t race = stmt_col_i64(&s, "race_id");
        struct str channel = news_channel(ctx, race);
        struct str key = str_of(arena_printf(ctx->arena, "%.*s %lld %lld", STR_ARG(channel),
                                             (long long)member_id, (long long)now));

        if ((e = outbox_add(ctx, tx, STR("live.rewrite"), key, channel, now)))
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
    return old.hidden == p->hidden ? OK : renew(ctx, tx, member_id);
}
