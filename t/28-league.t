# Seasons by dice: races with substitutes, DNFs and racers who leave, fixes, penalties, other
# points and drops in between, played through the library by t/lib/league_play. Every table,
# rank line and trophy is compared with a reckoning written here, which shares nothing with src/
# but the rules in league/*.h; at the end everything is reckoned anew by the library itself.
# COZYKART_SEEDS: how many seasons (200); COZYKART_SEED: that one alone.
use strict;
use warnings;
use File::Temp qw(tempdir);
use IPC::Open2;
use List::Util qw(max min sum0 uniq);
use Test::More;

my $play = "$ENV{BUILDDIR}/t/lib/league_play";
plan skip_all => 'league_play is not built' unless -x $play;

my $ROUNDS = 4;
my $dir = tempdir('ckXXXXXX', TMPDIR => 1, CLEANUP => 1);
my ($in, $out);
my ($clock, $seed, %season, %race, $tables);

# --- talking to the library ------------------------------------------------------------------

sub ask {
    my ($line) = @_;
    print {$in} "$line\n";
    my @got;
    while (my $l = <$out>) {
        chomp $l;
        return wantarray ? @got : $got[0] if $l eq '.';
        next if $l =~ /^#/;
        die "seed $seed: $line: $l\n" if $l =~ /^Bail/;
        push @got, $l;
    }
    die "seed $seed: $line: no answer\n";
}

sub later { my ($ms) = @_; $clock += $ms; ask("clock $clock"); return }

# --- the reckoning ---------------------------------------------------------------------------

# Of one seat: who gets the points, who is only a substitute.
sub drivers {
    my ($seat) = @_;
    my @stint = @{ $seat->{stints} };
    my (%rounds, %last);
    for my $i (0 .. $#stint) {
        my ($member, $from) = @{ $stint[$i] };
        my $to = $i < $#stint ? $stint[ $i + 1 ][1] : $ROUNDS + 1;
        $rounds{$member} += $to - $from;
        $last{$member} = $i;
    }
    my ($best) = sort { $rounds{$b} <=> $rounds{$a} || $last{$b} <=> $last{$a} } keys %rounds;
    return ($best, grep { $_ != $best } keys %rounds);
}

# Rows of a version: [race, moment, member, start, place, points].
sub rows_of {
    my ($r, $v) = @_;
    my @rows;
    for my $no (sort { $a <=> $b } keys %{ $r->{seats} }) {
        my $place = $v->{place}{$no};
        my ($first, @rest) = drivers($r->{seats}{$no});
        my $points = $place ? $v->{points}[ $place - 1 ] // 0 : $v->{dnf};
        push @rows, map { { race => $r->{id}, when => $r->{final}, seat => $no, member => $_->[0],
            start => $_->[1], place => $place, points => $_->[1] ? $points : 0 } } [$first, 1], map { [$_, 0] } @rest;
    }
    return @rows;
}

sub in_order { return sort { $a->{final} <=> $b->{final} || $a->{id} <=> $b->{id} } @_ }
sub final { my ($z) = @_; return in_order(grep { $_->{versions} } map { $race{$_} } @{ $z->{races} }) }

# Rows and penalties as of a time.
sub state_at {
    my ($z, $at) = @_;
    my (@rows, @penalties);
    for my $r (final($z)) {
        my ($v) = reverse grep { $_->{at} <= $at } @{ $r->{versions} };
        push @rows, rows_of($r, $v) if $v;
    }
    @penalties = grep { $_->{at} <= $at && (!$_->{lifted} || $_->{lifted} > $at) } @{ $z->{penalties} };
    return (\@rows, \@penalties);
}

sub best { my @place = map { $_->{place} || 9 } grep { $_->{start} } @_; return min(@place) }

# How two racers met: duels won by the first, by the second.
sub met {
    my ($x, $y) = @_;
    my ($won, $lost) = (0, 0);
    for my $race (keys %{ $x->{by_race} }) {
        my ($p, $q) = map { best(@{ $_->{by_race}{$race} || [] }) } $x, $y;
        next unless $p && $q;
        $won++ if $p < $q;
        $lost++ if $q < $p;
    }
    return ($won, $lost);
}

sub signed { my ($n) = @_; return $n > 0 ? "+$n" : $n < 0 ? "\x{2212}" . -$n : "\x{b1}0" }

# Each criterion: a group to a hash of figures (more is better) and how the reason says it.
my @place_words = ('wins', map { "$_ places" } qw(2nd 3rd 4th 5th 6th 7th 8th));
my @criteria = (
    sub { return ({ map { $_->{member} => $_->{points} } @_ }, sub { '' }) },
    (map { my $p = $_; sub {
        my %n = map { my $s = $_; $s->{member} => scalar grep { $_->{start} && $_->{place} == $p } @{ $s->{rows} } } @_;
        return (\%n, sub { my ($a, $b) = @_; "ahead of m$b on $place_words[$p - 1], $n{$a} : $n{$b}" });
    } } 1 .. 8),
    sub {
        my @g = @_;
        my (%diff, %won);
        for my $x (@g) { for my $y (@g) {
            next if $x == $y;
            my ($w, $l) = met($x, $y);
            $diff{ $x->{member} } += $w - $l;
            $won{ $x->{member} } += $w;
        } }
        return (\%diff, sub {
            my ($a, $b) = @_;
            return "ahead of m$b head-to-head, $won{$a} : $won{$b}" if @g == 2;
            return "ahead of m$b head-to-head among " . @g . ', ' . signed($diff{$a}) . ' : ' . signed($diff{$b});
        });
    },
    sub {
        my @g = @_;
        my %common;
        for my $s (@g) { $common{$_}++ for grep { defined best(@{ $s->{by_race}{$_} }) } keys %{ $s->{by_race} } }
        my ($last) = reverse in_order(map { $race{$_} } grep { $common{$_} == @g } keys %common);
        return ({ map { $_->{member} => 0 } @g }, sub { '' }) unless $last;
        my %n = map { $_->{member} => -best(@{ $_->{by_race}{ $last->{id} } }) } @g;
        return (\%n, sub { "ahead of m$_[1] in race $last->{id}" });
    },
    sub {
        my @g = @_;
        my %n = map { $_->{member} => -$_->{reached} } @g;
        return (\%n, sub { "ahead of m$_[1], reached $g[0]{points} points earlier" });
    },
);

# Sorted rows, each with what separates it from the next one; undef: nothing does.
sub order {
    my (@g) = @_;
    return @g if @g < 2;
    for my $c (@criteria) {
        my ($n, $say) = $c->(@g);
        my @figures = sort { $b <=> $a } uniq values %$n;
        next if @figures == 1;
        my @sorted;
        for my $f (@figures) {
            my @part = order(grep { $n->{ $_->{member} } == $f } @g);
            if (@sorted) {
                my $x = $sorted[-1];
                $x->{level} = 0;
                $x->{reason} = $say->($x->{member}, $part[0]{member});
            }
            push @sorted, @part;
        }
        return @sorted;
    }
    @g = sort { $a->{member} <=> $b->{member} } @g;
    for (0 .. $#g - 1) {
        $g[$_]{level} = 1;
        $g[$_]{reason} = "level with m$g[$_ + 1]{member} in everything";
    }
    return @g;
}

sub reckon {
    my ($z, $rows, $penalties) = @_;
    my @races = in_order(map { $race{$_} } uniq map { $_->{race} } @$rows);
    my %number = map { $races[$_]{id} => $_ + 1 } 0 .. $#races;
    my %s;
    for my $row (sort { $number{ $a->{race} } <=> $number{ $b->{race} } || $a->{seat} <=> $b->{seat} } map { { %$_ } } @$rows) {
        my $x = $s{ $row->{member} } //= { member => $row->{member}, rows => [], by_race => {}, penalty => 0 };
        push @{ $x->{rows} }, $row;
        push @{ $x->{by_race}{ $row->{race} } }, $row;
    }
    for my $x (values %s) {
        my @starts = grep { $_->{start} } @{ $x->{rows} };
        my @worst = sort { $starts[$a]{points} <=> $starts[$b]{points} || $a <=> $b } 0 .. $#starts;
        if (@starts >= $z->{from}) { $starts[$_]{dropped} = 1 for grep { defined } @worst[0 .. min($z->{drops}, scalar @starts) - 1] }
        my @mine = grep { $_->{member} == $x->{member} && $number{ $_->{race} } } @$penalties;
        my @gain = (0) x (@races + 1);
        $gain[ $number{ $_->{race} } ] += $_->{points} for grep { !$_->{dropped} } @starts;
        $gain[ $number{ $_->{race} } ] -= $_->{points} for @mine;
        $x->{penalty} = sum0(map { $_->{points} } @mine);
        $x->{points} = sum0(@gain);
        ($x->{reached}) = grep { sum0(@gain[0 .. $_]) >= $x->{points} } 0 .. @races;
        my @placed = map { $_->{place} } grep { $_->{place} } @starts;
        @$x{qw(starts wins podiums dnfs substituted average)} = (scalar @starts, scalar(grep { $_ == 1 } @placed),
            scalar(grep { $_ <= 3 } @placed), @starts - @placed, @{ $x->{rows} } - @starts,
            @placed ? int(100 * sum0(@placed) / @placed + 0.5) : 0);
    }
    my @table = order(values %s);
    for my $i (0 .. $#table) {
        $table[$i]{rank} = $i && $table[ $i - 1 ]{level} ? $table[ $i - 1 ]{rank} : $i + 1;
    }
    $table[-1]{reason} = '' if @table;
    return @table;
}

sub ranks { my (@table) = @_; return map { $_->{member} => $_->{rank} } @table }

sub table_of {
    my ($z, $at) = @_;
    my ($rows, $penalties) = state_at($z, $at);
    my @table = reckon($z, $rows, $penalties);
    my ($last) = reverse in_order(map { $race{$_} } uniq map { $_->{race} } @$rows);
    my %before = $last ? ranks(reckon($z, [grep { $_->{race} != $last->{id} } @$rows], $penalties)) : ();
    return map {
        my $b = $before{ $_->{member} };
        join(' ', @$_{qw(rank member points starts wins podiums dnfs substituted average)}, $b ? $b - $_->{rank} : 0,
            $b ? 0 : 1, $_->{penalty}, "[$_->{reason}]",
            map { "$_->{race}:$_->{place}:$_->{points}:" . ($_->{start} ? 1 : 0) . ($_->{dropped} ? 1 : 0) } @{ $_->{rows} });
    } @table;
}

sub lines_of {
    my ($z) = @_;
    my ($rows, $penalties) = state_at($z, $clock);
    my @races = final($z);
    my @then;
    for my $k (0 .. $#races) {
        my %in = map { ($_->{id} => 1) } @races[0 .. $k];
        push @then, { ranks(reckon($z, [grep { $in{ $_->{race} } } @$rows], $penalties)) };
    }
    my @table = reckon($z, $rows, $penalties);
    return map { my $m = $_->{member}; join ' ', $m, map { $_->{$m} // 0 } @then } @table[0 .. min(8, scalar @table) - 1];
}

# Who was ahead of the leader from the lower half, by what was known when the race became final.
sub slayers {
    my ($z, $r, @rows) = @_;
    my $known = $r->{versions}[0]{at};
    my @before;
    for my $x (grep { $_->{final} < $r->{final} || ($_->{final} == $r->{final} && $_->{id} < $r->{id}) } final($z)) {
        my ($v) = reverse grep { $_->{at} < $known || ($_ == $x->{versions}[0] && $_->{at} == $known) } @{ $x->{versions} };
        push @before, rows_of($x, $v) if $v;
    }
    my @penalties = grep { $_->{at} < $known && (!$_->{lifted} || $_->{lifted} >= $known) } @{ $z->{penalties} };
    my @table = reckon($z, \@before, \@penalties);
    my %place = map { my $m = $_->{member}; $m => best(grep { $_->{member} == $m } @rows) } @table;
    my $leader = min(grep { defined } map { $place{ $_->{member} } } grep { $_->{rank} == 1 } @table) // return;
    return map { $_->{member} } grep { 2 * $_->{rank} > @table && defined $place{ $_->{member} } && $place{ $_->{member} } < $leader } @table;
}

sub trophies_of {
    my ($z) = @_;
    my @t;
    for my $r (final($z)) {
        my @rows = rows_of($r, $r->{versions}[-1]);
        push @t, map { ($_->{place} == 1 ? 'win' : 'podium') . " $_->{member} $r->{id}" } grep { $_->{start} && $_->{place} && $_->{place} <= 3 } @rows;
        push @t, map { "giant_slayer $_ $r->{id}" } slayers($z, $r, @rows);
    }
    return sort { $a cmp $b } uniq @t unless $z->{closed};
    my @table = reckon($z, state_at($z, $z->{closed}));
    push @t, map { ('champion', 'runner_up', 'third')[ $_->{rank} - 1 ] . " $_->{member} 0" } grep { $_->{rank} <= 3 && $_->{starts} } @table;
    my $wins = max(1, map { $_->{wins} } @table);
    my $starts = max(1, map { $_->{starts} } @table);
    my %subbed;
    for my $r (final($z)) { for my $s (values %{ $r->{seats} }) {
        my @stint = @{ $s->{stints} };
        for my $i (1 .. $#stint) {
            next if $stint[$i][0] == $stint[0][0];
            $subbed{ $stint[$i][0] } += ($i < $#stint ? $stint[ $i + 1 ][1] : $ROUNDS + 1) - $stint[$i][1];
        }
    } }
    my $most = max(1, values %subbed);
    push @t, map { "most_wins $_->{member} 0" } grep { $_->{wins} == $wins } @table;
    push @t, map { "most_starts $_->{member} 0" } grep { $_->{starts} == $starts } @table;
    push @t, map { "clean_season $_->{member} 0" } grep { $_->{starts} >= 8 && !$_->{dnfs} } @table;
    push @t, map { "iron_substitute $_ 0" } grep { $subbed{$_} == $most } keys %subbed;
    return sort { $a cmp $b } uniq @t;
}

# --- playing ---------------------------------------------------------------------------------

sub any { return $_[rand @_] }
sub mix { return map { $_->[0] } sort { $a->[1] <=> $b->[1] } map { [$_, rand] } @_ }

sub places {
    my ($r) = @_;
    my $p = 0;
    my %place = map { $_ => 0 } keys %{ $r->{seats} };
    for my $no (mix(grep { !$r->{seats}{$_}{left} } sort { $a <=> $b } keys %place)) { $place{$no} = ++$p if rand() > 0.15 }
    return \%place;
}

sub listed { my ($r, $place) = @_; return join ' ', map { $place->{$_} } sort { $a <=> $b } keys %{ $r->{seats} } }

sub new_race {
    my ($z, @members) = @_;
    my @in = (mix(@members))[0 .. 1 + int rand min(7, $#members)];
    my $r = { season => $z->{id}, seats => {} };
    $r->{id} = ask(join ' ', 'race', $z->{id}, @in);
    $race{ $r->{id} } = $r;
    push @{ $z->{races} }, $r->{id};
    $r->{seats}{ $_ + 1 } = { stints => [[$in[$_], 1]] } for 0 .. $#in;
    later(60000);
    while (rand() < 0.35) {
        my $no = any(sort { $a <=> $b } grep { !$r->{seats}{$_}{left} } keys %{ $r->{seats} }) // last;
        my $seat = $r->{seats}{$no};
        if (rand() < 0.25) {
            ask("leave $r->{id} $seat->{stints}[-1][0]");
            $seat->{left} = 1;
            later(5000);
            next;
        }
        my $from = $seat->{stints}[-1][1] + 1;
        next if $from > $ROUNDS;
        $from += int rand($ROUNDS - $from + 1);
        my %busy = map { $_->{stints}[-1][0] => 1 } grep { !$_->{left} } values %{ $r->{seats} };
        my $who = any(grep { !$busy{$_} } @members, 30 .. 33);
        ask("sub $r->{id} $no $who $from");
        push @{ $seat->{stints} }, [$who, $from];
        later(5000);
    }
    $r->{place} = places($r);
    ask("end $r->{id} " . listed($r, $r->{place}));
    return $r;
}

sub finals {
    my ($z, @r) = @_;
    later(700000);
    ask('tick');
    for my $r (@r) {
        $r->{final} = $clock;
        $r->{versions} = [{ at => $clock, place => $r->{place}, points => $z->{points}, dnf => $z->{dnf} }];
    }
    later(1000);
    return;
}

# All results again, by the rules of now.
sub again {
    my ($z, @r) = @_;
    push @{ $_->{versions} }, { at => $clock, place => $_->{place}, points => $z->{points}, dnf => $z->{dnf} } for @r;
    later(1000);
    return;
}

sub random_points { return join ',', sort { $b <=> $a } map { int rand any(3, 5, 16) } 1 .. 1 + int rand 8 }

sub meddle {
    my ($z) = @_;
    my @final = final($z) or return;
    my $x = rand;
    if ($x < 0.25) {
        my $r = any(@final);
        my $new = places($r);
        return if listed($r, $new) eq listed($r, $r->{place});
        $r->{place} = $new;
        ask("fix $r->{id} " . listed($r, $r->{place}));
        again($z, $r);
    } elsif ($x < 0.45) {
        my $r = any(@final);
        my @m = map { $_->{member} } rows_of($r, $r->{versions}[-1]);
        my %p = (race => $r->{id}, member => any(@m), points => 1 + int rand 6, at => $clock);
        $p{id} = ask("penalty $p{race} $p{member} $p{points}");
        push @{ $z->{penalties} }, \%p;
        later(1000);
    } elsif ($x < 0.55) {
        my $p = any(grep { !$_->{lifted} } @{ $z->{penalties} }) or return;
        ask("lift $p->{id}");
        $p->{lifted} = $clock;
        later(1000);
    } elsif ($x < 0.60) {
        my $text = random_points();
        my $dnf = int rand 3;
        ask("points $z->{id} $text $dnf");
        @$z{qw(points dnf)} = ([split /,/, $text], $dnf);
        again($z, @final);
    } elsif ($x < 0.65) {
        my $drops = int rand 4;
        my $from = $drops + 1 + int rand 3;
        return if $drops == $z->{drops} && $from == $z->{from};
        ask("drops $z->{id} $drops $from");
        @$z{qw(drops from)} = ($drops, $from);
        again($z, @final);
    }
    return;
}

sub same {
    my ($what, $got, $want) = @_;
    $tables++;
    my ($g, $w) = (join("\n", @$got), join("\n", @$want));
    return 1 if $g eq $w;
    is($g, $w, "seed $seed: $what");
    die "the library and the model part ways\n";
}

sub compare {
    my ($z, $what) = @_;
    same("$what, table", [ask("table $z->{id} 0")], [map { my $l = $_; utf8::encode($l); $l } table_of($z, $clock)]);
    return;
}

sub play_season {
    my $text = random_points();
    my $dnf = int rand 3;
    my $drops = rand() < 0.4 ? 1 + int rand 3 : 0;
    my $from = $drops ? $drops + 1 + int rand 3 : 0;
    my $z = { drops => $drops, from => $from, points => [split /,/, $text], dnf => $dnf, races => [], penalties => [] };
    $z->{id} = ask("season $drops $from $text $dnf");
    $season{ $z->{id} } = $z;
    my @members = 1 .. 3 + int rand 10;
    my @times;
    for my $n (1 .. 3 + int rand 10) {
        my @r = new_race($z, @members);
        push @r, new_race($z, @members) if rand() < 0.2;
        finals($z, @r);
        meddle($z) if rand() < 0.5;
        push @times, $clock;
        later(1000);
        compare($z, "race $n");
    }
    my $then = any(@times);
    same("table of $then", [ask("table $z->{id} $then")], [map { my $l = $_; utf8::encode($l); $l } table_of($z, $then)]);
    same('rank lines', [ask("lines $z->{id}")], [lines_of($z)]);
    same('trophies', [sort { $a cmp $b } ask("trophies $z->{id}")], [trophies_of($z)]);
    if (rand() < 0.7) {
        ask("close $z->{id}");
        $z->{closed} = $clock;
        compare($z, 'closed');
        same('trophies of a closed season', [sort { $a cmp $b } ask("trophies $z->{id}")], [trophies_of($z)]);
        later(1000);
    }
    return;
}

my @seeds = $ENV{COZYKART_SEED} // (1 .. $ENV{COZYKART_SEEDS} // 200);
my $pid = open2($out, $in, $play) or die "$play: $!";
$in->autoflush(1);
my ($good, $wanted) = (0, 0);
while (my @some = splice @seeds, 0, 25) {
    $clock = 1_700_000_000_000;
    (%season, %race) = ();
    ask("ledger $dir/$some[0].db");
    for my $n (@some) {
        srand($seed = $n);
        eval { play_season(); $good++; 1 } or do { diag($@); last };
    }
    $wanted += @some;
    last unless ok($good == $wanted, "seasons $some[0] to $some[-1]: tables, lines and trophies agree");
    is(ask('check'), '0 ', 'and a new reckoning by the library finds no difference');
}
close $in;
waitpid $pid, 0;
is($?, 0, 'the player ends well');
ok($tables && $tables > 10, "compared $tables times");
done_testing;
