/* Reads fields, asks who it is and for the role, calls the league. Not for: deciding anything.
 */
#include "vault/desk.h"

#include "league/season.h"
#include "queue/alert.h"
#include "queue/outbox.h"
#include "race/dispute.h"
#include "race/retag.h"
#include "user/audit_log.h"
#include "user/right.h"
#include "vault/actor.h"

enum { TEXT_BYTES = 2000, HOURS_MAX = 72 };
static const int64_t HOUR_MS = 3600000;

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
    return audit_log_on(ctx, tx, actor.text, in->name, "season", season, STR(""));
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
    return audit_log_on(ctx, tx, actor.text, in->name, "dispute", id,
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
    return audit_log_on(ctx, tx, actor.text, in->name, "penalty", id, reason);
}

enum err
desk_note(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
          struct msg *out)
{
    struct vault_actor actor = *who;
    int64_t member, id;
    struct str note;
    bool done = msg_opt_i64(in, "done", 0) == 1;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, RIGHT_STAFF | RIGHT_OPERATOR, &actor, &member)) ||
        (e = msg_i64(ctx, in, "alert", 1, INT64_MAX, &id)) ||
        (e = msg_text(ctx, in, "note", 1, TEXT_BYTES, &note)) ||
        (e = alert_note(ctx, tx, id, member, note, done)))
        return e;
    if (done)
        note = str_of(arena_printf(ctx->arena, "done: %.*s", STR_ARG(note)));
    return audit_log_on(ctx, tx, actor.text, in->name, "alert", id, note);
}

/* Nobody may say that a job is done: it is tried, now or later. */
enum err
desk_run(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
         struct msg *out)
{
    struct vault_actor actor = *who;
    int64_t member, id;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, RIGHT_OPERATOR, &actor, &member)) ||
        (e = msg_i64(ctx, in, "job", 1, INT64_MAX, &id)) || (e = outbox_retry(ctx, tx, id)))
        return e;
    return audit_log_on(ctx, tx, actor.text, in->name, "job", id, STR(""));
}

enum err
desk_postpone(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct vault_actor actor = *who;
    int64_t member, id, hours;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, RIGHT_OPERATOR, &actor, &member)) ||
        (e = msg_i64(ctx, in, "job", 1, INT64_MAX, &id)) ||
        (e = msg_i64(ctx, in, "hours", 1, HOURS_MAX, &hours)) ||
        (e = outbox_postpone(ctx, tx, id, ctx_now(ctx) + hours * HOUR_MS)))
        return e;
    return audit_log_on(ctx, tx, actor.text, in->name, "job", id,
                        str_of(arena_printf(ctx->arena, "%lld h", (long long)hours)));
}

enum err
desk_tag(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
         struct msg *out)
{
    struct vault_actor actor = *who;
    int64_t member, sale, race, id = 0;
    struct str reason;
    enum err e;

    if ((e = actor_member(ctx, in, RIGHT_STAFF | RIGHT_OPERATOR, &actor, &member)) ||
        (e = msg_i64(ctx, in, "sale", 1, INT64_MAX, &sale)) ||
        (e = msg_i64(ctx, in, "race", 1, INT64_MAX, &race)) ||
        (e = msg_text(ctx, in, "reason", 1, TEXT_BYTES, &reason)) ||
        (e = retag_ask(ctx, tx, sale, race, member, reason, &id)))
        return e;
    msg_add_i64(out, "tag", id);
    return audit_log_on(ctx, tx, actor.text, in->name, "sale", sale, reason);
}

enum err
desk_tagged(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct vault_actor actor = *who;
    int64_t member, id, yes;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, RIGHT_STAFF | RIGHT_OPERATOR, &actor, &member)) ||
        (e = msg_i64(ctx, in, "tag", 1, INT64_MAX, &id)) ||
        (e = msg_i64(ctx, in, "yes", 0, 1, &yes)) ||
        (e = retag_close(ctx, tx, id, member, yes == 1, actor.text)))
        return e;
    return audit_log_on(ctx, tx, actor.text, in->name, "tag", id,
                        yes ? STR("confirmed") : STR("rejected"));
}
