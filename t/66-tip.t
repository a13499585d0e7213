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
# Who has asked for the second snapshot has read the first.
for my $tab (qw(tip queue all)) {
    ok($house->wait_for(15, sub { $chrome->js($tab, 'performance.getEntriesByType("resource").filter(e => /live\/dj.*json/.test(e.name)).length') > 1 }), "$tab follows the DJ");
}
$chrome->js('tip', q{(window.names = [], new MutationObserver(() => names.push(document.querySelector('[data-tip-from]').textContent))
    .observe(document.querySelector('[data-tip-from]'), {childList: true}), 1)});
ok($chrome->js('tip', q{document.querySelector('[data-part="tip"]').hidden}), 'no card before a tip');

# A listener as a browser has one.
my $listener = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $house->{port}) or die $!;
print {$listener} "GET /live/dj/$id HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
$listener->blocking(0);
my $heard = '';
ok($house->wait_for(15, sub { sysread $listener, $heard, 65536, length $heard; $heard =~ /\r\n\r\n/ }), 'who listens is heard');

my $token = ask(pick => '5.00', title => 'Night Drive', artist => 'Kiki', from => 'A name of twenty-one s', message => 'for my mum <b>');
my $begin = time;
$pay->pay_checkout($pay->checkout->{id}, name => 'x');
my %took;
$house->wait_for(20, sub {
    sysread $listener, $heard, 65536, length $heard;
    $took{live} //= time - $begin if $heard =~ /"type":"tip\.added"/;
    $took{card} //= time - $begin if $chrome->text('tip', '[data-tip-from]') ne '';
    $took{message} //= time - $begin if grep { Discord::Answer::words($_) =~ /\$5\.00 from/ } $fake->direct($vinyl);
    return $took{live} && $took{card} && $took{message};
});
for my $what (qw(live card message)) {
    ok(defined $took{$what}, "the tip is there: $what");
    # Below 3 s where nothing else runs.
    diag(sprintf '%s after %.2f s', $what, $took{$what} // 99);
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
my ($jobs) = $house->pids('cozykart-jobs');
kill 'STOP', $jobs;
for my $n (1 .. 13) { $pay->kofi(type => 'Donation', amount => 300, message => "number $n", from => "Fan $n") }
kill 'CONT', $jobs;
ok($house->wait_for(10, sub { ($house->get_json("/live/dj/$id.json")->{state}{tips}[0]{from} // '') eq 'Fan 13' }), 'the live file has them');
$chrome->comes('tip', '[data-tip-from]', qr/^Fan 1$/, 'the first of them follows');
my @seen;
ok($house->wait_for(400, sub {
    sleep 0.5;
    @seen = @{ $chrome->js('tip', 'names') };
    return @seen && $seen[-1] =~ /^and \d+ more tips$/;
}), 'the last card has the rest') or diag(join '|', @seen);
is(join('|', @seen), join('|', 'A name of twent…', (map { "Fan $_" } 1 .. 10), 'and 3 more tips'), 'after ten that wait; none is lost, none shown twice');
is($chrome->text('tip', '[data-tip-amount]'), '$9.00', 'with their sum');
ok($house->wait_for(12, sub { $chrome->js('tip', q{document.querySelector('[data-part="tip"]').hidden}) }), 'then the stream is free');
is($d->command($vinyl, 'notify', what => 'tip', on => 0)->status, 200, 'the DJ turns the messages off');
sub quiet { return $house->wait_for(20, sub { !grep { $_->{kind} eq 'tell' && $_->{state} =~ /^(?:due|leased)$/ } @{ $house->json('jobs', 'list') } }) }
ok(quiet(), 'everything before was told');
my $before = scalar $fake->direct($vinyl);
$pay->kofi(type => 'Donation', amount => 300, message => 'quiet', from => 'Late');
$chrome->comes('tip', '[data-tip-from]', qr/^Late$/, 'a tip still shows');
ok(quiet(), 'nothing waits to be told');
is(scalar($fake->direct($vinyl)), $before, 'and no message is sent');
is(scalar($fake->violations), 0, 'nothing that Discord would refuse') or diag(explain([$fake->violations]));
$house->stop;
done_testing;
