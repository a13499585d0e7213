/* Printing a parsed template against a view. Not for: parsing (mustache_parse.c).
 *
 * Two ways to print text: as it is, and, inside of an indented partial or block, line by line
 * with the indentation in front. Blocks: an argument given by an outer template wins over one
 * given by an inner template, and that over the default; what an argument's own content may be
 * overridden by is only what stands further out, so nothing can call itself. */
#include "view/mustache.h"

#include <string.h>

#include "view/mustache_parse.h"

enum {
    STACK_MAX = MUSTACHE_NEST_MAX * (MUSTACHE_DEPTH_MAX + 1) + 1,
    INDENT_MAX = 256,
    STEPS_MAX =
        1 << 20 /* chunks printed: partials that call themselves twice grow without bound */
};

/* The arguments of one {{<parent}} tag: the chunks inside of it. */
struct frame {
    const struct mustache *m;
    size_t from, to;
    const struct frame *outer;
};

struct render {
    struct ctx *ctx;
    const struct mustache_opts *o;
    struct buf *out;
    const struct view *stack[STACK_MAX];
    size_t n;
    const struct frame *frames;
    struct str indent; /* in front of each line; usually empty */
    bool line_start;   /* the next text begins a line of the template */
    int depth;
    int steps;
};

static enum err render_range(struct render *r, const struct mustache *m, size_t from,
                             size_t to);

static enum err
render_fail(struct render *r, const struct mustache *m, const struct mustache_chunk *c,
            enum err e, const char *why)
{
    return ctx_fail(r->ctx, e, "%.*s:%d: %.*s: %s", STR_ARG(m->name), c->line, STR_ARG(c->s),
                    why);
}

/* The view a name means here; NULL when nobody set it. A name below a flag or text (an optional
 * object that is absent) gives that flag, so that it counts as set. */
static const struct view *
name_find(const struct render *r, const struct mustache_chunk *c)
{
    const struct view *v = NULL;

    if (str_eq_text(c->s, "."))
        return r->stack[r->n - 1];
    for (size_t i = r->n; i > 0 && v == NULL; i--)
        v = view_get(r->stack[i - 1], str_sub(c->s, 0, c->head));
    for (size_t at = c->head + 1; v != NULL && at < c->s.n;) {
        size_t dot = str_find(c->s, STR("."), at);
        size_t end = dot == SIZE_MAX ? c->s.n : dot;

        if (view_type(v) == VIEW_FLAG && !view_truthy(v))
            return v;
        v = view_get(v, str_sub(c->s, at, end - at));
        at = end + 1;
    }
    return v;
}

static void
print_indent(struct render *r)
{
    if (r->line_start && r->indent.n != 0)
        buf_add(r->out, r->indent);
    r->line_start = false;
}

static void
print_text(struct render *r, struct str s)
{
    if (r->indent.n == 0) {
        buf_add(r->out, s);
        r->line_start = s.p[s.n - 1] == '\n';
        return;
    }
    while (s.n != 0) {
        const char *lf = memchr(s.p, '\n', s.n);
        size_t n = lf == NULL ? s.n : (size_t)(lf - s.p) + 1;

        if (*s.p != '\n' && *s.p != '\r')
            print_indent(r); /* empty lines stay empty */
        buf_add(r->out, str_sub(s, 0, n));
        r->line_start = lf != NULL;
        s = str_sub(s, n, SIZE_MAX);
    }
}

static enum err
render_var(struct render *r, const struct mustache *m, const struct mustache_chunk *c)
{
    const struct view *v = name_find(r, c);

    print_indent(r);
    if (v == NULL)
        return r->o->strict ? render_fail(r, m, c, E_NOTFOUND, "no such value") : OK;
    if (view_type(v) == VIEW_OBJECT || view_type(v) == VIEW_LIST)
        return r->o->strict ? render_fail(r, m, c, E_INVALID, "is not a text") : OK;
    struct str s = view_str(v);

    if (c->kind == MUSTACHE_VAR) {
        buf_add_html(r->out, s);
        return OK;
    }
    if (r->o->raw_any || view_is_raw(v)) {
        buf_add(r->out, s);
        return OK;
    }
    if (r->o->strict && view_type(v) == VIEW_TEXT)
        return render_fail(r, m, c, E_DENIED, "is no markup of ours");
    buf_add_html(r->out, s);
    return OK;
}

/* The content once, with v on top of the stack. */
static enum err
render_with(struct render *r, const struct mustache *m, size_t from, size_t to,
            const struct view *v)
{
    if (r->n == STACK_MAX)
        return ctx_fail(r->ctx, E_LIMIT, "%.*s: nested too deep", STR_ARG(m->name));
    r->stack[r->n++] = v;
    enum err e = render_range(r, m, from, to);

    r->n--;
    return e;
}

static enum err
render_section(struct render *r, const struct mustache *m, size_t i)
{
    const struct mustache_chunk *c = &m->c[i];
    const struct view *v = name_find(r, c);

    if (v == NULL && r->o->strict)
        return render_fail(r, m, c, E_NOTFOUND, "no such value");
    bool on = v != NULL && view_truthy(v);

    if (c->kind == MUSTACHE_INVERT)
        return on ? OK : render_range(r, m, i + 1, c->end);
    if (!on)
        return OK;
    if (view_type(v) == VIEW_FLAG)
        return render_range(r, m, i + 1, c->end);
    if (view_type(v) != VIEW_LIST)
        return render_with(r, m, i + 1, c->end, v);
    enum err e = OK;

    for (const struct view *item = view_item(v, 0); item != NULL && e == OK;
         item = view_next(item))
        e = render_with(r, m, i + 1, c->end, item);
    return e;
}

/* What comes back after a piece with other indentation, arguments or template. */
struct kept {
    struct str indent;
    const struct frame *frames;
};

static enum err
render_enter(struct render *r, const struct mustache *m, const struct mustache_chunk *c,
             struct kept *ret)
{
    *ret = (struct kept){r->indent, r->frames};
    if (++r->depth > 2 * MUSTACHE_DEPTH_MAX)
        return render_fail(r, m, c, E_LIMIT, "partials deeper than 8");
    if (!c->alone)
        return OK;
    if (c->indent.n != 0 && r->indent.n == 0) {
        r->indent = c->indent;
    } else if (c->indent.n != 0) {
        if (r->indent.n + c->indent.n > INDENT_MAX)
            return render_fail(r, m, c, E_LIMIT, "indented too far");
        r->indent = str_of(
            arena_printf(r->ctx->arena, "%.*s%.*s", STR_ARG(r->indent), STR_ARG(c->indent)));
    }
    r->line_start = true;
    return OK;
}

static void
render_leave(struct render *r, const struct kept *k)
{
    r->depth--;
    r->indent = k->indent;
    r->frames = k->frames;
}

/* A partial, or a parent whose content are arguments. */
static enum err
render_partial(struct render *r, const struct mustache *m, size_t i)
{
    const struct mustache_chunk *c = &m->c[i];
    const struct mustache *other = r->o->find == NULL ? NULL : r->o->find(r->o->arg, c->s);
    struct frame f = {.m = m, .from = i + 1, .to = c->end, .outer = r->frames};
    struct kept kept;

    if (other == NULL)
        return r->o->strict ? render_fail(r, m, c, E_NOTFOUND, "no such template") : OK;
    if (!c->alone) {
        print_indent(r);
    }
    enum err e = render_enter(r, m, c, &kept);

    if (e == OK && !c->alone)
        r->indent = STR_NULL;
    if (c->kind == MUSTACHE_PARENT)
        r->frames = &f; /* cppcheck-suppress autoVariables ; render_leave takes it out again */
    if (e == OK)
        e = render_range(r, other, 0, other->n);
    render_leave(r, &kept);
    if (c->alone)
        r->line_start = true;
    return e;
}

/* The argument for a block: the one given furthest out. */
static const struct frame *
block_find(const struct render *r, struct str name, size_t *ret_at)
{
    const struct frame *found = NULL;

    for (const struct frame *f = r->frames; f != NULL; f = f->outer)
        for (size_t i = f->from; i < f->to; i = f->m->c[i].end)
            if (f->m->c[i].kind == MUSTACHE_BLOCK && str_eq(f->m->c[i].s, name)) {
                found = f;
                *ret_at = i;
                break;
            }
    return found;
}

static enum err
render_block(struct render *r, const struct mustache *m, size_t i)
{
    const struct mustache_chunk *c = &m->c[i];
    size_t at = i;
    const struct frame *f = block_find(r, c->s, &at);
    const struct mustache *from = f == NULL ? m : f->m;
    struct kept kept;
    enum err e = render_enter(r, m, c, &kept);

    if (f != NULL)
        r->frames = f->outer;
    if (e == OK)
        e = render_range(r, from, at + 1, from->c[at].end);
    render_leave(r, &kept);
    return e;
}

static enum err
render_range(struct render *r, const struct mustache *m, size_t from, size_t to)
{
    for (size_t i = from; i < to; i = m->c[i].end) {
        const struct mustache_chunk *c = &m->c[i];
        enum err e = OK;

        switch (c->kind) {
        case MUSTACHE_TEXT:
            print_text(r, c->s);
            break;
        case MUSTACHE_VAR:
        case MUSTACHE_RAW:
            e = render_var(r, m, c);
            break;
        case MUSTACHE_SECTION:
        case MUSTACHE_INVERT:
            e = render_section(r, m, i);
            break;
        case MUSTACHE_PARTIAL:
        case MUSTACHE_PARENT:
            e = render_partial(r, m, i);
            break;
        case MUSTACHE_BLOCK:
        default:
            e = render_block(r, m, i);
        }
        if (e != OK)
            return e;
        if (r->out->failed || ++r->steps > STEPS_MAX)
            return ctx_fail(r->ctx, E_LIMIT, "%.*s: page too long", STR_ARG(m->name));
    }
    return OK;
}

enum err
mustache_render(struct ctx *ctx, const struct mustache *m, const struct view *v,
                const struct mustache_opts *o, struct buf *out)
{
    struct render r = {.ctx = ctx, .o = o, .out = out, .n = 1, .line_start = true};

    r.stack[0] = v;
    return render_range(&r, m, 0, m->n);
}

void
mustache_names(const struct mustache *m, mustache_name_fn fn, void *arg)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct mustache_chunk *c = &m->c[i];

        if (c->kind == MUSTACHE_RAW)
            fn(arg, '{', c->s);
        else if (c->kind == MUSTACHE_PARTIAL)
            fn(arg, '>', c->s);
        else if (c->kind == MUSTACHE_PARENT)
            fn(arg, '<', c->s);
    }
}
