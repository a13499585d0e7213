/* Rows and jobs about our own answers. See told.h. */
#include "bot/told.h"

#include "base/buf.h"
#include "db/stmt.h"
#include "queue/outbox.h"

enum { PAYLOAD_BYTES = 4096 };

enum err
told_here(struct bot *b, const char *topic, struct str object)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(b->ctx, SQL_bot_told);

    stmt_str(&s, ":topic", str_of(topic));
    stmt_str(&s, ":object", object);
    stmt_str(&s, ":channel", b->ask->channel);
    stmt_i64(&s, ":at", ctx_now(b->ctx));
    return stmt_run(&s);
}

enum err
told_card(struct bot *b, struct str object)
{
    struct buf j = buf_new(b->ctx->arena, PAYLOAD_BYTES);

    buf_add_text(&j, "{\"token\":");
    buf_add_json(&j, b->ask->token);
    buf_add_text(&j, ",\"application\":");
    buf_add_json(&j, b->ask->application);
    buf_add_text(&j, ",\"topic\":\"race.card\",\"object\":");
    buf_add_json(&j, object);
    buf_add_char(&j, '}');
    return outbox_add(b->ctx, b->tx, STR("discord.learn"), b->ask->id, buf_str(&j),
                      ctx_now(b->ctx));
}
