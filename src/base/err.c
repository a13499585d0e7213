/* The one table of errors. Not for: what happened (ctx.c). */
#include "base/err.h"

#include <errno.h>
#include <string.h>

/* Exit codes 64 and up as in sysexits: scripts can tell them apart. */
/* By hand: clang-format 14 aligns rows that need two lines beyond the limit. */
/* clang-format off */
static const struct err_info table[ERR_COUNT] = {
    [OK] = {STR_INIT("OK"), STR_INIT("ok"), STR_INIT("Done"), 200, 0},
    [E_INVALID] = {STR_INIT("E_INVALID"), STR_INIT("invalid"),
                   STR_INIT("The request is not valid"), 400, 64},
    [E_AUTH] = {STR_INIT("E_AUTH"), STR_INIT("not-logged-in"), STR_INIT("Please log in"), 401,
               77},
    [E_DENIED] = {STR_INIT("E_DENIED"), STR_INIT("denied"), STR_INIT("You may not do this"), 403,
                  77},
    [E_NOTFOUND] = {STR_INIT("E_NOTFOUND"), STR_INIT("not-found"),
                    STR_INIT("There is no such thing"), 404, 66},
    [E_CONFLICT] = {STR_INIT("E_CONFLICT"), STR_INIT("conflict"),
                    STR_INIT("This does not fit the present state"), 409, 65},
    [E_DUPLICATE] = {STR_INIT("E_DUPLICATE"), STR_INIT("duplicate"),
                     STR_INIT("This was done before"), 200, 0},
    [E_FUNDS] = {STR_INIT("E_FUNDS"), STR_INIT("insufficient"),
                 STR_INIT("There is not enough money"), 409, 65},
    [E_LIMIT] = {STR_INIT("E_LIMIT"), STR_INIT("too-much"), STR_INIT("Too much or too often"),
                 429, 65},
    [E_BUSY] = {STR_INIT("E_BUSY"), STR_INIT("ledger-busy"),
                STR_INIT("The ledger is busy, nothing was changed"), 503, 75},
    [E_FULL] = {STR_INIT("E_FULL"), STR_INIT("disk-full"),
                STR_INIT("There is no room, nothing was changed"), 503, 75},
    [E_REMOTE] = {STR_INIT("E_REMOTE"), STR_INIT("provider-down"),
                  STR_INIT("A payment service did not do this"), 502, 69},
    [E_UNCERTAIN] = {STR_INIT("E_UNCERTAIN"), STR_INIT("outcome-unknown"),
                     STR_INIT("The outcome is not known yet"), 502, 75},
    [E_INTERNAL] = {STR_INIT("E_INTERNAL"), STR_INIT("internal"),
                    STR_INIT("Something went wrong on our side"), 500, 70},
};
/* clang-format on */

const struct err_info *
err_info(enum err e)
{
    if ((int)e < 0 || e >= ERR_COUNT)
        e = E_INTERNAL;
    return &table[e];
}

bool
err_is_ours(enum err e)
{
    return e == E_INTERNAL || e == E_BUSY || e == E_FULL;
}

/* Constant texts, so that it may be called where nothing can be allocated. */
const char *
err_system(int number)
{
    switch (number) {
    case ENOENT:
        return "its folder is missing; systemd-tmpfiles --create makes the folders of the "
               "house";
    case EACCES:
    case EPERM:
        return "this user may not; cozykart check, as root, says who must own it";
    case ENOSPC:
    case EDQUOT:
        return "the disk is full; make room";
    case EROFS:
        return "the file system is read-only; dmesg says why";
    case EADDRINUSE:
        return "another program listens there; end it first";
    default:
        return strerror(number);
    }
}
