# kill -9 of each process in the middle of load: nothing that was answered 2xx is lost, nothing is half.
use strict;
use warnings;
use Cozykart;
use HTTP::Tiny;
use List::Util qw(shuffle);
use Test::More;
use Time::HiRes qw(sleep);

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $house = Cozykart->new(workers => 4);
my $race = $house->race(8);
my $stripe = $house->stripe;

# A sender until it is told that it is over: writes the event of each 200 to its file, tries again what failed, as a
# shop would; what it gave up on stays unknown.
sub sender {
    my ($n) = @_;
    my $pid = fork // die;
    return $pid if $pid;
    my $http = HTTP::Tiny->new(timeout => 60, keep_alive => 1);
    my $mine = Stripe->new(secret => $house->{secret}, salt => "k$n");
    open my $out, '>', "$house->{dir}/sent$n" or die $!;
    # On a slow machine until there is enough to judge, too.
    my ($taken, $end) = (0, Cozykart::moment() + Cozykart::patience(300));
    until (-e "$house->{dir}/over" && ($taken >= 20 || Cozykart::moment() > $end)) {
        my $order = $mine->order(items => [['TEE', 1, 2500]], race => $race, created => int time);
        my $body = $mine->completed($order);
        for my $try (1 .. 20) {
            my $r = $http->post($house->url('/hooks/stripe'), { content => $body,
                headers => { 'content-type' => 'application/json', 'stripe-signature' => $mine->sign($body) } });
            if ($r->{status} == 200) {
                my ($event) = $body =~ /"id":"(evt_[^"]+)"/;
                syswrite $out, "$event\n";
                $taken++;
                last;
            }
            sleep 0.1;
        }
    }
    POSIX::_exit(0);
}

my @senders = map { sender($_) } 1 .. 6;
my $begin = Cozykart::moment();
my (%killed, @next);
my @victims = qw(cozykart-vault cozykart-web cozykart-jobs nginx);
# Twelve seconds, and as long as it takes until each kind has died once.
while (Cozykart::moment() < $begin + (keys %killed == @victims ? 12 : Cozykart::patience(180))) {
    # Round after round in another order: chance decides when one dies, not whether. Who is down already
    # stays first in line.
    @next = shuffle @victims unless @next;
    my @pids = $house->pids($next[0]);
    # Of the workers one, sometimes their master.
    $killed{ shift @next }++ if @pids && kill 'KILL', $pids[int rand @pids];
    sleep 0.2 + rand 0.6;
}
open my $over, '>', "$house->{dir}/over" or die $!;
close $over;
waitpid $_, 0 for @senders;
diag('killed: ' . join ', ', map { "$_ $killed{$_} times" } sort keys %killed);
ok(scalar(keys %killed) == @victims, 'each kind of process was killed');
ok($house->wait_healthy(10), 'the house stands again');

my @answered = map { open my $in, '<', "$house->{dir}/sent$_" or die; map { chomp; $_ } <$in> } 1 .. 6;
ok(@answered > 100, scalar(@answered) . ' sales were answered');
my %kept = map { $_->{key} => 1 } @{ $house->json('inbox', 'list', '--limit', 100000) };
my @lost = grep { !$kept{$_} } @answered;
is(scalar @lost, 0, 'every answered notice is in the inbox') or diag(@lost[0 .. ($#lost > 4 ? 4 : $#lost)]);
my $show;
$house->wait_for(20, sub { $show = $house->json('race', 'show', $race); $show->{sales} >= @answered });
ok($show->{sales} >= @answered, "each is booked: $show->{sales} sales");
is($show->{pot}, $show->{sales} * 500, 'and none is half');

# A dead one comes back by itself.
for my $name (qw(cozykart-vault cozykart-jobs)) {
    my ($old) = $house->wait_for(5, sub { ($house->pids($name))[0] });
    my $died = Cozykart::moment();
    kill 'KILL', $old;
    ok($house->wait_for(2, sub { my ($new) = $house->pids($name); $new && $new != $old }), "$name is back");
    diag(sprintf '%s was back after %.1f s', $name, Cozykart::moment() - $died);
}

sub parent {
    open my $in, '<', "/proc/$_[0]/stat" or return 0;
    return (<$in> // '') =~ /\) \S (\d+)/ ? $1 : 0;
}

# The web master, which the house started itself, and its workers.
sub web {
    my @pids = $house->pids('cozykart-web');
    my %own = map { $_ => 1 } grep { parent($_) == $house->{pid} } @pids;
    return ((keys %own)[0] // 0, grep { !$own{$_} } @pids);
}
my ($master, @workers);
ok($house->wait_for(5, sub { ($master, @workers) = web(); $master && @workers == 4 }), 'there are four workers') or diag("$master @workers");
kill 'KILL', $workers[-1];
ok($house->wait_for(2, sub { my (undef, @now) = web(); @now == @workers && !grep { $_ == $workers[-1] } @now }), 'so is a worker');
ok($house->wait_healthy(5), 'and everything answers');

# Draining: workers are replaced under load without a failed request.
my $overlay = $house->json('overlay', 'add', 'load')->{token};
my $load = fork // die;
if (!$load) {
    my $http = HTTP::Tiny->new(timeout => 60, keep_alive => 1);
    my $bad = 0;
    for (1 .. 1500) { $bad++ unless $http->get($house->url("/overlay/$overlay/all"))->{status} == 200 }
    POSIX::_exit($bad > 255 ? 255 : $bad);
}
for (1 .. 5) { kill 'HUP', $master; sleep 0.3 }
waitpid $load, 0;
is($? >> 8, 0, 'no request fails while the workers are replaced');
# A master that was killed leaves its listening socket to its worker for a moment.
$house->stop(expected => qr/bind\(\) to|still could not bind/);
done_testing;
