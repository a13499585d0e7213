/* One transaction for many commands. Not for: what they do (table.c), sockets (loop.c). */
#include "vault/batch.h"

#include "base/err.h"
#include "base/log.h"
#include "db/db.h"
#include "db/tx.h"
#include "user/session.h"
#include "vault/attempt.h"
#include "vault/gauge.h"
#include "vault/pulse.h"

enum { KEY_MAX = 200, EXIT_AGAIN = 70 };

struct run {
    struct ctx *ctx;
    struct arena *keep;
    struct tx tx;
    bool open; /* a transaction was begun */
    bool room;
    bool poke;
};

NORETURN static void
give_up(struct ctx *ctx, const char *at)
{
    log_line(LOG_ERROR, "event=exit at=%s err=%.*s why=\"%s\"", at,
             STR_ARG(err_info(ctx->fail)->name), ctx->fail_text);
    ctx->world->die(ctx->world->arg, EXIT_AGAIN);
    base_bug("world->die came back", __FILE__, __LINE__);
}

static struct str
encode(struct ctx *ctx, const struct msg *m)
{
    struct str bytes;

    BUG_IF(msg_encode(ctx, m, &bytes) != OK);
    return bytes;
}

struct str
batch_refusal(struct ctx *ctx, struct arena *keep, enum err e)
{
    struct msg m;

    msg_init(&m, err_info(e)->name);
    msg_add_str(&m, "why", ctx_why(ctx));
    return str_dup(keep, encode(ctx, &m));
}

/* Undoes one command. A transaction that is gone as a whole is seen by the caller. */
static void
undo(struct run *r)
{
    enum err was = r->ctx->fail;
    char why[sizeof r->ctx->fail_text];

    memcpy(why, r->ctx->fail_text, sizeof why);
    if (!tx_lost(&r->tx) && tx_undo(&r->tx) != OK && !tx_lost(&r->tx))
        give_up(r->ctx, "undo");
    r->ctx->fail = was;
    memcpy(r->ctx->fail_text, why, sizeof why);
}

/* Runs it and keeps or undoes what it did; the answer is encoded in any case. */
static enum err
apply(struct run *r, const struct vault_command *c, const struct vault_actor *who,
      const struct msg *in, struct str *ret_answer)
{
    struct ctx *ctx = r->ctx;
    struct msg *out = ARENA_NEW(ctx->arena, struct msg);
    enum err e;

    msg_init(out, STR("ok"));
    if ((e = c->run(ctx, &r->tx, who, in, out)) || (e = msg_encode(ctx, out, ret_answer)))
        *ret_answer = batch_refusal(ctx, ctx->arena, e);
    return e;
}

/* The refusal itself is told to the caller; what it leaves behind must not change it. */
static void
run_refused(struct run *r, const struct vault_command *c)
{
    enum err was = r->ctx->fail;
    char why[sizeof r->ctx->fail_text];

    memcpy(why, r->ctx->fail_text, sizeof why);
    if (c->refused && !tx_lost(&r->tx) && tx_save(&r->tx) == OK) {
        if (c->refused(r->ctx, &r->tx) != OK)
            undo(r);
        else if (tx_keep(&r->tx) != OK && !tx_lost(&r->tx))
            give_up(r->ctx, "keep");
    }
    if (tx_lost(&r->tx))
        return;
    r->ctx->fail = was;
    memcpy(r->ctx->fail_text, why, sizeof why);
}

static enum err
run_keyed(struct run *r, const struct vault_command *c, const struct vault_actor *who,
          const struct msg *in, struct str *ret_answer)
{
    struct ctx *ctx = r->ctx;
    struct sha256 asked;
    struct str key;
    enum err e, kept;

    if ((e = msg_text(ctx, in, "key", 1, KEY_MAX, &key)))
        return *ret_answer = batch_refusal(ctx, ctx->arena, e), e;
    asked = attempt_hash(ctx->arena, in);
    e = attempt_find(ctx, who, in, key, &asked, ret_answer);
    if (e == OK)
        return OK;
    if (e != E_NOTFOUND)
        return *ret_answer = batch_refusal(ctx, ctx->arena, e), e;
    if ((e = tx_save(&r->tx)))
        return *ret_answer = batch_refusal(ctx, ctx->arena, e), e;
    e = apply(r, c, who, in, ret_answer);
    if (e) {
        undo(r);
        run_refused(r, c);
        if (tx_lost(&r->tx) || !attempt_is_final(e))
            return e;
    }
    kept = attempt_add(ctx, &r->tx, who, in, key, &asked, *ret_answer);
    if (kept) {
        *ret_answer = batch_refusal(ctx, ctx->arena, kept);
        if (!e)
            undo(r);
        return kept;
    }
    if (!e && (e = tx_keep(&r->tx)) && !tx_lost(&r->tx))
        give_up(ctx, "keep");
    return e;
}

static enum err
run_plain(struct run *r, const struct vault_command *c, const struct vault_actor *who,
          const struct msg *in, struct str *ret_answer)
{
    enum err e;

    if ((e = tx_save(&r->tx)))
        return *ret_answer = batch_refusal(r->ctx, r->ctx->arena, e), e;
    if ((e = apply(r, c, who, in, ret_answer))) {
        undo(r);
        run_refused(r, c);
    } else if ((e = tx_keep(&r->tx)) && !tx_lost(&r->tx)) {
        give_up(r->ctx, "keep");
    }
    return e;
}

/* The command behind a message, when this caller may ask for it now. */
static enum err
admit(struct run *r, const struct batch_item *item, struct msg *in,
      const struct vault_command **ret)
{
    struct ctx *ctx = r->ctx;
    const struct vault_command *c;
    enum err e;

    if ((e = msg_decode(ctx, item->bytes, in)))
        return e;
    ctx_trace(ctx, msg_opt(in, "trace"));
    if (!(c = table_find(in->name)))
        return ctx_fail(ctx, E_NOTFOUND, "there is no command %.*s", STR_ARG(in->name));
    if (!(c->from & item->who.from))
        return ctx_fail(ctx, E_DENIED, "%s cannot be asked for through this socket", c->name);
    if (!c->reads && !r->room)
        return ctx_fail(ctx, E_FULL, "the disk is full");
    *ret = c;
    return OK;
}

/* Before the first answer to a key is looked for: who logs in again gets another one. */
static enum err
login_good(struct ctx *ctx, const struct vault_command *c, const struct msg *in)
{
    enum session_trust need = c->from & LOGIN_FRESH   ? SESSION_FRESH
                              : c->from & LOGIN_MONEY ? SESSION_MONEY
                                                      : SESSION_KNOWN;

    return need == SESSION_KNOWN ? OK : session_need(ctx, msg_opt(in, "session"), need);
}

static void
note(struct ctx *ctx, const struct batch_item *item, struct str name, enum err e, int64_t ms)
{
    bool often = str_eq_text(name, "hook.take") || str_eq_text(name, "vault.ping") ||
                 item->who.from == FROM_JOBS;

    if (often && e != E_INTERNAL)
        return;
    log_line(e == E_INTERNAL ? LOG_ERROR : LOG_INFO,
             "event=command name=%.*s actor=%.*s trace=%s result=%.*s ms=%lld at=%s:%d "
             "why=\"%s\"",
             STR_ARG(name), STR_ARG(item->who.text), ctx->trace,
             STR_ARG(e ? err_info(e)->name : STR("ok")), (long long)ms,
             e && ctx->fail_file ? ctx->fail_file : "-", e ? ctx->fail_line : 0,
             err_is_ours(e) ? ctx->fail_text : "");
}

static void
run_one(struct run *r, struct batch_item *item)
{
    struct ctx *ctx = r->ctx;
    const struct vault_command *c = NULL;
    int64_t from = ctx->world->tick_ms(ctx->world->arg);
    struct str answer = STR_NULL;
    struct msg *in;
    enum err e;

    arena_reset(ctx->arena);
    ctx_clear(ctx);
    in = ARENA_NEW(ctx->arena, struct msg);
    e = admit(r, item, in, &c);
    if (c && !c->reads && !r->open) {
        e = tx_begin(ctx, &r->tx);
        r->open = !e;
    }
    if (!e && c)
        e = login_good(ctx, c, in);
    if (e || !c)
        answer = batch_refusal(ctx, ctx->arena, e);
    else if (c->reads)
        e = apply(r, c, &item->who, in, &answer);
    else if (c->keyed)
        e = run_keyed(r, c, &item->who, in, &answer);
    else
        e = run_plain(r, c, &item->who, in, &answer);
    item->answer = str_dup(r->keep, answer);
    /* What only the runner of jobs asks for is no news to it. */
    if (!e && c && !c->reads && c->from != FROM_JOBS)
        r->poke = true;
    if (e)
        gauge_refused();
    note(ctx, item, c ? str_of(c->name) : STR("?"), e,
         ctx->world->tick_ms(ctx->world->arg) - from);
}

void
batch_refuse(struct ctx *ctx, struct arena *keep, enum err e, struct batch_item *item, size_t n)
{
    for (size_t i = 0; i < n; i++)
        item[i].answer = batch_refusal(ctx, keep, e);
}

static void
commit(struct run *r, size_t n)
{
    const struct world *w = r->ctx->world;
    int64_t from = w->tick_ms(w->arg);

    if (tx_commit(&r->tx) != OK)
        give_up(r->ctx, "commit");
    gauge_commit(n, w->tick_ms(w->arg) - from);
}

/* On a full disk SQLite rolls the whole transaction back by itself: nothing of any command is
 * left, and all are told so. */
static bool
stands(struct run *r, bool ridden, struct batch_item *item, size_t n)
{
    bool broken = db_broken(r->ctx->db);

    if (!broken && ridden && !(r->open && tx_lost(&r->tx)))
        return true;
    if (broken || r->ctx->fail != E_FULL)
        give_up(r->ctx, "command");
    batch_refuse(r->ctx, r->keep, E_FULL, item, n);
    return false;
}

bool
batch_run(struct ctx *ctx, struct arena *keep, bool room, struct batch_item *item, size_t n)
{
    struct run r = {.ctx = ctx, .keep = keep, .room = room};

    for (size_t i = 0; i < n; i++) {
        run_one(&r, &item[i]);
        if (!stands(&r, true, item, n))
            return false;
    }
    if (r.open && !stands(&r, pulse_ride(ctx, &r.tx), item, n))
        return false;
    if (r.open)
        commit(&r, n);
    return r.poke;
}
