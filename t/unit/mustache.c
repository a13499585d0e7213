/* Mustache: our own cases (t/data/mustache), and all of the specification's core and
 * inheritance modules where its files are found (MUSTACHE_SPEC). */
#include "view/mustache.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "lib/tap.h"

enum { PARTIALS_MAX = 16, FILE_MAX = 512 * 1024 };

struct partials {
    struct str name[PARTIALS_MAX];
    const struct mustache *m[PARTIALS_MAX];
    size_t n;
};

static const struct mustache *
partial_find(void *arg, struct str name)
{
    const struct partials *p = arg;

    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->name[i], name))
            return p->m[i];
    return NULL;
}

static void view_fill(struct arena *a, struct view *v, const char *name, const struct json *j);

static void
list_fill(struct arena *a, struct view *list, const struct json *j)
{
    for (size_t i = 0; i < json_count(j); i++) {
        const struct json *x = json_item(j, i);
        int64_t n;

        if (json_type(x) == JSON_STRING)
            view_add_text(list, json_str(x));
        else if (json_i64(x, &n))
            view_add_text(list, str_of(arena_printf(a, "%lld", (long long)n)));
        else if (json_type(x) == JSON_ARRAY)
            list_fill(a, view_add_list(list), x);
        else if (json_type(x) == JSON_OBJECT) {
            struct view *o = view_add(list);

            for (size_t k = 0; k < json_count(x); k++)
                view_fill(a, o, str_text(a, json_name(json_item(x, k))), json_item(x, k));
        }
    }
}

static void
view_fill(struct arena *a, struct view *v, const char *name, const struct json *j)
{
    int64_t n;

    if (json_type(j) == JSON_STRING) {
        view_text(v, name, json_str(j));
    } else if (json_i64(j, &n)) {
        view_i64(v, name, n);
    } else if (json_type(j) == JSON_ARRAY) {
        list_fill(a, view_list(v, name), j);
    } else if (json_type(j) == JSON_OBJECT) {
        struct view *o = view_object(v, name);

        for (size_t k = 0; k < json_count(j); k++)
            view_fill(a, o, str_text(a, json_name(json_item(j, k))), json_item(j, k));
    } else {
        view_flag(v, name, json_bool(j, false));
    }
}

/* Views have no fractions, and our JSON gives none: "1.21" becomes text before it is read. */
static struct str
fractions_quote(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n * 2 + 1);
    size_t n = 0;
    bool inside = false;

    for (size_t i = 0; i < s.n; i++) {
        size_t end = i;

        if (s.p[i] == '"' && (i == 0 || s.p[i - 1] != '\\'))
            inside = !inside;
        while (!inside && end < s.n &&
               ((s.p[end] >= '0' && s.p[end] <= '9') || s.p[end] == '.'))
            end++;
        if (end > i && str_has(str_sub(s, i, end - i), '.')) {
            p[n++] = '"';
            memcpy(p + n, s.p + i, end - i);
            n += end - i;
            p[n++] = '"';
            i = end - 1;
            continue;
        }
        p[n++] = s.p[i];
    }
    return (struct str){p, n};
}

static bool
file_read(struct arena *a, const char *path, struct str *ret)
{
    FILE *f = fopen(path, "r");

    if (f == NULL)
        return false;
    char *p = arena_alloc(a, FILE_MAX);

    *ret = (struct str){p, fread(p, 1, FILE_MAX, f)};
    fclose(f);
    return true;
}

/* Renders; an error's name instead of the text when it fails. */
static struct str
render(struct ctx *ctx, struct str template, const struct view *v, struct partials *parts,
       const struct mustache_opts *opts)
{
    struct mustache_opts o = *opts;
    const struct mustache *m = NULL;
    struct buf b = buf_new(ctx->arena, 65536);
    enum err e = mustache_parse(ctx, ctx->arena, STR("test"), template, &m);

    o.find = partial_find;
    o.arg = parts;
    if (e == OK)
        e = mustache_render(ctx, m, v, &o, &b);
    return e == OK ? buf_str(&b) : err_info(e)->name;
}

static void
partials_parse(struct ctx *ctx, const struct json *j, struct partials *p)
{
    for (size_t i = 0; i < json_count(j) && p->n < PARTIALS_MAX; i++) {
        const struct json *x = json_item(j, i);

        p->name[p->n] = json_name(x);
        if (mustache_parse(ctx, ctx->arena, json_name(x), json_str(x), &p->m[p->n]) == OK)
            p->n++;
    }
}

static void
spec_case(struct ctx *ctx, const char *file, const struct json *t)
{
    struct partials parts = {.n = 0};
    struct view *root = view_new(ctx->arena);
    struct mustache_opts o = {.raw_any = true};
    const struct json *data = json_get(t, "data");
    const char *name =
        arena_printf(ctx->arena, "%s: %.*s", file, STR_ARG(json_str(json_get(t, "name"))));

    partials_parse(ctx, json_get(t, "partials"), &parts);
    if (data != NULL)
        view_fill(ctx->arena, root, "root", data);
    else
        view_object(root, "root");
    is_str(
        render(ctx, json_str(json_get(t, "template")), view_get(root, STR("root")), &parts, &o),
        json_str(json_get(t, "expected")), name);
}

static void
test_spec(struct ctx *ctx)
{
    static const char *const files[] = {"comments", "delimiters", "interpolation", "inverted",
                                        "partials", "sections",   "~inheritance"};
    const char *dir = getenv("MUSTACHE_SPEC");
    const char *src = getenv("SRCDIR");

    if (dir == NULL)
        dir = arena_printf(ctx->arena, "%s/../shared/mustache-spec", src == NULL ? "." : src);
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        struct arena_mark mark = arena_mark(ctx->arena);
        const struct json *j = NULL;
        struct str text;

        if (!file_read(ctx->arena, arena_printf(ctx->arena, "%s/%s.json", dir, files[i]),
                       &text)) {
            skip(files[i], "the specification's files are not here (MUSTACHE_SPEC)");
            continue;
        }
        if (!ok(json_parse(ctx, fractions_quote(ctx->arena, text), &j) == OK, "%s.json is read",
                files[i]))
            printf("# %s\n", ctx->fail_text);
        const struct json *tests = json_get(j, "tests");

        ok(json_count(tests) > 5, "%s.json has cases", files[i]);
        for (size_t k = 0; k < json_count(tests); k++)
            spec_case(ctx, files[i], json_item(tests, k));
        arena_release(ctx->arena, mark);
    }
}

/* "--- word rest" lines begin a part; a part is the text up to the next one, without the last
 * LF. */
static bool
part_next(struct str *text, struct str *ret_head, struct str *ret_body)
{
    if (!str_starts(*text, STR("--- ")))
        return false;
    size_t lf = str_find(*text, STR("\n"), 0);

    BUG_IF(lf == SIZE_MAX);
    *ret_head = str_sub(*text, 4, lf - 4);
    *text = str_sub(*text, lf + 1, SIZE_MAX);
    size_t end = str_starts(*text, STR("--- ")) ? 0 : str_find(*text, STR("\n--- "), 0);

    if (end == SIZE_MAX) {
        *ret_body = str_sub(*text, 0, text->n == 0 ? 0 : text->n - 1);
        *text = STR("");
    } else {
        *ret_body = str_sub(*text, 0, end);
        *text = str_sub(*text, end + (end != 0), SIZE_MAX);
    }
    return true;
}

/* One case file: template, data, partial NAME, strict, expect or error. Several cases a file,
 * each begins with "--- case NAME". */
static void
own_file(struct ctx *ctx, struct str text)
{
    struct str head, body, name = STR(""), template = STR("");
    struct partials parts = {.n = 0};
    struct view *v = view_new(ctx->arena);
    struct mustache_opts o = {.strict = false};

    while (part_next(&text, &head, &body)) {
        if (str_starts(head, STR("case "))) {
            name = str_sub(head, 5, SIZE_MAX);
            parts.n = 0;
            o.strict = false;
            v = view_new(ctx->arena);
        } else if (str_eq_text(head, "strict")) {
            o.strict = true;
        } else if (str_eq_text(head, "template")) {
            template = body;
        } else if (str_eq_text(head, "raw svg")) {
            view_raw(v, "svg", body);
        } else if (str_starts(head, STR("partial "))) {
            parts.name[parts.n] = str_sub(head, 8, SIZE_MAX);
            parts.n += mustache_parse(ctx, ctx->arena, parts.name[parts.n], body,
                                      &parts.m[parts.n]) == OK;
        } else if (str_eq_text(head, "data")) {
            const struct json *j = NULL;

            if (ok(json_parse(ctx, body, &j) == OK, "%.*s: data is read", STR_ARG(name)))
                for (size_t k = 0; k < json_count(j); k++)
                    view_fill(ctx->arena, v, str_text(ctx->arena, json_name(json_item(j, k))),
                              json_item(j, k));
        } else if (str_eq_text(head, "expect") || str_eq_text(head, "error")) {
            is_str(render(ctx, template, v, &parts, &o), body, str_text(ctx->arena, name));
        } else {
            ok(false, "unknown part %.*s", STR_ARG(head));
        }
    }
    is_str(text, STR(""), "the file was read to its end");
}

static void
test_own(struct ctx *ctx)
{
    const char *src = getenv("SRCDIR");
    const char *dir = arena_printf(ctx->arena, "%s/t/data/mustache", src == NULL ? "." : src);
    DIR *d = opendir(dir);
    size_t n = 0;

    if (!ok(d != NULL, "own cases are there"))
        return;
    for (const struct dirent *f = readdir(d); f != NULL; f = readdir(d)) {
        struct str text;

        if (!str_ends(str_of(f->d_name), STR(".case")))
            continue;
        if (file_read(ctx->arena, arena_printf(ctx->arena, "%s/%s", dir, f->d_name), &text)) {
            own_file(ctx, text);
            n++;
        }
    }
    closedir(d);
    ok(n >= 4, "all case files were found");
}

static void
count_name(void *arg, char kind, struct str name)
{
    struct buf *b = arg;

    buf_add_char(b, kind);
    buf_add(b, name);
}

static void
test_limits(struct ctx *ctx)
{
    struct buf b = buf_new(ctx->arena, 8192), out = buf_new(ctx->arena, 64);
    struct mustache_opts o = {.strict = false};
    const struct mustache *m = NULL;

    for (int i = 0; i < 17; i++)
        buf_add_text(&b, "{{#a}}");
    is_int(mustache_parse(ctx, ctx->arena, STR("deep"), buf_str(&b), &m), E_INVALID,
           "17 sections inside of each other are refused");
    is_int(mustache_parse(ctx, ctx->arena, STR("x"), STR("\n\n{{#a}}"), &m), E_INVALID,
           "an open section is refused");
    is_str(ctx_why(ctx), STR("x:3: section is not closed"), "the reason has name and line");
    is_int(mustache_parse(ctx, ctx->arena, STR("names"),
                          STR("{{>a}}{{<b}}{{$c}}{{/c}}{{/b}}{{{d}}}{{e}}"), &m),
           OK, "a template is read");
    buf_clear(&b);
    mustache_names(m, count_name, &b);
    is_str(buf_str(&b), STR(">a<b{d"), "names of partials, parents and raw values are told");
    is_int(mustache_parse(ctx, ctx->arena, STR("long"),
                          STR("0123456789012345678901234567890123456789"
                              "0123456789012345678901234567890123456789"),
                          &m),
           OK, "a text is read");
    is_int(mustache_render(ctx, m, view_new(ctx->arena), &o, &out), E_LIMIT,
           "a page over its ceiling is refused");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 << 20);
    struct ctx ctx;

    ctx_init(&ctx, a, world_real());
    test_own(&ctx);
    test_limits(&ctx);
    test_spec(&ctx);
    return done();
}
