/* The lines an entry should have, by the account's code and item, against those it has. Not
 * for: knowing why they should be there. */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

void
want_clear(struct audit *a)
{
    a->n_want = 0;
}

void
want_add(struct audit *a, const char *code, const char *item, wide amount)
{
    struct audit_want *w;

    if (amount == 0)
        return;
    for (size_t i = 0; i < a->n_want; i++) {
        w = &a->want[i];
        if (strcmp(w->code, code) == 0 && strcmp(w->item, item) == 0) {
            w->amount += amount;
            return;
        }
    }
    if (a->n_want == AUDIT_LINES_MAX)
        return;
    w = &a->want[a->n_want++];
    snprintf(w->code, sizeof w->code, "%s", code);
    snprintf(w->item, sizeof w->item, "%s", item);
    w->amount = amount;
}

void
want_id(struct audit *a, const char *prefix, int64_t id, const char *item, wide amount)
{
    char code[AUDIT_WORD_MAX];

    snprintf(code, sizeof code, "%s%" PRId64, prefix, id);
    want_add(a, code, item, amount);
}

void
want_compare(struct audit *a, const struct audit_entry *e, int check)
{
    if (!e->whole)
        return;
    for (size_t i = 0; i < e->n_lines; i++)
        want_add(a, e->line[i].code, e->line[i].item, -(wide)e->line[i].amount);
    want_check(a, e->seq, check);
}

void
want_check(struct audit *a, int64_t seq, int check)
{
    for (size_t i = 0; i < a->n_want; i++) {
        const struct audit_want *w = &a->want[i];

        if (w->amount != 0) {
            audit_differ(a, check, "journal", seq,
                         "%s%s%s differs by %" PRId64 " from what it should be", w->code,
                         w->item[0] != '\0' ? " " : "", w->item, (int64_t)-w->amount);
            return; /* one wrong line makes others wrong */
        }
    }
}

bool
want_cut(wide total, const int64_t *weight, size_t n, int64_t *part)
{
    wide sum = 0, given = 0, rest[AUDIT_LINES_MAX] = {0};

    if (n == 0 || n > AUDIT_LINES_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        sum += weight[i];
    if (sum <= 0 || total < 0 || total > INT64_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        wide floor = wide_floor(total * weight[i], sum);

        if (floor > INT64_MAX || floor < INT64_MIN)
            return false;
        part[i] = (int64_t)floor;
        rest[i] = total * weight[i] - floor * sum;
        given += floor;
    }
    for (; given < total; given++) {
        size_t best = 0;

        for (size_t i = 1; i < n; i++)
            if (rest[i] > rest[best])
                best = i;
        if (rest[best] < 0)
            return false;
        part[best]++;
        rest[best] = -1;
    }
    return given == total;
}
