# The league as people run it: seasons, points, penalties and tables by the people's command, the
# clock that makes results final, the live channel of a season.
use strict;
use warnings;
use Cozykart;
use File::Temp;
use IO::Socket::INET;
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $clock = File::Temp::tempdir('ckXXXXXX', TMPDIR => 1, CLEANUP => 1) . '/clock';
my $off = 0;
sub move {
    $off += $_[0];
    # By rename: nobody reads half a number.
    open my $f, '>', "$clock.new" or die $!;
    print {$f} 1000 * $off;
    close $f or die $!;
    rename "$clock.new", $clock or die $!;
    return;
}
move(1);
$ENV{COZYKART_CLOCK_FILE} = $clock;
my $house = Cozykart->new(env => { COZYKART_CLOCK_FILE => $clock });

sub fails {
    my ($code, $part, @args) = @_;
    my ($got, $out, $errors) = $house->run(@args);
    is($got, $code, "@args: exit $code");
    like($errors, $part, '… in words');
    return;
}

sub ticks { for (1 .. 8) { last unless $house->json('tick')->{steps} } return }

# Flag, places in order of seats (0: DNF), final.
sub finish {
    my ($race, @place) = @_;
    move(60);
    $house->json('race', 'finish', $race);
    $house->json('race', 'result', $race, '--seat', $_ + 1, $place[$_] ? ('--place', $place[$_]) : '--dnf') for 0 .. $#place;
    move(700);
    ticks();
    is($house->json('race', 'show', $race)->{state}, 'FINAL', "race $race is final");
    return;
}

fails(66, qr/no season/, 'standings');
my $friendly = $house->race(4);
is($house->json('season', 'add', 'Spring 26', '--drops', 1, '--drop-from', 3)->{slug}, 'spring-26', 'a season');
fails(64, qr/drop/, 'season', 'add', 'Bad', '--drops', 2, '--drop-from', 1);
fails(66, qr/no points table nope/, 'season', 'add', 'Bad', '--points', 'nope');
is($house->json('season', 'add', 'Spring 26', '--key', 'k')->{slug}, 'spring-26-2', 'another of that name');
is($house->json('season', 'add', 'Spring 26', '--key', 'k')->{slug}, 'spring-26-2', 'the same key, the same answer');
is(scalar @{ $house->json('season', 'list') }, 2, 'two seasons');
finish($friendly, 1 .. 4);

my @in = ('--season', 'spring-26');
my $first = $house->race(4, @in);
my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $house->{port}) or die;
print {$s} "GET /live/season/1 HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
my $heard = '';
$s->blocking(0);
ok($house->wait_for(10, sub { sysread $s, $heard, 65536, length $heard; $heard =~ /^HTTP\/1\.1 200 / }), 'somebody listens to season/1');
finish($first, 2, 1, 0, 3);
ok($house->wait_for(10, sub { sysread $s, $heard, 65536, length $heard; $heard =~ /standings\.changed/ }), 'a final race is heard on season/1');
like($heard, qr/"top":\[\{"rank":1,"member":\d+,"points":15\}/, 'with the top of the table');
my $before = $house->json('standings', 'spring-26');
is($before->{rows}[0]{name}, 'Piston', 'the winner leads');
move(5);
my $at = do { my @t = gmtime(time + $off); sprintf '%04d-%02d-%02dT%02d:%02d:%02dZ', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0] };
move(10);
my $second = $house->race(4, @in);
finish($second, 1, 2, 3, 0);
my $t = $house->json('standings', 'spring-26');
is($t->{races}, 2, 'two races; the friendly one is none of them');
is_deeply([map { "$_->{rank} $_->{name} $_->{points}" } @{ $t->{rows} }], ['1 Nova 27', '2 Piston 27', '3 Juno 11', '4 Drift 11'], 'the table');
is($t->{rows}[0]{reason}, "ahead of Piston in race $second", 'with the reason of a tie');
is($t->{rows}[2]{reason}, "ahead of Drift in race $second", 'of each');
is($house->json('standings', 'spring-26', '--at', $at)->{rows}[0]{name}, 'Piston', 'and as it was');

my $base = $house->wait_for(10, sub { my $b = $house->get_json('/live/season/1.json'); $b && $b->{state}{races} == 2 && $b });
ok($base, 'the base file of the season');
is_deeply([map { "$_->{rank} $_->{name} $_->{points} $_->{reason}" } @{ $base->{state}{rows} }],
    [map { "$_->{rank} $_->{name} $_->{points} $_->{reason}" } @{ $t->{rows} }], 'has the same table');
ok(!(grep { exists $_->{earned} } @{ $base->{state}{rows} }), 'and no money of those who hide it');
is($house->get('/live/season/99.json')->{status}, 404, 'no season, no file');

my $penalty = $house->json('penalty', 'add', $first, 'Piston', '--incident', 'lap 2', '--points', 3, '--reason', 'contact')->{penalty};
fails(65, qr/punished already/, 'penalty', 'add', $first, 'Piston', '--incident', 'lap 2', '--points', 3, '--reason', 'contact');
is($house->json('standings', 'spring-26')->{rows}[1]{points}, 24, 'a penalty counts');
$house->run('penalty', 'lift', $penalty, '--reason', 'it was Drift');
is($house->json('standings', 'spring-26')->{rows}[1]{points}, 27, 'until it is lifted');
ok($house->json('penalty', 'list', 'spring-26')->[0]{lifted_at}, 'which the list says');

$house->run('points', 'add', 'steep', '50,20,10,5', '--dnf', 0);
my $look = $house->json('season', 'change', 'spring-26', '--points', 'steep', '--look');
is_deeply([map { "$_->{points_before} $_->{points} $_->{name}" } @$look], ['27 70 Nova', '27 70 Piston', '11 10 Juno', '11 10 Drift'], 'a look at other points');
is($house->json('standings', 'spring-26')->{rows}[0]{points}, 27, 'changes nothing');
fails(64, qr/say why/, 'season', 'change', 'spring-26', '--points', 'steep');
$house->run('season', 'change', 'spring-26', '--points', 'steep', '--reason', 'decided by the board');
is($house->json('standings', 'spring-26')->{rows}[0]{points}, 70, 'said so, they count');
like($house->json('season', 'show', 'spring-26')->{notes}[0]{text}, qr/decided by the board/, 'and the season tells why');

my $open = $house->json('race', 'open', '--host', 'Apex', @in)->{race};
$house->json('race', 'open', '--host', 'Nova', '--season', 'none');
fails(65, qr/race $open is in the lobby/, 'season', 'close', 'spring-26');
is($house->json('season', 'show', 'spring-26')->{blockers}[0], "race $open is in the lobby: finish it or make it void", 'the blocker is listed');
$house->run('season', 'put', $open, 'none');
$house->run('season', 'close', 'spring-26');
is($house->json('season', 'show', 'spring-26')->{state}, 'CLOSED', 'without it the season closes');
fails(65, qr/closed/, 'season', 'close', 'spring-26');
fails(65, qr/closed/, 'race', 'open', '--host', 'Nova', @in);
ok($house->wait_for(10, sub { ($house->get_json('/live/season/1.json') // {})->{state}{season}{state} eq 'CLOSED' }), 'its base file says so');
my ($code, $text) = $house->run('season', 'check');
is($code, 0, 'season check finds nothing') or diag($text);

$house->stop;
done_testing;
