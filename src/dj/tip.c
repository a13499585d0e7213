/* Booking tips, and reading them. See tip.h. */
#include "dj/tip.h"

#include "base/buf.h"
#include "base/conf.h"
#include "base/crypt.h"
#include "base/point.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "dj/booth.h"
#include "dj/dj.h"
#include "dj/filter.h"
#include "dj/request.h"
#include "dj/undo.h"
#include "dj/wish.h"
#include "ledger/account.h"
#include "ledger/journal.h"
#include "ledger/owed.h"
#include "queue/alert.h"
#include "shop/checkout.h"

enum { ABSURD = 100000000, PAYMENT_MAX = 150, META_MAX = 512, TITLE_SIGNS = 60, DJS_MAX = 100 };
static const int64_t HOUR_MS = 3600000, FUTURE_MS = 5 * 60000;

void
tip_cut(const struct ctx *ctx, int64_t amount, int64_t *ret_fee, int64_t *ret_dj)
{
    int64_t bps = ctx->conf ? ctx->conf->tip.fee_bps : 500;
    int64_t fixed = ctx->conf ? ctx->conf->tip.fee_fixed : 30;
    /* An amount is far below 2^63 / 5000: each caller has checked it. */
    int64_t fee = amount * bps / 10000 + fixed;

    *ret_fee = fee < amount ? fee : amount;
    *ret_dj = amount - *ret_fee;
}

static struct str
or_empty(struct str s)
{
    return s.p ? s : STR("");
}

enum err
tip_ask(struct ctx *ctx, struct tx *tx, const struct tip_new *n, struct str *ret_token)
{
    struct tip_new t = *n;
    struct checkout c;
    const char *field;
    struct dj d;
    enum err e;

    t.from = or_empty(str_trim(t.from));
    t.message = or_empty(str_trim(t.message));
    t.title = or_empty(str_trim(t.title));
    t.artist = or_empty(str_trim(t.artist));
    t.link = or_empty(str_trim(t.link));
    t.fan = or_empty(t.fan);
    if ((e = wish_check(ctx, &t, &field)) || (e = dj_get(ctx, t.dj_id, &d)))
        return e;
    struct str name = point_clean(ctx->arena, d.name, TITLE_SIGNS);
    const struct checkout_new want = {
        .kind = "tip",
        .amount = t.amount,
        .title = str_of(arena_printf(ctx->arena, "%s for DJ %.*s",
                                     t.title.n ? "Song request" : "Tip", STR_ARG(name))),
        .items = STR(""),
        .tag = STR(""),
        .member_id = t.member_id,
        .back = STR("/tip/"),
    };
    if ((e = checkout_add(ctx, tx, &want, &c)) || (e = wish_add(ctx, tx, &t, c.id)))
        return e;
    *ret_token = c.token;
    return OK;
}

/* A tip as it will be booked. */
struct plan {
    int64_t id, dj_id, checkout_id, fee, bps, fixed, clear_h;
    struct str ref, name, message;
    struct wish wish;
    bool hidden, house_currency;
};

static enum err
check(struct ctx *ctx, const struct fact *f)
{
    bool upper = f->currency.n == 3;

    for (size_t i = 0; upper && i < 3; i++)
        upper = f->currency.p[i] >= 'A' && f->currency.p[i] <= 'Z';
    if (!upper || money_exponent(f->currency) < 0)
        return ctx_fail(ctx, E_INVALID, "the currency is not known");
    if (f->amount <= 0)
        return ctx_fail(ctx, E_INVALID, "the amount is not above zero");
    if (f->amount > ABSURD)
        return ctx_fail(ctx, E_INVALID, "the amount is absurd: over %d minor units", ABSURD);
    if (!f->payment.n || f->payment.n > PAYMENT_MAX)
        return ctx_fail(ctx, E_INVALID, "the tip names no payment");
    if (f->at_ms < 0 || f->at_ms > ctx_now(ctx) + FUTURE_MS)
        return ctx_fail(ctx, E_INVALID,
                        "the time of the tip is more than 5 minutes ahead of our clock");
    return OK;
}

/* "@nova great set": the DJ with the longest name that stands there. */
static enum err
named(struct ctx *ctx, struct str message, int64_t *ret)
{
    struct str text = str_lower(ctx->arena, str_trim(message));
    size_t n, best = 0;
    struct dj *d;
    enum err e;

    if (!str_starts(text, STR("@")))
        return OK;
    if ((e = dj_list(ctx, DJS_MAX, &d, &n)))
        return e;
    text = str_sub(text, 1, text.n);
    for (size_t i = 0; i < n; i++) {
        struct str name = str_lower(ctx->arena, d[i].name);
        char after = name.n < text.n ? text.p[name.n] : ' ';
        bool ends = !((after >= 'a' && after <= 'z') || (after >= '0' && after <= '9') ||
                      (after & 0x80));

        if (str_starts(text, name) && ends && name.n > best) {
            best = name.n;
            *ret = d[i].member_id;
        }
    }
    return OK;
}

/* Whose tip it is: of the form, named in the message, on air. 0: nobody's. */
static enum err
find_dj(struct ctx *ctx, const struct fact *f, struct plan *p)
{
    struct dj air;
    enum err e = f->checkout ? wish_get(ctx, f->checkout, &p->wish) : E_NOTFOUND;

    if (!e) {
        p->checkout_id = f->checkout;
        p->dj_id = p->wish.dj_id;
        return OK;
    }
    if (e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    p->wish = (struct wish){.fan = STR(""),
                            .title = STR(""),
                            .from = or_empty(f->from),
                            .message = or_empty(f->message)};
    if ((e = named(ctx, p->wish.message, &p->dj_id)) || p->dj_id)
        return e;
    e = dj_on_air(ctx, &air);
    if (!e)
        p->dj_id = air.member_id;
    else if (e == E_NOTFOUND)
        ctx_clear(ctx);
    return e == E_NOTFOUND ? OK : e;
}

/* A message with a word of the lists is hidden, a name with one is nobody's. */
static enum err
filter(struct ctx *ctx, struct plan *p)
{
    struct str house = filter_house(ctx);
    struct dj d = {.banned = STR("")};
    enum err e = p->dj_id ? dj_get(ctx, p->dj_id, &d) : OK;

    if (e == E_NOTFOUND) /* was a DJ when it was asked for */
        ctx_clear(ctx);
    else if (e)
        return e;
    p->name = point_clean(ctx->arena, p->wish.from, TIP_NAME_MAX);
    p->message = point_clean(ctx->arena, p->wish.message, TIP_MESSAGE_MAX);
    if (filter_hits(ctx->arena, house, p->name) || filter_hits(ctx->arena, d.banned, p->name))
        p->name = STR("");
    p->hidden = filter_hits(ctx->arena, house, p->message) ||
                filter_hits(ctx->arena, d.banned, p->message);
    return OK;
}

static enum err
make_plan(struct ctx *ctx, const struct fact *f, int64_t id, struct plan *ret)
{
    int64_t dj;
    enum err e;

    *ret = (struct plan){
        .id = id,
        .ref = str_of(arena_printf(ctx->arena, "tip:%lld", (long long)id)),
        .bps = ctx->conf ? ctx->conf->tip.fee_bps : 500,
        .fixed = ctx->conf ? ctx->conf->tip.fee_fixed : 30,
        .clear_h = ctx->conf ? ctx->conf->money.clear_h : 72,
        .house_currency = str_eq(f->currency, account_house_currency(ctx)),
    };
    if ((e = find_dj(ctx, f, ret)))
        return e;
    if (!ret->house_currency)
        ret->dj_id = 0;
    tip_cut(ctx, f->amount, &ret->fee, &dj);
    if (!ret->dj_id)
        ret->fee = f->amount;
    return filter(ctx, ret);
}

static enum err
add(struct ctx *ctx, struct tx *tx, struct journal_draft *d, const struct fact *f,
    const char *code, int64_t amount)
{
    int64_t id;
    enum err e;

    if (!amount)
        return OK;
    if ((e = account_get(ctx, tx, str_of(code), str_text(ctx->arena, f->currency), &id)))
        return e;
    journal_add(d, id, STR(""), amount);
    return OK;
}

static enum err
post(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct plan *p,
     int64_t *ret_seq)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    const char *pocket = p->clear_h ? "L:wallet_pending:" : "L:wallet:";
    struct journal_done done;
    enum err e;

    journal_start(d, STR("TIP"), f->provider,
                  str_of(arena_printf(ctx->arena, "tip:%.*s", STR_ARG(f->payment))), f->at_ms);
    d->ref = p->ref;
    d->actor = str_of(arena_printf(ctx->arena, "provider:%.*s", STR_ARG(f->provider)));
    d->request = crypt_sha256(
        str_of(arena_printf(ctx->arena, "tip %.*s %.*s %lld %.*s", STR_ARG(f->provider),
                            STR_ARG(f->payment), (long long)f->amount, STR_ARG(f->currency))));
    d->meta = str_of(arena_printf(
        ctx->arena,
        "tip id=%lld dj=%lld amount=%lld bps=%lld fixed=%lld fee=%lld clear_h=%lld\n",
        (long long)p->id, (long long)p->dj_id, (long long)f->amount, (long long)p->bps,
        (long long)p->fixed, (long long)p->fee, (long long)p->clear_h));
    if ((e = add(ctx, tx, d, f,
                 arena_printf(ctx->arena, "A:processor:%.*s", STR_ARG(f->provider)),
                 f->amount)) ||
        (e = add(ctx, tx, d, f, arena_printf(ctx->arena, "%s%lld", pocket, (long long)p->dj_id),
                 -(f->amount - p->fee))) ||
        (e = add(ctx, tx, d, f, "I:platform_fee:tips", -p->fee)) ||
        (e = journal_post(ctx, tx, d, &done)))
        return e;
    *ret_seq = done.seq;
    return OK;
}

static enum err
write_tip(struct ctx *ctx, const struct fact *f, const struct plan *p, int64_t seq,
          int64_t inbox_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tip_add);

    stmt_i64(&s, ":id", p->id);
    stmt_str(&s, ":provider", f->provider);
    stmt_str(&s, ":payment", f->payment);
    stmt_i64(&s, ":inbox", inbox_id);
    stmt_i64(&s, ":dj", p->dj_id);
    stmt_i64(&s, ":checkout", p->checkout_id);
    stmt_i64(&s, ":at", f->at_ms);
    stmt_i64(&s, ":arrived_at", ctx_now(ctx));
    stmt_i64(&s, ":clear_at", f->at_ms + p->clear_h * HOUR_MS);
    stmt_str(&s, ":currency", f->currency);
    stmt_i64(&s, ":amount", f->amount);
    stmt_i64(&s, ":fee", p->fee);
    stmt_str(&s, ":name", p->name);
    stmt_str(&s, ":message", p->message);
    stmt_i64(&s, ":hidden", p->hidden);
    stmt_i64(&s, ":test", f->test);
    stmt_i64(&s, ":seq", seq);
    return stmt_run(&s);
}

static enum err
write_state(struct ctx *ctx, const struct fact *f, const struct plan *p)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tip_state_add);

    stmt_i64(&s, ":tip", p->id);
    stmt_i64(&s, ":gross", f->amount);
    stmt_i64(&s, ":clear_at", f->at_ms + p->clear_h * HOUR_MS);
    stmt_i64(&s, ":released", !p->dj_id || !p->clear_h);
    return stmt_run(&s);
}

/* Staff must look at money that is nobody's. */
static enum err
alert(struct ctx *ctx, struct tx *tx, const struct plan *p)
{
    if (!p->house_currency)
        return alert_raise(ctx, tx, STR("tip_currency"), p->ref, "warning", "user",
                           STR("this tip came in another currency: the house has it, no DJ"));
    return alert_raise(ctx, tx, STR("tip_without_dj"), p->ref, "warning", "user",
                       STR("no DJ was named or on air: the house has this tip"));
}

/* What follows a tip that is booked. */
static enum err
afterwards(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct plan *p)
{
    const struct request_new song = {
        .tip_id = p->id,
        .dj_id = p->dj_id,
        .amount = f->amount,
        .fan = p->wish.fan,
        .title = p->wish.title,
        .artist = or_empty(p->wish.artist),
        .link = or_empty(p->wish.link),
    };
    int64_t request = 0;
    enum err e = write_state(ctx, f, p);

    if (!e && p->dj_id && song.title.n)
        e = request_add(ctx, tx, &song, &request);
    if (!e && p->dj_id && !p->clear_h)
        e = owed_recover(ctx, tx, p->dj_id);
    if (!e)
        e = p->dj_id ? booth_tip(ctx, tx, p->id, "tip.added") : alert(ctx, tx, p);
    if (!e && request)
        e = booth_queue(ctx, tx, p->dj_id, request);
    return e ? e : undo_waiting(ctx, tx, p->id, f->provider, f->payment);
}

enum err
tip_book(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
         struct str *ret_ref)
{
    int64_t id, known, seq = 0;
    struct plan p;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tip_next);
        stmt_str(&s, ":provider", f->provider);
        stmt_str(&s, ":payment", f->payment.p ? f->payment : STR(""));
        if ((e = stmt_one(&s)))
            return e;
        id = stmt_col_i64(&s, "id");
        known = stmt_col_i64(&s, "known");
    }
    *ret_ref = str_of(arena_printf(ctx->arena, "tip:%lld", (long long)(known ? known : id)));
    if (known)
        return ctx_fail(ctx, E_DUPLICATE, "payment %.*s is booked", STR_ARG(f->payment));
    if ((e = check(ctx, f)) || (e = make_plan(ctx, f, id, &p)))
        return e;
    if (!f->test && (e = post(ctx, tx, f, &p, &seq)))
        return e;
    if ((e = write_tip(ctx, f, &p, seq, inbox_id)))
        return e;
    return f->test ? OK : afterwards(ctx, tx, f, &p);
}

enum err
tip_back(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
         struct str *ret_ref)
{
    int64_t id;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tip_find);
        stmt_str(&s, ":provider", f->provider);
        stmt_str(&s, ":payment", f->payment.p ? f->payment : STR(""));
        if ((e = stmt_one(&s)))
            return e;
        id = stmt_col_i64(&s, "id");
    }
    *ret_ref = str_of(arena_printf(ctx->arena, "tip:%lld", (long long)id));
    return undo_book(ctx, tx, id, f, inbox_id);
}

enum err
tip_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n)
{
    size_t songs = 0;
    enum err e = undo_release(ctx, tx, max, ret_n);

    if (e || (e = request_tick(ctx, tx, max, &songs)))
        return e;
    *ret_n += songs;
    return OK;
}

static struct tip
read_row(struct stmt *s)
{
    struct tip t = {
        .id = stmt_col_i64(s, "id"),
        .dj_id = stmt_col_i64(s, "dj_id"),
        .amount = stmt_col_i64(s, "amount"),
        .fee = stmt_col_i64(s, "fee"),
        .returned = stmt_col_i64(s, "returned"),
        .at = stmt_col_i64(s, "at"),
        .clear_at = stmt_col_i64(s, "clear_at"),
        .cleared = stmt_col_i64(s, "released"),
        .request_id = stmt_col_i64(s, "request_id"),
        .seq = stmt_col_i64(s, "seq"),
        .dj_name = stmt_col_str(s, "dj_name"),
        .provider = stmt_col_str(s, "provider"),
        .payment = stmt_col_str(s, "payment"),
        .from = stmt_col_str(s, "name"),
        .hidden = stmt_col_i64(s, "hidden"),
        .message = stmt_col_str(s, "message"),
        .currency = stmt_col_str(s, "currency"),
    };

    if (!t.from.n)
        t.from = STR("Someone");
    if (t.hidden)
        t.message = STR("");
    return t;
}

enum err
tip_get(struct ctx *ctx, int64_t id, struct tip *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tip_get);

    stmt_i64(&s, ":id", id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, e, "there is no tip %lld", (long long)id);
    if (!e)
        *ret = read_row(&s);
    return e;
}

enum err
tip_list(struct ctx *ctx, int64_t dj_id, int64_t since, size_t max, struct tip **ret,
         size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tip_list);
    struct tip *row = ARENA_ARRAY(ctx->arena, max, struct tip);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":dj", dj_id);
    stmt_i64(&s, ":since", since);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = read_row(&s);
    *ret = row;
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}
