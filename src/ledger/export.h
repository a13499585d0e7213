/* The journal for other programs: CSV for sheets, hledger (ledger reads it too), beancount.
 * Made piece by piece, so that no book is too long. Numbers only, never names. Not for: pages
 * (statement.h), copies of the file (cozykart backup). */
#pragma once

#include "base/buf.h"
#include "base/ctx.h"

enum export_format { EXPORT_CSV, EXPORT_HLEDGER, EXPORT_BEANCOUNT };

enum { EXPORT_PIECE = 4 * 1024 * 1024, EXPORT_WEB_MAX = 200000 };

struct export_opts {
    enum export_format format;
    int64_t member_id; /* 0: all accounts; otherwise one's own, from one's own side, and what
                        * the rest of each entry adds up to as one line */
    int64_t from, to;  /* of recorded_at, ms, both included; 0: open */
    struct str kinds;  /* own only: ",A,B," as in statement_filter; empty: all */
    int64_t race;      /* own only: what concerns this race; 0: all */
    int64_t max;       /* entries of the journal between from and to; 0: no limit */
};

struct export;

/* Fixes the end: what is posted afterwards is not in it. E_LIMIT: more than max. */
enum err export_begin(struct ctx *ctx, const struct export_opts *o,
                      struct export **ret) MUST_USE;
/* Adds the next piece; ret_more is false after the last. What it takes of ctx's arena between
 * two calls may be given back. */
enum err export_more(struct ctx *ctx, struct export *x, struct buf *b, bool *ret_more) MUST_USE;

/* "csv", "hledger", "beancount"; false for another word. */
bool export_format_of(struct str word, enum export_format *ret);
const char *export_type(enum export_format f); /* of the answer: "text/csv; charset=utf-8" */
