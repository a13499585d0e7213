/* Bytes as letters and back. Not for: HTML (buf.c), ciphers. */
#include "base/enc.h"

#include "base/arena.h"

static const char hex_sign[] = "0123456789abcdef";
static const char b64_sign[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_sign[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct str
enc_hex(struct arena *a, const void *p, size_t n)
{
    const unsigned char *b = p;
    char *out = arena_array(a, n + 1, 2);

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = hex_sign[b[i] >> 4];
        out[2 * i + 1] = hex_sign[b[i] & 15];
    }
    return (struct str){.p = out, .n = 2 * n};
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
enc_unhex(struct str hex, void *out, size_t n)
{
    unsigned char *b = out;

    if (n > SIZE_MAX / 2 || hex.n != 2 * n)
        return false;
    for (size_t i = 0; i < hex.n; i++)
        if (hex_value(hex.p[i]) < 0)
            return false;
    for (size_t i = 0; i < n; i++)
        b[i] = (unsigned char)(hex_value(hex.p[2 * i]) * 16 + hex_value(hex.p[2 * i + 1]));
    return true;
}

static struct str
base64(struct arena *a, const unsigned char *b, size_t n, const char *sign, bool pad)
{
    char *out = arena_array(a, n / 3 + 2, 4);
    size_t o = 0;

    for (size_t i = 0; i < n; i += 3) {
        size_t left = n - i;
        unsigned v = (unsigned)b[i] << 16 | (left > 1 ? (unsigned)b[i + 1] << 8 : 0) |
                     (left > 2 ? b[i + 2] : 0u);

        out[o++] = sign[v >> 18];
        out[o++] = sign[v >> 12 & 63];
        if (left > 1)
            out[o++] = sign[v >> 6 & 63];
        else if (pad)
            out[o++] = '=';
        if (left > 2)
            out[o++] = sign[v & 63];
        else if (pad)
            out[o++] = '=';
    }
    return (struct str){.p = out, .n = o};
}

struct str
enc_base64(struct arena *a, const void *p, size_t n)
{
    return base64(a, p, n, b64_sign, true);
}

struct str
enc_base64url(struct arena *a, const void *p, size_t n)
{
    return base64(a, p, n, url_sign, false);
}

static int
b64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

enum err
enc_unbase64(struct arena *a, struct str text, struct str *ret)
{
    size_t pad = 0, o = 0;
    unsigned char *out;
    unsigned v = 0;

    if (text.n % 4)
        return E_INVALID;
    while (pad < 2 && pad < text.n && text.p[text.n - 1 - pad] == '=')
        pad++;
    out = arena_alloc(a, text.n / 4 * 3 + 1);
    for (size_t i = 0; i < text.n; i++) {
        int d = i >= text.n - pad ? 0 : b64_value(text.p[i]);

        if (d < 0)
            return E_INVALID;
        v = v << 6 | (unsigned)d;
        if (i % 4 != 3)
            continue;
        out[o++] = (unsigned char)(v >> 16);
        out[o++] = (unsigned char)(v >> 8);
        out[o++] = (unsigned char)v;
        v = 0;
    }
    /* Bits that the padding cuts off must be zero, else two texts would mean the same. */
    for (size_t i = 0; i < pad; i++)
        if (out[--o])
            return E_INVALID;
    *ret = (struct str){.p = (char *)out, .n = o};
    return OK;
}

struct str
enc_percent(struct arena *a, struct str s)
{
    char *out = arena_array(a, s.n + 1, 3);
    size_t o = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
            c == '-' || c == '.' || c == '_' || c == '~') {
            out[o++] = (char)c;
        } else {
            out[o++] = '%';
            out[o++] = "0123456789ABCDEF"[c >> 4];
            out[o++] = "0123456789ABCDEF"[c & 15];
        }
    }
    return (struct str){.p = out, .n = o};
}

static int
any_hex(char c)
{
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : hex_value(c);
}

enum err
enc_unpercent(struct arena *a, struct str s, bool plus, struct str *ret)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t o = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '%') {
            int hi = -1, lo = -1;

            if (s.n - i > 2) {
                hi = any_hex(s.p[i + 1]);
                lo = any_hex(s.p[i + 2]);
            }
            if (hi < 0 || lo < 0 || (hi == 0 && lo == 0))
                return E_INVALID;
            out[o++] = (char)(hi << 4 | lo);
            i += 2;
        } else {
            out[o++] = plus && s.p[i] == '+' ? ' ' : s.p[i];
        }
    }
    *ret = (struct str){.p = out, .n = o};
    return OK;
}
