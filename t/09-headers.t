# Each header compiles alone, and begins by saying what it is.
use strict;
use warnings;
use Test::More;
use File::Temp;
use Tree;

my $cc = $ENV{CC} || 'gcc';
my $flags = join ' ', map { chomp(my $l = `pkg-config --cflags $_ 2>/dev/null`); $l } qw(fcgi sqlite3 openssl libcurl libcjson);
my $dir = File::Temp->newdir;
my (@wrong, @mute);
my @headers = Tree::files(qr/\.h$/, 'src');
for my $h (@headers) {
    my $first = (Tree::lines($h))[0];
    push @mute, $h unless $first =~ m{^/\* \S};
    (my $name = $h) =~ s{[/.]}{_}g;
    open my $c, '>', "$dir/$name.c" or die $!;
    print {$c} '#include "', $h =~ s{^src/}{}r, "\"\ntypedef int header_test;\n";
    close $c;
    my $include = "-I$Tree::src/src -I$ENV{BUILDDIR}/src";
    my $errors = `$cc -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only $include $flags $dir/$name.c 2>&1`;
    push @wrong, "$h: " . ($errors =~ s/\n.*//sr) if $?;
}
ok(@headers > 40, sprintf 'looked at %d headers', scalar @headers);
is(scalar @wrong, 0, 'each header stands alone') or diag(join "\n", @wrong);
is("@mute", '', 'each header begins with what it is');
done_testing;
