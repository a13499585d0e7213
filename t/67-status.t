# The status page tells the truth when a part of the house is gone.
use strict;
use warnings;
use Cozykart;
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $house = Cozykart->new;

sub part {
    my ($name) = @_;
    my $status = $house->get_json('/status.json') // return;
    my ($found) = grep { $_->{name} eq $name } @{ $status->{components} };
    return $found;
}
ok($house->wait_for(10, sub { part('Live updates')->{ok} }), 'the job runner gives a sign of life');
ok(part($_)->{ok}, "$_: well") for 'Ledger', 'Vault', 'Live updates';

is(part('Stripe')->{words}, 'last good notice: none yet', 'who is expected to send notices is there');
ok(!part('Shopify'), 'who is not expected is not');
$house->race(2);
is($house->notice($house->stripe->completed($house->shirt(1)))->{status}, 200, 'a notice');
ok($house->wait_for(10, sub { part('Stripe')->{words} =~ /^last good notice \d+ s ago$/ }), '… is seen there');

# Stopped, not killed: nothing starts it again.
my ($jobs) = $house->pids('cozykart-jobs');
kill 'STOP', $jobs;
ok($house->wait_for(40, sub { !part('Live updates')->{ok} }), 'a silent job runner is told');
ok(part('Ledger')->{ok}, 'the ledger is not to blame');
kill 'CONT', $jobs;
ok($house->wait_for(20, sub { part('Live updates')->{ok} }), 'and well again when it speaks');

my ($vault) = $house->pids('cozykart-vault');
kill 'STOP', $vault;
my $r = $house->get('/status', cookie => 'ck=none');
is($r->{status}, 200, 'the page answers while the vault does not');
ok($house->wait_for(10, sub { !part('Vault')->{ok} }), 'and says so');
kill 'CONT', $vault;
ok($house->wait_for(10, sub { part('Vault')->{ok} }), 'until it does');
$house->stop;
done_testing;
