/* THE table of job kinds: what can stand in the outbox. Not for: when they run (runner.h). */
/* clang-format off */
/* kind            payload
 * live.rewrite    channel: "race/12"
 * tell            "topic object" (queue/tell.h)
 * card            "race 12", "season 2", "default": draws media/card/<kind>-<key>.png
 * discord.later   JSON {token, what, payload}: the rest of a deferred answer (bot_defer)
 * discord.learn   JSON {token, topic, object}: which message an answer became
 * avatar          "discord subject hash"
 * logo            sha of the bytes given
 * login.exchange  number of the login_try
 * mail            empty: every alert that no mail told yet
 * mail.old        number of a payout method whose address is used no more
 * pay             number of the payout
 * checkout        number of the checkout
 * giveback        number of the refund request
 * fee             "stripe pi_…": payment whose fee is asked
 * account         number of the method
 * paypal.cert     address of a certificate
 * check           "chain" or "whole": recomputes the books (recount.h)
 * compare         "stripe": reads a provider's list and balance (compare.h)
 */
/* clang-format on */
#pragma once

#include "call/call.h"
#include "job/bank.h"
#include "job/outside.h"
#include "job/push.h"
#include "queue/outbox.h"

/* What a kind of job may use. Nothing is sent while a transaction is open: jobs have none. */
struct kinds_tools {
    struct call *vault;
    struct push *push;   /* the live lane's, else NULL */
    struct outside *out; /* the talking lane's, else NULL */
    struct bank *bank;   /* one each of the lanes of money and books, else NULL */
};

/* One process each, so that none of them waits for what the others wait for. */
enum kinds_lane {
    KINDS_LIVE,  /* live files: never waits for anybody outside */
    KINDS_TALK,  /* Discord, pictures */
    KINDS_MONEY, /* shops and payments */
    KINDS_BOOKS, /* looks at the books and at the providers' lists, for as long as it takes */
    KINDS_LANES
};

struct kinds_job {
    int64_t id, tries, made; /* made: ms */
    struct str payload;
    /* What a kind may say with an error: */
    int64_t until; /* not the job's fault: again then, and it is no try */
    bool never;    /* trying again is of no use: a person looks at it now */
};

struct kinds_row {
    const char *name;
    enum kinds_lane lane;
    int64_t max_tries; /* of errors without until */
    int64_t keep_ms;   /* how long until may put it off, from when it was made */
    /* An error puts the job off; after max_tries it is dead and a person looks at it. */
    enum err (*run)(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job);
};

extern const struct kinds_row kinds_table[];
extern const size_t kinds_count;
/* NULL when there is none. */
const struct kinds_row *kinds_find(struct str name);
/* What a process of that lane takes; kinds that nobody knows fall to the live one, where they
 * die with an alert. */
struct outbox_lane kinds_of_lane(struct ctx *ctx, enum kinds_lane lane);
