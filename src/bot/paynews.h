/* What a member is told of their payouts and destinations. Reading only. Not for: other topics
 * (tidings.h). */
#pragma once

#include "bot/message.h"

/* payout.state of payout:12, member.method of method:3. E_NOTFOUND: nothing to tell, or they do
 * not want it. */
enum err paynews_direct(struct ctx *ctx, struct str topic, struct str object,
                        struct str *ret_subject, struct message **ret) MUST_USE;
