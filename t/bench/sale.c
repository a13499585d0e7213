/* What one sale asks of the vault, by counting: signed notices go through the vault's own
 * batches, without sockets. Statements, steps of SQLite and pages of the WAL come out the same
 * at every run; instructions are counted from outside, by the difference of two lengths
 * (t/bench/count). Not for: time.
 *
 *     sale --dir DIR --n 2000 --batch 128 [--ledger FILE] [--list]
 *
 * --ledger: one that was made before, perhaps with a past (sqlite --into). --list: every
 * statement with how often it ran and its steps, per sale. */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/world.h"
#include "bench/order.h"
#include "db/db.h"
#include "db/inner.h"
#include "db/tx.h"
#include "race/lobby.h"
#include "race/product.h"
#include "user/member.h"
#include "vault/batch.h"
#include "vault/secrets.h"

enum { SEATS = 8, BATCH_MOST = 256, CHECKPOINT = 4000 };

static const char *const secret = "whsec_bench_secret";
static struct conf conf = {
    .mode = CONF_TEST,
    .money = {.currency = STR_INIT("USD"), .clear_h = 72},
    .race = { .grace_s = 120,            .min_racers = 2,    .max_h = 3},
};
static struct ctx ctx;
static struct arena *life, *keep;
static int64_t pages, checkpoints;

static void
must(enum err e, const char *what)
{
    if (e == OK)
        return;
    fprintf(stderr, "sale: %s: %.*s\n", what, STR_ARG(ctx_why(&ctx)));
    exit(1);
}

static void
give_secret(const char *dir)
{
    const char *path = arena_printf(life, "%s/secret", dir);
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

    if (fd < 0 || write(fd, secret, strlen(secret)) < 0 || close(fd)) {
        perror("sale: the secret");
        exit(1);
    }
    conf.stripe.webhook_secret_file = str_of(path);
    must(secrets_load(&ctx), "secret");
}

static int64_t
make_race(void)
{
    struct lobby_new l = {.name = STR(""), .seats = SEATS, .rounds = 4, .rule = STR("")};
    int64_t race, seat, member[SEATS];
    struct tx tx;

    must(tx_begin(&ctx, &tx), "begin");
    must(product_add(&ctx, &tx, STR("TEE"), STR("Circuit tee"), 900, STR("people:0")),
         "product");
    for (size_t i = 0; i < SEATS; i++)
        must(member_add(&ctx, &tx, str_of(arena_printf(life, "Bench %zu", i + 1)), &member[i]),
             "member");
    l.host_id = member[0];
    must(lobby_open(&ctx, &tx, &l, STR("people:0"), &race), "open");
    for (size_t i = 0; i < SEATS; i++)
        must(lobby_join(&ctx, &tx, race, member[i], STR("people:0"), &seat), "join");
    must(lobby_start(&ctx, &tx, race, STR("people:0")), "start");
    must(tx_commit(&tx), "commit");
    return race;
}

static struct batch_item
notice(int i, int64_t now_s, int64_t race)
{
    struct order o = order_make(life, secret, "b", i, now_s, race);
    struct msg m;
    struct str bytes;

    msg_init(&m, STR("hook.take"));
    msg_add_str(&m, "provider", STR("stripe"));
    msg_add_str(&m, "body", o.body);
    msg_add_str(&m, "headers", o.signature);
    msg_add_str(&m, "trace", STR("0123456789abcdef"));
    must(msg_encode(&ctx, &m, &bytes), "message");
    return (struct batch_item){
        .bytes = str_dup(life, bytes), .who = {.from = FROM_WEB, .text = STR("web")}
    };
}

static void
sell(struct batch_item *item, size_t n)
{
    int64_t before = db_wal(ctx.db), left;

    (void)batch_run(&ctx, keep, true, item, n);
    for (size_t i = 0; i < n; i++) {
        struct msg m;

        if (msg_decode(&ctx, item[i].answer, &m) != OK || !str_eq(m.name, STR("ok"))) {
            fprintf(stderr, "sale: a notice was refused\n");
            exit(1);
        }
    }
    arena_reset(keep);
    pages += db_wal(ctx.db) - (db_wal(ctx.db) > before ? before : 0);
    if (db_wal(ctx.db) < CHECKPOINT)
        return;
    checkpoints++;
    must(db_checkpoint(&ctx, &left), "checkpoint");
}

static int
stat_of(sqlite3_stmt *h, int what, bool clear)
{
    return h ? sqlite3_stmt_status(h, what, clear) : 0;
}

/* Counts since the last call with clear. */
static void
count(bool clear, bool list, int n, double *ret_runs, double *ret_steps)
{
    int64_t runs = 0, steps = 0;

    for (size_t i = 0; i < SQL_COUNT + DB_OWN_COUNT; i++) {
        sqlite3_stmt *h = i < SQL_COUNT ? ctx.db->slots[i].h : ctx.db->own[i - SQL_COUNT];
        int r = stat_of(h, SQLITE_STMTSTATUS_RUN, clear);
        int s = stat_of(h, SQLITE_STMTSTATUS_VM_STEP, clear);

        runs += r;
        steps += s;
        if (list && r && !clear)
            printf("  %-28s %8.2f runs %9.1f steps\n",
                   i < SQL_COUNT ? sql_gen_statement[i].name : sqlite3_sql(h), (double)r / n,
                   (double)s / n);
    }
    *ret_runs = (double)runs / n;
    *ret_steps = (double)steps / n;
}

int
main(int argc, char **argv)
{
    static const struct option known[] = {
        {"dir",    required_argument, NULL, 'd'},
        {"n",      required_argument, NULL, 'n'},
        {"batch",  required_argument, NULL, 'b'},
        {"ledger", required_argument, NULL, 'l'},
        {"list",   no_argument,       NULL, 'v'},
        {NULL,     0,                 NULL, 0  }
    };
    const char *dir = NULL, *ledger = NULL;
    int64_t n = 2000, batch = 128;
    bool list = false, good = true;
    double runs, steps;
    struct db *db;

    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;)
        switch (c) {
        case 'd':
            dir = optarg;
            break;
        case 'n':
            good = good && str_i64(str_of(optarg), 1, 1000000, &n);
            break;
        case 'b':
            good = good && str_i64(str_of(optarg), 1, BATCH_MOST, &batch);
            break;
        case 'l':
            ledger = optarg;
            break;
        case 'v':
            list = true;
            break;
        default:
            good = false;
        }
    if (!good || !dir) {
        fprintf(stderr, "usage: sale --dir DIR [--n N] [--batch N] [--ledger FILE] [--list]\n");
        return 2;
    }
    life = arena_new((size_t)4 << 30);
    keep = arena_new((size_t)64 << 20);
    ctx_init(&ctx, arena_new((size_t)64 << 20), world_real());
    ctx.conf = &conf;
    const char *path = ledger ? ledger : arena_printf(life, "%s/bench.db", dir);
    if (!ledger)
        must(db_create(&ctx, path), "create");
    must(db_open(&ctx, life, path, DB_WRITER, &db), "open");
    give_secret(dir);
    int64_t race = make_race(), now_s = ctx_now(&ctx) / 1000;
    struct batch_item *item = ARENA_ARRAY(life, (size_t)n, struct batch_item);
    for (int64_t i = 0; i < n; i++)
        item[i] = notice((int)i, now_s, race);
    usleep(1100 * 1000); /* orders carry whole seconds */
    count(true, false, 1, &runs, &steps);
    for (int64_t i = 0; i < n; i += batch)
        sell(&item[i], (size_t)(n - i < batch ? n - i : batch));
    count(false, list, (int)n, &runs, &steps);
    printf("%.1f statements, %.0f steps, %.2f pages a sale, %lld checkpoints\n", runs, steps,
           (double)pages / (double)n, (long long)checkpoints);
    db_close(db);
    arena_free(keep);
    arena_free(ctx.arena);
    arena_free(life);
    return 0;
}
