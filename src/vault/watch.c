/* Part of each clock.tick. Not for: asking anybody outside. */
#include "vault/watch.h"

#include "base/conf.h"
#include "base/money.h"
#include "base/room.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/seal.h"
#include "queue/alert.h"
#include "queue/outbox.h"
#include "upkeep/quarantine.h"
#include "upkeep/upkeep.h"

enum {
    COMPARE_MS = 5 * 60 * 1000,
    CHAIN_MS = 10 * 60 * 1000,
    WHOLE_MS = 24 * 60 * 60 * 1000,
    DAY_MS = WHOLE_MS,
    SLOW_MS = 60 * 1000,
    OLD_MAX = 100,
    MINUTE_MS = 60 * 1000,
    KEEP_DAYS = 30
};

/* Raised once: what stands already is not counted up each second. */
static enum err
say(struct ctx *ctx, struct tx *tx, bool wrong, struct str kind, struct str key,
    const char *severity, const char *who, struct str text)
{
    struct str stands = STR_NULL;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_watch_alert);

        stmt_str(&s, ":kind", kind);
        stmt_str(&s, ":key", key);
        if ((e = stmt_one(&s)) == OK)
            stands = stmt_col_str(&s, "text");
    }
    if (e && e != E_NOTFOUND)
        return e;
    if (!wrong)
        return stands.p ? alert_resolve(ctx, tx, kind, key) : OK;
    if (stands.p && str_eq(stands, text))
        return OK;
    return alert_raise(ctx, tx, kind, key, severity, who, text);
}

/* A key that is missing keeps nothing else from happening. */
static enum err
seal(struct ctx *ctx, struct tx *tx)
{
    size_t n;
    enum err e, undone;
    struct str why;

    if ((e = tx_save(tx)))
        return e;
    e = seal_tick(ctx, tx, &n);
    if (e == OK) {
        if ((e = tx_keep(tx)) || n == 0)
            return e;
        return say(ctx, tx, false, STR("seal_key"), STR("house"), "error", "us", STR(""));
    }
    if (tx_lost(tx) || e == E_FULL)
        return e;
    why = str_dup(ctx->arena, ctx_why(ctx));
    if ((undone = tx_undo(tx)))
        return undone;
    ctx_clear(ctx);
    return say(ctx, tx, true, STR("seal_key"), STR("house"), "error", "us",
               str_of(arena_printf(ctx->arena,
                                   "days are not sealed: %.*s; make a key with cozykart seal "
                                   "key FILE and name it in seal.key_file",
                                   STR_ARG(why))));
}

static enum err
was_added(struct ctx *ctx, struct str kind, struct str key, bool *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_watch_job);
    enum err e;

    stmt_str(&s, ":kind", kind);
    stmt_str(&s, ":key", key);
    e = stmt_one(&s);
    *ret = e == OK;
    return e == E_NOTFOUND ? OK : e;
}

/* One job for each turn, where none waits already. */
static enum err
add_turn(struct ctx *ctx, struct tx *tx, struct str kind, struct str what, int64_t ms)
{
    struct str key = str_of(
        arena_printf(ctx->arena, "%.*s:%lld", STR_ARG(what), (long long)(ctx_now(ctx) / ms)));
    bool waits;
    enum err e;

    if ((e = was_added(ctx, kind, key, &waits)) || waits ||
        (e = outbox_is_due(ctx, kind, what, &waits)) || waits)
        return e;
    return outbox_add(ctx, tx, kind, key, what, ctx_now(ctx));
}

/* Every provider that is set up, every five minutes. */
static enum err
compare(struct ctx *ctx, struct tx *tx)
{
    const struct conf *c = ctx->conf;
    const struct {
        struct str name;
        bool here;
    } who[] = {
        {STR("stripe"),  c && c->stripe.api_key_file.n                    },
        {STR("paypal"),  c && c->paypal.client_id.n                       },
        {STR("whop"),    c && c->whop.account.n && c->whop.api_key_file.n },
        {STR("shopify"), c && c->shopify.shop.n && c->shopify.token_file.n},
    };
    enum err e = OK;

    for (size_t i = 0; !e && i < ARRAY_SIZE(who); i++)
        if (who[i].here)
            e = add_turn(ctx, tx, STR("compare"), who[i].name, COMPARE_MS);
    return e;
}

/* The chain every ten minutes, everything once a day. */
static enum err
recount(struct ctx *ctx, struct tx *tx)
{
    static const struct {
        const char *what;
        int64_t ms;
    } turns[] = {
        {"chain", CHAIN_MS},
        {"whole", WHOLE_MS},
    };
    enum err e = OK;

    for (size_t i = 0; !e && i < ARRAY_SIZE(turns); i++)
        e = add_turn(ctx, tx, STR("check"), str_of(turns[i].what), turns[i].ms);
    return e;
}

/* What an item is, and who must do something about it. By hand: clang-format 14 aligns these
 * rows beyond the limit. */
/* clang-format off */
static const struct {
    const char *code, *kind, *who, *words;
} ages[] = {
    {"A:dispute:", "dispute_old", "provider",
     "is open for long; look at the provider's console how the dispute stands"},
    {"L:dispute_hold", "hold_old", "provider",
     "is held for long; look at the provider's console how the dispute stands"},
    {"L:payout_in_flight", "payout_old", "us",
     "was not sent for long; look at /ops/payouts"},
    {"L:payout_sent", "payout_old", "provider",
     "has not arrived for long; look at /ops/payouts"},
    {"L:pool", "pool_old", "us", "waits for a result that does not come; look at the race"},
};
/* clang-format on */

static enum err
tell_old(struct ctx *ctx, struct tx *tx, struct stmt *s, size_t i)
{
    struct str item = stmt_col_str(s, "item");
    int64_t bal = stmt_col_i64(s, "bal"),
            days = (ctx_now(ctx) - stmt_col_i64(s, "since")) / DAY_MS;
    char text[MONEY_TEXT];
    struct money m;

    if (money_make(bal < 0 ? -bal : bal, account_house_currency(ctx), &m))
        return OK;
    return say(ctx, tx, true, str_of(ages[i].kind), item, "warning", ages[i].who,
               str_of(arena_printf(ctx->arena, "%s of %.*s %s (%lld days)", money_show(m, text),
                                   STR_ARG(item), ages[i].words, (long long)days)));
}

/* Open items of clearing accounts that are older than they should get. */
static enum err
raise_old(struct ctx *ctx, struct tx *tx, int64_t before)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_watch_old);
    enum err e;

    stmt_i64(&s, ":before", before);
    while ((e = stmt_row(&s)) == OK)
        for (size_t i = 0; i < ARRAY_SIZE(ages); i++)
            if (str_starts(stmt_col_str(&s, "code"), str_of(ages[i].code))) {
                if ((e = tell_old(ctx, tx, &s, i)))
                    return e;
                break;
            }
    return e == E_NOTFOUND ? OK : e;
}

static enum err
resolve_old(struct ctx *ctx, struct tx *tx)
{
    struct {
        struct str kind, key;
    } gone[OLD_MAX];
    size_t n = 0;
    enum err e = OK;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_watch_old_gone);

        stmt_i64(&s, ":max", OLD_MAX);
        for (; n < OLD_MAX && (e = stmt_row(&s)) == OK; n++) {
            gone[n].kind = stmt_col_str(&s, "kind");
            gone[n].key = stmt_col_str(&s, "key");
        }
    }
    if (e && e != E_NOTFOUND)
        return e;
    e = OK;
    for (size_t i = 0; !e && i < n; i++)
        e = alert_resolve(ctx, tx, gone[i].kind, gone[i].key);
    return e;
}

/* Money that nobody could match stands on one account. */
static enum err
unmatched(struct ctx *ctx, struct tx *tx, int64_t before)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_watch_suspense);
    enum err e;

    stmt_i64(&s, ":before", before);
    e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    return say(ctx, tx, e == OK, STR("suspense_old"), STR("house"), "warning", "us",
               STR("money that nobody could match stands on L:suspense for long; find out "
                   "whose it is"));
}

static enum err
disk(struct ctx *ctx, struct tx *tx)
{
    const struct conf *c = ctx->conf;
    struct room room;

    if (!c || !room_look(str_text(ctx->arena, c->path.ledger), &room))
        return OK;
    return say(ctx, tx, room.bytes / ROOM_MB < c->alert.disk_mb, STR("disk"), STR("house"),
               "error", "us",
               str_of(arena_printf(ctx->arena,
                                   "less than %lld MB are free beside the ledger; make room "
                                   "before sales are refused",
                                   (long long)c->alert.disk_mb)));
}

static enum err
quarantine(struct ctx *ctx, struct tx *tx)
{
    bool open;
    enum err e = quarantine_open(ctx, &open, NULL);

    return e ? e
             : say(ctx, tx, open, STR("quarantine"), STR("house"), "error", "us",
                   STR("the ledger was restored from a copy: payouts and refunds wait; run "
                       "cozykart quarantine and look at what it names"));
}

/* Where copies were made, the newest good one is not old. */
static enum err
copies(struct ctx *ctx, struct tx *tx)
{
    int64_t most = ctx->conf ? ctx->conf->backup.max_age_min : 0;
    struct upkeep last;
    enum err e = upkeep_last(ctx, STR("backup"), true, &last);
    bool old = !e && most && ctx_now(ctx) - last.ended_at > most * MINUTE_MS;

    if (e && e != E_NOTFOUND)
        return e;
    return say(ctx, tx, old, STR("backup_old"), STR("house"), "error", "us",
               str_of(arena_printf(ctx->arena,
                                   "the newest good copy of the ledger is older than %lld "
                                   "minutes; run cozykart backup and look what it says",
                                   (long long)most)));
}

/* Once a minute: nothing here is in a hurry. */
static enum err
slow(struct ctx *ctx, struct tx *tx)
{
    static int64_t done;
    int64_t now = ctx_now(ctx), before;
    enum err e;

    if (now >= done && now - done < SLOW_MS)
        return OK;
    done = now;
    before = now - (ctx->conf ? ctx->conf->alert.clearing_days : 7) * DAY_MS;
    if ((e = raise_old(ctx, tx, before)) || (e = resolve_old(ctx, tx)) ||
        (e = unmatched(ctx, tx, before)) ||
        (e = outbox_prune(ctx, tx, now - (int64_t)KEEP_DAYS * DAY_MS)))
        return e;
    if ((e = quarantine(ctx, tx)) || (e = copies(ctx, tx)))
        return e;
    return disk(ctx, tx);
}

enum err
watch_tick(struct ctx *ctx, struct tx *tx)
{
    enum err e;

    if ((e = seal(ctx, tx)) || (e = compare(ctx, tx)) || (e = recount(ctx, tx)))
        return e;
    return slow(ctx, tx);
}
