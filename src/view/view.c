/* The tree of a page: made by handlers, walked by the renderer and the JSON writer. Not for:
 * HTML. Members form a linked list in order of adding; pages have few names an object, so
 * looking along the list beats any table. */
#include "view/view.h"

#include <string.h>

#include "base/clock.h"

struct view {
    struct arena *a;
    enum view_type type;
    bool on;         /* VIEW_FLAG */
    bool raw;        /* VIEW_TEXT: markup of our own */
    bool number;     /* VIEW_TEXT: a number in JSON */
    struct str name; /* as member of an object */
    struct str text;
    struct view *first, *last; /* members or items */
    struct view *next;
    size_t count;
};

static struct view *
view_make(struct arena *a, enum view_type type)
{
    struct view *v = ARENA_NEW(a, struct view);

    v->a = a;
    v->type = type;
    return v;
}

struct view *
view_new(struct arena *a)
{
    return view_make(a, VIEW_OBJECT);
}

static struct view *
view_member(const struct view *v, struct str name)
{
    for (struct view *m = v->first; m != NULL; m = m->next)
        if (m->name.n == name.n && memcmp(m->name.p, name.p, name.n) == 0)
            return m;
    return NULL;
}

static void
view_append(struct view *v, struct view *m)
{
    if (v->last == NULL)
        v->first = m;
    else
        v->last->next = m;
    v->last = m;
    v->count++;
}

/* The member of that name, emptied, or a new one. */
static struct view *
view_set(struct view *v, const char *name, enum view_type type)
{
    BUG_IF(v->type != VIEW_OBJECT);
    struct str key = str_of(name);
    struct view *m = view_member(v, key);

    if (m == NULL) {
        m = view_make(v->a, type);
        m->name = key;
        view_append(v, m);
        return m;
    }
    struct view *next = m->next;

    *m = (struct view){.a = v->a, .type = type, .name = key, .next = next};
    return m;
}

void
view_text(struct view *v, const char *name, struct str s)
{
    view_set(v, name, VIEW_TEXT)->text = s;
}

void
view_textz(struct view *v, const char *name, const char *s)
{
    view_text(v, name, str_of(s));
}

void
view_flag(struct view *v, const char *name, bool on)
{
    view_set(v, name, VIEW_FLAG)->on = on;
}

static struct str
view_copy(struct view *v, const char *text)
{
    return str_dup(v->a, str_of(text));
}

void
view_i64(struct view *v, const char *name, int64_t n)
{
    struct view *m = view_set(v, name, VIEW_TEXT);

    m->text = str_of(arena_printf(v->a, "%lld", (long long)n));
    m->number = true;
}

void
view_money(struct view *v, const char *name, struct money m)
{
    char text[MONEY_TEXT];
    struct view *o = view_object(v, name);

    view_text(o, "text", view_copy(o, money_show(m, text)));
    view_i64(o, "minor", m.minor);
    view_text(o, "currency", view_copy(o, m.ccy));
    view_flag(o, "negative", m.minor < 0);
    view_flag(o, "zero", m.minor == 0);
}

void
view_time(struct view *v, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT];

    if (ms < 0) {
        view_flag(v, name, false);
        return;
    }
    struct view *o = view_object(v, name);

    view_text(o, "iso", view_copy(o, clock_rfc3339(ms, text)));
    view_text(o, "human", view_copy(o, clock_human(ms, text)));
    view_text(o, "time", view_copy(o, clock_time(ms, text)));
    view_text(o, "date", view_copy(o, clock_date(ms, text)));
    view_i64(o, "ms", ms);
}

void
view_raw(struct view *v, const char *name, struct str markup)
{
    struct view *m = view_set(v, name, VIEW_TEXT);

    m->text = markup;
    m->raw = true;
}

void
view_url(struct view *v, const char *name, struct str path)
{
    /* "//host" and "/\host" would leave the site. */
    BUG_IF(path.n == 0 || path.p[0] != '/');
    BUG_IF(path.n > 1 && (path.p[1] == '/' || path.p[1] == '\\'));
    view_text(v, name, path);
}

struct view *
view_object(struct view *v, const char *name)
{
    return view_set(v, name, VIEW_OBJECT);
}

struct view *
view_list(struct view *v, const char *name)
{
    return view_set(v, name, VIEW_LIST);
}

static struct view *
view_push(struct view *list, enum view_type type)
{
    BUG_IF(list->type != VIEW_LIST);
    struct view *m = view_make(list->a, type);

    view_append(list, m);
    return m;
}

struct view *
view_add(struct view *list)
{
    return view_push(list, VIEW_OBJECT);
}

struct view *
view_add_list(struct view *list)
{
    return view_push(list, VIEW_LIST);
}

void
view_add_text(struct view *list, struct str s)
{
    view_push(list, VIEW_TEXT)->text = s;
}

const struct view *
view_get(const struct view *v, struct str name)
{
    return v->type == VIEW_OBJECT ? view_member(v, name) : NULL;
}

enum view_type
view_type(const struct view *v)
{
    return v->type;
}

struct str
view_str(const struct view *v)
{
    return v->type == VIEW_TEXT ? v->text : STR_NULL;
}

bool
view_truthy(const struct view *v)
{
    switch (v->type) {
    case VIEW_TEXT:
        return v->text.n != 0;
    case VIEW_FLAG:
        return v->on;
    case VIEW_LIST:
        return v->count != 0;
    case VIEW_OBJECT:
    default:
        return true;
    }
}

size_t
view_count(const struct view *list)
{
    return list->type == VIEW_LIST ? list->count : 0;
}

const struct view *
view_item(const struct view *list, size_t i)
{
    const struct view *m = list->type == VIEW_LIST ? list->first : NULL;

    while (m != NULL && i-- > 0)
        m = m->next;
    return m;
}

const struct view *
view_next(const struct view *item)
{
    return item->next;
}

bool
view_is_raw(const struct view *v)
{
    return v->raw;
}

static void view_json_value(struct buf *b, const struct view *v);

static void
view_json_members(struct buf *b, const struct view *v)
{
    bool object = v->type == VIEW_OBJECT, any = false;

    buf_add_char(b, object ? '{' : '[');
    for (const struct view *m = v->first; m != NULL; m = m->next) {
        if (m->raw)
            continue;
        if (any)
            buf_add_char(b, ',');
        any = true;
        if (object) {
            buf_add_json(b, m->name);
            buf_add_char(b, ':');
        }
        view_json_value(b, m);
    }
    buf_add_char(b, object ? '}' : ']');
}

static void
view_json_value(struct buf *b, const struct view *v)
{
    switch (v->type) {
    case VIEW_TEXT:
        if (v->number)
            buf_add(b, v->text);
        else
            buf_add_json(b, v->text);
        break;
    case VIEW_FLAG:
        buf_add_text(b, v->on ? "true" : "false");
        break;
    case VIEW_OBJECT:
    case VIEW_LIST:
    default:
        view_json_members(b, v);
    }
}

void
view_json(struct buf *b, const struct view *v)
{
    view_json_value(b, v);
}
