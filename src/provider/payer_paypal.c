/* Payouts by PayPal, one item a batch, so that a batch is one payout of ours. A batch is found
 * by PayPal's id of it alone; what asks for it by our name is the same order once more, which
 * is answered with the batch that exists. Not for: notices (paypal.h). */
#include "provider/payer_paypal.h"

#include "base/buf.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/enc.h"
#include "base/point.h"
#include "provider/field.h"

enum {
    ASK_MS = 12000,
    TOKEN_MS = 8000,
    ANSWER_MAX = 256 * 1024,
    BODY_MAX = 4096,
    MAIL_MAX = 127,
    ID_MAX = 60,
    TOKEN_MAX = 4000,
    CREDENTIAL_MAX = 200,
    WHY_SIGNS = 200,
    EARLY_MS = 60 * 1000
};
static const int64_t MEMORY_MS = INT64_C(28) * 24 * 3600 * 1000;

/* Order of http.want. */
enum { WANT_RETRY };

static bool
is_id(struct str s)
{
    return field_is_made_of(s, ID_MAX, "-_");
}

/* name@host with a dot in it; what PayPal does not know it refuses itself. */
static bool
fits(struct str to)
{
    size_t at = str_find(to, STR("@"), 0);
    struct str host = at == SIZE_MAX ? STR("") : str_sub(to, at + 1, to.n);

    return at > 0 && to.n <= MAIL_MAX &&
           field_is_made_of(str_sub(to, 0, at), MAIL_MAX, ".!#$%&'*+/=?^_`{|}~-") &&
           field_is_made_of(host, MAIL_MAX, ".-") && str_has(host, '.') && host.p[0] != '.' &&
           host.p[host.n - 1] != '.' && str_find(host, STR(".."), 0) == SIZE_MAX;
}

static struct remote_ask
request(struct ctx *ctx, enum httpc_method method, struct str base, const char *path)
{
    return (struct remote_ask){
        .http = {.method = method,
                 .base = base,
                 .url = arena_printf(ctx->arena, "%.*s%s", STR_ARG(base), path),
                 .want = {[WANT_RETRY] = "Retry-After"},
                 .timeout_ms = ASK_MS,
                 .answer_max = ANSWER_MAX}
    };
}

enum err
payer_paypal_token(struct ctx *ctx, struct str base, struct str client_id, struct str secret,
                   struct remote_ask *ret)
{
    struct arena *a = ctx->arena;
    struct str pair;

    if (!field_is_made_of(client_id, CREDENTIAL_MAX, "-_.") ||
        !field_is_made_of(secret, CREDENTIAL_MAX, "-_."))
        return ctx_fail(ctx, E_INVALID, "PayPal's client id or secret cannot be right");
    pair = str_of(arena_printf(a, "%.*s:%.*s", STR_ARG(client_id), STR_ARG(secret)));
    *ret = request(ctx, HTTPC_POST, base, "/v1/oauth2/token");
    ret->http.timeout_ms = TOKEN_MS;
    ret->http.header[0] =
        arena_printf(a, "Authorization: Basic %.*s", STR_ARG(enc_base64(a, pair.p, pair.n)));
    ret->http.header[1] = "Accept: application/json";
    ret->http.type = "application/x-www-form-urlencoded";
    ret->http.body = STR("grant_type=client_credentials");
    return OK;
}

enum err
payer_paypal_given(struct ctx *ctx, const struct remote_ask *ask, enum err e,
                   const struct httpc_answer *a, struct str *ret, int64_t *ret_until)
{
    struct remote_answer r;
    int64_t s = 0;

    remote_read(ctx, ask, e, a, &r);
    if (r.status == 401)
        return ctx_fail(ctx, E_REMOTE, "PayPal does not accept the client id and secret");
    if (r.how != REMOTE_DONE)
        return ctx_fail(ctx, E_REMOTE, "PayPal gives no token: %.*s", STR_ARG(r.why));
    *ret = json_str(json_get(r.body, "access_token"));
    if (!field_is_made_of(*ret, TOKEN_MAX, "-_.~+/=") ||
        !json_i64(json_get(r.body, "expires_in"), &s) || s < 0 || s > INT32_MAX)
        return ctx_fail(ctx, E_REMOTE, "PayPal gives no token that can be used");
    *ret_until = ctx_now(ctx) + s * 1000 - EARLY_MS;
    return OK;
}

static enum err
begin(struct ctx *ctx, const struct payer_way *way, enum httpc_method method, const char *path,
      struct remote_ask *ret)
{
    if (!field_is_made_of(way->token, TOKEN_MAX, "-_.~+/="))
        return ctx_fail(ctx, E_INVALID, "that is no token of PayPal's");
    *ret = request(ctx, method, way->base, path);
    ret->http.header[0] =
        arena_printf(ctx->arena, "Authorization: Bearer %.*s", STR_ARG(way->token));
    ret->http.header[1] = "Accept: application/json";
    return OK;
}

static struct str
plain(struct ctx *ctx, const struct pay_order *o)
{
    char text[MONEY_TEXT];
    struct money m;

    if (money_make(o->amount, str_of(o->currency), &m))
        return STR("");
    return str_dup(ctx->arena, str_of(money_plain(m, text)));
}

static struct str
order_json(struct ctx *ctx, const struct pay_order *o)
{
    struct buf b = buf_new(ctx->arena, BODY_MAX);
    struct str subject = str_of(
        arena_printf(ctx->arena, "Your payout from %.*s", STR_ARG(ctx->conf->site.name)));

    buf_add_text(&b, "{\"sender_batch_header\":{\"sender_batch_id\":");
    buf_add_json(&b, o->key);
    buf_add_text(&b, ",\"email_subject\":");
    buf_add_json(&b, str_sub(subject, 0, 200));
    buf_add_text(&b, "},\"items\":[{\"recipient_type\":\"EMAIL\",\"receiver\":");
    buf_add_json(&b, o->to);
    buf_add_text(&b, ",\"amount\":{\"value\":");
    buf_add_json(&b, plain(ctx, o));
    buf_add_text(&b, ",\"currency\":");
    buf_add_json(&b, str_of(o->currency));
    buf_add_text(&b, "},\"sender_item_id\":");
    buf_add_json(&b, o->key);
    buf_printf(&b, ",\"note\":\"Payout %lld\"}]}", (long long)o->id);
    return buf_str(&b);
}

static enum err
send(struct ctx *ctx, const struct payer_way *way, const struct pay_order *o,
     struct remote_ask *ret)
{
    enum err e;

    if (!fits(o->to) || o->amount <= 0 || !plain(ctx, o).n || !is_id(o->key))
        return ctx_fail(ctx, E_INVALID, "that is no address PayPal can pay to");
    if ((e = begin(ctx, way, HTTPC_POST, "/v1/payments/payouts", ret)))
        return e;
    ret->http.header[2] = arena_printf(ctx->arena, "PayPal-Request-Id: %.*s", STR_ARG(o->key));
    ret->http.type = "application/json";
    ret->http.body = order_json(ctx, o);
    ret->money = true;
    return OK;
}

static enum err
look(struct ctx *ctx, const struct payer_way *way, const struct pay_order *o,
     struct remote_ask *ret)
{
    if (!o->ref.n)
        return ctx_fail(ctx, E_NOTFOUND, "PayPal finds a payout by its own id alone");
    if (!is_id(o->ref))
        return ctx_fail(ctx, E_INVALID, "that is no batch of PayPal's");
    return begin(ctx, way, HTTPC_GET,
                 arena_printf(ctx->arena, "/v1/payments/payouts/%.*s", STR_ARG(o->ref)), ret);
}

static struct pay_answer
answer(enum pay_what what, struct str ref, struct str why)
{
    return (struct pay_answer){.what = what, .ref = ref, .why = why, .fee = -1, .holds = -1};
}

static struct str
clean(struct ctx *ctx, const struct json *v)
{
    return point_clean(ctx->arena, json_str(v), WHY_SIGNS);
}

/* The batch that a link of an answer leads to: its last part, nothing else of it is used. */
static struct str
linked(const struct json *body)
{
    static const struct str PATH = STR_INIT("/v1/payments/payouts/");
    const struct json *links = json_get(body, "links");

    for (size_t i = 0; i < json_count(links); i++) {
        struct str href = json_str(json_get(json_item(links, i), "href"));
        size_t at = str_find(href, PATH, 0), end;

        if (at == SIZE_MAX)
            continue;
        href = str_sub(href, at + PATH.n, href.n);
        end = str_find(href, STR("?"), 0);
        href = str_sub(href, 0, end);
        if (is_id(href))
            return href;
    }
    return STR("");
}

/* What the order itself is refused for, whenever it is asked. */
static bool
is_order(struct str name)
{
    return str_eq_text(name, "VALIDATION_ERROR") || str_eq_text(name, "INVALID_REQUEST") ||
           str_eq_text(name, "UNPROCESSABLE_ENTITY") ||
           str_eq_text(name, "RECEIVER_UNCONFIRMED") ||
           str_eq_text(name, "RECEIVER_ACCOUNT_LOCKED");
}

static bool
is_empty(const struct json *body)
{
    return str_eq_text(json_str(json_get(body, "name")), "INSUFFICIENT_FUNDS");
}

static struct str
refusal(struct ctx *ctx, const struct remote_answer *r)
{
    const struct json *first = json_item(json_get(r->body, "details"), 0);
    struct str issue = clean(ctx, json_get(first, "issue"));
    struct str said = issue.n ? issue : clean(ctx, json_get(r->body, "message"));

    if (r->status == 401)
        return STR("PayPal does not accept our credentials");
    if (r->status == 403)
        return STR("our account at PayPal may not make payouts");
    if (is_empty(r->body))
        return STR("the balance at PayPal does not suffice");
    return said.n ? str_of(arena_printf(ctx->arena, "PayPal says: %.*s", STR_ARG(said)))
                  : r->why;
}

static void
taken(const struct pay_order *o, const struct json *body, struct pay_answer *ret)
{
    const struct json *head = json_get(body, "batch_header");
    struct str id = json_str(json_get(head, "payout_batch_id"));
    struct str ours = json_str(json_at(head, "sender_batch_header.sender_batch_id"));

    if (!is_id(id))
        *ret = answer(PAY_UNKNOWN, STR(""), STR("PayPal gave no number: it is asked again"));
    else if (ours.n && !str_eq(ours, o->key))
        *ret = answer(PAY_UNKNOWN, STR(""),
                      STR("PayPal answered for another payout: a person must look"));
    else
        *ret = answer(PAY_SENT, id, STR(""));
}

static void
sent(struct ctx *ctx, const struct pay_order *o, const struct remote_ask *ask, enum err e,
     const struct httpc_answer *a, struct pay_answer *ret)
{
    struct remote_answer r;
    struct str batch;

    remote_read(ctx, ask, e, a, &r);
    if (r.how == REMOTE_DONE) {
        taken(o, r.body, ret);
        return;
    }
    batch = r.status >= 400 && r.status < 500 ? linked(r.body) : STR("");
    if (batch.n) {
        *ret = answer(PAY_SENT, batch, STR(""));
        return;
    }
    *ret =
        answer(PAY_UNKNOWN, STR(""), e ? payer_lost(ctx, STR("PayPal"), e) : refusal(ctx, &r));
    ret->wait_ms = r.wait_ms;
    if (r.how == REMOTE_WAIT || (r.how == REMOTE_REFUSED && e))
        ret->what = PAY_WAIT;
    else if (r.how == REMOTE_REFUSED)
        /* All else that is refused is about our own account, and can be put right. */
        ret->what = is_order(json_str(json_get(r.body, "name"))) ? PAY_FAILED : PAY_WAIT;
    ret->lacks = ret->what == PAY_WAIT && is_empty(r.body);
}

/* What a status of an item means. */
static const struct {
    const char *status;
    enum pay_what what;
    const char *words;
} items[] = {
    {"SUCCESS",   PAY_PAID,   ""                                                             },
    {"PENDING",   PAY_SENT,   ""                                                             },
    {"ONHOLD",    PAY_SENT,   "PayPal looks into the payment before it goes on"              },
    {"UNCLAIMED", PAY_SENT,   "nobody has claimed it at PayPal yet; after 30 days it returns"},
    {"FAILED",    PAY_FAILED, "PayPal could not pay it"                                      },
    {"BLOCKED",   PAY_FAILED, "PayPal blocked the payment"                                   },
    {"RETURNED",  PAY_FAILED, "nobody claimed it at PayPal in time"                          },
    {"REFUNDED",  PAY_FAILED, "the receiver sent it back"                                    },
    {"REVERSED",  PAY_FAILED, "PayPal took the payment back"                                 },
};

/* -1 when PayPal did not say, or in another currency. */
static int64_t
cents(const struct json *v, const char *currency)
{
    struct money m;

    if (!str_eq_text(json_str(json_get(v, "currency")), currency) ||
        money_parse(json_str(json_get(v, "value")), str_of(currency), &m) || m.minor < 0)
        return -1;
    return m.minor;
}

/* Errors that a person can act on; nothing is repeated that we do not know. */
static struct str
item_words(struct ctx *ctx, const struct json *item, const char *words)
{
    struct str name = json_str(json_at(item, "errors.name"));

    if (str_eq_text(name, "RECEIVER_UNREGISTERED"))
        return STR("there is no account at PayPal with this address yet: whoever makes one "
                   "gets it");
    if (str_eq_text(name, "RECEIVER_ACCOUNT_LOCKED") || str_eq_text(name, "ACCOUNT_RESTRICTED"))
        return STR("the receiver's account at PayPal is limited");
    if (str_eq_text(name, "INSUFFICIENT_FUNDS"))
        return STR("the balance at PayPal did not suffice");
    if (name.n && field_is_made_of(name, 60, "_"))
        return str_of(arena_printf(ctx->arena, "%s (%.*s)", words[0] ? words : "PayPal says",
                                   STR_ARG(name)));
    return str_of(words);
}

static struct pay_answer
read_item(struct ctx *ctx, const struct pay_order *o, const struct json *item)
{
    const struct json *order = json_get(item, "payout_item");
    struct str status = json_str(json_get(item, "transaction_status"));
    struct pay_answer a;

    if (!str_eq(json_str(json_get(order, "sender_item_id")), o->key) ||
        cents(json_get(order, "amount"), o->currency) != o->amount)
        return answer(PAY_UNKNOWN, STR(""),
                      STR("PayPal holds another payout under this number: a person must "
                          "compare them"));
    for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
        if (!str_eq_text(status, items[i].status))
            continue;
        a = answer(items[i].what, o->ref,
                   items[i].what == PAY_PAID ? STR("") : item_words(ctx, item, items[i].words));
        if (a.what == PAY_PAID)
            a.fee = cents(json_get(item, "payout_item_fee"), o->currency);
        return a;
    }
    return answer(PAY_SENT, o->ref, STR(""));
}

static struct pay_answer
read_batch(struct ctx *ctx, const struct pay_order *o, const struct json *body)
{
    const struct json *all = json_get(body, "items");
    struct str status = json_str(json_at(body, "batch_header.batch_status"));

    if (!status.n)
        return answer(PAY_WAIT, STR(""), STR("PayPal's answer cannot be read"));
    if (str_eq_text(status, "DENIED"))
        return answer(PAY_FAILED, o->ref, STR("PayPal denied the payout"));
    if (str_eq_text(status, "CANCELED"))
        return answer(PAY_FAILED, o->ref, STR("the payout was cancelled at PayPal"));
    if (json_count(all) == 0)
        return answer(PAY_SENT, o->ref, STR(""));
    if (json_count(all) > 1)
        return answer(PAY_UNKNOWN, STR(""),
                      STR("PayPal names several payments under this number: a person must "
                          "compare them"));
    return read_item(ctx, o, json_item(all, 0));
}

static void
seen(struct ctx *ctx, const struct pay_order *o, const struct remote_ask *ask, enum err e,
     const struct httpc_answer *a, struct pay_answer *ret)
{
    struct remote_answer r;

    remote_read(ctx, ask, e, a, &r);
    if (r.how == REMOTE_DONE) {
        *ret = read_batch(ctx, o, r.body);
        return;
    }
    /* A look that failed tells nothing; an id of theirs that they do not know is odd. */
    *ret = answer(r.status == 404 ? PAY_UNKNOWN : PAY_WAIT, STR(""),
                  e ? payer_lost(ctx, STR("PayPal"), e) : refusal(ctx, &r));
    ret->wait_ms = r.wait_ms;
}

const struct payer payer_paypal = {
    .name = STR_INIT("paypal"),
    .memory_ms = MEMORY_MS,
    .send = send,
    .sent = sent,
    .look = look,
    .seen = seen,
    .fits = fits,
};
