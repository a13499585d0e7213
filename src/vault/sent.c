/* One row each. Not for: sending. */
#include "vault/sent.h"

#include "db/stmt.h"
#include "queue/logo.h"
#include "user/identity.h"

enum { WORD_BYTES = 100, SHA_SIGNS = 64 };

static enum err
read_sha(struct ctx *ctx, const struct msg *in, size_t min, struct str *ret)
{
    return msg_text(ctx, in, "sha", min, SHA_SIGNS, ret);
}

enum err
sent_posted(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct str topic, object, channel, message, sha;
    enum err e;

    (void)tx;
    (void)who;
    (void)out;
    if ((e = msg_text(ctx, in, "topic", 1, WORD_BYTES, &topic)) ||
        (e = msg_text(ctx, in, "object", 1, WORD_BYTES, &object)) ||
        (e = msg_text(ctx, in, "channel", 0, WORD_BYTES, &channel)) ||
        (e = msg_text(ctx, in, "message", 0, WORD_BYTES, &message)) ||
        (e = read_sha(ctx, in, 0, &sha)))
        return e;

    struct stmt s CLEANUP(stmt_done) =
        stmt_get(ctx, message.n ? SQL_sent_posted : SQL_sent_gone);

    stmt_str(&s, ":topic", topic);
    stmt_str(&s, ":object", object);
    if (message.n) {
        stmt_str(&s, ":channel", channel);
        stmt_str(&s, ":message", message);
        stmt_str(&s, ":sha", sha);
        stmt_i64(&s, ":now", ctx_now(ctx));
    }
    return stmt_run(&s);
}

/* A picture that was changed there meanwhile has a job of its own: this one is late. */
enum err
sent_avatar(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct str provider, subject, hash, sha;
    struct identity now;
    struct member m;
    enum err e;

    (void)who;
    (void)out;
    if ((e = msg_text(ctx, in, "provider", 1, WORD_BYTES, &provider)) ||
        (e = msg_text(ctx, in, "subject", 1, WORD_BYTES, &subject)) ||
        (e = msg_text(ctx, in, "hash", 1, WORD_BYTES, &hash)) ||
        (e = read_sha(ctx, in, SHA_SIGNS, &sha)) ||
        (e = identity_find(ctx, provider, subject, &m)) ||
        (e = identity_of(ctx, provider, m.id, &now)))
        return e;
    return str_eq(now.avatar, hash) ? identity_avatar(ctx, tx, provider, subject, sha) : OK;
}

enum err
sent_logo(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
          struct msg *out)
{
    struct str sha;
    enum err e = read_sha(ctx, in, SHA_SIGNS, &sha);

    (void)who;
    (void)out;
    return e ? e : logo_ready(ctx, tx, sha);
}
