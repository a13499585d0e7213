/* See onboard.h. Each step is told to the vault before the next one, so that what was made is
 * known whatever happens then. */
#include "job/onboard.h"

#include "base/conf.h"
#include "base/id.h"
#include "payout/method.h"
#include "provider/stripe_account.h"

enum { LATER_MS = 20 * 1000 };

struct visit {
    const struct kinds_tools *tools;
    struct method method;
    struct payer_way way;
    struct stripe_account account;
};

static enum err
tell(struct ctx *ctx, const struct visit *v, struct str url, struct str why)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);
    struct msg *in = ARENA_NEW(ctx->arena, struct msg);

    msg_init(m, STR("account.report"));
    msg_add_i64(m, "method", v->method.id);
    msg_add_str(m, "account", v->account.id);
    msg_add_str(m, "url", url);
    msg_add_i64(m, "ready", v->account.ready);
    msg_add_str(m, "why", why);
    return call_ask(ctx, v->tools->vault, m, in);
}

/* E_REMOTE with the reason unless it is done; refused: it will not be either. */
static enum err
ask(struct ctx *ctx, const struct visit *v, const struct remote_ask *r,
    struct remote_answer *ret)
{
    struct httpc_answer got = {0};
    enum err e = bank_ask(ctx, v->tools->bank, r, &got);

    stripe_api_read(ctx, r, e, &got, ret);
    return ret->how == REMOTE_DONE ? OK : ctx_fail(ctx, E_REMOTE, "%.*s", STR_ARG(ret->why));
}

/* A refusal is told to the member; anything else is tried again. */
static enum err
refused(struct ctx *ctx, const struct visit *v, const struct remote_answer *a, enum err e)
{
    if (a->how != REMOTE_REFUSED)
        return e;
    ctx_clear(ctx);
    return tell(ctx, v, STR(""),
                str_of(arena_printf(ctx->arena, "Stripe does not set up the account now: %.*s",
                                    STR_ARG(a->why))));
}

static enum err
make(struct ctx *ctx, struct visit *v, bool *ret_made)
{
    struct remote_ask *r = ARENA_NEW(ctx->arena, struct remote_ask);
    struct remote_answer a = {0};
    enum err e = v->method.to.n
                     ? stripe_account_get(ctx, &v->way, v->method.to, r)
                     : stripe_account_make(ctx, &v->way, v->method.id, v->method.added_at,
                                           ctx->conf->stripe.country, r);

    if (e)
        return e;
    if ((e = ask(ctx, v, r, &a)))
        return refused(ctx, v, &a, e);
    if ((e = stripe_account_read(ctx, &a, &v->account)))
        return e;
    *ret_made = true;
    return tell(ctx, v, STR(""), v->account.why);
}

static enum err
link(struct ctx *ctx, struct visit *v)
{
    struct remote_ask *r = ARENA_NEW(ctx->arena, struct remote_ask);
    struct remote_answer a = {0};
    struct str url = STR(""), back;
    char key[33];
    enum err e;

    id_hex(ctx->world, key);
    back = str_of(arena_printf(ctx->arena, "%.*s/wallet/payout", STR_ARG(ctx->conf->site.url)));
    if ((e = stripe_account_link(ctx, &v->way, v->account.id, back, str_of(key), r)))
        return e;
    if ((e = ask(ctx, v, r, &a)))
        return refused(ctx, v, &a, e);
    if ((e = stripe_account_url(ctx, &a, &url)))
        return e;
    return tell(ctx, v, url, v->account.why);
}

enum err
onboard_run(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct visit v = {
        .tools = tools, .account = {.id = STR(""), .why = STR("")}
    };
    bool made = false;
    int64_t id;
    enum err e;

    if (!str_i64(job->payload, 1, INT64_MAX, &id)) {
        job->never = true;
        return ctx_fail(ctx, E_INVALID, "a method needs a number");
    }
    e = method_get(ctx, id, &v.method);
    if (e == E_NOTFOUND ||
        (!e && (!str_eq_text(v.method.kind, "stripe") || str_eq_text(v.method.state, "off") ||
                str_eq_text(v.method.state, "new")))) {
        ctx_clear(ctx);
        return OK;
    }
    if (!e && !(e = stripe_api_way(ctx, &v.way)) && !(e = make(ctx, &v, &made)) && made &&
        v.account.open)
        e = link(ctx, &v);
    /* Nobody's fault: Stripe or the vault is away, or there is no key yet. */
    if (e == E_BUSY || e == E_REMOTE)
        job->until = ctx_now(ctx) + LATER_MS;
    return e;
}
