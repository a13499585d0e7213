/* The console's sales: every notice and what became of it, what an order would give, and tags
 * that were forgotten. Not for: deciding any of it (race/sale.h, race/retag.h). */
#include <string.h>

#include "base/clock.h"
#include "db/db.h"
#include "db/stmt.h"
#include "http/form.h"
#include "page/layout.h"
#include "page/routes.h"
#include "race/retag.h"
#include "user/right.h"

enum { LIST_MAX = 50, TAGS_MAX = 50, GROSS = 100000000 };
#define STATES "applied ignored waiting set_aside failed"
static const int64_t LATE_MS = 72 * 3600000LL;

static const char *
shape(struct str state)
{
    return str_eq_text(state, "applied")   ? "done"
           : str_eq_text(state, "ignored") ? "rest"
           : str_eq_text(state, "failed")  ? "void"
                                           : "wait";
}

static void
add_notice(struct ctx *ctx, struct view *row, const struct req *req, struct stmt *s)
{
    struct str state = stmt_col_str(s, "state"), reason = stmt_col_str(s, "reason");
    int64_t sale = stmt_col_i64(s, "sale"), order = stmt_col_i64(s, "order_at");

    view_i64(row, "id", stmt_col_i64(s, "id"));
    view_text(row, "provider", stmt_col_str(s, "provider"));
    view_text(row, "type", stmt_col_str(s, "type"));
    layout_time(row, "at", stmt_col_i64(s, "received_at"));
    layout_badge(row, shape(state), state);
    view_text(row, "why", stmt_col_str(s, "why"));
    view_text(row, "ref", stmt_col_str(s, "ref"));
    view_flag(row, "is_sale", sale > 0);
    if (!sale)
        return;
    view_i64(row, "sale", sale);
    view_text(row, "title", stmt_col_str(s, "title"));
    layout_time(row, "ordered", order);
    view_text(row, "amount",
              layout_amount(ctx, stmt_col_i64(s, "amount"), stmt_col_str(s, "currency")));
    view_text(row, "words", race_reason_words(reason));
    view_text(row, "tag", stmt_col_str(s, "tag"));
    layout_money(ctx, row, "pool", stmt_col_i64(s, "pool"));
    view_flag(row, "has_race", stmt_col_i64(s, "race") > 0);
    view_i64(row, "race", stmt_col_i64(s, "race"));
    layout_form(ctx, row, req,
                ctx_now(ctx) - order < LATE_MS && !str_eq_text(reason, "test_order") &&
                        !str_eq_text(reason, "wrong_currency")
                    ? RIGHT_STAFF | RIGHT_OPERATOR
                    : 0,
                layout_printf(ctx, "/ops/sales/%lld", (long long)sale));
}

static enum err
add_notices(struct ctx *ctx, struct view *v, const struct req *req, const struct form *f)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_opssales_list);
    struct view *list = view_list(v, "notices");
    int64_t last = 0;
    size_t n = 0;
    enum err e;

    stmt_i64(&s, ":before", form_i64(f, "before", INT64_MAX));
    stmt_str(&s, ":state", form_text(f, "state"));
    stmt_i64(&s, ":max", LIST_MAX);
    for (; (e = stmt_row(&s)) == OK; n++) {
        last = stmt_col_i64(&s, "id");
        add_notice(ctx, view_add(list), req, &s);
    }
    view_flag(v, "has_notices", n > 0);
    view_flag(v, "has_older", n == LIST_MAX);
    view_i64(v, "older", last);
    view_text(v, "state", form_text(f, "state"));
    return e == E_NOTFOUND ? OK : e;
}

static void
add_plan(struct ctx *ctx, struct view *v, const struct sale_plan *p)
{
    struct view *races = view_list(v, "races");

    view_text(v, "words", p->words);
    layout_money(ctx, v, "pool", p->pool);
    layout_money(ctx, v, "house", p->house);
    layout_money(ctx, v, "cost", p->cost);
    view_flag(v, "capped", p->uncapped > p->pool);
    for (size_t i = 0; i < p->n_races; i++) {
        const struct sale_plan_race *r = &p->race[i];
        struct view *race = view_add(races), *seats = view_list(race, "seats");

        view_i64(race, "race", r->race_id);
        layout_money(ctx, race, "pool", r->pool);
        view_flag(race, "waits", r->bonus > 0);
        layout_money(ctx, race, "bonus", r->bonus);
        for (size_t k = 0; k < r->n_seats; k++) {
            struct view *seat = view_add(seats);

            view_i64(seat, "seat", r->seat[k].no);
            layout_money(ctx, seat, "share", r->seat[k].paid);
        }
    }
}

/* What an order of that time would give now. Nothing is written. */
static enum err
simulate(struct ctx *ctx, struct view *v, const struct form *f)
{
    struct sale_plan *plan = ARENA_NEW(ctx->arena, struct sale_plan);
    struct fact_item item = {.title = STR("order"), .quantity = 1};
    struct fact fact = {.kind = FACT_SALE,
                        .provider = STR("simulate"),
                        .type = STR("order"),
                        .payment = STR("simulate"),
                        .object = STR("simulate")};

    view_flag(v, "simulated", false);
    view_flag(v, "sim_wrong", false);
    if (!form_has(f, "at") || !form_has(f, "gross"))
        return OK;
    fact.at_ms = form_i64(f, "at", 0);
    fact.amount = form_i64(f, "gross", 0);
    fact.currency = layout_currency(ctx);
    fact.tag = form_text(f, "race");
    item.sku = form_text(f, "sku");
    item.price = fact.amount;
    fact.items = &item;
    fact.n_items = 1;
    enum err e = sale_plan(ctx, &fact, plan);
    if (e == E_INVALID) {
        view_flag(v, "sim_wrong", true);
        view_text(v, "sim_why", str_dup(ctx->arena, ctx_why(ctx)));
        ctx_clear(ctx);
        return OK;
    }
    if (e)
        return e;
    view_flag(v, "simulated", true);
    add_plan(ctx, view_object(v, "plan"), plan);
    return OK;
}

static enum err
add_tags(struct ctx *ctx, struct view *v, const struct req *req)
{
    struct view *list = view_list(v, "tags");
    struct retag *t;
    size_t n = 0;
    enum err e = retag_list(ctx, false, TAGS_MAX, &t, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct view *row = view_add(list);
        bool open = str_eq_text(t[i].state, "OPEN");

        layout_badge(row,
                     open                              ? "wait"
                     : str_eq_text(t[i].state, "DONE") ? "done"
                                                       : "void",
                     str_lower(ctx->arena, t[i].state));
        view_i64(row, "sale", t[i].sale_id);
        view_i64(row, "race", t[i].race_id);
        view_text(row, "title", t[i].title);
        layout_money(ctx, row, "amount", t[i].amount);
        view_text(row, "reason", t[i].reason);
        view_text(row, "asked", t[i].asked_name);
        layout_time(row, "asked_at", t[i].asked_at);
        view_text(row, "closed", t[i].closed_name);
        layout_time(row, "closed_at", t[i].closed_at);
        view_flag(row, "mine", t[i].asked_by == req->session.user_id);
        layout_form(ctx, row, req, open ? RIGHT_STAFF | RIGHT_OPERATOR : 0,
                    layout_printf(ctx, "/ops/tags/%lld", (long long)t[i].id));
    }
    view_flag(v, "has_tags", !e && n > 0);
    return e;
}

enum err
opssales_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "state",  .kind = FORM_WORD,  .words = STATES},
        {.name = "before", .kind = FORM_ID,    .lo = 0        },
        {.name = "at",     .kind = FORM_TIME,  .lo = 0        },
        {.name = "gross",  .kind = FORM_MONEY, .lo = 1,         .hi = GROSS},
        {.name = "race",                .kind = FORM_LINE,                     .hi = 20   },
        {.name = "sku",                .kind = FORM_LINE,                      .hi = 64 },
        {.name = "done",                .kind = FORM_FLAG,                     .lo = 0  },
    };
    struct view *v = layout_view(ctx, req, "");
    struct form f;
    enum err wrong = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f), e;

    if (wrong && wrong != E_INVALID)
        return wrong;
    form_view(&f, v);
    ctx_clear(ctx);
    if ((e = db_snapshot_begin(ctx)))
        return e;
    view_flag(v, "said", form_flag(&f, "done"));
    if (!(e = wrong ? OK : simulate(ctx, v, &f)) && !(e = add_notices(ctx, v, req, &f)))
        e = add_tags(ctx, v, req);
    db_snapshot_end(ctx);
    if (e)
        return e;
    if (wrong)
        res_status(res, 400);
    return res_page(res, req, "ops/sales", v);
}

static enum err
done(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
     const struct msg *answer)
{
    (void)ctx;
    (void)req;
    (void)answer;
    return how ? how : res_redirect(res, STR("/ops/sales?done=1#tags"));
}

enum err
opssales_tag(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "race",     .kind = FORM_ID, .need = true},
        { .name = "reason", .kind = FORM_LINE,    .need = true,   .hi = 1200}
    };
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return e;
    msg_init(ask, STR("desk.tag"));
    msg_add_str(ask, "session", req->session.token);
    msg_add_i64(ask, "sale", req_id(req, "id"));
    msg_add_i64(ask, "race", form_i64(&f, "race", 0));
    msg_add_str(ask, "reason", form_text(&f, "reason"));
    return res_ask(res, req, ask, done);
}

enum err
opssales_decide(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "verdict", .kind = FORM_WORD, .need = true, .words = "confirm reject"}
    };
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return e;
    msg_init(ask, STR("desk.tagged"));
    msg_add_str(ask, "session", req->session.token);
    msg_add_i64(ask, "tag", req_id(req, "id"));
    msg_add_i64(ask, "yes", str_eq_text(form_text(&f, "verdict"), "confirm"));
    return res_ask(res, req, ask, done);
}
