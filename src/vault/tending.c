/* Thin: reads fields, calls upkeep. */
#include "vault/tending.h"

#include "upkeep/quarantine.h"
#include "upkeep/upkeep.h"
#include "user/audit_log.h"

enum { WORD_BYTES = 20, WORDS_BYTES = 500, REASON_BYTES = 400 };

enum err
tending_report(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
               const struct msg *in, struct msg *out)
{
    struct upkeep u = {.head = msg_opt(in, "head"),
                       .seq = msg_opt_i64(in, "seq", 0),
                       .bytes = msg_opt_i64(in, "bytes", 0)};
    int64_t good = 0;
    enum err e;

    (void)who;
    (void)out;
    if ((e = msg_text(ctx, in, "kind", 1, WORD_BYTES, &u.kind)) ||
        (e = msg_text(ctx, in, "words", 1, WORDS_BYTES, &u.words)) ||
        (e = msg_i64(ctx, in, "began", 0, INT64_MAX, &u.began_at)) ||
        (e = msg_i64(ctx, in, "ended", 0, INT64_MAX, &u.ended_at)) ||
        (e = msg_i64(ctx, in, "good", 0, 1, &good)))
        return e;
    u.good = good != 0;
    return upkeep_add(ctx, tx, &u);
}

enum err
tending_release(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                const struct msg *in, struct msg *out)
{
    struct str reason, despite;
    enum err e;

    (void)out;
    if ((e = msg_text(ctx, in, "reason", 1, REASON_BYTES, &reason)) ||
        (e = msg_maybe_text(ctx, in, "despite", REASON_BYTES, &despite)) ||
        (e = quarantine_end(ctx, tx, who->text, reason, despite)))
        return e;
    return audit_log_add(
        ctx, tx, who->text, in->name, STR("house"),
        str_of(arena_printf(ctx->arena, "%.*s%s%.*s", STR_ARG(reason),
                            despite.n ? "; despite: " : "", STR_ARG(despite))));
}
