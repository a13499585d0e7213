/* Attribution by order time. See window.h. */
#include "race/window.h"

/* Inside the window proper. */
static bool
is_open(const struct window *w, int64_t at_ms)
{
    return w->opened_at <= at_ms && (!w->closed_at || at_ms < w->closed_at);
}

static bool
in_grace(const struct window *w, int64_t at_ms)
{
    return w->closed_at && w->closed_at <= at_ms && at_ms < w->closed_at + w->grace_ms;
}

static void
choose(struct window_choice *c, struct str reason, size_t at)
{
    c->reason = reason;
    c->n = 1;
    c->at[0] = at;
}

static bool
tagged(const struct window *w, size_t n, int64_t at_ms, int64_t tag, struct window_choice *ret)
{
    for (size_t i = 0; tag && i < n; i++)
        if (w[i].race_id == tag && !w[i].is_void &&
            (is_open(&w[i], at_ms) || in_grace(&w[i], at_ms))) {
            choose(ret, STR("tagged"), i);
            return true;
        }
    return false;
}

static bool
opened(const struct window *w, size_t n, int64_t at_ms, struct window_choice *ret)
{
    size_t open[WINDOW_CHOSEN_MAX] = {0}, count = 0, last = 0, all = 0;

    for (size_t i = 0; i < n; i++)
        if (!w[i].is_void && is_open(&w[i], at_ms)) {
            if (count < WINDOW_CHOSEN_MAX)
                open[count++] = i;
            last = i;
            all++;
        }
    if (!all)
        return false;
    enum window_overlap o = w[open[0]].overlap;
    if (all == 1 || o == WINDOW_FIRST) {
        choose(ret, STR("in_window"), open[0]);
    } else if (o == WINDOW_LAST) {
        choose(ret, STR("in_window"), last);
    } else {
        ret->reason = STR("shared_between_races");
        ret->n = count;
        for (size_t i = 0; i < count; i++)
            ret->at[i] = open[i];
    }
    return true;
}

void
window_choose(const struct window *w, size_t n, int64_t at_ms, int64_t tag,
              struct window_choice *ret)
{
    size_t grace = SIZE_MAX;
    bool dead = false;

    *ret = (struct window_choice){.reason = STR("gate_closed"), .near = SIZE_MAX};
    if (tagged(w, n, at_ms, tag, ret) || opened(w, n, at_ms, ret))
        return;
    for (size_t i = 0; i < n; i++) {
        bool in = is_open(&w[i], at_ms) || in_grace(&w[i], at_ms);

        if (in && !w[i].is_void && (grace == SIZE_MAX || w[i].closed_at >= w[grace].closed_at))
            grace = i;
        if (in && w[i].is_void)
            dead = true;
        if (w[i].opened_at <= at_ms &&
            (ret->near == SIZE_MAX || w[i].closed_at >= w[ret->near].closed_at))
            ret->near = i;
    }
    if (grace != SIZE_MAX)
        choose(ret, STR("in_grace"), grace);
    else if (dead)
        ret->reason = STR("cancelled");
}

int64_t
window_begin(int64_t now_ms)
{
    return now_ms - now_ms % 1000;
}
