/* Fields of a form or of a query string: declared beside the handler, checked, typed. An
 * undeclared or repeated field in a POST is an error; in a query string unknown fields are
 * ignored. Not for: JSON bodies (base/json.h).
 *
 *     static const struct form_field FIELDS[] = {
 *         {.name = "at", .kind = FORM_TIME},
 *         {.name = "kind", .kind = FORM_WORD, .need = true, .words = "pot grid ticker all"}};
 *     struct form f;
 *     enum err e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);
 */
#pragma once

#include "base/money.h"
#include "http/req.h"

enum form_kind {
    FORM_ID,    /* decimal, 1 … 2^53-1 */
    FORM_I64,   /* decimal within lo … hi */
    FORM_MONEY, /* decimal amount in conf's currency, lo … hi minor units */
    FORM_TIME,  /* as clock_parse */
    FORM_WORD,  /* one of words */
    FORM_LINE,  /* one line of text, lo … hi bytes, blanks at the ends dropped */
    FORM_AREA,  /* several lines; CR LF becomes LF */
    FORM_TOKEN, /* [A-Za-z0-9_-], lo … hi signs */
    FORM_FLAG   /* present with "1", "on" or "true"; absent is false */
};

enum { FORM_FIELDS_MAX = 24, FORM_PAIRS_MAX = 64 };

struct form_field {
    const char *name;
    enum form_kind kind;
    bool need; /* empty counts as absent */
    int64_t lo,
        hi; /* hi = 0: the kind's own bounds (lines 200 bytes, areas 4,000, tokens 128) */
    const char *words; /* FORM_WORD: allowed words with blanks between */
};

struct form_value {
    bool present;
    struct str text; /* as sent, decoded: also when it is wrong, so that a page can keep it */
    int64_t i;       /* FORM_ID, FORM_I64, FORM_TIME (ms), FORM_MONEY (minor), FORM_FLAG */
    struct str why;  /* what is wrong with it; empty when nothing */
};

struct form {
    const struct form_field *fields;
    size_t n;
    struct form_value v[FORM_FIELDS_MAX];
};

/* Reads the query string. E_INVALID names the first wrong field; ret is filled in both cases.
 */
enum err form_query(struct ctx *ctx, const struct req *req, const struct form_field *fields,
                    size_t n, struct form *ret) MUST_USE;
/* Reads the body of a ROUTE_FORM request. The field form_token is known to every form. */
enum err form_body(struct ctx *ctx, const struct req *req, const struct form_field *fields,
                   size_t n, struct form *ret) MUST_USE;

/* Asking for a field that was not declared is a bug. */
bool form_has(const struct form *f, const char *name);
struct str form_text(const struct form *f, const char *name);
int64_t form_i64(const struct form *f, const char *name, int64_t otherwise);
bool form_flag(const struct form *f, const char *name);
/* Adds to v, for each field, an object {text, why, wrong}: a form with its messages and kept
 * input. */
void form_view(const struct form *f, struct view *v);

/* One field of an urlencoded text, before anything is declared; false when it is absent,
 * malformed or given twice. */
bool form_peek(struct ctx *ctx, struct str encoded, const char *name, struct str *ret);
