/* Cashing out: the form, the page that asks once more, the request; and the member's payouts so
 * far. Not for: who may be paid what (payout/), one payout's way (payouttrack.c). */
#include "base/conf.h"
#include "db/db.h"
#include "http/csrf.h"
#include "ledger/account.h"
#include "page/payoutrow.h"
#include "page/routes.h"
#include "page/walletrows.h"
#include "payout/method.h"
#include "payout/payout.h"
#include "upkeep/quarantine.h"

enum { PAYOUTS_SHOWN = 50, METHOD_BYTES = 20, AMOUNT_BYTES = 20 };

static const struct form_field FIELDS[] = {
    {.name = "method", .kind = FORM_TOKEN, .hi = METHOD_BYTES  },
    {.name = "amount", .kind = FORM_LINE,  .hi = AMOUNT_BYTES  },
    {.name = "quick",  .kind = FORM_WORD,  .words = "20 50 all"}
};

/* What somebody asks for, and what is wrong with it. */
struct wish {
    struct str method, amount; /* as sent */
    const struct method *m;    /* NULL: none was chosen */
    int64_t cents;
    struct str why_method, why_amount;
};

/* How it is sent: its number, or its kind where it needs no set-up. */
static struct str
value_of(struct ctx *ctx, const struct method *m)
{
    return m->id ? layout_printf(ctx, "%lld", (long long)m->id) : m->kind;
}

static void
add_methods(struct ctx *ctx, struct view *v, const struct method *m, size_t n,
            const struct wish *w)
{
    struct view *list = view_list(v, "methods");

    for (size_t i = 0; i < n; i++) {
        struct view *row = view_add(list);
        bool set = m[i].id || method_is_manual(m[i].kind);
        bool ready = set && !m[i].why.n;

        view_text(row, "value", value_of(ctx, &m[i]));
        view_text(row, "name", method_name(m[i].kind));
        view_text(row, "to", m[i].words);
        view_flag(row, "ready", ready);
        view_flag(row, "chosen", ready && w->m == &m[i]);
        view_text(row, "why",
                  ready        ? STR("")
                  : m[i].why.n ? m[i].why
                               : STR("it needs a set-up first"));
        layout_badge(row,
                     ready            ? "done"
                     : set && m[i].id ? "wait"
                                      : "rest",
                     ready        ? STR("ready")
                     : m[i].id    ? STR("not yet")
                     : m[i].why.n ? STR("off")
                                  : STR("needs set-up"));
        view_text(row, "terms", payoutrow_terms(ctx, m[i].kind));
    }
    view_flag(v, "has_methods", n > 0);
}

/* Amounts that many people choose, as far as the wallet has them. */
static void
add_quick(struct ctx *ctx, struct view *v, int64_t available)
{
    static const char *const QUICK[] = {"20", "50"};
    struct view *list = view_list(v, "quick");
    struct money m;

    for (size_t i = 0; i < ARRAY_SIZE(QUICK); i++) {
        if (money_parse(str_of(QUICK[i]), layout_currency(ctx), &m) != OK ||
            m.minor > available)
            continue;
        struct view *row = view_add(list);

        view_textz(row, "value", QUICK[i]);
        view_text(row, "words", layout_house(ctx, m.minor));
    }
}

static enum err
add_history(struct ctx *ctx, struct view *v, int64_t member)
{
    struct view *list = view_list(v, "payouts");
    struct payout *p;
    size_t n = 0;
    enum err e = payout_list(ctx, member, STR(""), PAYOUTS_SHOWN, &p, &n);

    for (size_t i = 0; !e && i < n; i++)
        payoutrow_add(ctx, view_add(list), &p[i]);
    view_flag(v, "has_payouts", n > 0);
    return e;
}

static const struct method *
find(struct ctx *ctx, const struct method *m, size_t n, struct str value)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(value_of(ctx, &m[i]), value) ||
            (method_is_manual(m[i].kind) && str_eq(m[i].kind, value)))
            return &m[i];
    return NULL;
}

/* Each refusal beside the field that it is about. */
static void
refuse(struct ctx *ctx, struct wish *w, enum err e)
{
    struct str why = payoutrow_sentence(ctx, ctx_why(ctx));

    if (e == E_FUNDS || e == E_INVALID)
        w->why_amount = why;
    else
        w->why_method = why;
    ctx_clear(ctx);
}

/* OK: it can be asked for. E_INVALID without a text in ctx: the wish says why not. */
static enum err
judge(struct ctx *ctx, int64_t member, struct wish *w)
{
    enum err e;

    if (!w->m)
        w->why_method = STR("Choose how you want to be paid.");
    if (!w->amount.n)
        w->why_amount = STR("Say how much.");
    if (w->why_method.n || w->why_amount.n)
        return E_INVALID;
    struct payout_ask ask = {.member_id = member, .method_id = w->m->id};

    if (!w->m->id && !method_is_manual(w->m->kind)) {
        w->why_method = STR("It needs a set-up first.");
        return E_INVALID;
    }
    if (!(e = payout_amount(ctx, member, w->amount, &ask.amount)) &&
        !(e = payout_check(ctx, &ask))) {
        w->cents = ask.amount;
        return OK;
    }
    if (e != E_FUNDS && e != E_INVALID && e != E_CONFLICT && e != E_DENIED && e != E_NOTFOUND)
        return e;
    refuse(ctx, w, e);
    return E_INVALID;
}

static void
add_wish(struct ctx *ctx, struct view *v, const struct wish *w, bool ready)
{
    view_text(v, "amount_text", w->amount);
    view_text(v, "why_method", w->why_method);
    view_text(v, "why_amount", w->why_amount);
    view_flag(v, "confirm", false);
    if (!ready)
        return;
    struct view *c = view_object(v, "confirm");
    int64_t fee = payout_fee(ctx, w->m->kind, w->cents);

    view_text(c, "method", value_of(ctx, w->m));
    view_text(c, "name", method_name(w->m->kind));
    view_text(c, "to", w->m->words);
    view_text(c, "arrival", payoutrow_arrival(w->m->kind));
    layout_money(ctx, c, "amount", w->cents);
    layout_money(ctx, c, "fee", fee);
    layout_money(ctx, c, "gets", w->cents - fee);
    view_text(c, "plain", payoutrow_plain(ctx, w->cents));
}

/* The form, or the page that asks once more when the wish is good and looked is set. */
static enum err
show(struct ctx *ctx, const struct req *req, struct res *res, struct wish *w, bool looked)
{
    struct walletrows who;
    struct account_wallet sums;
    struct method *m;
    size_t n;
    bool ready = false, paused;
    enum err e;

    if ((e = walletrows_whose(ctx, req, 0, &who)) ||
        (e = account_wallet(ctx, who.member, &sums)) ||
        (e = method_list(ctx, who.member, &m, &n)))
        return e;
    struct view *v = walletrows_view(ctx, req, &who, "payout");

    w->m = find(ctx, m, n, w->method);
    if (looked) {
        e = judge(ctx, who.member, w);
        ready = e == OK;
        if (e && e != E_INVALID)
            return e;
        if (!ready)
            res_status(res, 400);
    }
    if ((e = quarantine_open(ctx, &paused, NULL)))
        return e;
    view_flag(v, "paused", paused);
    add_wish(ctx, v, w, ready);
    add_methods(ctx, v, m, n, w);
    add_quick(ctx, v, sums.available);
    view_flag(v, "too_little", sums.available < ctx->conf->payout.min);
    layout_money(ctx, v, "missing", ctx->conf->payout.min - sums.available);
    layout_money(ctx, v, "available", sums.available);
    layout_money(ctx, v, "least", ctx->conf->payout.min);
    layout_money(ctx, v, "most", ctx->conf->payout.max);
    view_text(v, "form_token", csrf_token(ctx, &req->session, STR("/wallet/payout")));
    e = add_history(ctx, v, who.member);
    return e ? e : res_page(res, req, "wallet/payout", v);
}

enum err
payoutpage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct wish w = {.why_method = STR(""), .why_amount = STR("")};
    struct form f;
    enum err e;

    if (form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f) != OK)
        ctx_clear(ctx); /* shown beside the field */
    w.method = f.v[0].text;
    w.amount = form_has(&f, "quick") ? form_text(&f, "quick") : f.v[1].text;
    if ((e = db_snapshot_begin(ctx)))
        return e;
    e = show(ctx, req, res, &w, req->query.n > 0);
    db_snapshot_end(ctx);
    return e;
}

static enum err
asked(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
      const struct msg *answer)
{
    struct wish w = {.why_method = STR(""), .why_amount = STR("")};
    struct form f;
    int64_t id;
    enum err e;

    if (how == OK || how == E_DUPLICATE) {
        if ((e = msg_i64(ctx, answer, "payout", 1, INT64_MAX, &id)))
            return e;
        return res_redirect(res, layout_printf(ctx, "/wallet/payout/%lld", (long long)id));
    }
    if (how != E_FUNDS && how != E_INVALID && how != E_CONFLICT && how != E_DENIED)
        return how;
    refuse(ctx, &w, how);
    if ((e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f)))
        return e;
    w.method = form_text(&f, "method");
    w.amount = form_text(&f, "amount");
    res_status(res, how == E_CONFLICT ? 409 : 400);
    return show(ctx, req, res, &w, false);
}

enum err
payoutpage_ask(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return e;
    if (!form_has(&f, "method") || !form_has(&f, "amount"))
        return ctx_fail(ctx, E_INVALID, "say how and how much: go back to the form");
    msg_init(ask, STR("payout.ask"));
    msg_add_str(ask, "session", req->session.token);
    msg_add_str(ask, "method", form_text(&f, "method"));
    msg_add_str(ask, "amount", form_text(&f, "amount"));
    msg_add_str(ask, "key", req->form_key);
    return res_ask(res, req, ask, asked);
}
