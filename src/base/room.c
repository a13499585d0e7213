/* As the file system has it. See room.h. */
#include "base/room.h"

#include <sys/statvfs.h>

bool
room_look(const char *path, struct room *ret)
{
    struct statvfs v;
    uint64_t bytes;

    if (statvfs(path, &v) != 0)
        return false;
    /* A network's file system may claim more than there can be. */
    if (__builtin_mul_overflow((uint64_t)v.f_bavail, (uint64_t)v.f_frsize, &bytes) ||
        bytes > INT64_MAX)
        bytes = INT64_MAX;
    *ret = (struct room){
        .bytes = (int64_t)bytes,
        .read_only = v.f_flag & ST_RDONLY,
        /* Some count no files: those have none at all. */
        .no_files = v.f_files && v.f_favail == 0,
    };
    return true;
}
