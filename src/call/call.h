/* Asking the vault over its unix seqpacket socket: one message out, one answer back. Messages
 * longer than a packet go as several (u32 total length, u32 offset, bytes). Not for: deciding
 * what to ask.
 *
 * Answer messages are named "ok" or after the error ("E_CONFLICT"), with "why" for the person,
 * and the command's own fields. */
#pragma once

#include "call/msg.h"

enum { CALL_PACKET = 64 * 1024, CALL_HEAD = 8 };

struct call {
    const char *path;   /* the socket */
    int fd;             /* -1 while not connected; one connection a process, kept */
    int64_t timeout_ms; /* default 10,000; set it before the first question */
    struct str asked;   /* the question under way, in the asker's arena */
    int64_t until;      /* tick when it is given up */
    bool sent;
};

void call_init(struct call *c, const char *path);
void call_done(struct call *c);

/* Sends m and waits for the answer. When the vault goes away in between, connects again and
 * sends the same message again, for up to timeout_ms: so every command must carry its own
 * idempotency key (field "key"), or be harmless to repeat. Returns the answer's error with its
 * "why" in ctx; ret is filled in both cases. E_BUSY when the vault could not be reached in
 * time. */
enum err call_ask(struct ctx *ctx, struct call *c, const struct msg *m,
                  struct msg *ret) MUST_USE;

/* The same in two steps, for who has something else to do in between; one question at a time.
 * After call_begin c->fd is readable when the answer is there or the vault has gone; it is -1
 * when the vault was not to be reached. call_end then does what is left of call_ask; it waits
 * when it comes too early. ctx's arena must stay as it is between them. */
enum err call_begin(struct ctx *ctx, struct call *c, const struct msg *m) MUST_USE;
enum err call_end(struct ctx *ctx, struct call *c, struct msg *ret) MUST_USE;
