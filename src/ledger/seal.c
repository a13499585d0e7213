/* Sealing days, reading seals. The trial balance is what the balances are now less what came
 * after the day, so that a day costs no look at the whole ledger. Not for: checking seals
 * (verify_seal.c), pages. */
#include "ledger/seal.h"

#include "base/clock.h"
#include "base/conf.h"
#include "base/crypt.h"
#include "base/enc.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/leaf.h"

enum { DAYS_MAX = 31, SEED = 32 };

struct str
seal_text(struct arena *a, struct str ledger, struct str mode, const struct seal *s)
{
    struct str most = str_of(arena_printf(
        a,
        "cozykart seal %d\nledger %.*s\nmode %.*s\nday %.*s\nentries %lld %lld\nhead %.*s\n"
        "trial %.*s\n",
        s->list_sha.n ? 2 : 1, STR_ARG(ledger), STR_ARG(mode), STR_ARG(s->day),
        (long long)s->first_seq, (long long)s->last_seq, STR_ARG(s->head_sha),
        STR_ARG(s->trial_sha)));

    return s->list_sha.n ? str_of(arena_printf(a, "%.*shashes %.*s\n", STR_ARG(most),
                                               STR_ARG(s->list_sha)))
                         : most;
}

struct str
seal_list_of(struct str text)
{
    static const struct str word = STR_INIT("\nhashes ");
    size_t at = str_find(text, word, 0);

    return at == SIZE_MAX ? STR("") : str_sub(text, at + word.n, 64);
}

struct str
seal_file(struct arena *a, const struct seal *s)
{
    return str_of(arena_printf(a, "%.*skey %.*s\nsignature %.*s\n", STR_ARG(s->text),
                               STR_ARG(s->public_key), STR_ARG(s->signature)));
}

struct str
seal_line(struct arena *a, struct str code, struct str currency, int64_t debits,
          int64_t credits)
{
    return str_of(arena_printf(a, "%.*s %.*s %lld %lld %lld\n", STR_ARG(code),
                               STR_ARG(currency), (long long)debits, (long long)credits,
                               (long long)(debits - credits)));
}

/* The next day to seal: its first millisecond and first entry. E_NOTFOUND: no entry yet. */
static enum err
next_day(struct ctx *ctx, int64_t *ret_day, int64_t *ret_first)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_seal_next);
    enum err e = stmt_one(&s);

    if (e)
        return e;
    *ret_first = stmt_col_i64(&s, "last_seq") + 1;
    if (stmt_col_null(&s, "day")) {
        int64_t at = stmt_col_i64(&s, "began");

        *ret_day = at - at % SEAL_DAY_MS;
        return OK;
    }
    if ((e = clock_parse(stmt_col_str(&s, "day"), ret_day)))
        return ctx_fail(ctx, E_INTERNAL, "the last seal has no date");
    *ret_day += SEAL_DAY_MS;
    return OK;
}

/* last_seq and head_sha of a day that ends then. */
static enum err
find_last(struct ctx *ctx, int64_t end, struct seal *seal)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_seal_last);
    static const unsigned char none[32];
    enum err e;

    stmt_i64(&s, ":before", seal->first_seq - 1);
    stmt_i64(&s, ":end", end);
    e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    seal->last_seq = e ? 0 : stmt_col_i64(&s, "seq");
    struct str sha =
        e ? (struct str){.p = (const char *)none, .n = sizeof(none)} : stmt_col_blob(&s, "sha");
    seal->head_sha = enc_hex(ctx->arena, sha.p, sha.n);
    return OK;
}

enum err
seal_trial(struct ctx *ctx, int64_t last, struct str *ret)
{
    struct crypt_hash *h = crypt_hash_new();
    struct arena_mark mark = arena_mark(ctx->arena);
    struct sha256 sha;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_seal_trial);

        crypt_hash_start(h);
        stmt_i64(&s, ":last", last);
        while ((e = stmt_row(&s)) == OK) {
            struct str line =
                seal_line(ctx->arena, stmt_col_str(&s, "code"), stmt_col_str(&s, "currency"),
                          stmt_col_i64(&s, "debits"), stmt_col_i64(&s, "credits"));

            crypt_hash_add(h, line.p, line.n);
            arena_release(ctx->arena, mark);
        }
    }
    sha = crypt_hash_end(h);
    crypt_hash_free(h);
    *ret = enc_hex(ctx->arena, sha.b, sizeof(sha.b));
    return e == E_NOTFOUND ? OK : e;
}

static enum err
read_seed(struct ctx *ctx, unsigned char ret[SEED])
{
    struct str line;
    size_t n = 0;
    enum err e = ctx->conf ? conf_secret(ctx, ctx->arena, "seal.key", ctx->conf->books.key_file,
                                         &line, 1, &n)
                           : OK;

    if (e)
        return e;
    if (n == 0)
        return ctx_fail(ctx, E_NOTFOUND, "seal.key_file is not set");
    if (!enc_unhex(line, ret, SEED))
        return ctx_fail(ctx, E_INVALID, "seal.key_file does not hold 64 hex signs");
    return OK;
}

static enum err
keep(struct ctx *ctx, const struct seal *seal, const unsigned char seed[SEED])
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_seal_add);
    struct str secret = {.p = (const char *)seed, .n = SEED};
    unsigned char head[32], trial[32], key[32], sig[64];

    BUG_IF(!enc_unhex(seal->head_sha, head, sizeof(head)) ||
           !enc_unhex(seal->trial_sha, trial, sizeof(trial)));
    crypt_ed25519_public(secret, key);
    crypt_ed25519_sign(secret, seal->text, sig);
    stmt_str(&s, ":day", seal->day);
    stmt_i64(&s, ":first", seal->first_seq);
    stmt_i64(&s, ":last", seal->last_seq);
    stmt_blob(&s, ":head", head, sizeof(head));
    stmt_blob(&s, ":trial", trial, sizeof(trial));
    stmt_str(&s, ":text", seal->text);
    stmt_blob(&s, ":signature", sig, sizeof(sig));
    stmt_blob(&s, ":key", key, sizeof(key));
    stmt_i64(&s, ":at", ctx_now(ctx));
    return stmt_run(&s);
}

static enum err
seal_day(struct ctx *ctx, struct tx *tx, int64_t day, int64_t first,
         const unsigned char seed[SEED])
{
    char date[CLOCK_TEXT];
    struct seal seal = {.day = str_of(clock_date(day, date)), .first_seq = first};
    struct str ledger, mode, secret;
    enum err e;

    if ((e = db_stamp(ctx, "ledger_id", &ledger)) || (e = db_stamp(ctx, "mode", &mode)) ||
        (e = find_last(ctx, day + SEAL_DAY_MS, &seal)) ||
        (e = seal_trial(ctx, seal.last_seq, &seal.trial_sha)) ||
        (e = leaf_secret_make(ctx, tx, &secret)) ||
        (e = leaf_sum(ctx, secret, first, seal.last_seq, &seal.list_sha)))
        return e;
    seal.text = seal_text(ctx->arena, ledger, mode, &seal);
    return keep(ctx, &seal, seed);
}

enum err
seal_tick(struct ctx *ctx, struct tx *tx, size_t *ret_n)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    unsigned char seed[SEED];
    int64_t day, first;
    enum err e;

    BUG_IF(!tx->open);
    for (*ret_n = 0; *ret_n < DAYS_MAX; ++*ret_n) {
        if ((e = next_day(ctx, &day, &first)) ||
            ctx_now(ctx) < day + SEAL_DAY_MS + SEAL_WAIT_MS)
            return e == E_NOTFOUND ? OK : e;
        if ((*ret_n == 0 && (e = read_seed(ctx, seed))) ||
            (e = seal_day(ctx, tx, day, first, seed)))
            return e;
        arena_release(ctx->arena, mark);
    }
    return OK;
}

static struct seal
read_row(struct stmt *s)
{
    struct arena *a = s->ctx->arena;
    struct str head = stmt_col_blob(s, "head_sha"), trial = stmt_col_blob(s, "trial_sha");
    struct str sig = stmt_col_blob(s, "signature"), key = stmt_col_blob(s, "key");
    struct str text = stmt_col_str(s, "text");

    return (struct seal){
        .day = stmt_col_str(s, "day"),
        .first_seq = stmt_col_i64(s, "first_seq"),
        .last_seq = stmt_col_i64(s, "last_seq"),
        .at = stmt_col_i64(s, "at"),
        .head_sha = enc_hex(a, head.p, head.n),
        .trial_sha = enc_hex(a, trial.p, trial.n),
        .list_sha = seal_list_of(text),
        .text = text,
        .signature = enc_base64(a, sig.p, sig.n),
        .public_key = enc_hex(a, key.p, key.n),
    };
}

enum err
seal_list(struct ctx *ctx, size_t max, struct seal **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_seal_list);
    struct seal *list = ARENA_ARRAY(ctx->arena, max ? max : 1, struct seal);
    enum err e = OK;

    stmt_i64(&s, ":max", (int64_t)max);
    for (*ret_n = 0; *ret_n < max && (e = stmt_row(&s)) == OK; ++*ret_n)
        list[*ret_n] = read_row(&s);
    *ret = list;
    return e == E_NOTFOUND ? OK : e;
}

enum err
seal_of(struct ctx *ctx, int64_t seq, struct seal *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_seal_of);
    enum err e;

    stmt_i64(&s, ":seq", seq);
    if ((e = stmt_one(&s)) == OK)
        *ret = read_row(&s);
    return e;
}

enum err
seal_get(struct ctx *ctx, struct str day, struct seal *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_seal_get);
    enum err e;

    stmt_str(&s, ":day", day);
    if ((e = stmt_one(&s)) == OK)
        *ret = read_row(&s);
    return e;
}
