/* Tips asked for, and the DJ's desk. See mixing.h. */
#include "vault/mixing.h"

#include "base/money.h"
#include "dj/dj.h"
#include "dj/request.h"
#include "dj/tip.h"
#include "user/audit_log.h"
#include "user/right.h"
#include "vault/actor.h"

enum { LINE_BYTES = 600, LINK_BYTES = 400, FAN_BYTES = 100, LIMIT_MAX = 1000000 };

/* A visitor may tip; who is logged in is remembered with it. */
enum err
mixing_tip(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    struct vault_actor member = *who;
    struct tip_new n = {0};
    struct str token;
    enum err e;

    if ((e = msg_i64(ctx, in, "dj", 1, INT64_MAX, &n.dj_id)) ||
        (e = msg_i64(ctx, in, "amount", -MINOR_MAX, MINOR_MAX, &n.amount)) ||
        (e = msg_maybe_text(ctx, in, "from", LINE_BYTES, &n.from)) ||
        (e = msg_maybe_text(ctx, in, "message", LINE_BYTES, &n.message)) ||
        (e = msg_maybe_text(ctx, in, "title", LINE_BYTES, &n.title)) ||
        (e = msg_maybe_text(ctx, in, "artist", LINE_BYTES, &n.artist)) ||
        (e = msg_maybe_text(ctx, in, "link", LINK_BYTES, &n.link)) ||
        (e = msg_text(ctx, in, "fan", 1, FAN_BYTES, &n.fan)))
        return e;
    if (msg_opt(in, "session").n) {
        if ((e = actor_member(ctx, in, 0, &member, &n.member_id)))
            return e;
        n.fan = str_of(arena_printf(ctx->arena, "member:%lld", (long long)n.member_id));
    }
    if ((e = tip_ask(ctx, tx, &n, &token)))
        return e;
    msg_add_str(out, "token", token);
    return OK;
}

enum err
mixing_air(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    struct vault_actor actor = *who;
    int64_t member, on;
    struct str what;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, RIGHT_DJ, &actor, &member)) ||
        (e = msg_text(ctx, in, "what", 1, FAN_BYTES, &what)) ||
        (e = msg_i64(ctx, in, "on", 0, 1, &on)))
        return e;
    if (str_eq_text(what, "air"))
        e = dj_air(ctx, tx, member, on == 1);
    else if (str_eq_text(what, "pause"))
        e = dj_pause(ctx, tx, member, on == 1);
    else
        e = ctx_fail(ctx, E_INVALID, "what is air or pause");
    return e ? e
             : audit_log_on(ctx, tx, actor.text, in->name, "dj", member,
                            str_of(arena_printf(ctx->arena, "%.*s %s", STR_ARG(what),
                                                on ? "on" : "off")));
}

enum err
mixing_limits(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct vault_actor actor = *who;
    struct dj d = {0};
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, RIGHT_DJ, &actor, &d.member_id)) ||
        (e = msg_i64(ctx, in, "min", -MINOR_MAX, MINOR_MAX, &d.min)) ||
        (e = msg_i64(ctx, in, "max_open", -LIMIT_MAX, LIMIT_MAX, &d.max_open)) ||
        (e = msg_i64(ctx, in, "max_per_fan", -LIMIT_MAX, LIMIT_MAX, &d.max_per_fan)))
        return e;
    /* Several lines: the domain checks them. */
    d.banned = msg_opt(in, "banned").p ? msg_opt(in, "banned") : STR("");
    if ((e = dj_limits(ctx, tx, &d)))
        return e;
    return audit_log_on(ctx, tx, actor.text, in->name, "dj", d.member_id, STR(""));
}

enum err
mixing_song(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct vault_actor actor = *who;
    struct str act, reason;
    int64_t dj, id;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, RIGHT_DJ, &actor, &dj)) ||
        (e = msg_text(ctx, in, "do", 1, FAN_BYTES, &act)) ||
        (e = msg_i64(ctx, in, "song", 0, INT64_MAX, &id)) ||
        (e = msg_maybe_text(ctx, in, "reason", LINE_BYTES, &reason)))
        return e;
    if (!reason.p)
        reason = STR("");
    if (str_eq_text(act, "next"))
        e = request_next(ctx, tx, dj, &id);
    else if (str_eq_text(act, "play"))
        e = request_play(ctx, tx, id, dj);
    else if (str_eq_text(act, "done"))
        e = request_done(ctx, tx, id, dj);
    else if (str_eq_text(act, "skip"))
        e = request_skip(ctx, tx, id, dj, reason);
    else if (str_eq_text(act, "refund"))
        e = request_refund(ctx, tx, id, dj, reason);
    else if (str_eq_text(act, "keep"))
        e = request_keep(ctx, tx, id, dj);
    else
        e = ctx_fail(ctx, E_INVALID, "a song is played, done, skipped, refunded or kept");
    return e ? e : audit_log_on(ctx, tx, actor.text, in->name, "song", id, act);
}
