# Logs hold no secret, even where something goes wrong at an address that is one; programs can read them.
use strict;
use warnings;
use Cozykart;
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $house = Cozykart->new;
$house->race(2);

# What every stop looks for, found where it was planted.
my ($token) = ($house->run('login-link', 'Nova'))[1] =~ m{([A-Za-z0-9_-]{43})};
my ($overlay) = ($house->run('overlay', 'add', 'stream'))[1] =~ m{([A-Za-z0-9_-]{43})};
ok($token && $overlay, 'a login link and an overlay');
for (['a token', $token], ['a secret of the settings', $house->{secret}], ['a buyer', 'buyer@example.com']) {
    is(scalar $house->leaks(['planted', "level=info event=x why=\"$_->[1]\"\n"]), 1, "$_->[0] would be found");
}
is(scalar $house->leaks(['planted', "level=info event=x\n"]), 0, 'nothing is found where nothing is');
is(scalar @{ [grep { $_->[1] =~ /cozykart/ } $house->seen_by_others] } > 3, 1, 'processes are looked at');

is($house->notice($house->stripe->completed($house->shirt(1)))->{status}, 200, 'a notice with a buyer');
is($house->notice($house->stripe->completed($house->shirt(1)), 'stripe-signature' => 't=1,v1=00')->{status} >= 400, 1, 'one with a wrong signature');
is($house->post('/hooks/stripe', '{"email":"buyer@example.com"}')->{status} >= 400, 1, 'one without');
is((($house->run('member', 'add', 'Nova'))[0]), 65, 'a name that is taken');
for my $path ("/login/$token", "/overlay/$overlay/pot", "/tip/$token", "/pay/$token", "/shop/thanks/$token", "/login/discord/back?code=$token&state=$token") {
    $house->get($path);
}
# The same while nobody is there to answer: nginx writes the addresses of its errors.
my @web = $house->pids('cozykart-web');
kill 'STOP', $house->{pid};
kill 'KILL', @web;
for my $path ("/login/$token", "/overlay/$overlay/pot", "/tip/$token", "/pay/$token", "/shop/thanks/$token", '/races') {
    is($house->get($path)->{status}, 503, 'nobody answers at ' . $path =~ s/[A-Za-z0-9_-]{43}/-/r);
}
kill 'CONT', $house->{pid};
ok($house->wait_healthy(10), 'the house stands again');

# One request from nginx through the web worker to the vault.
my $r = $house->post("/login/$token", 'form_token=x', 'content-type' => 'application/x-www-form-urlencoded');
my $house_log = $house->log('house');
unlike($house_log, qr/Nova/, 'what people are told stays out of the log: it may name them');
like($house_log, qr/proc=vault event=command name=member\.add actor=people:\d+ trace=\w+ result=E_CONFLICT ms=\d+ at=\S+:\d+ why=""/, '… and where it was found stays in');
like($house->log('nginx'), qr{GET /races }, 'other addresses stand in the error log');
$house->stop;
is(scalar(grep { !/^127\.0\.0\.0 / } split /\n/, $house->log('access')), 0, 'of a visitor stands there the network, nobody in person');
ok($house->log('access') =~ m{ /login/- } && $house->log('access') =~ m{ /shop/thanks/- }, 'addresses that are keys are logged without them');
my %access = map { $_ => 1 } $house->log('access') =~ /id=([0-9a-f]{32})/g;
my @traces = $house->log('house') =~ /proc=web event=request trace=([0-9a-f]{32})/g;
ok(@traces > 3 && !grep({ !$access{$_} } grep { defined } @traces[0 .. 2]), 'one id goes from nginx through the house');
done_testing;
