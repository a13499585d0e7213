/* DJs on other pages: who is on air and takes tips, and a song as lists show it. Not for: the
 * DJs' own pages (routes.h). */
#pragma once

#include "dj/request.h"
#include "page/layout.h"

/* "/dj/Nova" */
struct str djpage_path(struct ctx *ctx, int64_t id, struct str name);
/* on_air: an object with name and url, or a flag that is false. */
enum err djpage_on_air(struct ctx *ctx, struct view *v) MUST_USE;
/* One song: title, artist, from, position, since, amount … */
void djpage_song(struct ctx *ctx, struct view *v, const struct request *r);
