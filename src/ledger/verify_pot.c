/* Reads both tables race by race, in their own order. Not for: recomputing a split. */
#include "ledger/verify_pot.h"

#include "db/stmt.h"

enum { PIECE = 20000 };

/* One race's pot, line by line; gives the digest of the lines that splits demand. */
static enum err
read_pot(struct verify_split *v, int64_t race_id, int64_t *rows, uint64_t *ret_digest)
{
    int64_t after = 0, pot = 0, waiting = 0;
    size_t n;
    enum err e;

    do {
        struct arena_mark mark = arena_mark(v->r->ctx->arena);
        struct stmt s CLEANUP(stmt_done) = stmt_get(v->r->ctx, SQL_verify_pot);

        stmt_i64(&s, ":race", race_id);
        stmt_i64(&s, ":after", after);
        stmt_i64(&s, ":most", PIECE);
        for (n = 0; (e = stmt_row(&s)) == OK; n++) {
            int64_t delta, bonus;

            after = stmt_col_i64(&s, "seq");
            delta = stmt_col_i64(&s, "delta");
            bonus = stmt_col_i64(&s, "bonus");
            pot += delta;
            waiting += bonus;
            if (stmt_col_i64(&s, "pot") != pot || stmt_col_i64(&s, "waiting") != waiting)
                verify_report_no(v->r, "I14", "race", race_id,
                                 "pot of entry %lld is not the sum", (long long)after);
            pot = stmt_col_i64(&s, "pot");
            waiting = stmt_col_i64(&s, "waiting");
            if (verify_split_has(v, after))
                *ret_digest = verify_split_digest(*ret_digest, after, delta, bonus, 0);
        }
        *rows += (int64_t)n;
        arena_release(v->r->ctx->arena, mark);
    } while (e == E_NOTFOUND && n == PIECE);
    return e == E_NOTFOUND ? OK : e;
}

static enum err
read_shares(struct verify_split *v, int64_t race_id, int64_t no, int64_t *rows,
            uint64_t *ret_digest)
{
    int64_t after = 0, total = 0;
    size_t n;
    enum err e;

    do {
        struct stmt s CLEANUP(stmt_done) = stmt_get(v->r->ctx, SQL_verify_share);

        stmt_i64(&s, ":race", race_id);
        stmt_i64(&s, ":seat", no);
        stmt_i64(&s, ":after", after);
        stmt_i64(&s, ":most", PIECE);
        for (n = 0; (e = stmt_row(&s)) == OK; n++) {
            int64_t member, cents, unit;

            after = stmt_col_i64(&s, "seq");
            member = stmt_col_i64(&s, "member_id");
            cents = stmt_col_i64(&s, "cents");
            if (stmt_col_i64(&s, "total") != total + cents)
                verify_report_no(v->r, "I14", "race", race_id,
                                 "seat %lld: total at entry %lld is not the sum", (long long)no,
                                 (long long)after);
            total = stmt_col_i64(&s, "total");
            unit = stmt_col_i64(&s, "unit");
            if (verify_split_has(v, after))
                *ret_digest =
                    verify_split_digest(verify_split_digest(*ret_digest, after, member, cents,
                                                            stmt_col_i64(&s, "residue")),
                                        unit, 0, 0, 0);
        }
        *rows += (int64_t)n;
    } while (e == E_NOTFOUND && n == PIECE);
    return e == E_NOTFOUND ? OK : e;
}

static enum err
check_race_tables(struct verify_split *v, int64_t race_id, int64_t *pot_rows,
                  int64_t *share_rows)
{
    const struct verify_split_race *r = verify_table_find(&v->races, race_id, 0, STR_NULL);
    uint64_t got = 0;
    enum err e;

    if ((e = read_pot(v, race_id, pot_rows, &got)))
        return e;
    if (got != (r ? r->digest : 0))
        verify_report_no(v->r, "I14", "race", race_id,
                         "pot_line differs from the journal's splits");
    for (int64_t no = 1; no <= 8; no++) {
        const struct verify_split_seat *seat =
            verify_table_find(&v->seats, race_id, no, STR_NULL);

        got = 0;
        if ((e = read_shares(v, race_id, no, share_rows, &got)))
            return e;
        if (got != (seat ? seat->digest : 0))
            verify_report_no(v->r, "I14", "race", race_id,
                             "shares of seat %lld differ from the journal's splits",
                             (long long)no);
    }
    return OK;
}

enum err
verify_pot_check(struct verify_split *v, int64_t pot_lines, int64_t shares)
{
    int64_t after = 0, pot_rows = 0, share_rows = 0;
    int64_t *race = ARENA_ARRAY(v->a, PIECE, int64_t);
    size_t n;
    enum err e;

    do {
        {
            struct stmt s CLEANUP(stmt_done) = stmt_get(v->r->ctx, SQL_verify_races);

            stmt_i64(&s, ":after", after);
            stmt_i64(&s, ":most", PIECE);
            for (n = 0; (e = stmt_row(&s)) == OK; n++)
                race[n] = after = stmt_col_i64(&s, "id");
        }
        if (e != E_NOTFOUND)
            return e;
        for (size_t i = 0; i < n; i++)
            if ((e = check_race_tables(v, race[i], &pot_rows, &share_rows)))
                return e;
    } while (n == PIECE);
    if (pot_rows != pot_lines)
        verify_report(v->r, "I14", "table", STR("pot_line"), "%lld lines of no race",
                      (long long)(pot_lines - pot_rows));
    if (share_rows != shares)
        verify_report(v->r, "I14", "table", STR("share"), "%lld rows of no seat",
                      (long long)(shares - share_rows));
    return OK;
}
