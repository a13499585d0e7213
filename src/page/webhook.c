/* Signed notices in: raw bytes and signature go to the vault, which checks, stores and applies
 * them in one command. Not for: reading them; a worker could not even check most signatures.
 * Discord's is checked here as well: its key is public, and it knocks with wrong signatures all
 * day to see whether we look. */
#include <string.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/enc.h"
#include "bot/message.h"
#include "http/res.h"
#include "page/routes.h"
#include "provider/discord.h"
#include "provider/registry.h"

/* Discord gives up after 3 s. */
enum { DISCORD_WAIT_MS = 2000, DISCORD_KEY = 32, DISCORD_PRIVATE = 64, WANTED_MAX = 8192 };

/* Providers differ in what they expect when a signature does not fit. */
static enum err
judged(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
       const struct msg *answer)
{
    (void)req;
    if (how == E_AUTH)
        res_fail_as(res, 401, STR("signature"));
    if (how == E_BUSY || how == E_FULL)
        res_retry(res, 5);
    if (how != OK && how != E_DUPLICATE)
        return how;
    struct view *v = view_new(ctx->arena);

    ctx_clear(ctx);
    view_flag(v, "received", true);
    view_flag(v, "known", how == E_DUPLICATE);
    view_i64(v, "inbox", msg_opt_i64(answer, "inbox", 0));
    return res_json(res, v);
}

static enum err
taken(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
      const struct msg *answer)
{
    if (how == E_AUTH)
        res_fail_as(res, 400, STR("signature"));
    return how == E_AUTH ? how : judged(ctx, req, res, how, answer);
}

/* What the provider wants checked, a line each; what a header cannot hold is not passed on. */
static struct str
wanted(struct ctx *ctx, const struct req *req, const struct provider *p)
{
    struct buf b = buf_new(ctx->arena, WANTED_MAX);

    for (size_t i = 0; i < PROVIDER_WANTS_MAX && p->wants[i]; i++) {
        bool path = strcmp(p->wants[i], ":path") == 0;
        struct str v = path ? req_arg(req, "token") : req_header(req, p->wants[i]);

        buf_add(&b, str_is_text(v, "") ? v : STR(""));
        buf_add_char(&b, '\n');
    }
    return buf_err(&b) ? STR("") : buf_str(&b);
}

static enum err
hook(struct ctx *ctx, const struct req *req, struct res *res, const char *name)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    const struct provider *p = registry_find(str_of(name));

    BUG_IF(!p);
    struct str headers = wanted(ctx, req, p);

    /* Each provider's first one proves where it comes from: probes do not reach the vault. */
    if (!headers.n || headers.p[0] == '\n') {
        res_fail_as(res, p->unauthorized ? 401 : 400, STR("signature"));
        return ctx_fail(ctx, E_AUTH, "the header %s is missing", p->wants[0]);
    }
    msg_init(ask, STR("hook.take"));
    msg_add_str(ask, "provider", p->name);
    msg_add_str(ask, "body", req->body);
    msg_add_str(ask, "headers", headers);
    return res_ask(res, req, ask, p->unauthorized ? judged : taken);
}

enum err
webhook_stripe(struct ctx *ctx, const struct req *req, struct res *res)
{
    return hook(ctx, req, res, "stripe");
}

enum err
webhook_shopify(struct ctx *ctx, const struct req *req, struct res *res)
{
    return hook(ctx, req, res, "shopify");
}

enum err
webhook_kofi(struct ctx *ctx, const struct req *req, struct res *res)
{
    return hook(ctx, req, res, "kofi");
}

enum err
webhook_whop(struct ctx *ctx, const struct req *req, struct res *res)
{
    return hook(ctx, req, res, "whop");
}

enum err
webhook_connect(struct ctx *ctx, const struct req *req, struct res *res)
{
    return hook(ctx, req, res, "stripe_connect");
}

enum err
webhook_paypal(struct ctx *ctx, const struct req *req, struct res *res)
{
    return hook(ctx, req, res, "paypal");
}

/* Whatever stopped us, nothing was done: a sentence to the person, in time. */
static enum err
spoken(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
       const struct msg *answer)
{
    struct str json = msg_opt(answer, "json");

    if (how == E_DENIED)
        res_fail_as(res, 503, STR("closed"));
    if (how == E_AUTH || how == E_INVALID || how == E_DENIED)
        return how;
    if (how != OK || !json.n) {
        struct message *m = message_problem(
            ctx, how == E_FULL
                     ? STR("the ledger's disk is full, nothing was changed")
                     : STR("the ledger is busy, nothing was changed: please try again"));
        struct discord_ask *said = ARENA_NEW(ctx->arena, struct discord_ask);

        ctx_clear(ctx);
        /* Suggestions cannot be a message. */
        if (discord_parse(ctx, req->body, said) == OK && said->kind == DISCORD_COMPLETE) {
            res_body(res, "application/json", STR("{\"type\":8,\"data\":{\"choices\":[]}}"));
            return OK;
        }
        struct str body = message_json(ctx, m, DISCORD_PRIVATE, STR(""));
        json = str_of(arena_printf(ctx->arena, "{\"type\":4,\"data\":%.*s}", STR_ARG(body)));
    }
    res_body(res, "application/json", json);
    return OK;
}

enum err
webhook_discord(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct str signature = req_header(req, "x-signature-ed25519");
    struct str at = req_header(req, "x-signature-timestamp");
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct discord_ask *said = ARENA_NEW(ctx->arena, struct discord_ask);
    unsigned char key[DISCORD_KEY];
    enum err e;

    if (ctx->conf && enc_unhex(ctx->conf->discord.public_key, key, sizeof key)) {
        if ((e = discord_verify(ctx, (struct str){.p = (const char *)key, .n = sizeof key},
                                signature, at, req->body)) ||
            (e = discord_parse(ctx, req->body, said)))
            return e;
        if (said->kind == DISCORD_PING) {
            res_body(res, "application/json", STR("{\"type\":1}"));
            return OK;
        }
    }
    msg_init(ask, STR("discord.take"));
    msg_add_str(ask, "body", req->body);
    msg_add_str(ask, "signature", signature);
    msg_add_str(ask, "timestamp", at);
    return res_ask_within(res, req, ask, DISCORD_WAIT_MS, spoken);
}
