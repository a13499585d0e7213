/* The generated tables hold together. The generator's refusals are tested in t/04-sql.t. */
#include "db/sql.h"

#include "lib/tap.h"

/* sqlite3_prepare sees no second statement; texts in quotes may hold the sign. */
static bool
has_second(const char *sql)
{
    bool quoted = false;

    for (; *sql; sql++) {
        quoted ^= *sql == '\'';
        if (*sql == ';' && !quoted)
            return true;
    }
    return false;
}

static void
test_statements(void)
{
    size_t twice = 0, odd = 0, params = 0;

    for (size_t i = 0; i < SQL_COUNT; i++) {
        const struct sql_statement *t = &sql_gen_statement[i];

        odd += !t->name || !t->text || !t->roles || t->roles > 7 || has_second(t->text);
        for (size_t k = 0; k < i; k++)
            twice += strcmp(sql_gen_statement[k].name, t->name) == 0;
        for (int k = 0; k < t->n_params; k++)
            params += t->params[k][0] != ':' || !strstr(t->text, t->params[k]);
    }
    is_int((int64_t)odd, 0, "each statement has a name, a text and a role");
    is_int((int64_t)twice, 0, "no name stands twice");
    is_int((int64_t)params, 0, "each parameter stands in its text");
    ok(strcmp(sql_gen_statement[SQL_stamp_get].name, "stamp_get") == 0,
       "the number of a statement leads to it");
    ok(!sql_gen_statement[SQL_COUNT].name, "the list has an end");
}

static void
test_schema(void)
{
    int last = 0;
    size_t odd = 0;

    for (const struct sql_schema *s = sql_gen_schema; s->version; s++) {
        bool guard = strstr(s->file, ".guard.") != NULL;

        odd += s->version != last + !guard;
        odd += strncmp(s->text, "-- schema ", 10) != 0;
        odd += strstr(s->text, "BIGINT") != NULL || strstr(s->text, "/*SQLITE") != NULL;
        last = s->version;
    }
    ok(last > 0, "there is a schema");
    is_int((int64_t)odd, 0, "its versions go up one by one and are SQLite's");
}

int
main(void)
{
    test_statements();
    test_schema();
    return done();
}
