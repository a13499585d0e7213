/* Pictures: SVG to PNG through rsvg-convert, in a process of its own that has nothing: no
 * environment, no files, little memory and time. Foreign pictures are cleaned by the same way.
 * Not for: what is drawn (draw/draw.h). */
#pragma once

#include "base/ctx.h"

enum { PICTURE_BYTES_MAX = 1024 * 1024, PICTURE_AVATAR = 64, PICTURE_LOGO = 480 };

/* SVG of ours to PNG, width pixels wide. E_INVALID: rsvg-convert refuses the
 * drawing; E_INTERNAL: it is not installed; E_LIMIT: it took too long. */
enum err picture_png(struct ctx *ctx, struct str svg, int64_t width, struct str *ret) MUST_USE;
/* A foreign PNG, JPEG or WebP (at most PICTURE_BYTES_MAX) as a new PNG that fits into a square
 * of size; what else stood in the file is gone. E_INVALID: it is none of these. */
enum err picture_clean(struct ctx *ctx, struct str bytes, int64_t size,
                       struct str *ret) MUST_USE;
/* A foreign SVG likewise: it cannot refer to any file. */
enum err picture_clean_svg(struct ctx *ctx, struct str svg, int64_t size,
                           struct str *ret) MUST_USE;
/* Writes path.media/<folder>/<name>.png by rename, readable for nginx. folder and name are our
 * own words: [a-z0-9-]. */
enum err picture_store(struct ctx *ctx, const char *folder, struct str name,
                       struct str png) MUST_USE;
/* Takes such a file away; no harm when there is none. */
enum err picture_forget(struct ctx *ctx, const char *folder, struct str name) MUST_USE;
