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
    int64_t id;
    struct str kind, key, severity, who, text;
    int64_t raised_at, seen_at, times;
    int64_t resolved_at;          /* 0: open */
    int64_t mailed_at, posted_at; /* told by mail, in the ops channel; 0: not */
    struct str note, noted_by;    /* who looks after it; empty: nobody said so */
    int64_t noted_at;
};
/* The same for all of a kind that were raised before that time. */
enum err alert_expire(struct ctx *ctx, struct tx *tx, struct str kind, int64_t before) MUST_USE;
/* Open ones, newest first. */
enum err alert_list(struct ctx *ctx, size_t max, struct alert **ret, size_t *ret_n) MUST_USE;
/* Resolved at or after since, the newest first. */
enum err alert_past(struct ctx *ctx, int64_t since, size_t max, struct alert **ret,
                    size_t *ret_n) MUST_USE;
enum err alert_get(struct ctx *ctx, int64_t id, struct alert *ret) MUST_USE;

/* It tells of something that happened: nothing that a program sees will end it, staff does. */
bool alert_is_event(struct str kind);
/* "I look after it", or with done "nothing is left to do": 1 to 500 signs. E_CONFLICT: it has
 * resolved itself, or it will (done, and no event). */
enum err alert_note(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id,
                    struct str note, bool done) MUST_USE;
/* Those that should go into a mail: warnings and errors that no mail told, oldest first. */
enum err alert_unmailed(struct ctx *ctx, size_t max, struct alert **ret,
                        size_t *ret_n) MUST_USE;
/* A mail told of it; twice is no harm. */
enum err alert_mailed(struct ctx *ctx, struct tx *tx, int64_t id) MUST_USE;
