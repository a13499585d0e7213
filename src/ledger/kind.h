/* Kinds of journal entries in words, and the groups that people choose from. Not for: what an
 * entry moves (sql/FORMAT.md). */
#pragma once

#include "base/arena.h"
#include "base/str.h"

/* "share of a sale"; an unknown kind in small letters. */
struct str kind_words(struct arena *a, struct str kind);
/* What an entry means to a wallet that got (amount > 0) or gave, apart from shares. */
const char *kind_effect(struct str kind, int64_t amount);

/* What people choose from: "sale" … "payout". */
struct kind_group {
    const char *word, *words;
    const char *kinds; /* ",A,B," */
};
extern const struct kind_group kind_groups[];
extern const size_t kind_groups_count;
/* ",A,B," of a group; empty for a word that is none. */
struct str kind_of_group(struct str word);
/* The words of all groups, for forms. */
#define KIND_GROUP_WORDS "sale race refund tip prize payout other"
