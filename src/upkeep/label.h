/* What is known of a copy: a small text beside it, COPY.txt, one "key: value" a line. It makes
 * a file that was changed, cut or exchanged known. Not for: the copy itself. */
#pragma once

#include "base/ctx.h"

struct label {
    bool there;        /* the text is there and can be read */
    struct str ledger; /* id of the ledger */
    struct str mode;   /* live, test */
    struct str head;   /* hash of the last entry, 64 hex signs; "" with seq 0 */
    struct str program;
    struct str checked;                 /* whole, chain: how far it was looked at */
    struct str sha256;                  /* of the file as it lies there, 64 hex signs */
    struct str flaw;                    /* why it is no good copy; "" it is one */
    int64_t seq, schema, made_at, size; /* size: of the ledger file inside */
};

/* The text, to be written beside a file of that name. */
struct str label_text(struct ctx *ctx, const struct label *l, const char *name);
/* Reads FILE.txt. One that is not there, or is none of ours, leaves there false. */
void label_read(struct ctx *ctx, const char *file, struct label *ret);
/* The checksum of a whole file, 64 hex signs, and its length. */
enum err label_sum(struct ctx *ctx, const char *file, struct str *ret,
                   int64_t *ret_bytes) MUST_USE;
