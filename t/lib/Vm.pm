# A virtual machine with a fresh Debian 12 and its real systemd, for what only a whole machine shows. It shares
# no file with this one: power can be cut, clocks set, services killed.
#
#   my $why = Vm::missing();                          # why there can be none here, or undef
#   my $dir = Vm::image($deb, $work);                 # Debian with what the package asks for, but not the package
#   my $vm = Vm->new(image => $dir, work => $work);   # a disk of its own, copied from the image
#   $vm->boot;                                        # returns when systemd says that everything is started
#   my ($status, $text) = $vm->sh('systemctl …');     # as root on its console: status and all it said
#   $vm->put('/etc/…', $text, 0600);
#   $vm->url('/status');                              # its port 80, as seen from here
#   $vm->reboot; $vm->halt;                           # as one should
#   $vm->cut;                                         # as one should not: the machine is gone at once
#   $vm->loses(7);                                    # before boot: a cut loses what was not flushed; cut says how much
#
# Not for: knowing what a house is (Site.pm).
package Vm;

use strict;
use warnings;
use Carp qw(croak);
use Cwd ();
use File::Path qw(make_path);
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX qw(:sys_wait_h);
use Root;
use Time::HiRes qw(sleep time);

# A machine that is much slower than the usual one shall only take longer.
use constant { PATIENCE => 900, PORT => 'org.cozykart.vm' };

# Runs inside: what comes by the port is run by sh, its status and words go back.
my $agent = <<'END';
#!/usr/bin/perl
use strict;
use warnings;
my $dev = '/dev/virtio-ports/org.cozykart.vm';
select undef, undef, undef, 0.1 until -e $dev;
open my $io, '+<:raw', $dev or die "$dev: $!\n";
sub say_all { my $s = $_[0]; while (length $s) { my $n = syswrite $io, $s; die "write: $!\n" unless defined $n; substr $s, 0, $n, '' } }
sub get { my ($want) = @_; my $s = ''; while (length $s < $want) { sysread($io, $s, $want - length $s, length $s) or select undef, undef, undef, 0.05 } return $s }
open my $id, '<', '/proc/sys/kernel/random/boot_id' or die;
chomp(my $boot = <$id>);
say_all("hello $boot\n");
while (1) {
    my $head = '';
    $head .= get(1) until $head =~ /\n/;
    my ($words, $bytes) = $head =~ /^(\d+) (\d+)$/ or next;
    my ($line, $in) = (get($words), get($bytes));
    open my $to, '+>:raw', undef or die "temporary file: $!\n";
    open my $from, '+>:raw', undef or die "temporary file: $!\n";
    syswrite $to, $in if length $in;
    sysseek $to, 0, 0;
    my $pid = fork;
    die "fork: $!\n" unless defined $pid;
    if (!$pid) {
        open STDIN, '<&', $to;
        open STDOUT, '>&', $from;
        open STDERR, '>&', $from;
        %ENV = (PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME => '/root', LANG => 'C.UTF-8', USER => 'root',
            DEBIAN_FRONTEND => 'noninteractive');
        chdir '/root';
        { exec '/bin/sh', '-c', $line }
        exit 127;
    }
    waitpid $pid, 0;
    my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    sysseek $from, 0, 0;
    my $text = '';
    1 while sysread $from, $text, 65536, length $text;
    say_all("= $status " . length($text) . "\n$text");
}
END
my $service = <<'END';
[Unit]
Description=Console of the test
[Service]
Type=exec
ExecStart=/usr/local/sbin/vm-agent
KillMode=process
Restart=always
END

# A /dev/kvm without the processor's help (a cloud's own kind) runs no ordinary kernel in useful time.
sub kvm {
    return unless -r '/dev/kvm' && -w _;
    open my $in, '<', '/proc/cpuinfo' or return;
    return scalar grep { /^flags\s*:.*\s(?:vmx|svm)\b/ } <$in>;
}

sub missing {
    my @missing = Root::missing_programs(qw(qemu-system-x86_64 mmdebstrap mke2fs setpriv));
    return "not installed: @missing (apt-get install qemu-system-x86 mmdebstrap e2fsprogs util-linux)" if @missing;
    return 'only root can make a Debian' if $> != 0;
    my ($arch) = map { chomp; $_ } `dpkg --print-architecture`;
    return "the machine made here is amd64, this one is $arch" unless $arch eq 'amd64';
    return;
}

sub run_logged {
    my ($log, @words) = @_;
    my $status = system 'sh', '-c', 'log=$1; shift; exec "$@" >>"$log" 2>&1 </dev/null', 'sh', $log, @words;
    die "@words[0 .. ($#words > 3 ? 3 : $#words)] …: failed, see $log\n" if $status;
    return;
}

# The folder of a bootable Debian: disk, kernel, initrd. COZYKART_VM_IMAGE=DIR keeps it there for the next time.
sub image {
    my ($deb, $work) = @_;
    my $dir = $ENV{COZYKART_VM_IMAGE} // "$work/image";
    return $dir if -e "$dir/made";
    make_path($dir);
    my $root = "$dir/root";
    system 'rm', '-rf', '--one-file-system', $root;
    my ($uri, @proxy) = Root::mirror();
    # Only what a Debian has that starts, and has a network; then what the package asks for, as apt would bring
    # it (95-package.t sees that apt does): out here that takes a minute, in an emulated machine ten.
    my $asked = join ', ', map { my $f = `dpkg-deb -f '$deb' $_`; chomp $f; $f } qw(Depends Recommends);
    run_logged("$dir/log", 'mmdebstrap', '--mode=root', '--variant=minbase', @proxy, '--aptopt=Acquire::Languages "none"', '--aptopt=Acquire::Retries "3"',
        '--dpkgopt=force-unsafe-io', '--dpkgopt=path-exclude=/usr/share/man/*', '--dpkgopt=path-include=/usr/share/man/man*/cozykart*',
        '--dpkgopt=path-exclude=/usr/share/locale/*', '--skip=cleanup/apt',
        '--include=linux-image-cloud-amd64,initramfs-tools,systemd-sysv,udev,dbus,kmod,iproute2,e2fsprogs,ca-certificates',
        "--customize-hook=chroot \"\$1\" apt-get -q -y satisfy '$asked'", '--customize-hook=chroot "$1" apt-get clean', 'bookworm', $root, $uri);
    my %file = (
        '/etc/fstab' => "/dev/vda / ext4 errors=remount-ro 0 1\n", '/etc/hostname' => "kart\n", '/etc/hosts' => "127.0.0.1 localhost kart\n::1 localhost\n",
        '/etc/machine-id' => "6b61727400000000000000000000000a\n", '/etc/resolv.conf' => "nameserver 10.0.2.3\n",
        '/etc/systemd/network/en.network' => "[Match]\nType=ether\n[Network]\nDHCP=ipv4\n",
        '/usr/local/sbin/vm-agent' => $agent, '/etc/systemd/system/vm-agent.service' => $service,
    );
    Root->new($root)->put($_, $file{$_}, m{/sbin/} ? 0755 : 0644) for sort keys %file;
    make_path("$root/etc/systemd/system/multi-user.target.wants", "$root/var/log/journal");
    symlink '/etc/systemd/system/vm-agent.service', "$root/etc/systemd/system/multi-user.target.wants/vm-agent.service" or die $!;
    run_logged("$dir/log", 'chroot', $root, 'systemctl', @$_) for ['enable', 'systemd-networkd.service'], ['disable', 'apt-daily.timer', 'apt-daily-upgrade.timer'];
    for my $part (['vmlinuz', 'kernel'], ['initrd.img', 'initrd']) {
        my ($from) = sort glob "$root/boot/$part->[0]-*";
        run_logged("$dir/log", 'cp', $from // die("no $part->[0] in $root/boot\n"), "$dir/$part->[1]");
    }
    run_logged("$dir/log", 'mke2fs', '-q', '-F', '-t', 'ext4', '-E', 'root_owner=0:0', '-d', $root, "$dir/disk", '6G');
    system 'rm', '-rf', '--one-file-system', $root;
    open my $made, '>', "$dir/made" or die "$dir/made: $!";
    return $dir;
}

my ($count, $told) = (0, 0);

# Options: image (folder), work (folder for disk, logs and sockets), from (a disk to copy; else the image's), memory (MiB), cores, clock (of the machine at its start, as qemu has it: 2026-01-31T12:00:00).
sub new {
    my ($class, %o) = @_;
    my $self = bless { memory => 2048, cores => kvm() ? 2 : 1, owner => $$, %o }, $class;
    my $name = 'vm' . ++$count;
    $self->{dir} = "$o{work}/$name";
    make_path($self->{dir});
    $self->{disk} = $self->copy_disk($o{from} // "$o{image}/disk", "$self->{dir}/disk");
    return $self;
}

sub copy_disk { my ($self, $from, $to) = @_; run_logged("$self->{dir}/log", 'cp', '--sparse=always', '--reflink=auto', $from, $to); return $to }

sub free_port {
    my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => 0) or die "no free port: $!";
    return $s->sockport;
}

sub url { return "http://127.0.0.1:$_[0]{port}" . ($_[1] // '') }

sub said {
    my ($self) = @_;
    open my $in, '<', "$self->{dir}/console" or return '';
    my @line = <$in>;
    return join '', @line > 40 ? @line[-40 .. -1] : @line;
}

# From now on what the machine did not flush is lost, or not, when it is cut (t/vm/disk); chance by this seed.
sub loses { my ($self, $seed) = @_; $self->{loses} = $seed; return $self }

sub start_disk {
    my ($self) = @_;
    my $socket = "$self->{dir}/disk.socket";
    unlink $socket;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$self->{dir}/disk.log";
        open STDERR, '>&', \*STDOUT;
        POSIX::setsid();
        { exec $^X, Cwd::abs_path($ENV{SRCDIR} // '.') . '/t/vm/disk', $socket, $self->{disk}, $self->{loses}++; }
        POSIX::_exit(127);
    }
    $self->{disk_pid} = $pid;
    my $end = time + 60;
    until (-S $socket) { die "t/vm/disk does not start: see $self->{dir}/disk.log\n" if time > $end; sleep 0.05 }
    return "file.driver=nbd,file.server.type=unix,file.server.path=$socket,file.reconnect-delay=0,format=raw,if=none,id=disk,cache=writeback";
}

# The machine is switched on. Gives what systemd calls its state: running, degraded.
sub boot {
    my ($self) = @_;
    croak 'it runs already' if $self->{pid};
    my $socket = "$self->{dir}/port";
    unlink $socket;
    my $kvm = kvm();
    warn "# no /dev/kvm with hardware behind it: the machine is emulated, which takes many times as long\n" unless $kvm || $told++;
    # Our door to it is the same at each boot.
    $self->{port} //= free_port();
    my @words = ('qemu-system-x86_64', '-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'q35', '-accel', $kvm ? 'kvm' : 'tcg,thread=multi,tb-size=512',
        '-cpu', $kvm ? 'host' : 'max', '-smp', $self->{cores}, '-m', $self->{memory}, '-kernel', "$self->{image}/kernel", '-initrd', "$self->{image}/initrd",
        '-append', 'root=/dev/vda rw console=ttyS0 quiet systemd.show_status=0 panic=-1', '-serial', "file:$self->{dir}/console",
        '-drive', defined $self->{loses} ? $self->start_disk : "file=$self->{disk},format=raw,if=none,id=disk,cache=unsafe", '-device', 'virtio-blk-pci,drive=disk',
        '-netdev', "user,id=net,hostfwd=tcp:127.0.0.1:$self->{port}-:80", '-device', 'virtio-net-pci,netdev=net', '-device', 'virtio-rng-pci',
        '-device', 'virtio-serial-pci', '-chardev', "socket,id=port,path=$socket,server=on,wait=off",
        '-device', 'virtserialport,chardev=port,name=' . PORT, ($self->{clock} ? ('-rtc', "base=$self->{clock}") : ()));
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        # It ends with us, however we end.
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$self->{dir}/qemu.log";
        open STDERR, '>&', \*STDOUT;
        POSIX::setsid();
        { exec 'setpriv', '--pdeathsig', 'KILL', @words; }
        POSIX::_exit(127);
    }
    $self->{pid} = $pid;
    my $end = time + 60;
    until ($self->{io} = IO::Socket::UNIX->new(Peer => $socket)) {
        die "qemu does not start: see $self->{dir}/qemu.log\n" if waitpid($pid, WNOHANG) == $pid || time > $end;
        sleep 0.05;
    }
    $self->{got} = '';
    return $self->arrived;
}

# The next word of the machine's side, that much or up to the end of a line.
sub more {
    my ($self, $end) = @_;
    my $left = $end - time;
    die "the machine says nothing; its last words:\n" . $self->said if $left <= 0 || !IO::Select->new($self->{io})->can_read($left);
    my $n = sysread $self->{io}, $self->{got}, 65536, length $self->{got};
    die "the machine is gone; its last words:\n" . $self->said unless $n;
    return;
}

sub line {
    my ($self, $end) = @_;
    $self->more($end) until $self->{got} =~ s/^([^\n]*)\n//;
    return $1;
}

# Waits until a machine that starts is up.
sub arrived {
    my ($self) = @_;
    my $end = time + PATIENCE;
    my $before = $self->{boot} // '';
    while (1) {
        my $line = $self->line($end);
        next unless $line =~ /hello ([0-9a-f-]{36})\z/ && $1 ne $before;
        $self->{boot} = $1;
        last;
    }
    my (undef, $state) = $self->sh('systemctl is-system-running --wait');
    chomp $state;
    return $state;
}

# Options: in (what the command reads), limit (seconds).
sub sh {
    my ($self, $line, %o) = @_;
    croak 'the machine is off' unless $self->{io};
    my $in = $o{in} // '';
    my $ask = length($line) . ' ' . length($in) . "\n$line$in";
    while (length $ask) {
        my $n = syswrite $self->{io}, $ask;
        die 'the machine is gone: ' . $self->said unless defined $n;
        substr $ask, 0, $n, '';
    }
    my $end = time + ($o{limit} // PATIENCE);
    my $head = $self->line($end);
    my ($status, $bytes) = $head =~ /^= (\d+) (\d+)\z/ or die "the machine says \"$head\" after: $line\n" . $self->said;
    $self->more($end) while length $self->{got} < $bytes;
    my $text = substr $self->{got}, 0, $bytes, '';
    open my $log, '>>', "$self->{dir}/sh.log" or die "$self->{dir}/sh.log: $!";
    print {$log} "\$ $line\n$text", $status ? "(status $status)\n" : '';
    return ($status, $text);
}

# A command that has to go well; what it said.
sub must {
    my ($self, $line, %o) = @_;
    my ($status, $text) = $self->sh($line, %o);
    croak "$line: status $status\n$text" if $status;
    return $text;
}

sub put {
    my ($self, $file, $text, $mode) = @_;
    my $folder = $file =~ s{/[^/]+\z}{}r;
    return $self->must(sprintf("mkdir -p '%s' && cat >'%s' && chmod %o '%s'", $folder, $file, $mode // 0644, $file), in => $text);
}

sub bring {
    my ($self, $from, $to) = @_;
    open my $in, '<:raw', $from or die "$from: $!";
    local $/;
    return $self->put($to, scalar <$in>);
}

# Waits until a command inside goes well; whether it did. The last of what it said is in $$text.
sub comes {
    my ($self, $line, $seconds, $text) = @_;
    my $end = time + ($seconds // 300);
    while (1) {
        my ($status, $said) = $self->sh($line);
        $$text = $said if $text;
        return 1 if !$status;
        return 0 if time > $end;
        sleep 0.3;
    }
}

sub reboot {
    my ($self) = @_;
    $self->must('systemctl --no-block reboot');
    return $self->arrived;
}

sub gone {
    my ($self) = @_;
    waitpid $_, 0 for grep { $_ } delete @{$self}{qw(pid disk_pid)};
    delete $self->{io};
    return;
}

sub halt {
    my ($self) = @_;
    return unless $self->{pid};
    $self->must('systemctl --no-block poweroff');
    my $end = time + PATIENCE;
    while (waitpid($self->{pid}, WNOHANG) == 0) {
        die "it does not end:\n" . $self->said if time > $end;
        sleep 0.1;
    }
    delete $self->{pid};
    return $self->gone;
}

# Nothing is told to anybody inside.
sub cut {
    my ($self) = @_;
    return unless $self->{pid};
    kill 'KILL', $self->{pid};
    $self->gone;
    return unless defined $self->{loses};
    open my $in, '<', "$self->{dir}/disk.log" or return;
    chomp(my @said = <$in>);
    return $said[-1];
}

sub DESTROY {
    my ($self) = @_;
    return unless $self->{owner} == $$;
    local ($?, $@);
    $self->cut;
    return;
}

1;
