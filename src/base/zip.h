/* Files in one file, as the whole world opens them: ZIP, stored without compression, times in
 * UTC. Not for: reading any. */
#pragma once

#include "base/buf.h"

enum { ZIP_FILES_MAX = 4000, ZIP_NAME_MAX = 120 };

struct zip {
    struct buf index; /* the directory that stands at the end */
    int64_t at;       /* ms: the time of all files */
    size_t files, bytes;
};

/* Lives in a; what zip_add writes goes to a buffer of the caller's, piece by piece. */
void zip_begin(struct zip *z, struct arena *a, int64_t at);
/* Appends a file. More files or a longer name than above are bugs, as is more than 2 GiB. */
void zip_add(struct zip *z, struct buf *out, struct str name, struct str body);
/* Appends the directory: the last piece. */
void zip_end(struct zip *z, struct buf *out);
