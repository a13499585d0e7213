/* What setup writes beneath /etc/cozykart and for systemd: secrets, the settings, drop-ins. Not
 * for: nginx's files (ctl_setup_site.c), judging answers (setup/vet.h). */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/enc.h"
#include "db/peek.h"
#include "main/ctl_setup.h"
#include "setup/edit.h"
#include "setup/put.h"

/* Which process needs which secret: it gets these, and no other. */
static const struct {
    const char *process, *secret;
} needs[] = {
    {"vault", "stripe.webhook_secret" },
    {"vault", "stripe.connect_secret" },
    {"vault", "shopify.webhook_secret"},
    {"vault", "kofi.token"            },
    {"vault", "kofi.path"             },
    {"vault", "whop.webhook_secret"   },
    {"vault", "seal.key"              },
    {"vault", "payout.key"            },
    {"jobs",  "stripe.api_key"        },
    {"jobs",  "shopify.token"         },
    {"jobs",  "whop.api_key"          },
    {"jobs",  "paypal.client_secret"  },
    {"jobs",  "discord.bot_token"     },
    {"jobs",  "discord.client_secret" },
    {"jobs",  "mail.password"         },
    {"drill", "backup.identity"       },
};

const char *
setup_process(const char *key)
{
    for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
        if (strcmp(needs[i].secret, key) == 0)
            return needs[i].process;
    return NULL;
}

static const char *
secret_path(const struct setup *s, const char *key)
{
    return setup_path(s, arena_printf(s->c->ctx->arena, "/etc/cozykart/secrets.d/%s", key));
}

static enum err
write_file(struct setup *s, const char *path, struct str text, mode_t mode, bool keep)
{
    bool changed = false;
    enum err e = put_file(s->c->ctx, path, text, mode, keep, &changed);

    if (!e && changed) {
        s->made_new = true;
        view_add_text(s->wrote, str_of(path));
        setup_note(s, "wrote %s", path);
    }
    return e;
}

/* Made once, never again: what was sealed with a key needs that key. */
static enum err
make_secret(struct setup *s, const char *key, struct str *text)
{
    const char *named = arena_printf(s->c->ctx->arena, "%s_file", key);
    const char *path = secret_path(s, key);
    unsigned char bytes[32];
    struct str v, hex;
    enum err e;

    if (edit_get(*text, named, &v) && v.n && !str_eq_text(v, path))
        return OK;
    if (access(path, F_OK) != 0) {
        s->c->ctx->world->random(s->c->ctx->world->arg, bytes, sizeof bytes);
        hex = enc_hex(s->c->ctx->arena, bytes, sizeof bytes);
        e = write_file(s, path, str_of(arena_printf(s->c->ctx->arena, "%.*s\n", STR_ARG(hex))),
                       0600, false);
        if (e)
            return e;
    }
    *text = edit_set(s->c->ctx, *text, named, str_of(path));
    return OK;
}

static enum err
secret(struct setup *s, const struct setup_question *q, const struct setup_answer *a,
       struct str *text)
{
    const char *named = arena_printf(s->c->ctx->arena, "%s_file", q->key);
    const char *path = secret_path(s, q->key);
    struct str v;
    enum err e = OK;

    if (a->given && a->value.n) {
        if ((e = write_file(s, path, a->value, 0600, false)))
            return e;
        *text = edit_set(s->c->ctx, *text, named, str_of(path));
    } else if (a->given) {
        *text = edit_set(s->c->ctx, *text, named, STR(""));
        if (unlink(path) == 0)
            s->made_new = true;
    } else if (access(path, F_OK) == 0 && !edit_get(*text, named, &v)) {
        *text = edit_set(s->c->ctx, *text, named, str_of(path));
    }
    return e;
}

/* Nobody is asked for it: who encrypts copies puts it there by hand. */
static void
name_identity(struct setup *s, struct str *text)
{
    const char *path = secret_path(s, "backup.identity");
    struct str v;

    if (access(path, F_OK) == 0 && !edit_get(*text, "backup.identity_file", &v))
        *text = edit_set(s->c->ctx, *text, "backup.identity_file", str_of(path));
}

/* The packaged house has a user for each process; one in a folder has the caller alone. */
static void
set_places(struct setup *s, struct str *text)
{
    static const struct {
        const char *key, *value;
    } user[] =
        {
            {"web.user",    "cozykart-web"   },
            {"jobs.user",   "cozykart-jobs"  },
            {"backup.user", "cozykart-backup"},
    },
      path[] = {
          {"path.ledger", "/var/lib/cozykart/ledger/ledger.db"},
          {"path.run", "/run/cozykart"},
          {"path.live", "/var/lib/cozykart/live"},
          {"path.media", "/var/lib/cozykart/media"},
          {"backup.dir", "/var/lib/cozykart/backup"},
      };
    struct str v;

    for (size_t i = 0; !*s->root && i < ARRAY_SIZE(user); i++)
        if (!edit_get(*text, user[i].key, &v) && getpwnam(user[i].value))
            *text = edit_set(s->c->ctx, *text, user[i].key, str_of(user[i].value));
    for (size_t i = 0; *s->root && i < ARRAY_SIZE(path); i++)
        if (!edit_get(*text, path[i].key, &v))
            *text =
                edit_set(s->c->ctx, *text, path[i].key, str_of(setup_path(s, path[i].value)));
}

/* PayPal's tests have a host of their own; all others tell tests by the key. */
static void
set_paypal(struct setup *s, struct str *text)
{
    static const struct str sandbox = STR_INIT("https://api-m.sandbox.paypal.com");
    struct str v = STR("");
    bool stands = edit_get(*text, "paypal.api", &v);

    if (setup_value(s, "paypal.client_id").n && setup_mode(s) == CONF_TEST && !stands)
        *text = edit_set(s->c->ctx, *text, "paypal.api", sandbox);
    if (setup_mode(s) == CONF_LIVE && str_eq(v, sandbox))
        *text = edit_set(s->c->ctx, *text, "paypal.api", STR(""));
}

static enum err
edit_settings(struct setup *s, struct str *text)
{
    enum err e = OK;

    *text = edit_set(s->c->ctx, *text, "mode", setup_value(s, "mode"));
    *text = edit_set(s->c->ctx, *text, "site.url", str_of(setup_url(s)));
    set_places(s, text);
    for (size_t i = 0; !e && i < setup_count; i++) {
        const struct setup_question *q = &setup_questions[i];
        const struct setup_answer *a = &s->answer[i];

        if (vet_is_secret(q->kind))
            e = secret(s, q, a, text);
        else if (strchr(q->key, '.') && (a->given || strcmp(q->key, "money.currency") == 0))
            *text = edit_set(s->c->ctx, *text, q->key, a->value);
    }
    set_paypal(s, text);
    name_identity(s, text);
    if (!e && !(e = make_secret(s, "seal.key", text)) &&
        !(e = make_secret(s, "payout.key", text)) && setup_value(s, "kofi.token").n)
        e = make_secret(s, "kofi.path", text);
    return e;
}

/* Read by the program's own reader before it gets its name. */
static enum err
write_settings(struct setup *s, struct str text)
{
    struct ctl *c = s->c;
    const char *path = setup_path(s, "/etc/cozykart/cozykart.conf");
    const char *draft = arena_printf(c->ctx->arena, "%s.draft", path);
    enum err e;

    if ((e = put_file(c->ctx, draft, text, 0600, false, NULL)))
        return e;
    e = conf_load(c->ctx, c->process, draft, c->conf);
    (void)unlink(draft);
    if (e) {
        ctx_note(c->ctx, "the settings would not be taken");
        return e;
    }
    if ((e = write_file(s, path, text, 0644, true)) ||
        (e = conf_load(c->ctx, c->process, path, c->conf)))
        return e;
    c->ctx->conf = c->conf;
    return OK;
}

/* What is kept of our own words: how the site is served. */
static enum err
write_answers(struct setup *s)
{
    static const char *const word[] = {"tls",  "cert",     "cert-key", "proxy",
                                       "port", "tls-port", "site"};
    struct str text = s->kept;

    if (!text.n)
        text = STR("# How cozykart setup fills the files beside this one; it asks for them.\n");
    for (size_t i = 0; i < ARRAY_SIZE(word); i++)
        text = edit_set(s->c->ctx, text, word[i], setup_value(s, word[i]));
    return put_file(s->c->ctx, setup_path(s, "/etc/cozykart/nginx/answers"), text, 0644, false,
                    NULL);
}

static enum err
write_drop_in(struct setup *s, const char *process)
{
    struct ctx *ctx = s->c->ctx;
    const char *folder = setup_path(
        s, arena_printf(ctx->arena, "/etc/systemd/system/cozykart-%s.service.d", process));
    const char *path = arena_printf(ctx->arena, "%s/10-secrets.conf", folder);
    struct buf b = buf_new(ctx->arena, 8192);
    bool any = false;
    struct str text, v;
    enum err e = put_read(ctx, setup_path(s, "/etc/cozykart/cozykart.conf"), &text);

    if (e)
        return e;
    buf_add_text(&b,
                 "# Written by cozykart setup: the secrets this process gets.\n[Service]\n");
    for (size_t i = 0; i < ARRAY_SIZE(needs); i++) {
        const char *named = arena_printf(ctx->arena, "%s_file", needs[i].secret);

        if (strcmp(needs[i].process, process) != 0 || !edit_get(text, named, &v) || !v.n)
            continue;
        buf_printf(&b, "LoadCredential=%s:%.*s\n", needs[i].secret, STR_ARG(v));
        any = true;
    }
    if (!any)
        return unlink(path) == 0 ? (s->made_new = true, OK) : OK;
    if ((e = put_folder(ctx, folder, 0755, (uid_t)-1, (gid_t)-1)))
        return e;
    return write_file(s, path, buf_str(&b), 0644, false);
}

enum err
setup_files(struct setup *s)
{
    struct ctx *ctx = s->c->ctx;
    struct str text = s->text;
    enum err e;

    if ((e = put_folder(ctx, setup_path(s, "/etc/cozykart/secrets.d"), 0700, (uid_t)-1,
                        (gid_t)-1)) ||
        (e = put_folder(ctx, setup_path(s, "/etc/cozykart/nginx"), 0755, (uid_t)-1, (gid_t)-1)))
        return e;
    if (chmod(setup_path(s, "/etc/cozykart/secrets.d"), 0700) != 0)
        return ctx_fail(ctx, E_DENIED, "cannot close /etc/cozykart/secrets.d to others");
    if ((e = edit_settings(s, &text)) || (e = write_settings(s, text)) ||
        (e = write_answers(s)) || (e = write_drop_in(s, "vault")) ||
        (e = write_drop_in(s, "jobs")))
        return e;
    return write_drop_in(s, "drill");
}
