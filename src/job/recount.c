/* What was found goes to the vault, which keeps it and raises the alert. */
#include "job/recount.h"

#include "base/enc.h"
#include "db/db.h"
#include "ledger/recheck.h"
#include "ledger/verify.h"

enum { ENTRIES_MAX = 20000, WHY_BYTES = 400 };

static enum err
tell(struct ctx *ctx, const struct kinds_tools *tools, const char *name, int64_t seq,
     struct str sha, int64_t found, struct str why)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);

    msg_init(m, STR("books.checked"));
    msg_add_str(m, "name", str_of(name));
    msg_add_i64(m, "seq", seq);
    msg_add_str(m, "sha", sha);
    msg_add_i64(m, "found", found);
    msg_add_str(m, "why", str_sub(why, 0, WHY_BYTES));
    return call_ask(ctx, tools->vault, m, answer);
}

static enum err
chain(struct ctx *ctx, const struct kinds_tools *tools)
{
    struct recheck r;
    enum err e;

    if ((e = db_snapshot_begin(ctx)))
        return e;
    if (!(e = recheck_from(ctx, &r)))
        e = recheck_chain(ctx, ENTRIES_MAX, &r);
    if (!e)
        e = recheck_sums(ctx, &r);
    db_snapshot_end(ctx);
    return e ? e
             : tell(ctx, tools, "chain", r.seq, enc_hex(ctx->arena, r.sha.b, sizeof r.sha.b),
                    r.why.n > 0, r.why);
}

static enum err
whole(struct ctx *ctx, const struct kinds_tools *tools)
{
    struct verify_first f = {.arena = ctx->arena, .words = STR("")};
    struct verify_sum sum = {0};
    enum err e = verify_run(ctx, verify_first, &f, &sum);

    return e ? e : tell(ctx, tools, "whole", sum.head_seq, sum.head_sha, sum.found, f.words);
}

enum err
recount_run(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    return str_eq_text(job->payload, "whole") ? whole(ctx, tools) : chain(ctx, tools);
}
