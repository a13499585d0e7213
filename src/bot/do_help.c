/* /help: the commands that this person may use. Not for: what they do. */
#include "bot/commands.h"
#include "bot/do.h"

static bool
may(const struct bot *b, const struct commands_row *r)
{
    unsigned roles = r->who & ~(unsigned)COMMANDS_MEMBER;

    return !roles || (b->rights & roles);
}

enum err
do_help_show(struct bot *b)
{
    struct str topic = bot_text(b, "topic");
    enum err e = bot_me(b);
    size_t n = 0;

    if (e)
        return e;
    message_embed(b->m, MESSAGE_RACE, "Commands for you");
    for (size_t i = 0; i < commands_count; i++) {
        const struct commands_row *r = &commands_table[i];

        if (!may(b, r) || (topic.n && !str_eq_text(topic, r->name)))
            continue;
        message_line(b->m, "**/%s%s%s** – %s", r->name, r->sub ? " " : "", r->sub ? r->sub : "",
                     r->help);
        n++;
    }
    if (!n)
        return ctx_fail(b->ctx, E_NOTFOUND,
                        "there is no such command for you: use /help alone");
    message_link(b->m, "Website", "/");
    return OK;
}
