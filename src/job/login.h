/* A login through Discord, the part that needs the network: code to person. Not for: sessions
 * (vault). */
#pragma once

#include "job/kinds.h"

/* payload: number of the login_try. Tells the vault "login.known" {provider, try, subject,
 * name, avatar}, or the same with reason alone. */
enum err login_exchange(struct ctx *ctx, const struct kinds_tools *tools,
                        struct kinds_job *job) MUST_USE;
