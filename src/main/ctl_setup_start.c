/* Setup's second half: folders, ledger, services, first operator, Discord's commands. Not for:
 * configuration files (ctl_setup_files.c, ctl_setup_site.c). */
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "call/call.h"
#include "db/db.h"
#include "db/migrate.h"
#include "db/peek.h"
#include "main/ctl_setup.h"
#include "setup/edit.h"
#include "setup/put.h"
#include "user/member.h"

enum { LOOK_MS = 2000, INIT_TRIES = 4, INIT_WAIT_US = 250 * 1000 };

static const char systemctl[] = "/usr/bin/systemctl";

/* What tmpfiles makes on a machine that has it; here for the rest. */
static enum err
make_folders(struct setup *s)
{
    static const struct {
        const char *path, *user;
        mode_t mode;
    } folder[] = {
        {"/var/lib/cozykart",        NULL,              0755 },
        {"/var/lib/cozykart/ledger", "cozykart-vault",  0750 },
        {"/var/lib/cozykart/live",   "cozykart-jobs",   0755 },
        {"/var/lib/cozykart/media",  "cozykart-jobs",   0755 },
        {"/var/lib/cozykart/backup", "cozykart-backup", 0700 },
        {"/var/lib/cozykart/seals",  "cozykart-backup", 0755 },
        {"/run/cozykart",            "root",            01771},
        {"/run/cozykart/pub",        "cozykart-live",   02750},
    };
    const struct group *g = *s->root ? NULL : getgrnam("cozykart");
    gid_t group = g ? g->gr_gid : (gid_t)-1;
    enum err e = OK;

    for (size_t i = 0; !e && i < ARRAY_SIZE(folder); i++) {
        const struct passwd *p = *s->root || !folder[i].user ? NULL : getpwnam(folder[i].user);

        e = put_folder(s->c->ctx, setup_path(s, folder[i].path), folder[i].mode,
                       p ? p->pw_uid : (uid_t)-1, folder[i].user ? group : (gid_t)-1);
    }
    if (!e && *s->root)
        e = put_folder(s->c->ctx, setup_path(s, "/run/cozykart-live"), 0700, (uid_t)-1,
                       (gid_t)-1);
    return e;
}

static const char *
self(struct setup *s)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);

    return n > 0 ? arena_text(s->c->ctx->arena, path, (size_t)n) : "/usr/bin/cozykart";
}

/* Made by whom it will belong to. */
static enum err
make_ledger(struct setup *s)
{
    struct ctl *c = s->c;
    const char *path = str_text(c->ctx->arena, c->conf->path.ledger), *said;
    const struct passwd *p = *s->root ? NULL : getpwnam("cozykart-vault");
    const struct child_program init = {
        self(s), {"--config", c->conf->file, "init"}
    };
    struct peek peek;
    mode_t before;
    enum err e = peek_ledger(c->ctx, path, &peek);

    ctx_clear(c->ctx);
    s->ledger = true;
    if (e == OK && peek.version < migrate_newest())
        setup_missing(s, "the ledger is of an older version",
                      "with the services stopped, run cozykart migrate");
    if (e != E_NOTFOUND)
        return OK;
    if (!*s->root && !p)
        return ctx_fail(c->ctx, E_NOTFOUND,
                        "there is no user cozykart-vault: install the package cozykart, which "
                        "makes the users, then run cozykart setup again");
    before = umask(0007);
    s->ledger = false;
    /* One of a run that was killed may be at its end just now. */
    for (int i = 0; !s->ledger && i < INIT_TRIES; i++) {
        if (i)
            usleep(INIT_WAIT_US);
        s->ledger = program_run(c, &init, p, &said) || peek_ledger(c->ctx, path, &peek) == OK;
        ctx_clear(c->ctx);
    }
    umask(before);
    if (!s->ledger)
        return ctx_fail(c->ctx, E_INTERNAL, "the ledger cannot be made: %s", said);
    s->fresh = true;
    setup_note(s, "made the ledger %s (mode %s)", path,
               setup_mode(s) == CONF_LIVE ? "live" : "test");
    return OK;
}

static bool
has_systemd(const struct setup *s)
{
    return !*s->root && access("/run/systemd/system", F_OK) == 0;
}

static bool
control(struct setup *s, const char *a, const char *b, const char *unit, const char **said)
{
    const struct child_program ask = {
        systemctl, {a, b, unit}
    };

    return program_run(s->c, &ask, NULL, said);
}

static void
start_services(struct setup *s)
{
    const char *said;

    if (!has_systemd(s))
        return;
    if (!control(s, "daemon-reload", NULL, NULL, &said) ||
        !control(s, "enable", "--now", "cozykart.target", &said)) {
        setup_missing(s, "the services do not start",
                      "journalctl -u 'cozykart-*' -n 30 says why, then run cozykart setup "
                      "again: %s",
                      said);
        return;
    }
    if (s->made_new)
        (void)control(s, "try-restart", "--no-block", "cozykart-*.service", &said);
    if (s->site && !control(s, "reload-or-restart", "nginx.service", NULL, &said))
        setup_missing(s, "nginx does not start", "journalctl -u nginx -n 30 says why: %s",
                      said);
}

static void
look_for_vault(struct setup *s)
{
    struct ctl *c = s->c;
    const char *socket =
        arena_printf(c->ctx->arena, "%.*s/vault-ctl.sock", STR_ARG(c->conf->path.run));
    struct msg m, answer;
    struct call call;

    if (!has_systemd(s) && access(socket, F_OK) != 0)
        return;
    msg_init(&m, STR("vault.ping"));
    msg_add_str(&m, "key", STR("setup"));
    msg_add_str(&m, "trace", str_of(c->ctx->trace));
    call_init(&call, socket);
    if (!has_systemd(s))
        call.timeout_ms = LOOK_MS;
    s->running = call_ask(c->ctx, &call, &m, &answer) == OK;
    call_done(&call);
    ctx_clear(c->ctx);
}

static bool
has_operator(struct setup *s)
{
    struct ctl *c = s->c;
    struct member *m;
    struct str roles;
    int64_t after = 0;
    bool found = false;
    size_t n = 0;

    if (!c->ctx->db && ctl_open(c) != OK)
        return ctx_clear(c->ctx), false;
    do {
        if (member_list(c->ctx, after, 100, &m, &n) != OK)
            break;
        for (size_t i = 0; i < n; i++) {
            after = m[i].id;
            if (member_roles(c->ctx, m[i].id, &roles) == OK &&
                str_find(roles, STR("operator"), 0) != SIZE_MAX)
                found = true;
        }
    } while (!found && n == 100);
    db_close(c->ctx->db);
    c->ctx->db = NULL;
    ctx_clear(c->ctx);
    return found;
}

static enum err
tell_vault(struct setup *s, struct str command, const char *field, struct str who)
{
    struct msg m, answer;

    ctx_clear(s->c->ctx);
    msg_init(&m, command);
    msg_add_str(&m, field, who);
    msg_add_str(&m, strcmp(field, "name") == 0 ? "roles" : "role", STR("operator"));
    return ctl_ask(s->c, &m, &answer);
}

/* Without Discord a name, and a link by which its owner logs in. */
static const char *
first_operator(const struct setup *s)
{
    return setup_value(s, "discord.application_id").n
               ? "cozykart role grant discord:YOUR-ID operator"
               : "cozykart member add 'YOUR NAME' --role operator && cozykart login-link "
                 "'YOUR NAME'";
}

/* Nobody can be asked who is operator: of a new ledger nobody is. */
static void
missing_services(struct setup *s, struct str who, bool discord)
{
    static const char start[] = "systemctl enable --now cozykart.target";

    if (!s->fresh && !setup_of(s, "operator")->given)
        setup_missing(s, "the services do not run", "%s", start);
    else if (!who.n)
        setup_missing(s, "the services do not run, and nobody is operator yet",
                      "start them (%s), then %s", start, first_operator(s));
    else if (discord)
        setup_missing(s, "the services do not run, and nobody is operator yet",
                      "start them (%s), then cozykart role grant %.*s operator", start,
                      STR_ARG(who));
    else
        setup_missing(s, "the services do not run, and nobody is operator yet",
                      "start them (%s), then cozykart member add '%.*s' --role operator", start,
                      STR_ARG(who));
}

/* Somebody of Discord becomes a member by it; a name is made a member first. */
static void
make_operator(struct setup *s)
{
    struct str who = setup_value(s, "operator");
    bool discord = str_starts(who, STR("discord:"));
    enum err e;

    if (!s->running) {
        missing_services(s, who, discord);
        return;
    }
    if (!setup_of(s, "operator")->given && has_operator(s))
        return;
    if (!who.n) {
        setup_missing(s, "nobody is operator yet", "%s", first_operator(s));
        return;
    }
    e = tell_vault(s, STR("role.grant"), "member", who);
    if (e == E_NOTFOUND && !discord)
        e = tell_vault(s, STR("member.add"), "name", who);
    if (e && e != E_CONFLICT)
        setup_missing(s, "the first operator could not be made",
                      "cozykart role grant %.*s operator: %.*s", STR_ARG(who),
                      STR_ARG(ctx_why(s->c->ctx)));
    else
        setup_note(s, "%.*s is operator", STR_ARG(who));
    ctx_clear(s->c->ctx);
}

/* Once for each application, server and version; again when one of them is another. */
static enum err
register_commands(struct setup *s)
{
    struct ctl *c = s->c;
    struct str guild = c->conf->discord.guild_id, was = STR(""), now;
    const char *path = setup_path(s, "/etc/cozykart/nginx/answers");
    struct str text;
    size_t options = (size_t)c->n_options;
    enum err e;

    if (!c->conf->discord.application_id.n || !c->conf->discord.bot_token_file.n)
        return OK;
    now = str_of(arena_printf(c->ctx->arena, "%.*s/%.*s/" PACKAGE_VERSION,
                              STR_ARG(c->conf->discord.application_id), STR_ARG(guild)));
    if ((e = put_read(c->ctx, path, &text)))
        return e;
    (void)edit_get(text, "registered", &was);
    if (str_eq(was, now) && !setup_of(s, "discord.bot_token")->given)
        return OK;
    if (guild.n && c->n_options < CTL_OPTIONS_MAX) {
        c->option[c->n_options].name = "guild";
        c->option[c->n_options++].value = str_text(c->ctx->arena, guild);
    }
    e = ctl_discord_register(c);
    c->n_options = (int)options;
    ctl_flush(c);
    if (e == OK)
        return put_file(c->ctx, path, edit_set(c->ctx, text, "registered", now), 0644, false,
                        NULL);
    setup_missing(s, "Discord has not got the commands",
                  "cozykart discord register%s%.*s: %.*s", guild.n ? " --guild " : "",
                  STR_ARG(guild), STR_ARG(ctx_why(c->ctx)));
    ctx_clear(c->ctx);
    return OK;
}

enum err
setup_start(struct setup *s)
{
    enum err e;

    if ((e = make_folders(s)) || (e = make_ledger(s)))
        return e;
    start_services(s);
    look_for_vault(s);
    make_operator(s);
    return register_commands(s);
}
