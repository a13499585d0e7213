# Every command and every button with every role, by signed HTTP: the table says who may, and nothing
# else does, Discord's own permissions least of all.
use strict;
use warnings;
use utf8;
use Cozykart;
use Discord;
use Test::More;
use Tree;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);

# The two tables as they are written.
my $source = Tree::slurp('src/bot/commands.c');
my ($table) = $source =~ /commands_table\[\] = \{(.*?)\n\};/s;
my ($buttons) = $source =~ /commands_buttons\[\] = \{(.*?)\n\};/s;
my (@row, @button);
push @row, { name => $1, sub => $2, who => $3, how => $4 }
    while $table =~ /^    \{"([\w-]+)",\s*(?:NULL|"([\w-]+)"),\s*"(?:[^"\\]|\\.)+",\s*([^,"]+?),\s*(BOT_\w+),\s*do_\w+,/mg;
push @button, { name => $1, n => $2, who => $3, how => $4 } while $buttons =~ /^    \{"([\w-]+)",\s*(\d+),\s*([^,"]+?),\s*(BOT_\w+),\s*do_\w+\}/mg;
is(scalar @row, scalar(() = $table =~ /^    \{"/mg), 'every command is read');
is(scalar @button, scalar(() = $buttons =~ /^    \{"/mg), 'every button is read');
cmp_ok(scalar @row, '>=', 7, 'there are commands');

my $house = Cozykart->new(discord => 1, page_rate => '100000r/s');
my ($d, $fake) = ($house->discord, $house->fakecord);
my %bits = (
    member => [], host => ['HOST'], dj => ['DJ'], creator => ['CREATOR'], staff => ['STAFF'],
    operator => [qw(OPERATOR STAFF HOST)], auditor => ['AUDITOR'],
);
my %who;
for my $role (sort keys %bits) {
    # An administrator of the server has no right here by that; the others have none there.
    $who{$role} = $d->person(ucfirst $role, permissions => $role eq 'member' ? '18446744073709551615' : '0');
    is($d->command($who{$role}, 'help')->status, 200, "$role comes");
    my ($code, undef, $errors) = $role eq 'member' ? (0) : $house->run('role', 'grant', ucfirst $role, $role);
    is($code, 0, '… and has the role') or diag($errors);
}

sub may {
    my ($who, $role) = @_;
    my @need = $who =~ /RIGHT_(\w+)/g or return 1;
    my %has = map { $_ => 1 } @{ $bits{$role} };
    return scalar grep { $has{$_} } @need;
}

sub judge {
    my ($a, $name, $entry, $role) = @_;
    my $data = $a->data;
    my @wrong;
    push @wrong, 'status ' . $a->status if $a->status != 200;
    push @wrong, 'type ' . $a->type unless $a->type =~ /^[4579]$/;
    my $refused = $a->text =~ /^This is for the role /;
    push @wrong, $refused ? 'refused, but they may' : 'served, but they may not' if !$refused != !!may($entry->{who}, $role);
    push @wrong, 'everybody sees it' if ($refused || $entry->{how} eq 'BOT_PRIVATE') && $a->type == 4 && !$a->private;
    push @wrong, 'it may ping' if $a->type =~ /^[47]$/ && (ref $data->{allowed_mentions} ne 'HASH' || @{ $data->{allowed_mentions}{parse} });
    ok(!@wrong, "$name for $role") or diag(join(', ', @wrong) . ": " . $a->raw);
    return;
}

for my $r (@row) {
    my $words = join ' ', grep { defined } @$r{qw(name sub)};
    judge($d->command($who{$_}, $words), "/$words", $r, $_) for sort keys %who;
}
my $nothing = { id => '1300000000000000001', components => [] };
for my $b (@button) {
    my $id = join ':', $b->{name}, (1) x $b->{n};
    judge($d->press($who{$_}, $nothing, $id), "button $id", $b, $_) for sort keys %who;
    judge($d->submit($who{member}, $id, {}), "form $id", $b, 'member');
    for my $forged ("$id:1", $b->{n} ? substr $id, 0, -2 : "$id:", "$b->{name}:x") {
        my $a = $d->press($who{operator}, $nothing, $forged);
        ok($a->status == 200 && $a->private && $a->text =~ /not known any more/, "button $forged is not known") or diag($a->raw);
    }
}

# Without a public key nothing can be believed: the endpoint is closed, which is told once.
my $conf = do { open my $in, '<', $house->{conf} or die $!; local $/; <$in> };
sub settings {
    my ($text) = @_;
    $house->stop;
    open my $to, '>', $house->{conf} or die $!;
    print {$to} $text;
    close $to or die $!;
    $house->start;
    return;
}
sub closed { return scalar grep { $_->{kind} eq 'endpoint_closed' && $_->{key} eq 'discord' } @{ $house->json('alerts') } }
settings($conf =~ s/^discord\.public_key.*\n//mr);
for (1 .. 2) {
    my $a = $d->command($who{member}, 'help');
    is($a->status, 503, 'without a key: 503');
    ok(!$a->all && $a->{headers}{'content-type'} =~ /problem/, '… and no answer');
}
is($d->ping->status, 503, 'PING likewise');
is(closed(), 1, 'one alert');
settings($conf);
is($d->command($who{member}, 'help')->status, 200, 'with the key: 200');
is(closed(), 0, 'and the alert is gone');

is(scalar($fake->violations), 0, 'nothing that Discord would refuse') or diag(explain([$fake->violations]));
$house->stop;
done_testing;
