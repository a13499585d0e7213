/* The file itself: pages, foreign keys, guards, the audit log. Not for: what the rows mean. */
#include "audit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Rows of these tables are never changed or removed: NAME_bu and NAME_bd refuse outright. */
static const char *const frozen[] = {
    "currency", "account",   "posting",    "journal", "audit",        "transition",  "rule",
    "sale",     "sale_item", "pot_line",   "share",   "points_table", "report",      "result",
    "fix",      "erratum",   "season_row", "tip",     "tip_move",     "payout_step", "seal"};
static const struct {
    const char *name, *table;
} guard[] = {
    {"audit_bi",        "audit"       },
    {"currency_bi",     "currency"    },
    {"account_bi",      "account"     },
    {"account_ai",      "account"     },
    {"balance_bi",      "balance"     },
    {"balance_bu",      "balance"     },
    {"balance_bd",      "balance"     },
    {"item_balance_bi", "item_balance"},
    {"item_balance_bu", "item_balance"},
    {"item_balance_bd", "item_balance"},
    {"posting_ai",      "posting"     },
    {"posting_bi_item", "posting"     },
    {"posting_ai_item", "posting"     },
    {"journal_bi",      "journal"     },
    {"journal_ai",      "journal"     },
    {"head_bi",         "head"        },
    {"head_bu",         "head"        },
    {"head_bd",         "head"        },
    {"refundable_bi",   "refundable"  },
    {"refundable_bu",   "refundable"  },
    {"refundable_bd",   "refundable"  },
    {"refundable_sale", "refundable"  },
    {"transition_bi",   "transition"  },
    {"rule_bi",         "rule"        },
    {"sale_bi",         "sale"        },
    {"sale_item_bi",    "sale_item"   },
    {"pot_line_bi",     "pot_line"    },
    {"share_bi",        "share"       },
    {"points_table_bi", "points_table"},
    {"report_bi",       "report"      },
    {"result_bi",       "result"      },
    {"fix_bi",          "fix"         },
    {"erratum_bi",      "erratum"     },
    {"season_row_bi",   "season_row"  },
    {"season_bu",       "season"      },
    {"season_bd",       "season"      },
    {"trophy_bu",       "trophy"      },
    {"trophy_bd",       "trophy"      },
    {"season_prize_bu", "season_prize"},
    {"tip_bi",          "tip"         },
    {"tip_move_bi",     "tip_move"    },
    {"tip_state_bi",    "tip_state"   },
    {"tip_state_bu",    "tip_state"   },
    {"tip_state_bd",    "tip_state"   },
    {"payout_step_bi",  "payout_step" },
    {"payout_bi",       "payout"      },
    {"payout_bd",       "payout"      },
    {"payout_bu",       "payout"      },
    {"seal_bi",         "seal"        },
    {"season_prize_bd", "season_prize"},
};

/* The trigger's text with runs of white space as one blank; empty when it is not there. */
static void
trigger_text(struct audit *a, const char *name, const char *table, char *ret, size_t size)
{
    sqlite3_stmt *st = row_query(
        a,
        "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?1 AND tbl_name = ?2");
    size_t n = 0;

    sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, table, -1, SQLITE_STATIC);
    if (row_next(a, st)) {
        struct text t = row_text(a, st, 0);

        for (size_t i = 0; i < t.n && n + 1 < size; i++) {
            bool blank = strchr(" \t\n", t.p[i]) != NULL;

            if (blank && (n == 0 || ret[n - 1] == ' '))
                continue;
            ret[n++] = blank ? ' ' : t.p[i];
        }
    }
    ret[n] = '\0';
    row_done(a, st);
    row_bad(a, name, 0);
}

static void
check_frozen(struct audit *a, const char *table, const char *suffix, const char *verb)
{
    char name[64], is[4096], should[256];

    snprintf(name, sizeof name, "%s_%s", table, suffix);
    snprintf(
        should, sizeof should,
        "CREATE TRIGGER %s BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, '%s: append-only'); END",
        name, verb, table, table);
    trigger_text(a, name, table, is, sizeof is);
    if (is[0] == '\0')
        audit_differ(a, 16, name, 0, "the guard is missing");
    else if (strcmp(is, should) != 0)
        audit_differ(a, 16, name, 0, "the guard has another text");
}

static void
check_guards(struct audit *a)
{
    char is[4096], head[160];

    for (size_t i = 0; i < sizeof frozen / sizeof frozen[0]; i++) {
        check_frozen(a, frozen[i], "bu", "UPDATE");
        check_frozen(a, frozen[i], "bd", "DELETE");
    }
    for (size_t i = 0; i < sizeof guard / sizeof guard[0]; i++) {
        const char *cut = strrchr(guard[i].name, '_');
        bool ends = cut != NULL && strlen(cut) == 3;
        const char *when = ends && cut[1] == 'a' ? "AFTER" : "BEFORE";
        const char *verb = ends && cut[2] == 'u'   ? "UPDATE"
                           : ends && cut[2] == 'd' ? "DELETE"
                                                   : "INSERT";

        trigger_text(a, guard[i].name, guard[i].table, is, sizeof is);
        snprintf(head, sizeof head, "%s %s ON %s ",
                 strstr(guard[i].name, "_ai") != NULL ? "AFTER" : when, verb, guard[i].table);
        if (is[0] == '\0')
            audit_differ(a, 16, guard[i].name, 0, "the guard is missing");
        else if (strstr(is, head) == NULL || strstr(is, "RAISE(ABORT, ") == NULL ||
                 strstr(is, " WHEN 0") != NULL || strstr(is, "RAISE(IGNORE)") != NULL)
            audit_differ(a, 16, guard[i].name, 0, "the guard refuses nothing");
    }
}

/* Triggers nobody promised could undo what the guards allow. */
static void
check_strangers(struct audit *a)
{
    sqlite3_stmt *st = row_query(a, "SELECT name FROM sqlite_schema WHERE type = 'trigger'");

    while (row_next(a, st)) {
        struct text t = row_text(a, st, 0);
        bool known = false;
        char name[64];

        for (size_t i = 0; i < sizeof guard / sizeof guard[0]; i++)
            known |= text_is(t, guard[i].name);
        for (size_t i = 0; i < 2 * (sizeof frozen / sizeof frozen[0]); i++) {
            snprintf(name, sizeof name, "%s_b%c", frozen[i / 2], i % 2 == 0 ? 'u' : 'd');
            known |= text_is(t, name);
        }
        if (!known)
            audit_differ(a, 16, "trigger", 0, "nobody knows %.60s", t.p);
    }
    row_done(a, st);
}

static void
check_pages(struct audit *a)
{
    sqlite3_stmt *st =
        row_query(a, a->full ? "PRAGMA integrity_check(20)" : "PRAGMA quick_check(20)");

    while (row_next(a, st)) {
        struct text t = row_text(a, st, 0);

        if (!text_is(t, "ok"))
            audit_differ(a, 25, "file", 0, "%.200s", t.p);
    }
    row_done(a, st);
    st = row_query(a, "PRAGMA foreign_key_check");
    while (row_next(a, st)) {
        struct text t = row_text(a, st, 0), to = row_text(a, st, 2);
        int64_t row = row_int_or(a, st, 1, 0);

        a->bad = false;
        audit_differ(a, text_is(t, "posting") && text_is(to, "journal") ? 10 : 22, "row", row,
                     "of table %.40s names a row of %.40s that is not there", t.p, to.p);
    }
    row_done(a, st);
}

/* Numbers from 1 without a gap, times that never fall. */
static void
check_dense(struct audit *a, const char *thing, const char *sql)
{
    sqlite3_stmt *st = row_query(a, sql);
    int64_t last = 0, at = INT64_MIN;

    while (row_next(a, st)) {
        int64_t id = row_int(a, st, 0), now = row_int(a, st, 1);

        if (row_bad(a, thing, last))
            continue;
        if (id != last + 1)
            audit_differ(a, 24, thing, id, "follows %" PRId64 ": rows are missing", last);
        if (now < at)
            audit_differ(a, 24, thing, id, "is older than the one before");
        last = id;
        at = now;
    }
    row_done(a, st);
}

void
check_file(struct audit *a)
{
    check_pages(a);
    check_guards(a);
    check_strangers(a);
    check_dense(a, "audit", "SELECT id, at FROM audit ORDER BY id");
    check_dense(a, "transition", "SELECT id, at FROM transition ORDER BY id");
}
