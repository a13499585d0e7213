/* Whether this house can log people in by Discord. Not for: its handlers (routes.h). */
#pragma once

#include "base/ctx.h"

bool enter_by_discord(const struct ctx *ctx);
