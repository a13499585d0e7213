# A whole season from Discord, by signed interactions alone: races opened, joined, sold for, driven,
# reported, contested, disputed, corrected, closed. Points are reckoned here a second time, and page,
# JSON, /standings and the people's command must agree with them. The fake Discord loses answers,
# fails and is late meanwhile; every card stands once all the same.
use strict;
use warnings;
use utf8;
use Cozykart;
use Discord;
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(discord => 1, clock => 0, page_rate => '100000r/s');
my ($d, $fake) = ($house->discord, $house->fakecord);
my ($races, $staff_room) = ($d->{channel}, '1100000000000000004');

# --- who is there

my @racers = qw(Nova Piston Juno Drift Comet Marlow Vega Rook);
my %p = map { $_ => $d->person($_) } 'Apex', 'Marshal', 'Chief', 'Zia', @racers;
my ($code, $out, $errors) = $house->run('discord', 'register', '--guild', $d->{guild});
is($code, 0, 'the commands are registered') or diag($out, $errors);
$d->learn($fake->state->{commands}{ $d->{guild} } // []);
ok($d->{command}{open}, '… and the client knows them');

# An answer that is no refusal: those are private, red, without a title.
sub fine {
    my ($a, $name, $like) = @_;
    my $problem = grep { ($_->{color} // 0) == 0xff8a9a && !defined $_->{title} } @{ $a->data->{embeds} // [] };
    ok($a->status == 200 && $a->type && !($problem && $a->private), $name) or diag($a->status, ' ', $a->raw);
    like($a->text, $like, '… in words') or diag($a->raw) if $like;
    return $a;
}

sub refused {
    my ($a, $name, $like) = @_;
    ok($a->status == 200 && $a->type == 4 && $a->private, "$name is refused in private") or diag($a->status, ' ', $a->raw);
    like($a->text, $like, '… in words');
    return $a;
}

fine($d->command($p{$_}, 'wallet'), "$_ has an account") for sort keys %p;
is(($house->run('role', 'grant', 'discord:' . $p{ $_->[0] }{id}, $_->[1]))[0], 0, "$_->[0] is $_->[1]") for [qw(Apex host)], [qw(Marshal staff)], [qw(Chief operator)];
$house->json('season', 'add', 'Autumn Cup');
$house->run('product', 'add', 'TEE', 'Circuit tee', '9.00');

# --- what the tests reckon themselves

my @points = (0, 15, 12, 10, 9, 8, 7, 6, 5);
my (%score, %wins, %starts, @done);
my %seat_of; # number of the race, then who: seat

# places: seat => place, 0 for DNF; drivers: seat => who gets the points.
sub book {
    my ($number, $place, $driver) = @_;
    push @done, { number => $number, place => {%$place}, driver => {%$driver} };
    return;
}

sub reckon {
    %score = %wins = %starts = ();
    for my $r (@done) {
        # Who gave his seat away stands in the table too.
        $score{$_} += 0 for keys %{ $seat_of{ $r->{number} } };
        for my $seat (keys %{ $r->{place} }) {
            my ($who, $place) = ($r->{driver}{$seat}, $r->{place}{$seat});
            $score{$who} += $place ? $points[$place] : 1;
            $wins{$who} += $place == 1;
            $starts{$who}++;
        }
    }
    return;
}

# --- steps of a race

sub open_race {
    my ($name, @more) = @_;
    my $a = fine($d->command($p{Apex}, 'open', name => $name, @more), "Apex opens $name", qr/Seats 0\/8/);
    my ($number) = $a->text =~ /Race (\d+)/ or die "no number in: " . $a->text . "\n";
    # All press the same button at the same moment, each through a connection of his own.
    my @all = $d->together(map {
        $d->prepare($d->interaction(Discord::COMPONENT, $p{$_}, { component_type => 2, custom_id => "join:$number" }, message => $a->message))
    } @racers);
    for my $i (0 .. $#racers) {
        $seat_of{$number}{ $racers[$i] } = $1 if $all[$i]->text =~ /Seat (\d) is yours/;
    }
    is(join('', sort values %{ $seat_of{$number} }), '12345678', "race $number: eight pressed Join at once and have a seat each") or diag(map { $_->raw, "\n" } @all);
    return ($number, $a->message);
}

# Host and staff press at once: one starts it.
sub start_race {
    my ($number) = @_;
    my @all = $d->together(map {
        $d->prepare($d->interaction(Discord::COMMAND, $p{$_}, $d->command_data('start', race => $number)))
    } qw(Apex Marshal));
    my @public = grep { $_->status == 200 && !$_->private } @all;
    is(scalar @public, 1, "race $number: two start it at once, one does") or diag(map { $_->raw, "\n" } @all);
    like((grep { $_->private } @all)[0]->text, qr/^Tha?t is not possible now|running/i, '… and the other reads why');
    return;
}

sub sell {
    my ($number, $count) = @_;
    $house->ahead(2);
    for (1 .. $count) {
        my $order = $house->shirt($number, created => int $house->now);
        is($house->notice($house->stripe->completed($order))->{status}, 200, 'a shirt is sold');
    }
    return;
}

sub pot { return $house->json('race', 'show', $_[0])->{pot} }

# A token of Discord's lives 15 minutes by the house's clock: what waits for one comes before a jump.
sub learned { $house->wait_for(20, sub { !grep { $_->{kind} eq 'discord.learn' && $_->{state} =~ /^(?:due|leased)$/ } @{ $house->json('jobs', 'list') } }); return }

sub finish_race {
    my ($number) = @_;
    learned();
    $house->ahead(600);
    return fine($d->command($p{Apex}, 'finish', race => $number), "race $number: the flag", qr/flag|Flag/);
}

# Everybody says his place; place 0 is DNF. who: driver of the last round by seat.
sub report_all {
    my ($number, $place, $driver) = @_;
    for my $seat (sort keys %$place) {
        my @what = $place->{$seat} ? (position => $place->{$seat}) : (dnf => JSON::PP::true);
        fine($d->command($p{ $driver->{$seat} }, 'result', @what, race => $number), "race $number: $driver->{$seat} reports " . ($place->{$seat} || 'DNF'));
    }
    return;
}

sub state_of { return $house->json('race', 'show', $_[0])->{state} }

sub final {
    my ($number) = @_;
    learned();
    $house->ahead(11 * 60);
    my $state;
    $house->wait_for(15, sub { ($state = state_of($number)) =~ /FINAL|SETTLED/ });
    like($state, qr/^(?:FINAL|SETTLED)$/, "race $number is final by itself");
    return;
}

sub simple_race {
    my ($name, @order) = @_;
    my ($number) = open_race($name);
    start_race($number);
    sell($number, 2);
    finish_race($number);
    my %driver = map { $seat_of{$number}{$_} => $_ } @racers;
    my %place;
    for my $i (0 .. $#order) {
        my ($who, $dnf) = $order[$i] =~ /^(\w+)(-)?$/;
        $place{ $seat_of{$number}{$who} } = $dnf ? 0 : $i + 1;
    }
    report_all($number, \%place, \%driver);
    final($number);
    book($number, \%place, \%driver);
    return $number;
}

# --- the tables agree

# "1. Nova 45" for every row, as each surface has it.
sub tables_agree {
    my ($what) = @_;
    reckon();
    my $command = $house->json('standings', '--top', 50);
    my @rows = @{ $command->{rows} };
    my %got = map { $_->{name} => $_->{points} } @rows;
    is_deeply(\%got, \%score, "$what: points are those reckoned here") or diag(explain(\%got));
    my @by_points = sort { $b <=> $a } values %score;
    is_deeply([map { $_->{points} } @rows], \@by_points, '… and in order');
    my %rank = map { $_->{name} => $_->{rank} } @rows;
    # Pages may be some seconds old.
    my $key = sub { return join ', ', map { "$_->{rank}. $_->{name} $_->{points}" } @{ $_[0] } };
    my $json;
    $house->wait_for(10, sub { $json = $house->get_json('/standings.json'); $json && $key->($json->{rows}) eq $key->(\@rows) });
    is($key->($json->{rows}), $key->(\@rows), '… /standings.json has the same');
    my $told = fine($d->command($p{Rook}, 'standings', top => 20), '… /standings answers');
    my %told = map { /^\*\*(\d+)\. (.*?)\*\*.*? (\d+) points/ ? ($2 => "$1 $3") : () } split /\n/, $told->text;
    is_deeply(\%told, { map { $_->{name} => "$_->{rank} $_->{points}" } @rows }, '… and says the same') or diag($told->text);
    my @missing;
    $house->wait_for(10, sub {
        my $page = $house->get('/standings')->{content};
        utf8::decode($page);
        @missing = grep { my ($n, $pt) = ($_->{name}, $_->{points}); $page !~ /\Q$n\E(?:(?!<\/tr>).)*stand__points[^>]*><b>$pt</s } @rows;
        return !@missing;
    });
    is(join(' ', map { $_->{name} } @missing), '', '… and so does the page');
    return @rows;
}

# --- the season

# 1: a substitute, a contested place, a dispute.
my ($one, $card) = open_race('Opening night');
start_race($one);
sell($one, 3);
is(pot($one), 1500, 'the pot grows: $15.00');
my $seat = $seat_of{$one}{Rook};
my $sub = fine($d->command($p{Apex}, 'sub', seat => $seat, in => $p{Zia}, round => 3, race => $one), 'Apex asks for a substitute', qr/<\@$p{Zia}{id}> is asked/);
refused($d->press($p{Nova}, $sub->message, qr/Accept/), 'Accept by somebody else', qr/\w/);
fine($d->press($p{Zia}, $sub->message, qr/Accept/), 'Zia accepts', qr/Zia/);
sell($one, 1);
finish_race($one);
my %driver = map { $seat_of{$one}{$_} => $_ } @racers;
$driver{$seat} = 'Zia';
my %place = map { $seat_of{$one}{ $racers[$_] } => $_ + 1 } 0 .. 7;
refused($d->command($p{Rook}, 'result', position => 1, race => $one), 'a report by who did not drive last', qr/\w/);
report_all($one, \%place, \%driver);
fine($d->command($p{Drift}, 'result', position => 1, race => $one), 'Drift claims the first place too');
ok($house->wait_for(10, sub { grep { $fake->text($_) =~ /contested/i } $fake->messages($races) }), 'the channel reads that places are contested');
refused($d->command($p{Nova}, 'result', position => 2, race => $one), 'a contested driver who reports again', qr/host|staff/i);
fine($d->command($p{Apex}, 'result', position => 4, user => $p{Drift}, race => $one), 'the host decides');
$place{ $seat_of{$one}{Drift} } = 4;
fine($d->command($p{Drift}, 'dispute', race => $one, reason => 'I crossed the line before Nova.'), 'Drift objects', qr/\d/);
ok($house->wait_for(10, sub { grep { $fake->text($_) =~ /crossed the line/ } $fake->messages($staff_room) }), 'staff reads it in their channel');
$house->ahead(3600);
sleep 2;
is(state_of($one), 'FINISHED', 'an open dispute stops the clock');
my ($notice) = grep { $fake->text($_) =~ /crossed the line/ } $fake->messages($staff_room);
my $form = $d->press($p{Marshal}, $notice, qr/Reject/, channel => $staff_room);
is($form->type, 9, 'staff is asked why it rejects') or diag($form->raw);
my ($field) = map { $_->{custom_id} } map { @{ $_->{components} } } @{ $form->data->{components} };
fine($d->submit($p{Marshal}, $form, { $field => 'The camera shows Nova ahead at the line.' }), 'staff rejects the dispute', qr/reject/i);
final($one);
book($one, \%place, \%driver);
tables_agree('after one race');

# 2: one says nothing: a reminder, then DNF.
my ($two) = open_race('Rain');
start_race($two);
sell($two, 2);
finish_race($two);
%driver = map { $seat_of{$two}{$_} => $_ } @racers;
my @order = qw(Piston Nova Drift Juno Vega Comet Marlow);
%place = map { $seat_of{$two}{ $order[$_] } => $_ + 1 } 0 .. $#order;
report_all($two, \%place, \%driver);
$house->ahead(31 * 60);
ok($house->wait_for(15, sub { grep { $fake->text($_) =~ /Race $two: places are missing/ && ($_->{content} // '') =~ /<\@$p{Rook}{id}>/ } $fake->messages($races) }), 'who said nothing is reminded');
$house->ahead(24 * 3600);
$house->wait_for(15, sub { !grep { !$_->{place} && !$_->{dnf} } @{ $house->json('race', 'show', $two)->{seats} } });
final($two);
$place{ $seat_of{$two}{Rook} } = 0;
book($two, \%place, \%driver);
tables_agree('after silence');

# 3: corrected by staff after it was final.
my $three = simple_race('Harbour', qw(Juno Nova Piston Drift Comet Marlow Vega Rook-));
my $reason = 'The stewards looked at the recording of lap four.';
refused($d->command($p{Nova}, 'admin-fix', race => $three, user => $p{Nova}, position => 1, reason => $reason), 'a correction by a racer', qr/staff|operator/);
my $preview = fine($d->command($p{Marshal}, 'admin-fix', race => $three, user => $p{Rook}, position => 8, reason => $reason), 'staff looks at a correction', qr/Rook/);
ok($preview->private, '… in private');
is(state_of($three) =~ /FINAL|SETTLED/ ? 1 : 0, 1, '… and nothing has changed');
fine($d->press($p{Marshal}, $preview->message, qr/Apply/), 'staff applies it');
refused($d->press($p{Marshal}, $preview->message, qr/Apply/), 'applied twice', qr/again|already|no longer|not known/i);
$done[-1]{place}{ $seat_of{$three}{Rook} } = 8;
tables_agree('after a correction');

# 4: Discord fails, loses answers and is late; what is told arrives once. (No limits: the house would
# wait by a clock that is moved here.)
$fake->order('rule', match => '^(?:POST|PATCH) /api/v10/channels', times => 2, do => 'status', status => 502);
$fake->order('rule', match => '^(?:POST|PATCH) /api/v10/channels', times => 2, do => 'lose');
$fake->order('rule', match => '^(?:POST|PATCH) /api/v10/channels', times => 2, do => 'late', ms => 400);
my $four = simple_race('Night of losses', qw(Nova Juno Vega Piston Rook Drift Comet Marlow));
$fake->order('refuse', ms => 1500);
sleep 2;
$house->wait_for(20, sub { eval { $fake->state } }) or die "the fake Discord is away\n";

# 5: void, no points.
my ($five) = open_race('Fog');
start_race($five);
sell($five, 1);
my $ask = fine($d->command($p{Apex}, 'void', race => $five, reason => 'Nobody can see the track.'), 'the host wants to call a race off');
fine($d->press($p{Apex}, $ask->message, qr/Void/), '… and does');
is(state_of($five), 'VOID', 'it is void');
is(pot($five), 0, '… and its money went back');
tables_agree('after a void race');

# 6: still open when somebody wants to close the season.
my ($six) = open_race('Finale');
my $early = $d->command($p{Chief}, 'season close', season => 'autumn-cup');
like($early->text, qr/$six|cannot/, 'a season with an open race does not close, and says why') or diag($early->raw);
ok(!grep({ /Close season/ } $early->labels), '… without a button');
start_race($six);
sell($six, 4);
finish_race($six);
%driver = map { $seat_of{$six}{$_} => $_ } @racers;
@order = qw(Nova Vega Juno Piston Drift Comet Rook Marlow);
%place = map { $seat_of{$six}{ $order[$_] } => $_ + 1 } 0 .. 7;
report_all($six, \%place, \%driver);
final($six);
book($six, \%place, \%driver);
my @rows = tables_agree('before the end');

# The end.
refused($d->command($p{Apex}, 'season close', season => 'autumn-cup'), 'closing by a host', qr/operator/);
my $close = fine($d->command($p{Chief}, 'season close', season => 'autumn-cup'), 'the operator looks at the end');
my $champion = $rows[0]{name};
fine($d->press($p{Chief}, $close->message, qr/Close season/), '… and closes the season', qr/$champion/);
refused($d->press($p{Chief}, $close->message, qr/Close season/), 'closing twice', qr/closed/);
my $page = $house->get('/season/autumn-cup')->{content};
utf8::decode($page);
like($page, qr/Champion/i, 'the page names a champion');
is_deeply([sort map { $_->{name} } grep { $_->{rank} == 1 } tables_agree('after the end')], [$champion], "… $champion");
my $profile = fine($d->command($p{$champion}, 'profile'), 'the champion has a profile');
my $case = $house->get('/r/' . lc $champion);
is($case->{status}, 200, '… and a page');
like($case->{content}, qr/[Cc]hampion/, '… with the trophy');
is($house->json('season', 'check')->{differences}, 0, 'reckoned anew, everything is the same');

# --- money

$house->ahead(73 * 3600);
$house->wait_for(20, sub { state_of($six) eq 'SETTLED' });
is(state_of($_), 'SETTLED', "race $_ is settled") for $one, $two, $three, $four, $six;
my $sum = 0;
for my $who (@racers, 'Zia') {
    my $b = $house->json('balance', $who);
    $sum += $b->{available};
    is($b->{pending}, 0, "$who has nothing pending");
    my $dollars = sprintf '%.2f', $b->{available} / 100;
    like($d->command($p{$who}, 'wallet')->text, qr/^Available: \$$dollars$/m, '… and /wallet says what the books say');
}
is($sum, 500 * (4 + 2 + 2 + 2 + 4), 'all pots together are what the racers have');

# --- what stands in the channels

$house->wait_for(20, sub { !@{ [grep { ($_->{content} // '') eq '' && !@{ $_->{embeds} // [] } } $fake->messages($races)] } });
my %seen;
$seen{ $fake->text($_) }++ for $fake->messages($races), $fake->messages($staff_room);
my @twice = grep { $seen{$_} > 1 && !/\d+ points/ } keys %seen;
is(scalar @twice, 0, 'no card stands twice') or diag(map { "$_\n---\n" } @twice);
for my $n ($one, $two, $three, $four, $six) {
    # The card that an answer left behind ends as the result, and the result is told once by itself.
    my (@cards, @told);
    $house->wait_for(20, sub {
        @cards = grep { $fake->text($_) =~ /^Race $n: .*, (?:final|settled)$/m } $fake->messages($races);
        @told = grep { !defined $_->{answer_of} } @cards;
        return @told && @cards > @told;
    });
    is(scalar @told, 1, "race $n: the result is told once") or diag(map { ($_->{answer_of} // 'told') . " $_->{edits} " . $fake->text($_) . "\n---\n" } @cards);
    cmp_ok(scalar @cards, '>', 1, '… and the card shows it');
    for my $c (@cards) {
        my ($url) = map { $_->{image} ? $_->{image}{url} : () } @{ $c->{embeds} };
        my ($file) = grep { "attachment://$_->{filename}" eq ($url // '') } @{ $c->{attachments} };
        ok($file && length($file->{description} // '') > 10, '… with a picture, and words for those who do not see it') or next;
        like($house->{http}->get($file->{url})->{content}, qr/^\x89PNG/, '… that is a PNG');
    }
}
my ($end) = grep { $fake->text($_) =~ /Autumn Cup is over/ } $fake->messages($races);
ok($end, 'the end of the season is told') and like($fake->text($end), qr/$champion/, '… with its champion');

$house->discord_is_content;
$house->stop;
done_testing;
