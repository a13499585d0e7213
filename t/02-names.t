# foo.c exports only foo_*; base names are unique; one idea has one word.
use strict;
use warnings;
use Test::More;
use Tree;

my $lib = "$ENV{BUILDDIR}/src/libcozykart.a";
plan skip_all => 'the library is not built' unless -e $lib;

my (%base, @twice);
for my $file (Tree::files(qr/\.c$/, 'src')) {
    my ($name) = $file =~ m{([^/]+)\.c$};
    push @twice, "$file and $base{$name}" if $base{$name};
    $base{$name} = $file;
}
is(scalar @twice, 0, 'base names of C files are unique') or diag(join "\n", @twice);

my ($member, @wrong) = ('');
my $seen = 0;
for my $line (`nm -g --defined-only "$lib" 2>/dev/null`) {
    if ($line =~ m{^(?:.*/)?(?:libcozykart_a-)?([\w-]+)\.o:$}) { $member = $1; next; }
    $line =~ /^[0-9a-f]+ [A-Z] (\w+)$/ or next;
    my $symbol = $1;
    next if $symbol =~ /^(__|_)/;
    $seen++;
    push @wrong, "$member.c exports $symbol" unless $symbol =~ /^\Q$member\E(_|$)/;
}
ok($seen > 100, "looked at $seen symbols");
is(scalar @wrong, 0, 'each file exports only names that begin with its own') or diag(join "\n", @wrong);
done_testing;
