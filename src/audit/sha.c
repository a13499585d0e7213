/* SHA-256 as FIPS 180-4 describes it. The auditor has its own, so that not even a library is
 * shared with what it checks. Not for: anything that must not take the same time for all
 * inputs. */
#include "audit.h"

#include <string.h>

static const uint32_t sha_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

static uint32_t
rotated(uint32_t x, unsigned n)
{
    return (x >> n) | (x << (32 - n));
}

static void
sha_block(struct sha *s)
{
    uint32_t w[64], v[8];

    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)s->block[i * 4] << 24 | (uint32_t)s->block[i * 4 + 1] << 16 |
               (uint32_t)s->block[i * 4 + 2] << 8 | (uint32_t)s->block[i * 4 + 3];
    for (size_t i = 16; i < 64; i++) {
        uint32_t p = w[i - 15], q = w[i - 2];

        w[i] = w[i - 16] + w[i - 7] + (rotated(p, 7) ^ rotated(p, 18) ^ p >> 3) +
               (rotated(q, 17) ^ rotated(q, 19) ^ q >> 10);
    }
    memcpy(v, s->h, sizeof v);
    for (size_t i = 0; i < 64; i++) {
        uint32_t one = v[7] + (rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25)) +
                       ((v[4] & v[5]) ^ (~v[4] & v[6])) + sha_k[i] + w[i];
        uint32_t two = (rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22)) +
                       ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += one;
        v[0] = one + two;
    }
    for (size_t i = 0; i < 8; i++)
        s->h[i] += v[i];
}

void
sha_init(struct sha *s)
{
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    memcpy(s->h, first, sizeof first);
    s->n = 0;
}

void
sha_add(struct sha *s, const void *p, size_t n)
{
    const unsigned char *from = p;

    while (n > 0) {
        size_t at = (size_t)(s->n % 64), take = 64 - at < n ? 64 - at : n;

        memcpy(s->block + at, from, take);
        s->n += take;
        from += take;
        n -= take;
        if (s->n % 64 == 0)
            sha_block(s);
    }
}

void
sha_done(struct sha *s, unsigned char ret[32])
{
    static const unsigned char pad[64] = {0x80};
    uint64_t bits = s->n * 8;
    unsigned char length[8];

    for (size_t i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha_add(s, pad, (size_t)(1 + (119 - s->n % 64) % 64));
    sha_add(s, length, sizeof length);
    for (size_t i = 0; i < 32; i++)
        ret[i] = (unsigned char)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}
