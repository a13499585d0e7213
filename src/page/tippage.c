/* What became of a tip, for whoever has its address: paid or not, the song's place, refunds.
 * Not for: the way to the payment page (paypage.c). */
#include "db/db.h"
#include "dj/dj.h"
#include "dj/request.h"
#include "dj/tip.h"
#include "dj/wish.h"
#include "http/form.h"
#include "page/djpage.h"
#include "page/routes.h"
#include "shop/checkout.h"

enum { WAIT_MS = 10 * 60 * 1000 };

static const struct {
    const char *state, *words;
} SONG[] = {
    {"waiting",   "is in the queue"                                                            },
    {"playing",   "is playing now"                                                             },
    {"done",      "was played"                                                                 },
    {"skipped",   "was skipped by the DJ; your tip stays with the DJ"                          },
    {"offered",   "was not played in time. The DJ decides whether to refund or to keep the tip"},
    {"kept",      "was not played; the DJ kept it as a tip"                                    },
    {"refunding", "will not be played: your money is on its way back"                          },
    {"refunded",  "was refunded"                                                               },
};

static void
add_song(struct ctx *ctx, struct view *v, const struct request *r)
{
    struct view *o = view_object(v, "song");

    djpage_song(ctx, o, r);
    for (size_t i = 0; i < ARRAY_SIZE(SONG); i++)
        if (str_eq_text(r->state, SONG[i].state))
            view_textz(o, "words", SONG[i].words);
    view_text(o, "reason", r->reason);
    view_flag(o, "is_waiting", str_eq_text(r->state, "waiting"));
    view_flag(o, "next", r->position == 1);
}

/* After the notice: the tip itself. */
static enum err
add_tip(struct ctx *ctx, struct view *v, const struct checkout *c)
{
    int64_t id = 0;
    struct request r;
    struct tip t;
    enum err e;

    if (!str_starts(c->ref, STR("tip:")) ||
        !str_i64(str_sub(c->ref, 4, c->ref.n), 1, INT64_MAX, &id))
        return OK;
    if ((e = tip_get(ctx, id, &t)))
        return e;
    struct view *o = view_object(v, "tip");
    view_i64(o, "number", id);
    layout_money(ctx, o, "gets", t.amount - t.fee);
    layout_money(ctx, o, "fee", t.fee);
    layout_money(ctx, o, "returned", t.returned);
    view_flag(o, "back", t.returned > 0);
    view_flag(o, "all_back", t.returned == t.amount);
    layout_time(o, "at", t.at);
    view_i64(o, "entry", t.seq);
    if (!t.request_id)
        return OK;
    if ((e = request_get(ctx, t.request_id, &r)))
        return e;
    add_song(ctx, v, &r);
    return OK;
}

static enum err
add_wish(struct ctx *ctx, struct view *v, const struct checkout *c)
{
    struct wish w;
    struct dj d;
    enum err e = wish_get(ctx, c->id, &w);

    if (e)
        return e;
    e = dj_get(ctx, w.dj_id, &d);
    if (e == E_NOTFOUND) { /* no DJ any more */
        ctx_clear(ctx);
        view_text(v, "name", STR("the DJ"));
        view_url(v, "dj_url", STR("/djs"));
    } else if (e)
        return e;
    else {
        view_text(v, "name", layout_printf(ctx, "DJ %.*s", STR_ARG(d.name)));
        view_url(v, "dj_url", djpage_path(ctx, d.member_id, d.name));
    }
    view_text(v, "wished", w.title);
    return OK;
}

static enum err
fill(struct ctx *ctx, struct view *v, const struct checkout *c, bool left)
{
    bool open = str_eq_text(c->state, "open") || str_eq_text(c->state, "new");
    enum err e = add_wish(ctx, v, c);

    view_flag(v, "tip", false);
    view_flag(v, "song", false);
    layout_money(ctx, v, "amount", c->amount);
    view_flag(v, "paid", str_eq_text(c->state, "paid"));
    view_flag(v, "failed", str_eq_text(c->state, "failed"));
    view_flag(v, "gone", str_eq_text(c->state, "gone"));
    view_flag(v, "left", open && left);
    view_flag(v, "waits", open && !left);
    view_text(v, "why", c->why);
    view_url(v, "pay_url", layout_printf(ctx, "/pay/%.*s", STR_ARG(c->token)));
    return e ? e : add_tip(ctx, v, c);
}

enum err
tippage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "left", .kind = FORM_FLAG}
    };
    struct checkout c = {0};
    struct form f;
    enum err e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e || (e = db_snapshot_begin(ctx)))
        return e;
    struct view *v = layout_view(ctx, req, "");

    if (!(e = checkout_find(ctx, req_arg(req, "token"), &c)) && str_eq_text(c.kind, "tip"))
        e = fill(ctx, v, &c, form_flag(&f, "left"));
    db_snapshot_end(ctx);
    if (e)
        return e;
    if (!str_eq_text(c.kind, "tip"))
        return res_redirect(res, c.back);
    bool young = ctx_now(ctx) - c.created_at < WAIT_MS;
    bool moves = view_truthy(view_get(v, STR("waits"))) || str_eq_text(c.state, "paid");
    if (young && moves &&
        (e = res_header(res, "Refresh", str_eq_text(c.state, "paid") ? STR("10") : STR("2"))))
        return e;
    return res_page(res, req, "dj/tip", v);
}
