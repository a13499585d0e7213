# Money that waits for places, with a substitute, from the command to the journal: card, /wallet,
# /explain, page, command and books show the same cents.
use strict;
use warnings;
use utf8;
use Cozykart;
use Discord;
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(discord => 1, clock => 1, conf => "window.grace_s = 0\nrace.dispute_min = 1\n");
my ($d, $fake) = ($house->discord, $house->fakecord);
$house->register;
my @driver = qw(Nova Piston Juno Drift);
my %p = map { $_ => $d->person($_) } 'Apex', 'Vega', @driver;
$d->command($_, 'help') for values %p;
$house->run('role', 'grant', 'Apex', 'host');
$house->json('product', 'add', 'TEE', 'Circuit tee', '9.00');
is(($house->run('rule', 'add', @$_))[0], 0, "the rule $_->[0]") for
    ['bonus', '--share', 'winner_bonus', '--bonus-bps', 2500, '--clear-h', 1],
    ['places', '--share', 'weighted', '--weights-by', 'place', '--weights', '9,7,5,3,2,1,1,1', '--clear-h', 1];

sub cents { my ($text) = @_; return $text =~ /^(\D*)([\d,]+)\.(\d\d)$/ ? ($1 =~ /−/ ? -1 : 1) * ($2 =~ tr/,//dr . $3) : undef }
sub show { return $house->json('race', 'show', $_[0]) }
sub told { my ($like) = @_; return map { $fake->text($_) } grep { $fake->text($_) =~ $like } $fake->messages }
sub quiet { return $house->wait_for(15, sub { !grep { $_->{state} =~ /due|leased/ && $_->{kind} =~ /^(?:tell|card|discord)/ } @{ $house->json('jobs', 'list') } }) }

# Three orders of $25.00, 20 % of each.
my $pot = 1500;
my %before;
for my $rule (qw(bonus places)) {
    my $slug = lc $rule;
    $house->json('season', 'add', ucfirst $rule, '--slug', $slug, '--from', '2026-01-01', '--rule', $rule);
    my ($race) = $d->command($p{Apex}, 'open', season => $slug, rounds => 4)->text =~ /Race (\d+)/;
    $d->command($p{$_}, 'join', race => "$race") for @driver;
    $d->command($p{Apex}, 'start', race => "$race");
    $house->ahead(2);
    is($house->notice($house->stripe->completed($house->shirt($race, created => int $house->now)))->{status}, 200, "$rule: an order") for 1 .. 3;
    $house->ahead(1);
    my $ask = $d->command($p{Apex}, 'sub', seat => 1, in => $p{Vega}, round => 4, race => "$race");
    my ($accept) = map { $_->{custom_id} // () } Discord::controls($ask->data);
    is($d->press($p{Vega}, $ask->message, $accept)->type, 4, 'a substitute drives the last of four rounds');
    $d->command($p{Apex}, 'finish', race => "$race");
    # The driver of the last round owns the report.
    my @order = ('Vega', @driver[1 .. 3]);
    $d->command($p{ $order[$_] }, 'result', position => $_ + 1, race => "$race") for 0 .. 3;
    $house->ahead(70);
    ok($house->wait_for(15, sub { show($race)->{state} eq 'FINAL' }), 'the result is final') or diag(explain(show($race)));
    ok(quiet(), 'and told');
    is(show($race)->{pot}, $pot, 'the pot holds all of it');
    $house->ahead(2 * 3600);
    ok($house->wait_for(15, sub { show($race)->{state} eq 'SETTLED' }), 'it settles') or diag(explain(show($race)));
    my %seat = map { $_->{seat} => $_->{share} } @{ show($race)->{seats} };
    my $sum = 0;
    $sum += $_ for values %seat;
    is($sum, $pot, 'the seats share the whole pot') or diag(explain(\%seat));
    if ($rule eq 'bonus') {
        ok(abs($seat{1} - 281 - 375) <= 2, "the winner's seat has the bonus ($seat{1})");
    } else {
        is_deeply([map { $seat{$_} } 1 .. 4], [563, 438, 312, 187], 'places weigh 9, 7, 5 and 3') or diag(explain(\%seat));
    }

    # Wallets: what this race brought to each.
    my %now = map { my $b = $house->json('balance', $_); ($_ => $b->{pending} + $b->{available}) } @driver, 'Vega';
    my %got = map { $_ => $now{$_} - ($before{$_} // 0) } keys %now;
    %before = %now;
    is($got{Nova} + $got{Vega}, $seat{1}, 'seat 1 is shared by its two drivers');
    ok(abs($got{Vega} * 4 - $seat{1}) <= 4, "… by rounds: one of four ($got{Vega} of $seat{1})");
    is($got{ $driver[$_ - 1] }, $seat{$_}, "seat $_ is $driver[$_ - 1]'s") for 2 .. 4;

    # The same on every surface.
    ok(quiet(), 'the settlement is told');
    my @card = told(qr/Race $race, final/);
    is(scalar @card, 2, 'card and result stand once each') or diag(@card);
    for my $text (@card) {
        my @cents = map { cents($_) } $text =~ /^\*\*\d\w\w\*\*.*?(\$[\d.,]+)\s*$/mg;
        is_deeply(\@cents, [@seat{1 .. 4}], '… with the shares that were paid') or diag($text);
    }
    my $page = $house->get_json("/race/$race.json");
    my %on_page = map { $_->{seat} => cents($_->{text} =~ s/^\s+//r) } @{ $page->{state}{seats} };
    is_deeply(\%on_page, \%seat, 'the page has them') or diag(explain($page));
    for my $who (@driver, 'Vega') {
        my ($balance) = $d->command($p{$who}, 'wallet')->text =~ /Balance: (\S+)/;
        is(cents($balance // ''), $now{$who}, "/wallet of $who") or diag($d->command($p{$who}, 'wallet')->raw);
        my $text = $d->command($p{$who}, 'explain')->text;
        like($text, qr/race $race\b/i, "/explain of $who names the race") or diag($text);
        my ($code, $out) = $house->run('explain', $who);
        my ($had) = $out =~ /had (\S+) because/;
        is(cents($had // ''), $now{$who}, "explain of $who begins with it");
        my $lines = 0;
        $lines += cents($_) for $out =~ /^\s+([−-]?\$[\d.,]+)\s/mg;
        is($lines, $now{$who}, '… and its lines add up to it') or diag($out);
    }
}
is(scalar @{ $house->json('alerts') }, 0, 'nothing to be alarmed about') or diag(explain($house->json('alerts')));
$house->discord_is_content;
$house->stop;
done_testing;
