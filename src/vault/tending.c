/* Thin: reads fields, calls upkeep. */
#include "vault/tending.h"

#include "upkeep/upkeep.h"

enum { WORD_BYTES = 20, WORDS_BYTES = 500 };

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
