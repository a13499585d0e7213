/* cozykart check: line by line what is right, what is wrong and how to mend it. Here: the
 * order, the ledger, the processes, what looks after the ledger. The rest is in ctl_check_*.c.
 */
#include "main/ctl_check.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "call/call.h"
#include "db/db.h"
#include "db/migrate.h"
#include "db/peek.h"
#include "db/stmt.h"
#include "setup/edit.h"
#include "setup/put.h"
#include "upkeep/quarantine.h"
#include "upkeep/upkeep.h"

enum { PING_MS = 3000, MINUTE_MS = 60 * 1000 };

static const char *
why(struct ctl *c)
{
    return str_text(c->ctx->arena, ctx_why(c->ctx));
}

void
check_pass(struct ctl *c, const char *what, const char *reason)
{
    struct view *v;

    if (!c->checks)
        c->checks = view_list(c->out, "checks");
    v = view_add(c->checks);
    view_textz(v, "what", what);
    view_flag(v, "good", true);
    view_textz(v, "advice", reason);
    ctl_say(c, "--   %s: %s", what, reason);
}

struct look {
    const char *key;
    struct str value;
};

static void
look(void *arg, const char *key, struct str value, UNUSED struct str from,
     UNUSED const char *help)
{
    struct look *l = arg;
    size_t n = strlen(l->key);

    if (strncmp(key, l->key, n) == 0 && (!key[n] || strcmp(key + n, "_file") == 0))
        l->value = value;
}

struct str
check_value(struct ctl *c, const char *key)
{
    struct look l = {.key = key};

    conf_each(c->conf, c->ctx->arena, look, &l);
    return l.value;
}

const char *
check_root(struct ctl *c)
{
    struct str file = str_of(c->conf->file), end = STR("/etc/cozykart/cozykart.conf");

    return str_ends(file, end) ? str_text(c->ctx->arena, str_sub(file, 0, file.n - end.n))
                               : NULL;
}

struct str
check_noted(struct ctl *c, const char *word)
{
    const char *root = check_root(c);
    struct str text, value = STR("");

    if (!root ||
        put_read(c->ctx, arena_printf(c->ctx->arena, "%s/etc/cozykart/nginx/answers", root),
                 &text) != OK ||
        !edit_get(text, word, &value))
        value = STR("");
    ctx_clear(c->ctx);
    return value;
}

struct said {
    struct ctl *c;
    struct view *list;
};

static void
say_setting(void *arg, const char *key, struct str value, struct str from, const char *help)
{
    const struct said *s = arg;
    struct ctl *c = s->c;
    struct view *v = view_add(s->list);

    view_textz(v, "key", key);
    view_text(v, "value", value);
    view_text(v, "from", from);
    view_textz(v, "help", help);
    if (ctl_flag(c, "settings"))
        ctl_say(c, "%-28s = %-34.*s # %s (%.*s)", key, STR_ARG(value), help, STR_ARG(from));
}

static void
check_share(struct ctl *c)
{
    const char *path =
        arena_printf(c->ctx->arena, "%.*s/templates", STR_ARG(c->conf->path.share));

    ctl_judge(c, "path.share", access(path, R_OK | X_OK) == 0,
              arena_printf(c->ctx->arena,
                           "%s cannot be read: install the package again, or name the right "
                           "folder in path.share",
                           path));
}

/* The file itself, before anything that needs it open. False: there is nothing to open. */
static bool
check_file(struct ctl *c)
{
    const char *path = str_text(c->ctx->arena, c->conf->path.ledger);
    const char *mode = c->conf->mode == CONF_LIVE ? "live" : "test";
    struct peek p;
    enum err e = peek_ledger(c->ctx, path, &p);

    if (e == E_DENIED && geteuid() != 0) {
        check_pass(c, "the ledger", "this user may not read it: run cozykart check as root");
        return false;
    }
    if (e == E_NOTFOUND) {
        ctl_judge(c, "the ledger", false,
                  arena_printf(c->ctx->arena,
                               "there is none at %s: cozykart setup makes one, cozykart "
                               "restore FILE brings a copy back",
                               path));
        return false;
    }
    if (e || !p.ours) {
        ctl_judge(c, "the ledger", false,
                  e ? why(c) : "the file is not a ledger of this program: look at path.ledger");
        return false;
    }
    if (p.version > migrate_newest())
        ctl_judge(c, "the ledger's schema", false,
                  arena_printf(c->ctx->arena,
                               "it has %lld, this program knows %lld: install the newer "
                               "version of cozykart again",
                               (long long)p.version, (long long)migrate_newest()));
    else
        ctl_judge(c, "the ledger's schema", p.version == migrate_newest(),
                  arena_printf(c->ctx->arena,
                               "it has %lld, this program wants %lld: stop cozykart-vault, run "
                               "cozykart migrate as its user, start it again",
                               (long long)p.version, (long long)migrate_newest()));
    ctl_judge(c, "the ledger's mode", str_eq_text(p.mode, mode),
              arena_printf(c->ctx->arena, "it was made for %.*s, the settings say mode = %s",
                           STR_ARG(p.mode), mode));
    return p.version == migrate_newest() && str_eq_text(p.mode, mode);
}

/* 0, or the errno of connecting. */
static int
knock(struct ctl *c, const char *name, int type)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const char *path = arena_printf(c->ctx->arena, "%.*s/%s", STR_ARG(c->conf->path.run), name);
    size_t n = strlen(path);
    int fd, got = ENAMETOOLONG;

    if (n >= sizeof at.sun_path)
        return got;
    memcpy(at.sun_path, path, n + 1);
    fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return errno;
    got = connect(fd, (struct sockaddr *)&at, sizeof at) == 0 ? 0 : errno;
    close(fd);
    return got;
}

static void
check_socket(struct ctl *c, const char *program, const char *name, int type)
{
    int got = knock(c, name, type);
    const char *what = arena_printf(c->ctx->arena, "%s runs", program);

    if (got == EACCES && geteuid() != 0)
        check_pass(c, what, "this user may not ask it: run cozykart check as root");
    else
        ctl_judge(c, what, got == 0 || got == EAGAIN,
                  arena_printf(c->ctx->arena,
                               "nobody answers at %.*s/%s: systemctl start %s, then "
                               "journalctl -u %s -n 20 says why it does not",
                               STR_ARG(c->conf->path.run), name, program, program));
}

static bool
check_vault(struct ctl *c)
{
    int got = knock(c, "vault-ctl.sock", SOCK_SEQPACKET);
    struct msg m, answer;
    struct call call;
    enum err e;

    ctx_clear(c->ctx);
    if (got == EACCES && geteuid() != 0) {
        check_pass(c, "cozykart-vault runs",
                   "this user may not ask it: run cozykart check as root");
        return true;
    }
    msg_init(&m, STR("vault.ping"));
    msg_add_str(&m, "key", STR("check"));
    msg_add_str(&m, "trace", str_of(c->ctx->trace));
    call_init(&call,
              arena_printf(c->ctx->arena, "%.*s/vault-ctl.sock", STR_ARG(c->conf->path.run)));
    call.timeout_ms = PING_MS;
    e = got ? E_BUSY : call_ask(c->ctx, &call, &m, &answer);
    call_done(&call);
    ctl_judge(c, "cozykart-vault runs", e == OK,
              arena_printf(c->ctx->arena,
                           "nobody answers at %.*s/vault-ctl.sock: systemctl start "
                           "cozykart-vault, then journalctl -u cozykart-vault -n 20 says why "
                           "it does not",
                           STR_ARG(c->conf->path.run)));
    return e == OK;
}

static void
check_services(struct ctl *c)
{
    ctl_say(c, "\nProcesses");
    if (check_vault(c)) {
        check_socket(c, "cozykart-web", "web.sock", SOCK_STREAM);
        check_socket(c, "cozykart-jobs", "jobs.sock", SOCK_DGRAM);
        check_socket(c, "cozykart-live", "live.sock", SOCK_STREAM);
    } else {
        check_pass(c, "the other processes", "looked at when the vault runs");
    }
}

/* When the newest good run was, and how the newest ended. */
static void
check_run(struct ctl *c, const char *kind, const char *what, int64_t max_ms)
{
    struct upkeep last, good;
    char span[CLOCK_TEXT];
    bool any = upkeep_last(c->ctx, str_of(kind), false, &last) == OK;
    bool once = upkeep_last(c->ctx, str_of(kind), true, &good) == OK;
    int64_t age = once ? ctx_now(c->ctx) - good.ended_at : 0;

    ctx_clear(c->ctx);
    if (!any) {
        check_pass(c, what, "there was none yet; systemctl list-timers 'cozykart-*' says when");
        return;
    }
    if (!last.good) {
        ctl_judge(
            c, what, false,
            arena_printf(c->ctx->arena, "the last one failed: %.*s", STR_ARG(last.words)));
        return;
    }
    ctl_judge(c, what, max_ms == 0 || age <= max_ms,
              arena_printf(c->ctx->arena,
                           "the newest is %s old: systemctl list-timers 'cozykart-*' and "
                           "journalctl -u cozykart-%s -n 20 say why",
                           clock_span(age, span), kind));
}

static void
check_upkeep(struct ctl *c)
{
    struct quarantine q;
    bool held = false;

    ctl_say(c, "\nCopies and drills");
    check_run(c, "backup", "the newest copy of the ledger",
              c->conf->backup.max_age_min * MINUTE_MS);
    check_run(c, "drill", "the drill that restores it elsewhere", 3 * 24 * 60 * MINUTE_MS);
    if (quarantine_open(c->ctx, &held, &q) == OK)
        ctl_judge(c, held ? "quarantine" : "no quarantine", !held,
                  held ? arena_printf(c->ctx->arena,
                                      "payouts wait since a restore (%.*s): cozykart "
                                      "quarantine says what to look at and how to end it",
                                      STR_ARG(q.reason))
                       : "");
    ctx_clear(c->ctx);
}

static void
check_ledger(struct ctl *c)
{
    enum err e;

    ctl_say(c, "\nThe ledger");
    ctx_clear(c->ctx);
    if (!check_file(c))
        return;
    ctx_clear(c->ctx);
    if ((e = ctl_open(c)) == E_BUSY) {
        check_pass(c, "what stands in the ledger", "looked at when the vault runs");
        return;
    }
    ctl_judge(c, "the ledger opens", e == OK, why(c));
    if (e)
        return;
    ctl_judge(c, "its schema fits every statement", stmt_prepare_all(c->ctx) == OK,
              arena_printf(c->ctx->arena,
                           "%s; the file is not as this program makes it: cozykart verify, "
                           "then restore a copy",
                           why(c)));
    check_upkeep(c);
}

static void
say_end(struct ctl *c)
{
    int64_t bad = 0;

    for (size_t i = 0; c->checks && i < view_count(c->checks); i++)
        bad += !view_truthy(view_get(view_item(c->checks, i), STR("good")));
    view_i64(c->out, "wrong", bad);
    if (bad == 0)
        ctl_say(c, "\nNothing is wrong.");
    else
        ctl_say(c, "\n%lld %s wrong: see the lines that begin with BAD.", (long long)bad,
                bad == 1 ? "thing is" : "things are");
}

enum err
ctl_check_run(struct ctl *c)
{
    struct said said = {.c = c, .list = view_list(c->out, "settings")};

    conf_each(c->conf, c->ctx->arena, say_setting, &said);
    ctl_say(c, "%sSettings: %s, mode %s", ctl_flag(c, "settings") ? "\n" : "", c->conf->file,
            c->conf->mode == CONF_LIVE ? "live" : "test");
    ctl_judge(
        c, "the clock is the machine's", !world_is_moved() || c->conf->mode == CONF_TEST,
        "COZYKART_CLOCK_FILE is set; a live installation does not run with a moved clock");
    check_share(c);
    check_places(c);
    check_keys(c);
    check_ledger(c);
    check_services(c);
    check_site(c);
    check_far(c);
    say_end(c);
    return OK;
}
