/* Reads fields, calls league/, writes the log of acts. Not for: deciding anything. */
#include "vault/prizing.h"

#include "league/prize.h"
#include "league/sponsor.h"
#include "user/audit_log.h"

enum { NAME_BYTES = 256, LABEL_BYTES = 500 };

enum err
prizing_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct str which, label = STR(""), name;
    struct sponsor sponsor = {.id = 0};
    struct season z;
    int64_t place, amount;
    enum err e;

    (void)out;
    if ((e = msg_text(ctx, in, "season", 1, NAME_BYTES, &which)) ||
        (e = season_find(ctx, which, &z)) ||
        (e = msg_i64(ctx, in, "place", 1, RACE_SEATS_MAX, &place)) ||
        (e = msg_i64(ctx, in, "amount", 1, MINOR_MAX, &amount)) ||
        (msg_has(in, "label") && (e = msg_text(ctx, in, "label", 0, LABEL_BYTES, &label))))
        return e;
    if (msg_has(in, "sponsor") && ((e = msg_text(ctx, in, "sponsor", 1, NAME_BYTES, &name)) ||
                                   (e = sponsor_find(ctx, name, &sponsor))))
        return e;
    if ((e = prize_add(ctx, tx, z.id, place, amount, label, sponsor.id, who->text)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "season", z.id,
                        str_of(arena_printf(ctx->arena, "place %lld: %lld", (long long)place,
                                            (long long)amount)));
}
