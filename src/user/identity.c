/* Members as they are elsewhere, and what they decide about themselves. See identity.h. */
#include "user/identity.h"

#include "base/point.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/outbox.h"
#include "user/right.h"

enum { NAME_SIGNS = 32, NAME_BYTES = 110, NAMES_TRIED = 1000, THERE_BYTES = 400 };

enum err
identity_find(struct ctx *ctx, struct str provider, struct str subject, struct member *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_identity_find);

    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":subject", subject);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "nobody here has that account");
    return e ? e : member_get(ctx, stmt_col_i64(&s, "member_id"), ret);
}

/* What member_add takes of a name from elsewhere: digits alone and "Racer 41" are taken by
 * nobody. */
static struct str
own_name(struct ctx *ctx, struct str there)
{
    struct str name = point_clean(ctx->arena, there, NAME_SIGNS - 5);
    int64_t n;

    while (name.n > NAME_BYTES)
        name = point_clean(ctx->arena, name, str_length(name) - 2);
    if (!name.n || !str_is_text(name, ""))
        return STR("Driver");
    if (str_i64(name, 0, INT64_MAX, &n) || member_is_reserved(name))
        return str_of(arena_printf(ctx->arena, "Driver %.*s", STR_ARG(name)));
    return name;
}

/* *id 0: a new member; else that one's name. */
static enum err
call_it(struct ctx *ctx, struct tx *tx, struct str name, int64_t *id)
{
    return *id ? member_rename(ctx, tx, *id, name) : member_add(ctx, tx, name, id);
}

/* The name, or the name with the first number that is free. */
static enum err
give_name(struct ctx *ctx, struct tx *tx, struct str there, int64_t *id)
{
    struct str base = own_name(ctx, there);
    enum err e = call_it(ctx, tx, base, id);

    if (e == E_INVALID)
        base = STR("Driver");
    for (int i = 2; (e == E_CONFLICT || e == E_INVALID) && i < NAMES_TRIED; i++) {
        ctx_clear(ctx);
        e = call_it(ctx, tx, str_of(arena_printf(ctx->arena, "%.*s %d", STR_ARG(base), i)), id);
    }
    return e;
}

static enum err
add_identity(struct ctx *ctx, struct tx *tx, const struct identity *who, struct member *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_identity_add);
    int64_t id = 0;
    enum err e = give_name(ctx, tx, who->name, &id);

    if (e)
        return e;
    stmt_str(&s, ":provider", who->provider);
    stmt_str(&s, ":subject", who->subject);
    stmt_i64(&s, ":member", id);
    stmt_str(&s, ":name", point_clean(ctx->arena, who->name, THERE_BYTES / 4));
    stmt_str(&s, ":avatar", who->avatar);
    stmt_i64(&s, ":now", ctx_now(ctx));
    e = stmt_run(&s);
    return e ? e : member_get(ctx, id, ret);
}

/* A picture that changed is fetched once; without one there is nothing to fetch. */
static enum err
fetch_avatar(struct ctx *ctx, struct tx *tx, const struct identity *who)
{
    if (!who->avatar.n)
        return OK;
    struct str key = str_of(arena_printf(ctx->arena, "%.*s %.*s %.*s", STR_ARG(who->provider),
                                         STR_ARG(who->subject), STR_ARG(who->avatar)));
    return outbox_add(ctx, tx, STR("avatar"), key, key, ctx_now(ctx));
}

/* Who got a role before anybody saw them is called by their own name from the first time on. */
static enum err
first_seen(struct ctx *ctx, struct tx *tx, const struct identity *who, struct member *m)
{
    struct identity known;
    enum err e = identity_of(ctx, who->provider, m->id, &known);

    if (e || known.name.n || !who->name.n)
        return e;
    return (e = give_name(ctx, tx, who->name, &m->id)) ? e : member_get(ctx, m->id, m);
}

enum err
identity_member(struct ctx *ctx, struct tx *tx, const struct identity *who, struct member *ret)
{
    enum err e = identity_find(ctx, who->provider, who->subject, ret);

    BUG_IF(!tx->open);
    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        if ((e = add_identity(ctx, tx, who, ret)))
            return e;
        return fetch_avatar(ctx, tx, who);
    }
    if (e)
        return e;
    if (ret->blocked)
        return ctx_fail(ctx, E_DENIED, "the account %.*s is blocked: write to the operator",
                        STR_ARG(ret->name));
    if ((e = first_seen(ctx, tx, who, ret)))
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_identity_seen);
    stmt_str(&s, ":provider", who->provider);
    stmt_str(&s, ":subject", who->subject);
    stmt_str(&s, ":name", point_clean(ctx->arena, who->name, THERE_BYTES / 4));
    stmt_str(&s, ":avatar", who->avatar);
    stmt_i64(&s, ":now", ctx_now(ctx));
    if ((e = stmt_run(&s)))
        return e;
    return db_changes(ctx->db) ? fetch_avatar(ctx, tx, who) : OK;
}

enum err
identity_of(struct ctx *ctx, struct str provider, int64_t member_id, struct identity *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_identity_of);

    stmt_str(&s, ":provider", provider);
    stmt_i64(&s, ":member", member_id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "this member has no account there");
    if (e)
        return e;
    *ret = (struct identity){
        .provider = provider,
        .subject = stmt_col_str(&s, "subject"),
        .name = stmt_col_str(&s, "name"),
        .avatar = stmt_col_str(&s, "avatar"),
        .avatar_sha = stmt_col_str(&s, "avatar_sha"),
    };
    return OK;
}

enum err
identity_avatar(struct ctx *ctx, struct tx *tx, struct str provider, struct str subject,
                struct str sha)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_identity_avatar);

    BUG_IF(!tx->open);
    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":subject", subject);
    stmt_str(&s, ":sha", sha);
    return stmt_run(&s);
}

enum err
identity_privacy_get(struct ctx *ctx, int64_t member_id, struct identity_privacy *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_identity_choices);

    stmt_i64(&s, ":member", member_id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no member %lld", (long long)member_id);
    if (e)
        return e;
    ret->hidden = stmt_col_i64(&s, "hidden") != 0;
    ret->earnings = stmt_col_str(&s, "earnings");
    ret->payout = stmt_col_str(&s, "payout_told");
    return OK;
}

enum err
identity_privacy_set(struct ctx *ctx, struct tx *tx, int64_t member_id,
                     const struct identity_privacy *p)
{
    BUG_IF(!tx->open);
    if (!str_eq_text(p->earnings, "public") && !str_eq_text(p->earnings, "members") &&
        !str_eq_text(p->earnings, "hidden"))
        return ctx_fail(ctx, E_INVALID, "earnings are public, members or hidden");
    if (p->payout.n && !str_eq_text(p->payout, "amount") && !str_eq_text(p->payout, "line") &&
        !str_eq_text(p->payout, "hidden"))
        return ctx_fail(ctx, E_INVALID, "payouts are told as amount, line or hidden");
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_identity_choose);
    stmt_str(&s, ":payout", p->payout.p ? p->payout : STR(""));
    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":hidden", p->hidden);
    stmt_str(&s, ":earnings", p->earnings);
    return stmt_run(&s);
}

enum err
identity_earnings_seen(struct ctx *ctx, int64_t member_id, int64_t viewer, bool *ret)
{
    struct identity_privacy p;
    unsigned rights = 0;
    enum err e;

    *ret = viewer != 0 && viewer == member_id;
    if (*ret)
        return OK;
    if ((e = identity_privacy_get(ctx, member_id, &p)) ||
        (viewer && (e = right_of(ctx, viewer, &rights))))
        return e;
    *ret = (rights & RIGHT_AUDITOR) ||
           (!p.hidden && (str_eq_text(p.earnings, "public") ||
                          (viewer && str_eq_text(p.earnings, "members"))));
    return OK;
}

enum err
identity_rules_at(struct ctx *ctx, int64_t member_id, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_identity_choices);

    stmt_i64(&s, ":member", member_id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no member %lld", (long long)member_id);
    if (!e)
        *ret = stmt_col_i64(&s, "rules_at");
    return e;
}

enum err
identity_rules_accept(struct ctx *ctx, struct tx *tx, int64_t member_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_identity_rules);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":now", ctx_now(ctx));
    return stmt_run(&s);
}

static enum err
check_what(struct ctx *ctx, struct str what)
{
    static const char *const known[] = {"reminder", "result", "dispute",
                                        "trophy",   "payout", "tip"};

    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (str_eq_text(what, known[i]))
            return OK;
    return ctx_fail(ctx, E_INVALID,
                    "a notice is about reminder, result, dispute, trophy, payout or tip");
}

enum err
identity_notify_get(struct ctx *ctx, int64_t member_id, struct str what, bool *ret)
{
    enum err e = check_what(ctx, what);

    if (e)
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_identity_off);
    stmt_i64(&s, ":member", member_id);
    stmt_str(&s, ":what", what);
    if (!(e = stmt_one(&s)))
        *ret = stmt_col_i64(&s, "n") == 0;
    return e;
}

enum err
identity_notify_set(struct ctx *ctx, struct tx *tx, int64_t member_id, struct str what, bool on)
{
    enum err e = check_what(ctx, what);

    BUG_IF(!tx->open);
    if (e)
        return e;
    struct stmt s CLEANUP(stmt_done) =
        stmt_get(ctx, on ? SQL_identity_turn_on : SQL_identity_turn_off);
    stmt_i64(&s, ":member", member_id);
    stmt_str(&s, ":what", what);
    return stmt_run(&s);
}
