/* One open row per kind and key; raised again it counts. Not for: sending them (job/herald.c).
 */
#include "queue/alert.h"

#include <string.h>

#include "base/conf.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/outbox.h"
#include "queue/tell.h"

/* What breaks together is told together. */
enum { GATHER_MS = 5000, NOTE_SIGNS = 500 };

/* A mail tells of all that is new when it is written: one job for many alerts. */
static enum err
mail(struct ctx *ctx, struct tx *tx, int64_t id)
{
    bool due = false;
    enum err e = outbox_is_due(ctx, STR("mail"), STR(""), &due);

    if (e || due)
        return e;
    return outbox_add(ctx, tx, STR("mail"),
                      str_of(arena_printf(ctx->arena, "alert:%lld", (long long)id)), STR(""),
                      ctx_now(ctx) + GATHER_MS);
}

/* A new one is told once, but not by the way that it says does not work. */
static enum err
tell(struct ctx *ctx, struct tx *tx, struct str kind, struct str key, const char *severity,
     struct str text)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_open);
    bool dead = str_eq_text(kind, "job_dead"), wanted = ctx->conf && ctx->conf->alert.to.n;
    enum err e;

    stmt_str(&s, ":kind", kind);
    stmt_str(&s, ":key", key);
    if ((e = stmt_one(&s)) || stmt_col_i64(&s, "times") > 1)
        return e;
    int64_t id = stmt_col_i64(&s, "id");

    if (wanted && strcmp(severity, "info") != 0 && !(dead && str_starts(text, STR("mail "))) &&
        (e = mail(ctx, tx, id)))
        return e;
    if (dead || str_eq_text(kind, "discord_down"))
        return OK;
    return tell_add(ctx, tx, "alert.raised",
                    str_of(arena_printf(ctx->arena, "alert:%lld", (long long)id)), 0);
}

enum err
alert_raise(struct ctx *ctx, struct tx *tx, struct str kind, struct str key,
            const char *severity, const char *who, struct str text)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_raise);

    BUG_IF(!tx->open);
    stmt_str(&s, ":kind", kind);
    stmt_str(&s, ":key", key);
    stmt_str(&s, ":severity", str_of(severity));
    stmt_str(&s, ":who", str_of(who));
    stmt_str(&s, ":text", text);
    stmt_i64(&s, ":now", ctx_now(ctx));
    enum err e = stmt_run(&s);

    return e ? e : tell(ctx, tx, kind, key, severity, text);
}

enum err
alert_resolve(struct ctx *ctx, struct tx *tx, struct str kind, struct str key)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_resolve);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":kind", kind);
    stmt_str(&s, ":key", key);
    return stmt_run(&s);
}

enum err
alert_expire(struct ctx *ctx, struct tx *tx, struct str kind, int64_t before)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_expire);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":kind", kind);
    stmt_i64(&s, ":before", before);
    return stmt_run(&s);
}

static struct alert
row_of(struct stmt *s)
{
    return (struct alert){
        .id = stmt_col_i64(s, "id"),
        .kind = stmt_col_str(s, "kind"),
        .key = stmt_col_str(s, "key"),
        .severity = stmt_col_str(s, "severity"),
        .who = stmt_col_str(s, "who"),
        .text = stmt_col_str(s, "text"),
        .raised_at = stmt_col_i64(s, "raised_at"),
        .seen_at = stmt_col_i64(s, "seen_at"),
        .times = stmt_col_i64(s, "times"),
        .resolved_at = stmt_col_i64(s, "resolved_at"),
        .mailed_at = stmt_col_i64(s, "mailed_at"),
        .posted_at = stmt_col_i64(s, "posted_at"),
    };
}

/* Who said last that they look after it. */
static enum err
add_note(struct ctx *ctx, struct alert *a)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_noted);

    stmt_i64(&s, ":id", a->id);
    enum err e = stmt_one(&s);
    if (e)
        return e == E_NOTFOUND ? OK : e;
    a->note = stmt_col_str(&s, "note");
    a->noted_by = stmt_col_str(&s, "name");
    a->noted_at = stmt_col_i64(&s, "at");
    return OK;
}

static enum err
rows(struct ctx *ctx, struct stmt *s, size_t max, struct alert **ret, size_t *ret_n)
{
    struct alert *row = ARENA_ARRAY(ctx->arena, max, struct alert);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(s)) == OK)
        row[n++] = row_of(s);
    if (e && e != E_NOTFOUND)
        return e;
    e = OK;
    for (size_t i = 0; !e && i < n; i++)
        e = add_note(ctx, &row[i]);
    *ret = row;
    *ret_n = n;
    return e;
}

enum err
alert_list(struct ctx *ctx, size_t max, struct alert **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_list);

    return rows(ctx, &s, max, ret, ret_n);
}

enum err
alert_past(struct ctx *ctx, int64_t since, size_t max, struct alert **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_past);

    stmt_i64(&s, ":since", since);
    return rows(ctx, &s, max, ret, ret_n);
}

enum err
alert_unmailed(struct ctx *ctx, size_t max, struct alert **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_unmailed);

    return rows(ctx, &s, max, ret, ret_n);
}

enum err
alert_get(struct ctx *ctx, int64_t id, struct alert *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_get);
    enum err e;

    stmt_i64(&s, ":id", id);
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no alert %lld", (long long)id);
    if (e)
        return e;
    *ret = row_of(&s);
    return add_note(ctx, ret);
}

bool
alert_is_event(struct str kind)
{
    static const char *const event[] = {
        "cost_missing", "dispute_over",         "fee_currency",   "owed_written_off",
        "prize_left",   "payout_contradiction", "race_cut",       "race_stuck",
        "result_stuck", "tip_currency",         "tip_without_dj",
    };

    for (size_t i = 0; i < ARRAY_SIZE(event); i++)
        if (str_eq_text(kind, event[i]))
            return true;
    return false;
}

static enum err
write_note(struct ctx *ctx, int64_t id, int64_t member_id, struct str note)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_note);

    stmt_i64(&s, ":id", id);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_i64(&s, ":member", member_id);
    stmt_str(&s, ":note", note);
    return stmt_run(&s);
}

enum err
alert_note(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id, struct str note,
           bool done)
{
    struct alert a;
    enum err e = alert_get(ctx, id, &a);

    BUG_IF(!tx->open);
    if (e)
        return e;
    if (a.resolved_at)
        return ctx_fail(ctx, E_CONFLICT, "this alert has resolved itself meanwhile");
    if (!note.n || str_length(note) > NOTE_SIGNS)
        return ctx_fail(ctx, E_INVALID, "a note has 1 to %d signs", NOTE_SIGNS);
    if (done && !alert_is_event(a.kind))
        return ctx_fail(ctx, E_CONFLICT,
                        "this alert resolves itself when its cause is gone: nobody can call it "
                        "done");
    e = write_note(ctx, id, member_id, note);
    return e || !done ? e : alert_resolve(ctx, tx, a.kind, a.key);
}

enum err
alert_mailed(struct ctx *ctx, struct tx *tx, int64_t id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_alert_mailed);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":id", id);
    stmt_i64(&s, ":at", ctx_now(ctx));
    return stmt_run(&s);
}
