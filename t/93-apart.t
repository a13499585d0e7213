# The house as services: a user a process, started from the unit files. Who may read, write and speak; a ledger
# whose readers cannot write; when a service is ready, what happens to one that hangs, and a restart that costs
# no request. As root.
use strict;
use warnings;
use Apart;
use Cage;
use HTTP::Tiny;
use IO::Socket::UNIX;
use Socket qw(SOCK_DGRAM SOCK_SEQPACKET SOCK_STREAM);
use Test::More;
use Time::HiRes qw(sleep time);
use Vault;

my $why = Apart::missing();
plan skip_all => $why if $why;
my @readers = qw(web jobs live backup);
my @all = (@readers, qw(vault nginx stranger));
# Where the machine gives namespaces, everything below happens as closed as the units say.
my $open = Cage::missing();
note($open ? "the services run open: $open" : 'the services run closed');
# How long a service may be silent: where five starts of a program take half a second, longer.
my $started = Cozykart::moment();
system(Cozykart::stage() . '/bin/cozykart version >/dev/null') for 1 .. 5;
my $limit = (Cage::sanitized() ? 12 : 4) + int 10 * (Cozykart::moment() - $started);
my $house = Apart->new(workers => 4, watchdog => "${limit}s", cage => !$open);
my ($u, $run, $ledger) = ($house->units, $house->{run}, $house->{ledger});
my ($vault, $web, $jobs) = map { "cozykart-$_.service" } qw(vault web jobs);

# Answer of the vault to a user at a socket: its name, "" when he cannot even connect.
sub answer {
    my ($who, $socket, $name, @fields) = @_;
    return $house->try($who, sub {
        my $s = IO::Socket::UNIX->new(Type => SOCK_SEQPACKET, Peer => "$run/vault-$socket.sock") or return '';
        my $m = Vault::message($name, @fields);
        $s->send(pack('VV', length $m, 0) . $m);
        $s->recv(my $got, 65536);
        my $f = Vault::fields(substr $got, 8);
        return "$f->{name} " . ($f->{why} // '');
    });
}

# The ids of those who can.
sub who { my ($code) = @_; return join ' ', grep { $house->try($_, $code) } @all }

# What a reader says: as the pages' user, with the program that reads as they do.
sub reader { my ($who) = @_; return $house->as($who // 'web', "$house->{bin}/cozykart", '--config', $house->{conf}, 'member', 'list', '--json') }

subtest 'ready is who serves' => sub {
    ok(!eval { $u->start($vault); 1 } && $@ =~ /before it was ready/, 'a vault without a ledger never is') if rename $ledger, "$ledger.away";
    like($u->log($vault), qr/there is no ledger/, '… and its log says why');
    rename "$ledger.away", $ledger;
    $u->start($vault);
    unlike(answer('root', 'ctl', 'member.list'), qr/^$/, 'the vault answers at once');
    $u->start($_) for qw(cozykart-web.socket cozykart-live.service), $jobs, $web;
    is((grep { $_ eq 'READY=1' } $u->told($_)) + 0, 1, "$_ says so, once") for $vault, $web, $jobs;
    ok(-e "$house->{dir}/lib/live/home.json", 'the jobs have written their files by then');
    ok($house->nginx, 'and pages are answered');
    my $uids = sub { my ($name) = @_; open my $in, '<', '/proc/' . $u->pid($name) . '/status' or die; return join ' ', map { /^(?:Uid|Gid|Groups):\s+(.*)/ ? $1 =~ s/\s+/,/gr : () } <$in> };
    for my $s (['vault', 64101], ['web', 64102], ['jobs', 64103], ['live', 64104]) {
        my ($uid, $gid) = ($s->[1], $Apart::gid);
        like($uids->("cozykart-$s->[0].service"), qr/^$uid,$uid,$uid,$uid $gid,$gid,$gid,$gid (?:$gid,)?$/, "cozykart-$s->[0] runs as its own user, without further groups");
    }
    for my $name ($vault, $web, $jobs) {
        open my $in, '<', '/proc/' . $u->pid($name) . '/status' or die;
        my %s = map { /^(\w+):\s+(\S+)/ ? ($1 => $2) : () } <$in>;
        is("$s{NoNewPrivs} $s{CapBnd} $s{CapEff}", '1 0000000000000000 0000000000000000', "$name has no rights and gains none");
    }
};

subtest 'who may touch what' => sub {
    my $open = sub { my ($mode, $path) = @_; return sub { open(my $f, $mode, $path) ? 1 : '' } };
    is(who($open->('<', $_)), 'web jobs live backup vault', "the group reads $_") for map { "$ledger$_" } '', '-wal', '-shm';
    is(who($open->('+<', $_)), 'vault', "the vault alone writes $_") for map { "$ledger$_" } '', '-wal', '-shm', '.lock';
    is(who(sub { open(my $f, '>', "$ledger.x") ? 1 : '' }), 'vault', 'and makes files beside it');
    unlink "$ledger.x";
    is(who(sub { rename("$run/vault-web.sock", "$run/x.sock") ? rename("$run/x.sock", "$run/vault-web.sock") : '' }), 'vault', 'nobody else can put its socket away');
    is(who($open->('<', "$house->{dir}/r/credentials/$vault/stripe.webhook_secret")), 'vault', 'secrets are read by whom they are for');
    is(who($open->('<', "$house->{dir}/etc/cozykart/secrets.d/stripe.webhook_secret")), '', '… from the copy that they were given');
    is(who(sub { opendir(my $d, "$house->{dir}/lib/backup") ? 1 : '' }), 'backup', 'copies are for who makes them');
    is(who(sub { open(my $f, '>', "$house->{dir}/lib/live/x") ? unlink "$house->{dir}/lib/live/x" : '' }), 'jobs', 'live files are made by the jobs');
    my $speak = sub { my ($type, $path) = @_; return sub { IO::Socket::UNIX->new(Type => $type, Peer => $path) ? 1 : '' } };
    is(who($speak->(SOCK_STREAM, "$run/web.sock")), 'nginx', 'the web server alone asks for pages');
    is(who($speak->(SOCK_STREAM, "$run/live.sock")), "@all", 'everybody may listen to live figures');
    is(who($speak->(SOCK_STREAM, "$run/pub/live-pub.sock")), 'web jobs live backup vault', 'strangers do not publish them');
    is(who($speak->(SOCK_SEQPACKET, "$run/vault-ctl.sock")), 'vault', 'commands are given by root and the vault');
};

subtest 'who may speak' => sub {
    my %own = (web => 'web', jobs => 'jobs', upkeep => 'backup');
    my %ask = (web => ['login.use', token => 'x'], jobs => ['job.claim', lease_ms => \1000, kinds => ',none,', inside => \0],
        upkeep => ['upkeep.report', kind => 'drill', words => 'x', began => \1, ended => \2, good => \2]);
    for my $socket (sort keys %own) {
        for my $who (@all) {
            my $got = answer($who, $socket, @{ $ask{$socket} });
            if ($who eq $own{$socket} || $who eq 'vault') { unlike($got, qr/^$|^E_DENIED/, "$who speaks at vault-$socket.sock") }
            elsif ($who eq 'nginx' || $who eq 'stranger') { is($got, '', "$who does not get to vault-$socket.sock") }
            else { like($got, qr/^E_DENIED user $Apart::uid{$who} may not speak here: $own{$socket}\.user /, "$who may not speak at vault-$socket.sock, and hears why") }
        }
    }
    # As many as it likes, silent: they take no place of those who may.
    pipe my $held, my $holds or die "pipe: $!";
    my $crowd = fork // die;
    if (!$crowd) {
        Apart::become('web');
        my @s = map { IO::Socket::UNIX->new(Type => SOCK_SEQPACKET, Peer => "$run/vault-jobs.sock") } 1 .. 40;
        syswrite $holds, '.';
        sleep 600;
        POSIX::_exit(0);
    }
    is(sysread($held, my $dot, 1), 1, 'a crowd comes');
    unlike(answer('jobs', 'jobs', @{ $ask{jobs} }), qr/^$|^E_DENIED/, 'a crowd at the wrong socket keeps nobody out');
    kill 'KILL', $crowd;
    waitpid $crowd, 0;
    ok($house->wait_for(10, sub { $u->log($vault) =~ /event=refused/ }), 'and it stands in the log');
};

subtest 'readers that cannot write' => sub {
    is((reader())[0], 0, 'right after the start of the vault');
    $house->json('member', 'add', 'First');
    like((reader())[1], qr/"First"/, 'after the first change');
    sleep 2.5;
    is((reader())[0], 0, 'after a checkpoint');
    $house->json('member', 'add', 'Second');
    like((reader($_))[1], qr/"Second"/, "$_ sees the next change") for @readers;
    # A reader that reads all the time while the vault writes, is stopped, killed and started.
    my $pid = fork // die;
    if (!$pid) {
        my $end = time + 6;
        my $bad = 0;
        while (time < $end) { my ($code, undef, $errors) = reader(); $bad++, print STDERR "# $errors" if $code && $errors !~ /not open yet|is busy/ }
        POSIX::_exit($bad > 255 ? 255 : $bad);
    }
    for my $n (1 .. 8) {
        $house->json('member', 'add', "M$n-$_") for 1 .. 5;
        if ($n % 3 == 1) { $u->stop($vault); is((reader())[0], 0, 'without a vault, stopped'); $u->start($vault) }
        if ($n % 3 == 2) {
            my $old = $u->pid($vault);
            kill 'KILL', $old;
            sleep 0.05;
            is((reader())[0], 0, 'without a vault, killed');
            $u->tend(Cozykart::patience(5), sub { $u->pid($vault) && $u->pid($vault) != $old });
            $house->wait_for(5, sub { answer('root', 'ctl', 'x') ne '' });
        }
        sleep 0.3;
    }
    waitpid $pid, 0;
    is($? >> 8, 0, 'no reading fails');
    # A vault that died while it wrote the index: nobody but it may make it anew.
    kill 'STOP', $u->pid($vault);
    open my $shm, '+<', "$ledger-shm" or die $!;
    sysread $shm, my $head, 96;
    sysseek $shm, 0, 0;
    syswrite $shm, "\0" x 96;
    is(HTTP::Tiny->new->get($house->url('/races'))->{status}, 503, 'an index that is not whole: try again');
    sysseek $shm, 0, 0;
    syswrite $shm, $head;
    kill 'CONT', $u->pid($vault);
    is(HTTP::Tiny->new->get($house->url('/races'))->{status}, 200, 'and when it is whole');
};

subtest 'who hangs is ended' => sub {
    for my $name ($vault, $jobs, $web) {
        my $old = $u->pid($name);
        my @news = $u->tend($limit + 1);
        is("@news", '', "$name gives signs of life");
        kill 'STOP', $old;
        @news = $u->tend(Cozykart::patience(3 * $limit), sub { ($u->pid($name) // 0) != $old && $u->pid($name) });
        is(join(', ', @news), "$name hung, $name died, $name is back", '… until it stands still');
    }
    ok($house->wait_for(5, sub { HTTP::Tiny->new->get($house->url('/healthz'))->{status} == 200 }), 'everything answers again');
};

subtest 'what the timers start' => sub {
    for my $name (qw(verify backup drill seal)) {
        my $status = $u->run("cozykart-$name.service");
        is($status, 0, "cozykart-$name does its work") or diag($u->log("cozykart-$name.service"));
    }
};

subtest 'an encrypted copy' => sub {
    plan skip_all => 'age is not installed' unless grep { -x "$_/age-keygen" } split /:/, $ENV{PATH};
    my $key = "$house->{dir}/etc/cozykart/secrets.d/backup.identity";
    my ($to) = `age-keygen -o "$key" 2>&1` =~ /(age1\w+)/;
    chmod 0600, $key;
    my $conf = do { open my $in, '<', $house->{conf} or die; local $/; <$in> };
    Apart::put($house->{conf}, $conf . "backup.encrypt = age\nbackup.recipient = $to\nbackup.identity_file = $key\n");
    Apart::folder("$house->{dir}/units/cozykart-drill.service.d", 0, 0, 0755);
    Apart::put("$house->{dir}/units/cozykart-drill.service.d/10-secrets.conf", "[Service]\nLoadCredential=backup.identity:$key\n");
    $house->json('member', 'add', 'Sealed');
    is($u->run('cozykart-backup.service'), 0, 'it is made') or diag($u->log('cozykart-backup.service'));
    is($u->run('cozykart-drill.service'), 0, 'and opened by the drill, with a key that nobody else gets') or diag($u->log('cozykart-drill.service'));
    Apart::put($house->{conf}, $conf);
};

# Who got hold of a service tries what he would: all that is left is what the service itself does.
SKIP: {
    skip "nothing can be closed here: $open", 1 if $open;
    my $build = $ENV{BUILDDIR} // '.';
    my ($bindir) = Apart::installed();
    my %left = (
        web => [],
        vault => ['write the ledger', 'write the WAL', 'write the index', "read the vault's credential", 'write to the run folder', 'give commands', 'stand in for the vault'],
        live => ['write to the run folder', 'publish', 'stand in for the vault'],
        jobs => ['execute a shell', 'network: IPv4', 'network: IPv6', 'write to the run folder', 'change rights', 'make a link', 'publish', 'stand in for the vault'],
        drill => ['execute a shell', 'read the copies'],
        seal => [],
        verify => [],
    );
    for my $name (sort keys %left) {
        system('cp', "$build/t/acts", "$house->{dir}/bin/acts") == 0 or die 'acts';
        open my $in, '<', "$build/packaging/systemd/cozykart-$name.service" or die $!;
        my $text = do { local $/; <$in> };
        # In the vault's place it shall not end the vault of this test.
        my ($victim, $socket) = $name eq 'vault' ? ($u->pid($jobs), 'jobs') : ($u->pid($vault), 'vault-web');
        $text =~ s{^ExecStart=.*}{ExecStart=$bindir/acts $house->{dir} $ledger $victim run/$socket.sock}m;
        $text =~ s/^(?:ExecStartPre|Restart|WatchdogSec|ConditionPathExists)=.*//mg;
        $text =~ s/^Type=.*/Type=oneshot/m;
        $text =~ s{^(ExecPaths=)}{$1$bindir/acts }m;
        Apart::put("$house->{dir}/units/thief-$name.service", $text);
        is($u->run("thief-$name.service"), 0, "somebody in the place of cozykart-$name tries");
        my @tried = map { /^([^:].*): (\w+)$/ ? [$1, $2] : () } split /\n/, $u->log("thief-$name.service");
        @tried = grep { $_->[0] !~ /memory (?:to|made)/ } @tried unless Cage::denies_memory();
        cmp_ok(scalar @tried, '>=', 30, '… ' . @tried . ' acts');
        is(join(', ', map { $_->[0] } grep { $_->[1] eq 'done' } @tried), join(', ', @{ $left{$name} }), '… and what is left is what the service does');
        note("$name: " . join '; ', map { "$_->[0] $_->[1]" } @tried);
        unlink "$house->{dir}/lib/live/act", "$run/act", "$run/vault-jobs.sock.act";
        chmod 0755, "$house->{dir}/lib/live";
    }
}

# Requests by several at once until the file says that it is over, and there were enough: how many were good, and
# the others.
sub load {
    my ($n, $least, $body) = @_;
    my @senders = map {
        my $me = $_;
        my $pid = fork // die;
        if (!$pid) {
            my $http = HTTP::Tiny->new(timeout => 60, keep_alive => 1);
            my ($good, @bad) = (0);
            until (-e "$house->{dir}/over" && $good + @bad > $least / $n) {
                my $r = $body->($http, $me);
                if ($r->{status} == 200) { $good++ } else { push @bad, "$r->{status} " . substr $r->{content}, 0, 60 }
            }
            Apart::put("$house->{dir}/load$me", "$good\n" . join '', map { s/\n/ /gr . "\n" } @bad);
            POSIX::_exit(0);
        }
        $pid;
    } 1 .. $n;
    return sub {
        Apart::put("$house->{dir}/over", '');
        waitpid $_, 0 for @senders;
        unlink "$house->{dir}/over";
        my ($good, @bad) = (0);
        for (1 .. $n) { open my $in, '<', "$house->{dir}/load$_" or die; $good += <$in>; push @bad, <$in> }
        return ($good, @bad);
    };
}

subtest 'a restart costs no request' => sub {
    my $race = $house->race;
    my $overlay = $house->json('overlay', 'add', 'load')->{token};
    my $sales = 0;
    my $least = Cage::sanitized() ? 200 : 2000;
    my $over = load(4, $least, sub {
        my ($http, $me) = @_;
        return $http->get($house->url("/overlay/$overlay/all")) if $me > 1;
        my $stripe = $house->{mine} //= Stripe->new(secret => $house->{secret}, salt => "l$$");
        my $body = $stripe->completed($stripe->order(items => [['TEE', 1, 2500]], race => $race, created => int time));
        return $http->post($house->url('/hooks/stripe'), { content => $body, headers =>
            { 'content-type' => 'application/json', 'stripe-signature' => $stripe->sign($body, int time) } });
    });
    for my $n (1 .. 6) {
        my $old = $u->pid($web);
        is($u->restart($web), 0, 'the old one ends with status 0');
        isnt($u->pid($web), $old, 'and a new one stands at the same door');
        sleep 0.3;
        $u->reload($web);
        sleep 1;
    }
    # The vault too: who asks it waits.
    is($u->restart($vault), 0, 'the vault is started anew');
    sleep 1;
    my ($good, @bad) = $over->();
    is(scalar @bad, 0, 'no request failed') or diag(@bad[0 .. ($#bad > 4 ? 4 : $#bad)]);
    cmp_ok($good, '>', $least, "of $good");
    like($u->log($web), qr/socket=inherited/, 'the socket was handed on');
    ok($house->wait_for(10, sub { grep { $_ eq 'RELOADING=1' } $u->told($web) }) && (grep { $_ eq 'STOPPING=1' } $u->told($vault)) == 0, 'a reload is told');
};

subtest 'settings that name nobody' => sub {
    $u->stop($_) for $web, $jobs, $vault;
    my $conf = do { open my $in, '<', $house->{conf} or die; local $/; <$in> };
    Apart::put($house->{conf}, $conf =~ s/^jobs\.user = .*/jobs.user = no-such-user-here/mr);
    ok(!eval { $u->start($vault); 1 }, 'a user that is not there: the vault does not start');
    like($u->log($vault), qr/jobs\.user: there is no user no-such-user-here on this machine; make it/, 'and says what to do');
    Apart::put($house->{conf}, $conf =~ s/^jobs\.user = .*/jobs.user = nobody/mr);
    ok(eval { $u->start($vault); 1 }, 'a user that is there is found by name') or diag($@);
    like(answer('jobs', 'jobs', 'job.claim', lease_ms => \1000, kinds => ',none,', inside => \0), qr/^E_DENIED/, '… and the other speaks no more');
    $u->stop($vault);
    Apart::put($house->{conf}, $conf);
    rename "$house->{dir}/etc/cozykart/secrets.d/stripe.webhook_secret", "$house->{dir}/etc/cozykart/secrets.d/away";
    ok(!eval { $u->start($vault); 1 } && $@ =~ /status 243/, 'a secret that is missing keeps it from starting');
    rename "$house->{dir}/etc/cozykart/secrets.d/away", "$house->{dir}/etc/cozykart/secrets.d/stripe.webhook_secret";
    $u->start($_) for $vault, $jobs, $web;
};

$house->stop;
done_testing;
