/* What is drawn, and under which name it is kept. */
#include "job/paint.h"

#include "base/conf.h"
#include "base/crypt.h"
#include "base/enc.h"
#include "db/stmt.h"
#include "draw/draw.h"
#include "job/parcel.h"
#include "job/picture.h"
#include "queue/logo.h"
#include "race/race.h"

enum { WIDTH = 1200 };

/* Who hides has no card; one that is there goes. */
static enum err
draw(struct ctx *ctx, const char *kind, struct str key)
{
    struct str svg, png;
    const char *name = key.n ? arena_printf(ctx->arena, "%s-%.*s", kind, STR_ARG(key)) : kind;
    enum err e = draw_card(ctx, str_of(kind), key, &svg);

    if (e == E_NOTFOUND)
        return picture_forget(ctx, "card", str_of(name));
    if (e || (e = picture_png(ctx, svg, WIDTH, &png)))
        return e;
    return picture_store(ctx, "card", str_of(name), png);
}

enum err
paint_default(struct ctx *ctx)
{
    return draw(ctx, "default", STR(""));
}

static enum err
season(struct ctx *ctx, int64_t id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_parcel_slug);
    enum err e;

    stmt_i64(&s, ":id", id);
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? OK : e;
    return draw(ctx, "season", stmt_col_str(&s, "slug"));
}

static struct str
number(struct ctx *ctx, int64_t n)
{
    return str_of(arena_printf(ctx->arena, "%lld", (long long)n));
}

static enum err
race(struct ctx *ctx, int64_t id)
{
    struct race r;
    enum err e = race_get(ctx, id, &r);

    if (e || (e = draw(ctx, "race", number(ctx, id))))
        return e;
    if (r.state != RACE_FINAL && r.state != RACE_SETTLED)
        return OK;
    for (size_t i = 0; i < r.n_seats; i++)
        for (int64_t k = 0; k < r.seat[i].n_stints; k++)
            if ((e = draw(ctx, "racer", number(ctx, r.seat[i].stint[k].member_id))))
                return e;
    return r.season_id ? season(ctx, r.season_id) : OK;
}

enum err
paint_card(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct str rest = job->payload, kind;
    int64_t id = 0;

    (void)tools;
    if (!str_split(&rest, ' ', &kind) || (rest.n && !str_i64(rest, 1, MINOR_MAX, &id)))
        job->never = true;
    else if (str_eq_text(kind, "default"))
        return paint_default(ctx);
    else if (id && str_eq_text(kind, "race"))
        return race(ctx, id);
    else if (id && str_eq_text(kind, "racer"))
        return draw(ctx, "racer", rest);
    else if (id && str_eq_text(kind, "season"))
        return season(ctx, id);
    job->never = true;
    return ctx_fail(ctx, E_INVALID, "there is no such card: %.*s", STR_ARG(job->payload));
}

static struct str
sha_of(struct ctx *ctx, struct str bytes)
{
    struct sha256 sum = crypt_sha256(bytes);

    return enc_hex(ctx->arena, sum.b, sizeof sum.b);
}

static enum err
avatar_ready(struct ctx *ctx, const struct kinds_tools *tools, struct str subject,
             struct str hash, struct str png)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);
    struct str sha = sha_of(ctx, png);
    enum err e = picture_store(ctx, "avatar", sha, png);

    if (e)
        return e;
    msg_init(m, STR("avatar.ready"));
    msg_add_str(m, "provider", STR("discord"));
    msg_add_str(m, "subject", subject);
    msg_add_str(m, "hash", hash);
    msg_add_str(m, "sha", sha);
    return call_ask(ctx, tools->vault, m, answer);
}

enum err
paint_avatar(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct discord_api_ask *ask = ARENA_NEW(ctx->arena, struct discord_api_ask);
    struct discord_api_answer answer;
    struct str rest = job->payload, provider, subject, bytes, png;
    enum err e;

    if (!ctx->conf->discord.application_id.n)
        return OK;
    if (!str_split(&rest, ' ', &provider) || !str_split(&rest, ' ', &subject) ||
        !str_eq_text(provider, "discord")) {
        job->never = true;
        return ctx_fail(ctx, E_INVALID, "an avatar needs provider, subject and hash");
    }
    if ((e = discord_api_avatar(ctx, subject, rest, PICTURE_BYTES_MAX, ask)) ||
        (e = outside_ask(ctx, tools->out, ask, &answer, &bytes, &job->until)))
        return e;
    if (answer.how != DISCORD_API_DONE)
        return OK; /* it was changed there meanwhile */
    e = picture_clean(ctx, bytes, PICTURE_AVATAR, &png);
    /* Not a picture, whatever its name says: the member goes without. */
    if (e == E_INVALID || e == E_LIMIT) {
        ctx_clear(ctx);
        return OK;
    }
    return e ? e : avatar_ready(ctx, tools, subject, rest, png);
}

enum err
paint_logo(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);
    struct str type, bytes, png;
    enum err e = logo_get(ctx, job->payload, &type, &bytes);

    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        return OK;
    }
    if (e)
        return e;
    e = str_eq_text(type, "image/svg+xml") ? picture_clean_svg(ctx, bytes, PICTURE_LOGO, &png)
                                           : picture_clean(ctx, bytes, PICTURE_LOGO, &png);
    if (e || (e = picture_store(ctx, "logo", job->payload, png)))
        return e;
    msg_init(m, STR("logo.ready"));
    msg_add_str(m, "sha", job->payload);
    return call_ask(ctx, tools->vault, m, answer);
}
