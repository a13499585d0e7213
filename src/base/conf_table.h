/* The table of settings: name, kind, place, bounds, default, explanation. Not for: reading a
 * file (conf.c), what a setting means to the process that uses it. */
#pragma once

#include "base/conf.h"

enum { CONF_TABLE_MAX = 128 };

enum conf_kind {
    KIND_MODE,
    KIND_URL,
    KIND_TEXT,
    KIND_PATH,
    KIND_FILE,
    KIND_CURRENCY,
    KIND_INT,
    KIND_NUMBER, /* a long decimal number as text, or empty */
    KIND_KEY,    /* 64 hex signs, or empty */
    KIND_REMOTE, /* a provider's address */
    KIND_SMTP,   /* smtp://host[:port] or smtps://…, or empty */
    KIND_HOST,   /* a host name, or empty */
    KIND_NAME,   /* an id of somebody else's, or empty: letters, digits, _ - . @ */
    KIND_WORD,   /* one of the words in otherwise, "a|b": the first is the default */
    KIND_LIST    /* comma between words of otherwise; default all */
};

struct conf_key {
    const char *name;
    enum conf_kind kind;
    size_t at;      /* of the member in struct conf */
    int64_t lo, hi; /* KIND_INT */
    const char *otherwise;
    const char *help;
};

extern const struct conf_key conf_table_keys[];
extern const size_t conf_table_count;
