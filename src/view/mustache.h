/* Mustache: templates parsed once into a list of chunks, rendered against a view. All core
 * modules of the specification and inheritance; no lambdas. Escapes by default. Not for: files
 * (tmpl.h). Limits: nesting 16, partials 8 deep, names 64 bytes, output as buf's ceiling. */
#pragma once

#include "view/view.h"

struct mustache; /* one parsed template */

/* Finds a partial or parent by name; NULL when there is none. */
typedef const struct mustache *(*mustache_find_fn)(void *arg, struct str name);

struct mustache_opts {
    mustache_find_fn find;
    void *arg;
    bool strict;  /* tests: a name that the view never set is E_NOTFOUND */
    bool raw_any; /* tests of the specification: {{{x}}} allowed for every text */
};

/* E_INVALID with name:line in ctx. The result lives in process. */
enum err mustache_parse(struct ctx *ctx, struct arena *process, struct str name,
                        struct str text, const struct mustache **ret) MUST_USE;
enum err mustache_render(struct ctx *ctx, const struct mustache *m, const struct view *v,
                         const struct mustache_opts *o, struct buf *out) MUST_USE;
/* Calls back for each {{{raw}}} name and each partial and parent name, for the checks at start.
 */
typedef void (*mustache_name_fn)(void *arg, char kind, struct str name);
void mustache_names(const struct mustache *m, mustache_name_fn fn, void *arg);
