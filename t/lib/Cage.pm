# Closes a process as a unit says, with what the kernel gives and without systemd: mounts that cannot be written,
# seen or executed, no network, a filter of system calls by systemd's own lists. Used by Units.pm (cage => 1).
#
# Done: ProtectSystem=strict, ReadWritePaths, InaccessiblePaths, ProtectHome, NoExecPaths, ExecPaths,
# ProtectProc=invisible, ProcSubset=pid, PrivateNetwork, PrivateIPC, SystemCallFilter, SystemCallErrorNumber=EPERM,
# RestrictAddressFamilies, RestrictNamespaces, MemoryDenyWriteExecute, NoNewPrivileges, CapabilityBoundingSet=, limits. Not done:
# PrivateTmp (tests live in /tmp), PrivateUsers, PrivateDevices, what cgroups do.
package Cage;

use strict;
use warnings;
use Carp qw(croak);
use Cwd qw(abs_path);
use POSIX ();

my ($header) = grep { -e } '/usr/include/x86_64-linux-gnu/asm/unistd_64.h', '/usr/include/asm/unistd_64.h';
my (%number, %group);
use constant { EPERM => 1, ENOSYS => 38, EAFNOSUPPORT => 97, ALLOW => 0x7fff0000, ERRNO => 0x00050000, X86_64 => 0xc000003e };
use constant { MS_RDONLY => 1, MS_NOSUID => 2, MS_NODEV => 4, MS_NOEXEC => 8, MS_REMOUNT => 32, MS_BIND => 4096, MS_REC => 16384, MS_PRIVATE => 1 << 18 };
use constant { NEW_ANY => 0x7e020000, NEW_MOUNTS => 0x00020000, NEW_NETWORK => 0x40000000, NEW_IPC => 0x08000000 };
use constant { SET_SECCOMP => 22, FILTER => 2, DROP_CAP => 24, SET_NO_NEW_PRIVS => 38, SET_MDWE => 65 };
my %family = (AF_UNIX => 1, AF_INET => 2, AF_INET6 => 10);

# Why it cannot be done here, or undef.
sub missing {
    return 'only root can' if $> != 0;
    return 'only for amd64' unless (POSIX::uname())[4] eq 'x86_64' && $header;
    return 'sanitizers make calls of their own' if sanitized();
    return 'systemd-analyze is not installed' unless grep { -x "$_/systemd-analyze" } split /:/, $ENV{PATH};
    return 'this machine gives processes no namespaces of their own' if system('unshare -m -n -i mount --make-rprivate / >/dev/null 2>&1') != 0;
    return;
}

# Programs with sanitizers built in make calls of their own, and take their time.
sub sanitized { return system(q(grep -qs '^SAN_CFLAGS = .*-fsanitize' "${BUILDDIR:-.}/Makefile")) == 0 }

# Whether the kernel has what MemoryDenyWriteExecute= needs here (6.3 and later).
sub denies_memory {
    my $pid = fork // croak "fork: $!";
    POSIX::_exit(syscall(numbers()->{prctl}, SET_MDWE, 1, 0, 0, 0) < 0) unless $pid;
    waitpid $pid, 0;
    return $? == 0;
}

sub numbers {
    return \%number if %number;
    open my $in, '<', $header or croak "$header: $!";
    while (my $line = <$in>) { $number{$1} = 0 + $2 if $line =~ /^#define __NR_(\w+) (\d+)/ }
    return \%number;
}

# A name, or a group of systemd's, in names.
sub expand {
    my ($name) = @_;
    return ($name) unless $name =~ /^\@/;
    $group{$name} //= do {
        my @lines = grep { !/^\s*#/ && /^\s+\S/ } split /\n/, `systemd-analyze syscall-filter '$name'`;
        croak "systemd knows no $name" if $? || !@lines;
        [map { expand(s/^\s+|\s+$//gr) } @lines];
    };
    return @{ $group{$name} };
}

# What lines of SystemCallFilter= leave open, as a hash of names.
sub allowed {
    my (@lines) = @_;
    my %may = map { $_ => 1 } expand('@default');
    for my $line (@lines) {
        my $not = $line =~ s/^~//;
        for my $call (map { expand($_) } split ' ', $line) { if ($not) { delete $may{$call} } else { $may{$call} = 1 } }
    }
    return \%may;
}

# Everything that needs other programs is done here, before the fork.
sub new {
    my ($class, $frame) = @_;
    my $s = $frame->{service};
    croak 'this unit has no SystemCallFilter=' unless $s->{SystemCallFilter};
    my $may = allowed(@{ $s->{SystemCallFilter} });
    my @family = map { $family{$_} // croak "what family is $_?" } map { split ' ' } @{ $s->{RestrictAddressFamilies} // [] };
    my @calls = sort { $a <=> $b } grep { defined } map { numbers()->{$_} } keys %$may;
    return bless { frame => $frame, service => $s, filter => filter(\@calls, \@family, ($s->{RestrictNamespaces} // [])->[-1]) }, $class;
}

sub insn { return pack 'S C C L', @_ }

# Classic BPF: loads the architecture, then the number, compares, answers.
sub filter {
    my ($calls, $families, $namespaces) = @_;
    my ($load, $jeq, $jge, $jset, $ret) = (0x20, 0x15, 0x35, 0x45, 0x06);
    my @f = (insn($load, 0, 0, 4), insn($jeq, 1, 0, X86_64), insn($ret, 0, 0, ERRNO | EPERM), insn($load, 0, 0, 0),
        insn($jge, 0, 1, 0x40000000), insn($ret, 0, 0, ERRNO | EPERM));
    # socket and socketpair are judged by their first argument.
    for my $n (@$families ? @{ numbers() }{qw(socket socketpair)} : ()) {
        my @inner = (insn($load, 0, 0, 16), (map { (insn($jeq, 0, 1, $_), insn($ret, 0, 0, ALLOW)) } @$families), insn($ret, 0, 0, ERRNO | EAFNOSUPPORT));
        push @f, insn($jeq, 0, scalar @inner, $n), @inner;
    }
    # Flags for new namespaces; those of clone3 are out of a filter's sight, so that it seems not to be there.
    if (($namespaces // '') eq 'yes') {
        push @f, map { (insn($jeq, 0, 1, numbers()->{$_}), insn($ret, 0, 0, ERRNO | EPERM)) } qw(unshare setns);
        push @f, insn($jeq, 0, 1, numbers()->{clone3}), insn($ret, 0, 0, ERRNO | ENOSYS);
        push @f, insn($jeq, 0, 4, numbers()->{clone}), insn($load, 0, 0, 16), insn($jset, 0, 1, NEW_ANY), insn($ret, 0, 0, ERRNO | EPERM), insn($load, 0, 0, 0);
    }
    push @f, map { (insn($jeq, 0, 1, $_), insn($ret, 0, 0, ALLOW)) } @$calls;
    return [@f, insn($ret, 0, 0, ERRNO | EPERM)];
}

# A call of the kernel; texts must be copies of their own.
sub ask {
    my ($name, @args) = @_;
    my $got = syscall(numbers()->{$name} // croak("no call $name"), @args);
    die "$name: $!\n" if $got < 0;
    return $got;
}

sub mount {
    my ($from, $to, $type, $flags, $data) = @_;
    return ask('mount', "$from", "$to", "$type", 0 + $flags, '' . ($data // ''));
}

sub is_below { my ($path, @roots) = @_; return grep { $path eq $_ || $_ eq '/' || index($path, "$_/") == 0 } @roots }
sub paths { my ($self, $key) = @_; return grep { defined && -e } map { abs_path(s/^[-+]*//r) } map { split ' ' } @{ $self->{service}{$key} // [] } }
sub yes { my ($self, $key) = @_; return (($self->{service}{$key} // [])->[-1] // 'no') =~ /^(?:yes|strict|invisible|pid)$/ }

sub mounts {
    my ($self) = @_;
    mount('none', '/', 'none', MS_REC | MS_PRIVATE);
    my @write = ($self->paths('ReadWritePaths'), grep { defined } @{ $self->{frame}{env} }{qw(RUNTIME_DIRECTORY STATE_DIRECTORY)});
    my @run = $self->paths('ExecPaths');
    my @hidden = $self->paths('InaccessiblePaths');
    push @hidden, grep { -d } qw(/home /root /run/user) if $self->yes('ProtectHome');
    mount($_, $_, 'none', MS_BIND | MS_REC) for @write, @run;
    mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC, 'hidepid=invisible,subset=pid') if $self->yes('ProtectProc') && $self->yes('ProcSubset');
    open my $in, '<', '/proc/self/mountinfo' or die "/proc/self/mountinfo: $!";
    for my $line (<$in>) {
        my ($path, $options) = (split ' ', $line)[4, 5];
        $path =~ s/\\(\d{3})/chr oct $1/ge;
        next if is_below($path, qw(/proc /sys /dev));
        my $flags = MS_REMOUNT | MS_BIND;
        $flags |= MS_NOSUID if $options =~ /\bnosuid\b/;
        $flags |= MS_NODEV if $options =~ /\bnodev\b/;
        $flags |= MS_RDONLY if $options =~ /\bro\b/ || ($self->yes('ProtectSystem') && !is_below($path, @write));
        $flags |= MS_NOEXEC if $options =~ /\bnoexec\b/ || ($self->{service}{NoExecPaths} && !is_below($path, @run));
        mount('none', $path, 'none', $flags);
    }
    mount('none', $_, 'tmpfs', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, 'mode=000,size=4k') for grep { -d } @hidden;
    return;
}

sub limits {
    my ($self) = @_;
    for my $l (['LimitNOFILE', 7], ['LimitCORE', 4]) {
        my $v = Units::limit($l->[0] =~ s/^Limit//r, ($self->{service}{ $l->[0] } // [])->[-1]) // next;
        ask('setrlimit', $l->[1], pack 'QQ', $v, $v);
    }
    return;
}

# In the child, after its files are open: from here on it is as poor as the unit says.
sub shut {
    my ($self) = @_;
    my $f = $self->{frame};
    ask('unshare', NEW_MOUNTS | ($self->yes('PrivateNetwork') ? NEW_NETWORK : 0) | ($self->yes('PrivateIPC') ? NEW_IPC : 0));
    $self->mounts;
    $self->limits;
    for my $cap (0 .. 63) { last if syscall(numbers()->{prctl}, DROP_CAP, $cap, 0, 0, 0) < 0 }
    $) = "$f->{gid} @{ $f->{gids} }";
    $( = $f->{gid};
    POSIX::setgid($f->{gid}) or die "setgid: $!\n";
    POSIX::setuid($f->{uid}) or die "setuid: $!\n";
    ask('prctl', SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    # Kernels before 6.3 have none.
    syscall(numbers()->{prctl}, SET_MDWE, 1, 0, 0, 0) if $self->yes('MemoryDenyWriteExecute');
    my $filter = join '', @{ $self->{filter} };
    ask('prctl', SET_SECCOMP, FILTER, pack('S x6 P', scalar @{ $self->{filter} }, $filter), 0, 0);
    return;
}

1;
