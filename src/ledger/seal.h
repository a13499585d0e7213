/* The daily seal: number, hash and trial balance of the books at a day's end, signed with the
 * installation's key and public. Not for: the chain itself (hash.h), receipts (page/). */
#pragma once

#include "base/ctx.h"

struct tx;

enum {
    SEAL_DAY_MS = 24 * 60 * 60 * 1000,
    SEAL_WAIT_MS =
        10 * 60 * 1000 /* after the day's end: a clock that is set back finds it open */
};

struct seal {
    struct str day; /* "2026-05-01", UTC */
    int64_t first_seq, last_seq, at;
    struct str head_sha;  /* hex, of entry last_seq */
    struct str trial_sha; /* hex, of the trial balance text */
    struct str
        list_sha;    /* hex, of the public list (leaf.h); empty: made before there was one */
    struct str text; /* what is signed, as sql/FORMAT.md section 8 has it */
    struct str signature;  /* base64 */
    struct str public_key; /* hex */
};
/* Seals every day that is over and not yet sealed; a day without entries is sealed too. A day
 * is due and nothing is sealed: E_NOTFOUND when no key is set, otherwise what is wrong with
 * its file. */
enum err seal_tick(struct ctx *ctx, struct tx *tx, size_t *ret_n) MUST_USE;
/* Newest first. */
enum err seal_list(struct ctx *ctx, size_t max, struct seal **ret, size_t *ret_n) MUST_USE;
/* The seal that covers an entry; E_NOTFOUND: not sealed yet. */
enum err seal_of(struct ctx *ctx, int64_t seq, struct seal *ret) MUST_USE;
/* E_NOTFOUND: that day has none. */
enum err seal_get(struct ctx *ctx, struct str day, struct seal *ret) MUST_USE;

/* What is signed; ledger and mode as in the file's stamp. Of s: day, numbers, hashes. */
struct str seal_text(struct arena *a, struct str ledger, struct str mode, const struct seal *s);
/* The sum of the list that a seal's text names; empty: it names none. */
struct str seal_list_of(struct str text);
/* What people keep: the text, key and signature behind it. */
struct str seal_file(struct arena *a, const struct seal *s);
/* One line of the trial balance. */
struct str seal_line(struct arena *a, struct str code, struct str currency, int64_t debits,
                     int64_t credits);
/* Its hash as of an entry, hex: what the balances are now less what came after. */
enum err seal_trial(struct ctx *ctx, int64_t last, struct str *ret) MUST_USE;
