/* Plays each tip again from its rows and compares what its entries moved. See verify_tip.h. */
#include "ledger/verify_tip.h"

#include "db/stmt.h"
#include "ledger/meta.h"
#include "ledger/split.h"

enum { PIECE = 500, LINES_MAX = 16, CASES_MAX = 16 };

/* What an entry moved, by the accounts that a tip knows. */
struct moved {
    int64_t processor, dispute, pending, free, hold, owed, fee;
    struct str item; /* of the dispute's line */
    bool strange;    /* another account, or another tip's item */
};

struct tip {
    int64_t id, dj, seq, amount, fee, returned, gross, test;
    bool has_state, state_released;
    struct str provider, payment, ccy;
    /* As played so far. */
    int64_t left[2], back, pending, clear_h;
    bool released;
    struct verify_report *r;
};

static void
differ(const struct tip *t, int64_t seq, const char *what)
{
    verify_report_no(t->r, "I29", "entry", seq, "tip %lld: %s", (long long)t->id, what);
}

static bool
is_of(struct str code, const char *head, struct str tail)
{
    struct str h = str_of(head);
    size_t at = str_find(code, STR("@"), 0);

    code = at == SIZE_MAX ? code : str_sub(code, 0, at);
    return str_starts(code, h) && str_eq(str_sub(code, h.n, code.n), tail);
}

static void
take_line(const struct tip *t, struct moved *m, struct str code, struct str item,
          int64_t amount)
{
    struct str dj = str_of(arena_printf(t->r->ctx->arena, "%lld", (long long)t->dj));
    struct str own = str_of(arena_printf(t->r->ctx->arena, "tip:%lld", (long long)t->id));

    if (is_of(code, "A:processor:", t->provider))
        m->processor += amount;
    else if (is_of(code, "A:dispute:", t->provider)) {
        m->dispute += amount;
        m->item = item;
    } else if (is_of(code, "L:wallet_pending:", dj))
        m->pending += amount;
    else if (is_of(code, "L:wallet:", dj))
        m->free += amount;
    else if (is_of(code, "L:dispute_hold", STR("")) && str_ends(item, dj))
        m->hold += amount;
    else if (is_of(code, "A:clawback:", dj) && str_eq(item, own))
        m->owed += amount;
    else if (is_of(code, "I:platform_fee:tips", STR("")))
        m->fee += amount;
    else
        m->strange = true;
}

static enum err
read_moved(const struct tip *t, int64_t seq, struct moved *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(t->r->ctx, SQL_verify_tip_lines);
    enum err e;

    *ret = (struct moved){.item = STR("")};
    stmt_i64(&s, ":seq", seq);
    while ((e = stmt_row(&s)) == OK)
        take_line(t, ret, stmt_col_str(&s, "code"), stmt_col_str(&s, "item"),
                  stmt_col_i64(&s, "amount"));
    if (e == E_NOTFOUND && ret->strange)
        differ(t, seq, "moved money of another");
    return e == E_NOTFOUND ? OK : e;
}

static bool
wallets_are(const struct tip *t, const struct moved *m, int64_t sum)
{
    return t->released ? m->free == sum && !m->pending : m->pending == sum && !m->free;
}

/* The booking: what the payer paid, the fee by the rates of its meta, the rest the DJ's. */
static enum err
play_booking(struct tip *t, struct str meta)
{
    int64_t bps = -1, fixed = -1, fee;
    struct moved m;
    struct meta line;
    enum err e = read_moved(t, t->seq, &m);

    if (e)
        return e;
    if (!meta_next(&meta, &line) || !str_eq_text(line.tag, "tip") ||
        !meta_i64(&line, "bps", &bps) || !meta_i64(&line, "fixed", &fixed) ||
        !meta_i64(&line, "clear_h", &t->clear_h) || bps < 0 || bps > 10000 || fixed < 0 ||
        fixed > 1000000) {
        differ(t, t->seq, "its meta cannot be read");
        return OK;
    }
    fee = t->dj ? t->amount * bps / 10000 + fixed : t->amount;
    fee = fee < t->amount ? fee : t->amount;
    t->released = !t->dj || !t->clear_h;
    t->left[0] = t->amount - t->fee;
    t->left[1] = t->fee;
    t->pending = t->released ? 0 : t->left[0];
    if (fee != t->fee || m.processor != t->amount || m.fee != -t->fee ||
        !wallets_are(t, &m, -t->left[0]) || m.dispute || m.hold || m.owed)
        differ(t, t->seq, "fee and part of the DJ are not what the rates give");
    return OK;
}

struct told {
    int64_t amount, left[2], back[2], lack, held;
};

static bool
read_told(const struct tip *t, struct str meta, const char *tag, struct told *ret)
{
    int64_t id, before, gross;
    struct meta m;

    *ret = (struct told){0};
    if (!meta_next(&meta, &m) || !str_eq_text(m.tag, tag) || !meta_i64(&m, "tip", &id) ||
        !meta_i64(&m, "amount", &ret->amount) || !meta_i64(&m, "before", &before) ||
        !meta_i64(&m, "gross", &gross) || id != t->id || before != t->back ||
        gross != t->amount)
        return false;
    for (size_t i = t->dj ? 0 : 1; i < 2; i++)
        if (!meta_next(&meta, &m) || !str_eq_text(m.tag, "part") ||
            !meta_i64(&m, "left", &ret->left[i]) || !meta_i64(&m, "back", &ret->back[i]) ||
            (i == 0 &&
             (!meta_i64(&m, "short", &ret->lack) || !meta_i64(&m, "held", &ret->held))))
            return false;
    return true;
}

/* TIP_REFUND, TIP_LOST and, with sign -1, TIP_AGAIN. */
static enum err
play_back(struct tip *t, int64_t seq, struct str kind, struct str meta)
{
    bool again = str_eq_text(kind, "TIP_AGAIN"), lost = str_eq_text(kind, "TIP_LOST");
    int64_t base[2] = {t->left[0], t->left[1]}, want[2];
    struct told k;
    struct moved m;
    enum err e = read_moved(t, seq, &m);

    if (e)
        return e;
    if (again) {
        base[0] = t->amount - t->fee - t->left[0];
        base[1] = t->fee - t->left[1];
    }
    if (!read_told(t, meta, again ? "again" : "back", &k)) {
        differ(t, seq, "its meta does not follow what went back before");
        return OK;
    }
    if (base[0] != k.left[0] || base[1] != k.left[1] || split_refund(k.amount, base, 2, want) ||
        want[0] != k.back[0] || want[1] != k.back[1]) {
        differ(t, seq, "the parts do not recompute");
        return OK;
    }
    int64_t sign = again ? -1 : 1, gave = m.pending + m.free + m.hold;
    if (m.fee != sign * k.back[1] || (lost ? m.dispute : m.processor) != -sign * k.amount ||
        (lost ? m.processor : m.dispute) || m.owed != k.lack ||
        gave != sign * (k.back[0] - k.lack) || (lost ? m.hold < k.held : m.hold != k.held) ||
        (t->released ? m.pending : m.free))
        differ(t, seq, "moved other parts than it says");
    for (size_t i = 0; i < 2; i++)
        t->left[i] -= sign * k.back[i];
    t->pending -= m.pending;
    t->back += sign * k.amount;
    return OK;
}

static bool
says_release(const struct tip *t, struct str meta)
{
    int64_t id, member, cents;
    struct meta m;

    return meta_next(&meta, &m) && str_eq_text(m.tag, "release") && meta_i64(&m, "tip", &id) &&
           meta_i64(&m, "member", &member) && meta_i64(&m, "cents", &cents) && id == t->id &&
           member == t->dj && cents == t->pending;
}

static enum err
play_other(struct tip *t, int64_t seq, struct str kind, struct str meta)
{
    struct moved m;
    enum err e = read_moved(t, seq, &m);
    bool good = !m.fee && !m.owed;

    if (e)
        return e;
    if (str_eq_text(kind, "TIP_RELEASE")) {
        good = good && m.pending == t->pending && m.free == -m.pending && m.pending > 0 &&
               !m.hold && !m.processor && !m.dispute && !t->released && says_release(t, meta);
        t->released = true;
    } else if (str_eq_text(kind, "TIP_DISPUTE"))
        good = good && m.dispute > 0 && m.dispute <= t->amount && m.processor == -m.dispute &&
               !m.hold && !m.pending && !m.free;
    else if (str_eq_text(kind, "TIP_FREEZE"))
        good = good && m.hold < 0 && -m.hold <= t->left[0] && wallets_are(t, &m, -m.hold) &&
               !m.processor && !m.dispute;
    else
        good = good && m.dispute < 0 && m.processor == -m.dispute && m.hold >= 0 &&
               wallets_are(t, &m, -m.hold);
    t->pending -= m.pending;
    if (!good)
        differ(t, seq, "moved what its kind may not move");
    return OK;
}

/* Which kind of entry a row may name. */
static bool
fits(struct str row, struct str kind)
{
    static const char *const known[][2] = {
        {"dispute", "TIP_DISPUTE"},
        {"freeze",  "TIP_FREEZE" },
        {"won",     "TIP_WON"    },
        {"lost",    "TIP_LOST"   },
        {"release", "TIP_RELEASE"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (str_eq_text(row, known[i][0]))
            return str_eq_text(kind, known[i][1]);
    return str_eq_text(kind, "TIP_REFUND") || str_eq_text(kind, "TIP_AGAIN");
}

static enum err
play_row(struct tip *t, struct stmt *s)
{
    int64_t seq = stmt_col_i64(s, "seq"), booked = stmt_col_i64(s, "booked"), was = t->back;
    struct str row = stmt_col_str(s, "kind"), kind = stmt_col_str(s, "entry");
    struct str ref = str_of(arena_printf(t->r->ctx->arena, "tip:%lld", (long long)t->id));
    enum err e;

    if (!seq) {
        if (str_eq_text(row, "release"))
            t->released = true;
        if (booked || str_eq_text(row, "dispute") || str_eq_text(row, "won"))
            differ(t, 0, "a row says that money moved, and names no entry");
        return OK;
    }
    if (!fits(row, kind) || !str_eq(ref, stmt_col_str(s, "ref"))) {
        differ(t, seq, "its row is about another entry");
        return OK;
    }
    if (str_eq_text(kind, "TIP_REFUND") || str_eq_text(kind, "TIP_AGAIN") ||
        str_eq_text(kind, "TIP_LOST"))
        e = play_back(t, seq, kind, stmt_col_str(s, "meta"));
    else
        e = play_other(t, seq, kind, stmt_col_str(s, "meta"));
    if (!e && booked != (str_eq_text(kind, "TIP_LOST") ? 0 : t->back - was))
        differ(t, seq, "its row says another sum");
    return e;
}

static enum err
play(struct tip *t, struct str kind, struct str ref, struct str meta)
{
    struct str own = str_of(arena_printf(t->r->ctx->arena, "tip:%lld", (long long)t->id));
    enum err e;

    if (!t->seq) {
        if (!t->test || t->has_state)
            differ(t, 0, "was never booked");
        return OK;
    }
    if (!str_eq_text(kind, "TIP") || !str_eq(ref, own))
        differ(t, t->seq, "its entry is not its booking");
    if ((e = play_booking(t, meta)))
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(t->r->ctx, SQL_verify_tip_moves);
    stmt_i64(&s, ":tip", t->id);
    while ((e = stmt_row(&s)) == OK) {
        enum err bad = play_row(t, &s);
        if (bad)
            return bad;
    }
    if (e != E_NOTFOUND)
        return e;
    if (!t->has_state || t->gross != t->amount || t->returned != t->back ||
        t->state_released != t->released)
        differ(t, t->seq, "its row of tip_state is not what its entries give");
    return OK;
}

static enum err
piece(struct verify_report *r, int64_t *after, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(r->ctx, SQL_verify_tips);
    enum err e;

    *ret_n = 0;
    stmt_i64(&s, ":after", *after);
    stmt_i64(&s, ":most", PIECE);
    while ((e = stmt_row(&s)) == OK) {
        struct tip t = {
            .r = r,
            .id = stmt_col_i64(&s, "id"),
            .dj = stmt_col_i64(&s, "dj_id"),
            .seq = stmt_col_i64(&s, "seq"),
            .amount = stmt_col_i64(&s, "amount"),
            .fee = stmt_col_i64(&s, "fee"),
            .test = stmt_col_i64(&s, "test"),
            .returned = stmt_col_i64(&s, "returned"),
            .gross = stmt_col_i64(&s, "gross"),
            .has_state = stmt_col_i64(&s, "has_state"),
            .state_released = stmt_col_i64(&s, "released"),
            .provider = stmt_col_str(&s, "provider"),
            .payment = stmt_col_str(&s, "payment"),
        };
        struct arena_mark mark = arena_mark(r->ctx->arena);
        enum err bad = play(&t, stmt_col_str(&s, "kind"), stmt_col_str(&s, "ref"),
                            stmt_col_str(&s, "meta"));

        if (bad)
            return bad;
        arena_release(r->ctx->arena, mark);
        *after = t.id;
        (*ret_n)++;
    }
    return e == E_NOTFOUND ? OK : e;
}

enum err
verify_tip_check(struct verify_report *r)
{
    int64_t after = 0;
    size_t n;
    enum err e;

    do {
        struct arena_mark mark = arena_mark(r->ctx->arena);
        e = piece(r, &after, &n);
        arena_release(r->ctx->arena, mark);
    } while (!e && n == PIECE);
    if (e)
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(r->ctx, SQL_verify_tip_stray);
    while ((e = stmt_row(&s)) == OK)
        verify_report_no(r, "I29", "entry", stmt_col_i64(&s, "seq"), "belongs to no tip");
    return e == E_NOTFOUND ? OK : e;
}
