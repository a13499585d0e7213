/* What this process knows about accounts: code and id never change once they are committed. Not
 * for: balances, which always come from the database. */
#pragma once

#include "base/ctx.h"

struct tx;

enum { KNOWN_CODE_MAX = 80 };

struct known {
    int64_t id;
    bool by_item;
    int sign; /* 1 for asset and expense, -1 for the others */
    char currency[4];
    unsigned char n; /* length of code */
    char code[KNOWN_CODE_MAX];
};

/* True with the id when the code was seen before. Forgets everything first when tx has rolled
 * something back or is another connection's, since an account may have gone with it. */
bool known_by_code(struct ctx *ctx, struct tx *tx, struct str code, int64_t *ret_id);
/* The account of that id, read and remembered at first use; valid until the next call.
 * E_INTERNAL when there is none. */
enum err known_by_id(struct ctx *ctx, struct tx *tx, int64_t id,
                     const struct known **ret) MUST_USE;
/* Forgets everything: after a rolled back transaction, and in tests with another file. */
void known_forget(void);
