# What an installation holds, and that its programs run from there.
use strict;
use warnings;
use Cozykart;
use Test::More;

my $stage = Cozykart::stage();
for my $program (qw(cozykart cozykart-audit cozykart-house cozykart-jobs cozykart-vault cozykart-web)) {
    ok(-x "$stage/bin/$program", "$program is installed");
    my $out = `"$stage/bin/$program" --help 2>&1`;
    is($?, 0, "$program --help ends with 0");
    like($out, qr/^usage: \Q$program\E/im, '… and says how it is used');
    `"$stage/bin/$program" --no-such-option 2>&1`;
    isnt($?, 0, "$program refuses what it does not know");
}
for my $file (qw(nginx/server.conf.in nginx/live.conf.in packaging/fill packaging/sandbox demo/night templates/layout.mustache)) {
    ok(-e "$stage/share/cozykart/$file", "$file is installed");
}
for my $file (qw(man/man1/cozykart.1 man/man5/cozykart.conf.5 man/man5/cozykart-ledger.5 man/man8/cozykart-vault.8 doc/cozykart/FORMAT.md doc/cozykart/README.md
    bash-completion/completions/cozykart zsh/vendor-completions/_cozykart)) {
    ok(-s "$stage/share/$file", "$file is installed");
}
my @loose = grep { -f && (stat)[2] & 022 } glob "$stage/bin/* $stage/share/cozykart/*/*";
is(scalar @loose, 0, 'nothing installed can be written by others');
like(`"$stage/bin/cozykart" version`, qr/^cozykart \d+\.\d+\.\d+/, 'the version');
done_testing;
