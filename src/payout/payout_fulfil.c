/* Gift cards and store credit: what staff gives is sealed until its member reads it. The code
 * stands in no message, no log and no other column. Not for: automatic methods. */
#include "base/conf.h"
#include "base/crypt.h"
#include "base/enc.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "payout/method.h"
#include "payout/payout_move.h"
#include "upkeep/quarantine.h"

enum { BRAND_SIGNS = 60, CODE_BYTES = 400, NOTE_SIGNS = 300 };

static enum err
check(struct ctx *ctx, const struct payout_code *c, const struct payout_move *v)
{
    bool card = str_eq_text(v->p.method, "gift_card");
    struct str why;
    enum err e;

    if (!method_is_manual(v->p.method))
        return ctx_fail(ctx, E_CONFLICT, "a payout by %.*s is sent by itself",
                        STR_ARG(method_name(v->p.method)));
    if (v->p.member_id == c->staff_id)
        return ctx_fail(ctx, E_DENIED,
                        "Nobody fulfils their own request: ask another of the "
                        "staff");
    if (!str_eq_text(v->p.state, "HELD"))
        return ctx_fail(ctx, E_CONFLICT, "payout %lld was fulfilled or cancelled already",
                        (long long)v->p.id);
    if ((e = payout_block_why(ctx, v->p.member_id, &why)))
        return e;
    if (why.n)
        return ctx_fail(ctx, E_CONFLICT, "payouts to that member are stopped: %.*s",
                        STR_ARG(why));
    if (card != (c->brand.n > 0) || !str_is_text(c->brand, "") ||
        str_length(c->brand) > BRAND_SIGNS)
        return ctx_fail(ctx, E_INVALID,
                        card ? "say whose gift card it is, in at most %d signs"
                             : "store credit has no brand (of at most %d signs)",
                        BRAND_SIGNS);
    if (!c->code.n || c->code.n > CODE_BYTES || !str_is_text(c->code, ""))
        return ctx_fail(ctx, E_INVALID, "a code is text of 1 to %d signs", CODE_BYTES);
    if (!str_is_text(c->note, "") || str_length(c->note) > NOTE_SIGNS)
        return ctx_fail(ctx, E_INVALID, "a note is text of at most %d signs", NOTE_SIGNS);
    if (str_find(c->note, c->code, 0) != SIZE_MAX || str_find(c->brand, c->code, 0) != SIZE_MAX)
        return ctx_fail(ctx, E_INVALID, "the code belongs into its own field alone");
    return OK;
}

enum err
payout_fulfil_key(struct ctx *ctx, struct str *ret)
{
    unsigned char *key = arena_alloc(ctx->arena, CRYPT_KEY);
    struct str line[1];
    size_t n;
    enum err e = conf_secret(ctx, ctx->arena, "payout.key", ctx->conf->payout.key_file, line,
                             ARRAY_SIZE(line), &n);

    if (e)
        return e;
    if (n != 1 || !enc_unhex(line[0], key, CRYPT_KEY))
        return ctx_fail(ctx, E_CONFLICT,
                        "codes cannot be sealed: payout.key_file must name a file with 64 hex "
                        "signs");
    *ret = (struct str){.p = (const char *)key, .n = CRYPT_KEY};
    return OK;
}

static enum err
seal(struct ctx *ctx, const struct payout_code *c)
{
    unsigned char nonce[CRYPT_NONCE];
    struct str key, sealed;
    enum err e;

    if ((e = payout_fulfil_key(ctx, &key)))
        return e;
    ctx->world->random(ctx->world->arg, nonce, sizeof nonce);
    sealed = crypt_seal(ctx->arena, key, nonce, payout_move_ref(ctx, c->payout_id), c->code);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_code_add);
    stmt_i64(&s, ":id", c->payout_id);
    stmt_str(&s, ":brand", c->brand);
    stmt_blob(&s, ":sealed", sealed.p, sealed.n);
    stmt_i64(&s, ":now", ctx_now(ctx));
    return stmt_run(&s);
}

enum err
payout_fulfil(struct ctx *ctx, struct tx *tx, const struct payout_code *c)
{
    struct payout_code whole = *c;
    struct payout_move v;
    struct str actor = str_of(arena_printf(ctx->arena, "member:%lld", (long long)c->staff_id));
    int64_t seq;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = quarantine_refuse(ctx)) || (e = payout_move_load(ctx, c->payout_id, &v)))
        return e;
    /* For store credit the note may be all there is: then it is what is sealed. */
    if (!whole.code.n && str_eq_text(v.p.method, "store_credit")) {
        whole.code = c->note;
        whole.note = STR("");
    }
    if ((e = check(ctx, &whole, &v)) || (e = seal(ctx, &whole)))
        return e;
    v.staff_id = c->staff_id;
    if ((e = payout_move_sent(ctx, tx, &v, actor, &seq)) ||
        (e = payout_move_step(ctx, tx, &v, "SENT", STR(""), actor, seq)) ||
        (e = payout_move_settled(ctx, tx, &v, actor, &seq)))
        return e;
    v.p.settled_at = ctx_now(ctx);
    return payout_move_step(ctx, tx, &v, "SETTLED", whole.note, actor, seq);
}
