/* A member's own data: what the house knows of them as one file, and leaving. Not for: what is
 * forgotten then (user/forget.h), which members may leave (vault/leaving.h). */
#include "base/clock.h"
#include "base/zip.h"
#include "db/db.h"
#include "db/stmt.h"
#include "http/cookie.h"
#include "http/csrf.h"
#include "http/form.h"
#include "ledger/account.h"
#include "ledger/export.h"
#include "page/layout.h"
#include "page/routes.h"
#include "user/right.h"

enum { DATA_BYTES = 3 * 1024 * 1024, NAME_BYTES = 200, ENTRIES_MAX = 8000 };

/* One list of the file: its columns with t text, n number, c cents, w when. */
static const struct {
    const char *name;
    enum sql id;
    const char *columns;
} LISTS[] = {
    {"profile",         SQL_datapage_profile,
     "t:name w:created_at n:hidden t:earnings t:payout_told w:rules_at"                          },
    {"roles",           SQL_datapage_roles,     "t:role w:granted_at"                            },
    {"elsewhere",       SQL_datapage_elsewhere, "t:provider t:subject t:name t:avatar w:seen_at" },
    {"notices_off",     SQL_datapage_silent,    "t:what"                                         },
    {"sessions",        SQL_datapage_sessions,  "t:label w:created_at w:expires_at w:ended_at"   },
    {"payout_methods",  SQL_datapage_methods,   "t:kind t:dest t:state w:added_at w:confirmed_at"},
    {"payouts",         SQL_datapage_payouts,
     "n:id t:kind t:dest c:amount c:fee t:state t:ref t:reason w:asked_at w:settled_at"          },
    {"seats",           SQL_datapage_seats,     "n:race_id n:seat_no n:from_round w:from_at"     },
    {"results",         SQL_datapage_results,
     "n:race_id n:version n:seat_no n:place n:points w:raced_at"                                 },
    {"penalties",       SQL_datapage_penalties,
     "n:race_id t:incident n:points t:reason w:at w:lifted_at t:lifted_why"                      },
    {"disputes",        SQL_datapage_disputes,  "n:race_id t:reason w:opened_at t:state t:answer"},
    {"trophies",        SQL_datapage_trophies,  "t:kind t:words w:at w:revoked_at t:revoked_why" },
    {"orders_and_tips", SQL_datapage_orders,
     "t:kind t:state c:amount t:title w:created_at t:name t:message t:song t:artist"             },
    {"acts",            SQL_datapage_acts,      "w:at t:action t:object"                         },
};

static void
add_cell(struct ctx *ctx, struct view *row, struct stmt *s, struct str column)
{
    const char *name = str_text(ctx->arena, str_sub(column, 2, SIZE_MAX));

    switch (column.p[0]) {
    case 't':
        view_text(row, name, stmt_col_str(s, name));
        break;
    case 'w':
        layout_time(row, name, stmt_col_i64(s, name));
        break;
    case 'c':
        layout_money(ctx, row, name, stmt_col_i64(s, name));
        break;
    default:
        view_i64(row, name, stmt_col_i64(s, name));
        break;
    }
}

static enum err
add_list(struct ctx *ctx, struct view *v, size_t i, int64_t member)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, LISTS[i].id);
    struct view *list = view_list(v, LISTS[i].name);
    enum err e;

    stmt_i64(&s, ":member", member);
    while ((e = stmt_row(&s)) == OK) {
        struct str rest = str_of(LISTS[i].columns), column;
        struct view *row = view_add(list);

        while (str_split(&rest, ' ', &column))
            add_cell(ctx, row, &s, column);
    }
    return e == E_NOTFOUND ? OK : e;
}

/* The wallet as a sheet; a longer one is got in parts from its own page. */
static enum err
add_wallet(struct ctx *ctx, struct zip *z, struct buf *out, int64_t member)
{
    struct export_opts o = {.format = EXPORT_CSV, .member_id = member, .max = ENTRIES_MAX};
    struct buf csv = buf_new(ctx->arena, DATA_BYTES);
    struct export *x;
    bool more = true;
    enum err e = export_begin(ctx, &o, &x);

    while (!e && more)
        e = export_more(ctx, x, &csv, &more);
    if (e == E_LIMIT || (!e && buf_err(&csv))) {
        ctx_clear(ctx);
        zip_add(z, out, STR("wallet.txt"),
                STR("The wallet has more lines than this file takes. The statement gives them "
                    "in parts, by date: /wallet/statement\n"));
        return OK;
    }
    if (!e)
        zip_add(z, out, STR("wallet.csv"), buf_str(&csv));
    return e;
}

static enum err
make(struct ctx *ctx, struct buf *out, int64_t member)
{
    struct view *v = view_new(ctx->arena);
    struct buf json = buf_new(ctx->arena, DATA_BYTES);
    struct zip z;
    enum err e = OK;

    zip_begin(&z, ctx->arena, ctx_now(ctx));
    view_i64(v, "member", member);
    layout_time(v, "made_at", ctx_now(ctx));
    for (size_t i = 0; !e && i < ARRAY_SIZE(LISTS); i++)
        e = add_list(ctx, v, i, member);
    if (e)
        return e;
    view_json(&json, v);
    zip_add(&z, out, STR("README.txt"),
            STR("data.json: what this house knows of you, beside the journal.\n"
                "wallet.csv: every line of your wallet. A receipt with the hashes that prove "
                "them is on the wallet's page Explain.\n"));
    zip_add(&z, out, STR("data.json"), buf_str(&json));
    if ((e = add_wallet(ctx, &z, out, member)))
        return e;
    zip_end(&z, out);
    return buf_err(&json) ? buf_err(&json) : buf_err(out);
}

enum err
datapage_file(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct buf out = buf_new(ctx->arena, 3 * DATA_BYTES);
    char day[CLOCK_TEXT];
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    e = make(ctx, &out, req->session.user_id);
    db_snapshot_end(ctx);
    if (e)
        return e;
    res_body(res, "application/zip", buf_str(&out));
    return res_header(res, "Content-Disposition",
                      layout_printf(ctx, "attachment; filename=\"my-data-%s.zip\"",
                                    clock_date(ctx_now(ctx), day)));
}

/* Why somebody cannot leave yet, in the order in which it is mended; the vault has the word. */
static enum err
show(struct ctx *ctx, const struct req *req, struct res *res, struct str wrong)
{
    struct view *v = layout_view(ctx, req, "");
    struct account_wallet w;
    enum err e = account_wallet(ctx, req->session.user_id, &w);

    if (e)
        return e;
    view_flag(v, "in_me", false);
    view_flag(v, "in_privacy", false);
    view_flag(v, "in_notify", false);
    view_flag(v, "in_sessions", false);
    view_flag(v, "in_data", true);
    view_flag(v, "is_dj", (req->session.roles & RIGHT_DJ) != 0);
    view_flag(v, "saved", false);
    view_text(v, "name", req->session.name);
    view_text(v, "wrong", wrong);
    view_flag(v, "has_money", w.pending + w.available + w.held + w.owed != 0);
    layout_money(ctx, v, "money", w.pending + w.available + w.held);
    view_text(v, "roles", req->session.roles ? right_words(ctx, req->session.roles) : STR(""));
    view_text(v, "form_token", csrf_token(ctx, &req->session, STR("/me/data")));
    return res_page(res, req, "me/data", v);
}

enum err
datapage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    return show(ctx, req, res, STR(""));
}

static enum err
gone(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
     const struct msg *answer)
{
    struct str why = str_dup(ctx->arena, ctx_why(ctx));
    enum err e;

    (void)answer;
    if (how == E_CONFLICT || how == E_INVALID) {
        ctx_clear(ctx);
        res_status(res, how == E_CONFLICT ? 409 : 400);
        return show(ctx, req, res, why);
    }
    if (how || (e = cookie_end_session(res)))
        return how ? how : e;
    return res_redirect(res, STR("/login?gone=1"));
}

enum err
datapage_leave(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "name", .kind = FORM_LINE, .hi = NAME_BYTES}
    };
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return e;
    if (!str_eq(str_trim(form_text(&f, "name")), req->session.name)) {
        res_status(res, 400);
        return show(ctx, req, res, STR("write your name as it stands there"));
    }
    msg_init(ask, STR("me.forget"));
    msg_add_str(ask, "session", req->session.token);
    return res_ask(res, req, ask, gone);
}
