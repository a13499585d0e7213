/* One payout on its way: where it is and since when, how it ended, and what its member may
 * still do. Not for: asking for one (payoutpage.c). */
#include "db/db.h"
#include "http/csrf.h"
#include "page/payoutrow.h"
#include "page/routes.h"
#include "page/walletrows.h"
#include "payout/method.h"

/* A payout of somebody else is not there. */
static enum err
own(struct ctx *ctx, const struct req *req, struct payout *ret)
{
    enum err e = payout_get(ctx, req_id(req, "id"), ret);

    if (!e && ret->member_id != req->session.user_id)
        return ctx_fail(ctx, E_NOTFOUND, "there is no payout %lld",
                        (long long)req_id(req, "id"));
    return e;
}

static int64_t
time_of(const struct payout_step *s, size_t n, const char *state)
{
    int64_t at = 0;

    for (size_t i = 0; i < n; i++)
        if (str_eq_text(s[i].state, state))
            at = s[i].at;
    return at;
}

/* The way that a payout usually goes, or to where it left that way. */
static void
add_way(struct view *v, const struct payout *p, const struct payout_step *s, size_t n)
{
    static const char *const WAY[] = {"REQUESTED", "HELD", "SENDING", "SENT", "SETTLED"};
    static const char *const ENDS[] = {"CANCELLED", "RETURNED"};
    struct view *list = view_list(v, "way");
    const char *end = "SETTLED";

    for (size_t i = 0; i < ARRAY_SIZE(ENDS); i++)
        if (str_eq_text(p->state, ENDS[i]))
            end = ENDS[i];
    for (size_t i = 0; i < ARRAY_SIZE(WAY); i++) {
        const char *state = i + 1 < ARRAY_SIZE(WAY) ? WAY[i] : end;
        int64_t at = time_of(s, n, state);

        bool sent = str_eq_text(str_of(state), "SENDING") || str_eq_text(str_of(state), "SENT");

        /* What staff fulfils is not sent; what has ended did not go the rest. */
        if (!at && ((sent && method_is_manual(p->method)) ||
                    !str_eq_text(str_of(end), "SETTLED") || str_eq_text(p->state, "SETTLED")))
            continue;
        struct view *row = view_add(list);

        view_text(row, "words", payoutrow_state(str_of(state)));
        layout_time(row, "at", at);
        view_flag(row, "on", at > 0);
        view_flag(row, "now", str_eq_text(p->state, state));
    }
}

static enum err
add_steps(struct ctx *ctx, struct view *v, const struct payout *p)
{
    struct view *list = view_list(v, "steps");
    struct payout_step *s;
    size_t n = 0;
    enum err e = payout_steps(ctx, p->id, &s, &n);

    if (e)
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *row = view_add(list);

        layout_time(row, "at", s[i].at);
        layout_badge(row, payoutrow_badge(s[i].state), payoutrow_state(s[i].state));
        view_text(row, "why", payoutrow_sentence(ctx, s[i].why));
    }
    add_way(v, p, s, n);
    return OK;
}

static enum err
show(struct ctx *ctx, const struct req *req, struct res *res, struct str wrong,
     struct str brand, struct str code)
{
    struct walletrows w;
    struct payout p;
    enum err e;

    if ((e = own(ctx, req, &p)) || (e = walletrows_whose(ctx, req, 0, &w)))
        return e;
    struct view *v = walletrows_view(ctx, req, &w, "payout");
    struct str path = layout_printf(ctx, "/wallet/payout/%lld", (long long)p.id);
    struct str cancel = layout_printf(ctx, "%.*s/cancel", STR_ARG(path));
    struct str reveal = layout_printf(ctx, "%.*s/reveal", STR_ARG(path));

    payoutrow_add(ctx, v, &p);
    view_flag(v, "held", str_eq_text(p.state, "HELD"));
    view_flag(v, "unknown", str_eq_text(p.state, "UNKNOWN"));
    view_flag(v, "revealable", p.revealable && !code.n);
    view_flag(v, "manual", method_is_manual(p.method));
    view_text(v, "wrong", wrong);
    view_text(v, "brand", brand);
    view_text(v, "code", code);
    view_url(v, "cancel_url", cancel);
    view_url(v, "reveal_url", reveal);
    view_text(v, "cancel_token", csrf_token(ctx, &req->session, cancel));
    view_text(v, "reveal_token", csrf_token(ctx, &req->session, reveal));
    e = add_steps(ctx, v, &p);
    return e ? e : res_page(res, req, "wallet/track", v);
}

enum err
payouttrack_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    e = show(ctx, req, res, STR(""), STR(""), STR(""));
    db_snapshot_end(ctx);
    return e;
}

/* A refusal stands on the page of the payout, as it is now. */
static enum err
refused(struct ctx *ctx, const struct req *req, struct res *res, enum err how)
{
    struct str why = payoutrow_sentence(ctx, ctx_why(ctx));

    if (how != E_CONFLICT && how != E_INVALID)
        return how;
    ctx_clear(ctx);
    res_status(res, how == E_CONFLICT ? 409 : 400);
    return show(ctx, req, res, why, STR(""), STR(""));
}

static enum err
cancelled(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
          const struct msg *answer)
{
    (void)answer;
    if (how)
        return refused(ctx, req, res, how);
    return res_redirect(
        res, layout_printf(ctx, "/wallet/payout/%lld", (long long)req_id(req, "id")));
}

/* Shown once, in the answer to the button itself: no address leads to it. */
static enum err
revealed(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
         const struct msg *answer)
{
    if (how)
        return refused(ctx, req, res, how);
    return show(ctx, req, res, STR(""), msg_opt(answer, "brand"), msg_opt(answer, "code"));
}

static enum err
press(struct ctx *ctx, const struct req *req, struct res *res, const char *command,
      res_rest rest)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct payout p;
    struct form f;
    enum err e = form_body(ctx, req, NULL, 0, &f);

    if (e || (e = own(ctx, req, &p)))
        return e;
    msg_init(ask, str_of(command));
    msg_add_str(ask, "session", req->session.token);
    msg_add_i64(ask, "payout", p.id);
    return res_ask(res, req, ask, rest);
}

enum err
payouttrack_cancel(struct ctx *ctx, const struct req *req, struct res *res)
{
    return press(ctx, req, res, "payout.cancel", cancelled);
}

enum err
payouttrack_reveal(struct ctx *ctx, const struct req *req, struct res *res)
{
    return press(ctx, req, res, "payout.reveal", revealed);
}
