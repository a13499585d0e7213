/* Taking and replaying notices. See notice.h. */
#include "vault/notice.h"

#include <string.h>

#include "base/conf.h"
#include "db/tx.h"
#include "provider/registry.h"
#include "queue/alert.h"
#include "queue/inbox.h"
#include "race/sale.h"
#include "vault/apply.h"
#include "vault/cert.h"
#include "vault/redact.h"
#include "vault/secrets.h"

enum { BODY_MAX = 1024 * 1024, HEADERS_MAX = 8192, REPLAY_MAX = 50, SYNC_KEY_MAX = 150 };
static const int64_t RETRY_MS = 60000, RETRY_LONGEST_MS = 3600000;
/* A sale may come 72 hours late, and providers repeat themselves for as long again: a refund
 * that still waits after a week is about a payment of somebody else. */
static const int64_t WAIT_MS = 7 * 24 * 3600000LL;

/* Providers whose notices were refused for want of a secret since there was one: the first is
 * told, so that strangers who knock cannot make us write. */
static struct {
    struct str refused;      /* just now */
    bool told[REGISTRY_MAX]; /* by place in the registry */
} closed;

static size_t
place_of(struct str name)
{
    size_t i = 0;

    while (i < REGISTRY_MAX - 1 && !str_eq(registry_name(i), name))
        i++;
    return i;
}

/* The certificate that the notice names is one secret more. One we do not have is fetched, and
 * the notice refused: it comes again. */
static enum err
check_by_cert(struct ctx *ctx, const struct provider *p, const struct provider_notice *n,
              const struct str *all, size_t count)
{
    struct str with[PROVIDER_SECRETS_MAX], url;
    enum err e = p->cert_url(ctx, n, &url);

    if (e)
        return e;
    BUG_IF(count >= PROVIDER_SECRETS_MAX);
    memcpy(with, all, count * sizeof with[0]);
    if ((e = cert_get(ctx, url, &with[count])) == E_NOTFOUND) {
        cert_want(url);
        return ctx_fail(ctx, E_BUSY, "its certificate is fetched first");
    }
    return e ? e : p->verify(ctx, n, with, count + 1);
}

/* Fails closed: without a secret nothing can be believed. */
static enum err
check_signature(struct ctx *ctx, const struct provider *p, const struct provider_notice *n)
{
    size_t count;
    const struct str *all = secrets_of(p->name, &count);

    if (!count) {
        closed.refused = p->name;
        return ctx_fail(ctx, E_BUSY, "the endpoint is closed: no secret is configured");
    }
    return p->cert_url ? check_by_cert(ctx, p, n, all, count) : p->verify(ctx, n, all, count);
}

enum err
notice_refused(struct ctx *ctx, struct tx *tx)
{
    struct str name = closed.refused;
    enum err e;

    closed.refused = STR_NULL;
    if ((e = cert_fetch(ctx, tx)))
        return e;
    if (!name.n || closed.told[place_of(name)])
        return OK;
    e = alert_raise(ctx, tx, STR("endpoint_closed"), name, "error", "user",
                    STR("notices are refused: no webhook secret is configured"));
    closed.told[place_of(name)] = !e;
    return e;
}

static enum err
tell_open(struct ctx *ctx, struct tx *tx)
{
    enum err e = OK;

    for (size_t i = 0; !e && registry_name(i).n; i++) {
        size_t count;

        secrets_of(registry_name(i), &count);
        if (!count)
            continue;
        closed.told[i] = false;
        e = alert_resolve(ctx, tx, STR("endpoint_closed"), registry_name(i));
    }
    return e;
}

/* Of several facts the one that matters most says how the notice ended: an order told again
 * with a refund that is new was applied. */
static int
weight(struct str state)
{
    return str_eq(state, STR("waiting")) ? 2 : str_eq(state, STR("applied")) ? 1 : 0;
}

/* All facts of a notice, or none. E_INVALID: set aside. */
static enum err
apply_all(struct ctx *ctx, struct tx *tx, const struct provider_parsed *n, int64_t inbox_id,
          struct apply_outcome *ret)
{
    *ret = (struct apply_outcome){.state = STR("applied"), .reason = STR(""), .ref = STR("")};
    if (!n->n) {
        ret->state = STR("ignored");
        ret->reason = STR("not one of our checkouts, or a type we do not act on");
    }
    for (size_t i = 0; i < n->n; i++) {
        struct apply_outcome o = {.state = STR("applied"), .reason = STR(""), .ref = STR("")};
        enum err e = apply_fact(ctx, tx, &n->fact[i], inbox_id, &o);
        if (e)
            return e;
        if (!i || weight(o.state) > weight(ret->state)) {
            struct str ref = o.ref.n ? o.ref : ret->ref;
            *ret = o;
            ret->ref = ref;
        }
    }
    return OK;
}

static enum err
put_aside(struct ctx *ctx, struct tx *tx, int64_t id, struct str reason)
{
    struct str key = str_of(arena_printf(ctx->arena, "inbox:%lld", (long long)id));
    enum err e = inbox_mark(ctx, tx, id, STR("set_aside"), reason, STR(""), 0);

    return e ? e : alert_raise(ctx, tx, STR("set_aside"), key, "warning", "provider", reason);
}

static enum err
keep_failed(struct ctx *ctx, struct tx *tx, int64_t id, int64_t tries, struct str reason)
{
    struct str key = str_of(arena_printf(ctx->arena, "inbox:%lld", (long long)id));
    int64_t wait = RETRY_MS;

    for (int64_t i = 0; i < tries && wait < RETRY_LONGEST_MS; i++)
        wait *= 2;
    if (wait > RETRY_LONGEST_MS)
        wait = RETRY_LONGEST_MS;
    enum err e = inbox_mark(ctx, tx, id, STR("failed"), reason, STR(""), ctx_now(ctx) + wait);
    return e ? e : alert_raise(ctx, tx, STR("inbox_failed"), key, "error", "us", reason);
}

static bool
mode_fits(const struct ctx *ctx, const struct provider_parsed *n)
{
    return n->live == (ctx->conf && ctx->conf->mode == CONF_LIVE);
}

/* Inner savepoint: whatever fails inside leaves only the stored notice. expected: what it is
 * stored as applied to. ret_good: not failed. */
static enum err
apply(struct ctx *ctx, struct tx *tx, const struct provider_parsed *n, int64_t id,
      struct str expected, int64_t tries, bool *ret_good)
{
    struct apply_outcome o;
    enum err e;

    *ret_good = true;
    if (!mode_fits(ctx, n))
        return put_aside(ctx, tx, id,
                         n->live ? STR("a live notice in a test installation")
                                 : STR("a test notice in a live installation"));
    if ((e = tx_save(tx)))
        return e;
    e = apply_all(ctx, tx, n, id, &o);
    if (!e) {
        if ((e = tx_keep(tx)))
            return e;
        int64_t due = str_eq(o.state, STR("waiting")) ? ctx_now(ctx) + WAIT_MS : 0;
        return str_eq(o.state, STR("applied")) && str_eq(o.ref, expected)
                   ? OK
                   : inbox_mark(ctx, tx, id, o.state, o.reason, o.ref, due);
    }
    struct str why = str_dup(ctx->arena, ctx_why(ctx));
    enum err undone = tx_undo(tx);
    if (undone)
        return undone;
    if (e == E_BUSY || e == E_FULL)
        return e; /* nothing of the notice is kept: the provider sends it again */
    ctx_clear(ctx);
    if (e == E_INVALID)
        return put_aside(ctx, tx, id, why);
    *ret_good = false;
    return keep_failed(ctx, tx, id, tries, why.n ? why : err_info(e)->title);
}

/* Stored once and applied; ret_id is the first one's when it is known. */
static enum err
store(struct ctx *ctx, struct tx *tx, const struct provider *p,
      const struct provider_parsed *parsed, struct str body, int64_t *ret_id)
{
    struct str ref = STR("");
    bool good;
    enum err e;

    /* Most notices are one sale, which then needs no second write. */
    if (parsed->n == 1 && parsed->fact[0].kind == FACT_SALE &&
        (e = sale_next(ctx, &parsed->fact[0], &ref)))
        return e;
    e = inbox_add(ctx, tx,
                  &(struct inbox_new){.provider = p->name,
                                      .key = parsed->key,
                                      .type = parsed->type,
                                      .body = body,
                                      .ref = ref,
                                      .about = parsed->about},
                  ret_id);
    if (!e)
        return apply(ctx, tx, parsed, *ret_id, ref, 0, &good);
    if (e == E_DUPLICATE)
        ctx_clear(ctx), e = OK;
    return e;
}

enum err
notice_take(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct provider_notice n = {0};
    struct provider_parsed parsed;
    struct str name, headers;
    int64_t id = 0;
    enum err e;

    (void)who;
    if ((e = msg_text(ctx, in, "provider", 1, 40, &name)) ||
        (e = msg_bytes(ctx, in, "body", BODY_MAX, &n.body)) ||
        (e = msg_bytes(ctx, in, "headers", HEADERS_MAX, &headers)))
        return e;
    const struct provider *p = registry_find(name);
    if (!p)
        return ctx_fail(ctx, E_NOTFOUND, "there is no provider %.*s", STR_ARG(name));
    for (size_t i = 0; i < PROVIDER_WANTS_MAX && p->wants[i]; i++)
        (void)str_split(&headers, '\n', &n.header[i]);
    if ((e = check_signature(ctx, p, &n)) || (e = p->parse(ctx, &n, &parsed)) ||
        (e = store(ctx, tx, p, &parsed, n.body, &id)))
        return e;
    msg_add_i64(out, "inbox", id);
    return OK;
}

enum err
notice_sync(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct provider_notice n = {0};
    struct provider_parsed parsed;
    struct str name;
    int64_t id = 0;
    enum err e;

    (void)who;
    if ((e = msg_text(ctx, in, "provider", 1, 40, &name)) ||
        (e = msg_text(ctx, in, "key", 1, SYNC_KEY_MAX, &n.key)) ||
        (e = msg_text(ctx, in, "type", 1, SYNC_KEY_MAX, &n.type)) ||
        (e = msg_bytes(ctx, in, "body", BODY_MAX, &n.body)))
        return e;
    const struct provider *p = registry_find(name);
    if (!p || !str_starts(n.key, STR("sync:")))
        return ctx_fail(ctx, E_NOTFOUND, "there is nothing to fetch from %.*s", STR_ARG(name));
    if ((e = p->parse(ctx, &n, &parsed)) || (e = store(ctx, tx, p, &parsed, n.body, &id)))
        return e;
    msg_add_i64(out, "inbox", id);
    return OK;
}

/* What waits for its sale is not applied again: the sale brings it along, or nobody does. */
static enum err
replay_waiting(struct ctx *ctx, struct tx *tx, const struct inbox_notice *n)
{
    if (ctx_now(ctx) - n->received_at < WAIT_MS)
        return ctx_fail(ctx, E_CONFLICT, "notice %lld waits for its sale", (long long)n->id);
    return inbox_mark(ctx, tx, n->id, STR("ignored"), STR("no sale of ours"), STR(""), 0);
}

/* Alerts whose cause is gone. */
static enum err
settle_alerts(struct ctx *ctx, struct tx *tx, int64_t id)
{
    struct str key = str_of(arena_printf(ctx->arena, "inbox:%lld", (long long)id));
    struct inbox_notice n;
    enum err e = inbox_get(ctx, id, &n);

    if (!e && !str_eq(n.state, STR("failed")))
        e = alert_resolve(ctx, tx, STR("inbox_failed"), key);
    if (!e && !str_eq(n.state, STR("set_aside")))
        e = alert_resolve(ctx, tx, STR("set_aside"), key);
    return e;
}

static enum err
replay_one(struct ctx *ctx, struct tx *tx, int64_t id, bool *ret_good)
{
    struct inbox_notice n;
    struct provider_parsed parsed;
    enum err e = inbox_get(ctx, id, &n);

    if (e)
        return e;
    if (str_eq(n.state, STR("applied")) || str_eq(n.state, STR("ignored")))
        return ctx_fail(ctx, E_CONFLICT, "notice %lld was dealt with: %.*s", (long long)id,
                        STR_ARG(n.state));
    *ret_good = true;
    if (str_eq(n.state, STR("waiting")))
        return replay_waiting(ctx, tx, &n);
    const struct provider *p = registry_find(n.provider);
    if (!p)
        return ctx_fail(ctx, E_NOTFOUND, "there is no provider %.*s", STR_ARG(n.provider));
    /* The bytes were verified when they were stored. */
    const struct provider_notice again = {.body = n.body, .key = n.key, .type = n.type};
    if ((e = p->parse(ctx, &again, &parsed)) ||
        (e = inbox_mark(ctx, tx, id, STR("applied"), STR(""), STR(""), 0)) ||
        (e = apply(ctx, tx, &parsed, id, STR(""), n.tries, ret_good)))
        return e;
    return settle_alerts(ctx, tx, id);
}

enum err
notice_replay(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    int64_t ids[REPLAY_MAX], id, done = 0, failed = 0;
    size_t n = 1;
    enum err e = msg_i64(ctx, in, "id", 0, INT64_MAX, &id);

    (void)who;
    if (e)
        return e;
    ids[0] = id;
    if (!id && ((e = tell_open(ctx, tx)) || (e = redact_tick(ctx, tx))))
        return e;
    if (!id && (e = inbox_due(ctx, ctx_now(ctx), REPLAY_MAX, ids, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        bool good = false;
        if ((e = replay_one(ctx, tx, ids[i], &good)))
            return e;
        done += good;
        failed += !good;
    }
    msg_add_i64(out, "done", done);
    msg_add_i64(out, "failed", failed);
    return OK;
}
