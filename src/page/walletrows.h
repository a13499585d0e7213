/* What the pages of a wallet share: whose it is, their tabs, lines of the journal as rows. Not
 * for: amounts; the ledger has added them up. */
#pragma once

#include "http/form.h"
#include "ledger/statement.h"
#include "page/layout.h"

struct walletrows {
    int64_t member;
    struct str name;
    bool own;
    struct str with; /* what addresses carry along: "member=5&" when it is another's, or "" */
};

/* One's own; an auditor may ask for any (asked: 0 for one's own). */
enum err walletrows_whose(struct ctx *ctx, const struct req *req, int64_t asked,
                          struct walletrows *ret) MUST_USE;
/* A page's view; here: "wallet", "statement", "explain", "payout", "methods". */
struct view *walletrows_view(struct ctx *ctx, const struct req *req, const struct walletrows *w,
                             const char *here);
/* A whole page wallet/HERE: whose wallet the form says, in one snapshot; fill reads the rest of
 * the form. What is wrong with the form stands on the page, which then shows what it would
 * without. */
enum err walletrows_show(struct ctx *ctx, const struct req *req, struct res *res,
                         const struct form_field *fields, size_t n, const char *here,
                         enum err (*fill)(struct ctx *ctx, struct view *v,
                                          const struct walletrows *w,
                                          const struct form *f)) MUST_USE;
/* A list "lines", newest first; has_lines. */
enum err walletrows_add(struct ctx *ctx, struct view *v, const struct walletrows *w,
                        const struct statement_line *line, size_t n) MUST_USE;
/* What a line is in words, and the page of what it is about: "" when there is none. */
enum err walletrows_what(struct ctx *ctx, int64_t member, int64_t seq, struct str kind,
                         struct str ref, struct str *ret_words, struct str *ret_url) MUST_USE;
/* "Race 128, Night one"; only the number when it has no other name. */
struct str walletrows_race(struct ctx *ctx, int64_t id, struct str name);
/* "race 12", "payout 3" of "race:12", "payout:3"; and its page, or "". */
struct str walletrows_thing(struct ctx *ctx, struct str ref, struct str *ret_url);
