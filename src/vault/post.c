/* Jobs, alerts, live messages, time. Not for: deciding anything. */
#include "vault/post.h"

#include "bot/bot.h"
#include "dj/tip.h"
#include "league/onair.h"
#include "league/result.h"
#include "ledger/journal.h"
#include "payout/payout.h"
#include "queue/alert.h"
#include "queue/live.h"
#include "queue/outbox.h"
#include "race/lobby.h"
#include "race/offer.h"
#include "race/report.h"
#include "shop/checkout.h"
#include "upkeep/outage.h"
#include "user/audit_log.h"
#include "vault/gauge.h"
#include "vault/watch.h"

enum {
    LEASE_MS_MAX = 60 * 60 * 1000,
    DEFER_MS_MAX = 24 * 60 * 60 * 1000,
    TRIES_MAX = 100,
    TEXT_BYTES = 1000,
    WORD_BYTES = 100,
    STEPS_MAX = 100
};

enum err
post_claim(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    struct outbox_lane lane = {.kinds = msg_opt(in, "kinds"),
                               .inside = msg_opt_i64(in, "inside", 0) != 0};
    struct outbox_job job;
    int64_t lease;
    enum err e;

    (void)who;
    if (!lane.kinds.p)
        lane.kinds = STR("");
    if ((e = msg_i64(ctx, in, "lease_ms", 1, LEASE_MS_MAX, &lease)) ||
        (e = outbox_claim(ctx, tx, &lane, lease, &job)))
        return e;
    msg_add_i64(out, "id", job.id);
    msg_add_str(out, "kind", job.kind);
    msg_add_str(out, "key", job.key);
    msg_add_str(out, "payload", job.payload);
    msg_add_i64(out, "fence", job.fence);
    msg_add_i64(out, "tries", job.tries);
    msg_add_i64(out, "made", job.created_at);
    return OK;
}

static enum err
read_lease(struct ctx *ctx, const struct msg *in, int64_t *ret_id, int64_t *ret_fence)
{
    enum err e = msg_i64(ctx, in, "id", 1, INT64_MAX, ret_id);

    return e ? e : msg_i64(ctx, in, "fence", 1, INT64_MAX, ret_fence);
}

enum err
post_finish(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    int64_t id, fence;
    enum err e;

    (void)who;
    (void)out;
    if ((e = read_lease(ctx, in, &id, &fence)))
        return e;
    return outbox_finish(ctx, tx, id, fence);
}

enum err
post_fail(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
          struct msg *out)
{
    int64_t id, fence, tries;
    struct str error;
    enum err e;

    (void)who;
    (void)out;
    if ((e = read_lease(ctx, in, &id, &fence)) ||
        (e = msg_text(ctx, in, "error", 0, TEXT_BYTES, &error)) ||
        (e = msg_i64(ctx, in, "max_tries", 1, TRIES_MAX, &tries)))
        return e;
    return outbox_fail(ctx, tx, id, fence, error, tries);
}

enum err
post_defer(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    int64_t id, fence, until;
    struct str why;
    enum err e;

    (void)who;
    (void)out;
    if ((e = read_lease(ctx, in, &id, &fence)) ||
        (e = msg_i64(ctx, in, "until", 1, ctx_now(ctx) + DEFER_MS_MAX, &until)) ||
        (e = msg_text(ctx, in, "error", 0, TEXT_BYTES, &why)))
        return e;
    return outbox_defer(ctx, tx, id, fence, until, why);
}

enum err
post_retry(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    int64_t id;
    enum err e;

    (void)out;
    if ((e = msg_i64(ctx, in, "id", 1, INT64_MAX, &id)) || (e = outbox_retry(ctx, tx, id)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "job", id, STR(""));
}

enum err
post_tick(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
          struct msg *out)
{
    size_t steps = 0, reports = 0, results = 0, gone = 0, left = 0, tips = 0;
    enum err e;

    (void)in;
    if (who->from == FROM_JOBS && (e = outage_sign(ctx, tx, STR("jobs"))))
        return e;
    /* What became final has its points in the same transaction. */
    if ((e = lobby_tick(ctx, tx, STEPS_MAX, &steps)) ||
        (e = report_tick(ctx, tx, STEPS_MAX, &reports)) ||
        (e = result_tick(ctx, tx, STEPS_MAX, &results)) ||
        (e = offer_tick(ctx, tx, STEPS_MAX, &gone)) || (e = onair_tick(ctx, tx)) ||
        (e = payout_tick(ctx, tx)) || (e = checkout_tick(ctx, tx, STEPS_MAX, &left)) ||
        (e = tip_tick(ctx, tx, STEPS_MAX, &tips)) || (e = bot_prune(ctx, tx)) ||
        (e = watch_tick(ctx, tx)))
        return e;
    msg_add_i64(out, "steps", (int64_t)(steps + reports + results + gone + left + tips));
    return OK;
}

enum err
post_prune(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    int64_t upto;
    enum err e;

    (void)who;
    (void)out;
    if ((e = msg_i64(ctx, in, "upto", 0, INT64_MAX, &upto)))
        return e;
    return live_prune(ctx, tx, upto);
}

/* The word of a closed list, as the text of the table it goes to. */
static const char *
word_of(struct str s, const char *const *known, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_text(s, known[i]))
            return known[i];
    return NULL;
}

enum err
post_raise(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    static const char *const severities[] = {"info", "warning", "error"};
    static const char *const causes[] = {"us", "user", "provider"};
    const char *severity = word_of(msg_opt(in, "severity"), severities, ARRAY_SIZE(severities));
    const char *cause = word_of(msg_opt(in, "who"), causes, ARRAY_SIZE(causes));
    struct str kind, key, text;
    enum err e;

    (void)who;
    (void)out;
    if (!severity || !cause)
        return ctx_fail(ctx, E_INVALID, "an alert needs severity and who");
    if ((e = msg_text(ctx, in, "kind", 1, WORD_BYTES, &kind)) ||
        (e = msg_text(ctx, in, "key", 1, WORD_BYTES, &key)) ||
        (e = msg_text(ctx, in, "text", 1, TEXT_BYTES, &text)))
        return e;
    return alert_raise(ctx, tx, kind, key, severity, cause, text);
}

enum err
post_resolve(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct str kind, key;
    enum err e;

    (void)who;
    (void)out;
    if ((e = msg_text(ctx, in, "kind", 1, WORD_BYTES, &kind)) ||
        (e = msg_text(ctx, in, "key", 1, WORD_BYTES, &key)))
        return e;
    return alert_resolve(ctx, tx, kind, key);
}

enum err
post_mailed(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    int64_t id;
    enum err e = msg_i64(ctx, in, "id", 1, INT64_MAX, &id);

    (void)who;
    (void)out;
    return e ? e : alert_mailed(ctx, tx, id);
}

enum err
post_ping(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
          struct msg *out)
{
    int64_t next;
    enum err e;

    (void)tx;
    (void)who;
    (void)in;
    if ((e = journal_next(ctx, &next)))
        return e;
    msg_add_i64(out, "seq", next - 1);
    msg_add_i64(out, "now", ctx_now(ctx));
    gauge_tell(ctx, out);
    return OK;
}
