/* The way to Discord for the kinds of jobs: one client, the secrets, and when not to ask:
 * limits that Discord told us, and times when it does not answer. Not for: what is asked
 * (provider/discord_api.h), what the jobs do (herald.c and its neighbours). */
#pragma once

#include "base/ctx.h"
#include "provider/discord_api.h"

struct outside;

enum err outside_open(struct ctx *ctx, struct arena *process, struct outside **ret) MUST_USE;
void outside_close(struct outside *o);

/* The bot's token; empty while Discord is not set up (then jobs for it have nothing to do). It
 * is read from its file each time: a wrong token is put right without a restart. */
enum err outside_token(struct ctx *ctx, struct outside *o, struct str *ret) MUST_USE;
/* The secret of logins, likewise. */
enum err outside_secret(struct ctx *ctx, struct str *ret) MUST_USE;

/* Asks, unless it is clear that the answer would be "not now". OK: ret->how is DONE or NEVER.
 * E_REMOTE: later; *ret_until (ms) says when, and ctx why. While one route rests others go on;
 * while Discord does not answer nobody asks but one, at growing distances up to a minute. */
enum err outside_ask(struct ctx *ctx, struct outside *o, const struct discord_api_ask *ask,
                     struct discord_api_answer *ret, struct str *ret_bytes,
                     int64_t *ret_until) MUST_USE;
