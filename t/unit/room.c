/* Room on a disk: what the system says, and where it says nothing. */
#include "base/room.h"

#include <errno.h>
#include <sys/statvfs.h>

#include "lib/place.h"

int
main(void)
{
    const struct room never = {.bytes = -7};
    struct room room = never;
    struct statvfs v;

    place_make();
    ok(room_look(place_dir, &room) && statvfs(place_dir, &v) == 0, "a folder stands on a disk");
    ok(room.bytes >= 0 && room.bytes <= (int64_t)((uint64_t)v.f_blocks * v.f_frsize),
       "which has no more room than it is large");
    ok(!room.read_only && !room.no_files, "and takes files");
    ok(room_look("/proc", &room) && room.bytes == 0 && !room.no_files,
       "one without blocks has none, and counts no files");
    room = never;
    ok(!room_look(place("nothing"), &room) && errno == ENOENT && room.bytes == never.bytes,
       "where nothing is there is nothing to tell");
    return place_done();
}
