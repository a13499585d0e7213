# Seals, judged by another program: bytes, sums and signatures are made again from sql/FORMAT.md with Python and openssl.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

my $src = $ENV{SRCDIR} || '.';
my $build = $ENV{BUILDDIR} || '.';
my ($python) = grep { -x $_ && system("$_ -c 'import sqlite3' 2>/dev/null") == 0 } '/usr/bin/python3', '/usr/local/bin/python3';
plan skip_all => 'python3 with sqlite3 not found' if !$python;
plan skip_all => 'no openssl program' if system('openssl version >/dev/null 2>&1') != 0;

my $dir = tempdir(CLEANUP => !$ENV{KEEP});
my $key = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';

system("$build/t/unit/seal $dir/ledger.db >/dev/null");
my $said = `$python $src/t/lib/seals.py $dir/ledger.db $key 2>&1`;
is($? >> 8, 0, 'every seal of ours is what the format says, and openssl accepts its signature') or diag($said);
like($said, qr/^45 seals$/m, '… 45 of them');
$said = `$python $src/t/lib/seals.py $dir/ledger.db ${\ ('00' x 32)} 2>&1`;
is($? >> 8, 1, 'another key is noticed');

# The way that /seals tells people to go.
my $seal = `$python -c 'import base64, sqlite3, sys
text, sig, key = sqlite3.connect(sys.argv[1]).execute("SELECT text, signature, key FROM seal ORDER BY day LIMIT 1").fetchone()
print(text + "key " + key.hex() + "\\nsignature " + base64.b64encode(sig).decode())' $dir/ledger.db`;
open my $out, '>', "$dir/seal.txt" or die $!;
print $out $seal;
close $out or die $!;
my $by_hand = q{cd DIR && sed '/^key /,$d' seal.txt >text && sed -n 's/^signature //p' seal.txt | base64 -d >signature &&
  (printf '302a300506032b6570032100'; sed -n 's/^key //p' seal.txt) | perl -ne 'chomp; print pack "H*", $_' >key.der &&
  openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key.der -in text -sigfile signature 2>&1} =~ s/DIR/$dir/r;
like(`$by_hand`, qr/Signature Verified Successfully/, 'a seal file can be checked by hand');
system("sed -i 's/^day 2023/day 2024/' $dir/seal.txt");
unlike(`$by_hand`, qr/Signature Verified Successfully/, '… and a changed one fails');
done_testing;
