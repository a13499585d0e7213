/* Reading only. See probe.h. */
#include "upkeep/probe.h"

#include <string.h>

#include "base/enc.h"
#include "db/db.h"
#include "db/stmt.h"
#include "ledger/recheck.h"
#include "ledger/verify.h"

enum { AT_ONCE = 20000 };

enum err
probe_head(struct ctx *ctx, struct probe *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_journal_head);
    enum err e = stmt_one(&s);

    if (e)
        return e == E_NOTFOUND ? OK : e;
    ret->seq = stmt_col_i64(&s, "seq");
    ret->at = stmt_col_i64(&s, "recorded_at");
    if (ret->seq > 0) {
        struct str sha = stmt_col_blob(&s, "sha");

        ret->head = enc_hex(ctx->arena, sha.p, sha.n);
    }
    return OK;
}

enum err
probe_read(struct ctx *ctx, struct probe *ret)
{
    enum err e;

    *ret = (struct probe){.head = STR("")};
    if ((e = db_stamp(ctx, "ledger_id", &ret->ledger)) ||
        (e = db_stamp(ctx, "mode", &ret->mode)))
        return e;
    return probe_head(ctx, ret);
}

enum err
probe_hash(struct ctx *ctx, int64_t seq, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_probe_hash);
    struct str sha;
    enum err e;

    stmt_i64(&s, ":seq", seq);
    if ((e = stmt_one(&s)))
        return e;
    sha = stmt_col_blob(&s, "sha");
    *ret = enc_hex(ctx->arena, sha.p, sha.n);
    return OK;
}

static enum err
sums(struct ctx *ctx, struct str *ret_why)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_probe_sums);
    enum err e = stmt_row(&s);

    if (!e)
        *ret_why = str_of(arena_printf(ctx->arena, "all balances of %.*s together are %lld",
                                       STR_ARG(stmt_col_str(&s, "currency")),
                                       (long long)stmt_col_i64(&s, "bal")));
    return e == E_NOTFOUND ? OK : e;
}

enum err
probe_since(struct ctx *ctx, int64_t seq, struct str head, struct str *ret_why)
{
    struct recheck r = {.seq = seq, .why = STR("")};
    enum err e;

    *ret_why = STR("");
    if (seq > 0 && !enc_unhex(head, r.sha.b, sizeof r.sha.b))
        return ctx_fail(ctx, E_INVALID, "that is no hash of an entry");
    do {
        if ((e = recheck_chain(ctx, AT_ONCE, &r)))
            return e;
        if (r.why.n) {
            *ret_why = r.why;
            return OK;
        }
    } while (r.looked == AT_ONCE);
    return sums(ctx, ret_why);
}

enum err
probe_whole(struct ctx *ctx, int64_t *ret_entries, struct str *ret_why)
{
    struct verify_first f = {.arena = ctx->arena, .words = STR("")};
    struct verify_sum sum = {0};
    enum err e = verify_run(ctx, verify_first, &f, &sum);

    *ret_entries = sum.entries;
    *ret_why = f.words;
    if (!e && sum.found > 0)
        *ret_why = str_of(arena_printf(ctx->arena, "%lld differences, the first: %.*s",
                                       (long long)sum.found, STR_ARG(f.words)));
    return e;
}
