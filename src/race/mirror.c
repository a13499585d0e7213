/* Mirrors of entries. See mirror.h. */
#include "race/mirror.h"

#include "base/crypt.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "race/line.h"
#include "race/recut.h"
#include "race/settle.h"

enum { LINES_MAX = 128, RECOVER_MAX = 64 };
static const int64_t RACE_LONGEST_MS = 96 * 3600000LL;

struct entry {
    size_t n;
    struct {
        struct str code, item;
        int64_t amount;
    } line[LINES_MAX];
};

static enum err
read_entry(struct ctx *ctx, int64_t seq, struct entry *ret)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_lines);

    ret->n = 0;
    stmt_i64(&s, ":seq", seq);
    while ((e = stmt_row(&s)) == OK) {
        BUG_IF(ret->n == LINES_MAX);
        ret->line[ret->n].code = stmt_col_str(&s, "code");
        ret->line[ret->n].item = stmt_col_str(&s, "item");
        ret->line[ret->n++].amount = stmt_col_i64(&s, "amount");
    }
    return e == E_NOTFOUND ? OK : e;
}

/* Mirrors recoveries and write-offs of that receivable, newest first, until it stands at need
 * again. */
static enum err
unrecover(struct ctx *ctx, struct tx *tx, struct str code, struct str item, int64_t need)
{
    struct str member = str_sub(code, sizeof("A:clawback:") - 1, code.n);
    struct str from =
        str_of(arena_printf(ctx->arena, "recover:%.*s:%.*s:", STR_ARG(member), STR_ARG(item)));
    struct str to =
        str_of(arena_printf(ctx->arena, "recover:%.*s:%.*s;", STR_ARG(member), STR_ARG(item)));
    struct str off =
        str_of(arena_printf(ctx->arena, "writeoff:%.*s:%.*s", STR_ARG(member), STR_ARG(item)));
    int64_t seq[RECOVER_MAX], amount[RECOVER_MAX], has;
    bool written_off[RECOVER_MAX];
    size_t n = 0;
    enum err e = account_item_balance(ctx, code, item, &has);

    if (e || has >= need)
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_recoveries);
        stmt_str(&s, ":from", from);
        stmt_str(&s, ":to", to);
        stmt_str(&s, ":off", off);
        stmt_str(&s, ":off_to", str_of(arena_printf(ctx->arena, "%.*s;", STR_ARG(off))));
        while (n < RECOVER_MAX && (e = stmt_row(&s)) == OK) {
            written_off[n] = str_eq_text(stmt_col_str(&s, "kind"), "WRITEOFF");
            seq[n] = stmt_col_i64(&s, "seq");
            amount[n++] = stmt_col_i64(&s, "amount");
        }
        if (e && e != E_NOTFOUND)
            return e;
    }
    for (size_t i = 0; i < n && has < need; i++) {
        struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
        struct journal_done done;
        journal_start(
            d, written_off[i] ? STR("WRITEOFF_BACK") : STR("RECOVER_BACK"), STR("recover"),
            str_of(arena_printf(ctx->arena, "back:%lld", (long long)seq[i])), ctx_now(ctx));
        d->request = crypt_sha256(d->key);
        d->ref = item;
        d->actor = STR("clock");
        if ((e = journal_reverse(ctx, tx, seq[i], d, &done)))
            return e;
        has += amount[i];
    }
    return OK;
}

/* The rows of one race, mirrored. */
static enum err
mirror_rows(struct ctx *ctx, struct tx *tx, struct parts *p, struct part_race *r, int64_t from,
            int64_t seq, int64_t delta, int64_t bonus)
{
    struct line_share row[RACE_SEATS_MAX];
    size_t n = 0;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_shares_of);
        stmt_i64(&s, ":race", r->id);
        stmt_i64(&s, ":seq", from);
        while ((e = stmt_row(&s)) == OK) {
            int64_t no = stmt_col_i64(&s, "seat_no"), cents = -stmt_col_i64(&s, "cents");
            r->total[no - 1] += cents;
            row[n++] = (struct line_share){
                .race_id = r->id,
                .seat_no = no,
                .seq = seq,
                .sale_id = p->sale_id,
                .member_id = stmt_col_i64(&s, "member_id"),
                .cents = cents,
                .total = r->total[no - 1],
                .residue = r->residue[no - 1],
                .unit = r->unit[no - 1],
            };
        }
        if (e != E_NOTFOUND)
            return e;
    }
    for (size_t i = 0; i < n; i++)
        if ((e = line_share_add(ctx, &row[i])))
            return e;
    r->pot -= delta;
    r->waiting -= bonus;
    if ((e = line_pot_add(ctx, &(struct line_pot){
                                   .race_id = r->id,
                                   .seq = seq,
                                   .sale_id = p->sale_id,
                                   .at = ctx_now(ctx),
                                   .delta = -delta,
                                   .bonus = -bonus,
                                   .pot = r->pot,
                                   .waiting = r->waiting,
                                   .sales = r->sales,
                               })))
        return e;
    return line_tell(ctx, tx,
                     &(struct line_news){
                         .type = "pot.changed",
                         .race_id = r->id,
                         .sale_id = p->sale_id,
                         .pot = r->pot,
                         .delta = -delta,
                         .title = p->title,
                         .reason = STR("refund_failed"),
                         .total = r->total,
                     });
}

static enum err
mirror_races(struct ctx *ctx, struct tx *tx, struct parts *p, int64_t from, int64_t seq)
{
    int64_t race[PART_RACES_MAX], delta[PART_RACES_MAX], bonus[PART_RACES_MAX];
    size_t n = 0;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_pot_of);
        stmt_i64(&s, ":seq", from);
        stmt_i64(&s, ":from", p->order_at - RACE_LONGEST_MS);
        stmt_i64(&s, ":at", p->order_at);
        while (n < PART_RACES_MAX && (e = stmt_row(&s)) == OK) {
            race[n] = stmt_col_i64(&s, "race_id");
            delta[n] = stmt_col_i64(&s, "delta");
            bonus[n++] = stmt_col_i64(&s, "bonus");
        }
        if (n < PART_RACES_MAX && e != E_NOTFOUND)
            return e;
    }
    for (size_t i = 0; i < n; i++) {
        struct part_race *r = part_race_of(p, race[i]);
        BUG_IF(!r);
        if ((e = mirror_rows(ctx, tx, p, r, from, seq, delta[i], bonus[i])))
            return e;
    }
    return OK;
}

/* Pending money that came back to a race that is over moves on to available. */
static enum err
move_on(struct ctx *ctx, struct tx *tx, const struct parts *p, const struct entry *old,
        int64_t seq)
{
    struct settle_release rel[LINES_MAX];
    size_t n = 0;
    enum err e;

    if (!p->n_races)
        return OK;
    for (size_t i = 0; i < old->n; i++) {
        static const struct str pending = STR_INIT("L:wallet_pending:");
        int64_t member;
        if (str_starts(old->line[i].code, pending) && old->line[i].amount > 0 &&
            str_i64(str_sub(old->line[i].code, pending.n, old->line[i].code.n), 1, INT64_MAX,
                    &member))
            rel[n++] =
                (struct settle_release){.member_id = member, .cents = old->line[i].amount};
    }
    for (size_t i = 0; i < p->n_races; i++) {
        const struct part_race *r = &p->race[i];
        if (r->is_void)
            e = settle_void(ctx, tx, r->id, STR("clock"));
        else if (r->settled)
            e = settle_late(ctx, tx, r->id, rel, n);
        else
            e = recut_again(ctx, tx, r->id, p->sale_id);
        if (!e && r->settled)
            e = settle_fix_again(ctx, tx, r->id, seq);
        if (e)
            return e;
        n = 0; /* a member sits in one race at a time: the first one is theirs */
    }
    return OK;
}

enum err
mirror_entry(struct ctx *ctx, struct tx *tx, struct parts *p, const struct mirror *m)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    struct entry *old = ARENA_NEW(ctx->arena, struct entry);
    struct journal_done done;
    int64_t id;
    enum err e = read_entry(ctx, m->seq, old);

    if (e)
        return e;
    for (size_t i = 0; i < old->n; i++)
        if (str_starts(old->line[i].code, STR("A:clawback:")) &&
            (e = unrecover(ctx, tx, old->line[i].code, old->line[i].item, old->line[i].amount)))
            return e;
    journal_start(d, m->kind, p->provider, m->key, ctx_now(ctx));
    d->request = crypt_sha256(m->key);
    d->ref = p->ref;
    d->actor = str_of(arena_printf(ctx->arena, "provider:%.*s", STR_ARG(p->provider)));
    if ((e = journal_reverse(ctx, tx, m->seq, d, &done)) ||
        (e = mirror_races(ctx, tx, p, m->seq, done.seq)))
        return e;
    struct line_refund row = {
        .provider = p->provider,
        .payment = p->payment,
        .kind = "mirror",
        .state = "booked",
        .sale_id = p->sale_id,
        .booked = -m->booked,
        .seq = done.seq,
        .inbox_id = m->inbox_id,
        .at = ctx_now(ctx),
    };
    if ((e = line_refund_add(ctx, &row, &id)))
        return e;
    return move_on(ctx, tx, p, old, done.seq);
}
