/* Hashes and signatures against published vectors and those of t/data/signature-vectors.json.
 */
#include "base/crypt.h"

#include <stdlib.h>

#include "base/ctx.h"
#include "base/enc.h"
#include "base/json.h"
#include "lib/tap.h"

static struct ctx ctx;
static const struct json *vectors;

static struct str
hex(struct sha256 h)
{
    return enc_hex(ctx.arena, h.b, sizeof h.b);
}

static struct str
base64(struct sha256 h)
{
    return enc_base64(ctx.arena, h.b, sizeof h.b);
}

static struct str
text(const char *path)
{
    struct str s = json_str(json_at(vectors, path));

    if (s.n == 0)
        ok(false, "the vectors have %s", path);
    return s;
}

static struct str
decimal(const char *path)
{
    int64_t v = 0;

    if (!json_i64(json_at(vectors, path), &v))
        ok(false, "the vectors have %s", path);
    return str_of(arena_printf(ctx.arena, "%" PRId64, v));
}

static void
load(void)
{
    const char *dir = getenv("SRCDIR");
    const char *name =
        arena_printf(ctx.arena, "%s/t/data/signature-vectors.json", dir ? dir : "..");
    FILE *f = fopen(name, "r");
    char *p = arena_alloc(ctx.arena, 65536);
    size_t n = f ? fread(p, 1, 65536, f) : 0;

    if (f)
        fclose(f);
    ok(n > 0 && json_parse(&ctx, (struct str){.p = p, .n = n}, &vectors) == OK,
       "the vectors are read");
}

static void
test_sha256(void)
{
    struct crypt_hash *h = crypt_hash_new();
    struct crypt_hash *other = crypt_hash_new();
    char *million = arena_alloc(ctx.arena, 1000000);

    is_str(hex(crypt_sha256(STR_NULL)),
           STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
           "of nothing");
    is_str(hex(crypt_sha256(STR("abc"))),
           STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), "of abc");
    memset(million, 'a', 1000000);
    is_str(hex(crypt_sha256((struct str){.p = million, .n = 1000000})),
           STR("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
           "of a million a");
    for (int round = 0; round < 2; round++) {
        crypt_hash_start(h);
        crypt_hash_add(h, "a", 1);
        crypt_hash_add(h, NULL, 0);
        crypt_hash_start(other);
        crypt_hash_add(other, "x", 1);
        (void)crypt_sha256(STR("between"));
        crypt_hash_add(h, "bc", 2);
        ok(str_eq(hex(crypt_hash_end(h)), hex(crypt_sha256(STR("abc")))),
           "in pieces, round %d, with others running", round);
        (void)crypt_hash_end(other);
    }
    crypt_hash_free(h);
    crypt_hash_free(other);
    crypt_hash_free(NULL);
}

/* RFC 4231. */
static void
test_hmac(void)
{
    char long_key[131];
    struct str key = {.p = long_key, .n = 20};

    memset(long_key, 0x0b, sizeof long_key);
    is_str(hex(crypt_hmac(key, STR("Hi There"))),
           STR("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"), "case 1");
    is_str(hex(crypt_hmac(STR("Jefe"), STR("what do ya want for nothing?"))),
           STR("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"), "case 2");
    memset(long_key, 0xaa, sizeof long_key);
    key.n = sizeof long_key;
    is_str(hex(crypt_hmac(key, STR("Test Using Larger Than Block-Size Key - Hash Key First"))),
           STR("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"), "case 6");
    is_str(
        hex(crypt_hmac3(STR("Jefe"), STR("what do ya "), STR_NULL, STR("want for nothing?"))),
        STR("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"), "in pieces");
    is_str(hex(crypt_hmac(STR("Jefe"), STR_NULL)),
           hex(crypt_hmac3(STR("Jefe"), STR_NULL, STR_NULL, STR_NULL)), "of nothing");
}

static void
test_same(void)
{
    ok(crypt_same(STR("abc"), STR("abc")), "same bytes are the same");
    ok(!crypt_same(STR("abc"), STR("abd")) && !crypt_same(STR("abc"), STR("ab")) &&
           !crypt_same(STR("ab"), STR("abc")) && !crypt_same(STR(""), STR("a")),
       "others are not");
    ok(crypt_same(STR_NULL, STR("")), "nothing is nothing");
}

static void
test_stripe(void)
{
    struct str t = decimal("stripe.timestamp");
    struct str header = text("stripe.header");
    struct str rotated = text("stripe.rotated_header");
    struct str now = hex(crypt_hmac3(text("stripe.secret"), t, STR("."), text("stripe.body")));
    struct str old =
        hex(crypt_hmac3(text("stripe.old_secret"), t, STR("."), text("stripe.body")));

    is_str(header, str_of(arena_printf(ctx.arena, "t=%.*s,v1=%.*s", STR_ARG(t), STR_ARG(now))),
           "a Stripe header");
    ok(str_ends(rotated, now) || str_find(rotated, now, 0) != SIZE_MAX,
       "while rotating: the new");
    ok(str_find(rotated, old, 0) != SIZE_MAX, "and the old secret");
    ok(!str_eq(now, old), "which differ");
}

static void
test_webhooks(void)
{
    const char *joined = arena_printf(ctx.arena, "%.*s.%.*s.", STR_ARG(text("whop.id")),
                                      STR_ARG(decimal("whop.timestamp")));
    struct str key = STR_NULL;
    struct str sign = base64(crypt_hmac3(text("whop.dashboard_secret"), str_of(joined),
                                         text("whop.body"), STR_NULL));

    is_str(text("whop.signature"), str_of(arena_printf(ctx.arena, "v1,%.*s", STR_ARG(sign))),
           "a Whop signature");
    ok(enc_unbase64(ctx.arena, text("whop.sdk_key_base64"), &key) == OK &&
           str_eq(key, text("whop.dashboard_secret")),
       "whose key is the text of the secret");

    joined = arena_printf(ctx.arena, "%.*s.%.*s.", STR_ARG(text("standard_webhooks.id")),
                          STR_ARG(decimal("standard_webhooks.timestamp")));
    is_int(
        enc_unbase64(ctx.arena, str_sub(text("standard_webhooks.secret"), 6, SIZE_MAX), &key),
        OK, "the secret of Standard Webhooks is base64 behind whsec_");
    sign = base64(crypt_hmac3(key, str_of(joined), text("standard_webhooks.body"), STR_NULL));
    is_str(text("standard_webhooks.signature"),
           str_of(arena_printf(ctx.arena, "v1,%.*s", STR_ARG(sign))),
           "a Standard Webhooks signature");

    is_str(base64(crypt_hmac(text("shopify_webhook.secret"), text("shopify_webhook.body"))),
           text("shopify_webhook.hmac_base64"), "a Shopify webhook");
}

/* The query without its hmac. */
static void
test_shopify_oauth(void)
{
    struct str query = text("shopify_oauth.published.query");
    struct str part = STR_NULL;
    struct str want = STR_NULL;
    const char *rest = "";

    while (str_split(&query, '&', &part)) {
        if (str_starts(part, STR("hmac=")))
            want = str_sub(part, 5, SIZE_MAX);
        else
            rest = arena_printf(ctx.arena, "%s%s%.*s", rest, rest[0] ? "&" : "", STR_ARG(part));
    }
    is_str(hex(crypt_hmac(text("shopify_oauth.published.secret"), str_of(rest))), want,
           "a Shopify query as published");
}

static void
test_ed25519(void)
{
    unsigned char key[32];
    unsigned char sig[64];
    struct str k = {.p = (char *)key, .n = 32};
    struct str s = {.p = (char *)sig, .n = 64};
    struct str msg =
        str_of(arena_printf(ctx.arena, "%.*s%.*s", STR_ARG(text("discord.timestamp")),
                            STR_ARG(text("discord.body"))));
    bool any = false;

    ok(enc_unhex(text("discord.public_key"), key, 32) &&
           enc_unhex(text("discord.signature"), sig, 64),
       "a key and a signature in hex");
    ok(crypt_ed25519_verify(k, msg, s), "a Discord signature");
    ok(!crypt_ed25519_verify(k, str_sub(msg, 1, SIZE_MAX), s), "not of another message");
    ok(!crypt_ed25519_verify(k, STR_NULL, s), "nor of none");
    for (size_t i = 0; i < 64; i++) {
        sig[i] ^= 1;
        any = any || crypt_ed25519_verify(k, msg, s);
        sig[i] ^= 1;
    }
    ok(!any, "no changed byte passes");
    ok(!crypt_ed25519_verify(str_sub(k, 0, 31), msg, s) &&
           !crypt_ed25519_verify(STR_NULL, msg, s),
       "nor a short key");
    ok(!crypt_ed25519_verify(k, msg, str_sub(s, 0, 63)) &&
           !crypt_ed25519_verify(k, msg, STR_NULL),
       "nor a short signature");
    memset(key, 0xff, sizeof key);
    ok(!crypt_ed25519_verify(k, msg, s), "nor a key that is none");
    /* RFC 8032, 7.1, test 1: the empty message. */
    ok(enc_unhex(STR("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), key,
                 32) &&
           enc_unhex(
               STR("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88215"
                   "90a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
               sig, 64) &&
           crypt_ed25519_verify(k, STR_NULL, s),
       "the empty message can be signed");
}

/* RFC 8032, 7.1, test 2: one byte. */
static void
test_sign(void)
{
    unsigned char seed[32], key[32], sig[64];
    struct str s = {.p = (char *)seed, .n = 32};

    ok(enc_unhex(STR("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"), seed,
                 32),
       "a seed in hex");
    crypt_ed25519_public(s, key);
    crypt_ed25519_sign(s, STR("r"), sig);
    is_str(enc_hex(ctx.arena, key, 32),
           STR("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
           "its public key");
    is_str(
        enc_hex(ctx.arena, sig, 64),
        STR("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
            "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        "and its signature, as published");
}

/* Signatures by certificate, as PayPal has them. */
static void
test_rsa(void)
{
    struct str pem = text("paypal.public_key_pem"), sig = STR(""), msg, bad;
    struct crypt_cert c;
    char *changed;

    is_int(crypt_crc32(STR("123456789")), 3421780262, "a checksum that everybody knows");
    is_int(crypt_crc32(STR("")), 0, "and that of nothing");
    is_str(
        str_of(arena_printf(ctx.arena, "%lu", (unsigned long)crypt_crc32(text("paypal.body")))),
        text("paypal.crc32_decimal"), "the checksum of a notice");
    msg = text("paypal.message");
    ok(enc_unbase64(ctx.arena, text("paypal.signature_base64"), &sig) == OK &&
           crypt_rsa_verify(pem, msg, sig),
       "its signature fits");
    ok(!crypt_rsa_verify(pem, str_sub(msg, 0, msg.n - 1), sig) &&
           !crypt_rsa_verify(pem, STR_NULL, sig),
       "not for another message");
    changed = str_text(ctx.arena, (struct str){.p = sig.p, .n = sig.n});
    changed[100] ^= 1;
    bad = (struct str){.p = changed, .n = sig.n};
    ok(!crypt_rsa_verify(pem, msg, bad) && !crypt_rsa_verify(pem, msg, STR_NULL) &&
           !crypt_rsa_verify(pem, msg, str_sub(sig, 0, sig.n - 1)),
       "nor another signature");
    ok(!crypt_rsa_verify(STR(""), msg, sig) && !crypt_rsa_verify(STR("x"), msg, sig) &&
           !crypt_rsa_verify(str_sub(pem, 0, pem.n / 2), msg, sig),
       "nor with a key that is none");
    ok(!crypt_cert_read(STR(""), 1, &c) && !crypt_cert_read(pem, 1, &c),
       "a key is no certificate");
}

static struct str
file(const char *name)
{
    const char *dir = getenv("SRCDIR");
    FILE *f = fopen(arena_printf(ctx.arena, "%s/t/data/cert/%s", dir ? dir : "..", name), "r");
    char *p = arena_alloc(ctx.arena, 16384);
    size_t n = f ? fread(p, 1, 16384, f) : 0;

    if (f)
        fclose(f);
    return (struct str){.p = p, .n = n};
}

/* t/data/cert: a leaf with its intermediate, valid from November 2026 for ten years, and the
 * root above them. */
static void
test_chain(void)
{
    enum { DAY_S = 86400 };
    const int64_t at = 1795400000;
    struct str leaf = file("leaf.pem"), root = file("root.pem"), sig = STR("");
    const char *dir = getenv("SRCDIR");
    size_t end = str_find(leaf, STR("-----END"), 0);
    struct crypt_cert c;

    ok(enc_unbase64(ctx.arena, file("leaf.sig"), &sig) == OK &&
           crypt_rsa_verify(leaf, STR("a notice"), sig) &&
           !crypt_rsa_verify(root, STR("a notice"), sig),
       "a signature by the key of a certificate");
    ok(crypt_cert_read(leaf, at, &c) && c.current && !c.trusted &&
           !strcmp(c.name, "messageverificationcerts.paypal.com"),
       "nobody here knows its root");
    setenv("SSL_CERT_FILE",
           arena_printf(ctx.arena, "%s/t/data/cert/root.pem", dir ? dir : ".."), 1);
    ok(crypt_cert_read(leaf, at, &c) && c.current && c.trusted, "with that root it is trusted");
    ok(crypt_cert_read(str_sub(leaf, 0, end + 26), at, &c) && c.current && !c.trusted,
       "not without what stands between");
    ok(crypt_cert_read(leaf, at - 30 * DAY_S, &c) && !c.current && !c.trusted &&
           crypt_cert_read(leaf, at + INT64_C(4000) * DAY_S, &c) && !c.current && !c.trusted,
       "nor before its time, nor after");
    unsetenv("SSL_CERT_FILE");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(8 << 20);

    ctx_init(&ctx, a, world_real());
    load();
    test_sha256();
    test_hmac();
    test_same();
    test_stripe();
    test_webhooks();
    test_shopify_oauth();
    test_ed25519();
    test_sign();
    test_rsa();
    test_chain();
    return done();
}
