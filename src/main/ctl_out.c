/* Rows of named cells, printed at the end. Not for: what they mean. */
#include "main/ctl_out.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/money.h"

enum { CELLS_MAX = 24, OUT_MAX = 256 * 1024 * 1024 };

struct cell {
    const char *name;
    struct str json; /* as it stands in JSON */
    struct str text; /* as people read it; NULL: not for people */
    bool right;
};

struct row {
    struct row *next;
    size_t n;
    struct cell cell[CELLS_MAX];
};

struct ctl_out {
    struct ctl *c;
    bool list;
    struct row *first, *last;
};

struct ctl_out *
ctl_out_new(struct ctl *c, bool list)
{
    struct ctl_out *o = ARENA_NEW(c->ctx->arena, struct ctl_out);

    *o = (struct ctl_out){.c = c, .list = list};
    if (!list)
        ctl_out_row(o);
    return o;
}

void
ctl_out_row(struct ctl_out *o)
{
    struct row *r = ARENA_NEW(o->c->ctx->arena, struct row);

    if (o->last)
        o->last->next = r;
    else
        o->first = r;
    o->last = r;
}

static void
add(struct ctl_out *o, const char *name, struct str json, struct str text, bool right)
{
    struct row *r = o->last;

    BUG_IF(!r || r->n == CELLS_MAX);
    r->cell[r->n++] = (struct cell){.name = name, .json = json, .text = text, .right = right};
}

static struct str
number_text(struct ctl_out *o, int64_t v)
{
    return str_of(arena_printf(o->c->ctx->arena, "%lld", (long long)v));
}

void
ctl_out_text(struct ctl_out *o, const char *name, struct str v)
{
    struct buf b = buf_new(o->c->ctx->arena, OUT_MAX);

    buf_add_json(&b, v);
    add(o, name, buf_str(&b), v.p ? v : STR(""), false);
}

void
ctl_out_number(struct ctl_out *o, const char *name, int64_t v)
{
    struct str t = number_text(o, v);

    add(o, name, t, t, true);
}

void
ctl_out_money(struct ctl_out *o, const char *name, int64_t minor)
{
    char text[MONEY_TEXT];
    struct money m;
    struct str t = number_text(o, minor);

    if (money_make(minor, o->c->conf.money.currency, &m) != OK)
        add(o, name, t, t, true);
    else
        add(o, name, t, str_dup(o->c->ctx->arena, str_of(money_show(m, text))), true);
}

void
ctl_out_time(struct ctl_out *o, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT];

    if (ms == 0)
        add(o, name, STR("null"), STR("-"), false);
    else
        add(o, name, number_text(o, ms), str_dup(o->c->ctx->arena, str_of(clock_rfc3339(ms, text))),
            false);
}

void
ctl_out_flag(struct ctl_out *o, const char *name, bool v)
{
    add(o, name, v ? STR("true") : STR("false"), v ? STR("yes") : STR("no"), false);
}

static void
json_row(struct buf *b, const struct row *r)
{
    buf_add_char(b, '{');
    for (size_t i = 0; i < r->n; i++) {
        if (i)
            buf_add_char(b, ',');
        buf_add_json(b, str_of(r->cell[i].name));
        buf_add_char(b, ':');
        buf_add(b, r->cell[i].json);
    }
    buf_add_char(b, '}');
}

static void
json_all(struct buf *b, const struct ctl_out *o)
{
    if (!o->list) {
        json_row(b, o->first);
        return;
    }
    buf_add_char(b, '[');
    for (const struct row *r = o->first; r; r = r->next) {
        if (r != o->first)
            buf_add_text(b, ",\n ");
        json_row(b, r);
    }
    buf_add_char(b, ']');
}

void
ctl_out_inner(struct ctl_out *o, const char *name, struct ctl_out *rows)
{
    struct buf b = buf_new(o->c->ctx->arena, OUT_MAX);

    json_all(&b, rows);
    add(o, name, buf_str(&b), STR_NULL, false);
}

static void
pad(struct buf *b, size_t n)
{
    while (n--)
        buf_add_char(b, ' ');
}

static void
add_cell(struct buf *b, struct str text, bool right, size_t width, bool last)
{
    size_t n = str_length(text), gap = n < width ? width - n : 0;

    if (right)
        pad(b, gap);
    buf_add(b, text);
    if (!right && !last)
        pad(b, gap);
    if (!last)
        pad(b, 2);
}

/* Columns as wide as their widest cell. */
static void
text_table(struct buf *b, const struct ctl_out *o)
{
    size_t width[CELLS_MAX] = {0};
    const struct row *head = o->first;

    for (size_t i = 0; i < head->n; i++)
        width[i] = strlen(head->cell[i].name);
    for (const struct row *r = head; r; r = r->next)
        for (size_t i = 0; i < r->n; i++)
            if (str_length(r->cell[i].text) > width[i])
                width[i] = str_length(r->cell[i].text);
    for (size_t i = 0; i < head->n; i++)
        add_cell(b, str_of(head->cell[i].name), head->cell[i].right, width[i], i + 1 == head->n);
    buf_add_char(b, '\n');
    for (const struct row *r = head; r; r = r->next) {
        for (size_t i = 0; i < r->n; i++)
            add_cell(b, r->cell[i].text, r->cell[i].right, width[i], i + 1 == r->n);
        buf_add_char(b, '\n');
    }
}

static void
text_thing(struct buf *b, const struct ctl_out *o)
{
    size_t width = 0;

    for (size_t i = 0; i < o->first->n; i++)
        if (strlen(o->first->cell[i].name) > width)
            width = strlen(o->first->cell[i].name);
    for (size_t i = 0; i < o->first->n; i++) {
        const struct cell *cell = &o->first->cell[i];

        if (!cell->text.p)
            continue;
        add_cell(b, str_of(cell->name), false, width, false);
        buf_add(b, cell->text);
        buf_add_char(b, '\n');
    }
}

enum err
ctl_out_print(struct ctl_out *o, const char *none)
{
    struct buf b = buf_new(o->c->ctx->arena, OUT_MAX);
    struct str all;

    if (o->c->json) {
        json_all(&b, o);
        buf_add_char(&b, '\n');
    } else if (!o->first) {
        buf_printf(&b, "%s\n", none);
    } else if (o->list) {
        text_table(&b, o);
    } else {
        text_thing(&b, o);
    }
    if (buf_err(&b) != OK)
        return ctx_fail(o->c->ctx, E_LIMIT, "the list is too long, use --limit");
    all = buf_str(&b);
    if (fwrite(all.p, 1, all.n, stdout) != all.n)
        return ctx_fail(o->c->ctx, E_FULL, "the output could not be written");
    return OK;
}
