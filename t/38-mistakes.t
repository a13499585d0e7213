# What people do wrong with commands and buttons, and what two people do at once, by signed HTTP:
# each gets one private sentence, and nothing is half done.
use strict;
use warnings;
use utf8;
use Cozykart;
use Discord;
use JSON::PP ();
use POSIX ();
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(discord => 1, clock => 1, workers => 4);
my ($d, $fake) = ($house->discord, $house->fakecord);
$house->register;
my %p = map { $_ => $d->person($_, permissions => '18446744073709551615') } qw(Apex Nova Piston Juno Drift Comet Staffa Vega);
$d->command($_, 'help') for values %p;
$house->run('role', 'grant', 'Apex', 'host');
$house->run('role', 'grant', 'Juno', 'host');
$house->run('role', 'grant', 'Staffa', 'staff');

sub sentence {
    my ($a, $name, $like) = @_;
    my $text = $a->text =~ s/\\([^\w\s])/$1/gr;
    ok($a->status == 200 && $a->type == 4 && $a->private && $text =~ /^[A-Z][^\n]*[.?]$/ && $text =~ $like, $name) or diag($a->status . ' ' . $a->raw);
    return;
}
sub show { return $house->json('race', 'show', $_[0]) }
sub command { my ($who, @more) = @_; return $d->command($p{$who}, @more) }
sub press   { my ($who, @more) = @_; return $d->press($p{$who}, @more) }
sub at_once { return $d->together(map { $d->prepare($_) } @_) }
sub button  { my ($who, $id, $message) = @_; return $d->interaction(Discord::COMPONENT, $p{$who}, { component_type => 2, custom_id => $id }, message => $message) }

# --- a lobby that several want

sentence(command('Nova', 'open'), 'a member opens nothing, whatever Discord permits them', qr/for the role host/);
sentence(command('Apex', 'open', seats => 12), 'twelve seats', qr/from 2 to 8/);
sentence(command('Apex', 'open', season => 'no-such'), 'a season that there is not', qr/season/i);
my $open = command('Apex', 'open', name => "\x{202E}Friday\x{200B} *Night* [x](https://example.net) \@everyone", seats => 3);
is($open->type, 4, 'a lobby') or diag($open->raw);
ok(!$open->private, 'for all to see');
my $card = $open->message;
is($house->json('race', 'show', 1)->{name}, 'Friday *Night* [x](https://example.net) @everyone', 'its name has lost what turns or hides');
unlike($open->raw, qr/[^\\]\@everyone|\Q[x](\E|\x{202E}|\x{200B}/, 'and its card nothing that formats or pings');
sentence(command('Apex', 'open'), 'a second lobby of the same host', qr/one lobby at a time/);

my @join = at_once(map { button($_, 'join:1', $card) } qw(Nova Piston Juno Drift Comet));
is(scalar(grep { $_->status == 200 && $_->private } @join), 5, 'five join at once, all are answered');
my %seat = map { $_ => 1 } map { $_->text =~ /Seat (\d) is yours/ } @join;
is(join(' ', sort keys %seat), '1 2 3', 'three have a seat, each another one');
is(scalar(grep { $_->text =~ /wait list/ } @join), 2, 'two wait');
is(scalar(grep { $_->{joined_at} || $_->{name} } @{ show(1)->{seats} }), 3, 'and the race has three') or diag(explain(show(1)));
my %sits = map { $_->{name} => 1 } @{ show(1)->{seats} };
my ($in) = grep { $sits{$_} } qw(Nova Piston Juno);
my ($out) = grep { !$sits{$_} } qw(Nova Piston Juno Drift Comet);
sentence(press($in, $card, 'join:1'), 'who sits presses Join again', qr/already/);
sentence(command('Apex', 'kick', user => $p{Vega}, reason => 'not there'), 'somebody is thrown out who is not in', qr/no seat|not/);
my $left = { id => '800000000000000099', username => 'gone', away => 1 };
my $kick = $d->interaction(Discord::COMMAND, $p{Apex}, { id => '1', name => 'kick', type => 1, options => [{ name => 'user', type => 6, value => '800000000000000099' }, { name => 'reason', type => 3, value => 'left us' }] });
sentence($d->send($kick), 'somebody who left the server', qr/no account yet/);
sentence(command('Apex', 'kick', user => $d->person('Robot', bot => 1), reason => 'a bot'), 'a bot', qr/bot cannot take part/);
sentence(command('Juno', 'kick', user => $p{$in}, reason => 'mine'), 'the host of another race', qr/hosted by|role/);

# --- Start, by two at once

my @start = at_once(button('Apex', 'start:1', $card), button('Staffa', 'start:1', $card), button('Apex', 'start:1', $card), button($in, 'start:1', $card));
is(scalar(grep { $_->type == 4 && !$_->private } @start), 1, 'Start by several at once: one starts it') or diag(map { $_->raw . "\n" } @start);
for my $a (grep { $_->private } @start) {
    sentence($a, 'another is told', qr/is running|for the role/);
}
is(show(1)->{state}, 'RUNNING', 'and it runs');
sentence(press('Vega', $card, 'join:1'), 'Join on the old card', qr/race 1 is running/i);
sentence(command('Vega', 'start'), '/start by anybody', qr/for the role/);
sentence(press('Vega', $card, "join:$_"), "a forged race $_", qr/no race|not known|by its number/i) for 99, '9007199254740993', '0';
sentence(command('Juno', 'finish', race => '1'), 'the flag by another host', qr/hosted by/);
sentence(command('Apex', 'finish', at => $_), "the flag at '$_'", qr/HH:MM|option at|between the start/i) for '7:5', 'now!!', '24:00', POSIX::strftime('%H:%M', gmtime $house->now + 7200);
sentence(command('Apex', 'finish', race => 'first'), 'a race by a word', qr/by its number/);

# --- substitutes

sentence(command('Apex', 'sub', seat => 1, in => $p{$in}, round => 2), 'a substitute who drives already', qr/already|sits/);
my $ask = command('Apex', 'sub', seat => 1, in => $p{$out}, round => 2);
is($ask->type, 4, 'a substitute is asked') or diag($ask->raw);
is_deeply($ask->data->{allowed_mentions}, { parse => [], users => [$p{$out}{id}] }, 'and nobody else pinged');
my ($accept) = map { $_->{custom_id} } grep { $_->{custom_id} } Discord::controls($ask->data);
sentence(press('Vega', $ask->message, $accept), 'somebody else accepts', qr/offered to somebody else/);
$house->ahead(6 * 60);
sentence(press($out, $ask->message, $accept), 'too late', qr/late|over|any more/);
my $again = command('Apex', 'sub', seat => 1, in => $p{$out}, round => 2);
($accept) = map { $_->{custom_id} } grep { $_->{custom_id} } Discord::controls($again->data);
my @accept = at_once(map { button($out, $accept, $again->message) } 1 .. 3);
is(scalar(grep { $_->type == 4 && !$_->private } @accept), 1, 'accepted three times at once: one counts') or diag(map { $_->raw . "\n" } @accept);

# --- flag, by two at once, and buttons of what is over

my @finish = at_once(map { $d->interaction(Discord::COMMAND, $p{$_}, $d->command_data('finish', race => '1')) } qw(Apex Staffa));
is(scalar(grep { $_->type == 4 && !$_->private } @finish), 1, 'two flags at once: one counts') or diag(map { $_->raw . "\n" } @finish);
sentence(press($_, $card, 'start:1'), "Start after the flag by $_", qr/race 1 is/i) for 'Apex';
sentence(press($in, $card, 'leave:1'), 'Leave after the flag', qr/race 1 is/i);

# --- places: reported twice, contested, decided by two, forged

my @driver = map { $_->{name} } @{ show(1)->{seats} };
sub choose { my ($who, $id, @values) = @_; return $d->send($d->interaction(Discord::COMPONENT, $p{$who}, { component_type => 3, custom_id => $id, values => [@values] }, message => $card)) }
sub form { my ($who, $id, %field) = @_; return $d->submit($p{$who}, $id, \%field) }
my %answer = (
    'a place that there is not'    => [choose($driver[1], 'place:1', '9'), qr/choose one place|place is 1 to/i],
    'two places at once'           => [choose($driver[1], 'place:1', '1', '2'), qr/choose one place/i],
    'no place at all'              => [choose($driver[1], 'place:1'), qr/choose one place/i],
    'a word as place'              => [choose($driver[1], 'place:1', 'first'), qr/choose one place/i],
    'a place of who did not drive' => [choose('Vega', 'place:1', '1'), qr/seat/],
    'position and dnf together'    => [command($driver[1], 'result', position => 1, dnf => JSON::PP::true), qr/either a position or dnf/],
    'neither position nor dnf'     => [command($driver[1], 'result'), qr/either a position or dnf/],
    'somebody else\'s place'       => [command($driver[1], 'result', position => 1, user => $p{ $driver[2] }), qr/hosted by/],
    'a decision of nothing'        => [press('Apex', $card, 'decide:1'), qr/nothing is contested/i],
    'a forged decision'            => [choose('Apex', 'decided:1', '9:9'), qr/choose one line/i],
    'a decision by a driver'       => [choose($driver[1], 'decided:1', '2:1'), qr/hosted by/],
    'a dispute without race'       => [command($driver[1], 'dispute', reason => 'x'), qr/option race is missing/],
    'a dispute of a stranger'      => [command('Vega', 'dispute', race => '1', reason => 'I was there'), qr/\./],
    'a correction without place'   => [command('Staffa', 'admin-fix', race => '1', user => $p{ $driver[1] }, reason => 'for no reason'), qr/either a position or dnf/],
    'a correction that is forged'  => [press('Staffa', $card, 'fixgo:77'), qr/\./],
    'void without a draft'         => [press('Apex', $card, 'voidgo:77'), qr/\./],
    'a dispute that is not there'  => [press('Staffa', $card, 'uphold:77'), qr/no dispute/i],
    'an answer to none'            => [form('Staffa', 'upheld:77', answer => 'because it was so'), qr/no dispute/i],
    'void by another host'         => [command('Juno', 'void', race => '1', reason => 'mine'), qr/hosted by/],
);
sentence($answer{$_}[0], $_, $answer{$_}[1]) for sort keys %answer;
my @place = at_once(map { $d->interaction(Discord::COMPONENT, $p{$_}, { component_type => 3, custom_id => 'place:1', values => ['1'] }, message => $card) } @driver[0, 1]);
is(scalar(grep { $_->type == 4 && !$_->private } @place), 2, 'two report the same place at once: both are told') or diag(map { $_->raw . "\n" } @place);
is(scalar(grep { $_->text =~ /Contested/ } @place), 1, 'the second of them that it is contested');
sentence(choose($driver[0], 'place:1', '2'), 'who is contested cannot change it any more', qr/ask the host to decide/);
my @decide = at_once(map { $d->interaction(Discord::COMPONENT, $p{$_}, { component_type => 3, custom_id => 'decided:1', values => ['1:3'] }, message => $card) } qw(Apex Staffa));
is(scalar(grep { !$_->private } @decide), 1, 'decided by two at once: one decides') or diag(map { $_->raw . "\n" } @decide);

# --- a draft is its maker's, and is used once

my $void = command('Apex', 'void', race => '1', reason => "bad \x{202E}weather");
ok($void->private && $void->text =~ /Declare race 1 void/, 'void is asked for first') or diag($void->raw);
my ($go) = grep { /^voidgo/ } map { $_->{custom_id} // '' } Discord::controls($void->data);
sentence(press('Staffa', $void->message, $go), 'staff presses the button of another', qr/\./);
sentence(press('Vega', $void->message, $go), 'anybody presses it', qr/\./);
is(show(1)->{state}, 'FINISHED', 'nothing happened');
my @void = at_once(map { button('Apex', $go, $void->message) } 1 .. 3);
is(scalar(grep { $_->type == 4 && !$_->private } @void), 1, 'pressed three times at once: void once') or diag(map { $_->raw . "\n" } @void);
is(show(1)->{state}, 'VOID', 'void');
like((map { $_->text } grep { !$_->private } @void)[0], qr/Reason: bad weather/, 'for the reason that everybody reads');
sentence(choose($driver[1], 'place:1', '1'), 'a place after that', qr/race 1 is/i);

# --- the ledger is locked, or away: a sentence in time

my ($vault) = $house->pids('cozykart-vault');
kill 'STOP', $vault;
my $busy = do { local $d->{hasty} = 1; command('Nova', 'wallet') };
my $hangs = do { open my $in, '<', "/proc/$vault/stat" or die $!; <$in> =~ /\) T / };
kill 'CONT', $vault;
is($busy->status, 200, 'the vault hangs: answered all the same');
ok($hangs, '… without waiting for it');
ok($busy->private && $busy->text =~ /busy, nothing was changed/, 'by a private sentence') or diag($busy->raw);
is($d->ping->status, 200, 'PING is answered');
ok($house->wait_for(10, sub { command('Nova', 'wallet')->text =~ /Balance/ }), 'and later all is well');

# --- what went out besides: the card follows, and nothing is stuck

ok($house->wait_for(20, sub { !@{ $house->json('jobs', 'list', '--state', 'due') } && !@{ $house->json('jobs', 'list', '--state', 'leased') } }), 'all work that leaves the house is done')
    or diag(explain($house->json('jobs', 'list', '--state', 'due')));
is(scalar @{ $house->json('jobs', 'list', '--state', 'dead') }, 0, 'none of it is dead');
my ($flag) = map { $_->message->{id} } grep { !$_->private } @finish;
my %shown = map { $_->{id} => $fake->text($_) } $fake->messages;
like($shown{ $card->{id} }, qr/finished/, 'the card of the lobby is that of the flag');
like($shown{$flag}, qr/Race 1.*void/, 'and that of the flag is the one that says void now');
my @told = grep { ($_->{content} // '') =~ /<@/ || $fake->text($_) =~ /has started|Flag at/ } $fake->messages;
is(scalar(grep { $fake->text($_) =~ /has started/ } @told), 1, 'the start is told once');

is(scalar($fake->violations), 0, 'nothing that Discord would refuse') or diag(explain([$fake->violations]));
$house->stop;
done_testing;
