/* Plain counters of one thread. Not for: names of metrics (page/metrics.c). */
#include "vault/gauge.h"

#include "base/ctx.h"
#include "db/db.h"

static struct {
    int64_t commits, commands, refused, commit_ms, conns;
} g;

void
gauge_commit(size_t commands, int64_t ms)
{
    g.commits++;
    g.commands += (int64_t)commands;
    g.commit_ms += ms;
}

void
gauge_refused(void)
{
    g.refused++;
}

void
gauge_conns(size_t n)
{
    g.conns = (int64_t)n;
}

void
gauge_tell(struct ctx *ctx, struct msg *out)
{
    msg_add_i64(out, "commits", g.commits);
    msg_add_i64(out, "commands", g.commands);
    msg_add_i64(out, "refused", g.refused);
    msg_add_i64(out, "commit_ms", g.commit_ms);
    msg_add_i64(out, "conns", g.conns);
    msg_add_i64(out, "wal", db_wal(ctx->db));
}
