/* The shop on other pages: a button that carries the race along. Not for: the shop's own pages
 * (routes.h). */
#pragma once

#include "page/layout.h"
#include "race/race.h"

/* shop_url, "/shop?race=12", while orders count or soon will and something is sold; else a flag
 * that is false. */
enum err shoppage_link(struct ctx *ctx, struct view *v, const struct race *r) MUST_USE;
