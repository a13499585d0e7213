# The race night as `bootstrap run` plays it: page, live file, command and books agree to the cent.
use strict;
use warnings;
use Cozykart;
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $house = Cozykart->new;
my $out = `"$house->{share}/demo/night" --config "$house->{conf}" --bin "$house->{bin}" --url "$house->{url}" --speed 0 2>&1`;
is($?, 0, 'the night plays to its end') or diag($out, $house->log('house'));
like($out, qr/overlay\s+http/, 'and says where to look');

my $race = $house->get_json('/races.json')->{races}[0]{number};
my $page = $house->get_json("/race/$race.json")->{state};
my $sum = 0;
my %wallet;
for my $seat (@{ $page->{seats} }) {
    my $share = $seat->{share};
    $sum += $share;
    my $balance = $house->json('balance', $seat->{name});
    is($balance->{pending}, $share, "$seat->{name}: the wallet has what the race page shows");
    my $why = $house->json('explain', $seat->{name});
    my $reasons = 0;
    $reasons += $_->{amount} for @{ $why->{reasons} };
    is($reasons, $balance->{pending} + $balance->{available}, '… and its reasons add up');
}
is($sum, $page->{pot}{amount}, 'the shares add up to the pot');
ok($page->{pot}{amount} > 2000, "a night with sales: pot $page->{pot}{amount}");

# The numbers, reckoned here from the orders of the night: 20 % each, less what went back.
my @counted = (2500, 4500, 2500, 1800, 4400, 9000, 3200, 2800, 2500);
my $want = 0;
$want += int($_ * 0.2) for @counted;
$want -= 900;                              # the hoodie went back whole
$want -= int(880 * 1600 / 4400 + 0.5);     # part of the cap and mug
is($page->{pot}{amount}, $want, 'the pot is what the orders give');
my ($head) = $house->json('verify');
is($head->{found}, 0, 'verify finds nothing');
ok($head->{entries} >= 12, 'every sale and refund is an entry of the journal');
$house->stop;
done_testing;
