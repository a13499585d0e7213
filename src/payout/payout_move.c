/* One step, one entry. See payout_move.h; postings: sql/FORMAT.md. */
#include "payout/payout_move.h"

#include "base/crypt.h"
#include "base/enc.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/journal.h"
#include "ledger/owed.h"
#include "payout/method.h"
#include "queue/outbox.h"
#include "queue/tell.h"

enum { KEY_BYTES = 6 };

struct str
payout_move_ref(struct ctx *ctx, int64_t id)
{
    return str_of(arena_printf(ctx->arena, "payout:%lld", (long long)id));
}

struct str
payout_move_money(struct ctx *ctx, int64_t cents)
{
    char *text = arena_alloc(ctx->arena, MONEY_TEXT);
    struct money m;

    if (money_make(cents, account_house_currency(ctx), &m) != OK)
        return STR("?");
    return str_of(money_show(m, text));
}

static enum err
write_row(struct ctx *ctx, const struct payout_ask *a, int64_t fee, struct str kind,
          struct str dest, int64_t *ret_id)
{
    unsigned char random[KEY_BYTES];
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_next);

        if ((e = stmt_one(&s)))
            return e;
        *ret_id = stmt_col_i64(&s, "id");
    }
    /* Another house may pay from the same account: our number alone would not do. */
    ctx->world->random(ctx->world->arg, random, sizeof random);
    struct str tail = enc_hex(ctx->arena, random, sizeof random);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_add);
    stmt_i64(&s, ":id", *ret_id);
    stmt_i64(&s, ":member", a->member_id);
    stmt_i64(&s, ":method", a->method_id);
    stmt_str(&s, ":kind", kind);
    stmt_str(&s, ":dest", dest);
    stmt_i64(&s, ":amount", a->amount);
    stmt_i64(&s, ":fee", fee);
    stmt_str(&s, ":key",
             str_of(arena_printf(ctx->arena, "payout-%lld-%.*s", (long long)*ret_id,
                                 STR_ARG(tail))));
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":actor", a->actor);
    return stmt_run(&s);
}

enum err
payout_move_open(struct ctx *ctx, const struct payout_ask *a, int64_t fee, struct str kind,
                 struct str dest, int64_t *ret_id)
{
    enum err e = write_row(ctx, a, fee, kind, dest, ret_id);

    if (e)
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_step_add);
    stmt_i64(&s, ":id", *ret_id);
    stmt_str(&s, ":state", STR("REQUESTED"));
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":why", STR(""));
    stmt_str(&s, ":actor", a->actor);
    stmt_null(&s, ":seq");
    return stmt_one(&s);
}

enum err
payout_move_load(struct ctx *ctx, int64_t id, struct payout_move *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_get);
    enum err e;

    stmt_i64(&s, ":id", id);
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no payout %lld", (long long)id);
    if (e)
        return e;
    *ret = (struct payout_move){
        .p = {.id = id,
              .member_id = stmt_col_i64(&s, "member_id"),
              .method_id = stmt_col_i64(&s, "method_id"),
              .amount = stmt_col_i64(&s, "amount"),
              .fee = stmt_col_i64(&s, "fee"),
              .member_name = stmt_col_str(&s, "name"),
              .method = stmt_col_str(&s, "kind"),
              .state = stmt_col_str(&s, "state"),
              .reason = stmt_col_str(&s, "reason"),
              .ref = stmt_col_str(&s, "ref"),
              .key = stmt_col_str(&s, "key"),
              .bank = stmt_col_str(&s, "bank"),
              .asked_at = stmt_col_i64(&s, "asked_at"),
              .changed_at = stmt_col_i64(&s, "changed_at"),
              .settled_at = stmt_col_i64(&s, "settled_at"),
              .first_at = stmt_col_i64(&s, "first_at"),
              .revealable = stmt_col_i64(&s, "hidden") != 0},
        .dest = stmt_col_str(&s, "dest"),
        .act = stmt_col_str(&s, "act"),
        .tries = stmt_col_i64(&s, "tries"),
        .turn = stmt_col_i64(&s, "turn"),
        .may_send = stmt_col_i64(&s, "may_send"),
        .heard_at = stmt_col_i64(&s, "heard_at"),
        .looks = stmt_col_i64(&s, "looks"),
        .lacks_at = stmt_col_i64(&s, "lacks_at"),
        .spent = stmt_col_i64(&s, "spent"),
        .staff_id = stmt_col_i64(&s, "staff_id"),
    };
    ret->p.to_words = method_words(ctx, ret->p.method, ret->dest);
    ret->p.by_staff =
        !str_eq(stmt_col_str(&s, "actor"),
                str_of(arena_printf(ctx->arena, "member:%lld", (long long)ret->p.member_id)));
    return OK;
}

static void
number_or_null(struct stmt *s, const char *name, int64_t v)
{
    if (v)
        stmt_i64(s, name, v);
    else
        stmt_null(s, name);
}

/* was: the state it must still have. */
static enum err
save(struct ctx *ctx, struct tx *tx, const struct payout_move *v, struct str was)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_save);
    const struct payout *p = &v->p;
    enum err e;

    BUG_IF(!tx->open);
    stmt_i64(&s, ":id", p->id);
    stmt_str(&s, ":was", was);
    stmt_str(&s, ":state", p->state);
    stmt_str(&s, ":ref", p->ref);
    stmt_str(&s, ":reason", p->reason);
    stmt_i64(&s, ":tries", v->tries);
    stmt_i64(&s, ":turn", v->turn);
    stmt_str(&s, ":act", v->act);
    stmt_i64(&s, ":may_send", v->may_send);
    stmt_i64(&s, ":heard", v->heard_at);
    stmt_i64(&s, ":looks", v->looks);
    stmt_i64(&s, ":lacks", v->lacks_at);
    stmt_i64(&s, ":spent", v->spent);
    number_or_null(&s, ":first", p->first_at);
    stmt_i64(&s, ":changed", p->changed_at);
    number_or_null(&s, ":settled", p->settled_at);
    number_or_null(&s, ":staff", v->staff_id);
    if (!(e = stmt_run(&s)) && db_changes(ctx->db) != 1)
        return ctx_fail(ctx, E_INTERNAL, "payout %lld is not as it was read", (long long)p->id);
    return e;
}

enum err
payout_move_save(struct ctx *ctx, struct tx *tx, const struct payout_move *v)
{
    return save(ctx, tx, v, v->p.state);
}

/* What the member does not see by themselves, having just pressed a button. */
static bool
is_told(const char *state)
{
    static const char *const told[] = {"SENT", "UNKNOWN", "SETTLED", "RETURNED"};

    for (size_t i = 0; i < ARRAY_SIZE(told); i++)
        if (str_eq_text(str_of(state), told[i]))
            return true;
    return false;
}

enum err
payout_move_step(struct ctx *ctx, struct tx *tx, struct payout_move *v, const char *state,
                 struct str why, struct str actor, int64_t seq)
{
    struct str was = v->p.state;
    int64_t n;
    enum err e;

    v->p.state = str_of(state);
    v->p.reason = why;
    v->p.changed_at = ctx_now(ctx);
    v->looks = 0;
    /* Only what is surely not sent waits for a balance. */
    if ((!str_eq_text(v->p.state, "SENDING") && (e = payout_lack_over(ctx, tx, v))) ||
        (e = save(ctx, tx, v, was)))
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_step_add);

        stmt_i64(&s, ":id", v->p.id);
        stmt_str(&s, ":state", v->p.state);
        stmt_i64(&s, ":at", v->p.changed_at);
        stmt_str(&s, ":why", why);
        stmt_str(&s, ":actor", actor);
        number_or_null(&s, ":seq", seq);
        if ((e = stmt_one(&s)))
            return e;
        n = stmt_col_i64(&s, "n");
    }
    return is_told(state) ? tell_add(ctx, tx, "payout.state", payout_move_ref(ctx, v->p.id), n)
                          : OK;
}

/* A line of an entry. */
struct line {
    struct str code;
    bool by_item;
    int64_t amount;
};

static enum err
post(struct ctx *ctx, struct tx *tx, const struct payout_move *v, const char *kind,
     const char *step, struct str actor, const struct line *line, size_t n, int64_t *ret_seq)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    const char *ccy = str_text(ctx->arena, account_house_currency(ctx));
    struct str ref = payout_move_ref(ctx, v->p.id);
    struct journal_done done;
    enum err e;

    journal_start(d, str_of(kind), STR("payout"),
                  str_of(arena_printf(ctx->arena, "%.*s:%s", STR_ARG(ref), step)),
                  ctx_now(ctx));
    d->request = crypt_sha256(d->key);
    d->ref = ref;
    d->actor = actor;
    for (size_t i = 0; i < n; i++) {
        int64_t id;

        if ((e = account_get(ctx, tx, line[i].code, ccy, &id)))
            return e;
        journal_add(d, id, line[i].by_item ? ref : STR(""), line[i].amount);
    }
    if ((e = journal_post(ctx, tx, d, &done)))
        return e;
    *ret_seq = done.replayed ? 0 : done.seq;
    return OK;
}

static struct str
wallet(struct ctx *ctx, const struct payout_move *v)
{
    return str_of(arena_printf(ctx->arena, "L:wallet:%lld", (long long)v->p.member_id));
}

/* Where the money of that method leaves from, or arrives. */
static struct str
purse(struct ctx *ctx, const struct payout_move *v)
{
    if (str_eq_text(v->p.method, "gift_card"))
        return STR("A:bank");
    if (str_eq_text(v->p.method, "store_credit"))
        return str_of(
            arena_printf(ctx->arena, "L:store_credit:%lld", (long long)v->p.member_id));
    return str_of(arena_printf(ctx->arena, "A:processor:%.*s", STR_ARG(v->p.method)));
}

enum err
payout_move_hold(struct ctx *ctx, struct tx *tx, const struct payout_move *v, struct str actor,
                 int64_t *ret_seq)
{
    const struct line line[] = {
        {wallet(ctx, v),              false,         v->p.amount},
        {STR("L:payout_in_flight"),          true, -v->p.amount}
    };

    return post(ctx, tx, v, "PAYOUT_HOLD", "hold", actor, line, ARRAY_SIZE(line), ret_seq);
}

enum err
payout_move_sent(struct ctx *ctx, struct tx *tx, const struct payout_move *v, struct str actor,
                 int64_t *ret_seq)
{
    const struct line line[] = {
        {STR("L:payout_in_flight"), true, v->p.amount },
        {STR("L:payout_sent"),      true, -v->p.amount}
    };

    return post(ctx, tx, v, "PAYOUT_SENT", "sent", actor, line, ARRAY_SIZE(line), ret_seq);
}

enum err
payout_move_settled(struct ctx *ctx, struct tx *tx, const struct payout_move *v,
                    struct str actor, int64_t *ret_seq)
{
    /* What the member bears pays a part of what it costs us. */
    const struct line line[] = {
        {STR("L:payout_sent"), true, v->p.amount         },
        {purse(ctx,            v),   false,                -(v->p.amount - v->p.fee)},
        {STR("E:payout_fees"),                    false,     -v->p.fee}
    };

    return post(ctx, tx, v, "PAYOUT_SETTLED", "settled", actor, line, v->p.fee ? 3 : 2,
                ret_seq);
}

enum err
payout_move_cost(struct ctx *ctx, struct tx *tx, const struct payout_move *v, int64_t cents,
                 struct str actor)
{
    const struct line line[] = {
        {STR("E:payout_fees"), false, cents },
        { purse(ctx,                  v), false, -cents}
    };
    int64_t seq;

    return post(ctx, tx, v, "PAYOUT_FEE", "fee", actor, line, ARRAY_SIZE(line), &seq);
}

enum err
payout_move_was_taken(struct ctx *ctx, const struct payout_move *v, bool *ret)
{
    int64_t bal;
    enum err e =
        account_item_balance(ctx, STR("L:payout_sent"), payout_move_ref(ctx, v->p.id), &bal);

    *ret = !e && bal != 0;
    return e;
}

enum err
payout_move_back(struct ctx *ctx, struct tx *tx, const struct payout_move *v, const char *kind,
                 struct str actor, int64_t *ret_seq)
{
    bool settled = str_eq_text(str_of(kind), "PAYOUT_RETURNED"), taken;
    struct line line[3] = {
        {wallet(ctx, v), false, -v->p.amount}
    };
    size_t n = 2;
    enum err e = payout_move_was_taken(ctx, v, &taken);

    if (e)
        return e;
    if (settled) {
        line[1] = (struct line){purse(ctx, v), false, v->p.amount - v->p.fee};
        line[2] = (struct line){STR("E:payout_fees"), false, v->p.fee};
        n = v->p.fee ? 3 : 2;
    } else {
        line[1] = (struct line){taken ? STR("L:payout_sent") : STR("L:payout_in_flight"), true,
                                v->p.amount};
    }
    e = post(ctx, tx, v, kind,
             settled                                         ? "returned"
             : str_eq_text(str_of(kind), "PAYOUT_CANCELLED") ? "cancelled"
                                                             : "failed",
             actor, line, n, ret_seq);
    return e ? e : owed_recover(ctx, tx, v->p.member_id);
}

enum err
payout_move_job(struct ctx *ctx, struct tx *tx, const struct payout_move *v, int64_t at)
{
    struct str payload = str_of(arena_printf(ctx->arena, "%lld", (long long)v->p.id));
    int64_t n;
    bool waits;
    enum err e = outbox_is_due(ctx, STR("pay"), payload, &waits);

    if (e || waits)
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_step_last);

        stmt_i64(&s, ":id", v->p.id);
        if ((e = stmt_one(&s)))
            return e;
        n = stmt_col_i64(&s, "n");
    }
    return outbox_add(
        ctx, tx, STR("pay"),
        str_of(arena_printf(ctx->arena, "payout:%lld:%lld:%lld:%lld", (long long)v->p.id,
                            (long long)n, (long long)v->turn, (long long)v->looks)),
        payload, at);
}
