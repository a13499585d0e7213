/* Pauses by route, for all, and while nothing answers. They live in this process only: after a
 * start the first answer says them again. */
#include "job/outside.h"

#include "base/conf.h"
#include "base/log.h"

enum {
    ROUTES_MAX = 64,
    ROUTE_BYTES = 80,
    DOWN_MAX_MS = 60 * 1000,
    PAUSE_MAX_MS = 60 * 60 * 1000 /* a clock that was put back must not stop us for long */
};

struct pause {
    char route[ROUTE_BYTES]; /* "" free */
    int64_t until;
};

/* API and CDN are different machines. */
struct far {
    int64_t failures; /* in a row */
    int64_t until;
};

struct outside {
    struct httpc *http;
    struct pause pause[ROUTES_MAX];
    int64_t all_until;
    struct far far[2];
};

enum err
outside_open(struct ctx *ctx, struct arena *process, struct outside **ret)
{
    struct outside *o = ARENA_NEW(process, struct outside);
    enum err e = httpc_open(ctx, process, &o->http);

    if (!e)
        *ret = o;
    return e;
}

void
outside_close(struct outside *o)
{
    httpc_close(o->http);
}

static enum err
first_line(struct ctx *ctx, const char *key, struct str file, struct str *ret)
{
    struct str line[1];
    size_t n = 0;
    enum err e = conf_secret(ctx, ctx->arena, key, file, line, ARRAY_SIZE(line), &n);

    *ret = !e && n ? line[0] : STR("");
    return e;
}

enum err
outside_token(struct ctx *ctx, struct outside *o, struct str *ret)
{
    (void)o;
    *ret = STR("");
    if (!ctx->conf->discord.application_id.n)
        return OK;
    return first_line(ctx, "discord.bot_token_file", ctx->conf->discord.bot_token_file, ret);
}

enum err
outside_secret(struct ctx *ctx, struct str *ret)
{
    *ret = STR("");
    if (!ctx->conf->discord.application_id.n)
        return OK;
    return first_line(ctx, "discord.client_secret_file", ctx->conf->discord.client_secret_file,
                      ret);
}

/* until, or 0 when it is over or cannot be meant. */
static int64_t
ahead(const struct ctx *ctx, int64_t until)
{
    int64_t now = ctx_now(ctx);

    return until > now && until - now <= PAUSE_MAX_MS ? until : 0;
}

static struct pause *
find(struct outside *o, struct str route)
{
    route = str_sub(route, 0, ROUTE_BYTES - 1);
    for (size_t i = 0; i < ROUTES_MAX; i++)
        if (str_eq_text(route, o->pause[i].route))
            return &o->pause[i];
    return NULL;
}

static void
keep(struct outside *o, struct str route, int64_t until)
{
    struct pause *p = find(o, route), *soonest = &o->pause[0];

    for (size_t i = 0; !p && i < ROUTES_MAX; i++)
        if (o->pause[i].until < soonest->until)
            soonest = &o->pause[i];
    if (!p)
        p = soonest;
    route = str_sub(route, 0, ROUTE_BYTES - 1);
    snprintf(p->route, sizeof p->route, "%.*s", STR_ARG(route));
    p->until = until;
}

/* When this may be asked; 0: now. */
static int64_t
rests(const struct ctx *ctx, struct outside *o, const struct discord_api_ask *ask,
      const char **ret_why)
{
    const struct pause *p = find(o, ask->route);
    int64_t until;

    *ret_why = "Discord did not answer the last time";
    if ((until = ahead(ctx, o->far[ask->files].until)))
        return until;
    *ret_why = "Discord asked for a pause";
    if (!ask->files && (until = ahead(ctx, o->all_until)))
        return until;
    return p ? ahead(ctx, p->until) : 0;
}

/* 1, 2, 4 … 60 s. The job itself comes a little later than those that it stopped, so that one
 * that always fails does not stand before all others for ever. */
static int64_t
down(struct ctx *ctx, struct far *f)
{
    int64_t ms = f->failures >= 6 ? DOWN_MAX_MS : INT64_C(1000) << f->failures;
    uint32_t r;

    f->failures++;
    f->until = ctx_now(ctx) + (ms > DOWN_MAX_MS ? DOWN_MAX_MS : ms);
    ctx->world->random(ctx->world->arg, &r, sizeof r);
    return f->until + 1 + r % 500;
}

static enum err
judge(struct ctx *ctx, struct outside *o, const struct discord_api_ask *ask,
      const struct discord_api_answer *a, int64_t *ret_until)
{
    int64_t now = ctx_now(ctx);

    if (a->how == DISCORD_API_DOWN) {
        *ret_until = down(ctx, &o->far[ask->files]);
        return ctx_fail(ctx, E_REMOTE, "%.*s", STR_ARG(a->why));
    }
    o->far[ask->files] = (struct far){0};
    if (a->how == DISCORD_API_WAIT) {
        *ret_until = now + a->wait_ms;
        if (a->global)
            o->all_until = *ret_until;
        keep(o, ask->route, *ret_until);
        log_line(LOG_NOTICE, "event=limited route=%.*s ms=%lld global=%d", STR_ARG(ask->route),
                 (long long)a->wait_ms, a->global);
        return ctx_fail(ctx, E_REMOTE, "Discord asked for a pause of %lld ms",
                        (long long)a->wait_ms);
    }
    if (a->rest_ms)
        keep(o, ask->route, now + a->rest_ms);
    return OK;
}

enum err
outside_ask(struct ctx *ctx, struct outside *o, const struct discord_api_ask *ask,
            struct discord_api_answer *ret, struct str *ret_bytes, int64_t *ret_until)
{
    struct httpc_answer answer = {0};
    const char *why;
    enum err e;

    *ret_until = rests(ctx, o, ask, &why);
    if (*ret_until)
        return ctx_fail(ctx, E_REMOTE, "%s", why);
    if ((e = httpc_do(ctx, o->http, &ask->http, &answer))) {
        if (e != E_REMOTE && e != E_UNCERTAIN)
            return e;
        *ret_until = down(ctx, &o->far[ask->files]);
        return E_REMOTE;
    }
    discord_api_read(ctx, ask, &answer, ret);
    if (ret_bytes)
        *ret_bytes = answer.body;
    return judge(ctx, o, ask, ret, ret_until);
}
