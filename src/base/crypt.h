/* Hashes, MACs, signatures: the only user of OpenSSL. Not for: TLS (libcurl, nginx). */
#pragma once

#include "base/err.h"

struct sha256 {
    unsigned char b[32];
};

struct sha256 crypt_sha256(struct str data);

/* Running hash, for the journal's chain; one digest context a process, reused. */
struct crypt_hash;
struct crypt_hash *crypt_hash_new(void);
void crypt_hash_free(struct crypt_hash *h);
void crypt_hash_start(struct crypt_hash *h);
void crypt_hash_add(struct crypt_hash *h, const void *p, size_t n);
struct sha256 crypt_hash_end(struct crypt_hash *h);

/* key must not be empty: BUG_IF, since an empty key would accept everybody. */
struct sha256 crypt_hmac(struct str key, struct str data);
/* The MAC of two or three pieces without joining them; unused pieces are STR_NULL. */
struct sha256 crypt_hmac3(struct str key, struct str a, struct str b, struct str c);
/* Equal lengths are compared in constant time; different lengths give false. */
bool crypt_same(struct str a, struct str b);
/* Signature of 64 bytes by a 32-byte Ed25519 public key. */
bool crypt_ed25519_verify(struct str public_key, struct str msg, struct str sig);
/* Signs with the key that a 32-byte seed makes (RFC 8032). Another length of seed is a bug. */
void crypt_ed25519_sign(struct str seed, struct str msg, unsigned char ret_sig[64]);
/* Its public key. */
void crypt_ed25519_public(struct str seed, unsigned char ret_key[32]);

struct arena;
enum { CRYPT_KEY = 32, CRYPT_NONCE = 12 };
/* AES-256-GCM under a key of CRYPT_KEY bytes: nonce, text, tag, in arena a. about is bound to
 * it: what is sealed for one thing does not open for another. The nonce is random, never the
 * same twice. */
struct str crypt_seal(struct arena *a, struct str key, const unsigned char nonce[CRYPT_NONCE],
                      struct str about, struct str text);
/* False when a single bit of it, key or about is another. */
bool crypt_open(struct arena *a, struct str key, struct str about, struct str sealed,
                struct str *ret) MUST_USE;

/* The CRC-32 of zlib: "123456789" gives 3421780262. */
uint32_t crypt_crc32(struct str data);
/* RSA with SHA-256 (PKCS #1 v1.5), 2048 bits or more; pem: a certificate or a public key. */
bool crypt_rsa_verify(struct str pem, struct str msg, struct str sig);

enum { CRYPT_NAME = 256 };
struct crypt_cert {
    bool trusted; /* its chain, by the further ones of the text, ends at a root that this
                   * system trusts, and all of it is valid at that time */
    bool current; /* it alone is valid at that time */
    char name[CRYPT_NAME]; /* common name of its subject */
};
/* The first certificate of a PEM text at a time, seconds. False: there is none. */
bool crypt_cert_read(struct str pem, int64_t at_s, struct crypt_cert *ret);
/* For which site it is, and until when (seconds): of the first certificate of a PEM text.
 * host: a name or an address. False: there is none. */
bool crypt_cert_site(struct str pem, const char *host, int64_t *ret_end_s, bool *ret_fits);
