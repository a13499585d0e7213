/* Folders of their own inside backup.dir for what is being made there, so that nothing half
 * ever has a good name and whatever a dead run left is found. Not for: the copies (copyset.h).
 */
#pragma once

#include "base/ctx.h"

/* Takes .cozykart-WHAT in backup.dir and empties it: one run of that kind at a time, E_BUSY.
 * The lock ends with workroom_leave or with the process. E_NOTFOUND, E_DENIED: backup.dir, in
 * words. */
enum err workroom_enter(struct ctx *ctx, const char *what, const char **ret_dir,
                        int *ret_lock) MUST_USE;
void workroom_leave(const char *dir, int *lock);
/* So many bytes fit beside dir, with a little to spare. E_FULL with both figures. */
enum err workroom_check(struct ctx *ctx, const char *dir, int64_t need) MUST_USE;

/* A new file for its owner alone: what root makes belongs to the folder's owner. */
enum err workroom_make(struct ctx *ctx, const char *path, int *ret) MUST_USE;
/* Closes it; durable when e was OK. Gives e, or why not. */
enum err workroom_finish(struct ctx *ctx, const char *path, int *fd, enum err e) MUST_USE;
enum err workroom_sync(struct ctx *ctx, const char *dir) MUST_USE;
