# Live figures: base files, EventSource on top, and a live nginx that may die.
use strict;
use warnings;
use Cozykart;
use IO::Select;
use IO::Socket::INET;
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $house = Cozykart->new;
my $race = $house->race(8);

sub subscribe {
    my ($channel, @headers) = @_;
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $house->{port}) or die;
    print {$s} join "\r\n", "GET /live/$channel HTTP/1.1", 'Host: localhost', 'Accept: text/event-stream', @headers, '', '';
    return $s;
}

# What comes until the pattern fits.
sub hear {
    my ($s, $pattern) = @_;
    my ($text, $end, $select) = ('', Cozykart::moment() + Cozykart::patience(20), IO::Select->new($s));
    while (Cozykart::moment() < $end && $text !~ $pattern) {
        next unless $select->can_read(0.1);
        sysread $s, $text, 65536, length $text or last;
    }
    return $text;
}

ok($house->wait_for(5, sub { $house->get_json("/live/race/$race.json") }), 'the base file of a running race is there');
my $s = subscribe("race/$race");
like(hear($s, qr/\r\n\r\n/), qr{^HTTP/1.1 200.*text/event-stream}s, 'EventSource answers');
is($house->notice($house->stripe->completed($house->shirt($race)))->{status}, 200, 'a sale');
my $heard = hear($s, qr/"pot":500/);
like($heard, qr/"type":"pot\.changed"/, 'is heard');
like($heard, qr/"seq":\d+/, 'with its number');
my $base = $house->wait_for(5, sub { my $b = $house->get_json("/live/race/$race.json"); $b && $b->{state}{pot}{amount} == 500 && $b });
ok($base, 'and stands in the base file');
my ($seq) = $heard =~ /"seq":(\d+)[^\n]*"type":"pot\.changed"/;
is($base->{seq}, $seq, 'under the same number');

my $r = $house->get("/live/race/$race.json");
like($r->{headers}{'cache-control'}, qr/no-cache/, 'the base file is asked for each time');
is($house->get("/live/race/$race.json", 'if-none-match' => $r->{headers}{etag})->{status}, 304, 'and not sent twice');
is($house->get('/live/wallet/1')->{status}, 404, 'there are no other channels');
like($house->get('/live/../data/ledger.db')->{status}, qr/^40[04]$/, 'nor other files');

# Stale and nonsense ids abort nchan's worker unless it is told to read none.
my @before = $house->pids('nginx');
my @stale = map { subscribe("race/$race", "Last-Event-ID: $_") } '1:0', '0', '-1:-1', '99999999999:0', 'x' x 200, '1:0,2:1';
push @stale, map { subscribe("race/$race?last_event_id=$_") } '1:0', '9999999999:1';
hear($_, qr/\r\n\r\n/) for @stale;
$house->notice($house->stripe->completed($house->shirt($race)));
is(scalar(grep { hear($_, qr/"pot":1000/) =~ /"pot":1000/ } @stale), scalar @stale, 'subscribers with stale ids hear the next message');
is("@{[sort $house->pids('nginx')]}", "@{[sort @before]}", 'and no worker of nginx died');

# The live nginx dies with all its subscribers; money and pages do not notice.
my ($live_master) = do { open my $in, '<', "$house->{home}/tmp/live.pid" or die; <$in> =~ /(\d+)/ };
kill 'KILL', $live_master;
is($house->notice($house->stripe->completed($house->shirt($race)))->{status}, 200, 'a sale while it is dead');
ok($house->wait_for(4, sub { ($house->get_json("/live/race/$race.json") // {})->{state}{pot}{amount} == 1500 }), 'reaches the base file');
ok($house->wait_for(8, sub {
    my $again = subscribe("race/$race");
    return hear($again, qr/\r\n\r\n/) =~ m{^HTTP/1.1 200};
}), 'and the live nginx is back');
$s = subscribe("race/$race");
hear($s, qr/\r\n\r\n/);
$house->notice($house->stripe->completed($house->shirt($race)));
like(hear($s, qr/"pot":2000/), qr/"pot":2000/, 'new subscribers hear again');

# While it is dead subscribers knock at a door that is not there.
$house->stop(expected => qr{live\.sock failed});
done_testing;
