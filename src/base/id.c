/* Random names. Not for: row ids. */
#include "base/id.h"

void
id_hex(const struct world *w, char out[33])
{
    static const char sign[] = "0123456789abcdef";
    unsigned char b[16];

    w->random(w->arg, b, sizeof(b));
    for (size_t i = 0; i < sizeof(b); i++) {
        out[2 * i] = sign[b[i] >> 4];
        out[2 * i + 1] = sign[b[i] & 15];
    }
    out[32] = '\0';
}

void
id_token(const struct world *w, char out[44])
{
    static const char sign[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char b[33] = {0};

    w->random(w->arg, b, 32);
    /* 33 bytes are 44 signs; the last one would be of the padding only. */
    for (size_t i = 0, o = 0; i < sizeof b; i += 3) {
        unsigned v = (unsigned)b[i] << 16 | (unsigned)b[i + 1] << 8 | b[i + 2];

        for (int k = 18; k >= 0 && o < 43; k -= 6)
            out[o++] = sign[v >> k & 63];
    }
    out[43] = '\0';
}
