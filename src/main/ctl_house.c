/* The ledger file and the installation: making, migrating, the clock. Not for: copies
 * (ctl_backup.c). */
#include "db/db.h"
#include "db/migrate.h"
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
