/* What a provider says of a payout, in whatever order it comes. Only an answer to the present
 * turn can say that something did not happen; only one that names the payment can say that it
 * ended otherwise than we knew. Not for: what is asked next (payout_begin.c). */
#include "db/stmt.h"
#include "db/tx.h"
#include "payout/method.h"
#include "payout/payout_move.h"
#include "queue/alert.h"

enum { WAIT_MIN_MS = 10 * 1000, WAIT_MAX_MS = 60 * 60 * 1000, FEE_MAX = 1000000 };
/* Whoever tops up a balance sees it go on soon. */
enum { LACK_MAX_MS = 10 * 60 * 1000 };
/* Until somebody is told that a payout waits. */
enum { PATIENCE_MS = 5 * 60 * 1000 };

/* The answer beside the payout it is about. */
struct told {
    struct payout_move v;
    const struct pay_answer *a;
    struct str actor;
    bool now;   /* of the present turn */
    bool same;  /* names the payment we know */
    bool other; /* names another one */
    bool taken;
};

static bool
in(const struct told *t, const char *state)
{
    return str_eq_text(t->v.p.state, state);
}

static enum err
contradicts(struct ctx *ctx, struct tx *tx, const struct told *t, const char *what)
{
    return alert_raise(
        ctx, tx, STR("payout_contradiction"), payout_move_ref(ctx, t->v.p.id), "error", "us",
        str_of(arena_printf(ctx->arena,
                            "payout %lld is %.*s, and %.*s says it %s%s%.*s: compare with the "
                            "provider's own list",
                            (long long)t->v.p.id, STR_ARG(t->v.p.state), STR_ARG(t->v.p.method),
                            what, t->a->ref.n ? " as " : "", STR_ARG(t->a->ref))));
}

/* Nothing is new but that somebody asked. */
static enum err
later(struct ctx *ctx, struct tx *tx, struct told *t, int64_t *ret_again)
{
    /* A provider may keep an error of its own under our key for a day. */
    int64_t times = t->v.looks > t->v.tries - 1 ? t->v.looks : t->v.tries - 1;
    int64_t wait = times > 8 ? WAIT_MAX_MS : (int64_t)WAIT_MIN_MS << times;
    enum err e;

    t->v.looks++;
    if (t->now)
        t->v.act = STR("");
    if (wait > WAIT_MAX_MS)
        wait = WAIT_MAX_MS;
    if (t->v.lacks_at)
        wait = wait < PAYOUT_LACK_MS ? PAYOUT_LACK_MS : wait > LACK_MAX_MS ? LACK_MAX_MS : wait;
    if (t->a->wait_ms > wait)
        wait = t->a->wait_ms > 24 * WAIT_MAX_MS ? 24 * WAIT_MAX_MS : t->a->wait_ms;
    *ret_again = ctx_now(ctx) + wait;
    if ((e = payout_move_save(ctx, tx, &t->v)) ||
        (e = payout_move_job(ctx, tx, &t->v, *ret_again)))
        return e;
    return in(t, "UNKNOWN") ? payout_tick(ctx, tx) : OK;
}

static enum err
resolve(struct ctx *ctx, struct tx *tx, const struct told *t)
{
    struct str ref = payout_move_ref(ctx, t->v.p.id);
    enum err e = alert_resolve(ctx, tx, STR("payout_waits"), ref);

    return e ? e : alert_resolve(ctx, tx, STR("payout_unknown"), ref);
}

/* Nothing happened, again: an empty balance or a wrong key is for somebody here. */
static enum err
waits(struct ctx *ctx, struct tx *tx, const struct told *t)
{
    if (!t->a->why.n || ctx_now(ctx) - t->v.p.first_at < PATIENCE_MS)
        return OK;
    return alert_raise(
        ctx, tx, STR("payout_waits"), payout_move_ref(ctx, t->v.p.id), "error", "user",
        str_of(arena_printf(ctx->arena,
                            "payout %lld by %.*s waits: %.*s. Put that right; it goes on by "
                            "itself",
                            (long long)t->v.p.id, STR_ARG(method_name(t->v.p.method)),
                            STR_ARG(t->a->why))));
}

/* Nobody's fault but ours: it stays put aside, and goes on when there is enough. A refusal that
 * they keep under its key is followed by a look, and then by another key. */
static enum err
lacks(struct ctx *ctx, struct tx *tx, struct told *t)
{
    bool sent = str_eq_text(t->v.act, "send");

    t->v.may_send = t->a->spent ? 0 : sent ? 1 : t->v.may_send;
    t->v.spent += t->a->spent;
    if (sent || !t->v.lacks_at)
        t->v.lacks_at = ctx_now(ctx);
    t->v.p.reason =
        str_of(arena_printf(ctx->arena,
                            "it takes longer: the house must put money into its account at "
                            "%.*s first. Yours stays put aside, and it goes on by itself",
                            STR_ARG(method_name(t->v.p.method))));
    enum err e = payout_move_save(ctx, tx, &t->v);
    if (e || (e = alert_resolve(ctx, tx, STR("payout_waits"), payout_move_ref(ctx, t->v.p.id))))
        return e;
    return payout_lack_tell(ctx, tx, &t->v, t->a->holds);
}

static void
note_ref(struct told *t)
{
    if (t->a->ref.n)
        t->v.p.ref = t->a->ref;
    t->v.may_send = 0;
    t->v.act = STR("");
}

static enum err
sent(struct ctx *ctx, struct tx *tx, struct told *t)
{
    int64_t seq;
    enum err e;

    note_ref(t);
    if (in(t, "SENT")) {
        t->v.p.reason = t->a->why;
        return OK;
    }
    if ((e = payout_move_sent(ctx, tx, &t->v, t->actor, &seq)) ||
        (e = payout_move_step(ctx, tx, &t->v, "SENT", t->a->why, t->actor, seq)))
        return e;
    return resolve(ctx, tx, t);
}

static enum err
cost(struct ctx *ctx, struct tx *tx, const struct told *t)
{
    if (t->a->fee < 1)
        return OK;
    if (t->a->fee > FEE_MAX)
        return contradicts(ctx, tx, t, "costs an absurd fee and was paid");
    return payout_move_cost(ctx, tx, &t->v, t->a->fee, t->actor);
}

/* What failed for this member before is well again. */
static enum err
forget_failures(struct ctx *ctx, struct tx *tx, int64_t member_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_returned_of);
    enum err e;

    stmt_i64(&s, ":member", member_id);
    while ((e = stmt_row(&s)) == OK)
        if ((e = alert_resolve(ctx, tx, STR("payout_failed"),
                               payout_move_ref(ctx, stmt_col_i64(&s, "id")))))
            return e;
    return e == E_NOTFOUND ? OK : e;
}

static enum err
paid(struct ctx *ctx, struct tx *tx, struct told *t)
{
    int64_t seq;
    enum err e;

    if ((e = sent(ctx, tx, t)) || (e = payout_move_settled(ctx, tx, &t->v, t->actor, &seq)))
        return e;
    t->v.p.settled_at = ctx_now(ctx);
    if ((e = payout_move_step(ctx, tx, &t->v, "SETTLED", STR(""), t->actor, seq)) ||
        (e = cost(ctx, tx, t)))
        return e;
    return forget_failures(ctx, tx, t->v.p.member_id);
}

static enum err
tell_failed(struct ctx *ctx, struct tx *tx, const struct told *t, struct str why)
{
    return alert_raise(
        ctx, tx, STR("payout_failed"), payout_move_ref(ctx, t->v.p.id), "warning", "user",
        str_of(arena_printf(ctx->arena, "payout %lld of %.*s by %.*s came back: %.*s",
                            (long long)t->v.p.id,
                            STR_ARG(payout_move_money(ctx, t->v.p.amount)),
                            STR_ARG(t->v.p.method), STR_ARG(why))));
}

static enum err
failed(struct ctx *ctx, struct tx *tx, struct told *t, bool settled)
{
    struct str why = t->a->why.n ? t->a->why : STR("the provider gave no reason");
    int64_t seq;
    enum err e;

    note_ref(t);
    if ((e = payout_move_back(ctx, tx, &t->v, settled ? "PAYOUT_RETURNED" : "PAYOUT_FAILED",
                              t->actor, &seq)))
        return e;
    if (!settled) {
        if ((e = payout_move_step(ctx, tx, &t->v, "FAILED", why, t->actor, seq)))
            return e;
        seq = 0;
    }
    if ((e = payout_move_step(ctx, tx, &t->v, "RETURNED", why, t->actor, seq)) ||
        (e = resolve(ctx, tx, t)))
        return e;
    return tell_failed(ctx, tx, t, why);
}

/* It has ended: only what names another payment, or none where there was one, is news. */
static enum err
after_end(struct ctx *ctx, struct tx *tx, struct told *t)
{
    bool settled = in(t, "SETTLED");

    switch (t->a->what) {
    case PAY_PAID:
    case PAY_SENT:
        if (t->other || (!settled && !t->same))
            return contradicts(ctx, tx, t, "was paid once more");
        return settled && t->a->what == PAY_PAID ? cost(ctx, tx, t) : OK;
    case PAY_FAILED:
        if (!settled)
            return OK;
        if (t->same || (t->now && !t->other))
            return failed(ctx, tx, t, true);
        return t->other ? contradicts(ctx, tx, t, "failed") : OK;
    case PAY_ABSENT:
        /* Asked before it was paid, it is an old answer, whatever its turn. */
        return settled && t->now && str_eq_text(t->v.act, "look")
                   ? contradicts(ctx, tx, t, "was never heard of")
                   : OK;
    case PAY_WAIT:
    case PAY_UNKNOWN:
        return OK;
    }
    return OK;
}

/* Definite noes: they count for the present turn alone, or with the payment's own name. */
static enum err
no(struct ctx *ctx, struct tx *tx, struct told *t, int64_t *ret_again)
{
    enum err e = OK;

    if (t->a->what == PAY_FAILED) {
        if (t->same || (t->now && !t->other))
            return failed(ctx, tx, t, false);
        if (t->other)
            e = contradicts(ctx, tx, t, "failed");
        return e ? e : later(ctx, tx, t, ret_again);
    }
    /* ABSENT */
    if (!t->now || !str_eq_text(t->v.act, "look"))
        return later(ctx, tx, t, ret_again);
    if (!t->taken) {
        t->v.may_send = 2;
        t->v.heard_at = ctx_now(ctx);
        return later(ctx, tx, t, ret_again);
    }
    if (in(t, "SENT"))
        e = payout_move_step(ctx, tx, &t->v, "UNKNOWN",
                             STR("the provider took it and does not know it any more"),
                             t->actor, 0);
    if (e || (e = contradicts(ctx, tx, t, "was never heard of")))
        return e;
    return later(ctx, tx, t, ret_again);
}

static enum err
on_the_way(struct ctx *ctx, struct tx *tx, struct told *t, int64_t *ret_again)
{
    enum err e = OK;

    switch (t->a->what) {
    case PAY_SENT:
    case PAY_PAID:
        if (t->other) {
            e = contradicts(ctx, tx, t, "was paid once more");
            return e ? e : later(ctx, tx, t, ret_again);
        }
        if (t->a->what == PAY_PAID)
            return paid(ctx, tx, t);
        if ((e = sent(ctx, tx, t)))
            return e;
        return later(ctx, tx, t, ret_again);
    case PAY_FAILED:
    case PAY_ABSENT:
        return no(ctx, tx, t, ret_again);
    case PAY_WAIT:
        if (t->now && t->a->lacks) {
            e = lacks(ctx, tx, t);
        } else if (t->now && str_eq_text(t->v.act, "send")) {
            t->v.may_send = 1;
            t->v.p.reason = t->a->why;
            if (!(e = payout_lack_over(ctx, tx, &t->v)))
                e = waits(ctx, tx, t);
        }
        break;
    case PAY_UNKNOWN:
        if (t->now && in(t, "SENDING"))
            e = payout_move_step(ctx, tx, &t->v, "UNKNOWN", t->a->why, t->actor, 0);
        break;
    }
    return e ? e : later(ctx, tx, t, ret_again);
}

enum err
payout_report(struct ctx *ctx, struct tx *tx, int64_t id, const struct pay_answer *a,
              int64_t *ret_again_at)
{
    struct told t = {.a = a};
    enum err e;

    BUG_IF(!tx->open);
    *ret_again_at = 0;
    if ((e = payout_move_load(ctx, id, &t.v)) ||
        (e = payout_move_was_taken(ctx, &t.v, &t.taken)))
        return e;
    t.now = a->turn && a->turn == t.v.turn;
    /* A restored ledger wants to know whether it was looked up since. */
    if (t.now && a->what != PAY_WAIT && a->what != PAY_UNKNOWN)
        t.v.heard_at = ctx_now(ctx);
    t.actor = str_of(arena_printf(ctx->arena, "provider:%.*s", STR_ARG(t.v.p.method)));
    t.same = a->ref.n && str_eq(a->ref, t.v.p.ref);
    t.other = a->ref.n && t.v.p.ref.n && !t.same;
    if (in(&t, "SENDING") || in(&t, "SENT") || in(&t, "UNKNOWN"))
        return on_the_way(ctx, tx, &t, ret_again_at);
    return after_end(ctx, tx, &t);
}

enum err
payout_report_word(struct ctx *ctx, struct tx *tx, const struct payout_move *v, bool arrived,
                   struct str actor)
{
    struct pay_answer a = {.what = arrived ? PAY_PAID : PAY_FAILED,
                           .ref = STR(""),
                           .why =
                               arrived ? STR("") : STR("it was looked up and did not arrive"),
                           .fee = -1,
                           .holds = -1,
                           .turn = v->turn};
    struct told t = {.v = *v, .a = &a, .actor = actor, .now = true};

    if (arrived)
        return paid(ctx, tx, &t);
    /* Should that payment be heard of after all, it contradicts what is known. */
    t.v.p.ref = STR("");
    return failed(ctx, tx, &t, false);
}
