/* Prizes in escrow. See prize.h; postings: sql/FORMAT.md. */
#include "league/prize.h"

#include "base/buf.h"
#include "base/crypt.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "league/sponsor.h"
#include "ledger/account.h"
#include "ledger/journal.h"
#include "ledger/owed.h"
#include "ledger/split.h"
#include "queue/alert.h"
#include "race/refund.h"

enum { LABEL_MAX = 100, ABSURD = 100000000, TIES_MAX = SPLIT_MAX, META_MAX = 16384 };

static struct str
season_ref(struct ctx *ctx, int64_t season)
{
    return str_of(arena_printf(ctx->arena, "season:%lld", (long long)season));
}

static struct str
prize_item(struct ctx *ctx, int64_t season, int64_t place)
{
    return str_of(
        arena_printf(ctx->arena, "season:%lld:%lld", (long long)season, (long long)place));
}

enum err
prize_add(struct ctx *ctx, struct tx *tx, int64_t season, int64_t place, int64_t amount,
          struct str label, int64_t sponsor_id, struct str actor)
{
    struct season z;
    struct sponsor sponsor;
    struct prize *list;
    size_t n;
    enum err e;

    (void)tx;
    if ((e = season_get(ctx, season, &z)) || (e = prize_list(ctx, season, &list, &n)) ||
        (sponsor_id && (e = sponsor_get(ctx, sponsor_id, &sponsor))))
        return e;
    if (!str_eq(z.state, STR("OPEN")))
        return ctx_fail(ctx, E_CONFLICT, "the season %.*s is closed", STR_ARG(z.name));
    if (place < 1 || place > RACE_SEATS_MAX)
        return ctx_fail(ctx, E_INVALID, "a prize is for place 1 to %d", RACE_SEATS_MAX);
    if (amount < 1 || amount > ABSURD)
        return ctx_fail(ctx, E_INVALID, "the amount is absurd");
    if (str_length(label) > LABEL_MAX || !str_is_text(label, ""))
        return ctx_fail(ctx, E_INVALID, "a label is text of at most %d signs", LABEL_MAX);
    for (size_t i = 0; i < n; i++)
        if (list[i].place == place)
            return ctx_fail(ctx, E_CONFLICT, "place %lld has a prize already",
                            (long long)place);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_prize_add);
    stmt_i64(&s, ":season", season);
    stmt_i64(&s, ":place", place);
    stmt_i64(&s, ":amount", amount);
    stmt_str(&s, ":label", label);
    stmt_i64(&s, ":sponsor", sponsor_id);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":actor", actor);
    return stmt_run(&s);
}

enum err
prize_list(struct ctx *ctx, int64_t season, struct prize **ret, size_t *ret_n)
{
    struct prize *list = ARENA_ARRAY(ctx->arena, RACE_SEATS_MAX, struct prize);
    size_t n = 0;
    enum err e = OK;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_prize_list);

    stmt_i64(&s, ":season", season);
    while (n < RACE_SEATS_MAX && (e = stmt_row(&s)) == OK)
        list[n++] = (struct prize){
            .season_id = season,
            .place = stmt_col_i64(&s, "place"),
            .amount = stmt_col_i64(&s, "amount"),
            .sponsor_id = stmt_col_i64(&s, "sponsor_id"),
            .funded_at = stmt_col_i64(&s, "funded_seq") ? stmt_col_i64(&s, "funded_at") : 0,
            .paid_at = stmt_col_i64(&s, "paid_at"),
            .member_id = stmt_col_i64(&s, "member_id"),
            .label = stmt_col_str(&s, "label"),
        };
    *ret = list;
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

/* Exactly one row, or it was changed under us. */
static enum err
one_row(struct ctx *ctx, struct stmt *s)
{
    enum err e = stmt_run(s);

    if (!e && db_changes(ctx->db) != 1)
        return ctx_fail(ctx, E_INTERNAL, "a prize is not as it was read");
    return e;
}

/* Money of the provider for one prize. */
static enum err
deposit(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct prize *p,
        struct str key)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    struct journal_done done;
    const char *ccy = str_text(ctx->arena, race_currency(ctx));
    int64_t processor, escrow;
    enum err e;

    journal_start(d, STR("ESCROW_DEPOSIT"), f->provider, key, f->at_ms);
    d->request = crypt_sha256(key);
    d->ref = season_ref(ctx, p->season_id);
    d->actor = str_of(arena_printf(ctx->arena, "provider:%.*s", STR_ARG(f->provider)));
    if ((e = account_get(
             ctx, tx,
             str_of(arena_printf(ctx->arena, "A:processor:%.*s", STR_ARG(f->provider))), ccy,
             &processor)) ||
        (e = account_get(ctx, tx, STR("L:prize_escrow"), ccy, &escrow)))
        return e;
    journal_add(d, processor, STR(""), p->amount);
    journal_add(d, escrow, prize_item(ctx, p->season_id, p->place), -p->amount);
    if ((e = journal_post(ctx, tx, d, &done)))
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_prize_funded);
    stmt_i64(&s, ":season", p->season_id);
    stmt_i64(&s, ":place", p->place);
    stmt_i64(&s, ":seq", done.seq);
    stmt_i64(&s, ":at", ctx_now(ctx));
    return one_row(ctx, &s);
}

/* What a payment paid in so far. */
struct paid_in {
    size_t n;    /* times */
    int64_t seq; /* of the last one; 0: it was given back */
    int64_t amount;
    int64_t season_id, place;
};

static enum err
read_paid_in(struct ctx *ctx, struct str provider, struct str payment, struct paid_in *ret)
{
    const char *base = arena_printf(ctx->arena, "prize:%.*s", STR_ARG(payment));
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_prize_deposits);

    *ret = (struct paid_in){.n = 0};
    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":key", str_of(base));
    stmt_str(&s, ":from", str_of(arena_printf(ctx->arena, "%s:", base)));
    stmt_str(&s, ":to", str_of(arena_printf(ctx->arena, "%s;", base)));
    while ((e = stmt_row(&s)) == OK) {
        struct str item = stmt_col_str(&s, "item"), word;
        ret->n++;
        ret->seq = stmt_col_null(&s, "undone") ? stmt_col_i64(&s, "seq") : 0;
        ret->amount = stmt_col_i64(&s, "amount");
        if (!str_split(&item, ':', &word) || !str_split(&item, ':', &word) ||
            !str_i64(word, 1, INT64_MAX, &ret->season_id) ||
            !str_i64(item, 1, RACE_SEATS_MAX, &ret->place))
            return ctx_fail(ctx, E_INTERNAL, "a prize's entry cannot be read");
    }
    return e == E_NOTFOUND ? OK : e;
}

/* The prize that may be paid in now; E_INVALID in words. */
static enum err
find_empty(struct ctx *ctx, const struct season *z, int64_t place, struct prize *ret)
{
    struct prize *list;
    size_t n, i = 0;
    enum err e = prize_list(ctx, z->id, &list, &n);

    if (e)
        return e;
    while (i < n && list[i].place != place)
        i++;
    if (i == n)
        return ctx_fail(ctx, E_INVALID, "the season %.*s has no prize for that place",
                        STR_ARG(z->name));
    if (!str_eq(z->state, STR("OPEN")))
        return ctx_fail(ctx, E_INVALID, "the season %.*s is closed", STR_ARG(z->name));
    if (list[i].funded_at)
        return ctx_fail(ctx, E_INVALID, "the prize for place %lld is paid in already",
                        (long long)place);
    *ret = list[i];
    return OK;
}

enum err
prize_book(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
           struct str *ret_ref)
{
    struct season z;
    struct prize p;
    struct paid_in in;
    enum err e;

    (void)inbox_id;
    if (!f->payment.n)
        return ctx_fail(ctx, E_INVALID, "the notice names no payment");
    if ((e = read_paid_in(ctx, f->provider, f->payment, &in)))
        return e;
    if (in.n)
        return ctx_fail(ctx, E_DUPLICATE, "payment %.*s is known", STR_ARG(f->payment));
    if (!f->season.n || !f->place)
        return ctx_fail(ctx, E_INVALID, "the notice names no season or place");
    e = season_find(ctx, f->season, &z);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_INVALID, "there is no season %.*s", STR_ARG(f->season));
    if (e || (e = find_empty(ctx, &z, f->place, &p)))
        return e;
    if (f->amount != p.amount || !str_eq(f->currency, race_currency(ctx)))
        return ctx_fail(ctx, E_INVALID,
                        "the prize for place %lld is another amount or currency than was paid",
                        (long long)f->place);
    if (f->at_ms < 0 || f->at_ms > MINOR_MAX)
        return ctx_fail(ctx, E_INVALID, "the time is absurd");
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_prize_told);
        stmt_str(&s, ":provider", f->provider);
        stmt_str(&s, ":payment", f->payment);
        if ((e = stmt_one(&s)))
            return e;
        if (stmt_col_i64(&s, "n"))
            return ctx_fail(ctx, E_INVALID,
                            "money of this payment went back before it was told");
    }
    *ret_ref = season_ref(ctx, z.id);
    return deposit(ctx, tx, f, &p,
                   str_of(arena_printf(ctx->arena, "prize:%.*s", STR_ARG(f->payment))));
}

/* The deposit mirrored; the prize waits for its money again. */
static enum err
empty(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct paid_in *in)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    struct journal_done done;
    struct str ref = season_ref(ctx, in->season_id);

    journal_start(d, STR("ESCROW_BACK"), f->provider,
                  str_of(arena_printf(ctx->arena, "escrow:back:%lld", (long long)in->seq)),
                  f->at_ms);
    d->request = crypt_sha256(d->key);
    d->ref = ref;
    d->actor = str_of(arena_printf(ctx->arena, "provider:%.*s", STR_ARG(f->provider)));
    enum err e = journal_reverse(ctx, tx, in->seq, d, &done);
    if (e)
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_prize_emptied);
        stmt_i64(&s, ":season", in->season_id);
        stmt_i64(&s, ":place", in->place);
        stmt_i64(&s, ":seq", in->seq);
        if ((e = one_row(ctx, &s)))
            return e;
    }
    return alert_raise(
        ctx, tx, STR("prize_empty"), prize_item(ctx, in->season_id, in->place), "warning",
        "provider",
        str_of(arena_printf(ctx->arena,
                            "the money of the prize for place %lld went back: it "
                            "is no longer funded",
                            (long long)in->place)));
}

/* Once a dispute, with whatever notice tells it first. */
static enum err
fee(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t season, bool *ret_new)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    struct journal_done done;
    const char *ccy = str_text(ctx->arena, race_currency(ctx));
    int64_t cost, processor;
    enum err e;

    *ret_new = false;
    if (f->fee < 1 || f->fee > ABSURD)
        return OK;
    journal_start(d, STR("DISPUTE_FEE"), f->provider,
                  str_of(arena_printf(ctx->arena, "fee:%.*s", STR_ARG(f->object))), f->at_ms);
    d->request = crypt_sha256(d->key);
    d->ref = season_ref(ctx, season);
    d->actor = str_of(arena_printf(ctx->arena, "provider:%.*s", STR_ARG(f->provider)));
    if ((e = account_get(ctx, tx, STR("E:dispute_fees"), ccy, &cost)) ||
        (e = account_get(
             ctx, tx,
             str_of(arena_printf(ctx->arena, "A:processor:%.*s", STR_ARG(f->provider))), ccy,
             &processor)))
        return e;
    journal_add(d, cost, STR(""), f->fee);
    journal_add(d, processor, STR(""), -f->fee);
    if ((e = journal_post(ctx, tx, d, &done)))
        return e;
    *ret_new = !done.replayed;
    return OK;
}

enum err
prize_back(struct ctx *ctx, struct tx *tx, const struct fact *f, struct str *ret_ref)
{
    bool again = f->kind == FACT_REFUND_FAILED || f->kind == FACT_DISPUTE_WON;
    bool told;
    struct paid_in in;
    struct season z;
    struct prize p;
    enum err e = f->payment.n ? read_paid_in(ctx, f->provider, f->payment, &in) : E_NOTFOUND;

    if (e || !in.n)
        return e ? e : E_NOTFOUND;
    if ((e = season_get(ctx, in.season_id, &z)) || (e = fee(ctx, tx, f, z.id, &told)))
        return e;
    *ret_ref = season_ref(ctx, z.id);
    if (again ? in.seq != 0 : in.seq == 0)
        return told ? OK : ctx_fail(ctx, E_DUPLICATE, "the prize knows of it");
    if (!str_eq(z.state, STR("OPEN")))
        return ctx_fail(ctx, E_INVALID,
                        "money of a prize went back after its season was closed: settle it "
                        "with the payer");
    if (f->amount != in.amount)
        return ctx_fail(ctx, E_INVALID,
                        "only a part of a prize went back: settle it with the payer");
    if (!again)
        return empty(ctx, tx, f, &in);
    if ((e = find_empty(ctx, &z, in.place, &p)))
        return e;
    if (p.amount != in.amount)
        return ctx_fail(ctx, E_INVALID, "the prize has another amount now");
    e = deposit(
        ctx, tx, f, &p,
        str_of(arena_printf(ctx->arena, "prize:%.*s:%zu", STR_ARG(f->payment), in.n + 1)));
    return e ? e
             : alert_resolve(ctx, tx, STR("prize_empty"),
                             prize_item(ctx, in.season_id, in.place));
}

/* One rank: its members and the prizes of the places they hold together. */
struct award {
    int64_t rank;
    size_t n, n_prizes;
    int64_t member[TIES_MAX];
    const struct prize *prize[RACE_SEATS_MAX];
};

static enum err
mark_paid(struct ctx *ctx, const struct award *a, int64_t seq)
{
    for (size_t i = 0; i < a->n_prizes; i++) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_prize_paid);
        stmt_i64(&s, ":season", a->prize[i]->season_id);
        stmt_i64(&s, ":place", a->prize[i]->place);
        stmt_i64(&s, ":seq", seq);
        stmt_i64(&s, ":at", ctx_now(ctx));
        stmt_i64(&s, ":member", a->member[i < a->n ? i : 0]);
        enum err e = one_row(ctx, &s);
        if (e)
            return e;
    }
    return OK;
}

static enum err
pay(struct ctx *ctx, struct tx *tx, int64_t season, const struct award *a)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    struct buf meta = buf_new(ctx->arena, META_MAX);
    const char *ccy = str_text(ctx->arena, race_currency(ctx));
    struct journal_done done;
    int64_t sum = 0, id;
    enum err e = OK;

    journal_start(d, STR("ESCROW_AWARD"), STR("season"),
                  str_of(arena_printf(ctx->arena, "award:season:%lld:%lld", (long long)season,
                                      (long long)a->rank)),
                  ctx_now(ctx));
    d->ref = season_ref(ctx, season);
    d->actor = STR("clock");
    if ((e = account_get(ctx, tx, STR("L:prize_escrow"), ccy, &id)))
        return e;
    for (size_t i = 0; i < a->n_prizes; i++) {
        sum += a->prize[i]->amount;
        journal_add(d, id, prize_item(ctx, season, a->prize[i]->place), a->prize[i]->amount);
    }
    buf_printf(&meta, "award season=%lld rank=%lld amount=%lld\n", (long long)season,
               (long long)a->rank, (long long)sum);
    for (size_t i = 0; i < a->n; i++) {
        int64_t n = (int64_t)a->n, part = sum / n + ((int64_t)i < sum % n);
        buf_printf(&meta, "prize member=%lld paid=%lld\n", (long long)a->member[i],
                   (long long)part);
        if (!part)
            continue;
        if ((e = account_of(ctx, tx, "L:wallet:", a->member[i], ccy, &id)))
            return e;
        journal_add(d, id, STR(""), -part);
    }
    BUG_IF(buf_err(&meta));
    d->meta = buf_str(&meta);
    d->request = crypt_sha256(d->meta);
    if ((e = journal_post(ctx, tx, d, &done)) || (e = mark_paid(ctx, a, done.seq)))
        return e;
    for (size_t i = 0; !e && i < a->n; i++)
        e = owed_recover(ctx, tx, a->member[i]);
    return e;
}

/* Ranks of the frozen table, each with the prizes of the places it stands for. */
static enum err
read_awards(struct ctx *ctx, int64_t season, const struct prize *list, size_t n,
            struct award *a, size_t *ret_n)
{
    enum err e;
    size_t k = 0;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_prize_ranks);

    stmt_i64(&s, ":season", season);
    while ((e = stmt_row(&s)) == OK) {
        int64_t rank = stmt_col_i64(&s, "rank");
        if (!k || a[k - 1].rank != rank)
            a[k++] = (struct award){.rank = rank};
        if (a[k - 1].n == TIES_MAX)
            return ctx_fail(ctx, E_LIMIT, "too many share rank %lld", (long long)rank);
        a[k - 1].member[a[k - 1].n++] = stmt_col_i64(&s, "member_id");
    }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < n; j++)
            if (list[j].funded_at && !list[j].paid_at && list[j].place >= a[i].rank &&
                list[j].place < a[i].rank + (int64_t)a[i].n)
                a[i].prize[a[i].n_prizes++] = &list[j];
    *ret_n = k;
    return e == E_NOTFOUND ? OK : e;
}

enum err
prize_pay(struct ctx *ctx, struct tx *tx, int64_t season)
{
    struct award *a = ARENA_ARRAY(ctx->arena, RACE_SEATS_MAX, struct award);
    struct prize *list;
    size_t n, k = 0, paid = 0, funded = 0;
    enum err e = prize_list(ctx, season, &list, &n);

    if (e || (e = read_awards(ctx, season, list, n, a, &k)))
        return e;
    for (size_t i = 0; !e && i < k; i++) {
        paid += a[i].n_prizes;
        if (a[i].n_prizes)
            e = pay(ctx, tx, season, &a[i]);
    }
    for (size_t i = 0; i < n; i++)
        funded += list[i].funded_at && !list[i].paid_at;
    if (e || paid == funded)
        return e;
    return alert_raise(ctx, tx, STR("prize_left"), season_ref(ctx, season), "warning", "us",
                       STR("a prize was paid in for a place that nobody holds: settle it with "
                           "its payer"));
}
