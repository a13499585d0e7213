# The operators' manual against the tree: every command line, setting, unit and link in it is there,
# and every kind of alert that the code can raise has its section.
use strict;
use warnings;
use Test::More;
use Tree;

my $program = "$ENV{BUILDDIR}/cozykart";
plan skip_all => 'the program is not built' unless -x $program;

sub list { my %seen = map { $_ => 1 } @_; return join ' ', sort keys %seen }
my $manual = Tree::slurp('packaging/README.md');
utf8::decode($manual);

my (%command, %setting);
for (split /\n/, `$program help --table`) {
    my ($what, @f) = split /\t/, $_, -1;
    $command{ $f[0] . ($f[1] ne '' ? " $f[1]" : '') } = { min => $f[2], max => $f[3], options => $f[4] } if $what eq 'command';
    $setting{ $f[0] } = 1 if $what eq 'setting';
}

# Words of a shell line as far as we write them: quotes, no expansions that matter here.
sub words {
    my ($line) = @_;
    my @words;
    push @words, defined $1 ? $1 : $2 while $line =~ /\G\s*(?:'([^']*)'|((?:\\.|[^\s';|&<>])+))/gc;
    return @words;
}

# What is wrong with a call of cozykart, or nothing; whole: it must have all its arguments.
sub wrong {
    my ($whole, @w) = @_;
    my (@rest, $k);
    return 'no command' unless @w;
    my $name = shift @w;
    if (@w && $command{"$name $w[0]"}) { $name .= ' ' . shift @w }
    return undef if !$whole && !$command{$name} && !@w && grep { /^\Q$name\E / } keys %command;
    $k = $command{$name} or return "there is no command $name";
    while (@w) {
        my $w = shift @w;
        if ($w =~ /^--([a-z-]+)(=.*)?$/) {
            my ($option, $value) = ($1, $2);
            if ($k->{options} =~ / \Q$option\E= /) { defined $value || @w ? (defined $value || shift @w) : return "--$option needs a value" }
            elsif ($k->{options} !~ / \Q$option\E / && !grep { $_ eq $option } qw(json key config help)) { return "$name has no option --$option" }
        } else {
            push @rest, $w;
        }
    }
    return "$name takes $k->{min} to $k->{max} arguments, not " . @rest
        if @rest > $k->{max} || ($whole && @rest < $k->{min});
    return undef;
}
sub calls { my ($text) = @_; return $text =~ /(?:^|[\s(])cozykart (?=[a-z]|--)([^\n#&|;)`]*)/mg }

my (@wrong, @lines);
for my $block ($manual =~ /^ *```sh\n(.*?)^ *```/msg) {
    push @lines, map { [1, $_] } calls($block =~ s/^cat >.*?^END$//smgr);
}
cmp_ok(scalar @lines, '>', 30, 'command lines were found');
my $prose = $manual =~ s/^ *```.*?^ *```//smgr;
my $inline = 0;
for ($prose =~ /`([^`\n]+)`/g) { if (/(?:^|[\s(])cozykart [a-z]/) { push @lines, map { [0, $_] } calls($_); $inline++ } }
cmp_ok($inline, '>', 20, 'so were those in the text');
for (@lines) {
    my ($whole, $line) = @$_;
    my $why = wrong($whole, words($line));
    push @wrong, "cozykart $line: $why" if defined $why;
}
is(join("\n", @wrong), '', 'every command, option and number of arguments is right');
# The looker itself: it finds what is wrong.
for (['nonsense'], ['race', 'shaw', '1'], ['race', 'show'], ['race', 'show', '1', '--all'], ['verify', 'a', 'b'], ['race', 'sub', '1', '--seat']) {
    ok(defined wrong(1, @$_), "it would find: cozykart @$_");
}

# Shell blocks are shell.
my @broken;
while ($manual =~ /^( *)```sh\n(.*?)^ *```/msg) {
    my ($indent, $block) = ($1, $2);
    $block =~ s/^\Q$indent\E//mg;
    open my $sh, '|-', 'sh -n 2>/dev/null' or die $!;
    binmode $sh, ':utf8';
    print $sh $block;
    close $sh or push @broken, $block;
}
is(join("\n", @broken), '', 'every block is shell');

# Settings, units, files of the tree, packages.
my %prefix = map { /^([a-z]+)\./ ? ($1 => 1) : () } keys %setting;
my %not = map { $_ => 1 } map { /^(.*)_file$/ ? $1 : () } keys %setting;
my @named = grep { /^([a-z]+)\./ && $prefix{$1} } $prose =~ /`([a-z]+\.[a-z_]+)\b[^`]*`/g;
is(list(grep { !$setting{$_} && !$not{$_} && !/^(?:ledger\.db|seal\.key|payout\.key|kofi\.path|refund\.\w+|payout\.(?:paid|failed))$/ } @named), '', 'every setting is there');
my %unit = map { m{([^/]+?)(?:\.in)?$} ? ($1 => 1) : () } Tree::files(qr/./, 'packaging/systemd');
is(list(grep { !$unit{$_} } $manual =~ /\b(cozykart[\w-]*\.(?:service|socket|timer|target))\b/g), '', 'every unit is there');
is(list(grep { !$unit{"$_.service"} } $manual =~ /(?:systemctl (?:re)?(?:start|load|status)(?: cozykart-\w+)*|journalctl -u) (cozykart-\w+)(?![\w.])/g), '', '… also by its short name');
my ($needs) = Tree::slurp('packaging/debian/control') =~ /^Build-Depends:\n((?: .*\n)+)/m;
my @needs = grep { !/^debhelper-compat$/ } map { /^ ([\w.+-]+)/ ? $1 : () } split /\n/, $needs;
my ($installs) = $manual =~ /^apt install (build-essential.*?[^\\])$/ms;
is(list(grep { my $p = $_; !grep { $_ eq $p } split ' ', $installs } @needs), '', 'what building needs is named');
is(list(grep { !-e "$Tree::src/packaging/$_" && !-e "$Tree::src/$_" } map { s/^\.\.\///r } $manual =~ /\]\(([^)#:]+)(?:#[^)]*)?\)/g), '', 'files that are linked are there');

# Links within, as the sites that show such pages make them.
sub anchor { my ($s) = @_; $s = lc $s; $s =~ s/[^\w -]//g; $s =~ s/ /-/g; return $s }
my %anchor = map { anchor($_) => 1 } $manual =~ /^#+ (.+)$/mg;
is(list(grep { !$anchor{$_} } $manual =~ /\]\(#([^)]+)\)/g), '', 'links within lead somewhere');
my %heading = map { $_ => 1 } $manual =~ /^#+ (.+)$/mg;
my @rules = map { Tree::slurp($_) } Tree::files(qr/\.rules\.yml$/, 'packaging');
is(list(grep { !$heading{$_} } map { /^\s+section: '([^']+)'/mg } @rules), '', 'rules for Prometheus name sections that are there');
my %for = map { /^\s+- alert: (\w+)\n(?:(?!^\s+- alert).*\n)*?\s+section: '([^']+)'/mg } @rules;
cmp_ok(scalar keys %for, '>', 20, 'rules were found');
is(list(grep { $for{$_} eq 'Monitoring' && $manual !~ /\b$_\b/ } keys %for), '', '… and Monitoring has a word on each that names it');
my ($table) = $manual =~ /^\| rule \| what to do \|\n(.*?)\n\n/ms;
is(list(grep { !$for{$_} } $table =~ /\b(Cozykart\w+)/g), '', '… and on no other');

# Every kind of alert. Where a call's kind is a variable, the file stands here: its kinds are found
# otherwise, below or in those who call it.
my %elsewhere = map { $_ => 1 } 'src/queue/alert.c', 'src/vault/post.c', 'src/vault/watch.c', 'src/upkeep/upkeep.c', 'src/job/beat.c';
my (%kind, @unseen);
for my $file (Tree::files(qr/\.c$/, 'src')) {
    my $c = Tree::slurp($file) =~ s{/\*.*?\*/}{}gsr;
    while ($c =~ /\b(alert_raise\(\s*ctx, tx,|beat_alert\(ctx, [^,]+, [^,]+,|say\(ctx, tx, [^;]*?,(?=\s*STR\())\s*([^;]*)/g) {
        my ($first) = $2 =~ /^((?:[^,"(]*\?\s*)?STR\("[a-z_]+"\)(?:\s*:\s*STR\("[a-z_]+"\))?)/;
        if (defined $first) { $kind{$_} = $file for $first =~ /STR\("([a-z_]+)"\)/g }
        elsif (!$elsewhere{$file}) { push @unseen, "$file: " . substr($2, 0, 60) }
    }
    $kind{$_} = $file for $c =~ /msg_add_str\(m, "kind", STR\("([a-z]+_[a-z_]+)"\)\)/g;
}
my ($ages) = Tree::slurp('src/vault/watch.c') =~ /ages\[\] = \{(.*?)\n\};/s;
$kind{$_} = 'watch.c' for $ages =~ /\{"[^"]+", "([a-z_]+)"/g;
$kind{$_} = 'upkeep.c' for Tree::slurp('src/upkeep/upkeep.c') =~ /\{"[a-z]+",\s*"([a-z]+_failed)"/g;
cmp_ok(scalar keys %kind, '>', 40, 'kinds of alerts were found');
is(join("\n", @unseen), '', 'no kind is hidden from this test');
my %said = map { $_ => 1 } $manual =~ /^#### alert ([a-z_]+)$/mg;
is(list(grep { !$said{$_} } keys %kind), '', 'each kind of alert has its section');
is(list(grep { !$kind{$_} } keys %said), '', '… and no section is of one that cannot be');
my ($events) = Tree::slurp('src/queue/alert.c') =~ /event\[\] = \{(.*?)\};/s;
my %event = map { $_ => 1 } $events =~ /"(\w+)"/g;
my %section = $manual =~ /^#### alert (\w+)\n\n(.*?)(?=\n\n#)/msg;
is(list(grep { !$event{$_} && $section{$_} !~ /\b[Gg]oes (?:with|when|by|after|on|at)\b/ } keys %section), '', 'each says when it goes');
is(list(grep { ($section{$_} =~ /[Ee]nds by hand/ xor $event{$_}) } keys %section), '', '… or that people end it');
done_testing;
