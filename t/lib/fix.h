/* A ledger of its own for a C test: schema, members 1 to 40, a clock that stands still, sales
 * and refunds that write what the race domain writes. Not for: tests of that domain itself. */
#pragma once

#include "base/conf.h"
#include "base/ctx.h"
#include "db/db.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/journal.h"
#include "ledger/split.h"
#include "ledger/statement.h"
#include "ledger/verify.h"
#include "ledger/why.h"

enum { FIX_SEATS = 8, FIX_SALES = 4096, FIX_RACES = 16 };

extern struct ctx fix; /* ctx.db is the writer's */
extern struct tx fix_tx;
extern int64_t fix_now; /* ms; advance it by hand */
extern const char *fix_file;
extern bool fix_audited; /* fix_verify asks the auditor too; needs BUILDDIR */

/* A new ledger at path, whatever was there; ends the last one. Bails out when it cannot. */
void fix_open(const char *path);
void fix_close(void);
/* Work between these two is one transaction. */
void fix_begin(void);
void fix_commit(void);
/* A transaction around one statement text, past the authorizer; false when the file refused it.
 */
bool fix_sql(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* First column of the first row. */
int64_t fix_number(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Opens when new. */
int64_t fix_account(const char *code);
int64_t fix_balance(const char *code);
int64_t fix_item(const char *code, const char *item);
/* Posts lines "code amount item;…" under a key; key also makes the request's hash, unless body
 * is given. */
enum err fix_post(const char *kind, const char *key, const char *body, const char *ref,
                  const char *lines, struct journal_done *ret);

/* A race with n seats; member of seat i is i; weights NULL: equal. */
void fix_race(int64_t race_id, size_t n, const int64_t *weights, int64_t bonus_bps);
/* A sale of a race (0: gate closed); one transaction. pool 20 % of amount. Gives its id. */
int64_t fix_sale(int64_t race_id, int64_t amount, int64_t cost);
/* As much as the cap allows is taken back; false when nothing is left. made: the maker's part
 * is lost. */
bool fix_refund(int64_t sale_id, int64_t amount, bool made);
/* Everything pending of a race becomes available, what waits goes to seat 1. */
void fix_settle(int64_t race_id);
/* Takes what a member owes from the available wallet. */
void fix_recover(int64_t member_id);

/* One ok line of the including test: verify finds nothing. */
#define fix_verify(name) ok(fix_find(true) == 0, "%s", (name))
/* Number of differences; the checks' names, each once, blanks between, in fix_checks. */
int64_t fix_find(bool print);
extern char fix_checks[256];
