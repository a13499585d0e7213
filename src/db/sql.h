/* Shape of the generated tables of statements and schema files. Not for: use outside db/,
 * except the number of a statement (sql_gen.h). */
#pragma once

#include "base/base.h"
#include "db/sql_gen.h"

enum sql_role { SQL_ROLE_VAULT = 1, SQL_ROLE_READ = 2, SQL_ROLE_MIGRATE = 4 };
enum sql_rows { SQL_ROWS_NONE, SQL_ROWS_ONE, SQL_ROWS_MANY };

struct sql_statement {
    const char *name;
    unsigned roles; /* mask of enum sql_role */
    enum sql_rows rows;
    int n_params;
    const char *const *params; /* ":a", ":b" … in the order of SQLite's own numbers */
    const char *text;
};

/* One file of sql/schema; a guard file follows its schema file with the same version. */
struct sql_schema {
    int version; /* 0 ends the list */
    const char *file;
    const char *text;
};

/* Indexed by enum sql; one empty row at the end. */
extern const struct sql_statement sql_gen_statement[];
extern const struct sql_schema sql_gen_schema[];
