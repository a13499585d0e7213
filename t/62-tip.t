# A tip from the DJ's page to the wallet: asked, paid at the provider's stand-in, booked, queued, played;
# twice and at once, refunded before it is known, disputed, expired by the moved clock; and everything
# that a form may say wrong is refused beside its field, without a line in the ledger.
use strict;
use warnings;
use utf8;
use Cozykart;
use Digest::SHA qw(hmac_sha256);
use HTTP::Tiny;
use MIME::Base64 qw(encode_base64);
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);
my $why = Cozykart::missing();
plan skip_all => $why if $why;

my $house = Cozykart->new(pay => 1, clock => 0, page_rate => '100000r/s');
my $pay = $house->pay;
my $dj = $house->json('member', 'add', 'Vinyl', '--role', 'dj')->{member};
my $other = $house->json('member', 'add', 'Needle', '--role', 'dj')->{member};

# A visitor of their own address: the house counts forms by it.
my $visitors = 0;
sub visitor { return HTTP::Tiny->new(max_redirect => 0, timeout => 20, local_address => '127.0.2.' . ++$visitors) }
my $fan = visitor();

sub encode { my (%f) = @_; return HTTP::Tiny->new->www_form_urlencode(\%f) }

sub once_of { return ($_[0]{content} =~ /name="once" value="([\w-]{22})"/)[0] }

# The form of the page, filled; gives the answer.
sub send_form {
    my ($http, $path, %f) = @_;
    my $page = $http->get($house->url($path));
    $f{once} //= once_of($page);
    return $http->post($house->url($path), { content => encode(%f), headers => { 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url } });
}

# Goes on as the browser would, until the payment page or ours.
sub follow {
    my ($http, $answer) = @_;
    my $to = $answer->{headers}{location} // '';
    my $end;
    $house->wait_for(15, sub {
        my $r = $http->get($house->url($to) . '?go=1');
        $end = $r->{headers}{location} if $r->{status} == 303;
    });
    return ($to =~ m{/pay/(.*)}, $end);
}

sub paid {
    my ($http, %f) = @_;
    my ($token, $url) = follow($http, send_form($http, '/dj/Vinyl', %f));
    my $done = $pay->pay_checkout($pay->checkout->{id});
    return ($token, $done);
}

sub tip_page { my ($http, $token) = @_; my $text = $http->get($house->url("/tip/$token"))->{content}; utf8::decode($text); return $text }
sub entries { return ($house->run('verify'))[1] =~ /verified (\d+) entries/ ? $1 : die 'verify' }
sub wallet { my ($who) = @_; return $house->json('balance', $who) }
sub queue { return $house->get_json('/dj/Vinyl.json') }

# --- the page, before anything is paid

my $page = $fan->get($house->url('/dj/Vinyl'));
utf8::decode($page->{content});
is($page->{status}, 200, 'the page of a DJ');
like($page->{content}, qr/\$2\.00<\/b><span class="small">DJ Vinyl gets \$1\.60; fee \$0\.40</, 'it says what the DJ gets of two dollars');
like($page->{content}, qr/\$10\.00<\/b><span class="small">DJ Vinyl gets \$9\.20; fee \$0\.80</, '… and of ten');
like($page->{content}, qr/The queue is empty — yours would play next\./, 'and that the queue is empty');
is($fan->get($house->url('/dj/Nobody'))->{status}, 404, 'nobody has no page');

my $before = entries();
for my $case (
    [{ pick => 'other', amount => 'abc' }, 'amount', qr/abc is no amount of USD/],
    [{ pick => 'other', amount => '-5' }, 'amount', qr/takes tips from \$2\.00|is no amount/],
    [{ pick => 'other', amount => '1.234' }, 'amount', qr/1\.234 is no amount of USD/],
    [{ pick => 'other', amount => '1e3' }, 'amount', qr/1e3 is no amount/],
    [{ pick => 'other', amount => '99999999999999999999' }, 'amount', qr/too much|is no amount/],
    [{ pick => 'other', amount => '500.01' }, 'amount', qr/at most \$500\.00/],
    [{ pick => 'other', amount => '5.00 EUR' }, 'amount', qr/5\.00 EUR is no amount of USD/],
    [{ pick => 'other', amount => '€5' }, 'amount', qr/is no amount of USD/],
    [{ pick => 'other', amount => '1.99' }, 'amount', qr/takes tips from \$2\.00/],
    [{ pick => 'other', amount => '' }, 'amount', qr/write an amount/],
    [{ amount => '0' }, 'amount', qr/takes tips from/],
    [{ pick => '2.00', artist => 'Band' }, 'title', qr/name the song/],
    [{ pick => '2.00', title => 'x' x 81 }, 'title', qr/at most 80 signs/],
    [{ pick => '2.00', message => 'x' x 141 }, 'message', qr/at most 140 signs/],
    [{ pick => '2.00', from => 'a bitch' }, 'from', qr/with that word/],
    [{ pick => '2.00', title => 'y', link => 'http://example.org' }, 'link', qr/begins with https/],
) {
    my ($form, $field, $words) = @$case;
    my $r = send_form($fan, '/dj/Vinyl', %$form);
    utf8::decode($r->{content});
    my $name = join ', ', map { "$_ '" . substr($form->{$_}, 0, 24) . "'" } sort keys %$form;
    is($r->{status}, 400, "$name is refused") or diag(substr $r->{content}, 0, 300);
    my ($said) = $r->{content} =~ /<span class="why" id="${field}_why">([^<]*)</;
    like($said // '', $words, '… beside its field') or diag($r->{content} =~ /(<h1>.*?<\/section>)/s);
    sleep 0.3;
}
my $kept = send_form($fan, '/dj/Vinyl', pick => 'other', amount => 'abc', title => 'A <b>', message => 'hi');
like($kept->{content}, qr/name="title" value="A &lt;b&gt;"/, 'what was written is kept');
is(entries(), $before, 'nothing of it is in the ledger');
is(scalar(grep { $_->{method} eq 'POST' } $pay->log('stripe')), 0, 'and Stripe was asked for nothing');

# --- asked, paid, booked, played

my ($token, $url) = follow($fan, send_form($fan, '/dj/Vinyl', pick => '2.00', title => 'Night Drive', artist => 'Kiki', from => 'Jo', message => 'for my mum'));
like($url // '', qr{^http://127\.0\.0\.1:\d+/|^https?://}, 'the way leads to the payment page');
my ($ask) = grep { $_->{path} =~ /checkout\/sessions/ } $pay->log('stripe');
is($ask->{form}{'metadata[ck_kind]'}, 'tip', 'which knows that it is a tip');
like(tip_page($fan, $token), qr/the payment is not confirmed yet\..*You can close this page/s, 'before the notice the page waits');
my $done = $pay->pay_checkout($pay->checkout->{id});
like(tip_page($fan, $token), qr/Your tip of \$2\.00 for DJ Vinyl arrived\..*It is next\.[^W].*DJ Vinyl gets \$1\.60, the fee is \$0\.40/s, 'then it says the place in the queue');
is(wallet('Vinyl')->{pending}, 160, 'the DJ has $1.60, pending');
is(queue()->{queue}[0]{title}, 'Night Drive', 'the song waits');
$pay->again($done->{notices}[-1]{n});
ok($house->wait_for(5, sub { ($pay->notices('stripe'))[-1]{state} eq 'done' }), 'told again, all is well');
is(wallet('Vinyl')->{pending}, 160, 'and booked once');

# The same form twice, in two tabs.
my $once = once_of($fan->get($house->url('/dj/Vinyl')));
my @same = map { send_form($fan, '/dj/Vinyl', once => $once, pick => '5.00')->{headers}{location} } 1, 2;
is($same[0], $same[1], 'the same form sent twice is one tip');
isnt(send_form($fan, '/dj/Vinyl', once => $once, pick => '10.00')->{headers}{location}, $same[0], 'with another amount it is another');
my @two = map { (paid($fan, pick => '5.00', title => "Tab $_"))[0] } 1, 2;
isnt($two[0], $two[1], 'two tabs are two tips');
is(wallet('Vinyl')->{pending}, 160 + 2 * 445, 'both are booked');
like(tip_page($fan, $two[1]), qr/It is number 3 in the queue/, 'the second is third');

# At once: six notices of one payment.
my ($tok6, undef) = follow($fan, send_form($fan, '/dj/Vinyl', pick => '2.00'));
$pay->hold('stripe');
my $at_once = $pay->pay_checkout($pay->checkout->{id});
my ($n) = map { $_->{n} } grep { $_->{name} =~ /checkout/ } @{ $at_once->{notices} };
my $made = $pay->made($n);
my @child = map {
    my $pid = fork // die $!;
    if (!$pid) {
        Test::More->builder->no_ending(1);
        my $r = HTTP::Tiny->new->post($house->url($made->{path}), { content => $made->{body}, headers => $made->{headers} });
        require POSIX;
        POSIX::_exit($r->{status} == 200 ? 0 : 1);
    }
    $pid;
} 1 .. 6;
is((waitpid($_, 0), $?)[1], 0, 'a notice is taken') for @child;
$pay->release('stripe');
ok($house->wait_for(5, sub { !grep { $_->{state} ne 'done' } $pay->notices('stripe') }), 'and its own ones');
is(wallet('Vinyl')->{pending}, 160 + 2 * 445 + 160, 'six at once are one tip');

# --- the desk

my $link = $house->json('login-link', 'Vinyl')->{token};
my $login = $house->post("/login/$link", '', 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url);
my ($cookie, $session) = ($login->{headers}{'set-cookie'} // '') =~ /^(ck=([\w-]{43}))/;
my $nonce = 0;
sub desk {
    my (%f) = @_;
    my $mark = sprintf '%022d', ++$nonce;
    my $key = encode_base64(hmac_sha256("form:$mark:/me/dj", $session), '') =~ tr{+/}{-_}r =~ s/=+\z//r;
    return $house->post('/me/dj', encode(form_token => "$mark.$key", %f), cookie => $cookie, 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url);
}
sub desk_page { my $t = $house->get('/me/dj', cookie => $cookie)->{content}; utf8::decode($t); return $t }
like(desk_page(), qr/Night Drive.*for Jo, \$2\.00.*Tab 1.*Tab 2/s, 'the desk has the queue');
is(desk(do => 'on')->{status}, 303, 'on air');
is($house->wait_for(5, sub { ($house->get_json('/live/home.json')->{state}{dj} // 0) == $dj }), 1, 'which the live file says');
is(desk(do => 'next')->{status}, 303, 'the next plays');
like(tip_page($fan, $token), qr/Night Drive by Kiki is playing now/, 'the fan reads it');
ok($house->wait_for(5, sub { my $now = queue()->{playing}; ref $now eq 'HASH' && $now->{title} eq 'Night Drive' }), 'and everybody');
is(desk(do => 'refund', song => 1, reason => 'no')->{status}, 409, 'what plays is not refunded');
is(desk(do => 'skip', song => 2, reason => 'I do not have it')->{status}, 303, 'one is skipped');
like(tip_page($fan, $two[0]), qr/was skipped by the DJ.*The DJ says: I do not have it/s, 'with its reason');
is(desk(do => 'refund', song => 3, reason => 'cannot find it')->{status}, 303, 'another is refunded');
ok($house->wait_for(15, sub { tip_page($fan, $two[1]) =~ /was refunded\..*All of it went back to you/s }), 'which Stripe did and told');
is(wallet('Vinyl')->{pending}, 160 + 445 + 160, 'the whole tip is gone, fee included');
is(desk(do => 'pause')->{status}, 303, 'songs are paused');
like($fan->get($house->url('/dj/Vinyl'))->{content}, qr/No songs now.*takes no songs at the moment/s, 'the page says so');
is(send_form($fan, '/dj/Vinyl', pick => '2.00', title => 'x')->{status}, 409, 'a song is refused');
is(desk(do => 'resume')->{status}, 303, 'and taken again');
is(desk(do => 'limits', min => '5.00', max_open => 20, max_per_fan => 3, banned => "darn\n")->{status}, 303, 'limits are set');
like($fan->get($house->url('/dj/Vinyl'))->{content}, qr/\$5\.00 to \$500\.00/, 'the page has them');
is(send_form(visitor(), '/dj/Vinyl', pick => 'other', amount => '4.99')->{status}, 400, 'and holds to them');
is(desk(do => 'limits', min => '2.00', max_open => 20, max_per_fan => 3, banned => 'darn')->{status}, 303, 'and back');
my $hidden = (paid(visitor(), pick => '5.00', message => 'DARN good'))[1];
unlike(desk_page(), qr/DARN good/, 'a message with a banned word is hidden');
like(desk_page(), qr/hidden by the word filter/, '… and the tip counts');

# --- refund before the tip, dispute

my $late = visitor();
my ($tok) = follow($late, send_form($late, '/dj/Vinyl', pick => '5.00'));
my $pending = wallet('Vinyl')->{pending};
$pay->hold('stripe');
my $first = $pay->pay_checkout($pay->checkout->{id});
$pay->refund($first->{payment}, 200);
$pay->release('stripe', reverse => 1);
$house->wait_for(10, sub { wallet('Vinyl')->{pending} == $pending + 445 - 178 });
is(wallet('Vinyl')->{pending}, $pending + 445 - 178, 'a refund that comes first: both are booked, to the cent');
like(tip_page($late, $tok), qr/\$2\.00 of it went back to you/, 'and shown');

my $bad = (paid(visitor(), pick => '10.00'))[1];
$pending = wallet('Vinyl')->{pending};
$pay->dispute($bad->{payment}, 'created', fee => 1500);
is(wallet('Vinyl')->{pending}, $pending - 920, 'a disputed tip is put aside');
$pay->dispute($bad->{payment}, 'won');
is(wallet('Vinyl')->{pending}, $pending, 'and comes back when it is won');
my $worse = (paid(visitor(), pick => '10.00'))[1];
$pay->dispute($worse->{payment}, 'created');
$pay->dispute($worse->{payment}, 'lost');
is(wallet('Vinyl')->{pending}, $pending, 'a lost one is gone');

# --- nobody's

is(desk(do => 'off')->{status}, 303, 'off air');
$pay->kofi(type => 'Donation', amount => 500, message => 'keep going', from => 'Momo');
ok((grep { $_->{kind} eq 'tip_without_dj' } @{ $house->json('alerts') }) || ($house->run('alerts'))[1] =~ /tip_without_dj|no DJ was named/, 'a donation for nobody is the house\'s, with an alert');
$pay->kofi(type => 'Donation', amount => 500, message => '@needle this one', from => 'Momo');
is(wallet('Needle')->{pending}, 445, 'one that names a DJ is that DJ\'s');

# --- time

my $old = visitor();
my ($waits) = paid($old, pick => '2.00', title => 'Too Late');
$house->ahead(24 * 3600 + 60);
ok($house->wait_for(20, sub { desk_page() =~ /Not played in time.*Too Late/s }), 'after a day the song is offered to the DJ');
like(tip_page($old, $waits), qr/was not played in time\. The DJ decides/, 'the fan reads that too');
$house->ahead(72 * 3600 + 180);
ok($house->wait_for(30, sub { tip_page($old, $waits) =~ /was refunded/ }), 'without an answer it is refunded');
ok($house->wait_for(30, sub { wallet('Vinyl')->{pending} == 0 }), 'and what cleared is available');
cmp_ok(wallet('Vinyl')->{available}, '>', 0, 'in the wallet');
$house->stop;
done_testing;
