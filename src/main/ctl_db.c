/* The ledger file: made, brought up to date. Not for: what is in it. */
#include <fcntl.h>
#include <unistd.h>

#include "db/db.h"
#include "db/migrate.h"
#include "main/ctl_out.h"

static const char *
ledger(struct ctl *c)
{
    return str_text(c->ctx->arena, c->conf.path.ledger);
}

enum err
ctl_db_init(struct ctl *c)
{
    struct ctl_out *o = ctl_out_new(c, false);
    enum err e = db_create(c->ctx, ledger(c));

    if (e)
        return e;
    if (!c->json)
        return printf("made the ledger %s for mode %s\n", ledger(c),
                      c->conf.mode == CONF_LIVE ? "live" : "test"),
               OK;
    ctl_out_text(o, "ledger", c->conf.path.ledger);
    return ctl_out_print(o, "");
}

enum err
ctl_db_migrate(struct ctl *c)
{
    struct ctl_out *o = ctl_out_new(c, false);
    struct db *db CLEANUP(db_closep) = NULL;
    int64_t from, to;
    enum err e;

    if ((e = db_open(c->ctx, c->ctx->arena, ledger(c), DB_MIGRATE, &db)) ||
        (e = migrate_run(c->ctx, &from, &to)))
        return e;
    if (!c->json)
        return printf(from == to ? "the ledger has schema %lld, nothing to do\n"
                                 : "the ledger went from schema %lld to %lld\n",
                      (long long)from, (long long)to),
               OK;
    ctl_out_number(o, "from", from);
    ctl_out_number(o, "to", to);
    return ctl_out_print(o, "");
}

enum err
ctl_db_version(struct ctl *c)
{
    struct ctl_out *o = ctl_out_new(c, false);

    if (!c->json)
        return printf("cozykart " PACKAGE_VERSION ", schema %lld\n", (long long)migrate_newest()),
               OK;
    ctl_out_text(o, "version", STR(PACKAGE_VERSION));
    ctl_out_number(o, "schema", migrate_newest());
    return ctl_out_print(o, "");
}
