/* Fetches a certificate that PayPal signs its notices with, from PayPal alone, checks its chain
 * and hands it to the vault. Not for: signatures (provider/paypal.h). */
#pragma once

#include "job/kinds.h"

/* payload: its address. What is not there, or not PayPal's, is not fetched again. */
enum err fetch_cert(struct ctx *ctx, const struct kinds_tools *tools,
                    struct kinds_job *job) MUST_USE;
