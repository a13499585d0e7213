# Who may include whom: a file includes only lower levels and its own folder.
use strict;
use warnings;
use Test::More;
use Tree;

my %level = (
    base => 0, db => 1, view => 1, call => 1, setup => 1, ledger => 2, queue => 2, user => 3, contest => 3, upkeep => 3,
    race => 4, provider => 4, shop => 4, payout => 4, league => 5, dj => 5, bot => 6, draw => 6, vault => 7, http => 7, page => 8, job => 8,
    main => 9,
);
# Narrower than its level.
my %only = (provider => { base => 1 }, http => { base => 1, db => 1, view => 1, call => 1 });
my %never = (page => { vault => 1 }, job => { vault => 1 });

sub allowed {
    my ($from, $to) = @_;
    return 1 if $from eq $to;
    return 0 if $from eq 'audit' || $to eq 'audit';
    return 0 unless defined $level{$from} && defined $level{$to};
    return 0 if $only{$from} && !$only{$from}{$to};
    return 0 if $never{$from}{$to};
    return $level{$to} < $level{$from};
}

ok(allowed('race', 'ledger') && !allowed('ledger', 'race') && !allowed('race', 'provider')
    && !allowed('page', 'vault') && !allowed('audit', 'base'), 'the rule itself refuses what it must');

my @wrong;
my $seen = 0;
for my $file (Tree::files(qr/\.[ch]$/, 'src')) {
    my ($from) = $file =~ m{^src/([^/]+)/} or next;
    my $n = 0;
    for my $line (Tree::lines($file)) {
        $n++;
        $line =~ /^\s*#\s*include\s+"([^"]+)"/ or next;
        $seen++;
        my ($to, $rest) = split m{/}, $1, 2;
        if (!defined $rest) {
            push @wrong, "$file:$n: \"$1\" does not carry its folder" unless $from eq 'audit';
        } elsif (!allowed($from, $to)) {
            push @wrong, "$file:$n: $from may not include $to";
        }
    }
}
ok($seen > 100, "looked at $seen includes");
is(scalar @wrong, 0, 'every include goes down') or diag(@wrong ? join "\n", @wrong : '');
done_testing;
