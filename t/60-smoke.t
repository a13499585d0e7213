# The house behind a real nginx: every page a visitor and a member can open.
use strict;
use warnings;
use Cozykart;
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $house = Cozykart->new;

my $r = $house->get('/');
is($r->{status}, 200, 'the home page of an empty house answers');
like($r->{content}, qr/No race/i, 'and says that there was no race yet');

my $race = $house->race(8);
my $order = $house->shirt($race);
is($house->notice($house->stripe->completed($order))->{status}, 200, 'a signed sale is taken');

for my $path ('/', '/races', "/race/$race", '/login', '/status') {
    $r = $house->get($path, cookie => 'ck=none');
    is($r->{status}, 200, "$path answers");
    like($r->{headers}{'content-type'}, qr{^text/html; *charset=utf-8}i, "$path is HTML in UTF-8");
    my $csp = $r->{headers}{'content-security-policy'} // '';
    like($csp, qr/default-src 'self'/, "$path has a content policy");
    like($csp, qr/frame-ancestors 'none'/, "$path cannot be framed");
    unlike($csp, qr/unsafe-inline/, "$path allows nothing inline");
    is($r->{headers}{'x-content-type-options'}, 'nosniff', "$path is not sniffed");
    ok($r->{headers}{'x-request-id'}, "$path names its request");
    unlike($r->{content}, qr{<script(?![^>]*\bsrc=)[^>]*>\s*\S}, "$path has no inline script");
    unlike($r->{content}, qr{\bstyle="|<style}, "$path has no inline style");
    unlike($r->{content}, qr{(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)}, "$path asks nobody else");
    unlike($r->{content}, qr/\{\{/, "$path has no left-over tags");
}
my $json = $house->get_json("/race/$race.json")->{state};
is($json->{pot}{amount}, 500, 'the race as JSON knows the pot');
is(scalar @{ $json->{seats} }, 8, 'and eight seats');
like($house->get("/race/$race", cookie => 'ck=none')->{content}, qr/\$5\.00/, 'the race page shows the pot');
ok($house->wait_for(20, sub { ($house->get_json('/status.json') // {})->{ok} }), 'the status says that all is well') or diag($house->get('/status.json')->{content});
ok($house->wait_healthy, 'healthz');
like($house->get('/metrics')->{content}, qr/^cozykart_\w+(?:\{[^}]*\})? \d/m, 'metrics in Prometheus text');

# Mistakes in addresses and methods.
is($house->get('/race/999999')->{status}, 404, 'a race that is not there: 404');
is($house->get('/no/such/page')->{status}, 404, 'no such page: 404');
is($house->get('/race/0x10')->{status}, 404, 'a number that is none: 404');
$r = $house->post("/race/$race", 'a=b', 'content-type' => 'application/x-www-form-urlencoded');
is($r->{status}, 405, 'a method that is not there: 405');
like($r->{headers}{allow} // '', qr/GET/, 'and the answer says which ones are');
is($house->get('/hooks/stripe')->{status}, 405, 'a hook is not for reading');

# Files with a hash in the name.
my ($css) = $house->get('/')->{content} =~ m{href="(/static/[^"]+\.css)"};
ok($css, 'the page names its style sheet') or BAIL_OUT('no style sheet');
$r = $house->get($css);
is($r->{status}, 200, 'the style sheet is there');
like($r->{headers}{'cache-control'}, qr/immutable/, 'for a year');
like($house->get('/static/../templates/layout.mustache')->{status}, qr/^40[04]$/, 'nothing beside it is');

# Login by a one-time link.
my $token = $house->json('login-link', 'Nova')->{token};
for (1 .. 2) {
    $r = $house->get("/login/$token");
    is($r->{status}, 200, 'the link shows whose it is, as often as it is asked');
    like($r->{content}, qr/Nova/, 'by name');
}
is($house->get('/wallet')->{status}, 401, 'a visitor is asked to log in');
my ($form) = $r->{content} =~ m{<form[^>]*method="post"[^>]*>(.*?)</form>}s;
my %field = ($form // '') =~ m{<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"}g;
my $body = HTTP::Tiny->new->www_form_urlencode(\%field);
my @type = ('content-type' => 'application/x-www-form-urlencoded');
$r = $house->post("/login/$token", $body, @type, origin => $house->url);
is($r->{status}, 303, 'the button logs in') or diag($r->{content});
my ($cookie) = ($r->{headers}{'set-cookie'} // '') =~ /^([^;]+)/;
like($r->{headers}{'set-cookie'}, qr/HttpOnly/i, 'the cookie is out of reach for scripts');
like($r->{headers}{'set-cookie'}, qr/SameSite=Lax/i, 'and stays on this site');
$r = $house->post("/login/$token", $body, @type, origin => $house->url);
isnt($r->{status}, 303, 'the link works once');

$r = $house->get('/wallet', cookie => $cookie);
is($r->{status}, 200, 'the wallet opens');
like($r->{content}, qr/\$0\.63/, 'and shows the share');
like($r->{headers}{'cache-control'} // '', qr/no-store/, 'and is kept nowhere');
like($house->get('/wallet/statement', cookie => $cookie)->{content}, qr/\$0\.63/, 'the statement has the line');
$r = $house->get('/wallet/explain', cookie => $cookie);
is($r->{status}, 200, 'explain answers');
like($r->{content}, qr/race\s*#?\s*$race/i, 'and names the race');

# Forms: no token, another origin.
is($house->post('/logout', '', @type, cookie => $cookie)->{status}, 403, 'a form without its token is refused');
my ($logout) = $house->get('/wallet', cookie => $cookie)->{content} =~ m{<form[^>]*action="/logout"[^>]*>(.*?)</form>}s;
%field = ($logout // '') =~ m{<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"}g;
$body = HTTP::Tiny->new->www_form_urlencode(\%field);
is($house->post('/logout', $body, @type, cookie => $cookie, origin => 'https://evil.example')->{status}, 403, 'another site cannot send it');
is($house->post('/logout', $body, @type, cookie => $cookie, origin => $house->url)->{status}, 303, 'the form itself can');
is($house->get('/wallet', cookie => $cookie)->{status}, 401, 'and the session is over at once');

# Overlays.
my $overlay = $house->json('overlay', 'add', 'stream')->{token};
for my $kind (qw(pot grid ticker all)) {
    $r = $house->get("/overlay/$overlay/$kind?pos=bl&scale=150&nonsense=1");
    is($r->{status}, 200, "overlay $kind");
    like($r->{headers}{'content-security-policy'}, qr/frame-ancestors \*/, 'may be framed');
}
is($house->get('/overlay/' . 'x' x 43 . '/pot')->{status}, 404, 'a wrong token opens nothing');
$house->run('overlay', 'revoke', 'stream');
is($house->get("/overlay/$overlay/pot")->{status}, 404, 'nor does a revoked one');
unlike($house->log('access'), qr/\Q$overlay\E|\Q$token\E/, 'no token reaches the log');
unlike(join('', map { $house->log($_) } qw(house vault web jobs)), qr/\Q$token\E|\Q$house->{secret}\E/, 'nor a secret any other');

$house->stop;
done_testing;
