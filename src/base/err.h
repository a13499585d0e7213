/* The closed list of errors and the one table that explains them. Each family tells the caller
 * what to do. Not for: texts (ctx_fail keeps those). */
#pragma once

#include "base/str.h"

enum err {
    OK = 0,
    E_INVALID,   /* the input is wrong */
    E_AUTH,      /* who are you */
    E_DENIED,    /* you may not */
    E_NOTFOUND,  /* no such thing */
    E_CONFLICT,  /* the state machine says no */
    E_DUPLICATE, /* already done with this key: same answer as before */
    E_FUNDS,     /* not enough available */
    E_LIMIT,     /* too much, too often, too big */
    E_BUSY,      /* the writer is busy or away: nothing happened, try again soon */
    E_FULL,      /* no room on the disk: nothing happened */
    E_REMOTE,    /* a provider refused or is down: nothing happened */
    E_UNCERTAIN, /* sent, no readable answer: it may have happened */
    E_INTERNAL,  /* our bug, contained */
    ERR_COUNT
};

struct err_info {
    struct str name;  /* "E_INVALID" */
    struct str code;  /* "invalid": stable word for problem+json and exit messages */
    struct str title; /* "The request is not valid" */
    int http;         /* status of an answer */
    int exit;         /* exit code of the people's command */
};

/* What the system said, and what mends it where it is about a file or folder of the house:
 * "Permission denied; cozykart check, as root, says who must own it". */
const char *err_system(int number);
/* Whether its words are about our own machinery: then they may be logged. What people sent, and
 * what providers answer, may name somebody; the person is told, and tables keep it for the
 * staff. */
bool err_is_ours(enum err e);
/* Never NULL; an unknown number gives the row of E_INTERNAL. */
const struct err_info *err_info(enum err e);
