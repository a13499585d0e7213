/* What is asked for each sale and each page finds its rows by an index. */
#include "db/inner.h"
#include "lib/place.h"

/* Asked very often; a full scan would slow every sale as the ledger grows. */
static const char *const hot[] = {
    "stamp_get", "outbox_is_due", "standing_rows", "standing_penalties", "face_people",
    "result_of", "result_by_member", "trophy_of", "trophy_list_race", "trophy_list_season",
    "close_races", "result_due", "account_paying", "statement_accounts", "statement_some",
    "purse_payouts", "purse_owed", "purse_tips", "statement_postings", "why_history",
    "page_wallet_lines", "inbox_about", "page_races_of_member", "tip_find", "tip_get",
    "tip_list", "undo_tip", "undo_sums", "undo_told", "undo_find", "undo_due", "request_queue",
    "request_before", "request_due", "request_of_tip", "wish_open", "wish_get", "dj_get",
    "checkout_find", "checkout_over", "giveback_open", "giveback_asked", "fee_sale", "fee_tip",
    "race_current_live", "lobby_host_open", "race_misses", "trail_lines", "race_line_shares",
    /* clock.tick, each second */
    "lobby_due", "report_due", "offer_expire", "onair_running", "onair_freshest",
    "payout_unknown", "owed_old", "bot_prune", "seal_next", "watch_alert", "watch_job",
    "alert_open", "outage_alive", "outage_put", "upkeep_last", "quarantine_open",
    /* each minute */
    "watch_old", "watch_old_gone", "watch_suspense", "outbox_prune",
    /* each day, while sales wait */
    "seal_last", "seal_trial",
    /* the runner, each second or few */
    "outbox_count", "outbox_claim", "outbox_waiting", "inbox_due", "alert_expire", "live_list",
    "live_last", "live_seq", "live_prune", "recheck_entries",
    /* what is asked of /status and /metrics, every few seconds */
    "health_alerts", "health_overlays", "metrics_inbox", "metrics_outbox", "metrics_payouts",
    "metrics_parts", "page_open_notices", "page_open_jobs", "upkeep_last", "past_open",
    "past_gone", "outage_list"};

/* May be walked from end to end: indexes of what is open, and tables that people fill by hand
 * or that hold a row an account. */
static const char *const small[] = {
    "USING INDEX race_active",
    "USING INDEX outbox_due",
    "USING INDEX payout_one",
    "USING INDEX item_balance_open",
    "USING INDEX sub_offer_open",
    "USING INDEX quarantine_open",
    "USING INDEX alert_open",
    "SCAN alive",
    "SCAN overlay_seen",
    "SCAN z",
    "SCAN a USING INDEX sqlite_autoindex_account_1",
};

static bool
is_small(const char *step)
{
    for (size_t i = 0; i < ARRAY_SIZE(small); i++)
        if (strstr(step, small[i]))
            return true;
    return false;
}

/* Whole tables may be read by these words of the plan: generated rows, tables without a file.
 */
static bool
scans(sqlite3 *h, const char *text, char *said, size_t n)
{
    char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", text);
    sqlite3_stmt *s = NULL;
    bool bad = sqlite3_prepare_v2(h, explain, -1, &s, NULL) != SQLITE_OK;

    snprintf(said, n, "%s", bad ? sqlite3_errmsg(h) : "");
    while (!bad && sqlite3_step(s) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(s, 3);

        if (strncmp(step, "SCAN ", 5) == 0 && !is_small(step) &&
            !strstr(step, "CONSTANT ROW") && !strstr(step, "VALUES CLAUSE") &&
            !strstr(step, "SUBQUERY") && !strstr(step, "SCAN (")) {
            snprintf(said, n, "%s", step);
            bad = true;
        }
    }
    sqlite3_finalize(s);
    sqlite3_free(explain);
    return bad;
}

static const char *
text_of(const char *name)
{
    for (size_t i = 0; i < SQL_COUNT; i++)
        if (strcmp(sql_gen_statement[i].name, name) == 0)
            return sql_gen_statement[i].text;
    return NULL;
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(16 << 20);
    struct ctx ctx;
    struct db *db = NULL;
    char said[200];

    place_make();
    ctx_init(&ctx, a, world_real());
    is_int(db_create(&ctx, place("ledger.db")), OK, "a ledger");
    is_int(db_open(&ctx, a, place("ledger.db"), DB_MIGRATE, &db), OK, "is open");
    if (!db)
        return place_done();
    for (size_t i = 0; i < ARRAY_SIZE(hot); i++) {
        const char *text = text_of(hot[i]);

        if (!ok(text && !scans(db->h, text, said, sizeof said), "%s uses an index", hot[i]))
            printf("# %s\n", text ? said : "no such statement");
    }
    ok(scans(db->h, "SELECT value FROM stamp WHERE value = 'x'", said, sizeof said),
       "a scan would be seen");
    ok(scans(db->h, "SELECT SUM(ver) AS n FROM posting", said, sizeof said),
       "also that of an index");
    db_close(db);
    return place_done();
}
