/* The list of providers. Not for: what one does (its own file). */
#pragma once

#include "provider/provider.h"

enum { REGISTRY_MAX = 16 };

/* NULL when there is none of that name. */
const struct provider *registry_find(struct str name);
/* Of the one at that place of the list; empty behind the last. */
struct str registry_name(size_t at);
