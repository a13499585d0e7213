# What the units promise is in force: what a process sees, may write, may execute, may reach and may use, as the
# kernel has it; timers fire; people and pages say what they did.
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP ();
use Site;
use Test::More;

my $why = Site::missing();
plan skip_all => $why if $why;

my $site = Site->new(ready => 1);
my $vm = $site->vm;
is($vm->boot, 'running', 'the machine starts') or diag $vm->must('systemctl --failed; journalctl -b -p warning');
ok($site->answers('/healthz', 200), 'the house answers') or BAIL_OUT($vm->must('journalctl --no-pager -b -u "cozykart*" -u nginx'));
$site->open_race;

# --- what the kernel has of each process

my %want = (
    vault => { user => 'cozykart-vault', net => 1, users => 0, memory => 768 << 20, tasks => 8, writes => [qw(/var/lib/cozykart/ledger /run/cozykart)],
        hidden => [qw(/var/lib/cozykart/backup /run/cozykart/pub)], runs => [] , secret => 'stripe.webhook_secret' },
    web => { user => 'cozykart-web', net => 1, users => 1, memory => 1500 << 20, tasks => 192, writes => [],
        hidden => [qw(/var/lib/cozykart/backup /run/cozykart/pub /etc/cozykart/secrets.d)], runs => [] },
    jobs => { user => 'cozykart-jobs', net => 0, users => 1, memory => 1500 << 20, tasks => 128,
        writes => [qw(/var/lib/cozykart/live /var/lib/cozykart/media /run/cozykart)], hidden => [qw(/var/lib/cozykart/backup /etc/cozykart/secrets.d)], runs => ['/usr/bin/true'] },
    live => { user => 'cozykart-live', net => 1, users => 1, memory => 512 << 20, tasks => 16, writes => [qw(/run/cozykart /run/cozykart-live)],
        hidden => [qw(/var/lib/cozykart /etc/cozykart/secrets.d)], runs => [] },
);
# Something for hidden folders to hide.
$vm->must('systemctl start cozykart-backup.service && touch /tmp/seen && touch /root/seen');

# Asked inside, a line an answer: what root may do by the process's own view of the files.
my $look = <<'END';
unit=$1 pid=$(systemctl show -P MainPID $1)
r=/proc/$pid/root
say() { echo "$unit $*"; }
say user $(stat -c %U /proc/$pid)
say $(sed -n 's/^NoNewPrivs:[[:space:]]*/nnp /p; ' /proc/$pid/status)
say $(sed -n 's/^Seccomp:[[:space:]]*/seccomp /p; ' /proc/$pid/status)
say $(sed -n 's/^CapBnd:[[:space:]]*/bound /p; ' /proc/$pid/status)
say $(sed -n 's/^CapEff:[[:space:]]*/caps /p; ' /proc/$pid/status)
for ns in mnt net user ipc; do [ $(readlink /proc/$pid/ns/$ns) = $(readlink /proc/1/ns/$ns) ] && say ns-$ns same || say ns-$ns own; done
say links $(nsenter -t $pid -n ip -o link | wc -l)
for d in / /usr /etc /var /var/lib /var/lib/cozykart/ledger /var/lib/cozykart/live /var/lib/cozykart/media /var/lib/cozykart/backup /run /run/cozykart /run/cozykart-live /run/lock /dev/shm /home /boot; do
    [ -d $r$d ] || continue
    (: >$r$d/try-me) 2>/dev/null && rm -f $r$d/try-me && say writes $d
done
for d in /var/lib/cozykart /var/lib/cozykart/backup /run/cozykart/pub /etc/cozykart/secrets.d; do [ -z "$(ls -A $r$d 2>/dev/null)" ] && say hidden $d; done
[ -e $r/tmp/seen ] && say tmp shared || say tmp own
[ -z "$(ls -A $r/root $r/home 2>/dev/null | grep seen)" ] && say home hidden || say home seen
for p in /usr/bin/true /usr/bin/perl; do $r$p -e 1 2>/dev/null && say runs $p; done
grep -q ' /proc .*hidepid=invisible.*subset=pid' /proc/$pid/mountinfo && say proc own || say proc shared
ls $r/dev | grep -qE '^(vda|mem|kmsg)$' && say dev shared || say dev own
g=/sys/fs/cgroup$(sed 's/^0:://' /proc/$pid/cgroup)
say memory $(cat $g/memory.max); say tasks $(cat $g/pids.max); say core $(awk '/core file/ {print $5 $6}' /proc/$pid/limits)
say credentials $(ls $r/run/credentials/$unit 2>/dev/null | wc -l) $(stat -c '%U %a' /run/credentials/$unit/* 2>/dev/null | sort -u)
END
$vm->put('/root/look', $look, 0755);
for my $name (sort keys %want) {
    my $w = $want{$name};
    my %is;
    push @{ $is{ (split)[1] } }, (split ' ', $_, 3)[2] // '' for split /\n/, $vm->must("sh /root/look cozykart-$name.service");
    my %one = map { $_ => $is{$_}[0] } keys %is;
    is($one{user}, $w->{user}, "$name: runs as $w->{user}");
    is("@one{qw(nnp seccomp bound caps)}", '1 2 0000000000000000 0000000000000000', "$name: no new rights, a filter of calls, no capability");
    is($one{'ns-net'}, $w->{net} ? 'own' : 'same', "$name: " . ($w->{net} ? 'a network of its own' : 'the network'));
    is($one{links}, 1, "$name: … with nothing but itself in it") if $w->{net};
    is($one{'ns-user'}, $w->{users} ? 'own' : 'same', "$name: " . ($w->{users} ? 'users of its own' : 'the users'));
    is("@one{qw(ns-mnt ns-ipc tmp home proc dev)}", 'own own own hidden own own', "$name: files, memory, /tmp, /home, /proc and /dev of its own");
    is(join(' ', sort @{ $is{writes} // [] }), join(' ', sort @{ $w->{writes} }), "$name: where files can be written");
    my %hidden = map { $_ => 1 } @{ $is{hidden} // [] };
    is(join(' ', grep { !$hidden{$_} } @{ $w->{hidden} }), '', "$name: what it must not see is hidden");
    is(join(' ', @{ $is{runs} // [] }), $name eq 'jobs' ? '/usr/bin/true /usr/bin/perl' : '', "$name: what can be executed");
    is("$one{memory} $one{tasks} $one{core}", "$w->{memory} $w->{tasks} 00", "$name: memory, processes, no dumps");
    my ($n, $who) = split ' ', $one{credentials}, 2;
    is($n > 0 ? $who : 'none', $w->{secret} ? "$w->{user} 400" : 'none', "$name: secrets: " . ($w->{secret} ? 'for its user alone' : 'none'));
}
is($vm->must('stat -c "%n %U:%G %a" /run/cozykart /run/cozykart/* | sed "s,/run/cozykart,.,"'), <<'END', 'sockets and their folder');
. root:cozykart 1771
./jobs.sock cozykart-jobs:cozykart 660
./live.sock cozykart-live:cozykart 666
./pub cozykart-live:cozykart 2750
./vault-ctl.sock cozykart-vault:cozykart 600
./vault-jobs.sock cozykart-vault:cozykart 660
./vault-upkeep.sock cozykart-vault:cozykart 660
./vault-web.sock cozykart-vault:cozykart 660
./web.sock root:www-data 660
END

# --- figures of systemd itself

my ($status, $text) = $vm->sh('systemd-analyze verify /lib/systemd/system/cozykart*');
is($status . $text, '0', 'systemd-analyze verify has nothing to say');
for my $service (@Site::services, map { s/timer\z/service/r } @Site::timers) {
    my ($level) = $vm->must("systemd-analyze security --no-pager $service") =~ /Overall exposure level for \S+: ([0-9.]+)/;
    ok(defined $level && $level <= 3, "$service: exposure $level") ;
    print "# figure: systemd-analyze security $service $level\n";
}

# --- what the walls must let through

is($site->sale->{status}, 200, 'a sale');
my $heard = '';
my $http = HTTP::Tiny->new(timeout => 300);
# Whoever listens hears what comes later: sales go on until one was heard.
my $load = $site->load(1);
eval { $http->get($site->url("/live/race/$site->{race}"), { headers => { accept => 'text/event-stream' }, data_callback => sub { $heard .= $_[0]; die "heard\n" if $heard =~ /^data:/m } }) };
$load->();
like($heard, qr/^data:/m, 'a browser hears of the sale by EventSource');
ok($vm->comes('find /var/lib/cozykart/media/card -name "*.png" -size +1 | grep -q .'), 'a card is drawn, by a program of others behind the same walls');

# --- timers: a day later, all at once

$vm->must('date -s "tomorrow 09:40:00 UTC"');
$site->{ahead} = $vm->must('date +%s') - time;
my $list;
for my $what (qw(backup drill verify audit)) {
    my $end = time + 600;
    do { ($list) = grep { $_->{kind} eq $what } @{ $site->ck(qw(upkeep list)) }; } until $list && ($list->{ended} // $list->{ended_at}) or time > $end;
    ok($list, "$what was started by its timer and stands in: cozykart upkeep list") or diag JSON::PP->new->pretty->encode($site->ck(qw(upkeep list)));
}
ok($vm->comes('ls /var/lib/cozykart/seals/* >/dev/null'), 'the sealed day is a file') or diag $vm->must('journalctl --no-pager -b -u cozykart-seal');
for my $timer (@Site::timers) {
    my $unit = $timer =~ s/timer\z/service/r;
    ok($vm->comes("test \"\$(systemctl show -P ActiveState $unit)\" = inactive"), "$unit has ended");
    is($vm->must("systemctl show -P Result -P ExecMainStatus $unit"), "success\n0\n", '… well') or diag $vm->must("journalctl --no-pager -b -u $unit");
    isnt($vm->must("systemctl show -P LastTriggerUSec $timer"), "\n", "… and was started by $timer");
}
my $page = $site->answers('/status', 200);
ok($page, '/status');
note $page->{content} =~ s/<[^>]+>|\s+/ /gr;
is($site->sale->{status}, 200, 'sales go on');
my ($check, $said) = $vm->sh('cozykart check');
like($said, qr/^Nothing is wrong\.$/m, 'cozykart check finds nothing to mend') or diag $said;

# --- stopped and started as a whole

$vm->must('systemctl stop cozykart.target');
is($vm->must('systemctl list-units --plain --no-legend --state=active,failed "cozykart*"'), '', 'systemctl stop cozykart.target ends all of it');
is($vm->must('pgrep -c -u cozykart-vault,cozykart-web,cozykart-jobs,cozykart-live || true'), "0\n", '… every process');
$vm->must('systemctl start cozykart.target');
ok($site->answers('/healthz', 200), 'systemctl start cozykart.target brings it back');
is($site->sale->{status}, 200, '… and sales count');
is(join(', ', $site->off), '', 'every unit is active, or waits');
is(join("\n", $site->loud), '', 'neither systemd nor the journal nor nginx has anything to complain of');

done_testing;
$site->done(Test::More->builder->is_passing);
