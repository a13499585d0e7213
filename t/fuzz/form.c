/* Forms: any body. A field that counts as good must keep its own bounds. */
#include "http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* By hand: clang-format 14 aligns named members of different rows badly. */
/* clang-format off */
static const struct form_field fields[] = {
    {.name = "i", .kind = FORM_I64, .lo = 1, .hi = 8}, {.name = "m", .kind = FORM_MONEY},
    {.name = "t", .kind = FORM_TIME}, {.name = "l", .kind = FORM_LINE, .hi = 20},
    {.name = "a", .kind = FORM_AREA}, {.name = "k", .kind = FORM_TOKEN},
};
/* clang-format on */

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena *a;
    struct req r = {
        .body = {(const char *)p, n},
          .query = {(const char *)p, n}
    };
    struct ctx ctx;
    struct form f;

    if (a == NULL)
        a = arena_new(64 << 20);
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    if (form_body(&ctx, &r, fields, ARRAY_SIZE(fields), &f) == OK) {
        BUG_IF(form_has(&f, "i") && (form_i64(&f, "i", 0) < 1 || form_i64(&f, "i", 0) > 8));
        BUG_IF(form_text(&f, "l").n > 20 || !str_is_text(form_text(&f, "l"), ""));
        BUG_IF(str_has(form_text(&f, "a"), '\r'));
        /* What a POST takes a query takes too. */
        BUG_IF(form_query(&ctx, &r, fields, ARRAY_SIZE(fields), &f) != OK);
    }
    return 0;
}
