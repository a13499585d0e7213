/* How much room the disk below a file or folder has for us. Not for: what is done about it, and
 * how much somebody needs (the callers). */
#pragma once

#include "base/base.h"

/* Amounts are told to people in MB of a million bytes, as settings have them. */
#define ROOM_MB (INT64_C(1000) * 1000)

struct room {
    int64_t bytes;  /* that may still be written, without what the system keeps for root */
    bool read_only; /* the file system takes nothing at all */
    bool no_files;  /* no further file can be made, however many bytes there are */
};

/* False with errno when path is not there or the system does not say; *ret is then untouched.
 */
bool room_look(const char *path, struct room *ret) MUST_USE;
