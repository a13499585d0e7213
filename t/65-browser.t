# A real browser over the real house: the pot moves on the overlay and the page without a reload, the
# login link's button opens the wallet, nothing overflows a phone, no policy is broken. With
# COZYKART_SHOTS set to a folder its pictures stay there.
use strict;
use warnings;
use utf8;
use Browser;
use Cozykart;
use Test::More;
use Time::HiRes qw(sleep);

binmode Test::More->builder->$_, ":encoding(UTF-8)" for qw(output failure_output todo_output);
my $why = Cozykart::missing() || Browser::missing();
plan skip_all => $why if $why;

my $house = Cozykart->new;
my $chrome = Browser->new($house);
sub js { my ($tab, $code) = @_; return $chrome->js($tab, $code) }
sub text_of { my ($tab, $css) = @_; return $chrome->text($tab, $css) }
sub comes { my ($tab, $css, $want, $name) = @_; return $chrome->comes($tab, $css, $want, $name) }
sub shot { my ($tab, $name, %o) = @_; return $chrome->shot($tab, $name, %o) }

# An empty house: the page waits for the first race by itself.
$chrome->open('home', '/');
like(text_of('home', 'h1'), qr/No race yet/, 'an empty house says what will be here');
my $race = $house->race(8);
comes('home', 'h1', qr/Race $race/, 'the first race comes to the page by itself');
sleep 1.1; # the shop's times are whole seconds: the order lies after the start

my $overlay = $house->json('overlay', 'add', 'stream')->{token};
$chrome->open('all', "/overlay/$overlay/all", width => 1920, height => 1080);
comes('all', '[data-digits]', qr/^0\.00$/, 'the overlay shows the empty pot');
is(js('all', 'getComputedStyle(document.body).backgroundColor'), 'rgba(0, 0, 0, 0)', 'the overlay is transparent');
js('all', 'window.kept = 1');
js('home', 'window.kept = 1');

# A sale, seen on both without a reload.
my $order = $house->shirt($race);
is($house->notice($house->stripe->completed($order))->{status}, 200, 'a signed sale is taken');
my $took = comes('all', '[data-digits]', qr/^5\.00$/, 'the pot rises on the overlay');
diag(sprintf 'overlay after %.2f s', $took);
comes('home', '[data-pot-digits]', qr/^5\.00$/, 'the pot rises on the page');
comes('home', '[data-seat="1"] [data-seat-share]', qr/^\$0\.63$/, 'seat 1 has the leftover cent');
comes('home', '[data-seat="8"] [data-seat-share]', qr/^\$0\.62$/, 'seat 8 waits for the next one');
comes('home', 'ol[data-sales]', qr/Circuit tee, \$25\.00\+\$5\.00/, 'the sale is in the list');
comes('home', 'figure[data-swap]', qr/\$5\.00/, 'the curve follows');
is(js('home', 'window.kept'), 1, 'the page was never loaded again');
comes('all', '[data-ticker]', qr/Circuit tee/, 'the ticker names it');
my $mug = $house->shirt($race, items => [['TEE', 2, 2500]], created => int time);
is($house->notice($house->stripe->completed($mug))->{status}, 200, 'a second sale');
comes('all', '[data-digits]', qr/^15\.00$/, 'and the pot again');
shot('all', 'overlay', ground => { r => 70, g => 92, b => 84, a => 255 });

# A refund lowers it, with its line.
is($house->notice($house->stripe->charge_refunded($order, 2500))->{status}, 200, 'a refund is taken');
comes('all', '[data-digits]', qr/^10\.00$/, 'the pot falls on the overlay');
comes('all', '[data-change]', qr/^refund −\$25\.00, pot −\$5\.00$/, 'with one calm line');
comes('home', '[data-pot-digits]', qr/^10\.00$/, 'and on the page');
is(js('all', 'window.kept'), 1, 'the overlay was never loaded again');
ok(js('all', q{Array.from(document.querySelectorAll('.ov')).every(e => { const r = e.getBoundingClientRect();
    return e.hidden || (r.left >= 95 && r.right <= 1825 && r.top >= 53 && r.bottom <= 1027) })}),
    'everything on the overlay lies in the safe area');
ok(js('all', 'document.querySelectorAll("*").length') < 150, 'and it is small');

# Flag and grace.
$house->json('race', 'finish', $race);
comes('all', '[data-gate]', qr/^Orders count until \d\d:\d\d:\d\d · \d:\d\d$/, 'the overlay counts grace down');
comes('home', '.gate', qr/Orders count until/, 'the page says it as well');

# The wallet, by the link's button.
my $token = $house->json('login-link', 'Nova')->{token};
$chrome->open('home', "/login/$token");
js('home', 'document.querySelector("main form button").click()');
comes('home', 'h1', qr/^Wallet of Nova$/, 'the button of the link opens the wallet');
my $balance = $house->json('balance', 'Nova');
my $sum = sprintf '$%.2f', ($balance->{pending} + $balance->{available}) / 100;
comes('home', '.balance', qr/^\Q$sum\E$/, 'the wallet and the command show the same balance');
shot('home', 'wallet');
$chrome->open('home', '/wallet/explain');
like(text_of('home', '#sum'), qr/you had \Q$sum\E because/, 'and explain adds up to it');
like(text_of('home', '.purse'), qr/\$\d/, 'the head of each page shows it');

# Every page on a phone and on a desk, in both themes: nothing sticks out, nobody complains.
for my $path ('/', '/races', "/race/$race", '/wallet', '/wallet/statement', '/wallet/explain', '/login', '/status', '/race/999') {
    my $name = $path =~ s{^/}{}r =~ s{/}{-}gr || 'home';
    for my $width (390, 1280) {
        for my $scheme ('dark', 'light') {
            $chrome->open('home', $path, width => $width, height => 844, scheme => $scheme);
            is(js('home', 'document.documentElement.scrollWidth'), $width, "$path fits $width px, $scheme");
            shot('home', "$name-$width-$scheme");
        }
    }
    is(js('home', q{Array.from(document.querySelectorAll('a, button, summary')).filter(e => !e.textContent.trim() && !e.getAttribute('aria-label')).length}), 0,
        "$path: everything that can be pressed has a name");
    is(js('home', 'document.querySelectorAll("h1").length'), 1, "$path has one title");
}
$chrome->open('home', '/');
js('home', 'document.querySelector(".skip").focus()');
ok(js('home', 'document.querySelector(".skip").getBoundingClientRect().top') >= 0, 'the skip link shows when it has the focus');
my @loud = $chrome->complaints(qr{/live/|status of 404});
is(scalar @loud, 0, 'the browser has nothing to complain about') or diag(@loud);

$chrome->stop;
$house->stop;
done_testing;
