/* THE table of addresses. Not for: what an address does; each handler stands in its group's
 * file. */
#include "page/routes.h"

#include "base/enc.h"
#include "page/layout.h"
#include "user/right.h"
#include "user/session.h"

/* What the router does first; short, so that the table stays a table. */
#define OPEN  ROUTE_PUBLIC
#define PAGE  ROUTE_SESSION
#define USER  ROUTE_USER
#define CASH  (ROUTE_USER | ROUTE_MONEY)
#define MOVE  (ROUTE_FORM | ROUTE_FRESH) /* a form after which money is elsewhere */
#define FORM  ROUTE_FORM
#define CHIEF (CASH | ROUTE_ROLES(RIGHT_OPERATOR))
#define STAFF (CASH | ROUTE_ROLES(RIGHT_STAFF | RIGHT_OPERATOR))
#define MIXER (USER | ROUTE_ROLES(RIGHT_DJ))
#define DESK  (STAFF | ROUTE_ROLES(RIGHT_AUDITOR)) /* what auditors read too */
#define BOOKS (CASH | ROUTE_ROLES(RIGHT_OPERATOR | RIGHT_AUDITOR))
#define PROBE (ROUTE_PUBLIC | ROUTE_MACHINE | ROUTE_QUIET)
#define HOOK  (ROUTE_RAW | ROUTE_MACHINE)
#define CODED ROUTE_ENCODED

enum {
    FORM_BODY = ROUTE_BODY_FORM,
    HOOK_BODY = ROUTE_BODY_HOOK,
    TALK_BODY = 64 * 1024,
    NOTE_BODY = 4096,
    RENEW_PATIENCE_MS = 500
};

/* By hand: one long address would move every row. */
/* clang-format off */
const struct route routes_table[] = {
    {"GET",  "/",                     home_show,         PAGE,          0,         LIMIT_NONE },
    {"GET",  "/race/:id",             racepage_show,     PAGE,          0,         LIMIT_NONE },
    {"GET",  "/race/:id.json",        racepage_json,     OPEN,          0,         LIMIT_NONE },
    {"GET",  "/race/:id.zip",         bundlepage_race,   OPEN,          0,         LIMIT_FORM },
    {"GET",  "/race/:id/spark.svg",   racepage_spark,    OPEN,          0,         LIMIT_NONE },
    {"POST", "/overlay/:token/note",  overlaynote_take,  HOOK,          NOTE_BODY, LIMIT_NONE },
    {"GET",  "/races",                racelist_show,     PAGE,          0,         LIMIT_NONE },
    {"GET",  "/races.json",           racelist_show,     OPEN,          0,         LIMIT_NONE },
    {"GET",  "/standings",            standpage_show,    PAGE,          0,         LIMIT_NONE },
    {"GET",  "/standings.json",       standpage_show,    OPEN,          0,         LIMIT_NONE },
    {"GET",  "/season/:slug",         standpage_season,  PAGE,          0,         LIMIT_NONE },
    {"GET",  "/season/:slug.json",    standpage_season,  OPEN,          0,         LIMIT_NONE },
    {"GET",  "/season/:slug.zip",     bundlepage_season, OPEN,          0,         LIMIT_FORM },
    {"GET",  "/seasons",              seasonlist_show,   PAGE,          0,         LIMIT_NONE },
    {"GET",  "/seasons.json",         seasonlist_show,   OPEN,          0,         LIMIT_NONE },
    {"GET",  "/r/:name_any",          racerpage_show,    PAGE,          0,         LIMIT_NONE },
    {"GET",  "/r/:name_any.json",     racerpage_show,    OPEN,          0,         LIMIT_NONE },
    {"GET",  "/overlay/:token/:kind", overlay_show,      ROUTE_OVERLAY, 0,         LIMIT_NONE },
    {"GET",  "/sponsors",             sponsorpage_list,  PAGE,          0,         LIMIT_NONE },
    {"GET",  "/sponsors.json",        sponsorpage_json,  OPEN,          0,         LIMIT_NONE },
    {"GET",  "/sponsors/:id/go",      sponsorpage_go,    OPEN,          0,         LIMIT_FORM },
    {"POST", "/sponsors/seen",        sponsorpage_seen,  HOOK,          NOTE_BODY, LIMIT_FORM },
    {"GET",  "/me/sponsor",           sponsorpage_mine,  USER,          0,         LIMIT_NONE },
    {"GET",  "/me/sponsor.csv",       sponsorpage_csv,   USER,          0,         LIMIT_NONE },
    {"GET",  "/ops",                  opspage_show,      DESK,          0,         LIMIT_NONE },
    {"GET",  "/ops/league",           opspage_league,    DESK,          0,         LIMIT_NONE },
    {"POST", "/ops/season/:id",       opspage_close,     CHIEF | MOVE,  FORM_BODY, LIMIT_FORM },
    {"POST", "/ops/dispute/:id",      opspage_dispute,   STAFF | FORM,  FORM_BODY, LIMIT_FORM },
    {"POST", "/ops/penalty/:id",      opspage_lift,      STAFF | FORM,  FORM_BODY, LIMIT_FORM },
    {"GET",  "/ops/alerts",           opswork_alerts,    DESK,          0,         LIMIT_NONE },
    {"POST", "/ops/alerts/:id",       opswork_note,      STAFF | FORM,  FORM_BODY, LIMIT_FORM },
    {"GET",  "/ops/sales",            opssales_show,     DESK,          0,         LIMIT_NONE },
    {"POST", "/ops/sales/:id",        opssales_tag,      STAFF | MOVE,  FORM_BODY, LIMIT_FORM },
    {"POST", "/ops/tags/:id",         opssales_decide,   STAFF | MOVE,  FORM_BODY, LIMIT_FORM },
    {"GET",  "/ops/jobs",             opswork_jobs,      DESK,          0,         LIMIT_NONE },
    {"GET",  "/ops/upkeep",           opsupkeep_list,    DESK,          0,         LIMIT_NONE },
    {"POST", "/ops/jobs/:id",         opswork_job,       CHIEF | FORM,  FORM_BODY, LIMIT_FORM },
    {"GET",  "/ops/ledger",           fundspage_ledger,  DESK,          0,         LIMIT_NONE },
    {"GET",  "/ops/ledger.json",      fundspage_ledger_json, DESK,      0,         LIMIT_NONE },
    {"GET",  "/ops/products",         opsgoods_show,     DESK,          0,         LIMIT_NONE },
    {"POST", "/ops/products",         opsgoods_cost,     STAFF | FORM,  FORM_BODY, LIMIT_FORM },
    {"GET",  "/ops/overlays",         overlaynote_panel, DESK,          0,         LIMIT_NONE },
    {"GET",  "/ops/overlays.json",    overlaynote_json,  DESK,          0,         LIMIT_NONE },
    {"GET",  "/djs",                  djpage_list,       PAGE,          0,         LIMIT_NONE },
    {"GET",  "/dj/:name_any",         djpage_show,       PAGE,          0,         LIMIT_NONE },
    {"GET",  "/dj/:name_any.json",    djpage_show,       OPEN,          0,         LIMIT_NONE },
    {"POST", "/dj/:name_any",         djpage_tip,        PAGE | FORM,   FORM_BODY, LIMIT_FORM },
    {"GET",  "/tip/:token",           tippage_show,      PAGE,          0,         LIMIT_NONE },
    {"GET",  "/me/dj",                djdesk_show,       MIXER,         0,         LIMIT_NONE },
    {"POST", "/me/dj",                djdesk_act,        MIXER | FORM,  FORM_BODY, LIMIT_FORM },
    {"GET",  "/shop",                 shoppage_show,     PAGE,          0,         LIMIT_NONE },
    {"POST", "/shop",                 shoppage_buy,      PAGE | FORM,   FORM_BODY, LIMIT_FORM },
    {"GET",  "/shop/go",              shoppage_go,       OPEN,          0,         LIMIT_NONE },
    {"GET",  "/shop/thanks/:token",   paypage_thanks,    PAGE,          0,         LIMIT_NONE },
    {"GET",  "/pay/:token",           paypage_go,        PAGE,          0,         LIMIT_NONE },
    {"GET",  "/wallet",               wallet_show,       CASH,          0,         LIMIT_NONE },
    {"GET",  "/wallet.json",          wallet_json,       CASH,          0,         LIMIT_NONE },
    {"GET",  "/wallet/statement",     statementpage_show, CASH,         0,         LIMIT_NONE },
    {"GET",  "/wallet/explain",       explainpage_show,  CASH,          0,         LIMIT_NONE },
    {"GET",  "/wallet/receipt.json",  entrypage_receipt, CASH,          0,         LIMIT_NONE },
    {"GET",  "/wallet/entry/:id",     entrypage_show,    CASH,          0,         LIMIT_NONE },
    {"GET",  "/wallet/export.csv",    exportpage_own,    CASH,          0,         LIMIT_FORM },
    {"GET",  "/wallet/export.hledger", exportpage_own,   CASH,          0,         LIMIT_FORM },
    {"GET",  "/wallet/export.beancount", exportpage_own, CASH,          0,         LIMIT_FORM },
    {"GET",  "/export/journal.csv",   exportpage_all,    BOOKS,         0,         LIMIT_FORM },
    {"GET",  "/export/journal.hledger", exportpage_all,  BOOKS,         0,         LIMIT_FORM },
    {"GET",  "/export/journal.beancount", exportpage_all, BOOKS,        0,         LIMIT_FORM },
    {"GET",  "/wallet/payout",        payoutpage_show,   CASH,          0,         LIMIT_NONE },
    {"POST", "/wallet/payout",        payoutpage_ask,    CASH | MOVE,   FORM_BODY, LIMIT_FORM },
    {"GET",  "/wallet/payout/:id",    payouttrack_show,  CASH,          0,         LIMIT_NONE },
    {"POST", "/wallet/payout/:id/cancel", payouttrack_cancel, CASH | FORM, FORM_BODY, LIMIT_FORM},
    {"POST", "/wallet/payout/:id/reveal", payouttrack_reveal, CASH | MOVE, FORM_BODY, LIMIT_FORM },
    {"GET",  "/wallet/methods",       methodpage_show,   CASH,          0,         LIMIT_NONE },
    {"POST", "/wallet/methods",       methodpage_set,    CASH | MOVE,   FORM_BODY, LIMIT_FORM },
    {"GET",  "/wallet/methods/stripe", methodpage_stripe, CASH,         0,         LIMIT_NONE },
    {"POST", "/wallet/methods/:id/confirm", methodpage_confirm, CASH | MOVE, FORM_BODY, LIMIT_FORM},
    {"POST", "/wallet/methods/:id/drop", methodpage_drop, CASH | MOVE,  FORM_BODY, LIMIT_FORM },
    {"GET",  "/ops/payouts",          opspayout_show,    DESK,          0,         LIMIT_NONE },
    {"POST", "/ops/payouts/:id",      opspayout_fulfil,  STAFF | MOVE,  FORM_BODY, LIMIT_FORM },
    {"POST", "/ops/payouts/:id/judge", opspayout_judge,  CHIEF | MOVE,  FORM_BODY, LIMIT_FORM },
    {"GET",  "/login",                sign_help,         PAGE,          0,         LIMIT_NONE },
    {"GET",  "/login/discord",        enter_begin,       OPEN,          0,         LIMIT_FORM },
    {"GET",  "/login/discord/back",   enter_back,        OPEN,          0,         LIMIT_FORM },
    {"GET",  "/login/wait",           enter_wait,        PAGE,          0,         LIMIT_NONE },
    {"GET",  "/login/kept",           again_kept,        USER,          0,         LIMIT_NONE },
    {"GET",  "/login/:token",         sign_link,         PAGE,          0,         LIMIT_LOGIN},
    {"POST", "/login/:token",         sign_use,          PAGE | FORM,   FORM_BODY, LIMIT_LOGIN},
    {"POST", "/logout",               sign_out,          USER | FORM,   FORM_BODY, LIMIT_FORM },
    {"GET",  "/me",                   mypage_show,       USER,          0,         LIMIT_NONE },
    {"GET",  "/me/welcome",           mypage_welcome,    USER,          0,         LIMIT_NONE },
    {"POST", "/me/welcome",           mypage_accept,     USER | FORM,   FORM_BODY, LIMIT_FORM },
    {"GET",  "/me/privacy",           mypage_privacy,    USER,          0,         LIMIT_NONE },
    {"POST", "/me/privacy",           mypage_choose,     USER | FORM,   FORM_BODY, LIMIT_FORM },
    {"GET",  "/me/notify",            mypage_notify,     USER,          0,         LIMIT_NONE },
    {"POST", "/me/notify",            mypage_tell,       USER | FORM,   FORM_BODY, LIMIT_FORM },
    {"GET",  "/me/sessions",          mypage_sessions,   USER,          0,         LIMIT_NONE },
    {"POST", "/me/sessions",          mypage_end,        USER | FORM,   FORM_BODY, LIMIT_FORM },
    {"GET",  "/me/data",              datapage_show,     CASH,          0,         LIMIT_NONE },
    {"POST", "/me/data",              datapage_leave,    CASH | MOVE,   FORM_BODY, LIMIT_FORM },
    {"GET",  "/me/data.zip",          datapage_file,     CASH,          0,         LIMIT_FORM },
    {"GET",  "/funds",                fundspage_show,    PAGE,          0,         LIMIT_NONE },
    {"GET",  "/funds.json",           fundspage_json,    OPEN,          0,         LIMIT_NONE },
    {"GET",  "/seals",                sealpage_list,     PAGE,          0,         LIMIT_NONE },
    {"GET",  "/seals.json",           sealpage_json,     OPEN,          0,         LIMIT_NONE },
    {"GET",  "/seal/:day",            sealpage_show,     PAGE,          0,         LIMIT_NONE },
    {"GET",  "/seal/:day.txt",        sealpage_file,     OPEN,          0,         LIMIT_NONE },
    {"GET",  "/seal/:day.hashes",     sealpage_hashes,   OPEN,          0,         LIMIT_FORM },
    {"GET",  "/problems",             problempage_list,  PAGE,          0,         LIMIT_NONE },
    {"GET",  "/problems/:code",       problempage_show,  PAGE,          0,         LIMIT_NONE },
    {"GET",  "/status",               status_show,       PAGE,          0,         LIMIT_NONE },
    {"GET",  "/status.json",          status_json,       OPEN,          0,         LIMIT_NONE },
    {"GET",  "/healthz",              status_health,     PROBE,         0,         LIMIT_NONE },
    {"GET",  "/metrics",              metrics_show,      PROBE,         0,         LIMIT_NONE },
    {"POST", "/hooks/discord",        webhook_discord,   HOOK,          TALK_BODY, LIMIT_NONE },
    {"POST", "/hooks/stripe",         webhook_stripe,    HOOK,          HOOK_BODY, LIMIT_NONE },
    {"POST", "/hooks/shopify",        webhook_shopify,   HOOK,          HOOK_BODY, LIMIT_NONE },
    {"POST", "/hooks/kofi/:token",    webhook_kofi,      HOOK | CODED,  HOOK_BODY, LIMIT_NONE },
    {"POST", "/hooks/stripe-connect", webhook_connect,   HOOK,          HOOK_BODY, LIMIT_NONE },
    {"POST", "/hooks/paypal",         webhook_paypal,    HOOK,          HOOK_BODY, LIMIT_NONE },
    {"POST", "/hooks/whop",           webhook_whop,      HOOK,          HOOK_BODY, LIMIT_NONE },
};
/* clang-format on */
const size_t routes_count = ARRAY_SIZE(routes_table);

/* Once a minute at most. A vault that is away is no reason to log anybody out. */
static bool
renew(struct ctx *ctx, const struct site *site, struct str token)
{
    struct msg ask, answer;
    struct call line;

    if (!site || !site->vault)
        return false;
    call_init(&line, site->vault->path);
    line.timeout_ms = RENEW_PATIENCE_MS;
    msg_init(&ask, STR("session.renew"));
    msg_add_str(&ask, "session", token);
    enum err e = call_ask(ctx, &line, &ask, &answer);

    call_done(&line);
    ctx_clear(ctx);
    return e == OK;
}

enum err
routes_session(struct ctx *ctx, const struct site *site, struct str token,
               struct req_session *ret)
{
    static const enum req_trust trust[] = {
        [SESSION_KNOWN] = REQ_KNOWN, [SESSION_MONEY] = REQ_MONEY, [SESSION_FRESH] = REQ_FRESH};
    struct session s;
    enum err e = session_find(ctx, token, &s);

    if (e != OK)
        return e;
    ret->user_id = s.member_id;
    ret->name = s.member_name;
    ret->trust = trust[session_trust(&s, ctx_now(ctx))];
    if (!ret->by_script && session_is_stale(&s, ctx_now(ctx)))
        ret->renewed = renew(ctx, site, token);
    return right_of(ctx, s.member_id, &ret->roles);
}

/* Texts of failures are made for logs too: a page begins them with a capital and ends them. */
static struct str
sentence(struct ctx *ctx, struct str s)
{
    struct str t = layout_printf(ctx, "%.*s.", STR_ARG(s));
    char *p;

    if (s.n == 0 || s.p[s.n - 1] == '.')
        return s;
    p = arena_text(ctx->arena, t.p, t.n);
    if (p[0] >= 'a' && p[0] <= 'z')
        p[0] = (char)(p[0] - 'a' + 'A');
    return str_of(p);
}

/* Where a page wanted a login, the login leads back to it. */
static struct str
login_url(struct ctx *ctx, const struct req *req, const struct router_problem *p)
{
    struct str to = enc_percent(ctx->arena, req->path);

    if (p->status != 401 || req->method == REQ_POST || req_is_machine(req))
        return STR("/login");
    return str_of(arena_printf(ctx->arena, "/login?to=%.*s", STR_ARG(to)));
}

enum err
routes_error(struct ctx *ctx, const struct req *req, struct res *res,
             const struct router_problem *p)
{
    /* The ledger may be what failed: the page of an error reads nothing from it. */
    struct db *db = ctx->db;

    ctx->db = NULL;
    struct view *v = layout_view(ctx, req, "");
    bool login = p->status == 401 || str_starts(req->path, STR("/login/"));

    ctx->db = db;
    view_i64(v, "status", p->status);
    view_text(v, "title", p->title);
    view_text(v, "detail", sentence(ctx, p->detail));
    view_text(v, "retry_words",
              p->retry_s ? layout_printf(ctx, "Try again in %lld s.", (long long)p->retry_s)
                         : STR(""));
    view_url(v, "action_url", login ? login_url(ctx, req, p) : STR("/"));
    view_textz(v, "action_words", login ? "How to log in" : "To the live race");
    view_text(v, "error_id", str_dup(ctx->arena, str_of(ctx->trace)));
    return res_page(res, req, "error", v);
}
