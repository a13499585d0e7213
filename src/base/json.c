/* Strict reading: json_scan.c judges the text by the grammar, cJSON reads it, and the tree is
 * copied into the arena. The only user of cJSON. Numbers never pass through a double: the
 * scanner keeps the integers in the order of the text, and the copy meets them in the same
 * order. */
#include "base/json.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/json_scan.h"

struct json {
    enum json_type type;
    bool truth;   /* of JSON_BOOL */
    bool integer; /* JSON_NUMBER: i64 holds it */
    int64_t i64;
    struct str name; /* as a member of an object */
    struct str text; /* of a number: as it is spelt */
    size_t n;        /* elements */
    struct json *items;
};

struct copy {
    struct ctx *ctx;
    const struct json_scan_number *number; /* the next one in the text */
};

static int
name_order(const void *a, const void *b)
{
    const struct json *const *x = a;
    const struct json *const *y = b;

    return str_cmp((*x)->name, (*y)->name);
}

/* By sorting: an object of many names must not cost their square. */
static enum err
check_names(struct ctx *ctx, const struct json *object)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    const struct json **sorted = arena_array(ctx->arena, object->n, sizeof *sorted);
    struct str twice = STR_NULL;

    for (size_t i = 0; i < object->n; i++)
        sorted[i] = &object->items[i];
    if (object->n > 1)
        qsort(sorted, object->n, sizeof *sorted, name_order);
    for (size_t i = 1; i < object->n && twice.p == NULL; i++)
        if (str_eq(sorted[i - 1]->name, sorted[i]->name))
            twice = sorted[i]->name;
    arena_release(ctx->arena, mark);
    if (twice.p != NULL)
        return ctx_fail(ctx, E_INVALID, "json has the name \"%.*s\" twice",
                        (int)(twice.n < 40 ? twice.n : 40), twice.p);
    return OK;
}

static enum err copy_value(struct copy *c, const cJSON *from, struct json *to);

static enum err
copy_items(struct copy *c, const cJSON *from, struct json *to)
{
    const cJSON *child = NULL;
    size_t i = 0;

    to->type = cJSON_IsArray(from) ? JSON_ARRAY : JSON_OBJECT;
    to->n = (size_t)cJSON_GetArraySize(from);
    to->items = arena_array(c->ctx->arena, to->n, sizeof *to->items);
    cJSON_ArrayForEach(child, from)
    {
        enum err e = copy_value(c, child, &to->items[i]);

        if (e != OK)
            return e;
        i++;
    }
    return to->type == JSON_OBJECT ? check_names(c->ctx, to) : OK;
}

/* The depth is bounded by the scanner. */
static enum err
copy_value(struct copy *c, const cJSON *from, struct json *to)
{
    if (from->string != NULL)
        to->name = str_dup(c->ctx->arena, str_of(from->string));
    if (cJSON_IsNull(from)) {
        to->type = JSON_NULL;
    } else if (cJSON_IsBool(from)) {
        to->type = JSON_BOOL;
        to->truth = cJSON_IsTrue(from);
    } else if (cJSON_IsString(from)) {
        to->type = JSON_STRING;
        to->text = str_dup(c->ctx->arena, str_of(from->valuestring));
    } else if (cJSON_IsNumber(from)) {
        BUG_IF(c->number == NULL);
        to->type = JSON_NUMBER;
        to->integer = c->number->integer;
        to->i64 = c->number->i64;
        to->text = str_dup(c->ctx->arena, c->number->text);
        c->number = c->number->next;
    } else {
        return copy_items(c, from, to);
    }
    return OK;
}

static void
delete_tree(cJSON **tree)
{
    cJSON_Delete(*tree);
}

enum err
json_parse(struct ctx *ctx, struct str text, const struct json **ret)
{
    cJSON *tree CLEANUP(delete_tree) = NULL;
    struct json *value = NULL;
    struct copy copy = {.ctx = ctx};
    enum err e = json_scan(ctx, text, &copy.number);

    if (e != OK)
        return e;
    tree = cJSON_ParseWithLengthOpts(text.p, text.n, NULL, false);
    if (tree == NULL)
        return ctx_fail(ctx, E_INVALID, "json cannot be read");
    value = ARENA_NEW(ctx->arena, struct json);
    e = copy_value(&copy, tree, value);
    if (e != OK)
        return e;
    BUG_IF(copy.number != NULL);
    *ret = value;
    return OK;
}

enum json_type
json_type(const struct json *v)
{
    return v ? v->type : JSON_NULL;
}

static const struct json *
member(const struct json *v, struct str name)
{
    if (v == NULL || v->type != JSON_OBJECT)
        return NULL;
    for (size_t i = 0; i < v->n; i++)
        if (str_eq(v->items[i].name, name))
            return &v->items[i];
    return NULL;
}

const struct json *
json_get(const struct json *v, const char *name)
{
    return member(v, str_of(name));
}

const struct json *
json_at(const struct json *v, const char *path)
{
    struct str rest = str_of(path);
    struct str name = STR_NULL;

    while (v != NULL && str_split(&rest, '.', &name))
        v = member(v, name);
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
    return v && i < v->n ? &v->items[i] : NULL;
}

struct str
json_name(const struct json *v)
{
    return v ? v->name : STR_NULL;
}

struct str
json_str(const struct json *v)
{
    return v && v->type == JSON_STRING ? v->text : STR_NULL;
}

bool
json_i64(const struct json *v, int64_t *ret)
{
    if (v == NULL || v->type != JSON_NUMBER || !v->integer)
        return false;
    *ret = v->i64;
    return true;
}

struct str
json_number(const struct json *v)
{
    return v && v->type == JSON_NUMBER ? v->text : STR_NULL;
}

bool
json_bool(const struct json *v, bool otherwise)
{
    return v && v->type == JSON_BOOL ? v->truth : otherwise;
}
