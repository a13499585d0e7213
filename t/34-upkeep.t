# Looking after the books: the daily check with its second opinion, sealed days kept outside the ledger.
use strict;
use warnings;
use Cozykart;
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use JSON::PP ();
use POSIX ();
use Test::More;

my $src = $ENV{SRCDIR} // '.';
my $build = $ENV{BUILDDIR} // '.';
my ($python) = grep { -x $_ && system("$_ -c 'import sqlite3' 2>/dev/null") == 0 } '/usr/bin/python3', '/usr/local/bin/python3';
die "python3 with sqlite3 not found, and COZYKART_SKIP_IS_ERROR is set\n" if !$python && $ENV{COZYKART_SKIP_IS_ERROR};
plan skip_all => 'python3 with sqlite3 not found' if !$python;

my $dir = tempdir('ckuXXXXXX', TMPDIR => 1, CLEANUP => !$ENV{KEEP});
make_path("$dir/run", "$dir/live", "$dir/share");
open my $conf, '>', "$dir/c.conf" or die $!;
print $conf "mode = test\npath.ledger = $dir/ledger.db\npath.run = $dir/run\npath.live = $dir/live\n",
    "path.share = $dir/share\nseal.keep_dir = $dir/seals\n";
close $conf or die $!;

sub ck {
    my (@args) = @_;
    my $pid = open(my $out, '-|') // die $!;
    if (!$pid) {
        open STDERR, '>', "$dir/err" or die $!;
        exec "$build/cozykart", '--config', "$dir/c.conf", @args or POSIX::_exit(127);
    }
    my $text = do { local $/; <$out> } // '';
    close $out;
    return ($? >> 8, $text);
}
sub slurp { my ($file) = @_; open my $in, '<', $file or return ''; local $/; return <$in> // '' }
sub spew { my ($file, $text) = @_; open my $out, '>', $file or die $!; print $out $text; close $out or die $!; return }
sub json { my (@args) = @_; return JSON::PP->new->utf8->decode((ck(@args, '--json'))[1]) }
sub sql { my ($text) = @_; return system($python, '-c', 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1], timeout=60); d.executescript(sys.argv[2]); d.commit()', "$dir/ledger.db", $text) == 0 }

my $vault;
sub vault_up {
    $vault = fork // die $!;
    if (!$vault) {
        open STDERR, '>>', "$dir/vault.log" or die $!;
        exec "$build/cozykart-vault", '--config', "$dir/c.conf" or POSIX::_exit(127);
    }
    # A vault that was killed left its sockets behind.
    Cozykart->wait_for(60, sub { Cozykart::answers("$dir/run/vault-upkeep.sock") }) or BAIL_OUT('the vault does not start');
    return;
}
sub vault_down { kill 'TERM', $vault; waitpid $vault, 0; return }
END { kill 'KILL', $vault if $vault && kill 0, $vault }

is(system("$python '$src/t/lib/ledger_gen.py' '$src/sql' '$dir/ledger.db' >$dir/made.log"), 0, 'a ledger with seals, written by another program');
ok(sql('PRAGMA journal_mode = WAL'), '… opened');
vault_up();
kill 'KILL', $vault;
waitpid $vault, 0;
my ($code, $text) = ck('upkeep', 'check');
is($code, 75, 'books that hold, and no vault to tell: busy');
like(slurp("$dir/err"), qr/vault/, '… with the reason');

vault_up();
($code, $text) = ck('upkeep', 'check');
is($code, 0, 'the books hold') or diag($text, slurp("$dir/err"));
like($text, qr/^ok   the books hold\n    nothing differs; entries: \d+, .*\nok   a second opinion/m, '… in words');
my @runs = @{ json('upkeep', 'list') };
is_deeply([map { "$_->{kind} " . ($_->{good} ? 1 : 0) } @runs], ['audit 1', 'verify 1'], 'the vault was told of both');
is($runs[0]{seq}, $runs[1]{seq}, '… as of the same entry');
like($runs[1]{head}, qr/^[0-9a-f]{64}$/, '… with its hash');
like((ck('upkeep', 'list'))[1], qr/^\S+Z  audit   good  nothing differs; entries: \d+\n\S+Z  verify  good  /, 'people can read them');

# Sealed days.
($code, $text) = ck('seal', 'keep');
is($code, 0, 'sealed days are kept') or diag(slurp("$dir/err"));
my @files = sort glob "$dir/seals/*";
is(scalar @files, 30, '… each as a file of its own');
is((stat $files[0])[2] & 07777, 0640, '… that others cannot read');
like(slurp($files[7]), qr/^cozykart seal 1\n.*key [0-9a-f]{64}\nsignature \S+\n\z/s, '… as the page gives it');
is((ck('verify', '--against', $files[7]))[0], 0, 'one can be held against the ledger');
my $before = (stat $files[3])[9] - 10;
utime $before, $before, $files[3];
is(json('seal', 'keep')->{written}, 0, 'nothing is written twice');
is((stat $files[3])[9], $before, '… nor touched');
unlink $files[4];
is((ck('seal', 'keep', "$dir/seals"))[1], "30 sealed days, 1 of them new in $dir/seals\n", 'a lost one is written again');
my $was = slurp($files[5]);
spew($files[5], $was =~ s/day \d{4}/day 1999/r);
($code, $text) = ck('seal', 'keep');
is($code, 1, 'a seal that reads otherwise now is told');
my ($altered) = $files[5] =~ m{([^/]+)\z};
like($text, qr/^BAD  \Q$altered\E: the ledger has another seal/m, '… by its name');
spew($files[5], $was);
spew("$dir/seals/seal-2199-01-01.txt", $was);
is((ck('seal', 'keep'))[0], 1, 'and one that the ledger does not know');
unlink "$dir/seals/seal-2199-01-01.txt";
is((ck('seal', 'keep'))[0], 0, 'then all is well');
is((ck('seal', 'keep', "$dir/none/at/all"))[0], 66, 'a folder that cannot be made');
is_deeply([grep { /\.new$/ } glob "$dir/seals/.*"], [], 'nothing is left half');

# Damage.
ok(sql('DROP TRIGGER posting_bu; UPDATE posting SET amount = amount + 1 WHERE seq = 3'), 'an amount is altered behind our back');
($code, $text) = ck('upkeep', 'check');
is($code, 1, 'the check ends with 1');
like($text, qr/^BAD  the books hold: \d+ differences?, the first: I\d+ /m, '… says what verify found');
like($text, qr/^BAD  a second opinion says so too: \d+ differences?, the first: I\d+ /m, '… and what the other found');
is_deeply([sort map { $_->{kind} } grep { $_->{kind} =~ /_failed$/ } @{ json('alerts') }], ['audit_failed', 'verify_failed'], 'people are alerted');
rename "$dir/ledger.db", "$dir/away.db";
($code, $text) = ck('upkeep', 'check');
is($code, 1, 'a ledger that cannot be read is not well');
like($text, qr/could not look: /, '… in words');
rename "$dir/away.db", "$dir/ledger.db";
vault_down();
($code, $text) = ck('upkeep', 'check');
is($code, 1, 'a difference is a difference where the vault is away too');
like($text, qr/^the vault was not told: /m, '… who is not told then');
done_testing;
