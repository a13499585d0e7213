/* A refund as people saw it, kept like a notice. See byhand.h. */
#include "vault/byhand.h"

#include "base/buf.h"
#include "base/fact.h"
#include "provider/registry.h"
#include "queue/inbox.h"
#include "user/audit_log.h"
#include "vault/apply.h"

enum { PAYMENT_BYTES = 150, REASON_BYTES = 500, BODY_MAX = 4096 };

/* The notice that the provider would have sent: who says so, and why. */
static enum err
keep(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct vault_actor *who,
     struct str reason, int64_t *ret_id)
{
    struct buf b = buf_new(ctx->arena, BODY_MAX);

    buf_add_text(&b, "{\"by\":");
    buf_add_json(&b, who->text);
    buf_add_text(&b, ",\"payment\":");
    buf_add_json(&b, f->payment);
    buf_printf(&b, ",\"amount\":%lld,\"reason\":", (long long)f->amount);
    buf_add_json(&b, reason);
    buf_add_char(&b, '}');
    return inbox_add(ctx, tx,
                     &(struct inbox_new){.provider = f->provider,
                                         .key = f->object,
                                         .type = f->type,
                                         .body = buf_str(&b),
                                         .ref = STR(""),
                                         .about = f->payment},
                     ret_id);
}

enum err
byhand_refund(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct fact f = {.kind = FACT_REFUND, .type = STR("refunded by hand")};
    struct apply_outcome o = {.state = STR("applied"), .reason = STR(""), .ref = STR("")};
    struct str name, reason;
    int64_t id;
    enum err e;

    if ((e = msg_text(ctx, in, "provider", 1, 40, &name)) ||
        (e = msg_text(ctx, in, "payment", 1, PAYMENT_BYTES, &f.payment)) ||
        (e = msg_i64(ctx, in, "amount", 1, MINOR_MAX, &f.amount)) ||
        (e = msg_text(ctx, in, "reason", 1, REASON_BYTES, &reason)))
        return e;
    const struct provider *p = registry_find(name);
    if (!p)
        return ctx_fail(ctx, E_NOTFOUND, "there is no provider %.*s", STR_ARG(name));
    if (!p->untold)
        return ctx_fail(ctx, E_CONFLICT, "%.*s tells of refunds itself: wait for its notice",
                        STR_ARG(name));
    f.provider = p->name;
    f.at_ms = ctx_now(ctx);
    f.object = str_of(arena_printf(ctx->arena, "hand:%s", ctx->trace));
    if ((e = keep(ctx, tx, &f, who, reason, &id)) || (e = apply_fact(ctx, tx, &f, id, &o)))
        return e;
    if (!str_eq(o.state, STR("applied")))
        return ctx_fail(ctx, E_NOTFOUND, "nothing of ours was paid by %.*s",
                        STR_ARG(f.payment));
    msg_add_str(out, "ref", o.ref);
    if ((e = inbox_mark(ctx, tx, id, o.state, STR(""), o.ref, 0)))
        return e;
    return audit_log_add(ctx, tx, who->text, in->name, o.ref, reason);
}
