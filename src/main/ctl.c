/* cozykart, the people's command: from a line that somebody typed to its exit code, and the two
 * ways from there to the ledger. Not for: the list of commands (ctl_table.c), what they do. */
#include "main/ctl.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/id.h"
#include "call/call.h"
#include "db/db.h"
#include "main/start.h"

enum { ARENA = 256 * 1024 * 1024 };

void
ctl_put_text(struct ctl *c, struct msg *m, const char *option, const char *field)
{
    const char *text = ctl_option(c, option);

    if (text)
        msg_add_str(m, field, str_of(text));
}

enum err
ctl_put_number(struct ctl *c, struct msg *m, const char *option, const char *field, int64_t hi)
{
    int64_t v = 0;
    enum err e;

    if (!ctl_option(c, option))
        return OK;
    e = ctl_number(c, option, 0, hi, 0, &v);
    if (e == OK)
        msg_add_i64(m, field, v);
    return e;
}

enum err
ctl_open(struct ctl *c)
{
    struct db *db;

    return db_open(c->ctx, c->process, str_text(c->process, c->conf->path.ledger), DB_READER,
                   &db);
}

enum err
ctl_ask(struct ctl *c, struct msg *m, struct msg *ret)
{
    const char *key = ctl_option(c, "key");
    struct call call;
    char fresh[33];
    enum err e;

    if (!key) {
        id_hex(c->ctx->world, fresh);
        key = arena_text(c->ctx->arena, fresh, 32);
    }
    msg_add_str(m, "key", str_of(key));
    if (!msg_has(m, "trace"))
        msg_add_str(m, "trace", str_of(c->ctx->trace));
    call_init(&call,
              arena_printf(c->ctx->arena, "%.*s/vault-ctl.sock", STR_ARG(c->conf->path.run)));
    e = call_ask(c->ctx, &call, m, ret);
    call_done(&call);
    if (e == E_DUPLICATE)
        e = OK;
    return e;
}

/* On a machine that nobody has set up a copy can be looked at and restored all the same. */
static enum err
settings(struct ctl *c)
{
    const char *named = ctl_option(c, "config"), *given = getenv("COZYKART_CONFIG");
    const char *file = named ? named : start_file();
    enum err e = conf_load(c->ctx, c->process, file, c->conf);

    c->ctx->conf = c->conf;
    if (e != E_NOTFOUND || named || (given && *given) || c->command->run != ctl_backup_restore)
        return e;
    conf_default(c->ctx, c->process, file, c->conf);
    c->ctx->conf = NULL; /* whatever mode the copy has is right */
    c->bare = true;
    return OK;
}

static enum err
run(struct ctl *c)
{
    enum err e = OK;

    c->json = ctl_flag(c, "json") && !ctl_flag(c, "help");
    c->text = buf_new(c->ctx->arena, CTL_TEXT_MAX);
    c->out = view_new(c->ctx->arena);
    if (ctl_flag(c, "help"))
        return ctl_help_show(c, c->word, c->command ? c->command->sub : NULL);
    BUG_IF(!c->command);
    if (c->command->run != ctl_house_version && c->command->run != ctl_help_run &&
        c->command->run != ctl_setup_run)
        e = settings(c);
    if (e == OK)
        e = c->command->run(c);
    return e;
}

int
main(int argc, char **argv)
{
    struct arena *process CLEANUP(arena_freep) = arena_new(ARENA);
    struct arena *call CLEANUP(arena_freep) = arena_new(ARENA);
    struct conf conf = {0};
    struct ctx ctx;
    struct ctl c = {.ctx = &ctx, .process = process, .conf = &conf};
    enum err e;

    ctx_init(&ctx, call, world_real());
    e = ctl_parse(&c, argc, argv);
    if (e == OK)
        e = run(&c);
    if (ctx.db)
        db_close(ctx.db);
    if (e != OK) {
        fprintf(stderr, "cozykart: %.*s\n",
                STR_ARG(ctx_why(&ctx).n ? ctx_why(&ctx) : err_info(e)->title));
        return err_info(e)->exit;
    }
    ctl_print(&c);
    return c.code;
}
