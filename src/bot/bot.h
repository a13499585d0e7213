/* One interaction, answered within the transaction that does what it asks: who is it, may they,
 * what is the answer. Handlers stand in bot/do_*.c, their list in bot/commands.c. Not for:
 * signatures (provider/discord.h), sending (job/).
 *
 * A handler reads its options, calls the domains with b->ctx and b->tx, fills b->m, returns OK.
 * Any error becomes a private answer, one sentence from ctx_fail with a capital and a full
 * stop; everything it wrote is undone. Therefore the texts of the domains say what to do. They
 * are escaped as a whole: names go into ctx_fail as they are. */
#pragma once

#include "bot/message.h"
#include "provider/discord.h"
#include "race/race.h"
#include "user/member.h"
#include "user/right.h"

struct tx;

enum bot_how {
    BOT_PUBLIC,  /* everybody in the channel sees it */
    BOT_PRIVATE, /* only who asked */
    BOT_UPDATE,  /* replaces the message that the button sits on */
    BOT_LATER,   /* bot_defer: the answer comes through the outbox */
    BOT_MODAL,   /* bot_modal */
    BOT_CHOICES  /* autocomplete */
};

struct bot {
    struct ctx *ctx;
    struct tx *tx;
    const struct discord_ask *ask;
    struct member member; /* who asks; id 0: nobody we know, and bot_me was not called */
    unsigned rights;      /* enum right of that member */
    struct str actor;     /* "member:3", or "discord:4711" while there is no member */
    enum bot_how how;     /* begins as the command's row says */
    struct message *m;
    int64_t arg[4]; /* numbers of the custom_id: "join:128" gives arg[0] = 128 */
    size_t n_args;
    struct str what;    /* "/open", "button join": for the log */
    struct buf choices; /* JSON, made by bot_choice */
    size_t n_choices;
    struct buf modal; /* JSON, made by bot_modal and bot_input */
    size_t n_inputs;
    bool secret; /* a handler sets it: the answer is not kept, a repeat gets a sentence */
};

typedef enum err (*bot_fn)(struct bot *b);

/* The member who asks, made when there is none (identity_member). Rows with BOT_MEMBER or a
 * role have it already. E_DENIED: blocked. */
enum err bot_me(struct bot *b) MUST_USE;
/* The member behind a USER option. E_NOTFOUND "Bea has no account yet: ask them to use /link
 * once". E_INVALID when the option is absent or a bot. */
enum err bot_user(struct bot *b, const char *option, struct member *ret) MUST_USE;
/* The race an option or the situation names: option race, else arg[0] of a button, else the one
 * race in those states that the member sits in or hosts, else the only one in those states.
 * states: bits 1 << enum race_state. E_INVALID lists the candidates; E_CONFLICT says what state
 * it has instead. */
enum err bot_race(struct bot *b, unsigned states, struct race *ret) MUST_USE;
/* Host of that race, or staff. E_DENIED in words. */
enum err bot_need_host(struct bot *b, const struct race *r) MUST_USE;

/* Into the log of acts: who, which command or button, on what ("race:12"). For whatever changes
 * something. */
enum err bot_log(struct bot *b, struct str object, struct str detail) MUST_USE;

/* Empty when absent. Without signs that could make the text pass for another (point_clean). */
struct str bot_text(const struct bot *b, const char *option);
bool bot_has(const struct bot *b, const char *option);
int64_t bot_number(const struct bot *b, const char *option, int64_t otherwise);

/* A suggestion of autocomplete; at most 25 are kept. */
void bot_choice(struct bot *b, struct str name, struct str value);
/* The form of a modal: title (45), id ("code:12"), then one text input each. */
void bot_modal(struct bot *b, const char *title, const char *id_fmt, ...) PRINTF_LIKE(3, 4);
void bot_input(struct bot *b, const char *name, const char *label, bool long_text, bool need,
               int64_t min, int64_t max);
/* The answer needs a picture or time: "thinking …" now, the rest by the job "discord.later",
 * which calls the bot_later function of that name (commands.c) with payload in a reader's ctx.
 */
enum err bot_defer(struct bot *b, const char *what, struct str payload) MUST_USE;

/* The whole way: stored answer of a repeat, or the handler and a row in interaction. *ret_json
 * is the interaction response {"type":…}. OK also for refusals. */
enum err bot_answer(struct ctx *ctx, struct tx *tx, const struct discord_ask *ask,
                    struct str *ret_json) MUST_USE;
/* Forgets answers older than an hour. */
enum err bot_prune(struct ctx *ctx, struct tx *tx) MUST_USE;
