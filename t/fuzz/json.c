/* Any text as JSON. What is taken must be a tree that can be walked, and integers in range. */
#include "base/json.h"

#include "base/ctx.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
walk(const struct json *v, int depth)
{
    int64_t i = 0;

    BUG_IF(depth > 32);
    BUG_IF(json_i64(v, &i) && (i < -MINOR_MAX || i > MINOR_MAX));
    BUG_IF(!str_is_utf8(json_str(v)) || str_has(json_str(v), '\0'));
    for (size_t k = 0; k < json_count(v); k++) {
        walk(json_item(v, k), depth + 1);
        BUG_IF(json_type(v) == JSON_OBJECT && !str_is_utf8(json_name(json_item(v, k))));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena *a;
    const struct json *v = NULL;
    struct ctx ctx;

    if (!a)
        a = arena_new(8 << 20);
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    if (json_parse(&ctx, (struct str){.p = (const char *)p, .n = n}, &v) == OK)
        walk(v, 0);
    else
        BUG_IF(v != NULL || ctx.fail != E_INVALID);
    return 0;
}
