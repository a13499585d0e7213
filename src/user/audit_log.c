/* Rows of the append-only log of who did what. Not for: the journal of money. */
#include "user/audit_log.h"

#include "db/stmt.h"
#include "db/tx.h"

enum err
audit_log_add(struct ctx *ctx, struct tx *tx, struct str actor, struct str action,
              struct str object, struct str detail)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_audit_log_add);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":actor", actor);
    stmt_str(&s, ":action", action);
    stmt_str(&s, ":object", object);
    stmt_str(&s, ":detail", detail);
    stmt_str(&s, ":trace", str_of(ctx->trace));
    return stmt_run(&s);
}

enum err
audit_log_on(struct ctx *ctx, struct tx *tx, struct str actor, struct str action,
             const char *kind, int64_t id, struct str detail)
{
    return audit_log_add(ctx, tx, actor, action,
                         str_of(arena_printf(ctx->arena, "%s:%lld", kind, (long long)id)),
                         detail);
}
