/* Transactions, savepoints, and a disk that fills up. */
#include "db/tx.h"

#include "db/inner.h"
#include "lib/place.h"

static struct ctx ctx;

static void
put(const char *key)
{
    char *text = sqlite3_mprintf("INSERT INTO stamp (key, value) VALUES (%Q, '')", key);

    if (sqlite3_exec(ctx.db->h, text, NULL, NULL, NULL) != SQLITE_OK)
        printf("# put %s: %s\n", key, sqlite3_errmsg(ctx.db->h));
    sqlite3_free(text);
}

static bool
has(const char *key)
{
    int64_t n = 0;
    char *text = sqlite3_mprintf("SELECT count(*) FROM stamp WHERE key = %Q", key);
    enum err e = db_number(&ctx, ctx.db, text, &n);

    sqlite3_free(text);
    return e == OK && n == 1;
}

static void
test_commit(void)
{
    struct tx tx;

    is_int(tx_begin(&ctx, &tx), OK, "a transaction begins");
    put("a");
    is_int(tx_commit(&tx), OK, "and is committed");
    ok(has("a") && !tx.open, "its row is there");
    is_int(tx_begin(&ctx, &tx), OK, "another");
    put("b");
    tx_rollback(&tx);
    ok(!has("b") && !tx.open, "is rolled back");
    tx_rollback(&tx);
    ok(true, "twice does no harm");
}

static void
test_savepoints(void)
{
    struct tx tx;
    unsigned rolls;

    is_int(tx_begin(&ctx, &tx), OK, "a batch");
    is_int(tx_save(&tx), OK, "first command");
    put("c1");
    is_int(tx_keep(&tx), OK, "kept");
    is_int(tx_save(&tx), OK, "second command");
    put("c2");
    is_int(tx_save(&tx), OK, "with an inner part");
    put("c3");
    is_int(tx.depth, 2, "two deep");
    rolls = tx.rolls;
    is_int(tx_undo(&tx), OK, "the inner part is undone");
    ok(tx.rolls != rolls, "which caches can see");
    rolls = tx.rolls;
    ok(has("c2") && !has("c3"), "alone");
    is_int(tx_undo(&tx), OK, "then the whole command");
    ok(has("c1") && !has("c2"), "alone as well");
    ok(tx.rolls != rolls, "and visibly so");
    for (int i = 0; i < DB_SAVE_MAX; i++)
        is_int(tx_save(&tx), OK, "deeper");
    put("deep");
    for (int i = 0; i < DB_SAVE_MAX; i++)
        is_int(tx_keep(&tx), OK, "and up again");
    is_int(tx_commit(&tx), OK, "the batch is committed");
    ok(has("c1") && has("deep") && !has("c2") && !has("c3"), "with what was kept");
}

static void
test_foreign_writer(const char *path)
{
    struct tx tx;
    sqlite3 *h = NULL;

    sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE, NULL);
    sqlite3_exec(h, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    sqlite3_busy_timeout(ctx.db->h, 0);
    is_int(tx_begin(&ctx, &tx), E_BUSY, "a foreign writer makes us busy");
    sqlite3_close(h);
    is_int(tx_begin(&ctx, &tx), OK, "and not for longer than it is there");
    tx_rollback(&tx);
}

static void
test_full(void)
{
    struct tx tx;
    int64_t pages = 0, max = 0;
    char big[64];
    enum err e;

    is_int(db_number(&ctx, ctx.db, "PRAGMA page_count", &pages), OK, "the file has a size");
    snprintf(big, sizeof big, "PRAGMA max_page_count=%lld", (long long)pages + 2);
    is_int(db_number(&ctx, ctx.db, big, &max), OK, "and may hardly grow");
    is_int(tx_begin(&ctx, &tx), OK, "a transaction");
    is_int(tx_save(&tx), OK, "a command");
    e = db_exec(&ctx, ctx.db,
                "INSERT INTO stamp (key, value) VALUES ('big', hex(zeroblob(100000)))", "big");
    is_int(e, E_FULL, "a full disk is E_FULL");
    ok(!has("big"), "nothing of it is there");
    if (tx_lost(&tx)) {
        is_int(tx_undo(&tx), E_FULL, "undo knows that all is gone");
        ok(!tx.open, "and the transaction is over");
    } else {
        is_int(tx_undo(&tx), OK, "undo");
        is_int(tx_commit(&tx), OK, "the rest commits");
    }
    is_int(db_number(&ctx, ctx.db, "PRAGMA max_page_count=100000", &max), OK, "room again");
    is_int(tx_begin(&ctx, &tx), OK, "a new transaction");
    put("after");
    is_int(tx_commit(&tx), OK, "commits");
    ok(has("after"), "and all is well");
}

static void
test_lost(void)
{
    struct tx tx;

    is_int(tx_begin(&ctx, &tx), OK, "a transaction that the database ends");
    is_int(tx_save(&tx), OK, "inside a command");
    put("gone");
    sqlite3_exec(ctx.db->h, "ROLLBACK", NULL, NULL, NULL);
    ok(tx_lost(&tx), "is lost");
    ctx.db->last = E_FULL;
    is_int(tx_undo(&tx), E_FULL, "undo says why");
    ok(!tx.open && !has("gone"), "nothing happened");
    is_int(tx_begin(&ctx, &tx), OK, "the next one");
    sqlite3_exec(ctx.db->h, "ROLLBACK", NULL, NULL, NULL);
    ok(tx_commit(&tx) != OK, "a commit of nothing is no success");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 << 20);
    struct db *db = NULL;
    const char *path;

    place_make();
    path = place("ledger.db");
    ctx_init(&ctx, a, world_real());
    is_int(db_create(&ctx, path), OK, "a ledger");
    is_int(db_open(&ctx, a, path, DB_WRITER, &db), OK, "opened by the vault");
    if (!db)
        return place_done();
    db->opened = false; /* the test looks with settings of its own */
    test_commit();
    test_savepoints();
    test_foreign_writer(path);
    test_full();
    test_lost();
    db_close(db);
    return place_done();
}
