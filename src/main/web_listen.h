/* The listening socket of the web processes: given by whoever started us, or made. Not for:
 * accepting (http/fcgi.c). */
#pragma once

#include "base/ctx.h"

/* Descriptor 0 when it is a listening socket; descriptor 3 when systemd says so (LISTEN_PID,
 * LISTEN_FDS); otherwise a new socket at path, mode 0660, for which *ret_made is set.
 * Non-blocking, not inherited by programs. E_CONFLICT when somebody already listens at path. */
enum err web_listen(struct ctx *ctx, const char *path, int *ret_fd, bool *ret_made) MUST_USE;
