/* Part of each clock.tick. Not for: asking anybody outside. */
#include "vault/watch.h"

#include "base/conf.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/seal.h"
#include "queue/alert.h"
#include "queue/outbox.h"

enum { COMPARE_MS = 5 * 60 * 1000 };

/* Raised once: what stands already is not counted up each second. */
static enum err
say(struct ctx *ctx, struct tx *tx, bool wrong, struct str kind, struct str key,
    const char *severity, const char *who, struct str text)
{
    struct str stands = STR_NULL;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_watch_alert);

        stmt_str(&s, ":kind", kind);
        stmt_str(&s, ":key", key);
        if ((e = stmt_one(&s)) == OK)
            stands = stmt_col_str(&s, "text");
    }
    if (e && e != E_NOTFOUND)
        return e;
    if (!wrong)
        return stands.p ? alert_resolve(ctx, tx, kind, key) : OK;
    if (stands.p && str_eq(stands, text))
        return OK;
    return alert_raise(ctx, tx, kind, key, severity, who, text);
}

/* A key that is missing keeps nothing else from happening. */
static enum err
seal(struct ctx *ctx, struct tx *tx)
{
    size_t n;
    enum err e, undone;
    struct str why;

    if ((e = tx_save(tx)))
        return e;
    e = seal_tick(ctx, tx, &n);
    if (e == OK) {
        if ((e = tx_keep(tx)) || n == 0)
            return e;
        return say(ctx, tx, false, STR("seal_key"), STR("house"), "error", "us", STR(""));
    }
    if (tx_lost(tx) || e == E_FULL)
        return e;
    why = str_dup(ctx->arena, ctx_why(ctx));
    if ((undone = tx_undo(tx)))
        return undone;
    ctx_clear(ctx);
    return say(ctx, tx, true, STR("seal_key"), STR("house"), "error", "us",
               str_of(arena_printf(ctx->arena,
                                   "days are not sealed: %.*s; make a key with cozykart seal "
                                   "key FILE and name it in seal.key_file",
                                   STR_ARG(why))));
}

static enum err
was_added(struct ctx *ctx, struct str key, bool *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_watch_compared);
    enum err e;

    stmt_str(&s, ":key", key);
    e = stmt_one(&s);
    *ret = e == OK;
    return e == E_NOTFOUND ? OK : e;
}

/* One job for each provider and five minutes, where none waits already. */
static enum err
compare(struct ctx *ctx, struct tx *tx)
{
    const struct conf *c = ctx->conf;
    const struct {
        struct str name;
        bool here;
    } who[] = {
        {STR("stripe"),  c && c->stripe.api_key_file.n                    },
        {STR("paypal"),  c && c->paypal.client_id.n                       },
        {STR("whop"),    c && c->whop.account.n && c->whop.api_key_file.n },
        {STR("shopify"), c && c->shopify.shop.n && c->shopify.token_file.n},
    };
    int64_t turn = ctx_now(ctx) / COMPARE_MS;
    bool waits;
    enum err e = OK;

    for (size_t i = 0; !e && i < ARRAY_SIZE(who); i++) {
        if (!who[i].here)
            continue;
        struct str key = str_of(
            arena_printf(ctx->arena, "%.*s:%lld", STR_ARG(who[i].name), (long long)turn));
        if ((e = was_added(ctx, key, &waits)) || waits ||
            (e = outbox_is_due(ctx, STR("compare"), who[i].name, &waits)) || waits)
            continue;
        e = outbox_add(ctx, tx, STR("compare"), key, who[i].name, ctx_now(ctx));
    }
    return e;
}

enum err
watch_tick(struct ctx *ctx, struct tx *tx)
{
    enum err e = seal(ctx, tx);

    return e ? e : compare(ctx, tx);
}
