#include "base/json.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "base/ctx.h"

enum { DEPTH_MAX = 32 };

struct json {
    enum json_type type;
    bool truth;        /* JSON_BOOL */
    bool whole;        /* JSON_NUMBER written as an integer in range */
    int64_t i;
    struct str s;      /* JSON_STRING */
    struct str name;   /* as a member */
    size_t n;          /* elements */
    struct json *item; /* JSON_ARRAY, JSON_OBJECT */
};

/* What cJSON lets pass, found in the raw text: depth, bad UTF-8, control characters in strings,
 * escaped NUL, numbers that JSON does not know. Numbers are collected in order of appearance,
 * since cJSON keeps them as doubles. */
struct scan {
    struct str t;
    size_t at;
    int64_t *number; /* value of each number, in order */
    bool *whole;
    size_t n, used; /* found; taken while copying */
};

static const char *
scan_string(struct scan *s)
{
    for (s->at++; s->at < s->t.n; s->at++) {
        unsigned char c = (unsigned char)s->t.p[s->at];

        if (c == '"') {
            s->at++;
            return NULL;
        }
        if (c < 0x20)
            return "a control character in a string";
        if (c != '\\')
            continue;
        s->at++;
        if (s->t.n - s->at >= 5 && memcmp(s->t.p + s->at, "u0000", 5) == 0)
            return "an escaped NUL";
    }
    return "a string without end";
}

static bool
is_digit(const struct scan *s, size_t at)
{
    return at < s->t.n && s->t.p[at] >= '0' && s->t.p[at] <= '9';
}

static const char *
scan_number(struct scan *s)
{
    size_t from = s->at, at = s->at;
    int64_t v = 0;
    bool whole = true;

    at += s->t.p[at] == '-';
    if (!is_digit(s, at) || (s->t.p[at] == '0' && is_digit(s, at + 1)))
        return "a number that JSON does not know";
    while (is_digit(s, at))
        at++;
    if (at < s->t.n && s->t.p[at] == '.') {
        whole = false;
        if (!is_digit(s, ++at))
            return "a number that JSON does not know";
        while (is_digit(s, at))
            at++;
    }
    if (at < s->t.n && (s->t.p[at] == 'e' || s->t.p[at] == 'E')) {
        whole = false;
        at++;
        at += at < s->t.n && (s->t.p[at] == '+' || s->t.p[at] == '-');
        if (!is_digit(s, at))
            return "a number that JSON does not know";
        while (is_digit(s, at))
            at++;
    }
    whole = whole && str_i64(str_sub(s->t, from, at - from), -MINOR_MAX, MINOR_MAX, &v);
    s->number[s->n] = v;
    s->whole[s->n++] = whole;
    s->at = at;
    return NULL;
}

static const char *
scan_all(struct scan *s)
{
    int depth = 0;

    while (s->at < s->t.n) {
        char c = s->t.p[s->at];
        const char *wrong = NULL;

        if (c == '"') {
            wrong = scan_string(s);
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            wrong = scan_number(s);
        } else {
            if ((unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\r')
                return "a control character";
            if ((unsigned char)c >= 0x7F)
                return "a sign outside of strings";
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
            if (depth > DEPTH_MAX)
                return "too deeply nested";
            s->at++;
        }
        if (wrong)
            return wrong;
    }
    return NULL;
}

static size_t
count_numbers(struct str t)
{
    size_t n = 0;

    for (size_t i = 0; i < t.n; i++)
        n += t.p[i] == '-' || (t.p[i] >= '0' && t.p[i] <= '9');
    return n;
}

/* Copies one value; false when an object names a member twice. Recursion ends at DEPTH_MAX. */
static bool
copy(struct ctx *ctx, struct scan *s, const cJSON *from, struct json *to)
{
    const cJSON *child;
    size_t i = 0;

    if (cJSON_IsString(from)) {
        to->type = JSON_STRING;
        to->s = str_dup(ctx->arena, str_of(from->valuestring));
    } else if (cJSON_IsNumber(from)) {
        to->type = JSON_NUMBER;
        to->i = s->number[s->used];
        to->whole = s->whole[s->used++];
    } else if (cJSON_IsBool(from)) {
        to->type = JSON_BOOL;
        to->truth = cJSON_IsTrue(from);
    } else if (cJSON_IsObject(from) || cJSON_IsArray(from)) {
        to->type = cJSON_IsObject(from) ? JSON_OBJECT : JSON_ARRAY;
        cJSON_ArrayForEach(child, from) to->n++;
        to->item = ARENA_ARRAY(ctx->arena, to->n, struct json);
        cJSON_ArrayForEach(child, from)
        {
            if (child->string)
                to->item[i].name = str_dup(ctx->arena, str_of(child->string));
            for (size_t k = 0; to->type == JSON_OBJECT && k < i; k++)
                if (str_eq(to->item[k].name, to->item[i].name))
                    return false;
            if (!copy(ctx, s, child, &to->item[i]))
                return false;
            i++;
        }
    }
    return true;
}

enum err
json_parse(struct ctx *ctx, struct str text, const struct json **ret)
{
    struct scan s = {.t = text};
    struct json *v = ARENA_NEW(ctx->arena, struct json);
    size_t most = count_numbers(text);
    const char *wrong;
    cJSON *tree;
    bool unique;

    if (!str_is_text(text, "\t\n\r\x7f"))
        return ctx_fail(ctx, E_INVALID, "the text is not UTF-8");
    s.number = ARENA_ARRAY(ctx->arena, most, int64_t);
    s.whole = ARENA_ARRAY(ctx->arena, most, bool);
    wrong = scan_all(&s);
    if (wrong)
        return ctx_fail(ctx, E_INVALID, "not JSON: %s at byte %zu", wrong, s.at);
    tree = cJSON_ParseWithLengthOpts(str_text(ctx->arena, text), text.n + 1, NULL, true);
    if (!tree)
        return ctx_fail(ctx, E_INVALID, "not JSON");
    unique = copy(ctx, &s, tree, v);
    cJSON_Delete(tree);
    if (!unique)
        return ctx_fail(ctx, E_INVALID, "not JSON: a name stands twice in an object");
    BUG_IF(s.used != s.n);
    *ret = v;
    return OK;
}

enum json_type
json_type(const struct json *v)
{
    return v ? v->type : JSON_NULL;
}

const struct json *
json_get(const struct json *v, const char *name)
{
    if (!v || v->type != JSON_OBJECT)
        return NULL;
    for (size_t i = 0; i < v->n; i++)
        if (str_eq_text(v->item[i].name, name))
            return &v->item[i];
    return NULL;
}

const struct json *
json_at(const struct json *v, const char *path)
{
    struct str rest = str_of(path), part;

    while (v && str_split(&rest, '.', &part)) {
        const struct json *found = NULL;

        for (size_t i = 0; v->type == JSON_OBJECT && i < v->n; i++)
            if (str_eq(v->item[i].name, part))
                found = &v->item[i];
        v = found;
    }
    return v;
}

size_t
json_count(const struct json *v)
{
    return v ? v->n : 0;
}

const struct json *
json_item(const struct json *v, size_t i)
{
    return v && i < v->n ? &v->item[i] : NULL;
}

struct str
json_name(const struct json *v)
{
    return v ? v->name : STR_NULL;
}

struct str
json_str(const struct json *v)
{
    return v && v->type == JSON_STRING ? v->s : STR_NULL;
}

bool
json_i64(const struct json *v, int64_t *ret)
{
    if (!v || v->type != JSON_NUMBER || !v->whole)
        return false;
    *ret = v->i;
    return true;
}

bool
json_bool(const struct json *v, bool otherwise)
{
    return v && v->type == JSON_BOOL ? v->truth : otherwise;
}
