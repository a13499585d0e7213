/* What every call carries: arena, world, settings, trace id, and the last failure. Not for:
 * options of one function. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/world.h"

struct conf;
struct db;

struct ctx {
    struct arena *arena;       /* request, command or job life */
    const struct world *world; /* never NULL */
    const struct conf *conf;   /* may be NULL in unit tests */
    struct db *db;             /* this process's ledger connection, NULL where it has none */
    char trace[33];            /* request id, hex, shown in log and answer */
    enum err fail;             /* code of the last ctx_fail */
    const char *fail_file;
    int fail_line;
    char fail_text[256]; /* one line, no secret, for the person who sent the input */
};

/* a must outlive the ctx; makes a fresh trace id. */
void ctx_init(struct ctx *c, struct arena *a, const struct world *w);
/* Takes another trace id, e.g. the one of the request that sent the command: 1 to 32 signs of
 * [0-9a-zA-Z-], otherwise the present one stays. */
void ctx_trace(struct ctx *c, struct str id);

/* Records where and why, and returns e: return ctx_fail(ctx, E_FUNDS, "wallet %lld short", …).
 */
#ifdef COZYKART_LINT
/* An analyzer that does not see into ctx_fail_at learns here that E_X comes back. */
#define ctx_fail(c, e, ...)                                                                    \
    ({                                                                                         \
        enum err ctx_e = ctx_fail_at((c), (e), __FILE__, __LINE__, __VA_ARGS__);               \
        (void)ctx_e;                                                                           \
        (e);                                                                                   \
    })
#else
#define ctx_fail(c, e, ...) ctx_fail_at((c), (e), __FILE__, __LINE__, __VA_ARGS__)
#endif
enum err ctx_fail_at(struct ctx *c, enum err e, const char *file, int line, const char *fmt,
                     ...) PRINTF_LIKE(5, 6) MUST_USE;
/* Adds a fact to the present failure ("seat 3: …" in front of the text). Never re-words it. */
void ctx_note(struct ctx *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Forgets the failure, before a fresh command in the same ctx. */
void ctx_clear(struct ctx *c);
/* The text of the last failure as a view; empty when there was none. */
struct str ctx_why(const struct ctx *c);

int64_t ctx_now(const struct ctx *c);
