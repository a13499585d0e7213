# The people's command with a real vault: every subcommand, mistakes, JSON, exit codes.
use strict;
use warnings;
use Cozykart;
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use JSON::PP ();
use POSIX qw(:sys_wait_h);
use Test::More;

my $build = $ENV{BUILDDIR} // '.';
my $dir = tempdir('ckcXXXXXX', TMPDIR => 1, CLEANUP => 1);
make_path("$dir/run", "$dir/live", "$dir/share");
open my $secret, '>', "$dir/secret" or die $!;
print $secret "whsec_test\n";
close $secret;
chmod 0600, "$dir/secret";
open my $conf, '>', "$dir/c.conf" or die $!;
print $conf "mode = test\npath.ledger = $dir/ledger.db\npath.run = $dir/run\npath.live = $dir/live\n",
    "path.share = $dir/share\nstripe.webhook_secret_file = $dir/secret\n";
close $conf;

sub ck {
    my (@args) = @_;
    my $pid = open(my $out, '-|') // die $!;
    if (!$pid) {
        open STDERR, '>', "$dir/err";
        exec "$build/cozykart", '--config', "$dir/c.conf", @args or POSIX::_exit(127);
    }
    my $text = do { local $/; <$out> } // '';
    close $out;
    return ($? >> 8, $text);
}
sub errors { open my $in, '<', "$dir/err" or die $!; local $/; return <$in> // '' }

# Works, and its JSON can be read.
sub json {
    my (@args) = @_;
    my ($code, $text) = ck(@args, '--json');
    is($code, 0, "@args") or diag(errors());
    my $got = eval { JSON::PP->new->utf8->decode($text) };
    ok(defined $got, '… answers in JSON') or diag($text);
    return $got;
}

# Refused: with that code, one line of reason, nothing on the output.
sub refused {
    my ($code, $like, @args) = @_;
    my ($got, $text) = ck(@args);
    is($got, $code, "@args: refused with $code") or diag(errors());
    like(errors(), $like, '… with the reason');
}

refused(66, qr/ledger/, 'member', 'list');
is((ck('init'))[0], 0, 'init makes a ledger');
refused(65, qr/there/, 'init');
refused(75, qr/vault/, 'member', 'add', 'Early');
is((ck('migrate'))[0], 0, 'migrate has nothing to do');

my $vault = fork // die $!;
if (!$vault) {
    open STDERR, '>', "$dir/log";
    exec "$build/cozykart-vault", '--config', "$dir/c.conf" or POSIX::_exit(127);
}
END { local $?; kill 'KILL', $vault if $vault }
Cozykart->wait_for(60, sub { Cozykart::answers("$dir/run/vault-ctl.sock") }) or BAIL_OUT('the vault does not start');

my $apex = json('member', 'add', 'Apex', '--role', 'host')->{member};
json('member', 'add', $_) for qw(Nova Piston);
refused(65, qr/already/, 'member', 'add', 'nova');
refused(64, qr/./, 'member', 'add', "a\tb");
refused(64, qr/./, 'member', 'add');
refused(64, qr/./, 'no', 'such');
refused(64, qr/./, 'member', 'list', '--colour', 'red');
is(scalar(@{ json('member', 'list') }), 3, 'three members');
is(json('member', 'add', 'Drift', '--key', 'k1')->{member}, json('member', 'add', 'Drift', '--key', 'k1')->{member}, 'the same key, the same member');
refused(65, qr/k1/, 'member', 'add', 'Other', '--key', 'k1');
is((ck('role', 'grant', 'Nova', 'dj'))[0], 0, 'a role is granted');
refused(64, qr/role/, 'role', 'grant', 'Nova', 'king');
refused(66, qr/member/, 'role', 'grant', 'Nobody', 'dj');
is(json('role', 'grant', 'discord:80351110224678912', 'operator')->{name}, 'Driver', 'the first operator may be somebody of Discord whom nobody saw yet');
is(json('role', 'grant', 'discord:80351110224678912', 'staff')->{name}, 'Driver', 'who is a member once');
is_deeply([map { "$_->{name}: $_->{roles}" } @{ json('role', 'list') }], ['Apex: host', 'Nova: dj', 'Driver: operator,staff'], 'the list says who has which roles');
is((ck('role', 'revoke', 'discord:80351110224678912', 'staff'))[0], 0, 'a role is taken away');
is_deeply([map { $_->{roles} } grep { $_->{name} eq 'Driver' } @{ json('role', 'list') }], ['operator'], 'and the other stays');
refused(66, qr/account/, 'role', 'revoke', 'discord:80351110224678913', 'staff');
refused(66, qr/member/, 'role', 'grant', 'discord:12x', 'staff');
refused(64, qr/why/, 'member', 'block', 'Nova');
is((ck('member', 'block', 'Nova', '--reason', 'asked for it'))[0], 0, 'a member is blocked');
refused(77, qr/blocked/, 'login-link', 'Nova');
is((ck('member', 'unblock', 'Nova', '--reason', 'asked again'))[0], 0, 'and free again');
is((ck('login-link', 'Nova'))[0], 0, 'to log in');
like(json('login-link', 'Nova', '--minutes', 5)->{token}, qr/^[\w-]{43}$/, 'a login link');
refused(66, qr/member/, 'login-link', 'Nobody');
like(json('overlay', 'add', 'stream')->{token}, qr/^[\w-]{43}$/, 'an overlay');
refused(65, qr/stream/, 'overlay', 'add', 'stream');
is((ck('overlay', 'revoke', 'stream'))[0], 0, 'it is revoked');
refused(66, qr/stream/, 'overlay', 'revoke', 'stream');

is((ck('product', 'add', 'TEE', 'Circuit tee', '9.00'))[0], 0, 'a product');
refused(65, qr/TEE/, 'product', 'add', 'TEE', 'Circuit tee', '9.00');
refused(64, qr/./, 'product', 'add', 'CAP', 'Cap', '9.001');
is((ck('product', 'cost', 'TEE', '8.50'))[0], 0, 'its cost changes');
refused(66, qr/CAP/, 'product', 'cost', 'CAP', '1.00');
is(json('product', 'list')->[0]{sku}, 'TEE', 'products are listed');

json('rule', 'add', 'half', '--pool-bps', 5000);
refused(64, qr/pool.bps/, 'rule', 'add', 'half', '--pool-bps', 9001);
ok(scalar(@{ json('rule', 'list') }) >= 1, 'rules are listed');
is(json('rule', 'show', 'half')->{pool_bps}, 5000, 'and shown');
refused(66, qr/./, 'rule', 'show', 'nothing');

my $race = json('race', 'open', '--host', 'Apex', '--name', 'Test race')->{race};
is($race, 1, 'the first race');
refused(64, qr/host/, 'race', 'open');
refused(66, qr/Nobody/, 'race', 'open', '--host', 'Nobody');
is(json('race', 'join', $race, 'Nova')->{seat}, 1, 'the first seat');
refused(65, qr/racer|seat/, 'race', 'start', $race);
is(json('race', 'join', $race, 'Piston')->{seat}, 2, 'the second');
refused(65, qr/./, 'race', 'join', $race, 'Nova');
is((ck('race', 'start', $race))[0], 0, 'it starts');
refused(65, qr/./, 'race', 'start', $race);
refused(65, qr/./, 'race', 'join', $race, 'Drift');
is(json('race', 'show', $race)->{state}, 'RUNNING', 'it runs');
refused(66, qr/99/, 'race', 'show', 99);
is(scalar(@{ json('race', 'list') }), 1, 'it is listed');
my $would = json('simulate', '--at', 'now', '--gross', '25.00', '--sku', 'TEE');
is($would->{pool}, 500, 'an order would give a fifth');
refused(64, qr/./, 'simulate', '--at', 'now', '--gross', '-1');
is((ck('race', 'leave', $race, 'Piston'))[0], 0, 'one leaves');
is((ck('race', 'finish', $race))[0], 0, 'the flag');
refused(65, qr/./, 'race', 'finish', $race);
is((ck('race', 'result', $race, '--seat', 1, '--place', 1))[0], 0, 'a place');
refused(64, qr/./, 'race', 'result', $race, '--seat', 1);
like(json('race', 'show', $race)->{waits}, qr/^final at .* unless somebody objects/, 'what it waits for');
is(json('race', 'dispute', $race, 'Nova', '--reason', 'it was a tie')->{dispute}, 1, 'a dispute');
refused(65, qr/still open/, 'race', 'dispute', $race, 'Nova', '--reason', 'once more');
refused(77, qr/only drivers/, 'race', 'dispute', $race, 'Apex', '--reason', 'I saw it');
is(json('race', 'disputes')->[0]{reason}, 'it was a tie', 'it is listed');
like(json('race', 'show', $race)->{waits}, qr/under review/, 'and holds the final');
refused(64, qr/uphold/, 'race', 'decide', 1);
is((ck('race', 'decide', 1, '--uphold', '--reason', 'The camera shows it.'))[0], 0, 'it is upheld');
refused(65, qr/closed already/, 'race', 'decide', 1, '--withdraw');
is(json('race', 'disputes', $race)->[0]{answer}, 'The camera shows it.', 'with the reason');
is(scalar(@{ json('race', 'disputes') }), 0, 'none is open');
my @fix = ('race', 'fix', $race, '--places', '1=2', '--reason', 'The camera shows it.');
refused(64, qr/seat=place/, 'race', 'fix', $race, '--places', '1:2', '--reason', 'The camera shows it.');
my $look = json(@fix);
is($look->{rows}[0]{after}{place}, 2, 'a look at a correction');
is(json('race', 'show', $race)->{seats}[0]{place}, 1, 'changes nothing');
refused(65, qr/look again/, @fix, '--apply', '0' x 64);
is(json(@fix, '--apply', $look->{hash})->{applied}, JSON::PP::true, 'applied with its hash');
is(json('race', 'show', $race)->{seats}[0]{place}, 2, 'it stays');
refused(64, qr/nothing would change/, @fix, '--apply', $look->{hash});
is((ck('race', 'void', $race, '--reason', 'rain'))[0], 0, 'it is called off');
is(json('race', 'show', $race)->{state}, 'VOID', 'and void');

is(json('balance', 'Nova')->{pending}, 0, 'a balance');
refused(66, qr/Nobody/, 'balance', 'Nobody');
json('statement', 'Nova');
is(scalar(@{ json('explain', 'Nova', '--at', 'now')->{reasons} }), 0, 'nothing to explain yet');
refused(64, qr/./, 'explain', 'Nova', '--at', 'yesterday');
is(ref json('inbox', 'list'), 'ARRAY', 'the inbox');
refused(66, qr/7/, 'inbox', 'show', 7);
refused(66, qr/7/, 'inbox', 'replay', 7);
is(ref json('jobs', 'list'), 'ARRAY', 'the jobs');
refused(66, qr/999999/, 'jobs', 'retry', 999999);
is(ref json('alerts'), 'ARRAY', 'the alerts');
is_deeply(json('upkeep', 'list'), [], 'nothing has run yet');
refused(64, qr/--limit/, 'upkeep', 'list', '--limit', '0');
is(json('tick')->{steps} // 0, 0, 'time has nothing to do');
is(json('verify')->{found}, 0, 'the books are right');
is((ck('backup', "$dir/copy.db"))[0], 0, 'a backup');
ok(-s "$dir/copy.db", '… is there');
is_deeply([glob "$dir/copy.db*"], ["$dir/copy.db"], '… in one file');
is((ck('verify', "$dir/copy.db"))[0], 0, '… and can be checked again');
refused(65, qr/copy\.db/, 'backup', "$dir/copy.db");
isnt((ck('check'))[0], 0, 'check misses the other processes');
like((ck('check', '--settings'))[1], qr/path\.ledger/, '… and explains the settings');
ok(json('version')->{version}, 'a version');
for my $command ('', 'init', 'race open', 'verify', 'inbox replay') {
    my ($code, $text) = ck(split(/ /, $command), '--help');
    is($code, 0, "cozykart $command --help");
    like($text, qr/cozykart/, '… says how');
}
kill 'TERM', $vault;
waitpid $vault, 0;
is($?, 0, 'the vault ends in peace');
$vault = 0;
done_testing;
