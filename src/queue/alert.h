/* Things a person must look at: one open row per kind and key, raised again it only counts. A
 * new one is told ("alert.raised", queue/tell.h). Not for: sending it anywhere. */
#pragma once

#include "base/ctx.h"

struct tx;

/* who: "us", "user", "provider"; severity: "info", "warning", "error". */
enum err alert_raise(struct ctx *ctx, struct tx *tx, struct str kind, struct str key,
                     const char *severity, const char *who, struct str text) MUST_USE;
/* The cause is gone; nothing happens when none is open. */
enum err alert_resolve(struct ctx *ctx, struct tx *tx, struct str kind,
                       struct str key) MUST_USE;

struct alert {
    struct str kind, key, severity, who, text;
    int64_t raised_at, seen_at, times;
};
enum err alert_list(struct ctx *ctx, size_t max, struct alert **ret, size_t *ret_n) MUST_USE;
