# A fresh Debian 12 in a folder, for what only a whole machine shows. The test lives in namespaces of its
# own meanwhile: mounts, processes and ports of the root are gone when the test is, however it ended.
#
#   Root::enter();                            # first: runs this script again, apart; gives why it cannot, or undef
#   my $root = Root->new("$dir/root", log => "$dir/log");    # the folder of a root that make() makes
#   $root->make;                              # by mmdebstrap from the mirror of this machine; dies with its word
#   my ($status, $text) = $root->sh('apt-get install …');    # inside; $root->online->sh(…) with the real network
#   $root->leave;                             # unmounts
#
# Not for: starting what is installed (Units.pm).
package Root;

use strict;
use warnings;
use File::Path qw(make_path remove_tree);
use POSIX ();

# The descriptor of the network that this machine has.
use constant NETWORK => 9;

# Mounts, network and processes apart. Gives a reason only where the machine does not grant that.
sub enter {
    return if $ENV{COZYKART_APART};
    return 'only root can make a root of its own' if $> != 0;
    my @apart = qw(unshare --mount --net --pid --fork --kill-child --propagation private --mount-proc);
    return 'this machine grants no namespaces' if system("@apart ip link set lo up 2>/dev/null") != 0;
    $ENV{COZYKART_APART} = 1;
    exec 'sh', '-c', 'exec ' . NETWORK . '</proc/self/ns/net; exec "$@"', 'sh', @apart, 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh',
        $^X, (map { "-I$_" } @INC), $0, @ARGV;
    die "sh: $!";
}

sub new {
    my ($class, $path, %o) = @_;
    return bless { path => $path, owner => $$, %o }, $class;
}

sub path { return $_[0]{path} . ($_[1] // '') }

# Programs and packages that this needs and that are not here.
sub missing_programs { return grep { my $p = $_; !grep { -x "$_/$p" } qw(/usr/bin /usr/sbin /bin /sbin) } @_ }

# Where this machine gets Debian from, and through what.
sub mirror {
    my ($uri) = map { (split)[1] } grep { /^Packages \S+ bookworm main$/ } `apt-get indextargets --format '\$(CREATED_BY) \$(REPO_URI) \$(CODENAME) \$(COMPONENT)' 2>/dev/null`;
    chomp(my @proxy = grep { /^Acquire::http::Proxy / } `apt-config dump 2>/dev/null`);
    return ($uri // 'http://deb.debian.org/debian', map { "--aptopt=$_" } @proxy);
}

# Only what every Debian has: nothing that the package forgot to ask for.
sub make {
    my ($self) = @_;
    my ($uri, @proxy) = mirror();
    my $log = "$self->{log}/mmdebstrap.log";
    my @words = ('mmdebstrap', '--mode=root', '--variant=minbase', @proxy, '--aptopt=Acquire::Languages "none"',
        '--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Retries "3"', '--dpkgopt=force-unsafe-io',
        '--dpkgopt=path-exclude=/usr/share/man/*', '--dpkgopt=path-include=/usr/share/man/man*/cozykart*',
        '--dpkgopt=path-exclude=/usr/share/locale/*', '--skip=cleanup/apt', 'bookworm', $self->{path}, $uri);
    my $status = system 'sh', '-c', 'log=$1; shift; exec nsenter --net=/proc/self/fd/' . NETWORK . ' "$@" >"$log" 2>&1', 'sh', $log, @words;
    if ($status) {
        my @said = do { open my $in, '<', $log or die "$log: $!"; grep { /^[EW]:/ } <$in> };
        die "no root could be made from $uri; is a Debian mirror reachable?\n", @said ? @said[-($#said > 4 ? 5 : @said) .. -1] : "see $log\n";
    }
    # Nothing is started by a package: no service manager runs in there.
    $self->put('/usr/sbin/policy-rc.d', "#!/bin/sh\nexit 101\n", 0755);
    return $self;
}

sub enter_mounts {
    my ($self) = @_;
    for (['proc', 'proc'], ['tmpfs', 'tmp'], ['tmpfs', 'run']) {
        my ($type, $at) = @$_;
        system('mount', '-t', $type, ($type eq 'tmpfs' ? ('-o', $at eq 'tmp' ? 'mode=1777' : 'mode=755') : ()), $type, "$self->{path}/$at") == 0
            or die "nothing can be mounted at $self->{path}/$at\n";
    }
    $self->{mounted} = 1;
    return $self;
}

sub put {
    my ($self, $file, $text, $mode) = @_;
    my $path = $self->path($file);
    make_path($path =~ s{/[^/]+\z}{}r);
    open my $out, '>', $path or die "$path: $!";
    print {$out} $text;
    close $out or die "$path: $!";
    chmod $mode // 0644, $path or die "$path: $!";
    return $path;
}

sub slurp {
    my ($self, $file) = @_;
    open my $in, '<', $self->path($file) or return;
    local $/;
    return scalar <$in>;
}

sub online { my ($self) = @_; return bless { %$self, owner => 0, online => 1 }, ref $self }

# A line of shell inside, with nothing of our environment: its status and all it said.
sub sh {
    my ($self, $line, %env) = @_;
    my @words = ('env', '-i', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LANG=C.UTF-8',
        'DEBIAN_FRONTEND=noninteractive', (map { "$_=$env{$_}" } sort keys %env), 'chroot', $self->{path}, 'sh', '-c', $line);
    unshift @words, 'nsenter', '--net=/proc/self/fd/' . NETWORK, '--' if $self->{online};
    my $pid = open(my $out, '-|') // die "fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDERR, '>&', \*STDOUT;
        { exec @words; }
        POSIX::_exit(127);
    }
    my $text = do { local $/; <$out> } // '';
    close $out;
    my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    open my $log, '>>', "$self->{log}/root.log" or die "$self->{log}/root.log: $!";
    print {$log} "\$ $line\n$text", $status ? "(status $status)\n" : '';
    return ($status, $text);
}

sub leave {
    my ($self) = @_;
    return unless delete $self->{mounted};
    system 'umount', '-l', "$self->{path}/$_" for qw(run tmp proc);
    return;
}

# Its folder too; never while something is mounted in it.
sub remove {
    my ($self) = @_;
    $self->leave;
    open my $in, '<', '/proc/self/mounts' or die "mounts: $!";
    return if grep { (split)[1] =~ m{^\Q$self->{path}\E(?:/|\z)} } <$in>;
    remove_tree($self->{path}, { safe => 0 });
    return;
}

sub DESTROY {
    my ($self) = @_;
    return unless $self->{owner} == $$;
    local $?;
    $self->leave;
    return;
}

1;
