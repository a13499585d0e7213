/* Letters, through the machine's own sendmail. Not for: what an alert is (queue/alert.h),
 * Discord (herald.h). */
#pragma once

#include "job/kinds.h"

/* Job "mail": one letter with every warning and error that no mail told yet. */
enum err mail_alerts(struct ctx *ctx, const struct kinds_tools *tools,
                     struct kinds_job *job) MUST_USE;
/* Job "mail.old", payload the number of a payout method: its address is told that it is used no
 * more. */
enum err mail_old(struct ctx *ctx, const struct kinds_tools *tools,
                  struct kinds_job *job) MUST_USE;
