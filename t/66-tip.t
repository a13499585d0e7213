# From the provider's notice of a tip to the DJ's message at Discord, the live message and the card on
# the stream: measured, with a real browser and a listener of our own. Then the overlays' queue, ticker
# and refusals to show what is hidden; and twelve tips at once.
use strict;
use warnings;
use utf8;
use Browser;
use Cozykart;
use HTTP::Tiny;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep time);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);
my $why = Cozykart::missing() || Browser::missing();
plan skip_all => $why if $why;

my $house = Cozykart->new(pay => 1, discord => 1, page_rate => '100000r/s');
my ($pay, $d, $fake) = ($house->pay, $house->discord, $house->fakecord);
$house->register;
my $vinyl = $d->person('Vinyl');
is($d->command($vinyl, 'help')->status, 200, 'the DJ comes from Discord');
is(($house->run('role', 'grant', 'Vinyl', 'dj'))[0], 0, 'and gets the role');
is($d->command($vinyl, 'dj on')->status, 200, 'on air');
my $id = $house->get_json('/live/home.json')->{state}{dj} || $house->wait_for(10, sub { $house->get_json('/live/home.json')->{state}{dj} });
ok($id, 'which the live file says');

my $http = HTTP::Tiny->new(max_redirect => 0, timeout => 20);
sub ask {
    my (%f) = @_;
    ($f{once}) = $http->get($house->url("/dj/$id"))->{content} =~ /name="once" value="([\w-]{22})"/;
    my $r = $http->post($house->url("/dj/$id"), { content => $http->www_form_urlencode(\%f), headers => { 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url } });
    my ($token) = ($r->{headers}{location} // die "refused: $r->{status}") =~ m{/pay/(.*)};
    $house->wait_for(15, sub { $http->get($house->url("/pay/$token?go=1"))->{status} == 303 }) or die 'no payment page';
    return $token;
}

my $overlay = $house->json('overlay', 'add', 'stream')->{token};
my $chrome = Browser->new($house);
$chrome->open('tip', "/overlay/$overlay/tip", width => 1920, height => 1080);
$chrome->open('queue', "/overlay/$overlay/queue", width => 1920, height => 1080);
$chrome->open('all', "/overlay/$overlay/all?hide=amounts,messages", width => 1920, height => 1080);
$house->wait_for(15, sub { $chrome->js('tip', 'performance.getEntriesByType("resource").some(e => /live\/dj/.test(e.name))') });
sleep 2.5; # each has its first snapshot
ok($chrome->js('tip', q{document.querySelector('[data-part="tip"]').hidden}), 'no card before a tip');

# A listener as a browser has one.
my $listener = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $house->{port}) or die $!;
print {$listener} "GET /live/dj/$id HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
$listener->blocking(0);
sleep 0.3;

my $token = ask(pick => '5.00', title => 'Night Drive', artist => 'Kiki', from => 'A name of twenty-one s', message => 'for my mum <b>');
my $begin = time;
$pay->pay_checkout($pay->checkout->{id}, name => 'x');
my (%took, $heard);
$heard = '';
$house->wait_for(20, sub {
    sysread $listener, $heard, 65536, length $heard;
    $took{live} //= time - $begin if $heard =~ /"type":"tip\.added"/;
    $took{card} //= time - $begin if $chrome->text('tip', '[data-tip-from]') ne '';
    $took{message} //= time - $begin if grep { Discord::Answer::words($_) =~ /\$5\.00 from/ } $fake->direct($vinyl);
    return $took{live} && $took{card} && $took{message};
});
for my $what (qw(live card message)) {
    ok(defined $took{$what}, "the tip is there: $what");
    diag(sprintf '%s after %.2f s', $what, $took{$what} // 99);
    # Below 3 s where nothing else runs; a machine that is busy gets more.
    cmp_ok($took{$what} // 99, '<', 12, '… soon enough');
}
is($chrome->text('tip', '[data-tip-from]'), 'A name of twent…', 'the name is cut at 16 signs');
is($chrome->text('tip', '[data-tip-amount]'), '$5.00', 'with its amount');
is($chrome->text('tip', '[data-tip-song]'), 'Night Drive – Kiki', 'its song');
is($chrome->text('tip', '[data-tip-text]'), 'for my mum <b>', 'and its message, as text');
$chrome->shot('tip', 'overlay-tip', ground => { r => 70, g => 92, b => 84, a => 255 });
$chrome->comes('all', '[data-tip-song]', qr/Night Drive/, 'the standard scene has the card');
is($chrome->text('all', '[data-tip-amount]') . $chrome->text('all', '[data-tip-text]'), '', 'without what is hidden');
$chrome->comes('queue', '[data-next]', qr/1Night Drive – Kiki/, 'the queue has the song');
is($d->command($vinyl, 'dj play')->status, 200, 'it is played');
$chrome->comes('queue', '[data-playing]', qr/^Night Drive – Kiki$/, 'and shown as playing');
$chrome->shot('queue', 'overlay-queue', ground => { r => 70, g => 92, b => 84, a => 255 });
my ($dm) = map { Discord::Answer::words($_) } $fake->direct($vinyl);
like($dm, qr/You get \$4\.45.*Night Drive/s, 'the DJ reads what it brings');

# Twelve more at once: one card at a time, after ten that wait the rest in one.
for my $n (1 .. 13) { $pay->kofi(type => 'Donation', amount => 300, message => "number $n", from => "Fan $n") }
ok($house->wait_for(10, sub { ($house->get_json("/live/dj/$id.json")->{state}{tips}[0]{from} // '') eq 'Fan 13' }), 'the live file has them');
$chrome->comes('tip', '[data-tip-from]', qr/^Fan 1$/, 'the first of them follows');
my (%seen, $rest);
my $end = time + 130;
while (time < $end && !$rest) {
    my $from = $chrome->text('tip', '[data-tip-from]');
    $rest = [$from =~ /(\d+)/, $chrome->text('tip', '[data-tip-amount]')] if $from =~ /^and \d+ more tips$/;
    $seen{$1} = 1 if $from =~ /^Fan (\d+)$/;
    sleep 0.5;
}
ok($rest, 'the last card has the rest') or diag(join '|', sort keys %seen);
is(keys(%seen) + $rest->[0], 13, 'none is lost, none shown twice');
is($rest->[1], '$' . 3 * $rest->[0] . '.00', 'with their sum');
cmp_ok(scalar keys %seen, '<=', 11, 'after ten that wait');
ok($house->wait_for(12, sub { $chrome->js('tip', q{document.querySelector('[data-part="tip"]').hidden}) }), 'then the stream is free');
is($d->command($vinyl, 'notify', what => 'tip', on => 0)->status, 200, 'the DJ turns the messages off');
my $before = scalar $fake->direct($vinyl);
$pay->kofi(type => 'Donation', amount => 300, message => 'quiet', from => 'Late');
$chrome->comes('tip', '[data-tip-from]', qr/^Late$/, 'a tip still shows');
sleep 1.5;
is(scalar($fake->direct($vinyl)), $before, 'and no message is sent');
is(scalar($fake->violations), 0, 'nothing that Discord would refuse') or diag(explain([$fake->violations]));
$house->stop;
done_testing;
