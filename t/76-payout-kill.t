# kill -9 of vault and runner at every step of a payout: each message between the two, before it arrives and
# after it was answered, and each moment of the order at the provider. Then two runners on one payout, and
# kills at random. Whatever dies, it is paid once. COZYKART_CAMPAIGN=ROUNDS: all of it for each provider, so
# often, with COZYKART_SEED; prints figures.
use strict;
use warnings;
use utf8;
use Cash;
use IO::Select;
use IO::Socket::UNIX;
use List::Util qw(shuffle);
use POSIX ();
use Socket qw(SOCK_SEQPACKET);
use Test::More;
use Time::HiRes qw(sleep time);

my $why = Cash::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $rounds = $ENV{COZYKART_CAMPAIGN} || 0;
my $seed = $ENV{COZYKART_SEED} || 1;
srand $seed;
my $cash = Cash->new(wallet => 1_500_000, conf => "payout.max = 100000\n");
my ($house, $pay) = ($cash->house, $cash->pay);
my $dir = "$house->{dir}/between";
mkdir $dir or die "$dir: $!";

# --- the runner of this test stands behind a socket of ours, so that a message can be held

sub pids_of {
    my ($name, $argument) = @_;
    my @found;
    for my $pid ($house->pids($name)) {
        open my $in, '<', "/proc/$pid/cmdline" or next;
        push @found, $pid if !$argument || (do { local $/; <$in> } // '') =~ /\0\Q$argument\E\0/;
    }
    return @found;
}

# Passes packets on, both ways. A plan in the file names a message, a side of it and whom to kill then.
sub go_between {
    my $parent = $$;
    my $pid = fork // die "fork: $!";
    return $pid if $pid;
    $SIG{$_} = 'DEFAULT' for qw(HUP INT TERM);
    my $listen = IO::Socket::UNIX->new(Type => SOCK_SEQPACKET, Local => "$dir/vault-jobs.sock", Listen => 8) or POSIX::_exit(1);
    my $all = IO::Select->new($listen);
    my (%peer, %side, %asked);
    my $drop = sub { for my $s (@_) { next unless $s; $all->remove($s); delete $peer{$s}; delete $side{$s}; close $s } };
    while (getppid() == $parent) {
        for my $s ($all->can_read(1)) {
            if ($s == $listen) {
                my $near = $listen->accept or next;
                my $far = IO::Socket::UNIX->new(Type => SOCK_SEQPACKET, Peer => "$house->{home}/run/vault-jobs.sock") or close($near), next;
                $all->add($near, $far);
                ($peer{$near}, $peer{$far}, $side{$near}, $side{$far}) = ($far, $near, 'before', 'after');
                next;
            }
            next unless $peer{$s};
            my $packet = '';
            my $got = defined $s->recv($packet, 65536) && length $packet;
            my ($other, $side) = ($peer{$s}, $side{$s});
            $asked{$other} = unpack 'x8 x4 C/a', $packet if $got && $side eq 'before' && length $packet > 13;
            my $name = $side eq 'before' ? $asked{$other} : $asked{$s};
            if ($got && defined $name && struck($name, $side)) {
                $drop->($s, $other);
                next;
            }
            next if $got && defined $other->send($packet);
            $drop->($s, $other);
        }
    }
    POSIX::_exit(0);
}

# True when the message is to be lost with its victim.
sub struck {
    my ($name, $side) = @_;
    open my $in, '<', "$dir/plan" or return 0;
    my ($what, $when, $victim) = split ' ', scalar(<$in>) // '';
    return 0 unless defined $victim && $what eq $name && $when eq $side;
    kill 'KILL', $victim;
    # Nothing of it is left when the message is dropped.
    for (1 .. 12_000) { last unless alive($victim); sleep 0.005 }
    rename "$dir/plan", "$dir/done";
    return 1;
}

sub alive {
    my ($pid) = @_;
    open my $in, '<', "/proc/$pid/stat" or return 0;
    return (scalar(<$in>) // '') !~ /\) Z/;
}

my $conf = do { open my $in, '<', $house->{conf} or die $!; local $/; <$in> };
$conf =~ s/^(\s*path\.run\s*=).*/$1 $dir/m or die 'no path.run';
open my $out, '>', "$dir/runner.conf" or die $!;
print {$out} $conf;
close $out;
my @runner;

sub runner {
    pipe my $in, my $keep or die "pipe: $!";
    # Somebody always wakes it: it looks without a pause.
    syswrite $keep, '.';
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        $ENV{$_} = $house->{env}{$_} for keys %{ $house->{env} };
        open STDIN, '<&', $in;
        open STDOUT, '>>', "$house->{home}/log/runner.log";
        open STDERR, '>&', \*STDOUT;
        close $keep;
        { exec "$house->{bin}/cozykart-jobs", '--money', '--config', "$dir/runner.conf"; }
        POSIX::_exit(127);
    }
    push @runner, { pid => $pid, keep => $keep };
    return $pid;
}

sub end_runner {
    for my $r (splice @runner) { kill 'KILL', $r->{pid}; waitpid $r->{pid}, 0 }
    return;
}
my $between = go_between();
END { my $s = $?; kill 'KILL', $between, map { $_->{pid} } @runner if $between; $? = $s }
$house->wait_for(5, sub { -S "$dir/vault-jobs.sock" }) or die 'nobody stands between';

# The house's own runner of money rests. It was started from /proc/self/exe, and is called so.
my ($own) = pids_of('exe', '--money');
kill 'STOP', $own or die 'no runner of money';

# --- one death

my %figure;
my $rests = Cozykart::moment();
sub once {
    my ($p, $name, $kill) = @_;
    # The house ends a runner that gives no sign of life for three minutes.
    if (Cozykart::moment() > $rests + 60) {
        kill 'CONT', $own;
        sleep 3;
        kill 'STOP', $own;
        $rests = Cozykart::moment();
    }
    my ($was, $had) = ($pay->moved($cash->{to}{$p}), $cash->available($p));
    my $runner = runner();
    my $id = $kill->($runner);
    my $state = $cash->until_ended($id, 60);
    my ($moved, $gone) = ($pay->moved($cash->{to}{$p}) - $was, $had - $cash->available($p));
    my $good = is("$state, moved $moved, gone $gone", 'SETTLED, moved 500, gone 500', "$p, $name");
    diag(explain([$cash->payout($id), join(' ', $cash->steps($id))]), $house->log('runner')) unless $good;
    $figure{payouts}++;
    $figure{deaths}++;
    end_runner();
    $pay->calm;
    $house->wait_healthy(10);
    return;
}

sub vault_pid {
    my $pid;
    $house->wait_for(10, sub { $cash->{vault}->ask('vault.ping')->{ok} && (($pid) = pids_of('cozykart-vault')) }) or die "there is no vault\n";
    return $pid;
}

# A payout. short: it was refused for want of money before, which is there now: under another key, after a look.
sub asked {
    my ($p, $short) = @_;
    return $cash->out($p, 500) unless $short;
    $pay->balance($p, 100);
    my $id = $cash->out($p, 500);
    $house->wait_for(20, sub { $cash->payout($id)->{lacks_at} }) or fail("$p: the balance is too small");
    $pay->balance($p, 10_000_000);
    return $id;
}

# vault: killed with that message on its way; runner: likewise.
sub message_death {
    my ($p, $message, $side, $victim, $short) = @_;
    once($p, "$victim dies $side $message" . ($short ? ', once there is money for it' : ''), sub {
        my ($runner) = @_;
        my $vault = vault_pid();
        unlink "$dir/done";
        my $id = $short ? asked($p, 1) : undef;
        open my $plan, '>', "$dir/plan.new" or die $!;
        print {$plan} "$message $side ", $victim eq 'vault' ? $vault : $runner, "\n";
        close $plan;
        rename "$dir/plan.new", "$dir/plan" or die $!;
        $id //= asked($p);
        my $done = $house->wait_for(20, sub { $cash->forward if $short; -e "$dir/done" });
        unlink "$dir/plan";
        ok($done, '… and it did') if !$done;
        runner() if $victim ne 'vault';
        return $id;
    });
    return;
}

# While the provider has the order and says nothing: before it does it, or after.
sub order_death {
    my ($p, $how, $victim, $short) = @_;
    once($p, "$victim dies while the order " . ($how eq 'hang' ? 'is not done yet' : 'is done and not answered') . ($short ? ', once there is money for it' : ''), sub {
        my ($runner) = @_;
        my $vault = vault_pid();
        my ($method, $path) = split / /, $Cash::order{$p};
        my $id = $short ? asked($p, 1) : undef;
        my $before = grep { $_->{path} eq $path && $_->{method} eq $method } $pay->log($p);
        # The vault's death is over when the answer comes.
        $pay->hold($p);
        $pay->rule($p, $Cash::order{$p}, $victim eq 'vault' ? $how eq 'hang' ? 'late:400' : 'told' : $how);
        $id //= asked($p);
        $house->wait_for(20, sub { $cash->forward if $short; $before < grep { $_->{path} eq $path && $_->{method} eq $method } $pay->log($p) }) or fail('the order is there');
        kill 'KILL', $victim eq 'vault' ? $vault : $runner;
        runner() if $victim ne 'vault';
        $house->wait_for(10, sub { !alive($vault) }) if $victim eq 'vault';
        $pay->tell;
        $pay->release($p);
        return $id;
    });
    return;
}

my @message = qw(job.claim payout.begin payout.report job.finish);
my @death;
for my $victim (qw(runner vault)) {
    push @death, map { my $m = $_; map { my $side = $_; sub { message_death($_[0], $m, $side, $victim) } } qw(before after) } @message;
    push @death, map { my $how = $_; sub { order_death($_[0], $how, $victim) } } qw(hang hang_after);
}
# What waited for our balance: Stripe's refusal stands under the first key.
for my $victim (qw(runner vault)) {
    push @death, map { my $m = $_; map { my $side = $_; sub { message_death('stripe', $m, $side, $victim, 1) } } qw(before after) } qw(payout.begin payout.report);
    push @death, map { my $how = $_; sub { order_death('stripe', $how, $victim, 1) } } qw(hang hang_after);
}
my $start = time;
if ($rounds) {
    for my $round (1 .. $rounds) {
        for my $death (shuffle @death) { $death->($_) for @Cash::providers }
        is($cash->judge, '', "round $round: nothing is lost, nothing twice");
    }
} else {
    # Each death once; the providers take turns.
    my $n = int rand 3;
    $_->($Cash::providers[$n++ % 3]) for @death;
    is($cash->judge, '', 'nothing is lost, nothing twice');
}

# --- two runners: the one that holds a payout is taken for dead while it waits

for my $p (@Cash::providers) {
    for my $how ('told', $rounds ? 'hang' : ()) {
        my $was = $pay->moved($cash->{to}{$p});
        runner();
        runner();
        $pay->hold($p);
        $pay->rule($p, $Cash::order{$p}, $how);
        my $id = $cash->out($p, 500);
        $house->wait_for(15, sub { grep { $_->{rule} eq $how } $pay->log($p) });
        $house->ahead(61);
        ok($house->wait_for(15, sub { $cash->payout($id)->{turn} > 1 }), "$p, $how: another runner takes over while the first one waits");
        $pay->tell;
        my $state = $cash->until_ended($id, 60);
        # What the first one was told late changes nothing any more.
        sleep 0.5;
        is("$state, moved " . ($pay->moved($cash->{to}{$p}) - $was), 'SETTLED, moved 500', "$p: two runners, one payment")
            or diag(explain([$cash->payout($id), join ' ', $cash->steps($id)]), $house->log('runner'));
        $pay->release($p);
        $pay->calm;
        end_runner();
        $figure{payouts}++;
    }
}
kill 'CONT', $own;

# --- kills at random, faults at random

my $seconds = $rounds ? 60 * $rounds : 6;
my $killer = fork // die;
if (!$killer) {
    srand $seed + 1;
    while (1) {
        sleep 0.3 + rand 1.2;
        my @victims = rand() < 0.5 ? $house->pids('cozykart-vault') : (rand() < 0.7 ? pids_of('exe', '--money') : $house->pids('cozykart-jobs'));
        kill 'KILL', $victims[int rand @victims] if @victims;
    }
}
my @fault = ('', '', 'late:300', 'cut_before', 'cut_after', 'cut_half', '500_before', '500_after', '429', '409', 'short');
# Who refuses once for want of money has enough when asked what there is.
$pay->balance($_, 10_000_000) for qw(stripe whop);
my $end = time + $seconds;
my %open;
while (time < $end) {
    for my $p (@Cash::providers) {
        my $state = $open{$p} ? $cash->payout($open{$p})->{state} : 'none';
        next if $state !~ /none|SETTLED|RETURNED/;
        my $fault = $fault[int rand @fault];
        $fault = { stripe => '400:balance_insufficient', paypal => '422:INSUFFICIENT_FUNDS', whop => '400:insufficient_balance' }->{$p} if $fault eq 'short';
        $pay->rule($p, $Cash::order{$p}, $fault) if $fault;
        $open{$p} = eval { $cash->out($p, 500) } or next;
        $figure{payouts}++;
    }
    $cash->forward;
    sleep 0.1;
}
kill 'TERM', $killer;
waitpid $killer, 0;
$pay->calm;
ok($house->wait_healthy(20), 'the house stands');
is($cash->until_ended($_, 90), 'SETTLED', "payout $_ ends") for sort { $a <=> $b } map { $_->{id} } $cash->rows("SELECT id FROM payout WHERE state NOT IN ('SETTLED', 'RETURNED', 'CANCELLED')");
is($cash->judge, '', 'after kills at random: what reached the three is what the ledger calls settled');
my ($count) = $cash->rows('SELECT COUNT(*) AS n FROM payout');
my ($back) = $cash->rows("SELECT COUNT(*) AS n FROM payout WHERE state = 'RETURNED'");
is($back->{n}, 0, 'none had to come back');
is_deeply([map { $_->{key} } $cash->rows("SELECT key FROM alert WHERE kind = 'payout_contradiction'")], [], 'nothing contradicts anything');
diag(sprintf 'seed %d: %d payouts, %d deaths by plan, %.0f s', $seed, $count->{n}, $figure{deaths}, time - $start);
# A vault that died leaves its socket to the workers for a moment.
$house->stop(expected => qr/bind\(\) to|still could not bind/);
done_testing;
