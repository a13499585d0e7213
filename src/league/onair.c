/* Seconds on air from the notes of overlays. See onair.h. */
#include "league/onair.h"

#include "base/clock.h"
#include "base/crypt.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/alert.h"

static const int64_t SECOND_MS = 1000, DAY_MS = 24 * 3600 * 1000LL;

static struct str
day_of(struct ctx *ctx, int64_t at)
{
    char text[CLOCK_TEXT];

    return str_dup(ctx->arena, str_of(clock_date(at, text)));
}

/* The race on the road, 0: none. */
static enum err
running(struct ctx *ctx, int64_t *ret_race, int64_t *ret_since)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_onair_running);
    enum err e = stmt_one(&s);

    *ret_race = *ret_since = 0;
    if (e)
        return e == E_NOTFOUND ? OK : e;
    *ret_race = stmt_col_i64(&s, "id");
    *ret_since = stmt_col_i64(&s, "opened_at");
    return OK;
}

static enum err
has_slot(struct ctx *ctx, int64_t sponsor, struct str place, bool *ret)
{
    struct sponsor *shown;
    size_t n;
    enum err e = sponsor_shown(ctx, str_text(ctx->arena, place), 0, 50, &shown, &n);

    *ret = false;
    for (size_t i = 0; !e && i < n; i++)
        *ret |= shown[i].id == sponsor;
    return e;
}

struct seen {
    int64_t at, sponsor_id;
    bool visible;
    struct str place;
};

static enum err
last_note(struct ctx *ctx, int64_t overlay, struct str kind, struct seen *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_onair_seen);

    stmt_i64(&s, ":overlay", overlay);
    stmt_str(&s, ":kind", kind);
    enum err e = stmt_one(&s);
    *ret = (struct seen){0};
    if (e)
        return e == E_NOTFOUND ? OK : e;
    *ret = (struct seen){
        .at = stmt_col_i64(&s, "at"),
        .visible = stmt_col_i64(&s, "visible"),
        .place = stmt_col_str(&s, "place"),
        .sponsor_id = stmt_col_i64(&s, "sponsor_id"),
    };
    return OK;
}

static enum err
add_air(struct ctx *ctx, const struct onair_note *n, int64_t seconds, int64_t breaks)
{
    int64_t race, since;
    enum err e = running(ctx, &race, &since);

    if (e)
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_onair_add);
    stmt_i64(&s, ":sponsor", n->sponsor_id);
    stmt_str(&s, ":place", n->place);
    stmt_i64(&s, ":race", race);
    stmt_str(&s, ":day", day_of(ctx, ctx_now(ctx)));
    stmt_i64(&s, ":seconds", seconds);
    stmt_i64(&s, ":breaks", breaks);
    stmt_i64(&s, ":at", ctx_now(ctx));
    return stmt_run(&s);
}

/* The time since the last note, when both show the same sponsor. */
static enum err
count_air(struct ctx *ctx, const struct onair_note *n, const struct seen *before)
{
    int64_t now = ctx_now(ctx), from = before->at, seconds = 0, counted;
    bool slot, same = before->at && before->visible && before->sponsor_id == n->sponsor_id &&
                      str_eq(before->place, n->place);
    enum err e;

    if (!n->visible || !n->sponsor_id)
        return OK;
    if ((e = has_slot(ctx, n->sponsor_id, n->place, &slot)) || !slot)
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_onair_last);
        stmt_i64(&s, ":sponsor", n->sponsor_id);
        stmt_str(&s, ":place", n->place);
        if ((e = stmt_one(&s)))
            return e;
        counted = stmt_col_i64(&s, "last_at");
    }
    if (counted > from)
        from = counted;
    if (same && now > from)
        seconds = (now - from) / SECOND_MS;
    bool gap = same && now - before->at > ONAIR_BREAK_S * SECOND_MS;
    if (seconds > ONAIR_GAP_S)
        seconds = gap ? 0 : ONAIR_GAP_S;
    return add_air(ctx, n, seconds, gap);
}

static enum err
write_note(struct ctx *ctx, int64_t overlay, const struct onair_note *n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_onair_note);

    stmt_i64(&s, ":overlay", overlay);
    stmt_str(&s, ":kind", n->kind);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":channel", n->channel);
    stmt_i64(&s, ":seq", n->seq);
    stmt_i64(&s, ":visible", n->visible);
    stmt_str(&s, ":place", n->place);
    stmt_i64(&s, ":sponsor", n->sponsor_id);
    stmt_i64(&s, ":late", n->late);
    stmt_i64(&s, ":reconnects", n->reconnects);
    stmt_str(&s, ":agent", n->agent);
    stmt_str(&s, ":unknown", n->unknown);
    return stmt_run(&s);
}

enum err
onair_take(struct ctx *ctx, struct tx *tx, const struct onair_note *n)
{
    struct sha256 sha = crypt_sha256(n->token);
    struct seen before;
    int64_t overlay;
    enum err e;

    BUG_IF(!tx->open);
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_onair_overlay);
        stmt_blob(&s, ":sha", sha.b, sizeof sha.b);
        e = stmt_one(&s);
        if (e == E_NOTFOUND)
            return ctx_fail(ctx, e, "this overlay address is not known or was revoked");
        if (e)
            return e;
        overlay = stmt_col_i64(&s, "id");
    }
    if ((e = last_note(ctx, overlay, n->kind, &before)) || (e = count_air(ctx, n, &before)))
        return e;
    return write_note(ctx, overlay, n);
}

enum err
onair_tick(struct ctx *ctx, struct tx *tx)
{
    int64_t race, since, now = ctx_now(ctx), at, seen;
    enum err e = running(ctx, &race, &since);

    if (e)
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_onair_freshest);
        if ((e = stmt_one(&s)))
            return e;
        at = stmt_col_i64(&s, "at");
        seen = stmt_col_i64(&s, "seen");
    }
    int64_t from = seen > since ? seen : since;
    bool silent = race && at > now - DAY_MS && now - from > ONAIR_SILENT_S * SECOND_MS;
    if (!silent)
        return alert_resolve(ctx, tx, STR("overlay_silent"), STR("overlay"));
    return alert_raise(
        ctx, tx, STR("overlay_silent"), STR("overlay"), "warning", "user",
        str_of(arena_printf(ctx->arena,
                            "race %lld runs and no overlay is on screen: look at "
                            "the source in your streaming software",
                            (long long)race)));
}

static enum err
count(struct ctx *ctx, int64_t sponsor, struct str place, int64_t views, int64_t clicks)
{
    struct sponsor known;
    enum err e = sponsor_get(ctx, sponsor, &known);

    if (e)
        return e;
    if (!sponsor_place_words(place).n)
        return ctx_fail(ctx, E_NOTFOUND, "there is no such slot");
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_onair_count);
    stmt_i64(&s, ":sponsor", sponsor);
    stmt_str(&s, ":place", place);
    stmt_str(&s, ":day", day_of(ctx, ctx_now(ctx)));
    stmt_i64(&s, ":views", views);
    stmt_i64(&s, ":clicks", clicks);
    return stmt_run(&s);
}

enum err
onair_view(struct ctx *ctx, struct tx *tx, int64_t sponsor, struct str place)
{
    BUG_IF(!tx->open);
    return count(ctx, sponsor, place, 1, 0);
}

enum err
onair_click(struct ctx *ctx, struct tx *tx, int64_t sponsor, struct str place)
{
    BUG_IF(!tx->open);
    return count(ctx, sponsor, place, 0, 1);
}

enum err
onair_report(struct ctx *ctx, int64_t sponsor, size_t max, struct onair_air **ret,
             size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_onair_report);
    struct onair_air *row = ARENA_ARRAY(ctx->arena, max, struct onair_air);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":sponsor", sponsor);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = (struct onair_air){
            .place = stmt_col_str(&s, "place"),
            .day = stmt_col_str(&s, "day"),
            .race_id = stmt_col_i64(&s, "race_id"),
            .seconds = stmt_col_i64(&s, "seconds"),
            .breaks = stmt_col_i64(&s, "breaks"),
        };
    if (e && e != E_NOTFOUND)
        return e;
    *ret = row;
    *ret_n = n;
    return OK;
}

enum err
onair_counts(struct ctx *ctx, int64_t sponsor, size_t max, struct onair_count **ret,
             size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_onair_counts);
    struct onair_count *row = ARENA_ARRAY(ctx->arena, max, struct onair_count);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":sponsor", sponsor);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = (struct onair_count){
            .place = stmt_col_str(&s, "place"),
            .day = stmt_col_str(&s, "day"),
            .views = stmt_col_i64(&s, "views"),
            .clicks = stmt_col_i64(&s, "clicks"),
        };
    if (e && e != E_NOTFOUND)
        return e;
    *ret = row;
    *ret_n = n;
    return OK;
}

enum err
onair_sources(struct ctx *ctx, size_t max, struct onair_source **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_onair_sources);
    struct onair_source *row = ARENA_ARRAY(ctx->arena, max, struct onair_source);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = (struct onair_source){
            .label = stmt_col_str(&s, "label"),
            .kind = stmt_col_str(&s, "kind"),
            .channel = stmt_col_str(&s, "channel"),
            .place = stmt_col_str(&s, "place"),
            .agent = stmt_col_str(&s, "agent"),
            .unknown = stmt_col_str(&s, "unknown"),
            .first_at = stmt_col_i64(&s, "first_at"),
            .at = stmt_col_i64(&s, "at"),
            .seq = stmt_col_i64(&s, "seq"),
            .newest = stmt_col_i64(&s, "newest"),
            .late = stmt_col_i64(&s, "late"),
            .reconnects = stmt_col_i64(&s, "reconnects"),
            .visible = stmt_col_i64(&s, "visible"),
        };
    if (e && e != E_NOTFOUND)
        return e;
    *ret = row;
    *ret_n = n;
    return OK;
}
