# Bytes that rot on the disk: of every mutation of a ledger the program's verify or the auditor tells, or no money
# is other than before. Short form; make rot is the long one (ROT=10000).
use strict;
use warnings;
use Cozykart;
use Test::More;

my ($src, $times, $seed) = ($ENV{SRCDIR} // '.', $ENV{COZYKART_ROT} || 60, $ENV{COZYKART_SEED} // 1);
plan skip_all => 'sqlite3 is not installed' unless grep { -x "$_/sqlite3" } split /:/, $ENV{PATH} // '';
my $why = Cozykart::missing();
plan skip_all => $why if $why;
srand $seed;
my $house = Cozykart->new(start => 0);
$house->ledger_of(15);
$house->json('migrate');
my ($good, $bad, $page) = ("$house->{dir}/good.db", "$house->{dir}/bad.db", 4096);
system(qq(sqlite3 "$house->{home}/data/ledger.db" "VACUUM INTO '$good'")) == 0 or die 'copy';
my $bytes = do { open my $in, '<:raw', $good or die $!; local $/; <$in> };
my $pages = length($bytes) / $page;

# What is owed to whom, and by which orders; the rest is words, times and work.
my @money = ('* FROM currency', 'id, code, kind, currency, owner_id FROM account', '* FROM journal', '* FROM posting',
    'account_id, currency, bal, debits, credits FROM balance', '* FROM item_balance', '* FROM head', '* FROM pot_line', '* FROM share',
    'id, currency, amount, tax, shipping, cost, fee, basis, pool, uncapped, reason, seq FROM sale',
    'sale_id, amount, seq FROM refund WHERE seq IS NOT NULL', 'id, member_id, amount FROM payout', 'id, amount FROM tip');

my $before_is;

sub rows {
    my ($file) = @_;
    my $sql = join '', map { "SELECT '$_'; SELECT $_;" } @money;
    my $out = `sqlite3 -batch -bail -quote 'file:$file?immutable=1' "$sql" 2>&1`;
    diag($out) if $? && !$before_is;
    return $? ? undef : $out;
}

my $before = rows($good);
$before_is = 1;
ok(length($before // '') > 10_000, 'a ledger with money in it') or diag($before);
my %how = (
    'a byte' => sub { my $at = int rand length $_[0]; substr($_[0], $at, 1) ^= chr 1 + int rand 255; "at $at" },
    'a bit'  => sub { my $at = int rand length $_[0]; substr($_[0], $at, 1) ^= chr 1 << int rand 8; "at $at" },
    'a sector of zeros' => sub { my $at = 512 * int rand length($_[0]) / 512; substr($_[0], $at, 512) = "\0" x 512; "at $at" },
    'a page of zeros' => sub { my $at = $page * int rand $pages; substr($_[0], $at, $page) = "\0" x $page; "at $at" },
    'two pages swapped' => sub {
        my ($x, $y) = map { $page * (1 + int rand $pages - 1) } 1, 2;
        my $kept = substr $_[0], $x, $page;
        substr($_[0], $x, $page) = substr $_[0], $y, $page;
        substr($_[0], $y, $page) = $kept;
        "$x and $y";
    },
    'a cut end' => sub { my $n = $page * (1 + int rand 20); substr($_[0], -$n) = ''; "of $n" },
);
my @kinds = sort keys %how;
my (%count, @missed, @crashed);
for my $i (1 .. $times) {
    my $kind = $kinds[$i % @kinds];
    my $copy = $bytes;
    my $where = $how{$kind}->($copy);
    next if $copy eq $bytes;
    unlink glob "$bad*";
    open my $out, '>:raw', $bad or die $!;
    print {$out} $copy;
    close $out or die $!;
    my ($said, $verdict) = ('');
    for my $judge (qq("$house->{bin}/cozykart-audit" "$bad"), qq("$house->{bin}/cozykart" --config "$house->{conf}" verify "$bad")) {
        $said = `timeout 300 $judge 2>&1`;
        push @crashed, "$kind $where: $judge: status $?" if $? & 127 || $? >> 8 >= 124 || $said =~ /BUG|Sanitizer/;
        $verdict = 'told' if $?;
        last if $verdict;
    }
    if (!$verdict) {
        my $after = rows($bad);
        $verdict = defined $after && $after eq $before ? 'no money touched' : 'missed';
        push @missed, "$kind $where" if $verdict eq 'missed';
    }
    $count{$verdict}++;
}
diag("seed $seed: " . join ', ', map { "$_: $count{$_}" } sort keys %count) if $ENV{COZYKART_ROT};
is(scalar @crashed, 0, 'nobody crashes over it') or diag(join "\n", @crashed);
is(scalar @missed, 0, "what changes money is told ($count{told} of $times)") or diag(join "\n", "seed $seed", @missed);
cmp_ok($count{told} // 0, '>', $times / 3, 'and most of it is');
done_testing;
