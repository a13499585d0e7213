/* Payouts as staff sees them: what is uncertain first, requests to fulfil, what runs by itself.
 * There is no way to make one here. Not for: rules (payout/payout.h). */
#include "db/db.h"
#include "http/form.h"
#include "page/payoutrow.h"
#include "page/routes.h"
#include "payout/method.h"
#include "user/right.h"

enum {
    OPSPAYOUT_MAX = 200,
    BRAND_BYTES = 64,
    CODE_BYTES = 200,
    NOTE_BYTES = 300,
    PROOF_BYTES = 1200
};

static const struct form_field FIELDS[] = {
    {.name = "brand", .kind = FORM_LINE, .hi = BRAND_BYTES},
    {.name = "code",  .kind = FORM_LINE, .hi = CODE_BYTES },
    {.name = "note",  .kind = FORM_LINE, .hi = NOTE_BYTES }
};

/* What was typed into the form of one request, and why it was refused. */
struct typed {
    int64_t id;
    struct str brand, code, note, wrong;
};

static void
add_form(struct ctx *ctx, struct view *row, const struct req *req, const struct payout *p,
         const struct typed *t)
{
    bool staff = (req->session.roles & (RIGHT_STAFF | RIGHT_OPERATOR)) != 0;
    bool mine = p->member_id == req->session.user_id, again = t && t->id == p->id;
    bool may = staff && !mine && str_eq_text(p->state, "HELD");

    view_text(row, "why_not",
              mine     ? STR("Your own request: somebody else fulfils it.")
              : !staff ? STR("Staff fulfils it.")
                       : STR(""));
    layout_form(ctx, row, req, may ? RIGHT_STAFF | RIGHT_OPERATOR : 0,
                layout_printf(ctx, "/ops/payouts/%lld", (long long)p->id));
    if (!may)
        return;
    view_flag(row, "card", str_eq_text(p->method, "gift_card"));
    view_text(row, "brand", again ? t->brand : STR(""));
    view_text(row, "code", again ? t->code : STR(""));
    view_text(row, "note", again ? t->note : STR(""));
    view_text(row, "wrong", again ? t->wrong : STR(""));
}

/* What another operator said of a payout that nobody knows about, and the form to say so too.
 */
static enum err
add_word(struct ctx *ctx, struct view *row, const struct req *req, const struct payout *p)
{
    bool mine = p->member_id == req->session.user_id;
    struct payout_word w;
    enum err e = payout_judge_word(ctx, p->id, 0, &w);

    if (e)
        return e;
    view_flag(row, "said", w.member_id > 0);
    view_text(row, "said_by", w.name);
    view_flag(row, "said_yes", w.arrived);
    view_text(row, "proof", w.proof);
    layout_time(row, "said_at", w.at);
    layout_form(ctx, row, req, mine ? 0 : RIGHT_OPERATOR,
                layout_printf(ctx, "/ops/payouts/%lld/judge", (long long)p->id));
    return OK;
}

static enum err
show(struct ctx *ctx, const struct req *req, struct res *res, const struct typed *t)
{
    struct view *v = layout_view(ctx, req, "");
    struct view *unknown = view_list(v, "unknown"), *manual = view_list(v, "manual");
    struct view *running = view_list(v, "running");
    struct payout *p;
    size_t n = 0;
    enum err e = payout_list(ctx, 0, STR("open"), OPSPAYOUT_MAX, &p, &n);

    if (e)
        return e;
    for (size_t i = 0; !e && i < n; i++) {
        bool lost = str_eq_text(p[i].state, "UNKNOWN");
        struct view *row = view_add(lost                            ? unknown
                                    : method_is_manual(p[i].method) ? manual
                                                                    : running);

        payoutrow_add(ctx, row, &p[i]);
        view_text(row, "member", p[i].member_name);
        view_text(row, "key", p[i].key);
        if (lost)
            e = add_word(ctx, row, req, &p[i]);
        else
            add_form(ctx, row, req, &p[i], t);
    }
    if (e)
        return e;
    view_flag(v, "has_unknown", view_count(unknown) > 0);
    view_flag(v, "has_manual", view_count(manual) > 0);
    view_flag(v, "has_running", view_count(running) > 0);
    view_flag(v, "books", (req->session.roles & (RIGHT_OPERATOR | RIGHT_AUDITOR)) != 0);
    view_flag(v, "done", str_eq_text(req->query, "done"));
    view_flag(v, "kept", str_eq_text(req->query, "kept"));
    return res_page(res, req, "ops/payouts", v);
}

enum err
opspayout_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    e = show(ctx, req, res, NULL);
    db_snapshot_end(ctx);
    return e;
}

static enum err
fulfilled(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
          const struct msg *answer)
{
    struct typed t = {.id = req_id(req, "id")};
    struct form f;

    (void)answer;
    if (!how)
        return res_redirect(res, STR("/ops/payouts?done"));
    if (how != E_CONFLICT && how != E_INVALID)
        return how;
    t.wrong = payoutrow_sentence(ctx, ctx_why(ctx));
    ctx_clear(ctx);
    if (form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f))
        ctx_clear(ctx);
    t.brand = f.v[0].text;
    t.code = f.v[1].text;
    t.note = f.v[2].text;
    res_status(res, how == E_CONFLICT ? 409 : 400);
    return show(ctx, req, res, &t);
}

enum err
opspayout_fulfil(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return fulfilled(ctx, req, res, e, NULL);
    msg_init(ask, STR("payout.fulfil"));
    msg_add_str(ask, "session", req->session.token);
    msg_add_i64(ask, "payout", req_id(req, "id"));
    msg_add_str(ask, "brand", form_text(&f, "brand"));
    msg_add_str(ask, "code", form_text(&f, "code"));
    msg_add_str(ask, "note", form_text(&f, "note"));
    return res_ask(res, req, ask, fulfilled);
}

static enum err
judged(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
       const struct msg *answer)
{
    (void)ctx;
    (void)req;
    if (how)
        return how;
    return res_redirect(res, msg_opt_i64(answer, "ended", 0) ? STR("/ops/payouts?done")
                                                             : STR("/ops/payouts?kept"));
}

enum err
opspayout_judge(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field SAID[] = {
        {.name = "proof", .kind = FORM_LINE, .need = true, .hi = PROOF_BYTES     },
        {.name = "what",  .kind = FORM_WORD, .need = true, .words = "arrived not"}
    };
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = form_body(ctx, req, SAID, ARRAY_SIZE(SAID), &f);

    if (e)
        return e;
    msg_init(ask, STR("payout.judge"));
    msg_add_str(ask, "session", req->session.token);
    msg_add_i64(ask, "payout", req_id(req, "id"));
    msg_add_i64(ask, "arrived", str_eq_text(form_text(&f, "what"), "arrived"));
    msg_add_str(ask, "proof", form_text(&f, "proof"));
    return res_ask(res, req, ask, judged);
}
