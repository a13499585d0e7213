# A wallet in the browser and by hand: what it shows, the proof that can be kept, cashing out by a gift
# card, by PayPal and by Stripe, twice, in two tabs, as somebody else.
use strict;
use warnings;
use utf8;
use Browser;
use Cozykart;
use Digest::SHA qw(hmac_sha256);
use JSON::PP ();
use List::Util qw(sum0);
use MIME::Base64 qw(encode_base64);
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(pay => 1, clock => 1, page_rate => '100000r/s', conf => "window.grace_s = 0\nrace.dispute_min = 1\n");
my $pay = $house->pay;
my $coder = JSON::PP->new->utf8;

my (%cookie, %since);
sub login {
    my ($name) = @_;
    $since{$name} = $house->now;
    my $token = $house->json('login-link', $name)->{token};
    my $r = HTTP::Tiny->new(max_redirect => 0)->post($house->url("/login/$token"), { content => '', headers => { 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url } });
    ($cookie{$name}) = ($r->{headers}{'set-cookie'} // '') =~ /^(ck=[\w-]{43})/;
    return;
}
my $http = HTTP::Tiny->new(max_redirect => 0, timeout => 20);
sub get { my ($who, $path) = @_; return $http->get($house->url($path), { headers => { cookie => $cookie{$who} } }) }
sub page { my $text = get(@_)->{content}; utf8::decode($text); return $text }
sub send_form {
    my ($who, $path, $token, %field) = @_;
    return $http->post($house->url($path), { content => $http->www_form_urlencode({ form_token => $token // '', %field }),
        headers => { cookie => $cookie{$who}, origin => $house->url, 'content-type' => 'application/x-www-form-urlencoded' } });
}
# The token of the form that sends to that path, of the page that shows it.
sub token { my ($html, $path) = @_; return $html =~ /action="\Q$path\E"[^>]*>\s*<input type="hidden" name="form_token" value="([^"]+)"/ ? $1 : undef }
# Money moves within five minutes of a login; a slow machine may need longer for all of this.
sub press { my ($who, $page, $path, %field) = @_; login($who) if $house->now - $since{$who} > 120; return send_form($who, $path, token(page($who, $page), $path), %field) }
sub whys { my ($r) = @_; return join '|', $r->{content} =~ /class="why"[^>]*>([^<]+)/g }
sub wallet { return $coder->decode(get($_[0] // 'Nova', '/wallet.json')->{content}) }

# As the page would have it: bound to session and address.
sub form_token {
    my ($session, $path) = @_;
    my $nonce = 'A' x 22;
    return "$nonce." . encode_base64(hmac_sha256("form:$nonce:$path", $session), '') =~ tr{+/}{-_}r =~ s/=+\z//r;
}

# Two drivers, one large order, settled; one that came too late; one that is still pending.
my $race = $house->race(2);
my $big = sub { $house->stripe->order(items => [['TEE', 100, 2500]], title => 'Circuit tee', race => $_[0], created => int $house->now) };
is($house->notice($house->stripe->completed($big->($race)))->{status}, 200, 'a large order');
$house->ahead(30);
$house->json('race', 'finish', $race);
$house->ahead(250);
is($house->notice($house->stripe->completed($big->($race)))->{status}, 200, 'one after the flag');
$house->json('race', 'result', $race, '--seat', $_, '--place', $_) for 1, 2;
$house->ahead(3600 * 73);
ok($house->wait_for(20, sub { $house->json('race', 'show', $race)->{state} eq 'SETTLED' }), 'the race settles');
my $second = $house->race(2);
$house->notice($house->stripe->completed($house->shirt($second, created => int $house->now)));
$house->json('member', 'add', @$_) for ['Stella', '--role', 'staff'], ['Audrey', '--role', 'auditor'];
login($_) for qw(Nova Piston Stella Audrey);

# --- what it shows
my $w = wallet();
is($w->{available}{minor}, 25000, 'half of the pot is available');
is($w->{pending}{minor}, 250, 'half of the small one is pending');
my $explained = page('Nova', '/wallet/explain?compare=1');
like($explained, qr/the race had ended [4-9] min(?: \d+ s)? earlier/, 'what did not count says why');
unlike($explained, qr/differs/, 'every screen has the same sum');
my $past = $house->json('explain', 'Nova', '--at', 'now');
like(page('Nova', '/wallet/explain'), qr/you had \$252\.50 because/, 'the balance is explained');
is($past->{pending} + $past->{available}, 25250, 'the command says the same');

# --- the proof
my $kept = "$house->{dir}/receipt.json";
my $receipt = get('Nova', '/wallet/receipt.json');
is($receipt->{status}, 200, 'a receipt to keep');
open my $out, '>:raw', $kept or die $!;
print $out $receipt->{content};
close $out or die $!;
my ($code, $said, $errors) = $house->run('verify', '--against', $kept);
is($code, 0, 'it stands against the ledger') or diag("$said $errors");
(my $forged = $receipt->{content}) =~ s/"amount":250,?/"amount":251/ or die 'no line of 250';
open $out, '>:raw', "$kept.2" or die $!;
print $out $forged;
close $out or die $!;
isnt(($house->run('verify', '--against', "$kept.2"))[0], 0, 'a changed cent does not');
my ($entry) = map { $_->{number} } @{ $coder->decode($receipt->{content})->{entries} };
is(get('Nova', "/wallet/entry/$entry")->{status}, 200, 'an entry with a line of hers');
is(get('Stella', "/wallet/entry/$entry")->{status}, 404, 'is not there for whom it does not concern');
like(page('Audrey', "/wallet/entry/$entry"), qr/A:processor:stripe/, 'an auditor reads all of it');
like(page('Audrey', '/wallet?member=' . $past->{member}), qr/Wallet of Nova/, 'and any wallet');
is(get('Piston', '/wallet?member=' . $past->{member})->{status}, 403, 'nobody else does');

# --- cashing out: refusals are beside their field and keep the input
for (['method=gift_card&amount=5', qr/^A payout is at least \$20\.00\.$/], ['method=gift_card&amount=9000', qr/^A payout is at most \$2,000\.00\.$/],
    ['method=gift_card&amount=300', qr/^You have \$250\.00 available; \$50\.00 are missing\.$/], ['method=gift_card&amount=ten', qr/amount/i],
    ['amount=30', qr/^Choose how/], ['method=gift_card', qr/^Say how much\.$/], ['method=stripe&amount=30', qr/set-up/]) {
    my $r = get('Nova', "/wallet/payout?$_->[0]");
    is($r->{status}, 400, "$_->[0] is refused");
    like(whys($r), $_->[1], '… in words');
    my ($typed) = $_->[0] =~ /amount=(\w+)/;
    like($r->{content}, qr/name="amount" value="\Q@{[$typed \/\/ '']}\E"/, '… and kept');
}

# --- two tabs and a form sent again
my $first = page('Nova', '/wallet/payout?method=gift_card&amount=50');
my $other = page('Nova', '/wallet/payout?method=gift_card&quick=20');
like($first, qr/Pay out \$50\.00\?/, 'it asks once more');
my %want = (method => 'gift_card', amount => '50.00');
my $r = send_form('Nova', '/wallet/payout', token($first, '/wallet/payout'), %want);
is("$r->{status} " . ($r->{headers}{location} // ''), '303 /wallet/payout/1', 'a payout') or diag(whys($r));
$r = send_form('Nova', '/wallet/payout', token($first, '/wallet/payout'), %want);
is("$r->{status} " . ($r->{headers}{location} // ''), '303 /wallet/payout/1', 'the same form again is the same payout');
$r = send_form('Nova', '/wallet/payout', token($other, '/wallet/payout'), method => 'gift_card', amount => '20.00');
is($r->{status}, 409, 'the second tab is too late');
like(whys($r), qr/A payout of \$50\.00 by Gift card is open/, '… and says why');
is(wallet()->{available}{minor}, 20000, 'once $50.00 were put aside');
is(wallet()->{held}{minor}, 5000, 'and are held');
is(wallet()->{earned}{minor}, 25250, 'what was earned stays');
for (['Stella', '/wallet/payout/1'], ['Nova', '/wallet/payout/2']) { is(get(@$_)->{status}, 404, "$_->[1] is not there for $_->[0]") }
is(send_form('Piston', '/wallet/payout/1/cancel', undef)->{status}, 403, 'nobody cancels without the form');
is(send_form('Piston', "/wallet/payout/1/$_", form_token($cookie{Piston} =~ s/^ck=//r, "/wallet/payout/1/$_"))->{status}, 404, "nor does anybody $_ it with a form of their own") for qw(cancel reveal);
my $foreign = token(page('Nova', '/wallet/payout/1'), '/wallet/payout/1/cancel');
is(send_form('Piston', '/wallet/payout/1/cancel', $foreign)->{status}, 403, 'nor with the form of another');
$r = press('Nova', '/wallet/payout/1', '/wallet/payout/1/cancel');
is($r->{status}, 303, 'its member cancels it');
is(wallet()->{available}{minor}, 25000, 'and has the money again');
like(page('Nova', '/wallet/payout/1'), qr/cancelled/, 'the page says so');

# --- a gift card
press('Nova', '/wallet/payout?method=gift_card&amount=50', '/wallet/payout', %want);
like(page('Stella', '/ops/payouts'), qr/<b>Nova<\/b>: \$50\.00 as Gift card/, 'staff see the request');
unlike(page('Audrey', '/ops/payouts'), qr/<form[^>]*action="\/ops\/payouts/, 'an auditor has no form');
$r = press('Stella', '/ops/payouts', '/ops/payouts/2', brand => '', code => 'SECRET-1234', note => 'have fun');
is($r->{status}, 400, 'a card without a brand is refused');
like($r->{content}, qr/value="SECRET-1234"/, 'what was typed is kept');
$r = press('Stella', '/ops/payouts', '/ops/payouts/2', brand => 'Tea & Co', code => 'SECRET-1234', note => 'have fun');
is($r->{status}, 303, 'staff fulfil it') or diag(whys($r));
my $track = page('Nova', '/wallet/payout/2');
like($track, qr/Show the code/, 'its member may read the code');
unlike($track, qr/SECRET/, 'which is not on the page');
my $reveal = token($track, '/wallet/payout/2/reveal');
$r = send_form('Nova', '/wallet/payout/2/reveal', $reveal);
like($r->{content}, qr/Tea &amp; Co.*SECRET-1234/s, 'the button shows it');
is($r->{headers}{'cache-control'}, 'no-store', 'and nothing keeps it');
$r = send_form('Nova', '/wallet/payout/2/reveal', $reveal);
is($r->{status}, 409, 'once');
unlike($r->{content}, qr/SECRET/, 'only');
is(wallet()->{paid_out}{minor}, 5000, 'it counts as paid out');
$house->json('role', 'grant', 'Nova', 'staff');
press('Nova', '/wallet/payout?method=store_credit&amount=20', '/wallet/payout', method => 'store_credit', amount => '20.00');
like(page('Nova', '/ops/payouts'), qr/Your own request: somebody else fulfils it/, 'nobody fulfils their own');
is(send_form('Nova', '/ops/payouts/3', token(page('Nova', '/wallet/payout/3'), '/wallet/payout/3/cancel'), code => 'X')->{status}, 403, 'not even by hand');
press('Nova', '/wallet/payout/3', '/wallet/payout/3/cancel');

# --- PayPal
$r = press('Nova', '/wallet/methods', '/wallet/methods', kind => 'paypal', to => 'not a mail');
is($r->{status}, 400, 'a destination that cannot be one is refused');
like($r->{content}, qr/value="not a mail"/, 'and kept');
is(press('Nova', '/wallet/methods', '/wallet/methods', kind => 'paypal', to => 'nova@example.org')->{status}, 303, 'PayPal is added');
my $methods = page('Nova', '/wallet/methods');
like($methods, qr/n…a\@example\.org/, 'shown in parts');
unlike($methods, qr/nova\@example/, 'never whole');
my ($id) = $methods =~ m{action="/wallet/methods/(\d+)/confirm"};
ok($id, 'it must be confirmed');
is(get('Nova', '/wallet/payout?method=' . $id . '&amount=50')->{status}, 400, 'before, it cannot be used');
is(send_form('Piston', "/wallet/methods/$id/drop", token($methods, "/wallet/methods/$id/drop"))->{status}, 403, 'nobody else takes it off');
is(send_form('Piston', "/wallet/methods/$id/$_", form_token($cookie{Piston} =~ s/^ck=//r, "/wallet/methods/$id/$_"))->{status}, 404, "… nor can they $_ it") for qw(confirm drop);
is(press('Nova', '/wallet/methods', "/wallet/methods/$id/confirm")->{status}, 303, 'confirmed');
like(whys(get('Nova', "/wallet/payout?method=$id&amount=50")), qr/can be used from/, 'it waits a day');
$house->ahead(25 * 3600);
is(get('Nova', '/wallet')->{headers}{location} // '', '/login?why=idle&to=%2Fwallet', 'a day later one must log in again');
login('Nova');
like(page('Nova', "/wallet/payout?method=$id&amount=50"), qr/Pay out \$50\.00\?.*n…a\@example\.org/s, 'the last page names the destination');
$r = press('Nova', "/wallet/payout?method=$id&amount=50", '/wallet/payout', method => $id, amount => '50.00');
my $paypal = $r->{headers}{location} // '';
like($paypal, qr{^/wallet/payout/\d+$}, 'a payout by PayPal');
ok($house->wait_for(40, sub { page('Nova', $paypal) =~ /badge-word>arrived</ }), 'it arrives') or diag(page('Nova', $paypal));
is($pay->moved('nova@example.org'), 5000, 'once, in full');
like(page('Nova', $paypal), qr/Number at the provider/, 'with the provider\'s number');

# --- Stripe's own set-up
$house->ahead(6 * 60);
like(page('Nova', '/wallet/methods'), qr/Log in again to change something here/, 'minutes later the login is too old to change destinations');
unlike(page('Nova', '/wallet/methods'), qr{<form[^>]*action="/wallet/methods}, 'and there is nothing to press');
is(send_form('Nova', '/wallet/methods', form_token($cookie{Nova} =~ s/^ck=//r, '/wallet/methods'), kind => 'stripe')->{headers}{location} // '', '/login?why=move&kept=1&to=%2Flogin%2Fkept', 'nor is anything taken by hand');
login('Nova');
is(press('Nova', '/wallet/methods', '/wallet/methods', kind => 'stripe')->{headers}{location} // '', '/wallet/methods/stripe', 'Stripe is asked for');
$methods = page('Nova', '/wallet/methods');
my ($stripe) = $methods =~ m{action="/wallet/methods/(\d+)/confirm"};
ok($stripe, 'it must be confirmed, too') and press('Nova', '/wallet/methods', "/wallet/methods/$stripe/confirm");
my $link;
ok($house->wait_for(30, sub { my $x = get('Nova', '/wallet/methods/stripe'); $x->{status} == 303 and $link = $x->{headers}{location} and $link =~ /^http/ }), 'the waiting page leads to Stripe');
like($link // '', qr{^http://127\.0\.0\.1:\d+/}, 'by the link that Stripe gave');

# --- tips wait, clear, and are told like everything else
$house->json('role', 'grant', 'Nova', 'dj');
my $fan = HTTP::Tiny->new(max_redirect => 0, timeout => 20, local_address => '127.0.2.9');
for (1, 2) {
    my ($once) = $fan->get($house->url('/dj/Nova'))->{content} =~ /name="once" value="([\w-]{22})"/;
    my $to = $fan->post($house->url('/dj/Nova'), { content => $http->www_form_urlencode({ once => $once, pick => '5.00' }),
        headers => { 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url } })->{headers}{location} // '';
    $house->wait_for(15, sub { $fan->get($house->url($to) . '?go=1')->{status} == 303 });
    $pay->pay_checkout($pay->checkout->{id});
}
ok($house->wait_for(10, sub { wallet()->{pending}{minor} >= 2 * 445 }), 'two tips of $5.00 are pending');
$w = wallet();
is(sum0(map { $_->{amount}{minor} } @{ $w->{clears} }), $w->{pending}{minor}, 'what clears when adds up to what is pending');
like(page('Nova', '/wallet'), qr/2 tips.*available from <time/s, 'with the time of the tips');
like(page('Nova', '/wallet/statement?kind=tip'), qr/tip: tip 2/, 'the statement has them');
like(page('Nova', '/wallet/explain'), qr/tips: tips.*2 lines.*\+\$8\.90/s, 'the reasons too, as one group');
my $tips = $w->{available}{minor};
$house->ahead(3600 * 73);
$house->json('tick');
login($_) for qw(Nova Piston);
ok($house->wait_for(20, sub { wallet()->{available}{minor} >= $tips + 890 }), 'after the time they are available') or diag(explain(wallet()));
open $out, '>:raw', $kept or die $!;
print $out get('Nova', '/wallet/receipt.json')->{content};
close $out or die $!;
is(($house->run('verify', '--against', $kept))[0], 0, 'a receipt with payouts, tips and seals stands');
like(page('Nova', "/wallet/entry/$entry"), qr/The seal of \d{4}-\d\d-\d\d covers it/, 'the first entry is sealed by now');
unlike(page('Nova', '/wallet/explain?compare=1'), qr/differs/, 'and all sums are the same still');

# --- in a browser
SKIP: {
    my $none = Browser::missing();
    skip $none, 1 if $none;
    my $chrome = Browser->new($house);
    $chrome->open('w', '/status');
    $chrome->js('w', "document.cookie = '$cookie{Piston}; path=/'");
    my %pages = (wallet => '/wallet', statement => '/wallet/statement', explain => '/wallet/explain?compare=1', payout => '/wallet/payout', methods => '/wallet/methods', entry => "/wallet/entry/$entry");
    for my $name (sort keys %pages) {
        for (['dark', 1280], ['light', 390]) {
            my ($scheme, $width) = @$_;
            $chrome->open('w', $pages{$name}, scheme => $scheme, width => $width);
            cmp_ok($chrome->js('w', 'document.documentElement.scrollWidth - innerWidth'), '<=', 0, "$name at $width: nothing sticks out");
            $chrome->shot('w', "wallet-$name-$scheme-$width");
        }
    }
    login('Piston');
    $chrome->js('w', "document.cookie = '$cookie{Piston}; path=/'");
    $chrome->open('w', '/wallet/payout', width => 390);
    $chrome->js('w', q{document.querySelector('input[name=method]').click()});
    $chrome->js('w', q{document.querySelector('#amount').value = '1'});
    $chrome->js('w', q{document.querySelector('form[action="/wallet/payout"] .btn--main').click()});
    $chrome->comes('w', '#why-amount', qr/at least \$20\.00/, 'a refusal stands beside the amount');
    is($chrome->js('w', q{document.querySelector('#amount').value}), '1', 'the amount is kept');
    is($chrome->js('w', q{document.querySelector('input[name=method]').checked}), JSON::PP::true, 'so is the way');
    $chrome->js('w', q{[...document.querySelectorAll('button[name=quick]')].find(b => b.value === '50').click()});
    $chrome->comes('w', '#sure', qr/Pay out \$50\.00\?/, 'a button with an amount leads on');
    $chrome->js('w', q{document.querySelector('form[method=post][action="/wallet/payout"] .btn--main').click()});
    $chrome->comes('w', 'h1', qr/\$50\.00 by Gift card/, 'the payout has its page');
    $chrome->comes('w', '.now-at', qr/put aside/, 'which says where it is');
    $chrome->shot('w', 'wallet-track-dark-390');
    is(scalar $chrome->complaints(qr/status of 400/), 0, 'the browser complains about nothing') or diag($chrome->complaints);
    $chrome->stop;
}
$house->stop;
done_testing;
