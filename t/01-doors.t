# Each foreign package has one door.
use strict;
use warnings;
use Test::More;
use Tree;

my @door = (
    [qr{^fcgi},      qr{^src/http/fcgi\.c$}],
    [qr{^curl/},     qr{^src/provider/(?:httpc|smtpc)\.c$}],
    [qr{^cjson/|^cJSON}, qr{^src/base/json\.c$}],
    [qr{^openssl/},  qr{^src/base/crypt\.c$}],
    [qr{^sqlite3},   qr{^src/db/}],
);
my (@wrong, %used);
for my $file (Tree::files(qr/\.[ch]$/, 'src')) {
    next if $file =~ m{^src/audit/};    # a program apart, with its own
    for my $line (Tree::lines($file)) {
        $line =~ /^\s*#\s*include\s+[<"]([^>"]+)[>"]/ or next;
        my $header = $1;
        for my $d (@door) {
            next unless $header =~ $d->[0];
            $used{ $d->[0] }++;
            push @wrong, "$file includes <$header>" unless $file =~ $d->[1];
        }
    }
    next if $file =~ m{^src/base/arena\.c$};
    my $code = Tree::code($file);
    push @wrong, "$file uses $1" if $code =~ /\b(malloc|calloc|realloc|strdup|strndup|asprintf|vasprintf|free)\s*\(/;
}
is(scalar keys %used, scalar @door, 'every door is there');
is(scalar @wrong, 0, 'every package is entered by its door, memory by base/arena.c') or diag(join "\n", @wrong);
done_testing;
