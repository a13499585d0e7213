/* The two parts of a file's path, as text. Not for: looking at the file system. */
#pragma once

#include "base/arena.h"

/* The folder that path stands in, "." when it names none; lives in a. "/x" stands in "/". */
const char *path_folder(struct arena *a, const char *path);
/* The name behind the last slash; part of path. */
const char *path_base(const char *path);
