/* Templates: any text. What is read must also be printed, within its limits. */
#include "view/mustache.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct mustache *
find(void *arg, struct str name)
{
    return name.n == 1 ? arg : NULL; /* every one-letter partial is the template itself */
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena *a;
    const struct mustache *m = NULL;
    struct ctx ctx;

    if (a == NULL)
        a = arena_new(512 << 20);
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    if (mustache_parse(&ctx, a, STR("fuzz"), (struct str){(const char *)p, n}, &m) != OK)
        return 0;
    struct buf out = buf_new(a, 65536);
    struct view *v = view_new(a), *l = view_list(v, "l");
    union {
        const struct mustache *m;
        void *arg;
    } self = {.m = m};
    struct mustache_opts o = {.find = find, .arg = self.arg};

    view_textz(v, "t", "<&>");
    view_flag(v, "f", true);
    view_textz(view_object(v, "o"), "t", "x");
    view_textz(view_add(l), "t", "1");
    view_add_text(l, STR("2"));
    if (mustache_render(&ctx, m, v, &o, &out) == OK)
        BUG_IF(out.n > 65536);
    return 0;
}
