/* A racer as pages show him: name, face, link to the profile. Not for: the profile itself
 * (racerpage.c). */
#pragma once

#include "page/layout.h"

/* name, initials, hue (0 to 7), avatar_url and profile_url (false: none; a hidden profile has
 * no link). avatar: sha of our copy, or empty. */
void person_add(struct ctx *ctx, struct view *v, int64_t id, struct str name, struct str avatar,
                bool hidden);
/* The same, with name, picture and wish to be hidden read here. */
enum err person_read(struct ctx *ctx, struct view *v, int64_t id) MUST_USE;
/* "/r/Nova"; names that an address cannot carry are given by number. */
struct str person_path(struct ctx *ctx, int64_t id, struct str name);
/* The first two signs. */
struct str person_initials(struct ctx *ctx, struct str name);
