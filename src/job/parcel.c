/* Drawing, hashing, and the row of what was sent. */
#include "job/parcel.h"

#include "base/crypt.h"
#include "base/enc.h"
#include "db/stmt.h"
#include "draw/draw.h"
#include "job/picture.h"

enum { WIDTH = 1200, SHA_BYTES = 2 * 1024 * 1024 };

static enum err
pack(struct ctx *ctx, const struct message *m, struct str nonce, bool draw, struct parcel *ret)
{
    const struct message_picture *p;
    size_t n = message_pictures(m, &p);
    struct buf all = buf_new(ctx->arena, SHA_BYTES);
    struct sha256 sum;
    enum err e;

    *ret = (struct parcel){
        .body = {.json = message_json(ctx, m, 0, nonce), .file = ret->file}
    };
    buf_add(&all, message_json(ctx, m, 0, STR("")));
    for (size_t i = 0; i < n && i < DISCORD_API_FILES_MAX; i++) {
        struct str svg;

        if ((e = draw_card(ctx, p[i].kind, p[i].key, &svg)))
            return e;
        buf_add(&all, svg);
        if (draw && (e = picture_png(ctx, svg, WIDTH, &ret->file[i].png)))
            return e;
        ret->file[i].file = p[i].file;
        ret->body.n = i + 1;
    }
    if ((e = buf_err(&all)))
        return ctx_fail(ctx, e, "the message is too large");
    sum = crypt_sha256(buf_str(&all));
    ret->sha = enc_hex(ctx->arena, sum.b, sizeof sum.b);
    return OK;
}

enum err
parcel_pack(struct ctx *ctx, const struct message *m, struct str nonce, struct parcel *ret)
{
    return pack(ctx, m, nonce, true, ret);
}

enum err
parcel_sha(struct ctx *ctx, const struct message *m, struct str *ret)
{
    struct parcel p;
    enum err e = pack(ctx, m, STR(""), false, &p);

    if (!e)
        *ret = p.sha;
    return e;
}

enum err
parcel_find(struct ctx *ctx, struct str topic, struct str object, struct parcel_post *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_parcel_find);
    enum err e;

    stmt_str(&s, ":topic", topic);
    stmt_str(&s, ":object", object);
    if ((e = stmt_one(&s)))
        return e;
    *ret = (struct parcel_post){
        .channel = stmt_col_str(&s, "channel"),
        .message = stmt_col_str(&s, "message"),
        .sha = stmt_col_str(&s, "sha"),
    };
    return OK;
}

enum err
parcel_posted(struct ctx *ctx, const struct kinds_tools *tools, struct str topic,
              struct str object, const struct parcel_post *p)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);

    msg_init(m, STR("discord.posted"));
    msg_add_str(m, "topic", topic);
    msg_add_str(m, "object", object);
    msg_add_str(m, "channel", p->channel);
    msg_add_str(m, "message", p->message);
    msg_add_str(m, "sha", p->sha);
    return call_ask(ctx, tools->vault, m, answer);
}

enum err
parcel_send(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job,
            const struct discord_api_ask *ask, struct discord_api_answer *ret)
{
    return outside_ask(ctx, tools->out, ask, ret, NULL, &job->until);
}

enum err
parcel_refused(struct ctx *ctx, struct kinds_job *job, const struct discord_api_answer *a)
{
    job->never = true;
    return ctx_fail(ctx, E_DENIED, "%.*s", STR_ARG(a->why));
}
