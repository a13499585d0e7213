/* The rest of a deferred answer, and which message an answer became. Not for: messages of our
 * own (tell.h). */
#pragma once

#include "job/kinds.h"

enum err follow_later(struct ctx *ctx, const struct kinds_tools *tools,
                      struct kinds_job *job) MUST_USE;
enum err follow_learn(struct ctx *ctx, const struct kinds_tools *tools,
                      struct kinds_job *job) MUST_USE;
