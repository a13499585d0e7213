# Turns sql/schema/*.sql and sql/query/*.sql into src/db/sql_gen.h (part=h) and sql_gen.c (part=c).
# Not for: checking what a statement means; t/04-sql.t prepares each one. Plain POSIX awk.

function refuse(why) {
    printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
    failed = 1
    exit 1
}

function quoted(s) {
    gsub(/\\/, "\\\\", s)
    gsub(/"/, "\\\"", s)
    gsub(/\?/, "\\?", s)
    return "\"" s "\""
}

# Without a comment at its end; two dashes inside a text are none.
function uncommented(s,    from, at, before) {
    from = 1
    while ((at = index(substr(s, from), "--")) > 0) {
        before = substr(s, 1, from + at - 2)
        if (gsub(/'/, "'", before) % 2 == 0)
            return before
        from += at
    }
    return s
}

# "role: vault read" to the C mask.
function mask_of(words,    n, i, w, m) {
    n = split(words, w, " ")
    if (!n)
        refuse("a role is missing")
    for (i = 1; i <= n; i++) {
        if (w[i] !~ /^(vault|read|migrate)$/)
            refuse("unknown role " w[i])
        m = m (i > 1 ? " | " : "") "SQL_ROLE_" toupper(w[i])
    }
    return m
}

function header(line,    at_role, at_rows) {
    if (name != "")
        refuse("statement " name " has no ';'")
    if (line !~ /^-- name: [a-z][a-z0-9_]* +role: [a-z ]+rows: (none|one|many)$/)
        refuse("a header is '-- name: x  role: vault read migrate  rows: none|one|many'")
    at_role = index(line, " role: ")
    at_rows = index(line, " rows: ")
    name = substr(line, 10, at_role - 10)
    gsub(/ /, "", name)
    if (name in known)
        refuse("statement " name " stands twice")
    known[name] = 1
    roles = substr(line, at_role + 7, at_rows - at_role - 7)
    mask = mask_of(roles)
    rows = substr(line, at_rows + 7)
    text = ""
}

# Parameter names in order of first appearance: the order in which SQLite numbers them.
function params_of(plain,    p, i, list) {
    n_params = 0
    list = ""
    while (match(plain, /:[a-z][a-z0-9_]*/)) {
        p = substr(plain, RSTART, RLENGTH)
        plain = substr(plain, RSTART + RLENGTH)
        if ((count SUBSEP p) in seen_param)
            continue
        seen_param[count, p] = 1
        n_params++
        list = list (n_params > 1 ? ", " : "") quoted(p)
    }
    if (n_params > 32)
        refuse("statement " name " has more than 32 parameters")
    return list
}

function statement(    plain, upper, params, gives) {
    plain = text
    gsub(/'[^']*'/, "''", plain)
    upper = toupper(plain)
    if (plain ~ /;./)
        refuse("two statements under the name " name)
    if (upper ~ /SELECT +(DISTINCT +)?\*/ || upper ~ /[A-Z0-9_]\.\*/ || upper ~ /RETURNING +\*/)
        refuse("SELECT * in " name)
    if (upper ~ / OR +(REPLACE|IGNORE|ABORT|FAIL|ROLLBACK) / || upper ~ /^REPLACE /)
        refuse("OR REPLACE and its kin in " name)
    if (plain ~ /[?@$]/)
        refuse("parameters are written :name, in " name)
    gives = upper ~ /^(SELECT|VALUES) / || upper ~ / RETURNING / ||
        (upper ~ /^WITH / && upper !~ /(INSERT INTO|UPDATE|DELETE FROM) /)
    if ((rows != "none") != gives)
        refuse("rows: " rows " does not fit the statement " name)
    if (roles ~ /read/ && upper !~ /^(SELECT|WITH|VALUES) /)
        refuse("role read may not write, in " name)
    params = params_of(plain)
    names[count] = name
    if (params != "")
        arrays = arrays "static const char *const param_" name "[] = {" params "};\n"
    sub(/;$/, "", text)
    table = table "    [SQL_" name "] = {" quoted(name) ", " mask ", SQL_ROWS_" toupper(rows) ", " \
        n_params ", " (params != "" ? "param_" name : "NULL") ",\n        " quoted(text) "},\n"
    count++
    name = ""
}

function file_ends() {
    if (name != "")
        refuse("statement " name " has no ';'")
    if (in_schema)
        schemas = schemas "},\n"
    in_schema = 0
}

function file_begins(    base, v) {
    base = FILENAME
    sub(/.*\//, "", base)
    if (FILENAME !~ /schema\/[^\/]*$/) {
        if ($0 !~ /^-- /)
            refuse("the first line says what the file is for")
        return
    }
    v = substr(base, 1, 4)
    if (base !~ /^[0-9][0-9][0-9][0-9]-[a-z0-9-]+(\.guard\.sqlite)?\.sql$/ || $0 != "-- schema " v)
        refuse("schema files are NNNN-topic[.guard.sqlite].sql and begin with '-- schema NNNN'")
    if (v + 0 != version + (base ~ /\.guard\./ ? 0 : 1))
        refuse("schema versions go up one by one, guards follow their schema")
    version = v + 0
    in_schema = 1
    schemas = schemas "    {" version ", " quoted(base) ",\n"
}

BEGIN {
    count = version = 0
}

FNR == 1 {
    file_ends()
    file_begins()
}

# Schema files are portable: what only SQLite needs is covered as /*SQLITE: … */, and STRICT tables
# know BIGINT as INTEGER.
in_schema {
    line = $0
    gsub(/BIGINT/, "INTEGER", line)
    if (sub(/\/\*SQLITE: */, "", line) && !sub(/ *\*\//, "", line))
        refuse("/*SQLITE: has its */ on the same line")
    schemas = schemas "        " substr(quoted(line), 1, length(quoted(line)) - 1) "\\n\"\n"
    next
}

/^-- name:/ {
    header($0)
    next
}

/^[ \t]*(--.*)?$/ { next }

{
    if (name == "")
        refuse("text without a '-- name:' header (two statements under one name?)")
    line = uncommented($0)
    gsub(/\t/, " ", line)
    gsub(/^ +| +$/, "", line)
    if (line == "")
        next
    text = text (text != "" ? " " : "") line
    if (line ~ /;$/)
        statement()
}

END {
    if (failed)
        exit 1
    file_ends()
    if (part == "h") {
        print "/* Made by sql/embed.awk: the number of each statement. Not for: editing. */"
        print "#pragma once\n\nenum sql {"
        for (i = 0; i < count; i++)
            print "    SQL_" names[i] ","
        print "    SQL_COUNT\n};"
    } else {
        print "/* Made by sql/embed.awk: statements and schema texts. Not for: editing. */"
        print "#include \"db/sql.h\"\n"
        print "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
        print arrays
        print "const struct sql_statement sql_gen_statement[SQL_COUNT + 1] = {\n" table
        print "    [SQL_COUNT] = {NULL, 0, SQL_ROWS_NONE, 0, NULL, NULL},\n};\n"
        print "const struct sql_schema sql_gen_schema[] = {\n" schemas "    {0, NULL, NULL},\n};"
    }
}
