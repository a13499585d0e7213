# Files stay short enough to read; lines fit.
use strict;
use warnings;
use Test::More;
use Tree;

my (@long, @wide);
for my $file (Tree::files(qr/\.[ch]$/, 'src', 't')) {
    my @lines = Tree::lines($file);
    push @long, sprintf '%s: %d lines', $file, scalar @lines if @lines > 600;
    push @wide, map { "$file:$_" } grep { my $l = $lines[$_ - 1]; utf8::decode($l); length $l > 100 } 1 .. @lines;
}
is(scalar @long, 0, 'no file passes 600 lines') or diag(join "\n", @long);
is(scalar @wide, 0, 'no line passes 100 columns') or diag(join "\n", @wide[0 .. ($#wide > 20 ? 20 : $#wide)]);
done_testing;
