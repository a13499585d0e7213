/* Who plays, and the DJ's own settings. See dj.h. */
#include "dj/dj.h"

#include "base/buf.h"
#include "base/conf.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "dj/booth.h"
#include "user/member.h"

enum { OPEN_MAX = 200, MIN_MAX = 100000000, WORDS_MAX = 200, WORD_SIGNS = 40 };

static int64_t
house_min(const struct ctx *ctx)
{
    return ctx->conf ? ctx->conf->tip.min : 200;
}

static struct dj
read_row(struct ctx *ctx, struct stmt *s)
{
    struct dj d = {
        .member_id = stmt_col_i64(s, "member_id"),
        .name = stmt_col_str(s, "name"),
        .on_air = stmt_col_i64(s, "on_air"),
        .paused = stmt_col_i64(s, "paused"),
        .min = stmt_col_i64(s, "min"),
        .max_open = stmt_col_i64(s, "max_open"),
        .max_per_fan = stmt_col_i64(s, "max_per_fan"),
        .banned = stmt_col_str(s, "banned"),
    };

    d.min = d.min > house_min(ctx) ? d.min : house_min(ctx);
    d.max_open = d.max_open ? d.max_open : DJ_OPEN;
    d.max_per_fan = d.max_per_fan ? d.max_per_fan : DJ_PER_FAN;
    return d;
}

enum err
dj_get(struct ctx *ctx, int64_t member_id, struct dj *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dj_get);

    stmt_i64(&s, ":id", member_id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, e, "there is no such DJ");
    if (!e)
        *ret = read_row(ctx, &s);
    return e;
}

enum err
dj_find(struct ctx *ctx, struct str who, struct dj *ret)
{
    struct member m;
    enum err e = member_find(ctx, who, &m);

    /* A member who hides is not found by the name. */
    if (e == E_NOTFOUND || (!e && !str_ieq(m.shown, m.name) && str_ieq(who, m.name)))
        return ctx_fail(ctx, E_NOTFOUND, "there is no such DJ");
    return e ? e : dj_get(ctx, m.id, ret);
}

enum err
dj_on_air(struct ctx *ctx, struct dj *ret)
{
    int64_t id;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dj_on_air);
        e = stmt_one(&s);
        if (e == E_NOTFOUND)
            return ctx_fail(ctx, e, "no DJ is on air");
        if (e)
            return e;
        id = stmt_col_i64(&s, "member_id");
    }
    return dj_get(ctx, id, ret);
}

enum err
dj_list(struct ctx *ctx, size_t max, struct dj **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dj_list);
    struct dj *row = ARENA_ARRAY(ctx->arena, max, struct dj);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = read_row(ctx, &s);
    *ret = row;
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

static enum err
ensure(struct ctx *ctx, int64_t dj_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dj_ensure);

    stmt_i64(&s, ":id", dj_id);
    return stmt_run(&s);
}

/* One who lost the role while on air has a row that says so still. */
static enum err
off_others(struct ctx *ctx, int64_t dj_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dj_off_others);

    stmt_i64(&s, ":id", dj_id);
    return stmt_run(&s);
}

enum err
dj_air(struct ctx *ctx, struct tx *tx, int64_t dj_id, bool on)
{
    struct dj d, other;
    enum err e = dj_get(ctx, dj_id, &d);

    if (e || d.on_air == on)
        return e;
    if (on && (e = dj_on_air(ctx, &other)) == OK)
        e = dj_air(ctx, tx, other.member_id, false);
    if (e && e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    if ((e = ensure(ctx, dj_id)) || (on && (e = off_others(ctx, dj_id))))
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dj_set_air);
        stmt_i64(&s, ":id", dj_id);
        stmt_i64(&s, ":on", on);
        if ((e = stmt_run(&s)))
            return e;
    }
    return booth_changed(ctx, tx, dj_id);
}

enum err
dj_pause(struct ctx *ctx, struct tx *tx, int64_t dj_id, bool on)
{
    struct dj d;
    enum err e = dj_get(ctx, dj_id, &d);

    if (e || d.paused == on)
        return e;
    if ((e = ensure(ctx, dj_id)))
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dj_set_pause);
        stmt_i64(&s, ":id", dj_id);
        stmt_i64(&s, ":on", on);
        if ((e = stmt_run(&s)))
            return e;
    }
    return booth_changed(ctx, tx, dj_id);
}

/* One word a line; lines without one are dropped. */
static enum err
clean_banned(struct ctx *ctx, struct str text, struct str *ret)
{
    struct buf b = buf_new(ctx->arena, DJ_BANNED_BYTES + 2);
    struct str line;
    size_t n = 0;

    if (text.n > DJ_BANNED_BYTES || !str_is_text(text, "\r\n"))
        return ctx_fail(ctx, E_INVALID, "the list of words is text of at most %d bytes",
                        DJ_BANNED_BYTES);
    while (str_split(&text, '\n', &line)) {
        line = str_trim(line);
        if (!line.n)
            continue;
        if (str_length(line) > WORD_SIGNS || ++n > WORDS_MAX)
            return ctx_fail(ctx, E_INVALID,
                            "the list has at most %d words of at most %d signs, one a line",
                            WORDS_MAX, WORD_SIGNS);
        buf_printf(&b, "%s%.*s", b.n ? "\n" : "", STR_ARG(line));
    }
    *ret = buf_str(&b);
    return OK;
}

enum err
dj_limits(struct ctx *ctx, struct tx *tx, const struct dj *d)
{
    int64_t max = ctx->conf ? ctx->conf->tip.max : 50000;
    struct str banned;
    struct dj now;
    enum err e = dj_get(ctx, d->member_id, &now);

    if (e)
        return e;
    if (d->min < 0 || d->min > MIN_MAX || d->min > max)
        return ctx_fail(ctx, E_INVALID,
                        "the least tip is above the largest that the house takes");
    if (d->max_open < 0 || d->max_open > OPEN_MAX)
        return ctx_fail(ctx, E_INVALID, "at most %d songs can wait", OPEN_MAX);
    if (d->max_per_fan < 0 || d->max_per_fan > OPEN_MAX)
        return ctx_fail(ctx, E_INVALID, "at most %d songs of one fan can wait", OPEN_MAX);
    if ((e = clean_banned(ctx, d->banned, &banned)) || (e = ensure(ctx, d->member_id)))
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_dj_set_limits);
        stmt_i64(&s, ":id", d->member_id);
        stmt_i64(&s, ":min", d->min);
        stmt_i64(&s, ":max_open", d->max_open);
        stmt_i64(&s, ":max_per_fan", d->max_per_fan);
        stmt_str(&s, ":banned", banned);
        if ((e = stmt_run(&s)))
            return e;
    }
    return booth_changed(ctx, tx, d->member_id);
}
