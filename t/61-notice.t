# What a signed notice can be, and what a forged or broken one gets.
use strict;
use warnings;
use Cozykart;
use JSON::PP ();
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $house = Cozykart->new;
my $race = $house->race(8);
my $stripe = $house->stripe;

sub inbox { return scalar @{ $house->json('inbox', 'list') } }
sub pot { return $house->json('race', 'show', $race)->{pot} }
sub problem { return eval { JSON::PP::decode_json($_[0]{content}) } || {} }

my $good = $stripe->completed($house->shirt($race));
my %bad = (
    'without a signature'        => sub { $house->post('/hooks/stripe', $good, 'content-type' => 'application/json') },
    'with another secret'        => sub { $house->notice($good, 'stripe-signature' => $stripe->sign($good, time, 'whsec_other')) },
    'with a changed byte'        => sub { $house->notice($good =~ s/2500/2501/r, 'stripe-signature' => $stripe->sign($good)) },
    'with an old time'           => sub { $house->notice($good, 'stripe-signature' => $stripe->sign($good, time - 301 - 5)) },
    'with a time ahead'          => sub { $house->notice($good, 'stripe-signature' => $stripe->sign($good, time + 301 + 60)) },
    'with only v0'               => sub { $house->notice($good, 'stripe-signature' => $stripe->sign($good) =~ s/v1=/v0=/r) },
    'with capital hex'           => sub { $house->notice($good, 'stripe-signature' => $stripe->sign($good) =~ s/v1=(.*)/'v1=' . uc $1/er) },
    'with an empty signature'    => sub { $house->notice($good, 'stripe-signature' => '') },
    'with nonsense as signature' => sub { $house->notice($good, 'stripe-signature' => 't=,v1=,' x 400) },
);
for my $name (sort keys %bad) {
    my $r = $bad{$name}->();
    like($r->{status}, qr/^40[01]$/, "a notice $name is refused");
    like($r->{headers}{'content-type'}, qr{^application/problem\+json}, '… as a problem');
    ok(problem($r)->{detail} && problem($r)->{request_id}, '… in words, with its request') or diag($r->{content});
}
is(inbox(), 0, 'none of them is stored');

my $r = $house->notice('x' x (1024 * 1024 + 1));
is($r->{status}, 413, 'a body over the limit: 413');
$r = $house->notice('not json at all');
is($r->{status}, 400, 'signed, but not JSON: 400');
$r = $house->notice($good, 'content-type' => 'text/plain');
like($r->{status}, qr/^(?:200|415)$/, 'another content type is no reason to lose a notice');
is($house->get('/hooks/none')->{status}, 404, 'a hook that is not there');
my $before = inbox();

# Several secrets in one header: one fits.
is($house->notice($good, 'stripe-signature' => $stripe->sign($good, time, 'whsec_other', $house->{secret}))->{status}, 200, 'one of two signatures fits');
is(pot(), 500, 'and the sale counts');
is($house->notice($good)->{status}, 200, 'the same event again: 200');
is(pot(), 500, 'and one booking');

# One payment, two kinds of events, both orders.
my $order = $house->shirt($race);
is($house->notice($stripe->intent($order))->{status}, 200, 'payment_intent.succeeded first');
is($house->notice($stripe->completed($order))->{status}, 200, 'checkout.session.completed second');
is(pot(), 1000, 'one payment is one sale');

# Stored and set aside, with a reason and an alert.
my $aside = 0;
for my $case (
    ['an unknown currency', { currency => 'xxx' }], ['a negative amount', { amount => -2500 }],
    ['an amount of zero', { amount => 0 }], ['an absurd amount', { amount => 9007199254740991 }],
    ['an amount that is no integer', { amount => 25.5 }],
) {
    my ($name, $change) = @$case;
    my $o = $house->shirt($race);
    $o->{$_} = $change->{$_} for keys %$change;
    is($house->notice($stripe->completed($o))->{status}, 200, "$name: 200");
    $aside++;
    my @kept = grep { $_->{state} eq 'set_aside' } @{ $house->json('inbox', 'list') };
    is(scalar @kept, $aside, '… kept aside');
    ok(length $kept[0]{reason}, "… with its reason: $kept[0]{reason}");
}
is(pot(), 1000, 'none of them moved the pot');
ok(scalar(@{ $house->json('alerts') }) >= $aside, 'each raised an alert');

# Live mode events do not belong to a test installation.
my $live = Stripe->new(secret => $house->{secret}, livemode => 1);
$r = $house->notice($live->completed($house->shirt($race)));
is($r->{status}, 200, 'a live event on a test installation is kept');
is(pot(), 1000, '… and not booked');

# Types we do not act on.
is($house->notice($stripe->event('customer.created', { id => 'cus_1', object => 'customer' }))->{status}, 200, 'an unknown type is acknowledged');
is((grep { $_->{type} eq 'customer.created' } @{ $house->json('inbox', 'list') })[0]{state}, 'ignored', '… and stored');
is($house->notice($stripe->completed($house->shirt($race), payment_status => 'unpaid'))->{status}, 200, 'completed, but unpaid');
is(pot(), 1000, '… is no sale yet');

# No known cost: booked with cost 0, and an alert.
my $odd = $stripe->order(items => [['UNKNOWN', 1, 2500]], race => $race, created => time);
is($house->notice($stripe->completed($odd))->{status}, 200, 'a product without a known cost');
is(pot(), 1500, '… counts');
ok((grep { $_->{kind} eq 'cost_missing' } @{ $house->json('alerts') }), '… and raises an alert');

# Refund before its sale; cumulative and single figures of the same refund.
my $early = $house->shirt($race);
is($house->notice($stripe->charge_refunded($early, 1000))->{status}, 200, 'a refund before its sale waits');
is($house->notice($stripe->completed($early))->{status}, 200, 'the sale arrives');
is(pot(), 1500 + 500 - 200, '… and the refund is applied');
is($house->notice($stripe->refund($early, 1000))->{status}, 200, 'the same refund by its own id');
is(pot(), 1800, '… takes nothing more');
is($house->notice($stripe->charge_refunded($early, 2500))->{status}, 200, 'the rest goes back');
is(pot(), 1500, '… the pot is where it was');
is($house->notice($stripe->charge_refunded($early, 2500))->{status}, 200, 'the same figure in another event');
is(pot(), 1500, '… takes nothing more');

my @applied = grep { $_->{state} eq 'failed' } @{ $house->json('inbox', 'list') };
is(scalar @applied, 0, 'no notice failed');
$house->stop;
done_testing;
