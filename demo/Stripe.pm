# Signed Stripe notices, as Stripe would send them: written against its documents, sharing nothing
# with src/. Used by the race night and by the tests. Core modules only.
package Stripe;

use strict;
use warnings;
use Digest::SHA qw(hmac_sha256_hex);
use JSON::PP ();

my $json = JSON::PP->new->canonical->utf8;
my $count = 0;

sub new {
    my ($class, %o) = @_;
    # secret: the endpoint's whsec_…; salt: makes ids of one run differ from those of another.
    return bless { secret => $o{secret}, salt => $o{salt} // sprintf('%x%x', time, $$), livemode => $o{livemode} ? 1 : 0 }, $class;
}

sub id {
    my ($self, $prefix) = @_;
    return sprintf '%s_%s_%d', $prefix, $self->{salt}, ++$count;
}

# Header value for a body, at a time (default now), by one secret or several.
sub sign {
    my ($self, $body, $t, @secrets) = @_;
    $t //= time;
    @secrets = ($self->{secret}) unless @secrets;
    return join ',', "t=$t", map { 'v1=' . hmac_sha256_hex("$t.$body", $_) } @secrets;
}

sub event {
    my ($self, $type, $object, %o) = @_;
    return $json->encode({
        id => $o{id} // $self->id('evt'), object => 'event', api_version => '2026-10-28.endive',
        created => $o{created} // time, livemode => $self->{livemode} ? JSON::PP::true : JSON::PP::false,
        pending_webhooks => 1, request => { id => undef, idempotency_key => undef },
        type => $type, data => { object => $object },
    });
}

# An order: items [[sku, quantity, unit price], …], race (tag), tax, shipping, title, created.
# Returns what the builders below need.
sub order {
    my ($self, %o) = @_;
    my $sum = 0;
    $sum += $_->[1] * $_->[2] for @{ $o{items} };
    return {
        %o,
        amount => $sum + ($o{tax} // 0) + ($o{shipping} // 0),
        currency => $o{currency} // 'usd',
        payment => $o{payment} // $self->id('pi'), charge => $self->id('ch'), session => $self->id('cs_test'),
        metadata => {
            ck_kind => 'sale',
            ck_items => join(',', map { join ':', @$_ } @{ $o{items} }),
            (defined $o{race} ? (ck_race => "$o{race}") : ()),
            (defined $o{title} ? (ck_title => $o{title}) : ()),
            (defined $o{tax} ? (ck_tax => "$o{tax}") : ()),
            (defined $o{shipping} ? (ck_shipping => "$o{shipping}") : ()),
        },
    };
}

sub completed {
    my ($self, $order, %o) = @_;
    return $self->event($o{type} // 'checkout.session.completed', {
        id => $order->{session}, object => 'checkout.session', mode => 'payment', status => 'complete',
        payment_status => $o{payment_status} // 'paid', amount_total => $order->{amount},
        currency => $order->{currency}, payment_intent => $order->{payment},
        client_reference_id => undef, metadata => $order->{metadata},
        livemode => $self->{livemode} ? JSON::PP::true : JSON::PP::false,
        created => ($order->{created} // time) - 60,
    }, created => $order->{created}, %o);
}

sub intent {
    my ($self, $order, %o) = @_;
    return $self->event('payment_intent.succeeded', {
        id => $order->{payment}, object => 'payment_intent', amount => $order->{amount},
        amount_received => $order->{amount}, currency => $order->{currency}, status => 'succeeded',
        latest_charge => $order->{charge}, metadata => $order->{metadata}, transfer_group => undef,
    }, created => $order->{created}, %o);
}

# Cumulative: everything refunded of this charge so far.
sub charge_refunded {
    my ($self, $order, $total, %o) = @_;
    return $self->event('charge.refunded', {
        id => $order->{charge}, object => 'charge', payment_intent => $order->{payment},
        amount => $order->{amount}, amount_captured => $order->{amount}, amount_refunded => $total,
        refunded => $total == $order->{amount} ? JSON::PP::true : JSON::PP::false,
        currency => $order->{currency}, metadata => $order->{metadata},
    }, %o);
}

sub refund {
    my ($self, $order, $amount, %o) = @_;
    return $self->event($o{type} // 'refund.created', {
        id => $o{refund} // $self->id('re'), object => 'refund', amount => $amount,
        status => $o{status} // 'succeeded', charge => $order->{charge},
        payment_intent => $order->{payment}, currency => $order->{currency}, metadata => {},
    }, %o);
}

sub dispute {
    my ($self, $order, $type, $status, %o) = @_;
    return $self->event($type, {
        id => $o{dispute} // "dp_$order->{payment}", object => 'dispute', amount => $order->{amount},
        charge => $order->{charge}, payment_intent => $order->{payment}, currency => $order->{currency},
        reason => 'fraudulent', status => $status, is_charge_refundable => JSON::PP::false,
        balance_transactions => [],
    }, %o);
}

1;
