# The package on a machine of its own with the real systemd: installed by apt, set up by the operator's
# command, and every unit is what its file says.
use strict;
use warnings;
use Site;
use Test::More;

my $why = Site::missing();
plan skip_all => $why if $why;

my $site = Site->new;
my $vm = $site->vm;
is($vm->boot, 'running', 'a fresh Debian starts') or diag $vm->must('systemctl --failed; journalctl -b -p warning');

my ($status, $text) = $site->install;
is($status, 0, 'apt install ./cozykart.deb') or BAIL_OUT($text);
like($text, qr/^cozykart: installed\. Next step, as root: cozykart setup$/m, '… and its last word is what to do next');
is($vm->must('systemctl list-units --plain --no-legend --state=active,failed,activating "cozykart*.service" "cozykart*.timer"'), '', 'nothing of it runs before it is set up')
    or diag $vm->must('systemctl --no-pager status "cozykart*"');

($status, $text) = $site->setup;
is($status, 0, 'cozykart setup') or BAIL_OUT($text);
note $text;
ok($site->answers('/healthz', 200), 'the house answers from outside') or BAIL_OUT($vm->must('journalctl --no-pager -b -u "cozykart*" -u nginx'));
is(join(', ', $site->off), '', 'every unit is active, or waits');
$site->open_race;
is($site->sale->{status}, 200, 'a notice that Stripe signed is taken: the vault has its secret by LoadCredential');
my ($check, $said) = $vm->sh('cozykart check');
like($said, qr/^Nothing is wrong\.$/m, 'cozykart check finds nothing to mend') or diag $said;
is(join("\n", $site->loud), '', 'neither systemd nor the journal nor nginx has anything to complain of');

$site->keep if Test::More->builder->is_passing;
done_testing;
$site->done(Test::More->builder->is_passing);
