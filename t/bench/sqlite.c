/* SQLite alone with our schema and guards: complete sales of eight seats written by one
 * process, no network, no JSON, no signature. Prints sales a second. The measure for the vault.
 *
 *     sqlite --dir DIR --n 30000 --batch 128 [--prefill 1000000] [--only-journal] [--verify]
 *       [--into FILE] [--try FILE]
 *
 * --into: fills a ledger that was just made and is not open, for a house with a past.
 * --verify: then recomputes everything. --try runs a file of SQL first: to compare guards. The
 * ledger stays in DIR/bench.db. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/world.h"
#include "db/db.h"
#include "db/inner.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/journal.h"
#include "ledger/split.h"
#include "ledger/verify.h"
#include "queue/inbox.h"
#include "queue/live.h"

enum { SEATS = 8, BODY = 1500, AMOUNT = 2500, POOL = 500, COST = 900 };

static struct conf conf = {.mode = CONF_TEST, .money = {.currency = STR_INIT("USD")}};
static struct ctx ctx;
static struct tx tx;
static struct arena *work;
static sqlite3_stmt *add_sale, *add_item, *add_share, *add_pot;
static int64_t next_id, pot, left[SEATS], total[SEATS];
static bool only_journal, verify;

static void
must(enum err e, const char *what)
{
    if (e == OK)
        return;
    fprintf(stderr, "sqlite: %s: %.*s\n", what, STR_ARG(ctx_why(&ctx)));
    exit(1);
}

static void
raw(const char *text)
{
    bool opened = ctx.db->opened;
    char *why = NULL;

    ctx.db->opened = false;
    if (sqlite3_exec(ctx.db->h, text, NULL, NULL, &why) != SQLITE_OK) {
        fprintf(stderr, "sqlite: %s\n", why);
        exit(1);
    }
    ctx.db->opened = opened;
}

static sqlite3_stmt *
prepared(const char *text)
{
    sqlite3_stmt *h = NULL;

    if (sqlite3_prepare_v3(ctx.db->h, text, -1, SQLITE_PREPARE_PERSISTENT, &h, NULL) !=
        SQLITE_OK) {
        fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(ctx.db->h));
        exit(1);
    }
    return h;
}

static void
run(sqlite3_stmt *h, const int64_t *v, int n)
{
    for (int i = 0; i < n; i++)
        sqlite3_bind_int64(h, i + 1, v[i]);
    if (sqlite3_step(h) != SQLITE_DONE) {
        fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(ctx.db->h));
        exit(1);
    }
    sqlite3_reset(h);
}

static void
set_up(void)
{
    raw("INSERT INTO rule VALUES (1, 'r', 1, 'gross', 2000, 0, 'equal', '', 'seat', 0, 120, "
        "'share', 72, 290, 30, 1, 'bench');");
    for (int i = 1; i <= SEATS; i++) {
        char text[400];

        snprintf(text, sizeof(text),
                 "INSERT INTO member (id, name, name_key, created_at) "
                 "VALUES (%d, 'm%d', 'm%d', 1)",
                 i, i, i);
        raw(text);
        if (i == 1)
            raw("INSERT INTO race VALUES (1, 'race', 'RUNNING', 1, 1, 8, 3, 1, 1, 1, NULL, "
                "120, 72, NULL, NULL, '', NULL, NULL)");
        snprintf(text, sizeof(text),
                 "INSERT INTO seat VALUES (1, %d, 1, NULL, NULL, 0); INSERT INTO stint VALUES "
                 "(1, %d, 1, %d, 1, 1)",
                 i, i, i);
        raw(text);
    }
    add_sale = prepared(
        "INSERT INTO sale VALUES (?1, 'stripe', 'pi_3PqLkdA7xVn2Zt' || ?1, ?2, ?3, ?3, 'USD', "
        "?4, 0, 0, ?5, 103, ?4, ?6, ?6, 'in_window', 'race-1', 'Night circuit shirt', 1, ?7)");
    add_item = prepared(
        "INSERT INTO sale_item VALUES (?1, 1, 'SHIRT-NC-M', 'Night circuit shirt', 1, ?2, ?3)");
    add_share = prepared("INSERT INTO share VALUES (1, ?1, ?2, ?3, ?1, ?4, ?5, ?6, 8)");
    add_pot = prepared("INSERT INTO pot_line VALUES (1, ?1, ?2, ?3, ?4, 0, ?5, 0, ?2)");
}

static struct str
meta_of(const struct split_part *part)
{
    struct buf b = buf_new(work, 4096);

    buf_printf(&b,
               "sale id=%lld amount=%d tax=0 shipping=0 cost=%d fee=103 basis=%d bps=2000 "
               "uncapped=%d pool=%d\nrace id=1 pool=%d bonus=0 unit=%d\n",
               (long long)next_id, AMOUNT, COST, AMOUNT, POOL, POOL, POOL, SEATS);
    for (int i = 0; i < SEATS; i++)
        buf_printf(&b, "seat no=%d member=%d weight=1 carry=%lld paid=%lld left=%lld\n", i + 1,
                   i + 1, (long long)part[i].carry, (long long)part[i].paid,
                   (long long)part[i].left);
    return buf_str(&b);
}

static void
post(const struct split_part *part, struct journal_done *ret)
{
    static struct journal_draft d;
    int64_t id;

    journal_start(&d, STR("SALE_OPEN"), STR("stripe"),
                  str_of(arena_printf(work, "evt_1PqLkdA7xVn2Zt%lld", (long long)next_id)),
                  ctx_now(&ctx));
    d.request = crypt_sha256(d.key);
    d.ref = str_of(arena_printf(work, "sale:%lld", (long long)next_id));
    d.policy = STR("rule:1");
    d.actor = STR("provider:stripe");
    d.meta = meta_of(part);
    for (int i = 0; i < SEATS; i++) {
        must(account_of(&ctx, &tx, "L:wallet_pending:", i + 1, "USD", &id), "wallet");
        journal_add(&d, id, STR(""), -part[i].paid);
    }
    must(account_get(&ctx, &tx, STR("A:processor:stripe"), "USD", &id), "account");
    journal_add(&d, id, STR(""), AMOUNT);
    must(account_get(&ctx, &tx, STR("L:mfg_payable"), "USD", &id), "account");
    journal_add(&d, id, STR(""), -COST);
    must(account_get(&ctx, &tx, STR("I:house:merch"), "USD", &id), "account");
    journal_add(&d, id, STR(""), -(AMOUNT - COST - POOL));
    must(journal_post(&ctx, &tx, &d, ret), "post");
}

static void
sell(size_t body_n)
{
    static char body[BODY];
    struct split_part part[SEATS];
    struct journal_done done;
    int64_t inbox_id = 0, unit, now = ctx_now(&ctx);

    next_id++;
    for (int i = 0; i < SEATS; i++)
        part[i] = (struct split_part){.weight = 1, .carry = left[i]};
    must(split_carry(POOL, part, SEATS, &unit), "split");
    if (only_journal) {
        post(part, &done);
        for (int i = 0; i < SEATS; i++)
            left[i] = part[i].left;
        return;
    }
    memset(body, 'x', sizeof(body));
    struct inbox_new n = {
        .provider = STR("stripe"),
        .key = str_of(arena_printf(work, "evt_1PqLkdA7xVn2Zt%lld", (long long)next_id)),
        .type = STR("payment_intent.succeeded"),
        .body = {.p = body, .n = body_n},
        .ref = str_of(arena_printf(work, "sale:%lld", (long long)next_id)),
    };
    must(inbox_add(&ctx, &tx, &n, &inbox_id), "inbox");
    post(part, &done);
    run(add_sale, (const int64_t[]){next_id, inbox_id, now, AMOUNT, COST, POOL, done.seq}, 7);
    run(add_item, (const int64_t[]){next_id, AMOUNT, COST}, 3);
    pot += POOL;
    run(add_pot, (const int64_t[]){done.seq, next_id, now, POOL, pot}, 5);
    for (int i = 0; i < SEATS; i++) {
        left[i] = part[i].left;
        total[i] += part[i].paid;
        run(add_share,
            (const int64_t[]){i + 1, done.seq, next_id, part[i].paid, total[i], left[i]}, 6);
    }
    must(live_add(&ctx, &tx, STR("race/1"), STR("pot.changed"),
                  str_of(arena_printf(work,
                                      "{\"race\":1,\"pot\":%lld,\"sales\":%lld,\"last\":{"
                                      "\"title\":\"Night circuit shirt\",\"cents\":%d}}",
                                      (long long)pot, (long long)next_id, AMOUNT))),
         "live");
}

static void
sell_many(int64_t n, int64_t batch, size_t body_n)
{
    int64_t since = 0, wal;

    for (int64_t done = 0; done < n;) {
        must(tx_begin(&ctx, &tx), "begin");
        for (int64_t i = 0; i < batch && done < n; i++, done++, since++)
            sell(body_n);
        must(tx_commit(&tx), "commit");
        arena_reset(work);
        if (since >= 1024) { /* between batches, as the vault does */
            must(db_checkpoint(&ctx, &wal), "checkpoint");
            since = 0;
        }
    }
}

/* Everything once more, on the same connection. */
static void
look(void)
{
    struct verify_sum sum;
    int64_t ms = ctx.world->tick_ms(ctx.world->arg);

    must(verify_run(&ctx, NULL, NULL, &sum), "verify");
    ms = ctx.world->tick_ms(ctx.world->arg) - ms;
    printf("%lld rows/s verified: %lld entries, %lld postings, %lld splits, %lld found\n",
           (long long)((sum.entries + sum.postings) * 1000 / (ms > 0 ? ms : 1)),
           (long long)sum.entries, (long long)sum.postings, (long long)sum.splits,
           (long long)sum.found);
}

static char *
file_text(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = arena_alloc(work, 1 << 20);
    size_t n = f ? fread(text, 1, (1 << 20) - 1, f) : 0;

    if (!f || n == 0)
        must(E_NOTFOUND, path);
    fclose(f);
    return text;
}

int
main(int argc, char **argv)
{
    static const struct option long_option[] = {
        {"dir",          required_argument, NULL, 'd'},
        {"n",            required_argument, NULL, 'n'},
        {"batch",        required_argument, NULL, 'b'},
        {"prefill",      required_argument, NULL, 'p'},
        {"verify",       no_argument,       NULL, 'v'},
        {"only-journal", no_argument,       NULL, 'j'},
        {"into",         required_argument, NULL, 'i'},
        {"try",          required_argument, NULL, 't'},
        {NULL,           0,                 NULL, 0  }
    };
    const char *dir = NULL, *into = NULL, *try = NULL;
    int64_t n = 30000, batch = 128, prefill = 0, ms;
    struct arena *life = arena_new(64 << 20);
    struct db *db;
    bool good = true;

    for (int c; (c = getopt_long(argc, argv, "", long_option, NULL)) != -1;)
        switch (c) {
        case 'd':
            dir = optarg;
            break;
        case 'n':
            good = good && str_i64(str_of(optarg), 1, 100000000, &n);
            break;
        case 'b':
            good = good && str_i64(str_of(optarg), 1, 100000, &batch);
            break;
        case 'p':
            good = good && str_i64(str_of(optarg), 0, 100000000, &prefill);
            break;
        case 'j':
            only_journal = true;
            break;
        case 'v':
            verify = true;
            break;
        case 'i':
            into = optarg;
            break;
        case 't':
            try = optarg;
            break;
        default:
            good = false;
        }
    if (!good || !dir == !into) {
        fprintf(stderr, "usage: sqlite --dir DIR|--into FILE [--n N] [--batch N] [--prefill N] "
                        "[--only-journal] [--try FILE]\n");
        return 2;
    }
    work = arena_new((size_t)1 << 30);
    ctx_init(&ctx, work, world_real());
    ctx.conf = &conf;
    const char *path = into ? into : arena_printf(life, "%s/bench.db", dir);
    if (!into)
        must(db_create(&ctx, path), "create");
    must(db_open(&ctx, life, path, DB_WRITER, &db), "open");
    if (try)
        raw(file_text(try));
    set_up();
    if (prefill) {
        raw("PRAGMA synchronous=OFF");
        sell_many(prefill, 5000, 40);
        raw("PRAGMA synchronous=FULL");
    }
    ms = ctx.world->tick_ms(ctx.world->arg);
    sell_many(n, batch, BODY);
    ms = ctx.world->tick_ms(ctx.world->arg) - ms;
    printf("%lld sales/s, %lld a commit, %lld entries before\n",
           (long long)(n * 1000 / (ms > 0 ? ms : 1)), (long long)batch, (long long)prefill);
    if (verify)
        look();
    sqlite3_finalize(add_sale);
    sqlite3_finalize(add_item);
    sqlite3_finalize(add_share);
    sqlite3_finalize(add_pot);
    db_close(db);
    arena_free(work);
    arena_free(life);
    return 0;
}
