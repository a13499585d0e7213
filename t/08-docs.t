# Lists and documents say what is on the disk.
use strict;
use warnings;
use Test::More;
use Tree;

my $lists = join "\n", map { my $f = $_; my $dir = $f =~ s{/[^/]+$}{}r; Tree::slurp($f) =~ s/%D%/$dir/gr }
    Tree::files(qr/local\.mk$/, 'src', 'sql', 'templates', 'static', 'nginx', 'packaging', 'demo', 't');
my @missing;
for my $file (Tree::files(qr/./, 'src', 'sql', 'templates', 'static', 'nginx', 'packaging', 'demo', 't')) {
    next if $file =~ m{local\.mk$|/README\.md$|^t/data/|~$|\.(?:orig|rej|o|log|trs|Po)$|/\.deps/};
    my $name = $file =~ s{\.mustache$}{}r;
    push @missing, $file unless $lists =~ m{(?:^|[\s/])\Q$file\E(?:\s|$|\\)}m || $lists =~ m{\Q$name\E(?:\s|$)}m;
}
is(scalar @missing, 0, 'every file stands in a list of its folder') or diag(join "\n", @missing);

my $map = Tree::slurp('src/README.md');
my %folder = map { m{^src/([^/]+)/} ? ($1 => 1) : () } Tree::files(qr/\.[ch]$/, 'src');
my @unknown = grep { $map !~ m{`?\Q$_\E/?`?\b} } sort keys %folder;
is("@unknown", '', 'src/README.md names every folder');

my @addresses = Tree::slurp('src/page/routes.c') =~ m{"(?:GET|POST|HEAD)"\s*,\s*"([^"]+)"}g;
ok(@addresses >= 15, 'the table of addresses was found');
my $routes = join '', map { Tree::slurp($_) } 'src/README.md', 'README.md';
my @silent = grep { index($routes, $_) < 0 } @addresses;
is("@silent", '', 'src/README.md names every address');

my @marks;
for my $file (Tree::files(qr/\.(?:[ch]|sql|mustache|css|js|pm|t|md|mk|in|conf)$/, 'src', 'sql', 'templates', 'static', 'nginx', 'packaging', 'demo', 't')) {
    next if $file eq 't/08-docs.t';
    my $n = 0;
    for my $line (Tree::lines($file)) {
        $n++;
        push @marks, "$file:$n" if $line =~ /\b(?:TODO|FIXME|XXX|HACK)\b/;
    }
}
is("@marks", '', 'no unfinished marks');

# configure.ac names the version of everything; the package's changelog begins with it.
my ($version) = Tree::slurp('configure.ac') =~ /^AC_INIT\(\[cozykart\], \[(.+?)\]\)/m;
like(Tree::slurp('packaging/debian/changelog'), qr/^cozykart \(\Q$version\E\) /, "the package's changelog begins with version $version");
done_testing;
