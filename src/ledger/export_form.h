/* How an export looks: head, accounts, opening balances, entries, balances at a day's end,
 * foot. Writes text only. Not for: reading the journal (export.c). */
#pragma once

#include "base/buf.h"
#include "ledger/export.h"

struct export_account {
    int64_t id, opened_at;
    struct str code;     /* L:wallet:3 */
    struct str name;     /* as the format has it: liabilities:wallet:3 */
    struct str currency; /* USD */
    int64_t exponent;
    int64_t balance; /* after the last line read, debit positive */
    bool touched;    /* has lines since the last day's end */
};

struct export_line {
    const struct export_account *account; /* NULL: the counter line of a member's export */
    struct str item, currency;
    int64_t amount, after, exponent;
};

struct export_entry {
    int64_t seq, at, effective_at;
    struct str kind, ref, sha; /* sha: hex */
    struct export_line *line;
    size_t n;
};

/* What all of it has in common. */
struct export_form {
    struct arena *a;
    struct buf *b;
    enum export_format format;
    int64_t sign; /* -1: a member's own side */
};

/* Name of an account in that format; own: in a member's own books. */
struct str export_form_name(struct arena *a, enum export_format f, struct str code, bool own);
void export_form_head(const struct export_form *f, const struct export_opts *o,
                      struct str currency);
/* A currency that occurs: once each, before the accounts. */
void export_form_currency(const struct export_form *f, struct str currency, int64_t exponent);
void export_form_account(const struct export_form *f, const struct export_account *a);
/* What there was before the first entry: a head, then a line each. */
void export_form_opening(const struct export_form *f, int64_t at);
void export_form_opening_line(const struct export_form *f, const struct export_line *l);
void export_form_entry(const struct export_form *f, const struct export_entry *e);
/* Balances of what was touched on the day of at, as the books have them. */
void export_form_day(const struct export_form *f, int64_t at, const struct export_account *a,
                     size_t n);
void export_form_foot(const struct export_form *f, int64_t entries, int64_t seq);
