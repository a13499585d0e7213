/* Is everything well: for people and for machines. Must answer when the vault is away. Not for:
 * fixing anything, numbers for Prometheus (metrics.c). */
#include "base/clock.h"
#include "base/conf.h"
#include "page/health.h"
#include "page/layout.h"
#include "page/pastview.h"
#include "page/routes.h"

/* Lines of the page and what their parts are called. */
struct lines {
    struct view *list;
    struct str name[PAST_PARTS]; /* empty: there is no such part here */
};

/* part: in the history; -1: it has none. */
static void
add_component(struct lines *l, int part, const char *name, bool good, struct str words)
{
    struct view *c = view_add(l->list);

    if (part >= 0)
        l->name[part] = str_of(name);
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
add_senders(struct ctx *ctx, struct lines *l, const struct health *s)
{
    for (size_t i = 0; registry_name(i).n; i++) {
        const struct health_sender *p = &s->sender[i];
        if (!p->seen && !expected(ctx->conf, registry_name(i)))
            continue;
        struct str words = since(ctx, "last good notice", p->at);
        if (p->open)
            words =
                layout_printf(ctx, "%lld set aside, %.*s", (long long)p->open, STR_ARG(words));
        add_component(l, PAST_OWN + (int)i, spelt(ctx, registry_name(i)), !p->open, words);
    }
}

static void
add_ours(struct ctx *ctx, struct lines *l, const struct health *s)
{
    add_component(l, PAST_SITE, "Pages", true, STR("you are reading one"));
    add_component(l, PAST_LEDGER, "Ledger", s->ledger,
                  s->ledger ? STR("can be read; balances and races are right")
                            : STR("cannot be read at the moment"));
    add_component(
        l, PAST_VAULT, "Vault", s->vault,
        s->vault
            ? STR("takes sales and commands")
            : STR("takes nothing at the moment; shops repeat their notices, nothing is lost"));
    add_component(l, PAST_JOBS, "Work that leaves the house", s->jobs,
                  !s->ledger     ? STR("not known while the ledger cannot be read")
                  : s->jobs_open ? layout_printf(ctx, "%lld waiting", (long long)s->jobs_open)
                                 : STR("nothing waits"));
    add_component(l, PAST_LIVE, "Live updates", s->live,
                  since(ctx, "last change", s->message_at));
    add_component(l, PAST_OVERLAYS, "Overlays", s->live,
                  s->overlays ? layout_printf(ctx, "%lld on air", (long long)s->overlays)
                              : STR("none on air"));
    add_component(l, -1, "Notices of shops", s->ledger && s->notices == 0,
                  s->notices ? layout_printf(ctx, "%lld stored and not applied yet",
                                             (long long)s->notices)
                             : since(ctx, "last good one", s->notice_at));
}

/* In words of our own: what the run said may name files. */
static void
add_runs(struct ctx *ctx, struct view *list, const struct health *s)
{
    static const char *const names[HEALTH_RUNS] = {"Copy of the ledger", "Restore drill",
                                                   "Check of the books", "Second opinion"};

    for (size_t i = 0; i < HEALTH_RUNS; i++) {
        const struct health_run *r = &s->run[i];
        struct view *v = view_add(list);
        bool good = r->ran && r->last.good;
        struct str words = since(ctx, "last good one", r->good_at);

        if (r->ran && !good)
            words = layout_printf(ctx, "the newest did not end well, %.*s", STR_ARG(words));
        view_textz(v, "name", names[i]);
        view_textz(v, "kind", r->kind ? r->kind : "");
        view_flag(v, "ok", good);
        view_text(v, "words", words);
        layout_time(v, "at", r->ran ? r->last.ended_at : 0);
        layout_time(v, "good_at", r->good_at);
        layout_badge(v,
                     good     ? "done"
                     : r->ran ? "void"
                              : "wait",
                     good     ? STR("good")
                     : r->ran ? STR("failed")
                              : STR("not yet"));
    }
}

static void
add_past(struct ctx *ctx, struct view *v, const struct lines *l, bool numbers)
{
    struct view *history = view_list(v, "history"), *incidents = view_list(v, "incidents");
    struct past *p = NULL;
    bool seen = ctx->db && past_look(ctx, &p) == OK;

    ctx_clear(ctx);
    for (size_t i = 0; seen && i < PAST_PARTS; i++)
        if (l->name[i].n)
            pastview_show(ctx, view_add(history), p, i, l->name[i], numbers);
    if (seen)
        pastview_list(ctx, incidents, p, l->name);
    view_flag(v, "has_history", seen);
    view_flag(v, "has_incidents", seen && p->n > 0);
    layout_time(v, "since", seen ? p->since : 0);
}

static void
add_book(struct ctx *ctx, struct view *v, const struct health *s)
{
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
    view_flag(v, "restored", s->restored);
    layout_time(v, "copy_at", s->restored ? s->quarantine.copy_at : 0);
}

static void
fill(struct ctx *ctx, struct view *v, const struct health *s, bool numbers)
{
    struct lines l = {.list = view_list(v, "components")};
    bool well = s->ledger && s->vault && s->jobs && s->live;

    view_flag(v, "ok", well);
    view_textz(v, "status", well ? "ok" : "trouble");
    view_text(v, "headline",
              well ? STR("Everything is running") : STR("Something is not well"));
    add_ours(ctx, &l, s);
    add_senders(ctx, &l, s);
    add_past(ctx, v, &l, numbers);
    add_runs(ctx, view_list(v, "upkeep"), s);
    add_book(ctx, v, s);
}

enum err
status_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct health s;
    struct view *v = layout_view(ctx, req, "status");

    health_look(ctx, req, &s);
    fill(ctx, v, &s, false);
    res_cache(res, RES_SHORT);
    return res_page(res, req, "status", v);
}

enum err
status_json(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct health s;
    struct view *v = view_new(ctx->arena);

    health_look(ctx, req, &s);
    fill(ctx, v, &s, true);
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
