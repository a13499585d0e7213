/* Reads fields, asks who it is, calls payout/, writes the log of acts; never a code. Not for:
 * deciding anything. */
#include "vault/paying.h"

#include "base/conf.h"
#include "payout/method.h"
#include "payout/payout.h"
#include "user/audit_log.h"
#include "user/identity.h"
#include "user/right.h"
#include "vault/actor.h"
#include "vault/people.h"

enum {
    AMOUNT_BYTES = 40,
    WORD_BYTES = 40,
    TO_BYTES = 200,
    BRAND_BYTES = 256,
    CODE_BYTES = 800,
    NOTE_BYTES = 1300,
    URL_BYTES = 1000,
    WHY_BYTES = 300,
    REASON_BYTES = 1300,
    WAIT_MAX_MS = 24 * 60 * 60 * 1000
};

/* The last try that names its actor, for the log should it be refused. */
static struct {
    char actor[40], action[40], object[40];
} tried;

static struct str
ref(struct ctx *ctx, const char *kind, int64_t id)
{
    return str_of(arena_printf(ctx->arena, "%s:%lld", kind, (long long)id));
}

static void
remember(struct str actor, struct str action, struct str object)
{
    snprintf(tried.actor, sizeof tried.actor, "%.*s", STR_ARG(actor));
    snprintf(tried.action, sizeof tried.action, "%.*s", STR_ARG(action));
    snprintf(tried.object, sizeof tried.object, "%.*s", STR_ARG(object));
}

enum err
paying_refused(struct ctx *ctx, struct tx *tx)
{
    bool matters = ctx->fail == E_DENIED || ctx->fail == E_NOTFOUND;
    struct str actor = str_dup(ctx->arena, str_of(tried.actor));

    tried.actor[0] = 0;
    if (!matters || !actor.n)
        return OK;
    return audit_log_add(ctx, tx, actor, str_of(tried.action), str_of(tried.object),
                         str_of(arena_printf(ctx->arena, "refused: %s", ctx->fail_text)));
}

/* Who it is, by the session, and which thing. */
static enum err
whose(struct ctx *ctx, const struct msg *in, const char *kind, unsigned need,
      struct vault_actor *actor, int64_t *ret_member, int64_t *ret_id)
{
    enum err e;

    tried.actor[0] = 0;
    if ((e = actor_member(ctx, in, 0, actor, ret_member)) ||
        (e = msg_i64(ctx, in, kind, 1, INT64_MAX, ret_id)))
        return e;
    remember(actor->text, in->name, ref(ctx, kind, *ret_id));
    return need ? right_need(ctx, *ret_member, need) : OK;
}

/* By its number; a gift card or store credit also by its name, which needs no set-up. */
static enum err
which_method(struct ctx *ctx, struct tx *tx, int64_t member, const struct msg *in,
             int64_t *ret_id)
{
    struct str word;
    enum err e = msg_text(ctx, in, "method", 1, WORD_BYTES, &word);

    if (e || str_i64(word, 1, INT64_MAX, ret_id))
        return e;
    return method_usual(ctx, tx, member, word, ret_id);
}

enum err
paying_ask(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    struct vault_actor actor = *who;
    struct payout_ask ask = {0};
    struct str amount;
    int64_t id;
    enum err e;

    tried.actor[0] = 0;
    if ((e = actor_member(ctx, in, 0, &actor, &ask.member_id)) ||
        (e = msg_text(ctx, in, "amount", 1, AMOUNT_BYTES, &amount)) ||
        (e = payout_amount(ctx, ask.member_id, amount, &ask.amount)) ||
        (e = which_method(ctx, tx, ask.member_id, in, &ask.method_id)))
        return e;
    ask.actor = actor.text;
    remember(actor.text, in->name, ref(ctx, "method", ask.method_id));
    if ((e = payout_request(ctx, tx, &ask, &id)))
        return e;
    msg_add_i64(out, "payout", id);
    return audit_log_on(ctx, tx, actor.text, in->name, "payout", id,
                        str_of(arena_printf(ctx->arena, "%lld", (long long)ask.amount)));
}

enum err
paying_cancel(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct vault_actor actor = *who;
    int64_t member, id;
    enum err e;

    (void)out;
    if ((e = whose(ctx, in, "payout", 0, &actor, &member, &id)) ||
        (e = payout_cancel(ctx, tx, id, member, actor.text)))
        return e;
    return audit_log_on(ctx, tx, actor.text, in->name, "payout", id, STR(""));
}

enum err
paying_fulfil(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct vault_actor actor = *who;
    struct payout_code c = {0};
    enum err e;

    (void)out;
    if ((e = whose(ctx, in, "payout", RIGHT_STAFF | RIGHT_OPERATOR, &actor, &c.staff_id,
                   &c.payout_id)) ||
        (e = msg_maybe_text(ctx, in, "brand", BRAND_BYTES, &c.brand)) ||
        (e = msg_maybe_text(ctx, in, "code", CODE_BYTES, &c.code)) ||
        (e = msg_maybe_text(ctx, in, "note", NOTE_BYTES, &c.note)) ||
        (e = payout_fulfil(ctx, tx, &c)))
        return e;
    return audit_log_on(ctx, tx, actor.text, in->name, "payout", c.payout_id, c.brand);
}

enum err
paying_judge(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct vault_actor actor = *who;
    struct payout_word w = {0};
    int64_t arrived;
    bool ended;
    enum err e;

    if ((e = whose(ctx, in, "payout", RIGHT_OPERATOR, &actor, &w.member_id, &w.payout_id)) ||
        (e = msg_i64(ctx, in, "arrived", 0, 1, &arrived)) ||
        (e = msg_text(ctx, in, "proof", 1, NOTE_BYTES, &w.proof)))
        return e;
    w.arrived = arrived == 1;
    if ((e = payout_judge(ctx, tx, &w, &ended)))
        return e;
    msg_add_i64(out, "ended", ended);
    return audit_log_on(
        ctx, tx, actor.text, in->name, "payout", w.payout_id,
        str_of(arena_printf(ctx->arena, "%s: %.*s", w.arrived ? "arrived" : "did not arrive",
                            STR_ARG(w.proof))));
}

enum err
paying_reveal(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct vault_actor actor = *who;
    struct str brand, code;
    int64_t member, id;
    enum err e;

    if ((e = whose(ctx, in, "payout", 0, &actor, &member, &id)) ||
        (e = payout_reveal(ctx, tx, id, member, &brand, &code)))
        return e;
    msg_add_str(out, "brand", brand);
    msg_add_str(out, "code", code);
    return audit_log_on(ctx, tx, actor.text, in->name, "payout", id, STR(""));
}

enum err
paying_method_set(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                  const struct msg *in, struct msg *out)
{
    struct vault_actor actor = *who;
    struct str kind, to;
    int64_t member, id;
    enum err e;

    if ((e = actor_member(ctx, in, 0, &actor, &member)) ||
        (e = msg_text(ctx, in, "kind", 1, WORD_BYTES, &kind)) ||
        (e = msg_maybe_text(ctx, in, "to", TO_BYTES, &to)) ||
        (e = method_set(ctx, tx, member, kind, str_trim(to), &id)))
        return e;
    msg_add_i64(out, "method", id);
    return audit_log_on(ctx, tx, actor.text, in->name, "method", id, kind);
}

enum err
paying_method_confirm(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out)
{
    struct vault_actor actor = *who;
    struct identity there;
    int64_t member, id;
    enum err e;

    (void)out;
    if ((e = whose(ctx, in, "method", 0, &actor, &member, &id)))
        return e;
    /* Who took over a browser has not taken over Discord: where there is one, it is asked. */
    e = ctx->conf->discord.application_id.n ? identity_of(ctx, STR("discord"), member, &there)
                                            : E_NOTFOUND;
    if (!e)
        return ctx_fail(ctx, E_DENIED,
                        "confirm it with the button of the message that Discord brought you");
    if (e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    if ((e = method_confirm(ctx, tx, id, member)))
        return e;
    return audit_log_on(ctx, tx, actor.text, in->name, "method", id, STR(""));
}

enum err
paying_method_drop(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out)
{
    struct vault_actor actor = *who;
    int64_t member, id;
    enum err e;

    (void)out;
    if ((e = whose(ctx, in, "method", 0, &actor, &member, &id)) ||
        (e = method_drop(ctx, tx, id, member)))
        return e;
    return audit_log_on(ctx, tx, actor.text, in->name, "method", id, STR(""));
}

enum err
paying_begin(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    static const struct str word[] = {[PAYOUT_NOTHING] = STR_INIT("nothing"),
                                      [PAYOUT_SEND] = STR_INIT("send"),
                                      [PAYOUT_LOOK] = STR_INIT("look")};
    struct pay_order *o = ARENA_NEW(ctx->arena, struct pay_order);
    enum payout_act act;
    struct str method;
    int64_t id;
    enum err e;

    (void)who;
    if ((e = msg_i64(ctx, in, "payout", 1, INT64_MAX, &id)) ||
        (e = payout_begin(ctx, tx, id, &act, o, &method)))
        return e;
    msg_add_str(out, "act", word[act]);
    if (act == PAYOUT_NOTHING)
        return OK;
    msg_add_str(out, "method", method);
    msg_add_str(out, "key", o->key);
    msg_add_str(out, "to", o->to);
    msg_add_i64(out, "amount", o->amount);
    msg_add_str(out, "currency", str_of(o->currency));
    msg_add_str(out, "ref", o->ref);
    msg_add_i64(out, "first_at", o->first_at);
    msg_add_i64(out, "turn", o->turn);
    msg_add_i64(out, "hold", o->hold);
    msg_add_i64(out, "spent", o->spent);
    msg_add_i64(out, "lacks", o->lacks);
    return OK;
}

static enum err
read_what(struct ctx *ctx, const struct msg *in, enum pay_what *ret)
{
    static const char *const word[] = {
        [PAY_SENT] = "sent",     [PAY_PAID] = "paid", [PAY_FAILED] = "failed",
        [PAY_ABSENT] = "absent", [PAY_WAIT] = "wait", [PAY_UNKNOWN] = "unknown"};

    for (size_t i = 0; i < ARRAY_SIZE(word); i++)
        if (str_eq_text(msg_opt(in, "what"), word[i])) {
            *ret = (enum pay_what)i;
            return OK;
        }
    return ctx_fail(ctx, E_INVALID, "what is sent, paid, failed, absent, wait or unknown");
}

enum err
paying_report(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct pay_answer a = {.fee = -1, .holds = -1};
    int64_t id, again, lacks = 0, spent = 0;
    enum err e;

    (void)who;
    if ((e = msg_i64(ctx, in, "payout", 1, INT64_MAX, &id)) ||
        (e = msg_i64(ctx, in, "turn", 0, INT64_MAX, &a.turn)) ||
        (e = read_what(ctx, in, &a.what)) ||
        (e = msg_maybe_text(ctx, in, "ref", TO_BYTES, &a.ref)) ||
        (e = msg_maybe_text(ctx, in, "why", WHY_BYTES, &a.why)) ||
        (e = msg_maybe_i64(ctx, in, "fee", -1, MINOR_MAX, &a.fee)) ||
        (e = msg_maybe_i64(ctx, in, "wait_ms", 0, WAIT_MAX_MS, &a.wait_ms)) ||
        (e = msg_maybe_i64(ctx, in, "lacks", 0, 1, &lacks)) ||
        (e = msg_maybe_i64(ctx, in, "spent", 0, 1, &spent)) ||
        (e = msg_maybe_i64(ctx, in, "holds", -MINOR_MAX, MINOR_MAX, &a.holds)))
        return e;
    a.lacks = lacks == 1;
    a.spent = spent == 1;
    if ((e = payout_report(ctx, tx, id, &a, &again)))
        return e;
    msg_add_i64(out, "again", again);
    return OK;
}

enum err
paying_account(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
               const struct msg *in, struct msg *out)
{
    struct str account, url, why;
    int64_t id, ready;
    enum err e;

    (void)who;
    (void)out;
    if ((e = msg_i64(ctx, in, "method", 1, INT64_MAX, &id)) ||
        (e = msg_i64(ctx, in, "ready", 0, 1, &ready)) ||
        (e = msg_maybe_text(ctx, in, "account", TO_BYTES, &account)) ||
        (e = msg_maybe_text(ctx, in, "url", URL_BYTES, &url)) ||
        (e = msg_maybe_text(ctx, in, "why", WHY_BYTES, &why)))
        return e;
    return method_account(ctx, tx, id, account, url, ready == 1, why);
}

static enum err
set_block(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
          bool on)
{
    struct member m;
    struct str reason;
    enum err e;

    if ((e = people_field(ctx, in, "member", &m)) ||
        (e = msg_text(ctx, in, "reason", 1, REASON_BYTES, &reason)) ||
        (e = on ? payout_block_set(ctx, tx, m.id, reason, who->text)
                : payout_block_clear(ctx, tx, m.id)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "member", m.id, reason);
}

enum err
paying_block(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    (void)out;
    return set_block(ctx, tx, who, in, true);
}

enum err
paying_unblock(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
               const struct msg *in, struct msg *out)
{
    (void)out;
    return set_block(ctx, tx, who, in, false);
}

enum err
paying_adopt(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct payout_made made = {.actor = who->text};
    struct member m;
    struct str reason;
    int64_t id;
    enum err e;

    if ((e = people_field(ctx, in, "member", &m)) ||
        (e = msg_text(ctx, in, "provider", 1, WORD_BYTES, &made.provider)) ||
        (e = msg_text(ctx, in, "ref", 1, TO_BYTES, &made.ref)) ||
        (e = msg_i64(ctx, in, "amount", 1, MINOR_MAX, &made.amount)) ||
        (e = msg_text(ctx, in, "reason", 1, REASON_BYTES, &reason)))
        return e;
    made.member_id = m.id;
    if ((e = payout_adopt(ctx, tx, &made, &id)))
        return e;
    msg_add_i64(out, "payout", id);
    return audit_log_add(ctx, tx, who->text, in->name, ref(ctx, "payout", id), reason);
}
