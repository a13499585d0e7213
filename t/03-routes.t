# The table of addresses against the tree: every handler is there once, every page's links lead
# somewhere, nothing that changes is reachable with GET.
use strict;
use warnings;
use Test::More;
use Tree;

my $table = Tree::slurp('src/page/routes.c');
my ($body) = $table =~ /routes_table\[\] = \{(.*?)\n\};/s;
my @rows = $body =~ /\{"(\w+)",\s*"([^"]+)",\s*(\w+),\s*([\w| ]+?),/g;
my %route;
my (@twice, @lost);
my $header = Tree::slurp('src/page/routes.h');
my %code = map { $_ => Tree::slurp($_) } Tree::files(qr/\.c$/, 'src/page');
my $count = 0;
while (my ($method, $pattern, $handler, $flags) = splice @rows, 0, 4) {
    push @twice, "$method $pattern" if $route{"$method $pattern"}++;
    my @homes = grep { $code{$_} =~ /^\Q$handler\E\(struct ctx/m } sort keys %code;
    push @lost, "$handler: " . scalar @homes unless @homes == 1 && $header =~ /\b\Q$handler\E\(/;
    $count++;
}
cmp_ok($count, '>=', 19, 'the table is read');
is_deeply(\@twice, [], 'no address stands twice');
is_deeply(\@lost, [], 'every handler has one home and one declaration');

# Links and forms of the templates that are written out.
my @dead;
for my $path (Tree::files(qr/\.mustache$/, 'templates')) {
    my $t = Tree::slurp($path);
    while ($t =~ /<(a|form)\b[^>]*?\s(?:href|action)="(\/[^"{#?]*)"/g) {
        my ($what, $to) = ($1, $2);
        my $method = $what eq 'form' && $& =~ /method="post"/ ? 'POST' : 'GET';
        push @dead, "$path: $method $to" unless $route{"$method $to"};
    }
}
is_deeply(\@dead, [], 'every link and form leads to an address of the table');

# What an error is called has a page: the type of problem documents leads there.
my ($pages) = Tree::slurp('src/page/problempage.c') =~ /PROBLEMS\[\] = \{(.*?)^\};/ms;
my %said = map { $_ => 1 } $pages =~ /^    \{"([a-z-]+)"/gm;
my %code_of = map { $_ => 1 } Tree::slurp('src/base/err.c') =~ /STR_INIT\("E_\w+"\),\s*STR_INIT\("([a-z-]+)"\)/g;
for my $path (Tree::files(qr/\.c$/, 'src')) { $code_of{$_} = 1 for Tree::slurp($path) =~ /fail_as\([^;]*?STR\("([a-z-]+)"\)/g }
cmp_ok(scalar keys %code_of, '>', 18, 'the codes of errors are found');
is_deeply([grep { !$said{$_} } sort keys %code_of], [], 'each has a page');
is_deeply([grep { !$code_of{$_} } sort keys %said], [], 'each such page has a code');

# The vault's commands are asked only by handlers of POST.
my @asking;
for my $path (sort keys %code) {
    my $c = $code{$path};
    while ($c =~ /^(\w+)\(struct ctx \*ctx, const struct req \*req[^{]*\{(.*?)^\}/gms) {
        my ($name, $inside) = ($1, $2);
        next unless $inside =~ /call_ask\(/;
        push @asking, $name unless $name eq 'ask_vault' || grep { /^POST / } ($body =~ /\{"(POST)",\s*"[^"]+",\s*\Q$name\E,/ ? "POST $name" : ());
    }
}
is_deeply(\@asking, [], 'only what is posted sends commands');
done_testing();
