/* The four things a program cannot compute: time, random bytes, its own end, waiting. One table
 * of functions, so that the vault is a pure function of file, commands, clock and random, and
 * tests can replace them. Not for: HTTP (provider/httpc.h takes its own tape in tests). */
#pragma once

#include "base/base.h"

struct world {
    /* UTC wall clock, milliseconds since 1970. */
    int64_t (*now_ms)(void *arg);
    /* Monotonic milliseconds: for durations only. */
    int64_t (*tick_ms)(void *arg);
    /* Fills n bytes from the system's generator; aborts when it has none. */
    void (*random)(void *arg, void *p, size_t n);
    /* Ends the process at once, without cleaning up. */
    void (*die)(void *arg, int code);
    void *arg;
};

/* The real ones. With COZYKART_CLOCK_FILE set in the environment, now_ms adds the decimal
 * number of milliseconds that file holds (read again when it changes): the clock of tests and
 * of the sandbox's race night. A mode=live installation refuses to start with it. */
const struct world *world_real(void);
/* True when the clock is moved by COZYKART_CLOCK_FILE. */
bool world_is_moved(void);
