# The stand-ins of the payment providers are judged by the providers' own clients: these can call them,
# and accept what they sign. Then: they repeat the first answer to a key, move money once, and fail as
# ordered; else the tests that lean on them could not fail.
use strict;
use warnings;
use Clients;
use Cozykart;
use HTTP::Tiny;
use JSON::PP ();
use POSIX ();
use Test::More;

my $house = Cozykart->new(pay => 1, start => 0, clock => 0);
my $pay = $house->pay;
my $json = JSON::PP->new->utf8;
my $token = Clients::secret($house, 'stripe-api.key');

# A connection a request: HTTP::Tiny asks again by itself where a kept one broke.
sub ask {
    my ($method, $path, $form, %header) = @_;
    my $http = HTTP::Tiny->new(keep_alive => 0, timeout => delete $header{timeout} // 120, max_redirect => 0);
    my $body = ref $form ? $http->www_form_urlencode($form) : $form;
    my %all = (authorization => "Bearer $token", (defined $body ? ('content-type' => 'application/x-www-form-urlencoded') : ()), %header);
    my $r = $http->request($method, $pay->url($path), { headers => \%all, (defined $body ? (content => $body) : ()) });
    return { status => $r->{status}, headers => $r->{headers}, body => scalar(eval { $json->decode($r->{content}) }), text => $r->{content} };
}

# --- Stripe by hand: keys, failures

my $account = ask(POST => '/v1/accounts', { country => 'US', 'capabilities[transfers][requested]' => 'true' })->{body}{id};
like($account, qr/^acct_/, 'an account');
my %transfer = (amount => 2000, currency => 'usd', destination => $account, transfer_group => 'payout-1');
is(ask(POST => '/v1/transfers', \%transfer)->{body}{error}{code}, 'insufficient_capabilities_for_transfer', 'nothing goes to an account that is not set up');
$pay->account_ready($account);
my $first = ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => 'a');
my $again = ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => 'a');
is($again->{text}, $first->{text}, 'the same key gives the first answer');
is($again->{headers}{'idempotent-replayed'}, 'true', '… and says so');
is($pay->moved($account), 2000, '… and moves money once');
my $other = ask(POST => '/v1/transfers', { %transfer, amount => 2001 }, 'idempotency-key' => 'a');
is("$other->{status} $other->{body}{error}{type}", '400 idempotency_error', 'the same key for something else is refused');
is(ask(POST => '/v1/transfers', { %transfer, colour => 'red' })->{body}{error}{code}, 'parameter_unknown', 'unknown parameters are refused');
is(ask(POST => '/v1/transfers', { %transfer, amount => '20.00' })->{status}, 400, 'so is an amount that is no integer');
is(ask(POST => '/v1/transfers', { %transfer, destination => 'acct_x' }, 'idempotency-key' => 'b')->{body}{error}{code}, 'resource_missing', 'and nobody as destination');
is(ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => 'b')->{status}, 200, '… which did not use up the key');
is(ask(GET => '/v1/balance', undef, authorization => 'Bearer sk_test_wrong')->{status}, 401, 'a wrong key');
is(scalar @{ ask(GET => "/v1/transfers?transfer_group=payout-1&destination=$account")->{body}{data} }, 2, 'transfers are found by their group');
is(scalar @{ ask(GET => '/v1/transfers?transfer_group=payout-2')->{body}{data} }, 0, '… and others not');
$pay->forget_keys('stripe');
isnt(ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => 'a')->{text}, $first->{text}, 'a forgotten key works again');
is($pay->moved($account), 6000, '… and moves money again');
ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => 'day');
$house->ahead(86401);
ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => 'day');
is($pay->moved($account), 10000, 'so does one that is older than a day');

sub came { my ($key) = @_; return grep { ($_->{headers}{'idempotency-key'} // '') eq $key } $pay->log('stripe') }

# What each order does: status, and by how much the money moves, first and when it is sent again.
for my $case (
    ['cut_before', 599, 0, 200, 2000], ['cut_after', 599, 2000, 200, 2000], ['cut_half', 599, 2000, 200, 2000], ['500_before', 500, 0, 200, 2000], ['500_after', 500, 2000, 500, 2000],
    ['500_kept', 500, 0, 500, 0], ['502_after', 502, 2000, 200, 2000], ['429', 429, 0, 200, 2000], ['409', 409, 0, 200, 2000], ['400:account_closed', 400, 0, 400, 0], ['hang', 599, 0, 200, 2000], ['hang_after', 599, 2000, 200, 2000],
) {
    my ($how, $status, $moved, $status2, $moved2) = @$case;
    my $before = $pay->moved($account);
    $pay->rule('stripe', 'POST /v1/transfers', $how);
    # Who hangs up early waits until it has come.
    is(ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => $how, $how =~ /^hang/ ? (timeout => 1) : ())->{status}, $status, "$how: status");
    $house->wait_for(60, sub { came($how) }) if $how =~ /^hang/;
    is($pay->moved($account) - $before, $moved, '… money');
    is(ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => $how)->{status}, $status2, '… sent again');
    is($pay->moved($account) - $before, $moved2, '… money');
}
# While an answer takes its time: longer where this process is too slow to look meanwhile.
my ($waits, $slow, $other_status, $busy);
for my $ms (1500, 15_000, 60_000) {
    $slow = "slow-$ms";
    $pay->rule('stripe', 'POST /v1/transfers', "late:$ms");
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => $slow);
        POSIX::_exit(0);
    }
    $house->wait_for(60, sub { came($slow) });
    $other_status = ask(GET => '/v1/balance')->{status};
    $busy = ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => $slow)->{body}{error}{code};
    $waits = waitpid($pid, POSIX::WNOHANG()) == 0;
    waitpid $pid, 0 if $waits;
    last if $waits;
}
is($other_status, 200, 'a slow answer does not keep others waiting');
ok($waits, '… at all: it comes later');
is($busy, 'idempotency_key_in_use', 'its key is in use');
is(ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => $slow)->{status}, 200, '… until it is answered');
$pay->balance('stripe', 1999);
is(ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => 'poor')->{body}{error}{code}, 'balance_insufficient', 'no more than there is');
$pay->balance('stripe', 1000000);
is(ask(POST => '/v1/transfers', \%transfer, 'idempotency-key' => 'poor')->{body}{error}{code}, 'balance_insufficient', '… and the key stands for that answer');
my ($line) = grep { ($_->{headers}{'idempotency-key'} // '') eq 'cut_after' } $pay->log('stripe');
is("$line->{method} $line->{path} $line->{form}{amount} $line->{effect}", 'POST /v1/transfers 2000 1', 'the log has what was sent and whether it did something');

# --- the providers' own clients

my $why = Clients::missing();
SKIP: {
    skip $why, 1 if $why;
    my $c = Clients->new($house);

    my %meta = (ck_kind => 'sale', ck_items => 'TEE:1:2500');
    my $session = $c->call('stripe.session', key => 's1', lines => [['Circuit tee', 2500, 1]], back => $house->url('/shop/thanks/x'), cancel => $house->url('/shop'), reference => '7', metadata => \%meta, expires => int $house->now + 3600);
    like($session->{url}, qr{/c/pay/cs_test_}, 'a checkout with an address');
    is($c->call('stripe.session_get', id => $session->{id})->{status}, 'open', '… that is open');
    my $page = HTTP::Tiny->new(max_redirect => 0);
    like($page->get($session->{url})->{content}, qr/Pay \$25\.00.*Circuit tee.*>Pay</s, 'its page has a button');
    is($page->post($session->{url}, { content => 'do=pay', headers => { 'content-type' => 'application/x-www-form-urlencoded' } })->{headers}{location}, $house->url('/shop/thanks/x'), '… that leads back');
    $session = $c->call('stripe.session_get', id => $session->{id});
    is("$session->{status} $session->{payment_status} $session->{metadata}{ck_items}", 'complete paid TEE:1:2500', 'now it is paid');
    my $intent = $c->call('stripe.intent', id => $session->{payment_intent});
    is($intent->{latest_charge}{balance_transaction}{fee}, 103, 'the charge has its fee: 2.9 % and 30');
    is($intent->{metadata}{ck_kind}, 'sale', '… and the metadata');
    my $refund = $c->call('stripe.refund', key => 'r1', payment => $intent->{id}, amount => 500, metadata => { ck_giveback => 'giveback-1' });
    is("$refund->{status} $refund->{amount}", 'succeeded 500', 'a refund');
    is($c->call('stripe.refunds', payment => $intent->{id})->{data}[0]{id}, $refund->{id}, '… is listed');
    is($c->try('stripe.refund', key => 'r2', payment => $intent->{id}, amount => 2001, metadata => {})->{error}{status}, 400, 'no more than was paid');
    my $gone = $c->call('stripe.session', key => 's2', lines => [['Mug', 1600, 2]], back => $house->url('/x'), cancel => $house->url('/x'), reference => '8', metadata => {}, expires => int $house->now + 3600);
    is($c->call('stripe.session_expire', id => $gone->{id}, key => 's2x')->{status}, 'expired', 'a checkout can be ended');
    my $late = $c->call('stripe.session', key => 's3', lines => [['Mug', 1600, 2]], back => $house->url('/x'), cancel => $house->url('/x'), reference => '9', metadata => {}, expires => int $house->now + 3600);
    $house->ahead(3700);
    is($c->call('stripe.session_get', id => $late->{id})->{status}, 'expired', '… and ends by itself');

    my $a = $c->call('stripe.account', key => 'm1', country => 'US', metadata => { ck_method => '1' });
    is($a->{capabilities}{transfers}, 'inactive', 'an account that is new');
    my $link = $c->call('stripe.link', key => 'l1', account => $a->{id}, refresh => $house->url('/wallet/payout?again'), back => $house->url('/wallet/payout'));
    like($page->get($link->{url})->{content}, qr/Finish/, 'its set-up has a page');
    is($page->get($link->{url})->{headers}{location}, $house->url('/wallet/payout?again'), '… once');
    $page->post($link->{url}, { content => 'do=ready', headers => { 'content-type' => 'application/x-www-form-urlencoded' } });
    is($c->call('stripe.account_get', id => $a->{id})->{capabilities}{transfers}, 'active', '… after which it can be paid');
    my $t = $c->call('stripe.transfer', key => 't1', amount => 2500, to => $a->{id}, group => 'payout-9', metadata => { ck_payout => '9' });
    is($c->call('stripe.transfer_get', id => $t->{id})->{metadata}{ck_payout}, '9', 'a transfer');
    is($c->call('stripe.transfers', group => 'payout-9', to => $a->{id})->{data}[0]{id}, $t->{id}, '… is found by its group');
    $c->call('stripe.reversal', id => $t->{id}, amount => 500);
    is($pay->moved($a->{id}), 2000, 'a part of it comes back');
    my %sum = (charge => 0, refund => 0);
    my $moves = $c->call('stripe.moves', since => 0);
    $sum{ $_->{type} } += $_->{amount} for @{ $moves->{data} };
    is("$sum{charge} $sum{refund}", '2500 -500', 'the movements of the balance');
    my $all = $c->call('stripe.moves_all');
    is_deeply($all, [map { $_->{id} } @{ $moves->{data} }], 'page by page they are the same');
    is($c->call('stripe.moves_after', since => 0, after => $all->[1])->{data}[0]{id}, $all->[2], '… from any place on');
    like($c->call('stripe.balance')->{available}[0]{amount}, qr/^\d+\z/, 'the balance');
    $pay->dispute($intent->{id}, 'created');
    is($c->call('stripe.events', types => ['charge.dispute.created'])->{data}[0]{data}{object}{status}, 'needs_response', 'events can be read again');

    my %payout = (key => 'payout-3', to => 'nova@example.org', value => '20.00', subject => 'Your payout', note => 'Payout 3', request => 'payout-3');
    $pay->item_default('PENDING');
    my $batch = $c->call('paypal.create', %payout)->{batch_header};
    is("$batch->{batch_status} $batch->{sender_batch_header}{sender_batch_id}", 'PENDING payout-3', 'a batch of PayPal');
    is($c->call('paypal.create', %payout)->{batch_header}{payout_batch_id}, $batch->{payout_batch_id}, 'the same request gives the same');
    my $twice = $c->try('paypal.create', %payout, request => 'another')->{error};
    is($twice->{status}, 400, 'a batch id works once');
    like($twice->{message}, qr{/v1/payments/payouts/\Q$batch->{payout_batch_id}\E"}, '… and leads to the first');
    my $got = $c->call('paypal.get', id => $batch->{payout_batch_id});
    is($got->{items}[0]{transaction_status}, 'PENDING', 'its item waits');
    $pay->item('payout-3', 'UNCLAIMED');
    is($c->call('paypal.get', id => $batch->{payout_batch_id})->{items}[0]{errors}{name}, 'RECEIVER_UNREGISTERED', '… for somebody to claim it');
    is($pay->moved('nova@example.org'), 2000, 'the money is with him');
    is($c->call('paypal.cancel', id => $got->{items}[0]{payout_item_id})->{transaction_status}, 'RETURNED', 'until it is cancelled');
    is($pay->moved('nova@example.org'), 0, '… and back');
    is($c->call('paypal.item', id => $got->{items}[0]{payout_item_id})->{sender_batch_id}, 'payout-3', 'the item by itself');
    $pay->expire_tokens;
    my $before = () = $pay->log('paypal');
    $c->call('paypal.get', id => $batch->{payout_batch_id});
    is(join(' ', map { $_->{status} } ($pay->log('paypal'))[$before .. $before + 2]), '401 200 200', 'a token ends; the client gets another');

    my %whop = (from => 'biz_cozykart', to => 'user_nova', amount => 25.5, notes => 'Payout 4', metadata => { ck_key => 'payout-4' });
    my $w = $c->call('whop.transfer', %whop, key => 'payout-4');
    is("$w->{amount} $w->{destination}{id}", '25.5 user_nova', 'a transfer at Whop');
    is($c->call('whop.transfer', %whop, key => 'payout-4')->{id}, $w->{id}, 'the same key gives the same');
    is($pay->moved('user_nova'), 2550, '… and moves money once');
    is($c->call('whop.transfer_get', id => $w->{id})->{metadata}{ck_key}, 'payout-4', 'by its id');
    $c->call('whop.transfer', %whop, key => "payout-5-$_") for 1 .. 3;
    is(scalar @{ $c->call('whop.transfers_all', destination_id => 'user_nova', origin_id => 'biz_cozykart', first => 2) }, 4, 'page by page');
    is($c->try('whop.transfer', %whop, from => 'biz_other', key => 'x')->{error}{status}, 403, 'not out of another account');
    my $p = $pay->whop_payment(amount => 2500, quiet => 1);
    is($c->call('whop.payments', company_id => 'biz_cozykart')->[0]{id}, $p->{payment}, 'its payments');
    is($c->call('whop.refund', id => $p->{payment}, amount => 5)->{refunded_amount}, 5, 'a refund');

    $pay->order(items => [['TEE', 1, 2500, 'Circuit tee']], attributes => { race => 128 }, shipping => 500, tax => 200);
    my $second = $pay->order(items => [['MUG', 2, 1600, 'Paddock mug']], test => 1);
    $house->ahead(10);
    $pay->order_refund($second->{order}, amount => 600);
    my $query = 'query($after: String, $q: String) { orders(first: 1, after: $after, query: $q, sortKey: UPDATED_AT) { pageInfo { hasNextPage endCursor } nodes { id legacyResourceId name test createdAt updatedAt cancelledAt displayFinancialStatus currencyCode totalPriceSet { shopMoney { amount } } netPaymentSet { shopMoney { amount } } customAttributes { key value } } } }';
    my $orders = $c->call('shopify.query', query => $query, variables => { q => 'updated_at:>=\'2026-01-01T00:00:00Z\'' })->{orders};
    is("$orders->{nodes}[0]{totalPriceSet}{shopMoney}{amount} $orders->{nodes}[0]{customAttributes}[0]{value}", '32.00 128', 'orders of the shop');
    $orders = $c->call('shopify.query', query => $query, variables => { q => 'updated_at:>=\'2026-01-01T00:00:00Z\'', after => $orders->{pageInfo}{endCursor} })->{orders};
    is("$orders->{nodes}[0]{legacyResourceId} $orders->{nodes}[0]{displayFinancialStatus} $orders->{nodes}[0]{netPaymentSet}{shopMoney}{amount}", "$second->{order} PARTIALLY_REFUNDED 26.00", '… page by page, to the last digit of their ids');
    ok(!$orders->{pageInfo}{hasNextPage}, '… to the end');
    like($c->try('shopify.query', query => '{ orders(first: 1) { nodes { colour } } }', variables => {})->{error}{message}, qr/./, 'a field that is not there is refused');

    # What they sign. The house is not there: each notice is made as it would go out now, and the
    # clients know the true time alone.
    $pay->bank($a->{id}, 'paid');
    $pay->whop_payment(amount => 1600);
    $house->ahead(-$house->{ahead});
    my %secret = (stripe => Clients::secret($house, 'stripe-webhook.secret'), 'stripe-connect' => Clients::secret($house, 'stripe-connect.secret'), whop => Clients::secret($house, 'whop-webhook.secret'), shopify => '');
    for my $door (sort keys %secret) {
        my ($n) = map { $_->{n} } $pay->notices($door);
        my $m = $pay->made($n);
        my $judge = $door =~ s/-connect//r;
        my $good = $c->try("judge.$judge", body => $m->{body}, headers => $m->{headers}, secret => $secret{$door});
        ok($judge eq 'shopify' ? $good->{ok}{valid} : ref $good->{ok}, "$door: its client accepts the signature") or diag explain $good;
        my $bad = $c->try("judge.$judge", body => "$m->{body} ", headers => $m->{headers}, secret => $secret{$door});
        ok($judge eq 'shopify' ? !$bad->{ok}{valid} : $bad->{error}, '… and that of other bytes not');
    }
    my ($n) = map { $_->{n} } $pay->notices('paypal');
    my $m = $pay->made($n);
    my %h = %{ $m->{headers} };
    open my $cert, '>', "$house->{dir}/cert.pem" or die $!;
    print {$cert} HTTP::Tiny->new->get($h{'paypal-cert-url'})->{content};
    close $cert;
    require Compress::Zlib;
    require MIME::Base64;
    for my $case (['its certificate proves the signature', $m->{body}, 0], ['… and not that of other bytes', "$m->{body} ", 1]) {
        open my $sig, '>', "$house->{dir}/sig" or die $!;
        print {$sig} MIME::Base64::decode_base64($h{'paypal-transmission-sig'});
        close $sig;
        open my $text, '>', "$house->{dir}/text" or die $!;
        print {$text} join '|', @h{qw(paypal-transmission-id paypal-transmission-time)}, 'SANDBOXHOOK000001', Compress::Zlib::crc32($case->[1]);
        close $text;
        system(qq(openssl x509 -in "$house->{dir}/cert.pem" -pubkey -noout >"$house->{dir}/pub" && openssl dgst -sha256 -verify "$house->{dir}/pub" -signature "$house->{dir}/sig" "$house->{dir}/text" >/dev/null 2>&1));
        is($? >> 8, $case->[2], "paypal: $case->[0]");
    }
}

# --- notices reach a house, in order or not, once or twice

is(scalar(grep { $_->{state} eq 'done' } $pay->notices), 0, 'nobody heard of it so far');
my $living = Cozykart->new(pay => 1, workers => 1);
my $p2 = $living->pay;
my $d = $p2->direct(amount => 900, metadata => { ck_kind => 'sale', ck_items => 'TEE:1:900' });
is(join(' ', map { "$_->{name} $_->{status}" } @{ $d->{notices} }), 'payment_intent.succeeded 200 charge.succeeded 200 checkout.session.completed 200', 'a house takes what the fake Stripe signs');
$p2->hold('stripe');
my $held = $p2->refund($d->{payment}, 100);
is(scalar(grep { $_->{tries} } @{ $held->{notices} }), 0, 'notices can be held back');
$p2->release('stripe', reverse => 1);
ok($living->wait_for(5, sub { !grep { $_->{state} ne 'done' } $p2->notices('stripe') }), '… and let go');
$p2->again($held->{notices}[0]{n});
my $end;
ok($living->wait_for(5, sub { ($end) = ($p2->notices('stripe'))[-1]; $end->{state} eq 'done' }), 'and one comes twice');
is($end->{id}, $held->{notices}[0]{id}, '… under the same id');
$_->stop for $living, $house;
done_testing;
