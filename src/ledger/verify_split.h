/* Recomputes every split from the inputs in journal.meta, and compares pots and shares (I13,
 * I14). Not for: sums and the chain (verify.c). */
#pragma once

#include "ledger/hash.h"
#include "ledger/verify_report.h"
#include "ledger/verify_table.h"

/* A seat of a race after its last split line. A digest in order of seq stands for the rows that
 * the entries demand, so that pot_line and share can be read once, in their own order. */
struct verify_split_seat {
    int64_t left, unit; /* unit 0: no line yet */
    uint64_t digest;
};
struct verify_split_race {
    uint64_t digest;
};

struct verify_split {
    struct verify_report *r;
    struct verify_table seats; /* by race and seat: carry, and what share must repeat */
    struct verify_table races; /* by race: what pot_line must repeat */
    struct verify_table
        backs; /* by sale: taken back so far; by entry: what a reversal gives back */
    struct verify_table rests;  /* by sale, member and part: what is left (verify_refund.h) */
    struct verify_table stakes; /* by race and seat: money by place (verify_fix.h) */
    bool vague; /* an older refund took from places without saying of which race */
    struct arena *a;
    uint64_t *is_split; /* a bit for each seq whose meta demands rows of pot_line and share */
    size_t words;
    int64_t splits;
};

struct verify_split verify_split_new(struct verify_report *r, struct arena *a);
/* One entry in order of seq, with its sorted lines. */
enum err verify_split_entry(struct verify_split *v, const struct hash_entry *e) MUST_USE;
/* What REFUND and DISPUTE_LOST entries of the sale took back, less what was reversed; the sale
 * counts as asked for. */
int64_t verify_split_take(struct verify_split *v, int64_t sale_id);
/* Reports every sale of which something went back and nobody asked: its row is missing (I9). */
void verify_split_untaken(struct verify_split *v);
/* True when the entry's meta demands rows of pot_line and share. */
bool verify_split_has(const struct verify_split *v, int64_t seq);
uint64_t verify_split_digest(uint64_t d, int64_t a, int64_t b, int64_t c, int64_t e);
