/* Notices of t/data/<provider>/ as facts in text, for the tests of the providers: <case>.json
 * (or .form) gives <case>.expect. Not for: signatures, which each test does itself. */
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/json.h"
#include "lib/tap.h"
#include "provider/provider.h"

static struct arena *life;
static struct ctx ctx;
static struct conf conf;
static int64_t now;

static int64_t
facts_now(void *arg)
{
    (void)arg;
    return now;
}

static void
facts_zeros(void *arg, void *p, size_t n)
{
    (void)arg;
    memset(p, 0, n);
}

static const struct world facts_world = {
    .now_ms = facts_now, .tick_ms = facts_now, .random = facts_zeros};

static void
facts_start(void)
{
    life = arena_new(64 << 20);
    ctx_init(&ctx, life, &facts_world);
    ctx.conf = &conf;
}

static struct str
facts_file(const char *name)
{
    const char *src = getenv("SRCDIR");
    char *p = arena_alloc(life, 65536);
    int fd =
        open(arena_printf(life, "%s/t/data/%s", src ? src : ".", name), O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, p, 65536);

    if (n < 0) {
        printf("Bail out! cannot read %s\n", name);
        exit(99);
    }
    close(fd);
    return (struct str){.p = p, .n = (size_t)n};
}

/* The published vectors of that name. */
static const struct json *
facts_vector(const char *name)
{
    const struct json *v;

    if (json_parse(&ctx, facts_file("signature-vectors.json"), &v) != OK) {
        printf("Bail out! the vectors cannot be read\n");
        exit(99);
    }
    return json_get(v, name);
}

static const char *
facts_kind(enum fact_kind k)
{
    static const char *const word[] = {
        [FACT_NONE] = "none",
        [FACT_SALE] = "sale",
        [FACT_SALE_FAILED] = "sale-failed",
        [FACT_REFUND] = "refund",
        [FACT_REFUND_TOTAL] = "refund-total",
        [FACT_REFUND_FAILED] = "refund-failed",
        [FACT_DISPUTE_OPEN] = "dispute-open",
        [FACT_DISPUTE_WON] = "dispute-won",
        [FACT_DISPUTE_LOST] = "dispute-lost",
        [FACT_PRIZE] = "prize",
        [FACT_TIP] = "tip",
        [FACT_PAYOUT] = "payout",
        [FACT_FUNDS] = "funds",
        [FACT_ACCOUNT] = "account",
        [FACT_REDACT] = "redact",
        [FACT_CLOSED] = "closed",
    };
    return word[k];
}

static void
facts_show_one(struct buf *b, const struct fact *f)
{
    buf_printf(b, "%s payment=%.*s at=%lld", facts_kind(f->kind), STR_ARG(f->payment),
               (long long)f->at_ms);
    if (f->currency.n || f->amount)
        buf_printf(b, " currency=%.*s amount=%lld", STR_ARG(f->currency), (long long)f->amount);
    if (f->object.n)
        buf_printf(b, " object=%.*s", STR_ARG(f->object));
    if (f->version_ms)
        buf_printf(b, " version=%lld", (long long)f->version_ms);
    if (f->kind == FACT_SALE)
        buf_printf(b, " tax=%lld shipping=%lld tag=%.*s", (long long)f->tax,
                   (long long)f->shipping, STR_ARG(f->tag));
    buf_printf(b, "%s%s%s\n", f->test ? " test" : "", f->cancelled ? " cancelled" : "",
               f->remove ? " remove" : "");
    for (size_t i = 0; i < f->n_items; i++)
        buf_printf(b, "  %lld x %.*s at %lld: %.*s\n", (long long)f->items[i].quantity,
                   STR_ARG(f->items[i].sku), (long long)f->items[i].price,
                   STR_ARG(f->items[i].title));
    for (size_t i = 0; i < f->n_payments; i++)
        buf_printf(b, "  order %.*s\n", STR_ARG(f->payments[i]));
    if (f->kind == FACT_TIP)
        buf_printf(b, "  from=%.*s message=%.*s\n", STR_ARG(f->from), STR_ARG(f->message));
}

static struct str
facts_show(const struct provider *p, const struct provider_notice *n)
{
    struct buf b = buf_new(life, 65536);
    struct provider_parsed parsed;

    ctx_clear(&ctx);
    if (p->parse(&ctx, n, &parsed)) {
        buf_printf(&b, "refused: %.*s\n", STR_ARG(ctx_why(&ctx)));
        return buf_str(&b);
    }
    buf_printf(&b, "key=%.*s type=%.*s about=%.*s%s\n", STR_ARG(parsed.key),
               STR_ARG(parsed.type), STR_ARG(parsed.about), parsed.live ? " live" : "");
    for (size_t i = 0; i < parsed.n; i++)
        facts_show_one(&b, &parsed.fact[i]);
    return buf_str(&b);
}
