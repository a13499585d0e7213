# Every address with every role, by a real house. The table stands here and not in the program: an
# address that is added without a line in it is a failure.
use strict;
use warnings;
use Cozykart;
use Digest::SHA qw(hmac_sha256);
use MIME::Base64 qw(encode_base64);
use Test::More;
use Tree;

my $why = Cozykart::missing();
plan skip_all => $why if $why;

# Who may; what they get. all: everybody; member: who is logged in; otherwise the roles.
my %may = (
    'GET /'                     => ['all', 200],
    'GET /race/:id'             => ['all', 200],
    'GET /race/:id.json'        => ['all', 200],
    'GET /race/:id.zip'         => ['all', 200],
    'GET /season/:slug.zip'     => ['all', 200],
    'GET /race/:id/spark.svg'   => ['all', 200],
    'GET /races'                => ['all', 200],
    'GET /races.json'           => ['all', 200],
    'GET /standings'            => ['all', 200],
    'GET /standings.json'       => ['all', 200],
    'GET /season/:slug'         => ['all', 200],
    'GET /season/:slug.json'    => ['all', 200],
    'GET /seasons'              => ['all', 200],
    'GET /seasons.json'         => ['all', 200],
    'GET /r/:name_any'          => ['all', 200],
    'GET /r/:name_any.json'     => ['all', 200],
    'GET /sponsors'             => ['all', 200],
    'GET /sponsors.json'        => ['all', 200],
    'GET /sponsors/:id/go'      => ['all', 404],
    'POST /sponsors/seen'       => ['all', 400],
    'GET /overlay/:token/:kind' => ['all', 200],
    'POST /overlay/:token/note' => ['all', 400],
    'GET /login'                => ['all', 200],
    'GET /login/discord'        => ['all', 303],
    'GET /login/discord/back'   => ['all', 403],
    'GET /login/wait'           => ['all', 403],
    'GET /login/kept'           => ['member', 303], # nothing is kept
    'GET /login/:token'         => ['all', 404],
    'POST /login/:token'        => ['all', 404],
    'GET /funds'                => ['all', 200],
    'GET /funds.json'           => ['all', 200],
    'GET /seals'                => ['all', 200],
    'GET /seals.json'           => ['all', 200],
    'GET /seal/:day'            => ['all', 404], # no day is over yet
    'GET /seal/:day.txt'        => ['all', 404],
    'GET /seal/:day.hashes'     => ['all', 404],
    'GET /problems'             => ['all', 200],
    'GET /problems/:code'       => ['all', 200],
    'GET /status'               => ['all', 200],
    'GET /status.json'          => ['all', 200],
    'GET /healthz'              => ['all', 200],
    'GET /metrics'              => ['all', 403], # nginx: for 127.0.0.1 alone, and these come from its neighbours
    'POST /hooks/discord'       => ['all', 401],
    'POST /hooks/stripe'        => ['all', 400],
    'POST /hooks/shopify'       => ['all', 401], # nothing here is signed
    'POST /hooks/kofi/:token'   => ['all', 415], # which sends a form, not JSON
    'POST /hooks/stripe-connect' => ['all', 400],
    'POST /hooks/paypal'        => ['all', 400],
    'POST /hooks/whop'          => ['all', 401],
    'GET /djs'                  => ['all', 200],
    'GET /dj/:name_any'         => ['all', 200],
    'GET /dj/:name_any.json'    => ['all', 200],
    'POST /dj/:name_any'        => ['all', 400],
    'GET /tip/:token'           => ['all', 404],
    'GET /me/dj'                => ['dj', 200],
    'POST /me/dj'               => ['dj', 400],
    'GET /shop'                 => ['all', 200],
    'POST /shop'                => ['all', 400],
    'GET /shop/go'              => ['all', 400],
    'GET /shop/thanks/:token'   => ['all', 404],
    'GET /pay/:token'           => ['all', 404],
    'GET /wallet'               => ['member', 200],
    'GET /wallet.json'          => ['member', 200],
    'GET /wallet/statement'     => ['member', 200],
    'GET /wallet/explain'       => ['member', 200],
    'GET /wallet/receipt.json'  => ['member', 404], # a receipt of nothing is none
    'GET /wallet/entry/:id'     => ['member', 404],
    'GET /wallet/export.csv'    => ['member', 200],
    'GET /wallet/export.hledger' => ['member', 200],
    'GET /wallet/export.beancount' => ['member', 200],
    'GET /export/journal.csv'   => ['operator auditor', 200],
    'GET /export/journal.hledger' => ['operator auditor', 200],
    'GET /export/journal.beancount' => ['operator auditor', 200],
    'GET /wallet/payout'        => ['member', 200],
    'POST /wallet/payout'       => ['member', 400],
    'GET /wallet/payout/:id'    => ['member', 404],
    'POST /wallet/payout/:id/cancel' => ['member', 404],
    'POST /wallet/payout/:id/reveal' => ['member', 404],
    'GET /wallet/methods'       => ['member', 200],
    'POST /wallet/methods'      => ['member', 400],
    'GET /wallet/methods/stripe' => ['member', 303],
    'POST /wallet/methods/:id/confirm' => ['member', 404],
    'POST /wallet/methods/:id/drop' => ['member', 404],
    'GET /ops/payouts'          => ['staff operator auditor', 200],
    'POST /ops/payouts/:id'     => ['staff operator', 404],
    'POST /ops/payouts/:id/judge' => ['operator', 400],
    'GET /me'                   => ['member', 200],
    'GET /me/welcome'           => ['member', 200],
    'POST /me/welcome'          => ['member', 400],
    'GET /me/privacy'           => ['member', 200],
    'POST /me/privacy'          => ['member', 400],
    'GET /me/notify'            => ['member', 200],
    'POST /me/notify'           => ['member', 303],
    'GET /me/sessions'          => ['member', 200],
    'POST /me/sessions'         => ['member', 400],
    'GET /me/data'              => ['member', 200],
    'POST /me/data'             => ['member', 400],
    'GET /me/data.zip'          => ['member', 200],
    'GET /me/sponsor'           => ['member', 404], # a sponsor's own; these members are none
    'GET /me/sponsor.csv'       => ['member', 404],
    'GET /ops'                  => ['staff operator auditor', 200],
    'GET /ops/league'           => ['staff operator auditor', 200],
    'GET /ops/alerts'           => ['staff operator auditor', 200],
    'POST /ops/alerts/:id'      => ['staff operator', 400],
    'GET /ops/sales'            => ['staff operator auditor', 200],
    'POST /ops/sales/:id'       => ['staff operator', 400],
    'POST /ops/tags/:id'        => ['staff operator', 400],
    'GET /ops/ledger'           => ['staff operator auditor', 200],
    'GET /ops/ledger.json'      => ['staff operator auditor', 200],
    'GET /ops/jobs'             => ['staff operator auditor', 200],
    'GET /ops/upkeep'           => ['staff operator auditor', 200],
    'POST /ops/jobs/:id'        => ['operator', 400],
    'GET /ops/products'         => ['staff operator auditor', 200],
    'POST /ops/products'        => ['staff operator', 400],
    'GET /ops/overlays'         => ['staff operator auditor', 200],
    'GET /ops/overlays.json'    => ['staff operator auditor', 200],
    'POST /ops/season/:id'      => ['operator', 400],
    'POST /ops/dispute/:id'     => ['staff operator', 400],
    'POST /ops/penalty/:id'     => ['staff operator', 400],
    'POST /logout'              => ['member', 303],
);
my @roles = qw(visitor member racer host dj creator staff operator auditor);

my ($body) = Tree::slurp('src/page/routes.c') =~ /routes_table\[\] = \{(.*?)\n\};/s;
my @route = $body =~ /\{"(\w+)",\s*"([^"]+)"/g;
my (@unknown, %seen);
while (my ($method, $pattern) = splice @route, 0, 2) {
    $seen{"$method $pattern"} = 1;
    push @unknown, "$method $pattern" unless $may{"$method $pattern"};
}
is_deeply(\@unknown, [], 'every address has a line in this table');
is_deeply([grep { !$seen{$_} } sort keys %may], [], 'every line has an address');

my $house = Cozykart->new(discord => 1, page_rate => '100000r/s');
$house->json('season', 'add', 'Spring');
my $race = $house->race(2);
my $overlay = $house->json('overlay', 'add', 'stream')->{token};
my %value = (
    'GET /race/:id' => { ':id' => $race }, 'GET /race/:id.json' => { ':id' => $race }, 'GET /race/:id/spark.svg' => { ':id' => $race },
    'GET /problems/:code' => { ':code' => 'not-found' },
    'GET /season/:slug' => { ':slug' => 'spring' }, 'GET /season/:slug.json' => { ':slug' => 'spring' },
    'GET /race/:id.zip' => { ':id' => $race }, 'GET /season/:slug.zip' => { ':slug' => 'spring' },
    map({ ("GET /dj/:name_any$_" => { ':name_any' => 'The%20dj' }) } '', '.json'),
    'GET /r/:name_any' => { ':name_any' => 'Nova' }, 'GET /r/:name_any.json' => { ':name_any' => 'Nova' },
    'GET /overlay/:token/:kind' => { ':token' => $overlay, ':kind' => 'pot' }, 'POST /overlay/:token/note' => { ':token' => $overlay },
);

# Somebody with each role, each from an address of his own, since the house counts logins by address.
my %who;
for my $i (0 .. $#roles) {
    my $role = $roles[$i];
    my $w = $who{$role} = { http => HTTP::Tiny->new(max_redirect => 0, timeout => 20, local_address => '127.0.1.' . ($i + 1)) };
    next if $role eq 'visitor';
    my $name = $role eq 'racer' ? 'Nova' : 'The ' . $role;
    $house->json('member', 'add', $name, $role eq 'member' ? () : ('--role', $role)) unless $role eq 'racer';
    $w->{name} = $name;
    enter($w);
    ok($w->{session}, "$name is logged in");
}

# Money moves within five minutes of a login: on a slow machine this takes longer.
sub enter {
    my ($w) = @_;
    return if !$w->{name} || ($w->{since} && time - $w->{since} < 150);
    $w->{since} = time;
    my $token = $house->json('login-link', $w->{name})->{token};
    my $r = $w->{http}->post($house->url("/login/$token"), { content => '', headers => { 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url } });
    ($w->{cookie}, $w->{session}) = ($r->{headers}{'set-cookie'} // '') =~ /^(ck=([\w-]{43}))/;
    return;
}

# As the page would have it: bound to session and address.
sub form_token {
    my ($session, $path) = @_;
    my $nonce = 'A' x 22;
    return "$nonce." . encode_base64(hmac_sha256("form:$nonce:$path", $session), '') =~ tr{+/}{-_}r =~ s/=+\z//r;
}

# There are more forms than one address may send at once: who is told to wait does.
sub ask {
    my @what = @_;
    my $r;
    for (1 .. 5) {
        $r = ask_once(@what);
        last if $r->{status} != 429;
        sleep 1;
    }
    return $r;
}

sub ask_once {
    my ($line, $role, $with_token) = @_;
    my ($method, $path) = split / /, $line;
    my $w = $who{$role};
    enter($w) unless $path eq '/logout';
    $path =~ s{(:\w+)}{$value{$line}{$1} // ($1 eq ':id' ? 999 : 'x' x 43)}ge;
    my %h = (origin => $house->url, $w->{cookie} ? (cookie => $w->{cookie}) : ());
    return $w->{http}->get($house->url($path), { headers => \%h }) if $method eq 'GET';
    my $machine = $path =~ m{^/(?:hooks|overlay)/|/seen$};
    my $content = $machine ? '{' : $with_token && $w->{session} ? 'form_token=' . form_token($w->{session}, $path) : '';
    return $w->{http}->post($house->url($path), { content => $content, headers => { %h, 'content-type' => $machine ? 'application/json' : 'application/x-www-form-urlencoded' } });
}

like(ask('GET /ops', 'auditor')->{content}, qr/<dt>running<\/dt><dd>1</, 'the console counts the races');
my $league = ask('GET /ops/league', 'operator')->{content};
like($league, qr/It cannot be closed yet:.*<li>[^<]+<\/li>/s, 'and says what keeps a season from closing');
unlike($league, qr{action="/ops/season}, 'which then has no button');


# The buttons do what they say.
my $d = $house->discord;
my $bea = $d->person('Bea');
is($d->command($bea, 'help')->status, 200, 'a driver from Discord');
my $contested = $house->json('race', 'open', '--host', 'Apex')->{race};
$house->json('race', 'join', $contested, $_) for 'Bea', 'The member';
$house->json('race', 'start', $contested);
$house->json('race', 'finish', $contested);
$d->learn([{ name => 'dispute', options => [map { { name => $_, type => 3 } } qw(race reason)] }]); # texts, though one looks like a number
my $objection = $d->command($bea, 'dispute', race => $contested, reason => 'Seat 2 cut the corner');
is($objection->status, 200, 'objects to the result') or diag($objection->raw);
$league = ask('GET /ops/league', 'staff')->{content};
like($league, qr/Seat 2 cut the corner/, 'staff read it');
my ($at) = $league =~ m{action="/ops/dispute/(\d+)"};
ok($at, 'and have a form for it') or diag($objection->raw);
sub press {
    my ($role, $path, %field) = @_;
    my $w = $who{$role};
    enter($w);
    return $w->{http}->post($house->url($path), { content => $w->{http}->www_form_urlencode({ form_token => form_token($w->{session}, $path), %field }),
        headers => { origin => $house->url, cookie => $w->{cookie}, 'content-type' => 'application/x-www-form-urlencoded' } });
}
is(press('host', "/ops/dispute/$at", verdict => 'reject', answer => 'The replay shows otherwise.')->{status}, 403, 'a host may not decide it');
is(press('staff', "/ops/dispute/$at", verdict => 'maybe', answer => 'The replay shows otherwise.')->{status}, 400, 'a verdict is one of two');
is(press('staff', "/ops/dispute/$at", verdict => 'reject', answer => 'The replay shows otherwise.')->{status}, 303, 'staff decide');
isnt(press('staff', "/ops/dispute/$at", verdict => 'uphold', answer => 'The replay shows otherwise.')->{status}, 303, 'once');
unlike(ask('GET /ops/league', 'staff')->{content}, qr/Seat 2 cut the corner/, 'it is open no more');
like($house->get("/race/$contested", cookie => 'ck=none')->{content}, qr/The replay shows otherwise/, 'all read the answer');
isnt(press('operator', '/ops/season/1', sure => 1)->{status}, 303, 'a season with an open race is not closed');
my $empty = $house->json('season', 'add', 'Autumn')->{season};
is(press('staff', "/ops/season/$empty", sure => 1)->{status}, 403, 'staff close no season');
is(press('operator', "/ops/season/$empty")->{status}, 400, 'nor do operators by a slip');
is(press('operator', '/ops/season/999', sure => 1)->{status}, 404, 'a season that is not there');
my $closed = press('operator', "/ops/season/$empty", sure => 1);
is($closed->{status}, 303, 'operators do') or diag($closed->{content});
like($house->get('/season/autumn', cookie => 'ck=none')->{content}, qr/closed/i, 'and all see it');

# Costs are seen before they are set.
my @goods = ('/ops/products', sku => 'TEE', from => '2026-05-01 19:00');
my $seen = press('staff', @goods, cost => '8.50');
like($seen->{content}, qr/Circuit tee: \$8\.50 apiece.*Until now it is \$9\.00 apiece/s, 'staff see what a cost would change');
is($house->json('product', 'list')->[0]{unit_cost}, 900, 'which nothing did yet');
is(press('auditor', @goods, cost => '8.50', sure => 1)->{status}, 403, 'auditors set none');
is(press('staff', '/ops/products', sku => 'TEE', from => 'soon', cost => '8.50', sure => 1)->{status}, 400, 'nor does anybody from a time that is none');
is(press('staff', @goods, cost => '-1', sure => 1)->{status}, 400, 'or below nothing');
is(press('staff', '/ops/products', sku => 'NONE', from => '2026-05-01', cost => '1')->{status}, 404, 'or of nothing');
is(press('staff', @goods, cost => '8.50', sure => 1)->{status}, 303, 'staff set it');
is($house->json('product', 'list')->[0]{unit_cost}, 850, 'and so it is');
like(ask('GET /ops/products', 'auditor')->{content}, qr/\$8\.50.*\$9\.00/s, 'auditors read both');

for my $line (sort { ($a =~ /logout/) <=> ($b =~ /logout/) || $a cmp $b } keys %may) {
    my ($need, $good) = @{ $may{$line} };
    my @wrong;
    for my $role (@roles) {
        my $allowed = $need eq 'all' || ($role ne 'visitor' && ($need eq 'member' || " $need " =~ / $role /));
        my $expected = $allowed ? $good : $role eq 'visitor' ? 401 : 403;
        if ($line =~ /^POST/ && $role ne 'visitor' && $line !~ m{/hooks/|/overlay/|/seen$}) {
            my $bare = ask($line, $role, 0);
            push @wrong, "$role without the form's token: $bare->{status}" if $bare->{status} != 403;
        }
        my $r = ask($line, $role, 1);
        push @wrong, "$role: $r->{status}, not $expected: " . ($r->{content} =~ /class="lead">([^<]*)/ ? $1 : '') if $r->{status} != $expected;
        push @wrong, "$role: kept by caches" if $role ne 'visitor' && $line =~ /^GET/ && ($r->{headers}{'cache-control'} // '') !~ /no-store/ && $need ne 'all';
        push @wrong, "$role: the refusal does not say who and for whom" if $r->{status} == 403 && $need =~ /operator/ && $line =~ /^GET/ && $line !~ /json/
            && $r->{content} !~ /You are logged in as (?:The $role|Nova), this page is for /;
    }
    is_deeply(\@wrong, [], "$line: $need");
}

# Taken away, a role is gone with the next request.
my $token = $house->json('login-link', 'The staff')->{token};
my $r = $who{staff}{http}->post($house->url("/login/$token"), { content => '', headers => { 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url } });
($who{staff}{cookie}) = $r->{headers}{'set-cookie'} =~ /^(ck=[\w-]{43})/;
is(ask('GET /ops', 'staff')->{status}, 200, 'staff see the console');
$house->run('role', 'revoke', 'The staff', 'staff');
is(ask('GET /ops', 'staff')->{status}, 403, 'until the role is taken away');
$house->stop;
done_testing;
