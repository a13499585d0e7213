/* What a racer earned month by month, as bars. One drawing fits every screen: twelve bars at
 * most. Not for: who may see it (page/racerpage.c). */
#include "draw/months.h"

#include <string.h>

#include "base/clock.h"
#include "draw/ink.h"

enum {
    MONTHS_BYTES = 32 * 1024,
    MONTHS_STEP = 56,
    MONTHS_HIGH = 120,
    MONTHS_TOP = 24,
    MONTHS_BAR = 40
};

void
months_add(struct ctx *ctx, struct months *m, int64_t at_ms, int64_t cents)
{
    char text[CLOCK_TEXT];
    struct str name = str_sub(str_of(clock_date(at_ms, text)), 0, 7);

    for (size_t i = 0; i < m->n; i++)
        if (str_eq(m->bar[i].name, name)) {
            m->bar[i].cents += cents;
            return;
        }
    if (m->n == MONTHS_MAX)
        return;
    memmove(&m->bar[1], &m->bar[0], m->n * sizeof(m->bar[0]));
    m->bar[0] = (struct months_bar){.name = str_dup(ctx->arena, name), .cents = cents};
    m->n++;
}

static void
put_bar(struct ctx *ctx, struct buf *b, const struct months_bar *bar, size_t i, int64_t most)
{
    int64_t x = (int64_t)i * MONTHS_STEP + (MONTHS_STEP - MONTHS_BAR) / 2;
    int64_t high = bar->cents > 0 ? bar->cents * MONTHS_HIGH / most : 0;

    buf_printf(b,
               "<rect class=\"lines__bar lines__bar--first\" x=\"%lld\" y=\"%lld\" "
               "width=\"%d\" height=\"%lld\" rx=\"3\"><title>",
               (long long)x, (long long)(MONTHS_TOP + MONTHS_HIGH - high), MONTHS_BAR,
               (long long)(high > 1 ? high : 1));
    buf_add_html(b, bar->name);
    buf_add_text(b, ": ");
    buf_add_html(b, ink_money(ctx, bar->cents));
    buf_printf(b,
               "</title></rect><text class=\"chart__text\" x=\"%lld\" y=\"%d\" "
               "text-anchor=\"middle\">",
               (long long)(x + MONTHS_BAR / 2), MONTHS_TOP + MONTHS_HIGH + 18);
    buf_add_html(b, str_sub(bar->name, 2, 5));
    buf_add_text(b, "</text>");
}

struct str
months_draw(struct ctx *ctx, const struct months *m)
{
    struct buf b = buf_new(ctx->arena, MONTHS_BYTES);
    int64_t most = 1;

    for (size_t i = 0; i < m->n; i++)
        most = m->bar[i].cents > most ? m->bar[i].cents : most;
    if (m->n == 0)
        return STR("");
    struct str top = ink_money(ctx, most);

    buf_printf(&b,
               "<svg class=\"chart chart--months\" viewBox=\"0 0 %d %d\" role=\"group\" "
               "aria-labelledby=\"months months-is\"><title id=\"months\">Earned per month"
               "</title><desc id=\"months-is\">At most %.*s in one month.</desc>"
               "<line class=\"chart__axis\" x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>",
               MONTHS_MAX * MONTHS_STEP, MONTHS_TOP + MONTHS_HIGH + 28, STR_ARG(top),
               MONTHS_MAX * MONTHS_STEP, MONTHS_TOP + MONTHS_HIGH, MONTHS_TOP + MONTHS_HIGH);
    for (size_t i = 0; i < m->n; i++)
        put_bar(ctx, &b, &m->bar[i], i, most);
    buf_add_text(&b, "</svg><details><summary>Show numbers</summary><table class=\"plain\">"
                     "<thead><tr><th scope=\"col\">Month</th><th scope=\"col\" class=\"num\">"
                     "Earned</th></tr></thead><tbody>");
    for (size_t i = m->n; i-- > 0;) {
        buf_add_text(&b, "<tr><td>");
        buf_add_html(&b, m->bar[i].name);
        buf_add_text(&b, "</td><td class=\"num\">");
        buf_add_html(&b, ink_money(ctx, m->bar[i].cents));
        buf_add_text(&b, "</td></tr>");
    }
    buf_add_text(&b, "</tbody></table></details>");
    BUG_IF(buf_err(&b) != OK);
    return buf_str(&b);
}
