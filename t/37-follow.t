# What follows an answer or concerns one person: cards that were answers, deferred answers, direct
# messages, avatars, logos; and setting Discord up.
use strict;
use warnings;
use utf8;
use Cozykart;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(discord => 1, clock => 1);
my ($d, $fake) = ($house->discord, $house->fakecord);
my ($races, $staff, $ops) = map { "110000000000000000$_" } 3 .. 5;

sub with { my ($like, $channel) = @_; return grep { $fake->text($_) =~ $like } $fake->messages($channel // $races) }
sub soon { my ($name, $code) = @_; return ok($house->wait_for(10, $code), $name) || diag(explain([grep { $_->{state} ne 'done' } @{ $house->json('jobs', 'list') }])) }
sub checks { my ($code, $text) = $house->run('discord', 'check', '--json'); my $out = JSON::PP::decode_json($text || '{}'); return ($code, map { $_->{good} ? () : "$_->{what}: $_->{advice}" } @{ $out->{checks} // [] }) }

# --- setting up

my ($code, @bad) = checks();
is($code, 1, 'what is missing is found');
like("@bad", qr/^commands are registered.*cozykart discord register/, '… and what to do') or diag(@bad);
is(scalar @bad, 1, '… and nothing else');
my $n = $house->json('discord', 'register', '--guild', '1100000000000000002')->{commands};
ok($n > 10, "$n commands are registered");
($code, @bad) = checks();
is($code, 0, 'then all is well') or diag(@bad);
$fake->order('shut', id => $ops, open => JSON::PP::false);
($code, @bad) = checks();
like("@bad", qr/^discord\.ops_channel: .*no such channel/, 'a channel that is gone is found') or diag(@bad);
$fake->order('shut', id => $ops, open => JSON::PP::true);
{
    open my $in, '<', $house->{conf} or die $!;
    open my $out, '>', "$house->{dir}/fewer.conf" or die $!;
    print $out grep { !/^discord\.ops_channel/ } <$in>;
    close $out or die $!;
    local $house->{conf} = "$house->{dir}/fewer.conf";
    ($code, @bad) = checks();
    is($code, 0, 'a channel that is not set is no fault') or diag(@bad);
    like(($house->run('discord', 'check'))[1], qr/^ok   discord\.ops_channel is not set: nothing is told there \(optional\)$/m, 'and is named');
}

# --- an answer that is a card

my $apex = $d->person('Apex');
my @racer = map { $d->person($_) } qw(Nova Piston);
$d->command($_, 'help') for $apex, @racer;
$house->run('role', 'grant', 'Apex', 'host');
my $answer = $d->command($apex, 'open');
like($answer->text, qr/Race 1, open/, '/open answers with the card');
$d->command($_, 'join') for @racer;
soon('the answer is edited as seats fill', sub { with(qr/Race 1, open.*Seats 2\/8/s) });
is(scalar(with(qr/Race 1, open/)), 1, 'and nobody is told twice');
$d->command($apex, 'start');
soon('the card shows the start', sub { with(qr/Race 1, running/) >= 1 });
soon('nothing waits', sub { !grep { $_->{state} ne 'done' } @{ $house->json('jobs', 'list') } });
is(scalar(with(qr/Race 1, open/)), 0, 'no card says that the race is open');
is(scalar(with(qr/Race 1 has started/)), 1, 'the answer told the start, and nothing else did');

# --- the end of it, a member's own message

$d->command($apex, 'finish');
$house->json('race', 'result', '1', '--seat', $_, '--place', $_) for 1, 2;
$house->ahead(11 * 60);
soon('the result is told', sub { with(qr/Race 1, final.*1st.*Nova/s) });
soon('the winner is told about the trophy', sub { $fake->direct($racer[0]) });
my ($direct) = $fake->direct($racer[0]);
like($fake->text($direct), qr/trophy for you: Win/i, '… by name') if $direct;

# --- deferred answers

my $profile = $d->command($racer[0], 'profile');
SKIP: {
    skip 'profile answers at once', 2 unless $profile->type == 5;
    soon('a deferred answer comes', sub { grep { @{ $_->{attachments} } && $_->{attachments}[0]{filename} =~ /^racer-/ } $fake->messages($races) });
    soon('nothing waits', sub { !grep { $_->{state} ne 'done' } @{ $house->json('jobs', 'list') } });
}

# --- avatars

my ($avatar) = grep { $_->{kind} eq 'avatar' } @{ $house->json('jobs', 'list') };
ok($avatar, 'avatars are fetched');
soon('they stand among the pictures', sub { my @f = glob "$house->{home}/media/avatar/*.png"; @f >= 3 });
my ($file) = map { m{([^/]+)\z} } glob "$house->{home}/media/avatar/*.png";
my $r = $house->get("/media/avatar/$file");
is($r->{status}, 200, 'and are served');
is(unpack('N', substr $r->{content}, 16, 4), 64, '64 wide');

# --- logos

open my $out, '>', "$house->{dir}/logo.svg" or die;
print {$out} '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"><script>alert(1)</script><rect width="60" height="30" fill="#fc4"/></svg>';
close $out;
$house->json('sponsor', 'add', 'Acme');
$house->json('sponsor', 'logo', 'Acme', "$house->{dir}/logo.svg");
soon('a logo becomes a picture', sub { my @f = glob "$house->{home}/media/logo/*.png"; @f == 1 });
my ($logo) = map { m{([^/]+)\z} } glob "$house->{home}/media/logo/*.png";
like($house->get("/media/logo/$logo")->{content}, qr/^\x89PNG/, '… that is served');

# --- alerts and what cannot be sent

$house->post('/hooks/stripe', 'x' x 10);
my $sent = $house->stripe->completed($house->stripe->order(items => [['NONE', 1, 2500]], title => 'x', race => 1, created => int $house->now));
$house->notice($sent);
if (my ($alert) = @{ $house->json('alerts') }) {
    soon('an alert is told to the people who run the house', sub { with(qr/Alert \d+/, $ops) });
}
$fake->order('shut', id => $races, open => JSON::PP::false);
my $second = $d->command($apex, 'open');
$house->run('race', 'void', '2', '--reason', 'nobody came');
soon('what Discord refuses for ever is dead at once', sub { grep { $_->{kind} eq 'tell' && $_->{state} eq 'dead' } @{ $house->json('jobs', 'list') } });
my ($dead) = grep { $_->{state} eq 'dead' } @{ $house->json('jobs', 'list') };
like($dead->{last_error} // $dead->{error} // '', qr/channel/, '… with the reason') or diag(explain($dead));
is_deeply([map { $_->{what} } grep { $_->{what} !~ /channel/ } $fake->violations], [], 'Discord has nothing to object to') or diag(explain([$fake->violations]));
$house->stop;
done_testing;
