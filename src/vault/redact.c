/* Requests about a buyer's data. See redact.h. */
#include "vault/redact.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "provider/registry.h"
#include "queue/alert.h"
#include "queue/inbox.h"

enum { NOTICES_MAX = 200, TEXT_MAX = 2000, NAMED_MAX = 40 };
/* What the law gives the shop, the shop gives us. */
static const int64_t ANSWER_MS = 30 * 24 * 3600000LL;

/* Counts of one request, and the notices it is about in words. */
struct found {
    struct buf list;
    int64_t n;
};

static enum err
redact_one(struct ctx *ctx, struct tx *tx, const struct provider *p, int64_t id)
{
    struct inbox_notice n;
    struct str left = STR("");
    enum err e = inbox_get(ctx, id, &n);

    if (e)
        return e;
    const struct provider_notice again = {.body = n.body, .key = n.key, .type = n.type};
    if (p->redact && (e = p->redact(ctx, &again, &left)))
        return e;
    return inbox_redact(ctx, tx, &n, left);
}

/* Notices about one thing. */
static enum err
each(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct provider *p,
     struct str about, struct found *found)
{
    int64_t ids[NOTICES_MAX];
    size_t n;
    enum err e = inbox_about(ctx, p->name, about, NOTICES_MAX, ids, &n);

    for (size_t i = 0; !e && i < n; i++) {
        if (found->n++ < NAMED_MAX)
            buf_printf(&found->list, "%s%lld", found->n > 1 ? ", " : "", (long long)ids[i]);
        if (f->remove)
            e = redact_one(ctx, tx, p, ids[i]);
    }
    return e;
}

static enum err
whole_shop(struct ctx *ctx, struct tx *tx, const struct provider *p)
{
    int64_t n;
    enum err e = inbox_redact_all(ctx, tx, p->name, STR("{}"), &n);

    if (e)
        return e;
    struct str text = str_of(arena_printf(
        ctx->arena,
        "%.*s asks that all data of the shop be removed: %lld stored notices were emptied; the "
        "books hold no buyer's name",
        STR_ARG(p->name), (long long)n));
    return alert_raise(ctx, tx, STR("buyer_removed"), p->name, "info", "user", text);
}

enum err
redact_buyer(struct ctx *ctx, struct tx *tx, const struct fact *f)
{
    const struct provider *p = registry_find(f->provider);
    struct found found = {.list = buf_new(ctx->arena, TEXT_MAX)};
    char day[CLOCK_TEXT];
    enum err e = OK;

    BUG_IF(!p);
    if (!f->object.n)
        return f->remove ? whole_shop(ctx, tx, p)
                         : ctx_fail(ctx, E_INVALID, "the request names no buyer");
    struct str buyer = str_of(arena_printf(ctx->arena, "customer:%.*s", STR_ARG(f->object)));
    for (size_t i = 0; !e && i < f->n_payments; i++)
        e = each(ctx, tx, f, p, f->payments[i], &found);
    /* The request itself has their address too. */
    if (e || (e = each(ctx, tx, f, p, buyer, &found)))
        return e;
    struct str key =
        str_of(arena_printf(ctx->arena, "%.*s:%.*s", STR_ARG(p->name), STR_ARG(f->object)));
    clock_date(ctx_now(ctx) + ANSWER_MS, day);
    struct str text = str_of(
        f->remove
            ? arena_printf(ctx->arena,
                           "%.*s asks to remove the data of customer %.*s by %s: it was taken "
                           "out of %lld stored notices; the books hold no buyer's name",
                           STR_ARG(p->name), STR_ARG(f->object), day, (long long)found.n)
            : arena_printf(ctx->arena,
                           "%.*s asks what is held of customer %.*s: send them the stored "
                           "notices %.*s (cozykart inbox show) by %s; nothing else here names "
                           "them",
                           STR_ARG(p->name), STR_ARG(f->object), STR_ARG(buf_str(&found.list)),
                           day));
    if (f->remove && (e = alert_resolve(ctx, tx, STR("buyer_asks"), key)))
        return e;
    return alert_raise(ctx, tx, f->remove ? STR("buyer_removed") : STR("buyer_asks"), key,
                       f->remove ? "info" : "warning", "user", text);
}

enum err
redact_closed(struct ctx *ctx, struct tx *tx, const struct fact *f)
{
    return alert_raise(ctx, tx, STR("shop_closed"), f->provider, "error", "user",
                       STR("the shop removed our app: no order arrives any more until it is "
                           "installed again; what was booked stays"));
}

enum err
redact_open(struct ctx *ctx, struct tx *tx, struct str provider)
{
    return alert_resolve(ctx, tx, STR("shop_closed"), provider);
}

enum err
redact_tick(struct ctx *ctx, struct tx *tx)
{
    int64_t before = ctx_now(ctx) - ANSWER_MS;
    enum err e = alert_expire(ctx, tx, STR("buyer_asks"), before);

    return e ? e : alert_expire(ctx, tx, STR("buyer_removed"), before);
}
