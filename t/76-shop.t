# Our own shop, from the product to the racers' cents: a fan buys in a browser at the fake Stripe's pay
# page, while answers are lost, late, refused or never come, and the jobs die in between. One form is one
# session, one payment one sale, one request one refund, one movement one fee.
use strict;
use warnings;
use utf8;
use Browser;
use Cozykart;
use HTTP::Tiny;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep);

my $why = Cozykart::missing();
plan skip_all => $why if $why;
plan skip_all => 'sqlite3 is not installed' unless grep { -x "$_/sqlite3" } split /:/, $ENV{PATH};
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(pay => 1, page_rate => '100000r/s', clock => 0, conf => "window.grace_s = 0\n");
my $pay = $house->pay;

sub fails {
    my ($like, $name, @args) = @_;
    my ($code, undef, $errors) = $house->run(@args);
    ok($code != 0 && $errors =~ $like, $name) or diag("exit $code: $errors");
    return;
}
sub page { my ($path) = @_; return $house->get($path)->{content} }

# --- the shelf

like(page('/shop'), qr/The shop is closed/, 'nothing is sold: the shop is closed');
$house->json('product', 'add', 'hoodie', 'Night hoodie', '9.00');
$house->json('product', 'add', 'cap', 'Pit cap & <b>co</b>', '3.00');
$house->json('product', 'shelf', 'hoodie', '--price', '25.00', '--text', 'Warm', '--shopify', '41234', '--kofi', 'abc12', '--rank', 1);
$house->json('product', 'shelf', 'cap', '--price', '12.00', '--shipping', '4.00', '--rank', 2);
fails(qr/no product/, 'what is no product is not sold', 'product', 'shelf', 'hat', '--price', '1.00');
fails(qr/price lies/, 'nothing is sold without a price', 'product', 'shelf', 'hoodie', '--price', '0.00');
fails(qr/variant/, 'a variant is a number', 'product', 'shelf', 'hoodie', '--shopify', '1/2');
fails(qr/PNG or SVG/, 'a picture is one', 'product', 'shelf', 'cap', '--picture', $0);
my $shop = page('/shop');
like($shop, qr/Sales now support the house/, 'without a race it says what a sale does');
like($shop, qr/Pit cap &amp; &lt;b&gt;co/, 'titles are text');
like($shop, qr/\$12\.00.*plus \$4\.00 shipping/s, 'with price and shipping');

my $race = $house->race(4);
$shop = page("/shop?race=$race");
like($shop, qr/Every order placed now counts/, 'with a race it says that orders count');
like($shop, qr/A share of about \$1\.25 goes to each racer of Race $race/, 'and what each racer gets: 20 % of $25.00 by four');
like($shop, qr/property="og:description" content="Night hoodie for \$25\.00\. A share of about/, 'which is what others see of the link');
like(page('/'), qr{href="/shop\?race=$race"}, 'the live page leads there with the race');
like(page("/race/$race"), qr{href="/shop\?race=$race"}, 'so does the page of the race');
is($house->get('/shop?race=999')->{status}, 404, 'no such race');
my $to = sub { $house->get($_[0])->{headers}{location} // '' };
like($to->("/shop/go?to=shopify&sku=hoodie&race=$race"), qr{^https://[^/]+/cart/41234:1\?attributes%5Brace%5D=$race\z}, 'to Shopify with the race on the order');
like($to->('/shop/go?to=kofi&sku=hoodie'), qr{^https://ko-fi\.com/s/abc12\z}, 'to Ko-fi');
is($house->get("/shop/go?to=$_")->{status}, 404, "nowhere else: $_") for 'shopify&sku=cap', 'kofi&sku=cap', 'shopify&sku=none';
is($house->get("/shop/go?to=$_")->{status}, 400, "nor with nonsense: $_") for 'elsewhere&sku=cap', 'kofi';

# --- forms: what a visitor sends

my $n = 0;
sub once { return sprintf 'once%018d', ++$n }
sub buy {
    my (%o) = @_;
    my $http = HTTP::Tiny->new(max_redirect => 0, timeout => 20, local_address => '127.0.2.' . (1 + $n % 250));
    my $r = $http->post($house->url('/shop'), { content => $http->www_form_urlencode({ once => once(), sku => 'hoodie', quantity => 1, race => $race, %o }),
        headers => { origin => $house->url, 'content-type' => 'application/x-www-form-urlencoded' } });
    return wantarray ? ($r->{status}, ($r->{headers}{location} // '') =~ m{^/pay/([\w-]{43})\z}, $r->{content}) : ($r->{headers}{location} // '') =~ m{^/pay/([\w-]{43})\z} ? $1 : '';
}
for my $bad ([quantity => 0], [quantity => 21], [quantity => 'x'], [quantity => '1.5'], [sku => ''], [sku => 'nothing'], [sku => 'hoodie:5'], [once => ''], [once => 'short'], [race => 'abc'], [price => 1]) {
    my ($status) = buy(@$bad);
    is($status, 400, "refused: $bad->[0] '$bad->[1]'");
}
is(HTTP::Tiny->new->post($house->url('/shop'), { content => 'sku=hoodie', headers => { origin => 'https://elsewhere.example', 'content-type' => 'application/x-www-form-urlencoded' } })->{status}, 403, 'no form of another site');
is(scalar $pay->objects('checkout.session'), 0, 'none of that came to Stripe');

sub url_of { my ($token) = @_; return $house->wait_for(90, sub { my $r = $house->get("/pay/$token?go=1"); $r->{status} == 303 && $r->{headers}{location} =~ m{^http://[^/]+/c/pay/(cs_\w+)\z} ? $1 : undef }) }
sub thanked {
    my ($token, $like, $name) = @_;
    my $got;
    $house->wait_for(20, sub { ($got = thanks($token)) =~ $like });
    return like($got, $like, $name);
}
sub thanks { my ($token, $left) = @_; return page("/shop/thanks/$token" . ($left ? '?left=1' : '')) }

# What the journal holds of that kind about that thing: cents of each entry.
sub booked {
    my ($kind, $ref) = @_;
    my @cents = `sqlite3 -readonly "$house->{home}/data/ledger.db" "SELECT sum(p.amount) FROM journal j JOIN posting p ON p.seq = j.seq WHERE j.kind = '$kind' AND j.ref = '$ref' AND p.amount > 0 GROUP BY j.seq ORDER BY j.seq"`;
    chomp @cents;
    return @cents;
}

# --- replays: one form, one order

my $same = once();
my $first = buy(once => $same);
ok($first, 'an order of a form');
is(scalar(buy(once => $same)), $first, 'the form sent again is the same order');
isnt(scalar(buy(once => $same, quantity => 2)), $first, 'another quantity is another one');
like(page("/pay/$first"), qr/The payment page is being opened|payment page is being opened/i, 'the visitor waits');
like($house->get("/pay/$first")->{headers}{refresh} // '', qr{^1;url=/pay/$first\?go=1\z}, 'the page goes on by itself');
my $session = url_of($first);
ok($session, 'until it leads to Stripe') or diag($house->log('house'));
my $object = $pay->object($session);
is($object->{amount_total}, 2500, 'where it costs what the page said');
is($object->{metadata}{ck_race}, $race, 'for that race');
like(thanks($first, 1), qr/You have not paid.*Pay now/s, 'who comes back without paying is told so');
like(thanks($first), qr/We wait for Stripe/, 'who comes back waits for the word of Stripe');
$pay->pay_checkout($session);
thanked($first, qr/Thank you.*It counted for Race $race.*\$5\.00/s, 'paid: it arrived, it counted');
is($house->get("/pay/$first?go=1")->{headers}{location}, "/shop/thanks/$first", 'nobody pays twice: the way leads to the thanks');
is($house->get('/shop/thanks/' . 'A' x 43)->{status}, 404, 'another token shows nothing');

# --- lost answers, errors, silence

for my $case (['cut_after', 1], ['cut_before', 1], ['500_before', 2], ['500_after', 1], ['409', 1], ['429:1', 1], ['503_before', 1], ['hang_after', 1], ['cut_half', 1]) {
    my ($how, $times) = @$case;
    my $before = () = $pay->objects('checkout.session');
    $pay->rule('stripe', 'POST /v1/checkout/sessions', $how, $times);
    my $token = buy();
    my $id = url_of($token);
    ok($id, "$how: the way opens in the end") or diag($house->log('house'));
    is((() = $pay->objects('checkout.session')) - $before, 1, "$how: one session");
    $pay->calm;
}
{
    $pay->rule('stripe', 'POST /v1/checkout/sessions', '400:parameter_unknown', 1);
    my $token = buy();
    ok($house->wait_for(15, sub { thanks($token) =~ /That did not work/ }), 'a refusal is told at once');
    like(join(' ', map { $_->{kind} } @{ $house->json('alerts') }), qr/\bcheckout\b/, 'and to staff');
    is($house->get("/pay/$token?go=1")->{headers}{location}, "/shop/thanks/$token", 'nobody waits for it');
    my $next = buy();
    ok(url_of($next), 'the next one works');
    ok($house->wait_for(10, sub { !grep { $_->{kind} eq 'checkout' } @{ $house->json('alerts') } }), 'and the alert is gone');
}

# --- the jobs die while they ask

{
    my $before = () = $pay->objects('checkout.session');
    $pay->rule('stripe', 'POST /v1/checkout/sessions', 'late:1500', 3);
    my @tokens = map { scalar buy() } 1 .. 3;
    for (1 .. 4) {
        sleep 0.4;
        kill 'KILL', $house->pids('cozykart-jobs');
    }
    $pay->calm;
    # A lease lasts a minute; whoever is cut off is tried again after it.
    my %id;
    $house->wait_for(200, sub {
        for my $t (@tokens) { my $r = $house->get("/pay/$t?go=1"); $id{$t} = $1 if ($r->{headers}{location} // '') =~ m{/c/pay/(cs_\w+)\z} }
        sleep 1;
        return keys %id == 3;
    });
    is(scalar keys %id, 3, 'jobs killed while they ask: each way opens');
    is((() = $pay->objects('checkout.session')) - $before, 3, '… to one session each');
    is($pay->object($id{$_})->{status}, 'open', '… which is open') for @tokens;
}

# --- one payment, one sale, one fee

my @payments;
{
    my $token = buy(sku => 'cap', quantity => 3);
    my $id = url_of($token);
    my $paid = $pay->pay_checkout($id);
    push @payments, $paid->{payment};
    is($paid->{amount}, 4000, 'three caps and shipping');
    $pay->again($_->{n}) for grep { $_->{name} =~ /session.completed|intent.succeeded/ } $pay->notices('stripe');
    thanked($token, qr/It counted.*\$7\.20/s, '20 % of the caps, nothing of the shipping');
    my $sale = (thanks($token) =~ /Sale (\d+):/)[0];
    ok($sale, 'it has a number');
    ok($house->wait_for(30, sub { booked('PROC_FEE', "sale:$sale") }), 'what Stripe kept is booked');
    is_deeply([booked('PROC_FEE', "sale:$sale")], [$paid->{fee}], 'once, to the cent');

    # --- refunds that we ask for
    $pay->rule('stripe', 'POST /v1/refunds', 'cut_after', 1);
    my $ask = $house->json('sale', 'refund', $sale, '12.00', '--reason', 'too small');
    is($house->json('sale', 'refund', $sale, '12.00', '--reason', 'too small')->{giveback}, $ask->{giveback}, 'asked twice is asked once');
    fails(qr/has \$28\.00 left|left to give back/, 'more than is left is refused', 'sale', 'refund', $sale, '28.01', '--reason', 'x');
    ok($house->wait_for(30, sub { (() = booked('REFUND', "sale:$sale")) == 1 }), 'the refund is booked when Stripe tells of it');
    is_deeply([map { $_->{amount} } $pay->objects('refund')], [1200], 'the answer was lost: there is one refund');
    ok($house->wait_for(30, sub { $house->json('sale', 'refund', $sale, '12.00', '--reason', 'x')->{state} eq 'done' }), 'which is known to be made');
    for my $how ('500_after', 'hang_after', '409') {
        $pay->rule('stripe', 'POST /v1/refunds', $how, 1);
        my $cents = { '500_after' => '1.00', 'hang_after' => '2.00', '409' => '3.00' }->{$how};
        my $had = () = $pay->objects('refund');
        $house->json('sale', 'refund', $sale, $cents, '--reason', $how);
        ok($house->wait_for(60, sub { $house->json('sale', 'refund', $sale, $cents, '--reason', $how)->{state} eq 'done' }), "$how: made in the end");
        is((() = $pay->objects('refund')) - $had, 1, "$how: once");
        $pay->calm;
    }
    is_deeply([booked('PROC_FEE', "sale:$sale")], [$paid->{fee}], 'refunds do not give the fee back');
}

# --- a real browser

SKIP: {
    my $none = Browser::missing();
    skip $none, 1 if $none;
    my $chrome = Browser->new($house);
    $chrome->open('fan', "/shop?race=$race", width => 390, scheme => 'dark');
    like($chrome->text('fan', '.gate'), qr/Every order/, 'the shop on a phone');
    $chrome->shot('fan', 'shop-390');
    $chrome->js('fan', q{(document.querySelector('#cap input[name=quantity]').value = 2, document.querySelector('#cap button').click(), 1)});
    $chrome->comes('fan', 'h1', qr/^Pay \$28\.00/, 'the button leads to the pay page of Stripe');
    $chrome->js('fan', q{(document.querySelector('button[value=pay]').click(), 1)});
    $chrome->comes('fan', 'h1', qr/Thank you/, 'paying leads back');
    $chrome->comes('fan', '.gate', qr/It counted for Race $race/, 'and the page says that it counted');
    $chrome->shot('fan', 'thanks-390');
    $chrome->open('fan', "/shop?race=$race", width => 1280, scheme => 'light');
    $chrome->shot('fan', 'shop-1280');
    # Two tabs of one page, and the way back.
    my $tab = "/shop?race=$race";
    $chrome->js('fan', q{(document.querySelector('#hoodie button').click(), 1)});
    $chrome->comes('fan', 'h1', qr/^Pay \$25\.00/, 'another order');
    $chrome->js('fan', q{(document.querySelector('#cancel').click(), 1)});
    $chrome->comes('fan', 'h1', qr/You have not paid/, 'given up: told so');
    $chrome->js('fan', q{([].find.call(document.querySelectorAll('a.btn'), function (a) { return /Pay now/.test(a.textContent) }).click(), 1)});
    $chrome->comes('fan', 'h1', qr/^Pay \$25\.00/, 'and back to the same pay page');
    is_deeply([$chrome->complaints(qr/favicon|404/)], [], 'the browser has nothing to complain about');
    $chrome->stop;
}

# --- the same cents everywhere

{
    my $text = $house->get_json("/race/$race.json")->{state}{pot}{text};
    like($text, qr/^\$\d+\.\d\d\z/, "the pot is $text");
    like(page($_), qr/\Q$text\E/, "so it is on $_") for "/race/$race", "/shop?race=$race", '/';
    my $live = $house->wait_for(10, sub { my $l = $house->get_json("/live/race/$race.json"); $l && ($l->{state}{pot}{text} // '') eq $text });
    ok($live, 'and in the live file, which the overlay shows');
}

# --- after the flag

$house->json('race', 'finish', $race);
sleep 1.1;
like(page("/shop?race=$race"), qr/The window is closed/, 'after the race the shop says that orders no longer count');
like(page("/shop?race=$race"), qr/Buying it now supports the house/, 'at each product too');
{
    my $token = buy();
    $pay->pay_checkout(url_of($token));
    thanked($token, qr/It gave no racer a share.*the race had ended \d+ (?:s|min|min \d+ s) earlier/s, 'too late: it says why');
}
{
    my $token = buy();
    my $id = url_of($token);
    $house->ahead(3700);
    ok($house->wait_for(20, sub { thanks($token) =~ /This order is over.*nothing was charged/s }), 'what nobody pays within an hour is over');
    is($house->get("/pay/$token?go=1")->{headers}{location}, "/shop/thanks/$token", 'and leads to no payment any more');
    ok(!eval { $pay->pay_checkout($id); 1 }, 'nor does Stripe take it');
}
is(($house->run('product', 'shelf', 'cap', '--end'))[0], 0, 'a product is taken off');
unlike(page('/shop'), qr/Pit cap/, 'and is gone from the shop');
my ($status) = buy(sku => 'cap');
is($status, 400, 'nobody can order it any more');

$house->stop;
done_testing;
