/* SHA-256, HMAC, Ed25519, RSA and certificates by OpenSSL 3, fetched once a process. Not for:
 * keeping secrets (conf.c reads them). */
#include "base/crypt.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/arena.h"

enum { PEM_MAX = 64 * 1024, RSA_BITS_MIN = 2048, CHAIN_MAX = 8 };

/* Fetched once a process: a lookup by name costs more than hashing a short text. */
static const EVP_MD *
sha256_md(void)
{
    static EVP_MD *md;

    if (!md)
        md = EVP_MD_fetch(NULL, "SHA256", NULL);
    BUG_IF(!md);
    return md;
}

struct sha256
crypt_sha256(struct str data)
{
    static EVP_MD_CTX *c;
    struct sha256 out;

    if (!c)
        c = EVP_MD_CTX_new();
    BUG_IF(!c || !EVP_DigestInit_ex2(c, sha256_md(), NULL) ||
           !EVP_DigestUpdate(c, data.p, data.n) || !EVP_DigestFinal_ex(c, out.b, NULL));
    return out;
}

struct crypt_hash {
    EVP_MD_CTX *c;
};

struct crypt_hash *
crypt_hash_new(void)
{
    struct crypt_hash *h = OPENSSL_malloc(sizeof(*h));

    BUG_IF(!h);
    h->c = EVP_MD_CTX_new();
    BUG_IF(!h->c);
    return h;
}

void
crypt_hash_free(struct crypt_hash *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->c);
    OPENSSL_free(h);
}

void
crypt_hash_start(struct crypt_hash *h)
{
    BUG_IF(!EVP_DigestInit_ex2(h->c, sha256_md(), NULL));
}

void
crypt_hash_add(struct crypt_hash *h, const void *p, size_t n)
{
    BUG_IF(!EVP_DigestUpdate(h->c, p, n));
}

struct sha256
crypt_hash_end(struct crypt_hash *h)
{
    struct sha256 out;

    BUG_IF(!EVP_DigestFinal_ex(h->c, out.b, NULL));
    return out;
}

struct sha256
crypt_hmac3(struct str key, struct str a, struct str b, struct str c)
{
    static EVP_MAC_CTX *mac;
    const struct str *const part[] = {&a, &b, &c};
    struct sha256 out;
    size_t n;

    BUG_IF(key.n == 0);
    if (!mac) {
        char name[] = "SHA256";
        OSSL_PARAM with[] = {OSSL_PARAM_construct_utf8_string("digest", name, 0),
                             OSSL_PARAM_construct_end()};
        EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);

        mac = EVP_MAC_CTX_new(hmac);
        EVP_MAC_free(hmac);
        BUG_IF(!mac || !EVP_MAC_CTX_set_params(mac, with));
    }
    BUG_IF(!EVP_MAC_init(mac, (const unsigned char *)key.p, key.n, NULL));
    for (size_t i = 0; i < ARRAY_SIZE(part); i++)
        BUG_IF(part[i]->n &&
               !EVP_MAC_update(mac, (const unsigned char *)part[i]->p, part[i]->n));
    BUG_IF(!EVP_MAC_final(mac, out.b, &n, sizeof(out.b)) || n != sizeof(out.b));
    return out;
}

struct sha256
crypt_hmac(struct str key, struct str data)
{
    return crypt_hmac3(key, data, STR_NULL, STR_NULL);
}

bool
crypt_same(struct str a, struct str b)
{
    return a.n == b.n && CRYPTO_memcmp(a.p, b.p, a.n) == 0;
}

bool
crypt_ed25519_verify(struct str public_key, struct str msg, struct str sig)
{
    EVP_PKEY *key;
    EVP_MD_CTX *c;
    bool good;

    if (public_key.n != 32 || sig.n != 64)
        return false;
    key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
                                      (const unsigned char *)public_key.p, public_key.n);
    c = EVP_MD_CTX_new();
    good = key && c && EVP_DigestVerifyInit(c, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestVerify(c, (const unsigned char *)sig.p, sig.n,
                            (const unsigned char *)msg.p, msg.n) == 1;
    EVP_MD_CTX_free(c);
    EVP_PKEY_free(key);
    return good;
}

static EVP_PKEY *
key_of_seed(struct str seed)
{
    EVP_PKEY *key;

    BUG_IF(seed.n != 32);
    key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)seed.p,
                                       seed.n);
    BUG_IF(!key);
    return key;
}

void
crypt_ed25519_sign(struct str seed, struct str msg, unsigned char ret_sig[64])
{
    EVP_PKEY *key = key_of_seed(seed);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    size_t n = 64;

    BUG_IF(!c || EVP_DigestSignInit(c, NULL, NULL, NULL, key) != 1 ||
           EVP_DigestSign(c, ret_sig, &n, (const unsigned char *)msg.p, msg.n) != 1 || n != 64);
    EVP_MD_CTX_free(c);
    EVP_PKEY_free(key);
}

void
crypt_ed25519_public(struct str seed, unsigned char ret_key[32])
{
    EVP_PKEY *key = key_of_seed(seed);
    size_t n = 32;

    BUG_IF(EVP_PKEY_get_raw_public_key(key, ret_key, &n) != 1 || n != 32);
    EVP_PKEY_free(key);
}

enum { TAG = 16, SEALED_MAX = 1 << 20 };

static const unsigned char *
bytes(struct str s)
{
    return (const unsigned char *)s.p;
}

struct str
crypt_seal(struct arena *a, struct str key, const unsigned char nonce[CRYPT_NONCE],
           struct str about, struct str text)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    unsigned char *out = arena_alloc(a, CRYPT_NONCE + text.n + TAG);
    int n = 0, end = 0;

    BUG_IF(!c || key.n != CRYPT_KEY || text.n > SEALED_MAX || about.n > SEALED_MAX);
    for (size_t i = 0; i < CRYPT_NONCE; i++)
        out[i] = nonce[i];
    BUG_IF(EVP_EncryptInit_ex2(c, EVP_aes_256_gcm(), bytes(key), nonce, NULL) != 1 ||
           EVP_EncryptUpdate(c, NULL, &n, bytes(about), (int)about.n) != 1 ||
           EVP_EncryptUpdate(c, out + CRYPT_NONCE, &n, bytes(text), (int)text.n) != 1 ||
           EVP_EncryptFinal_ex(c, out + CRYPT_NONCE + n, &end) != 1 ||
           (size_t)(n + end) != text.n ||
           EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, out + CRYPT_NONCE + text.n) != 1);
    EVP_CIPHER_CTX_free(c);
    return (struct str){.p = (const char *)out, .n = CRYPT_NONCE + text.n + TAG};
}

bool
crypt_open(struct arena *a, struct str key, struct str about, struct str sealed,
           struct str *ret)
{
    EVP_CIPHER_CTX *c;
    unsigned char tag[TAG], *out;
    size_t size;
    int n = 0, end = 0;
    bool good;

    if (key.n != CRYPT_KEY || sealed.n < CRYPT_NONCE + TAG || sealed.n > SEALED_MAX ||
        about.n > SEALED_MAX)
        return false;
    size = sealed.n - CRYPT_NONCE - TAG;
    out = arena_alloc(a, size + 1);
    for (size_t i = 0; i < TAG; i++)
        tag[i] = bytes(sealed)[sealed.n - TAG + i];
    c = EVP_CIPHER_CTX_new();
    BUG_IF(!c);
    good = EVP_DecryptInit_ex2(c, EVP_aes_256_gcm(), bytes(key), bytes(sealed), NULL) == 1 &&
           EVP_DecryptUpdate(c, NULL, &n, bytes(about), (int)about.n) == 1 &&
           EVP_DecryptUpdate(c, out, &n, bytes(sealed) + CRYPT_NONCE, (int)size) == 1 &&
           EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1 &&
           EVP_DecryptFinal_ex(c, out + n, &end) == 1;
    EVP_CIPHER_CTX_free(c);
    if (good)
        *ret = (struct str){.p = (const char *)out, .n = size};
    return good;
}

uint32_t
crypt_crc32(struct str data)
{
    static uint32_t table[256];
    uint32_t c = UINT32_MAX;

    for (uint32_t i = 0; !table[255] && i < 256; i++) {
        uint32_t v = i;

        for (int k = 0; k < 8; k++)
            v = v & 1 ? UINT32_C(0xedb88320) ^ (v >> 1) : v >> 1;
        table[i] = v;
    }
    for (size_t i = 0; i < data.n; i++)
        c = table[(c ^ (unsigned char)data.p[i]) & 0xff] ^ (c >> 8);
    return c ^ UINT32_MAX;
}

static X509 *
next_cert(BIO *b)
{
    return PEM_read_bio_X509(b, NULL, NULL, NULL);
}

static BIO *
open_pem(struct str pem)
{
    return pem.n && pem.n <= PEM_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
}

static EVP_PKEY *
key_of_pem(struct str pem)
{
    BIO *b = open_pem(pem);
    X509 *cert = b ? next_cert(b) : NULL;
    EVP_PKEY *key = cert ? X509_get_pubkey(cert) : NULL;

    X509_free(cert);
    BIO_free(b);
    if (!key && (b = open_pem(pem))) {
        key = PEM_read_bio_PUBKEY(b, NULL, NULL, NULL);
        BIO_free(b);
    }
    return key;
}

bool
crypt_rsa_verify(struct str pem, struct str msg, struct str sig)
{
    EVP_PKEY *key = key_of_pem(pem);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool good = key && c && EVP_PKEY_is_a(key, "RSA") &&
                EVP_PKEY_get_bits(key) >= RSA_BITS_MIN &&
                EVP_DigestVerifyInit(c, NULL, sha256_md(), NULL, key) == 1 &&
                EVP_DigestVerify(c, (const unsigned char *)sig.p, sig.n,
                                 (const unsigned char *)msg.p, msg.n) == 1;

    EVP_MD_CTX_free(c);
    EVP_PKEY_free(key);
    return good;
}

static bool
is_trusted(X509 *cert, STACK_OF(X509) * others, int64_t at_s)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *c = X509_STORE_CTX_new();
    bool good = store && c && X509_STORE_set_default_paths(store) == 1 &&
                X509_STORE_CTX_init(c, store, cert, others) == 1;

    if (good) {
        X509_STORE_CTX_set_time(c, 0, (time_t)at_s);
        good = X509_verify_cert(c) == 1;
    }
    X509_STORE_CTX_free(c);
    X509_STORE_free(store);
    return good;
}

static void
read_name(const X509 *cert, char out[CRYPT_NAME])
{
    const X509_NAME *all = X509_get_subject_name(cert);
    int at = X509_NAME_get_index_by_NID(all, NID_commonName, -1);
    unsigned char *text = NULL;
    int n = at < 0 ? -1
                   : ASN1_STRING_to_UTF8(
                         &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(all, at)));

    /* A name with a NUL in it would pass for what stands before it. */
    if (n > 0 && n < CRYPT_NAME && !memchr(text, 0, (size_t)n)) {
        memcpy(out, text, (size_t)n);
        out[n] = '\0';
    }
    if (text)
        OPENSSL_free(text);
}

bool
crypt_cert_read(struct str pem, int64_t at_s, struct crypt_cert *ret)
{
    BIO *b = open_pem(pem);
    X509 *cert = b ? next_cert(b) : NULL, *other;
    bool found = cert;
    STACK_OF(X509) *others = sk_X509_new_null();
    time_t at = (time_t)at_s;

    *ret = (struct crypt_cert){0};
    BUG_IF(!others);
    if (cert) {
        while (sk_X509_num(others) < CHAIN_MAX && (other = next_cert(b)))
            if (!sk_X509_push(others, other))
                X509_free(other);
        ret->current = X509_cmp_time(X509_get0_notBefore(cert), &at) < 0 &&
                       X509_cmp_time(X509_get0_notAfter(cert), &at) > 0;
        ret->trusted = is_trusted(cert, others, at_s);
        read_name(cert, ret->name);
    }
    sk_X509_pop_free(others, X509_free);
    X509_free(cert);
    BIO_free(b);
    return found;
}

bool
crypt_cert_site(struct str pem, const char *host, int64_t *ret_end_s, bool *ret_fits)
{
    BIO *b = open_pem(pem);
    X509 *cert = b ? next_cert(b) : NULL;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;

    if (cert) {
        *ret_fits = X509_check_host(cert, host, 0, 0, NULL) == 1 ||
                    X509_check_ip_asc(cert, host, 0) == 1;
        (void)ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(cert));
        *ret_end_s = (int64_t)days * 86400 + seconds;
    }
    ASN1_TIME_free(epoch);
    X509_free(cert);
    BIO_free(b);
    return cert != NULL;
}
