/* Values that every page shows. Not for: one page's own data. */
#include "page/layout.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/enc.h"
#include "http/csrf.h"
#include "ledger/account.h"
#include "user/right.h"

enum { LAYOUT_ASSETS_MAX = 16, LAYOUT_FILE_MAX = 4096 };

struct layout {
    size_t n;
    struct {
        struct str name, file; /* "app.css", "app.1a37….css" */
    } asset[LAYOUT_ASSETS_MAX];
};

static enum err
read_map(struct ctx *ctx, struct arena *process, int fd, struct layout *l)
{
    char *text = arena_alloc(process, LAYOUT_FILE_MAX + 1);
    ssize_t got = read(fd, text, LAYOUT_FILE_MAX);
    struct str all = {.p = text, .n = got > 0 ? (size_t)got : 0}, line, name;

    while (str_split(&all, '\n', &line)) {
        if (line.n == 0)
            continue;
        if (l->n == LAYOUT_ASSETS_MAX || !str_split(&line, ' ', &name) || line.n == 0)
            return ctx_fail(ctx, E_INVALID, "static/assets is malformed");
        l->asset[l->n].name = name;
        l->asset[l->n++].file = line;
    }
    return OK;
}

enum err
layout_load(struct ctx *ctx, struct arena *process, const char *share, struct layout **ret)
{
    struct layout *l = ARENA_NEW(process, struct layout);
    int fd = open(arena_printf(ctx->arena, "%s/static/assets", share), O_RDONLY | O_CLOEXEC);
    enum err e = OK;

    if (fd >= 0) {
        e = read_map(ctx, process, fd, l);
        close(fd);
    }
    if (e == OK)
        *ret = l;
    return e;
}

static void
add_asset(struct ctx *ctx, struct view *v, const struct layout *l, const char *name,
          const char *file)
{
    struct str named = str_of(file);

    for (size_t i = 0; l && i < l->n; i++)
        if (str_eq(l->asset[i].name, named))
            named = l->asset[i].file;
    view_url(v, name, layout_printf(ctx, "/static/%.*s", STR_ARG(named)));
}

static void
add_user(struct ctx *ctx, struct view *v, const struct req *req)
{
    struct account_wallet w;

    view_text(v, "logout_token", STR(""));
    if (req->session.user_id == 0) {
        view_flag(v, "user", false);
        return;
    }
    struct view *u = view_object(v, "user");

    view_text(u, "name", req->session.name);
    view_flag(u, "desk",
              (req->session.roles & (RIGHT_STAFF | RIGHT_OPERATOR | RIGHT_AUDITOR)) != 0);
    view_text(v, "logout_token", csrf_token(ctx, &req->session, STR("/logout")));
    /* A browser that was left alone shows no money. */
    if (ctx->db && req->session.trust >= REQ_MONEY &&
        account_wallet(ctx, req->session.user_id, &w) == OK)
        layout_money(ctx, u, "wallet", w.pending + w.available);
    else
        view_flag(u, "wallet", false);
}

struct str
layout_site(const struct ctx *ctx)
{
    return ctx->conf ? ctx->conf->site.name : STR("Cozy-Kart");
}

/* The console's tab of this address (part/opstabs.mustache). */
static void
add_tab(struct ctx *ctx, struct view *v, struct str path)
{
    static const char *const tab[] = {"alerts",   "jobs",   "sales",    "payouts", "ledger",
                                      "products", "league", "overlays", "upkeep"};
    struct str rest = path, part = STR("");

    if (!str_split(&rest, '/', &part) || !str_split(&rest, '/', &part) ||
        !str_eq_text(part, "ops"))
        return;
    if (!str_split(&rest, '/', &part))
        part = STR("");
    view_flag(v, "on_overview", part.n == 0);
    for (size_t i = 0; i < ARRAY_SIZE(tab); i++)
        view_flag(v, arena_printf(ctx->arena, "on_%s", tab[i]), str_eq_text(part, tab[i]));
}

struct view *
layout_view(struct ctx *ctx, const struct req *req, const char *here)
{
    struct view *v = view_new(ctx->arena);
    const struct layout *l = req->site ? req->site->page : NULL;
    struct view *a = view_object(v, "asset");
    struct str at = str_of(here);

    view_text(v, "site_name", layout_site(ctx));
    view_textz(v, "version", PACKAGE_VERSION);
    add_asset(ctx, a, l, "app_css", "app.css");
    add_asset(ctx, a, l, "app_js", "app.js");
    add_asset(ctx, a, l, "overlay_css", "overlay.css");
    add_asset(ctx, a, l, "overlay_js", "overlay.js");
    add_asset(ctx, a, l, "icon_svg", "icon.svg");
    view_flag(v, "test_mode", ctx->conf && ctx->conf->mode == CONF_TEST);
    view_flag(v, "at_home", str_eq_text(at, "home"));
    view_flag(v, "at_shop", str_eq_text(at, "shop"));
    view_flag(v, "at_races", str_eq_text(at, "races"));
    view_flag(v, "at_standings", str_eq_text(at, "standings"));
    view_flag(v, "at_status", str_eq_text(at, "status"));
    view_flag(v, "live", false);
    view_flag(v, "og", false);
    add_tab(ctx, v, req->path);
    add_user(ctx, v, req);
    return v;
}

void
layout_live(struct view *v, struct str channel, int64_t seq, int64_t race, bool home)
{
    struct view *l = view_object(v, "live");

    view_text(l, "channel", channel);
    view_i64(l, "seq", seq);
    view_i64(l, "race", race);
    view_textz(l, "follow", home ? "home" : "");
}

void
layout_form(struct ctx *ctx, struct view *v, const struct req *req, unsigned need,
            struct str path)
{
    if (!(req->session.roles & need)) {
        view_flag(v, "action", false);
        return;
    }
    view_url(v, "action", path);
    view_text(v, "token", csrf_token(ctx, &req->session, path));
}

void
layout_share(struct ctx *ctx, struct view *v, const char *kind, struct str key,
             struct str title, struct str words, struct str path)
{
    struct view *o = view_object(v, "og");
    struct str site = ctx->conf ? ctx->conf->site.url : STR("");
    struct str named = enc_percent(ctx->arena, key);

    view_text(o, "title", title);
    view_text(o, "words", words);
    view_text(o, "address", layout_printf(ctx, "%.*s%.*s", STR_ARG(site), STR_ARG(path)));
    view_text(o, "picture",
              layout_printf(ctx, key.n ? "%.*s/card/%s/%.*s.png" : "%.*s/card/%s%.*s.png",
                            STR_ARG(site), kind, STR_ARG(named)));
}

struct str
layout_printf(struct ctx *ctx, const char *fmt, ...)
{
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    BUG_IF(n < 0);
    return str_dup(ctx->arena,
                   (struct str){text, n < (int)sizeof(text) ? (size_t)n : sizeof(text) - 1});
}

struct str
layout_currency(const struct ctx *ctx)
{
    return ctx->conf && ctx->conf->money.currency.n ? ctx->conf->money.currency : STR("USD");
}

struct str
layout_amount(struct ctx *ctx, int64_t minor, struct str currency)
{
    char text[MONEY_TEXT];
    struct money m;

    if (money_make(minor, currency, &m) == OK)
        return str_dup(ctx->arena, str_of(money_show(m, text)));
    return layout_printf(ctx, "%lld %.*s", (long long)minor, STR_ARG(currency));
}

struct str
layout_house(struct ctx *ctx, int64_t minor)
{
    return layout_amount(ctx, minor, layout_currency(ctx));
}

struct str
layout_delta(struct ctx *ctx, int64_t minor)
{
    struct str s = layout_house(ctx, minor);

    return minor > 0 ? layout_printf(ctx, "+%.*s", STR_ARG(s)) : s;
}

void
layout_money(struct ctx *ctx, struct view *v, const char *name, int64_t minor)
{
    struct money m = {.minor = minor, .ccy = "USD"};

    if (money_make(minor, layout_currency(ctx), &m) != OK)
        ctx_clear(ctx);
    view_money(v, name, m);
}

void
layout_hash(struct view *v, struct str sha)
{
    view_text(v, "sha", sha);
    view_text(v, "sha_short", str_sub(sha, 0, 8));
}

void
layout_time(struct view *v, const char *name, int64_t ms)
{
    view_time(v, name, ms > 0 ? ms : -1);
}

void
layout_badge(struct view *v, const char *kind, struct str word)
{
    static const struct {
        const char *kind, *path;
    } SHAPES[] = {
        {"live", "M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1z"                                   },
        {"wait", "M6 0a6 6 0 1 0 0 12A6 6 0 0 0 6 0zm0 2a4 4 0 0 1 0 8z"                },
        {"fund", "M6 0 12 6 6 12 0 6z"                                                  },
        {"done", "M1 6.5 4.5 10 11 2.5 9.6 1.3 4.4 7.4 2.3 5.2z"                        },
        {"void",
         "M2.3 1 1 2.3 4.7 6 1 9.7 2.3 11 6 7.3 9.7 11 11 9.7 7.3 6 11 2.3 9.7 1 6 4.7z"}
    };
    const char *path = "M1 5h10v2H1z";

    for (size_t i = 0; i < ARRAY_SIZE(SHAPES); i++)
        if (str_eq_text(str_of(kind), SHAPES[i].kind))
            path = SHAPES[i].path;
    view_textz(v, "badge_class", kind);
    view_textz(v, "badge_path", path);
    view_text(v, "badge_word", word);
}
