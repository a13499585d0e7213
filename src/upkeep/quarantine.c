/* One open row at most. See quarantine.h. */
#include "upkeep/quarantine.h"

#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/outbox.h"
#include "upkeep/finding.h"

enum { FINDINGS_MAX = 200, WAITING_MAX = 1000, NOTE_BYTES = 1000, FIRST_BYTES = 140 };

enum err
quarantine_open(struct ctx *ctx, bool *ret_open, struct quarantine *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_quarantine_open);
    enum err e = stmt_one(&s);

    *ret_open = e == OK;
    if (e)
        return e == E_NOTFOUND ? OK : e;
    if (ret)
        *ret = (struct quarantine){.id = stmt_col_i64(&s, "id"),
                                   .began_at = stmt_col_i64(&s, "began_at"),
                                   .copy_at = stmt_col_i64(&s, "copy_at"),
                                   .seq = stmt_col_i64(&s, "seq"),
                                   .reason = stmt_col_str(&s, "reason")};
    return OK;
}

enum err
quarantine_refuse(struct ctx *ctx)
{
    bool open;
    enum err e = quarantine_open(ctx, &open, NULL);

    if (e || !open)
        return e;
    return ctx_fail(ctx, E_CONFLICT, "Payouts are paused after a restore; nothing is lost");
}

enum err
quarantine_since(struct ctx *ctx, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_quarantine_since);
    enum err e = stmt_one(&s);

    if (!e)
        *ret = stmt_col_i64(&s, "at");
    return e;
}

static enum err
write_row(struct ctx *ctx, enum sql id, int64_t copy_at, int64_t seq, struct str reason)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, id);

    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_i64(&s, ":copy_at", copy_at);
    stmt_i64(&s, ":seq", seq);
    stmt_str(&s, ":reason", reason);
    return stmt_run(&s);
}

static enum err
at_now(struct ctx *ctx, enum sql id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, id);

    stmt_i64(&s, ":now", ctx_now(ctx));
    return stmt_run(&s);
}

static enum err
plain(struct ctx *ctx, enum sql id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, id);

    return stmt_run(&s);
}

enum err
quarantine_begin(struct ctx *ctx, struct tx *tx, int64_t copy_at, int64_t seq,
                 struct str reason)
{
    bool open;
    enum err e = quarantine_open(ctx, &open, NULL);

    BUG_IF(!tx->open || db_role(ctx->db) != DB_MIGRATE);
    if (e || (e = write_row(ctx, open ? SQL_quarantine_again : SQL_quarantine_add, copy_at, seq,
                            reason)))
        return e;
    if ((e = at_now(ctx, SQL_quarantine_sessions)) || (e = plain(ctx, SQL_quarantine_links)) ||
        (e = plain(ctx, SQL_quarantine_channels)))
        return e;
    return plain(ctx, SQL_quarantine_floor);
}

/* What still blocks, counted; the first in words. */
static enum err
blockers(struct ctx *ctx, const struct quarantine *q, size_t *ret_n, struct str *ret_first)
{
    struct finding *list;
    size_t n;
    enum err e = finding_list(ctx, q, FINDINGS_MAX, &list, &n);

    *ret_n = 0;
    for (size_t i = 0; !e && i < n; i++)
        if (list[i].blocks && (*ret_n)++ == 0)
            *ret_first = list[i].words;
    return e;
}

/* At most so many bytes, ending with a whole word: half an address leads nowhere. */
static const char *
shortened(struct ctx *ctx, struct str s, size_t max)
{
    size_t end = max;

    if (s.n <= max)
        return str_text(ctx->arena, s);
    while (end > 0 && s.p[end] != ' ')
        end--;
    return arena_printf(ctx->arena, "%.*s …", STR_ARG(str_trim(str_sub(s, 0, end))));
}

/* A job of each, now; those that ran in the meantime found nothing that they may do. */
static enum err
go_on(struct ctx *ctx, struct tx *tx, int64_t quarantine)
{
    struct {
        struct str kind;
        int64_t id;
    } *wait = arena_alloc(ctx->arena, WAITING_MAX * sizeof *wait);
    size_t n = 0;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_quarantine_waiting);

        stmt_i64(&s, ":max", WAITING_MAX);
        while (n < WAITING_MAX && (e = stmt_row(&s)) == OK) {
            wait[n].kind = stmt_col_str(&s, "kind");
            wait[n++].id = stmt_col_i64(&s, "id");
        }
    }
    if ((e && e != E_NOTFOUND) || (e = at_now(ctx, SQL_quarantine_wake)))
        return e;
    for (size_t i = 0; !e && i < n; i++) {
        struct str payload = str_of(arena_printf(ctx->arena, "%lld", (long long)wait[i].id));
        bool due;

        if ((e = outbox_is_due(ctx, wait[i].kind, payload, &due)) || due)
            continue;
        e = outbox_add(ctx, tx, wait[i].kind,
                       str_of(arena_printf(ctx->arena, "%.*s:after:%lld", STR_ARG(payload),
                                           (long long)quarantine)),
                       payload, ctx_now(ctx));
    }
    return e;
}

enum err
quarantine_end(struct ctx *ctx, struct tx *tx, struct str actor, struct str reason,
               struct str despite)
{
    struct str first = STR("");
    struct quarantine q;
    size_t n = 0;
    bool open;
    enum err e = quarantine_open(ctx, &open, &q);

    BUG_IF(!tx->open);
    if (e)
        return e;
    if (!open)
        return ctx_fail(ctx, E_NOTFOUND, "the ledger is not in quarantine");
    if ((e = blockers(ctx, &q, &n, &first)))
        return e;
    if (n && !despite.n)
        return ctx_fail(ctx, E_CONFLICT,
                        "%lld thing%s must be looked at before payouts go on; cozykart "
                        "quarantine names %s: %s",
                        (long long)n, n == 1 ? "" : "s", n == 1 ? "it" : "all, first",
                        shortened(ctx, first, FIRST_BYTES));
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_quarantine_end);
        const char *note = n ? arena_printf(ctx->arena, "%.*s; despite %lld findings: %.*s",
                                            STR_ARG(reason), (long long)n, STR_ARG(despite))
                             : str_text(ctx->arena, reason);

        stmt_i64(&s, ":now", ctx_now(ctx));
        stmt_str(&s, ":actor", actor);
        stmt_str(&s, ":note", str_sub(str_of(note), 0, NOTE_BYTES));
        if ((e = stmt_run(&s)))
            return e;
    }
    return go_on(ctx, tx, q.id);
}
