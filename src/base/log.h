/* One line key=value to stderr, for the journal. Levels 0 to 4 do not log; the edges do: one
 * line a request, a job, a command. Secrets and provider payloads are never passed. */
#pragma once

#include "base/base.h"

enum log_level { LOG_INFO, LOG_NOTICE, LOG_WARNING, LOG_ERROR };

/* Name of the process in each line ("web", "vault", "jobs"); default "cozykart". */
void log_name(const char *name);
/* Whether stderr goes to the journal ($JOURNAL_STREAM); lines then begin with "<4>", so that
 * journalctl -p warning finds them. */
bool log_is_journal(void);
/* fmt is the whole line after "level=… proc=…", e.g. "event=start workers=%d". At most the last
 * value is quoted, why="…"; what people are told stays out of it: it may name them. Control
 * characters, CR and LF in what it prints are escaped; at most 1,000 bytes; one write(2); never
 * blocks: when stderr is full the line is dropped and counted. */
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);
