/* The DJ's desk: the queue with its buttons, on air, limits, today's tips, overlays. Not for:
 * what everybody sees (djpage.c). */
#include "base/conf.h"
#include "db/db.h"
#include "dj/dj.h"
#include "dj/tip.h"
#include "http/csrf.h"
#include "http/form.h"
#include "page/djpage.h"
#include "page/routes.h"
#include "queue/live.h"

enum { QUEUE_MAX = 200, TIPS_MAX = 50, REASON_BYTES = 600, WORDS_BYTES = 8000 };
static const int64_t DAY_MS = 24 * 3600000LL;

static enum err
add_songs(struct ctx *ctx, struct view *v, int64_t dj_id)
{
    struct view *queue = view_list(v, "queue"), *offered = view_list(v, "offered");
    struct request *q;
    size_t n;
    enum err e = request_queue(ctx, dj_id, QUEUE_MAX, &q, &n);

    view_flag(v, "playing", false);
    for (size_t i = 0; !e && i < n; i++)
        djpage_song(ctx,
                    str_eq_text(q[i].state, "playing") ? view_object(v, "playing")
                                                       : view_add(queue),
                    &q[i]);
    view_flag(v, "has_queue", view_count(queue) > 0);
    if (e || (e = request_offered(ctx, dj_id, QUEUE_MAX, &q, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *row = view_add(offered);

        djpage_song(ctx, row, &q[i]);
        layout_time(row, "until", q[i].offered_at + ctx->conf->tip.answer_h * (DAY_MS / 24));
    }
    view_flag(v, "has_offered", n > 0);
    return OK;
}

static enum err
add_tips(struct ctx *ctx, struct view *v, int64_t dj_id)
{
    struct view *list = view_list(v, "tips");
    int64_t sum = 0;
    struct tip *t;
    size_t n;
    enum err e = tip_list(ctx, dj_id, ctx_now(ctx) - DAY_MS, TIPS_MAX, &t, &n);

    if (e)
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *row = view_add(list);

        view_text(row, "from", t[i].from);
        view_text(row, "message", t[i].message);
        view_flag(row, "hidden", t[i].hidden);
        layout_money(ctx, row, "amount", t[i].amount);
        layout_money(ctx, row, "gets", t[i].amount - t[i].fee);
        view_flag(row, "back", t[i].returned > 0);
        layout_money(ctx, row, "returned", t[i].returned);
        layout_time(row, "at", t[i].at);
        view_i64(row, "entry", t[i].seq);
        view_url(row, "entry_url",
                 layout_printf(ctx, "/wallet/statement#line-%lld", (long long)t[i].seq));
        sum += t[i].returned < t[i].amount ? t[i].amount - t[i].fee : 0;
    }
    view_flag(v, "has_tips", n > 0);
    layout_money(ctx, v, "sum", sum);
    return OK;
}

static void
add_settings(struct ctx *ctx, struct view *v, const struct dj *d)
{
    struct money m = {0};
    char text[MONEY_TEXT];

    if (!money_make(d->min, layout_currency(ctx), &m))
        view_text(v, "min", str_dup(ctx->arena, str_of(money_plain(m, text))));
    view_i64(v, "max_open", d->max_open);
    view_i64(v, "max_per_fan", d->max_per_fan);
    view_text(v, "banned", d->banned);
    view_text(v, "min_words", layout_house(ctx, ctx->conf->tip.min));
    view_i64(v, "answer_h", ctx->conf->tip.answer_h);
    view_i64(v, "expire_h", ctx->conf->tip.expire_h);
}

enum err
djdesk_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    int64_t me = req->session.user_id, seq = 0;
    struct view *v = layout_view(ctx, req, "");
    struct dj d;
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    if (!(e = dj_get(ctx, me, &d)) && !(e = add_songs(ctx, v, me)) &&
        !(e = add_tips(ctx, v, me)))
        e = live_seq(ctx, layout_printf(ctx, "dj/%lld", (long long)me), &seq);
    db_snapshot_end(ctx);
    if (e)
        return e;
    view_text(v, "name", d.name);
    view_i64(v, "dj_id", me);
    view_url(v, "dj_url", djpage_path(ctx, me, d.name));
    view_flag(v, "is_on_air", d.on_air);
    view_flag(v, "paused", d.paused);
    layout_badge(v, d.on_air ? "live" : "rest", d.on_air ? STR("on air") : STR("off air"));
    view_text(v, "form_token", csrf_token(ctx, &req->session, req->path));
    view_flag(v, "saved", str_eq_text(req->query, "saved"));
    add_settings(ctx, v, &d);
    layout_live(v, layout_printf(ctx, "dj/%lld", (long long)me), seq, 0, false);
    return res_page(res, req, "dj/desk", v);
}

static enum err
done(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
     const struct msg *answer)
{
    (void)ctx;
    (void)req;
    (void)answer;
    return how ? how : res_redirect(res, STR("/me/dj?saved"));
}

/* clang-format off */
static const struct form_field FIELDS[] = {
    {.name = "do", .kind = FORM_WORD, .need = true,
     .words = "play done skip refund keep next on off pause resume limits"},
    {.name = "song", .kind = FORM_ID},
    {.name = "reason", .kind = FORM_LINE, .hi = REASON_BYTES},
    {.name = "min", .kind = FORM_MONEY, .lo = 0, .hi = 100000000},
    {.name = "max_open", .kind = FORM_I64, .lo = 0, .hi = 1000},
    {.name = "max_per_fan", .kind = FORM_I64, .lo = 0, .hi = 1000},
    {.name = "banned", .kind = FORM_AREA, .hi = WORDS_BYTES},
};
/* clang-format on */

enum err
djdesk_act(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return e;
    struct str act = form_text(&f, "do");
    bool on = str_eq_text(act, "on"), pause = str_eq_text(act, "pause");
    if (on || pause || str_eq_text(act, "off") || str_eq_text(act, "resume")) {
        msg_init(ask, STR("dj.air"));
        msg_add_str(ask, "what", on || str_eq_text(act, "off") ? STR("air") : STR("pause"));
        msg_add_i64(ask, "on", on || pause);
    } else if (str_eq_text(act, "limits")) {
        msg_init(ask, STR("dj.limits"));
        msg_add_i64(ask, "min", form_i64(&f, "min", 0));
        msg_add_i64(ask, "max_open", form_i64(&f, "max_open", 0));
        msg_add_i64(ask, "max_per_fan", form_i64(&f, "max_per_fan", 0));
        msg_add_str(ask, "banned", form_has(&f, "banned") ? form_text(&f, "banned") : STR(""));
    } else {
        msg_init(ask, STR("song.act"));
        msg_add_str(ask, "do", act);
        msg_add_i64(ask, "song", form_i64(&f, "song", 0));
        msg_add_str(ask, "reason", form_has(&f, "reason") ? form_text(&f, "reason") : STR(""));
    }
    msg_add_str(ask, "session", req->session.token);
    return res_ask(res, req, ask, done);
}
