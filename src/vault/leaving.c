/* Asks who it is, whether nothing keeps them, and forgets them everywhere. Not for: deciding
 * what a person is (user/forget.c). */
#include "vault/leaving.h"

#include "ledger/account.h"
#include "race/veil.h"
#include "user/audit_log.h"
#include "user/forget.h"
#include "vault/actor.h"

enum err
leaving_forget(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
               const struct msg *in, struct msg *out)
{
    const struct identity_privacy hidden = {
        .hidden = true, .earnings = STR("hidden"), .payout = STR("hidden")};
    struct vault_actor actor = *who;
    struct account_wallet w;
    struct str kept;
    int64_t member;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, 0, &actor, &member)) ||
        (e = account_wallet(ctx, member, &w)))
        return e;
    if (w.pending || w.available || w.held || w.owed)
        return ctx_fail(ctx, E_CONFLICT,
                        "your wallet is not empty: cash out, and wait until it arrived");
    if ((e = forget_kept(ctx, member, &kept)))
        return e;
    if (kept.n)
        return ctx_fail(ctx, E_CONFLICT, "%.*s", STR_ARG(kept));
    /* Before the name goes: what shows it is made anew. */
    if ((e = veil_set(ctx, tx, member, &hidden)) || (e = forget_member(ctx, tx, member)))
        return e;
    return audit_log_on(ctx, tx, actor.text, in->name, "member", member, STR(""));
}
