/* Files and folders of an installation, written so that a machine that dies leaves the old or
 * the new one. Not for: what stands in them. */
#pragma once

#include <sys/types.h>

#include "base/ctx.h"

/* A whole file of at most 1 MiB; E_NOTFOUND, or E_DENIED with the reason. */
enum err put_read(struct ctx *ctx, const char *path, struct str *ret) MUST_USE;
/* Writes path by way of "path.new", fsynced; with keep the old one stays as "path.old". The
 * same bytes are left alone, the mode is set in any case. *ret: whether anything changed; may
 * be NULL. */
enum err put_file(struct ctx *ctx, const char *path, struct str text, mode_t mode, bool keep,
                  bool *ret) MUST_USE;
/* The folder and those above it; a folder that is there keeps its owner and mode. With a group
 * and owner (or (uid_t)-1) for a new one. */
enum err put_folder(struct ctx *ctx, const char *path, mode_t mode, uid_t owner,
                    gid_t group) MUST_USE;
/* A symbolic link, replaced as a whole. */
enum err put_link(struct ctx *ctx, const char *path, const char *to) MUST_USE;
