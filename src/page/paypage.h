/* The way from a form to the page where it is paid. Not for: that page itself (routes.h). */
#pragma once

#include "page/layout.h"

/* For res_ask: what answers a command that made a checkout (shop/checkout.h). */
enum err paypage_answer(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
                        const struct msg *answer) MUST_USE;
