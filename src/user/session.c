/* Opaque tokens, stored as their SHA-256. Not for: cookies (http/cookie.h). */
#include "user/session.h"

#include <string.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/id.h"
#include "base/point.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"

enum { TOKEN_LENGTH = 43, LABEL_MAX = 40 };

static const int64_t minute_ms = INT64_C(60) * 1000;
static const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;
static const int64_t session_ms = INT64_C(30) * 24 * 60 * 60 * 1000;
static const int64_t idle_ms = SESSION_IDLE_MIN * INT64_C(60) * 1000;

static struct str
new_token(struct ctx *ctx)
{
    char token[TOKEN_LENGTH + 1];

    id_token(ctx->world, token);
    return str_of(arena_text(ctx->arena, token, TOKEN_LENGTH));
}

static void
bind_sha(struct stmt *s, const struct sha256 *sha)
{
    stmt_blob(s, ":sha", sha->b, sizeof sha->b);
}

enum err
session_link(struct ctx *ctx, struct tx *tx, int64_t member_id, int64_t ttl_ms,
             struct str *ret_token)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_link_add);
    struct str token = new_token(ctx);
    struct sha256 sha = crypt_sha256(token);
    int64_t now = ctx_now(ctx);
    enum err e;

    BUG_IF(!tx->open || ttl_ms <= 0);
    bind_sha(&s, &sha);
    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":now", now);
    stmt_i64(&s, ":expires", now + ttl_ms);
    if ((e = stmt_run(&s)))
        return e;
    *ret_token = token;
    return OK;
}

/* The link behind a token, when it can still be used. */
static enum err
find_link(struct ctx *ctx, struct str token, int64_t *ret_member, struct str *ret_name)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_link_get);
    struct sha256 sha = crypt_sha256(token);
    enum err e = E_NOTFOUND;

    bind_sha(&s, &sha);
    if (token.n != TOKEN_LENGTH || (e = stmt_one(&s)) == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "this login link is not known");
    if (e)
        return e;
    if (!stmt_col_null(&s, "used_at"))
        return ctx_fail(ctx, E_NOTFOUND, "this login link was used already");
    if (stmt_col_i64(&s, "expires_at") <= ctx_now(ctx))
        return ctx_fail(ctx, E_NOTFOUND, "this login link is too old");
    if (!stmt_col_null(&s, "blocked_at"))
        return ctx_fail(ctx, E_NOTFOUND, "this member is blocked");
    *ret_member = stmt_col_i64(&s, "member_id");
    *ret_name = stmt_col_str(&s, "name");
    return OK;
}

enum err
session_link_show(struct ctx *ctx, struct str token, struct str *ret_name)
{
    int64_t member;

    return find_link(ctx, token, &member, ret_name);
}

enum err
session_open(struct ctx *ctx, struct tx *tx, struct str link_token, struct str *ret_token)
{
    struct sha256 sha = crypt_sha256(link_token);
    int64_t now = ctx_now(ctx), member;
    struct str name;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = find_link(ctx, link_token, &member, &name)))
        return e;

    struct stmt use CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_link_use);
    stmt_i64(&use, ":now", now);
    bind_sha(&use, &sha);
    if ((e = stmt_run(&use)))
        return e;
    if (db_changes(ctx->db) != 1)
        return ctx_fail(ctx, E_NOTFOUND, "this login link was used already");

    return session_start(ctx, tx, member, STR(""), ret_token);
}

enum err
session_start(struct ctx *ctx, struct tx *tx, int64_t member_id, struct str label,
              struct str *ret_token)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_add);
    struct str token = new_token(ctx);
    struct sha256 sha = crypt_sha256(token);
    int64_t now = ctx_now(ctx);
    enum err e;

    BUG_IF(!tx->open);
    bind_sha(&s, &sha);
    stmt_i64(&s, ":member", member_id);
    stmt_str(&s, ":label", point_clean(ctx->arena, label, LABEL_MAX));
    stmt_i64(&s, ":now", now);
    stmt_i64(&s, ":expires", now + session_ms);
    if ((e = stmt_run(&s)))
        return e;
    *ret_token = token;
    return OK;
}

enum err
session_find(struct ctx *ctx, struct str token, struct session *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_find);
    struct sha256 sha = crypt_sha256(token);
    enum err e = E_NOTFOUND;

    bind_sha(&s, &sha);
    stmt_i64(&s, ":now", ctx_now(ctx));
    if (token.n != TOKEN_LENGTH || (e = stmt_one(&s)) == E_NOTFOUND)
        return ctx_fail(ctx, E_AUTH, "you are not logged in");
    if (e)
        return e;
    *ret = (struct session){
        .id = stmt_col_i64(&s, "id"),
        .member_id = stmt_col_i64(&s, "member_id"),
        .member_name = stmt_col_str(&s, "name"),
        .created_at = stmt_col_i64(&s, "created_at"),
        .expires_at = stmt_col_i64(&s, "expires_at"),
    };
    return OK;
}

enum err
session_end(struct ctx *ctx, struct tx *tx, struct str token)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_end);
    struct sha256 sha = crypt_sha256(token);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":now", ctx_now(ctx));
    bind_sha(&s, &sha);
    return stmt_run(&s);
}

/* When it was used last. */
static int64_t
used_at(const struct session *s)
{
    return s->expires_at - session_ms;
}

enum session_trust
session_trust(const struct session *s, int64_t now)
{
    int64_t age = now - s->created_at;

    if (age <= SESSION_FRESH_MIN * minute_ms)
        return SESSION_FRESH;
    return age <= SESSION_WHOLE_H * 60 * minute_ms && now - used_at(s) <= idle_ms
               ? SESSION_MONEY
               : SESSION_KNOWN;
}

enum err
session_need(struct ctx *ctx, struct str token, enum session_trust need)
{
    struct session s;
    enum err e = session_find(ctx, token, &s);

    if (e || session_trust(&s, ctx_now(ctx)) >= need)
        return e;
    if (need == SESSION_FRESH)
        return ctx_fail(ctx, E_AUTH, "log in again: money moves within %d minutes of a login",
                        SESSION_FRESH_MIN);
    return ctx_fail(ctx, E_AUTH,
                    "log in again: money is shown within %d minutes of the last click and %d "
                    "hours of a login",
                    SESSION_IDLE_MIN, SESSION_WHOLE_H);
}

enum err
session_renew(struct ctx *ctx, struct tx *tx, struct str token)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_renew);
    struct sha256 sha = crypt_sha256(token);
    int64_t now = ctx_now(ctx);
    struct session old;
    enum err e;

    BUG_IF(!tx->open);
    /* What has ended is not renewed. */
    if ((e = session_find(ctx, token, &old)))
        return e == E_AUTH ? OK : e;
    bool money = session_trust(&old, now) > SESSION_KNOWN;

    stmt_i64(&s, ":now", now);
    stmt_i64(&s, ":expires", now + session_ms - (money ? 0 : idle_ms + 1));
    bind_sha(&s, &sha);
    return stmt_run(&s);
}

bool
session_is_stale(const struct session *s, int64_t now)
{
    return now - used_at(s) >
           (session_trust(s, now) > SESSION_KNOWN ? minute_ms : day_ms + idle_ms);
}

enum err
session_list(struct ctx *ctx, int64_t member_id, size_t max, struct session **ret,
             size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_list);
    struct session *row = ARENA_ARRAY(ctx->arena, max, struct session);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = (struct session){
            .id = stmt_col_i64(&s, "id"),
            .member_id = member_id,
            .created_at = stmt_col_i64(&s, "created_at"),
            .expires_at = stmt_col_i64(&s, "expires_at"),
            .label = stmt_col_str(&s, "label"),
        };
    if (e && e != E_NOTFOUND)
        return e;
    *ret = row;
    *ret_n = n;
    return OK;
}

enum err
session_end_one(struct ctx *ctx, struct tx *tx, int64_t member_id, int64_t id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_end_one);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":id", id);
    return stmt_run(&s);
}

enum err
session_end_others(struct ctx *ctx, struct tx *tx, int64_t member_id, int64_t keep_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_end_others);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":keep", keep_id);
    return stmt_run(&s);
}

enum err
session_overlay_add(struct ctx *ctx, struct tx *tx, struct str label, struct str *ret_token)
{
    struct str token;
    enum err e;

    BUG_IF(!tx->open);
    label = str_trim(label);
    if (label.n == 0 || !str_is_text(label, "") || str_length(label) > LABEL_MAX)
        return ctx_fail(ctx, E_INVALID, "a label has 1 to %d signs", LABEL_MAX);
    {
        struct stmt named CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_overlay_named);

        stmt_str(&named, ":label", label);
        if ((e = stmt_one(&named)))
            return e;
        if (stmt_col_i64(&named, "n") > 0)
            return ctx_fail(ctx, E_CONFLICT, "there is already an overlay %.*s",
                            STR_ARG(label));
    }
    token = new_token(ctx);

    struct sha256 sha = crypt_sha256(token);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_overlay_add);
    bind_sha(&s, &sha);
    stmt_str(&s, ":label", label);
    stmt_i64(&s, ":now", ctx_now(ctx));
    if ((e = stmt_run(&s)))
        return e;
    *ret_token = token;
    return OK;
}

enum err
session_overlay_revoke(struct ctx *ctx, struct tx *tx, struct str label)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_overlay_revoke);
    enum err e;

    BUG_IF(!tx->open);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":label", str_trim(label));
    if ((e = stmt_run(&s)))
        return e;
    if (db_changes(ctx->db) == 0)
        return ctx_fail(ctx, E_NOTFOUND, "there is no overlay %.*s", STR_ARG(label));
    return OK;
}

enum err
session_overlay_find(struct ctx *ctx, struct str token, struct str *ret_label)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_session_overlay_find);
    struct sha256 sha = crypt_sha256(token);
    enum err e = E_NOTFOUND;

    bind_sha(&s, &sha);
    if (token.n != TOKEN_LENGTH || (e = stmt_one(&s)) == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "this overlay address is not known or was revoked");
    if (e)
        return e;
    *ret_label = stmt_col_str(&s, "label");
    return OK;
}
