/* Interactions of the tests. See talk.h. */
#include "lib/talk.h"

#include "base/json.h"
#include "lib/fix.h"
#include "lib/night.h"
#include "lib/tap.h"

static struct discord_ask ask;
static struct str answer;

void
talk_as(const char *id, const char *name)
{
    ask = (struct discord_ask){
        .application = STR("42"),
        .token = STR("token"),
        .guild = STR("7"),
        .channel = STR("8"),
    };
    ask.user = (struct discord_user){
        .id = str_dup(fix.arena, str_of(id)), .name = str_of(name), .avatar = STR("")};
}

void
talk_know(int64_t member, const char *id)
{
    fix_sql("INSERT INTO identity (provider, subject, member_id, name, avatar, avatar_sha, "
            "seen_at) SELECT 'discord', '%s', id, name, '', '', 1 FROM member WHERE id = %lld",
            id, (long long)member);
}

static struct discord_option *
add(const char *name)
{
    struct discord_option *o = &ask.option[ask.n++];

    *o = (struct discord_option){.name = str_of(name), .text = STR("")};
    return o;
}

void
talk_text(const char *option, const char *text)
{
    add(option)->text = str_of(text);
}

void
talk_number(const char *option, int64_t i)
{
    struct discord_option *o = add(option);

    o->i = i;
    o->is_number = true;
}

void
talk_user(const char *option, const char *id, const char *name)
{
    struct discord_user *u = ARENA_NEW(fix.arena, struct discord_user);
    struct discord_option *o = add(option);

    *u = (struct discord_user){.id = str_of(id), .name = str_of(name), .avatar = STR("")};
    o->text = u->id;
    o->user = u;
}

static enum err
do_answer(void *arg)
{
    (void)arg;
    return bot_answer(&fix, &fix_tx, &ask, &answer);
}

int64_t
talk_again(void)
{
    const struct json *all;
    int64_t type = 0;

    answer = STR("");
    if (night_do(do_answer, NULL) != OK || json_parse(&fix, answer, &all) != OK ||
        !json_i64(json_get(all, "type"), &type))
        return -1;
    return type;
}

static int64_t
once(enum discord_kind kind)
{
    static int64_t next = 1000;

    ask.kind = kind;
    ask.id = str_of(arena_printf(fix.arena, "%lld", (long long)++next));
    return talk_again();
}

/* The options were for this one. */
static int64_t
command(enum discord_kind kind, const char *words)
{
    struct str rest = str_of(words);
    int64_t type;

    (void)str_split(&rest, ' ', &ask.command);
    ask.sub = rest;
    type = once(kind);
    ask.n = 0;
    return type;
}

int64_t
talk_command(const char *words)
{
    return command(DISCORD_COMMAND, words);
}

int64_t
talk_complete(const char *words, const char *option, const char *typed)
{
    struct discord_option *o = add(option);

    o->text = str_of(typed);
    o->focused = true;
    return command(DISCORD_COMPLETE, words);
}

int64_t
talk_press(const char *custom_id)
{
    ask.custom_id = str_of(custom_id);
    return once(DISCORD_COMPONENT);
}

int64_t
talk_pick(const char *custom_id, const char *value)
{
    int64_t type;

    ask.value[0] = str_of(value);
    ask.n_values = 1;
    type = talk_press(custom_id);
    ask.n_values = 0;
    return type;
}

int64_t
talk_submit(const char *custom_id)
{
    int64_t type;

    ask.custom_id = str_of(custom_id);
    type = once(DISCORD_MODAL);
    ask.n = 0;
    return type;
}

struct str
talk_answer(void)
{
    return answer;
}

bool
talk_private(void)
{
    const struct json *all;
    int64_t flags = 0;

    return json_parse(&fix, answer, &all) == OK &&
           json_i64(json_at(all, "data.flags"), &flags) && flags == 64;
}

bool
talk_says(const char *text)
{
    if (str_find(answer, str_of(text), 0) != SIZE_MAX)
        return true;
    printf("# says: %.*s\n", STR_ARG(answer));
    return false;
}
