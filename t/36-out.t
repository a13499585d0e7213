# What goes out to Discord: once, in order, later when it must wait; and nothing waits with it.
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
my $fake = $house->fakecord;
my ($races, $staff, $ops) = map { "110000000000000000$_" } 3 .. 5;

sub told { return $fake->messages($_[0] // $races) }
sub with { my ($like, $channel) = @_; return grep { $fake->text($_) =~ $like } told($channel) }
sub one  { my ($like, $name, $seconds) = @_; my $m; ok($house->wait_for($seconds // 10, sub { ($m) = with($like); $m }), $name); return $m // {} }
sub open_jobs { return grep { $_->{state} ne 'done' && $_->{kind} =~ /$_[0]/ } @{ $house->json('jobs', 'list') } }
sub quiet { my ($name) = @_; ok($house->wait_for(15, sub { !open_jobs(qr/^(?:tell|card|discord)/) }), $name) or diag(explain([open_jobs(qr/./)])) }

# --- the card of a race, from lobby to flag

$house->json('member', 'add', $_, $_ eq 'Apex' ? ('--role', 'host') : ()) for qw(Apex Nova Piston);
$house->json('product', 'add', 'TEE', 'Circuit tee', '9.00');
my $race = $house->json('race', 'open', '--host', 'Apex')->{race};
my $card = one(qr/Race $race, open/, 'a race that opens has a card in the channel');
like($fake->text($card), qr/Seats 0\/8/, '… with its seats');
is(join(' ', map { $_->{label} } map { @{ $_->{components} } } @{ $card->{components} // [] }), 'Join Leave Page', '… and buttons');
$house->json('race', 'join', $race, $_) for qw(Nova Piston);
ok($house->wait_for(10, sub { ($card) = with(qr/Race $race, open/); $fake->text($card) =~ /Seats 2\/8.*Nova.*Piston/s }), 'it is edited as seats fill');
$house->json('race', 'start', $race);
my ($started) = one(qr/Race $race has started/, 'the start is told');
my %button = map { $_->{label} => $_->{url} } map { @{ $_->{components} } } @{ $started->{components} // [] };
is($button{Shop}, $house->url("/shop?race=$race"), '… with the way to the shop, for this race');
is($button{Watch}, $house->url("/race/$race"), '… and to the race');
is($house->get("/shop?race=$race")->{status}, 200, '… where it leads');
ok($house->wait_for(10, sub { with(qr/Race $race, running/) }), 'and the card shows it');
is(scalar(told()), 2, 'that makes two messages');
quiet('nothing is left to do');
$house->json('race', 'finish', $race);
one(qr/Flag at/, 'the flag is told');
ok($house->wait_for(10, sub { with(qr/Race $race, finished/) }), 'and the card shows it');

# --- pictures

sub png { my ($path) = @_; my $r = $house->get($path); return $r->{status} == 200 && $r->{headers}{'content-type'} eq 'image/png' && $r->{content} =~ /^\x89PNG/ ? length $r->{content} : 0 }
my $default = png('/card/race/999.png');
ok($default, 'a race without a card has the one of the house');
ok($house->wait_for(10, sub { my $n = png("/card/race/$race.png"); $n && $n != $default }), 'a race has its own');
is($house->get('/card/race/..%2f..%2fetc.png')->{status}, 400, 'no way out of the folder');
is($house->get($_)->{status}, 404, "$_: nothing") for '/card/race/A.png', '/card/x/1.png', '/media/avatar/1.png', '/media/';

# --- the final card carries its picture

$house->json('race', 'result', $race, '--seat', $_, '--place', $_) for 1, 2;
$house->ahead(11 * 60);
my ($final) = (one(qr/Race $race, final.*1st.*Nova.*2nd.*Piston/s, 'the result is told'));
my @with_picture;
ok($house->wait_for(10, sub { @with_picture = grep { @{ $_->{attachments} } } with(qr/Race $race, final/); @with_picture == 2 }), 'as a message of its own and on the card, each with its picture');
like($with_picture[0]{attachments}[0]{description} // '', qr/Result of race $race: won by Nova/, '… which is described');
quiet('nothing is left to do');
my $before = told();

# --- once, whatever happens to answers

my %known;
my @host = qw(Apex Marlow Vega Rook);
$house->json('member', 'add', $_, '--role', 'host') for @host[1 .. 3];
sub race { return $house->json('race', 'open', '--host', shift @host)->{race} }
sub sent { my ($like) = @_; return grep { "$_->{method} $_->{path}" =~ $like } $fake->requests }
my $posts = () = sent(qr{^POST .*/messages$});
$fake->order('rule', match => "POST /api/v10/channels/$races/messages", times => 1, do => 'lose');
my $second = race();
one(qr/Race $second, open/, 'the answer to a message got lost');
quiet('it is sent again');
my @twice = sent(qr{^POST .*/messages$});
is(@twice - $posts, 2, 'that makes two requests');
is(scalar(with(qr/Race $second, open/)), 1, 'and one message');

$fake->order('rule', match => "POST /api/v10/channels/$races/messages", times => 2, do => 'status', status => 503);
my $third = race();
one(qr/Race $third, open/, 'two failures of Discord only delay a message');
$fake->order('rule', match => 'PATCH', times => 1, do => 'limit', ms => 1500);
$house->json('member', 'add', 'Juno');
my $at = time;
$house->json('race', 'join', $third, 'Juno');
ok($house->wait_for(10, sub { with(qr/Race $third, open.*Seats 1\/8/s) }), 'a rate limit delays an edit');
ok(time - $at > 1.4, '… until it is over');
$fake->order('rule', match => 'POST /api/v10/channels', times => 1, do => 'limit', ms => 1200, global => JSON::PP::true);
my $fourth = race();
one(qr/Race $fourth, open/, 'so does one for everything');

# --- an answer that does not come holds up nothing else

$house->json('race', 'join', $fourth, $_) for qw(Nova Piston);
quiet('nothing is left to do');
$fake->order('rule', match => "POST /api/v10/channels/$races/messages", times => -1, do => 'hold');
$house->json('race', 'start', $fourth);
ok($house->wait_for(5, sub { my @p = sent(qr{^POST .*/messages$}); @p && $fake->state->{rules} && (grep { $_->{kind} eq 'tell' && $_->{state} eq 'leased' } @{ $house->json('jobs', 'list') }) }), 'Discord takes its time');
for my $n (1 .. 4) {
    is($house->notice($house->stripe->completed($house->shirt($fourth, created => 1 + int $house->now)))->{status}, 200, "an order meanwhile ($n)");
    ok($house->wait_for(5, sub { (($house->get_json("/live/race/$fourth.json") // {})->{state}{pot}{amount} // 0) == 500 * $n }), '… is in the live file');
    ok((grep { $_->{kind} eq 'tell' && $_->{state} ne 'done' } @{ $house->json('jobs', 'list') }), '… while Discord still has not answered');
}
$fake->order('calm');
one(qr/Race $fourth has started/, 'in the end it did', 20);
quiet('nothing is left to do');
is(scalar(with(qr/Race $fourth has started/)), 1, 'and told it once');

# --- an hour without Discord

sub alerts { return grep { $_->{kind} eq 'discord_down' } @{ $house->json('alerts') } }
$fake->order('rule', match => '/api/', times => -1, do => 'drop');
$house->json('race', 'finish', $fourth);
$house->json('race', 'void', $third, '--reason', 'nobody came');
my $lived = 1;
for my $step (1 .. 13) {
    my $asked = () = $fake->requests;
    $house->ahead(300);
    ok(0, "step $step: it asks again") unless $house->wait_for(10, sub { my @r = $fake->requests; @r > $asked });
    $lived &&= !grep { $_->{state} eq 'dead' } @{ $house->json('jobs', 'list') };
    ok(!alerts(), 'a minute is no alert') if $step == 1;
}
ok($lived, 'no job gives up within the hour');
ok($house->wait_for(10, sub { alerts() == 1 }), 'one alert says so') or diag(explain($house->json('alerts')));
my ($storm) = scalar(() = $fake->requests);
sleep 2;
my $calm = () = $fake->requests;
ok($calm - $storm <= 2, 'it is not asked all the time');
is($house->notice($house->stripe->completed($house->shirt($fourth, created => int $house->now)))->{status}, 200, 'orders are taken all the while');
$fake->order('calm');
$house->ahead(61);
one(qr/Race $third is (?:cancelled|void)|Race $third, cancelled/, 'when it answers again, what waited goes out', 20);
quiet('all of it');
ok($house->wait_for(15, sub { !alerts() }), 'and the alert is over');
is(scalar(with(qr/Race $fourth: flag/)), 0, 'what has passed meanwhile is not told as if it were new') if $house->json('race', 'show', $fourth)->{state} ne 'FINISHED';

is_deeply([map { $_->{what} } $fake->violations], [], 'Discord has nothing to object to') or diag(explain([$fake->violations]));
$house->stop;
done_testing;
