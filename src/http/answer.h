/* What every answer carries, and how an error looks to the visitor. Not for: deciding anything
 * (router.c). */
#pragma once

#include "http/router.h"

/* Replaces whatever res held by the answer to error e: a problem document for machines,
 * otherwise a page made by error_page, or a plain one when that is NULL or fails itself. */
void answer_error(struct ctx *ctx, const struct req *req, struct res *res, enum err e,
                  enum err (*error_page)(struct ctx *, const struct req *, struct res *,
                                         const struct router_problem *));
/* Security, cache and request id headers. */
void answer_headers(struct ctx *ctx, const struct req *req, struct res *res);
