/* What somebody needs to check a season or a race without us, as one file: results, points,
 * every line of each pot, the rules and the seals of those days. Not for: proving one's own
 * wallet (entrypage.c). */
#include "base/clock.h"
#include "base/crypt.h"
#include "base/enc.h"
#include "base/zip.h"
#include "db/db.h"
#include "db/stmt.h"
#include "league/standing.h"
#include "ledger/seal.h"
#include "page/layout.h"
#include "page/routes.h"
#include "race/race.h"

enum {
    BUNDLE_BYTES = 24 * 1024 * 1024,
    CSV_BYTES = 8 * 1024 * 1024,
    RACES_MAX = 1000,
    LINES_MAX = 50000,
    SUMS_BYTES = 512 * 1024
};

/* The file on its way: each member's hash is kept for SHA256SUMS. */
struct bundle {
    struct ctx *ctx;
    struct zip z;
    struct buf out, sums;
    int64_t last_day; /* ms of the newest day whose seal is in */
};

static void
add(struct bundle *b, const char *name, struct str body)
{
    struct sha256 sha = crypt_sha256(body);
    struct str hex = enc_hex(b->ctx->arena, sha.b, sizeof(sha.b));

    buf_printf(&b->sums, "%.*s  %s\n", STR_ARG(hex), name);
    zip_add(&b->z, &b->out, str_of(name), body);
}

/* A cell; texts that a sheet might take for a formula begin with an apostrophe. */
static void
cell(struct buf *b, struct str s)
{
    bool formula = s.n && (s.p[0] == '=' || s.p[0] == '+' || s.p[0] == '-' || s.p[0] == '@');

    buf_add_text(b, formula ? "\"'" : "\"");
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_add_char(b, '"');
        buf_add_char(b, s.p[i]);
    }
    buf_add_char(b, '"');
}

/* All rows of a statement as a file of CSV. columns: "n:race_id t:driver w:at". */
static enum err
add_table(struct bundle *b, struct stmt *s, const char *columns, const char *file)
{
    struct ctx *ctx = b->ctx;
    struct buf csv = buf_new(ctx->arena, CSV_BYTES);
    struct str rest = str_of(columns), column;
    char time[CLOCK_TEXT];
    enum err e;

    for (bool first = true; str_split(&rest, ' ', &column); first = false)
        buf_printf(&csv, "%s%.*s", first ? "" : ",", STR_ARG(str_sub(column, 2, SIZE_MAX)));
    buf_add_text(&csv, "\r\n");
    while ((e = stmt_row(s)) == OK) {
        rest = str_of(columns);
        for (bool first = true; str_split(&rest, ' ', &column); first = false) {
            const char *name = str_text(ctx->arena, str_sub(column, 2, SIZE_MAX));

            if (!first)
                buf_add_char(&csv, ',');
            if (column.p[0] == 't')
                cell(&csv, stmt_col_str(s, name));
            else if (column.p[0] == 'w')
                buf_add_text(&csv, stmt_col_i64(s, name)
                                       ? clock_rfc3339(stmt_col_i64(s, name), time)
                                       : "");
            else
                buf_add_i64(&csv, stmt_col_i64(s, name));
        }
        buf_add_text(&csv, "\r\n");
    }
    if (e != E_NOTFOUND)
        return e;
    add(b, file, buf_str(&csv));
    return OK;
}

static enum err
add_results(struct bundle *b, int64_t race)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(b->ctx, SQL_bundle_results);

    stmt_i64(&s, ":race", race);
    return add_table(b, &s,
                     "n:race_id n:version n:seat_no t:driver t:kind n:place n:points n:rounds "
                     "w:raced_at",
                     arena_printf(b->ctx->arena, "race-%lld/results.csv", (long long)race));
}

static enum err
add_pot(struct bundle *b, int64_t race)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(b->ctx, SQL_bundle_lines);

    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":max", LINES_MAX);
    return add_table(
        b, &s, "n:seq n:sale_id w:at n:delta n:pot n:bonus n:amount n:pool t:currency t:reason",
        arena_printf(b->ctx->arena, "race-%lld/pot.csv", (long long)race));
}

/* Seals of the days in which the race's lines were written, each once. */
static enum err
add_seals(struct bundle *b, int64_t race)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(b->ctx, SQL_bundle_span);
    char day[CLOCK_TEXT];
    enum err e;

    stmt_i64(&s, ":race", race);
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? OK : e;
    int64_t from = stmt_col_i64(&s, "first"), last = stmt_col_i64(&s, "last");

    from -= from % SEAL_DAY_MS;
    if (from <= b->last_day)
        from = b->last_day + SEAL_DAY_MS;
    for (; last && from <= last; from += SEAL_DAY_MS) {
        struct seal seal;

        b->last_day = from;
        e = seal_get(b->ctx, str_of(clock_date(from, day)), &seal);
        if (e == E_NOTFOUND) { /* that day is not sealed yet */
            ctx_clear(b->ctx);
            continue;
        }
        if (e)
            return e;
        add(b, arena_printf(b->ctx->arena, "seals/seal-%s.txt", day),
            seal_file(b->ctx->arena, &seal));
    }
    return OK;
}

static enum err
add_race(struct bundle *b, int64_t race)
{
    struct str json;
    enum err e = race_snapshot(b->ctx, race, &json);

    if (e)
        return e;
    add(b, arena_printf(b->ctx->arena, "race-%lld/race.json", (long long)race), json);
    if ((e = add_results(b, race)) || (e = add_pot(b, race)))
        return e;
    return add_seals(b, race);
}

static enum err
add_races(struct bundle *b, int64_t season)
{
    int64_t *id = ARENA_ARRAY(b->ctx->arena, RACES_MAX, int64_t);
    size_t n = 0;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(b->ctx, SQL_bundle_races);

        stmt_i64(&s, ":season", season);
        stmt_i64(&s, ":max", RACES_MAX);
        while ((e = stmt_row(&s)) == OK)
            id[n++] = stmt_col_i64(&s, "id");
    }
    if (e != E_NOTFOUND)
        return e;
    ctx_clear(b->ctx);
    for (size_t i = 0; i < n; i++)
        if ((e = add_race(b, id[i])))
            return e;
    return OK;
}

static enum err
add_penalties(struct bundle *b, int64_t season)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(b->ctx, SQL_bundle_penalties);

    stmt_i64(&s, ":season", season);
    return add_table(
        b, &s, "n:race_id t:driver t:incident n:points t:reason w:at w:lifted_at t:lifted_why",
        "penalties.csv");
}

#define VERIFY                                                                                 \
    "Nothing of ours is needed to check this.\n\n"                                             \
    "1. The files are whole:           sha256sum -c SHA256SUMS\n"                              \
    "2. The pot of a race:             the column delta of race-N/pot.csv, added up, is the\n" \
    "                                  last pot there and the pot of race.json. Amounts are "  \
    "in\n"                                                                                     \
    "                                  the smallest unit (cents); seq is the number in the "   \
    "journal.\n"                                                                               \
    "3. The points of a season:        in race-N/results.csv the highest version counts; a\n"  \
    "                                  place gives the points of the points table in\n"        \
    "                                  season.json; penalties.csv takes away what was not\n"   \
    "                                  lifted; dropped results are marked in season.json.\n"   \
    "4. The seals:                     seals/ holds the signed end of each day in which "      \
    "these\n"                                                                                  \
    "                                  lines were written. The way to check one, and the "     \
    "list\n"                                                                                   \
    "                                  of all entries of the day, is at /seal/DAY of the "     \
    "house.\n"

static enum err
send(struct bundle *b, struct res *res, const char *name)
{
    enum err e;

    add(b, "VERIFY.txt", STR(VERIFY));
    zip_add(&b->z, &b->out, STR("SHA256SUMS"), buf_str(&b->sums));
    zip_end(&b->z, &b->out);
    if ((e = buf_err(&b->out)) || (e = buf_err(&b->sums)))
        return ctx_fail(b->ctx, E_LIMIT, "this is too long for one file");
    res_cache(res, RES_SHORT);
    res_body(res, "application/zip", buf_str(&b->out));
    return res_header(res, "Content-Disposition",
                      layout_printf(b->ctx, "attachment; filename=\"%s.zip\"", name));
}

static void
begin(struct bundle *b, struct ctx *ctx)
{
    *b = (struct bundle){.ctx = ctx,
                         .out = buf_new(ctx->arena, BUNDLE_BYTES),
                         .sums = buf_new(ctx->arena, SUMS_BYTES)};
    zip_begin(&b->z, ctx->arena, ctx_now(ctx));
}

enum err
bundlepage_season(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct bundle *b = ARENA_NEW(ctx->arena, struct bundle);
    struct season s;
    struct str json;
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    begin(b, ctx);
    if (!(e = season_find(ctx, req_arg(req, "slug"), &s)) &&
        !(e = standing_snapshot(ctx, s.id, &json))) {
        add(b, "season.json", json);
        if (!(e = add_penalties(b, s.id)))
            e = add_races(b, s.id);
    }
    db_snapshot_end(ctx);
    return e ? e
             : send(b, res,
                    arena_printf(ctx->arena, "season-%.*s", STR_ARG(req_arg(req, "slug"))));
}

enum err
bundlepage_race(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct bundle *b = ARENA_NEW(ctx->arena, struct bundle);
    int64_t id = req_id(req, "id");
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    begin(b, ctx);
    e = add_race(b, id);
    db_snapshot_end(ctx);
    return e ? e : send(b, res, arena_printf(ctx->arena, "race-%lld", (long long)id));
}
