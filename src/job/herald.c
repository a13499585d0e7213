/* Which channel, edit or new, told already or not. Not for: drawing and hashing (parcel.c). */
#include "job/herald.h"

#include "base/conf.h"
#include "bot/cards.h"
#include "db/stmt.h"
#include "job/parcel.h"

enum {
    LEARN_MS = 1000, /* between two looks whether an answer has become a message */
    NO_MESSAGE = 10008,
    NO_DIRECT = 50007
};

/* One telling on its way. */
struct telling {
    const struct kinds_tools *tools;
    struct kinds_job *job;
    struct str token, topic, object;
};

/* These may happen again; all else is told once, and corrected where it stands. */
static bool
is_repeated(struct str topic)
{
    return str_eq_text(topic, "race.remind") || str_eq_text(topic, "race.contested") ||
           str_eq_text(topic, "race.fixed") || str_eq_text(topic, "payout.state");
}

static enum err
is_off(struct ctx *ctx, struct str channel, struct str topic, bool *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_parcel_off);
    enum err e;

    stmt_str(&s, ":channel", channel);
    stmt_str(&s, ":topic", topic);
    if (!(e = stmt_one(&s)))
        *ret = stmt_col_i64(&s, "n") > 0;
    return e;
}

/* Where a topic is told: where the race's card stands, or the channel of the settings; empty:
 * nowhere. */
static enum err
choose(struct ctx *ctx, const struct telling *t, struct str *ret)
{
    struct parcel_post card = {0};
    bool off = false;
    enum err e;

    *ret = str_starts(t->topic, STR("dispute.")) ? ctx->conf->discord.staff_channel
           : str_starts(t->topic, STR("alert.")) ? ctx->conf->discord.ops_channel
                                                 : ctx->conf->discord.races_channel;
    if (str_starts(t->topic, STR("race."))) {
        e = parcel_find(ctx, STR("race.card"), t->object, &card);
        if (e && e != E_NOTFOUND)
            return e;
        if (!e && card.channel.n)
            *ret = card.channel;
    }
    if (ret->n && (e = is_off(ctx, *ret, t->topic, &off)))
        return e;
    if (off)
        *ret = STR("");
    return OK;
}

static enum err
posted(struct ctx *ctx, const struct telling *t, struct str topic, const struct parcel *p,
       struct str channel, const struct json *body)
{
    struct parcel_post now = {
        .channel = channel, .message = json_str(json_get(body, "id")), .sha = p->sha};

    if (!now.message.n)
        return ctx_fail(ctx, E_UNCERTAIN, "Discord did not say which message it made");
    return parcel_posted(ctx, t->tools, topic, t->object, &now);
}

/* The nonce is the job's: a job that runs again makes the same message. Its number alone would
 * come again in a ledger that was restored. */
static enum err
post(struct ctx *ctx, struct telling *t, struct str topic, struct str channel,
     const struct message *m)
{
    struct discord_api_ask *ask = ARENA_NEW(ctx->arena, struct discord_api_ask);
    struct discord_api_answer answer;
    struct parcel p;
    enum err e;

    if ((e = parcel_pack(ctx, m,
                         str_of(arena_printf(ctx->arena, "ck-%lld-%llx", (long long)t->job->id,
                                             (unsigned long long)t->job->made & 0xffffffff)),
                         &p)) ||
        (e = discord_api_post(ctx, t->token, channel, &p.body, ask)) ||
        (e = parcel_send(ctx, t->tools, t->job, ask, &answer)))
        return e;
    if (answer.how == DISCORD_API_DONE)
        return posted(ctx, t, topic, &p, channel, answer.body);
    return answer.code == NO_DIRECT ? OK : parcel_refused(ctx, t->job, &answer);
}

static enum err
edit(struct ctx *ctx, struct telling *t, struct str topic, const struct parcel_post *old,
     const struct message *m)
{
    struct discord_api_ask *ask = ARENA_NEW(ctx->arena, struct discord_api_ask);
    struct discord_api_answer answer;
    struct parcel_post gone = {.channel = STR(""), .message = STR(""), .sha = STR("")};
    struct parcel p;
    enum err e;

    /* The answer of a command told it there, or somebody took it away. */
    if (!old->message.n)
        return OK;
    if ((e = parcel_sha(ctx, m, &p.sha)))
        return e;
    if (str_eq(p.sha, old->sha))
        return OK;
    if ((e = parcel_pack(ctx, m, STR(""), &p)) ||
        (e = discord_api_edit(ctx, t->token, old->channel, old->message, &p.body, ask)) ||
        (e = parcel_send(ctx, t->tools, t->job, ask, &answer)))
        return e;
    if (answer.how == DISCORD_API_DONE)
        return posted(ctx, t, topic, &p, old->channel, answer.body);
    /* Somebody took it away there: it is not ours to put back. */
    if (answer.code == NO_MESSAGE)
        return parcel_posted(ctx, t->tools, topic, t->object, &gone);
    return parcel_refused(ctx, t->job, &answer);
}

/* The answer of the command that opened a race is its card as soon as we know which message
 * that became. */
static enum err
is_learning(struct ctx *ctx, const struct telling *t, bool *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_parcel_learning);
    enum err e;

    stmt_str(&s, ":like",
             str_of(arena_printf(ctx->arena, "%%\"object\":\"%.*s\"%%", STR_ARG(t->object))));
    if (!(e = stmt_one(&s)))
        *ret = stmt_col_i64(&s, "n") > 0;
    return e;
}

/* Edits the card that stands; a race that was just opened gets one. Which message that is may
 * be about to change: that is waited for. */
static enum err
card(struct ctx *ctx, struct telling *t)
{
    struct str channel;
    struct message *m;
    struct parcel_post old;
    bool learning = false;
    enum err e;

    if ((e = is_learning(ctx, t, &learning)))
        return e;
    if (learning) {
        t->job->until = ctx_now(ctx) + LEARN_MS;
        return ctx_fail(ctx, E_BUSY, "an answer is about to become the card");
    }
    if ((e = cards_topic(ctx, STR("race.card"), t->object, &m)))
        return e;
    e = parcel_find(ctx, STR("race.card"), t->object, &old);
    if (!e)
        return edit(ctx, t, STR("race.card"), &old, m);
    if (e != E_NOTFOUND || !str_eq_text(t->topic, "race.opened"))
        return e == E_NOTFOUND ? OK : e;
    if ((e = choose(ctx, t, &channel)) || !channel.n)
        return e;
    return post(ctx, t, STR("race.card"), channel, m);
}

static enum err
line(struct ctx *ctx, struct telling *t)
{
    struct str channel, sha;
    struct message *m;
    struct parcel_post old;
    bool again = str_eq_text(t->topic, "race.settled");
    enum err e;

    /* The result as it was told, with the shares that it led to. */
    if (again)
        t->topic = STR("race.final");
    if ((e = choose(ctx, t, &channel)) || !channel.n)
        return e;
    if ((e = cards_topic(ctx, t->topic, t->object, &m)))
        return e;
    e = parcel_find(ctx, t->topic, t->object, &old);
    if (e && (e != E_NOTFOUND || again))
        return e;
    if (e || (old.channel.n && !str_eq(old.channel, channel)))
        return post(ctx, t, t->topic, channel, m);
    if (!old.message.n)
        return OK; /* the answer of a command told it there */
    if (!is_repeated(t->topic))
        return edit(ctx, t, t->topic, &old, m);
    if ((e = parcel_sha(ctx, m, &sha)))
        return e;
    return str_eq(sha, old.sha) ? OK : post(ctx, t, t->topic, channel, m);
}

static enum err
direct(struct ctx *ctx, struct telling *t)
{
    struct discord_api_ask *ask = ARENA_NEW(ctx->arena, struct discord_api_ask);
    struct discord_api_answer answer;
    struct parcel_post old;
    struct str subject, sha;
    struct message *m;
    enum err e;

    if ((e = cards_direct(ctx, t->topic, t->object, &subject, &m)))
        return e;
    e = parcel_find(ctx, t->topic, t->object, &old);
    if (!e && is_repeated(t->topic)) {
        if ((e = parcel_sha(ctx, m, &sha)) || str_eq(sha, old.sha))
            return e;
        e = E_NOTFOUND;
    }
    if (e != E_NOTFOUND)
        return e;
    if ((e = discord_api_direct(ctx, t->token, subject, ask)) ||
        (e = parcel_send(ctx, t->tools, t->job, ask, &answer)))
        return e;
    if (answer.how != DISCORD_API_DONE)
        return answer.code == NO_DIRECT ? OK : parcel_refused(ctx, t->job, &answer);
    return post(ctx, t, t->topic, json_str(json_get(answer.body, "id")), m);
}

/* What is not to be told any more is well done. */
static enum err
settled(struct ctx *ctx, enum err e)
{
    if (e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    return OK;
}

enum err
herald_run(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct telling t = {.tools = tools, .job = job};
    struct str rest = job->payload;
    enum err e;

    if ((e = outside_token(ctx, tools->out, &t.token)) || !t.token.n)
        return e;
    if (!str_split(&rest, ' ', &t.topic) || !rest.n) {
        job->never = true;
        return ctx_fail(ctx, E_INVALID, "a telling needs topic and object");
    }
    t.object = rest;
    if (str_starts(t.topic, STR("member.")) || str_starts(t.topic, STR("payout.")))
        return settled(ctx, direct(ctx, &t));
    if (str_eq_text(t.topic, "dj.queue"))
        return settled(ctx, card(ctx, &t));
    if (!str_eq_text(t.topic, "race.card") && !str_eq_text(t.topic, "race.opened") &&
        (e = settled(ctx, line(ctx, &t))))
        return e;
    return str_starts(t.topic, STR("race.")) ? settled(ctx, card(ctx, &t)) : OK;
}
