# cozykart verify: the good file of t/25-audit.t is clean, and every kind of damage planted there is
# found, but for what only the auditor can judge.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

my $src = $ENV{SRCDIR} || '.';
my $verify = ($ENV{BUILDDIR} || '.') . '/cozykart';
my ($python) = grep { -x $_ && system("$_ -c 'import sqlite3' 2>/dev/null") == 0 } '/usr/bin/python3', '/usr/local/bin/python3';
plan skip_all => 'python3 with sqlite3 not found' if !$python;

my $dir = tempdir(CLEANUP => !$ENV{KEEP});
open my $conf, '>', "$dir/c.conf" or die $!;
print $conf "mode = test\npath.ledger = $dir/none.db\npath.run = $dir\npath.live = $dir\npath.share = $dir\n";
close $conf or die $!;

# Verify has no head from outside to compare with; a file written anew as a whole no longer fits its seals.
my %auditor_only;
# Not a ledger any more: refused with a reason, not judged.
my %refused = ('I25 table gone' => 1);
# Verify names the same damage by the check that recomputes it first.
my %other = (
    'I26 tail cut everything fitted'      => 'I32',
    'I26 whole file written again'        => 'I32',
    'I31 fee booked twice'                => 'I32', # the auditor counts them
    'I17 currency of an account changed'  => 'I1',
    'I22 reverses a later entry'          => 'I20',
    'I21 release changed'                 => 'I13',
    'I20 refund part changed'             => 'I13',
    'I20 refund before changed'           => 'I13',
    'I20 refund taken from another wallet' => 'I8',
    'I20 refund booked again'             => 'I9',
    'I20 refund names another race'       => 'I21',
    'I25 text where a number belongs'     => 'I18',
);

# Exit status (or "killed by N") and what was printed.
sub verified {
    my ($path) = @_;
    open my $p, '-|', "exec $verify --config $dir/c.conf verify $path 2>&1" or die "$verify: $!";
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

my $good = "$dir/good.db";
printed($python, "$src/t/lib/ledger_gen.py", "$src/sql", $good);
my ($rc, $out) = verified($good);
is($rc, 0, 'a good file is clean') or diag($out);
like($out, qr/ 0 differences;/, '… and says so');

mkdir "$dir/damage" or die $!;
my $n = 0;
for (printed($python, "$src/t/lib/ledger_damage.py", $good, "$dir/damage")) {
    my ($check, $name, $path) = split /\t/;
    my $kind = "$check $name";
    ($rc, $out) = verified($path);
    $n++;
    if ($auditor_only{$kind}) {
        is($rc, 0, "$kind: only the auditor, with a head from a receipt");
    } elsif ($refused{$kind}) {
        ok($rc =~ /^(65|70)$/ && $out =~ /^cozykart: /m, "$kind: refused") or diag("exit $rc\n$out");
    } else {
        my $by = $other{$kind} // $check;
        ok($rc eq '1' && $out =~ /^$by /m, "$kind: found by $by") or diag("exit $rc\n", substr $out, 0, 600);
    }
    unlink $path if !$ENV{KEEP};
}
cmp_ok($n, '>=', 100, 'all kinds of damage were tried');
done_testing;
