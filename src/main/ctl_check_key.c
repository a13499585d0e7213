/* cozykart check: every secret that is named, whether its process gets it, and providers that
 * are set up by half. Not for: asking a provider whether it takes a key. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "main/ctl_check.h"
#include "main/ctl_setup.h"
#include "setup/half.h"
#include "setup/put.h"

enum { IDENTITY_LINES = 128 };

/* Judged by ctl_shops_check and ctl_seal_check, which know more about them. */
static const char *const elsewhere[] = {"shopify.webhook_secret", "kofi.token", "kofi.path",
                                        "whop.webhook_secret", "seal.key"};

static const char *
why(struct ctl *c)
{
    return str_text(c->ctx->arena, ctx_why(c->ctx));
}

bool
check_unseen(struct ctl *c, const char *what)
{
    if (c->ctx->fail != E_DENIED || geteuid() == 0 ||
        str_find(ctx_why(c->ctx), STR("cannot be read"), 0) == SIZE_MAX)
        return false;
    check_pass(c, what, "this user may not read it: run cozykart check as root");
    return true;
}

/* Where systemd starts the processes they read a copy that it hands over, or nothing. */
static bool
is_handed_over(struct ctl *c, const char *key)
{
    const char *root = check_root(c), *process = setup_process(key);
    struct str text;
    bool found;

    if (!root || !process || !c->conf->jobs.user.n)
        return true;
    found = put_read(c->ctx,
                     arena_printf(c->ctx->arena,
                                  "%s/etc/systemd/system/cozykart-%s.service.d/10-secrets.conf",
                                  root, process),
                     &text) == OK &&
            str_find(text, str_of(arena_printf(c->ctx->arena, "\nLoadCredential=%s:", key)),
                     0) != SIZE_MAX;
    ctx_clear(c->ctx);
    return found;
}

/* VET_TEXT: another program's file, which has its own comments and lines. */
static void
check_secret(struct ctl *c, const char *key, enum vet_kind kind)
{
    const char *what = arena_printf(c->ctx->arena, "%s_file", key);
    struct str line[IDENTITY_LINES], v;
    size_t n = 0, max = kind == VET_TEXT ? IDENTITY_LINES : SETUP_LINES;
    enum err e;

    ctx_clear(c->ctx);
    e = conf_secret(c->ctx, c->ctx->arena, key, check_value(c, key), line, max, &n);
    if (!e && !n)
        return;
    for (size_t i = 0; !e && i < n && kind != VET_TEXT; i++)
        e = vet(c->ctx, kind, c->conf->mode, line[i], &v);
    if (e && check_unseen(c, what))
        return;
    if (!e && !is_handed_over(c, key))
        e = ctx_fail(c->ctx, E_CONFLICT,
                     "systemd does not hand it to cozykart-%s: cozykart setup --batch writes "
                     "the line that does",
                     setup_process(key));
    ctl_judge(c, what, e == OK, why(c));
    ctx_clear(c->ctx);
}

/* A file that is gone keeps a service from starting: systemd ends it with 243/CREDENTIALS. */
static void
check_handed(struct ctl *c, const char *process)
{
    const char *root = check_root(c), *path;
    struct str text, line, key;

    if (!root)
        return;
    path = arena_printf(c->ctx->arena,
                        "%s/etc/systemd/system/cozykart-%s.service.d/10-secrets.conf", root,
                        process);
    if (put_read(c->ctx, path, &text) != OK)
        text = STR_NULL;
    ctx_clear(c->ctx);
    while (str_split(&text, '\n', &line)) {
        if (!str_starts(line, STR("LoadCredential=")))
            continue;
        line = str_sub(line, 15, line.n);
        (void)str_split(&line, ':', &key);
        if (access(str_text(c->ctx->arena, line), F_OK) != 0 && errno == ENOENT)
            ctl_judge(c, arena_printf(c->ctx->arena, "credential %.*s", STR_ARG(key)), false,
                      arena_printf(c->ctx->arena,
                                   "there is no %.*s, and cozykart-%s does not start without "
                                   "it: cozykart setup --batch writes %s anew",
                                   STR_ARG(line), process, path));
    }
}

static bool
is_elsewhere(const char *key)
{
    for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++)
        if (strcmp(elsewhere[i], key) == 0)
            return true;
    return false;
}

static void
check_halves(struct ctl *c)
{
    for (size_t i = 0; i < half_count; i++) {
        const struct half *h = &half_rows[i];

        if (!check_value(c, h->have).n || check_value(c, h->lack).n || is_elsewhere(h->lack))
            continue;
        if (h->trial && c->conf->mode == CONF_TEST)
            check_pass(c, h->lack,
                       arena_printf(c->ctx->arena, "not set up: %s; cozykart setup asks for it",
                                    h->what));
        else
            ctl_judge(c, h->lack, false,
                      arena_printf(c->ctx->arena,
                                   "%s is set and this is not: %s; cozykart setup asks for it",
                                   h->have, h->what));
    }
}

/* PayPal's keys do not tell what they are for; the address does. */
static void
check_paypal(struct ctl *c)
{
    if (c->conf->paypal.client_id.n && c->conf->mode == CONF_TEST)
        ctl_judge(c, "paypal.api",
                  !str_eq_text(c->conf->paypal.api, "https://api-m.paypal.com"),
                  "this address is for real money, and the mode is test: set paypal.api = "
                  "https://api-m.sandbox.paypal.com");
}

void
check_keys(struct ctl *c)
{
    ctl_say(c, "\nKeys");
    for (size_t i = 0; i < setup_count; i++)
        if (vet_is_secret(setup_questions[i].kind) && !is_elsewhere(setup_questions[i].key))
            check_secret(c, setup_questions[i].key, setup_questions[i].kind);
    check_secret(c, "payout.key", VET_SECRET);
    check_secret(c, "backup.identity", VET_TEXT);
    if (!check_value(c, "stripe.webhook_secret").n)
        ctl_say(c,
                "--   stripe.webhook_secret_file is not set: /hooks/stripe answers 503 until "
                "it is");
    ctl_shops_check(c);
    ctl_seal_check(c);
    check_paypal(c);
    check_halves(c);
    check_handed(c, "vault");
    check_handed(c, "jobs");
    check_handed(c, "drill");
}
