/* cozykart check: programs of others that the house needs, nginx with its site and ports, the
 * certificate. Not for: looking from outside (ctl_check_far.c). */
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypt.h"
#include "main/ctl_check.h"
#include "main/ctl_setup.h"
#include "setup/put.h"

enum { SOON_DAYS = 14, DAY_S = 86400, CONNECT_S = 4 };

static const char nchan[] = "/usr/lib/nginx/modules/ngx_nchan_module.so";

static const char *
nginx_program(void)
{
    const char *named = getenv("COZYKART_NGINX");

    return named && *named ? named : "/usr/sbin/nginx";
}

/* A program that takes another's rights cannot: the services may not take any. */
static bool
takes_rights(struct ctl *c, const char *path)
{
    /* Postfix's own takes none, but hands on to a helper that does. */
    const char *helper =
        arena_printf(c->ctx->arena, "%.*s/postdrop", (int)(strrchr(path, '/') - path), path);
    struct stat st;

    return (stat(path, &st) == 0 && (st.st_mode & (S_ISUID | S_ISGID))) ||
           (stat(helper, &st) == 0 && (st.st_mode & (S_ISUID | S_ISGID)));
}

static void
check_server(struct ctl *c)
{
    struct str url = c->conf->alert.smtp, host, port = STR("25");
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    bool smtps = str_starts(url, STR("smtps://")), there = false;
    int fd;

    if (ctl_flag(c, "offline"))
        return;
    url = str_sub(url, smtps ? 8 : 7, url.n);
    (void)str_split(&url, ':', &host);
    port = url.p && url.n ? url : smtps ? STR("465") : port;
    if (getaddrinfo(str_text(c->ctx->arena, host), str_text(c->ctx->arena, port), &hints,
                    &list) == 0)
        for (const struct addrinfo *a = list; a && !there; a = a->ai_next) {
            struct timeval most = {.tv_sec = CONNECT_S};

            fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (fd < 0)
                continue;
            setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
            there = connect(fd, a->ai_addr, a->ai_addrlen) == 0;
            close(fd);
        }
    if (list)
        freeaddrinfo(list);
    ctl_judge(c, "mail.smtp", there,
              arena_printf(c->ctx->arena,
                           "nobody answers at %.*s: start that mail server, or name another "
                           "one (cozykart setup --batch --mail-smtp smtp://HOST:PORT)",
                           STR_ARG(c->conf->alert.smtp)));
}

static void
check_mail(struct ctl *c)
{
    const char *mail = str_text(c->ctx->arena, c->conf->alert.sendmail);

    if (!c->conf->alert.to.n)
        return;
    if (c->conf->alert.smtp.n)
        check_server(c);
    else if (access(mail, X_OK) != 0)
        ctl_judge(c, "mail.sendmail", false,
                  arena_printf(c->ctx->arena,
                               "there is no %s, and no mail is sent: name a mail server "
                               "(cozykart setup --batch --mail-smtp smtp://HOST:PORT), or "
                               "apt install msmtp-mta and set it up",
                               mail));
    else
        ctl_judge(c, "mail.sendmail", !c->conf->jobs.user.n || !takes_rights(c, mail),
                  arena_printf(c->ctx->arena,
                               "%s needs rights that cozykart-jobs may not take: cozykart "
                               "setup --batch --mail-smtp smtp://127.0.0.1:25",
                               mail));
}

static void
check_programs(struct ctl *c)
{
    ctl_judge(c, "nginx", access(nginx_program(), X_OK) == 0,
              "it is not installed: apt install nginx");
    ctl_judge(c, "nginx's module nchan", access(nchan, F_OK) == 0,
              "it is not installed, and figures come every two seconds only: apt install "
              "libnginx-mod-nchan");
    ctl_judge(c, "rsvg-convert", access("/usr/bin/rsvg-convert", X_OK) == 0,
              "it is not installed, and no picture is made: apt install librsvg2-bin");
    check_mail(c);
}

static void
check_nginx(struct ctl *c, const char *root)
{
    const char *conf = arena_printf(c->ctx->arena, "%s/etc/nginx/nginx.conf", root), *said;
    const char *link = arena_printf(c->ctx->arena, "%s/etc/nginx/sites-enabled/cozykart", root);
    const struct child_program test = {
        nginx_program(), {"-q", "-t", "-c", conf}
    };
    bool good;

    if (str_eq_text(check_noted(c, "site"), "yes"))
        ctl_judge(c, "the site is enabled", access(link, F_OK) == 0,
                  "nginx does not know the house: cozykart setup --batch --site yes");
    if (geteuid() != 0) {
        check_pass(c, "nginx -t", "only root may ask: run cozykart check as root");
        return;
    }
    good = program_run(c, &test, NULL, &said);
    ctl_judge(c, "nginx -t", good,
              arena_printf(c->ctx->arena, "nginx would not start with its files: %s", said));
}

static void
check_port(struct ctl *c, const char *word)
{
    struct str port = check_noted(c, word);
    const char *what, *holder;
    int64_t n;

    if (!str_i64(port, 1, 65535, &n))
        return;
    what = arena_printf(c->ctx->arena, "port %lld", (long long)n);
    holder = check_port_holder(c, (int)n);
    if (!holder)
        ctl_judge(c, what, false,
                  "nothing listens there: systemctl restart nginx, then journalctl -u nginx -n "
                  "20 says why it does not");
    else
        ctl_judge(c, what, !*holder || strcmp(holder, "nginx") == 0,
                  arena_printf(c->ctx->arena,
                               "%s listens there, and nginx cannot: stop that program for good "
                               "(systemctl disable --now %s), then systemctl restart nginx",
                               holder, holder));
}

static void
judge_cert(struct ctl *c, const char *path, struct str pem, const char *host)
{
    bool own = str_eq_text(check_noted(c, "tls"), "own");
    int64_t end = 0, left;
    bool fits = false;

    if (!crypt_cert_site(pem, host, &end, &fits)) {
        ctl_judge(c, "the certificate", false,
                  arena_printf(c->ctx->arena, "%s holds none", path));
        return;
    }
    left = (end - ctx_now(c->ctx) / 1000) / DAY_S;
    if (!fits)
        ctl_judge(c, "the certificate", false,
                  arena_printf(c->ctx->arena, "%s is for another name than %s: get one for it",
                               path, host));
    else if (end * 1000 <= ctx_now(c->ctx))
        ctl_judge(c, "the certificate", false,
                  arena_printf(c->ctx->arena, "%s has ended: %s, then systemctl reload nginx",
                               path,
                               own ? "put a new one and its key in their places"
                                   : "certbot renew --force-renewal"));
    else
        ctl_judge(c, "the certificate", left >= SOON_DAYS,
                  arena_printf(c->ctx->arena, "it ends in %lld days: %s", (long long)left,
                               own ? "put a new one and its key in their places, then "
                                     "systemctl reload nginx"
                                   : "certbot renew says why it was not renewed by itself"));
}

/* Is there one, so that nginx listens for those who come with TLS? */
static bool
check_cert(struct ctl *c, const char *root)
{
    struct str tls = check_noted(c, "tls"), host = c->conf->site.url, pem, rest;
    const char *path = str_text(c->ctx->arena, check_noted(c, "cert")), *name;
    enum err e;

    if (!str_eq_text(tls, "certbot") && !str_eq_text(tls, "own"))
        return false;
    rest = str_sub(host, str_starts(host, STR("https://")) ? 8 : 7, host.n);
    (void)str_split(&rest, ':', &host);
    name = str_text(c->ctx->arena, host);
    if (str_eq_text(tls, "certbot"))
        path =
            arena_printf(c->ctx->arena, "%s/etc/letsencrypt/live/%s/fullchain.pem", root, name);
    e = put_read(c->ctx, path, &pem);
    ctx_clear(c->ctx);
    if (e == E_DENIED && geteuid() != 0)
        check_pass(c, "the certificate",
                   "this user may not read it: run cozykart check as root");
    else if (e && str_eq_text(tls, "own"))
        ctl_judge(c, "the certificate", false,
                  arena_printf(c->ctx->arena,
                               "there is no %s: put it there with its chain, and its key at "
                               "%.*s, then cozykart setup --batch",
                               path, STR_ARG(check_noted(c, "cert-key"))));
    else if (e)
        ctl_judge(c, "the certificate", false,
                  arena_printf(c->ctx->arena,
                               "there is no %s: certbot certonly --webroot -w /var/www/html -d "
                               "%s, then cozykart setup --batch",
                               path, name));
    else
        judge_cert(c, path, pem, name);
    return e == OK || e == E_DENIED;
}

void
check_site(struct ctl *c)
{
    const char *root = check_root(c);
    struct str tls = check_noted(c, "tls");
    bool with_tls;

    ctl_say(c, "\nPrograms of others and the site");
    check_programs(c);
    if (!root || !tls.n) {
        check_pass(c, "the site", "cozykart setup has not made one here");
        return;
    }
    check_nginx(c, root);
    with_tls = check_cert(c, root);
    if (str_eq_text(check_noted(c, "site"), "yes")) {
        check_port(c, "port");
        if (with_tls)
            check_port(c, "tls-port");
    }
}
