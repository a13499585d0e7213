/* What a service manager is told, in systemd's protocol: datagrams to the socket named by
 * $NOTIFY_SOCKET. Without that variable nothing happens anywhere. Not for: logs (log.h). */
#pragma once

#include "base/base.h"

/* Reads $NOTIFY_SOCKET and, when it is meant for this process, $WATCHDOG_USEC, and takes both
 * out of the environment: what this process starts does not speak for it. Called once, before
 * any fork. */
void notify_open(void);
/* In a forked child that is not the service's main process: from now on nothing is said. */
void notify_close(void);
/* One message: "READY=1", "STOPPING=1", or several parts with line breaks between them. Waits
 * for room for a second at most; what is lost then is lost. */
void notify_say(const char *text);
/* "STATUS=…": a sentence for those who ask how the service is. */
void notify_status(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* A sign of life, at most one in a third of the time that the manager grants; called from the
 * loop, with its tick; never waits. Called there alone: a loop that hangs must fall silent. */
void notify_alive(int64_t tick_ms);
