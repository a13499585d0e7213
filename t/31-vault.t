# The vault as a process: killed in the middle of load, a second one, strangers, malformed messages,
# an end in peace, an fsync that fails, a full disk.
use strict;
use warnings;
use Cozykart;
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use IO::Socket::UNIX;
use POSIX qw(:sys_wait_h);
use Socket qw(SOCK_SEQPACKET);
use Faults;
use Test::More;
use Time::HiRes qw(sleep);

my $build = $ENV{BUILDDIR} // '.';
my $root = tempdir('ckvXXXXXX', TMPDIR => 1, CLEANUP => 1);
my %pid;

sub house {
    my ($dir) = @_;
    make_path("$dir/run", "$dir/live");
    chmod 0755, $root, $dir, "$dir/run";
    open my $secret, '>', "$dir/secret" or die $!;
    print $secret "whsec_test\n";
    close $secret;
    chmod 0600, "$dir/secret";
    open my $conf, '>', "$dir/c.conf" or die $!;
    print $conf "mode = test\npath.ledger = $dir/ledger.db\npath.run = $dir/run\n",
        "path.live = $dir/live\nstripe.webhook_secret_file = $dir/secret\n";
    close $conf;
    system("$build/cozykart --config $dir/c.conf init >/dev/null") == 0 or die 'init';
    return $dir;
}

sub start {
    my ($dir, @before) = @_;
    my $pid = fork // die $!;
    if (!$pid) {
        open STDERR, '>>', "$dir/log";
        exec @before, "$build/cozykart-vault", '--config', "$dir/c.conf" or POSIX::_exit(127);
    }
    $pid{$pid} = 1;
    my $ended;
    return $pid if Cozykart->wait_for(60, sub { connected($dir) || ($ended = waitpid($pid, WNOHANG) == $pid) }) && !$ended;
    delete $pid{$pid};
    return;
}

sub stop {
    my ($pid, $signal) = @_;
    kill $signal // 'TERM', $pid;
    waitpid $pid, 0;
    delete $pid{$pid};
    return $?;
}
my $owner = $$;
END { kill 'KILL', keys %pid if %pid && $$ == $owner }

sub connected {
    my ($dir, $socket) = @_;
    return IO::Socket::UNIX->new(Type => SOCK_SEQPACKET, Peer => "$dir/run/vault-" . ($socket // 'ctl') . '.sock');
}

# The format of src/call/msg.h, written here a second time.
sub message {
    my ($name, @fields) = @_;
    my $m = "CKM\x01" . pack('C/a', $name) . pack('v', @fields / 2);
    while (my ($k, $v) = splice @fields, 0, 2) {
        $m .= ref $v ? 'i' . pack('C/a', $k) . pack('q<', $$v) : 's' . pack('C/a', $k) . pack('V/a', $v);
    }
    return $m;
}
sub packet { return pack('VV', length $_[0], 0) . $_[0] }

sub answer_of {
    my ($s, $bytes) = @_;
    local $SIG{PIPE} = 'IGNORE';
    defined $s->send($bytes) or return '';
    my $got = '';
    defined $s->recv($got, 65536) or return '';
    return length $got > 13 ? unpack 'x8 x4 C/a', $got : '';
}

sub ck {
    my ($dir, @args) = @_;
    my $out = `"$build/cozykart" --config "$dir/c.conf" @args 2>&1`;
    return ($? >> 8, $out);
}
sub names { my ($code, $out) = ck($_[0], 'member list --json'); return { map { $_ => 1 } $out =~ /"name": ?"([^"]+)"/g } }

my $dir = house("$root/a");
my $vault = start($dir) or BAIL_OUT('the vault does not start');

subtest 'messages that are none' => sub {
    my $ping = message('vault.ping');
    is(answer_of(connected($dir), packet($ping)), 'ok', 'a ping is answered');
    is(answer_of(connected($dir), packet("CKM\x02" . substr $ping, 4)), 'E_INVALID', 'another version is refused');
    is(answer_of(connected($dir), packet('nonsense')), 'E_INVALID', 'so is nonsense');
    is(answer_of(connected($dir), packet($ping . 'x')), 'E_INVALID', 'so is something after the end');
    is(answer_of(connected($dir), pack('VV', 2 * 1024 * 1024, 0) . 'x' x 100), '', 'a message that would be too long ends the connection');
    is(answer_of(connected($dir), pack('VV', 100, 50) . 'x' x 50), '', 'so does one that begins in the middle');
    is(answer_of(connected($dir), 'abc'), '', 'so does a packet without a head');
    is(answer_of(connected($dir, 'web'), packet(message('member.add', name => 'W', key => 'w'))), 'E_DENIED', 'a web worker cannot add members');
    my $half = connected($dir);
    $half->send(pack('VV', 100, 0) . 'x' x 50);
    is(answer_of(connected($dir), packet($ping)), 'ok', 'half a message holds up nobody');
    my $big = message('member.add', name => 'Big', key => 'big', more => 'y' x 200_000);
    my $s = connected($dir);
    my $at = 0;
    while ($at < length $big) {
        my $part = substr $big, $at, 65536 - 8;
        $at + length $part < length $big ? $s->send(pack('VV', length $big, $at) . $part)
            : is(answer_of($s, pack('VV', length $big, $at) . $part), 'ok', 'a message of several packets is put together');
        $at += length $part;
    }
};

subtest 'a second vault' => sub {
    my $out = `"$build/cozykart-vault" --config "$dir/c.conf" 2>&1`;
    isnt($?, 0, 'is refused');
    like($out, qr/another process has the ledger open/, 'with the reason');
    is(answer_of(connected($dir), packet(message('vault.ping'))), 'ok', 'the first one goes on');
};

subtest 'strangers' => sub {
    plan skip_all => 'needs root to become somebody else' if $> != 0;
    chmod 0666, "$dir/run/vault-ctl.sock";
    my $out = `setpriv --reuid 65534 --clear-groups perl -MIO::Socket::UNIX -MSocket -e '
        my \$s = IO::Socket::UNIX->new(Type => SOCK_SEQPACKET, Peer => shift) or die; my \$m = "CKM\\x01\\x0avault.ping\\0\\0";
        \$s->send(pack("VV", length \$m, 0) . \$m); \$s->recv(my \$got, 65536); print \$got;' "$dir/run/vault-ctl.sock" 2>&1`;
    like($out, qr/E_DENIED/, 'another user may not give commands, even with a wrong mode on the socket');
    like($out, qr/65534/, 'and is told so');
    chmod 0600, "$dir/run/vault-ctl.sock";
};

subtest 'killed in the middle of load' => sub {
    my (@children, %ok);
    for my $n (1 .. 3) {
        my $pid = fork // die $!;
        if (!$pid) {
            open my $log, '>', "$dir/answered.$n" or die $!;
            $log->autoflush(1);
            for my $i (1 .. 150) {
                # As call_ask does it: the same message with the same key until there is an answer.
                my $bytes = packet(message('member.add', name => "m$n-$i", key => "k$n-$i"));
                Cozykart->wait_for(60, sub {
                    my $s = connected($dir);
                    my $got = $s ? answer_of($s, $bytes) : '';
                    die "answer $got" if $got && $got ne 'ok';
                    print $log "m$n-$i\n" if $got;
                    return $got;
                });
            }
            POSIX::_exit(0);
        }
        push @children, $pid;
    }
    my $kills = 0;
    for (1 .. 6) {
        sleep 0.15;
        stop($vault, 'KILL');
        $kills++;
        $vault = start($dir) or BAIL_OUT('the vault does not start again');
    }
    waitpid $_, 0 for @children;
    my $have = names($dir);
    my $answered = 0;
    for my $n (1 .. 3) {
        open my $in, '<', "$dir/answered.$n" or die $!;
        chomp(my @names = <$in>);
        is(scalar(@names), 150, "caller $n got an answer to everything");
        is(scalar(grep { !$have->{$_} } @names), 0, '… and nothing answered is lost');
    }
    is(scalar(grep { /^m\d-/ } keys %$have), 450, 'and nothing was done twice or without being asked');
    is($kills, 6, 'six kills');
    is((ck($dir, 'verify'))[0], 0, 'the books are right');
};

subtest 'TERM ends it in peace' => sub {
    my $s = connected($dir);
    is(stop($vault), 0, 'with status 0');
    ok(!-e "$dir/run/vault-ctl.sock", 'and no sockets are left');
    is((ck($dir, 'member add Nobody'))[0], 75, 'who asks now is told to try again');
    $vault = start($dir);
    ok($vault, 'it starts again');
};

subtest 'an fsync that fails' => sub {
    die "strace is not installed, and COZYKART_SKIP_IS_ERROR is set\n" if !-x '/usr/bin/strace' && $ENV{COZYKART_SKIP_IS_ERROR};
    plan skip_all => 'strace is not installed' unless -x '/usr/bin/strace';
    stop($vault);
    # Who is traced cannot look for leaks at its end.
    my $asan = join ':', grep { length } $ENV{ASAN_OPTIONS} // '', 'detect_leaks=0';
    my $traced = start($dir, 'env', "ASAN_OPTIONS=$asan", 'strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fdatasync,fsync', '-e', 'inject=fdatasync,fsync:error=EIO:when=1+');
    plan skip_all => 'strace cannot trace here' unless $traced;
    my $got = answer_of(connected($dir), packet(message('member.add', name => 'Phantom', key => 'ph')));
    is($got, 'E_BUSY', 'a vault whose own first sign is not made durable tries nothing');
    waitpid $traced, 0;
    delete $pid{$traced};
    is($? >> 8, 70, 'and has ended');
    $vault = start($dir);
    is(answer_of(connected($dir), packet(message('member.add', name => 'Phantom', key => 'ph'))), 'ok', 'repeated with its key it is done');
    is(scalar(grep { $_ eq 'Phantom' } (ck($dir, 'member list'))[1] =~ /Phantom/g), 1, 'once');
};

subtest 'an fsync that fails later' => sub {
    my $why = Faults::missing();
    plan skip_all => $why if $why;
    stop($vault);
    my $faults = Faults->new("$dir/faults");
    my $env = $faults->env;
    my $shaky = start($dir, 'env', map { "$_=$env->{$_}" } keys %$env);
    is(answer_of(connected($dir), packet(message('member.add', name => 'Solid', key => 'so'))), 'ok', 'a vault on a good disk');
    $faults->set(ops => 'sync', file => 'ledger.db-wal', nth => 1, error => 'EIO');
    my $got = answer_of(connected($dir), packet(message('member.add', name => 'Spectre', key => 'sp')));
    is($got, '', 'no answer is given to what may or may not be kept');
    waitpid $shaky, 0;
    delete $pid{$shaky};
    is($? >> 8, 70, 'the vault has ended');
    $vault = start($dir);
    is(answer_of(connected($dir), packet(message('member.add', name => 'Spectre', key => 'sp'))), 'ok', 'repeated with its key it is done');
    is(scalar(grep { $_ eq 'Spectre' } (ck($dir, 'member list'))[1] =~ /Spectre/g), 1, 'once');
};

stop($vault);

subtest 'a full disk' => sub {
    plan skip_all => 'needs root to mount a small disk' if $> != 0;
    my $disk = "$root/disk";
    mkdir $disk;
    system("mount -t tmpfs -o size=12m none $disk 2>/dev/null") == 0 or plan skip_all => 'cannot mount here';
    my $full = house("$disk/h");
    my $pid = start($full);
    ok($pid, 'the vault runs on a small disk');
    is((ck($full, 'member add Before'))[0], 0, 'a member is added');
    open my $fill, '>', "$disk/fill" or die $!;
    1 while syswrite $fill, "\0" x 65536;
    close $fill;
    my ($code, $out) = ck($full, 'member add During --key d');
    is($code, 75, 'a change is refused') or diag $out;
    like($out, qr/full|room/, 'in words');
    like((ck($full, 'member list'))[1], qr/Before/, 'reading goes on');
    unlink "$disk/fill";
    is((ck($full, 'member add During --key d'))[0], 0, 'with room the same command works by itself');
    is(waitpid($pid, WNOHANG), 0, 'all in the same process');
    stop($pid);
    system("umount $disk");
};

done_testing;
