# Starts what unit files say, as they say it, on a machine or in a root where systemd does not run. As root.
#
#   my $u = Units->new(root => '/tmp/fresh', log => '/tmp/logs');   # everything happens within that root
#   $u->start('cozykart.target');           # sockets and services that it wants, in their order
#   $u->start('cozykart-vault.service');    # or one: returns when READY=1 came (Type=notify), when it runs
#   $u->run('cozykart-backup.service');     # Type=oneshot: its exit status (243: a credential is missing), or
#                                           # 'skipped' (a condition). What a timer would do.
#   $u->reload($unit); $u->stop($unit); $u->restart($unit); $u->stop_all;    # stop: the main process's status
#   $u->pid($unit); $u->log($unit); $u->told($unit);      # told: the messages of sd_notify so far
#   $u->tend(5);                            # for so many seconds: deaths, watchdogs and Restart= as systemd would
#
# Further options: units (folders of unit files, the first that has one counts; default: those of systemd below
# root), map (paths to replace in unit files, { '/usr/local/bin' => "$stage/bin" }; for runs without a root of
# its own), users and groups (ids of names, where /etc/passwd and /etc/group of the root do not tell),
# run (folder instead of /run for credentials and notify sockets), before (sub: unit -> words put in front of
# the command, as strace), watchdog (seconds instead of those of the unit), cage (1: what t/lib/Cage.pm can close
# is closed as the unit says; there is no "before" then).
#
# Done: ConditionPathExists, User, Group, SupplementaryGroups, UMask, Nice, Limit*, OOMScoreAdjust, Environment,
# WorkingDirectory, RuntimeDirectory, StateDirectory, LoadCredential (a file that is missing stops the start, as
# with systemd 252), ExecStartPre, ExecStart, ExecReload, Type notify, exec, simple and oneshot, KillSignal,
# KillMode, TimeoutStop, Restart, RestartSec, WatchdogSec, sockets by descriptor 3, NoNewPrivileges,
# CapabilityBoundingSet, drop-ins (NAME.d/*.conf).
#
# Not done, and the list is %not_done below: whatever needs namespaces (Protect*, Private*, *Paths), seccomp
# (SystemCall*, Restrict*, MemoryDenyWriteExecute; but see cage), cgroups (MemoryMax, TasksMax, IPAddressDeny),
# and who may notify. A setting that is in neither list is refused, so that a new one is not passed over in silence.
package Units;

use strict;
use warnings;
use Carp qw(croak);
use Fcntl qw(F_SETFD);
use File::Path qw(make_path remove_tree);
use IO::Socket::UNIX;
use POSIX qw(:sys_wait_h);
use Socket qw(SOCK_DGRAM SOCK_STREAM);
use Time::HiRes qw(sleep time);
use Cage;

our %not_done = map { $_ => 1 } qw(
    AmbientCapabilities CPUSchedulingPolicy IOSchedulingClass IOSchedulingPriority IPAddressDeny KeyringMode LockPersonality
    MemoryDenyWriteExecute MemoryMax MemorySwapMax NotifyAccess OOMPolicy PrivateDevices PrivateIPC PrivateNetwork
    PrivateTmp PrivateUsers ProcSubset ProtectClock ProtectControlGroups ProtectHome ProtectHostname
    ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ProtectProc ProtectSystem ReadOnlyPaths ReadWritePaths
    InaccessiblePaths NoExecPaths ExecPaths RemoveIPC RestrictAddressFamilies RestrictNamespaces RestrictRealtime
    RestrictSUIDSGID SystemCallArchitectures SystemCallErrorNumber SystemCallFilter TasksMax TimeoutStartSec);
our %done = map { $_ => 1 } qw(
    CapabilityBoundingSet Environment ExecReload ExecStart ExecStartPre Group KillMode KillSignal LimitCORE
    LimitNOFILE LoadCredential Nice NoNewPrivileges OOMScoreAdjust Restart RestartSec RuntimeDirectory
    RuntimeDirectoryMode StateDirectory StateDirectoryMode SupplementaryGroups TimeoutStopSec Type UMask User
    WatchdogSec WatchdogSignal WorkingDirectory);
my %unit_known = map { $_ => 1 } qw(Description Documentation PartOf Wants Requires After Before ConditionPathExists
    StartLimitIntervalSec StartLimitBurst);
my %socket_known = map { $_ => 1 } qw(ListenStream Backlog SocketUser SocketGroup SocketMode RemoveOnStop);

sub new {
    my ($class, %o) = @_;
    my $root = $o{root} // '';
    my $self = bless {
        root => $root, map => $o{map} // {}, users => $o{users} // {}, groups => $o{groups} // {}, log => $o{log},
        run => $o{run} // '/run', before => $o{before} // sub { () }, watchdog => $o{watchdog}, cage => $o{cage}, owner => $$,
        units => $o{units} // ["$root/etc/systemd/system", "$root/usr/local/lib/systemd/system", "$root/lib/systemd/system", "$root/usr/lib/systemd/system"],
        at => {}, sockets => {},
    }, $class;
    croak 'Units starts processes of other users: only root can' if $> != 0;
    croak 'where shall logs go?' unless $self->{log} && -d $self->{log};
    return $self;
}

# ---- unit files

sub find {
    my ($self, $name) = @_;
    my ($file) = grep { -e } map { "$_/$name" } @{ $self->{units} };
    return $file // croak "there is no unit $name in @{ $self->{units} }";
}

# { Section => { Key => [values] } }; an empty value empties the list, as systemd has it.
sub read {
    my ($self, $name) = @_;
    my %unit;
    my @files = ($self->find($name), sort { $a =~ s{.*/}{}r cmp $b =~ s{.*/}{}r } map { glob "$_/$name.d/*.conf" } reverse @{ $self->{units} });
    for my $file (@files) {
        open my $in, '<', $file or croak "$file: $!";
        my $text = do { local $/; <$in> };
        for my $from (sort { length $b <=> length $a } keys %{ $self->{map} }) { $text =~ s/\Q$from\E(?<!\/)(?![\w-])|\Q$from\E(?<=\/)/$self->{map}{$from}/g }
        $text =~ s/\\\n/ /g;
        my $section = '';
        for my $line (split /\n/, $text) {
            next if $line =~ /^\s*(?:[#;]|$)/;
            if ($line =~ /^\[(\w+)\]$/) { $section = $1; next }
            my ($k, $v) = $line =~ /^(\w+)\s*=\s*(.*?)\s*$/ or croak "$file: what is \"$line\"?";
            croak "$file: $section $k= is a setting that t/lib/Units.pm does not know"
                if ($section eq 'Service' && !$done{$k} && !$not_done{$k}) || ($section eq 'Unit' && !$unit_known{$k})
                || ($section eq 'Socket' && !$socket_known{$k});
            $v =~ s/%b/boot()/ge;
            croak "$file: specifiers (%) are not understood here" if $v =~ /%/;
            if ($v eq '') { $unit{$section}{$k} = [] } else { push @{ $unit{$section}{$k} }, $v }
        }
    }
    return \%unit;
}

sub one { my ($unit, $k, $default) = @_; return ($unit->{Service}{$k} // [])->[-1] // $default }
sub words { return map { split ' ' } @{ $_[0] // [] } }

# "500ms", "2h", "90" in seconds.
sub seconds {
    my ($text) = @_;
    my %unit = (ms => 0.001, s => 1, '' => 1, min => 60, h => 3600);
    my $sum = 0;
    while ($text =~ /\G\s*([0-9.]+)\s*(ms|s|min|h|)/gc) { $sum += $1 * $unit{$2} }
    croak "what time is \"$text\"?" unless (pos($text) // 0) == length $text;
    return $sum;
}

sub id_of {
    my ($self, $what, $name) = @_;
    return $name if $name =~ /^\d+$/;
    return $self->{$what}{$name} if defined $self->{$what}{$name};
    my $file = "$self->{root}/etc/" . ($what eq 'users' ? 'passwd' : 'group');
    open my $in, '<', $file or croak "$file: $!";
    while (my $line = <$in>) { return $1 if $line =~ /^\Q$name\E:[^:]*:(\d+):/ }
    croak "$file has no $name (systemd-sysusers makes it)";
}

# ---- what a service gets

sub folder {
    my ($self, $path, $mode, $uid, $gid) = @_;
    my $real = $self->{root} . $path;
    make_path($real);
    chmod $mode, $real or croak "$real: $!";
    chown $uid, $gid, $real or croak "$real: $!";
    return $path;
}

# Gives the path as the service sees it, or undef when a file is missing.
sub credentials {
    my ($self, $name, $unit, $uid, $gid) = @_;
    my @load = @{ $unit->{Service}{LoadCredential} // [] } or return '';
    my $path = $self->folder("$self->{run}/credentials/$name", 0700, 0, 0);
    for my $line (@load) {
        my ($id, $from) = $line =~ m{^([^:/]+):(/.*)$} or croak "LoadCredential=$line has no file";
        open my $in, '<', "$self->{root}$from" or do { $self->note($name, "credential $id: $from: $!"); return };
        my $to = "$self->{root}$path/$id";
        unlink $to;
        open my $out, '>', $to or croak "$to: $!";
        print {$out} do { local $/; <$in> };
        close $out or croak "$to: $!";
        chmod 0400, $to or croak "$to: $!";
        chown $uid, $gid, $to or croak "$to: $!";
    }
    return $self->folder($path, 0500, $uid, $gid);
}

sub note {
    my ($self, $name, $text) = @_;
    open my $out, '>>', "$self->{log}/$name.log" or croak "$self->{log}/$name.log: $!";
    print {$out} "units: $text\n";
    return;
}

sub conditions {
    my ($self, $unit) = @_;
    for my $c (words($unit->{Unit}{ConditionPathExists})) {
        my $not = $c =~ s/^!//;
        return 0 if !!-e "$self->{root}$c" == !!$not;
    }
    return 1;
}

# Who it runs as, where, and what is in its environment.
sub frame {
    my ($self, $name, $unit) = @_;
    my ($user, $group) = (one($unit, 'User', 'root'), one($unit, 'Group', 'root'));
    my %f = (uid => $self->id_of('users', $user), gid => $self->id_of('groups', $group));
    my @more = map { $self->id_of('groups', $_) } words($unit->{Service}{SupplementaryGroups});
    $f{env} = { PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG => 'C.UTF-8', USER => $user, LOGNAME => $user };
    for (@{ $unit->{Service}{Environment} // [] }) { for (quoted($_)) { /^(\w+)=(.*)$/s or croak "Environment=$_"; $f{env}{$1} = $2 } }
    for my $kind (['RuntimeDirectory', $self->{run}, 'RUNTIME_DIRECTORY'], ['StateDirectory', '/var/lib', 'STATE_DIRECTORY']) {
        for my $d (words($unit->{Service}{ $kind->[0] })) {
            $f{env}{ $kind->[2] } = $self->folder("$kind->[1]/$d", oct one($unit, "$kind->[0]Mode", '0755'), $f{uid}, $f{gid});
        }
    }
    $f{service} = $unit->{Service};
    $f{gids} = [$f{gid}, @more];
    my @limit = map { my $v = limit($_, one($unit, "Limit$_")); defined $v ? '--' . lc($_) . "=$v:$v" : () } qw(NOFILE CORE);
    my @drop = ('--reuid', $f{uid}, '--regid', $f{gid}, @more ? ('--groups', join ',', $f{gid}, @more) : '--clear-groups');
    push @drop, '--no-new-privs' if one($unit, 'NoNewPrivileges', 'no') eq 'yes';
    push @drop, '--bounding-set=-all', '--inh-caps=-all' if $unit->{Service}{CapabilityBoundingSet} && !@{ $unit->{Service}{CapabilityBoundingSet} };
    $f{words} = [(@limit ? ('prlimit', @limit, '--') : ()), 'setpriv', @drop, '--'];
    @f{qw(umask nice oom cwd)} = (oct one($unit, 'UMask', '0022'), one($unit, 'Nice', 0), one($unit, 'OOMScoreAdjust'), one($unit, 'WorkingDirectory', '/'));
    return \%f;
}

# "%b": which start of the machine this is.
sub boot {
    open my $in, '<', '/proc/sys/kernel/random/boot_id' or return 'unknown';
    return scalar(<$in>) =~ tr/0-9a-f//cdr;
}

# Not above what this process may have: in a container root cannot raise it.
sub limit {
    my ($what, $want) = @_;
    my %words = (NOFILE => 'Max open files', CORE => 'Max core file size');
    open my $in, '<', '/proc/self/limits' or return $want;
    my ($hard) = map { /^\Q$words{$what}\E\s+\S+\s+(\d+)/ ? $1 : () } <$in>;
    return defined $want && defined $hard && $hard < $want ? $hard : $want;
}

sub quoted {
    my ($line) = @_;
    my @w;
    while ($line =~ /\G\s*(?:"((?:\\.|[^"\\])*)"|'([^']*)'|(\S+))/gc) { push @w, $1 // $2 // $3 }
    return @w;
}

# ---- processes

sub spawn {
    my ($self, $name, $frame, $line, %more) = @_;
    my @command = quoted($line);
    croak "$name: \"$line\" begins with something that is not understood here" if $command[0] =~ /^[-+\@!:]/;
    for (@command) { s/\$MAINPID\b/$more{main}/g if defined $more{main} }
    my @before = $more{first} ? $self->{before}->($name) : ();
    my $cage = $self->{cage} ? Cage->new($frame) : undef;
    my $pid = fork // croak "fork: $!";
    return $pid if $pid;
    # In the child; whatever fails ends it with a line in its log.
    eval {
        POSIX::setsid();
        open STDIN, '<', '/dev/null' or die "stdin: $!";
        open STDOUT, '>>', "$self->{log}/$name.log" or die "log: $!";
        open STDERR, '>&', \*STDOUT or die "log: $!";
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE CHLD ALRM);
        %ENV = (%{ $frame->{env} }, %{ $more{env} // {} });
        if ($more{fd}) {
            # A descriptor that is 3 already only has to outlive exec.
            if (fileno $more{fd} == 3) { fcntl $more{fd}, F_SETFD, 0 or die "descriptor 3: $!" }
            else { POSIX::dup2(fileno $more{fd}, 3) // die "descriptor 3: $!" }
            @ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} = ($$, 1, $more{fdname});
        }
        if (defined $frame->{oom} && open my $oom, '>', '/proc/self/oom_score_adj') { print {$oom} $frame->{oom} }
        POSIX::nice($frame->{nice}) if $frame->{nice};
        if ($self->{root} ne '') { chroot $self->{root} or die "chroot: $!" }
        chdir $frame->{cwd} or die "$frame->{cwd}: $!";
        umask $frame->{umask};
        if ($cage) {
            $cage->shut;
            exec { $command[0] } @command or die "$command[0]: $!";
        }
        exec { $before[0] // $frame->{words}[0] } @before, @{ $frame->{words} }, @command or die "$command[0]: $!";
    };
    print STDERR "units: $@";
    POSIX::_exit(203);
}

sub kill_tree { my ($self, $signal, $pid, $mode) = @_; return kill $signal, $mode eq 'all' ? -$pid : $pid }

# A command that ends by itself: its status as a shell has it.
sub finish {
    my ($pid) = @_;
    waitpid $pid, 0;
    return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

sub notify_socket {
    my ($self, $name, $uid) = @_;
    my $path = $self->folder("$self->{run}/units-notify", 0755, 0, 0) . "/$name";
    unlink $self->{root} . $path;
    my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $self->{root} . $path) or croak "$path: $!";
    chmod 0666, $self->{root} . $path;
    return ($s, $path);
}

# Everything that a service has said since, and when it pinged last.
sub hear {
    my ($self, $at) = @_;
    return unless $at->{notify};
    while (defined $at->{notify}->recv(my $got, 4096, Socket::MSG_DONTWAIT())) {
        for my $line (split /\n/, $got) {
            push @{ $at->{told} }, $line;
            $at->{ready} = 1 if $line eq 'READY=1';
            $at->{ping} = time if $line eq 'WATCHDOG=1' || $line eq 'READY=1';
        }
    }
    return;
}

sub start {
    my ($self, $name) = @_;
    return $self->start_target($name) if $name =~ /\.target$/;
    return $self->start_socket($name) if $name =~ /\.socket$/;
    my $unit = $self->read($name);
    croak "$name is started already" if $self->{at}{$name} && $self->{at}{$name}{pid};
    return 'skipped' unless $self->conditions($unit);
    my $type = one($unit, 'Type', 'simple');
    my $status = $self->begin($name, $unit);
    return $status if $type eq 'oneshot';
    croak "$name did not start (status $status)\n" . $self->log($name) if $status;
    my $at = $self->{at}{$name};
    my $end = time + 120;
    while ($type eq 'notify' && !$at->{ready}) {
        $self->hear($at);
        if ($at->{pid} && waitpid($at->{pid}, WNOHANG) == $at->{pid}) {
            $at->{pid} = 0;
            croak "$name ended with status " . ($? >> 8) . " before it was ready\n" . $self->log($name);
        }
        croak "$name is not ready after two minutes\n" . $self->log($name) if time > $end;
        sleep 0.01;
    }
    return 1;
}

# Type=oneshot: exit status; other types: nothing, the process is at $self->{at}.
sub begin {
    my ($self, $name, $unit) = @_;
    my $frame = $self->frame($name, $unit);
    my $credentials = $self->credentials($name, $unit, @{$frame}{qw(uid gid)}) // return 243;
    $frame->{env}{CREDENTIALS_DIRECTORY} = $credentials if $credentials ne '';
    for my $line (@{ $unit->{Service}{ExecStartPre} // [] }) {
        my $status = finish($self->spawn($name, $frame, $line, first => 1));
        return $status if $status;
    }
    my %more = (first => 1, env => {});
    my $at = $self->{at}{$name} = { unit => $unit, frame => $frame, told => [], begun => time, ping => time };
    if (one($unit, 'Type', '') eq 'notify') {
        ($at->{notify}, $more{env}{NOTIFY_SOCKET}) = $self->notify_socket($name, $frame->{uid});
        $at->{watchdog} = seconds($self->{watchdog} // one($unit, 'WatchdogSec', 0));
        $more{env}{WATCHDOG_USEC} = int 1e6 * $at->{watchdog} if $at->{watchdog};
    }
    my $socket = $name =~ s/\.service$/.socket/r;
    @more{qw(fd fdname)} = ($self->{sockets}{$socket}{fd}, $socket) if $self->{sockets}{$socket};
    my @lines = @{ $unit->{Service}{ExecStart} };
    if (one($unit, 'Type', 'simple') eq 'oneshot') {
        for my $line (@lines) {
            my $status = finish($self->spawn($name, $frame, $line, %more));
            return $status if $status;
        }
        return 0;
    }
    $at->{pid} = $self->spawn($name, $frame, $lines[0], %more);
    return;
}

sub run { my ($self, $name) = @_; return $self->start($name) }

sub start_socket {
    my ($self, $name) = @_;
    my $s = $self->read($name)->{Socket};
    my $path = $s->{ListenStream}[-1];
    my $real = $self->{root} . $path;
    unlink $real;
    my $before = umask(0777 & ~oct($s->{SocketMode}[-1] // '0666'));
    my $fd = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $real, Listen => $s->{Backlog}[-1] // 128) or croak "$real: $!";
    umask $before;
    chown $self->id_of('users', $s->{SocketUser}[-1] // 'root'), $self->id_of('groups', $s->{SocketGroup}[-1] // 'root'), $real or croak "$real: $!";
    $self->{sockets}{$name} = { fd => $fd, path => $real, remove => ($s->{RemoveOnStop}[-1] // 'no') eq 'yes' };
    return 1;
}

# Who is after whom is asked of the units; timers do nothing here (run their service).
sub start_target {
    my ($self, $name) = @_;
    my @left = grep { /\.(?:service|socket)$/ } words($self->read($name)->{Unit}{Wants});
    my %unit = map { $_ => $self->read($_) } @left;
    my %open = map { $_ => 1 } @left;
    while (@left) {
        my ($next) = grep { my $u = $_; !grep { $open{$_} && $_ ne $u } words($unit{$u}{Unit}{After}) } @left or croak "$name: a circle of After=: @left";
        $self->start($next);
        delete $open{$next};
        @left = grep { $_ ne $next } @left;
    }
    return 1;
}

sub pid  { my ($self, $name) = @_; return ($self->{at}{$name} // {})->{pid} }
sub told { my ($self, $name) = @_; my $at = $self->{at}{$name} or return; $self->hear($at); return @{ $at->{told} } }

sub log {
    my ($self, $name) = @_;
    open my $in, '<', "$self->{log}/$name.log" or return '';
    local $/;
    return <$in> // '';
}

sub reload {
    my ($self, $name) = @_;
    my $at = $self->{at}{$name};
    croak "$name does not run" unless $at && $at->{pid};
    for my $line (@{ $at->{unit}{Service}{ExecReload} // croak "$name has no ExecReload=" }) {
        my $status = finish($self->spawn($name, $at->{frame}, $line, first => 1, main => $at->{pid}));
        croak "$name: \"$line\" ended with status $status" if $status;
    }
    return 1;
}

# The status of its main process, undef when it did not run; 128 + n when a signal ended it.
sub stop {
    my ($self, $name) = @_;
    if ($name =~ /\.socket$/) {
        my $s = delete $self->{sockets}{$name} or return;
        close $s->{fd};
        unlink $s->{path} if $s->{remove};
        return 0;
    }
    my $at = $self->{at}{$name};
    return unless $at && $at->{pid};
    my ($pid, $unit) = ($at->{pid}, $at->{unit});
    my $mode = one($unit, 'KillMode', 'control-group') eq 'control-group' ? 'all' : 'main';
    my $signal = one($unit, 'KillSignal', 'SIGTERM') =~ s/^SIG//r;
    # A busy machine gets more.
    my $end = time + 6 * seconds(one($unit, 'TimeoutStopSec', 90));
    $self->kill_tree($signal, $pid, $mode);
    my $status;
    while (!defined $status) {
        $status = $? if waitpid($pid, WNOHANG) == $pid;
        $self->hear($at);
        kill 'KILL', $pid if time > $end;
        sleep 0.01;
    }
    $self->gone($name);
    return $status & 127 ? 128 + ($status & 127) : $status >> 8;
}

# What is left of it: the others of its group, its folders.
sub gone {
    my ($self, $name) = @_;
    my $at = $self->{at}{$name};
    kill 'KILL', -$at->{pid};
    $at->{pid} = 0;
    remove_tree("$self->{root}$self->{run}/credentials/$name");
    remove_tree("$self->{root}$self->{run}/$_") for words($at->{unit}{Service}{RuntimeDirectory});
    return;
}

sub restart { my ($self, $name) = @_; my $status = $self->stop($name); $self->start($name); return $status }

# As systemd tends what it started: gives what happened, "NAME died" and "NAME hung" and "NAME is back".
sub tend {
    my ($self, $for, $until) = @_;
    my (@news, %again);
    my $end = time + $for;
    while (time < $end && !($until && $until->())) {
        for my $name (sort keys %{ $self->{at} }) {
            my $at = $self->{at}{$name};
            $self->hear($at);
            if ($at->{pid} && $at->{watchdog} && time - $at->{ping} > $at->{watchdog}) {
                push @news, "$name hung";
                kill one($at->{unit}, 'WatchdogSignal', 'SIGABRT') =~ s/^SIG//r, $at->{pid};
                $at->{ping} = time;
            }
            if ($at->{pid} && waitpid($at->{pid}, WNOHANG) == $at->{pid}) {
                push @news, "$name died";
                $self->gone($name);
                $again{$name} = time + seconds(one($at->{unit}, 'RestartSec', '100ms')) if one($at->{unit}, 'Restart', 'no') eq 'always';
            }
            if (defined $again{$name} && time >= $again{$name}) {
                delete $again{$name};
                $self->begin($name, $at->{unit});
                push @news, "$name is back";
            }
        }
        sleep 0.02;
    }
    return @news;
}

sub stop_all {
    my ($self) = @_;
    # The other way round: who was started last asks those before.
    my %status = map { $_ => $self->stop($_) } sort { $self->{at}{$b}{begun} <=> $self->{at}{$a}{begun} } grep { $self->{at}{$_}{pid} } keys %{ $self->{at} };
    $self->stop($_) for keys %{ $self->{sockets} };
    return \%status;
}

sub DESTROY {
    my ($self) = @_;
    return unless $self->{owner} == $$;
    local $?;
    kill 'KILL', -$_ for grep { $_ } map { $_->{pid} } values %{ $self->{at} };
    return;
}

1;
