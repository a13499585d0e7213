/* THE questions of setup: what stands there already, what options say, what a person answers.
 * Not for: what may be answered (setup/vet.h), writing it down (ctl_setup_files.c). */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "main/ctl_setup.h"
#include "setup/edit.h"
#include "setup/put.h"

/* clang-format off */
const struct setup_question setup_questions[] = {
    {"The house", "host", "host", VET_HOST, NULL, "Host name",
     "the name people type, like kart.example.org"},
    {"The house", "mode", "mode", VET_MODE, NULL, "Mode (test or live)",
     "live is real money, and stays so for this ledger; test is for trying everything "
     "with test keys"},
    {"The house", "money.currency", "currency", VET_CURRENCY, NULL, "Currency",
     "the one currency of all prices and wallets"},
    {"The house", "operator", "operator", VET_PERSON, NULL, "First operator",
     "discord:ID (in Discord: developer mode on, right click on your name, Copy User ID), "
     "or a name"},
    {"The site", "tls", "tls", VET_TLS, NULL, "Certificate (certbot, own, proxy or none)",
     "certbot: a free one; own: files you have; proxy: another server in front has it; "
     "none: plain http, mode test only"},
    {"The site", "cert", "cert", VET_FILE, "tls=own",
     "File with the certificate and its chain", ""},
    {"The site", "cert-key", "cert-key", VET_FILE, "tls=own", "File with its key", ""},
    {"The site", "proxy", "proxy", VET_WORD, "tls=proxy", "Address of the proxy in front",
     "its requests may say whom they are from"},
    {"The site", "port", "port", VET_PORT, "tls=proxy",
     "Port that nginx listens at for it", ""},
    {"The site", "tls-port", "tls-port", VET_PORT, "-", "", ""},
    {"The site", "site", "site", VET_WORD, NULL, "Enable the site in nginx (yes or no)",
     "no: you include the house in a site of your own"},
    {"Discord", "discord.application_id", "discord-application", VET_ID, NULL, "Application ID",
     "discord.com/developers/applications, your application, General Information"},
    {"Discord", "discord.public_key", "discord-public-key", VET_KEY, NULL, "Public key",
     "on the same page"},
    {"Discord", "discord.bot_token", "discord-bot-token", VET_BOT_TOKEN, NULL,
     "Bot token", "page Bot, Reset Token"},
    {"Discord", "discord.client_secret", "discord-client-secret", VET_SECRET, NULL,
     "Client secret", "page OAuth2, Reset Secret"},
    {"Discord", "discord.guild_id", "discord-guild", VET_ID, NULL, "Server ID",
     "right click on your server, Copy Server ID"},
    {"Discord", "discord.races_channel", "discord-races-channel", VET_ID, NULL,
     "Channel for races and results", "right click on the channel, Copy Channel ID"},
    {"Discord", "discord.staff_channel", "discord-staff-channel", VET_ID, NULL,
     "Channel for disputes", ""},
    {"Discord", "discord.ops_channel", "discord-ops-channel", VET_ID, NULL,
     "Channel for alerts", ""},
    {"Stripe", "stripe.webhook_secret", "stripe-webhook-secret", VET_STRIPE_HOOK, NULL,
     "Webhook secret (whsec_...)",
     "dashboard.stripe.com, Developers, Webhooks, your endpoint, Signing secret"},
    {"Stripe", "stripe.api_key", "stripe-api-key", VET_STRIPE_KEY, NULL,
     "Secret key (sk_... or rk_...)", "Developers, API keys"},
    {"Stripe", "stripe.connect_secret", "stripe-connect-secret", VET_STRIPE_HOOK, NULL,
     "Secret of the endpoint for connected accounts (whsec_...)", "only when racers are "
     "paid out by Stripe"},
    {"Shopify", "shopify.shop", "shopify-shop", VET_SHOP, NULL,
     "Shop (name.myshopify.com)", ""},
    {"Shopify", "shopify.webhook_secret",
     "shopify-webhook-secret", VET_SHOPIFY_HOOK, NULL, "Client secret of the app",
     "it signs the shop's webhooks"},
    {"Shopify", "shopify.token", "shopify-token", VET_SHOPIFY_TOKEN, NULL,
     "Admin API token (shpat_...)", "with the right read_orders"},
    {"Ko-fi", "kofi.page", "kofi-page", VET_WORD, NULL, "Name of the page at ko-fi.com",
     ""},
    {"Ko-fi", "kofi.token", "kofi-token", VET_SECRET, NULL, "Verification token",
     "ko-fi.com/manage/webhooks, Advanced"},
    {"Whop", "whop.webhook_secret", "whop-webhook-secret", VET_SECRET, NULL,
     "Webhook secret", "whop.com, Developer, Webhooks"},
    {"Whop", "whop.api_key", "whop-api-key", VET_WHOP_KEY, NULL, "API key",
     "Developer, API keys"},
    {"Whop", "whop.account", "whop-account", VET_ACCOUNT, NULL, "Company (biz_...)",
     "only when racers are paid out by Whop"},
    {"PayPal", "paypal.client_id", "paypal-client-id", VET_WORD, NULL, "Client ID",
     "developer.paypal.com, Apps & Credentials; of the sandbox in mode test"},
    {"PayPal", "paypal.client_secret", "paypal-client-secret", VET_SECRET, NULL,
     "Client secret", "on the same page"},
    {"PayPal", "paypal.webhook_id", "paypal-webhook-id", VET_WORD, NULL, "Webhook ID",
     "on the same page, under Webhooks"},
    {"Mail", "mail.to", "mail-to", VET_MAIL, NULL, "Address that is told of alerts", ""},
    {"Mail", "mail.smtp", "mail-smtp", VET_SMTP, NULL, "Mail server that takes the mail",
     "like smtp://127.0.0.1:25 or smtps://mail.example.org"},
    {"Mail", "mail.from", "mail-from", VET_MAIL, NULL, "Sender of that mail", ""},
    {"Mail", "mail.user", "mail-user", VET_WORD, NULL, "Login at that server",
     "empty when it asks for none"},
    {"Mail", "mail.password", "mail-password", VET_PASSWORD, "mail.user", "Password there", ""},
};
/* clang-format on */
const size_t setup_count = ARRAY_SIZE(setup_questions);
_Static_assert(ARRAY_SIZE(setup_questions) <= SETUP_MAX, "ctl_setup.h");

static volatile sig_atomic_t stopped;

static void
stop(UNUSED int sig)
{
    stopped = 1;
}

static bool
is_own(const char *key)
{
    return strstr(SETUP_OWN, key) && !strchr(key, '.') && strcmp(key, "mode") != 0;
}

/* Does a program on this machine take connections there? */
static bool
listens(uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons(port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool yes = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0;

    if (fd >= 0)
        close(fd);
    return yes;
}

static struct str
usual(const struct setup *s, const char *key)
{
    if (strcmp(key, "mode") == 0)
        return STR("test");
    if (strcmp(key, "money.currency") == 0)
        return STR("USD");
    if (strcmp(key, "tls") == 0)
        return vet_is_address(setup_value(s, "host")) ? STR("none") : STR("certbot");
    if (strcmp(key, "proxy") == 0)
        return STR("127.0.0.1");
    if (strcmp(key, "port") == 0)
        return STR("80");
    if (strcmp(key, "mail.smtp") == 0 && s->asks && listens(25))
        return STR("smtp://127.0.0.1:25");
    if (strcmp(key, "tls-port") == 0)
        return STR("443");
    return strcmp(key, "site") == 0 ? STR("yes") : STR("");
}

/* The host name out of site.url. */
static struct str
host_of(struct str url)
{
    size_t at = str_find(url, STR("://"), 0);
    struct str rest = at == SIZE_MAX ? url : str_sub(url, at + 3, url.n), host = rest;

    if (rest.n && rest.p[0] == '[')
        return rest;
    (void)str_split(&rest, ':', &host);
    return host;
}

/* What stands in the files already; a secret's own file before one that the settings name. */
static enum err
load_one(struct setup *s, const struct setup_question *q, struct setup_answer *a)
{
    struct ctx *ctx = s->c->ctx;
    struct str v = STR_NULL;
    enum err e;

    if (vet_is_secret(q->kind)) {
        const char *named = arena_printf(ctx->arena, "%s_file", q->key);
        const char *file =
            setup_path(s, arena_printf(ctx->arena, "/etc/cozykart/secrets.d/%s", q->key));

        if (edit_get(s->text, named, &v) && v.n)
            file = str_text(ctx->arena, v);
        e = put_read(ctx, file, &a->value);
        ctx_clear(ctx);
        return e == E_NOTFOUND ? OK : e;
    }
    if (strcmp(q->key, "host") == 0 && edit_get(s->text, "site.url", &v))
        a->value = host_of(v);
    else if (is_own(q->key) ? edit_get(s->kept, q->key, &v) : edit_get(s->text, q->key, &v))
        a->value = v;
    return OK;
}

static enum err
load(struct setup *s)
{
    enum err e;

    for (size_t i = 0; i < setup_count; i++)
        if ((e = load_one(s, &setup_questions[i], &s->answer[i])))
            return e;
    return OK;
}

/* Judges an answer; an empty one takes away what stood there. */
static enum err
take(struct setup *s, size_t i, struct str value)
{
    const struct setup_question *q = &setup_questions[i];
    struct ctx *ctx = s->c->ctx;
    struct str v = STR(""), rest = value, line;
    struct buf b = buf_new(ctx->arena, 4096);
    enum err e;

    ctx_clear(ctx);
    if (!value.n && q->kind == VET_HOST)
        return ctx_fail(ctx, E_INVALID, "nothing can be set up without a host name");
    if (!vet_is_secret(q->kind) || !value.n) {
        if (value.n && (e = vet(ctx, q->kind, setup_mode(s), value, &v)))
            return e;
        if (v.n && q->kind == VET_FILE && access(str_text(ctx->arena, v), R_OK) != 0)
            return ctx_fail(ctx, E_NOTFOUND, "there is no %.*s that can be read", STR_ARG(v));
        if (strcmp(q->key, "site") == 0 && !str_eq_text(v, "yes") && !str_eq_text(v, "no"))
            return ctx_fail(ctx, E_INVALID, "this is yes or no");
    } else {
        while (str_split(&rest, '\n', &line)) {
            if (!str_trim(line).n && rest.p)
                continue;
            if (!str_trim(line).n && b.n)
                break;
            if ((e = vet(ctx, q->kind, setup_mode(s), line, &v)))
                return e;
            buf_add(&b, v);
            buf_add_char(&b, '\n');
        }
        v = buf_str(&b);
    }
    s->answer[i] = (struct setup_answer){
        .value = str_dup(s->c->process, v), .given = true, .held = s->answer[i].held};
    return OK;
}

/* A secret for an option: from a file that nobody else reads, or standard input. */
static enum err
read_secret(struct setup *s, const char *from, bool *stdin_used, struct str *ret)
{
    struct ctx *ctx = s->c->ctx;
    struct buf b = buf_new(ctx->arena, 8192);
    struct str line[SETUP_LINES];
    char piece[512];
    size_t n = 0;
    ssize_t got;
    enum err e = OK;

    *ret = STR("");
    if (!*from)
        return OK;
    if (strcmp(from, "-") != 0) {
        if (*from != '/' && access(from, F_OK) != 0)
            return ctx_fail(ctx, E_INVALID,
                            "there is no such file; a secret never stands on the command line, "
                            "where others can read it: write it into a file of mode 0600 and "
                            "name that, or - for standard input");
        if ((e = conf_secret(ctx, ctx->arena, "", str_of(from), line, SETUP_LINES, &n)))
            return e;
        for (size_t i = 0; i < n; i++)
            buf_printf(&b, "%.*s\n", STR_ARG(line[i]));
    } else {
        if (*stdin_used)
            return ctx_fail(ctx, E_INVALID, "only one secret can come from standard input");
        *stdin_used = true;
        while ((got = read(0, piece, sizeof piece)) > 0)
            buf_add(&b, (struct str){.p = piece, .n = (size_t)got});
        if (buf_err(&b) != OK || !str_trim(buf_str(&b)).n)
            return ctx_fail(ctx, E_INVALID, "standard input holds no secret");
    }
    *ret = buf_str(&b);
    return e;
}

/* The mode is judged first: keys must fit it. */
static enum err
take_options(struct setup *s)
{
    bool stdin_used = false;
    enum err e = OK;

    if (ctl_flag(s->c, "no-site"))
        *setup_of(s, "site") = (struct setup_answer){.value = STR("no"), .given = true};
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; !e && i < setup_count; i++) {
            const struct setup_question *q = &setup_questions[i];
            const char *text = ctl_option(s->c, q->option);
            struct str v = text ? str_of(text) : STR_NULL;

            if (!text || (q->kind == VET_MODE) != (round == 0))
                continue;
            if (vet_is_secret(q->kind))
                e = read_secret(s, text, &stdin_used, &v);
            if (e || (e = take(s, i, v)))
                ctx_note(s->c->ctx, "--%s", q->option);
        }
    return e;
}

/* One line of the terminal; E_CONFLICT when the person went away. Whoever sees the question can
 * answer it unseen already. */
static enum err
read_line(struct setup *s, const char *question, bool hidden, struct str *ret)
{
    struct termios before, quiet;
    struct buf b = buf_new(s->c->ctx->arena, 4096);
    bool hide = hidden && tcgetattr(0, &before) == 0;
    char sign = '\0';

    if (hide) {
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(0, TCSADRAIN, &quiet);
    }
    fputs(question, stdout);
    fflush(stdout);
    while (!stopped && read(0, &sign, 1) == 1 && sign != '\n')
        buf_add_char(&b, sign);
    if (hide) {
        tcsetattr(0, TCSADRAIN, &before);
        printf("\n");
    }
    if (stopped || sign != '\n')
        return ctx_fail(s->c->ctx, E_CONFLICT, "stopped: nothing was changed");
    *ret = str_trim(buf_str(&b));
    return OK;
}

static const char *
question(const struct setup *s, size_t i)
{
    const struct setup_question *q = &setup_questions[i];
    struct str v = s->answer[i].value.n ? s->answer[i].value : usual(s, q->key);
    struct arena *a = s->c->ctx->arena;

    if (vet_is_secret(q->kind))
        return arena_printf(a, "  %s%s: ", q->ask, v.n ? " [is set]" : "");
    if (v.n)
        return arena_printf(a, "  %s [%.*s]: ", q->ask, STR_ARG(v));
    return arena_printf(a, "  %s: ", q->ask);
}

/* Enter keeps, - takes away; what cannot be is asked again. */
static enum err
ask_one(struct setup *s, size_t i)
{
    const struct setup_question *q = &setup_questions[i];
    struct str line;
    const char *doubt;
    enum err e;

    if (*q->help)
        printf("  (%s)\n", q->help);
    for (;;) {
        if ((e = read_line(s, question(s, i), vet_is_secret(q->kind), &line)))
            return e;
        if (!line.n && s->answer[i].value.n)
            return OK;
        if (!line.n)
            line = usual(s, q->key);
        if (str_eq_text(line, "-"))
            line = STR("");
        if (!line.n && q->kind != VET_HOST)
            return take(s, i, line);
        if (take(s, i, line) == OK)
            break;
        printf("  No: %.*s.\n", STR_ARG(ctx_why(s->c->ctx)));
    }
    doubt = vet_doubt(q->kind, line);
    if (*doubt)
        printf("  Note: %s.\n", doubt);
    return OK;
}

/* The first question of a part decides whether the rest of it is asked. */
static bool
is_wanted(const struct setup *s, size_t i)
{
    const struct setup_question *q = &setup_questions[i];
    size_t first = i;

    if (q->only && strchr(q->only, '='))
        return setup_is(s, "tls", strchr(q->only, '=') + 1);
    if (q->only)
        return strcmp(q->only, "-") != 0 && setup_value(s, q->only).n > 0;
    while (first > 0 && strcmp(setup_questions[first - 1].part, q->part) == 0)
        first--;
    return first == i || s->answer[first].value.n > 0;
}

static enum err
ask_all(struct setup *s)
{
    struct sigaction on = {.sa_handler = stop}; /* no SA_RESTART: reading ends */
    const char *part = "";
    struct str line;
    enum err e;

    sigaction(SIGINT, &on, NULL);
    sigaction(SIGTERM, &on, NULL);
    sigaction(SIGHUP, &on, NULL);
    printf("This sets Cozy-Kart up. Enter takes what stands in brackets, or leaves a thing for "
           "later;\n- takes a value away. Secrets are not shown while you paste them. Nothing "
           "is written before\nthe end; run it again at any time.\n");
    for (size_t i = 0; i < setup_count; i++) {
        const struct setup_question *q = &setup_questions[i];

        if (q->kind == VET_CURRENCY) /* the mode is known */
            setup_mode_hold(s);
        if (s->answer[i].fixed || !is_wanted(s, i))
            continue;
        if (strcmp(part, q->part) != 0)
            printf("\n%s\n", part = q->part);
        if ((e = ask_one(s, i)))
            return e;
    }
    for (;;) {
        if ((e = read_line(s, "\nWrite all this down now (yes or no) [yes]: ", false, &line)))
            return e;
        if (!line.n || str_eq_text(line, "yes") || str_eq_text(line, "y"))
            break;
        if (str_eq_text(line, "no") || str_eq_text(line, "n"))
            return ctx_fail(s->c->ctx, E_CONFLICT, "stopped: nothing was changed");
    }
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    return OK;
}

enum err
setup_load(struct setup *s)
{
    enum err e;

    if ((e = load(s)) || (e = take_options(s)))
        return e;
    for (size_t i = 0; i < setup_count; i++)
        s->answer[i].fixed = s->answer[i].given;
    return OK;
}

enum err
setup_ask(struct setup *s)
{
    enum err e;

    if (s->asks && (e = ask_all(s)))
        return e;
    for (size_t i = 0; i < setup_count; i++)
        if (!s->answer[i].value.n && !s->answer[i].given)
            s->answer[i].value = usual(s, setup_questions[i].key);
    return OK;
}
