/* nginx's side of the house: its files out of the shipped templates, the link that enables the
 * site, and the way back when nginx does not take it. Not for: what stands in the templates
 * (nginx/). */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/enc.h"
#include "main/ctl_setup.h"
#include "setup/put.h"

enum { FILES = 6 };

/* One file of ours with what it held before, for the way back. */
struct piece {
    const char *from, *to; /* template beneath share/nginx; path */
    struct str before;
    bool there;
};

static const char *const site_path = "/etc/nginx/sites-available/cozykart";
static const char *const link_path = "/etc/nginx/sites-enabled/cozykart";

/* A machine may have no IPv6, and nginx does not start where it cannot listen. */
static bool
has_ipv6(void)
{
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return false;
    close(fd);
    return true;
}

static const char *
live_file(const struct setup *s, const char *name)
{
    return setup_path(s, arena_printf(s->c->ctx->arena, "/etc/letsencrypt/live/%.*s/%s",
                                      STR_ARG(setup_value(s, "host")), name));
}

/* certbot's files bear the host's name; one's own are where one said. */
static void
find_cert(struct setup *s, const char **cert, const char **key)
{
    *cert = live_file(s, "fullchain.pem");
    *key = live_file(s, "privkey.pem");
    if (setup_is(s, "tls", "own")) {
        *cert = str_text(s->c->ctx->arena, setup_value(s, "cert"));
        *key = str_text(s->c->ctx->arena, setup_value(s, "cert-key"));
    }
    s->cert_there = access(*cert, F_OK) == 0 && access(*key, F_OK) == 0;
}

static const char *
site_template(const struct setup *s)
{
    if (setup_is(s, "tls", "proxy") || setup_is(s, "tls", "none"))
        return "site.conf.in";
    return s->cert_there ? "tls.conf.in" : "acme.conf.in";
}

static struct str
listen_line(struct setup *s, const char *port_key, const char *more)
{
    struct str port = setup_value(s, port_key);

    return str_of(has_ipv6()
                      ? arena_printf(s->c->ctx->arena, "listen %.*s%s; listen [::]:%.*s%s;",
                                     STR_ARG(port), more, STR_ARG(port), more)
                      : arena_printf(s->c->ctx->arena, "listen %.*s%s;", STR_ARG(port), more));
}

static void
values(struct setup *s, struct fill f[SETUP_FILLS])
{
    struct arena *a = s->c->ctx->arena;
    const struct conf *conf = s->c->conf;
    const char *module = "/usr/lib/nginx/modules/ngx_nchan_module.so", *cert, *key;
    bool folder = *s->root, port = !setup_is(s, "tls-port", "443");
    const char *log = setup_path(s, "/var/log/nginx");
    size_t n = 0;

    find_cert(s, &cert, &key);
    f[n++] = (struct fill){"RUN", conf->path.run};
    f[n++] = (struct fill){"LIVE", conf->path.live};
    f[n++] = (struct fill){"MEDIA", conf->path.media};
    f[n++] = (struct fill){"STATIC",
                           str_of(arena_printf(a, "%.*s/static", STR_ARG(conf->path.share)))};
    f[n++] = (struct fill){"NGINX_DIR",
                           str_of(arena_printf(a, "%.*s/nginx", STR_ARG(conf->path.share)))};
    f[n++] = (struct fill){"NGINX_FILLED", str_of(setup_path(s, "/etc/cozykart/nginx"))};
    f[n++] = (struct fill){"LOG", str_of(log)};
    f[n++] = (struct fill){"ACCESS_LOG", str_of(arena_printf(a, "%s/cozykart.log", log))};
    f[n++] = (struct fill){"TMP", str_of(setup_path(s, "/run/cozykart-live"))};
    f[n++] = (struct fill){"CACHE", str_of(setup_path(s, "/var/cache/cozykart"))};
    f[n++] = (struct fill){"WEBROOT", str_of(setup_path(s, "/var/www/html"))};
    f[n++] = (struct fill){"USER_LINE", folder && geteuid() == 0 ? STR("user root;") : STR("")};
    f[n++] = (struct fill){"NCHAN_LINE", str_of(arena_printf(a, "load_module %s;", module))};
    f[n++] = (struct fill){"HOST", setup_value(s, "host")};
    f[n++] = (struct fill){"HTTP", listen_line(s, "port", "")};
    f[n++] = (struct fill){"HTTPS", listen_line(s, "tls-port", " ssl http2")};
    f[n++] = (struct fill){
        "AND_PORT",
        port ? str_of(arena_printf(a, ":%.*s", STR_ARG(setup_value(s, "tls-port")))) : STR("")};
    f[n++] = (struct fill){"CERT", str_of(cert)};
    f[n++] = (struct fill){"CERT_KEY", str_of(key)};
    f[n++] = (struct fill){
        "PROXY_LINES",
        setup_is(s, "tls", "proxy")
            ? str_of(arena_printf(a,
                                  "set_real_ip_from %.*s;\n    real_ip_header X-Forwarded-For;",
                                  STR_ARG(setup_value(s, "proxy"))))
            : STR("")};
    BUG_IF(n >= SETUP_FILLS);
    f[n] = (struct fill){0};
}

static enum err
write_piece(struct setup *s, struct piece *p, const struct fill *f)
{
    struct ctx *ctx = s->c->ctx;
    const char *from =
        arena_printf(ctx->arena, "%.*s/nginx/%s", STR_ARG(s->c->conf->path.share), p->from);
    const char *to = setup_path(s, p->to);
    struct str text;
    bool changed = false;
    enum err e = put_read(ctx, to, &p->before);

    p->there = e == OK;
    ctx_clear(ctx);
    if ((e = put_read(ctx, from, &text)) || (e = fill_text(ctx, text, f, &text)))
        return ctx_note(ctx, "%s", from), e;
    if ((e = put_file(ctx, to, text, 0644, false, &changed)))
        return e;
    if (changed) {
        s->made_new = true;
        view_add_text(s->wrote, str_of(to));
        setup_note(s, "wrote %s", to);
    }
    return OK;
}

/* A word by which this machine is known from outside: see ctl_reach.c. */
static enum err
write_sign(struct setup *s)
{
    struct ctx *ctx = s->c->ctx;
    const char *path = setup_path(s, "/etc/cozykart/nginx/sign");
    unsigned char bytes[16];
    struct str hex;

    if (access(path, F_OK) == 0)
        return OK;
    ctx->world->random(ctx->world->arg, bytes, sizeof bytes);
    hex = enc_hex(ctx->arena, bytes, sizeof bytes);
    return put_file(ctx, path, str_of(arena_printf(ctx->arena, "%.*s\n", STR_ARG(hex))), 0644,
                    false, NULL);
}

/* nginx -t with the configuration that the site stands in. */
static bool
nginx_takes_it(struct setup *s, const char **why)
{
    const char *nginx = getenv("COZYKART_NGINX"),
               *conf = setup_path(s, "/etc/nginx/nginx.conf");

    if (!nginx || !*nginx)
        nginx = "/usr/sbin/nginx";
    if (access(conf, F_OK) != 0) {
        *why = arena_printf(s->c->ctx->arena, "there is no %s", conf);
        return false;
    }
    const struct child_program test = {
        nginx, {"-q", "-t", "-c", conf}
    };

    return program_run(s->c, &test, NULL, why);
}

/* What nginx did not take is as it was before. */
static enum err
take_back(struct setup *s, struct piece *p, bool was_linked)
{
    struct ctx *ctx = s->c->ctx;
    enum err e = OK;

    for (size_t i = 0; !e && p[i].from; i++)
        if (p[i].there && was_linked)
            e = put_file(ctx, setup_path(s, p[i].to), p[i].before, 0644, false, NULL);
    if (!was_linked && unlink(setup_path(s, link_path)) != 0 && errno != ENOENT)
        e = ctx_fail(ctx, E_DENIED, "cannot remove %s: %s", setup_path(s, link_path),
                     strerror(errno));
    return e;
}

static enum err
enable(struct setup *s, struct piece *p)
{
    struct ctx *ctx = s->c->ctx;
    const char *link = setup_path(s, link_path), *why = "";
    bool was_linked = access(link, F_OK) == 0;
    enum err e;

    if ((e = put_folder(ctx, setup_path(s, "/etc/nginx/sites-enabled"), 0755, (uid_t)-1,
                        (gid_t)-1)) ||
        (e = put_link(ctx, link, setup_path(s, site_path))))
        return e;
    s->site = nginx_takes_it(s, &why);
    if (s->site) {
        if (!was_linked)
            setup_note(s, "enabled the site (%s)", link);
        return OK;
    }
    e = take_back(s, p, was_linked);
    s->site = was_linked;
    setup_missing(s, "the site is not enabled: nginx does not take it",
                  "mend what nginx says, then run cozykart setup again: %s", why);
    return e;
}

enum err
setup_site(struct setup *s)
{
    struct piece p[FILES + 1] = {
        {.from = "server.conf.in", .to = "/etc/cozykart/nginx/server.conf"},
        {.from = "live.conf.in",   .to = "/etc/cozykart/nginx/live.conf"  },
        {.from = "cache.conf.in",  .to = "/etc/cozykart/nginx/http.conf"  },
        {.from = NULL,             .to = site_path                        },
    };
    struct fill f[SETUP_FILLS];
    enum err e;

    values(s, f);
    p[3].from = site_template(s);
    if ((e = put_folder(s->c->ctx, setup_path(s, "/etc/nginx/sites-available"), 0755, (uid_t)-1,
                        (gid_t)-1)) ||
        (e = write_sign(s)))
        return e;
    for (size_t i = 0; p[i].from; i++)
        if ((e = write_piece(s, &p[i], f)))
            return e;
    if (setup_is(s, "site", "yes"))
        return enable(s, p);
    if (unlink(setup_path(s, link_path)) == 0)
        setup_note(s, "the site is no longer enabled");
    return OK;
}
