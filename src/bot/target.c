/* From an interaction to its row of the table. See target.h. */
#include "bot/target.h"

enum { ID_BYTES = 400 };

/* "join:12" into a word and exactly n_args numbers. */
static const struct commands_button *
find_button(struct bot *b)
{
    struct str rest = b->ask->custom_id, word, part;
    size_t n = 0;

    if (rest.n > ID_BYTES || str_ends(rest, STR(":")) || !str_split(&rest, ':', &word))
        return NULL;
    while (rest.n && str_split(&rest, ':', &part)) {
        if (n == ARRAY_SIZE(b->arg) || !str_i64(part, 0, TARGET_ARG_MAX, &b->arg[n]))
            return NULL;
        n++;
    }
    b->n_args = n;
    for (size_t i = 0; i < commands_buttons_count; i++)
        if (str_eq_text(word, commands_buttons[i].word) && commands_buttons[i].n_args == n)
            return &commands_buttons[i];
    return NULL;
}

static const struct commands_row *
find_row(const struct discord_ask *ask)
{
    for (size_t i = 0; i < commands_count; i++) {
        const struct commands_row *r = &commands_table[i];

        if (str_eq_text(ask->command, r->name) &&
            (r->sub ? str_eq_text(ask->sub, r->sub) : ask->sub.n == 0))
            return r;
    }
    return NULL;
}

/* An option of the row by name; every given one must be there. */
static const struct commands_option *
find_option(const struct commands_row *r, struct str name)
{
    for (size_t i = 0; i < COMMANDS_OPTIONS_MAX && r->option[i].name; i++)
        if (str_eq_text(name, r->option[i].name))
            return &r->option[i];
    return NULL;
}

enum err
target_find(struct bot *b, struct target *ret)
{
    const struct discord_ask *ask = b->ask;
    struct ctx *ctx = b->ctx;

    if (ask->kind == DISCORD_COMMAND || ask->kind == DISCORD_COMPLETE) {
        const struct commands_row *r = find_row(ask);

        if (!r)
            return ctx_fail(ctx, E_NOTFOUND,
                            "this command does not exist any more: /help lists those that do");
        b->what = str_of(arena_printf(ctx->arena, "/%s%s%s", r->name, r->sub ? " " : "",
                                      r->sub ? r->sub : ""));
        *ret = (struct target){.who = r->who, .how = r->how, .run = r->run};
        if (ask->kind == DISCORD_COMMAND)
            return ret->row = r, OK;
        ret->run = NULL;
        ret->how = BOT_CHOICES;
        for (size_t i = 0; i < ask->n; i++) {
            const struct commands_option *o = find_option(r, ask->option[i].name);

            if (ask->option[i].focused && o)
                ret->run = o->complete;
        }
        return OK;
    }
    const struct commands_button *r = find_button(b);

    if (!r)
        return ctx_fail(ctx, E_NOTFOUND,
                        "this button is not known any more: use the command instead");
    b->what = str_of(arena_printf(ctx->arena, "button %s", r->word));
    *ret = (struct target){.who = r->who, .how = r->how, .run = r->run};
    return OK;
}

static bool
is_choice(const char *choices, struct str text)
{
    struct str rest = str_of(choices), one;

    while (str_split(&rest, '|', &one))
        if (str_eq(one, text))
            return true;
    return false;
}

enum err
target_check(struct bot *b, const struct target *t)
{
    const struct commands_row *r = t->row;

    if (!r)
        return OK;
    for (size_t i = 0; i < b->ask->n; i++) {
        const struct discord_option *o = &b->ask->option[i];
        const struct commands_option *known = find_option(r, o->name);
        bool number = known && known->type != COMMANDS_TEXT && known->type != COMMANDS_USER;

        if (!known)
            return ctx_fail(b->ctx, E_INVALID,
                            "this command has no such option any more: start typing it anew");
        if (number != o->is_number)
            return ctx_fail(b->ctx, E_INVALID, "the option %s cannot be read", known->name);
        if (known->type == COMMANDS_NUMBER && known->hi &&
            (o->i < known->lo || o->i > known->hi))
            return ctx_fail(b->ctx, E_INVALID, "the option %s goes from %lld to %lld",
                            known->name, (long long)known->lo, (long long)known->hi);
        if (known->choices && !is_choice(known->choices, o->text))
            return ctx_fail(b->ctx, E_INVALID,
                            "the option %s is not one of the choices: choose from the list",
                            known->name);
        if (known->type == COMMANDS_TEXT && known->hi &&
            (int64_t)str_length(o->text) > known->hi)
            return ctx_fail(b->ctx, E_INVALID, "the option %s has at most %lld signs",
                            known->name, (long long)known->hi);
    }
    for (size_t i = 0; i < COMMANDS_OPTIONS_MAX && r->option[i].name; i++)
        if (r->option[i].need && !bot_has(b, r->option[i].name))
            return ctx_fail(b->ctx, E_INVALID, "the option %s is missing", r->option[i].name);
    return OK;
}
