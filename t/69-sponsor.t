# A sponsor from contract to report: cleaned logo, labelled places, what overlays tell about seconds
# on air, and who may read that.
use strict;
use warnings;
use utf8;
use Browser;
use Cozykart;
use Discord;
use JSON::PP ();
use List::Util qw(sum0);
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(discord => 1, clock => 1, conf => "race.dispute_min = 0\nwindow.grace_s = 0\n");
$house->register;
my $d = $house->discord;
my $coder = JSON::PP->new->utf8;

sub fails {
    my ($like, $name, @args) = @_;
    my ($code, undef, $errors) = $house->run(@args);
    ok($code != 0 && $errors =~ $like, $name) or diag("exit $code: $errors");
    return;
}
sub tells {
    my ($token, %n) = @_;
    return $house->post("/overlay/$token/note", ref $n{body} ? ${ $n{body} } : $coder->encode({ kind => 'sponsor', seq => 1, visible => JSON::PP::true, place => '', sponsor => 0, %n }),
        'content-type' => 'application/json')->{status};
}
sub report { return $house->json('sponsor', 'report', @_) }
sub seconds { my $sum = 0; $sum += $_->{seconds} for @{ report(@_) }; return $sum }
sub shown { my ($place) = @_; return join ' ', map { $_->{name} } @{ ($house->get_json('/sponsors.json') // {})->{places}{$place}{sponsors} // [] } }
# Pages may be seconds old.
sub soon { my ($place, $names) = @_; return $house->wait_for(10, sub { shown($place) eq $names }) }

# --- the contract

$house->json('member', 'add', $_) for qw(Bea Cleo);
$house->json('season', 'add', 'Spring', '--from', '2024-01-01');
my $nasty = 'Glüh & Söhne <b>*x*</b>';
my $id = $house->json('sponsor', 'add', $nasty, '--text', 'Warm drinks, "always"', '--url', 'https://example.net/a?b=1&c=2', '--member', 'Bea')->{sponsor};
ok($id, 'a sponsor with a contact');
my $other = $house->json('sponsor', 'add', '=Plain', '--text', 'second')->{sponsor};
fails(qr/already/, 'the same name again', 'sponsor', 'add', $nasty);
fails(qr/https/, "the address $_", 'sponsor', 'add', 'Bad', '--url', $_) for 'javascript:alert(1)', 'http://example.net', 'https://a@b.example', 'https:///x', "https://example.net/\"onload=";
fails(qr/1 to 60/, 'a name of 61 signs', 'sponsor', 'add', 'x' x 61);
fails(qr/no such|not known|no sponsor/i, 'a slot of nobody', 'sponsor', 'slot', 'Nobody', 'overlay_corner', '--to', '2100-01-01');
fails(qr/standings_head, overlay_corner/, 'a slot that there is not', 'sponsor', 'slot', $id, 'forehead', '--to', '2100-01-01');
fails(qr/ends after/, 'a slot that ends before it begins', 'sponsor', 'slot', $id, 'overlay_corner', '--from', '2100-01-02', '--to', '2100-01-01');
my $day = sub { my @t = gmtime($house->now + 86400 * shift); sprintf '%04d-%02d-%02d', $t[5] + 1900, $t[4] + 1, $t[3] };
for my $place (qw(standings_head overlay_corner overlay_break race_card season_prize)) {
    my ($code, $out, $errors) = $house->run('sponsor', 'slot', $id, $place, '--to', $day->(40), '--price', '120.00');
    is($code, 0, "a slot: $place") or diag($errors);
    ok(soon($place, $nasty), '… is shown');
}
my $today = int($house->now / 86400);
is(($house->run('sponsor', 'slot', $other, 'overlay_corner', '--from', $day->(2), '--to', $day->(3)))[0], 0, 'a slot of the future');
sleep 3; # as long as a page may be old
ok(soon('overlay_corner', $nasty), '… the first one is');
is(shown('overlay_corner'), $nasty, '… is not shown yet');

# --- the logo: nothing of what was given comes out but its dots

my $evil = "$house->{dir}/evil.svg";
my $secret = "$house->{home}/etc/stripe-webhook.secret";
sub logo { my ($svg, $file) = @_; $file //= $evil; open my $out, '>:raw', $file or die $!; print {$out} $svg; close $out or die $!; return $house->run('sponsor', 'logo', $id, $file) }
my $svg = <<"SVG";
<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="80" onload="alert(1)">
<script>alert(1)</script><style>\@import url("http://127.0.0.1:$house->{port}/spy-css");</style>
<rect width="200" height="80" fill="#ff0000"/>
<image href="http://127.0.0.1:$house->{port}/spy-image" width="9" height="9"/>
<image xlink:href="file://$secret" width="9" height="9"/>
<a href="javascript:alert(1)"><text x="9" y="40">Hi</text></a>
<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="http://127.0.0.1:$house->{port}/spy-frame"/></foreignObject>
</svg>
SVG
is((logo($svg))[0], 0, 'a logo with script and references outside is taken');
my $url;
ok($house->wait_for(15, sub { ($url) = map { $_->{logo_url} || () } @{ $house->get_json('/sponsors.json')->{places}{overlay_corner}{sponsors} } }), 'and cleaned') or diag($house->log('jobs'));
like($url // '', qr{^/media/logo/[0-9a-f]{64}\.png$}, 'its copy is named by its hash');
my $png = $house->get($url // '/');
is($png->{headers}{'content-type'}, 'image/png', 'a PNG');
like($png->{content}, qr/^\x89PNG\r\n\x1a\n/, '… indeed');
unlike($png->{content}, qr/script|alert|spy|tEXt|iTXt|whsec/, '… with nothing in it but dots');
unlike($house->log('nginx-access') . $house->log('access') . $house->log('web'), qr/spy-/, 'nobody was asked for what it refers to');
for my $bad (['no picture', 'hello'], ['HTML', '<html><body>'], ['an SVG of 300 KiB', '<svg>' . ' ' x (300 * 1024) . '</svg>']) {
    my ($code, undef, $errors) = logo($bad->[1], "$house->{dir}/bad");
    ok($code != 0 && $errors =~ /PNG or SVG|at most 256 KiB/, "$bad->[0] is refused") or diag($errors);
}
my $bomb = '<?xml version="1.0"?><!-- <svg --><!DOCTYPE svg [<!ENTITY a "' . 'x' x 1000 . '">' . join('', map { my ($x, $y) = (chr(97 + $_), chr(96 + $_)); "<!ENTITY $x \"" . "&$y;" x 10 . '">' } 1 .. 9) . ']><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&j;</text></svg>';
is((logo($bomb, "$house->{dir}/bomb.svg"))[0], 0, 'a drawing that swells is taken');
$house->run('sponsor', 'logo', $id, $evil);
ok($house->wait_for(40, sub { !grep { $_->{kind} eq 'logo' && $_->{state} =~ /due|leased/ && !$_->{tries} } @{ $house->json('jobs', 'list') } }), '… and holds up nothing') or diag(explain([grep { $_->{kind} eq 'logo' } @{ $house->json('jobs', 'list') }]));
ok($house->wait_for(20, sub { (map { $_->{logo_url} || () } @{ $house->get_json('/sponsors.json')->{places}{overlay_corner}{sponsors} })[0] }), 'the logo from before is there again');

# --- where it is shown

my $race = $house->race(2, '--season', 'spring');
for my $path ('/standings', '/season/spring', "/race/$race", '/sponsors', '/') {
    my $page = $house->get($path)->{content};
    like($page, qr/Glüh|Gl\xc3\xbch/, "$path names it");
    like($page, qr/>\s*Sponsor\b/, '… with the word Sponsor');
    unlike($page, qr/<b>\*x\*/, '… and its name as text');
    my @links = $page =~ m{<a ([^>]*href="/sponsors/$id/go[^>]*)>}g;
    ok(!(grep { !/rel="[^"]*sponsored/ } @links), '… its links say so to machines') or diag(@links);
}
my $said = $d->command($d->person('Nova'), 'sponsor');
ok(!$said->private, '/sponsor is for all');
like($said->text, qr/Glüh/, '… names it');
unlike($said->text, qr/<b>\*x\*|[^\\]\*x/, '… without its markdown') or diag($said->raw);

# --- views and clicks

is($house->post('/sponsors/seen', qq({"sponsor":$id,"place":"standings_head"}), 'content-type' => 'application/json')->{status}, 204, 'a page tells that it was seen');
is($house->post('/sponsors/seen', $_, 'content-type' => 'application/json')->{status}, 404, "seen: $_") for qq({"sponsor":$id,"place":"forehead"}), '{"sponsor":99,"place":"standings_head"}';
is($house->post('/sponsors/seen', $_, 'content-type' => 'application/json')->{status}, 400, "seen: $_") for '{}', '[', '{"sponsor":-1}', '{"sponsor":"1; drop table sponsor"}';
my $go = $house->get("/sponsors/$id/go?place=standings_head");
is($go->{status}, 303, 'its link leads on');
is($go->{headers}{location}, 'https://example.net/a?b=1&c=2', '… to its address');
is($house->get("/sponsors/$other/go")->{status}, 404, 'one without address leads nowhere');
is($house->get("/sponsors/$id/go?place=forehead")->{status}, 404, 'a place that there is not');

# --- what a sponsor gives is funded only when it was paid in

my ($name) = map { $_->{name} } grep { $_->{sponsor} == $id } @{ $house->json('sponsor', 'list') };
$house->json('prize', 'add', 'spring', 1, '500.00', '--label', 'Champion', '--sponsor', $name);
ok($house->wait_for(10, sub { $house->get('/sponsors')->{content} =~ /not paid in yet.*Champion <b class="gold">\$500\.00/s }), 'a promise is called one');
my $gift = $house->stripe->order(items => [['PRIZE', 1, 50000]], title => 'Prize', created => int $house->now);
$gift->{metadata} = { ck_kind => 'prize', ck_season => 'spring', ck_place => '1' };
is($house->notice($house->stripe->completed($gift))->{status}, 200, 'its sponsor pays it in');
ok($house->wait_for(10, sub { $house->get('/sponsors')->{content} =~ /<span data-badge-word>funded.*Champion/s }), 'then it is funded');

# --- seconds on air

# What is counted is at most the time that has passed, which is more where the machine is slow.
my $first = $house->now;
sub passed { return $house->now - $first + 1 }
my ($one, $two) = map { $house->json('overlay', 'add', $_)->{token} } 'stream', '<i>second</i>';
is(tells('x' x 22), 404, 'an overlay that is not known');
is(tells($one, body => \$_), 400, 'a note that is none: ' . substr $_, 0, 20) for '', '{', 'null', '[]';
is(tells($one, place => 'overlay_corner', sponsor => $id), 204, 'the first note');
for (1 .. 4) { $house->ahead(15); is(tells($one, place => 'overlay_corner', sponsor => $id), 204, 'a note 15 s later') }
my $air = seconds($id);
my $four = passed();
ok($air >= 60 && $air <= $four, sprintf 'four of them: 60 s on air (%d in %.1f)', $air, $four);
is(tells($two, place => 'overlay_corner', sponsor => $id), 204, 'a second overlay');
$house->ahead(15);
tells($_, place => 'overlay_corner', sponsor => $id) for $one, $two;
my $both = seconds($id);
my $five = passed();
ok($both - $air >= 14 && $both <= $five, sprintf 'the same moment counts once (%d in %.1f)', $both, $five);
$house->ahead(15);
tells($one, visible => JSON::PP::false, place => 'overlay_corner', sponsor => $id);
$house->ahead(15);
tells($one, place => 'overlay_corner', sponsor => $id);
ok(seconds($id) - $both <= 2, 'a source that is not on screen counts for nothing');
my $before = seconds($id);
$house->ahead(300);
tells($one, place => 'overlay_corner', sponsor => $id);
is(seconds($id), $before, 'five minutes of silence count for nothing');
is(sum0(map { $_->{breaks} } grep { $_->{place} eq 'overlay_corner' } @{ report($id) }), 1, '… and are a break');
tells($one, place => 'overlay_corner', sponsor => $other) for 1 .. 2;
is(seconds($other), 0, 'a sponsor without a slot there has no seconds');
is(tells($one, kind => $_), 204, "a note of kind $_") for 'all', 'pot';
tells($two, agent => "OBS/30 <script>", unknown => 'colour <b>', place => '../../x');

# --- who reads what

sub login {
    my ($who) = @_;
    my $http = HTTP::Tiny->new(timeout => 20, max_redirect => 0);
    my $r = $http->post($house->url('/login/' . $house->json('login-link', $who)->{token}), { content => '', headers => { 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url } });
    my ($cookie) = ($r->{headers}{'set-cookie'} // '') =~ /^(ck=[\w-]{43})/;
    ok($cookie, "$who logs in") or diag("$r->{status} $r->{content}");
    return sub { $http->get($house->url($_[0]), { headers => { cookie => $cookie // '' } }) };
}
my $bea = login('Bea');
my $mine = $bea->('/me/sponsor');
is($mine->{status}, 200, 'its contact reads its report');
like($mine->{content}, qr/Seconds on air per day/, '… with a bar a day');
unlike($mine->{content}, qr/<b>\*x\*/, '… and its name as text');
my $csv = $bea->('/me/sponsor.csv');
is($csv->{status}, 200, '… and the CSV');
like($csv->{headers}{'content-type'}, qr{^text/csv; charset=utf-8}, '… as such');
my ($head, @line) = split /\r\n/, $csv->{content};
is($head, 'day,slot,race,seconds,breaks,views,clicks', '… with a head');
my ($on_air, $views, $clicks) = (0, 0, 0);
for (@line) { my @c = split /,/, $_, -1; $on_air += $c[3] || 0; $views += $c[5] || 0; $clicks += $c[6] || 0; is(scalar @c, 7, "seven cells: $_") }
is($on_air, seconds($id), 'its seconds are those of the command');
is("$views $clicks", '1 1', 'a view and a click');
is($bea->("/me/sponsor?id=$other")->{status}, 403, "not another sponsor's");
is(login('Cleo')->('/me/sponsor')->{status}, 404, 'who is no contact has none');
is($bea->('/ops/overlays')->{status}, 403, 'overlays are for staff');
$house->run('role', 'grant', 'Cleo', 'staff');
my $cleo = login('Cleo');
is($cleo->("/me/sponsor?id=$id")->{status}, 200, 'staff reads each report');
my $panel = $cleo->('/ops/overlays');
is($panel->{status}, 200, 'and how overlays are');
like($panel->{content}, qr/stream/, '… by label');
unlike($panel->{content}, qr/<i>second|<script>\s*"|colour <b>/, '… as text');
my $json = $coder->decode($cleo->('/ops/overlays.json')->{content});
ok((grep { $_->{label} eq 'stream' && $_->{kind} eq 'sponsor' } @{ $json->{sources} }), 'its JSON has the same') or diag(explain($json));

# --- in a real browser

SKIP: {
    my $none = Browser::missing();
    skip $none, 1 if $none;
    my $chrome = Browser->new($house);
    $chrome->open('table', "/overlay/$one/standings", width => 1920, height => 1080);
    $chrome->open('screen', "/overlay/$two/result?race=$race", width => 1920, height => 1080);
    $house->json('race', 'finish', $race);
    $house->json('race', 'result', $race, '--seat', $_, '--place', $_) for 1, 2;
    my $podium = q{(p => p.hidden ? '' : p.querySelector('[data-podium]').textContent)(document.querySelector('[data-part=result]'))};
    ok($house->wait_for(30, sub { $chrome->js('screen', $podium) =~ /Nova.*Piston/s }), 'the podium is shown when the race is final');
    $chrome->comes('table', '[data-table]', qr/Nova\s*15/s, 'and the table follows');
    ok($house->wait_for(30, sub { $chrome->js('screen', 'document.querySelector("[data-part=result]").hidden') }), '… and hides again');
    # Last, and in front: a tab behind another one is not on screen.
    $chrome->open('table', '/status');
    my $begin = seconds($id);
    $chrome->open('screen', "/overlay/$one/sponsor?colour=red", width => 1920, height => 1080);
    $chrome->comes('screen', '[data-sponsor-name]', qr/^Glüh/, 'the overlay shows it');
    is($chrome->text('screen', '.sponsor__label'), 'Sponsor', '… labelled');
    ok($house->wait_for(10, sub { $chrome->js('screen', 'document.querySelector("[data-logo]").naturalWidth') }), '… with its logo');
    ok($house->wait_for(120, sub { seconds($id) - $begin >= 14 }), 'the seconds that it was drawn are counted') or diag(explain(report($id)));
    my ($source) = grep { $_->{label} eq 'stream' && $_->{kind} eq 'sponsor' } @{ $coder->decode($cleo->('/ops/overlays.json')->{content})->{sources} };
    is($source->{unknown}, 'colour', 'an option that means nothing is on the panel');
    is_deeply([$chrome->complaints(qr{/live/|status of 404})], [], 'the browser has nothing to complain about');
}

# --- the end

is(($house->run('sponsor', 'end', $id))[0], 0, 'the contract ends');
ok(soon('overlay_corner', ''), 'it is shown nowhere');
is(tells($one, place => 'overlay_corner', sponsor => $id), 204, 'an overlay that still shows it');
my $last = seconds($id);
$house->ahead(15);
tells($one, place => 'overlay_corner', sponsor => $id);
is(seconds($id), $last, '… counts for nothing');
is($bea->('/me/sponsor')->{status}, 200, 'its report stays');
# At noon of its day, whatever time it is now.
$house->ahead(int(86400 * ($today + 2.5) - $house->now));
ok(soon('overlay_corner', '=Plain'), 'a slot begins by the clock');
$house->ahead(86400);
ok(soon('overlay_corner', ''), '… and ends by it');
$house->discord_is_content;
$house->stop;
done_testing;
