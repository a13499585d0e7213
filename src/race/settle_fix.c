/* Places changed after the settlement. See settle.h; the lines of the entry: sql/FORMAT.md. */
#include "base/buf.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/journal.h"
#include "ledger/meta.h"
#include "ledger/owed.h"
#include "ledger/split.h"
#include "race/place.h"
#include "race/refund.h"
#include "race/settle.h"
#include "race/stake.h"

enum { META_MAX = 16384, MOVES_MAX = RACE_SEATS_MAX * STAKE_BY_MAX };

struct fixing {
    const char *ccy;
    struct str item;
    struct journal_draft d;
    struct buf lines; /* of meta, after the first */
    size_t n;
    struct move {
        int64_t member_id, cents; /* below 0: gives */
    } move[MOVES_MAX];
};

static void
add_move(struct fixing *f, int64_t member_id, int64_t cents)
{
    size_t i = 0;

    while (i < f->n && f->move[i].member_id != member_id)
        i++;
    if (i == f->n) {
        BUG_IF(f->n == MOVES_MAX);
        f->move[f->n++] = (struct move){.member_id = member_id};
    }
    f->move[i].cents += cents;
}

/* The places as asked, then the other seats with weight 0: a fix says all anew. */
static void
weigh(struct race *r, const int64_t place[RACE_SEATS_MAX + 1], struct place_list *ret)
{
    bool listed[RACE_SEATS_MAX + 1] = {false};

    for (size_t i = 0; i < r->n_seats; i++)
        r->seat[i].place = place[r->seat[i].no];
    place_weigh(r, ret);
    for (size_t i = 0; i < ret->n; i++)
        listed[ret->one[i].seat] = true;
    for (size_t i = 0; i < r->n_seats; i++)
        if (!listed[r->seat[i].no])
            ret->one[ret->n++] =
                (struct place){.seat = r->seat[i].no, .member_id = r->seat[i].member_id};
}

static bool
same(const struct place_list *l, const struct stake *s)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->one[i].weight != s->seat[l->one[i].seat].weight)
            return false;
    return true;
}

/* A seat of several drivers: all that is cut between them, with the new place money, by rounds
 * driven. Where the place money stays, the drivers keep what they have. */
static enum err
cut_seat(struct ctx *ctx, struct fixing *f, const struct race *r, const struct race_seat *seat,
         const struct stake_seat *old, int64_t place_paid)
{
    int64_t rounds[STAKE_BY_MAX], paid[STAKE_BY_MAX] = {0}, all = place_paid - old->had;
    size_t n = (size_t)seat->n_stints;

    place_rounds(seat, r->rounds, rounds);
    for (size_t i = 0; i < n; i++)
        all += paid[i] = old->by[i];
    if (place_paid != old->had && all < 0) {
        /* Refunds of single cents may leave a seat a little below nothing. */
        paid[0] = all;
        for (size_t i = 1; i < n; i++)
            paid[i] = 0;
    } else if (place_paid != old->had) {
        enum err e = split_largest(all, rounds, n, paid);
        if (e)
            return ctx_fail(ctx, e, "seat %lld cannot be cut by rounds", (long long)seat->no);
    }
    for (size_t i = 0; i < n; i++) {
        buf_printf(&f->lines, "stint seat=%lld member=%lld rounds=%lld had=%lld paid=%lld\n",
                   (long long)seat->no, (long long)seat->stint[i].member_id,
                   (long long)rounds[i], (long long)old->by[i], (long long)paid[i]);
        add_move(f, seat->stint[i].member_id, paid[i] - old->by[i]);
    }
    return OK;
}

static enum err
divide(struct ctx *ctx, struct fixing *f, const struct race *r, const struct stake *s,
       struct place_list *l, int64_t *ret_money)
{
    enum err e;

    *ret_money = 0;
    for (size_t i = 0; i < l->n; i++)
        *ret_money += s->seat[l->one[i].seat].had;
    if ((e = place_cut(ctx, *ret_money, l)))
        return e;
    for (size_t i = 0; i < l->n; i++) {
        const struct place *p = &l->one[i];
        const struct stake_seat *old = &s->seat[p->seat];
        buf_printf(&f->lines,
                   "place no=%lld seat=%lld member=%lld weight=%lld had=%lld paid=%lld\n",
                   (long long)p->no, (long long)p->seat, (long long)p->member_id,
                   (long long)p->weight, (long long)old->had, (long long)p->paid);
    }
    for (size_t i = 0; !e && i < r->n_seats; i++) {
        const struct race_seat *seat = &r->seat[i];
        const struct stake_seat *old = &s->seat[seat->no];
        for (size_t k = 0; k < l->n; k++) {
            if (l->one[k].seat != seat->no)
                continue;
            if (seat->n_stints > 1)
                e = cut_seat(ctx, f, r, seat, old, l->one[k].paid);
            else
                add_move(f, seat->member_id, l->one[k].paid - old->had);
        }
    }
    return e;
}

static enum err
line(struct ctx *ctx, struct tx *tx, struct fixing *f, const char *prefix, int64_t member_id,
     struct str item, int64_t cents)
{
    int64_t id;

    if (!cents)
        return OK;
    enum err e = account_of(ctx, tx, prefix, member_id, f->ccy, &id);
    if (!e)
        journal_add(&f->d, id, item, cents);
    return e;
}

/* Wallets' lines; what a wallet no longer holds is owed. */
static enum err
move_all(struct ctx *ctx, struct tx *tx, struct fixing *f, int64_t *ret_moved)
{
    *ret_moved = 0;
    for (size_t i = 0; i < f->n; i++) {
        int64_t member = f->move[i].member_id, cents = f->move[i].cents, bal, lack = 0;
        enum err e = account_balance(
            ctx, str_of(arena_printf(ctx->arena, "L:wallet:%lld", (long long)member)), &bal);
        if (e)
            return e;
        if (cents < 0 && bal > cents)
            lack = bal - cents; /* bal is credit, below 0 */
        if ((e = line(ctx, tx, f, "L:wallet:", member, STR(""), -cents - lack)) ||
            (e = line(ctx, tx, f, "A:clawback:", member, f->item, lack)))
            return e;
        if (lack)
            buf_printf(&f->lines, "short member=%lld cents=%lld\n", (long long)member,
                       (long long)lack);
        *ret_moved += cents > 0 ? cents : 0;
    }
    return OK;
}

static enum err
post(struct ctx *ctx, struct tx *tx, struct fixing *f, const struct race *r, struct str key,
     int64_t money, int64_t moved, int64_t *ret_seq)
{
    struct buf meta = buf_new(ctx->arena, META_MAX);
    struct journal_done done;

    buf_printf(&meta, "fix race=%lld money=%lld moved=%lld\n", (long long)r->id,
               (long long)money, (long long)moved);
    buf_add(&meta, buf_str(&f->lines));
    BUG_IF(buf_err(&f->lines) || buf_err(&meta));
    f->d.key = key;
    f->d.ref = f->item;
    f->d.meta = buf_str(&meta);
    f->d.request = crypt_sha256(f->d.meta);
    enum err e = journal_post(ctx, tx, &f->d, &done);
    if (e)
        return e;
    *ret_seq = done.seq;
    for (size_t i = 0; !e && i < f->n; i++)
        if (f->move[i].cents > 0)
            e = owed_recover(ctx, tx, f->move[i].member_id);
    return e;
}

/* The same key again: what it did then. */
static enum err
known(struct ctx *ctx, struct str key, int64_t *ret_seq, int64_t *ret_moved)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_part_settled);
    struct str text;
    struct meta m;

    stmt_str(&s, ":key", key);
    enum err e = stmt_one(&s);
    if (e)
        return e;
    text = stmt_col_str(&s, "meta");
    *ret_seq = stmt_col_i64(&s, "seq");
    return meta_next(&text, &m) && meta_i64(&m, "moved", ret_moved)
               ? OK
               : ctx_fail(ctx, E_INTERNAL, "entry %lld cannot be read", (long long)*ret_seq);
}

static enum err
check(struct ctx *ctx, const struct race *r, const int64_t place[RACE_SEATS_MAX + 1])
{
    if (r->state != RACE_SETTLED)
        return ctx_fail(ctx, E_CONFLICT, "race %lld is not settled", (long long)r->id);
    for (size_t i = 0; i < r->n_seats; i++)
        for (size_t k = 0; k < i; k++)
            if (place[r->seat[i].no] > 0 && place[r->seat[i].no] == place[r->seat[k].no])
                return ctx_fail(ctx, E_INVALID, "two seats cannot have place %lld",
                                (long long)place[r->seat[i].no]);
    return OK;
}

/* again: even when the places are those that count now. */
static enum err
fix_by(struct ctx *ctx, struct tx *tx, struct race *r, const int64_t place[RACE_SEATS_MAX + 1],
       struct str key, struct str actor, bool again, int64_t *ret_seq, int64_t *ret_moved)
{
    struct fixing *f = ARENA_NEW(ctx->arena, struct fixing);
    struct stake *s = ARENA_NEW(ctx->arena, struct stake);
    struct place_list l;
    int64_t money;
    enum err e = stake_load(ctx, r, s);

    *ret_seq = *ret_moved = 0;
    if (e)
        return e;
    weigh(r, place, &l);
    if (!s->seq || (again ? !s->fixed : same(&l, s)))
        return OK;
    journal_start(&f->d, STR("RACE_FIX"), STR("race"), key, ctx_now(ctx));
    f->d.actor = actor;
    f->ccy = str_text(ctx->arena, race_currency(ctx));
    f->item = str_of(arena_printf(ctx->arena, "race:%lld", (long long)r->id));
    f->lines = buf_new(ctx->arena, META_MAX);
    if ((e = divide(ctx, f, r, s, &l, &money)) || (e = move_all(ctx, tx, f, ret_moved)))
        return e;
    return f->d.n ? post(ctx, tx, f, r, key, money, *ret_moved, ret_seq) : OK;
}

enum err
settle_fix(struct ctx *ctx, struct tx *tx, int64_t race,
           const int64_t place[RACE_SEATS_MAX + 1], struct str key, struct str actor,
           int64_t *ret_seq, int64_t *ret_moved)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    struct str full =
        str_of(arena_printf(ctx->arena, "fix:race:%lld:%.*s", (long long)race, STR_ARG(key)));
    enum err e = known(ctx, full, ret_seq, ret_moved);

    if (e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    *ret_seq = *ret_moved = 0;
    if ((e = race_get(ctx, race, r)) || (e = check(ctx, r, place)))
        return e;
    return fix_by(ctx, tx, r, place, full, actor, false, ret_seq, ret_moved);
}

enum err
settle_fix_again(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seq)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    int64_t place[RACE_SEATS_MAX + 1] = {0}, made, moved;
    enum err e = race_get(ctx, race, r);

    if (e)
        return e;
    for (size_t i = 0; i < r->n_seats; i++)
        place[r->seat[i].no] = r->seat[i].place;
    return fix_by(ctx, tx, r, place,
                  str_of(arena_printf(ctx->arena, "fix:race:%lld:back:%lld", (long long)race,
                                      (long long)seq)),
                  STR("clock"), true, &made, &moved);
}
