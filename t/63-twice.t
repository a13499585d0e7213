# The same notices at once, again, and in every order: one booking each.
use strict;
use warnings;
use Cozykart;
use HTTP::Tiny;
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $house = Cozykart->new(workers => 4);
my $race = $house->race(8);
my $stripe = $house->stripe;

sub pot { return $house->json('race', 'show', $race)->{pot} }

# So many processes send the same list of bodies, each in an order of its own; gives the bad answers.
sub storm {
    my ($senders, @bodies) = @_;
    my @pids;
    for my $n (1 .. $senders) {
        my $pid = fork // die;
        if (!$pid) {
            srand $n;
            my $http = HTTP::Tiny->new(timeout => 20, keep_alive => 1);
            my $bad = 0;
            for my $body (sort { $a->[1] <=> $b->[1] } map { [$_, rand] } @bodies) {
                my $r = $http->post($house->url('/hooks/stripe'), { content => $body->[0],
                    headers => { 'content-type' => 'application/json', 'stripe-signature' => $stripe->sign($body->[0]) } });
                $bad++ unless $r->{status} == 200;
            }
            POSIX::_exit($bad > 255 ? 255 : $bad);
        }
        push @pids, $pid;
    }
    my $bad = 0;
    for (@pids) { waitpid $_, 0; $bad += $? >> 8 }
    return $bad;
}

my @sales = map { $house->shirt($race) } 1 .. 40;
my @bodies = map { ($stripe->completed($_), $stripe->intent($_)) } @sales;
is(storm(10, @bodies), 0, 'ten senders deliver 80 notices of 40 payments at once: every one gets 200');
is(pot(), 40 * 500, 'each payment counts once');
is($house->json('race', 'show', $race)->{sales}, 40, 'forty sales');

my @refunds = map { ($stripe->charge_refunded($_, 1000), $stripe->charge_refunded($_, 2500), $stripe->refund($_, 1500)) } @sales[0 .. 9];
is(storm(8, @refunds), 0, 'refunds of ten of them, three notices each, eight times, in any order');
is(pot(), 30 * 500, 'ten sales are gone from the pot');

# Whole lives of payments, shuffled: the end is always the same.
my @life;
for (1 .. 12) {
    my $o = $house->shirt($race);
    push @life, $stripe->completed($o), $stripe->intent($o), $stripe->charge_refunded($o, 500), $stripe->charge_refunded($o, 1500);
}
is(storm(6, @life), 0, 'twelve payments with two refunds each, everything shuffled');
is(pot(), 30 * 500 + 12 * 200, 'the pot is what is left of them');
is(scalar(grep { $_->{state} =~ /failed|waiting/ } @{ $house->json('inbox', 'list') }), 0, 'nothing waits or failed');
$house->stop;
done_testing;
