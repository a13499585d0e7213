# What the hardening flags leave in each program, read from the files themselves.
use strict;
use warnings;
use Cozykart;
use Test::More;

# What configure chose: sanitizers take the place of hardening.
sub flags {
    my ($name) = @_;
    open my $in, '<', "$ENV{BUILDDIR}/Makefile" or die "Makefile: $!";
    my ($line) = map { /^\Q$name\E = ?(.*)/ ? $1 : () } <$in>;
    return $line // '';
}

plan skip_all => 'sanitizers are built in' if flags('SAN_CFLAGS') =~ /-fsanitize/;
plan skip_all => 'readelf is not here' unless `readelf --version 2>/dev/null`;

my $taken = flags('HARDEN_CFLAGS');
my $stage = Cozykart::stage();
like($taken, qr/-fstack-protector-strong/, 'the compiler takes the flags at all');
for my $program (qw(cozykart cozykart-audit cozykart-house cozykart-jobs cozykart-vault cozykart-web)) {
    my $seen = `LC_ALL=C readelf -W -h -l -d -n --dyn-syms "$stage/bin/$program" 2>&1`;
    like($seen, qr/Type:\s+DYN /, "$program lies at another address each time (PIE)");
    like($seen, qr/GNU_RELRO/, '… its tables are read-only');
    like($seen, qr/BIND_NOW|FLAGS_1.*NOW/, '… all of them, from the start');
    like($seen, qr/GNU_STACK\s+(?:0x\w+\s+){5}RW\s/, '… its stack does not run');
    like($seen, qr/ __stack_chk_fail\b/, '… which is guarded');
    unlike($seen, qr/\b(?:RPATH|RUNPATH)\b|TEXTREL/, '… it looks for libraries nowhere else and is not patched');
    SKIP: {
        skip 'not optimised: no fortified calls', 1 unless $taken =~ /_FORTIFY_SOURCE/ && flags('CFLAGS') =~ /-O[1-3s]/;
        like($seen, qr/ __\w+_chk\b(?!_fail)/, '… calls of the C library are fortified');
    }
}
SKIP: {
    # Whole programs lose the mark where the C library's own start files have none (Debian 12).
    skip 'no such protection for this machine', 1 unless $taken =~ /-fcf-protection/;
    my $objects = `LC_ALL=C readelf -n "$ENV{BUILDDIR}/src/libcozykart.a" 2>/dev/null`;
    my ($all, $marked) = map { scalar(() = $objects =~ /$_/g) } qr/^File: /m, qr/x86 feature:.*IBT.*SHSTK/;
    ok($all > 50 && $marked == $all, 'jumps and returns are marked in every object (CET)') or diag("$marked of $all");
}
done_testing;
