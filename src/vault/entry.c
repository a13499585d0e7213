/* Reads fields, calls user/, writes the log of acts. Not for: deciding anything. */
#include "vault/entry.h"

#include "race/veil.h"
#include "user/audit_log.h"
#include "user/session.h"
#include "user/signin.h"
#include "vault/actor.h"

enum { TOKEN_MAX = 64, ID_BYTES = 20, NAME_BYTES = 400, WORD_BYTES = 20 };

static struct str
member_ref(struct ctx *ctx, int64_t id)
{
    return str_of(arena_printf(ctx->arena, "member:%lld", (long long)id));
}

static enum err
check_provider(struct ctx *ctx, const struct msg *in, struct str *ret)
{
    *ret = msg_opt(in, "provider");
    return str_eq_text(*ret, "discord")
               ? OK
               : ctx_fail(ctx, E_INVALID, "nobody logs in through that provider");
}

enum err
entry_begin(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct signin_begun b;
    struct str provider;
    enum err e;

    (void)who;
    if ((e = check_provider(ctx, in, &provider)) || (e = signin_prune(ctx, tx)) ||
        (e = signin_begin(ctx, tx, provider, msg_opt(in, "to"), &b)))
        return e;
    msg_add_str(out, "secret", b.secret);
    msg_add_str(out, "state", b.state);
    msg_add_str(out, "challenge", b.challenge);
    return OK;
}

enum err
entry_code(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    struct str provider;
    enum err e = check_provider(ctx, in, &provider);

    (void)who;
    (void)out;
    return e ? e
             : signin_code(ctx, tx, provider, msg_opt(in, "secret"), msg_opt(in, "state"),
                           msg_opt(in, "code"));
}

enum err
entry_known(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct identity there = {.avatar = msg_opt(in, "avatar")};
    int64_t number;
    enum err e;

    (void)who;
    (void)out;
    if ((e = check_provider(ctx, in, &there.provider)) ||
        (e = msg_i64(ctx, in, "try", 1, INT64_MAX, &number)))
        return e;
    if (msg_opt(in, "reason").n)
        return signin_refused(ctx, tx, number, msg_opt(in, "reason"));
    if ((e = msg_text(ctx, in, "subject", 1, ID_BYTES, &there.subject)) ||
        (e = msg_text(ctx, in, "name", 0, NAME_BYTES, &there.name)))
        return e;
    return signin_known(ctx, tx, number, &there);
}

enum err
entry_claim(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct signin_claim c;
    struct str old = msg_opt(in, "session");
    enum err e;

    (void)who;
    if ((e = signin_take(ctx, tx, msg_opt(in, "secret"), msg_opt(in, "label"), &c)))
        return e;
    msg_add_i64(out, "waiting", c.waiting);
    if (c.waiting)
        return OK;
    /* Whoever was logged in here before is not any more. */
    if (old.n && (e = session_end(ctx, tx, old)))
        return e;
    msg_add_str(out, "session", c.session);
    msg_add_str(out, "to", c.go_to);
    return audit_log_add(ctx, tx, member_ref(ctx, c.member_id), in->name,
                         member_ref(ctx, c.member_id), STR(""));
}

enum err
entry_renew(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct str session;
    enum err e = msg_text(ctx, in, "session", 1, TOKEN_MAX, &session);

    (void)who;
    (void)out;
    return e ? e : session_renew(ctx, tx, session);
}

enum err
entry_drop(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    struct vault_actor actor = *who;
    struct session own;
    int64_t member, id;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, 0, &actor, &member)) ||
        (e = session_find(ctx, msg_opt(in, "session"), &own)) ||
        (e = msg_i64(ctx, in, "id", 0, INT64_MAX, &id)) ||
        (e = id ? session_end_one(ctx, tx, member, id)
                : session_end_others(ctx, tx, member, own.id)))
        return e;
    return audit_log_add(ctx, tx, actor.text, in->name, member_ref(ctx, member),
                         id ? STR("one") : STR("all others"));
}

enum err
entry_privacy(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct vault_actor actor = *who;
    struct identity_privacy p;
    int64_t member, hidden;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, 0, &actor, &member)) ||
        (e = msg_i64(ctx, in, "hidden", 0, 1, &hidden)) ||
        (e = msg_text(ctx, in, "earnings", 1, WORD_BYTES, &p.earnings)))
        return e;
    p.payout = msg_opt(in, "payout");
    p.hidden = hidden == 1;
    if ((e = veil_set(ctx, tx, member, &p)))
        return e;
    if (msg_opt_i64(in, "rules", 0) == 1 && (e = identity_rules_accept(ctx, tx, member)))
        return e;
    return audit_log_add(ctx, tx, actor.text, in->name, member_ref(ctx, member), p.earnings);
}

enum err
entry_notify(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    static const char *const WHAT[] = {"reminder", "result", "dispute",
                                       "trophy",   "payout", "tip"};
    struct vault_actor actor = *who;
    int64_t member, on;
    enum err e = actor_member(ctx, in, 0, &actor, &member);

    (void)out;
    for (size_t i = 0; !e && i < ARRAY_SIZE(WHAT); i++)
        if (!(e = msg_i64(ctx, in, WHAT[i], 0, 1, &on)))
            e = identity_notify_set(ctx, tx, member, str_of(WHAT[i]), on == 1);
    return e ? e
             : audit_log_add(ctx, tx, actor.text, in->name, member_ref(ctx, member), STR(""));
}
