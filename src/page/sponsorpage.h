/* Sponsors on a page: one way to put them into its view. Not for: contracts (league/sponsor.h).
 */
#pragma once

#include "base/ctx.h"
#include "view/view.h"

/* has_sponsors and sponsors [{id, name, text, place, logo_url?, go_url?}]: what part/sponsors
 * shows. place as in the schema; season 0: any. */
enum err sponsorpage_add(struct ctx *ctx, struct view *v, const char *place,
                         int64_t season) MUST_USE;
