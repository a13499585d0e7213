/* Processor and disk, as far as the system lets. See rank.h. */
#include "base/rank.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As linux/ioprio.h has them: the class stands above 13 bits of data. */
enum {
    IO_WHO_PROCESS = 1,
    IO_CLASS_SHIFT = 13,
    IO_BEST_EFFORT = 2,
    IO_IDLE = 3,
    IO_LOWEST = 7
};
enum { NICE_BEHIND = 15, NICE_LAST = 19 };

void
rank_take(enum rank rank)
{
    const struct sched_param none = {.sched_priority = 0};
    bool last = rank == RANK_LAST;
    int io = last ? IO_IDLE << IO_CLASS_SHIFT : IO_BEST_EFFORT << IO_CLASS_SHIFT | IO_LOWEST;

    errno = 0;
    if (getpriority(PRIO_PROCESS, 0) != 0 || errno != 0)
        return;
    /* Where one is refused the work is done all the same. */
    (void)setpriority(PRIO_PROCESS, 0, last ? NICE_LAST : NICE_BEHIND);
    (void)sched_setscheduler(0, last ? SCHED_IDLE : SCHED_BATCH, &none);
    (void)syscall(SYS_ioprio_set, IO_WHO_PROCESS, 0, io);
}
