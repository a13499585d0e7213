/* What the files of the auditor share. It is a program of its own: nothing of the house is
 * included here, so that a mistake made there is not repeated by reading the same code. Not
 * for: any other folder. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <sqlite3.h>

__extension__ typedef __int128 wide;

enum {
    AUDIT_LINES_MAX = 512, /* lines of one entry whose meaning is checked */
    AUDIT_WORD_MAX = 128,  /* bytes of a code or item */
    AUDIT_SHOWN_MAX = 50,  /* differences printed for each check */
    AUDIT_KEPT_MAX = 96    /* statements kept ready */
};

struct text {
    const char *p;
    size_t n;
};

struct audit_map_slot {
    int64_t a, b, x, y;
    bool used;
};

/* (a, b) to (x, y); grows. */
struct audit_map {
    struct audit_map_slot *slot;
    size_t size, n;
};

struct audit_line {
    char code[AUDIT_WORD_MAX]; /* without the currency at the end */
    char item[AUDIT_WORD_MAX];
    char currency[8];
    int64_t amount;
};

struct audit_entry {
    int64_t seq, reverses; /* reverses 0: none */
    int64_t effective_at, recorded_at;
    struct text kind, scope, key, ref, policy, meta;
    size_t n_lines; /* in line[] */
    bool whole;     /* all lines are in line[] */
    struct audit_line line[AUDIT_LINES_MAX];
};

struct audit_want {
    char code[AUDIT_WORD_MAX];
    char item[AUDIT_WORD_MAX];
    wide amount;
};

struct audit {
    sqlite3 *db;
    const char *path;
    bool json, quiet, full;
    int64_t since_seq; /* 0: not asked */
    unsigned char since_sha[32];
    bool bad; /* a value read since the last look had another type */
    int64_t differences, entries, postings;
    int64_t shown[64]; /* printed, for each check */
    int64_t seat_lines,
        race_lines;           /* of sales, for the count of share rows and lines of the pot */
    struct audit_map carry;   /* race, seat: left, unit */
    struct audit_map settled; /* race: seq of the first settlement, of the last */
    struct audit_map pool;    /* race: waiting in L:pool */
    struct audit_entry entry; /* the one being looked at */
    struct audit_entry other; /* one it names */
    size_t n_kept;
    struct {
        const char *sql;
        sqlite3_stmt *st;
        bool used;
    } kept[AUDIT_KEPT_MAX];
    size_t n_want;
    struct audit_want want[AUDIT_LINES_MAX];
};

/* audit.c. check is "I6"; thing and text are for the person. */
void audit_differ(struct audit *a, int check, const char *thing, int64_t number,
                  const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* row.c: statements and values that may be anything. */
/* The statement of this text, which must live as long as the program: it is kept by its
 * address. NULL: reported. */
sqlite3_stmt *row_query(struct audit *a, const char *sql);
void row_done(struct audit *a, sqlite3_stmt *st); /* the caller is through with it */
void row_end(struct audit *a);
bool row_next(struct audit *a,
              sqlite3_stmt *st); /* false at the end and after a reported error */
int64_t row_int(struct audit *a, sqlite3_stmt *st, int col);
int64_t row_int_or(struct audit *a, sqlite3_stmt *st, int col, int64_t if_null);
struct text row_text(struct audit *a, sqlite3_stmt *st, int col);
struct text row_sha(struct audit *a, sqlite3_stmt *st, int col);  /* 32 bytes, or n = 0 */
bool row_bad(struct audit *a, const char *thing, int64_t number); /* reports and forgets bad */
/* One number by up to three; fallback when there is none. */
int64_t row_one(struct audit *a, const char *sql, int64_t p, int64_t q, int64_t r,
                int64_t none);
bool row_exec(struct audit *a, const char *sql);

/* text.c: words of meta, codes and maps. */
bool text_is(struct text t, const char *s);
bool text_int(struct text t, int64_t *ret); /* canonical decimal */
bool text_after(struct text t, const char *prefix, struct text *ret);
bool text_id_after(struct text t, const char *prefix, int64_t *ret); /* sale:77, > 0 */
bool text_line(struct text *rest, struct text *ret);                 /* next line of meta */
bool text_head(struct text line, const char *word);                  /* its first word */
bool text_value(struct text line, const char *key, struct text *ret);
bool text_number(struct text line, const char *key, int64_t *ret);
bool text_canonical(struct text meta);
void map_set(struct audit_map *m, int64_t a, int64_t b, int64_t x, int64_t y);
const struct audit_map_slot *map_get(const struct audit_map *m, int64_t a, int64_t b);
wide wide_floor(wide a, wide b); /* a / b rounded down, b > 0 */

/* want.c: the lines an entry should have. */
void want_clear(struct audit *a);
void want_add(struct audit *a, const char *code, const char *item, wide amount);
void want_id(struct audit *a, const char *prefix, int64_t id, const char *item, wide amount);
void want_compare(struct audit *a, const struct audit_entry *e, int check);
/* The same when the lines were already taken off with want_add. */
void want_check(struct audit *a, int64_t seq, int check);
/* Cuts total by weights into part: floors, then one cent each to the largest fractions, ties to
 * the earlier. False when it cannot. */
bool want_cut(wide total, const int64_t *weight, size_t n, int64_t *part);

struct sha {
    uint32_t h[8];
    uint64_t n;
    unsigned char block[64];
};
void sha_init(struct sha *s);
void sha_add(struct sha *s, const void *p, size_t n);
void sha_done(struct sha *s, unsigned char ret[32]);

void check_file(struct audit *a);
void check_chain(struct audit *a);
bool check_chain_load(struct audit *a, int64_t seq, struct audit_entry *e, sqlite3_stmt **keep);
void check_balance(struct audit *a);
void check_entry(struct audit *a); /* a->entry by its kind */
void check_entry_end(struct audit *a);
void check_split(struct audit *a, int64_t sale);
void check_tag(struct audit *a, int64_t sale);
void check_refund_moved(struct audit *a, int64_t sale, int64_t pool);
void check_settle(struct audit *a, int64_t race);
void check_fix(struct audit *a, int64_t race);
/* Place of a seat by the result as it stood with an entry; -1: nobody can tell. */
int64_t check_fix_place(struct audit *a, int64_t race, int64_t seat);
bool check_fix_weights(struct audit *a, int64_t race, int64_t ret[9]); /* by place; by rule */
/* Keep a place line (member, paid, seat, weight, of a fix) and a stint line (seat, member,
 * paid, of a fix) of the entry for refunds after it. */
void check_fix_keep(struct audit *a, int64_t race, size_t pos, const int64_t v[5]);
void check_fix_cut(struct audit *a, int64_t race, size_t pos, const int64_t v[4]);
/* temp.stake: what a seat holds of what waited (driver 0), and each of several drivers of what
 * was cut between them. */
void check_stake_add(struct audit *a, int64_t race, int64_t seat, int64_t driver,
                     int64_t cents);
int64_t check_stake_last(struct audit *a, int64_t race, int64_t seat); /* driver; 0: only one */
void check_refund_init(struct audit *a);
void check_refund(struct audit *a, int64_t sale);
void check_void(struct audit *a, int64_t race);
void check_prize_deposit(struct audit *a, int64_t season);
void check_prize_award(struct audit *a, int64_t season);
void check_prize(struct audit *a);
bool check_tip_kind(struct audit *a); /* is a->entry about a tip? */
void check_tip_entry(struct audit *a);
void check_tip(struct audit *a);
void check_fee(struct audit *a);
void check_fee_end(struct audit *a);
void check_payout_entry(struct audit *a, int64_t id);
void check_payout(struct audit *a);
void check_result(struct audit *a);
void check_seal(struct audit *a);
void check_mirror(struct audit *a);
bool check_refund_parts(struct audit *a,
                        int64_t sale); /* keeps the sale's parts in temp.part */
void check_refund_move(struct audit *a, int64_t sale, const char *name, int64_t cents);
void check_freeze(struct audit *a);
void check_pots(struct audit *a, int64_t sale, wide shares, wide pots);
void check_refund_end(struct audit *a);
void check_race(struct audit *a);
void check_sale(struct audit *a);
void check_window(struct audit *a, int64_t sale, const int64_t *race, size_t n);
