/* Is everything well: for people and for machines. Must answer when the vault is away. Not for:
 * fixing anything, numbers for Prometheus (metrics.c). */
#include "base/clock.h"
#include "base/conf.h"
#include "page/health.h"
#include "page/layout.h"
#include "page/routes.h"

static void
add_component(struct view *list, const char *name, bool good, struct str words)
{
    struct view *c = view_add(list);

    view_textz(c, "name", name);
    view_flag(c, "ok", good);
    view_text(c, "words", words);
    layout_badge(c, good ? "live" : "void", good ? STR("running") : STR("not well"));
}

static struct str
since(struct ctx *ctx, const char *what, int64_t at)
{
    char text[CLOCK_TEXT];

    return at ? layout_printf(ctx, "%s %s ago", what, clock_span(ctx_now(ctx) - at, text))
              : layout_printf(ctx, "%s: none yet", what);
}

/* Whether the settings expect notices of it. */
static bool
expected(const struct conf *c, struct str name)
{
    return c && ((str_eq_text(name, "stripe") && c->stripe.webhook_secret_file.n) ||
                 (str_eq_text(name, "stripe_connect") && c->stripe.connect_secret_file.n) ||
                 (str_eq_text(name, "shopify") && c->shopify.shop.n) ||
                 (str_eq_text(name, "kofi") && c->kofi.token_file.n) ||
                 (str_eq_text(name, "whop") && c->whop.webhook_secret_file.n) ||
                 (str_eq_text(name, "paypal") && c->paypal.webhook_id.n));
}

static const char *
spelt(struct ctx *ctx, struct str name)
{
    static const char *const names[][2] = {
        {"stripe",         "Stripe"                         },
        {"stripe_connect", "Stripe, accounts that we pay to"},
        {"shopify",        "Shopify"                        },
        {"kofi",           "Ko-fi"                          },
        {"whop",           "Whop"                           },
        {"paypal",         "PayPal"                         },
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (str_eq_text(name, names[i][0]))
            return names[i][1];
    return str_text(ctx->arena, name);
}

static void
add_senders(struct ctx *ctx, struct view *list, const struct health *s)
{
    for (size_t i = 0; registry_name(i).n; i++) {
        const struct health_sender *p = &s->sender[i];
        if (!p->seen && !expected(ctx->conf, registry_name(i)))
            continue;
        struct str words = since(ctx, "last good notice", p->at);
        if (p->open)
            words =
                layout_printf(ctx, "%lld set aside, %.*s", (long long)p->open, STR_ARG(words));
        add_component(list, spelt(ctx, registry_name(i)), !p->open, words);
    }
}

static void
fill(struct ctx *ctx, struct view *v, const struct health *s)
{
    struct view *list = view_list(v, "components");
    bool well = s->ledger && s->vault && s->jobs && s->live;

    view_flag(v, "ok", well);
    view_textz(v, "status", well ? "ok" : "trouble");
    view_text(v, "headline",
              well ? STR("Everything is running") : STR("Something is not well"));
    add_component(list, "Pages", true, STR("you are reading one"));
    add_component(list, "Ledger", s->ledger,
                  s->ledger ? STR("can be read; balances and races are right")
                            : STR("cannot be read at the moment"));
    add_component(
        list, "Vault", s->vault,
        s->vault
            ? STR("takes sales and commands")
            : STR("takes nothing at the moment; shops repeat their notices, nothing is lost"));
    add_component(list, "Work that leaves the house", s->jobs,
                  !s->ledger     ? STR("not known while the ledger cannot be read")
                  : s->jobs_open ? layout_printf(ctx, "%lld waiting", (long long)s->jobs_open)
                                 : STR("nothing waits"));
    add_component(list, "Live updates", s->live, since(ctx, "last change", s->message_at));
    add_component(list, "Notices of shops", s->ledger && s->notices == 0,
                  s->notices ? layout_printf(ctx, "%lld stored and not applied yet",
                                             (long long)s->notices)
                             : since(ctx, "last good one", s->notice_at));
    add_senders(ctx, list, s);
    view_text(v, "seal_day", s->seal.day);
    if (s->seal.day.n)
        view_url(v, "seal_url", layout_printf(ctx, "/seal/%.*s", STR_ARG(s->seal.day)));
    else
        view_flag(v, "seal_url", false);
    view_i64(v, "chain_seq", s->chain.seq);
    view_flag(v, "chain_good", s->ran && s->chain.found == 0);
    layout_time(v, "chain_at", s->chain.at);
    view_i64(v, "head_seq", s->head_seq);
    layout_time(v, "head_at", s->head_at);
    view_text(v, "head_sha", s->head_sha);
    view_i64(v, "alerts", s->alerts[0] + s->alerts[1] + s->alerts[2]);
    layout_time(v, "pushed_at", s->pushed_at);
}

enum err
status_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct health s;
    struct view *v = layout_view(ctx, req, "status");

    health_look(ctx, req, &s);
    fill(ctx, v, &s);
    res_cache(res, RES_SHORT);
    return res_page(res, req, "status", v);
}

enum err
status_json(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct health s;
    struct view *v = view_new(ctx->arena);

    health_look(ctx, req, &s);
    fill(ctx, v, &s);
    view_textz(v, "version", PACKAGE_VERSION);
    res_cache(res, RES_SHORT);
    return res_json(res, v);
}

/* Alive means: this worker runs and can read the ledger. */
enum err
status_health(struct ctx *ctx, const struct req *req UNUSED, struct res *res)
{
    struct health s = {0};
    enum err e = health_head(ctx, &s);

    if (e != OK)
        return ctx_fail(ctx, E_BUSY, "the ledger cannot be read");
    res_body(res, "text/plain; charset=utf-8", STR("ok\n"));
    return OK;
}
