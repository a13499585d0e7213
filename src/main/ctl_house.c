/* The ledger file and the installation: making, migrating, checking, copying. */
#include <sys/stat.h>
#include <unistd.h>

#include "db/db.h"
#include "db/migrate.h"
#include "db/stmt.h"
#include "main/ctl.h"
#include "upkeep/upgrade.h"

enum err
ctl_house_version(struct ctl *c)
{
    view_textz(c->out, "program", "cozykart");
    view_textz(c->out, "version", PACKAGE_VERSION);
    view_i64(c->out, "schema", migrate_newest());
    ctl_say(c, "cozykart %s, ledger schema %lld", PACKAGE_VERSION, (long long)migrate_newest());
    return OK;
}

enum err
ctl_house_init(struct ctl *c)
{
    const char *path = str_text(c->ctx->arena, c->conf->path.ledger);
    enum err e = db_create(c->ctx, path);

    if (e == OK)
        ctl_say(c, "made %s (mode %s)", path, c->conf->mode == CONF_LIVE ? "live" : "test");
    return e;
}

static void
say_copies(struct ctl *c, const struct upgrade *u)
{
    struct view *list = view_list(c->out, "kept");

    view_textz(c->out, "copy", u->copy);
    view_i64(c->out, "bytes", u->bytes);
    view_i64(c->out, "removed", (int64_t)u->n_gone);
    ctl_say(c, "the ledger as it was before: %s (%lld bytes, compared)", u->copy,
            (long long)u->bytes);
    for (size_t i = 0; i < u->n_kept; i++) {
        view_textz(view_add(list), "file", u->kept[i]);
        ctl_say(c, "kept from an earlier upgrade: %s", u->kept[i]);
    }
    if (u->n_gone)
        ctl_say(c, "removed, older than those: %zu", u->n_gone);
}

enum err
ctl_house_migrate(struct ctl *c)
{
    const char *path = str_text(c->process, c->conf->path.ledger);
    struct upgrade u;
    struct db *db;
    enum err e = db_open(c->ctx, c->process, path, DB_MIGRATE, &db);

    if (e || (e = upgrade_run(c->ctx, path, &u)))
        return e;
    view_i64(c->out, "from", u.from);
    view_i64(c->out, "to", u.to);
    if (u.from == u.to) {
        ctl_say(c, "the ledger has schema %lld already", (long long)u.to);
        return OK;
    }
    ctl_say(c, "migrated from schema %lld to %lld", (long long)u.from, (long long)u.to);
    say_copies(c, &u);
    return OK;
}

enum err
ctl_house_tick(struct ctl *c)
{
    struct msg m, answer;
    enum err e;

    msg_init(&m, STR("clock.tick"));
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    view_i64(c->out, "steps", msg_opt_i64(&answer, "steps", 0));
    ctl_say(c, "%lld steps", (long long)msg_opt_i64(&answer, "steps", 0));
    return OK;
}

enum err
ctl_house_backup(struct ctl *c)
{
    enum err e = ctl_open(c);

    if (e || (e = db_copy(c->ctx, c->arg[0])))
        return e;
    ctl_say(c, "copied to %s", c->arg[0]);
    db_close(c->ctx->db);
    c->ctx->db = NULL;
    c->n = 1;
    if ((e = ctl_money_verify(c)))
        ctx_note(c->ctx, "the copy cannot be verified");
    return e;
}

static void
say_setting(void *arg, const char *key, struct str value, struct str from, const char *help)
{
    struct ctl *c = arg;
    struct view *v = view_add(view_list(c->out, "settings"));

    view_textz(v, "key", key);
    view_text(v, "value", value);
    view_text(v, "from", from);
    view_textz(v, "help", help);
    ctl_say(c, "%-28s = %-34.*s # %s (%.*s)", key, STR_ARG(value), help, STR_ARG(from));
}

static const char *
why(struct ctl *c)
{
    return str_text(c->ctx->arena, ctx_why(c->ctx));
}

static void
check_folder(struct ctl *c, const char *key, struct str path, int mode)
{
    const char *text = str_text(c->ctx->arena, path);
    struct stat st;
    bool there = stat(text, &st) == 0 && S_ISDIR(st.st_mode);

    ctl_judge(c, arena_printf(c->ctx->arena, "%s %s", key, text),
              there && access(text, mode) == 0,
              there ? "this user has no right to it; look at its owner and mode"
                    : "there is no such folder; make it, or name another one in the settings");
}

static void
check_secret(struct ctl *c, const char *key, struct str file, bool is_key)
{
    struct str line[4];
    size_t n = 0;
    enum err e;

    ctx_clear(c->ctx);
    e = conf_secret(c->ctx, c->ctx->arena, key, file, line, ARRAY_SIZE(line), &n);
    if (e == OK && n == 0) {
        ctl_say(c, "--   %s is not set%s", key,
                is_key ? "" : ": /hooks/stripe answers 503 until it is");
        return;
    }
    if (e == OK && is_key)
        e = conf_check_key(c->ctx, c->conf, line[0]);
    ctl_judge(c, key, e == OK, why(c));
}

static void
check_ledger(struct ctl *c)
{
    ctx_clear(c->ctx);
    if (ctl_open(c) != OK) {
        ctl_judge(c, "the ledger opens", false, why(c));
        return;
    }
    ctl_judge(c, "the ledger opens", true, "");
    ctl_judge(c, "its schema fits every statement", stmt_prepare_all(c->ctx) == OK,
              "run cozykart migrate with the vault stopped");
}

enum err
ctl_house_check(struct ctl *c)
{
    struct msg m, answer;
    enum err e;

    conf_each(c->conf, c->ctx->arena, say_setting, c);
    check_folder(c, "path.run", c->conf->path.run, X_OK);
    check_folder(c, "path.live", c->conf->path.live, X_OK);
    check_folder(
        c, "path.share",
        str_of(arena_printf(c->ctx->arena, "%.*s/templates", STR_ARG(c->conf->path.share))),
        R_OK | X_OK);
    check_secret(c, "stripe.webhook_secret_file", c->conf->stripe.webhook_secret_file, false);
    check_secret(c, "stripe.api_key_file", c->conf->stripe.api_key_file, true);
    ctl_shops_check(c);
    ctl_seal_check(c);
    ctl_judge(
        c, "the clock is the machine's", !world_is_moved() || c->conf->mode == CONF_TEST,
        "COZYKART_CLOCK_FILE is set; a live installation does not run with a moved clock");
    check_ledger(c);
    ctx_clear(c->ctx);
    msg_init(&m, STR("vault.ping"));
    e = ctl_ask(c, &m, &answer);
    ctl_judge(c, "the vault answers", e == OK,
              arena_printf(c->ctx->arena, "%s; start cozykart-vault", why(c)));
    return OK;
}
