# The status page tells the truth when a part of the house is gone.
use strict;
use warnings;
use Cozykart;
use Test::More;

my $why = Cozykart::missing() || (grep({ -x "$_/sqlite3" } split /:/, $ENV{PATH} // '') ? undef : 'sqlite3 is not installed');
plan skip_all => $why if $why;
my $house = Cozykart->new;

sub part {
    my ($name) = @_;
    my $status = $house->get_json('/status.json') // return {};
    my ($found) = grep { $_->{name} eq $name } @{ $status->{components} };
    return $found // {};
}
ok($house->wait_for(10, sub { part('Live updates')->{ok} }), 'the job runner gives a sign of life');
ok(part($_)->{ok}, "$_: well") for 'Ledger', 'Vault', 'Live updates';

is(part('Stripe')->{words}, 'last good notice: none yet', 'who is expected to send notices is there');
ok(!part('Shopify')->{name}, 'who is not expected is not');
$house->race(2);
is($house->notice($house->stripe->completed($house->shirt(1)))->{status}, 200, 'a notice');
ok($house->wait_for(10, sub { part('Stripe')->{words} =~ /^last good notice \d+ (?:s|min|min \d+ s) ago$/ }), '… is seen there');

# The last 90 days and what happened, in words that name nobody.
my $status = $house->get_json('/status.json');
is_deeply([map { $_->{part} } @{ $status->{history} }], ['Pages', 'Vault', 'Ledger', 'Work that leaves the house', 'Live updates', 'Overlays', 'Stripe'],
    'each part has its history');
my ($vault_past) = grep { $_->{part} eq 'Vault' } @{ $status->{history} };
is(scalar @{ $vault_past->{days} }, 90, '… of 90 days');
is_deeply([@{ $vault_past->{days}[-1] }{qw(seconds_down worst)}], [0, 'fine'], '… today is fine');
is($vault_past->{days}[0]{worst}, 'unknown', '… of others nobody knows');
is($vault_past->{uptime}, '100.00 %', '… all the time');
is_deeply($status->{incidents}, [], 'nothing happened');
is_deeply([map { $_->{badge_word} } @{ $status->{upkeep} }], [('not yet') x 4], 'nothing has looked after the ledger yet');
is(($house->run('upkeep', 'check'))[0], 0, 'the books are checked');
is(($house->run('member', 'add', 'Zelda Secretname'))[0], 0, 'somebody');
is(system('sqlite3', '-cmd', '.timeout 5000', "$house->{home}/data/ledger.db", q{INSERT INTO alert (kind, key, severity, who, text, raised_at, seen_at, times) VALUES
    ('payout_unknown', 'payout:4711', 'error', 'us', 'of Zelda Secretname', 1000 * unixepoch(), 1, 1),
    ('of_tomorrow', 'member:4711', 'error', 'us', 'of Zelda Secretname', 1000 * unixepoch() - 5000, 1, 1)}), 0, '… and two alerts');
# The page is kept for a moment.
ok($house->wait_for(10, sub { @{ ($status = $house->get_json('/status.json'))->{incidents} } }), 'the page tells');
is_deeply([map { $_->{badge_word} } @{ $status->{upkeep} }], ['not yet', 'not yet', 'good', 'good'], 'what was checked is told');
is_deeply([map { $_->{words} } @{ $status->{incidents} }], ['A payout needed a person.', 'Something needed a person.'], 'so is what happened');
my $page = $house->get('/status')->{content};
unlike($page . $house->get('/status.json')->{content}, qr/Secretname|4711/, '… and nobody and nothing is named');
like($page, qr/role="img" aria-label="Vault: 100\.00 % of the time; no day with trouble"/, 'who does not see the bars hears them');
unlike($house->get('/metrics')->{content}, qr/Secretname|4711/, 'nor in the numbers');

# Stopped, not killed: nothing starts it again.
my ($jobs) = $house->pids('cozykart-jobs');
kill 'STOP', $jobs;
ok($house->wait_for(40, sub { my $p = part('Live updates'); $p->{name} && !$p->{ok} }), 'a silent job runner is told');
ok(part('Ledger')->{ok}, 'the ledger is not to blame');
kill 'CONT', $jobs;
ok($house->wait_for(20, sub { part('Live updates')->{ok} }), 'and well again when it speaks');

my ($vault) = $house->pids('cozykart-vault');
kill 'STOP', $vault;
my $r = $house->get('/status', cookie => 'ck=none');
is($r->{status}, 200, 'the page answers while the vault does not');
ok($house->wait_for(10, sub { my $p = part('Vault'); $p->{name} && !$p->{ok} }), 'and says so');
kill 'CONT', $vault;
ok($house->wait_for(10, sub { part('Vault')->{ok} }), 'until it does');

$house->stop;
done_testing;
