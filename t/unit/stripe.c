/* Stripe's signature, and its events as facts: t/data/stripe/<case>.json gives <case>.expect.
 */
#include "provider/stripe.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "lib/tap.h"

static const char *const cases[] = {
    "array",
    "async-failed",
    "async-succeeded",
    "charge-refunded",
    "charge-refunded-expanded",
    "completed",
    "completed-at",
    "completed-bad-checkout",
    "completed-bad-items",
    "completed-bad-tax",
    "completed-expanded",
    "completed-foreign",
    "completed-fraction",
    "completed-free",
    "completed-live",
    "completed-negative",
    "completed-no-intent",
    "completed-no-metadata",
    "completed-prize",
    "completed-prize-nowhere",
    "completed-string-amount",
    "completed-tip",
    "completed-unpaid",
    "dispute-created",
    "dispute-inquiry",
    "dispute-lost",
    "dispute-reinstated",
    "dispute-updated",
    "dispute-warning-closed",
    "dispute-withdrawn",
    "dispute-won",
    "intent",
    "intent-foreign",
    "no-id",
    "no-mode",
    "no-type",
    "not-json",
    "refund-canceled",
    "refund-created",
    "refund-failed",
    "refund-pending",
    "refund-strange",
    "refund-updated",
    "thin",
    "trailing",
    "unknown",
};

static struct arena *life;
static struct ctx ctx;
static int64_t now;

static int64_t
now_ms(void *arg)
{
    (void)arg;
    return now;
}

static void
zeros(void *arg, void *p, size_t n)
{
    (void)arg;
    memset(p, 0, n);
}

static const struct world world = {.now_ms = now_ms, .tick_ms = now_ms, .random = zeros};

static struct str
read_file(const char *name)
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

static void
show_fact(struct buf *b, const struct fact *f)
{
    buf_printf(b, "fact kind=%d payment=%.*s object=%.*s at=%lld currency=%.*s amount=%lld ",
               (int)f->kind, STR_ARG(f->payment), STR_ARG(f->object), (long long)f->at_ms,
               STR_ARG(f->currency), (long long)f->amount);
    buf_printf(b, "tax=%lld shipping=%lld tag=%.*s title=%.*s items=", (long long)f->tax,
               (long long)f->shipping, STR_ARG(f->tag),
               STR_ARG(f->n_items ? f->items[0].title : STR("")));
    for (size_t i = 0; i < f->n_items; i++)
        buf_printf(b, "%s%.*s:%lld:%lld", i ? "," : "", STR_ARG(f->items[i].sku),
                   (long long)f->items[i].quantity, (long long)f->items[i].price);
    buf_add_char(b, '\n');
    if (f->kind == FACT_PRIZE)
        buf_printf(b, "prize season=%.*s place=%lld\n", STR_ARG(f->season),
                   (long long)f->place);
    if (f->checkout)
        buf_printf(b, "checkout=%lld\n", (long long)f->checkout);
}

static void
vector(const char *name)
{
    struct str body = read_file(arena_printf(life, "stripe/%s.json", name));
    struct str want = read_file(arena_printf(life, "stripe/%s.expect", name));
    struct buf b = buf_new(life, 65536);
    struct provider_notice n = {.body = body};
    struct provider_parsed p;

    ctx_clear(&ctx);
    if (stripe_provider.parse(&ctx, &n, &p)) {
        buf_add_text(&b, "refused\n");
    } else {
        buf_printf(&b, "key=%.*s type=%.*s live=%d n=%zu\n", STR_ARG(p.key), STR_ARG(p.type),
                   p.live, p.n);
        for (size_t i = 0; i < p.n; i++)
            show_fact(&b, &p.fact[i]);
    }
    is_str(buf_str(&b), want, name);
}

static void
signature(struct str header, struct str body, const char *secret, int64_t at_s, enum err want,
          const char *name)
{
    struct provider_notice n = {.body = body, .header = {header}};
    struct str s = str_of(secret);

    now = at_s * 1000;
    ctx_clear(&ctx);
    is_int(stripe_provider.verify(&ctx, &n, &s, 1), want, name);
}

static struct str
changed(struct str s, const char *from, const char *to)
{
    size_t at = str_find(s, str_of(from), 0);
    struct buf b = buf_new(life, 8192);

    BUG_IF(at == SIZE_MAX);
    buf_add(&b, str_sub(s, 0, at));
    buf_add_text(&b, to);
    buf_add(&b, str_sub(s, at + strlen(from), s.n));
    return buf_str(&b);
}

static void
signatures(void)
{
    const struct json *v;
    if (json_parse(&ctx, read_file("signature-vectors.json"), &v) != OK) {
        printf("Bail out! the vectors cannot be read\n");
        exit(99);
    }
    v = json_get(v, "stripe");
    const char *secret = str_text(life, json_str(json_get(v, "secret")));
    const char *old = str_text(life, json_str(json_get(v, "old_secret")));
    struct str body = json_str(json_get(v, "body")), head = json_str(json_get(v, "header"));
    struct str rolled = json_str(json_get(v, "rotated_header"));
    int64_t t;
    BUG_IF(!json_i64(json_get(v, "timestamp"), &t));

    signature(head, body, secret, t, OK, "the published signature fits");
    signature(rolled, body, secret, t, OK, "two signatures, the new secret");
    signature(rolled, body, old, t, OK, "two signatures, the old secret");
    signature(head, body, old, t, E_AUTH, "another secret");
    signature(head, body, secret, t + 300, OK, "300 s old");
    signature(head, body, secret, t + 301, E_INVALID, "301 s old");
    signature(head, body, secret, t - 300, OK, "300 s ahead");
    signature(head, body, secret, t - 301, E_INVALID, "301 s ahead");
    signature(head, body, secret, t - 3600, E_INVALID, "an hour ahead");
    signature(changed(head, "v1=", "v0="), body, secret, t, E_AUTH, "only v0");
    signature(changed(head, "v1=6028", "v0=6028,v1=6028"), body, secret, t, OK, "a decoy v0");
    signature(changed(head, ",v1", ", v1"), body, secret, t, E_AUTH, "a blank after the comma");
    signature(changed(head, "cb9", "CB9"), body, secret, t, E_AUTH, "an upper-case sign");
    signature(changed(head, "602878", "602879"), body, secret, t, E_AUTH, "a changed sign");
    signature(str_sub(head, 0, head.n - 1), body, secret, t, E_AUTH, "a sign too few");
    signature(head, str_sub(body, 0, body.n - 1), secret, t, E_AUTH, "a byte too few");
    signature(changed(head, "t=1790000000", "t=1790000001"), body, secret, t, E_AUTH,
              "another time than was signed");
    signature(changed(head, "t=", "t=+"), body, secret, t, E_INVALID, "a time with a sign");
    signature(changed(head, "t=", "t= "), body, secret, t, E_INVALID, "a time with a blank");
    signature(changed(head, "t=", "t=1,t="), body, secret, t, E_INVALID, "two times");
    signature(STR(""), body, secret, t, E_INVALID, "no header");
    signature(STR("v1=00"), body, secret, t, E_INVALID, "no time");
    signature(STR("t=1790000000"), body, secret, t, E_AUTH, "no signature");
    signature(head, body, "", t, E_AUTH, "an empty secret fits nothing");
    signature(head, body, "  ", t, E_AUTH, "a blank secret fits nothing");

    struct provider_notice n = {.body = body, .header = {head}};
    struct str two[2] = {str_of(old), str_of(secret)};
    now = t * 1000;
    is_int(stripe_provider.verify(&ctx, &n, two, 2), OK, "one of several secrets fits");
    is_int(stripe_provider.verify(&ctx, &n, two, 0), E_AUTH, "no secret fits nothing");
}

int
main(void)
{
    life = arena_new(64 << 20);
    ctx_init(&ctx, life, &world);
    signatures();
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        vector(cases[i]);
    arena_free(life);
    return done();
}
