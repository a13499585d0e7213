/* Rows of login_try. See signin.h. */
#include "user/signin.h"

#include "base/crypt.h"
#include "base/enc.h"
#include "base/id.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/outbox.h"
#include "user/session.h"

enum { TOKEN_LENGTH = 43, CODE_MAX = 500, PATH_MAX = 300, REASON_MAX = 200 };
static const int64_t TTL_MS = SIGNIN_MINUTES * 60 * 1000;

static struct str
new_token(struct ctx *ctx)
{
    char token[TOKEN_LENGTH + 1];

    id_token(ctx->world, token);
    return str_of(arena_text(ctx->arena, token, TOKEN_LENGTH));
}

static struct str
digest_text(struct ctx *ctx, struct str s)
{
    struct sha256 sha = crypt_sha256(s);

    return enc_base64url(ctx->arena, sha.b, sizeof sha.b);
}

/* One slash, then anything a path may hold: never another host. */
static bool
is_own_path(struct str s)
{
    if (!s.n || s.n > PATH_MAX || s.p[0] != '/' ||
        (s.n > 1 && (s.p[1] == '/' || s.p[1] == '\\')))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '\\' || s.p[i] == '"')
            return false;
    return true;
}

enum err
signin_begin(struct ctx *ctx, struct tx *tx, struct str provider, struct str go_to,
             struct signin_begun *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_signin_begin);
    struct str verifier = new_token(ctx);
    int64_t now = ctx_now(ctx);

    BUG_IF(!tx->open);
    ret->secret = new_token(ctx);
    ret->state = digest_text(ctx, ret->secret);
    ret->challenge = digest_text(ctx, verifier);
    struct sha256 sha = crypt_sha256(ret->secret);
    stmt_str(&s, ":provider", provider);
    stmt_blob(&s, ":sha", sha.b, sizeof sha.b);
    stmt_str(&s, ":verifier", verifier);
    stmt_str(&s, ":go_to", is_own_path(go_to) ? go_to : STR("/wallet"));
    stmt_i64(&s, ":now", now);
    stmt_i64(&s, ":expires", now + TTL_MS);
    return stmt_run(&s);
}

struct attempt {
    int64_t id, member_id;
    struct str provider, state, go_to, reason;
};

static enum err
again(struct ctx *ctx)
{
    return ctx_fail(ctx, E_DENIED,
                    "this login is over or was begun in another browser: start again");
}

static enum err
find(struct ctx *ctx, struct str secret, struct attempt *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_signin_find);
    struct sha256 sha = crypt_sha256(secret);
    enum err e;

    stmt_blob(&s, ":sha", sha.b, sizeof sha.b);
    stmt_i64(&s, ":now", ctx_now(ctx));
    if (secret.n != TOKEN_LENGTH || (e = stmt_one(&s)) == E_NOTFOUND)
        return again(ctx);
    if (e)
        return e;
    *ret = (struct attempt){
        .id = stmt_col_i64(&s, "id"),
        .member_id = stmt_col_i64(&s, "member_id"),
        .provider = stmt_col_str(&s, "provider"),
        .state = stmt_col_str(&s, "state"),
        .go_to = stmt_col_str(&s, "go_to"),
        .reason = stmt_col_str(&s, "reason"),
    };
    return OK;
}

enum err
signin_code(struct ctx *ctx, struct tx *tx, struct str provider, struct str secret,
            struct str state, struct str code)
{
    struct attempt a;
    enum err e;

    BUG_IF(!tx->open);
    if (!crypt_same(digest_text(ctx, secret), state))
        return again(ctx);
    if ((e = find(ctx, secret, &a)))
        return e;
    if (!str_eq(a.provider, provider) || !str_eq_text(a.state, "begun"))
        return again(ctx);
    if (!code.n || code.n > CODE_MAX || !str_is_text(code, ""))
        return ctx_fail(ctx, E_INVALID,
                        "the answer of the provider carries no code: start again");
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_signin_code);
        stmt_i64(&s, ":id", a.id);
        stmt_str(&s, ":code", code);
        if ((e = stmt_run(&s)))
            return e;
    }
    struct str id = str_of(arena_printf(ctx->arena, "%lld", (long long)a.id));
    return outbox_add(ctx, tx, STR("login.exchange"), id, id, ctx_now(ctx));
}

/* Ends the exchange; a report that comes twice or too late changes nothing. */
static enum err
end_exchange(struct ctx *ctx, int64_t id, const char *state, int64_t member, struct str reason)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_signin_end);

    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":state", str_of(state));
    if (member)
        stmt_i64(&s, ":member", member);
    else
        stmt_null(&s, ":member");
    stmt_str(&s, ":reason", reason);
    return stmt_run(&s);
}

enum err
signin_known(struct ctx *ctx, struct tx *tx, int64_t id, const struct identity *who)
{
    struct member m;
    enum err e = identity_member(ctx, tx, who, &m);

    if (e != E_DENIED)
        return e ? e : end_exchange(ctx, id, "known", m.id, STR(""));
    struct str why = str_dup(ctx->arena, ctx_why(ctx));
    ctx_clear(ctx);
    return end_exchange(ctx, id, "refused", 0, why);
}

enum err
signin_refused(struct ctx *ctx, struct tx *tx, int64_t id, struct str reason)
{
    BUG_IF(!tx->open);
    return end_exchange(ctx, id, "refused", 0, str_sub(reason, 0, REASON_MAX));
}

enum err
signin_take(struct ctx *ctx, struct tx *tx, struct str secret, struct str label,
            struct signin_claim *ret)
{
    struct attempt a;
    int64_t rules_at;
    enum err e = find(ctx, secret, &a);

    *ret = (struct signin_claim){.waiting = false};
    if (e)
        return e;
    if (str_eq_text(a.state, "exchanging"))
        return ret->waiting = true, OK;
    if (str_eq_text(a.state, "refused"))
        return ctx_fail(ctx, E_DENIED, "%.*s", STR_ARG(a.reason));
    if (!str_eq_text(a.state, "known"))
        return again(ctx);
    if ((e = end_exchange(ctx, a.id, "used", a.member_id, STR(""))) ||
        (e = session_start(ctx, tx, a.member_id, label, &ret->session)) ||
        (e = identity_rules_at(ctx, a.member_id, &rules_at)))
        return e;
    ret->member_id = a.member_id;
    ret->go_to = rules_at ? a.go_to : STR("/me/welcome");
    return OK;
}

enum err
signin_prune(struct ctx *ctx, struct tx *tx)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_signin_prune);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":before", ctx_now(ctx) - TTL_MS);
    return stmt_run(&s);
}
