# cozykart-audit: a good file, written by a third program from sql/FORMAT.md alone, is clean; each
# planted damage is found and named; a file with changed bytes never makes it fall over.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

my $src = $ENV{SRCDIR} || '.';
my $audit = ($ENV{BUILDDIR} || '.') . '/cozykart-audit';
my ($python) = grep { -x $_ && system("$_ -c 'import sqlite3' 2>/dev/null") == 0 } '/usr/bin/python3', '/usr/local/bin/python3';
die "python3 with sqlite3 not found, and COZYKART_SKIP_IS_ERROR is set\n" if !$python && $ENV{COZYKART_SKIP_IS_ERROR};
plan skip_all => 'python3 with sqlite3 not found' if !$python;

my $dir = tempdir(CLEANUP => !$ENV{KEEP});
my $good = "$dir/good.db";

# Exit status (or "killed by N") and what was printed.
sub looked_at {
    my (@args) = @_;
    open my $p, '-|', "exec $audit @args 2>&1" or die "$audit: $!";
    my $out = do { local $/; <$p> } // '';
    close $p;
    return ($? & 127 ? 'killed by ' . ($? & 127) : $? >> 8, $out);
}

sub printed {
    my (@command) = @_;
    open my $p, '-|', @command or die "@command: $!";
    my @lines = <$p>;
    close $p or die "@command failed";
    chomp @lines;
    return @lines;
}

my ($made) = printed($python, "$src/t/lib/ledger_gen.py", "$src/sql", $good);
my ($seq, $sha) = split / /, $made;

my ($rc, $out) = looked_at('--full', $good);
is($rc, 0, 'a good file is clean') or diag($out);
like($out, qr/^$seq entries, [1-9]\d* postings: clean, 0 differences$/m, 'the summary counts what was looked at');
($rc, $out) = looked_at("--since-head $seq:$sha", $good);
is($rc, 0, 'a head known before is still in the chain');
($rc, $out) = looked_at("--since-head 1:$sha", $good);
is($rc, 1, 'a head that never was is not');
like($out, qr/^I26 journal 1: /m, '… and the line says so');
($rc, $out) = looked_at('--json', $good);
is($out, qq({"entries":$seq,"postings":) . ($out =~ /"postings":(\d+)/)[0] . qq(,"differences":0}\n), 'JSON has the same sums');
($rc, $out) = looked_at('--quiet', $good);
is($out, '', 'quiet prints nothing');

for (['--help', 0], ['', 2], ["$dir/none.db", 2], ["--since-head 5 $good", 2], ["--nonsense $good", 2]) {
    ($rc) = looked_at($_->[0]);
    is($rc, $_->[1], "exit status $_->[1] for '" . ($_->[0] =~ s{\Q$dir\E/}{}r) . "'");
}
open my $f, '>', "$dir/text.db" or die $!;
print $f "this is no database\n" x 500;
close $f or die $!;
is((looked_at("$dir/text.db"))[0], 2, 'a text file cannot be looked at');

mkdir "$dir/damage" or die $!;
my %seen;
for (printed($python, "$src/t/lib/ledger_damage.py", $good, "$dir/damage")) {
    my ($check, $name, $path, $args) = split /\t/;
    ($rc, $out) = looked_at($args // '', $path);
    ok($rc eq '1' && $out =~ /^$check /m, "$check: $name") or diag("exit $rc\n", substr $out, 0, 600);
    $seen{$check}++;
    unlink $path if !$ENV{KEEP};
}
my @never = grep { !$seen{"I$_"} } grep { $_ != 11 } 1 .. 30, 32;
is("@never", '', 'every check was the one to name some damage');

mkdir "$dir/bits" or die $!;
my (@fell, $found);
for (printed($python, "$src/t/lib/ledger_damage.py", $good, "$dir/bits", $ENV{SEED} || 7, 300)) {
    ($rc, $out) = looked_at('--full', $_);
    push @fell, "$_: exit $rc: " . substr $out, 0, 300 if $rc !~ /^[012]$/ || $out =~ /runtime error|AddressSanitizer/;
    $found += $rc ne '0';
    unlink $_ if !@fell;
}
is("@fell", '', '300 files with changed bytes: found or harmless, never a fall');
cmp_ok($found, '>', 150, 'most of them are found');
done_testing;
