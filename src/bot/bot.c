/* From an interaction to its answer. See bot.h. */
#include "bot/bot.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/conf.h"
#include "base/point.h"
#include "bot/commands.h"
#include "bot/target.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/outbox.h"
#include "user/audit_log.h"
#include "user/identity.h"

enum {
    JSON_BYTES = 128 * 1024,
    CHOICES_MAX = 25,
    INPUTS_MAX = 5,
    TITLE_SIGNS = 45,
    CHOICE_SIGNS = 100,
    RACES_MAX = 60,
    TEXT_SIGNS = 6000,
    PRIVATE_FLAG = 64
};
static const int64_t KEEP_MS = 3600 * 1000;

enum err
bot_me(struct bot *b)
{
    const struct discord_user *u = &b->ask->user;
    const struct identity who = {
        .provider = STR("discord"), .subject = u->id, .name = u->name, .avatar = u->avatar};
    enum err e;

    if (b->member.id)
        return OK;
    if ((e = identity_member(b->ctx, b->tx, &who, &b->member)) ||
        (e = right_of(b->ctx, b->member.id, &b->rights)))
        return e;
    b->actor = str_of(arena_printf(b->ctx->arena, "member:%lld", (long long)b->member.id));
    return OK;
}

enum err
bot_user(struct bot *b, const char *option, struct member *ret)
{
    const struct discord_option *o = discord_option(b->ask, option);

    if (!o)
        return ctx_fail(b->ctx, E_INVALID, "choose somebody in the option %s", option);
    if (o->user && o->user->bot)
        return ctx_fail(b->ctx, E_INVALID, "a bot cannot take part: choose a person");
    enum err e = identity_find(b->ctx, STR("discord"), o->text, ret);
    if (e != E_NOTFOUND)
        return e;
    struct str name =
        o->user ? point_clean(b->ctx->arena, o->user->name, 32) : STR("this person");
    return ctx_fail(b->ctx, E_NOTFOUND, "%.*s has no account yet: ask them to use /link once",
                    STR_ARG(name));
}

struct str
bot_text(const struct bot *b, const char *option)
{
    const struct discord_option *o = discord_option(b->ask, option);

    return o ? point_clean(b->ctx->arena, o->text, TEXT_SIGNS) : STR("");
}

bool
bot_has(const struct bot *b, const char *option)
{
    return discord_option(b->ask, option) != NULL;
}

int64_t
bot_number(const struct bot *b, const char *option, int64_t otherwise)
{
    const struct discord_option *o = discord_option(b->ask, option);

    return o && o->is_number ? o->i : otherwise;
}

enum err
bot_log(struct bot *b, struct str object, struct str detail)
{
    return audit_log_add(b->ctx, b->tx, b->actor, b->what, object, detail);
}

/* The race that was named, by an option or by the button. */
static bool
named_race(const struct bot *b, int64_t *ret)
{
    const struct discord_option *o = discord_option(b->ask, "race");

    if (o && o->is_number)
        return *ret = o->i, true;
    if (o)
        return str_i64(str_trim(o->text), 1, TARGET_ARG_MAX, ret) || (*ret = -1, true);
    if (b->n_args)
        return *ret = b->arg[0], true;
    return false;
}

/* "12, 13" */
static void
add_number(struct buf *b, int64_t id)
{
    if (b->n)
        buf_add_text(b, ", ");
    buf_add_i64(b, id);
}

/* Of the races in those states: one's own when there is exactly one, else the only one. */
static enum err
guess_race(struct bot *b, unsigned states, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(b->ctx, SQL_bot_races);
    struct buf own = buf_new(b->ctx->arena, 1024), all = buf_new(b->ctx->arena, 1024);
    size_t n_own = 0, n_all = 0;
    int64_t own_id = 0, any_id = 0;
    enum err e;

    stmt_i64(&s, ":member", b->member.id);
    stmt_i64(&s, ":max", RACES_MAX);
    while ((e = stmt_row(&s)) == OK) {
        int64_t id = stmt_col_i64(&s, "id");
        struct str state = stmt_col_str(&s, "state");
        bool fits = false;

        for (unsigned i = 0; i <= RACE_CANCELLED; i++)
            fits |= (states & 1U << i) && str_eq(state, race_state_name((enum race_state)i));
        if (!fits)
            continue;
        any_id = n_all++ ? any_id : id;
        add_number(&all, id);
        if (stmt_col_i64(&s, "mine")) {
            own_id = n_own++ ? own_id : id;
            add_number(&own, id);
        }
    }
    if (e != E_NOTFOUND)
        return e;
    if (n_own == 1 || n_all == 1)
        return *ret = n_own == 1 ? own_id : any_id, OK;
    if (!n_all)
        return ctx_fail(b->ctx, E_CONFLICT,
                        "there is no race for that at the moment: a host opens one with /open");
    struct str list = buf_str(n_own ? &own : &all);
    return ctx_fail(b->ctx, E_INVALID, "say which race you mean with the option race: %.*s",
                    STR_ARG(list));
}

enum err
bot_race(struct bot *b, unsigned states, struct race *ret)
{
    int64_t id = 0;
    enum err e = OK;

    if (!named_race(b, &id) && (e = guess_race(b, states, &id)))
        return e;
    if (id < 1)
        return ctx_fail(b->ctx, E_INVALID, "a race is named by its number, like 12");
    if ((e = race_get(b->ctx, id, ret)))
        return e;
    if (!(states & 1U << ret->state)) {
        struct str word = race_state_word(ret->state);

        return ctx_fail(b->ctx, E_CONFLICT, "that is not possible now: race %lld is %.*s",
                        (long long)id, STR_ARG(word));
    }
    return OK;
}

enum err
bot_need_host(struct bot *b, const struct race *r)
{
    if (b->member.id == r->host_id || (b->rights & (RIGHT_STAFF | RIGHT_OPERATOR)))
        return OK;
    struct str host = point_clean(b->ctx->arena, r->host_name, 32);
    return ctx_fail(b->ctx, E_DENIED,
                    "race %lld is hosted by %.*s: only they or staff may do that",
                    (long long)r->id, STR_ARG(host));
}

void
bot_choice(struct bot *b, struct str name, struct str value)
{
    if (b->n_choices == CHOICES_MAX || !name.n || !value.n)
        return;
    buf_add_text(&b->choices, b->n_choices++ ? ",{\"name\":" : "{\"name\":");
    buf_add_json(&b->choices, point_clean(b->ctx->arena, name, CHOICE_SIGNS));
    buf_add_text(&b->choices, ",\"value\":");
    buf_add_json(&b->choices, value);
    buf_add_char(&b->choices, '}');
    b->how = BOT_CHOICES;
}

void
bot_modal(struct bot *b, const char *title, const char *fmt, ...)
{
    char id[CHOICE_SIGNS + 1];
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(id, sizeof id, fmt, ap);
    va_end(ap);
    BUG_IF(n < 0 || (size_t)n >= sizeof id);
    buf_clear(&b->modal);
    b->n_inputs = 0;
    buf_add_text(&b->modal, "{\"title\":");
    buf_add_json(&b->modal, point_clean(b->ctx->arena, str_of(title), TITLE_SIGNS));
    buf_add_text(&b->modal, ",\"custom_id\":");
    buf_add_json(&b->modal, str_of(id));
    buf_add_text(&b->modal, ",\"components\":[");
    b->how = BOT_MODAL;
}

void
bot_input(struct bot *b, const char *name, const char *label, bool long_text, bool need,
          int64_t min, int64_t max)
{
    BUG_IF(b->how != BOT_MODAL || b->n_inputs == INPUTS_MAX);
    buf_printf(&b->modal,
               "%s{\"type\":1,\"components\":[{\"type\":4,\"style\":%d,\"custom_id\":",
               b->n_inputs++ ? "," : "", long_text ? 2 : 1);
    buf_add_json(&b->modal, str_of(name));
    buf_add_text(&b->modal, ",\"label\":");
    buf_add_json(&b->modal, str_of(label));
    buf_printf(&b->modal, ",\"required\":%s,\"min_length\":%lld,\"max_length\":%lld}]}",
               need ? "true" : "false", (long long)min, (long long)max);
}

enum err
bot_defer(struct bot *b, const char *what, struct str payload)
{
    struct buf j = buf_new(b->ctx->arena, JSON_BYTES);

    buf_add_text(&j, "{\"token\":");
    buf_add_json(&j, b->ask->token);
    buf_add_text(&j, ",\"application\":");
    buf_add_json(&j, b->ask->application);
    buf_add_text(&j, ",\"what\":");
    buf_add_json(&j, str_of(what));
    buf_add_text(&j, ",\"payload\":");
    buf_add_json(&j, payload);
    buf_printf(&j, ",\"private\":%s}", b->how == BOT_PRIVATE ? "true" : "false");
    b->modal = buf_new(b->ctx->arena, 64);
    buf_add_text(&b->modal, b->how == BOT_PRIVATE ? "{\"flags\":64}" : "{}");
    b->how = BOT_LATER;
    return outbox_add(b->ctx, b->tx, STR("discord.later"), b->ask->id, buf_str(&j),
                      ctx_now(b->ctx));
}

/* Who may ask without being a member, and is one: known, not made. */
static enum err
recognise(struct bot *b)
{
    struct member m;
    enum err e = identity_find(b->ctx, STR("discord"), b->ask->user.id, &m);

    if (e == E_NOTFOUND)
        return ctx_clear(b->ctx), OK;
    if (e || m.blocked)
        return e;
    b->member = m;
    b->actor = str_of(arena_printf(b->ctx->arena, "member:%lld", (long long)m.id));
    return right_of(b->ctx, m.id, &b->rights);
}

static enum err
check_person(struct bot *b, const struct target *t)
{
    const struct conf *conf = b->ctx->conf;
    unsigned roles = t->who & ~(unsigned)COMMANDS_MEMBER;
    enum err e;

    if (b->ask->user.bot)
        return ctx_fail(b->ctx, E_DENIED, "bots are not served");
    if (conf && conf->discord.guild_id.n && !str_eq(conf->discord.guild_id, b->ask->guild))
        return ctx_fail(b->ctx, E_DENIED,
                        "these commands work in the league's own server only");
    if (conf && conf->discord.application_id.n &&
        !str_eq(conf->discord.application_id, b->ask->application))
        return ctx_fail(b->ctx, E_DENIED, "this interaction is for another application");
    if (!t->who || b->ask->kind == DISCORD_COMPLETE)
        return recognise(b);
    if ((e = bot_me(b)) || !roles || (b->rights & roles))
        return e;
    struct str words = right_words(b->ctx, roles);
    return ctx_fail(b->ctx, E_DENIED, "this is for the role %.*s: ask the operator for it",
                    STR_ARG(words));
}

/* The handler, alone in a savepoint. */
static enum err
run_alone(struct bot *b, const struct target *t)
{
    enum err e = tx_save(b->tx), undone;

    if (e)
        return e;
    if (!(e = t->run(b)))
        return tx_keep(b->tx);
    if (tx_lost(b->tx))
        return e;
    char why[sizeof b->ctx->fail_text];
    snprintf(why, sizeof why, "%s", b->ctx->fail_text);
    if ((undone = tx_undo(b->tx)))
        return undone;
    return ctx_fail(b->ctx, e, "%s", why);
}

/* A refusal: private, one sentence. */
static void
refuse(struct bot *b, enum err e)
{
    struct str why = ctx_why(b->ctx);

    b->how = b->ask->kind == DISCORD_COMPLETE ? BOT_CHOICES : BOT_PRIVATE;
    b->m = message_problem(b->ctx, why.n ? why : err_info(e)->title);
    buf_clear(&b->choices);
    ctx_clear(b->ctx);
}

static struct str
response(struct bot *b)
{
    struct buf j = buf_new(b->ctx->arena, JSON_BYTES);

    switch (b->how) {
    case BOT_PUBLIC:
    case BOT_PRIVATE:
    case BOT_UPDATE:
        buf_printf(&j, "{\"type\":%d,\"data\":", b->how == BOT_UPDATE ? 7 : 4);
        buf_add(&j,
                message_json(b->ctx, b->m, b->how == BOT_PRIVATE ? PRIVATE_FLAG : 0, STR("")));
        buf_add_char(&j, '}');
        break;
    case BOT_LATER:
        buf_add_text(&j, "{\"type\":5,\"data\":");
        buf_add(&j, buf_str(&b->modal));
        buf_add_char(&j, '}');
        break;
    case BOT_MODAL:
        buf_add_text(&j, "{\"type\":9,\"data\":");
        buf_add(&j, buf_str(&b->modal));
        buf_add_text(&j, "]}}");
        break;
    case BOT_CHOICES:
        buf_add_text(&j, "{\"type\":8,\"data\":{\"choices\":[");
        buf_add(&j, buf_str(&b->choices));
        buf_add_text(&j, "]}}");
        break;
    }
    BUG_IF(buf_err(&j) != OK);
    return buf_str(&j);
}

static enum err
find_answer(struct ctx *ctx, struct str id, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_bot_answer);

    stmt_str(&s, ":id", id);
    enum err e = stmt_one(&s);
    if (!e)
        *ret = stmt_col_str(&s, "answer");
    return e;
}

static enum err
keep_answer(const struct bot *b, struct str json)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(b->ctx, SQL_bot_keep);

    stmt_str(&s, ":id", b->ask->id);
    stmt_i64(&s, ":at", ctx_now(b->ctx));
    stmt_str(&s, ":what", b->what);
    stmt_str(&s, ":actor", b->actor);
    stmt_str(&s, ":answer", json);
    return stmt_run(&s);
}

/* What a repeat is answered. Of a secret we keep nothing that could be read later. */
static struct str
kept(const struct bot *b, struct str json)
{
    struct bot again = *b;

    if (!b->secret)
        return json;
    again.m = message_problem(b->ctx, STR("this was answered already: use the command again"));
    return response(&again);
}

enum err
bot_answer(struct ctx *ctx, struct tx *tx, const struct discord_ask *ask, struct str *ret_json)
{
    struct bot b = {.ctx = ctx, .tx = tx, .ask = ask, .what = STR("?")};
    struct target t = {0};
    enum err e;

    BUG_IF(!tx->open);
    if (ask->kind == DISCORD_PING)
        return *ret_json = STR("{\"type\":1}"), OK;
    if ((e = find_answer(ctx, ask->id, ret_json)) != E_NOTFOUND)
        return e;
    b.actor = str_of(arena_printf(ctx->arena, "discord:%.*s", STR_ARG(ask->user.id)));
    b.m = message_new(ctx);
    b.choices = buf_new(ctx->arena, JSON_BYTES);
    b.modal = buf_new(ctx->arena, JSON_BYTES);
    e = target_find(&b, &t);
    b.how = t.how;
    if (!e)
        e = check_person(&b, &t);
    if (!e)
        e = target_check(&b, &t);
    if (!e && t.run)
        e = run_alone(&b, &t);
    /* Nothing happened at all: the caller says so, and the same interaction may come again. */
    if (tx_lost(tx) || e == E_BUSY || e == E_FULL)
        return e;
    if (e)
        refuse(&b, e);
    *ret_json = response(&b);
    return ask->kind == DISCORD_COMPLETE ? OK : keep_answer(&b, kept(&b, *ret_json));
}

enum err
bot_prune(struct ctx *ctx, struct tx *tx)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_bot_prune);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":before", ctx_now(ctx) - KEEP_MS);
    return stmt_run(&s);
}
