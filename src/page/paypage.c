/* The way to a payment page and back: a short wait while a job opens it, then what became of
 * the order. Not for: the shop itself (shoppage.c), tips after paying (their own page). */
#include "page/paypage.h"

#include "base/conf.h"
#include "db/db.h"
#include "db/stmt.h"
#include "http/form.h"
#include "page/card.h"
#include "page/routes.h"
#include "shop/checkout.h"

enum { LATE_MS = 20 * 1000, WAIT_MS = 10 * 60 * 1000 };

/* Scheme and host of an address of Stripe's, and the rest of it. */
static enum err
leave(struct ctx *ctx, struct res *res, struct str url)
{
    size_t from = str_find(url, STR("://"), 0);
    size_t at = from == SIZE_MAX ? SIZE_MAX : str_find(url, STR("/"), from + 3);

    if (at == SIZE_MAX)
        return ctx_fail(ctx, E_INTERNAL, "the payment page has no address");
    return res_leave(res, str_sub(url, 0, at), str_sub(url, at, url.n));
}

/* The page itself goes on, not the form that led here: a browser lets no form lead to another
 * site. */
static enum err
wait_here(struct ctx *ctx, const struct req *req, struct res *res, const struct checkout *c)
{
    struct view *v = layout_view(ctx, req, "");
    struct str go = layout_printf(ctx, "/pay/%.*s?go=1", STR_ARG(c->token));
    enum err e = res_header(res, "Refresh", layout_printf(ctx, "1;url=%.*s", STR_ARG(go)));

    if (e)
        return e;
    view_text(v, "title", c->title);
    layout_money(ctx, v, "amount", c->amount);
    view_url(v, "go_url", go);
    view_flag(v, "late", ctx_now(ctx) - c->created_at > LATE_MS);
    return res_page(res, req, "shop/pay", v);
}

enum err
paypage_answer(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
               const struct msg *answer)
{
    struct str token;
    enum err e = how;

    (void)req;
    if (e || (e = msg_text(ctx, answer, "token", CHECKOUT_TOKEN, CHECKOUT_TOKEN, &token)))
        return e;
    return res_redirect(res, layout_printf(ctx, "/pay/%.*s", STR_ARG(token)));
}

enum err
paypage_go(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "go", .kind = FORM_FLAG}
    };
    struct checkout c;
    struct form f;
    enum err e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e || (e = checkout_find(ctx, req_arg(req, "token"), &c)))
        return e;
    if (str_eq_text(c.state, "new") || (str_eq_text(c.state, "open") && !form_flag(&f, "go")))
        return wait_here(ctx, req, res, &c);
    return str_eq_text(c.state, "open") ? leave(ctx, res, c.url) : res_redirect(res, c.back);
}

/* The domain's own sentence where the race has one for this very sale. */
static enum err
why(struct ctx *ctx, int64_t race, int64_t sale, struct str reason, struct str *ret)
{
    struct race_miss *miss;
    size_t n = 0;
    enum err e = race ? race_misses(ctx, race, 200, &miss, &n) : OK;

    /* That it counted is said before. */
    *ret = race_reason_words(reason);
    if (str_starts(*ret, STR("counted: ")))
        *ret = str_sub(*ret, 9, ret->n);
    for (size_t i = 0; !e && i < n; i++)
        if (miss[i].sale_id == sale)
            *ret = miss[i].words;
    return e;
}

static enum err
add_sale(struct ctx *ctx, struct view *v, const struct checkout *c)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_shoppage_sale);
    int64_t id = 0, tag = 0, race;
    struct str words, reason;
    enum err e;

    if (!str_starts(c->ref, STR("sale:")) ||
        !str_i64(str_sub(c->ref, 5, c->ref.n), 1, INT64_MAX, &id))
        return OK;
    stmt_i64(&s, ":id", id);
    if ((e = stmt_one(&s)))
        return e;
    struct view *o = view_object(v, "sale");
    race = stmt_col_i64(&s, "race_id");
    reason = stmt_col_str(&s, "reason");
    if (!str_i64(c->tag, 1, INT64_MAX, &tag))
        tag = 0;
    if ((e = why(ctx, race ? 0 : tag, id, reason, &words)))
        return e;
    view_i64(o, "number", id);
    view_text(o, "item", stmt_col_str(&s, "title"));
    view_text(o, "paid",
              layout_amount(ctx, stmt_col_i64(&s, "amount"), stmt_col_str(&s, "currency")));
    layout_money(ctx, o, "pool", stmt_col_i64(&s, "pool"));
    view_text(o, "words", words);
    layout_time(o, "at", stmt_col_i64(&s, "order_at"));
    view_flag(o, "counted", race > 0);
    view_i64(o, "race_number", race);
    view_flag(o, "race_url", false);
    if (race)
        view_url(o, "race_url",
                 layout_printf(ctx, "/race/%lld#sale-%lld", (long long)race,
                               (long long)stmt_col_i64(&s, "seq")));
    else if (tag)
        view_url(o, "race_url", layout_printf(ctx, "/race/%lld", (long long)tag));
    return OK;
}

static void
add_state(struct ctx *ctx, struct view *v, const struct checkout *c, bool left)
{
    bool open = str_eq_text(c->state, "open"), made = str_eq_text(c->state, "new");

    view_text(v, "title", c->title);
    layout_money(ctx, v, "amount", c->amount);
    view_flag(v, "paid", str_eq_text(c->state, "paid"));
    view_flag(v, "failed", str_eq_text(c->state, "failed"));
    view_flag(v, "gone", str_eq_text(c->state, "gone"));
    view_flag(v, "left", (open || made) && left);
    view_flag(v, "waiting", (open || made) && !left);
    view_text(v, "why", c->why);
    view_url(v, "pay_url", layout_printf(ctx, "/pay/%.*s", STR_ARG(c->token)));
    if (c->tag.n)
        view_url(v, "shop_url", layout_printf(ctx, "/shop?race=%.*s", STR_ARG(c->tag)));
    else
        view_url(v, "shop_url", STR("/shop"));
}

enum err
paypage_thanks(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "left", .kind = FORM_FLAG}
    };
    struct checkout c;
    struct form f;
    enum err e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e || (e = db_snapshot_begin(ctx)))
        return e;
    struct view *v = layout_view(ctx, req, "shop");

    view_flag(v, "sale", false);
    if (!(e = checkout_find(ctx, req_arg(req, "token"), &c)))
        e = add_sale(ctx, v, &c);
    db_snapshot_end(ctx);
    if (e)
        return e;
    if (!str_eq_text(c.kind, "sale"))
        return res_redirect(res, c.back);
    add_state(ctx, v, &c, form_flag(&f, "left"));
    if (view_truthy(view_get(v, STR("waiting"))) && ctx_now(ctx) - c.created_at < WAIT_MS &&
        (e = res_header(res, "Refresh", STR("2"))))
        return e;
    return res_page(res, req, "shop/thanks", v);
}
