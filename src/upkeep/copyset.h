/* The copies that lie in a folder: their names, which of them are ours, which are kept. Files
 * with other names are never looked at nor touched. Not for: making them (backup.h). */
#pragma once

#include "upkeep/label.h"

enum { COPYSET_MAX = 20000 };

enum copyset_seal { COPYSET_PLAIN, COPYSET_AGE, COPYSET_GPG };

struct copyset_one {
    const char *name;
    int64_t at, seq; /* as the name says */
    enum copyset_seal seal;
    int64_t bytes;
    int64_t put_at; /* ns: when the file was written; orders those of one second */
    struct label label;
};

/* "cozykart-20261121T190500Z-1234.db.gz", ".age" or ".gpg" behind it. */
const char *copyset_name(struct arena *a, int64_t at, int64_t seq, enum copyset_seal seal);
/* False for a name that copyset_name does not make. */
bool copyset_parse(const char *name, struct copyset_one *ret);
/* None, age or gpg, as backup.encrypt has it. */
enum copyset_seal copyset_sealing(struct str word);

/* Newest first, labels read. E_NOTFOUND: there is no such folder. */
enum err copyset_list(struct ctx *ctx, const char *dir, struct copyset_one **ret,
                      size_t *ret_n) MUST_USE;
/* A copy of that ledger that has a label and no flaw. */
bool copyset_is_good(const struct copyset_one *one, struct str ledger);
/* The newest of these; NULL when there is none. */
const struct copyset_one *copyset_last(const struct copyset_one *list, size_t n,
                                       struct str ledger);

struct copyset_rule {
    struct str ledger;
    int64_t now, keep, keep_days;
};
/* Which ones may go: good copies of that ledger beyond the newest keep, unless one is the last
 * of its day (UTC) within keep_days; flawed ones beyond the newest keep of them. The newest
 * good one and those of other ledgers stay. */
void copyset_gone(const struct copyset_one *list, size_t n, const struct copyset_rule *r,
                  bool *ret_gone);
