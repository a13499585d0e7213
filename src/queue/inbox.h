/* Verified notices from outside, each stored exactly once with its raw bytes. Not for: applying
 * them (vault/notice.c). */
#pragma once

#include "base/ctx.h"

struct tx;

struct inbox_notice {
    int64_t id;
    struct str provider, key, type; /* key: the provider's id of the delivery */
    int64_t received_at;
    struct str state, reason, ref;
    int64_t tries; /* times it was marked */
    /* Empty in lists: */
    struct str body;     /* raw bytes, or what is left of them */
    struct str about;    /* the order that they are about, "customer:7", or "" */
    int64_t redacted_at; /* 0: the raw bytes are all there */
};

struct inbox_new {
    struct str provider, key, type, body;
    struct str ref;   /* what it is expected to be applied to, or "" */
    struct str about; /* as in inbox_notice */
};
/* Stores it as applied to ref (so that a sale costs one write); the caller marks it when it
 * ends otherwise. E_DUPLICATE with ret_id of the first when provider and key are known. */
enum err inbox_add(struct ctx *ctx, struct tx *tx, const struct inbox_new *n,
                   int64_t *ret_id) MUST_USE;
/* state applied | ignored | waiting | set_aside | failed; due_at 0: no try by itself. */
enum err inbox_mark(struct ctx *ctx, struct tx *tx, int64_t id, struct str state,
                    struct str reason, struct str ref, int64_t due_at) MUST_USE;
enum err inbox_get(struct ctx *ctx, int64_t id, struct inbox_notice *ret) MUST_USE;
/* Newest first, state "" for all; id < before (0: newest). */
enum err inbox_list(struct ctx *ctx, struct str state, int64_t before, size_t max,
                    struct inbox_notice **ret, size_t *ret_n) MUST_USE;
/* What was set aside about an order is tried again: something it stumbled over has come. */
enum err inbox_again(struct ctx *ctx, struct tx *tx, struct str provider,
                     struct str about) MUST_USE;
/* Notices about an order that still have all their bytes, at most max. */
enum err inbox_about(struct ctx *ctx, struct str provider, struct str about, size_t max,
                     int64_t *ret_ids, size_t *ret_n) MUST_USE;
/* body takes the place of the raw bytes, whose hash stays. */
enum err inbox_redact(struct ctx *ctx, struct tx *tx, const struct inbox_notice *n,
                      struct str body) MUST_USE;
/* The same of all that a provider sent and that was dealt with, without their hashes. */
enum err inbox_redact_all(struct ctx *ctx, struct tx *tx, struct str provider, struct str body,
                          int64_t *ret_n) MUST_USE;
/* Ids whose next try is due at now, at most max. */
enum err inbox_due(struct ctx *ctx, int64_t now, size_t max, int64_t *ret_ids,
                   size_t *ret_n) MUST_USE;
