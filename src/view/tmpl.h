/* All templates of the installation, parsed at start. Not for: rendering rules (mustache.h). */
#pragma once

#include "view/mustache.h"

struct tmpl;

/* Reads every *.mustache below dir (names are paths without ending: "race/show"). E_INVALID
 * names the file and line; unknown partials and raw names not listed in dir/raw-names are
 * refused. */
enum err tmpl_load(struct ctx *ctx, struct arena *process, const char *dir, bool strict,
                   struct tmpl **ret) MUST_USE;
/* Renders a template by name; a name that does not exist is a bug. */
enum err tmpl_render(struct ctx *ctx, const struct tmpl *t, const char *name,
                     const struct view *v, struct buf *out) MUST_USE;
