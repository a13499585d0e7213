/* What the files of db/ share: the connection itself. Not for: anybody else. */
#pragma once

#include <sqlite3.h>

#include "base/ctx.h"
#include "db/db.h"
#include "db/sql.h"

enum { DB_SAVE_MAX = 4 }; /* depth of savepoints */

/* The texts of transactions, prepared at first use; one of each kind of savepoint by depth. */
enum db_own {
    DB_OWN_BEGIN,
    DB_OWN_BEGIN_READ,
    DB_OWN_COMMIT,
    DB_OWN_ROLLBACK,
    DB_OWN_SAVE,
    DB_OWN_KEEP = DB_OWN_SAVE + DB_SAVE_MAX,
    DB_OWN_UNDO = DB_OWN_KEEP + DB_SAVE_MAX,
    DB_OWN_COUNT = DB_OWN_UNDO + DB_SAVE_MAX
};

/* One prepared statement and what is asked of it again and again. */
struct db_slot {
    sqlite3_stmt *h;
    const char **cols; /* names of the columns, process life */
    int n_cols;
    bool read_only;
    bool busy; /* between stmt_get and stmt_done */
};

struct db {
    sqlite3 *h;
    struct arena *process;
    const struct world *world;
    char *path;
    struct db_slot *slots; /* SQL_COUNT of them */
    sqlite3_stmt *own[DB_OWN_COUNT];
    int64_t deadline; /* tick_ms at which a reader's statement is interrupted */
    int64_t wal;      /* pages in the WAL after the last commit */
    enum db_role role;
    enum err last; /* of the last db_fail: why a transaction is gone */
    int lock;      /* descriptor of the lock file, -1 for readers */
    unsigned
        rolls; /* rolled back savepoints and transactions; starts at another value each time */
    int snapshots; /* nested db_snapshot_begin */
    bool opened;   /* the authorizer is in force */
    bool copy;     /* db_open_copy: one whole file without a WAL */
    bool broken;   /* an I/O error: what the file holds is known when it is opened anew */
    bool copying;  /* db_copy: VACUUM needs more than a statement may */
};

/* Before the first use of SQLite in a process; later it has no effect. */
void db_configure(void);
enum err db_own(struct ctx *ctx, struct db *db, enum db_own which) MUST_USE;
/* A fresh 5 s for a reader's next statement. */
void db_watch(struct db *db);
/* The first step of a statement (stmt.c), which a reader may have to repeat. */
int stmt_begin(sqlite3_stmt *h);
/* A text without rows and parameters: settings and schema files. name is for the failure. */
enum err db_exec(struct ctx *ctx, struct db *db, const char *text, const char *name) MUST_USE;
/* The first column of the first row as a number. */
enum err db_number(struct ctx *ctx, struct db *db, const char *text, int64_t *ret) MUST_USE;
