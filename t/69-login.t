# Login by Discord, as a browser does it, and all the wrong ways; one's own account; sessions.
use strict;
use warnings;
use utf8;
use Cozykart;
use Discord;
use Digest::SHA qw(sha256);
use MIME::Base64 qw(encode_base64);
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(discord => 1, clock => 1, page_rate => '100000r/s');
my ($d, $fake) = ($house->discord, $house->fakecord);
my $out = HTTP::Tiny->new(max_redirect => 0);
my @form = ('content-type' => 'application/x-www-form-urlencoded');

# A browser: keeps cookies, follows nothing by itself.
package Browser {
    my $n = 1;
    # Each from an address of its own: the house counts logins by address.
    sub new { my ($class, %o) = @_; return bless { jar => {}, http => HTTP::Tiny->new(max_redirect => 0, timeout => 20, local_address => '127.0.0.' . ++$n), agent => 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', %o }, $class }
    sub cookie { my ($self) = @_; return join '; ', map { "$_=$self->{jar}{$_}" } sort keys %{ $self->{jar} } }
    sub keep {
        my ($self, $r) = @_;
        my $set = $r->{headers}{'set-cookie'} // [];
        for (ref $set ? @$set : $set) {
            my ($name, $value) = /^([^=]+)=([^;]*)/ or next;
            /Max-Age=0\b/ ? delete $self->{jar}{$name} : ($self->{jar}{$name} = $value);
        }
        return $r;
    }
    sub get {
        my ($self, $path, %h) = @_;
        return $self->keep($self->{http}->get($house->url($path), { headers => { 'user-agent' => $self->{agent}, ($self->cookie ? (cookie => $self->cookie) : ()), %h } }));
    }
    sub send {
        my ($self, $path, %field) = @_;
        my ($token) = $self->get($path)->{content} =~ /name="form_token" value="([^"]+)"/;
        return $self->keep($self->{http}->post($house->url($path), { content => $self->{http}->www_form_urlencode({ form_token => $token // '', %field }), headers => { @form, cookie => $self->cookie, origin => $house->url } }));
    }
    # To Discord; gives where it sends the browser back to, as a path.
    sub leave {
        my ($self, $to, $as) = @_;
        my $r = $self->get('/login/discord' . (defined $to ? '?to=' . Fakecord::escape($to) : ''));
        $self->{left} = $r;
        return '/login/discord' unless $r->{status} == 303;
        my $back = $out->get($r->{headers}{location} . "&as=$as");
        return ($back->{headers}{location} // '') =~ s/^\Q$house->{url}\E//r;
    }
    # Until the house knows.
    sub wait {
        my ($self) = @_;
        my $r;
        $house->wait_for(20, sub { $r = $self->get('/login/wait'); $r->{status} != 200 });
        return $r;
    }
    sub login {
        my ($self, $to, $as) = @_;
        my $r = $self->get($self->leave($to, $as));
        return $r->{status} == 303 ? $self->wait : $r;
    }
}
require Fakecord;

my $nova = $d->person('Nova');
my $juno = $d->person('Juno');
$fake->order('person', %{ Discord::user_object($_) }) for $nova, $juno;

# --- the straight way

my $b = Browser->new;
my $r = $b->get('/me');
is($r->{status}, 401, 'one must log in');
like($r->{content}, qr{href="/login\?to=%2Fme"}, 'and comes back to where one was');
$r = $b->get('/login?to=%2Fme');
like($r->{content}, qr{href="/login/discord\?to=%2Fme"[^>]*>.*Log in with Discord}s, 'the login page offers Discord');
my $back = $b->leave('/me', $nova->{id});
my %q = map { split /=/, $_, 2 } split /&/, ($b->{left}{headers}{location} =~ s/^[^?]*\?//r);
is($q{scope}, 'identify', 'the least scope');
is($q{response_type}, 'code', 'a code');
is($q{code_challenge_method}, 'S256', 'with PKCE');
like($q{state}, qr/^[\w-]{43}$/, 'a state of 256 bits');
like($b->{left}{headers}{'set-cookie'}, qr/^ckl=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/, 'bound to this browser for ten minutes');
isnt($q{state}, $b->{jar}{ckl}, 'the address does not hold what the cookie holds');
is($b->{left}{headers}{'cache-control'}, 'no-store', 'kept nowhere');
$r = $b->get($back);
is($r->{status}, 303, 'back from Discord') or diag($r->{content});
is($r->{headers}{location}, '/login/wait', 'the code leaves the address bar at once');
my $replay = $b->get($back);
is($replay->{status}, 403, 'the same answer of Discord again is refused');
like($replay->{content}, qr/start again/i, 'with what to do');
$r = $b->wait;
is($r->{status}, 303, 'the house knows who it is') or diag($r->{content});
is($r->{headers}{location}, '/me/welcome', 'the first visit begins with the rules');
like($b->{jar}{ck}, qr/^[\w-]{43}$/, 'a session');
ok(!exists $b->{jar}{ckl}, 'the cookie of the login is gone');
$r = $b->get('/me/welcome');
like($r->{content}, qr/Welcome, Nova/, 'the welcome says how others see one');
is($b->send('/me/welcome', earnings => 'hidden')->{status}, 400, 'without the rules one does not go on');
$r = $b->send('/me/welcome', earnings => 'members', rules => 1);
is($r->{status}, 303, 'with them one does') or diag($r->{content});
my $c = Browser->new(agent => 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36');
$r = $c->login('/race/1?x=1', $nova->{id});
is($r->{headers}{location}, '/race/1?x=1', 'the second login returns to where one wanted to go');
is(scalar(grep { $_->{name} eq 'Nova' } @{ $house->json('member', 'list') }), 1, 'the same person is the same member');

# --- S03: where a login may lead

for my $to ('//evil.example', 'https://evil.example', '/\\evil.example', "/a\r\nX: y", '/%0d%0aX', 'evil', '', '/ x', "\t/x", '/..//evil', 'javascript:alert(1)', '/' . 'x' x 400, '///evil', '/\\/evil', '\\\\evil', '%2F%2Fevil') {
    my $e = Browser->new;
    my $r = $e->login($to, $nova->{id});
    my $at = $r->{headers}{location} // '';
    my $shown = length $to > 30 ? length($to) . ' signs' : $to =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ger;
    ok($r->{status} == 303 && $at =~ m{^/(?![/\\])[!-~]*$} && $at !~ m{\\}, "to=$shown stays here: $at") or diag($r->{content});
}

# --- S01: somebody else's answer, none, an old one

my ($mine, $theirs) = (Browser->new, Browser->new);
my $to_mine = $mine->leave('/me', $nova->{id});
my $to_theirs = $theirs->leave('/me', $juno->{id});
is($mine->get($to_theirs)->{status}, 403, 'the state of another browser is refused');
is(Browser->new->get($to_mine)->{status}, 403, 'a browser without the cookie is refused');
is($mine->get($to_mine =~ s/&?state=[^&]*//r)->{status}, 403, 'no state is refused');
is($mine->get($to_mine =~ s/(state=)[^&]*/$1 . 'A' x 43/er)->{status}, 403, 'a made up state is refused');
is($mine->get($to_mine =~ s/(state=)[^&]*/$1%00/r)->{status}, 400, 'nonsense is refused');
like($mine->get('/login/discord/back')->{status}, qr/^40[03]$/, 'nothing at all is refused');
ok(!exists $mine->{jar}{ck} && !exists $theirs->{jar}{ck}, 'none of them is logged in');
is($mine->get('/login/wait')->{status}, 403, 'and there is nothing to wait for');
is($mine->get($to_mine)->{status}, 303, 'the right answer still counts');
$house->ahead(601);
is($theirs->get($to_theirs)->{status}, 403, 'ten minutes later it is over');
is($mine->get('/login/wait')->{status}, 403, 'for who waited as well');
my $no = Browser->new;
$r = $no->get($no->leave('/me', 'nobody'));
is($r->{status}, 403, 'who does not agree at Discord');
like($r->{content}, qr/did not agree at Discord/, 'reads so');
$r = $no->get('/login/discord/back?error=server_error&state=x');
like($r->{content}, qr/start again/i, 'other errors of Discord say what to do');

# --- Discord in trouble

my $sick = Browser->new;
$fake->order('rule', match => '/oauth2/token$', times => 1, do => 'status', status => 400, body => '{"error":"invalid_grant"}');
$r = $sick->login('/me', $nova->{id});
is($r->{status}, 403, 'a code that Discord does not take') or diag($r->{content});
like($r->{content}, qr/again/, 'is told with what to do');
ok(!exists $sick->{jar}{ck}, 'and nobody is logged in');

# --- fixation: what was in the browser before is worth nothing after

my $fixed = Browser->new;
$fixed->{jar}{ck} = 'A' x 43;
$fixed->login('/me', $juno->{id});
isnt($fixed->{jar}{ck}, 'A' x 43, 'a session that somebody planted is replaced');
my $before = $fixed->{jar}{ck};
$fixed->login('/me', $juno->{id});
isnt($fixed->{jar}{ck}, $before, 'each login has a new session');
is($house->get('/me', cookie => "ck=$before")->{status}, 401, 'and ends the one before');

# --- one's own pages

for my $path (qw(/me /me/welcome /me/privacy /me/notify /me/sessions)) {
    my $r = $b->get($path);
    is($r->{status}, 200, "$path opens") or diag($r->{content});
    is($r->{headers}{'cache-control'}, 'no-store', 'and is kept nowhere');
    unlike($r->{content}, qr/\{\{/, 'without left-over tags');
}
like($b->get('/me')->{content}, qr/Nova/, 'the profile has the name');
like($b->get('/me/privacy')->{content}, qr/value="members" selected/, 'what was chosen at the welcome stands');
is($b->send('/me/privacy', hidden => 1, earnings => 'public')->{status}, 303, 'privacy is saved');
like($b->get('/me/privacy')->{content}, qr/name="hidden" value="1" checked.*value="public" selected/s, 'and stays');
is($b->send('/me/privacy', earnings => 'all')->{status}, 400, 'only what there is');
is($b->send('/me/notify', result => 1, trophy => 1)->{status}, 303, 'notices are saved');
my $page = $b->get('/me/notify')->{content};
is(join(' ', $page =~ /name="(\w+)" value="1" checked/g), 'result trophy', 'as they were marked');
is($house->post('/me/privacy', 'earnings=public', @form, cookie => $b->cookie, origin => $house->url)->{status}, 403, 'a form without its token is refused');

# --- sessions

$page = $b->get('/me/sessions')->{content};
like($page, qr/Firefox on Linux/, 'the list names the browser');
like($page, qr/Chrome on Windows/, 'and the other');
like($page, qr/this one/, 'and says which is this one');
my ($theirs_id) = $fixed->get('/me/sessions')->{content} =~ /name="end" value="([1-9]\d*)"/;
my ($id) = $page =~ /Chrome on Windows.*?name="end" value="(\d+)"/s;
is($c->get('/me')->{status}, 200, 'the other browser is logged in');
is($b->send('/me/sessions', end => $id)->{status}, 303, 'it is ended');
is($c->get('/me')->{status}, 401, 'at once');
my $f = Browser->new;
$f->login('/me', $juno->{id});
($theirs_id) = $f->get('/me/sessions')->{content} =~ /name="end" value="([1-9]\d*)"/;
$b->send('/me/sessions', end => $theirs_id);
is($fixed->get('/me')->{status}, 200, "nobody ends another's session");
$b->send('/me/sessions', end => 0);
is($b->get('/me')->{status}, 200, 'all others: this one stays');
unlike($b->get('/me/sessions')->{content}, qr/name="end" value="[1-9]/, 'alone');
is($fixed->get('/me')->{status}, 200, "another member's stay too");

# --- thirty days from the last visit, renewed when a minute has passed

$r = $b->get('/me');
ok(!$r->{headers}{'set-cookie'}, 'the same minute nothing is renewed');
$house->ahead(86400 * 20);
$r = $b->get('/me');
like($r->{headers}{'set-cookie'} // '', qr/^ck=\Q$b->{jar}{ck}\E;.*Max-Age=2592000/, 'twenty days later it is');
ok(!$b->get('/me')->{headers}{'set-cookie'}, 'once');
$house->ahead(86400 * 20);
is($b->get('/me')->{status}, 200, 'forty days after the login it lives');
is($fixed->get('/me')->{status}, 401, 'who was away for longer than thirty must log in');

# --- blocked

$house->run('member', 'block', 'Nova', '--reason', 'asked for it');
is($b->get('/me')->{status}, 401, 'a blocked member is out at once');
$r = Browser->new->login('/me', $nova->{id});
is($r->{status}, 403, 'and does not get in again');
like($r->{content}, qr/blocked: write to the operator/, 'but reads whom to write to');

$house->run('member', 'unblock', 'Nova', '--reason', 'asked again');
is($b->get('/me')->{status}, 401, 'free again does not mean logged in again');
is(Browser->new->login('/me', $nova->{id})->{status}, 303, 'but one may log in');

# --- nothing leaks

my $logs = join '', map { $house->log($_) } qw(access house vault web jobs);
unlike($logs, qr/\Q$b->{jar}{ck}\E/, 'no session in a log');
my ($code) = $to_mine =~ /code=([^&]+)/;
unlike($logs, qr/\Q$code\E/, 'nor a code of Discord');
is(scalar($fake->violations), 0, 'nothing that Discord would refuse') or diag(explain([$fake->violations]));
$house->stop;

# --- a house without Discord

my $plain = Cozykart->new;
$r = $plain->get('/login');
like($r->{content}, qr/cozykart login-link/, 'without Discord the page tells of the one-time link');
unlike($r->{content}, qr{/login/discord}, 'and does not offer what there is not');
is($plain->get('/login/discord')->{status}, 404, 'nor is it there');
$plain->stop;
done_testing;
