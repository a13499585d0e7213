/* A signed order as Stripe sends it: a shirt for $25.00. For the programs that measure. */
#pragma once

#include "base/arena.h"
#include "base/crypt.h"
#include "base/enc.h"

struct order {
    struct str body;
    struct str signature; /* valid for 300 s from now_s */
};

static inline struct order
order_make(struct arena *a, const char *secret, const char *salt, int i, int64_t now_s,
           int64_t race)
{
    char *body = arena_printf(
        a,
        "{\"id\":\"evt_%s_%d\",\"object\":\"event\",\"api_version\":\"2026-10-28.endive\","
        "\"created\":%lld,\"livemode\":false,\"pending_webhooks\":1,\"request\":{\"id\":null,"
        "\"idempotency_key\":null},\"type\":\"checkout.session.completed\",\"data\":{"
        "\"object\":{"
        "\"id\":\"cs_test_%s_%d\",\"object\":\"checkout.session\",\"mode\":\"payment\","
        "\"status\":"
        "\"complete\",\"payment_status\":\"paid\",\"amount_total\":2500,\"currency\":\"usd\","
        "\"payment_intent\":\"pi_%s_%d\",\"client_reference_id\":null,\"livemode\":false,"
        "\"created\":%lld,\"metadata\":{\"ck_kind\":\"sale\",\"ck_race\":\"%lld\","
        "\"ck_items\":"
        "\"TEE:1:2500\",\"ck_title\":\"Circuit tee\"}}}}",
        salt, i, (long long)now_s, salt, i, salt, i, (long long)now_s - 60, (long long)race);
    char *stamp = arena_printf(a, "%lld.", (long long)now_s);
    struct sha256 mac = crypt_hmac3(str_of(secret), str_of(stamp), str_of(body), STR_NULL);

    return (struct order){
        .body = str_of(body),
        .signature = str_of(arena_printf(a, "t=%lld,v1=%.*s", (long long)now_s,
                                         STR_ARG(enc_hex(a, mac.b, sizeof mac.b)))),
    };
}
