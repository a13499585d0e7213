# Quick races of a season while vault and jobs die at any moment: what people press again until it is
# answered happens once; so do points, trophies, money and messages.
use strict;
use warnings;
use utf8;
use Cozykart;
use Discord;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);
use Vault;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(discord => 1, clock => 1, conf => "window.grace_s = 0\n");
my ($d, $fake) = ($house->discord, $house->fakecord);
$house->register;
my @driver = qw(Nova Piston Juno Drift);
my %p = map { $_ => $d->person($_) } qw(Apex Opal), @driver;
$d->command($_, 'help') for values %p;
$house->run('role', 'grant', 'Apex', 'host');
$house->run('role', 'grant', 'Opal', 'operator');
$house->json('product', 'add', 'TEE', 'Circuit tee', '9.00');
$house->run('rule', 'add', 'bonus', '--share', 'winner_bonus', '--bonus-bps', 2500, '--clear-h', 1);
$house->run('season', 'add', 'Spring', '--from', '2024-01-01', '--rule', 'bonus');

my $parent = $$;
my $killer = fork // die;
if (!$killer) {
    my ($n, $vault) = (0, Vault->new($house));
    while (getppid() == $parent) {
        # Who dies has lived: on a slow machine a vault would never get to anything.
        sleep 0.1 until $vault->ask('vault.ping')->{ok} || getppid() != $parent;
        sleep 0.3 + rand 0.9;
        my ($victim) = $house->pids($n++ % 4 == 3 ? 'cozykart-jobs' : 'cozykart-vault');
        kill 'KILL', $victim if $victim;
    }
    POSIX::_exit(0);
}

sub state_of { my ($race) = @_; return (eval { $house->json('race', 'show', $race) } // {})->{state} // '' }
# As people do: again, until the answer is one that ends it.
sub until_answered {
    my ($like, @command) = @_;
    my $a;
    return $a if $house->wait_for(15, sub {
        $a = $d->command(@command);
        return 1 if $a->status == 200 && $a->text =~ $like;
        sleep 0.2;
        return;
    });
    fail("/$command[1] is answered in the end");
    diag($a->status . ' ' . $a->raw);
    return $a;
}
sub until_pressed {
    my ($like, $who, $id) = @_;
    my $a;
    return $a if $house->wait_for(15, sub {
        $a = $d->press($who, { id => '1300000000000000001', components => [] }, $id);
        return 1 if $a->status == 200 && $a->text =~ $like;
        sleep 0.2;
        return;
    });
    fail("$id is answered in the end");
    diag($a->status . ' ' . $a->raw);
    return $a;
}

my $races = 5;
for my $race (1 .. $races) {
    # An answer may be lost though the lobby is there: the host is told so.
    until_answered(qr/Race $race\b|one lobby at a time/, $p{Apex}, 'open', season => 'spring');
    until_answered(qr/Seat|already/, $p{$_}, 'join', race => "$race") for @driver;
    until_answered(qr/Window open|is running/, $p{Apex}, 'start', race => "$race");
    $house->ahead(2);
    for (1 .. 3) {
        my $body = $house->stripe->completed($house->shirt($race, created => int $house->now));
        ok($house->wait_for(15, sub { $house->notice($body)->{status} == 200 }), 'an order is taken in the end');
    }
    $house->ahead(2);
    until_answered(qr/Flag at|is finished/, $p{Apex}, 'finish', race => "$race");
    my @order = (@driver[$race % 4 .. 3], @driver[0 .. $race % 4 - 1]);
    until_answered(qr/$order[$_]: \d/, $p{ $order[$_] }, 'result', position => $_ + 1, race => "$race") for 0 .. 3;
    $house->ahead(11 * 60);
    ok($house->wait_for(25, sub { state_of($race) =~ /FINAL|SETTLED/ }), "race $race is final");
    next if $race != 3;
    my $look = until_answered(qr/Nothing of it is saved/, $p{Opal}, 'admin-fix', race => "$race", user => $p{Nova}, position => 1, reason => 'the video shows it');
    my ($go) = grep { /^fixgo/ } map { $_->{custom_id} // '' } Discord::controls($look->data);
    until_pressed(qr/was corrected|no preview|old|over|used|again/, $p{Opal}, $go);
}
$house->ahead(2 * 3600);
ok($house->wait_for(40, sub { !grep { state_of($_) ne 'SETTLED' } 1 .. $races }), 'all of them settle');
until_pressed(qr/closed/, $p{Opal}, 'seasonend:1');
sleep 2;
kill 'TERM', $killer;
waitpid $killer, 0;
ok($house->wait_healthy(20), 'the house stands');

sub waiting { return grep { $_->{state} =~ /due|leased/ && $_->{kind} =~ /^(?:tell|card|discord)/ } @{ $house->json('jobs', 'list') } }
# Who lost a job's process waits for the end of its lease; nobody works so long on one.
my $next = Cozykart::moment() + 2;
$house->wait_for(40, sub { return 1 if !waiting(); if (Cozykart::moment() > $next) { $house->ahead(30); $next += 2 } return });
is_deeply([map { "$_->{kind} $_->{key} $_->{error}" } waiting()], [], 'no work is left');
is_deeply([map { "$_->{kind} $_->{key} $_->{error}" } grep { $_->{state} eq 'dead' } @{ $house->json('jobs', 'list') }], [], 'none is dead');

my ($code, $out, $errors) = $house->run('season', 'check');
is($code, 0, 'every point and trophy is what a new reckoning gives') or diag($out, $errors);
my (%trophy, %twice);
for my $who (@driver) {
    for my $t (map { @{ $_->{trophies} } } @{ $house->get_json("/r/$who.json")->{shelves} }) {
        my $name = "$who $t->{title} " . ($t->{race} || 0);
        $twice{$name} = 1 if $trophy{$name}++;
    }
}
is_deeply([sort keys %twice], [], 'no trophy twice');
is(scalar(grep { /Race win/ } keys %trophy), $races, 'one win for each race') or diag(sort keys %trophy);
is(scalar(grep { /Champion/ } keys %trophy), 1, 'one champion');
my $pots = 0;
$pots += $house->json('race', 'show', $_)->{pot} for 1 .. $races;
is($pots, $races * 1500, 'each order counted once');
my $sum = 0;
for my $who (@driver) { my $b = $house->json('balance', $who); $sum += $b->{pending} + $b->{available} }
is($sum, $pots, 'and the drivers have all of it');

my @told = map { $fake->text($_) } $fake->messages;
for my $race (1 .. $races) {
    is(scalar(grep { /Race $race has started/ } @told), 1, "the start of race $race is told once");
    # Its card and the result; and the answer to /finish, where that was lost and is told late.
    my $final = grep { /^Race $race, final/ } @told;
    ok($final == 2 || $final == 3, "race $race has its card and its result") or diag($final);
}
my %direct;
$direct{$_}++ for map { my $m = $_; my $text = $fake->text($m); $text =~ /^A trophy/ ? "$m->{channel_id} $text" : () } $fake->messages;
is_deeply([grep { $direct{$_} > 1 && !/Podium|Most|in race \d+.*in race/ } sort keys %direct], [], 'no trophy is told twice');
is(scalar(grep { /^Spring is closed/ } @told) + scalar(grep { /^Spring is over/ } @told) > 2 ? 1 : 0, 0, 'nor the end of the season');
$house->discord_is_content;
$house->stop(expected => qr/bind\(\) to|still could not bind/);
done_testing;
