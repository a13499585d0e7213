/* One row a run. Not for: the runs themselves. */
#include "upkeep/upkeep.h"

#include "db/stmt.h"
#include "db/tx.h"
#include "queue/alert.h"

enum { WORDS_MAX = 500, HASH_SIGNS = 64 };

/* What went wrong with each kind, for whom. */
static const struct {
    const char *kind, *failed;
} known[] = {
    {"backup",  "backup_failed" },
    {"drill",   "drill_failed"  },
    {"verify",  "verify_failed" },
    {"audit",   "audit_failed"  },
    {"restore", "restore_failed"},
    {"upgrade", "upgrade_failed"},
};

static enum err
check(struct ctx *ctx, const struct upkeep *u, const char **ret_failed)
{
    if (u->began_at < 0 || u->ended_at < u->began_at || u->seq < 0 || u->bytes < 0)
        return ctx_fail(ctx, E_INVALID, "times and numbers of a run cannot be so");
    if (u->words.n == 0 || u->words.n > WORDS_MAX)
        return ctx_fail(ctx, E_INVALID, "a run needs a sentence of at most %d signs",
                        WORDS_MAX);
    if (u->head.n != 0 && u->head.n != HASH_SIGNS)
        return ctx_fail(ctx, E_INVALID, "a hash has %d hex signs", HASH_SIGNS);
    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (str_eq_text(u->kind, known[i].kind)) {
            *ret_failed = known[i].failed;
            return OK;
        }
    return ctx_fail(ctx, E_INVALID, "there is no such kind of run: %.*s", STR_ARG(u->kind));
}

enum err
upkeep_add(struct ctx *ctx, struct tx *tx, const struct upkeep *u)
{
    const char *failed = NULL;
    enum err e = check(ctx, u, &failed);

    if (e)
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_upkeep_add);

    BUG_IF(!tx->open);
    stmt_str(&s, ":kind", u->kind);
    stmt_i64(&s, ":began_at", u->began_at);
    stmt_i64(&s, ":ended_at", u->ended_at);
    stmt_i64(&s, ":good", u->good);
    stmt_str(&s, ":words", u->words);
    stmt_i64(&s, ":seq", u->seq);
    stmt_str(&s, ":head", u->head);
    stmt_i64(&s, ":bytes", u->bytes);
    if ((e = stmt_run(&s)))
        return e;
    return u->good
               ? alert_resolve(ctx, tx, str_of(failed), STR("house"))
               : alert_raise(ctx, tx, str_of(failed), STR("house"), "error", "us", u->words);
}

static void
read_row(struct stmt *s, struct upkeep *ret)
{
    *ret = (struct upkeep){
        .id = stmt_col_i64(s, "id"),
        .kind = stmt_col_str(s, "kind"),
        .began_at = stmt_col_i64(s, "began_at"),
        .ended_at = stmt_col_i64(s, "ended_at"),
        .good = stmt_col_i64(s, "good") != 0,
        .words = stmt_col_str(s, "words"),
        .seq = stmt_col_i64(s, "seq"),
        .head = stmt_col_str(s, "head"),
        .bytes = stmt_col_i64(s, "bytes"),
    };
}

enum err
upkeep_last(struct ctx *ctx, struct str kind, bool good, struct upkeep *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_upkeep_last);
    enum err e;

    stmt_str(&s, ":kind", kind);
    stmt_i64(&s, ":good", good);
    if ((e = stmt_one(&s)))
        return e;
    read_row(&s, ret);
    return OK;
}

enum err
upkeep_list(struct ctx *ctx, size_t max, struct upkeep **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_upkeep_list);
    enum err e;

    *ret = ARENA_ARRAY(ctx->arena, max, struct upkeep);
    *ret_n = 0;
    stmt_i64(&s, ":max", (int64_t)max);
    while ((e = stmt_row(&s)) == OK)
        read_row(&s, &(*ret)[(*ret_n)++]);
    return e == E_NOTFOUND ? OK : e;
}
