/* Goes through the postings once, from seal to seal, and sums them up by account: what the
 * balances were at each day's end. */
#include "ledger/verify_seal.h"

#include <string.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/enc.h"
#include "db/db.h"
#include "db/stmt.h"
#include "ledger/leaf.h"
#include "ledger/seal.h"
#include "ledger/verify_table.h"

struct sum {
    struct str code, currency;
    int64_t debits, credits;
    bool used;
};

struct look {
    struct verify_report *r;
    struct ctx *ctx;
    struct str ledger, mode, secret; /* secret: empty before there was a list */
    struct verify_table by_id;       /* struct sum * */
    struct sum **sum;                /* by code */
    size_t n;
    int64_t upto; /* entries summed up */
    int64_t day;  /* of the seal before, ms; -1: none */
    int64_t last; /* entry of the seal before */
    bool listed;  /* one before had a list */
};

static enum err
load(struct look *l)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(l->ctx, SQL_verify_seal_accounts);
    size_t room = 64;
    enum err e;

    l->sum = ARENA_ARRAY(l->ctx->arena, room, struct sum *);
    while ((e = stmt_row(&s)) == OK) {
        struct sum *a = ARENA_NEW(l->ctx->arena, struct sum);
        struct sum **at = verify_table_get(&l->by_id, stmt_col_i64(&s, "id"), 0, STR_NULL);

        *a = (struct sum){.code = stmt_col_str(&s, "code"),
                          .currency = stmt_col_str(&s, "currency")};
        *at = a;
        if (l->n == room) {
            struct sum **more = ARENA_ARRAY(l->ctx->arena, room * 2, struct sum *);

            memcpy(more, l->sum, room * sizeof(struct sum *));
            l->sum = more;
            room *= 2;
        }
        l->sum[l->n++] = a;
    }
    return e == E_NOTFOUND ? OK : e;
}

static enum err
add_upto(struct look *l, int64_t last)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(l->ctx, SQL_verify_seal_postings);
    enum err e;

    stmt_i64(&s, ":after", l->upto);
    stmt_i64(&s, ":last", last);
    while ((e = stmt_row(&s)) == OK) {
        struct sum *const *at =
            verify_table_find(&l->by_id, stmt_col_i64(&s, "account_id"), 0, STR_NULL);
        int64_t amount = stmt_col_i64(&s, "amount");

        if (!at)
            continue;
        (*at)->used = true;
        /* Sums beyond all reason are damage that other checks name. */
        if (amount > 0)
            (void)__builtin_add_overflow((*at)->debits, amount, &(*at)->debits);
        else
            (void)__builtin_sub_overflow((*at)->credits, amount, &(*at)->credits);
    }
    if (last > l->upto)
        l->upto = last;
    return e == E_NOTFOUND ? OK : e;
}

static struct str
trial_of(struct look *l)
{
    struct crypt_hash *h = crypt_hash_new();
    struct arena_mark mark = arena_mark(l->ctx->arena);
    struct sha256 sha;

    crypt_hash_start(h);
    for (size_t i = 0; i < l->n; i++)
        if (l->sum[i]->used) {
            const struct sum *a = l->sum[i];
            struct str line =
                seal_line(l->ctx->arena, a->code, a->currency, a->debits, a->credits);

            crypt_hash_add(h, line.p, line.n);
            arena_release(l->ctx->arena, mark);
        }
    sha = crypt_hash_end(h);
    crypt_hash_free(h);
    return enc_hex(l->ctx->arena, sha.b, sizeof(sha.b));
}

static void
wrong(struct look *l, struct str day, const char *what)
{
    verify_report(l->r, "I32", "seal", day, "%s", what);
}

/* Days without a gap, numbers without a gap, nothing that came later. */
static void
check_place(struct look *l, struct stmt *s, const struct seal *seal)
{
    int64_t day = 0, began = stmt_col_null(s, "began") ? 0 : stmt_col_i64(s, "began");
    char date[CLOCK_TEXT];

    if (clock_parse(seal->day, &day) || !str_eq_text(seal->day, clock_date(day, date)) ||
        day != (l->day < 0 ? began - began % SEAL_DAY_MS : l->day + SEAL_DAY_MS))
        wrong(l, seal->day, "is not of the day after the one before");
    if (seal->first_seq != l->last + 1 || seal->last_seq < l->last)
        wrong(l, seal->day, "does not begin behind the one before");
    if (seal->last_seq > 0 &&
        (stmt_col_null(s, "sha") || stmt_col_i64(s, "recorded_at") >= day + SEAL_DAY_MS))
        wrong(l, seal->day, "its last entry is not of that day or before");
    if (seal->at < day + SEAL_DAY_MS)
        wrong(l, seal->day, "was made before the day was over");
    l->day = day;
    l->last = seal->last_seq;
}

static enum err
check_list(struct look *l, const struct seal *seal)
{
    struct str sum;
    enum err e;

    if (!seal->list_sha.n) {
        if (l->listed)
            wrong(l, seal->day, "it has no list of hashes, which one before it has");
        return OK;
    }
    l->listed = true;
    if (!l->secret.n) {
        wrong(l, seal->day, "what its list of hashes is made of is lost");
        return OK;
    }
    if ((e = leaf_sum(l->ctx, l->secret, seal->first_seq, seal->last_seq, &sum)))
        return e;
    if (!str_eq(sum, seal->list_sha))
        wrong(l, seal->day, "its list of hashes is another than the entries give");
    return OK;
}

static enum err
check_one(struct look *l, struct stmt *s)
{
    static const unsigned char none[32];
    struct arena *a = l->ctx->arena;
    struct str head = stmt_col_blob(s, "head_sha"), trial = stmt_col_blob(s, "trial_sha");
    struct str sha = stmt_col_null(s, "sha")
                         ? (struct str){.p = (const char *)none, .n = sizeof(none)}
                         : stmt_col_blob(s, "sha");
    struct seal seal = {
        .day = stmt_col_str(s, "day"),
        .first_seq = stmt_col_i64(s, "first_seq"),
        .last_seq = stmt_col_i64(s, "last_seq"),
        .at = stmt_col_i64(s, "at"),
        .head_sha = enc_hex(a, head.p, head.n),
        .trial_sha = enc_hex(a, trial.p, trial.n),
        .text = stmt_col_str(s, "text"),
    };
    enum err e;

    seal.list_sha = seal_list_of(seal.text);
    check_place(l, s, &seal);
    if (!str_eq(head, sha))
        wrong(l, seal.day, "its hash is not that of its last entry");
    if ((e = add_upto(l, seal.last_seq)))
        return e;
    if (!str_eq(seal.trial_sha, trial_of(l)))
        wrong(l, seal.day, "its trial balance is another than the postings give");
    if ((e = check_list(l, &seal)))
        return e;
    if (!str_eq(seal.text, seal_text(a, l->ledger, l->mode, &seal)))
        wrong(l, seal.day, "its text says something else");
    if (!crypt_ed25519_verify(stmt_col_blob(s, "key"), seal.text,
                              stmt_col_blob(s, "signature")))
        wrong(l, seal.day, "its signature does not fit");
    return OK;
}

enum err
verify_seal_check(struct verify_report *r)
{
    struct arena_mark mark = arena_mark(r->ctx->arena);
    struct look l = {.r = r, .ctx = r->ctx, .day = -1};
    enum err e;

    l.by_id = verify_table_new(r->ctx->arena, sizeof(struct sum *));
    if ((e = db_stamp(r->ctx, "ledger_id", &l.ledger)) ||
        (e = db_stamp(r->ctx, "mode", &l.mode)) || (e = load(&l)))
        return e;
    e = leaf_secret(r->ctx, &l.secret);
    if (e == E_NOTFOUND)
        ctx_clear(r->ctx);
    else if (e)
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(r->ctx, SQL_verify_seals);

        while ((e = stmt_row(&s)) == OK)
            if ((e = check_one(&l, &s)))
                return e;
    }
    arena_release(r->ctx->arena, mark);
    return e == E_NOTFOUND ? OK : e;
}
