# A full disk: 503, nothing half-done, and everything goes on by itself when there is room.
use strict;
use warnings;
use Cozykart;
use Test::More;
use Time::HiRes qw(sleep);

my $why = Cozykart::missing();
plan skip_all => $why if $why;
plan skip_all => 'mounting a small file system needs root' if $> != 0;
my $house = Cozykart->new(start => 0);
my $mount = "$house->{home}/data";
if (system("mv $mount/ledger.db $house->{dir}/ && mount -t tmpfs -o size=6m none $mount 2>/dev/null") != 0) {
    plan skip_all => 'no tmpfs can be mounted here';
}
END { my $status = $?; system("umount -l $mount 2>/dev/null") if $mount; $? = $status }
system("mv $house->{dir}/ledger.db $mount/") == 0 or die;
$house->start;
my $race = $house->race(8);
my $stripe = $house->stripe;
is($house->notice($stripe->completed($house->shirt($race)))->{status}, 200, 'a sale while there is room');

# Fill it to the last byte, but leave the ledger's own blocks alone.
sub fill {
    open my $out, '>', "$mount/filler" or die;
    my $block = 'x' x 4096;
    while (1) { defined(syswrite $out, $block) or last }
    close $out;
}
fill();
my ($refused, $taken) = (0, 0);
for (1 .. 60) {
    my $r = $house->notice($stripe->completed($house->shirt($race)));
    $r->{status} == 200 ? $taken++ : $r->{status} == 503 ? $refused++ : diag("status $r->{status}: $r->{content}");
    if ($r->{status} == 503 && $refused == 1) {
        ok($r->{headers}{'retry-after'}, 'the refusal says when to try again');
    }
    last if $refused >= 3;
}
cmp_ok($refused, '>=', 3, "no room: 503 (after $taken sales that still fitted)");
is($house->get("/race/$race.json", cookie => 'ck=none')->{status}, 200, 'reading goes on');
my $kept = $house->get_json("/race/$race.json");
is($kept->{state}{pot}{amount}, 500 * (1 + $taken), 'what was refused left nothing behind');

unlink "$mount/filler" or die;
my $again = $stripe->completed($house->shirt($race));
ok($house->wait_for(10, sub { $house->notice($again)->{status} == 200 }), 'with room it goes on by itself');
is($house->json('race', 'show', $race)->{pot}, 500 * (2 + $taken), 'and every cent is right');
$house->stop;
system("umount $mount");
done_testing;
