/* One request, or one look and one request, each; what it means goes to the vault. See till.h.
 */
#include "job/till.h"

#include "base/conf.h"
#include "provider/stripe_books.h"
#include "shop/checkout.h"
#include "shop/giveback.h"
#include "upkeep/quarantine.h"

/* A visitor waits for a checkout; nobody waits for the others. */
enum {
    CHECKOUT_MS = 8000,
    PATIENCE_MS = 5 * 60 * 1000,
    SOON_MS = 1000,
    LATE_MS = 10 * 60 * 1000,
    HALF_HOUR_MS = 30 * 60 * 1000,
    KEY_MS = 20 * 1000,
    SKEW_MS = 60 * 1000
};

static enum err
tell(struct ctx *ctx, const struct kinds_tools *tools, const struct msg *m)
{
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);

    return call_ask(ctx, tools->vault, m, answer);
}

/* Later and later with the job's age, at least as Stripe says: no fault of the job. */
static enum err
again(struct ctx *ctx, struct kinds_job *job, const struct remote_answer *a)
{
    int64_t wait = (ctx_now(ctx) - job->made) / 4;

    if (wait < SOON_MS)
        wait = SOON_MS;
    if (wait > LATE_MS)
        wait = LATE_MS;
    if (wait < a->wait_ms)
        wait = a->wait_ms;
    job->until = ctx_now(ctx) + wait;
    return ctx_fail(ctx, a->how == REMOTE_UNKNOWN ? E_UNCERTAIN : E_REMOTE, "%.*s",
                    STR_ARG(a->why));
}

static void
ask(struct ctx *ctx, const struct kinds_tools *tools, const struct remote_ask *r,
    struct remote_answer *ret)
{
    struct httpc_answer *answer = ARENA_NEW(ctx->arena, struct httpc_answer);
    enum err e = bank_ask(ctx, tools->bank, r, answer);

    stripe_api_read(ctx, r, e, answer, ret);
}

static enum err
payload_id(struct ctx *ctx, const struct kinds_job *job, int64_t *ret)
{
    return str_i64(job->payload, 1, INT64_MAX, ret)
               ? OK
               : ctx_fail(ctx, E_INVALID, "that job has no number");
}

/* Stripe repeats its first answer to a key, also when that was "we failed": after a while
 * another key is needed, which is why it is looked for before. The same at the same age,
 * whoever asks. */
static struct str
key_of(struct ctx *ctx, const struct kinds_job *job, const struct checkout *c)
{
    int64_t turn = (ctx_now(ctx) - job->made) / KEY_MS;

    return turn < 1 ? c->key
                    : str_of(arena_printf(ctx->arena, "%.*s-%lld", STR_ARG(c->key),
                                          (long long)turn));
}

/* The same request each time, to the byte: what it holds was fixed when the form was sent. */
static enum err
make_checkout(struct ctx *ctx, const struct payer_way *way, const struct kinds_job *job,
              const struct checkout *c, struct remote_ask *ret)
{
    struct stripe_api_checkout *o = ARENA_NEW(ctx->arena, struct stripe_api_checkout);
    struct checkout_line *line;
    struct str site = ctx->conf->site.url;
    enum err e;

    *o = (struct stripe_api_checkout){
        .id = c->id,
        .reference = c->key,
        .key = key_of(ctx, job, c),
        .kind = c->kind,
        .title = c->title,
        .items = c->items,
        .tag = c->tag,
        .shipping = str_eq_text(c->kind, "sale") ? c->shipping : 0,
        .expires_at = c->expires_at,
        .back = str_of(arena_printf(ctx->arena, "%.*s%.*s", STR_ARG(site), STR_ARG(c->back))),
        .cancel = str_of(
            arena_printf(ctx->arena, "%.*s%.*s?left=1", STR_ARG(site), STR_ARG(c->back))),
    };
    if ((e = checkout_lines(ctx, c, &line, &o->n_lines)))
        return e;
    for (size_t i = 0; i < o->n_lines; i++)
        o->line[i] = (struct stripe_api_line){
            .name = line[i].title, .price = line[i].price, .quantity = line[i].quantity};
    if ((e = stripe_api_open(ctx, way, o, ret)))
        return e;
    ret->http.timeout_ms = CHECKOUT_MS;
    return OK;
}

static enum err
fail_checkout(struct ctx *ctx, const struct kinds_tools *tools, int64_t id, struct str why)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);

    msg_init(m, STR("checkout.fail"));
    msg_add_i64(m, "checkout", id);
    msg_add_str(m, "why", why.n ? why : STR("Stripe gave no reason"));
    return tell(ctx, tools, m);
}

static enum err
tell_open(struct ctx *ctx, const struct kinds_tools *tools, const struct checkout *c,
          const struct stripe_api_opened *o)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);

    if (!o->url.n)
        return fail_checkout(ctx, tools, c->id, STR("Stripe closed it at once"));
    msg_init(m, STR("checkout.open"));
    msg_add_i64(m, "checkout", c->id);
    msg_add_str(m, "session", o->id);
    msg_add_str(m, "url", o->url);
    return tell(ctx, tools, m);
}

static enum err
later(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job,
      const struct checkout *c, const struct remote_answer *a)
{
    if (a->how == REMOTE_REFUSED || ctx_now(ctx) - job->made > PATIENCE_MS)
        return fail_checkout(ctx, tools, c->id, a->why);
    return again(ctx, job, a);
}

/* Opened before, with the answer lost? */
static enum err
seek(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job,
     const struct payer_way *way, const struct checkout *c, bool *ret_over)
{
    struct remote_ask *r = ARENA_NEW(ctx->arena, struct remote_ask);
    struct stripe_api_opened o;
    struct remote_answer a;
    enum err e = stripe_api_sessions(ctx, way, c->created_at - SKEW_MS, r);

    *ret_over = true;
    if (e)
        return e;
    ask(ctx, tools, r, &a);
    if (a.how != REMOTE_DONE)
        return later(ctx, tools, job, c, &a);
    e = stripe_api_found(ctx, &a, c->key, &o);
    if (e != E_NOTFOUND)
        return e ? e : tell_open(ctx, tools, c, &o);
    ctx_clear(ctx);
    *ret_over = false;
    return OK;
}

enum err
till_checkout(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct remote_ask *r = ARENA_NEW(ctx->arena, struct remote_ask);
    struct stripe_api_opened o;
    struct remote_answer a;
    struct payer_way way;
    struct checkout c;
    bool over = false;
    int64_t id;
    enum err e;

    if ((e = payload_id(ctx, job, &id)) || (e = checkout_get(ctx, id, &c)))
        return e;
    /* Stripe takes none that ends within half an hour; nobody waits for it any more. */
    if (!str_eq_text(c.state, "new") || c.expires_at - ctx_now(ctx) < HALF_HOUR_MS)
        return OK;
    if ((e = stripe_api_way(ctx, &way)) || (e = make_checkout(ctx, &way, job, &c, r))) {
        struct str why = str_dup(ctx->arena, ctx_why(ctx));

        ctx_clear(ctx);
        return fail_checkout(ctx, tools, id, why);
    }
    if (ctx_now(ctx) - job->made >= SOON_MS &&
        ((e = seek(ctx, tools, job, &way, &c, &over)) || over))
        return e;
    ask(ctx, tools, r, &a);
    if (a.how != REMOTE_DONE)
        return later(ctx, tools, job, &c, &a);
    e = stripe_api_opened(ctx, &a, &o);
    return e ? e : tell_open(ctx, tools, &c, &o);
}

static enum err
report(struct ctx *ctx, const struct kinds_tools *tools, const struct giveback *g,
       const char *state, struct str object, struct str why)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);

    msg_init(m, STR("giveback.tell"));
    msg_add_i64(m, "giveback", g->id);
    msg_add_str(m, "state", str_of(state));
    msg_add_str(m, "object", object);
    msg_add_str(m, "why", why);
    return tell(ctx, tools, m);
}

/* What Stripe says the refund is. */
static enum err
report_as(struct ctx *ctx, const struct kinds_tools *tools, const struct giveback *g,
          const struct stripe_books_refunded *f)
{
    const char *state = str_eq_text(f->state, "succeeded") ? "done"
                        : str_eq_text(f->state, "failed") || str_eq_text(f->state, "canceled")
                            ? "failed"
                            : "asked";

    return report(ctx, tools, g, state, f->id, f->why.p ? f->why : STR(""));
}

/* Before anything is sent it is looked for: whoever ran before may have been cut off, and after
 * a day Stripe no longer knows our key. */
static enum err
look(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job,
     const struct payer_way *way, const struct giveback *g, bool *ret_over)
{
    struct remote_ask *r = ARENA_NEW(ctx->arena, struct remote_ask);
    struct stripe_books_refunded f;
    struct remote_answer a;
    enum err e = stripe_books_refunds(ctx, way, g->payment, r);

    *ret_over = true;
    if (e)
        return e;
    ask(ctx, tools, r, &a);
    if (a.how == REMOTE_REFUSED)
        return report(ctx, tools, g, "failed", STR(""), a.why);
    if (a.how != REMOTE_DONE)
        return again(ctx, job, &a);
    e = stripe_books_refunded(ctx, &a, g->key, &f);
    if (e != E_NOTFOUND)
        return e ? e : report_as(ctx, tools, g, &f);
    ctx_clear(ctx);
    *ret_over = false;
    return OK;
}

static enum err
send(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job,
     const struct payer_way *way, const struct giveback *g)
{
    struct remote_ask *r = ARENA_NEW(ctx->arena, struct remote_ask);
    struct stripe_books_refunded f;
    struct remote_answer a;
    enum err e = stripe_books_refund(ctx, way, g->payment, g->amount, g->key, r);

    if (e)
        return e;
    ask(ctx, tools, r, &a);
    if (a.how == REMOTE_UNKNOWN && (e = report(ctx, tools, g, "unknown", STR(""), a.why)))
        return e;
    if (a.how == REMOTE_UNKNOWN || a.how == REMOTE_WAIT)
        return again(ctx, job, &a);
    if (a.how == REMOTE_REFUSED)
        return report(ctx, tools, g, "failed", STR(""), a.why);
    e = stripe_books_refunded(ctx, &a, g->key, &f);
    return e ? e : report_as(ctx, tools, g, &f);
}

enum err
till_giveback(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct payer_way way;
    struct giveback g;
    bool over, paused;
    int64_t id;
    enum err e;

    if ((e = payload_id(ctx, job, &id)) || (e = giveback_get(ctx, id, &g)) ||
        (e = quarantine_open(ctx, &paused, NULL)))
        return e;
    /* Whoever ends the quarantine makes this job again. */
    if (paused)
        return OK;
    if (!str_eq_text(g.state, "new") && !str_eq_text(g.state, "unknown"))
        return OK;
    if (!str_eq_text(g.provider, "stripe"))
        return ctx_fail(ctx, E_INVALID, "nobody can ask %.*s for a refund",
                        STR_ARG(g.provider));
    if ((e = stripe_api_way(ctx, &way)) || (e = look(ctx, tools, job, &way, &g, &over)) || over)
        return e;
    return send(ctx, tools, job, &way, &g);
}

enum err
till_fee(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct remote_ask *r = ARENA_NEW(ctx->arena, struct remote_ask);
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);
    struct str payment = job->payload, provider;
    struct stripe_books_fee f;
    struct remote_answer a;
    struct payer_way way;
    enum err e;

    if (!str_split(&payment, ' ', &provider) || !str_eq_text(provider, "stripe"))
        return ctx_fail(ctx, E_INVALID, "nobody can ask for that fee");
    if ((e = stripe_api_way(ctx, &way)) || (e = stripe_books_payment(ctx, &way, payment, r)))
        return e;
    ask(ctx, tools, r, &a);
    if (a.how == REMOTE_REFUSED)
        return job->never = true, ctx_fail(ctx, E_REMOTE, "%.*s", STR_ARG(a.why));
    if (a.how != REMOTE_DONE)
        return again(ctx, job, &a);
    e = stripe_books_fee(ctx, &a, &f);
    if (e == E_NOTFOUND) {
        a.why = str_dup(ctx->arena, ctx_why(ctx));
        return again(ctx, job, &a);
    }
    if (e)
        return e;
    msg_init(m, STR("fee.take"));
    msg_add_str(m, "provider", provider);
    msg_add_str(m, "payment", payment);
    msg_add_str(m, "txn", f.id);
    msg_add_str(m, "currency", f.currency);
    msg_add_i64(m, "amount", f.fee);
    msg_add_i64(m, "at", f.at);
    return tell(ctx, tools, m);
}
