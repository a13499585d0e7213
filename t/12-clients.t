# What we send to the providers is what their own clients send for the same thing: the same method and
# address, the same fields with the same values, the headers that matter. Both speak with the stand-in,
# which wrote down what came.
use strict;
use warnings;
use Clients;
use Cozykart;
use JSON::PP ();
use Test::More;

my $why = Clients::missing();
plan skip_all => $why if $why;
my $house = Cozykart->new(pay => 1, start => 0);
my $pay = $house->pay;
my $clients = Clients->new($house);
my $json = JSON::PP->new->canonical;

# The request as a text in which nothing is left but what means something to the provider.
sub told {
    my ($line) = @_;
    my $h = $line->{headers};
    my $fields = $line->{form} ? $line->{form} : $line->{json};
    # A number of JSON may be spelt 25 or 25.00.
    $fields = { %$fields, amount => sprintf '%.2f', $fields->{amount} } if $line->{json} && defined $fields->{amount} && !ref $fields->{amount};
    my $query = join '&', sort map { s/%5B/[/gri =~ s/%5D/]/gri =~ s/\[\]/[0]/gr } grep { length } split /&/, $line->{query};
    my $type = ($h->{'content-type'} // '') =~ s/;.*//r;
    # A client may say of a question that it has no body.
    $type = '' if $line->{method} eq 'GET';
    return join "\n", "$line->{method} $line->{path}?$query", "type $type", 'key ' . ($h->{'idempotency-key'} // $h->{'paypal-request-id'} // ''), 'auth ' . ($h->{authorization} // '') =~ s/(Bearer) A21AA\w+/$1 token/r,
        'version ' . join(' ', grep { defined } @$h{qw(stripe-version api-version-date x-shopify-access-token)}), 'body ' . (length $line->{body} && $fields ? $json->pretty->encode($fields) : '');
}

# Ours; gives the answer's body.
sub asks {
    my ($name, @args) = @_;
    my $out = `"$ENV{BUILDDIR}/t/asks" "$house->{conf}" @{[map { s/'/'\\''/gr =~ s/^|\z/'/gr } $name, @args]} 2>&1`;
    die "asks $name: $out" if $?;
    my ($status, $body) = $out =~ /^(\d+) (.*)/s;
    like($status, qr/^20[01]\z/, "$name: the provider takes it") or diag $body;
    return $json->decode($body);
}

my $asked = 0;

# Ours and theirs; the first argument of ours is the call's name.
sub same {
    my ($name, $ours, $theirs, $with, %o) = @_;
    my $body = asks(@$ours);
    my ($mine) = reverse $pay->log;
    # The same key at the same place would only be repeated.
    $pay->forget_keys($_) for qw(stripe paypal whop);
    $clients->call($theirs, %$with) unless $o{fails};
    $clients->try($theirs, %$with) if $o{fails};
    my ($official) = grep { $_->{path} !~ /oauth2/ } reverse $pay->log;
    is(told($mine), told($official), "$name: as its client sends it");
    $asked++;
    return $body;
}

my $soon = int $house->now + 3600;
my $back = $house->url('/shop/thanks/x');
my %meta = (ck_kind => 'sale', ck_checkout => '7', ck_race => '128', ck_items => 'TEE:2:2500', ck_title => 'Circuit tee & more', ck_shipping => '500');
my $session = same('a checkout', ['session', 7, 'checkout-7', 'Circuit tee & more', 2500, 2, 'TEE:2:2500', $back, $soon],
    'stripe.session', { key => 'checkout-7', lines => [['Circuit tee & more', 2500, 2], ['Shipping', 500, 1]], back => $back, cancel => $back, reference => '7', expires => $soon, metadata => \%meta });
is($session->{amount_total}, 5500, '… over what it costs');
same('checkouts', ['sessions', 1700000000], 'stripe.sessions', { since => 1700000000 });
my $paid = $pay->pay_checkout($session->{id});
same('a payment and its fee', ['intent', $paid->{payment}], 'stripe.intent', { id => $paid->{payment} });
same('a refund', ['refund', $paid->{payment}, 500, 'giveback-1'], 'stripe.refund', { payment => $paid->{payment}, amount => 500, key => 'giveback-1', metadata => { ck_giveback => 'giveback-1' } });
same('refunds', ['refunds', $paid->{payment}], 'stripe.refunds', { payment => $paid->{payment} });
same('the balance', ['balance'], 'stripe.balance', {});
my $moves = same('its movements', ['moves', 1700000000], 'stripe.moves', { since => 1700000000 });
same('… from a place on', ['moves', 1700000000, $moves->{data}[0]{id}], 'stripe.moves_after', { since => 1700000000, after => $moves->{data}[0]{id} });

my $account = same('an account', ['account', 3, 1777777777000, 'US'], 'stripe.account', { key => 'method-3-1777777777000', country => 'US', metadata => { ck_method => '3' } });
same('an account looked at', ['account_get', $account->{id}], 'stripe.account_get', { id => $account->{id} });
same('its link', ['link', $account->{id}, $back, 'link-3'], 'stripe.link', { account => $account->{id}, refresh => $back, back => $back, key => 'link-3' });
$pay->account_ready($account->{id});
my %to = (to => $account->{id}, group => 'ck-payout-9');
my $transfer = same('a transfer', ['send-stripe', 9, 'ck-payout-9', $account->{id}, 2550], 'stripe.transfer', { %to, key => 'ck-payout-9', amount => 2550, metadata => { ck_payout => '9' } });
same('a transfer by its name', ['look-stripe', 9, 'ck-payout-9', $account->{id}, 2550], 'stripe.transfers', \%to);
same('a transfer by its id', ['look-stripe', 9, 'ck-payout-9', $account->{id}, 2550, $transfer->{id}], 'stripe.transfer_get', { id => $transfer->{id} });

my $batch = same('a batch', ['send-paypal', 10, 'ck-payout-10', 'nova@example.org', 2050], 'paypal.create',
    { key => 'ck-payout-10', request => 'ck-payout-10', to => 'nova@example.org', value => '20.50', subject => 'Your payout from Cozy-Kart', note => 'Payout 10' }, fails => 1)->{batch_header}{payout_batch_id};
same('a batch looked at', ['look-paypal', 10, 'ck-payout-10', 'nova@example.org', 2050, $batch], 'paypal.get', { id => $batch });

my $whop = same('a transfer at Whop', ['send-whop', 11, 'ck-payout-11', 'user_nova', 3000], 'whop.transfer',
    { from => 'biz_cozykart', to => 'user_nova', amount => 30, key => 'ck-payout-11', notes => 'Payout 11', metadata => { ck_payout => '11', ck_key => 'ck-payout-11' } });
same('… by its id', ['look-whop', 11, 'ck-payout-11', 'user_nova', 3000, $whop->{id}], 'whop.transfer_get', { id => $whop->{id} });
same('… by its name', ['look-whop', 11, 'ck-payout-11', 'user_nova', 3000], 'whop.transfers', { origin_id => 'biz_cozykart', destination_id => 'user_nova', first => 100, order => 'created_at', direction => 'asc' });

# What is read to be compared with the books.
my $since = 1790000000;
same('payments at Whop', ['list-whop', $since, 'p'], 'whop.payments', { company_id => 'biz_cozykart', first => 50, updated_after => '2026-09-21T14:13:20Z', direction => 'asc' });
same('transfers at Whop', ['list-whop', $since, 't'], 'whop.transfers', { origin_id => 'biz_cozykart', first => 50, created_after => '2026-09-21T14:13:20Z', direction => 'asc' });
asks('list-shopify', $since);
my $query = ($pay->log('shopify'))[-1]{json};
same('orders of the shop', ['list-shopify', $since], 'shopify.query', $query);

is($asked, 22, 'that is all that is asked by now');
# This test can fail.
isnt(told({ method => 'GET', path => '/v1/x', query => 'a[b]=1', headers => {} }), told({ method => 'GET', path => '/v1/x', query => 'a[c]=1', headers => {} }), 'another field is seen');
$house->stop;
done_testing;
