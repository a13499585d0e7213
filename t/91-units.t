# Unit files: systemd takes them, they close what they say, and our programs fit through what they leave open: the
# house runs as it is installed under strace, and every call that is made stands in the list of its unit.
use strict;
use warnings;
use Apart;
use Cage;
use Cash;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use HTTP::Tiny;
use Test::More;
use Time::HiRes qw(sleep time);

my $build = abs_path($ENV{BUILDDIR} // '.');
my %most = (web => '0.6', vault => '0.6', jobs => '1.5', live => '1.5', backup => '1.5', drill => '1.5', verify => '1.5', seal => '1.5');
my $analyze = grep { -x "$_/systemd-analyze" } split /:/, $ENV{PATH};
my $sanitized = Cage::sanitized();

sub skip_package {
    my ($name) = @_;
    die "$name is not installed, and COZYKART_SKIP_IS_ERROR is set\n" if $ENV{COZYKART_SKIP_IS_ERROR};
    return "$name is not installed";
}

# Our units, with programs that are there.
my ($bindir, $etc) = Apart::installed();
my $dir = tempdir('ckXXXXXX', TMPDIR => 1, CLEANUP => 1);
mkdir "$dir/units";
my @files = (glob("$build/packaging/systemd/*.service"), glob("$Tree::src/packaging/systemd/*.{socket,target,timer}"));
for my $file (@files) {
    open my $in, '<', $file or die "$file: $!";
    my $text = do { local $/; <$in> };
    $text =~ s{\Q$bindir\E/}{Cozykart::stage() . '/bin/'}ge;
    Apart::put("$dir/units/" . $file =~ s{.*/}{}r, $text);
}
is(scalar @files, 14, 'eight services, a socket, four timers and a target');

SKIP: {
    skip skip_package('systemd (systemd-analyze)'), 1 unless $analyze;
    local $ENV{SYSTEMD_UNIT_PATH} = "$dir/units:";
    local $ENV{SYSTEMD_LOG_LEVEL} = 'warning';
    is(scalar(`systemd-analyze verify --man=no "$dir"/units/* 2>&1`), '', 'systemd understands them');
    is($?, 0, 'all of them');
    mkdir "$dir/wrong";
    Apart::put("$dir/wrong/wrong.service", "[Service]\nExecStart=/no/such/program\nProtectSytem=strict\n");
    like(scalar(`systemd-analyze verify --man=no "$dir/wrong/wrong.service" 2>&1`), qr/ProtectSytem.*(?:\n.*)*not executable|not executable(?:.*\n)*.*ProtectSytem/, 'and would say what is wrong');
    for my $name (sort keys %most) {
        my $out = `systemd-analyze security --no-pager --offline=yes --threshold=${\($most{$name} * 10)} "$dir/units/cozykart-$name.service" 2>&1`;
        my $status = $? >> 8;
        my ($figure) = $out =~ /Overall exposure level for \S+: ([0-9.]+)/;
        ok($status == 0 && defined $figure, "cozykart-$name is open to " . ($figure // '?') . ", at most $most{$name} of 10") or diag($out);
    }
    `systemd-analyze security --no-pager --offline=yes --threshold=15 "$dir/wrong/wrong.service" 2>&1`;
    isnt($?, 0, 'an open one would be told');
    # The timers say when they think.
    for my $file (glob "$dir/units/*.timer") {
        open my $in, '<', $file or die $!;
        my ($when) = map { /^OnCalendar=(.*)/ ? $1 : () } <$in>;
        `systemd-analyze calendar "$when" 2>&1`;
        is($?, 0, $file =~ s{.*/}{}r . " knows $when");
    }
}

# What a service's filter leaves open, by systemd's own lists.
sub allowed {
    my ($unit) = @_;
    open my $in, '<', "$dir/units/$unit" or die $!;
    return Cage::allowed(map { /^SystemCallFilter=(.*)/ ? $1 : () } <$in>);
}

# Reads a trace of strace -f: what each program called, by the name of the program that the process had become.
sub called {
    my (%o) = @_;
    my (%role, %by, %waiting);
    for my $file (@{ $o{files} }) {
        open my $in, '<', $file or next;
        while (my $line = <$in>) {
            my ($pid, $rest) = $line =~ /^(\d+)\s+(.*)/ or next;
            $rest = delete($waiting{$pid}) . $1 if $rest =~ /^<\.\.\. \w+ resumed>(.*)/ && defined $waiting{$pid};
            if ($rest =~ /^(.*) <unfinished \.\.\.>$/) { $waiting{$pid} = $1; next }
            my ($call, $args, $result) = $rest =~ /^(\w+)\((.*)\)\s+= (-?\w+)/ or next;
            $role{$pid} = $1 if $call eq 'execve' && $result eq '0' && $args =~ m{^"[^"]*?([^/"]+)"};
            $role{$result} //= $role{$pid} if $call =~ /^(?:v?fork|clone3?)$/ && $result =~ /^\d+$/ && $result > 0;
            my $name = $role{$pid} // next;
            $name = 'cozykart-jobs' if $name eq 'exe';
            $by{$name}{$call}{$args} = $result if $call =~ /^(?:socket|mmap|mprotect)$/;
            $by{$name}{$call} //= {};
        }
    }
    return \%by;
}

# strace runs beside what it traces, and writes until all of that has ended.
sub traces_end {
    my $end = Cozykart::moment() + Cozykart::patience(60);
    my $tracing = sub {
        for my $file (glob '/proc/[0-9]*/cmdline') {
            open my $in, '<', $file or next;
            return 1 if (do { local $/; <$in> } // '') =~ /^[^\0]*strace\0.*\0-o\0\Q$dir\E\//;
        }
        return 0;
    };
    sleep 0.1 while $tracing->() && Cozykart::moment() < $end;
    return;
}

# Programs that a unit's processes became, from its trace; what puts them into their place is no part of it.
sub executed {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!";
    my @found = map { m{^\d+\s+execve\("([^"]+)".* = 0$} || m{^\d+\s+execve\("([^"]+)".*unfinished} ? $1 : () } <$in>;
    shift @found while @found && $found[0] =~ m{/(?:prlimit|setpriv)$};
    return grep { $_ ne '/proc/self/exe' } @found;
}

# Judges what programs of a unit called, by what the unit leaves open.
sub fits {
    my ($by, %is) = @_;
    for my $name (sort keys %is) {
        my $may = allowed("cozykart-$name.service");
        for my $program (@{ $is{$name} }) {
            my $calls = $by->{$program};
            ok($calls && keys %$calls > 10, "cozykart-$name: $program was looked at") or next;
            my @refused = grep { !$may->{$_} } sort keys %$calls;
            is("@refused", '', sprintf '… its %d calls are among the %d that are left open', scalar keys %$calls, scalar keys %$may);
            # MemoryDenyWriteExecute: nothing is writable and executable, nothing becomes executable.
            my @made = grep { /PROT_WRITE\|PROT_EXEC/ } keys %{ $calls->{mmap} // {} };
            push @made, grep { /PROT_EXEC/ } keys %{ $calls->{mprotect} // {} };
            is("@made", '', '… it makes no memory executable');
            my @families = sort keys %{ { map { /^(AF_\w+)/ ? ($1 => 1) : () } keys %{ $calls->{socket} // {} } } };
            # Who looks up a name asks for the addresses of the machine (AF_NETLINK), and goes on when that is refused.
            my %open = map { $_ => 1 } $name =~ /^(?:jobs|backup)$/ ? qw(AF_INET AF_INET6 AF_NETLINK AF_UNIX) : 'AF_UNIX';
            is(join(' ', grep { !$open{$_} } @families), '', '… and speaks to ' . (@families ? "@families" : 'nobody'));
        }
    }
    return;
}

my $why = Apart::missing();
$why //= 'strace is not installed' unless grep { -x "$_/strace" } split /:/, $ENV{PATH};
$why //= 'this machine lets nobody trace (strace)' if !$why && system("strace -f -D -o '$dir/t' true >/dev/null 2>&1") != 0;
$why //= 'sanitizers make calls of their own' if $sanitized;
$why //= skip_package('systemd (systemd-analyze)') unless $analyze;

SKIP: {
    skip $why, 1 if $why;
    my $house;
    my (@traces, @of);
    $house = Apart->new(workers => 2, before => sub {
        my ($unit) = @_;
        push @of, $unit;
        push @traces, "$dir/trace." . @traces;
        return ('strace', '-f', '-D', '-qq', '-e', 'signal=none', '-s', '80', '-o', $traces[-1]);
    });
    my $u = $house->units;
    $u->start('cozykart.target');
    ok($house->nginx, 'the house stands, traced');
    my $race = $house->race;
    is($house->notice($house->shirt($race))->{status}, 200, 'a sale') for 1 .. 5;
    my $http = HTTP::Tiny->new(timeout => 20);
    for my $page ('/', "/race/$race", "/race/$race.json", '/races', '/standings', '/shop', '/djs', '/funds', '/seals', '/status', '/metrics', '/healthz', '/login', '/nowhere', "/live/race/$race.json") {
        my $r = $http->get($house->url($page));
        ok($r->{status} < 500, "$page: $r->{status}");
    }
    ok($house->wait_for(10, sub { -e "$house->{dir}/lib/media/card/default.png" }), 'a picture was drawn');
    $u->reload($_) for 'cozykart-web.service', 'cozykart-vault.service', 'cozykart-live.service';
    sleep 2;
    is($house->notice($house->shirt($race))->{status}, 200, 'and a sale afterwards');
    my %end;
    $end{$_} = $u->run("cozykart-$_.service") for qw(backup drill verify seal);
    is($end{$_}, 0, "cozykart-$_ did its work") for sort keys %end;
    $house->stop;
    traces_end();

    for my $i (0 .. $#of) {
        my %unit = %{ $u->read($of[$i])->{Service} };
        my @ran = executed($traces[$i]);
        ok(scalar @ran, "$of[$i]: what it executed was looked at");
        next unless $unit{NoExecPaths};
        my @may = map { s/^-//r } map { split ' ' } @{ $unit{ExecPaths} };
        is(join(' ', grep { my $p = abs_path($_) // $_; !grep { $p eq (abs_path($_) // $_) || index($p, "$_/") == 0 } @may } @ran), '', '… and stands in ExecPaths=');
    }
    my %is = (vault => ['cozykart-vault', 'kill'], web => ['cozykart-web', 'kill'], jobs => ['cozykart-jobs', 'rsvg-convert'], live => ['nginx', 'rm', 'kill'],
        backup => ['cozykart'], drill => ['cozykart'], verify => ['cozykart', 'cozykart-audit'], seal => ['cozykart']);
    for my $name (sort keys %is) {
        my $by = called(files => [map { $traces[$_] } grep { $of[$_] eq "cozykart-$name.service" } 0 .. $#of]);
        my %named = map { $_ => 1 } @{ $is{$name} }, qw(prlimit setpriv);
        fits($by, $name => [@{ $is{$name} }, grep { !$named{$_} } sort keys %$by]);
    }
    ok(!allowed('cozykart-web.service')->{$_}, "a page's worker cannot $_") for qw(ptrace mount unlink unlinkat rename renameat2 chmod fchmod chown mkdir link symlink bpf setuid process_vm_readv keyctl kexec_load init_module reboot swapon perf_event_open io_uring_setup userfaultfd unshare setns);
    ok(!allowed('cozykart-vault.service')->{$_}, "the vault cannot $_") for qw(ptrace mount fork vfork clone clone3 rename renameat2 mkdir link symlink chown setuid bpf io_uring_setup unshare setns);
}

# What only a house with shops, banks and Discord does: that of the other tests, traced as a whole.
SKIP: {
    $why //= Cash::missing();
    skip $why, 1 if $why;
    my $start = \&Cozykart::start;
    no warnings 'redefine';
    local *Cozykart::start = sub {
        my ($self) = @_;
        my $bin = "$self->{dir}/bin";
        mkdir $bin;
        symlink $_, "$bin/" . s{.*/}{}r for glob "$self->{bin}/*";
        unlink "$bin/cozykart-house";
        Apart::put("$bin/cozykart-house", "#!/bin/sh\nexec strace -f -D -qq -e signal=none -s 80 -o '$dir/whole' '$self->{bin}/cozykart-house' \"\$@\"\n", 0755);
        $self->{bin} = $bin;
        return $start->($self);
    };
    my $cash = Cash->new(wallet => 20_000);
    my $house = $cash->house;
    $cash->until_ended($cash->out($_, 2500)) for @Cash::providers;
    is($cash->judge, '', 'payouts by three providers');
    $house->stop;
    traces_end();
    my $by = called(files => ["$dir/whole"]);
    # Here they run as root, for whom SQLite gives its files the owner of the ledger, and no manager holds the door.
    delete $by->{$_}{fchown} for keys %$by;
    delete @{ $by->{'cozykart-web'} }{qw(chmod rename unlink)};
    fits($by, vault => ['cozykart-vault'], web => ['cozykart-web'], jobs => ['cozykart-jobs', 'rsvg-convert']);
}
done_testing;
