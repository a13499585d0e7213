# Logins and money by a moved clock: money pages close after half an hour without a click and twelve
# hours after a login; money moves within five minutes of a login, at the vault too. Who logs in again
# is back where he was, with what he typed, and nothing was booked in between.
use strict;
use warnings;
use utf8;
use Cozykart;
use Test::More;
use Vault;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(pay => 1, clock => 1, page_rate => '100000r/s', conf => "window.grace_s = 0\nrace.dispute_min = 1\n");
my $vault = Vault->new($house);

# A browser with its cookies, each at an address of its own, since the house counts logins by address.
package Person {
    my $n = 1;
    sub new { my ($class, $name) = @_; return bless { name => $name, jar => {}, http => HTTP::Tiny->new(max_redirect => 0, timeout => 20, local_address => '127.0.3.' . ++$n) }, $class }
    sub cookie { my ($self) = @_; return map { (cookie => join '; ', map { "$_=$self->{jar}{$_}" } sort keys %{ $self->{jar} }) } grep { keys %{ $self->{jar} } } 1 }
    sub keep {
        my ($self, $r) = @_;
        my $set = $r->{headers}{'set-cookie'} // [];
        for (ref $set ? @$set : $set) {
            my ($name, $value) = /^([^=]+)=([^;]*)/ or next;
            /Max-Age=0\b/ ? delete $self->{jar}{$name} : ($self->{jar}{$name} = $value);
        }
        utf8::decode($r->{content});
        return $r;
    }
    sub get { my ($self, $path, %h) = @_; return $self->keep($self->{http}->get($house->url($path), { headers => { $self->cookie, %h } })) }
    sub post {
        my ($self, $path, %field) = @_;
        my $r = $self->{http}->post($house->url($path), { content => $self->{http}->www_form_urlencode(\%field),
            headers => { $self->cookie, origin => $house->url, 'content-type' => 'application/x-www-form-urlencoded' } });
        return $self->keep($r);
    }
    sub token { my ($self, $page, $path) = @_; return $self->get($page)->{content} =~ /action="\Q$path\E"[^>]*>\s*<input type="hidden" name="form_token" value="([^"]+)"/ ? $1 : '' }
    # By a one-time link; where it leads.
    sub login {
        my ($self) = @_;
        my $token = $house->json('login-link', $self->{name})->{token};
        local $self->{http} = HTTP::Tiny->new(max_redirect => 0, timeout => 20, local_address => '127.0.4.' . ++$n);
        return $self->post("/login/$token", form_token => $self->token("/login/$token", "/login/$token"))->{headers}{location} // '';
    }
}

# Two drivers with money, and somebody to pay them.
my $race = $house->race(2);
$house->notice($house->stripe->completed($house->stripe->order(items => [['TEE', 100, 2500]], title => 'Circuit tee', race => $race, created => int $house->now)));
$house->ahead(30);
$house->json('race', 'finish', $race);
$house->ahead(250);
$house->json('race', 'result', $race, '--seat', $_, '--place', $_) for 1, 2;
$house->ahead(3600 * 73);
ok($house->wait_for(60, sub { $house->json('race', 'show', $race)->{state} eq 'SETTLED' }), 'there is money');
$house->json('member', 'add', 'Stella', '--role', 'staff');
my ($nova, $stella) = map { Person->new($_) } qw(Nova Stella);
sub main { my ($html) = @_; return $html =~ /<main(.*)<\/main>/s ? $1 : '' }
sub head { return $vault->ask('vault.ping')->{seq} }
sub idle { my ($path) = @_; return '/login?why=idle&to=' . $path =~ s{([^A-Za-z0-9._~-])}{sprintf '%%%02X', ord $1}ger }

# --- half an hour
is($nova->login, '/wallet', 'a login leads to the wallet');
is($nova->get('/wallet')->{status}, 200, 'which opens');
for (1 .. 3) {
    $house->ahead(29 * 60);
    is($nova->get('/races')->{status}, 200, 'any page is a click');
}
like($nova->get('/wallet')->{content}, qr/available/, 'who clicks stays, an hour and a half later');
$house->ahead(31 * 60);
my $r = $nova->get('/wallet/statement?kind=race');
is("$r->{status} " . ($r->{headers}{location} // ''), '303 ' . idle('/wallet/statement?kind=race'), 'half an hour without one closes the money pages');
$r = $nova->get($r->{headers}{location});
like($r->{content}, qr/Log in again.*come back to where you were/s, 'and the login says why');
unlike($nova->get('/races')->{content}, qr/class="purse"[^>]*>(?:(?!<\/a>).)*\d/s, 'no page shows the sum');
like($nova->get('/races')->{content}, qr/class="purse"[^>]*>(?:(?!<\/a>).)*Nova/s, 'but who it is');
is($nova->get('/me')->{status}, 200, 'what is not money stays open');
is($nova->get('/wallet')->{status}, 303, 'other pages do not open it again');
$r = $nova->get('/wallet.json');
is($r->{status}, 401, 'programs are told');
like($r->{content}, qr/"code":"not-logged-in".*|log in again/s, 'in a problem document');
$house->ahead(3 * 86400);
$nova->get('/me');
is($nova->get('/wallet')->{status}, 303, 'nor do days');
$nova->get('/wallet/statement?kind=race');
is($nova->login, '/wallet/statement?kind=race', 'a login leads back to where one was');
is($nova->get('/wallet/statement?kind=race')->{status}, 200, 'which opens');

# --- a page that asks by itself is nobody's click
for (1 .. 4) {
    $house->ahead(10 * 60);
    $nova->get('/wallet', 'sec-fetch-mode' => 'cors');
}
is($nova->get('/wallet')->{status}, 303, 'an open page that follows the pot keeps nothing open');

# --- twelve hours
$nova->login;
for (1 .. 25) {
    $house->ahead(29 * 60);
    $nova->get('/races');
}
is($nova->get('/wallet')->{status}, 303, 'after twelve hours every click is one too many');

# --- five minutes: a payout
$nova->login;
my $path = '/wallet/payout?method=gift_card&amount=50';
my %want = (method => 'gift_card', amount => '50.00');
my $token = $nova->token($path, '/wallet/payout');
ok($token, 'the page that asks once more');
$house->ahead(6 * 60);
my $before = head();
$r = $nova->post('/wallet/payout', form_token => $token, %want);
is($r->{status}, 303, 'six minutes after the login');
like($r->{headers}{location} // '', qr{^/login\?why=move&kept=1&to=%2Fwallet%2Fpayout%3F}, 'one must log in again');
like($nova->get($r->{headers}{location})->{content}, qr/Nothing was sent yet.*kept/s, 'and reads that nothing was sent');
is(head(), $before, 'nothing was booked');
my $back = $nova->login;
like($back, qr{^/wallet/payout\?}, 'the login leads back');
like($nova->get($back)->{content}, qr/Pay out \$50\.00\?/, 'to the same question');
is(head(), $before, 'which was not answered yet');
$r = $nova->post('/wallet/payout', form_token => $nova->token($back, '/wallet/payout'), %want);
is("$r->{status} " . ($r->{headers}{location} // ''), '303 /wallet/payout/1', 'the answer is sent');
ok(!exists $nova->{jar}{ckk}, 'and kept no longer');
is(head(), $before + 1, 'once');

# --- five minutes: where somebody is paid to
$token = $nova->token('/wallet/methods', '/wallet/methods');
$house->ahead(6 * 60);
$r = $nova->post('/wallet/methods', form_token => $token, kind => 'paypal', to => 'nova@example.org');
is($r->{headers}{location} // '', '/login?why=move&kept=1&to=%2Flogin%2Fkept', 'a destination');
unlike($house->log('access'), qr/nova(?:\@|%40)example/, 'which stands in no address');
unlike($nova->get('/wallet/methods')->{content}, qr/example\.org/, 'is not set');
is($nova->login, '/login/kept', 'the login leads to what was typed');
my $kept = $nova->get('/login/kept')->{content};
like($kept, qr/Nothing was sent yet.*nova\@example\.org/s, 'which stands there');
is(Person->new('x')->get('/login/kept')->{status}, 401, 'not for others');
{
    my $other = Person->new('Piston');
    $other->login;
    $other->{jar}{ckk} = $nova->{jar}{ckk};
    is($other->get('/login/kept')->{headers}{location} // '', '/wallet', 'nor in the browser of somebody else');
}
my %again = main($kept) =~ /type="hidden" name="(\w+)" value="([^"]*)"/g;
s/&#x?\w+;/\@/g for values %again;
my ($at) = $kept =~ m{method="post" action="(/wallet/methods)"};
is($nova->post($at, %again)->{headers}{location} // '', '/wallet/methods?done', 'it is sent by one press');
like($nova->get('/wallet/methods')->{content}, qr/n…a\@example\.org/, 'and set');
is($nova->get('/login/kept')->{headers}{location} // '', '/wallet', 'then nothing is kept any more');

# --- five minutes: what staff does
$stella->login;
$token = $stella->token('/ops/payouts', '/ops/payouts/1');
ok($token, 'staff see the request');
$house->ahead(6 * 60);
$before = head();
my %card = (brand => 'Tea & Co', code => 'CARD-7 % + é', note => 'have fun; "really"');
$r = $stella->post('/ops/payouts/1', form_token => $token, %card);
is($r->{headers}{location} // '', '/login?why=move&kept=1&to=%2Flogin%2Fkept', 'who fulfils it logs in again');
is(head(), $before, 'nothing was booked');
is($stella->login, '/login/kept', 'and is back');
$kept = $stella->get('/login/kept')->{content};
%again = main($kept) =~ /type="hidden" name="(\w+)" value="([^"]*)"/g;
for (values %again) { s/&amp;/&/g; s/&quot;|&#34;/"/g; s/&#39;/'/g; s/&lt;/</g; s/&gt;/>/g }
is_deeply([@again{qw(brand code note)}], [@card{qw(brand code note)}], 'every sign that was typed') or diag($kept);
utf8::encode($_) for values %again;
is($stella->post('/ops/payouts/1', %again)->{headers}{location} // '', '/ops/payouts?done', 'one press sends it');
cmp_ok(head(), '>', $before, 'and it is booked');

# --- what is planted there
for my $bad ('x', 'A' x 3000, '%%%', map { require MIME::Base64; MIME::Base64::encode_base64($_, '') =~ tr{+/=}{-_}dr }
    '1 form //evil.example?a=1', '1 form /logout?x=1', "2 form /wallet/methods?a=%00", '1 form /wallet/methods?a', '0 form /wallet', 'form', "1 form /wallet\r\nX: y") {
    local $stella->{jar}{ckk} = $bad;
    is($stella->get('/login/kept')->{headers}{location} // '', '/wallet', 'nonsense is nothing: ' . substr $bad, 0, 20);
    unlike(Person::login($stella), qr{^//|evil|[\r\n]}, 'and leads nowhere');
}

# --- the vault asks for itself
my %s = (session => $vault->session('Nova'));
$house->ahead(6 * 60);
for (['payout.ask', method => 'gift_card', amount => '20.00', key => 'k1'], ['payout.reveal', payout => \1], ['method.set', kind => 'paypal', to => 'evil@example.org'],
    ['method.confirm', method => \1], ['method.drop', method => \1], ['payout.fulfil', payout => \1, code => 'x'], ['payout.judge', payout => \1, arrived => \1, proof => 'seen there'],
    ['desk.tag', sale => \1, race => \1, reason => 'a reason'], ['desk.tagged', tag => \1, yes => \1], ['desk.close', season => \1]) {
    my ($name, @field) = @$_;
    my $a = $vault->ask($name, %s, @field);
    is($a->{name}, 'E_AUTH', "$name after six minutes") or diag(explain($a));
    like($a->{why}, qr/log in again/, '… with what to do');
}
is($vault->ask('payout.cancel', %s, payout => \1)->{name} eq 'E_AUTH', '', 'what gives money back to the wallet goes on');
$house->ahead(31 * 60);
is($vault->ask('payout.cancel', %s, payout => \1)->{name}, 'E_AUTH', 'for half an hour');
is($vault->ask('payout.ask', session => $vault->session('Nova'), method => 'gift_card', amount => '20.00', key => 'k1')->{ok}, 1, 'the refusal of a key is not its answer for ever');
$house->stop;
done_testing;
