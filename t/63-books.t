# What providers list against what we booked, with stand-ins of the providers beside a whole house: notices that never
# came, changed amounts, payments of somebody else, lists that cannot be read.
use strict;
use warnings;
use JSON::PP ();
use Test::More;
use Cozykart;

my $house = Cozykart->new(pay => 1, clock => 0);
my $pay = $house->pay;
my $race = $house->race(3);

sub provider {
    my ($name) = @_;
    my (undef, $out) = $house->run('funds', '--json');    # its exit status says whether all is explained
    my ($p) = grep { $_->{name} eq $name } @{ JSON::PP->new->utf8->decode($out)->{providers} // [] };
    return $p // {};
}
sub lines { return map { $_->{verdict} . ' ' . $_->{kind} } sort { $a->{object} cmp $b->{object} } @{ provider($_[0])->{lines} // [] } }
sub alerts { my ($kind) = @_; return grep { $_->{kind} eq $kind } @{ $house->json('alerts') } }

# The next reading of all providers, at a time of the house's clock that nobody saw yet.
sub compared {
    my ($seconds) = @_;
    $seconds //= 300;
    $house->ahead($seconds);
    my $now = $seconds ? $house->now - 1 : 0;
    for my $name (qw(stripe whop paypal shopify)) {
        $house->wait_for(8, sub {
            my $p = provider($name);
            my $at = $p->{read_at} or return $p->{why};
            my ($y, $m, $d, $H, $M, $S) = $at =~ /(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/ or return;
            require Time::Local;
            return Time::Local::timegm($S, $M, $H, $d, $m - 1, $y) >= $now || $p->{why};
        }) or BAIL_OUT("$name was not read");
    }
    return;
}

subtest 'nothing happened yet' => sub {
    compared(0);
    ok(provider($_)->{read} && !provider($_)->{why}, "$_ was read") || diag explain provider($_) for qw(stripe whop paypal shopify);
    ok(provider('stripe')->{says}, 'Stripe says what it holds');
    is(scalar @{ provider('stripe')->{lines} }, 0, 'and lists nothing');
    is_deeply([map { $_->{text} } map { alerts($_) } qw(provider_difference provider_holds provider_unread)], [], 'no alert');
};

subtest 'what was told is as expected' => sub {
    my $p = $pay->direct(amount => 2500, metadata => { ck_kind => 'sale', ck_race => $race, ck_items => 'TEE:1:2500' });
    my $order = $pay->order(items => [['TEE', 1, 2500]], attributes => { race => $race });
    $house->wait_for(10, sub { @{ $house->json('inbox', 'list', '--state', 'applied') } >= 2 });
    compared();
    is_deeply([grep { !/^open/ } lines('stripe')], [], 'Stripe: nothing differs (its fee may come)') or diag explain provider('stripe');
    is_deeply([lines('shopify')], [], 'Shopify: nothing differs') or diag explain provider('shopify');
    is(provider('stripe')->{off}, 0, 'and what it holds is explained');
};

subtest 'what goes back and is told' => sub {
    my @p = map { $pay->direct(amount => $_, metadata => { ck_kind => 'sale', ck_race => $race, ck_items => "TEE:1:$_" }) } 3000, 3100;
    my $whop = $pay->whop_payment(amount => 2700, product => 'prod_tee', title => 'Circuit tee', metadata => { ck_kind => 'sale', ck_race => "$race", ck_items => 'TEE:1:2700' });
    sleep 1;
    $pay->refund($p[0]{payment}, 700);
    $pay->dispute($p[1]{payment}, 'created');
    $pay->whop_refund($whop->{payment}, 500);
    sleep 1;
    compared(600);
    is_deeply([grep { !/^open/ } lines('stripe')], [], 'Stripe: refund and dispute are as expected') or diag explain provider('stripe');
    is_deeply([lines('whop')], [], 'Whop: payment and refund too') or diag explain provider('whop');
    is(provider('stripe')->{off}, 0, 'what Stripe holds is explained');
    $pay->dispute($p[1]{payment}, 'won');
    sleep 1;
    compared(600);
    is_deeply([grep { !/^open/ } lines('stripe')], [], 'a dispute that was won too') or diag explain provider('stripe');
};

subtest 'a payment of somebody else' => sub {
    $pay->direct(amount => 777, metadata => {}, quiet => 1);
    compared();
    ok((grep { $_ eq 'other charge' } lines('stripe')), 'is other') or diag explain provider('stripe');
    is_deeply([alerts('provider_difference')], [], 'and no alert');
};

subtest 'a notice that never came' => sub {
    $pay->hold('stripe');
    $pay->direct(amount => 2600, metadata => { ck_kind => 'sale', ck_race => $race, ck_items => 'TEE:1:2600' });
    compared(600);
    ok((grep { $_ eq 'missing charge' } lines('stripe')), 'is missing') or diag explain provider('stripe');
    my ($alert) = alerts('provider_difference');
    like($alert->{text} // '', qr/1 lines of stripe.*missing.*\/ops\/ledger/, 'and an alert says so');
    is($alert->{who}, 'us', 'and who acts');
    $pay->release('stripe');
    $house->wait_for(8, sub { grep { $_->{state} eq 'applied' } @{ $house->json('inbox', 'list', '--limit', 1) } });
    compared();
    is_deeply([alerts('provider_difference')], [], 'it comes after all: the alert resolves itself');
};

subtest 'an order whose notice never came' => sub {
    my $before = $house->json('race', 'show', $race)->{pot};
    my $order = $pay->order(items => [['TEE', 1, 2500]], attributes => { race => $race }, quiet => 1);
    compared(600);
    compared(300);
    is_deeply([lines('shopify')], [], 'nothing differs any more') or diag explain provider('shopify');
    my ($notice) = grep { $_->{key} =~ /^sync:$order->{order}:/ } @{ $house->json('inbox', 'list') };
    is($notice->{state} // 'none', 'applied', 'it was fetched and applied');
    $pay->hold('shopify');
    $order = $pay->order_refund($order->{order}, amount => 1000);
    compared(600);
    compared(300);
    is_deeply([lines('shopify')], [], 'so was a refund of it') or diag explain provider('shopify');
};

subtest 'a changed amount' => sub {
    my $p = $pay->direct(amount => 2500, metadata => { ck_kind => 'sale', ck_race => $race, ck_items => 'TEE:1:2500' });
    $house->wait_for(10, sub { grep { ($_->{ref} // '') ne '' } @{ $house->json('inbox', 'list', '--limit', 1) } });
    $pay->hold('stripe');
    $pay->refund($p->{payment}, 400);
    compared(600);
    my @under = grep { /^under/ } lines('stripe');
    is(scalar @under, 2, 'they have less than we: both lines say so') or diag explain provider('stripe');
};

subtest 'money that no line explains' => sub {
    my $p = provider('stripe');
    is($p->{off}, 0, 'until now all is explained');
    $pay->balance('stripe', 100);
    compared();
    isnt(provider('stripe')->{off}, 0, 'they hold another sum than their list says');
    is_deeply([alerts('provider_holds')], [], 'one reading may have been a moment too early');
    compared();
    my ($alert) = alerts('provider_holds');
    like($alert->{text} // '', qr/^stripe holds .* and nothing explains /, 'two in a row are told');
    is(($house->run('funds'))[0], 1, 'the command says so by its exit status');
};

subtest 'a list that cannot be read' => sub {
    $pay->rule('stripe', 'GET /v1/balance_transactions', '500_before', -1);
    $house->ahead(7200);
    ok($house->wait_for(8, sub { provider('stripe')->{why} }), 'the reason is kept');
    ok($house->wait_for(8, sub { scalar alerts('provider_unread') }), 'and told after an hour');
    $pay->calm;
    compared(600);
    ok($house->wait_for(8, sub { !alerts('provider_unread') }), 'it resolves itself');
};

subtest 'a list that takes long' => sub {
    my $jobs = sub { my ($kind, $state) = @_; return grep { $_->{kind} eq $kind && $_->{state} eq $state } @{ $house->json('jobs', 'list', '--limit', 1000) } };
    $pay->release('stripe');
    # The house waits for 20 s. Where that is not long enough for the rest, once more.
    my ($hung, $sold, $asked, $waits);
    for my $turn (1 .. 3) {
        $pay->rule('stripe', 'GET /v1/balance_transactions', 'hang', 1);
        $house->ahead(600);
        $hung = $house->wait_for(8, sub { $turn == grep { ($_->{rule} // '') eq 'hang' } $pay->log('stripe') });
        $pay->direct(amount => 2500, metadata => { ck_kind => 'sale', ck_race => $race, ck_items => 'TEE:1:2500' });
        $sold = $house->wait_for(5, sub { $jobs->('fee', 'due') });
        $house->ahead(6);
        $asked = $house->wait_for(3, sub { !$jobs->('fee', 'due') && !$jobs->('fee', 'leased') });
        $waits = $jobs->('compare', 'leased');
        last if $waits;
    }
    ok($hung, 'Stripe does not answer');
    ok($sold, 'a sale comes');
    ok($asked, 'its fee is asked all the same');
    is($waits, 1, 'while the list is waited for');
    $pay->calm;
};

my ($code, $out) = $house->run('funds');
like($out, qr/^owed to members$/m, 'the command says it in words');
$house->stop;
done_testing;
