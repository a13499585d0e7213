# Ten cash-outs of one balance at once: one wins. What is another's, or one's own as staff, is refused
# with a row in the log; a code stands in no log, message or file.
use strict;
use warnings;
use utf8;
use Cozykart;
use POSIX ();
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $house = Cozykart->new(pay => 1, clock => 1, page_rate => '100000r/s', conf => "window.grace_s = 0\nrace.dispute_min = 1\n");

my %cookie;
sub http { return HTTP::Tiny->new(max_redirect => 0, timeout => 30, keep_alive => 0) }
sub login {
    my ($name) = @_;
    my $token = $house->json('login-link', $name)->{token};
    my $r = http()->post($house->url("/login/$token"), { content => '', headers => { 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url } });
    ($cookie{$name}) = ($r->{headers}{'set-cookie'} // '') =~ /^(ck=[\w-]{43})/;
    return;
}
sub page { my ($who, $path) = @_; return http()->get($house->url($path), { headers => { cookie => $cookie{$who} } })->{content} }
sub token { my ($html, $path) = @_; return $html =~ /action="\Q$path\E"[^>]*>\s*<input type="hidden" name="form_token" value="([^"]+)"/ ? $1 : '' }
sub send_form {
    my ($who, $path, $token, %field) = @_;
    my $http = http();
    return $http->post($house->url($path), { content => $http->www_form_urlencode({ form_token => $token, %field }),
        headers => { cookie => $cookie{$who}, origin => $house->url, 'content-type' => 'application/x-www-form-urlencoded' } });
}

my $race = $house->race(2);
$house->notice($house->stripe->completed($house->stripe->order(items => [['TEE', 100, 2500]], title => 'Circuit tee', race => $race, created => int $house->now)));
$house->ahead(30);
$house->json('race', 'finish', $race);
$house->ahead(250);
$house->json('race', 'result', $race, '--seat', $_, '--place', $_) for 1, 2;
$house->ahead(3600 * 73);
ok($house->wait_for(20, sub { $house->json('race', 'show', $race)->{state} eq 'SETTLED' }), 'there is money');
$house->json('member', 'add', 'Stella', '--role', 'staff');
$house->json('role', 'grant', 'Nova', 'staff');
login($_) for qw(Nova Piston Stella);

# Ten tabs, each with its own form, all sent at once.
my @form = map { token(page('Nova', '/wallet/payout?method=gift_card&amount=200'), '/wallet/payout') } 1 .. 10;
is(scalar(grep { length } @form), 10, 'ten forms');
my @pipe = map {
    my $n = $_;
    my $pid = open(my $from, '-|') // die "fork: $!";
    if (!$pid) {
        my $r = send_form('Nova', '/wallet/payout', $form[$n], method => 'gift_card', amount => '200.00');
        syswrite STDOUT, $r->{status};
        POSIX::_exit(0);
    }
    $from;
} 0 .. 9;
my %status;
$status{ <$_> // '' }++ for @pipe;
close $_ for @pipe;
is($status{303}, 1, 'one wins') or diag(explain(\%status));
is($status{409}, 9, 'nine are told why not') or diag(explain(\%status));
is(scalar @{ $house->json('payout', 'list') }, 1, 'there is one payout');
is($house->json('explain', 'Nova', '--at', 'now')->{available}, 5000, 'of $200.00 of $250.00');

# What may not be.
my $own = token(page('Nova', '/ops/payouts'), '/ops/payouts/1');
my %code = (brand => 'Tea', code => 'TEA-4711-SECRET', note => '');
my $r = send_form('Nova', '/ops/payouts/1', $own, %code);
is($r->{status}, 403, 'nobody fulfils their own request');
like($r->{content}, qr/Nobody fulfils their own request/, 'in words') if $own;
is(send_form('Piston', '/wallet/payout/1/reveal', token(page('Nova', '/wallet/payout/1'), '/wallet/payout/1/cancel'))->{status}, 403, 'nor reads what is another\'s');
is($house->json('payout', 'show', 1)->{state}, 'HELD', 'it is as it was');
is(send_form('Stella', '/ops/payouts/1', token(page('Stella', '/ops/payouts'), '/ops/payouts/1'), %code)->{status}, 303, 'another of the staff may');
is($house->json('payout', 'show', 1)->{state}, 'SETTLED', 'it is settled');

# Where the code stands: sealed in the ledger, and nowhere else.
my @told = grep { -f && -r } map { glob "$house->{home}/$_/*" } qw(log data live);
cmp_ok(scalar @told, '>', 0, 'there are files to look into');
my @leaks = grep { open my $f, '<:raw', $_ or die "$_: $!"; local $/; index(<$f>, $code{code}) >= 0 } @told;
is("@leaks", '', 'no file holds the code');

is(($house->run('payout', 'block', 'Nova', '--reason', 'we are looking into it'))[0], 0, 'an operator stops payouts of a member');
like(page('Nova', '/wallet/payout?method=gift_card&amount=50'), qr/we are looking into it/, 'who reads the reason');
isnt(($house->run('payout', 'pay', 'Nova', '50'))[0], 0, 'there is no command that pays');
$house->stop;
done_testing;
