/* Sets up the account at Stripe that a member is paid to: made once, a fresh link each time it
 * is asked for, and whether it can be paid. Not for: paying (pay.h), states of a method
 * (payout/method.h). */
#pragma once

#include "job/kinds.h"

/* payload: number of the method. */
enum err onboard_run(struct ctx *ctx, const struct kinds_tools *tools,
                     struct kinds_job *job) MUST_USE;
