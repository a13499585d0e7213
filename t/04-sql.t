# SQL stands in sql/ alone, is portable where it can be, is all used, and the generator refuses
# what would be found too late otherwise. That each statement prepares: t/unit/stmt.c; that the hot
# ones use an index: t/unit/plan.c.
use strict;
use warnings;
use File::Find;
use File::Temp qw(tempdir);
use Test::More;

my $src = $ENV{SRCDIR} || '.';

sub slurp {
    my ($path) = @_;
    open my $f, '<', $path or die "$path: $!";
    local $/;
    return scalar <$f>;
}

sub files {
    my ($dir, $match) = @_;
    my @found;
    find({ wanted => sub { push @found, $File::Find::name if /$match/ }, no_chdir => 1 },
        "$src/$dir");
    return sort @found;
}

my @sources = grep { !m{/sql_gen\.[ch]$} } files('src', qr/\.[ch]$/);
my @queries = files('sql/query', qr/\.sql$/);
my @schemas = files('sql/schema', qr/\.sql$/);

# C sources hold no SQL. src/db has the few texts of transactions and settings; the auditor, who
# shares nothing with the rest, has statements of its own; db/twin.c asks ledgers of every schema,
# also of those that no statement of this program fits.
my (@sql_in_c, %text_of);
for my $file (@sources) {
    my $text = slurp($file);
    $text_of{$file} = $text;
    next if $file =~ m{/src/(?:audit/|db/twin\.c$)};
    $text =~ s{/\*.*?\*/}{}gs;
    my $words = $file =~ m{/src/db/}
        ? qr/SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|REPLACE|ATTACH|WITH/
        : qr/SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|REPLACE|ATTACH|WITH|PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|VACUUM/;
    push @sql_in_c, "$file: $1" while $text =~ /"\s*((?:$words) [^"\n]*)"/g;
}
is_deeply(\@sql_in_c, [], 'no SQL in C sources');

# Not portable, or a way around the guards.
my %banned = (
    'OR REPLACE and its kin' => qr/\bOR\s+(REPLACE|IGNORE|ABORT|FAIL|ROLLBACK)\b/i,
    'REPLACE INTO'           => qr/\bREPLACE\s+INTO\b/i,
    'rowid'                  => qr/\b_?rowid_?\b/i,
    'GLOB'                   => qr/\bGLOB\b/i,
    'times by the database'  => qr/\b(datetime|strftime|julianday|unixepoch)\s*\(|\bCURRENT_(TIME|DATE|TIMESTAMP)\b/i,
    'json_each and its kin'  => qr/\bjson_\w+\s*\(/i,
    'random by the database' => qr/\brandom(blob)?\s*\(/i,
    'REAL or FLOAT'          => qr/\b(REAL|FLOAT|DOUBLE)\b/i,
    'AUTOINCREMENT'          => qr/\bAUTOINCREMENT\b/i,
    'double quotes'          => qr/"/,
    'PRAGMA'                 => qr/\bPRAGMA\b/i,
);
for my $file (@queries, @schemas) {
    my $text = slurp($file);
    my @bad;
    $text =~ s{/\*SQLITE:.*?\*/}{}gs;
    $text =~ s/--.*$//mg;
    $text =~ s/'[^']*'/''/g;
    for my $name (sort keys %banned) {
        push @bad, $name if $text =~ $banned{$name};
    }
    is_deeply(\@bad, [], "$file is portable and goes around no guard");
}
for my $file (grep { !/\.guard\.sqlite\.sql$/ } @schemas) {
    unlike(slurp($file), qr/\bCREATE\s+TRIGGER\b/i, "$file leaves triggers to its guard file");
}

# Lists and disk agree.
my $list = slurp("$src/sql/local.mk");
my @missing = grep { m{(sql/)(.*)} && index($list, "%D%/$2") < 0 }
    map { s{^\Q$src\E/}{}r } @queries, @schemas;
is_deeply(\@missing, [], 'every file of sql/ is listed in sql/local.mk');

# Every statement is used, under its own name.
my $all_c = join "\n", map { $text_of{$_} } grep { /\.c$/ } @sources;
my (@unused, %known);
for my $file (@queries) {
    my $text = slurp($file);
    while ($text =~ /^-- name: (\S+)/mg) {
        $known{$1} = 1;
        push @unused, "$file: $1" unless $all_c =~ /\bSQL_$1\b/;
    }
}
ok(keys(%known) > 0, 'there are statements');
is_deeply(\@unused, [], 'every statement is used by a C source');

# The generator.
my $dir = tempdir(CLEANUP => 1);
mkdir "$dir/$_" for qw(query schema);

sub generate {
    my ($part, %files) = @_;
    my @names;
    for my $name (sort keys %files) {
        open my $f, '>', "$dir/$name" or die $!;
        print $f $files{$name};
        close $f;
        push @names, "$dir/$name";
    }
    my $said = `awk -f '$src/sql/embed.awk' -v part=$part @names 2>&1`;
    return ($? == 0, $said);
}

my $head = "-- A file for the test.\n\n";

sub refused {
    my ($text, $why, $name) = @_;
    my ($good, $said) = generate('c', 'query/x.sql' => $text);
    ok(!$good && $said =~ $why, $name) or diag($said);
}

my ($good, $said) = generate('c', 'query/x.sql' => $head . <<'END');
-- name: one  role: vault read  rows: one
-- said in words
SELECT a, ':no' AS b -- it's not this
  FROM t WHERE b <> '--' AND a = :a AND b = :b_2 AND c = :a;

-- name: two  role: vault  rows: none
INSERT INTO t (a) VALUES (:x);
END
ok($good, 'a good file is taken') or diag($said);
like($said, qr/"SELECT a, ':no' AS b FROM t WHERE b <> '--' AND a = :a AND b = :b_2 AND c = :a"/,
    'comments and breaks go');
like($said, qr/param_one\[\] = \{":a", ":b_2"\};/, 'parameters once, in order, none from a text');
like($said, qr/SQL_ROLE_VAULT \| SQL_ROLE_READ, SQL_ROWS_ONE, 2/, 'roles, rows and their number');
($good, $said) = generate('h', 'query/x.sql' => slurp("$dir/query/x.sql"));
like($said, qr/SQL_one,\s+SQL_two,\s+SQL_COUNT/, 'numbers in order');

my $h = '-- name: one  role: vault  rows: one';
refused($head . "$h\nSELECT a FROM t;\n$h\nSELECT b FROM t;\n", qr/twice/, 'a name twice');
refused($head . "$h\nSELECT a FROM t\n", qr/no ';'/, 'a missing ; at the end of the file');
refused($head . "$h\nSELECT a FROM t\n-- name: two  role: vault  rows: one\nSELECT a FROM t;\n",
    qr/no ';'/, 'a missing ; before the next');
refused($head . "$h\nSELECT a FROM t; SELECT b FROM t;\n", qr/two statements/, 'two on a line');
refused($head . "$h\nSELECT a FROM t;\nSELECT b FROM t;\n", qr/without a/, 'two on two lines');
refused($head . "SELECT a FROM t;\n", qr/without a/, 'a statement without a name');
refused("SELECT a FROM t;\n", qr/first line/, 'a file that does not say what it is');
refused($head . "$h\nSELECT * FROM t;\n", qr/SELECT \*/, 'SELECT *');
refused($head . "$h\nSELECT t.* FROM t;\n", qr/SELECT \*/, 'SELECT t.*');
refused($head . "-- name: one  role: vault  rows: none\nINSERT OR REPLACE INTO t (a) VALUES (1);\n",
    qr/OR REPLACE/, 'OR REPLACE');
refused($head . "-- name: one  role: root  rows: one\nSELECT a FROM t;\n", qr/unknown role/,
    'an unknown role');
refused($head . "-- name: one  rows: one\nSELECT a FROM t;\n", qr/header/, 'a missing role');
refused($head . "-- name: one  role: vault  rows: few\nSELECT a FROM t;\n", qr/header/,
    'an unknown kind of rows');
refused($head . "-- name: one  role: vault  rows: none\nSELECT a FROM t;\n", qr/does not fit/,
    'rows: none for a SELECT');
refused($head . "$h\nUPDATE t SET a = 1;\n", qr/does not fit/, 'rows: one for an UPDATE');
refused($head . "-- name: one  role: read  rows: none\nUPDATE t SET a = 1;\n", qr/may not write/,
    'a reader that writes');
refused($head . "$h\nSELECT a FROM t WHERE a = ?;\n", qr/:name/, 'a parameter without a name');
refused($head . "$h\nSELECT " . join(' + ', map { ":p$_" } 1 .. 33) . ";\n", qr/32/,
    '33 parameters');

sub schema {
    my ($want, $name, %files) = @_;
    unlink glob "$dir/schema/*";
    my ($taken, $told) = generate('c', map { ("schema/$_" => $files{$_}) } keys %files);
    is($taken ? 1 : 0, $want, $name) or diag($told);
    return $told;
}

my $table = "CREATE TABLE t (\n  a BIGINT -- it's \"a\"\n) /*SQLITE: STRICT*/;\n";
$said = schema(1, 'a schema', '0001-a.sql' => "-- schema 0001\n$table");
like($said, qr/\Q  a INTEGER -- it's \"a\"\n"\E\n.*\Q") STRICT;\n"\E/, 'is turned into SQLite\'s');
schema(0, 'a gap in the versions', '0001-a.sql' => "-- schema 0001\n", '0003-b.sql' => "-- schema 0003\n");
schema(0, 'a version twice', '0001-a.sql' => "-- schema 0001\n", '0001-b.sql' => "-- schema 0001\n");
schema(0, 'a head that does not fit the name', '0001-a.sql' => "-- schema 0002\n");
schema(0, 'a guard without its schema', '0001-a.guard.sqlite.sql' => "-- schema 0001\n");
schema(0, 'a name without number', 'a.sql' => "-- schema 0001\n");

done_testing();
