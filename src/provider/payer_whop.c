/* Transfers from our company's balance at Whop to its users. An answer that names a transfer is
 * the proof: Whop sends no notice of them. How long Whop knows a key is not published, so that
 * nothing is sent again without looking but shortly after. Not for: notices (whop.h). */
#include "provider/payer.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/point.h"
#include "provider/field.h"
#include "provider/whop_api.h"

enum {
    BODY_MAX = 2048,
    ID_MAX = 80,
    WHY_SIGNS = 200,
    BEFORE_MS = 10 * 60 * 1000 /* their clock and ours */
};
static const int64_t MEMORY_MS = 3600 * 1000;

static bool
fits(struct str to)
{
    return whop_api_is_id(to, "user_");
}

/* The amount is a number of JSON, written sign by sign: 25.00. */
static enum err
order_json(struct ctx *ctx, const struct payer_way *way, const struct pay_order *o,
           struct str *ret)
{
    struct buf b = buf_new(ctx->arena, BODY_MAX);
    char text[MONEY_TEXT];
    struct money m;
    enum err e = money_make(o->amount, str_of(o->currency), &m);

    if (e)
        return ctx_fail(ctx, e, "that amount cannot be paid");
    buf_add_text(&b, "{\"origin_id\":");
    buf_add_json(&b, way->account);
    buf_add_text(&b, ",\"destination_id\":");
    buf_add_json(&b, o->to);
    buf_printf(&b, ",\"amount\":%s,\"currency\":", money_plain(m, text));
    buf_add_json(&b, str_lower(ctx->arena, str_of(o->currency)));
    buf_add_text(&b, ",\"idempotence_key\":");
    buf_add_json(&b, o->key);
    buf_printf(&b,
               ",\"notes\":\"Payout %lld\",\"metadata\":{\"ck_payout\":\"%lld\",\"ck_key\":",
               (long long)o->id, (long long)o->id);
    buf_add_json(&b, o->key);
    buf_add_text(&b, "}}");
    *ret = buf_str(&b);
    return buf_err(&b);
}

static enum err
send(struct ctx *ctx, const struct payer_way *way, const struct pay_order *o,
     struct remote_ask *ret)
{
    enum err e;

    if (!fits(o->to) || o->amount <= 0 || !field_is_made_of(o->key, ID_MAX, "-"))
        return ctx_fail(ctx, E_INVALID, "that is no user of Whop's");
    if ((e = whop_api_begin(ctx, way, HTTPC_POST, "/transfers", ret)) ||
        (e = order_json(ctx, way, o, &ret->http.body)))
        return e;
    ret->http.header[3] = arena_printf(ctx->arena, "Idempotency-Key: %.*s", STR_ARG(o->key));
    ret->http.type = "application/json";
    ret->money = true;
    return OK;
}

static enum err
look(struct ctx *ctx, const struct payer_way *way, const struct pay_order *o,
     struct remote_ask *ret)
{
    struct arena *a = ctx->arena;
    char since[CLOCK_TEXT];
    struct str query;

    if (o->ref.n && whop_api_is_id(o->ref, ""))
        return whop_api_begin(ctx, way, HTTPC_GET,
                              arena_printf(a, "/transfers/%.*s", STR_ARG(o->ref)), ret);
    if (o->ref.n || !fits(o->to))
        return ctx_fail(ctx, E_INVALID, "that is no transfer of Whop's");
    query = httpc_form(ctx, STR(""), "origin_id", way->account);
    query = httpc_form(ctx, query, "destination_id", o->to);
    query = httpc_form(ctx, query, "first", STR("100"));
    query = httpc_form(ctx, query, "order", STR("created_at"));
    query = httpc_form(ctx, query, "direction", STR("asc"));
    if (o->first_at)
        query = httpc_form(ctx, query, "created_after",
                           str_of(clock_rfc3339(o->first_at - BEFORE_MS, since)));
    return whop_api_begin(ctx, way, HTTPC_GET,
                          arena_printf(a, "/transfers?%.*s", STR_ARG(query)), ret);
}

static struct pay_answer
answer(enum pay_what what, struct str ref, struct str why)
{
    return (struct pay_answer){.what = what, .ref = ref, .why = why, .fee = -1, .holds = -1};
}

/* 25, 25.0 and 25.00 are one amount; anything finer, or spelt with an exponent, is none. */
static int64_t
cents(const struct json *v, const char *currency)
{
    struct str text = json_number(v);
    struct money m;
    size_t dot = str_find(text, STR("."), 0);

    while (dot != SIZE_MAX && text.n > dot && (text.p[text.n - 1] == '0' || text.n == dot + 1))
        text.n--;
    if (!text.n || money_parse(text, str_of(currency), &m) || m.minor < 0)
        return -1;
    return m.minor;
}

static bool
has_name(const struct pay_order *o, const struct json *t)
{
    return str_eq(json_str(json_at(t, "metadata.ck_key")), o->key);
}

static struct pay_answer
read_transfer(const struct pay_order *o, const struct json *t)
{
    struct str id = json_str(json_get(t, "id"));
    struct str to = json_str(json_at(t, "destination.id"));
    struct pay_answer a;

    if (!whop_api_is_id(id, ""))
        return answer(PAY_UNKNOWN, STR(""), STR("Whop gave no transfer: it is looked for"));
    if (!has_name(o, t) || cents(json_get(t, "amount"), o->currency) != o->amount ||
        !str_ieq(json_str(json_get(t, "currency")), str_of(o->currency)) ||
        (to.n && !str_eq(to, o->to)))
        return answer(PAY_UNKNOWN, STR(""),
                      STR("Whop holds another transfer under the name of this payout: a "
                          "person must compare them"));
    a = answer(PAY_PAID, id, STR(""));
    a.fee = cents(json_get(t, "fee_amount"), o->currency);
    return a;
}

static struct str
refusal(struct ctx *ctx, const struct remote_answer *r)
{
    struct str said = json_str(json_at(r->body, "error.message"));

    if (!said.n)
        said = json_str(json_get(r->body, "message"));
    said = point_clean(ctx->arena, said, WHY_SIGNS);
    if (r->status == 401)
        return STR("Whop does not accept our API key");
    if (r->status == 403)
        return STR("our API key at Whop may not make transfers");
    return said.n ? str_of(arena_printf(ctx->arena, "Whop says: %.*s", STR_ARG(said))) : r->why;
}

/* By their kind of error, or by their words where they have none that we know. */
static bool
is_empty(struct ctx *ctx, const struct remote_answer *r)
{
    struct str kind = json_str(json_at(r->body, "error.type")),
               why = str_lower(ctx->arena, refusal(ctx, r));

    return r->status == 402 || str_eq_text(kind, "insufficient_balance") ||
           (r->status == 400 && str_find(why, STR("balance"), 0) != SIZE_MAX);
}

/* What is refused for want of money, or of rights of ours, can be put right and waits. */
static bool
is_ours(struct ctx *ctx, const struct remote_answer *r)
{
    struct str why = str_lower(ctx->arena, refusal(ctx, r));

    return is_empty(ctx, r) || r->status == 401 || r->status == 403 ||
           str_find(why, STR("insufficient"), 0) != SIZE_MAX ||
           str_find(why, STR("balance"), 0) != SIZE_MAX;
}

static void
sent(struct ctx *ctx, const struct pay_order *o, const struct remote_ask *ask, enum err e,
     const struct httpc_answer *a, struct pay_answer *ret)
{
    struct remote_answer r;

    remote_read(ctx, ask, e, a, &r);
    if (r.how == REMOTE_DONE) {
        *ret = read_transfer(o, r.body);
        return;
    }
    *ret = answer(PAY_UNKNOWN, STR(""), e ? payer_lost(ctx, STR("Whop"), e) : refusal(ctx, &r));
    ret->wait_ms = r.wait_ms;
    if (r.how == REMOTE_WAIT || (r.how == REMOTE_REFUSED && e))
        ret->what = PAY_WAIT;
    else if (r.how == REMOTE_REFUSED && r.body)
        ret->what = is_ours(ctx, &r) ? PAY_WAIT : PAY_FAILED;
    ret->lacks = ret->what == PAY_WAIT && r.body && is_empty(ctx, &r);
}

static void
read_list(const struct pay_order *o, const struct json *body, struct pay_answer *ret)
{
    const struct json *data = json_get(body, "data"), *one = NULL;
    size_t n = 0;

    for (size_t i = 0; i < json_count(data); i++)
        if (has_name(o, json_item(data, i))) {
            one = json_item(data, i);
            n++;
        }
    if (json_type(data) != JSON_ARRAY)
        *ret = answer(PAY_WAIT, STR(""), STR("Whop's list of transfers cannot be read"));
    else if (n == 1)
        *ret = read_transfer(o, one);
    else if (n || json_bool(json_at(body, "page_info.has_next_page"), false))
        *ret = answer(PAY_UNKNOWN, STR(""),
                      STR("Whop lists too many transfers to be sure: a person must look"));
    else
        *ret = answer(PAY_ABSENT, STR(""), STR(""));
}

static void
seen(struct ctx *ctx, const struct pay_order *o, const struct remote_ask *ask, enum err e,
     const struct httpc_answer *a, struct pay_answer *ret)
{
    struct remote_answer r;

    remote_read(ctx, ask, e, a, &r);
    if (r.how != REMOTE_DONE) {
        /* A look that failed tells nothing; an id of theirs that they do not know is odd. */
        *ret = answer(r.status == 404 ? PAY_UNKNOWN : PAY_WAIT, STR(""),
                      e ? payer_lost(ctx, STR("Whop"), e) : refusal(ctx, &r));
        ret->wait_ms = r.wait_ms;
    } else if (o->ref.n)
        *ret = read_transfer(o, r.body);
    else
        read_list(o, r.body, ret);
}

static int64_t
room(struct ctx *ctx, const struct pay_order *o, const struct remote_ask *ask, enum err e,
     const struct httpc_answer *a)
{
    struct remote_answer r;
    int64_t cents;

    remote_read(ctx, ask, e, a, &r);
    if (r.how != REMOTE_DONE || !whop_api_has(ctx, r.body, str_of(o->currency), false, &cents))
        return -1;
    return cents > 0 ? cents : 0;
}

const struct payer payer_whop = {
    .name = STR_INIT("whop"),
    .memory_ms = MEMORY_MS,
    .send = send,
    .sent = sent,
    .look = look,
    .seen = seen,
    .ask_room = whop_api_balance,
    .room = room,
    .fits = fits,
};
