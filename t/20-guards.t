#!/usr/bin/perl
# What the ledger file itself refuses, whoever writes to it: t/lib/guards.py tries it with another
# language's SQLite. Not for: refusals of our own programs.
use strict;
use warnings;

my $python = '/usr/bin/python3';
if (!-x $python || system("$python -c 'import sqlite3; sqlite3.Connection.deserialize' 2>/dev/null") != 0) {
    die "python3 with sqlite3 not found, and COZYKART_SKIP_IS_ERROR is set\n" if $ENV{COZYKART_SKIP_IS_ERROR};
    print "1..0 # SKIP python3 with sqlite3 not found\n";
    exit 0;
}
$ENV{SRCDIR} //= '.';
exec $python, "$ENV{SRCDIR}/t/lib/guards.py" or die "exec: $!";
