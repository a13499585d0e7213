/* A DJ's page for everybody: what plays, what waits, and the form for a tip. The same view is
 * the page's JSON. Not for: the DJ's desk (djdesk.c), after paying (tippage.c). */
#include "page/djpage.h"

#include <string.h>

#include "base/conf.h"
#include "base/crypt.h"
#include "base/enc.h"
#include "db/db.h"
#include "dj/dj.h"
#include "dj/tip.h"
#include "dj/wish.h"
#include "http/csrf.h"
#include "http/form.h"
#include "page/paypage.h"
#include "page/person.h"
#include "page/routes.h"
#include "queue/live.h"
#include "user/member.h"

enum {
    QUEUE_MAX = 50,
    LIST_MAX = 100,
    ONCE_BYTES = 16,
    ONCE_SIGNS = 22,
    LINE_BYTES = 600,
    FAN_SIGNS = 16,
    MINUTE_MS = 60000
};

/* clang-format off */
static const struct form_field FIELDS[] = {
    {.name = "once", .kind = FORM_TOKEN, .need = true, .lo = ONCE_SIGNS, .hi = ONCE_SIGNS},
    {.name = "pick", .kind = FORM_LINE, .hi = 40},
    {.name = "amount", .kind = FORM_LINE, .hi = 40},
    {.name = "from", .kind = FORM_LINE, .hi = LINE_BYTES},
    {.name = "message", .kind = FORM_LINE, .hi = LINE_BYTES},
    {.name = "title", .kind = FORM_LINE, .hi = LINE_BYTES},
    {.name = "artist", .kind = FORM_LINE, .hi = LINE_BYTES},
    {.name = "link", .kind = FORM_LINE, .hi = LINE_BYTES},
};
/* clang-format on */
static const int64_t PICKS[] = {200, 500, 1000};

struct str
djpage_path(struct ctx *ctx, int64_t id, struct str name)
{
    /* A DJ who hides has no name that leads anywhere. */
    struct str r = member_is_reserved(name) ? layout_printf(ctx, "/r/%lld", (long long)id)
                                            : person_path(ctx, id, name);

    return layout_printf(ctx, "/dj%.*s", STR_ARG(str_sub(r, 2, r.n)));
}

enum err
djpage_on_air(struct ctx *ctx, struct view *v)
{
    struct dj d;
    enum err e = dj_on_air(ctx, &d);

    view_flag(v, "on_air", false);
    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        return OK;
    }
    if (e)
        return e;
    struct view *o = view_object(v, "on_air");
    view_text(o, "dj", d.name);
    view_url(o, "dj_url", djpage_path(ctx, d.member_id, d.name));
    return OK;
}

void
djpage_song(struct ctx *ctx, struct view *v, const struct request *r)
{
    int64_t minutes = (ctx_now(ctx) - r->at) / MINUTE_MS;

    view_i64(v, "id", r->id);
    view_i64(v, "position", r->position);
    view_text(v, "state", r->state);
    view_text(v, "title", r->title);
    view_text(v, "artist", r->artist);
    view_text(v, "from", r->from);
    view_text(v, "message", r->message);
    view_text(v, "waits",
              minutes < 1    ? STR("just now")
              : minutes < 60 ? layout_printf(ctx, "%lld min", (long long)minutes)
                             : layout_printf(ctx, "%lld h %lld min", (long long)(minutes / 60),
                                             (long long)(minutes % 60)));
    layout_time(v, "since", r->at);
    layout_money(ctx, v, "tip", r->amount);
}

static enum err
add_queue(struct ctx *ctx, struct view *v, int64_t dj_id)
{
    struct view *list = view_list(v, "queue");
    struct request *q;
    size_t n, waiting = 0;
    enum err e = request_queue(ctx, dj_id, QUEUE_MAX, &q, &n);

    view_flag(v, "playing", false);
    for (size_t i = 0; !e && i < n; i++) {
        bool plays = str_eq_text(q[i].state, "playing");

        djpage_song(ctx, plays ? view_object(v, "playing") : view_add(list), &q[i]);
        waiting += !plays;
    }
    view_flag(v, "has_queue", waiting > 0);
    view_i64(v, "waiting", (int64_t)waiting);
    return e;
}

/* "$2.00 → DJ Nova gets $1.60; fee $0.40" */
static struct str
gets_words(struct ctx *ctx, const struct dj *d, int64_t amount)
{
    int64_t fee, rest;

    tip_cut(ctx, amount, &fee, &rest);
    return layout_printf(ctx, "DJ %.*s gets %.*s; fee %.*s", STR_ARG(d->name),
                         STR_ARG(layout_house(ctx, rest)), STR_ARG(layout_house(ctx, fee)));
}

static struct str
plain(struct ctx *ctx, int64_t minor)
{
    struct money m = {0};
    char text[MONEY_TEXT];

    if (money_make(minor, layout_currency(ctx), &m))
        return STR("");
    return str_dup(ctx->arena, str_of(money_plain(m, text)));
}

static void
add_amounts(struct ctx *ctx, struct view *v, const struct dj *d, struct str picked)
{
    struct view *list = view_list(v, "amounts");
    int64_t max = ctx->conf->tip.max, bps = ctx->conf->tip.fee_bps;
    bool any = false;

    for (size_t i = 0; i < ARRAY_SIZE(PICKS); i++) {
        if (PICKS[i] < d->min || PICKS[i] > max)
            continue;
        struct view *row = view_add(list);
        struct str value = plain(ctx, PICKS[i]);

        view_text(row, "value", value);
        view_text(row, "amount", layout_house(ctx, PICKS[i]));
        view_text(row, "gets_words", gets_words(ctx, d, PICKS[i]));
        view_flag(row, "chosen", picked.n ? str_eq(picked, value) : !any);
        any = true;
    }
    view_flag(v, "other_chosen", !any || str_eq_text(picked, "other"));
    struct str rate = bps % 100 ? layout_printf(ctx, "%lld.%02lld %%", (long long)(bps / 100),
                                                (long long)(bps % 100))
                                : layout_printf(ctx, "%lld %%", (long long)(bps / 100));
    view_text(v, "other_words",
              layout_printf(ctx,
                            "%.*s to %.*s. Of any amount the fee is %.*s and %.*s; DJ %.*s "
                            "gets the rest.",
                            STR_ARG(layout_house(ctx, d->min)), STR_ARG(layout_house(ctx, max)),
                            STR_ARG(rate), STR_ARG(layout_house(ctx, ctx->conf->tip.fee_fixed)),
                            STR_ARG(d->name)));
    view_i64(v, "fee_bps", bps);
    view_i64(v, "fee_fixed", ctx->conf->tip.fee_fixed);
    view_i64(v, "places", money_exponent(layout_currency(ctx)));
}

/* Who asks, for the limits of one fan. */
static struct str
fan_of(struct ctx *ctx, const struct req *req)
{
    struct sha256 sha = crypt_sha256(req->addr);

    if (req->session.user_id)
        return layout_printf(ctx, "member:%lld", (long long)req->session.user_id);
    return layout_printf(ctx, "addr:%.*s", FAN_SIGNS,
                         enc_hex(ctx->arena, sha.b, sizeof sha.b).p);
}

/* Why no song can be asked for now; empty when one can. */
static struct str
closed_words(struct ctx *ctx, const struct req *req, const struct dj *d)
{
    const struct tip_new probe = {.dj_id = d->member_id,
                                  .amount = d->min,
                                  .title = STR("song"),
                                  .from = STR(""),
                                  .message = STR(""),
                                  .artist = STR(""),
                                  .link = STR(""),
                                  .fan = fan_of(ctx, req)};
    const char *field;
    enum err e = wish_check(ctx, &probe, &field);
    struct str why = e ? str_dup(ctx->arena, ctx_why(ctx)) : STR("");

    ctx_clear(ctx);
    return e == E_CONFLICT || e == E_LIMIT ? why : STR("");
}

static struct str
once(struct ctx *ctx)
{
    unsigned char bytes[ONCE_BYTES];

    ctx->world->random(ctx->world->arg, bytes, sizeof bytes);
    return enc_base64url(ctx->arena, bytes, sizeof bytes);
}

/* The form, with what was written and what is wrong with it. */
static void
add_form(struct ctx *ctx, const struct req *req, struct view *v, const struct dj *d,
         const struct form *f, const char *field, struct str why)
{
    static const char *const KEPT[] = {"amount", "from", "message", "title", "artist", "link"};
    struct view *form = view_object(v, "form");

    for (size_t i = 0; i < ARRAY_SIZE(KEPT); i++) {
        bool here = field && strcmp(field, KEPT[i]) == 0;

        view_text(form, KEPT[i], f ? form_text(f, KEPT[i]) : STR(""));
        view_text(form, arena_printf(ctx->arena, "%s_why", KEPT[i]), here ? why : STR(""));
    }
    if (f && !form_text(f, "from").p)
        view_text(form, "from", STR(""));
    if (!f)
        view_text(form, "from", req->session.name.p ? req->session.name : STR(""));
    view_text(form, "once", once(ctx));
    view_text(form, "form_token", csrf_token(ctx, &req->session, req->path));
    view_flag(form, "wrong", field != NULL);
    view_flag(form, "song_open", f && form_text(f, "title").n > 0);
    add_amounts(ctx, form, d, f ? form_text(f, "pick") : STR(""));
}

static enum err
fill(struct ctx *ctx, const struct req *req, struct view *v, const struct dj *d,
     const struct form *f, const char *field, struct str why)
{
    struct str path = djpage_path(ctx, d->member_id, d->name), closed;
    int64_t seq;
    enum err e;

    view_text(v, "name", d->name);
    view_url(v, "url", path);
    view_flag(v, "is_on_air", d->on_air);
    view_flag(v, "paused", d->paused);
    layout_badge(v, d->on_air ? "live" : "rest", d->on_air ? STR("on air") : STR("off air"));
    if ((e = live_seq(ctx, layout_printf(ctx, "dj/%lld", (long long)d->member_id), &seq)) ||
        (e = person_read(ctx, view_object(v, "person"), d->member_id)) ||
        (e = add_queue(ctx, v, d->member_id)))
        return e;
    closed = closed_words(ctx, req, d);
    view_text(v, "closed_words", closed);
    view_flag(v, "songs_open", closed.n == 0);
    if (req_is_machine(req))
        return OK;
    view_flag(v, "can_pay", ctx->conf->stripe.api_key_file.n > 0);
    view_flag(v, "own", req->session.user_id == d->member_id);
    add_form(ctx, req, v, d, f, field, why);
    layout_live(v, layout_printf(ctx, "dj/%lld", (long long)d->member_id), seq, 0, false);
    layout_share(ctx, v, "default", STR(""), layout_printf(ctx, "DJ %.*s", STR_ARG(d->name)),
                 STR("Tip the DJ, with or without a song."), path);
    return OK;
}

static enum err
show(struct ctx *ctx, const struct req *req, struct res *res, const struct form *f,
     const char *field, struct str why)
{
    struct dj d;
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    struct view *v = req_is_machine(req) ? view_new(ctx->arena) : layout_view(ctx, req, "");

    if (!(e = dj_find(ctx, req_arg(req, "name_any"), &d)))
        e = fill(ctx, req, v, &d, f, field, why);
    db_snapshot_end(ctx);
    if (e)
        return e;
    if (req_is_machine(req))
        return res_json(res, v);
    return res_page(res, req, "dj/show", v);
}

enum err
djpage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    if (req_is_machine(req))
        res_cache(res, RES_SHORT);
    return show(ctx, req, res, NULL, NULL, STR(""));
}

enum err
djpage_list(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, ""), *list = view_list(v, "djs");
    struct dj *d;
    size_t n;
    enum err e = dj_list(ctx, LIST_MAX, &d, &n);

    if (e)
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *row = view_add(list);

        view_url(row, "url", djpage_path(ctx, d[i].member_id, d[i].name));
        if ((e = person_read(ctx, view_object(row, "person"), d[i].member_id)))
            return e;
        view_text(row, "name", d[i].name);
        layout_badge(row, d[i].on_air ? "live" : "rest",
                     d[i].on_air ? STR("on air") : STR("off air"));
    }
    view_flag(v, "has_djs", n > 0);
    res_cache(res, RES_SHORT);
    return res_page(res, req, "dj/list", v);
}

/* An amount as people write it: "5", "5.00", "$5". */
static enum err
read_amount(struct ctx *ctx, struct str text, int64_t *ret)
{
    struct money m = {0};
    enum err e;

    if (str_starts(text, STR("$")))
        text = str_sub(text, 1, text.n);
    if (!text.n)
        return ctx_fail(ctx, E_INVALID, "write an amount, like 5.00");
    e = money_parse(text, layout_currency(ctx), &m);
    if (e == E_LIMIT)
        return ctx_fail(ctx, E_INVALID, "that is too much: a tip is at most %.*s",
                        STR_ARG(layout_house(ctx, ctx->conf->tip.max)));
    if (e)
        return ctx_fail(ctx, E_INVALID,
                        "%.*s is no amount of %.*s: write it like 5.00, in digits alone",
                        STR_ARG(str_sub(text, 0, 20)), STR_ARG(layout_currency(ctx)));
    *ret = m.minor;
    return OK;
}

static void
add_line(struct msg *ask, const char *name, struct str s)
{
    if (s.n)
        msg_add_str(ask, name, s);
}

/* The same form sent twice is one tip: its number and its words make the key. */
static struct msg *
make_ask(struct ctx *ctx, const struct req *req, const struct form *f, const struct tip_new *n)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct str words =
        layout_printf(ctx, "%lld\n%lld\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s", (long long)n->dj_id,
                      (long long)n->amount, STR_ARG(n->from), STR_ARG(n->message),
                      STR_ARG(n->title), STR_ARG(n->artist), STR_ARG(n->link));
    struct sha256 sha = crypt_sha256(words);

    msg_init(ask, STR("checkout.tip"));
    msg_add_str(ask, "key",
                layout_printf(ctx, "tip:%.*s:%.*s", STR_ARG(form_text(f, "once")), 32,
                              enc_hex(ctx->arena, sha.b, sizeof sha.b).p));
    msg_add_i64(ask, "dj", n->dj_id);
    msg_add_i64(ask, "amount", n->amount);
    add_line(ask, "from", n->from);
    add_line(ask, "message", n->message);
    add_line(ask, "title", n->title);
    add_line(ask, "artist", n->artist);
    add_line(ask, "link", n->link);
    msg_add_str(ask, "fan", n->fan);
    if (req->session.user_id)
        msg_add_str(ask, "session", req->session.token);
    return ask;
}

static struct str
text_of(const struct form *f, const char *name)
{
    struct str s = form_text(f, name);

    return s.p ? s : STR("");
}

/* What the form says, checked; field: where it is wrong. */
static enum err
read_wish(struct ctx *ctx, const struct req *req, const struct form *f, struct tip_new *n,
          const char **field)
{
    struct str picked = text_of(f, "pick");
    struct dj d;
    enum err e;

    *field = NULL;
    if ((e = dj_find(ctx, req_arg(req, "name_any"), &d)))
        return e;
    *n = (struct tip_new){.dj_id = d.member_id,
                          .from = text_of(f, "from"),
                          .message = text_of(f, "message"),
                          .title = text_of(f, "title"),
                          .artist = text_of(f, "artist"),
                          .link = text_of(f, "link"),
                          .member_id = req->session.user_id,
                          .fan = fan_of(ctx, req)};
    *field = "amount";
    if (!picked.n || str_eq_text(picked, "other"))
        picked = text_of(f, "amount");
    if ((e = read_amount(ctx, picked, &n->amount)))
        return e;
    return wish_check(ctx, n, field);
}

enum err
djpage_tip(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct tip_new n;
    const char *field;
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e || (e = db_snapshot_begin(ctx)))
        return e;
    e = read_wish(ctx, req, &f, &n, &field);
    db_snapshot_end(ctx);
    if (!e)
        return res_ask(res, req, make_ask(ctx, req, &f, &n), paypage_answer);
    if (!field || e == E_INTERNAL || e == E_NOTFOUND)
        return e;
    struct str why = str_dup(ctx->arena, ctx_why(ctx));
    ctx_clear(ctx);
    res_status(res, err_info(e)->http);
    return show(ctx, req, res, &f, field, why);
}
