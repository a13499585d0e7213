/* Ko-fi: its form posts as facts. They are not signed: the token within and the secret end of
 * the address together prove where they come from. There are no notices of money that goes
 * back: staff books it (cozykart refunded).
 *
 * Shop Order and Commission are sales; an item's direct link code is its sku, and what one
 * costs is not told. Donation is a tip. Subscription is none of both, ignored: memberships of
 * the page are no business of races or DJs. A supporter who is not public is named nowhere; of
 * their message only an @name at its start remains, since it says which DJ is meant.
 *
 * Secrets are given as "token …" and "path …", at least one each. */
#pragma once

#include "provider/provider.h"

extern const struct provider kofi_provider;
