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
/* Which jobs a process takes: those whose kind stands in ",tell,card," (inside), or all others.
 */
struct outbox_lane {
    struct str kinds;
    bool inside;
};
/* Is the same work waiting, not yet begun? What reads the present state when it runs need not
 * be added again then. */
enum err outbox_is_due(struct ctx *ctx, struct str kind, struct str payload,
                       bool *ret) MUST_USE;
/* Leases the oldest due job of that lane for lease_ms (also one whose lease ran out).
 * E_NOTFOUND: none. */
enum err outbox_claim(struct ctx *ctx, struct tx *tx, const struct outbox_lane *lane,
                      int64_t lease_ms, struct outbox_job *ret) MUST_USE;
/* How many are due now. */
enum err outbox_count(struct ctx *ctx, const struct outbox_lane *lane, int64_t *ret) MUST_USE;
/* All three: E_CONFLICT when fence is not the present one (somebody else leased it meanwhile).
 */
enum err outbox_finish(struct ctx *ctx, struct tx *tx, int64_t id, int64_t fence) MUST_USE;
/* Back-off 2^tries seconds with jitter, at most 1 h; after max_tries the job is dead and an
 * alert rises. */
enum err outbox_fail(struct ctx *ctx, struct tx *tx, int64_t id, int64_t fence,
                     struct str error, int64_t max_tries) MUST_USE;
/* Puts it off until then: no fault of the job, no try. why is kept as its last error. */
enum err outbox_defer(struct ctx *ctx, struct tx *tx, int64_t id, int64_t fence, int64_t until,
                      struct str why) MUST_USE;
/* When the oldest job of that kind was made that has been put off; 0: none has. */
enum err outbox_waiting(struct ctx *ctx, struct str kind, int64_t *ret) MUST_USE;
/* What is due or dead is tried now, as if for the first time. */
enum err outbox_retry(struct ctx *ctx, struct tx *tx, int64_t id) MUST_USE;
/* What is due is tried then, not before. E_CONFLICT: it is not waiting. */
enum err outbox_postpone(struct ctx *ctx, struct tx *tx, int64_t id, int64_t until) MUST_USE;
enum err outbox_list(struct ctx *ctx, struct str state, size_t max, struct outbox_job **ret,
                     size_t *ret_n) MUST_USE;
/* Forgets work that was done before that time, a few hundred at once. */
enum err outbox_prune(struct ctx *ctx, struct tx *tx, int64_t before) MUST_USE;
