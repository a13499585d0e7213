# perl fill.pl TABLE TEXTS PAGE: prints PAGE with the lists that exist in code put in. TABLE is what
# `cozykart help --table` prints, TEXTS adds words to single commands and settings (texts).
use strict;
use warnings;

my ($table, $texts, $page) = @ARGV;
my (@commands, @settings, @exits, @groups, @sets);
open my $in, '<', $table or die "$table: $!\n";
while (<$in>) {
    chomp;
    my ($what, @f) = split /\t/, $_, -1;
    push @commands, { word => $f[0], sub => $f[1], options => $f[4], usage => $f[5], help => $f[6] } if $what eq 'command';
    push @settings, { name => $f[0], kind => $f[1], lo => $f[2], hi => $f[3], otherwise => $f[4], help => $f[5] } if $what eq 'setting';
    push @exits, { code => $f[0], title => $f[2] } if $what eq 'exit' && $f[0];
    push @groups, { title => $f[0], words => [split / /, $f[1]] } if $what eq 'group';
    push @sets, { command => $f[0], name => $f[1], words => [split / /, $f[2]] } if $what eq 'set';
}
die "$table: no commands or settings\n" unless @commands && @settings;

my (%text, @readers, $at);
open $in, '<', $texts or die "$texts: $!\n";
while (<$in>) {
    next if /^#|^\s*$/;
    if (/^= (.+?)\s*$/) { $at = $1; next }
    if (/^readers (\S+): (.+)$/) { push @readers, [$1, $2]; next }
    $text{$at} .= $_ if defined $at;
}

# A line of text: nothing in it is a macro.
sub plain {
    my ($s) = @_;
    $s =~ s/\\/\\e/g;
    $s =~ s/^([.'])/\\&$1/mg;
    $s =~ s/-/\\-/g;
    return $s;
}
sub sentence { my $s = ucfirst shift; $s .= '.' unless $s =~ /[.]$/; return plain($s) }

# "--host MEMBER [--name TEXT]" as macros.
sub synopsis {
    my ($usage) = @_;
    my @out;
    while ($usage =~ /\G(\s*)(\[|\]|\(|\)|\||,|…|=|--[a-z][a-z-]*|https:\/\/…|[A-Z][A-Z]+|[^\s\[\](),|=…]+)/g) {
        my ($blank, $t) = ($1, $2);
        my $tight = @out && $blank eq '' && $t ne ']' && $out[-1] ne 'Oo';
        push @out, 'Ns' if $tight && $t ne ')' && $out[-1] ne '(';
        push @out, $t eq '[' ? 'Oo' : $t eq ']' ? 'Oc'
            : $t =~ /^--(.*)/ ? ('Fl', '\\-' . plain($1))
            : $t =~ /^[A-Z]+$/ ? ('Ar', $t)
            : $t =~ /^[|()]$/ ? $t
            : 'No \\&' . plain($t);
    }
    return join ' ', @out;
}

sub command_item {
    my ($k) = @_;
    my $name = $k->{word} . ($k->{sub} ? " $k->{sub}" : '');
    my $own = $text{$name} // '';
    my $usage = synopsis($k->{usage});
    my $s = ".It Cm " . plain($name) . ($usage eq '' ? '' : " $usage") . "\n" . sentence($k->{help}) . "\n$own";
    for my $set (grep { ($_->{command} eq $name || $_->{command} eq '') && $k->{usage} =~ /\b$_->{name}\b/ } @sets) {
        next unless grep { index($k->{help}, $_) < 0 } @{ $set->{words} };
        $s .= ".Ar $set->{name}\nis one of\n" . set_words(@{ $set->{words} });
    }
    return $s;
}
sub set_words {
    my @w = map { plain($_) } @_;
    my $last = pop @w;
    return join('', map { ".Cm $_ ,\n" } @w) . ".Cm $last .\n";
}

sub commands {
    my %left = map { $_->{word} => 1 } @commands;
    my $s = '';
    for my $g (@groups) {
        my @mine = map { my $w = $_; grep { $_->{word} eq $w } @commands } @{ $g->{words} };
        next unless @mine;
        delete $left{ $_->{word} } for @mine;
        $s .= ".Ss $g->{title}\n.Bl -tag -width Ds\n" . join('', map { command_item($_) } @mine) . ".El\n";
    }
    my @rest = grep { $left{ $_->{word} } } @commands;
    $s .= ".Ss Others\n.Bl -tag -width Ds\n" . join('', map { command_item($_) } @rest) . ".El\n" if @rest;
    return $s;
}

sub exits {
    my (%title, @order);
    for (@exits) { push @order, $_->{code} unless $title{ $_->{code} }; push @{ $title{ $_->{code} } }, $_->{title} }
    return join '', map { ".It $_\n" . plain(join('; ', map { lcfirst } @{ $title{$_} }) =~ s/^(.)/\u$1/r) . ".\n" } sort { $a <=> $b } @order;
}

my %kind = (mode => 'word', word => 'word', list => 'list of words', number => 'whole number', file => 'file',
    path => 'path', url => 'address', remote => 'address', smtp => 'address', id => 'number', key => '64 hex signs', host => 'host name',
    name => 'word', text => 'text', currency => 'currency');
sub setting_item {
    my ($k) = @_;
    my $kind = $kind{ $k->{kind} } // $k->{kind};
    my ($otherwise, $of) = ($k->{otherwise}, '');
    if ($k->{kind} eq 'word') { $of = $otherwise =~ s/\|/, /gr; $otherwise =~ s/\|.*// }
    $of = 'test, live' if $k->{kind} eq 'mode';
    if ($k->{kind} eq 'list') { $of = $otherwise =~ s/,/, /gr; $otherwise = 'all of them' }
    $of = "$k->{lo} to $k->{hi}" if $k->{kind} eq 'number';
    my ($who) = map { $_->[1] } grep { my $fits = quotemeta($_->[0]) =~ s/\\\*/.*/gr; $k->{name} =~ /^$fits$/ }
        sort { length $b->[0] <=> length $a->[0] } @readers;
    my $s = ".It Ic " . plain($k->{name}) . "\n" . sentence($k->{help}) . "\n" . ($text{ $k->{name} } // '');
    $s .= ".br\n" . plain(ucfirst $kind) . ($of ne '' ? ($k->{kind} eq 'number' ? ', ' : ': ') . plain($of) : '')
        . "; default " . ($otherwise eq '' ? 'empty' : plain($otherwise)) . ".\n";
    $s .= "Used by " . plain($who) . ".\n" if defined $who;
    return $s;
}

sub settings {
    my ($s, $now) = ('', '');
    for my $k (@settings) {
        my ($prefix) = $k->{name} =~ /^([a-z]+)/;
        if ($prefix ne $now) {
            $s .= ".El\n" if $s ne '';
            my $own = $text{"settings $prefix"} // '';
            my $title = $own =~ s/^title (.+)\n// ? $1 : ucfirst $prefix;
            $s .= ".Ss $title\n$own.Bl -tag -width Ds\n";
            $now = $prefix;
        }
        $s .= setting_item($k);
    }
    return "$s.El\n";
}

my %list = (commands => \&commands, exits => \&exits, settings => \&settings);
open $in, '<', $page or die "$page: $!\n";
while (<$in>) {
    if (/^\@(\w+)\@$/) { die "$page: there is no list $1\n" unless $list{$1}; print $list{$1}->(); next }
    print;
}
