# Money in from Shopify, Ko-fi and Whop, signed here by ourselves: in every order, again, at once, forged;
# and what buyers ask of us. The books at the end do not depend on how it arrived.
use strict;
use warnings;
use Cozykart;
use Digest::SHA qw(hmac_sha256);
use File::Temp ();
use HTTP::Tiny;
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;

my $shop = 'cozy-merch.myshopify.com';
my %secret = (shopify => 'shpss_of_the_test', whop => 'ws_of_the_test', token => '0b5c-of-the-test', path => 'end-of-the-address-7Qx');
my $keys = File::Temp->newdir;
for my $name (keys %secret) {
    open my $out, '>', "$keys/$name" or die $!;
    print {$out} "$secret{$name}\n";
    close $out;
    chmod 0600, "$keys/$name";
}
my $house = Cozykart->new(workers => 4, clock => 0, conf => <<"END");
shopify.shop = $shop
shopify.webhook_secret_file = $keys/shopify
kofi.token_file = $keys/token
kofi.path_file = $keys/path
whop.webhook_secret_file = $keys/whop
END
my $json = JSON::PP->new->canonical->utf8;
my $race = $house->race(2);
$house->json('product', 'add', 'SHIRT', 'Pit shirt', '8.00');
my ($serial, $ids) = (0, 9007199254741001); # ids beyond what a double holds

sub iso {
    my ($t, $zone) = @_;
    my @t = gmtime $t + 3600 * $zone;
    return sprintf '%04d-%02d-%02dT%02d:%02d:%02d%+03d:00', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0], $zone;
}

sub signed_shopify {
    my ($topic, $body, %h) = @_;
    my $text = ref $body ? $json->encode($body) : $body;
    return [$text, '/hooks/shopify', { 'content-type' => 'application/json', 'x-shopify-topic' => $topic, 'x-shopify-shop-domain' => $shop,
        'x-shopify-webhook-id' => 'w-' . ++$serial, 'x-shopify-api-version' => '2026-04', 'x-shopify-triggered-at' => iso($house->now, 0),
        'x-shopify-hmac-sha256' => encode_base64(hmac_sha256($text, $secret{shopify}), ''), %h }];
}

sub signed_whop {
    my ($type, $data, %o) = @_;
    my ($id, $at) = ('msg_' . ++$serial, $o{at} // int $house->now);
    my $text = $json->encode({ id => "evt_$serial", api_version => 'v1', type => $type, timestamp => iso($house->now, 0), data => $data, company_id => 'biz_1' });
    $text =~ s/"(total|amount)":"([\d.]+)"/"$1":$2/g; # as a JSON number, spelt as we like
    my $mac = encode_base64(hmac_sha256("$id.$at.$text", $o{secret} // $secret{whop}), '');
    return [$text, '/hooks/whop', { 'content-type' => 'application/json', 'webhook-id' => $id, 'webhook-timestamp' => $at, 'webhook-signature' => "v1,AAAA v1,$mac" }];
}

sub form_kofi {
    my ($data, %o) = @_;
    my $text = $json->encode({ verification_token => $o{token} // $secret{token}, message_id => 'm-' . ++$serial, timestamp => iso($house->now, 0) =~ s/\+00:00/Z/r,
        is_public => JSON::PP::true, from_name => 'Kite', message => undef, email => 'kite@example.org', currency => 'USD', kofi_transaction_id => "t-$serial", %$data });
    return [HTTP::Tiny->new->www_form_urlencode({ data => $text }), '/hooks/kofi/' . ($o{path} // $secret{path}), { 'content-type' => 'application/x-www-form-urlencoded' }];
}

sub give {
    my ($n) = @_;
    return $house->{http}->post($house->url($n->[1]), { content => $n->[0], headers => $n->[2] });
}

sub taken { my ($n, $name) = @_; my $r = give($n); is($r->{status}, 200, $name) or diag($r->{content}); return $r->{status} == 200 ? $json->decode($r->{content})->{inbox} : 0 }

# An order as the shop has it; what is given replaces.
sub order {
    my (%o) = @_;
    my $id = $o{id} // ++$ids;
    my $total = $o{total_price} // '20.00';
    return { id => $id, test => JSON::PP::false, currency => 'USD', total_price => $total, total_tax => '0.00', taxes_included => JSON::PP::false, financial_status => 'paid',
        created_at => iso($house->now, -5), updated_at => iso($house->now, -5), cancelled_at => undef, refunds => [], shipping_lines => [], note_attributes => [], discount_codes => [],
        email => 'fan@example.org', browser_ip => '192.0.2.9', customer => { id => 77, email => 'fan@example.org', first_name => 'Fanny' },
        line_items => [{ sku => 'SHIRT', title => 'Pit shirt', quantity => 1, price => $total }], landing_site => '/', %o, id => $id };
}

sub refund_of {
    my ($order, $n, $amount) = @_;
    return { id => $order->{id} * 10 + $n, order_id => $order->{id}, created_at => iso($house->now, -5), processed_at => iso($house->now, -5), note => 'Fanny asked',
        transactions => [{ id => $n, kind => 'refund', status => 'success', amount => $amount, currency => 'USD' }] };
}

sub row { my ($id) = @_; return $house->json('inbox', 'show', $id) }
sub pot { return $house->json('race', 'show', $race)->{pot} }
sub alerts { my ($kind) = @_; return grep { $_->{kind} eq $kind } @{ $house->json('alerts') } }

# The books of one sale: account => cents, from the export for other programs.
sub books {
    my ($code, $text) = $house->run('export', '--format', 'csv');
    die 'export' if $code;
    my (%of, @name);
    for my $line (split /\r?\n/, $text) {
        my @f = map { s/^"|"$//gr } $line =~ /("(?:[^"]|"")*"|[^,]*)(?:,|$)/g;
        if (!@name) { @name = @f; next }
        my %row; @row{@name} = @f;
        $of{ $row{source} }{ $row{account} } += $row{amount_minor};
    }
    for my $ref (keys %of) { delete $of{$ref}{$_} for grep { !$of{$ref}{$_} } keys %{ $of{$ref} } }
    return \%of;
}

sub permute {
    my ($done, @rest) = @_;
    return [@$done] unless @rest;
    return map { my $i = $_; permute([@$done, $rest[$i]], @rest[grep { $_ != $i } 0 .. $#rest]) } 0 .. $#rest;
}

# --- every order of arrival of one order's notices
for my $case (['a part back, the rest kept', '10.00', 'partially_refunded'], ['all back', '15.00', 'refunded']) {
    my ($name, $second, $status) = @$case;
    my $whole = $status eq 'refunded';
    my @refs;
    my $bad = 0;
    for my $way (permute([], qw(create paid refund1 refund2 cancel))) {
        my $o = order();
        my @back = (refund_of($o, 1, '5.00'), refund_of($o, 2, $second));
        my $later = iso($house->now + 60, -5);
        my %notice = (
            create  => ['orders/create', order(%$o, financial_status => 'pending')],
            paid    => ['orders/paid', $o],
            refund1 => ['refunds/create', $back[0]],
            refund2 => ['refunds/create', $back[1]],
            cancel  => ['orders/cancelled', order(%$o, financial_status => $status, cancelled_at => $later, updated_at => $later, refunds => \@back)],
        );
        my $inbox;
        for my $step (@$way) {
            my $r = give(signed_shopify(@{ $notice{$step} }));
            $bad++ unless $r->{status} == 200;
        }
        # The same payload once more, as the shop repeats what it thinks was lost.
        my $r = give(signed_shopify(@{ $notice{paid} }));
        push @refs, row($json->decode($r->{content})->{inbox})->{ref};
    }
    is($bad, 0, "$name: all 120 orders of arrival are taken");
    my $of = books();
    my %seen;
    for my $ref (@refs) {
        my %b = %{ $of->{$ref} };
        # Told at once or in parts says whether the maker could still cancel.
        if ($whole) { $b{'the house'} = ($b{'I:house:merch'} // 0) + (delete $b{'L:mfg_payable'} // 0) + (delete $b{'E:goods_lost'} // 0); delete $b{'I:house:merch'} }
        delete $b{'the house'} unless $b{'the house'};
        $seen{ $json->encode(\%b) }++;
    }
    is(scalar keys %seen, 1, '… and give the same books') or diag(explain(\%seen));
    is((values %seen)[0], 120, '… of 120 sales');
    my $left = $json->decode((keys %seen)[0]);
    is($left->{'A:processor:shopify'} // 0, $whole ? 0 : 500, '… in which is what was kept') or diag(explain($left));
    is(scalar(grep { /^L:wallet/ } keys %$left), $whole ? 0 : 2, $whole ? '… and no racer keeps anything' : '… shared by the two racers');
}
is(pot(), 120 * 100, 'the pot is what is left');

# --- again, and at once
my $before = pot();
my $o = order();
my $n = signed_shopify('orders/paid', $o);
my @pids;
for my $sender (1 .. 20) {
    my $pid = fork // die;
    if (!$pid) {
        my $http = HTTP::Tiny->new(timeout => 20);
        my @all = ($n, signed_shopify('orders/create', $o, 'x-shopify-webhook-id' => "c-$sender"), signed_shopify('orders/updated', $o, 'x-shopify-webhook-id' => "u-$sender"));
        my $wrong = grep { $http->post($house->url($_->[1]), { content => $_->[0], headers => $_->[2] })->{status} != 200 } @all;
        POSIX::_exit($wrong);
    }
    push @pids, $pid;
}
my $wrong = 0;
for (@pids) { waitpid $_, 0; $wrong += $? >> 8 }
is($wrong, 0, 'twenty senders at once, 60 notices of one order: all get 200');
is(pot(), $before + 400, '… and one sale');
is(scalar(grep { $_->{key} eq $n->[2]{'x-shopify-webhook-id'} } @{ $house->json('inbox', 'list', '--limit', 5000) }), 1, 'a delivery is stored once');

my ($part) = grep { $_->{name} eq 'Shopify' } @{ $house->get_json('/status.json')->{components} };
ok($part && $part->{ok} && $part->{words} =~ /^last good notice /, 'the status page says when Shopify told something last') or diag(explain($part));

# --- what is not believed
my $stored = @{ $house->json('inbox', 'list', '--limit', 5000) };
$before = pot();
my %forged = (
    'Shopify, another secret'   => [signed_shopify('orders/paid', order(), 'x-shopify-hmac-sha256' => encode_base64(hmac_sha256('x', 'y'), '')), 401],
    'Shopify, no signature'     => [signed_shopify('orders/paid', order(), 'x-shopify-hmac-sha256' => ''), 401],
    'Shopify, another shop'     => [signed_shopify('orders/paid', order(), 'x-shopify-shop-domain' => 'other.myshopify.com'), 400],
    'Shopify, no delivery id'   => [signed_shopify('orders/paid', order(), 'x-shopify-webhook-id' => ''), 400],
    'Shopify, compliance'       => [signed_shopify('customers/redact', { customer => { id => 1 } }, 'x-shopify-hmac-sha256' => 'AAAA'), 401],
    'Shopify, not JSON'         => [signed_shopify('orders/paid', 'order=1'), 400],
    'Shopify, no order'         => [signed_shopify('orders/paid', {}), 400],
    'Ko-fi, another address'    => [form_kofi({ type => 'Shop Order', amount => '20.00' }, path => 'somewhere-else'), 401],
    'Ko-fi, another token'      => [form_kofi({ type => 'Shop Order', amount => '20.00' }, token => 'forged'), 401],
    'Ko-fi, no token'           => [form_kofi({ type => 'Shop Order', amount => '20.00', verification_token => undef }), 401],
    'Ko-fi, not a form'         => [['data=%', "/hooks/kofi/$secret{path}", { 'content-type' => 'application/x-www-form-urlencoded' }], 400],
    'Ko-fi, JSON'               => [['{}', "/hooks/kofi/$secret{path}", { 'content-type' => 'application/json' }], 415],
    'Ko-fi, no secret address'  => [['data={}', '/hooks/kofi', { 'content-type' => 'application/x-www-form-urlencoded' }], 404],
    'Whop, another secret'      => [signed_whop('payment.succeeded', { id => 'pay_f', status => 'paid' }, secret => 'forged'), 401],
    'Whop, an old time'         => [signed_whop('payment.succeeded', { id => 'pay_f', status => 'paid' }, at => int($house->now) - 310), 400],
    'Whop, a time ahead'        => [signed_whop('payment.succeeded', { id => 'pay_f', status => 'paid' }, at => int($house->now) + 360), 400],
);
for my $name (sort keys %forged) {
    my $r = give($forged{$name}[0]);
    is($r->{status}, $forged{$name}[1], $name) or diag($r->{content});
    unlike($r->{content}, qr/\Q$secret{path}\E|\Q$secret{token}\E/, '… which is told no secret');
}
is(scalar @{ $house->json('inbox', 'list', '--limit', 5000) }, $stored, 'nothing of it is stored');
is(pot(), $before, '… or counted');

# --- which orders count, and for whom
sub counts {
    my ($name, $cents, $reason, $notice) = @_;
    my $was = pot();
    my $id = taken($notice, $name);
    is(pot() - $was, $cents, "… gives $cents cents to the pot");
    my $row = row($id);
    is($row->{state}, $reason, "… $reason") or diag($row->{reason});
    return $row;
}
counts('an order that is not paid yet', 0, 'ignored', signed_shopify('orders/create', order(financial_status => 'pending')));
counts('one that was given away', 0, 'ignored', signed_shopify('orders/paid', order(total_price => '0.00')));
counts('one that was cancelled unpaid', 0, 'ignored', signed_shopify('orders/cancelled', order(financial_status => 'voided', cancelled_at => iso($house->now, 2))));
counts('a test order', 0, 'applied', signed_shopify('orders/paid', order(test => JSON::PP::true)));
counts('one in another currency', 0, 'applied', signed_shopify('orders/paid', order(currency => 'EUR')));
counts('one that was cancelled before it was paid', 0, 'applied', signed_shopify('orders/paid', order(cancelled_at => iso($house->now, 2))));
counts('discounts, tax and shipping are no basis', 500, 'applied',
    signed_shopify('orders/paid', order(total_price => '33.00', total_tax => '3.00', shipping_lines => [{ price => '9.00', discounted_price => '5.00' }], line_items => [{ sku => 'SHIRT', quantity => 1, price => '30.00' }])));
my $aside = counts('an amount that is none', 0, 'set_aside', signed_shopify('orders/paid', order(total_price => '20.005')));
like($aside->{reason}, qr/amount/, '… says so');
my $unknown = counts('a product nobody priced', 400, 'applied', signed_shopify('orders/paid', order(line_items => [{ sku => undef, title => 'Surprise', quantity => 1, price => '20.00' }])));
ok((grep { $_->{key} eq $unknown->{ref} } alerts('cost_missing')), '… and staff hears of it');
my $future = counts('an order time half an hour ahead', 0, 'set_aside', signed_shopify('orders/paid', order(created_at => iso($house->now + 1800, -5))));

ok($house->wait_for(15, sub { (grep { $_->{name} eq 'Shopify' && !$_->{ok} && $_->{words} =~ /^\d+ set aside, / } @{ $house->get_json('/status.json')->{components} }) }), 'and that people must look at some');

my $back = order();
counts('an order', 400, 'applied', signed_shopify('orders/paid', $back));
my %part = (%$back, financial_status => 'partially_refunded', refunds => [refund_of($back, 1, '5.00')]);
counts('… changed by a refund', -100, 'applied', signed_shopify('orders/updated', { %part }));
counts('… changed again', 0, 'ignored', signed_shopify('orders/updated', { %part }));
counts('… the refund by itself', 0, 'applied', signed_shopify('refunds/create', refund_of($back, 1, '5.00')));
counts('… an older change', 0, 'ignored', signed_shopify('orders/updated', $back));

# --- Ko-fi and Whop
$house->json('product', 'add', '1a2b3c4d5e', 'Pit mug', '6.00');
counts('a shop order of Ko-fi', 400, 'applied', form_kofi({ type => 'Shop Order', amount => '20.00', shop_items => [{ direct_link_code => '1a2b3c4d5e', quantity => 2 }] }));
counts('a commission', 800, 'applied', form_kofi({ type => 'Commission', amount => '40' }));
counts('a membership', 0, 'ignored', form_kofi({ type => 'Subscription', amount => '5.00' }));
counts('its test button', 0, 'applied', form_kofi({ type => 'Shop Order', amount => '20.00', kofi_transaction_id => '00000000-1111-2222-3333-444444444444' }));
counts('… again', 0, 'ignored', form_kofi({ type => 'Shop Order', amount => '20.00', kofi_transaction_id => '00000000-1111-2222-3333-444444444444' }));
my $mug = form_kofi({ type => 'Shop Order', amount => '20.00', kofi_transaction_id => 't-mug' });
counts('a message', 400, 'applied', $mug);
counts('… twice', 0, 'applied', $mug);
counts('… and its payment in another message', 0, 'ignored', form_kofi({ type => 'Shop Order', amount => '20.00', kofi_transaction_id => 't-mug' }));

my $byhand = sub { my ($code, $out, $err) = $house->run('refunded', @_, '--reason', 'came back from the post'); return ($code, $out . $err) };
$before = pot();
is(($byhand->('kofi', 't-mug', '5.00'))[0], 0, 'money that went back at Ko-fi is told by people');
is(pot() - $before, -100, '… and taken off');
like(($byhand->('kofi', 't-mug', '15.01'))[1], qr/more went back than was paid/, 'no more than was paid');
like(($byhand->('kofi', 't-nobody', '5.00'))[1], qr/nothing of ours was paid by t-nobody/, 'of what is ours');
like(($byhand->('shopify', $ids, '5.00'))[1], qr/shopify tells of refunds itself/, 'and not where the provider tells it');
is(pot() - $before, -100, '… none of which took anything');
$house->run('refunded', 'kofi', 't-mug', '15.00', '--reason', 'twice', '--key', 'k1') for 1, 2;
is(pot() - $before, -400, 'told twice under one key it is one');

# A donation is a tip: of the DJ whom its message names, whoever sent it.
$house->json('member', 'add', 'Nova Beat', '--role', 'dj');
counts('a donation', 0, 'applied', form_kofi({ type => 'Donation', amount => '3.00', message => '@nova-beat more of that' }));
counts('one that is not public', 0, 'applied', form_kofi({ type => 'Donation', amount => '3.00', is_public => JSON::PP::false, from_name => 'Shy Fan', message => 'love, Shy Fan' }));
my ($tips) = (map { $house->get('/dj/nova-beat', cookie => 'ck=none')->{content} } 1);
unlike($tips, qr/Shy Fan/, 'who is not public is named nowhere');

# The same bytes, looked at before.
open my $bytes, '>', "$keys/order.json" or die $!;
print {$bytes} $json->encode(order(note_attributes => [{ name => 'race', value => "$race" }]));
close $bytes;
my $seen = $house->json('simulate', '--notice', "$keys/order.json", '--from', 'shopify', '--topic', 'orders/paid');
is("$seen->{reason} $seen->{pool}", 'tagged 400', 'simulate tells what a notice would give');
is_deeply($house->json('simulate', '--tip', '2.00'), { amount => 200, fee => 40, dj => 160 }, '… and a tip');
my ($code, $out) = $house->run('simulate', '--notice', "$keys/order.json", '--from', 'shopify', '--topic', 'orders/edited');
like($out, qr/nothing in it that we act on/, '… or that it gives nothing');

# What the shop page knows of other shops' names.
$house->json('product', 'add', 'MUG', 'Tin mug', '5.00');
$house->json('product', 'shelf', 'MUG', '--price', '20.00', '--kofi', 'c0ffee', '--shopify', '44556677');
my $missing = () = alerts('cost_missing');
counts('a link code of Ko-fi', 400, 'applied', form_kofi({ type => 'Shop Order', amount => '20.00', shop_items => [{ direct_link_code => 'c0ffee' }] }));
counts('a variant of Shopify without a sku', 400, 'applied', signed_shopify('orders/paid', order(line_items => [{ sku => undef, variant_id => 44556677, title => 'Tin mug', quantity => 1, price => '20.00' }])));
is(scalar(alerts('cost_missing')), $missing, '… have the cost of our product');

my %pay = (status => 'paid', currency => 'usd', total => '20.00', billing_reason => 'one_time', product => { id => 'prod_1', title => 'Pit cap' }, metadata => {}, paid_at => iso($house->now, 0));
counts('a product of Whop', 400, 'applied', signed_whop('payment.succeeded', { %pay, id => 'pay_1' }));
counts('… which the provider spells otherwise', 400, 'applied', signed_whop('payment.succeeded', { %pay, id => 'pay_2', total => '20' }));
counts('… told twice', 0, 'ignored', signed_whop('payment.succeeded', { %pay, id => 'pay_2' }));
counts('an order of ours', 400, 'applied', signed_whop('payment.succeeded', { %pay, id => 'pay_3', metadata => { ck_kind => 'sale', ck_race => "$race", ck_items => 'SHIRT:1:2000' } }));
counts('a membership that renews itself', 0, 'ignored', signed_whop('payment.succeeded', { %pay, id => 'pay_4', billing_reason => 'subscription_cycle' }));
counts('half a cent', 0, 'set_aside', signed_whop('payment.succeeded', { %pay, id => 'pay_5', total => '20.005' }));
counts('a refund that is not through', 0, 'ignored', signed_whop('refund.created', { id => 'rf_1', amount => '5.00', currency => 'usd', status => 'pending', payment => { id => 'pay_1' } }));
counts('now it is', -100, 'applied', signed_whop('refund.updated', { id => 'rf_1', amount => '5.00', currency => 'usd', status => 'succeeded', payment => { id => 'pay_1' } }));
counts('told again', 0, 'ignored', signed_whop('refund.updated', { id => 'rf_1', amount => '5.00', currency => 'usd', status => 'succeeded', payment => { id => 'pay_1' } }));
counts('a dispute', -400, 'applied', signed_whop('dispute.created', { id => 'dp_1', amount => '20.00', currency => 'usd', status => 'needs_response', payment => { id => 'pay_2' } }));
counts('… that is won', 400, 'applied', signed_whop('dispute.updated', { id => 'dp_1', amount => '20.00', currency => 'usd', status => 'won', payment => { id => 'pay_2' } }));
counts('a refund before its payment', 0, 'waiting', signed_whop('refund.created', { id => 'rf_6', amount => '20.00', currency => 'usd', status => 'succeeded', payment => { id => 'pay_6' } }));
counts('… takes it back at once', 0, 'applied', signed_whop('payment.succeeded', { %pay, id => 'pay_6' }));

# --- out of the inbox, without its headers
$house->ahead(1800);
my $was = pot();
is($house->json('inbox', 'replay', $future->{id})->{done}, 1, 'what was set aside for its time is applied half an hour later');
is(pot() - $was, 400, '… as the order that it is');

# --- what buyers ask
my $fan = order(note_attributes => [{ name => 'race', value => "$race" }], customer => { id => 4711, email => 'gone@example.org', first_name => 'Gonny' }, email => 'gone@example.org');
my @about = map { taken(signed_shopify($_, $fan), "$_ of a buyer") } qw(orders/create orders/paid);
push @about, taken(signed_shopify('refunds/create', { %{ refund_of($fan, 1, '5.00') }, note => 'gone@example.org' }), 'and a refund');
$was = pot();
my %asks = (shop_id => 1, shop_domain => $shop, customer => { id => 4711, email => 'gone@example.org', phone => '555-0199' });
push @about, taken(signed_shopify('customers/data_request', { %asks, orders_requested => [$fan->{id}] }), 'the buyer asks what is held');
my ($alert) = alerts('buyer_asks');
ok($alert && !(grep { my $id = $_; $alert->{text} !~ /\b$id\b/ } @about), 'staff is told which notices hold it') or diag(explain([alerts('buyer_asks')], \@about));
like($alert->{text}, qr/by 20\d\d-\d\d-\d\d/, '… and until when to answer');
ok((grep { row($_)->{body} =~ /gone\@example/ } @about) == 4, '… nothing is changed');
push @about, taken(signed_shopify('customers/redact', { %asks, orders_to_redact => [$fan->{id}] }), 'the buyer asks to be forgotten');
for my $id (@about) {
    my $row = row($id);
    unlike($row->{body}, qr/gone|Gonny|555-0199|192\.0\.2/, "notice $id names nobody");
    ok($row->{redacted_at}, '… and says since when');
}
is(scalar(alerts('buyer_asks')), 0, 'the question is settled');
is(scalar(alerts('buyer_removed')), 1, '… and the answer stands for staff');
unlike($json->encode($house->json('alerts')), qr/gone\@example|Gonny|555-0199/, '… without naming them');
is(pot(), $was, 'no cent moved');
counts('the old order once more, with another id', 0, 'ignored', signed_shopify('orders/updated', $fan));
counts('another buyer asks', 0, 'applied', signed_shopify('customers/redact', { %asks, customer => { id => 4712 }, orders_to_redact => [] }));
$house->ahead(31 * 86400);
ok($house->wait_for(30, sub { !alerts('buyer_removed') }), 'a month later nobody needs to hear of it');

taken(signed_shopify('app/uninstalled', { id => 1, email => 'owner@example.org' }), 'the shop lets us go');
is(scalar(alerts('shop_closed')), 1, '… staff is told');
my $late = $house->race(2);
$race = $late;
counts('the shop is there again', 400, 'applied', signed_shopify('orders/paid', order()));
is(scalar(alerts('shop_closed')), 0, '… which settles it');
taken(signed_shopify('shop/redact', { shop_id => 1, shop_domain => $shop }), 'all data of the shop shall go');
is(scalar(grep { row($_->{id})->{body} =~ /fan\@example|Fanny/ } grep { $_->{state} =~ /applied|ignored/ && $_->{provider} eq 'shopify' } @{ $house->json('inbox', 'list', '--limit', 60) }), 0, '… no notice names a buyer');

is(scalar(grep { $_->{state} eq 'failed' } @{ $house->json('inbox', 'list', '--limit', 5000) }), 0, 'no notice failed');

# --- check says what would keep a shop out
sub judged { my ($run, @args) = $house->run('check', '--json'); return { map { $_->{what} => $_->{good} ? 'good' : $_->{advice} } @{ JSON::PP::decode_json($args[0])->{checks} } } }
my $judged = judged();
is($judged->{$_}, 'good', "check: $_") for qw(shopify.shop shopify.webhook_secret_file kofi.token_file kofi.path_file whop.webhook_secret_file);
open my $short, '>', "$keys/path" or die $!;
print {$short} "too/short\n";
close $short;
like(judged()->{'kofi.path_file'}, qr/16 to 64 signs/, '… and what is wrong with an address that cannot be');
open $short, '>', "$keys/path" or die $!;
print {$short} "$secret{path}\n";
close $short;

# --- the secret address is in no log
my $last = $house->{http}->post($house->url("/hooks/kofi/$secret{path}"), { content => 'data=' . ('x' x 300_000), headers => { 'content-type' => 'application/x-www-form-urlencoded' } });
ok($house->wait_for(10, sub { index($house->log('access'), $last->{headers}{'x-request-id'} // 'none') >= 0 }), 'nginx has written its log');
my @leak;
for my $file (glob "$house->{home}/log/*") {
    open my $in, '<', $file or next;
    my $hit = 0;
    while (<$in>) { $hit++ if /\Q$secret{path}\E|\Q$secret{token}\E|\Q$secret{shopify}\E|\Q$secret{whop}\E|gone\@example/ }
    push @leak, "$file: $hit" if $hit;
}
is_deeply(\@leak, [], 'no log holds a secret, or a buyer');
$house->stop;

# --- the same from the stand-in, which was written apart from all this
my $other = Cozykart->new(pay => 1);
$race = $other->race(2);
$other->json('product', 'add', 'SHIRT', 'Pit shirt', '8.00');
my $pay = $other->pay;
my $is = sub { my ($cents, $name) = @_; ok($other->wait_for(15, sub { $other->json('race', 'show', $race)->{pot} == $cents }), $name) or diag($other->json('race', 'show', $race)->{pot}) };
my $first = $pay->order(items => [['SHIRT', 1, 2000, 'Pit shirt']], attributes => { race => $race });
$is->(400, 'the stand-in: an order of Shopify');
$pay->order_refund($first->{order}, amount => 500);
$is->(300, '… a part goes back');
$pay->order_cancel($first->{order});
$is->(0, '… it is cancelled');
$pay->order(items => [['SHIRT', 1, 2000, 'Pit shirt']], test => 1);
$pay->kofi(type => 'Shop Order', amount => 2000, items => [['SHIRT', 1]]);
$is->(400, '… an order of Ko-fi');
my $whop = $pay->whop_payment(amount => 2000);
$is->(800, '… a payment at Whop');
$pay->whop_refund($whop->{payment}, 500);
$is->(700, '… a part goes back');
$pay->whop_dispute($whop->{payment}, 'created');
$is->(400, '… the rest is disputed');
is_deeply([map { "$_->{type} $_->{reason}" } grep { $_->{state} =~ /failed|set_aside|waiting/ } @{ $other->json('inbox', 'list') }], [], 'nothing was refused, nothing waits');
$other->stop;
done_testing;
