/* Reads fields, asks who it is and for the role, calls the league. Not for: deciding anything.
 */
#include "vault/desk.h"

#include "league/season.h"
#include "race/dispute.h"
#include "user/audit_log.h"
#include "user/right.h"
#include "vault/actor.h"

enum { TEXT_BYTES = 2000 };

static enum err
log_act(struct ctx *ctx, struct tx *tx, struct str actor, const struct msg *in,
        const char *kind, int64_t id, struct str detail)
{
    return audit_log_add(ctx, tx, actor, in->name,
                         str_of(arena_printf(ctx->arena, "%s:%lld", kind, (long long)id)),
                         detail);
}

enum err
desk_close(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    struct vault_actor actor = *who;
    int64_t member, season;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, RIGHT_OPERATOR, &actor, &member)) ||
        (e = msg_i64(ctx, in, "season", 1, INT64_MAX, &season)) ||
        (e = season_close(ctx, tx, season, actor.text)))
        return e;
    return log_act(ctx, tx, actor.text, in, "season", season, STR(""));
}

enum err
desk_dispute(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct vault_actor actor = *who;
    int64_t member, id, upheld;
    struct str answer;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, RIGHT_STAFF | RIGHT_OPERATOR, &actor, &member)) ||
        (e = msg_i64(ctx, in, "dispute", 1, INT64_MAX, &id)) ||
        (e = msg_i64(ctx, in, "upheld", 0, 1, &upheld)) ||
        (e = msg_text(ctx, in, "answer", 1, TEXT_BYTES, &answer)) ||
        (e = dispute_close(ctx, tx, id, upheld == 1, answer, member, actor.text)))
        return e;
    return log_act(ctx, tx, actor.text, in, "dispute", id,
                   upheld ? STR("upheld") : STR("rejected"));
}

enum err
desk_lift(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
          struct msg *out)
{
    struct vault_actor actor = *who;
    int64_t member, id;
    struct str reason;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, RIGHT_STAFF | RIGHT_OPERATOR, &actor, &member)) ||
        (e = msg_i64(ctx, in, "penalty", 1, INT64_MAX, &id)) ||
        (e = msg_text(ctx, in, "reason", 1, TEXT_BYTES, &reason)) ||
        (e = season_penalty_lift(ctx, tx, id, reason, actor.text)))
        return e;
    return log_act(ctx, tx, actor.text, in, "penalty", id, reason);
}
