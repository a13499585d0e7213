/* One value changed in a good ledger, past its guards: the check that must find it does. */
#include "ledger/verify.h"

#include "ledger/meta.h"
#include "ledger/verify_table.h"
#include "lib/fix.h"
#include "lib/place.h"

/* A ledger with every kind of row. */
static void
good_ledger(void)
{
    struct journal_done d;

    fix_open(place("verify.db"));
    fix_now = INT64_C(1700000000000);
    fix_race(1, 8, NULL, 1000);
    fix_race(2, 3, NULL, 0);
    for (int i = 0; i < 6; i++) {
        fix_now += 1000;
        fix_sale(i == 5 ? 0 : 1 + i % 2, 2500 + i, 900);
    }
    fix_refund(2, 1000, true);
    fix_settle(1);
    fix_post("ADJUST", "p1", NULL, "", "L:wallet:1 20;L:prize_escrow -20 p1", &d);
    fix_sale(1, 3000, 800);
    fix_refund(1, 2500, false);
    fix_post("K", "owed", NULL, "sale:3", "A:clawback:9 7 sale:3;A:bank -7", &d);
}

/* Every trigger goes, as an owner of the file could do. */
static void
drop_guards(void)
{
    char names[4096] = "";

    struct {
        const char *table;
    } t[] = {{"account"}, {"journal"},    {"posting"}, {"balance"},  {"item_balance"},
             {"head"},    {"refundable"}, {"sale"},    {"pot_line"}, {"share"}};
    for (size_t i = 0; i < ARRAY_SIZE(t); i++)
        snprintf(names + strlen(names), sizeof(names) - strlen(names),
                 "DROP TRIGGER IF EXISTS %s_bi; DROP TRIGGER IF EXISTS %s_bu; DROP TRIGGER IF "
                 "EXISTS %s_bd;",
                 t[i].table, t[i].table, t[i].table);
    if (!fix_sql("%s", names) ||
        !fix_sql(
            "DROP TRIGGER account_ai; DROP TRIGGER posting_ai; DROP TRIGGER posting_bi_item; "
            "DROP TRIGGER posting_ai_item; DROP TRIGGER journal_ai; DROP TRIGGER "
            "refundable_sale; "
            "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON"))
        printf("Bail out! guards\n");
}

#define LAST     "(SELECT MAX(seq) FROM journal)"
#define ID(code) "(SELECT id FROM account WHERE code = '" code "')"

static const struct damage {
    const char *what, *check, *sql;
} damage[] = {
    {"amount of a line",              "I1",
     "UPDATE posting SET amount = amount + 1 WHERE seq = 3 AND account_id = " ID(
         "L:mfg_payable")                                  },
    {"money moved between two lines", "I4",
     "UPDATE posting SET amount = amount + 1 WHERE seq = 3 AND account_id = " ID(
         "L:mfg_payable") ";"
                          "UPDATE posting SET amount = amount - 1 WHERE seq = 3 AND account_id "
                          "= " ID("I:house:merch")         },
    {"balance after a line",          "I4",
     "UPDATE posting SET bal_after = bal_after + 1 WHERE seq = 3 AND account_id = " ID(
         "L:mfg_payable")                                  },
    {"version of a line",             "I4",
     "UPDATE posting SET ver = ver + 100 WHERE seq = 3 AND account_id = "
     "" ID("L:mfg_payable")                                },
    {"item of a line",                "I12",
     "UPDATE posting SET item = 'race:9' WHERE seq = 1 AND item <> "
     "''"                                                  },
    {"account of a line",             "I4",
     "UPDATE posting SET account_id = " ID("A:bank") " WHERE seq = 3 AND account_id = " ID(
         "L:mfg_payable")                                  },
    {"a line deleted",                "I1",
     "DELETE FROM posting WHERE seq = 3 AND account_id = "
     "" ID("L:mfg_payable")                                },
    {"a line of nobody",              "I10",
     "INSERT INTO posting VALUES (9999, 1, '', 5, "
     "99, 5)"                                              },
    {"a header deleted",              "I10",
     "DELETE FROM journal WHERE seq = "
     "3"                                                   },
    {"the last header deleted",       "I10",
     "DELETE FROM journal WHERE seq = "
     "" LAST                                               },
    {"the tail cut off",              "I6",
     "DELETE FROM posting WHERE seq = " LAST "; DELETE FROM journal WHERE seq = "
     "" LAST                                               },
    {"kind",                          "I6",
     "UPDATE journal SET kind = 'X' WHERE seq = "
     "3"                                                   },
    {"scope",                         "I6",
     "UPDATE journal SET idem_scope = 'X' WHERE seq "
     "= 3"                                                 },
    {"key",                           "I6",
     "UPDATE journal SET idem_key = 'X' WHERE seq = "
     "3"                                                   },
    {"request hash",                  "I6",
     "UPDATE journal SET request_sha = zeroblob(32) "
     "WHERE seq = 3"                                       },
    {"effective time",                "I6",
     "UPDATE journal SET effective_at = effective_at + 1 WHERE seq = "
     "3"                                                   },
    {"recorded time",                 "I5",
     "UPDATE journal SET recorded_at = recorded_at - 100000 WHERE seq = "
     "3"                                                   },
    {"ref",                           "I6",
     "UPDATE journal SET ref = 'sale:4' WHERE seq = "
     "3"                                                   },
    {"reverses",                      "I6",
     "UPDATE journal SET reverses = 1 WHERE seq = "
     "3"                                                   },
    {"policy",                        "I6",
     "UPDATE journal SET policy = 'rule:9' WHERE "
     "seq = 3"                                             },
    {"actor",                         "I6",
     "UPDATE journal SET actor = 'me' WHERE seq = "
     "3"                                                   },
    {"meta",                          "I13",
     "UPDATE journal SET meta = replace(meta, 'no=1 member=1 weight=1 carry=0', 'no=1 member=1 "
     "weight=1 carry=3') WHERE seq = 1"                    },
    {"number of lines",               "I1",
     "UPDATE journal SET n_lines = 3 WHERE seq = "
     "3"                                                   },
    {"hash before",                   "I6",
     "UPDATE journal SET prev_sha = zeroblob(32) "
     "WHERE seq = 3"                                       },
    {"hash",                          "I6",
     "UPDATE journal SET sha = zeroblob(32) WHERE "
     "seq = 3"                                             },
    {"hash of another length",        "I6",
     "UPDATE journal SET sha = x'00' WHERE seq = "
     "3"                                                   },
    {"seq",                           "I5",
     "UPDATE journal SET seq = 999 WHERE seq = " LAST
     "; UPDATE posting SET seq = 999 WHERE seq = "
     "" LAST                                               },
    {"balance",                       "I3",
     "UPDATE balance SET bal = bal - 1 WHERE "
     "account_id = " ID("A:bank")                          },
    {"trial balance",                 "I2",
     "UPDATE balance SET bal = bal - 1 WHERE account_id = "
     "" ID("A:bank")                                       },
    {"gross debits",                  "I3",
     "UPDATE balance SET debits = debits + 1 WHERE account_id = "
     "" ID("A:bank")                                       },
    {"gross credits",                 "I3",
     "UPDATE balance SET credits = credits + 1 WHERE account_id = "
     "" ID("A:bank")                                       },
    {"version",                       "I3",
     "UPDATE balance SET ver = ver + 1 WHERE "
     "account_id = " ID("A:bank")                          },
    {"currency of a balance",         "I3",
     "UPDATE balance SET currency = 'EUR' WHERE account_id = "
     "" ID("A:bank")                                       },
    {"sign of a balance",             "I3",
     "UPDATE balance SET sign = -1 WHERE account_id = "
     "" ID("A:bank")                                       },
    {"a bound lifted",                "I8",
     "UPDATE balance SET lim_hi = NULL WHERE account_id = "
     "" ID("L:wallet:1")                                   },
    {"a bound set",                   "I8",
     "UPDATE balance SET lim_lo = -5 WHERE "
     "account_id = " ID("A:bank")                          },
    {"balance deleted",               "I3",
     "DELETE FROM balance WHERE account_id = "
     "" ID("A:bank")                                       },
    {"balance of nobody",             "I3",
     "INSERT INTO balance VALUES (999, 'USD', 0, 1, 0, 0, 0, 0, NULL, "
     "NULL)"                                               },
    {"open item",                     "I12",
     "UPDATE item_balance SET bal = bal - 1 WHERE "
     "item = 'p1'"                                         },
    {"open items and balance",        "I7",
     "UPDATE item_balance SET bal = bal - 1 WHERE "
     "item = 'p1'"                                         },
    {"sign of an item",               "I12",
     "UPDATE item_balance SET sign = 1 WHERE item = "
     "'p1'"                                                },
    {"item deleted",                  "I12",
     "DELETE FROM item_balance WHERE item = "
     "'sale:3'"                                            },
    {"item of nobody",                "I12",
     "INSERT INTO item_balance VALUES (" ID("L:pool") ", 'race:77', -1, "
                                                      "-5)"},
    {"head",                          "I6",
     "UPDATE head SET seq = seq - "
     "1"                                                   },
    {"hash of the head",              "I6",
     "UPDATE head SET sha = "
     "zeroblob(32)"                                        },
    {"head deleted",                  "I6",
     "DELETE FROM "
     "head"                                                },
    {"cap",                           "I9",
     "UPDATE refundable SET gross = gross + 1 WHERE "
     "sale_id = 2"                                         },
    {"what went back",                "I9",
     "UPDATE refundable SET returned = returned - 1 "
     "WHERE sale_id = 2"                                   },
    {"more than was paid",            "I9",
     "UPDATE refundable SET returned = 9999999 "
     "WHERE sale_id = 2"                                   },
    {"cap deleted",                   "I9",
     "DELETE FROM refundable WHERE sale_id = "
     "2"                                                   },
    {"kind of an account",            "I17",
     "UPDATE account SET kind = 'income' WHERE code "
     "= 'A:bank'"                                          },
    {"code of an account",            "I17",
     "UPDATE account SET code = 'A:safe' WHERE code "
     "= 'A:bank'"                                          },
    {"owner of an account",           "I17",
     "UPDATE account SET owner_id = 2 WHERE code = "
     "'L:wallet:1'"                                        },
    {"by item",                       "I17",
     "UPDATE account SET by_item = 1 WHERE code = "
     "'A:bank'"                                            },
    {"account deleted",               "I17",
     "DELETE FROM account WHERE code = "
     "'A:bank'"                                            },
    {"share",                         "I14",
     "UPDATE share SET cents = cents + 1 WHERE race_id = 1 AND seat_no = 2 AND seq = "
     "1"                                                   },
    {"share and totals",              "I14",
     "UPDATE share SET cents = cents + (seq = 1), total = total + 1 WHERE race_id = 1 AND "
     "seat_no = 2"                                         },
    {"whose share",                   "I14",
     "UPDATE share SET member_id = 9 WHERE race_id = 1 AND seat_no = 2 AND seq = "
     "1"                                                   },
    {"residue",                       "I14",
     "UPDATE share SET residue = residue + 1 WHERE race_id = 1 AND seat_no = 2 AND seq = "
     "1"                                                   },
    {"unit",                          "I14",
     "UPDATE share SET unit = unit + 1 WHERE race_id = 1 AND seat_no = 2 AND seq = "
     "1"                                                   },
    {"share deleted",                 "I14",
     "DELETE FROM share WHERE race_id = 1 AND "
     "seat_no = 2 AND seq = 1"                             },
    {"share of no seat",              "I14",
     "UPDATE share SET seat_no = 9 WHERE race_id = 1 AND seat_no = 2 AND seq = "
     "1"                                                   },
    {"pot",                           "I14",
     "UPDATE pot_line SET pot = pot + 1 WHERE "
     "race_id = 1 AND seq = 1"                             },
    {"line of the pot",               "I14",
     "UPDATE pot_line SET delta = delta + (seq = 1), pot = pot + 1 WHERE race_id = "
     "1"                                                   },
    {"waiting money",                 "I14",
     "UPDATE pot_line SET waiting = waiting + 1 WHERE race_id = 1 AND seq = "
     "1"                                                   },
    {"pot of no race",                "I14",
     "UPDATE pot_line SET race_id = 55 WHERE "
     "race_id = 1 AND seq = 1"                             },
    {"entry of a sale",               "I15",
     "UPDATE sale SET seq = 2 WHERE id = "
     "1"                                                   },
    {"sale deleted",                  "I15",
     "DELETE FROM sale WHERE id = "
     "6"                                                   },
    {"paid amount of a sale",         "I9",
     "UPDATE sale SET amount = amount + 1 WHERE id "
     "= 2"                                                 },
};

static void
tamper(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(damage); i++) {
        char word[16];
        int64_t found;

        good_ledger();
        drop_guards();
        if (!fix_sql("%s", damage[i].sql)) {
            ok(false, "%s: could not be done", damage[i].what);
            continue;
        }
        found = fix_find(false);
        snprintf(word, sizeof(word), "%s ", damage[i].check);
        if (!ok(found > 0 && strstr(fix_checks, word), "%s: found by %s", damage[i].what,
                damage[i].check)) {
            printf("# found %lld by %s\n", (long long)found, fix_checks);
            fix_find(true);
        }
    }
}

static const struct {
    const char *what, *from, *to;
} wrong_meta[] = {
    {"a whole line",      "sale id=1 ",
     "sold id=1 "
     ""                                                                                        },
    {"the sale's id",     "sale id=1 ",
     "sale id=2 "
     ""                                                                                        },
    {"a number",          "amount=2500",                            "amount=x"                 },
    {"the basis",         "basis=2500",                             "basis=2600"               },
    {"an absurd basis",   "basis=2500",                             "basis=9223372036854775807"},
    {"the pool",          "uncapped=500 pool=500",
     "uncapped=500 "
     "pool=501"                                                                                },
    {"the race's pool",   "race id=1 pool=500",
     "race id=1 "
     "pool=501"                                                                                },
    {"the bonus",         "bonus=50",                               "bonus=51"                 },
    {"the unit",          "unit=8",                                 "unit=9"                   },
    {"a seat's weight",   "no=2 member=2 weight=1",
     "no=2 member=2 "
     "weight=2"                                                                                },
    {"a seat's number",   "no=2 member=2",
     "no=1 "
     "member=2"                                                                                },
    {"a seat's member",   "no=2 member=2",
     "no=2 "
     "member=12"                                                                               },
    {"a seat's part",     "no=2 member=2 weight=1 carry=0 paid=57",
     "no=2 member=2 weight=1 carry=0 paid=56"                                                  },
    {"a strange line",    "race id=1",
     "what is=this\nrace "
     "id=1"                                                                                    },
    {"no seats",          "race id=1",
     "\nrace "
     "id=1"                                                                                    },
    {"the last line end", "unit=8\n",                               "unit=8"                   },
};

static void
metas(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(wrong_meta); i++) {
        good_ledger();
        drop_guards();
        fix_sql("UPDATE journal SET meta = replace(meta, '%s', '%s') WHERE seq = 1",
                wrong_meta[i].from, wrong_meta[i].to);
        fix_find(false);
        if (!ok(strstr(fix_checks, "I13 "), "meta: %s", wrong_meta[i].what))
            printf("# found by %s\n", fix_checks);
    }
    static const struct {
        const char *what, *kind, *from, *to;
    } later[] = {
        {"what was refunded before",       "REFUND",      "before=0", "before=1" },
        {"a part of a refund",             "REFUND",      "back=",    "back=1"   },
        {"what was short",                 "REFUND",      "short=",   "short=1"  },
        {"a refund without its line",      "REFUND",      "refund ",  "returned "},
        {"a part without numbers",         "REFUND",      "left=",    "keft="    },
        {"what waited",                    "RACE_SETTLE", "waiting=", "waiting=1"},
        {"the shares",                     "RACE_SETTLE", "shares=",  "shares=1" },
        {"a place",                        "RACE_SETTLE", "paid=",    "paid=1"   },
        {"a release",                      "RACE_SETTLE", "cents=",   "cents=1"  },
        {"a settlement without its line",  "RACE_SETTLE", "settle ",  "settled " },
        {"a strange line in a settlement", "RACE_SETTLE", "place ",   "palace "  },
    };
    for (size_t i = 0; i < ARRAY_SIZE(later); i++) {
        good_ledger();
        drop_guards();
        fix_sql("UPDATE journal SET meta = replace(meta, '%s', '%s') WHERE kind = '%s'",
                later[i].from, later[i].to, later[i].kind);
        fix_find(false);
        if (!ok(strstr(fix_checks, "I13 "), "meta: %s", later[i].what))
            printf("# found by %s\n", fix_checks);
    }
    good_ledger();
    drop_guards();
    fix_sql("UPDATE journal SET meta = '' WHERE seq IN (1, 7, 8)");
    ok(fix_find(false) > 0 && strstr(fix_checks, "I13 "), "meta: gone");
}

static void
words(void)
{
    struct str text = STR("a x=1 yy=-2 x=3\n\nb\nno end");
    struct meta m;
    int64_t v = 0;

    ok(meta_next(&text, &m) && str_eq_text(m.tag, "a"), "the first word is the tag");
    ok(meta_i64(&m, "yy", &v) && v == -2, "a number by its key");
    is_str(meta_str(&m, "x"), STR("1"), "the first of two");
    ok(!meta_i64(&m, "y", &v), "no key by its beginning");
    ok(meta_next(&text, &m) && m.tag.n == 0, "an empty line has no tag");
    ok(meta_next(&text, &m) && str_eq_text(m.tag, "b") && meta_str(&m, "x").n == 0,
       "a line of its tag alone");
    ok(meta_next(&text, &m) && m.tag.n == 0, "a line without end is none");
    ok(!meta_next(&text, &m), "the end");
}

static void
table(void)
{
    struct arena *a = arena_new(1 << 24);
    struct verify_table t = verify_table_new(a, sizeof(int64_t));
    bool good = true;

    for (int64_t i = 0; i < 5000; i++)
        *(int64_t *)verify_table_get(&t, i, i % 7, i % 2 ? STR("odd") : STR("")) = i;
    for (int64_t i = 0; i < 5000; i++) {
        const int64_t *v = verify_table_find(&t, i, i % 7, i % 2 ? STR("odd") : STR(""));

        good = good && v && *v == i && !verify_table_find(&t, i, 9, STR(""));
    }
    ok(good, "5,000 keys are found again, others are not");
    arena_free(a);
}

int
main(void)
{
    struct verify_sum sum;

    place_make();
    words();
    table();
    good_ledger();
    fix_verify("a good ledger");
    is_int(verify_run(&fix, NULL, NULL, &sum), OK, "nobody needs to listen");
    is_int(sum.entries, fix_number("SELECT COUNT(*) FROM journal"),
           "every entry was looked at");
    is_int(sum.postings, fix_number("SELECT COUNT(*) FROM posting"), "every line");
    is_int(sum.splits, fix_number("SELECT COUNT(*) FROM journal WHERE meta <> ''"),
           "every split");
    is_int(sum.head_seq, sum.entries, "to the head");
    tamper();
    metas();
    fix_open(place("empty.db"));
    fix_verify("an empty ledger");
    fix_close();
    return place_done();
}
