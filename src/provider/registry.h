/* The list of providers. Not for: what one does (its own file). */
#pragma once

#include "provider/provider.h"

/* NULL when there is none of that name. */
const struct provider *registry_find(struct str name);
