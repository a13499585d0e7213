/* Work that leaves the house, written with the change that causes it; leases with fencing,
 * back-off, retry limits. Not for: doing it (job/). */
#pragma once

#include "base/ctx.h"

struct tx;

struct outbox_job {
    int64_t id;
    struct str kind, key, payload, state, last_error;
    int64_t due_at, tries, fence, created_at;
};

/* Once per kind and key: a second add changes nothing. */
enum err outbox_add(struct ctx *ctx, struct tx *tx, struct str kind, struct str key,
                    struct str payload, int64_t due_at) MUST_USE;
/* Leases the oldest due job for lease_ms (also one whose lease ran out). E_NOTFOUND: none. */
enum err outbox_claim(struct ctx *ctx, struct tx *tx, int64_t lease_ms,
                      struct outbox_job *ret) MUST_USE;
/* Both: E_CONFLICT when fence is not the present one (somebody else leased it meanwhile). */
enum err outbox_finish(struct ctx *ctx, struct tx *tx, int64_t id, int64_t fence) MUST_USE;
/* Back-off 2^tries seconds with jitter, at most 1 h; after max_tries the job is dead and an
 * alert rises. */
enum err outbox_fail(struct ctx *ctx, struct tx *tx, int64_t id, int64_t fence,
                     struct str error, int64_t max_tries) MUST_USE;
enum err outbox_retry(struct ctx *ctx, struct tx *tx, int64_t id) MUST_USE;
enum err outbox_list(struct ctx *ctx, struct str state, size_t max, struct outbox_job **ret,
                     size_t *ret_n) MUST_USE;
