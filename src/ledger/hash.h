/* The bytes of the journal's chain, frozen in sql/FORMAT.md section 2. Pure. Not for: storing.
 */
#pragma once

#include "base/crypt.h"

/* One posting, with what the hash and the database want to know of it. */
struct hash_line {
    int64_t account_id;
    struct str code; /* of the account */
    struct str item;
    int64_t amount, ver, after; /* debit positive; after: balance of the account */
    int sign;                   /* normal side of the account */
    char currency[4];
};

struct hash_entry {
    struct str prev, request; /* 32 bytes each */
    int64_t seq;
    struct str kind, scope, key;
    int64_t effective_at, recorded_at;
    struct str ref;
    int64_t reverses; /* 0: none */
    struct str policy, actor, meta;
    int64_t n_lines; /* as stored */
    const struct hash_line *line;
    size_t n;
};

/* By account code, then item, as bytes. */
void hash_sort(struct hash_line *line, size_t n);
/* The lines must be sorted. */
struct sha256 hash_make(const struct hash_entry *e);
