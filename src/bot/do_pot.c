/* /pot: what fans have brought so far, seat by seat. Not for: why one order did not count
 * (do_order.c). */
#include "base/point.h"
#include "bot/do.h"

enum { LAST = 5, TITLE_SIGNS = 40 };

static void
add_seats(struct bot *b, const struct race *r)
{
    struct buf all = buf_new(b->ctx->arena, 2048);

    for (size_t i = 0; i < r->n_seats; i++) {
        struct str name = message_name(b->ctx, r->seat[i].name);
        struct str share = message_money(b->ctx, r->seat[i].share);

        buf_printf(&all, "%s%lld %.*s %.*s", all.n ? "\n" : "", (long long)r->seat[i].no,
                   STR_ARG(name), STR_ARG(share));
    }
    message_field(b->m, "Shares so far", true, "%.*s", STR_ARG(buf_str(&all)));
    if (r->waiting)
        message_field(b->m, "Decided by the result", true, "%.*s",
                      STR_ARG(message_money(b->ctx, r->waiting)));
}

static enum err
add_sales(struct bot *b, const struct race *r)
{
    struct buf all = buf_new(b->ctx->arena, 2048);
    struct race_line *line;
    size_t n;
    enum err e = race_lines(b->ctx, r->id, 0, LAST, &line, &n);

    if (e)
        return e;
    for (size_t i = 0; i < n; i++) {
        struct str title = message_text(b->ctx, line[i].title, TITLE_SIGNS);
        struct str at = message_time(b->ctx, line[i].at, 't');
        struct str delta = message_money(b->ctx, line[i].delta);

        buf_printf(&all, "%s%.*s %.*s, pot %s%.*s", all.n ? "\n" : "", STR_ARG(at),
                   STR_ARG(title), line[i].delta > 0 ? "+" : "", STR_ARG(delta));
    }
    message_field(b->m, "Last changes", true, "%.*s", STR_ARG(buf_str(&all)));
    return OK;
}

static void
add_gate(struct bot *b, const struct race *r)
{
    int64_t until = r->closed_at + 1000 * r->grace_s;

    if (r->state == RACE_LOBBY)
        message_line(b->m, "The window opens with the start.");
    else if (!r->closed_at)
        message_line(b->m, "Every order counts now.");
    else if (ctx_now(b->ctx) < until)
        message_line(b->m, "Orders placed until %.*s still count.",
                     STR_ARG(message_time(b->ctx, until, 'T')));
    else
        message_line(b->m, "The window is closed.");
}

enum err
do_pot_show(struct bot *b)
{
    struct race r;
    enum err e = bot_race(b,
                          1U << RACE_LOBBY | 1U << RACE_RUNNING | 1U << RACE_FINISHED |
                              1U << RACE_FINAL | 1U << RACE_SETTLED | 1U << RACE_VOID,
                          &r);

    if (e)
        return e;
    message_embed(b->m, MESSAGE_MONEY, "Race %lld: pot %.*s", (long long)r.id,
                  STR_ARG(message_money(b->ctx, r.pot)));
    add_gate(b, &r);
    if ((e = add_sales(b, &r)))
        return e;
    add_seats(b, &r);
    message_footer(b->m, "Race %lld, %lld orders counted", (long long)r.id, (long long)r.sales);
    message_button(b->m, MESSAGE_PLAIN, "Why did my order not count?", "why:%lld",
                   (long long)r.id);
    message_link(b->m, "Details", "/race/%lld", (long long)r.id);
    return OK;
}
