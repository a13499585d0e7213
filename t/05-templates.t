# Templates and style sheets: what can be seen without running anything.
use strict;
use warnings;
use Test::More;
use Tree;

my @templates = Tree::files(qr/\.mustache$/, 'templates');
my %raw = map { $_ => 1 } grep { /\S/ && !/^#/ } Tree::lines('templates/raw-names');
my (@unquoted, @rawish, @inline, @foreign, @forms, @get_forms);
for my $path (@templates) {
    my $t = Tree::slurp($path) =~ s/\{\{!.*?\}\}//gsr;
    my $html = $t =~ s/\{\{.*?\}\}+/X/gsr;
    my $bare = $html =~ s/"[^"]*"/""/gr;
    while ($bare =~ /<[a-z][^<>]*?\s([a-z-]+)=(?!"")/g) { push @unquoted, "$path: $1" }
    while ($t =~ /\{\{\{\s*([\w.]+)\s*\}\}\}|\{\{&\s*([\w.]+)/g) {
        push @rawish, "$path: " . ($1 // $2) unless $raw{ $1 // $2 };
    }
    push @inline, $path if $html =~ /<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)/i;
    push @foreign, $path if $t =~ m{(?:src|href|action)="(?:https?:)?//}i;
    while ($t =~ /<form\b([^>]*)>(.*?)<\/form>/gs) {
        my ($head, $inside) = ($1, $2);
        if ($head =~ /method="post"/) { push @forms, $path unless $inside =~ /name="form_token"/ }
        elsif ($head !~ /method="get"/) { push @get_forms, $path }
    }
}
cmp_ok(scalar @templates, '>', 15, 'the templates are there');
is_deeply(\@unquoted, [], 'attributes are always quoted');
is_deeply(\@rawish, [], 'raw names stand in raw-names');
is_deeply(\@inline, [], 'no inline style, script or handler');
is_deeply(\@foreign, [], 'nothing comes from or goes to another site');
is_deeply(\@forms, [], 'every form that posts carries a token');
is_deeply(\@get_forms, [], 'every other form says that it gets');
my $makefile = Tree::slurp('templates/local.mk');
is_deeply([grep { my $n = s{^templates/}{}r; $makefile !~ m{%D%/\Q$n\E(?:\s|$)} } @templates], [],
    'every template is installed');

my %sheet = map { $_ => Tree::slurp("static/$_") } 'app.css', 'overlay.css';
for my $name (sort keys %sheet) {
    my $css = $sheet{$name} =~ s{/\*.*?\*/}{}gsr;
    unlike($css, qr/infinite/, "$name: no motion without an end");
    my @slow = grep { $_ > 600 } $css =~ /animation:[^;]*?(\d+)ms/g;
    is_deeply(\@slow, [], "$name: no motion over 600 ms");
    unlike($css, qr/\@import|url\((?!"cozy-|"data:)/, "$name: asks no other place for anything");
    like($css, qr/prefers-reduced-motion: reduce/, "$name: honours reduced motion");
    my @frames = $css =~ /\@keyframes [a-z]+ \{((?:[^{}]*\{[^{}]*\})*)/g;
    is_deeply([grep { /(?:^|[{;\s])(?!transform|opacity)[a-z-]+:/ } @frames], [],
        "$name: only transform and opacity move");
}
like($sheet{'app.css'}, qr/forced-colors: active/, 'app.css: forced colours');
like($sheet{'app.css'}, qr/prefers-contrast: more/, 'app.css: more contrast');
like($sheet{'app.css'}, qr/:focus-visible \{[^}]*3px solid var\(--gold\)/, 'app.css: the focus ring');
like($sheet{'overlay.css'}, qr/html, body \{[^}]*background: transparent/, 'overlay.css: the page is transparent');
unlike($sheet{'overlay.css'}, qr/:has\(|\bbackdrop-filter|^\s+&/m, 'overlay.css: nothing that an old Chromium lacks');
for my $js ('app.js', 'overlay.js') {
    my $code = Tree::slurp("static/$js");
    unlike($code, qr/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/, "$js: makes no markup from text");
    unlike($code, qr{["'](?:https?:)?//}, "$js: asks no other site");
    unlike($code, qr/lastEventId/, "$js: trusts no id of the transport");
}
cmp_ok(length Tree::slurp('static/app.js'), '<', 12 * 1024, 'app.js is small');

# Contrast as WCAG 2 computes it, of the tokens as they stand in the sheets.
sub channel { my $c = hex($_[0]) / 255; return $c <= 0.03928 ? $c / 12.92 : (($c + 0.055) / 1.055)**2.4 }
sub luminance { my ($r, $g, $b) = $_[0] =~ /^#(..)(..)(..)$/; return 0.2126 * channel($r) + 0.7152 * channel($g) + 0.0722 * channel($b) }
sub contrast {
    my ($a, $b) = sort { $b <=> $a } map { luminance($_) } @_;
    return ($a + 0.05) / ($b + 0.05);
}
sub tokens { return $_[0] =~ /--([a-z0-9-]+): (#[0-9A-Fa-f]{6});/g }
my ($dark) = $sheet{'app.css'} =~ /:root \{(.*?)\n\}/s;
my ($light) = $sheet{'app.css'} =~ m{/\* paper \*/(.*?)/\* end of paper \*/}s;
my @text = qw(ink mist fog gold cyan lime rose amber violet link acid);
for my $theme (['night', { tokens($dark) }], ['paper', { tokens($dark), tokens($light) }]) {
    my ($name, $t) = @$theme;
    my @low;
    for my $ground (qw(night asphalt kerb)) {
        for my $ink (@text) {
            my $c = contrast($t->{$ink}, $t->{$ground});
            push @low, sprintf '%s on %s %.2f', $ink, $ground, $c if $c < 4.5;
        }
        for my $metal (1 .. 3) {
            my $c = contrast($t->{"metal-$metal"}, $t->{$ground});
            push @low, sprintf 'metal %d on %s %.2f', $metal, $ground, $c if $c < ($ground eq 'kerb' ? 2.5 : 3);
        }
        my $c = contrast($t->{line}, $t->{$ground});
        push @low, sprintf 'line on %s %.2f', $ground, $c if $c < 3;
    }
    for my $button (qw(gold cyan lime rose)) {
        my $c = contrast($t->{'on-button'}, $t->{$button});
        push @low, sprintf 'button %s %.2f', $button, $c if $c < 4.5;
    }
    for my $metal (1 .. 3) {
        my $c = contrast($t->{'on-metal'}, $t->{"metal-$metal"});
        push @low, sprintf 'on metal %d %.2f', $metal, $c if $c < 4.5;
    }
    is_deeply(\@low, [], "$name: every text has contrast 4.5, every line 3");
}
is(sprintf('%.2f', contrast('#FFC94D', '#0B1020')), '12.36', 'the sum is done as in the standard');

# Overlays: plates over the worst picture, pure white under night, pure black under paper.
sub over { my ($base, $alpha, $under) = @_; return sprintf '#' . '%02X' x 3, map { int($_ * $alpha + $under * (1 - $alpha) + 0.5) } @$base }
my ($night) = $sheet{'overlay.css'} =~ /:root \{(.*?)\n\}/s;
my ($paper) = $sheet{'overlay.css'} =~ m{/\* paper \*/(.*?)/\* end of paper \*/}s;
for my $case (['night', $night, 0.86, 255], ['paper', $paper, 0.94, 0]) {
    my ($name, $text, $alpha, $under) = @$case;
    my %t = tokens($text);
    my ($base) = $text =~ /--base: (\d+, \d+, \d+);/;
    my $plate = over([split /, /, $base], $alpha, $under);
    my @low = map { sprintf '%s %.2f', $_, contrast($t{$_}, $plate) }
        grep { contrast($t{$_}, $plate) < 4.5 } grep { $t{$_} } @text;
    is_deeply(\@low, [], "overlay $name: text on a plate is readable over any picture");
}
done_testing();
