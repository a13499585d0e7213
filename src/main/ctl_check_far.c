/* cozykart check: what only others can tell: the time, whether the house's name leads here,
 * what Discord has. Not for: anything this machine knows by itself. */
#include <string.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/clock.h"
#include "main/ctl_check.h"
#include "provider/httpc.h"
#include "setup/put.h"

enum { ASK_MS = 6000, ANSWER_MAX = 256 * 1024, OFF_S = 30 };

/* Who is asked for the time: a provider that is set up, at the address of the settings. */
static struct str
timekeeper(struct ctl *c)
{
    const struct conf *f = c->conf;

    return f->stripe.api_key_file.n      ? f->stripe.api
           : f->discord.application_id.n ? f->discord.api
           : f->paypal.client_id.n       ? f->paypal.api
           : f->whop.api_key_file.n      ? f->whop.api
                                         : STR("");
}

/* "Fri, 01 May 2026 19:02:11 GMT" to ms. */
static bool
read_date(struct ctl *c, struct str text, int64_t *ret)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct str month = str_sub(text, 8, 3);
    size_t at = str_find(str_of(months), month, 0);

    if (text.n != 29 || month.n != 3 || at == SIZE_MAX)
        return false;
    return clock_parse(str_of(arena_printf(c->ctx->arena, "%.4s-%02zu-%.2sT%.8sZ", text.p + 12,
                                           at / 3 + 1, text.p + 5, text.p + 17)),
                       ret) == OK;
}

/* How far this machine's clock is ahead, in seconds. */
static bool
measure(struct ctl *c, struct str from, int64_t *ret)
{
    struct httpc_ask ask = {.method = HTTPC_GET,
                            .url = str_text(c->ctx->arena, from),
                            .base = from,
                            .want = {"Date"},
                            .timeout_ms = ASK_MS,
                            .answer_max = ANSWER_MAX};
    struct httpc_answer answer = {0};
    struct httpc *http = NULL;
    int64_t there = 0;
    bool good = httpc_open(c->ctx, c->process, &http) == OK &&
                httpc_do(c->ctx, http, &ask, &answer) == OK &&
                read_date(c, answer.header[0], &there);

    if (http)
        httpc_close(http);
    ctx_clear(c->ctx);
    *ret = (ctx_now(c->ctx) - there) / 1000;
    return good;
}

static void
check_clock(struct ctl *c)
{
    struct timex t = {0};
    bool lost = adjtimex(&t) == TIME_ERROR || (t.status & STA_UNSYNC);
    bool offline = ctl_flag(c, "offline");
    struct str from = timekeeper(c);
    int64_t off = 0;

    if (!offline && from.n && measure(c, from, &off)) {
        ctl_judge(c, "the clock", off <= OFF_S && off >= -OFF_S,
                  arena_printf(c->ctx->arena,
                               "it is %lld s %s that of %.*s, so that orders count for the "
                               "wrong race and signatures are refused: timedatectl set-ntp "
                               "true, then timedatectl shows whether it is synchronised",
                               (long long)(off < 0 ? -off : off),
                               off < 0 ? "behind" : "ahead of", STR_ARG(from)));
        return;
    }
    if (lost && c->conf->mode == CONF_LIVE)
        ctl_judge(c, "the clock", false,
                  "the kernel says that it is not synchronised: timedatectl set-ntp true, then "
                  "timedatectl shows whether it is");
    else
        check_pass(c, "the clock",
                   lost ? "the kernel says that it is not synchronised (timedatectl set-ntp "
                          "true); nobody else could be asked"
                        : "the kernel says that it is synchronised; nobody else was asked");
}

static void
check_name(struct ctl *c)
{
    const char *root = check_root(c), *why;
    const char *url = str_text(c->ctx->arena, c->conf->site.url);
    const char *what = arena_printf(c->ctx->arena, "%s leads to this machine", url);
    struct str sign;
    bool unknown;

    if (!root || !check_noted(c, "tls").n)
        return;
    if (put_read(c->ctx, arena_printf(c->ctx->arena, "%s/etc/cozykart/nginx/sign", root),
                 &sign) != OK)
        sign = STR("");
    ctx_clear(c->ctx);
    if (ctl_reach(c, url, sign, &unknown, &why))
        ctl_judge(c, what, true, "");
    else if (unknown)
        check_pass(c, what, why);
    else
        ctl_judge(c, what, false, why);
}

static void
check_discord(struct ctl *c)
{
    const struct conf *f = c->conf;

    if (!f->discord.application_id.n || !f->discord.bot_token_file.n)
        return;
    ctl_say(c, "\nDiscord");
    ctx_clear(c->ctx);
    if (ctl_discord_check(c) != OK && !check_unseen(c, "Discord"))
        ctl_judge(c, "Discord", false, str_text(c->ctx->arena, ctx_why(c->ctx)));
    ctx_clear(c->ctx);
}

void
check_far(struct ctl *c)
{
    ctl_say(c, "\nThe world outside");
    check_clock(c);
    if (ctl_flag(c, "offline")) {
        check_pass(c, "the network", "nobody was asked, because of --offline");
        return;
    }
    check_name(c);
    check_discord(c);
}
