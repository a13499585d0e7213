/* One pass, descending at most JSON_SCAN_DEPTH levels. Not for: building the tree (json.c). */
#include "base/json_scan.h"

#include <string.h>

#include "base/ctx.h"

struct scan {
    struct ctx *ctx;
    struct str text;
    size_t at;
    size_t values;
    size_t depth;
    struct json_scan_number *first;
    struct json_scan_number **last;
};

static enum err
wrong(struct scan *s, const char *what)
{
    return ctx_fail(s->ctx, E_INVALID, "json: %s at byte %zu", what, s->at);
}

/* The sign here, 0 at the end: a NUL in the text is no better than its end. */
static char
look(const struct scan *s)
{
    return s->at < s->text.n ? s->text.p[s->at] : '\0';
}

static void
skip_blanks(struct scan *s)
{
    while (look(s) == ' ' || look(s) == '\t' || look(s) == '\n' || look(s) == '\r')
        s->at++;
}

/* Four hex digits at s->at. */
static bool
hex4(struct scan *s, unsigned int *ret)
{
    unsigned int v = 0;

    for (size_t i = 0; i < 4; i++, s->at++) {
        char c = look(s);

        v <<= 4;
        if (c >= '0' && c <= '9')
            v |= (unsigned int)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            v |= (unsigned int)((c | 0x20) - 'a' + 10);
        else
            return false;
    }
    *ret = v;
    return true;
}

/* Behind "\u". A surrogate alone is not a sign, and U+0000 would end the text for others. */
static enum err
scan_unicode(struct scan *s)
{
    unsigned int v = 0;

    if (!hex4(s, &v))
        return wrong(s, "bad \\u escape");
    if (v == 0)
        return wrong(s, "\\u0000");
    if (v >= 0xdc00 && v <= 0xdfff)
        return wrong(s, "lone surrogate");
    if (v < 0xd800 || v > 0xdbff)
        return OK;
    if (look(s) != '\\' || (s->at++, look(s) != 'u') || (s->at++, !hex4(s, &v)) || v < 0xdc00 ||
        v > 0xdfff)
        return wrong(s, "lone surrogate");
    return OK;
}

static enum err
scan_string(struct scan *s)
{
    enum err e = OK;

    s->at++;
    for (;;) {
        unsigned char c = (unsigned char)look(s);

        if (c < 0x20)
            return wrong(s,
                         s->at < s->text.n ? "control sign in a string" : "string without end");
        s->at++;
        if (c == '"')
            return OK;
        if (c != '\\')
            continue;
        c = (unsigned char)look(s);
        if (c == '\0' || strchr("\"\\/bfnrtu", c) == NULL)
            return wrong(s, "unknown escape");
        s->at++;
        if (c == 'u' && (e = scan_unicode(s)) != OK)
            return e;
    }
}

/* One or more digits. */
static bool
digits(struct scan *s)
{
    size_t from = s->at;

    while (look(s) >= '0' && look(s) <= '9')
        s->at++;
    return s->at > from;
}

static enum err
scan_number(struct scan *s)
{
    struct json_scan_number *number = ARENA_NEW(s->ctx->arena, struct json_scan_number);
    size_t from = s->at;

    if (look(s) == '-')
        s->at++;
    if (look(s) == '0')
        s->at++;
    else if (!digits(s))
        return wrong(s, "unknown sign");
    /* From the text, not through a double, which would turn …993 into …992. */
    number->integer =
        str_i64(str_sub(s->text, from, s->at - from), -MINOR_MAX, MINOR_MAX, &number->i64);
    if (look(s) == '.') {
        number->integer = false;
        s->at++;
        if (!digits(s))
            return wrong(s, "bad number");
    }
    if (look(s) == 'e' || look(s) == 'E') {
        number->integer = false;
        s->at++;
        if (look(s) == '+' || look(s) == '-')
            s->at++;
        if (!digits(s))
            return wrong(s, "bad number");
    }
    if (look(s) >= '0' && look(s) <= '9')
        return wrong(s, "leading zero");
    number->text = str_sub(s->text, from, s->at - from);
    *s->last = number;
    s->last = &number->next;
    return OK;
}

static enum err
scan_word(struct scan *s, struct str word)
{
    if (!str_eq(str_sub(s->text, s->at, word.n), word))
        return wrong(s, "unknown word");
    s->at += word.n;
    return OK;
}

static enum err scan_value(struct scan *s);

/* A name and its colon. */
static enum err
scan_name(struct scan *s)
{
    enum err e = OK;

    if (look(s) != '"')
        return wrong(s, "name expected");
    e = scan_string(s);
    if (e != OK)
        return e;
    skip_blanks(s);
    if (look(s) != ':')
        return wrong(s, "colon expected");
    s->at++;
    return OK;
}

static enum err
scan_items(struct scan *s, char end)
{
    enum err e = OK;

    if (++s->depth > JSON_SCAN_DEPTH)
        return wrong(s, "too deep");
    s->at++;
    skip_blanks(s);
    if (look(s) == end) {
        s->at++;
        s->depth--;
        return OK;
    }
    for (;;) {
        skip_blanks(s);
        if (end == '}' && (e = scan_name(s)) != OK)
            return e;
        e = scan_value(s);
        if (e != OK)
            return e;
        skip_blanks(s);
        if (look(s) == end)
            break;
        if (look(s) != ',')
            return wrong(s, "comma expected");
        s->at++;
    }
    s->at++;
    s->depth--;
    return OK;
}

static enum err
scan_value(struct scan *s)
{
    /* Each value costs far more memory than its shortest text. */
    if (++s->values > JSON_SCAN_VALUES)
        return wrong(s, "too many values");
    skip_blanks(s);
    switch (look(s)) {
    case '{':
        return scan_items(s, '}');
    case '[':
        return scan_items(s, ']');
    case '"':
        return scan_string(s);
    case 't':
        return scan_word(s, STR("true"));
    case 'f':
        return scan_word(s, STR("false"));
    case 'n':
        return scan_word(s, STR("null"));
    default:
        return scan_number(s);
    }
}

enum err
json_scan(struct ctx *ctx, struct str text, const struct json_scan_number **ret)
{
    struct scan s = {.ctx = ctx, .text = text};
    enum err e = OK;

    s.last = &s.first;
    /* Control signs are judged by the place where they stand, below; DEL and C1 may stand. */
    if (!str_is_utf8(text))
        return ctx_fail(ctx, E_INVALID, "json: not UTF-8");
    e = scan_value(&s);
    if (e != OK)
        return e;
    skip_blanks(&s);
    if (s.at != text.n)
        return wrong(&s, "text after the end");
    *ret = s.first;
    return OK;
}
