/* One tip as money that can go back: what is left of its parts, and the entries that take some
 * or give some again. Not for: how much a provider wants back (undo.h, tipcase.h). */
#pragma once

#include "base/fact.h"
#include "ledger/journal.h"

struct ctx;
struct tx;

struct tipmove {
    int64_t id, dj_id, seq, amount, fee, returned, rows;
    bool released;
    struct str provider, payment, ref, processor, wallet;
    const char *ccy;
    int64_t left[2];  /* the DJ's part, the fee */
    int64_t pending;  /* of the DJ's part, not yet available */
    int64_t taken[2]; /* what went back of each */
};

enum err tipmove_load(struct ctx *ctx, int64_t tip_id, struct tipmove *ret) MUST_USE;
/* An entry about the tip, and lines of it in the tip's currency; 0 adds none. */
struct journal_draft *tipmove_begin(struct ctx *ctx, const struct tipmove *t, const char *kind,
                                    struct str key, int64_t at);
enum err tipmove_line(struct ctx *ctx, struct tx *tx, struct journal_draft *d,
                      const struct tipmove *t, struct str code, struct str item,
                      int64_t amount) MUST_USE;
enum err tipmove_post(struct ctx *ctx, struct tx *tx, struct journal_draft *d,
                      int64_t *ret_seq) MUST_USE;
/* The row of a notice; seq 0: nothing moved. */
enum err tipmove_row(struct ctx *ctx, struct tipmove *t, const struct fact *f, const char *kind,
                     int64_t booked, int64_t seq, int64_t inbox_id) MUST_USE;
/* Is a row of that kind and object there? Its entry, 0 when it has none. */
enum err tipmove_known(struct ctx *ctx, const struct tipmove *t, const char *kind,
                       struct str object, bool *ret, int64_t *ret_seq) MUST_USE;
/* What the hold of that dispute has. */
enum err tipmove_held(struct ctx *ctx, const struct tipmove *t, struct str dispute,
                      struct str *ret_item, int64_t *ret) MUST_USE;
/* Takes amount back, to the processor or out of the dispute f->object. E_INVALID: less is left.
 */
enum err tipmove_take(struct ctx *ctx, struct tx *tx, struct tipmove *t, const struct fact *f,
                      int64_t amount, bool lost, int64_t *ret_seq) MUST_USE;
/* A refund that did not happen: the money comes again, in proportion to what was taken. */
enum err tipmove_give(struct ctx *ctx, struct tx *tx, struct tipmove *t, const struct fact *f,
                      int64_t amount, int64_t *ret_seq) MUST_USE;
/* returned is what is back now: the song goes with a tip that went back whole. */
enum err tipmove_tell(struct ctx *ctx, struct tx *tx, const struct tipmove *t,
                      int64_t returned) MUST_USE;
/* head and tail in one. */
struct str tipmove_text(struct ctx *ctx, const char *head, struct str tail);
