/* cozykart, the people's command: THE table of its commands, and its start. Not for: what they do. */
#include "main/ctl.h"

#include "base/id.h"
#include "base/log.h"
#include "db/db.h"
#include "main/start.h"

enum { COMMAND_ARENA = 1024 * 1024 * 1024 };

/* Arguments: in their place, optional, required. */
#define FIRST(name, kind, help) {name, kind, CTL_FIRST, help, NULL}
#define OPTION(name, kind, help) {name, kind, CTL_OPTION, help, NULL}
#define NEEDED(name, kind, help) {name, kind, CTL_NEEDED, help, NULL}
#define WHO FIRST("member", CTL_TEXT, "name or number of a member")
#define NO_ARGS {{NULL, CTL_TEXT, CTL_OPTION, NULL, NULL}}

const struct ctl_command ctl_commands[] = {
    {"init", CTL_CONF, ctl_db_init, NULL, NULL,
     "makes a new, empty ledger; never touches one that is there", false, NO_ARGS},
    {"migrate", CTL_CONF, ctl_db_migrate, NULL, NULL,
     "brings the ledger's schema up to this version; the vault must not run", false, NO_ARGS},
    {"version", CTL_NOTHING, ctl_db_version, NULL, NULL, "version of program and schema", false,
     NO_ARGS},
    {"member add", CTL_CONF, ctl_ask_run, "member.add", "member {member}: {name}",
     "adds a member", true,
     {FIRST("name", CTL_TEXT, "1 to 32 signs, unique without case"),
      {"role", CTL_TEXT, CTL_OPTION, "host, dj, creator, staff, operator, auditor; commas between",
       "roles"}}},
    {"member list", CTL_LEDGER, ctl_user_list, NULL, NULL, "lists all members", false, NO_ARGS},
    {"role grant", CTL_CONF, ctl_ask_run, "role.grant", "{member} is {role} now",
     "gives a member a role", false,
     {WHO, FIRST("role", CTL_TEXT, "host, dj, creator, staff, operator or auditor")}},
    {"login-link", CTL_CONF, ctl_user_link, "login.link", NULL,
     "makes an address that logs a member in, once", false,
     {WHO, OPTION("minutes", CTL_NUMBER, "how long it works, default 10")}},
    {"overlay add", CTL_CONF, ctl_user_overlay, "overlay.add", NULL,
     "makes a secret address for a stream's overlay", false,
     {FIRST("label", CTL_TEXT, "a name to revoke it by")}},
    {"overlay revoke", CTL_CONF, ctl_ask_run, "overlay.revoke", "overlay {label} is revoked",
     "takes such an address back", false,
     {FIRST("label", CTL_TEXT, "its name")}},
};

const size_t ctl_count = ARRAY_SIZE(ctl_commands);

static enum err
run(struct ctl *c, int argc, char **argv)
{
    struct ctx *ctx = c->ctx;
    struct db *db CLEANUP(db_closep) = NULL;
    enum err e;

    if ((e = ctl_arg_read(c, argc, argv)))
        return e;
    if (c->command->needs != CTL_NOTHING) {
        if ((e = conf_load(ctx, ctx->arena, c->file, &c->conf)))
            return e;
        ctx->conf = &c->conf;
    }
    if ((e = ctl_arg_convert(c)))
        return e;
    if (c->command->needs == CTL_LEDGER &&
        (e = db_open(ctx, ctx->arena, str_text(ctx->arena, c->conf.path.ledger), DB_READER, &db)))
        return e;
    return c->command->run(c);
}

int
main(int argc, char **argv)
{
    struct arena *arena CLEANUP(arena_freep) = arena_new(COMMAND_ARENA);
    struct ctl c = {.file = start_file()};
    struct ctx ctx;
    char key[33];
    enum err e;

    ctx_init(&ctx, arena, world_real());
    id_hex(ctx.world, key);
    c.ctx = &ctx;
    c.key = str_of(key);
    e = run(&c, argc, argv);
    if (fflush(stdout) != 0 && !e)
        e = ctx_fail(&ctx, E_FULL, "the output could not be written");
    if (e)
        fprintf(stderr, "cozykart: %s\n", ctx.fail_text);
    return err_info(e)->exit;
}
