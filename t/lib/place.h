/* A folder of its own for a C test; it stays when the test fails. Not for: Perl tests. */
#pragma once

#include <ftw.h>
#include <unistd.h>

#include "lib/tap.h"

static char place_dir[512];

static inline const char *
place_make(void)
{
    const char *root = getenv("TMPDIR");

    snprintf(place_dir, sizeof place_dir, "%s/cozykart-XXXXXX", root ? root : "/tmp");
    if (!mkdtemp(place_dir)) {
        printf("Bail out! no folder in %s\n", place_dir);
        exit(99);
    }
    return place_dir;
}

/* DIR/name; a few texts live at once. */
static inline const char *
place(const char *name)
{
    static char text[8][600];
    static unsigned at;
    char *p = text[at++ % 8];

    snprintf(p, sizeof text[0], "%s/%s", place_dir, name);
    return p;
}

static inline int
place_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* return place_done(); instead of return done(); */
static inline int
place_done(void)
{
    if (tap_failed)
        printf("# kept %s\n", place_dir);
    else
        nftw(place_dir, place_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return done();
}
