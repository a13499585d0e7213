/* What members decide about themselves: /notify, /link, /privacy. Not for: their money
 * (do_wallet.c). */
#include "bot/do.h"
#include "race/veil.h"
#include "user/identity.h"
#include "user/session.h"

enum { LINK_MINUTES = 10 };

/* In the order of their buttons. */
static const struct {
    const char *what, *words;
} notices[] = {
    {"reminder", "a reminder when your place is missing"},
    {"result",   "a result of yours that was corrected" },
    {"dispute",  "answers to your disputes"             },
    {"trophy",   "trophies that you won"                },
    {"payout",   "how your payouts go"                  },
    {"tip",      "tips for you as a DJ"                 }
};

static struct str
self(struct bot *b)
{
    return str_of(arena_printf(b->ctx->arena, "member:%lld", (long long)b->member.id));
}

static enum err
turn(struct bot *b, struct str what, bool on)
{
    enum err e = identity_notify_set(b->ctx, b->tx, b->member.id, what, on);

    return e ? e
             : bot_log(b, self(b),
                       str_of(arena_printf(b->ctx->arena, "%.*s %s", STR_ARG(what),
                                           on ? "on" : "off")));
}

static enum err
list_notices(struct bot *b)
{
    message_embed(b->m, MESSAGE_RACE, "What we tell you");
    for (size_t i = 0; i < ARRAY_SIZE(notices); i++) {
        bool on = true;
        enum err e = identity_notify_get(b->ctx, b->member.id, str_of(notices[i].what), &on);

        if (e)
            return e;
        message_line(b->m, "**%s**  %s: %s", on ? "on" : "off", notices[i].what,
                     notices[i].words);
        message_button(
            b->m, on ? MESSAGE_PLAIN : MESSAGE_GREEN,
            arena_printf(b->ctx->arena, "Turn %s %s", notices[i].what, on ? "off" : "on"),
            "notify:%zu:%d", i, !on);
    }
    message_footer(b->m, "Direct messages and mentions; channels are not changed by this");
    return OK;
}

enum err
do_self_notify(struct bot *b)
{
    enum err e = OK;

    if (bot_has(b, "what") != bot_has(b, "on"))
        return ctx_fail(b->ctx, E_INVALID,
                        "use both options, what and on, or neither to see the list");
    if (bot_has(b, "what"))
        e = turn(b, bot_text(b, "what"), bot_number(b, "on", 1) != 0);
    return e ? e : list_notices(b);
}

enum err
do_self_turn(struct bot *b)
{
    enum err e;

    if (b->arg[0] >= (int64_t)ARRAY_SIZE(notices) || b->arg[1] > 1)
        return ctx_fail(b->ctx, E_INVALID, "there is no such switch: use /notify again");
    e = turn(b, str_of(notices[b->arg[0]].what), b->arg[1] == 1);
    return e ? e : list_notices(b);
}

enum err
do_self_link(struct bot *b)
{
    struct str token;
    enum err e =
        session_link(b->ctx, b->tx, b->member.id, LINK_MINUTES * INT64_C(60000), &token);

    if (e || (e = bot_log(b, self(b), STR(""))))
        return e;
    b->secret = true;
    message_embed(b->m, MESSAGE_RACE, "Log in as %.*s",
                  STR_ARG(message_name(b->ctx, b->member.name)));
    message_line(b->m, "The button opens our website and logs you in there.");
    message_line(b->m, "It works once, for %d minutes. Give it to nobody.", LINK_MINUTES);
    message_link(b->m, "Log in", "/login/%.*s", STR_ARG(token));
    return OK;
}

static const char *const earnings[] = {"public", "members", "hidden"};
static const char *const earnings_words[] = {"everybody", "members who are logged in",
                                             "only you"};

static const char *const cashed[] = {"amount", "line", "hidden"};
static const char *const cashed_words[] = {"told with the amount", "told without the amount",
                                           "not told"};

static enum err
list_privacy(struct bot *b)
{
    struct identity_privacy p;
    enum err e = identity_privacy_get(b->ctx, b->member.id, &p);
    size_t now = 0, told = 1;

    if (e)
        return e;
    for (size_t i = 0; i < ARRAY_SIZE(earnings); i++)
        if (str_eq_text(p.earnings, earnings[i]))
            now = i;
    message_embed(b->m, MESSAGE_RACE, "Your privacy");
    if (p.hidden)
        message_line(b->m, "**Name**: hidden; everybody reads Racer %lld.",
                     (long long)b->member.id);
    else
        message_line(b->m, "**Name**: shown as %.*s.",
                     STR_ARG(message_name(b->ctx, b->member.name)));
    message_line(b->m, "**Sum of your earnings**: seen by %s.", earnings_words[now]);
    for (size_t i = 0; i < ARRAY_SIZE(cashed); i++)
        if (str_eq_text(p.payout, cashed[i]))
            told = i;
    message_line(b->m, "**A gift card that you got**: %s in the channel.", cashed_words[told]);
    message_line(b->m, "Results, shares of races and the ledger itself stay; messages in "
                       "channels that were sent before are not changed.");
    message_button(b->m, p.hidden ? MESSAGE_GREEN : MESSAGE_PLAIN,
                   p.hidden ? "Show my name" : "Hide my name", "hide:%d", !p.hidden);
    message_link(b->m, "Your account", "/me");
    for (size_t i = 0; i < ARRAY_SIZE(earnings); i++)
        if (i != now)
            message_button(b->m, MESSAGE_PLAIN,
                           arena_printf(b->ctx->arena, "Earnings: %s", earnings_words[i]),
                           "earnings:%zu", i);
    for (size_t i = 0; i < ARRAY_SIZE(cashed); i++)
        if (i != told)
            message_button(b->m, MESSAGE_PLAIN,
                           arena_printf(b->ctx->arena, "Payouts: %s", cashed_words[i]),
                           "cashed:%zu", i);
    return OK;
}

enum err
do_self_privacy(struct bot *b)
{
    return list_privacy(b);
}

static enum err
choose(struct bot *b, const struct identity_privacy *p)
{
    enum err e = veil_set(b->ctx, b->tx, b->member.id, p);

    if (e || (e = bot_log(
                  b, self(b),
                  str_of(arena_printf(b->ctx->arena, "hidden %d earnings %.*s payouts %.*s",
                                      p->hidden, STR_ARG(p->earnings), STR_ARG(p->payout))))))
        return e;
    return list_privacy(b);
}

enum err
do_self_hide(struct bot *b)
{
    struct identity_privacy p;
    enum err e = identity_privacy_get(b->ctx, b->member.id, &p);

    if (e)
        return e;
    if (b->arg[0] > 1)
        return ctx_fail(b->ctx, E_INVALID, "there is no such choice: use /privacy again");
    p.hidden = b->arg[0] == 1;
    return choose(b, &p);
}

enum err
do_self_earnings(struct bot *b)
{
    struct identity_privacy p;
    enum err e = identity_privacy_get(b->ctx, b->member.id, &p);

    if (e)
        return e;
    if (b->arg[0] >= (int64_t)ARRAY_SIZE(earnings))
        return ctx_fail(b->ctx, E_INVALID, "there is no such choice: use /privacy again");
    p.earnings = str_of(earnings[b->arg[0]]);
    return choose(b, &p);
}

enum err
do_self_cashed(struct bot *b)
{
    struct identity_privacy p;
    enum err e = identity_privacy_get(b->ctx, b->member.id, &p);

    if (e)
        return e;
    if (b->arg[0] >= (int64_t)ARRAY_SIZE(cashed))
        return ctx_fail(b->ctx, E_INVALID, "there is no such choice: use /privacy again");
    p.payout = str_of(cashed[b->arg[0]]);
    return choose(b, &p);
}
