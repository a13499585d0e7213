/* One open row per kind and key; raised again it counts. Not for: sending them (job/herald.c).
 */
#include "queue/alert.h"

#include "db/stmt.h"
#include "db/tx.h"
#include "queue/tell.h"

/* A new one is told once. Not what says that telling does not work. */
static enum err
tell(struct ctx *ctx, struct tx *tx, struct str kind, struct str key)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_open);
    enum err e;

    if (str_eq_text(kind, "job_dead") || str_eq_text(kind, "discord_down"))
        return OK;
    stmt_str(&s, ":kind", kind);
    stmt_str(&s, ":key", key);
    if ((e = stmt_one(&s)) || stmt_col_i64(&s, "times") > 1)
        return e;
    return tell_add(
        ctx, tx, "alert.raised",
        str_of(arena_printf(ctx->arena, "alert:%lld", (long long)stmt_col_i64(&s, "id"))), 0);
}

enum err
alert_raise(struct ctx *ctx, struct tx *tx, struct str kind, struct str key,
            const char *severity, const char *who, struct str text)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_raise);

    BUG_IF(!tx->open);
    stmt_str(&s, ":kind", kind);
    stmt_str(&s, ":key", key);
    stmt_str(&s, ":severity", str_of(severity));
    stmt_str(&s, ":who", str_of(who));
    stmt_str(&s, ":text", text);
    stmt_i64(&s, ":now", ctx_now(ctx));
    enum err e = stmt_run(&s);

    return e ? e : tell(ctx, tx, kind, key);
}

enum err
alert_resolve(struct ctx *ctx, struct tx *tx, struct str kind, struct str key)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_resolve);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":kind", kind);
    stmt_str(&s, ":key", key);
    return stmt_run(&s);
}

enum err
alert_list(struct ctx *ctx, size_t max, struct alert **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_list);
    struct alert *row = ARENA_ARRAY(ctx->arena, max, struct alert);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = (struct alert){
            .kind = stmt_col_str(&s, "kind"),
            .key = stmt_col_str(&s, "key"),
            .severity = stmt_col_str(&s, "severity"),
            .who = stmt_col_str(&s, "who"),
            .text = stmt_col_str(&s, "text"),
            .raised_at = stmt_col_i64(&s, "raised_at"),
            .seen_at = stmt_col_i64(&s, "seen_at"),
            .times = stmt_col_i64(&s, "times"),
        };
    if (e && e != E_NOTFOUND)
        return e;
    *ret = row;
    *ret_n = n;
    return OK;
}
