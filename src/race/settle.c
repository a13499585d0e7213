/* Settlement and void. See settle.h; the text of the entries: sql/FORMAT.md. */
#include "race/settle.h"

#include "base/buf.h"
#include "base/crypt.h"
#include "contest/state.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/journal.h"
#include "ledger/owed.h"
#include "ledger/split.h"
#include "queue/live.h"
#include "race/line.h"
#include "race/news.h"
#include "race/part.h"
#include "race/place.h"
#include "race/refund.h"
#include "race/take.h"

enum { META_MAX = 16384, MEMBERS_MAX = 64, STINTS_MAX = 4, SALES_MAX = 20000 };

/* An entry while it is being made. */
struct work {
    struct journal_draft d;
    struct buf meta;
    const char *ccy;
    size_t n; /* members who got something available */
    int64_t member[MEMBERS_MAX];
};

/* Amount for a member's account, credit positive. */
static enum err
give(struct ctx *ctx, struct tx *tx, struct work *w, const char *prefix, int64_t member_id,
     int64_t cents)
{
    int64_t id;
    size_t i = 0;

    if (!cents)
        return OK;
    while (i < w->n && w->member[i] != member_id)
        i++;
    if (i == w->n && w->n < MEMBERS_MAX)
        w->member[w->n++] = member_id;
    enum err e = account_of(ctx, tx, prefix, member_id, w->ccy, &id);
    if (!e)
        journal_add(&w->d, id, STR(""), -cents);
    return e;
}

static struct str
race_item(struct ctx *ctx, int64_t race)
{
    return str_of(arena_printf(ctx->arena, "race:%lld", (long long)race));
}

/* The next free key: base, then base:2, base:3, … */
static enum err
next_key(struct ctx *ctx, struct str base, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_settle_keys);
    stmt_str(&s, ":key", base);
    stmt_str(&s, ":from", str_of(arena_printf(ctx->arena, "%.*s:", STR_ARG(base))));
    stmt_str(&s, ":to", str_of(arena_printf(ctx->arena, "%.*s;", STR_ARG(base))));
    enum err e = stmt_one(&s);
    if (e)
        return e;
    int64_t n = stmt_col_i64(&s, "n");
    *ret = n ? str_of(arena_printf(ctx->arena, "%.*s:%lld", STR_ARG(base), (long long)n + 1))
             : base;
    return OK;
}

static enum err
start(struct ctx *ctx, struct work *w, const char *kind, struct str key, int64_t race,
      struct str actor)
{
    struct str free_key;
    enum err e = next_key(ctx, key, &free_key);

    if (e)
        return e;
    journal_start(&w->d, str_of(kind), STR("race"), free_key, ctx_now(ctx));
    w->d.ref = race_item(ctx, race);
    w->d.actor = actor;
    w->meta = buf_new(ctx->arena, META_MAX);
    w->ccy = str_text(ctx->arena, race_currency(ctx));
    w->n = 0;
    return OK;
}

/* Posts it, unless there was no money in it. */
static enum err
post(struct ctx *ctx, struct tx *tx, struct work *w, int64_t *ret_seq)
{
    struct journal_done done;
    bool empty = true;

    for (size_t i = 0; i < w->d.n; i++)
        empty = empty && w->d.line[i].amount == 0;
    *ret_seq = 0;
    if (empty)
        return OK;
    BUG_IF(buf_err(&w->meta));
    w->d.meta = buf_str(&w->meta);
    w->d.request = crypt_sha256(w->d.meta);
    enum err e = journal_post(ctx, tx, &w->d, &done);
    if (!e)
        *ret_seq = done.seq;
    return e;
}

struct sums {
    size_t n;
    int64_t member[MEMBERS_MAX], cents[MEMBERS_MAX];
};

static enum err
read_sums(struct ctx *ctx, enum sql which, int64_t race, int64_t seat, struct sums *ret)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, which);

    ret->n = 0;
    stmt_i64(&s, ":race", race);
    if (seat)
        stmt_i64(&s, ":seat", seat);
    while ((e = stmt_row(&s)) == OK) {
        BUG_IF(ret->n == MEMBERS_MAX);
        ret->member[ret->n] = stmt_col_i64(&s, "member_id");
        ret->cents[ret->n++] = stmt_col_i64(&s, "cents");
    }
    return e == E_NOTFOUND ? OK : e;
}

static enum err
read_waiting(struct ctx *ctx, int64_t race, int64_t *ret)
{
    int64_t bal;
    enum err e = account_item_balance(ctx, STR("L:pool"), race_item(ctx, race), &bal);

    if (!e)
        *ret = -bal;
    return e;
}

/* Place lines, and their money for seats with one driver (or all seats, when stints do not
 * count). */
static enum err
places(struct ctx *ctx, struct tx *tx, struct work *w, const struct race *r, int64_t waiting,
       bool stints, struct place_list *l)
{
    enum err e = place_cut(ctx, waiting, l);

    for (size_t i = 0; !e && i < l->n; i++) {
        const struct place *p = &l->one[i];
        int64_t n_stints = 1;
        buf_printf(&w->meta, "place no=%lld seat=%lld member=%lld weight=%lld paid=%lld\n",
                   (long long)p->no, (long long)p->seat, (long long)p->member_id,
                   (long long)p->weight, (long long)p->paid);
        for (size_t k = 0; k < r->n_seats; k++)
            if (r->seat[k].no == p->seat)
                n_stints = r->seat[k].n_stints;
        if (!stints || n_stints < 2)
            e = give(ctx, tx, w, "L:wallet:", p->member_id, p->paid);
    }
    return e;
}

/* A seat of several drivers: its shares and its place money, cut by rounds driven. */
static enum err
cut_seat(struct ctx *ctx, struct tx *tx, struct work *w, const struct race *r,
         const struct race_seat *seat, const struct place_list *l)
{
    struct sums own;
    int64_t money = 0, rounds[STINTS_MAX], paid[STINTS_MAX];
    enum err e = read_sums(ctx, SQL_settle_seat_members, r->id, seat->no, &own);

    if (e)
        return e;
    for (size_t i = 0; r->clear_h && i < own.n; i++)
        money += own.cents[i];
    for (size_t i = 0; i < l->n; i++)
        if (l->one[i].seat == seat->no)
            money += l->one[i].paid;
    place_rounds(seat, r->rounds, rounds);
    if ((e = split_largest(money, rounds, (size_t)seat->n_stints, paid)))
        return ctx_fail(ctx, e, "seat %lld cannot be cut by rounds", (long long)seat->no);
    for (int64_t i = 0; !e && i < seat->n_stints; i++) {
        buf_printf(&w->meta, "stint seat=%lld member=%lld rounds=%lld paid=%lld\n",
                   (long long)seat->no, (long long)seat->stint[i].member_id,
                   (long long)rounds[i], (long long)paid[i]);
        e = give(ctx, tx, w, "L:wallet:", seat->stint[i].member_id, paid[i]);
    }
    return e;
}

/* Shares of seats with one driver go to whoever holds them. */
static enum err
keep_seat(struct ctx *ctx, struct tx *tx, struct work *w, const struct race *r,
          const struct race_seat *seat)
{
    struct sums own;
    enum err e = read_sums(ctx, SQL_settle_seat_members, r->id, seat->no, &own);

    for (size_t i = 0; !e && i < own.n; i++)
        e = give(ctx, tx, w, "L:wallet:", own.member[i], own.cents[i]);
    return e;
}

/* First settlement: everything of the race. */
static enum err
settle_all(struct ctx *ctx, struct tx *tx, struct work *w, const struct race *r)
{
    struct sums sums = {0};
    struct place_list l;
    int64_t waiting, shares = 0;
    enum err e;

    if ((e = read_waiting(ctx, r->id, &waiting)) ||
        (r->clear_h && (e = read_sums(ctx, SQL_settle_members, r->id, 0, &sums))))
        return e;
    for (size_t i = 0; i < sums.n; i++)
        shares += sums.cents[i];
    buf_printf(&w->meta, "settle race=%lld waiting=%lld shares=%lld\n", (long long)r->id,
               (long long)waiting, (long long)shares);
    place_weigh(r, &l);
    if ((e = places(ctx, tx, w, r, waiting, true, &l)))
        return e;
    for (size_t i = 0; !e && i < r->n_seats; i++) {
        if (r->seat[i].n_stints > 1)
            e = cut_seat(ctx, tx, w, r, &r->seat[i], &l);
        else if (r->clear_h)
            e = keep_seat(ctx, tx, w, r, &r->seat[i]);
    }
    for (size_t i = 0; !e && i < sums.n; i++) {
        buf_printf(&w->meta, "release member=%lld cents=%lld\n", (long long)sums.member[i],
                   (long long)sums.cents[i]);
        e = give(ctx, tx, w, "L:wallet_pending:", sums.member[i], -sums.cents[i]);
    }
    if (e)
        return e;
    int64_t pool;
    if (waiting && !(e = account_get(ctx, tx, STR("L:pool"), w->ccy, &pool)))
        journal_add(&w->d, pool, race_item(ctx, r->id), waiting);
    return e;
}

static enum err
recover_all(struct ctx *ctx, struct tx *tx, const struct work *w)
{
    for (size_t i = 0; i < w->n; i++) {
        enum err e = owed_recover(ctx, tx, w->member[i]);
        if (e)
            return e;
    }
    return OK;
}

/* What waited has gone to places: the card and the picture show other shares than before. */
static enum err
say(struct ctx *ctx, struct tx *tx, int64_t race)
{
    struct str data = str_of(
        arena_printf(ctx->arena, "{\"race\":%lld,\"state\":\"SETTLED\"}", (long long)race));
    enum err e =
        live_add(ctx, tx, str_of(arena_printf(ctx->arena, "race/%lld", (long long)race)),
                 STR("race.settled"), data);

    if (e || (e = live_add(ctx, tx, STR("home"), STR("race.settled"), data)))
        return e;
    return news_tell(ctx, tx, race, "race.settled");
}

enum err
settle_race(struct ctx *ctx, struct tx *tx, int64_t race)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    struct work *w = ARENA_NEW(ctx->arena, struct work);
    int64_t seq;
    enum err e = race_get(ctx, race, r);

    if (e)
        return e;
    if (r->state != RACE_FINAL || ctx_now(ctx) < r->closed_at + r->clear_h * INT64_C(3600000))
        return ctx_fail(ctx, E_CONFLICT, "race %lld cannot be settled yet", (long long)race);
    if ((e = start(ctx, w, "RACE_SETTLE",
                   str_of(arena_printf(ctx->arena, "settle:race:%lld", (long long)race)), race,
                   STR("clock"))) ||
        (e = settle_all(ctx, tx, w, r)) || (e = post(ctx, tx, w, &seq)))
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_settle_to_settled);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":at", ctx_now(ctx));
        if ((e = stmt_run(&s)))
            return e;
    }
    if ((e = state_step(ctx, tx, STR("race"), race, STR("FINAL"), STR("SETTLED"), STR("clock"),
                        STR(""))) ||
        (e = recover_all(ctx, tx, w)))
        return e;
    return say(ctx, tx, race);
}

enum err
settle_late(struct ctx *ctx, struct tx *tx, int64_t race, const struct settle_release *rel,
            size_t n)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    struct work *w = ARENA_NEW(ctx->arena, struct work);
    struct place_list l;
    int64_t waiting, shares = 0, seq, pool;
    enum err e;

    if ((e = read_waiting(ctx, race, &waiting)) || (!waiting && !n))
        return e;
    if ((e = race_get(ctx, race, r)) ||
        (e = start(ctx, w, "RACE_SETTLE",
                   str_of(arena_printf(ctx->arena, "settle:race:%lld", (long long)race)), race,
                   STR("clock"))))
        return e;
    for (size_t i = 0; i < n; i++)
        shares += rel[i].cents;
    buf_printf(&w->meta, "settle race=%lld waiting=%lld shares=%lld\n", (long long)race,
               (long long)waiting, (long long)shares);
    place_weigh(r, &l);
    if ((e = places(ctx, tx, w, r, waiting, false, &l)))
        return e;
    for (size_t i = 0; i < n; i++) {
        buf_printf(&w->meta, "release member=%lld cents=%lld\n", (long long)rel[i].member_id,
                   (long long)rel[i].cents);
        if ((e = give(ctx, tx, w, "L:wallet_pending:", rel[i].member_id, -rel[i].cents)) ||
            (e = give(ctx, tx, w, "L:wallet:", rel[i].member_id, rel[i].cents)))
            return e;
    }
    if (waiting) {
        if ((e = account_get(ctx, tx, STR("L:pool"), w->ccy, &pool)))
            return e;
        journal_add(&w->d, pool, race_item(ctx, race), waiting);
    }
    if ((e = post(ctx, tx, w, &seq)))
        return e;
    return recover_all(ctx, tx, w);
}

/* Why a sale's money leaves a race: the entry's kind and the first word of its meta, and what
 * that line says at its end. */
struct leave {
    const char *kind, *word, *more;
    int64_t more_is, at; /* at 0: now */
};

/* What is left of one sale's shares in the race goes back to the house. */
static enum err
leave_race(struct ctx *ctx, struct tx *tx, int64_t race, int64_t sale_id,
           const struct leave *why, struct str actor)
{
    struct parts *p = ARENA_NEW(ctx->arena, struct parts);
    struct work *w = ARENA_NEW(ctx->arena, struct work);
    struct buf lines = buf_new(ctx->arena, META_MAX);
    const struct take how = {.n = 0};
    int64_t back = 0, seq, id;
    size_t n = 0;
    enum err e = part_load_sale(ctx, sale_id, p);

    if (e)
        return e;
    for (size_t i = 0; i < p->n; i++)
        if (p->part[i].kind <= PART_POOL && p->part[i].race_id == race) {
            p->part[n] = p->part[i];
            /* What a dispute froze left the seat's row: it stays with the dispute. */
            p->part[n].back =
                p->part[n].kind == PART_WALLET ? p->part[n].share : p->part[n].left;
            back += p->part[n++].back;
        }
    p->n = n;
    if (!back)
        return OK;
    struct str key = str_of(arena_printf(ctx->arena, "%s:race:%lld:sale:%lld", why->word,
                                         (long long)race, (long long)sale_id));
    if ((e = start(ctx, w, why->kind, key, race, actor)) ||
        (e = take_debit(ctx, tx, &w->d, p, &how, &lines)) ||
        (e = part_line(ctx, tx, &w->d, p, STR("I:house:merch"), STR(""), -back)))
        return e;
    buf_printf(&w->meta, "%s race=%lld sale=%lld back=%lld", why->word, (long long)race,
               (long long)sale_id, (long long)back);
    if (why->at)
        w->d.effective_at = why->at;
    if (why->more)
        buf_printf(&w->meta, " %s=%lld", why->more, (long long)why->more_is);
    buf_add_char(&w->meta, '\n');
    if ((e = post(ctx, tx, w, &seq)))
        return e;
    struct line_refund row = {
        .provider = p->provider,
        .payment = p->payment,
        .kind = "void",
        .object = race_item(ctx, race),
        .state = "booked",
        .sale_id = sale_id,
        .seq = seq,
        .inbox_id = p->inbox_id,
        .at = ctx_now(ctx),
    };
    if ((e = line_refund_add(ctx, &row, &id)))
        return e;
    return part_write(ctx, tx, p, seq, str_of(why->word));
}

enum err
settle_back(struct ctx *ctx, struct tx *tx, int64_t race, int64_t sale_id, int64_t end,
            struct str actor)
{
    const struct leave gone = {.kind = "RACE_VOID", .word = "void"};
    const struct leave cut = {
        .kind = "RACE_RECUT", .word = "recut", .more = "end", .more_is = end, .at = end};

    return leave_race(ctx, tx, race, sale_id, end ? &cut : &gone, actor);
}

enum err
settle_leave(struct ctx *ctx, struct tx *tx, int64_t race, int64_t sale_id, int64_t to,
             struct str actor)
{
    const struct leave moved = {
        .kind = "TAG_OUT", .word = "tagout", .more = "to", .more_is = to};

    return leave_race(ctx, tx, race, sale_id, &moved, actor);
}

enum err
settle_void(struct ctx *ctx, struct tx *tx, int64_t race, struct str actor)
{
    int64_t *sale = ARENA_ARRAY(ctx->arena, SALES_MAX, int64_t);
    size_t n = 0;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_settle_sales);
        stmt_i64(&s, ":race", race);
        while ((e = stmt_row(&s)) == OK) {
            if (n == SALES_MAX)
                return ctx_fail(ctx, E_LIMIT, "race %lld has too many sales to be void",
                                (long long)race);
            sale[n++] = stmt_col_i64(&s, "sale_id");
        }
        if (e != E_NOTFOUND)
            return e;
    }
    for (size_t i = 0; i < n; i++) {
        /* Each sale's garbage is given back: a race may have thousands. */
        struct arena_mark m = arena_mark(ctx->arena);
        if ((e = settle_back(ctx, tx, race, sale[i], 0, actor)))
            return e;
        arena_release(ctx->arena, m);
    }
    return OK;
}
