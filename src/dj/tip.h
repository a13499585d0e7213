/* Tips: money that goes to one DJ, never to a pot. Not for: the queue of songs (request.h). */
#pragma once

#include "base/fact.h"

struct ctx;
struct tx;

enum { TIP_MESSAGE_MAX = 140, TIP_TITLE_MAX = 80, TIP_NAME_MAX = 32 };

struct tip_new {
    int64_t dj_id;                  /* member with the role dj */
    int64_t amount;                 /* minor units */
    struct str from, message;       /* may be empty */
    struct str title, artist, link; /* a song request; title empty: tip only */
    int64_t member_id;              /* who is logged in; 0: a visitor */
    struct str fan; /* what tells fans apart for limits: "member:3", "addr:…" */
};

/* The whole way before paying: amount within tip.min (the DJ's own minimum) and tip.max, the DJ
 * takes requests, limits of open requests; then checkout_add with kind "tip". Refusals say
 * which limit ("DJ Nova takes tips from $5.00"). ret_token: of the checkout, /tip/<token>. */
enum err tip_ask(struct ctx *ctx, struct tx *tx, const struct tip_new *n,
                 struct str *ret_token) MUST_USE;
/* What of an amount is the house's and the DJ's: pure, of the settings. */
void tip_cut(const struct ctx *ctx, int64_t amount, int64_t *ret_fee, int64_t *ret_dj);

/* A FACT_TIP: once per payment. DJ: of the checkout; else an @name at the start of the message;
 * else who is on air; else the house, with the alert tip_without_dj. E_DUPLICATE, E_INVALID as
 * sale_book. ret_ref "tip:5". Refunds that came before it are applied. */
enum err tip_book(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
                  struct str *ret_ref) MUST_USE;
/* Any FACT_REFUND*, FACT_DISPUTE* of a tip's payment. E_NOTFOUND: the payment is no tip. */
enum err tip_back(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
                  struct str *ret_ref) MUST_USE;
/* Released from pending after the clear time; expiry of requests (request.h). */
enum err tip_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n) MUST_USE;

struct tip {
    int64_t id, dj_id, amount, fee, returned, at, clear_at, request_id, seq; /* 0: none */
    bool cleared; /* available; before: pending until clear_at */
    struct str dj_name, provider, payment, currency;
    struct str from;    /* "Someone" when nobody is named */
    struct str message; /* as the public may read it; "" when hidden */
    bool hidden;        /* the word filter hid it */
};
enum err tip_get(struct ctx *ctx, int64_t id, struct tip *ret) MUST_USE;
/* Of a DJ, newest first, without tests. */
enum err tip_list(struct ctx *ctx, int64_t dj_id, int64_t since, size_t max, struct tip **ret,
                  size_t *ret_n) MUST_USE;
