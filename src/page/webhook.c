/* Signed notices in: raw bytes and signature go to the vault, which checks, stores and applies
 * them in one command. Not for: reading them; a worker could not even check most signatures.
 * Discord's is checked here as well: its key is public, and it knocks with wrong signatures all
 * day to see whether we look. */
#include "base/conf.h"
#include "base/enc.h"
#include "bot/message.h"
#include "http/res.h"
#include "page/routes.h"
#include "provider/discord.h"

/* Discord gives up after 3 s. */
enum { DISCORD_WAIT_MS = 2000, DISCORD_KEY = 32, DISCORD_PRIVATE = 64 };

static enum err
taken(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
      const struct msg *answer)
{
    (void)req;
    if (how == E_AUTH)
        res_fail_as(res, 400, STR("signature"));
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

enum err
webhook_stripe(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct str signature = req_header(req, "stripe-signature");

    if (signature.n == 0) {
        res_fail_as(res, 400, STR("signature"));
        return ctx_fail(ctx, E_AUTH, "the header Stripe-Signature is missing");
    }
    msg_init(ask, STR("hook.take"));
    msg_add_str(ask, "provider", STR("stripe"));
    msg_add_str(ask, "body", req->body);
    msg_add_str(ask, "signature", signature);
    return res_ask(res, req, ask, taken);
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
