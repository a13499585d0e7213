/* Turns of a payout. Nothing is kept here between two of them: what is known stands in the
 * ledger. */
#include "job/pay.h"

#include "base/log.h"
#include "provider/payer.h"

/* A look that finds nothing is followed by sending at once, and that by a look. */
enum { TURNS = 3, TURNS_MS = 10 * 1000, LATER_MS = 2000 };
/* Who was held up since its turn began, by whatever, sends nothing more: somebody else may have
 * taken over after the lease. */
enum { FRESH_MS = 25 * 1000 };

struct turn {
    const struct kinds_tools *tools;
    int64_t id;
    struct str act, method; /* act: "nothing", "send", "look" */
    struct pay_order order;
    const struct payer *payer;
    int64_t begun; /* tick */
};

static enum err
begin(struct ctx *ctx, struct turn *t)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);
    struct msg *in = ARENA_NEW(ctx->arena, struct msg);
    struct str currency;
    enum err e;

    msg_init(m, STR("payout.begin"));
    msg_add_i64(m, "payout", t->id);
    t->begun = ctx->world->tick_ms(ctx->world->arg);
    if ((e = call_ask(ctx, t->tools->vault, m, in)))
        return e;
    t->act = msg_opt(in, "act");
    t->method = msg_opt(in, "method");
    currency = msg_opt(in, "currency");
    t->order = (struct pay_order){
        .id = t->id,
        .key = msg_opt(in, "key"),
        .to = msg_opt(in, "to"),
        .amount = msg_opt_i64(in, "amount", 0),
        .ref = msg_opt(in, "ref"),
        .first_at = msg_opt_i64(in, "first_at", 0),
        .turn = msg_opt_i64(in, "turn", 0),
        .hold = msg_opt_i64(in, "hold", 0) != 0,
        .spent = msg_opt_i64(in, "spent", 0),
        .lacks = msg_opt_i64(in, "lacks", 0) != 0,
    };
    if (currency.n && currency.n < sizeof t->order.currency)
        memcpy(t->order.currency, currency.p, currency.n);
    t->payer = payer_find(t->method);
    return OK;
}

static enum err
report(struct ctx *ctx, const struct turn *t, const struct pay_answer *a, int64_t *ret_again)
{
    static const char *const word[] = {
        [PAY_SENT] = "sent",     [PAY_PAID] = "paid", [PAY_FAILED] = "failed",
        [PAY_ABSENT] = "absent", [PAY_WAIT] = "wait", [PAY_UNKNOWN] = "unknown"};
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);
    struct msg *in = ARENA_NEW(ctx->arena, struct msg);
    enum err e;

    /* Why stands with the payout: a provider's words may name who is paid. */
    log_line(LOG_NOTICE, "event=payout id=%lld method=%.*s did=%.*s said=%s", (long long)t->id,
             STR_ARG(t->method), STR_ARG(t->act), word[a->what]);
    msg_init(m, STR("payout.report"));
    msg_add_i64(m, "payout", t->id);
    msg_add_i64(m, "turn", t->order.turn);
    msg_add_str(m, "what", str_of(word[a->what]));
    msg_add_str(m, "ref", a->ref);
    msg_add_str(m, "why", a->why);
    msg_add_i64(m, "fee", a->fee);
    msg_add_i64(m, "wait_ms", a->wait_ms);
    msg_add_i64(m, "lacks", a->lacks);
    msg_add_i64(m, "spent", a->spent);
    msg_add_i64(m, "holds", a->holds);
    if (!(e = call_ask(ctx, t->tools->vault, m, in)))
        *ret_again = msg_opt_i64(in, "again", 0);
    return e;
}

typedef enum err (*ask_fn)(struct ctx *ctx, const struct payer_way *way,
                           const struct pay_order *o, struct remote_ask *ret);
typedef void (*read_fn)(struct ctx *ctx, const struct pay_order *o,
                        const struct remote_ask *ask, enum err e, const struct httpc_answer *a,
                        struct pay_answer *ret);

/* One request and what its answer means. A token that ran out is no answer. E_NOTFOUND,
 * E_INVALID: it was not asked; other errors too. */
static enum err
ask(struct ctx *ctx, const struct turn *t, ask_fn make, read_fn read, struct pay_answer *ret)
{
    struct remote_ask *r = ARENA_NEW(ctx->arena, struct remote_ask);
    struct httpc_answer got;
    struct payer_way way;
    enum err e;

    for (int i = 0; i < 2; i++) {
        got = (struct httpc_answer){0};
        if ((e = bank_way(ctx, t->tools->bank, t->method, &way)) ||
            (e = make(ctx, &way, &t->order, r)))
            return e;
        if (r->money && ctx->world->tick_ms(ctx->world->arg) - t->begun > FRESH_MS)
            return ctx_fail(ctx, E_BUSY, "this turn took too long");
        e = bank_ask(ctx, t->tools->bank, r, &got);
        if (e || got.status != 401 || !bank_was_stale(t->tools->bank, t->method))
            break;
    }
    read(ctx, &t->order, r, e, &got, ret);
    return OK;
}

/* What could not be asked. */
static struct pay_answer
not_asked(struct ctx *ctx, const struct turn *t, enum err e)
{
    struct pay_answer a = {.what = PAY_WAIT, .ref = STR(""), .fee = -1, .holds = -1};

    a.why = str_dup(ctx->arena, ctx_why(ctx));
    /* A destination that cannot be one will not become one; while it is not known whether it
     * was sent nothing is given back. */
    if (e == E_INVALID && str_eq_text(t->act, "send") && !t->payer->fits(t->order.to))
        a.what = PAY_FAILED;
    ctx_clear(ctx);
    return a;
}

static bool
is_remembered(const struct ctx *ctx, const struct turn *t)
{
    return ctx_now(ctx) - t->order.first_at < t->payer->memory_ms;
}

/* Where a provider finds nothing by our key, the same order again tells, while the key lives.
 */
static void
look(struct ctx *ctx, const struct turn *t, struct pay_answer *ret)
{
    enum err e = ask(ctx, t, t->payer->look, t->payer->seen, ret);

    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        if (t->order.hold) {
            *ret = (struct pay_answer){
                .what = PAY_WAIT,
                .ref = STR(""),
                .why = STR("it is asked for when the quarantine of the restored ledger ends"),
                .fee = -1,
                .holds = -1};
            return;
        }
        if (!is_remembered(ctx, t)) {
            *ret = (struct pay_answer){
                .what = PAY_UNKNOWN,
                .ref = STR(""),
                .why = STR("the provider does not remember the order any more: a person must "
                           "look there"),
                .fee = -1,
                .holds = -1};
            return;
        }
        e = ask(ctx, t, t->payer->send, t->payer->sent, ret);
    }
    if (e)
        *ret = not_asked(ctx, t, e);
}

/* After their memory of the key has ended nothing is sent without a look. */
static void
send(struct ctx *ctx, const struct turn *t, struct pay_answer *ret)
{
    enum err e;

    if (t->order.first_at && !is_remembered(ctx, t)) {
        look(ctx, t, ret);
        if (ret->what != PAY_ABSENT)
            return;
    }
    if ((e = ask(ctx, t, t->payer->send, t->payer->sent, ret)))
        *ret = not_asked(ctx, t, e);
}

/* What is available there; -1: they do not say, or not now. */
static int64_t
room(struct ctx *ctx, const struct turn *t)
{
    struct remote_ask *r = ARENA_NEW(ctx->arena, struct remote_ask);
    struct httpc_answer got = {0};
    struct payer_way way;
    int64_t cents = -1;

    if (t->payer->ask_room && bank_way(ctx, t->tools->bank, t->method, &way) == OK &&
        t->payer->ask_room(ctx, &way, r) == OK) {
        enum err e = bank_ask(ctx, t->tools->bank, r, &got);

        cents = t->payer->room(ctx, &t->order, r, e, &got);
    }
    ctx_clear(ctx);
    return cents;
}

/* After a refusal for want of money nothing is sent before there is enough. */
static bool
lacks_still(struct ctx *ctx, const struct turn *t, struct pay_answer *ret)
{
    int64_t holds = t->order.lacks ? room(ctx, t) : -1;

    if (holds < 0 || holds >= t->order.amount)
        return false;
    *ret = (struct pay_answer){.what = PAY_WAIT,
                               .ref = STR(""),
                               .why = STR("the balance there does not suffice"),
                               .fee = -1,
                               .lacks = true,
                               .holds = holds};
    return true;
}

static void
act(struct ctx *ctx, const struct turn *t, struct pay_answer *ret)
{
    if (lacks_still(ctx, t, ret))
        return;
    if (str_eq_text(t->act, "send"))
        send(ctx, t, ret);
    else
        look(ctx, t, ret);
    if (ret->lacks)
        ret->holds = room(ctx, t);
}

static enum err
turn(struct ctx *ctx, struct turn *t, bool *ret_on)
{
    struct pay_answer a;
    int64_t again = 0;
    enum err e;

    *ret_on = false;
    if ((e = begin(ctx, t)) || str_eq_text(t->act, "nothing"))
        return e;
    if (!t->payer)
        return ctx_fail(ctx, E_INTERNAL, "nobody pays by %.*s", STR_ARG(t->method));
    act(ctx, t, &a);
    if ((e = report(ctx, t, &a, &again)))
        return e;
    *ret_on = again && again <= ctx_now(ctx);
    return OK;
}

enum err
pay_run(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct turn t = {.tools = tools};
    int64_t start = ctx->world->tick_ms(ctx->world->arg);
    bool on = true;
    enum err e = OK;

    if (!str_i64(job->payload, 1, INT64_MAX, &t.id)) {
        job->never = true;
        return ctx_fail(ctx, E_INVALID, "a payout needs a number");
    }
    /* What is left comes by a job of its own; the lease is not for ever. */
    for (int i = 0; !e && on && i < TURNS; i++) {
        e = turn(ctx, &t, &on);
        on = on && ctx->world->tick_ms(ctx->world->arg) - start < TURNS_MS;
    }
    if (e == E_BUSY)
        job->until = ctx_now(ctx) + LATER_MS;
    if (e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    return OK;
}
