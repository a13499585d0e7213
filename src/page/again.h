/* Logging in again for money: see again.c. Not for: the login itself. */
#pragma once

#include "http/res.h"

#define AGAIN_KEPT "/login/kept"

/* For the router: leads to the login; what was asked for is kept in the browser. */
enum err again_ask(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
/* Where somebody goes who has logged in: back to what was kept, or to the wallet. */
struct str again_to(struct ctx *ctx, const struct req *req);
