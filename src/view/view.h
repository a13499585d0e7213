/* Pages as data: a tree of texts, flags, objects and lists in the request's arena, filled by
 * handlers, read by the renderer and by JSON output, so that page and .json cannot disagree.
 * There is no number type for templates: money and time become text here. Not for: HTML. */
#pragma once

#include "base/buf.h"
#include "base/ctx.h"
#include "base/money.h"

struct view;

enum view_type { VIEW_TEXT, VIEW_FLAG, VIEW_OBJECT, VIEW_LIST };

/* An empty object. */
struct view *view_new(struct arena *a);

/* Adding a name twice replaces it. Names are [a-z0-9_]; they and all texts are kept, not
 * copied: they live as long as the request, or are literals. */
void view_text(struct view *v, const char *name, struct str s);
void view_textz(struct view *v, const char *name, const char *s);
void view_flag(struct view *v, const char *name, bool on);
/* An integer: text in templates, number in JSON. */
void view_i64(struct view *v, const char *name, int64_t n);
/* An object {text "$1,234.50", minor 123450, currency "USD", negative flag, zero flag}:
 * {{#pot}}{{text}}{{/pot}} or {{pot.text}}. */
void view_money(struct view *v, const char *name, struct money m);
/* An object {iso, human, time, date, ms}. ms < 0: flag false instead. */
void view_time(struct view *v, const char *name, int64_t ms);
/* Already safe markup made by our own code (an SVG chart); only printed by {{{name}}} where the
 * name stands in templates/raw-names; left out of JSON. */
void view_raw(struct view *v, const char *name, struct str markup);
/* Addresses: path is our own and begins with '/'; BUG_IF not. */
void view_url(struct view *v, const char *name, struct str path);
struct view *view_object(struct view *v, const char *name);
/* Empty list; view_add appends an object to it. */
struct view *view_list(struct view *v, const char *name);
struct view *view_add(struct view *list);
void view_add_text(struct view *list, struct str s); /* list of texts: {{.}} */
struct view *view_add_list(struct view *list);       /* list of lists */

/* For the renderer and tests. NULL when absent. */
const struct view *view_get(const struct view *v, struct str name);
enum view_type view_type(const struct view *v);
struct str view_str(const struct view *v);
bool view_truthy(const struct view *v); /* Mustache's sense: empty list and "" are false */
size_t view_count(const struct view *list);
const struct view *view_item(const struct view *list, size_t i);
/* The item after this one, or NULL: walking a list without counting. */
const struct view *view_next(const struct view *item);
bool view_is_raw(const struct view *v);

/* The tree as JSON; raw markup is left out; names in order of adding. */
void view_json(struct buf *b, const struct view *v);
