/* FastCGI on descriptors that we accept ourselves: one request a connection, two seconds of
 * patience, bounded parameters and bodies. Sole user of libfcgi. Not for: choosing an answer.
 */
#pragma once

#include "http/router.h"

enum { FCGI_WAITING_MAX = 8 };

struct fcgi_opts {
    int listen_fd; /* non-blocking listening socket, shared with other workers; never shut down
                    */
    int stop_fd;   /* readable (signalfd or pipe): finish the request in hand and return */
    struct router *router;
    const struct world *world;
    const struct conf *conf;
    struct arena *arena; /* of fcgi_serve; reset after each request */
    size_t ceiling;      /* of the arenas that fcgi_loop makes, bytes */
    const char *vault;   /* the vault's socket: so many requests wait there for its answer while
                          * others are served (res_ask) */
    size_t waiting;      /* 1 to FCGI_WAITING_MAX */
    /* Called before and after each request, for the watchdog; may be NULL. */
    void (*beat)(void *arg, bool busy);
    /* Asked after each request: true ends the loop as stop_fd does; may be NULL. */
    bool (*over)(void *arg);
    void *beat_arg; /* of both */
};

/* Once a process. */
enum err fcgi_init(void) MUST_USE;
/* Serves until stop_fd is readable and whoever waits for the vault has an answer. */
void fcgi_loop(const struct fcgi_opts *o);
/* Serves the one request that arrives on fd, and closes fd: what the loop does, for tests. */
void fcgi_serve(const struct fcgi_opts *o, int fd);
