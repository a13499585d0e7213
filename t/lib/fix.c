/* The fixture's ledger. Not for: the product. */
#include "lib/fix.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "db/inner.h"
#include "db/stmt.h"

struct ctx fix;
struct tx fix_tx;
int64_t fix_now = INT64_C(1700000000000);
const char *fix_file;
bool fix_audited;
char fix_checks[256];

static struct arena *life, *work;
static struct conf conf = {.mode = CONF_TEST, .money = {.currency = STR_INIT("USD")}};
static bool inside;

static struct {
    size_t n;
    int64_t weight[FIX_SEATS], left[FIX_SEATS], total[FIX_SEATS], bonus_bps;
    int64_t pot, waiting, sales;
    bool settled;
} race[FIX_RACES];

/* Parts of a sale, in the order of a refund: seats, waiting, maker, house. */
static struct {
    int64_t race_id, gross, returned, unit;
    int64_t left[FIX_SEATS + 3];
    bool placed; /* its waiting money went to seat 1 when the race settled */
} sale[FIX_SALES];
static int64_t n_sales, n_refunds;

static int64_t
now_ms(void *arg)
{
    (void)arg;
    return fix_now;
}

static void
die(void *arg, int code)
{
    (void)arg;
    exit(code);
}

static void
random_bytes(void *arg, void *p, size_t n)
{
    static unsigned char next;

    (void)arg;
    for (size_t i = 0; i < n; i++)
        ((unsigned char *)p)[i] = next++;
}

static const struct world world = {
    .now_ms = now_ms, .tick_ms = now_ms, .random = random_bytes, .die = die};

static void
must(enum err e, const char *what)
{
    if (e == OK)
        return;
    printf("Bail out! %s: %s: %.*s\n", what, err_info(e)->name.p, STR_ARG(ctx_why(&fix)));
    exit(99);
}

void
fix_open(const char *path)
{
    static char file[600];
    struct db *db;

    fix_close();
    life = arena_new(64 << 20);
    work = arena_new((size_t)1 << 30);
    ctx_init(&fix, work, &world);
    fix.conf = &conf;
    snprintf(file, sizeof(file), "%s", path);
    fix_file = file;
    unlink(file);
    unlink(arena_printf(work, "%s-wal", file));
    unlink(arena_printf(work, "%s-shm", file));
    must(db_create(&fix, fix_file), "create");
    must(db_open(&fix, life, fix_file, DB_WRITER, &db), "open");
    memset(race, 0, sizeof(race));
    memset(sale, 0, sizeof(sale));
    n_sales = n_refunds = 0;
    for (int i = 1; i <= 40; i++)
        if (!fix_sql("INSERT INTO member (id, name, name_key, created_at) VALUES (%d, 'm%d', "
                     "'m%d', 1)",
                     i, i, i))
            must(E_INTERNAL, "member");
}

void
fix_close(void)
{
    if (fix.db)
        db_close(fix.db);
    fix.db = NULL;
    arena_freep(&work);
    arena_freep(&life);
    work = life = NULL;
}

void
fix_begin(void)
{
    must(tx_begin(&fix, &fix_tx), "begin");
    inside = true;
}

void
fix_commit(void)
{
    inside = false;
    must(tx_commit(&fix_tx), "commit");
}

bool
fix_sql(const char *fmt, ...)
{
    char text[4096];
    bool opened = fix.db->opened;
    va_list ap;
    int rc;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    fix.db->opened = false;
    rc = sqlite3_exec(fix.db->h, text, NULL, NULL, NULL);
    fix.db->opened = opened;
    if (rc != SQLITE_OK)
        printf("# %s\n", sqlite3_errmsg(fix.db->h));
    return rc == SQLITE_OK;
}

int64_t
fix_number(const char *fmt, ...)
{
    char text[1024];
    int64_t v = 0;
    bool opened = fix.db->opened;
    va_list ap;
    enum err e;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    fix.db->opened = false;
    e = db_number(&fix, fix.db, text, &v);
    fix.db->opened = opened;
    must(e, text);
    return v;
}

int64_t
fix_account(const char *code)
{
    int64_t id;

    must(account_get(&fix, &fix_tx, str_of(code), "USD", &id), code);
    return id;
}

int64_t
fix_balance(const char *code)
{
    int64_t bal;

    must(account_balance(&fix, str_of(code), &bal), code);
    return bal;
}

int64_t
fix_item(const char *code, const char *item)
{
    int64_t bal;

    must(account_item_balance(&fix, str_of(code), str_of(item), &bal), code);
    return bal;
}

enum err
fix_post(const char *kind, const char *key, const char *body, const char *ref,
         const char *lines, struct journal_done *ret)
{
    static struct journal_draft d;
    struct str rest = str_of(lines), line, code, amount;
    bool own = !inside;
    enum err e;

    journal_start(&d, str_of(kind), STR("test"), str_of(key), fix_now);
    d.request = crypt_sha256(str_of(body ? body : key));
    d.ref = str_of(ref);
    d.actor = STR("test");
    if (own)
        fix_begin();
    while (str_split(&rest, ';', &line)) {
        int64_t cents = 0;

        line = str_trim(line);
        if (line.n == 0)
            continue;
        str_split(&line, ' ', &code);
        str_split(&line, ' ', &amount);
        if (!str_i64(amount, -MINOR_MAX, MINOR_MAX, &cents))
            must(E_INVALID, lines);
        journal_add(&d, fix_account(str_text(work, code)), line.n ? line : STR(""), cents);
    }
    e = journal_post(&fix, &fix_tx, &d, ret);
    if (own)
        fix_commit();
    return e;
}

void
fix_race(int64_t race_id, size_t n, const int64_t *weights, int64_t bonus_bps)
{
    bool good;

    memset(&race[race_id], 0, sizeof(race[race_id]));
    race[race_id].n = n;
    race[race_id].bonus_bps = bonus_bps;
    good =
        fix_sql("INSERT INTO rule VALUES (%lld, 'r', %lld, 'gross', 2000, 0, 'equal', '', "
                "'seat', %lld, 120, "
                "'share', 72, 290, 30, 1, 'test')",
                (long long)race_id, (long long)race_id, (long long)bonus_bps) &&
        fix_sql(
            "INSERT INTO race (id, name, state, host_id, rule_id, seats, rounds, "
            "created_at, touched_at, opened_at, closed_at, grace_s, clear_h, final_at, "
            "settled_at, end_reason) VALUES (%lld, 'race', 'RUNNING', 1, %lld, %zu, 3, 1, 1, "
            "1, NULL, 120, 72, "
            "NULL, NULL, '')",
            (long long)race_id, (long long)race_id, n < 2 ? 2 : n);
    for (size_t i = 0; i < n && good; i++) {
        race[race_id].weight[i] = weights ? weights[i] : 1;
        good = fix_sql("INSERT INTO seat VALUES (%lld, %zu, 1, NULL, NULL, 0)",
                       (long long)race_id, i + 1) &&
               fix_sql("INSERT INTO stint VALUES (%lld, %zu, 1, %zu, 1, 1)", (long long)race_id,
                       i + 1, i + 1);
    }
    if (!good)
        must(E_INTERNAL, "race");
}

#define textf(fmt, a) str_of(arena_printf(work, fmt, (long long)(a)))

static int64_t
wallet(int64_t member_id, bool available)
{
    int64_t id;

    must(account_of(&fix, &fix_tx, available ? "L:wallet:" : "L:wallet_pending:", member_id,
                    "USD", &id),
         "wallet");
    return id;
}

/* The rows beside an entry. */
static void
write_rows(int64_t sale_id, int64_t seq, int64_t race_id, int64_t delta, int64_t bonus,
           const int64_t *cents, int64_t unit)
{
    bool good;

    race[race_id].pot += delta;
    race[race_id].waiting += bonus;
    good = fix_sql(
        "INSERT INTO pot_line VALUES (%lld, %lld, %lld, %lld, %lld, %lld, %lld, %lld, %lld)",
        (long long)race_id, (long long)seq, (long long)sale_id, (long long)fix_now,
        (long long)delta, (long long)bonus, (long long)race[race_id].pot,
        (long long)race[race_id].waiting, (long long)race[race_id].sales);
    for (size_t i = 0; i < race[race_id].n && good; i++) {
        race[race_id].total[i] += cents[i];
        good = fix_sql(
            "INSERT INTO share VALUES (%lld, %zu, %lld, %lld, %zu, %lld, %lld, %lld, %lld)",
            (long long)race_id, i + 1, (long long)seq, (long long)sale_id, i + 1,
            (long long)cents[i], (long long)race[race_id].total[i],
            (long long)race[race_id].left[i], (long long)unit);
    }
    if (!good)
        must(E_INTERNAL, "pot and shares");
}

int64_t
fix_sale(int64_t race_id, int64_t amount, int64_t cost)
{
    static struct journal_draft d;
    struct split_part part[FIX_SEATS];
    struct buf meta = buf_new(work, 65536);
    struct journal_done done;
    int64_t id = ++n_sales, pool = race_id ? amount * 2000 / 10000 : 0;
    int64_t bonus = race_id ? pool * race[race_id].bonus_bps / 10000 : 0, unit = 1,
            cents[FIX_SEATS] = {0};
    size_t n = race_id ? race[race_id].n : 0;

    fix_begin();
    journal_start(&d,
                  !race_id ? STR("SALE_CLOSED")
                  : bonus  ? STR("SALE_POOL")
                           : STR("SALE_OPEN"),
                  STR("stripe"), textf("evt:%lld", id), fix_now);
    d.request = crypt_sha256(d.key);
    d.ref = textf("sale:%lld", id);
    d.policy = textf("rule:%lld", race_id);
    d.actor = STR("provider:stripe");
    for (size_t i = 0; i < n; i++)
        part[i] = (struct split_part){.weight = race[race_id].weight[i],
                                      .carry = race[race_id].left[i]};
    if (race_id) {
        must(split_carry(pool - bonus, part, n, &unit), "split");
        buf_printf(
            &meta,
            "sale id=%lld amount=%lld tax=0 shipping=0 cost=%lld fee=0 basis=%lld bps=2000 "
            "uncapped=%lld pool=%lld\nrace id=%lld pool=%lld bonus=%lld unit=%lld\n",
            (long long)id, (long long)amount, (long long)cost, (long long)amount,
            (long long)pool, (long long)pool, (long long)race_id, (long long)pool,
            (long long)bonus, (long long)unit);
    }
    for (size_t i = 0; i < n; i++) {
        buf_printf(&meta, "seat no=%zu member=%zu weight=%lld carry=%lld paid=%lld left=%lld\n",
                   i + 1, i + 1, (long long)part[i].weight, (long long)part[i].carry,
                   (long long)part[i].paid, (long long)part[i].left);
        cents[i] = part[i].paid;
        race[race_id].left[i] = part[i].left;
        journal_add(&d, wallet((int64_t)i + 1, race[race_id].settled), STR(""), -part[i].paid);
        sale[id].left[i] = part[i].paid;
    }
    d.meta = buf_str(&meta);
    sale[id].race_id = race_id;
    sale[id].gross = amount;
    sale[id].unit = unit;
    sale[id].left[FIX_SEATS] = bonus;
    sale[id].left[FIX_SEATS + 1] = cost;
    sale[id].left[FIX_SEATS + 2] = amount - cost - pool;
    journal_add(&d, fix_account("A:processor:stripe"), STR(""), amount);
    journal_add(&d, fix_account("L:mfg_payable"), STR(""), -cost);
    journal_add(&d, fix_account("I:house:merch"), STR(""), -(amount - cost - pool));
    if (bonus)
        journal_add(&d, fix_account("L:pool"), textf("race:%lld", race_id), -bonus);
    must(journal_post(&fix, &fix_tx, &d, &done), "sale");
    if (!fix_sql("INSERT INTO inbox (id, provider, delivery_key, type, received_at, state, "
                 "reason, ref, tries, due_at, body) VALUES (%lld, 'stripe', 'evt_%lld', "
                 "'charge', 1, 'applied', '', '', 1, NULL, x'00')",
                 (long long)id, (long long)id) ||
        !fix_sql("INSERT INTO sale VALUES (%lld, 'stripe', 'pi_%lld', %lld, %lld, %lld, 'USD', "
                 "%lld, 0, 0, %lld, 0, "
                 "%lld, %lld, %lld, '%s', '', 'Shirt', 1, %lld)",
                 (long long)id, (long long)id, (long long)id, (long long)fix_now,
                 (long long)fix_now, (long long)amount, (long long)cost, (long long)amount,
                 (long long)pool, (long long)pool, race_id ? "in_window" : "gate_closed",
                 (long long)done.seq))
        must(E_INTERNAL, "sale row");
    if (race_id) {
        race[race_id].sales++;
        write_rows(id, done.seq, race_id, pool, bonus, cents, unit);
    }
    fix_commit();
    return id;
}

bool
fix_refund(int64_t sale_id, int64_t amount, bool made)
{
    static struct journal_draft d;
    struct buf meta = buf_new(work, 65536);
    struct journal_done done;
    int64_t race_id = sale[sale_id].race_id, left[FIX_SEATS + 3], back[FIX_SEATS + 3],
            of[FIX_SEATS + 3];
    int64_t cents[FIX_SEATS] = {0}, pooled = 0, pot = 0;
    int64_t first = 0; /* already taken from member 1 */
    size_t n = 0;

    if (amount > sale[sale_id].gross - sale[sale_id].returned)
        amount = sale[sale_id].gross - sale[sale_id].returned;
    if (amount == 0)
        return false;
    for (size_t i = 0; i < FIX_SEATS + 3; i++)
        if (sale[sale_id].left[i] != 0) {
            left[n] = sale[sale_id].left[i];
            of[n++] = (int64_t)i;
        }
    must(split_refund(amount, left, n, back), "refund");
    fix_begin();
    journal_start(&d, STR("REFUND"), STR("stripe"), textf("evt:re_%lld", ++n_refunds), fix_now);
    d.request = crypt_sha256(d.key);
    d.ref = textf("sale:%lld", sale_id);
    d.actor = STR("provider:stripe");
    buf_printf(&meta, "refund sale=%lld amount=%lld before=%lld gross=%lld\n",
               (long long)sale_id, (long long)amount, (long long)sale[sale_id].returned,
               (long long)sale[sale_id].gross);
    for (size_t k = 0; k < n; k++) {
        int64_t i = of[k], lack = 0;

        if (i < FIX_SEATS || (i == FIX_SEATS && sale[sale_id].placed)) {
            int64_t m = i < FIX_SEATS ? i + 1 : 1;
            bool settled = race[race_id].settled;
            int64_t held;

            held = -fix_balance(arena_printf(
                work, "%s%lld", settled ? "L:wallet:" : "L:wallet_pending:", (long long)m));
            held -= m == 1 ? first : 0;
            lack = back[k] > held ? back[k] - held : 0;
            first += m == 1 ? back[k] - lack : 0;
            journal_add(&d, wallet(m, settled), STR(""), back[k] - lack);
            if (lack)
                journal_add(&d,
                            fix_account(arena_printf(work, "A:clawback:%lld", (long long)m)),
                            d.ref, lack);
            buf_printf(&meta, "part of=%s:%lld left=%lld back=%lld short=%lld\n",
                       i < FIX_SEATS ? "wallet" : "place", (long long)m, (long long)left[k],
                       (long long)back[k], (long long)lack);
            if (i < FIX_SEATS)
                cents[i] = -back[k];
            else
                pooled = -back[k];
            pot -= back[k];
        } else if (i == FIX_SEATS) {
            journal_add(&d, fix_account("L:pool"), textf("race:%lld", race_id), back[k]);
            buf_printf(&meta, "part of=pool:%lld left=%lld back=%lld\n", (long long)race_id,
                       (long long)left[k], (long long)back[k]);
            pooled = -back[k];
            pot -= back[k];
        } else {
            bool maker = i == FIX_SEATS + 1;

            journal_add(&d,
                        fix_account(!maker ? "I:house:merch"
                                    : made ? "E:goods_lost"
                                           : "L:mfg_payable"),
                        STR(""), back[k]);
            buf_printf(&meta, "part of=%s left=%lld back=%lld%s\n", maker ? "mfg" : "house",
                       (long long)left[k], (long long)back[k], maker && made ? " lost=1" : "");
        }
        sale[sale_id].left[i] -= back[k];
    }
    journal_add(&d, fix_account("A:processor:stripe"), STR(""), -amount);
    d.meta = buf_str(&meta);
    must(journal_post(&fix, &fix_tx, &d, &done), "refund");
    if (!fix_sql(
            sale[sale_id].returned
                ? "UPDATE refundable SET returned = returned + %lld WHERE sale_id = %lld"
                : "INSERT INTO refundable (returned, sale_id, gross) VALUES (%lld, %lld, %lld)",
            (long long)amount, (long long)sale_id, (long long)sale[sale_id].gross))
        must(E_INTERNAL, "refundable");
    sale[sale_id].returned += amount;
    if (race_id && pot)
        write_rows(sale_id, done.seq, race_id, pot, pooled, cents, sale[sale_id].unit);
    fix_commit();
    return true;
}

void
fix_settle(int64_t race_id)
{
    static struct journal_draft d;
    struct buf meta = buf_new(work, 65536), lines = buf_new(work, 65536);
    struct journal_done done;
    int64_t waiting = -fix_item("L:pool", textf("race:%lld", race_id).p), shares = 0;

    fix_begin();
    journal_start(&d, STR("RACE_SETTLE"), STR("settle"), textf("race:%lld", race_id), fix_now);
    d.request = crypt_sha256(d.key);
    d.ref = textf("race:%lld", race_id);
    d.actor = STR("clock");
    buf_printf(&lines, "place no=1 seat=1 member=1 weight=1 paid=%lld\n", (long long)waiting);
    journal_add(&d, wallet(1, true), STR(""), -waiting);
    if (waiting)
        journal_add(&d, fix_account("L:pool"), d.ref, waiting);
    for (size_t i = 0; i < race[race_id].n; i++) {
        int64_t cents = -fix_balance(arena_printf(work, "L:wallet_pending:%zu", i + 1));

        if (cents == 0)
            continue;
        buf_printf(&lines, "release member=%zu cents=%lld\n", i + 1, (long long)cents);
        journal_add(&d, wallet((int64_t)i + 1, false), STR(""), cents);
        journal_add(&d, wallet((int64_t)i + 1, true), STR(""), -cents);
        shares += cents;
    }
    buf_printf(&meta, "settle race=%lld waiting=%lld shares=%lld\n", (long long)race_id,
               (long long)waiting, (long long)shares);
    buf_add(&meta, buf_str(&lines));
    d.meta = buf_str(&meta);
    race[race_id].settled = true;
    for (int64_t id = 1; id <= n_sales; id++)
        sale[id].placed = sale[id].placed || sale[id].race_id == race_id;
    if (waiting || shares)
        must(journal_post(&fix, &fix_tx, &d, &done), "settle");
    fix_commit();
}

void
fix_recover(int64_t member_id)
{
    for (int64_t id = 1; id <= n_sales; id++) {
        char code[40], lines[200], item[40], key[60];
        int64_t owed, has;
        static int64_t times;
        struct journal_done done;

        snprintf(code, sizeof(code), "A:clawback:%lld", (long long)member_id);
        snprintf(item, sizeof(item), "sale:%lld", (long long)id);
        owed = fix_item(code, item);
        snprintf(code, sizeof(code), "L:wallet:%lld", (long long)member_id);
        has = -fix_balance(code);
        if (owed > has)
            owed = has;
        if (owed == 0)
            continue;
        snprintf(key, sizeof(key), "recover:%lld:%lld", (long long)member_id,
                 (long long)++times);
        snprintf(lines, sizeof(lines), "L:wallet:%lld %lld;A:clawback:%lld -%lld %s",
                 (long long)member_id, (long long)owed, (long long)member_id, (long long)owed,
                 item);
        must(fix_post("RECOVER", key, NULL, item, lines, &done), "recover");
    }
}

static int64_t fix_found;

static void
found(void *arg, const char *check, struct str thing, struct str what)
{
    size_t n = strlen(fix_checks);
    char word[16];

    /* Sales of the fixture itself have no items, windows and steps. */
    if (!fix_audited &&
        (str_eq_text(str_of(check), "I18") || str_eq_text(str_of(check), "I19") ||
         str_eq_text(str_of(check), "I23") ||
         str_eq_text(what, "the waiting part is not the rule's")))
        return;
    fix_found++;
    snprintf(word, sizeof(word), "%s ", check);
    if (!strstr(fix_checks, word))
        snprintf(fix_checks + n, sizeof(fix_checks) - n, "%s", word);
    if (*(bool *)arg)
        printf("# %s %.*s: %.*s\n", check, STR_ARG(thing), STR_ARG(what));
}

/* The auditor on the file as it stands; 0 when it agrees, or is not there to be asked. */
static int
audit(void)
{
    const char *build = getenv("BUILDDIR");
    char command[1400];

    if (!fix_audited || !build)
        return 0;
    snprintf(
        command, sizeof command,
        "text=$('%s/cozykart-audit' '%s' 2>&1) || { echo \"$text\" | sed 's/^/# /'; exit 1; }",
        build, fix_file);
    fflush(stdout);
    return system(command);
}

int64_t
fix_find(bool print)
{
    struct verify_sum sum;

    fix_checks[0] = '\0';
    fix_found = 0;
    must(verify_run(&fix, found, &print, &sum), "verify");
    if (print && audit() != 0) {
        printf("# the auditor differs\n");
        fix_found++;
    }
    return fix_found;
}
