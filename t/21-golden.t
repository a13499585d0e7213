#!/usr/bin/perl
# The journal's hash, computed by another program from the paper alone: the frozen vectors, and the
# chain of a real ledger file. Not for: the C side of the vectors (unit/hash).
use strict;
use warnings;
use File::Temp;
use Test::More;

my ($src, $build) = ($ENV{SRCDIR} // '.', $ENV{BUILDDIR} // '.');
my $python = '/usr/bin/python3';
die "python3 not found, and COZYKART_SKIP_IS_ERROR is set\n" if !-x $python && $ENV{COZYKART_SKIP_IS_ERROR};
plan skip_all => 'python3 not found' if !-x $python;

sub golden { my $said = qx($python $src/t/lib/golden.py @_ 2>&1); chomp $said; return $said }

is(golden('check', "$src/t/data/golden-journal.txt"), 'good', 'the vectors follow from the paper');
open my $f, '<', "$src/t/data/golden-journal.txt" or die;
is(golden('make') . "\n", join('', <$f>), 'and are these bytes');

my $dir = File::Temp->newdir;
is(system("$build/t/unit/hash", "$dir/ledger.db"), 0, 'a ledger is written');
is(golden('ledger', "$dir/ledger.db"), 'good', 'its chain rebuilds to the head');
my ($sqlite) = grep { -x } map {"$_/sqlite3"} split /:/, $ENV{PATH};
die "sqlite3 not found, and COZYKART_SKIP_IS_ERROR is set\n" if !$sqlite && $ENV{COZYKART_SKIP_IS_ERROR};
SKIP: {
    skip 'sqlite3 not found', 2 unless $sqlite;
    is(system('sqlite3', "$dir/ledger.db", "DROP TRIGGER journal_bu; UPDATE journal SET actor = 'me' WHERE seq = 5"), 0,
        'one word is changed');
    is(golden('ledger', "$dir/ledger.db"), 'entry 5 differs', 'and found');
}
done_testing;
