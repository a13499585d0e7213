/* Webhook secrets, in the vault alone; read at the start and again on HUP. Not for: keys of our
 * own requests (the runner of jobs has those). */
#pragma once

#include "base/ctx.h"

/* Reads all files anew. When one of them cannot be read all stay as they were: the error says
 * why, and whether that is the end is for the caller to decide. */
enum err secrets_load(struct ctx *ctx) MUST_USE;
/* Secrets of a provider, *ret_n of them; none for a provider without: then nothing it sends can
 * be believed. */
const struct str *secrets_of(struct str provider, size_t *ret_n);
