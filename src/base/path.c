/* Cut at the last slash. See path.h. */
#include "base/path.h"

#include <string.h>

const char *
path_folder(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? arena_text(a, path, slash == path ? 1 : (size_t)(slash - path)) : ".";
}

const char *
path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}
