/* Signed notices in: raw bytes and signature go to the vault, which checks, stores and applies
 * them in one command. Not for: reading them; a worker could not even check the signature. */
#include "http/res.h"
#include "page/routes.h"

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
