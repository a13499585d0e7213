# Names that are not used, each with a checked replacement; no floats; comments are /* */.
use strict;
use warnings;
use Test::More;
use Tree;

my @banned = (
    [qr/\b(?:strcpy|strcat|strncpy|strncat|sprintf|vsprintf|strtok|gets)\s*\(/, qr{^$}, 'str.h, buf.h'],
    [qr/\b(?:ato[ifl]l?|strto(?:l|ul|ll|ull|d|f)|[sf]?scanf)\s*\(/, qr{^$}, 'str_i64'],
    [qr/\b(?:gmtime|localtime|ctime|asctime|mktime|strftime)(?:_r)?\s*\(/, qr{^$}, 'clock.h'],
    [qr/\b(?:time|gettimeofday|clock_gettime)\s*\(/, qr{^src/base/(?:clock|world)\.c$}, 'ctx_now'],
    [qr/(?<!->)\b(?:rand|srand|random|drand48|getrandom|getentropy)\s*\(/, qr{^src/base/world\.c$}, 'world->random'],
    [qr/\b(?:system|popen|alloca|setjmp|longjmp)\s*\(/, qr{^$}, 'nothing'],
    [qr/\b(?:_exit|abort)\s*\(/, qr{^src/(?:base/(?:world|base|arena)\.c|main/)}, 'world->die'],
    [qr/\b(?:double|float)\b/, qr{^src/base/json\.c$}, 'integers'],
    [qr/\bpthread_/, qr{^$}, 'processes'],
    [qr{(?<!:)//}, qr{^$}, '/* */'],
);
my @wrong;
my $files = 0;
for my $file (Tree::files(qr/\.[ch]$/, 'src')) {
    $files++;
    my $audit = $file =~ m{^src/audit/};    # apart: its own library calls, the same discipline
    my $n = 0;
    for my $line (split /\n/, Tree::code($file)) {
        $n++;
        next if $line =~ /^#pragma GCC poison/;
        for my $b (@banned) {
            next unless $line =~ $b->[0];
            next if $file =~ $b->[1] && $b->[1] ne qr{^$};
            next if $audit && $line =~ /\b(?:exit|_exit)\s*\(/;
            push @wrong, "$file:$n: $& (use $b->[2])";
        }
    }
}
ok($files > 50, "looked at $files files");
is(scalar @wrong, 0, 'nothing banned is used') or diag(join "\n", @wrong);

# Both sides of a merge in one file: a compiler sees it, a script fails where it is run.
my ($scripts, @broken) = (0);
for my $file (qw(bootstrap Makefile.am configure.ac README.md .ci/run),
    Tree::files(qr/(?:\.(?:[ch]|am|mk|in|md|t|pm|p[ly]|sh|sql|mustache|css|js|mdoc|yml|json|conf|service|timer)|\/[\w-]+)$/, qw(src sql t demo docs nginx packaging templates static))) {
    my @lines = Tree::lines($file);
    push @broken, "$file holds both sides of a merge" if grep { /^(?:<{7}|>{7}) / } @lines;
    my ($shell) = ($lines[0] // '') =~ m{^#!.*\b(ba)?sh\b} ? ($1 // '') . 'sh' : next;
    $scripts++;
    my $said = `$shell -n "$Tree::src/$file" 2>&1`;
    push @broken, "$file: $said" if $?;
}
ok($scripts > 5, "looked at $scripts scripts of the shell");
is(scalar @broken, 0, 'nothing was merged by half, every script can be read') or diag(join "\n", @broken);
done_testing;
