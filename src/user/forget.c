/* Rows that hold what a person is. See forget.h. */
#include "user/forget.h"

#include "base/enc.h"
#include "db/stmt.h"
#include "db/tx.h"

enum { NAME_RANDOM = 8 };

enum err
forget_kept(struct ctx *ctx, int64_t id, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_forget_kept);
    enum err e;

    stmt_i64(&s, ":member", id);
    if ((e = stmt_one(&s)))
        return e;
    *ret = stmt_col_i64(&s, "roles")   ? STR("ask an operator to take your roles first")
           : stmt_col_i64(&s, "races") ? STR("a race of yours is not settled yet: wait for it")
           : stmt_col_i64(&s, "disputes") ? STR("your dispute is open: withdraw it or wait")
           : stmt_col_i64(&s, "payouts")  ? STR("your payout is not over yet: wait for it")
                                          : STR("");
    return OK;
}

enum err
forget_member(struct ctx *ctx, struct tx *tx, int64_t id)
{
    static const enum sql STEPS[] = {
        SQL_forget_identity, SQL_forget_notices, SQL_forget_links,    SQL_forget_tries,
        SQL_forget_wishes,   SQL_forget_methods, SQL_forget_sessions, SQL_forget_dj};
    unsigned char random[NAME_RANDOM];
    enum err e = OK;

    BUG_IF(!tx->open);
    for (size_t i = 0; !e && i < ARRAY_SIZE(STEPS); i++) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, STEPS[i]);

        stmt_i64(&s, ":member", id);
        if (STEPS[i] == SQL_forget_sessions)
            stmt_i64(&s, ":now", ctx_now(ctx));
        e = stmt_run(&s);
    }
    if (e)
        return e;
    ctx->world->random(ctx->world->arg, random, sizeof(random));

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_forget_name);
    stmt_i64(&s, ":member", id);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":name",
             str_of(arena_printf(ctx->arena, "gone %.*s",
                                 STR_ARG(enc_hex(ctx->arena, random, sizeof(random))))));
    return stmt_run(&s);
}
