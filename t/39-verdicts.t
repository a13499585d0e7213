# What several do at once around a result, and forged buttons of what only some may: one counts, the
# others are told, nobody does what is not theirs.
use strict;
use warnings;
use utf8;
use Cozykart;
use Discord;
use JSON::PP ();
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(discord => 1, clock => 1, workers => 4, conf => "window.grace_s = 0\n");
my ($d, $fake) = ($house->discord, $house->fakecord);
$house->register;
my %p = map { $_ => $d->person($_, permissions => '18446744073709551615') } qw(Apex Nova Piston Juno Drift Staffa Stef Opal Orla Vega);
$d->command($_, 'help') for values %p;
$house->run('role', 'grant', 'Apex', 'host');
$house->run('role', 'grant', $_, 'staff') for qw(Staffa Stef);
$house->run('role', 'grant', $_, 'operator') for qw(Opal Orla);
$house->json('product', 'add', 'TEE', 'Circuit tee', '9.00');
$house->json('season', 'add', 'Spring', '--from', '2026-01-01');

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
sub button  { my ($who, $id) = @_; return $d->interaction(Discord::COMPONENT, $p{$who}, { component_type => 2, custom_id => $id }, message => { id => '1300000000000000001', components => [] }) }
sub typed   { my ($who, $words, @o) = @_; return $d->interaction(Discord::COMMAND, $p{$who}, $d->command_data($words, @o)) }
sub public  { return grep { $_->status == 200 && $_->type == 4 && !$_->private } @_ }
sub ids     { my ($m) = @_; return map { $_->{custom_id} // () } Discord::controls($m->data) }
sub raw     { return map { $_->status . ' ' . $_->raw . "\n" } @_ }
my $nothing = { id => '1300000000000000001', components => [] };
sub race {
    my (@who) = @_;
    my $open = command('Apex', 'open', season => 'spring');
    my ($n) = $open->text =~ /Race (\d+)/;
    diag($open->raw) unless $n;
    command($_, 'join', race => $n) for @who;
    command('Apex', 'start', race => $n);
    $house->notice($house->stripe->completed($house->shirt($n, created => 1 + int $house->now)));
    $house->ahead(3);
    command('Apex', 'finish', race => $n);
    return $n;
}

my @drive = qw(Nova Piston Juno Drift);
my $race = race(@drive);
is(show($race)->{state}, 'FINISHED', 'a race with its flag') or diag(explain(show($race)));

# --- reports of the same place at once
my @same = at_once(map { typed($_, 'result', position => 1, race => "$race") } @drive);
is(scalar(grep { $_->status == 200 } @same), 4, 'four report the first place at once: all are answered') or diag(raw(@same));
is(scalar(grep { $_->{place} == 1 } @{ show($race)->{seats} }), 4, 'all four stand') or diag(explain(show($race)));
my ($decide) = map { grep { /^decide/ } ids($_) } @same;
ok($decide, 'a button for the host') or diag(raw(@same));
sentence(press($_, $nothing, $decide), "$_ decides", qr/host|role/) for qw(Nova Vega);
sentence(press($_, $nothing, $decide =~ s/decide/decided/r), "$_ decides with a forged form", qr/host|role|not known|choose/i) for qw(Nova Vega);
my $ask = press('Apex', $nothing, $decide);
ok($ask->private && (ids($ask))[0] =~ /^decided:/, 'the host chooses in private') or diag($ask->raw);
$house->ahead(11 * 60);
$house->run('tick');
is(show($race)->{state}, 'FINISHED', 'contested places do not become final');
command('Apex', 'result', user => $p{$drive[$_]}, position => $_ + 1, race => "$race") for 0 .. 3;
# --- the same driver twice at once
my @twice = at_once(map { typed('Nova', 'result', position => 1, race => "$race") } 1 .. 3);
is(scalar(grep { $_->status == 200 } @twice), 3, 'the same report three times at once') or diag(raw(@twice));

# --- dispute, several at once, and while FINAL comes
my @dispute = at_once(map { typed('Piston', 'dispute', race => "$race", reason => "They cut the corner <b> $_") } 1 .. 3);
my @opened = grep { $_->text =~ /^Dispute|number|dispute \d/i && $_->text !~ /still open/ } @dispute;
is(scalar(grep { $_->private } @dispute), 3, 'three disputes of one driver at once: private answers') or diag(raw(@dispute));
is(scalar(@{ $house->json('race', 'disputes', $race) }), 1, 'one dispute') or diag(raw(@dispute));
ok($house->wait_for(10, sub { grep { $fake->text($_) =~ /^Race $race, finished.*Under review/s } $fake->messages }), 'the card says that it is under review');
like($house->get("/race/$race")->{content}, qr/under review/i, 'so does the page');
my ($dispute) = map { $_->{dispute} // $_->{id} } @{ $house->json('race', 'disputes', $race) };
my ($withdraw) = map { grep { /^withdraw/ } ids($_) } @dispute;
sentence(press('Nova', $nothing, $withdraw // "withdraw:$dispute"), 'somebody else withdraws it', qr/by who opened/);
for my $forged ("uphold:$dispute", "reject:$dispute", "upheld:$dispute", "rejected:$dispute") {
    sentence(press($_, $nothing, $forged), "$forged by $_", qr/role/) for qw(Nova Apex);
    sentence($d->submit($p{Nova}, $forged, { answer => 'because I say so' }), "form $forged", qr/role/);
}
my $modal = press('Staffa', $nothing, "uphold:$dispute");
is($modal->type, 9, 'staff get a form') or diag($modal->raw);
my ($field) = map { $_->{custom_id} } grep { ($_->{type} // 0) == 4 } map { @{ $_->{components} // [] }, ($_->{component} // ()) } @{ $modal->data->{components} };
my $form = sub { my ($who, $what) = @_; my $i = $d->interaction(Discord::MODAL, $p{$who}, { custom_id => "$what:$dispute", components => [{ type => 1, id => 1, components => [{ type => 4, id => 2, custom_id => $field, value => 'The replay is clear about it.' }] }] }); return $i };
my @verdict = at_once($form->('Staffa', 'rejected'), $form->('Stef', 'upheld'), $form->('Staffa', 'rejected'));
is(scalar(public(@verdict)), 1, 'three verdicts at once: one counts') or diag(raw(@verdict));
$house->ahead(11 * 60);
ok($house->wait_for(10, sub { show($race)->{state} =~ /FINAL|SETTLED/ }), 'then it becomes final') or diag(explain(show($race)));
sentence(command('Piston', 'dispute', race => "$race", reason => 'too late'), 'a dispute after that', qr/race \d+ is (?:final|settled)/);

# --- Apply twice at once, of others, of an old preview
my $own = command('Nova', 'admin-fix', race => "$race", user => $p{Nova}, position => 2, reason => 'I was second I think');
sentence($own, 'a driver corrects', qr/for the role/);
my ($look, $look2) = map { command($_, 'admin-fix', race => "$race", user => $p{Piston}, position => 1, reason => 'The video shows it clearly') } qw(Staffa Stef);
ok($look->private, 'a preview is private') or diag($look->raw);
like($look->text, qr/1st → 2nd, 15 → 12 points, rank 1 → rank 2, trophies: Race win → Podium/, '… of places, points, ranks and trophies') or diag($look->text);
my ($go, $no) = ids($look);
my ($go2) = ids($look2);
sentence(press('Nova', $nothing, $go), 'a driver presses Apply', qr/for the role/);
sentence(press('Stef', $nothing, $go), "other staff presses Apply of somebody else's preview", qr/./);
sentence(press('Nova', $nothing, $no), "a driver presses Cancel of somebody else's preview", qr/./);
sentence(press('Nova', $nothing, $go =~ s/fixgo/voidgo/r), 'a driver turns it into a void race', qr/./);
sentence(press('Staffa', $nothing, $go =~ s/fixgo/voidgo/r), 'staff turns it into a void race', qr/correction/);
my @apply = at_once(button('Staffa', $go), button('Stef', $go2), button('Staffa', $go), button('Stef', $go2));
is(scalar(public(@apply)), 1, 'Apply of two previews, twice each at once: one counts') or diag(raw(@apply));
sentence($_, 'another is told', qr/./) for grep { $_->private } @apply;
is((grep { $_->{name} eq 'Piston' } @{ show($race)->{seats} })[0]{place}, 1, 'and it holds');
for my $g ($go, $go2) { sentence(press($g eq $go ? 'Staffa' : 'Stef', $nothing, $g), 'Apply once more', qr/./) }

# --- void: forged, twice
my $second = race(@drive);
my $v = command('Apex', 'void', race => "$second", reason => 'Server went down');
ok($v->private, '/void asks in private') or diag($v->raw);
my ($vgo) = grep { /^voidgo/ } ids($v);
sentence(press($_, $nothing, $vgo), "$_ presses Void race", qr/./) for qw(Nova Staffa);
is(show($second)->{state}, 'FINISHED', '… and nothing happens');
sentence(press('Staffa', $nothing, $vgo =~ s/voidgo/fixgo/r), 'Void turned into Apply by staff', qr/./);
sentence(press('Opal', $nothing, $vgo =~ s/voidgo/fixgo/r), 'Void turned into Apply by an operator', qr/./);
my $own_void = command('Apex', 'void', race => "$second", reason => 'twice');
my @void = at_once(button('Apex', $vgo), button('Apex', (grep { /^voidgo/ } ids($own_void))[0]), button('Apex', $vgo));
is(scalar(public(@void)), 1, 'Void pressed three times at once: one counts') or diag(raw(@void));
is(show($second)->{state}, 'VOID', 'it is void');

# --- staff drives: never one's own race
my $third = race('Nova', 'Staffa');
command('Nova', 'result', race => "$third", position => 1);
command('Staffa', 'result', race => "$third", position => 2);
my $mine = command('Staffa', 'admin-fix', race => "$third", user => $p{Staffa}, position => 1, reason => 'I was faster than that');
sentence($mine, 'staff corrects the own race', qr/drove|drive|own/);
command('Nova', 'dispute', race => "$third", reason => 'hm');
my ($third_d) = map { $_->{dispute} // $_->{id} } @{ $house->json('race', 'disputes', $third) };
my $b = $d->submit($p{Staffa}, "rejected:$third_d", { $field => 'No reason at all here' });
sentence($b, 'staff decides about the own race', qr/drove/);

# --- close
my $blocked = command('Opal', 'season close', season => 'spring');
ok($blocked->private, 'close is private');
like($blocked->text, qr/dispute|not final/, 'with what keeps it from closing') or diag($blocked->raw);
is(scalar(grep { /^seasonend/ } ids($blocked)), 0, 'and without a button') or diag($blocked->raw);
my ($sid) = map { $_->{season} // $_->{id} } @{ $house->json('season', 'list') };
sentence(press('Opal', $nothing, "seasonend:$sid"), 'a forged Close season', qr/cannot close yet/);
sentence(press($_, $nothing, "seasonend:$sid"), "a forged Close season by $_", qr/for the role/) for qw(Nova Staffa Apex);
command('Nova', 'result', race => "$third", position => 1);
press('Nova', $nothing, "withdraw:$third_d");
$house->ahead(11 * 60);
ok($house->wait_for(10, sub { show($third)->{state} =~ /FINAL|SETTLED/ }), 'the third is final') or diag(explain(show($third)));
my ($c1, $c2) = map { command($_, 'season close', season => 'spring') } qw(Opal Orla);
my ($e1) = grep { /^seasonend/ } ids($c1);
ok($e1, 'now there is one') or diag($c1->raw);
my @close = at_once(map { button($_, $e1) } qw(Opal Orla Opal Orla Nova));
is(scalar(public(@close)), 1, 'Close season by two, twice each: once') or diag(raw(@close));
my @champion = grep { $_->{title} eq 'Champion' } map { @{ $_->{trophies} } } map { @{ $house->get_json("/r/$_.json")->{shelves} } } @drive, 'Staffa';
is(scalar @champion, 1, 'one champion');
is(($house->run('season', 'check'))[0], 0, 'the season reckons') or diag($house->run('season', 'check'));
ok($house->wait_for(20, sub { !grep { $_->{state} =~ /due|leased/ && $_->{kind} =~ /^(?:tell|card|discord)/ } @{ $house->json('jobs', 'list') } }), 'quiet');
is(scalar(grep { $_->{state} eq 'dead' } @{ $house->json('jobs', 'list') }), 0, 'no dead job');
my @all = map { $fake->text($_) } $fake->messages;
is(scalar(grep { /^Race \d+: the result was corrected/ } @all), 1, 'the correction is told once');
is(scalar(grep { /^Spring is closed/ } @all), 1, 'the end of the season is answered once');
$house->discord_is_content;
$house->stop;
done_testing;
