/* Snapshot of a race. See snapshot.h. */
#include "race/snapshot.h"

#include "base/buf.h"
#include "base/clock.h"
#include "queue/live.h"
#include "race/race.h"
#include "race/report.h"

enum { JSON_MAX = 65536, LAST_MAX = 8 };

static void
add_text(struct buf *b, const char *name, struct str s)
{
    buf_printf(b, ",\"%s\":", name);
    buf_add_json(b, s);
}

static void
add_time(struct buf *b, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT];

    if (ms)
        add_text(b, name, str_of(clock_rfc3339(ms, text)));
}

static void
add_money(struct buf *b, struct str ccy, const char *name, int64_t minor)
{
    struct money m;
    char text[MONEY_TEXT];

    if (money_make(minor, ccy, &m) == OK)
        add_text(b, name, str_of(money_show(m, text)));
}

/* "+$5.00", "−$5.00": as the pages show a change */
static void
add_delta(struct buf *b, struct str ccy, int64_t minor)
{
    struct money m;
    char text[MONEY_TEXT];

    buf_add_text(b, ",\"delta_text\":");
    if (money_make(minor, ccy, &m) != OK)
        m = (struct money){.ccy = "USD"};
    money_show(m, text);
    buf_printf(b, "\"%s%s\"", minor > 0 ? "+" : "", text);
}

static const char *
gate(const struct ctx *ctx, const struct race *r)
{
    if (r->state == RACE_LOBBY)
        return "lobby";
    if (r->state == RACE_RUNNING)
        return "open";
    if (r->state != RACE_VOID && r->closed_at &&
        ctx_now(ctx) < r->closed_at + 1000 * r->grace_s)
        return "grace";
    return "closed";
}

static void
add_seats(struct buf *b, struct str ccy, const struct race *r)
{
    buf_add_text(b, ",\"seats\":[");
    for (size_t i = 0; i < r->n_seats; i++) {
        const struct race_seat *s = &r->seat[i];
        buf_printf(b,
                   "%s{\"seat\":%lld,\"member\":%lld,\"share\":%lld,\"place\":%lld,"
                   "\"dnf\":%s,\"contested\":%s,\"left\":%s",
                   i ? "," : "", (long long)s->no, (long long)s->member_id, (long long)s->share,
                   (long long)s->place, s->dnf ? "true" : "false",
                   s->contested ? "true" : "false", s->left_at ? "true" : "false");
        add_text(b, "name", s->name);
        add_money(b, ccy, "text", s->share);
        buf_add_char(b, '}');
    }
    buf_add_char(b, ']');
}

static void
add_line(struct buf *b, struct str ccy, const struct race_line *l)
{
    struct str words =
        str_eq(l->type, STR("refund")) ? STR("money went back to the buyer") : l->words;

    buf_printf(b, "{\"seq\":%lld,\"sale\":%lld,\"amount\":%lld,\"delta\":%lld",
               (long long)l->seq, (long long)l->sale_id, (long long)l->amount,
               (long long)l->delta);
    add_text(b, "type", l->type);
    add_text(b, "title", l->title);
    add_text(b, "reason", l->reason);
    add_text(b, "words", words);
    add_money(b, ccy, "amount_text", l->amount);
    add_delta(b, ccy, l->delta);
    add_time(b, "at", l->at);
    buf_add_char(b, '}');
}

enum err
snapshot_make(struct ctx *ctx, int64_t race, struct str *ret_json)
{
    struct buf b = buf_new(ctx->arena, JSON_MAX);
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    struct str ccy = race_currency(ctx);
    struct str channel = str_of(arena_printf(ctx->arena, "race/%lld", (long long)race));
    struct report_wait waits;
    struct race_line *last;
    size_t n;
    int64_t seq;
    enum err e;

    if ((e = race_get(ctx, race, r)) || (e = race_lines(ctx, race, 0, LAST_MAX, &last, &n)) ||
        (e = report_waits(ctx, r, &waits)) || (e = live_seq(ctx, channel, &seq)))
        return e;
    buf_printf(&b, "{\"v\":1,\"ch\":\"race/%lld\",\"seq\":%lld", (long long)race,
               (long long)seq);
    add_time(&b, "at", ctx_now(ctx));
    buf_printf(&b, ",\"state\":{\"race\":%lld,\"gate\":\"%s\"", (long long)race, gate(ctx, r));
    add_text(&b, "name", r->name);
    add_text(&b, "state", race_state_name(r->state));
    add_text(&b, "rule", race_rule_words(ctx, &r->rule));
    add_time(&b, "opened_at", r->opened_at);
    add_time(&b, "closed_at", r->closed_at);
    add_time(&b, "counts_until", r->closed_at ? r->closed_at + 1000 * r->grace_s : 0);
    add_time(&b, "final_at", r->final_at ? r->final_at : waits.until_at);
    if (waits.words.n)
        add_text(&b, "waits", waits.words);
    buf_printf(&b, ",\"disputed\":%s", r->n_disputes ? "true" : "false");
    buf_printf(&b, ",\"pot\":{\"amount\":%lld", (long long)r->pot);
    add_text(&b, "currency", ccy);
    add_money(&b, ccy, "text", r->pot);
    buf_printf(&b, "},\"waiting\":%lld,\"sales\":%lld", (long long)r->waiting,
               (long long)r->sales);
    add_seats(&b, ccy, r);
    buf_add_text(&b, ",\"last\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add_char(&b, ',');
        add_line(&b, ccy, &last[i]);
    }
    buf_add_text(&b, "]}}");
    if (buf_err(&b))
        return ctx_fail(ctx, E_INTERNAL, "a snapshot is too long");
    *ret_json = buf_str(&b);
    return OK;
}
