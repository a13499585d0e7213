# Power: an orderly start anew, a machine that was off for a while, and power that fails while people buy, on a
# disk that loses what was not flushed. Everything comes back by itself, nothing that was answered is lost, and
# the house knows that it was away.
use strict;
use warnings;
use Site;
use Test::More;
use Time::HiRes qw(sleep time);

my $why = Site::missing();
plan skip_all => $why if $why;

my $seed = $ENV{COZYKART_SEED} // 1;
my $rounds = $ENV{COZYKART_CAMPAIGN} // 3;
my $site = Site->new(ready => 1);
my $vm = $site->vm;
my @sold;

sub is_whole {
    my ($what) = @_;
    ok($site->answers('/healthz', 200, 600), "$what: the house answers by itself") or BAIL_OUT($vm->must('journalctl --no-pager -b -u "cozykart*" -u nginx'));
    is(join(', ', $site->off), '', '… every unit is active, or waits');
    is($site->sale->{status}, 200, '… sales count');
    my ($status, $said) = $vm->sh('cozykart verify');
    is($status, 0, '… cozykart verify') or diag $said;
    ($status, $said) = $vm->sh('cozykart check');
    like($said, qr/^Nothing is wrong\.$/m, '… cozykart check finds nothing to mend') or diag $said;
    my %booked = $site->booked;
    is(join(' ', grep { !$booked{$_} } @sold), '', '… every sale that was answered 200 is booked: ' . scalar @sold);
    is(join("\n", $site->loud), '', '… and nothing complains');
    is($vm->must('find /var/lib/cozykart/media /var/lib/cozykart/live -type f -size 0 ! -name "*.new"'), '', '… no file for visitors is empty');
    is($vm->must('stat -c "%n %U:%G %a" /run/cozykart /run/cozykart/pub /run/cozykart/web.sock /var/lib/cozykart/* | sed "s,^/,,"'), <<'END', '… folders are as tmpfiles.d has them');
run/cozykart root:cozykart 1771
run/cozykart/pub cozykart-live:cozykart 2750
run/cozykart/web.sock root:www-data 660
var/lib/cozykart/backup cozykart-backup:cozykart 700
var/lib/cozykart/ledger cozykart-vault:cozykart 750
var/lib/cozykart/live cozykart-jobs:cozykart 755
var/lib/cozykart/media cozykart-jobs:cozykart 755
var/lib/cozykart/seals cozykart-backup:cozykart 755
END
    return;
}

sub buy {
    my ($seconds) = @_;
    my $load = $site->load(3);
    sleep $seconds;
    return sub { my $seen = $load->(); push @sold, @{ $seen->{sold} }; return $seen };
}

is($vm->boot, 'running', 'the machine starts');
$site->answers('/healthz', 200);
$site->open_race;

# --- reboot, while people buy

my $end = buy(4);
is($vm->reboot, 'running', 'systemctl reboot');
ok($end->(), 'buyers met a machine that went away');
is_whole('after a reboot');

# --- off for ten minutes, by its clock

$vm->halt;
$site->{ahead} = 600;
$vm->{clock} = POSIX::strftime('%Y-%m-%dT%H:%M:%S', gmtime(time + 600));
is($vm->boot, 'running', 'switched on ten minutes later');
is_whole('after ten minutes');
my $page = $site->answers('/status', 200);
my ($text) = map { s/<[^>]+>/ /g; s/\s+/ /g; $_ } $page->{content};
like($text, qr/Stopped in order: sales and commands were not taken[^.]*\. Vault\. 1\d min/, "/status tells of it, and that it was in order");
note $text;

# --- power fails

$vm->halt;
delete $vm->{clock};
$vm->loses($seed);
is($vm->boot, 'running', "a disk that loses what was not flushed, seed $seed");
$site->{ahead} = $vm->must('date +%s') - time;
for my $round (1 .. $rounds) {
    ok($site->answers('/healthz', 200, 600), "round $round: the house answers") or BAIL_OUT('no house');
    my $seen = buy(5 + rand 5);
    my $lost = $vm->cut;
    my $n = @{ $seen->()->{sold} };
    ok($n > 0, "power fails after $n sales: $lost");
    print "# figure: power cut $round: $n sales answered; $lost\n";
    is($vm->boot, 'running', '… and comes back');
    $site->{ahead} = $vm->must('date +%s') - time;
    is_whole("after power failed $round times");
}

done_testing;
$site->done(Test::More->builder->is_passing);
