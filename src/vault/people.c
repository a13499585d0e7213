/* Reads fields, calls user/, writes the log of acts. Not for: deciding anything. */
#include "vault/people.h"

#include "user/audit_log.h"
#include "user/identity.h"
#include "user/session.h"

enum {
    NAME_MAX_BYTES = 256,
    REASON_MAX_BYTES = 800,
    TOKEN_MAX = 64,
    LABEL_BYTES = 256,
    LINK_MINUTES_MAX = 7 * 24 * 60
};

static struct str
member_ref(struct ctx *ctx, int64_t id)
{
    return str_of(arena_printf(ctx->arena, "member:%lld", (long long)id));
}

/* "discord:80351110224678912": the id there. */
static bool
is_elsewhere(struct str who, struct identity *ret)
{
    static const struct str start = STR_INIT("discord:");
    int64_t id;

    if (!str_starts(who, start) || !str_i64(str_sub(who, start.n, SIZE_MAX), 1, INT64_MAX, &id))
        return false;
    *ret = (struct identity){.provider = STR("discord"),
                             .subject = str_sub(who, start.n, SIZE_MAX),
                             .name = STR(""),
                             .avatar = STR("")};
    return true;
}

enum err
people_field(struct ctx *ctx, const struct msg *in, const char *field, struct member *ret)
{
    struct identity there;
    struct str who;
    enum err e = msg_text(ctx, in, field, 1, NAME_MAX_BYTES, &who);

    if (e)
        return e;
    return is_elsewhere(who, &there) ? identity_find(ctx, there.provider, there.subject, ret)
                                     : member_find(ctx, who, ret);
}

/* The same, but somebody from elsewhere whom nobody saw yet becomes a member: the first
 * operator of a new house. */
static enum err
field_or_new(struct ctx *ctx, struct tx *tx, const struct msg *in, struct member *ret)
{
    enum err e = people_field(ctx, in, "member", ret);
    struct identity there;

    if (e != E_NOTFOUND || !is_elsewhere(msg_opt(in, "member"), &there))
        return e;
    ctx_clear(ctx);
    return identity_member(ctx, tx, &there, ret);
}

enum err
people_member_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                  const struct msg *in, struct msg *out)
{
    struct str name, roles = msg_opt(in, "roles"), rest = roles, role;
    int64_t id;
    enum err e;

    if ((e = msg_text(ctx, in, "name", 0, NAME_MAX_BYTES, &name)) ||
        (e = member_add(ctx, tx, name, &id)))
        return e;
    while (str_split(&rest, ',', &role))
        if ((role = str_trim(role)).n && (e = member_grant(ctx, tx, id, role, who->text)))
            return e;
    msg_add_i64(out, "member", id);
    return audit_log_add(ctx, tx, who->text, in->name, member_ref(ctx, id), roles);
}

enum err
people_role_grant(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                  const struct msg *in, struct msg *out)
{
    struct member m;
    struct str role;
    enum err e;

    if ((e = field_or_new(ctx, tx, in, &m)) || (e = msg_text(ctx, in, "role", 1, 32, &role)) ||
        (e = member_grant(ctx, tx, m.id, role, who->text)))
        return e;
    msg_add_str(out, "name", m.name);
    return audit_log_add(ctx, tx, who->text, in->name, member_ref(ctx, m.id), role);
}

enum err
people_role_revoke(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out)
{
    struct member m;
    struct str role;
    enum err e;

    if ((e = people_field(ctx, in, "member", &m)) ||
        (e = msg_text(ctx, in, "role", 1, 32, &role)) ||
        (e = member_revoke(ctx, tx, m.id, role)))
        return e;
    msg_add_str(out, "name", m.name);
    return audit_log_add(ctx, tx, who->text, in->name, member_ref(ctx, m.id), role);
}

static enum err
set_blocked(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            bool on)
{
    struct member m;
    struct str reason;
    enum err e;

    if ((e = people_field(ctx, in, "member", &m)) ||
        (e = msg_text(ctx, in, "reason", 1, REASON_MAX_BYTES, &reason)) ||
        (e = member_block(ctx, tx, m.id, on)))
        return e;
    /* Free again does not mean logged in again. */
    if (on && (e = session_end_others(ctx, tx, m.id, 0)))
        return e;
    return audit_log_add(ctx, tx, who->text, in->name, member_ref(ctx, m.id), reason);
}

enum err
people_member_block(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out)
{
    (void)out;
    return set_blocked(ctx, tx, who, in, true);
}

enum err
people_member_unblock(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out)
{
    (void)out;
    return set_blocked(ctx, tx, who, in, false);
}

enum err
people_login_link(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                  const struct msg *in, struct msg *out)
{
    int64_t minutes = msg_opt_i64(in, "minutes", 10);
    struct member m;
    struct str token;
    enum err e;

    if (minutes < 1 || minutes > LINK_MINUTES_MAX)
        return ctx_fail(ctx, E_INVALID, "a login link lives 1 to %d minutes", LINK_MINUTES_MAX);
    if ((e = people_field(ctx, in, "member", &m)))
        return e;
    if (m.blocked)
        return ctx_fail(ctx, E_DENIED, "member %.*s is blocked", STR_ARG(m.name));
    if ((e = session_link(ctx, tx, m.id, minutes * 60 * 1000, &token)))
        return e;
    msg_add_str(out, "token", token);
    return audit_log_add(ctx, tx, who->text, in->name, member_ref(ctx, m.id), STR(""));
}

enum err
people_login_use(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                 const struct msg *in, struct msg *out)
{
    struct session opened;
    struct str token, session, old = msg_opt(in, "session");
    enum err e;

    (void)who;
    if ((e = msg_text(ctx, in, "token", 1, TOKEN_MAX, &token)) ||
        (e = session_open(ctx, tx, token, &session)) ||
        (e = session_find(ctx, session, &opened)))
        return e;
    /* Whoever was logged in here before is not any more. */
    if (old.n && (e = session_end(ctx, tx, old)))
        return e;
    msg_add_str(out, "session", session);
    return audit_log_add(ctx, tx, member_ref(ctx, opened.member_id), in->name,
                         member_ref(ctx, opened.member_id), STR(""));
}

enum err
people_session_end(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out)
{
    struct session old;
    struct str session;
    enum err e;

    (void)who;
    (void)out;
    if ((e = msg_text(ctx, in, "session", 1, TOKEN_MAX, &session)))
        return e;
    /* Ended twice is ended. */
    if ((e = session_find(ctx, session, &old)))
        return e == E_AUTH ? OK : e;
    if ((e = session_end(ctx, tx, session)))
        return e;
    return audit_log_add(ctx, tx, member_ref(ctx, old.member_id), in->name,
                         member_ref(ctx, old.member_id), STR(""));
}

enum err
people_overlay_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out)
{
    struct str label, token;
    enum err e;

    if ((e = msg_text(ctx, in, "label", 1, LABEL_BYTES, &label)) ||
        (e = session_overlay_add(ctx, tx, label, &token)))
        return e;
    msg_add_str(out, "token", token);
    return audit_log_add(ctx, tx, who->text, in->name, STR("overlay"), label);
}

enum err
people_overlay_revoke(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out)
{
    struct str label;
    enum err e;

    (void)out;
    if ((e = msg_text(ctx, in, "label", 1, LABEL_BYTES, &label)) ||
        (e = session_overlay_revoke(ctx, tx, label)))
        return e;
    return audit_log_add(ctx, tx, who->text, in->name, STR("overlay"), label);
}
