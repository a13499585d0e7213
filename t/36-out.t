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
my $house = Cozykart->new(discord => 1);
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
one(qr/Race $race has started/, 'the start is told');
ok($house->wait_for(10, sub { with(qr/Race $race, running/) }), 'and the card shows it');
is(scalar(told()), 2, 'that makes two messages');
quiet('nothing is left to do');
$house->json('race', 'finish', $race);
one(qr/Flag at/, 'the flag is told');
ok($house->wait_for(10, sub { with(qr/Race $race, finished/) }), 'and the card shows it');
is_deeply([$fake->violations], [], 'Discord has nothing to object to') or diag(explain([$fake->violations]));
$house->stop;
done_testing;
