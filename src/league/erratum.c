/* Rows of errata and fixes, as readers see them. See erratum.h. */
#include "league/erratum.h"

#include "db/stmt.h"
#include "db/tx.h"

enum { TEXT_SIGNS = 500, TEXT_MIN = 10 };

enum err
erratum_add(struct ctx *ctx, struct tx *tx, int64_t season, struct str text, struct str actor)
{
    struct season z;
    enum err e = season_get(ctx, season, &z);

    BUG_IF(!tx->open);
    if (e)
        return e;
    if (!str_eq_text(z.state, "CLOSED"))
        return ctx_fail(ctx, E_CONFLICT,
                        "an erratum is for a closed season: fix the result instead");
    text = str_trim(text);
    if (str_length(text) < TEXT_MIN || str_length(text) > TEXT_SIGNS || !str_is_text(text, ""))
        return ctx_fail(ctx, E_INVALID, "an erratum has %d to %d signs", TEXT_MIN, TEXT_SIGNS);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_season_erratum_add);
    stmt_i64(&s, ":season", season);
    stmt_str(&s, ":text", text);
    stmt_str(&s, ":actor", actor);
    stmt_i64(&s, ":at", ctx_now(ctx));
    return stmt_run(&s);
}

enum err
erratum_list(struct ctx *ctx, int64_t season, size_t max, struct season_note **ret,
             size_t *ret_n)
{
    struct season_note *list = ARENA_ARRAY(ctx->arena, max + 1, struct season_note);
    size_t n = 0;
    enum err e = OK;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_season_notes);

    stmt_i64(&s, ":season", season);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK) {
        int64_t race = stmt_col_i64(&s, "race_id"), races = stmt_col_i64(&s, "races");
        struct str text = stmt_col_str(&s, "text");
        const char *head = "Erratum";

        if (races == 1)
            head = arena_printf(ctx->arena, "Race %lld corrected", (long long)race);
        else if (races)
            head = arena_printf(ctx->arena, "Results of %lld races reckoned anew",
                                (long long)races);
        list[n++] = (struct season_note){
            .at = stmt_col_i64(&s, "at"),
            .text = str_of(arena_printf(ctx->arena, "%s: %.*s", head, STR_ARG(text))),
            .race_id = races == 1 ? race : 0,
        };
    }
    *ret = list;
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}
