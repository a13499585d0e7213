/* Peers of the four sockets. Not for: sessions of browsers (user/session.h). */
#include "vault/actor.h"

#include <unistd.h>

#include "user/right.h"
#include "user/session.h"

struct vault_actor
actor_make(struct arena *a, enum vault_from from, unsigned uid)
{
    struct vault_actor who = {.from = from, .uid = uid};

    switch (from) {
    case FROM_WEB:
        who.text = STR("web");
        break;
    case FROM_JOBS:
        who.text = STR("jobs");
        break;
    case FROM_UPKEEP:
        who.text = STR("upkeep");
        break;
    case FROM_CTL:
        who.text = str_of(arena_printf(a, "people:%u", uid));
        break;
    }
    return who;
}

enum err
actor_may(struct ctx *ctx, enum vault_from from, int64_t allowed, unsigned uid)
{
    const char *key = from == FROM_WEB    ? "web.user"
                      : from == FROM_JOBS ? "jobs.user"
                                          : "backup.user";

    if (uid == 0 || uid == geteuid() || (allowed >= 0 && (int64_t)uid == allowed))
        return OK;
    if (from == FROM_CTL)
        return ctx_fail(
            ctx, E_DENIED,
            "user %u may not give commands: use root or the vault's user, or set ctl.uid", uid);
    return ctx_fail(ctx, E_DENIED, "user %u may not speak here: %s in the settings says who",
                    uid, key);
}

enum err
actor_member(struct ctx *ctx, const struct msg *in, unsigned need, struct vault_actor *ret,
             int64_t *ret_id)
{
    struct session s;
    enum err e = session_find(ctx, msg_opt(in, "session"), &s);

    if (e || (need && (e = right_need(ctx, s.member_id, need))))
        return e;
    ret->text = str_of(arena_printf(ctx->arena, "member:%lld", (long long)s.member_id));
    *ret_id = s.member_id;
    return OK;
}
