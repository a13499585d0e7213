# The endpoint of Discord: what is signed is answered, once; what is not is refused; people with any
# name or permission, buttons of any age, are handled.
use strict;
use warnings;
use utf8;
use Cozykart;
use Discord;
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(discord => 1);
my ($d, $fake) = ($house->discord, $house->fakecord);
my $bea = $d->person('Bea');

# --- signatures

my $pong = $d->ping;
is($pong->status, 200, 'PING is answered');
is_deeply($pong->all, { type => 1 }, '… by PONG');
like($pong->{headers}{'content-type'}, qr{^application/json}, '… as JSON');
for my $how (qw(missing no-time other-key swapped truncated byte body hex)) {
    for my $type (Discord::PING, Discord::COMMAND) {
        my $i = $d->interaction($type, $bea, $d->command_data('help'));
        my $a = $d->send($i, break => $how);
        is($a->status, 401, "401 for a signature: $how, interaction of type $type");
        ok(!$a->all && $a->raw !~ /"type":1/, '… and no answer');
    }
}
# Far enough from five minutes for a machine that takes half a minute to ask.
for my $skew (-310, 330, -86400) {
    is($d->ping(skew => $skew)->status, 401, "401 for a signature $skew s beside the clock");
}
is($d->ping(skew => $_)->status, 200, "a clock $_ s beside ours is near enough") for -270, 280;
is($d->send($d->interaction(Discord::PING, $bea, undef), timestamp => $_)->status, 401, "401 for the time '$_'") for 'now', '-1', '1e9', '99999999999999999999', ' ' . time;
for my $body ('', '{', '[]', 'null', '{"type":1', '{"type":"1"}', '{"type":99}', '{"type":2}', '{"type":2,"id":"x"}', "\0", '{"type":1}' . ' ' x 70000) {
    my $a = $d->send($body);
    my $shown = length $body > 20 ? length($body) . ' bytes' : $body =~ s/\0/\\0/r;
    like($a->status, qr/^4(?:00|13|22)$/, "signed, but no interaction: $shown") or diag($a->raw);
}
is($house->get('/hooks/discord')->{status}, 405, 'GET is not for this address');

# --- repeats

my $help = $d->prepare($d->interaction(Discord::COMMAND, $bea, $d->command_data('help')));
my $first = $d->send($help);
is($first->status, 200, '/help is answered');
is($first->type, 4, '… with a message');
ok($first->private, '… that only Bea sees');
unlike($first->text, qr/!/, '… without exclamation marks');
is($d->send($help)->raw, $first->raw, 'the same bytes again: the same answer');
is($d->send($help->{interaction})->raw, $first->raw, 'the same interaction signed anew: the same answer');
my @twin = $d->together(map { $d->prepare($help->{interaction}) } 1 .. 4);
is(scalar(grep { $_->raw eq $first->raw } @twin), 4, 'four times at once, through four connections: the same answer');

# --- what is not known

sub refused {
    my ($a, $name, $like) = @_;
    is($a->status, 200, "$name: answered");
    is($a->type, 4, '… by a message') or diag($a->raw);
    ok($a->private, '… in private');
    like($a->text, $like // qr/^[A-Z].*[.?]$/s, '… by a sentence') or diag($a->raw);
    is_deeply($a->data->{allowed_mentions}, { parse => [] }, '… that pings nobody');
    return;
}
refused($d->command($bea, 'frobnicate'), 'a command that does not exist', qr/does not exist/);
refused($d->command($bea, 'help again'), 'a subcommand that does not exist', qr/does not exist/);
refused($d->command($bea, 'help', colour => 'red'), 'an option that does not exist', qr/no such option/);
refused($d->command($bea, 'help', topic => 7), 'an option of another type', qr/cannot be read/);
refused($d->command($bea, 'help', topic => 'x' x 40), 'an option that is too long', qr/at most 32/);
for my $id ('nothing', 'join', 'join:', 'join:x', 'join:1:2:3:4:5', 'join:-1', 'join:99999999999999999999', "join:1'; drop table race", 'a' x 100, ':', 'help:1', '☕') {
    refused($d->press($bea, { id => '1300000000000000001', components => [] }, $id), 'a forged custom_id ' . $id, qr/not known|does not exist|\.$/);
}
my $other = $d->interaction(Discord::COMMAND, $bea, $d->command_data('help'));
$other->{application_id} = '1100000000000000099';
refused($d->send($other), 'an interaction for another application', qr/another application/);
my $guild = $d->interaction(Discord::COMMAND, $bea, $d->command_data('help'));
$guild->{guild_id} = '1100000000000000098';
refused($d->send($guild), 'an interaction of another server', qr/own server/);
refused($d->command($bea, 'help', { direct => 1 }), 'an interaction in a direct message', qr/own server/);
refused($d->command($d->person('Robot', bot => 1), 'help'), 'a bot', qr/Bots are not served/);

# --- people of every kind

my $marks = 'Z' . join '', map { chr(0x300 + $_ % 0x50) } 1 .. 100;
my %name = (
    'emoji' => "Nova \x{1F3CE}\x{FE0F}\x{1F469}\x{200D}\x{1F680}", 'right to left' => "\x{202E}evil \x{05D0}\x{05D1}\x{202C}",
    'markdown' => '**Bold** [x](https://example.net) `code` ~~no~~ ||hid|| <@1234567890123456789> @everyone', 'a hundred marks' => $marks,
    'blanks only' => "\x{3164}\x{2800} \x{200B}", 'newlines' => "A\nB\r\n# C", 'SQL and HTML' => q{'; drop table member;-- <script>alert(1)</script>},
    'very long' => 'ö' x 300, 'a lone surrogate' => "\\ud800",
);
for my $kind (sort keys %name) {
    my $who = $d->person("$kind person", nick => $name{$kind});
    my $a = $d->command($who, 'help');
    is($a->status, 200, "a person whose name has $kind is served") or diag($a->raw);
    is($a->type, 4, '… with a message');
    unlike($a->raw, qr/<script|\@everyone|drop table/, '… that does not carry the name on');
}
# In a lobby their names are shown to all. From here on the client knows the types of options.
is(($house->run('discord', 'register', '--guild', $d->{guild}))[0], 0, 'the commands are registered');
$d->learn($fake->state->{commands}{ $d->{guild} });
my $apex = $d->person('Apex');
is(($house->run('role', 'grant', "discord:$apex->{id}", 'host'))[0], 0, 'a host');
my $open = $d->command($apex, 'open', name => '**Race** <@1> @everyone ' . "\x{202E}" . substr $marks, 0, 20);
my ($number) = $open->text =~ /Race (\d+)/;
ok($number, 'a race with a name of all kinds opens') or diag($open->raw);
like($open->text, qr/Host: Apex\./, 'who got a role before anybody saw him has his own name');
my @crowd = map { $d->person("$_ person") } grep { $_ ne 'a lone surrogate' } sort keys %name;
is(scalar(grep { $d->command($_, 'join', race => $number)->text =~ /Seat \d is yours/ } @crowd), scalar @crowd, 'people with names of every kind take seats');
my $lobby = $d->command($bea, 'lobby', race => $number);
my $shown = $lobby->text;
is(scalar(() = $shown =~ /^\d  \S/mg), scalar @crowd, 'each has a name in the lobby') or diag($shown);
unlike($shown, qr/<\@\d|(?<!\\)\@everyone|(?<!\\)\]\(https|(?<!\\)\|\||(?<!\\)`code/, '… without mentions, links and other markdown') or diag($shown);
unlike($shown, qr/[\x{202A}-\x{202E}\x{2066}-\x{2069}]/, '… nothing turns the text around');
unlike($shown, qr/\p{Mn}{3}/, '… no more than two marks on a letter');
is_deeply($lobby->data->{allowed_mentions}, { parse => [] }, '… and nobody is pinged');
my $page = $house->get("/race/$number")->{content};
unlike($page, qr/<script>alert/, 'the page shows them as text');

# Buttons of a card whose time is over, and two people at once.
$d->command($apex, 'start', race => $number);
my @late = $d->together(map { $d->prepare($d->interaction(Discord::COMPONENT, $_, { component_type => 2, custom_id => "join:$number" }, message => $open->message)) } $bea, $d->person('Tom'));
refused($_, 'Join on the card of a race that runs', qr/running|started|not possible/i) for @late;
refused($d->press($bea, $open->message, "start:$number"), 'Start by somebody who is no host', qr/host/);
my $typed = $d->complete($bea, 'lobby', 'race', "$number");
is($typed->type, 8, 'suggestions while somebody types');
ok(scalar($typed->choices) <= 25 && (grep { $_->{value} eq $number } $typed->choices), '… with the race');
is($d->complete($bea, 'lobby', 'nothing', 'x')->type, 8, '… none for an option that is not there');

my $raw = $d->prepare($d->interaction(Discord::COMMAND, $bea, $d->command_data('help')))->{body};
my $lone = $raw =~ s/"nick":null/"nick":"\\ud800"/r;
like($d->send($lone)->status, qr/^(?:200|400|422)$/, 'half a surrogate in a name is no trouble');
for my $permissions ('0', '8', '9007199254740993', '18446744073709551615', '36893488147419103232', '-1', '0x8', '') {
    my $who = $d->person('Permitted', permissions => $permissions);
    is($d->command($who, 'help')->status, 200, "permissions '$permissions' are read");
}
my $gone = $d->person('Gone', away => 1);
like($d->press($bea, { id => "1300000000000000001", components => [] }, "help\0")->status, qr{^400$}, "a zero byte in a custom_id");
is($d->command($bea, 'help', { more => { member => { %{ Discord::member_object($bea, 1) }, nick => undef, roles => [] } } })->status, 200, 'a member without roles');

$house->discord_is_content;
$house->stop;
done_testing;
