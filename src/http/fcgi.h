/* FastCGI on descriptors that we accept ourselves: one request a connection, two seconds of
 * patience, bounded parameters and bodies. Sole user of libfcgi. Not for: choosing an answer.
 */
#pragma once

#include "http/router.h"

struct fcgi_opts {
    int listen_fd; /* non-blocking listening socket, shared with other workers; never shut down
                    */
    int stop_fd;   /* readable (signalfd or pipe): finish the request in hand and return */
    struct router *router;
    const struct world *world;
    const struct conf *conf;
    struct arena *arena; /* reset after each request */
    /* Called before and after each request, for the watchdog; may be NULL. */
    void (*beat)(void *arg, bool busy);
    void *beat_arg;
};

/* Once a process. */
enum err fcgi_init(void) MUST_USE;
/* Serves until stop_fd is readable. */
void fcgi_loop(const struct fcgi_opts *o);
/* Serves the one request that arrives on fd, and closes fd: what the loop does, for tests. */
void fcgi_serve(const struct fcgi_opts *o, int fd);
