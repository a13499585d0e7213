/* Text as pointer and length, not terminated. Not for: building text (buf.h). */
#pragma once

#include "base/base.h"

struct arena;

struct str {
    const char *p;
    size_t n;
};

/* A literal, also usable in static initialisers. */
#define STR(lit) ((struct str){.p = "" lit, .n = sizeof(lit) - 1})
#define STR_INIT(lit)                                                                          \
    {                                                                                          \
        .p = "" lit, .n = sizeof(lit) - 1                                                      \
    }
#define STR_NULL   ((struct str){.p = NULL, .n = 0})
/* printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) (int)(s).n, (s).p

/* View of a terminated text; NULL gives the empty view. */
struct str str_of(const char *text);
struct str str_dup(struct arena *a, struct str s);
/* Terminated copy, for the doors to other libraries. */
char *str_text(struct arena *a, struct str s);

bool str_eq(struct str a, struct str b);
bool str_eq_text(struct str a, const char *b);
/* Compares without regard to ASCII case. */
bool str_ieq(struct str a, struct str b);
/* Order of bytes: <0, 0, >0. */
int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_has(struct str s, char c);
/* Index of the first needle at or after from, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle, size_t from);
struct str str_trim(struct str s);
/* s from byte from, at most n bytes; bounds are clipped. */
struct str str_sub(struct str s, size_t from, size_t n);
/* Takes the part before sep off *s (sep itself is dropped); false when *s is used up. */
bool str_split(struct str *s, char sep, struct str *ret_part);
/* Letters of ASCII only. */
struct str str_lower(struct arena *a, struct str s);
struct str str_upper(struct arena *a, struct str s);

/* Strict decimal: optional '-', no sign '+', no blanks, no leading zero except "0" itself,
 * within [lo, hi]. False otherwise; *ret is then untouched. */
bool str_i64(struct str s, int64_t lo, int64_t hi, int64_t *ret);

/* True when s is well-formed UTF-8 without NUL and without control characters other than those
 * in allow (a terminated list, may be ""). */
bool str_is_text(struct str s, const char *allow);
/* True when s is well-formed UTF-8, whatever signs it holds. */
bool str_is_utf8(struct str s);
/* Number of code points of well-formed UTF-8. */
size_t str_length(struct str s);
