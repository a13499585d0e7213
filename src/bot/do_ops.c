/* /ops status: how the house is, for operators. Not for: changing anything; the people's
 * command does. */
#include "base/clock.h"
#include "bot/do.h"
#include "db/stmt.h"
#include "queue/alert.h"

enum { ALERTS_READ = 100, ALERTS_SHOWN = 8, ALERT_SIGNS = 200, SEEN_MS = 60000 };

static enum err
alerts(struct bot *b)
{
    struct alert *a;
    size_t n;
    enum err e = alert_list(b->ctx, ALERTS_READ, &a, &n);

    if (e)
        return e;
    message_embed(b->m, n ? MESSAGE_PROBLEM : MESSAGE_GOOD, "%s",
                  n == 0   ? "No open alert"
                  : n == 1 ? "One open alert"
                           : arena_printf(b->ctx->arena, "%zu open alerts", n));
    for (size_t i = 0; i < n && i < ALERTS_SHOWN; i++)
        message_line(b->m, "**%.*s** %.*s: %.*s (%lld times, last %.*s)",
                     STR_ARG(message_text(b->ctx, a[i].severity, 20)),
                     STR_ARG(message_text(b->ctx, a[i].kind, 40)),
                     STR_ARG(message_text(b->ctx, a[i].text, ALERT_SIGNS)),
                     (long long)a[i].times, STR_ARG(message_time(b->ctx, a[i].seen_at, 'R')));
    if (n > ALERTS_SHOWN)
        message_line(b->m, "and %zu more", n - ALERTS_SHOWN);
    return OK;
}

static void
work(struct bot *b, struct stmt *s)
{
    int64_t n = stmt_col_i64(s, "jobs"), due = stmt_col_i64(s, "job_due");
    int64_t late = ctx_now(b->ctx) - due;
    char span[CLOCK_TEXT];

    message_field(b->m, "Jobs", true, "%lld waiting, %lld dead", (long long)n,
                  (long long)stmt_col_i64(s, "dead"));
    message_field(b->m, "Lag", true, "%s",
                  n && late > 0 ? clock_span(late, span) : "nothing is late");
    message_field(b->m, "Notices", true, "%lld not applied",
                  (long long)stmt_col_i64(s, "notices"));
    message_field(b->m, "Overlays", true, "%lld seen in the last minute, %lld visible",
                  (long long)stmt_col_i64(s, "overlays"),
                  (long long)stmt_col_i64(s, "visible"));
    message_field(b->m, "Journal", true, "entry %lld", (long long)stmt_col_i64(s, "head"));
}

enum err
do_ops_status(struct bot *b)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(b->ctx, SQL_do_ops_status);
    enum err e = alerts(b);

    if (e)
        return e;
    stmt_i64(&s, ":seen", ctx_now(b->ctx) - SEEN_MS);
    if ((e = stmt_one(&s)))
        return e;
    work(b, &s);
    message_link(b->m, "Console", "/ops");
    return OK;
}
