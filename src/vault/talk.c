/* From signed bytes to an answer. See talk.h. */
#include "vault/talk.h"

#include "base/conf.h"
#include "base/enc.h"
#include "bot/bot.h"
#include "queue/alert.h"

enum { BODY_MAX = 64 * 1024, SIGNATURE_MAX = 200, STAMP_MAX = 40, KEY_BYTES = 32 };

/* Told once, so that strangers who knock cannot make us write. */
static bool closed, told, opened;

enum err
talk_take(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
          struct msg *out)
{
    struct discord_ask *ask = ARENA_NEW(ctx->arena, struct discord_ask);
    struct str body, signature, timestamp, json;
    unsigned char key[KEY_BYTES];
    enum err e;

    (void)who;
    closed = !ctx->conf || !enc_unhex(ctx->conf->discord.public_key, key, sizeof key);
    if (closed)
        return ctx_fail(ctx, E_DENIED, "the endpoint is closed: set discord.public_key");
    struct str public_key = {.p = (const char *)key, .n = sizeof key};
    if ((e = msg_bytes(ctx, in, "body", BODY_MAX, &body)) ||
        (e = msg_bytes(ctx, in, "signature", SIGNATURE_MAX, &signature)) ||
        (e = msg_bytes(ctx, in, "timestamp", STAMP_MAX, &timestamp)) ||
        (e = discord_verify(ctx, public_key, signature, timestamp, body)) ||
        (e = discord_parse(ctx, body, ask)) || (e = bot_answer(ctx, tx, ask, &json)))
        return e;
    msg_add_str(out, "json", json);
    /* Of an earlier run: the first interaction that fits shows that the door is open again. */
    if (opened)
        return OK;
    opened = true;
    return alert_resolve(ctx, tx, STR("endpoint_closed"), STR("discord"));
}

enum err
talk_refused(struct ctx *ctx, struct tx *tx)
{
    if (!closed || told)
        return OK;
    enum err e = alert_raise(ctx, tx, STR("endpoint_closed"), STR("discord"), "error", "user",
                             STR("interactions are refused: discord.public_key is not set"));
    told = !e;
    return e;
}
