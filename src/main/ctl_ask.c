/* Commands that only ask the vault: arguments to fields, answer to text or JSON. Not for: reading
 * the ledger. */
#include <errno.h>
#include <unistd.h>

#include "call/call.h"
#include "main/ctl_out.h"

static const char *
field_of(struct ctl *c, const struct ctl_arg *a)
{
    char *name = arena_text(c->ctx->arena, a->name, strlen(a->name));

    if (a->field)
        return a->field;
    for (char *p = name; *p; p++)
        if (*p == '-')
            *p = '_';
    return name;
}

void
ctl_ask_fields(struct ctl *c, struct msg *in)
{
    for (size_t i = 0; i < CTL_ARGS_MAX && c->command->args[i].name; i++) {
        const struct ctl_arg *a = &c->command->args[i];

        if (!c->given[i])
            continue;
        if (a->kind == CTL_TEXT)
            msg_add_str(in, field_of(c, a), c->text[i]);
        else
            msg_add_i64(in, field_of(c, a), c->number[i]);
    }
}

enum err
ctl_ask(struct ctl *c, struct msg *in, struct msg *answer)
{
    const char *path =
        arena_printf(c->ctx->arena, "%.*s/vault-ctl.sock", STR_ARG(c->conf.path.run));
    struct call line;
    enum err e;

    if (access(path, W_OK) != 0)
        return errno == EACCES
                   ? ctx_fail(c->ctx, E_DENIED, "you may not use %s: be root or the vault's user",
                              path)
                   : ctx_fail(c->ctx, E_BUSY, "the vault does not run: there is no %s", path);
    if (c->command->keyed)
        msg_add_str(in, "key", c->key);
    msg_add_str(in, "trace", str_of(c->ctx->trace));
    call_init(&line, path);
    e = call_ask(c->ctx, &line, in, answer);
    call_done(&line);
    return e;
}

/* The text of a field of the answer, else of an argument. */
static struct str
value_of(struct ctl *c, const struct msg *answer, struct str name)
{
    for (size_t i = 0; i < answer->n; i++)
        if (str_eq(answer->f[i].name, name))
            return answer->f[i].is_i64
                       ? str_of(arena_printf(c->ctx->arena, "%lld", (long long)answer->f[i].i))
                       : answer->f[i].s;
    for (size_t i = 0; i < CTL_ARGS_MAX && c->command->args[i].name; i++)
        if (str_eq_text(name, c->command->args[i].name))
            return c->text[i];
    return STR("?");
}

static void
say(struct ctl *c, const struct msg *answer)
{
    struct str rest = str_of(c->command->said), part;

    while (str_split(&rest, '{', &part)) {
        size_t end = str_find(part, STR("}"), 0);

        if (end != SIZE_MAX) {
            struct str v = value_of(c, answer, str_sub(part, 0, end));

            printf("%.*s", STR_ARG(v));
            part = str_sub(part, end + 1, part.n);
        }
        printf("%.*s", STR_ARG(part));
    }
    putchar('\n');
}

static enum err
print(struct ctl *c, const struct msg *answer)
{
    struct ctl_out *o = ctl_out_new(c, false);

    if (!c->json)
        return say(c, answer), OK;
    for (size_t i = 0; i < answer->n; i++) {
        const struct msg_field *f = &answer->f[i];

        if (f->is_i64)
            ctl_out_number(o, str_text(c->ctx->arena, f->name), f->i);
        else
            ctl_out_text(o, str_text(c->ctx->arena, f->name), f->s);
    }
    return ctl_out_print(o, "");
}

enum err
ctl_ask_run(struct ctl *c)
{
    struct msg *in = ARENA_NEW(c->ctx->arena, struct msg);
    struct msg *answer = ARENA_NEW(c->ctx->arena, struct msg);
    enum err e;

    msg_init(in, str_of(c->command->ask));
    ctl_ask_fields(c, in);
    e = ctl_ask(c, in, answer);
    return e ? e : print(c, answer);
}
