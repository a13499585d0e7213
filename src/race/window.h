/* Which race an order counts for: a pure function of order time and windows. Not for: money. */
#pragma once

#include "base/str.h"

enum { WINDOW_RACES_MAX = 64, WINDOW_CHOSEN_MAX = 8 };

enum window_overlap { WINDOW_SHARE, WINDOW_FIRST, WINDOW_LAST };

struct window {
    int64_t race_id;
    int64_t opened_at, closed_at; /* ms; closed_at 0: still open */
    int64_t grace_ms;
    enum window_overlap overlap;
    bool is_void;
};

struct window_choice {
    struct str
        reason; /* in_window, tagged, in_grace, shared_between_races, gate_closed, cancelled */
    size_t n;
    size_t at[WINDOW_CHOSEN_MAX]; /* which of the windows, in order of opening */
    size_t near;                  /* the one it missed, SIZE_MAX when none was near */
};

/* w is sorted by opened_at, then race. A window holds its opening and not its closing moment;
 * grace holds the closing moment and not its own end. tag: a race's number, 0 for none. */
void window_choose(const struct window *w, size_t n, int64_t at_ms, int64_t tag,
                   struct window_choice *ret);
/* Where a window or a seat begins that is taken at now_ms: with its second. Shops tell order
 * times in whole seconds, so an order of the same second would lie before a finer beginning. */
int64_t window_begin(int64_t now_ms);
