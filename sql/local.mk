# The statements and the schema, embedded into src/db/sql_gen.[ch] (sql/embed.awk).
SQL_QUERIES =
SQL_SCHEMA =
EXTRA_DIST += %D%/embed.awk
