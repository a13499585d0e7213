# Manual pages, help and completion against the tables of the program: what is there stands there,
# and nothing else does.
use strict;
use warnings;
use Test::More;
use Tree;

my $build = $ENV{BUILDDIR};
my $program = "$build/cozykart";
plan skip_all => 'the program is not built' unless -x $program && -e "$build/docs/man/cozykart.1";

sub run { my $out = qx{$_[0] 2>&1}; return ($? >> 8, $out) }
sub have {
    my ($name) = @_;
    return 1 if grep { -x "$_/$name" } split /:/, $ENV{PATH};
    die "$name is not installed, and COZYKART_SKIP_IS_ERROR is set\n" if $ENV{COZYKART_SKIP_IS_ERROR};
    return 0;
}
sub list { return join ' ', sort @_ }

# The table as the program prints it, and once more as the source has it.
my (%command, %setting, @groups, @sets);
for (split /\n/, (run("$program help --table"))[1]) {
    my ($what, @f) = split /\t/, $_, -1;
    $command{ $f[0] . ($f[1] ne '' ? " $f[1]" : '') } = { options => $f[4], usage => $f[5], word => $f[0] } if $what eq 'command';
    $setting{ $f[0] } = { kind => $f[1] } if $what eq 'setting';
    push @groups, split / /, $f[1] if $what eq 'group';
    push @sets, \@f if $what eq 'set';
}
my ($rows) = Tree::slurp('src/main/ctl_table.c') =~ /ctl_commands\[\] = \{(.*?)\n\};/s;
my @rows = map { /^"([\w-]+)",\s*(?:NULL|"([\w-]+)")/ ? $1 . (defined $2 ? " $2" : '') : () } ($rows // '') =~ /^    \{(".*)$/mg;
cmp_ok(scalar @rows, '>', 80, 'the table of commands was found');
is(list(keys %command), list(@rows), 'help --table prints every command');
my @keys = Tree::slurp('src/base/conf_table.c') =~ /^    \{"([a-z_.]+)", KIND_/mg;
is(list(keys %setting), list(@keys), '… and every setting');
is(list(grep { $setting{$_}{kind} eq '?' } keys %setting), '', '… each with its kind');

# What a command takes and what its usage says.
my @odd;
for my $name (sort keys %command) {
    my $c = $command{$name};
    my @takes = map { s/=$//r } split ' ', $c->{options};
    my %said = map { $_ => 1 } $c->{usage} =~ /--([a-z][a-z-]*)/g;
    push @odd, "$name: takes (" . list(@takes) . ") says (" . list(keys %said) . ')' unless list(@takes) eq list(keys %said);
}
is("@odd", '', 'each usage line names every option, and no other');

my %word = map { $_->{word} => 1 } values %command;
is(list(grep { my $w = $_; !grep { $_ eq $w } @groups } keys %word), '', 'every word stands in a group of the help');

is(list(grep { !$word{$_} } @groups), '', '… and no group has one that is not there');

# Pages.
sub page { open my $in, '<', "$build/docs/man/$_[0]" or die "$_[0]: $!"; local $/; return scalar <$in> }
sub bare { return $_[0] =~ s/\\-/-/gr }
my %item;
my $page = bare(page('cozykart.1'));
while ($page =~ /^\.It Cm (.*)$/mg) {
    my $line = $1;
    my ($name) = sort { length $b <=> length $a } grep { $line =~ /^\Q$_\E(?: |$)/ } keys %command;
    $item{ $name // $line } = list(do { my %o = map { $_ => 1 } $line =~ /Fl -([a-z-]+)/g; keys %o });
}
is(list(keys %item), list(keys %command), 'cozykart(1) has every command, and no other');
is(list(grep { $item{$_} ne list(map { s/=$//r } split ' ', $command{$_}{options}) } grep { exists $command{$_} } keys %item), '',
    '… each with its options');
is(list(bare(page('cozykart.conf.5')) =~ /^\.It Ic (.+)$/mg), list(keys %setting), 'cozykart.conf(5) has every setting, and no other');

# The words beside the tables: about something that is there.
my (@about, @lost, %reader);
for (Tree::lines('docs/man/texts')) {
    push @about, $1 if /^= (.+?)\s*$/;
    $reader{$1} = $2 if /^readers (\S+): (.+)$/;
}
my %prefix = map { /^([a-z]+)/ ? ("settings $1" => 1) : () } keys %setting;
is(list(grep { !$command{$_} && !$setting{$_} && !$prefix{$_} } @about), '', 'docs/man/texts speaks of nothing else');
my %used;
for my $name (keys %setting) {
    my @fits = grep { my $fits = quotemeta =~ s/\\\*/.*/gr; $name =~ /^$fits$/ } keys %reader;
    push @lost, $name unless @fits;
    $used{$_} = 1 for @fits;
}
is(list(@lost), '', 'each setting says who uses it');
is(list(grep { !$used{$_} } keys %reader), '', '… and nobody uses one that is not there');

# Closed sets as the program has them.
my %set = map { ("$_->[0]:$_->[1]" => list(split / /, $_->[2])) } @sets;
sub words { my ($file, $pattern) = @_; my ($in) = Tree::slurp($file) =~ $pattern; return list(($in // '') =~ /["']([A-Za-z_]+)["']/g) }
is($set{':ROLE'}, words('src/user/member.c', qr/known\[\] = \{([^}]*)\}/), 'roles');
is($set{'sponsor slot:PLACE'}, list(Tree::slurp('src/league/sponsor.c') =~ /\{"(\w+)",\s+"/g), 'places of sponsors');
is($set{'inbox list:STATE'}, words('sql/schema/0003-queue.sql', qr/CHECK \(state IN (\('applied'[^)]*)\)/), 'states of notices');
is($set{'jobs list:STATE'}, words('sql/schema/0003-queue.sql', qr/CHECK \(state IN (\('due'[^)]*)\)/), 'states of jobs');
is($set{'payout list:STATE'}, list('open', split / /, words('sql/schema/0011-payout.sql', qr/CHECK \(state IN (\('REQUESTED'[^)]*)\)/)),
    'states of payouts');

# The other programs: a page each, with their options.
my %source = (
    'cozykart-vault.8' => 'src/main/start.c', 'cozykart-jobs.8' => 'src/main/start.c', 'cozykart-house.8' => 'src/main/house.c',
    'cozykart-web.8' => 'src/main/web.c', 'cozykart-audit.8' => 'src/audit/audit.c'
);
my @programs = map { Tree::slurp($_) =~ /^bin_PROGRAMS \+= (.+)$/mg } Tree::files(qr/local\.mk$/, 'src');
is(list(map { s/$/.8/r } grep { $_ ne 'cozykart' } map { s/^.*\///r } map { split ' ' } @programs), list(keys %source), 'every program has a page');
for my $name (sort keys %source) {
    my $c = Tree::slurp($source{$name});
    my %has = map { $_ => 1 } $c =~ /\{"([a-z-]+)",\s*(?:no|required)_argument/g, $c =~ /strcmp\(argv\[1\], "--([a-z-]+)"\)/g;
    my %said = map { $_ => 1 } bare(page($name)) =~ /\bFl -([a-z-]+)/g;
    delete $said{json} if $name !~ /audit/;
    is(list(keys %said), list(keys %has), "$name has the program's options");
}
my @ours = map { m{([^/]+)\.in$} } Tree::files(qr/\.in$/, 'docs/man');
my @links;
for my $name (@ours) {
    my $text = page($name);
    push @links, map { "$name: $_" } grep { my $to = $_; !grep { $_ eq $to } @ours }
        map { s/ /./r } $text =~ /^\.Xr (cozykart\S* \d)/mg;
}
is("@links", '', 'pages lead to pages that are there');

# Readers of pages are content with them.
SKIP: {
    skip 'no mandoc here', 1 unless have('mandoc');
    my $out = join '', map { (run("mandoc -T lint -W warning $build/docs/man/$_"))[1] } @ours;
    is($out, '', 'mandoc has no word against them');
}
SKIP: {
    skip 'no man and groff here', 1 unless have('man') && have('groff');
    my $out = join '', map { (run("LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z $build/docs/man/$_ >/dev/null"))[1] } @ours;
    is($out, '', 'neither has man');
}

# Help for people.
my @wide;
for my $what ('--help', map({ "help $_" } sort keys %word), map { "help $_" } sort keys %command) {
    my ($code, $text) = run("$program $what");
    utf8::decode($text);
    push @wide, $what if $code != 0 || $text eq '' || grep { length > 79 } split /\n/, $text;
}
is(list(@wide), '', 'each help fits 80 columns');
my ($code, $text) = run("$program help nonsense");
is($code, 66, 'help for what is not there: 66');
like($text, qr/there is no command 'nonsense'/, '… and says so');

# Completion: the program is the one just built, in whichever folder one stands.
my $dir = "$Tree::src/packaging/completion";
my @asked = (
    [[''], qr/^(?=.*\brace\b)(?=.*\bverify\b)/s], [['rac'], qr/^race$/], [['race', ''], qr/\bopen\b.*\bvoid\b/s],
    [['race', 'open', '--'], qr/--host\b.*--config\b/s], [['race', 'open', '--host', ''], qr/^$/],
    [['rule', 'add', 'fair', '--basis', ''], qr/^gross\nnet$/], [['rule', 'add', 'fair', '--share', 'w'], qr/^weighted\nwinner_bonus$/],
    [['role', 'grant', 'Nova', ''], qr/^host\n.*auditor$/s], [['member', 'add', 'Nova', '--role', 'st'], qr/^staff$/],
    [['sponsor', 'slot', 'Tyres', 'race'], qr/^race_card$/], [['jobs', 'list', '--state', ''], qr/^due\nleased\ndone\ndead$/],
    [['simulate', '--from', 'k'], qr/^kofi$/], [['--config', '/none', 'standin'], qr/^standings$/],
    [['help', 'race', 'disp'], qr/^dispute\ndisputes$/], [['race', 'show', '1', ''], qr/^$/], [['nonsense', ''], qr/^$/],
    [['verify', "$Tree::src/LICEN"], qr/LICENSE$/], [['verify', '--against', "$Tree::src/LICEN"], qr/LICENSE$/]
);
sub quoted { return join ' ', map { "'$_'" } @_ }
my $bash = "set -u; source $dir/cozykart.bash\n"
    . "ask() { COMP_WORDS=(\"\$0\" \"\$@\"); COMP_CWORD=\$#; COMPREPLY=(); _cozykart; printf '%s\\n' \"\${COMPREPLY[@]-}\"; }\n";
for my $case (@asked) {
    my ($words, $pattern) = @$case;
    my $script = $bash . 'ask ' . quoted(@$words);
    open my $pipe, '-|', 'bash', '--norc', '-c', $script, $program or die $!;
    my $out = do { local $/; <$pipe> } // '';
    chomp $out;
    like($out, $pattern, 'bash: ' . quoted(@$words));
}
is(qx{bash --norc -c 'source $dir/cozykart.bash; complete -p cozykart'}, "complete -F _cozykart cozykart\n", 'bash: asks it');
SKIP: {
    skip 'no zsh here', scalar @asked unless have('zsh');
    # What zsh's own machinery would do with the answers.
    my $zsh = "compadd() { [[ \$1 == -- ]] && shift; for w; do [[ \$w == \$PREFIX* ]] && print -r -- \$w; done }\n"
        . "_files() { print -rl -- \$PREFIX*(N) }\ncompset() { PREFIX=\${PREFIX#*=} }\n";
    for my $case (@asked) {
        my ($words, $pattern) = @$case;
        my $script = $zsh . "words=('$program' " . quoted(@$words) . "); CURRENT=\$#words; PREFIX=\$words[-1]; source $dir/_cozykart";
        open my $pipe, '-|', 'zsh', '-f', '-c', $script or die $!;
        my $out = do { local $/; <$pipe> } // '';
        chomp $out;
        like($out, $pattern, 'zsh: ' . quoted(@$words));
    }
}
done_testing;
