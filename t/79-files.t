# Files and folders that are not as they should be: each program says in a sentence what is wrong and ends, or
# does what it can; nobody ever makes a new, empty ledger. Programs run as a user without rights here.
use strict;
use warnings;
use Cozykart;
use Digest::SHA ();
use IO::Socket::UNIX;
use POSIX ();
use Socket qw(MSG_DONTWAIT SOCK_DGRAM);
use Test::More;
use Time::HiRes qw(sleep);

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $root = $> == 0;
my $nobody = 65534;
my $house = Cozykart->new(start => 0);
my ($home, $file) = ($house->{home}, "$house->{home}/data/ledger.db");
my @user = $root ? ('setpriv', "--reuid=$nobody", "--regid=$nobody", '--clear-groups') : ();
system('chown', '-R', "$nobody:$nobody", $home) if $root;

# It sleeps nearly whenever one looks: what it had to do at its start is done, and it waits for something.
sub rests {
    my ($pid) = @_;
    my $busy = 0;
    for (1 .. 12) {
        open my $in, '<', "/proc/$pid/stat" or return 0;
        return 0 if (<$in> // '') !~ /\) S / && ++$busy > 2;
        sleep 0.02;
    }
    return 1;
}

# Starts one of our programs: exit code or 'runs', and what it said. Who runs has said that it is ready, or waits
# for the vault; the people's command always ends.
sub try_it {
    my ($name, %o) = @_;
    my ($log, $ready) = map { "$house->{dir}/$_" } qw(said ready);
    unlink $log, $ready;
    my $ear = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ready) or die "$ready: $!";
    chmod 0666, $ready;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        $ENV{NOTIFY_SOCKET} = $ready if $name ne 'ctl';
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        { exec @user, "$house->{bin}/cozykart" . ($name eq 'ctl' ? '' : "-$name"), '--config', $o{conf} // $house->{conf}, @{ $o{args} // [] }; }
        POSIX::_exit(127);
    }
    my ($least, $end, $status, $is_ready) = (map { Cozykart::moment() + $_ } $o{wait} // 1, Cozykart::patience(60));
    while (Cozykart::moment() < $end) {
        if (waitpid($pid, POSIX::WNOHANG()) == $pid) { $status = $?; last }
        my $got;
        $is_ready ||= defined $ear->recv($got, 4096, MSG_DONTWAIT) && $got =~ /^READY=1$/m;
        last if Cozykart::moment() > $least && $name ne 'ctl' && ($is_ready || ($name ne 'vault' && rests($pid)));
        sleep 0.02;
    }
    if (!defined $status) {
        kill 'TERM', $pid;
        waitpid $pid, 0;
        $status = 'runs';
    }
    open my $in, '<', $log or return ($status, '');
    local $/;
    my $said = <$in> // '';
    return ($status eq 'runs' ? $status : $status & 127 ? "signal $status" : $status >> 8, $said);
}

sub id { return `sqlite3 'file:$file?immutable=1' "SELECT value FROM stamp WHERE key = 'ledger_id'" 2>&1` }

sub sum { return -f $file ? Digest::SHA->new(256)->addfile($file, 'b')->hexdigest : 'none' }

# A good start leaves WAL and index, as a house that was in use has them.
is((try_it('vault'))[0], 'runs', 'the vault begins where all is well');
$house->run('member', 'list');
system("cp -a '$home/data' '$house->{dir}/data.good'") == 0 or die;
sub renew { system("rm -rf '$home/data' && cp -a '$house->{dir}/data.good' '$home/data'") == 0 or die }

subtest 'a ledger that is none' => sub {
    my @cases = (
        ['is absent', sub { unlink $file }, qr/there is no ledger at \S+; cozykart (?:init|setup) makes a new one, cozykart restore brings a copy back/],
        ['is empty', sub { truncate $file, 0 }, qr/is empty, not a ledger/],
        ['is a text', sub { open my $o, '>', $file; print {$o} "no ledger at all\n" x 100 }, qr/not a ledger/],
        ['is of another program', sub { unlink $file; system("sqlite3 '$file' 'CREATE TABLE t (a); INSERT INTO t VALUES (1)'") }, qr/is not a ledger of this program/],
        ['is of another mode', sub { system("sqlite3 '$file' \"UPDATE stamp SET value = 'live' WHERE key = 'mode'\" >/dev/null") }, qr/the ledger is for mode live, the settings say test/],
        ['is a folder', sub { unlink $file; mkdir $file }, qr/is not a file|is not a ledger of this program/],
        ['is cut', sub { truncate $file, 4096 * 3 }, qr/malformed|damaged|not a ledger/],
    );
    for my $case (@cases) {
        my ($name, $do, $want) = @$case;
        renew();
        $do->();
        system('chown', '-R', "$nobody:$nobody", "$home/data") if $root;
        my $before = sum();
        for my $p ('vault', 'ctl', 'jobs', 'web') {
            my ($code, $said) = try_it($p, $p eq 'ctl' ? (args => ['member', 'list']) : ());
            if ($p eq 'web' || ($p eq 'jobs' && $code eq 'runs')) {
                # They wait for the vault where there is nothing to read yet.
                ok($code eq 'runs' || $said =~ $want, "$name: $p waits or says so") or diag("$code: $said");
                next;
            }
            like($said, $want, "$name: $p says so");
            ok($code ne 'runs' && $code =~ /^6\d$|^7[057]$/, "$name: $p ends ($code)");
            my @lines = split /\n/, $said;
            is(scalar @lines, 1, "$name: $p says it in one line") or diag($said);
        }
        is(sum(), $before, "$name: and nobody touched or made one");
    }
    renew();
};

subtest 'rights of each file and folder' => sub {
    plan skip_all => 'root reads and writes everything' if $root && system('setpriv --version >/dev/null 2>&1') != 0;
    my $before = id();
    my @things = ('data', 'data/ledger.db', 'data/ledger.db-wal', 'data/ledger.db-shm', 'data/ledger.db.lock', 'run', 'live', 'media', 'etc/cozykart.conf',
        'etc/stripe-webhook.secret', 'etc/seal.key');
    for my $thing (@things) {
        my $path = "$home/$thing";
        if (!-e $path) { diag("there is no $thing"); next }
        my $mode = (stat $path)[2] & 07777;
        for my $other (0, -d $path ? 0555 : 0444) {
            chmod $other, $path or die "$path: $!";
            for my $p (qw(vault web jobs ctl)) {
                my ($code, $said) = try_it($p, wait => 0.7, $p eq 'ctl' ? (args => ['member', 'list']) : ());
                my $name = sprintf '%s with mode %04o: %s', $thing, $other, $p;
                unlike($code, qr/signal/, "$name does not crash");
                if ($code ne 'runs' && $code ne '0') {
                    my ($base) = $thing =~ m{([^/]+)$};
                    like($said, qr/\Q$base\E|ledger/, "$name: refuses and names it ($code)") or diag($said);
                    is(scalar(grep { !/level=(?:info|notice)/ } split /\n/, $said), 1, "$name: in one line") or diag($said);
                } else {
                    pass("$name: goes on");
                }
            }
            chmod $mode, $path or die "$path: $!";
        }
    }
    is(id(), $before, 'the ledger is the one it was');
    is((try_it('vault'))[0], 'runs', 'with its rights back the vault begins');
};
# Every line of a settings file with everything in it: left out, twice, and with values that cannot be.
subtest 'each line of the settings' => sub {
    my $port = Cozykart::free_port();
    local @ENV{qw(COZYKART_FAKECORD COZYKART_FAKEPAY)} = ($port, $port);
    my $dir = "$house->{dir}/s";
    system(qq("$house->{share}/packaging/sandbox" "$dir" $port "$house->{bin}" "$house->{share}" >/dev/null)) == 0 or die 'sandbox';
    system(qq("$house->{bin}/cozykart" --config "$dir/etc/cozykart.conf" migrate >/dev/null)) == 0 or die 'migrate';
    my $settings = do { open my $in, '<', "$dir/etc/cozykart.conf" or die $!; local $/; <$in> };
    my @lines = split /\n/, $settings, -1;
    my $conf = "$dir/etc/changed.conf";
    my $with = sub {
        my ($text) = @_;
        open my $out, '>', $conf or die $!;
        print {$out} $text;
        close $out;
        my $said = `"$house->{bin}/cozykart" --config "$conf" season list 2>&1`;
        return ($?, $said);
    };
    my ($looked, @bad) = (0);
    my %refused = (duplicate => 0, value => 0);
    for my $i (0 .. $#lines) {
        my ($key, $value) = $lines[$i] =~ /^([a-z_.]+)\s*=\s*(.*)$/ or next;
        $looked++;
        my @rest = @lines;
        splice @rest, $i, 1;
        my ($code, $said) = $with->(join "\n", @rest);
        # What is not set has its usual value; then something may not be where that says.
        push @bad, "without $key: $code $said" if $code & 127 || ($code && $said !~ /^cozykart: \S.*\n\z/);
        @rest = @lines;
        splice @rest, $i, 0, $lines[$i];
        ($code, $said) = $with->(join "\n", @rest);
        my $n = $i + 2;
        $code && $said =~ /^cozykart: \Q$conf\E:$n: \Q$key\E stands on line @{[$i + 1]} already\n\z/ ? $refused{duplicate}++ : push @bad, "twice $key: $said";
        for my $other ('', '-1', 'no/such value', "a\x01b", 'x' x 5000, '99999999999999999999', '/', $value =~ /^\d+$/ ? 'many' : 7) {
            @rest = @lines;
            $rest[$i] = "$key = $other";
            ($code, $said) = $with->(join "\n", @rest);
            $n = $i + 1;
            if ($said =~ /^cozykart: \Q$conf\E:$n: \Q$key\E: \S.*\n\z/) { $refused{value}++ }
            elsif ($code & 127 || ($code && $said !~ /^cozykart: (?:\Q$conf\E: it is not text|there is no ledger|this user|the ledger is for|\S+ is not a file)/)) {
                push @bad, "$key = " . substr($other, 0, 20) . ": $code $said";
            }
        }
        for my $broken ($key, "= $value", "$key.x = $value", "$key : $value") {
            @rest = @lines;
            $rest[$i] = $broken;
            ($code, $said) = $with->(join "\n", @rest);
            push @bad, "$broken: $code $said" if !$code || $said !~ /^cozykart: \Q$conf\E:@{[$i + 1]}: /;
        }
    }
    cmp_ok($looked, '>', 30, "$looked lines were changed");
    is($refused{duplicate}, $looked, 'a line that stands twice is named, with where it stood first');
    cmp_ok($refused{value}, '>', 4 * $looked, "$refused{value} values that cannot be are named with file and line");
    is(scalar @bad, 0, 'nothing else is said, and nobody crashes') or diag(@bad[0 .. ($#bad > 9 ? 9 : $#bad)]);
};

# As ->start, but it does not wait for a house that is well.
sub begin_house {
    no warnings 'redefine';
    local *Cozykart::wait_healthy = sub { 1 };
    return $house->start;
}

# What only the machine can grant.
sub small {
    my ($size) = @_;
    return $root && system("mount -t tmpfs -o size=$size,mode=0755 none '$home/data' 2>/dev/null") == 0;
}
my $mounted = 0;
END { my $status = $?; system("umount -l '$home/data' 2>/dev/null") if $mounted; $? = $status }

subtest 'no room for the copy before an upgrade' => sub {
    my $packed = "$house->{dir}/old.db";
    renew();
    system("gzip -dc '@{[$ENV{SRCDIR} // '.']}/t/data/ledger/0015.sql.gz' | sqlite3 '$packed'") == 0 or die;
    plan skip_all => 'no small file system can be mounted here' unless small('4m');
    $mounted = 1;
    system("cp '$packed' '$file'") == 0 or die;
    my ($code, undef, $errors) = $house->run('migrate');
    is($code, 75, 'it is refused');
    like($errors, qr/no room for the copy that is kept before an upgrade: \S+ has \d+ MB left and \d+ MB are needed; make room/, 'in a sentence with both numbers');
    is(`sqlite3 'file:$file?immutable=1' 'PRAGMA user_version'`, "15\n", 'the ledger is what it was');
    is(join(' ', map { m{([^/]+)$} } glob "$home/data/ledger.db.*"), 'ledger.db.lock', 'and nothing lies beside it');
    system("umount '$home/data'") == 0 or die;
    $mounted = 0;
};

subtest 'a read-only file system' => sub {
    renew();
    plan skip_all => 'no file system can be mounted here' unless small('16m');
    $mounted = 1;
    system("cp -a '$house->{dir}/data.good/.' '$home/data/' && mount -o remount,ro '$home/data'") == 0 or die;
    my ($code, $said) = try_it('vault');
    is($code, 77, 'the vault does not begin');
    like($said, qr/the file system of \S+ is read-only/, 'and says why');
    ($code, $said) = try_it('ctl', args => ['member', 'list']);
    is($code, 0, 'reading goes on') or diag($said);
    ($code, $said) = try_it('ctl', args => ['migrate']);
    like($said, qr/the file system of \S+ is read-only/, 'migrate says the same');
    # The house without its vault: pages are shown, what writes says to come again.
    local $house->{url} = $house->{url};
    system('chown', '-R', '0:0', map { "$home/$_" } qw(etc run log tmp live media)) == 0 or die;
    begin_house();
    ok($house->wait_for(15, sub { $house->get('/races')->{status} == 200 }), 'pages are shown');
    is($house->get('/status')->{status}, 200, 'so is the status page');
    my $status = $house->get_json('/status.json');
    ok($status && $status->{status} ne 'ok', 'which does not say that all is well: ' . ($status ? $status->{status} : 'nothing'));
    my $r = $house->notice($house->stripe->completed($house->shirt(undef)));
    is($r->{status}, 503, 'a notice is told to come again');
    ok($r->{headers}{'retry-after'}, 'with a time');
    system("mount -o remount,rw '$home/data'") == 0 or die;
    ok($house->wait_for(15, sub { $house->notice($house->stripe->completed($house->shirt(undef)))->{status} == 200 }), 'writable again it goes on by itself');
    $house->stop;
    system("umount '$home/data'") == 0 or die;
    $mounted = 0;
};
done_testing;
