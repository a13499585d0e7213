# Payouts by Stripe, PayPal and Whop while the provider fails in every way it can: paid exactly once, or
# returned whole, with the reason in words. COZYKART_CAMPAIGN=1: silence of each provider, too, which takes
# its time.
use strict;
use warnings;
use utf8;
use Cash;
use HTTP::Tiny;
use Test::More;
use Time::HiRes qw(sleep time);

my $why = Cash::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $cash = Cash->new(wallet => 150_000);
my ($house, $pay) = ($cash->house, $cash->pay);
my $long = $ENV{COZYKART_CAMPAIGN};

sub posts {
    my ($p, $from) = @_;
    my ($method, $path) = split / /, $Cash::order{$p};
    return grep { $_->{n} > $from && $_->{method} eq $method && $_->{path} eq $path } $pay->log($p);
}
sub last_n { my ($last) = reverse $pay->log; return $last ? $last->{n} : 0 }

sub unknown {
    my ($id) = @_;
    return $house->wait_for(20, sub { grep { $_ eq 'UNKNOWN' } $cash->steps($id) });
}

# One payout with a fault before it; what: SETTLED or RETURNED. like: what is said about it in its steps.
sub try_out {
    my ($p, $name, $what, %o) = @_;
    my $start = time;
    my ($from, $before, $had) = (last_n(), $pay->moved($cash->{to}{$p}), $cash->available($p));
    $o{first}->() if $o{first};
    $pay->rule($p, $Cash::order{$p}, $o{how}, $o{times} // 1) if $o{how};
    my $id = $cash->out($p, 2000);
    $o{then}->($id) if $o{then};
    my $state = $cash->until_ended($id, $o{seconds} // 45);
    my $paid = $what eq 'SETTLED' ? 2000 : 0;
    my $moved = $pay->moved($cash->{to}{$p}) - $before;
    my $good = is("$state, moved $moved", "$what, moved $paid", "$p, $name");
    $good &= is($had - $cash->available($p), $paid, "… the wallet has $paid cents less");
    my $effects = grep { $_->{effect} } posts($p, $from);
    $good &= is($effects, $o{effects} // ($paid ? 1 : 0), '… as often as that it was done there') if $p ne 'paypal' || !$o{effects};
    my @said = map { $_->{why} } $cash->rows("SELECT why FROM payout_step WHERE payout_id = $id");
    $good &= like(join(' | ', @said), $o{like}, '… and it says why') if $o{like};
    $good &= ok(scalar(grep { $_ eq $o{via} } $cash->steps($id)), "… by way of $o{via}") if $o{via};
    my %keys = map { $_->{headers}{'idempotency-key'} // $_->{headers}{'paypal-request-id'} // 'none' => 1 } posts($p, $from);
    $good &= is(scalar keys %keys, $o{keys} // 1, '… always under the same key') unless $o{any_key};
    diag(explain([$cash->payout($id), join(' ', $cash->steps($id)), map { "$_->{method} $_->{path} $_->{rule} " . ($_->{status} // '-') . " effect $_->{effect}" } grep { $_->{n} > $from } $pay->log($p)])) unless $good;
    note(sprintf '%.1f s', time - $start);
    $pay->calm;
    return $id;
}

for my $p (@Cash::providers) {
    try_out($p, 'nothing in the way', 'SETTLED');
    try_out($p, 'the answer is late and the notice comes first', 'SETTLED', how => 'late:1500');
    try_out($p, 'the connection ends before the order is read', 'SETTLED', how => 'cut_before');
    try_out($p, 'the connection ends after it was done', 'SETTLED', how => 'cut_after', via => 'UNKNOWN', like => qr/did not answer/);
    try_out($p, 'it ends in the middle of the answer', 'SETTLED', how => 'cut_half');
    try_out($p, '500 and nothing done', 'SETTLED', how => '500_before');
    try_out($p, '500 after it was done', 'SETTLED', how => '500_after', like => qr/\w/);
    try_out($p, '502 after it was done', 'SETTLED', how => '502_after');
    # Stripe keeps it for a day.
    try_out($p, 'a 500 that is kept under the key', 'SETTLED', how => '500_kept', via => 'UNKNOWN', then => sub { unknown($_[0]); $house->ahead(25 * 3600) });
    try_out($p, '409', 'SETTLED', how => '409');
    try_out($p, '429', 'SETTLED', how => '429', times => 2);
    try_out($p, '429 with a time', 'SETTLED', how => '429:30');
    # No notice brings the answer.
    $pay->hold($p);
    try_out($p, 'the key is forgotten and a day has passed', 'SETTLED', how => 'cut_after', via => 'UNKNOWN',
        then => sub { unknown($_[0]); $pay->forget_keys($p) if $p ne 'paypal'; $house->ahead(25 * 3600) });
    $pay->release($p);
    try_out($p, 'lost twice, then looked for', 'SETTLED', how => 'cut_before', times => 2, seconds => 60);
    try_out($p, 'silence', 'SETTLED', how => 'hang_after', seconds => 90) if $long || $p eq 'paypal';
    try_out($p, 'silence, and nothing done', 'SETTLED', how => 'hang', seconds => 90) if $long;
}

# Looking fails as well.
for my $p (@Cash::providers) {
    try_out($p, 'lost, and the first looks fail', 'SETTLED', how => 'cut_after', seconds => 60,
        first => sub { $pay->rule($p, $p eq 'stripe' ? 'GET /v1/transfers*' : $p eq 'paypal' ? 'GET /v1/payments/payouts/*' : 'GET /api/v1/transfers*', '500_before', 2) });
}

# Refusals: what the receiver is to blame for ends it, what we are waits.
try_out('stripe', 'the account is not valid', 'RETURNED', how => '400:account_invalid', like => qr/account cannot be used/);
try_out('paypal', 'the order is not valid', 'RETURNED', how => '400:VALIDATION_ERROR', like => qr/PayPal says/);
try_out('whop', 'the user is not there', 'RETURNED', how => '422:not_found', like => qr/Whop says/);
# Nobody's fault but ours: the member reads that it takes longer, whoever can top it up reads how much, and it
# goes on soon. Stripe keeps its refusal under the key for a day: another one then, after a look.
sub lacking { my ($p) = @_; my ($a) = $cash->rows("SELECT text FROM alert WHERE kind = 'payout_lacks' AND key = '$p' AND resolved_at IS NULL"); return $a ? $a->{text} : '' }
for my $p (@Cash::providers) {
    my $name = { stripe => 'Stripe', paypal => 'PayPal', whop => 'Whop' }->{$p};
    try_out($p, 'the balance is empty, then filled', 'SETTLED', any_key => 1, first => sub { $pay->balance($p, 100) },
        then => sub {
            my ($id) = @_;
            $house->wait_for(20, sub { lacking($p) }) or fail("$p: somebody here is told");
            like(lacking($p), $p ne 'paypal' ? qr/^top up the balance at $name: \$19\.00 are missing\. 1 payout waits of \$20\.00 in all for it, \$1\.00 are there/ : qr/^top up the balance at $name\. 1 payout waits of \$20\.00/, "$p: … of what is missing");
            my $row = $cash->payout($id);
            is($row->{state}, 'SENDING', '… it stays put aside');
            like($row->{reason}, qr/^it takes longer: the house must put money into its account at $name first\. Yours stays put aside/, '… and its member reads why');
            my $from = last_n();
            if ($p eq 'stripe') {
                # Asked for the balance alone, as long as it is too small.
                $house->ahead(3600);
                $house->wait_for(20, sub { grep { $_->{n} > $from && $_->{path} eq '/v1/balance' } $pay->log('stripe') }) or fail('stripe is asked for its balance');
                is(scalar(posts($p, $from)), 0, '… and nothing is sent meanwhile');
            }
            $pay->balance($p, 10_000_000);
        });
    is(lacking($p), '', "$p: nobody is asked for money any more");
}
try_out('paypal', 'the token is no longer taken', 'SETTLED', first => sub { $pay->expire_tokens });

# What PayPal says of an item later.
for my $end (['FAILED', qr/./], ['BLOCKED', qr/blocked/], ['RETURNED', qr/claimed|account/], ['REFUNDED', qr/sent it back/]) {
    my ($status, $like) = @$end;
    try_out('paypal', "the item is $status", 'RETURNED', like => $like, effects => 1,
        first => sub { $pay->item_default('PENDING') },
        then => sub { my ($id) = @_; $house->wait_for(20, sub { $cash->payout($id)->{state} eq 'SENT' }); $pay->item($cash->payout($id)->{key}, $status) });
}
try_out('paypal', 'nobody claims it, then somebody does', 'SETTLED',
    then => sub {
        my ($id) = @_;
        $house->wait_for(20, sub { $cash->payout($id)->{state} eq 'SENT' });
        my $key = $cash->payout($id)->{key};
        $pay->item($key, 'UNCLAIMED');
        ok($house->wait_for(20, sub { $cash->payout($id)->{reason} =~ /no account|claimed/ }), 'paypal, unclaimed: it stays on its way, and says why') or diag($cash->payout($id)->{reason});
        $pay->item($key, 'SUCCESS');
    });
$pay->item_default('SUCCESS');

# What was paid is taken back: the money is in the wallet again.
{
    my $had = $cash->available('stripe');
    my $id = try_out('stripe', 'paid, before it is taken back', 'SETTLED');
    $pay->transfer_reverse($cash->payout($id)->{ref});
    ok($house->wait_for(30, sub { $cash->payout($id)->{state} eq 'RETURNED' }), 'stripe, a transfer that is reversed comes back') or diag(explain $cash->payout($id));
    is($cash->available('stripe'), $had, '… whole');
    $id = try_out('paypal', 'paid, before it is taken back', 'SETTLED');
    $had = $cash->available('paypal');
    $pay->item($cash->payout($id)->{key}, 'REFUNDED');
    ok($house->wait_for(30, sub { $cash->payout($id)->{state} eq 'RETURNED' }), 'paypal, a payment that is sent back comes back') or diag(explain $cash->payout($id));
    is($cash->available('paypal'), $had + 2000, '… whole');
}

# PayPal took it and tells no more: two operators who saw it there end it.
{
    $house->json('member', 'add', $_, '--role', 'operator') for qw(Otto Olga);
    my %cookie = map { $_ => 'ck=' . $cash->{vault}->session($_) } qw(Otto Olga);
    my $http = HTTP::Tiny->new(max_redirect => 0, timeout => 20);
    my $page = sub { $http->get($house->url('/ops/payouts' . ($_[1] // '')), { headers => { cookie => $cookie{ $_[0] } } })->{content} };
    my $say = sub {
        my ($who, $id, $what) = @_;
        my ($token) = $page->($who) =~ m{action="/ops/payouts/$id/judge"[^>]*>\s*<input type="hidden" name="form_token" value="([^"]+)"};
        my $form = $http->www_form_urlencode({ form_token => $token // '', proof => "PayPal's list of payouts", what => $what });
        return $http->post($house->url("/ops/payouts/$id/judge"), { content => $form, headers => { cookie => $cookie{$who}, origin => $house->url, 'content-type' => 'application/x-www-form-urlencoded' } });
    };
    $pay->hold('paypal');
    $pay->rule('paypal', $Cash::order{paypal}, 'cut_after', 1);
    $pay->rule('paypal', 'GET /v1/payments/payouts*', '500_before', -1);
    my $id = $cash->out('paypal', 2000);
    ok(unknown($id), 'paypal takes one and tells no more');
    is($say->('Otto', $id, 'arrived')->{status}, 409, 'for a day it may still tell');
    $house->ahead(25 * 3600);
    $cookie{$_} = 'ck=' . $cash->{vault}->session($_) for qw(Otto Olga);
    my $r = $say->('Otto', $id, 'arrived');
    is("$r->{status} $r->{headers}{location}", '303 /ops/payouts?kept', 'one operator says that it arrived') or diag($r->{content});
    like($page->('Olga', '?kept'), qr/Nothing moves before another.*Otto,.*: it arrived. PayPal&#?\w+;s list of payouts/s, 'which the other reads');
    is($cash->payout($id)->{state}, 'UNKNOWN', 'nothing moves yet');
    is($say->('Olga', $id, 'not')->{status}, 409, 'who may not say otherwise');
    $r = $say->('Olga', $id, 'arrived');
    is("$r->{status} $r->{headers}{location}", '303 /ops/payouts?done', 'two who say the same end it') or diag($r->{content});
    is($cash->payout($id)->{state}, 'SETTLED', 'it is settled');
    is(scalar $cash->rows("SELECT 1 FROM audit WHERE action = 'payout.judge' AND object = 'payout:$id' AND detail LIKE 'arrived: %'"), 2, 'the log of acts has both');
    $pay->calm;
    $pay->release('paypal');
}

# The bank leg of Stripe is words, no money.
{
    my $id = try_out('stripe', 'paid, on its way to the bank', 'SETTLED');
    for my $leg (['created', qr/on its way/], ['failed', qr/did not take it.*closed/], ['paid', qr/at your bank/]) {
        $pay->bank($cash->{to}{stripe}, $leg->[0]);
        ok($house->wait_for(20, sub { $cash->payout($id)->{bank} =~ $leg->[1] }), "… $leg->[0]: the member reads where it is") or diag($cash->payout($id)->{bank});
    }
    $pay->account_ready($cash->{to}{stripe}, 0);
    ok($house->wait_for(20, sub { my ($m) = $cash->rows("SELECT state, why FROM method WHERE id = $cash->{method}{stripe}"); $m->{state} eq 'open' && length $m->{why} }), 'an account that needs something is not paid, and says so');
    $pay->account_ready($cash->{to}{stripe}, 1);
    ok($house->wait_for(20, sub { $cash->rows("SELECT 1 FROM method WHERE id = $cash->{method}{stripe} AND state = 'ready'") }), '… until it has it');
}

# Whoever removes us from the account is not paid there any more.
{
    $pay->deauthorize($cash->{to}{stripe});
    ok($house->wait_for(20, sub { my ($m) = $cash->rows("SELECT state, why FROM method WHERE id = $cash->{method}{stripe}"); $m->{state} eq 'open' && $m->{why} =~ /Stripe/ }), 'an account that has removed us is not paid, and says so');
}

# Forged notices of PayPal make nobody look, and fetch nothing from elsewhere.
{
    my ($n) = map { $_->{n} } grep { $_->{name} =~ /ITEM/ } $pay->notices('paypal');
    my $made = $pay->made($n);
    my @inbox = $cash->rows("SELECT id FROM inbox WHERE provider = 'paypal'");
    my $send = sub { my ($body, %h) = @_; return $house->post($made->{path}, $body, %{ $made->{headers} }, %h)->{status} };
    is($send->($made->{body} =~ s/SUCCESS/FAILURE/r), 400, 'a changed notice is refused');
    is($send->($made->{body}, 'paypal-transmission-time' => '2020-01-01T00:00:00Z'), 400, 'an old one');
    is($send->($made->{body}, 'paypal-cert-url' => 'https://api.paypal.com.example.org/v1/notifications/certs/x'), 400, 'one with a certificate from elsewhere');
    is($send->($made->{body}, 'paypal-cert-url' => $made->{headers}{'paypal-cert-url'} . '2'), 503, 'one with a certificate that is not known comes again');
    is($send->($made->{body}, 'paypal-auth-algo' => 'NONE'), 400, 'one that is signed in another way');
    is(scalar $cash->rows("SELECT id FROM inbox WHERE provider = 'paypal'"), scalar @inbox, '… and none of them is stored');
    is($send->($made->{body}), 200, 'the true one is known already');
}

is_deeply([map { "$_->{kind} $_->{key}" } $cash->rows("SELECT kind, key FROM alert WHERE kind IN ('payout_waits', 'payout_unknown') AND resolved_at IS NULL")], [], 'no alert stands for what has ended');
is($cash->judge, '', 'what reached the three is what the ledger calls settled, the rest is in the wallets');
is_deeply([map { "$_->{kind} $_->{payload} $_->{last_error}" } $cash->rows("SELECT kind, payload, last_error FROM outbox WHERE state = 'dead' AND kind IN ('pay', 'account')")], [], 'no job has died');
is_deeply([map { $_->{key} } $cash->rows("SELECT key FROM alert WHERE kind = 'payout_contradiction'")], [], 'nothing contradicts anything');
$house->stop;
done_testing;
