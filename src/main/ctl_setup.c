/* cozykart setup: from an installed package to a running house, at the first run or the tenth.
 * Not for: the questions (ctl_setup_ask.c) and what they change (ctl_setup_files.c and the
 * rest); here is the order of it, and what is refused as a whole. */
#include "main/ctl_setup.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypt.h"
#include "db/peek.h"
#include "setup/edit.h"
#include "setup/put.h"

const char *
setup_path(const struct setup *s, const char *path)
{
    return *s->root ? arena_printf(s->c->ctx->arena, "%s%s", s->root, path) : path;
}

struct setup_answer *
setup_of(struct setup *s, const char *key)
{
    for (size_t i = 0; i < setup_count; i++)
        if (strcmp(setup_questions[i].key, key) == 0)
            return &s->answer[i];
    base_bug(key, __FILE__, __LINE__);
}

struct str
setup_value(const struct setup *s, const char *key)
{
    for (size_t i = 0; i < setup_count; i++)
        if (strcmp(setup_questions[i].key, key) == 0)
            return s->answer[i].value;
    base_bug(key, __FILE__, __LINE__);
}

bool
setup_is(const struct setup *s, const char *key, const char *value)
{
    return str_eq_text(setup_value(s, key), value);
}

enum conf_mode
setup_mode(const struct setup *s)
{
    return setup_is(s, "mode", "live") ? CONF_LIVE : CONF_TEST;
}

const char *
setup_url(const struct setup *s)
{
    struct arena *a = s->c->ctx->arena;
    bool plain = setup_is(s, "tls", "none"), proxy = setup_is(s, "tls", "proxy");
    struct str host = setup_value(s, "host");
    struct str port = plain ? setup_value(s, "port") : setup_value(s, "tls-port");
    bool usual = proxy || str_eq_text(port, plain ? "80" : "443");

    return arena_printf(a, "%s://%.*s%s%.*s", plain ? "http" : "https", STR_ARG(host),
                        usual ? "" : ":", usual ? 0 : (int)port.n, port.p ? port.p : "");
}

__attribute__((format(printf, 2, 0))) static const char *
line_of(struct setup *s, const char *fmt, va_list ap)
{
    va_list again;
    char *line;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    line = arena_alloc(s->c->process, n < 0 ? 1 : (size_t)n + 1);
    if (n >= 0)
        vsnprintf(line, (size_t)n + 1, fmt, again);
    va_end(again);
    return line;
}

void
setup_note(struct setup *s, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    ctl_say(s->c, "%s", line_of(s, fmt, ap));
    va_end(ap);
    ctl_flush(s->c);
}

void
setup_missing(struct setup *s, const char *what, const char *fmt, ...)
{
    struct view *v = view_add(s->missing);
    va_list ap;

    va_start(ap, fmt);
    view_text(v, "what", str_dup(s->c->process, str_of(what)));
    view_textz(v, "next", line_of(s, fmt, ap));
    va_end(ap);
    s->n_missing++;
}

/* A house that is in test mode keeps no key for real money, and the other way round. */
static enum err
judge_keys(struct setup *s)
{
    struct ctx *ctx = s->c->ctx;
    struct str v, rest, line;
    enum err e;

    for (size_t i = 0; i < setup_count; i++) {
        rest = s->answer[i].value;
        if (!vet_is_secret(setup_questions[i].kind) || !rest.n)
            continue;
        while (str_split(&rest, '\n', &line))
            if (str_trim(line).n &&
                (e = vet(ctx, setup_questions[i].kind, setup_mode(s), line, &v))) {
                ctx_note(ctx, "%s (change it with --%s, or --%s '' to take it out)",
                         setup_questions[i].key, setup_questions[i].option,
                         setup_questions[i].option);
                return e;
            }
    }
    return OK;
}

static enum err
judge_tls(struct setup *s)
{
    struct ctx *ctx = s->c->ctx;
    bool address = vet_is_address(setup_value(s, "host"));
    struct crypt_cert cert;
    struct str pem;
    enum err e;

    if (setup_is(s, "tls", "none") && setup_mode(s) == CONF_LIVE)
        return ctx_fail(ctx, E_INVALID,
                        "--tls none is for mode test: with real money people log in, and "
                        "without a certificate others on their way can take the login over");
    if (setup_is(s, "tls", "certbot") && !address && !str_has(setup_value(s, "host"), '.'))
        return ctx_fail(
            ctx, E_INVALID,
            "certbot gives no certificate for a name without a dot: answer the host "
            "with the whole name, like kart.example.org");
    if (setup_is(s, "tls", "certbot") && address)
        return ctx_fail(ctx, E_INVALID,
                        "certbot gives no certificate for an address: answer the host with a "
                        "name, or the certificate with none (mode test) or own");
    if (!setup_is(s, "tls", "own"))
        return OK;
    if (!setup_value(s, "cert").n || !setup_value(s, "cert-key").n)
        return ctx_fail(ctx, E_INVALID, "--tls own needs --cert FILE and --cert-key FILE");
    if ((e = put_read(ctx, str_text(ctx->arena, setup_value(s, "cert-key")), &pem)) ||
        (e = put_read(ctx, str_text(ctx->arena, setup_value(s, "cert")), &pem))) {
        /* A restored house starts before its certificate is back; what is named now is there.
         */
        if (e != E_NOTFOUND)
            return e;
        ctx_clear(ctx);
        return OK;
    }
    if (!crypt_cert_read(pem, ctx_now(ctx) / 1000, &cert))
        return ctx_fail(ctx, E_INVALID, "%.*s holds no certificate",
                        STR_ARG(setup_value(s, "cert")));
    s->cert_over = !cert.current;
    return OK;
}

/* The ledger says what it was made for, once and for all. */
static enum err
judge_ledger(struct setup *s)
{
    struct ctx *ctx = s->c->ctx;
    const char *path = setup_path(s, "/var/lib/cozykart/ledger/ledger.db");
    struct peek peek;
    struct str v;
    enum err e;

    if (edit_get(s->text, "path.ledger", &v) && v.n)
        path = str_text(ctx->arena, v);
    e = peek_ledger(ctx, path, &peek);
    ctx_clear(ctx);
    if (e == E_NOTFOUND)
        return OK;
    if (e || !peek.ours)
        return ctx_fail(ctx, E_CONFLICT,
                        "%s is there and is not a ledger of this program: move it away", path);
    if (!str_eq(peek.mode, setup_value(s, "mode")))
        return ctx_fail(ctx, E_CONFLICT,
                        "the ledger %s was made for mode %.*s and stays so; to begin with mode "
                        "%.*s, stop the services and move that file away",
                        path, STR_ARG(peek.mode), STR_ARG(setup_value(s, "mode")));
    if (peek.currency.n && !str_eq(peek.currency, setup_value(s, "money.currency")))
        return ctx_fail(ctx, E_CONFLICT,
                        "the wallets of the ledger %s are in %.*s and stay so: answer the "
                        "currency with %.*s; to begin with %.*s, stop the services and move "
                        "that file away",
                        path, STR_ARG(peek.currency), STR_ARG(peek.currency),
                        STR_ARG(setup_value(s, "money.currency")));
    return OK;
}

static enum err
judge(struct setup *s)
{
    enum err e;

    if (!setup_value(s, "host").n)
        return ctx_fail(s->c->ctx, E_INVALID,
                        "say under which name people reach the house: --host "
                        "kart.example.org");
    if ((e = judge_keys(s)) || (e = judge_tls(s)) || (e = judge_ledger(s)))
        return e;
    return setup_mode_judge(s);
}

/* Two at a time would write the same files. */
static enum err
lock(struct setup *s)
{
    struct ctx *ctx = s->c->ctx;
    const char *folder = setup_path(s, "/etc/cozykart");
    enum err e = put_folder(ctx, folder, 0755, (uid_t)-1, (gid_t)-1);
    int fd;

    if (e)
        return e;
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* It stays open, and locked, as long as the process. */
    return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0
               ? OK
               : ctx_fail(ctx, E_CONFLICT, "another cozykart setup runs: wait for its end");
}

static enum err
open_setup(struct setup *s)
{
    struct ctl *c = s->c;
    const char *root = ctl_option(c, "root");
    enum err e;

    unsetenv("CREDENTIALS_DIRECTORY");
    s->root = "";
    if (root && strcmp(root, "/") != 0) {
        if (*root != '/' || root[strlen(root) - 1] == '/' || access(root, F_OK) != 0)
            return ctx_fail(c->ctx, E_INVALID,
                            "--root names a folder that is there, from / on and without a / "
                            "at its end");
        s->root = root;
    }
    if (!*s->root && geteuid() != 0)
        return ctx_fail(c->ctx, E_DENIED, "setup writes beneath /etc: run it as root");
    if (ctl_option(c, "config"))
        return ctx_fail(c->ctx, E_INVALID,
                        "setup writes the installation's own settings file: leave --config "
                        "out, or name another place with --root DIR");
    s->asks = !ctl_flag(c, "batch") && !c->json && isatty(0) && isatty(1);
    s->wrote = view_list(c->out, "wrote");
    s->missing = view_list(c->out, "missing");
    if ((e = lock(s)))
        return e;
    if ((e = put_read(c->ctx, setup_path(s, "/etc/cozykart/cozykart.conf"), &s->text)) &&
        e != E_NOTFOUND)
        return e;
    if ((e = put_read(c->ctx, setup_path(s, "/etc/cozykart/nginx/answers"), &s->kept)) &&
        e != E_NOTFOUND)
        return e;
    ctx_clear(c->ctx);
    return OK;
}

/* Where the shipped files are, when not where this program was built for. */
static void
take_share(struct setup *s)
{
    const char *share = ctl_option(s->c, "share");

    if (share)
        s->text = edit_set(s->c->ctx, s->text, "path.share", str_of(share));
}

static void
say_missing(struct setup *s)
{
    struct ctl *c = s->c;

    ctl_say(c, "%s", s->n_missing ? "\nStill to do:" : "\nNothing is missing.");
    for (size_t i = 0; i < view_count(s->missing); i++) {
        const struct view *v = view_item(s->missing, i);

        ctl_say(c, "%2zu. %.*s\n      %.*s", i + 1, STR_ARG(view_str(view_get(v, STR("what")))),
                STR_ARG(view_str(view_get(v, STR("next")))));
    }
    ctl_say(c, "\ncozykart check looks at everything at any time.");
}

/* What cannot be told from an answer; a person at the terminal has read it already. */
static void
say_doubts(struct setup *s)
{
    for (size_t i = 0; !s->asks && i < setup_count; i++) {
        const struct setup_question *q = &setup_questions[i];
        const char *doubt = vet_doubt(q->kind, s->answer[i].value);

        if (s->answer[i].given && s->answer[i].value.n && *doubt)
            setup_note(s, "note: %s: %s", q->key, doubt);
    }
}

enum err
ctl_setup_run(struct ctl *c)
{
    struct setup s = {.c = c};
    enum err e;

    if ((e = open_setup(&s)))
        return e;
    take_share(&s);
    if ((e = setup_load(&s)) || (e = setup_ask(&s)))
        return e;
    while ((e = judge(&s)) && s.asks) {
        printf("\nNo: %.*s.\nThe same questions once more, with your answers.\n\n",
               STR_ARG(ctx_why(c->ctx)));
        ctx_clear(c->ctx);
        if ((e = setup_ask(&s)))
            return e;
    }
    if (e)
        return e;
    say_doubts(&s);
    if ((e = setup_files(&s)) || (e = setup_site(&s)) || (e = setup_start(&s)))
        return e;
    setup_next(&s);
    say_missing(&s);
    return OK;
}
