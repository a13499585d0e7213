/* A race night for C tests, played through the race domain itself on the fixture's ledger. Not
 * for: notices as bytes (t/unit/notice.c). */
#pragma once

#include "base/fact.h"
#include "lib/fix.h"
#include "race/lobby.h"
#include "race/product.h"
#include "race/refund.h"
#include "race/report.h"
#include "race/sale.h"

extern struct conf night_conf;
extern bool night_waiting; /* of the last refund or dispute */

/* Fresh ledger; product "shirt" costs 900. */
void night_open(const char *path);
/* Members first … first + n - 1 take seats 1 … n of a race with that rule ("" default);
 * started. */
int64_t night_race(int64_t first, size_t n, const char *rule);
void night_rule(const char *name, void (*change)(struct race_rule *r));
/* One command: a savepoint and a commit; what fails leaves nothing behind. */
enum err night_do(enum err (*fn)(void *arg), void *arg);
/* One shirt (or several lines when NULL): a sale of that payment at that time. */
struct fact night_order(const char *payment, int64_t amount, int64_t at_ms, const char *tag);
enum err night_sale(const struct fact *f);
/* Buys a shirt now for 2500; false when it was refused. */
bool night_buy(const char *payment);
enum err night_back(enum fact_kind kind, const char *payment, const char *object,
                    int64_t amount);
/* Within a transaction. night_tick: the steps of lobby_tick and report_tick together. */
enum err night_report(int64_t race, int64_t seat, int64_t place, enum report_source source);
enum err night_tick(size_t *ret_n);
/* The flag now, places in order of seats, and time until the race has settled. */
void night_finish(int64_t race);
void night_settle(int64_t race);
/* Wallet of a member: pending, available, owed, in credit-positive cents. */
int64_t night_pending(int64_t member);
int64_t night_free(int64_t member);
int64_t night_owed(int64_t member);
struct race night_get(int64_t race);
