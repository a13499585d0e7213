# What stands still, runs out or is missing around the house: it goes on, or goes on again, and loses nothing.
use strict;
use warnings;
use Cozykart;
use Fcntl ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $long = $ENV{COZYKART_CAMPAIGN} ? 60 : 3;

# Sends orders until told to end; a refused or unanswered one comes again, as a provider does it. Gives how many
# were taken.
sub orders {
    my ($house, $race) = @_;
    pipe(my $in, my $out) or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        $house->{stripe} = Stripe->new(secret => $house->{secret});    # with ids of its own
        my $end = 0;
        local $SIG{TERM} = sub { $end = 1 };
        my $taken = 0;
        my $http = HTTP::Tiny->new(timeout => 5, keep_alive => 1);
        until ($end) {
            my $body = $house->stripe->completed($house->shirt($race));
            for (1 .. 1000) {
                my $r = $http->post("$house->{url}/hooks/stripe", { content => $body,
                    headers => { 'content-type' => 'application/json', 'stripe-signature' => $house->stripe->sign($body, int time) } });
                if ($r->{status} == 200) { $taken++; last }
                sleep 0.05;
            }
            sleep 0.03;
        }
        print {$out} $taken;
        close $out;
        POSIX::_exit(0);
    }
    close $out;
    return sub { kill 'TERM', $pid; my $n = <$in>; waitpid $pid, 0; return $n // -1 };
}

subtest 'each process stands still for a while' => sub {
    my $house = Cozykart->new;
    my $race = $house->race(4);
    my $end = orders($house, $race);
    for my $name (qw(cozykart-vault cozykart-web cozykart-jobs nginx)) {
        my @pids = $house->pids($name);
        ok(scalar @pids, "$name: " . @pids);
        kill 'STOP', @pids;
        sleep $long;
        kill 'CONT', @pids;
        ok($house->wait_for(10, sub { $house->get('/races', cookie => 'ck=none')->{status} == 200 }), "$name: pages are shown again");
        ok($house->wait_for(10, sub { $house->notice($house->stripe->completed($house->shirt(undef)))->{status} == 200 }), "$name: orders are taken again");
    }
    # On a slow machine it takes longer until there are enough.
    $house->wait_for(60, sub { $house->json('race', 'show', $race)->{pot} > 500 * (10 + 4) });
    my $taken = $end->();
    cmp_ok($taken, '>', 10, "$taken orders were taken meanwhile");
    # One of no race counts for the race that is open.
    is($house->json('race', 'show', $race)->{pot}, 500 * ($taken + 4), 'each stands in the pot, once');
    $house->stop(expected => qr/upstream timed out|recv\(\) failed/);
};

subtest 'nobody reads the log' => sub {
    my $house = Cozykart->new(start => 0);
    my ($race, $reader);
    for my $case ('a pipe that nobody empties', 'a device that is full') {
        if ($case =~ /pipe/) {
            POSIX::mkfifo("$house->{dir}/pipe", 0600) or die "mkfifo: $!";
            sysopen($reader, "$house->{dir}/pipe", Fcntl::O_RDWR()) or die "pipe: $!";
            fcntl($reader, 1031, 4096);    # F_SETPIPE_SZ
        }
        my $log = "$house->{home}/log/house.log";
        unlink $log;
        symlink($case =~ /pipe/ ? "$house->{dir}/pipe" : '/dev/full', $log) or die "symlink: $!";
        $house->start;
        $race //= $house->race(4);
        my ($good, $bad) = (0, 0);
        for (1 .. 60) {
            $house->get("/race/$race", cookie => 'ck=none')->{status} == 200 ? $good++ : $bad++;
            $house->notice($house->stripe->completed($house->shirt($race)))->{status} == 200 ? $good++ : $bad++;
        }
        is("$good good, $bad bad", '120 good, 0 bad', "$case: pages and orders go on");
        unlink $log;
        $house->stop;
    }
    is($house->json('race', 'show', $race)->{pot}, 500 * 120, 'every order is in the books');
};

subtest 'too few descriptors or processes' => sub {
    plan skip_all => 'prlimit is not here' if system('prlimit --version >/dev/null 2>&1') != 0;
    my $house = Cozykart->new;
    my $race = $house->race(4);
    my $taken = 0;
    for my $name (qw(cozykart-vault cozykart-web cozykart-jobs)) {
        for my $few (8, 12, 16, 24, 32, 64) {
            my @pids = $house->pids($name);
            system("prlimit --pid $_ --nofile=$few:65536 2>/dev/null") for @pids;
            # What was not taken, or whose answer was lost, comes again.
            my (%seen, @again);
            for (1 .. 8) {
                my $body = $house->stripe->completed($house->shirt($race));
                my $r = $house->notice($body);
                $seen{ $r->{status} }++;
                $r->{status} == 200 ? $taken++ : push @again, $body;
                $seen{ $house->get("/race/$race", cookie => 'ck=none')->{status} }++;
            }
            my @odd = grep { !/^(?:200|50[234])$/ } keys %seen;
            is("@odd", '', "$name with $few descriptors: " . join ', ', map { "$_: $seen{$_}" } sort keys %seen);
            system("prlimit --pid $_ --nofile=4096:65536 2>/dev/null") for $house->pids($name);
            push @again, $house->stripe->completed($house->shirt($race));
            my $more = grep { my $body = $_; $house->wait_for(10, sub { $house->notice($body)->{status} == 200 }) } @again;
            is($more, scalar @again, '… and with enough it goes on');
            $taken += $more;
        }
    }
    for my $name (qw(cozykart-web cozykart-jobs)) {
        system("prlimit --pid $_ --nproc=1:65536 2>/dev/null") for $house->pids($name);
        kill 'KILL', ($house->pids($name))[-1];
        sleep 0.5;
        system("prlimit --pid $_ --nproc=65536:65536 2>/dev/null") for $house->pids($name);
        ok($house->wait_for(15, sub { $house->get('/healthz')->{status} == 200 }), "$name: a worker that could not be started is started later");
    }
    unlike($house->log('house'), qr/BUG|fd -1|Bad file descriptor/, 'nobody used what it did not get');
    is($house->json('race', 'show', $race)->{pot}, 500 * $taken, 'what was taken is in the books');
    $house->stop(expected => qr/./);
};

subtest 'the live nginx has no nchan' => sub {
    my $house = Cozykart->new(start => 0);
    my $conf = "$house->{home}/etc/nginx/live.conf";
    open my $in, '<', $conf or die $!;
    my $text = do { local $/; <$in> };
    close $in;
    $text =~ s/^\s*load_module[^;]*nchan[^;]*;//m or die 'there is no module to take out';
    open my $out, '>', $conf or die $!;
    print {$out} $text;
    close $out;
    $house->start;
    my $race = $house->race(4);
    ok($house->wait_for(5, sub { $house->log('house') =~ /unknown directive "nchan/ }), 'the live nginx says what it misses');
    is($house->notice($house->stripe->completed($house->shirt($race)))->{status}, 200, 'an order is taken');
    is($house->json('race', 'show', $race)->{pot}, 500, 'and counts');
    is($house->get("/race/$race", cookie => 'ck=none')->{status}, 200, 'the page is shown');
    ok($house->wait_for(10, sub { my $r = $house->get("/live/race/$race.json"); $r->{status} == 200 && $r->{content} =~ /"amount":500\b/ }), 'the live file that pages ask for has it too');
    ok($house->wait_for(90, sub { grep { $_->{kind} eq 'live_mute' } @{ $house->json('alerts') } }), 'and there is an alert');
    $house->stop(expected => qr/nchan|live\.sock|live-pub/);
};

subtest 'no room for live files' => sub {
    plan skip_all => 'mounting a small file system needs root' if $> != 0;
    my $house = Cozykart->new(start => 0);
    my $live = "$house->{home}/live";
    plan skip_all => 'no tmpfs can be mounted here' if system("mount -t tmpfs -o size=256k none '$live' 2>/dev/null") != 0;
    my $done = sub { system("umount -l '$live' 2>/dev/null") };
    mkdir "$live/live";
    mkdir "$live/live/race";
    mkdir "$live/race";
    my $ok = eval {
        $house->start;
        my $race = $house->race(4);
        open my $fill, '>', "$live/filler" or die $!;
        1 while defined syswrite $fill, 'x' x 4096;
        close $fill;
        my $good = grep { $house->notice($house->stripe->completed($house->shirt($race)))->{status} == 200 } 1 .. 10;
        is($good, 10, 'orders are taken');
        is($house->get_json("/race/$race.json")->{state}{pot}{amount}, 5000, 'pages tell what is');
        unlink "$live/filler" or die $!;
        ok($house->wait_for(10, sub { my $r = $house->get("/live/race/$race.json"); $r->{status} == 200 && $r->{content} =~ /"amount":5000\b/ }), 'with room the live file is right again by itself')
            or diag($house->get("/live/race/$race.json")->{content}, `find $live`);
        $house->stop;
        1;
    };
    my $error = $@;
    $done->();
    die $error if !$ok;
};
done_testing;
