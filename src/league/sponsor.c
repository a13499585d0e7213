/* Rows of sponsors, logos and slots, checked. See sponsor.h. */
#include "league/sponsor.h"

#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/logo.h"

enum { NAME_LENGTH = 60, TEXT_LENGTH = 120, URL_BYTES = 300 };

static const struct {
    const char *place, *words;
} places[] = {
    {"standings_head", "head of the standings"     },
    {"overlay_corner", "corner of the overlay"     },
    {"overlay_break",  "full screen between races" },
    {"race_card",      "page and card of each race"},
    {"season_prize",   "prizes of the season"      }
};

struct str
sponsor_place_words(struct str place)
{
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        if (str_eq_text(place, places[i].place))
            return str_of(places[i].words);
    return STR("");
}

/* It becomes a link on our pages: plain signs of an address only. */
static bool
is_url(struct str s)
{
    if (!str_starts(s, STR("https://")) || s.n < 12 || s.n > URL_BYTES)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~' || str_has(STR("\"'<>\\^`{|}"), s.p[i]))
            return false;
    return s.p[8] != '/' && !str_has(str_sub(s, 8, s.n), '@');
}

enum err
sponsor_add(struct ctx *ctx, struct tx *tx, const struct sponsor_new *n, struct str actor,
            int64_t *ret_id)
{
    struct str name = str_trim(n->name), text = str_trim(n->text);

    BUG_IF(!tx->open);
    if (!name.n || str_length(name) > NAME_LENGTH || !str_is_text(name, ""))
        return ctx_fail(ctx, E_INVALID, "a sponsor's name has 1 to %d signs", NAME_LENGTH);
    if (str_length(text) > TEXT_LENGTH || !str_is_text(text, ""))
        return ctx_fail(ctx, E_INVALID, "a sponsor's line has at most %d signs", TEXT_LENGTH);
    if (n->url.n && !is_url(n->url))
        return ctx_fail(ctx, E_INVALID, "a sponsor's address begins with https://");
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sponsor_add);
    stmt_str(&s, ":name", name);
    stmt_str(&s, ":text", text);
    stmt_str(&s, ":url", n->url);
    if (n->member_id)
        stmt_i64(&s, ":member", n->member_id);
    else
        stmt_null(&s, ":member");
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":actor", actor);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_CONFLICT, "there is already a sponsor %.*s", STR_ARG(name));
    if (!e)
        *ret_id = stmt_col_i64(&s, "id");
    return e;
}

enum err
sponsor_end(struct ctx *ctx, struct tx *tx, int64_t id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sponsor_end);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":id", id);
    stmt_i64(&s, ":at", ctx_now(ctx));
    return stmt_run(&s);
}

enum err
sponsor_logo(struct ctx *ctx, struct tx *tx, int64_t id, struct str bytes)
{
    struct str sha;
    enum err e = logo_keep(ctx, tx, "a logo", bytes, SPONSOR_LOGO_MAX, &sha);

    if (e)
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sponsor_logo_set);
    stmt_str(&s, ":sha", sha);
    stmt_i64(&s, ":id", id);
    if ((e = stmt_run(&s)))
        return e;
    return db_changes(ctx->db) == 1
               ? OK
               : ctx_fail(ctx, E_NOTFOUND, "there is no sponsor %lld", (long long)id);
}

enum err
sponsor_slot_add(struct ctx *ctx, struct tx *tx, const struct sponsor_slot *n, struct str actor)
{
    struct sponsor sponsor;
    struct season season;
    enum err e = sponsor_get(ctx, n->sponsor_id, &sponsor);

    BUG_IF(!tx->open);
    if (e || (n->season_id && (e = season_get(ctx, n->season_id, &season))))
        return e;
    if (!sponsor_place_words(n->place).n)
        return ctx_fail(ctx, E_INVALID,
                        "a slot is standings_head, overlay_corner, overlay_break, race_card or "
                        "season_prize");
    if (n->to_at <= n->from_at)
        return ctx_fail(ctx, E_INVALID, "a slot ends after it begins");
    if (n->price < 0 || n->price > MINOR_MAX)
        return ctx_fail(ctx, E_INVALID, "the price of a slot is out of range");
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sponsor_slot_add);
    stmt_i64(&s, ":sponsor", n->sponsor_id);
    if (n->season_id)
        stmt_i64(&s, ":season", n->season_id);
    else
        stmt_null(&s, ":season");
    stmt_str(&s, ":place", n->place);
    stmt_i64(&s, ":from", n->from_at);
    stmt_i64(&s, ":to", n->to_at);
    stmt_i64(&s, ":price", n->price);
    stmt_str(&s, ":actor", actor);
    return stmt_run(&s);
}

enum err
sponsor_get(struct ctx *ctx, int64_t id, struct sponsor *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sponsor_get);

    stmt_i64(&s, ":id", id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no sponsor %lld", (long long)id);
    if (e)
        return e;
    *ret = (struct sponsor){
        .id = id,
        .name = stmt_col_str(&s, "name"),
        .text = stmt_col_str(&s, "text"),
        .url = stmt_col_str(&s, "url"),
        .logo = stmt_col_str(&s, "logo"),
        .member_id = stmt_col_i64(&s, "member_id"),
        .ended_at = stmt_col_i64(&s, "ended_at"),
    };
    return OK;
}

/* The sponsor whose id the statement gives. */
static enum err
get_by(struct ctx *ctx, struct stmt *s, struct sponsor *ret)
{
    enum err e = stmt_one(s);

    return e ? e : sponsor_get(ctx, stmt_col_i64(s, "id"), ret);
}

enum err
sponsor_find(struct ctx *ctx, struct str which, struct sponsor *ret)
{
    int64_t id;

    which = str_trim(which);
    if (str_i64(which, 1, INT64_MAX, &id))
        return sponsor_get(ctx, id, ret);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sponsor_by_name);
    stmt_str(&s, ":name", which);
    enum err e = get_by(ctx, &s, ret);
    return e == E_NOTFOUND ? ctx_fail(ctx, e, "there is no sponsor %.*s", STR_ARG(which)) : e;
}

enum err
sponsor_of_member(struct ctx *ctx, int64_t member_id, struct sponsor *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sponsor_by_member);

    stmt_i64(&s, ":member", member_id);
    enum err e = get_by(ctx, &s, ret);
    return e == E_NOTFOUND ? ctx_fail(ctx, e, "you are not a sponsor's contact here") : e;
}

/* Every sponsor that the statement names. */
static enum err
read_all(struct ctx *ctx, struct stmt *s, size_t max, struct sponsor **ret, size_t *ret_n)
{
    struct sponsor *row = ARENA_ARRAY(ctx->arena, max, struct sponsor);
    int64_t *id = ARENA_ARRAY(ctx->arena, max, int64_t);
    size_t n = 0;
    enum err e = OK;

    while (n < max && (e = stmt_row(s)) == OK)
        id[n++] = stmt_col_i64(s, "id");
    if (e && e != E_NOTFOUND)
        return e;
    for (size_t i = 0; i < n; i++)
        if ((e = sponsor_get(ctx, id[i], &row[i])))
            return e;
    *ret = row;
    *ret_n = n;
    return OK;
}

enum err
sponsor_list(struct ctx *ctx, size_t max, struct sponsor **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sponsor_ids);

    stmt_i64(&s, ":max", (int64_t)max);
    return read_all(ctx, &s, max, ret, ret_n);
}

enum err
sponsor_shown(struct ctx *ctx, const char *place, int64_t season, size_t max,
              struct sponsor **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sponsor_shown);

    stmt_str(&s, ":place", str_of(place));
    stmt_i64(&s, ":season", season);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_i64(&s, ":max", (int64_t)max);
    return read_all(ctx, &s, max, ret, ret_n);
}
