# A house as it is installed, on this machine but in a folder of its own: a user a process, the unit files as
# they stand, started by t/lib/Units.pm. As root. Its users are numbers that need no names.
#
#   my $h = Apart->new(workers => 2);                  # before: see Units
#   $h->units->start('cozykart.target');
#   my ($code, $out, $errors) = $h->as('web', "$h->{bin}/cozykart", ...);   # a command as the user of the pages
#   $h->try('web', sub { open my $f, '+<', $h->{ledger} });                 # true when that user can do it
#   $h->json('race', 'list');                          # the people's command, as root
package Apart;

use strict;
use warnings;
use Cozykart;
use File::Path qw(make_path remove_tree);
use File::Temp ();
use JSON::PP ();
use POSIX ();
use Test::More ();
use Time::HiRes qw(sleep);
use Units;

our %uid = (vault => 64101, web => 64102, jobs => 64103, live => 64104, backup => 64105, stranger => 64108, nginx => 64109);
our ($gid, $www) = (64100, 64109);

sub missing {
    return 'only root can start processes of other users' if $> != 0;
    # In some containers root is not all that.
    return 'this root cannot start processes of other users' if system("setpriv --reuid $uid{web} --regid $gid --clear-groups --no-new-privs --bounding-set=-all true 2>/dev/null") != 0;
    return Cozykart::missing();
}

sub put {
    my ($file, $text, $mode) = @_;
    open my $out, '>', $file or die "$file: $!";
    print {$out} $text;
    close $out or die "$file: $!";
    chmod $mode // 0644, $file or die "$file: $!";
    return $file;
}

# A folder with the owner and the rights that tmpfiles.d gives it.
sub folder {
    my ($path, $owner, $group, $mode) = @_;
    make_path($path);
    chown $owner, $group, $path or die "$path: $!";
    chmod $mode, $path or die "$path: $!";
    return $path;
}

sub new {
    my ($class, %o) = @_;
    my $d = File::Temp::tempdir('ckXXXXXX', TMPDIR => 1);
    my $self = bless { dir => $d, owner => $$, run => "$d/run", bin => "$d/bin", ledger => "$d/lib/ledger/ledger.db", port => Cozykart::free_port() }, $class;
    chmod 0755, $d;
    # The build may stand where others cannot look.
    my $stage = Cozykart::stage();
    system('cp', '-a', "$stage/bin", "$stage/share/cozykart", $d) == 0 or die 'the installation could not be copied';
    $self->{share} = "$d/cozykart";
    folder("$d/$_", 0, 0, 0755) for qw(etc etc/cozykart etc/cozykart/nginx units lib log r tmp);
    folder("$d/etc/cozykart/secrets.d", 0, 0, 0700);
    $self->folders;
    $self->{secret} = 'whsec_' . 'c0' x 24;
    put("$d/etc/cozykart/secrets.d/stripe.webhook_secret", "$self->{secret}\n", 0600);
    $self->{conf} = put("$d/etc/cozykart/cozykart.conf", $self->settings(%o));
    $self->unit_files;
    $self->fill('live.conf', "$d/etc/cozykart/nginx/live.conf", TMP => "$d/r/cozykart-live", USER_LINE => '');
    my ($code, $out, $errors) = $self->as('vault', "$self->{bin}/cozykart", '--config', $self->{conf}, 'init');
    die "init: $errors" if $code;
    $self->{stripe} = Stripe->new(secret => $self->{secret});
    $self->{units} = Units->new(units => ["$d/units"], log => "$d/log", run => "$d/r", map => $self->{map},
        users => { map { ("cozykart-$_" => $uid{$_}) } keys %uid }, groups => { cozykart => $gid, 'www-data' => $www },
        before => $o{before}, watchdog => $o{watchdog}, cage => $o{cage});
    return $self;
}

sub settings {
    my ($self, %o) = @_;
    my ($d, $workers) = ($self->{dir}, $o{workers} // 2);
    return <<"END" . ($o{conf} // '');
mode = test
site.url = http://127.0.0.1:$self->{port}
path.ledger = $self->{ledger}
path.run = $self->{run}
path.live = $d/lib/live
path.media = $d/lib/media
path.share = $self->{share}
backup.dir = $d/lib/backup
seal.keep_dir = $d/lib/seals
web.workers = $workers
web.user = $uid{web}
jobs.user = $uid{jobs}
backup.user = $uid{backup}
END
}

# As packaging/tmpfiles.d has them.
sub folders {
    my ($self) = @_;
    my $tmpfiles = "$Tree::src/packaging/tmpfiles.d/cozykart.conf";
    my %who = (root => 0, cozykart => $gid, map { ("cozykart-$_" => $uid{$_}) } keys %uid);
    open my $in, '<', $tmpfiles or die "$tmpfiles: $!";
    while (<$in>) {
        my ($path, $mode, $user, $group) = /^d\s+(\S+)\s+(\d+)\s+(\S+)\s+(\S+)/ or next;
        $path =~ s{^/var/lib/cozykart}{$self->{dir}/lib};
        $path =~ s{^/run/cozykart}{$self->{run}};
        folder($path, $who{$user}, $who{$group}, oct $mode);
    }
    return;
}

# The unit files of this build; their paths become those of the folder.
sub unit_files {
    my ($self) = @_;
    my ($d, $build) = ($self->{dir}, $ENV{BUILDDIR} // '.');
    for my $file (glob("$build/packaging/systemd/*.service"), glob("$Tree::src/packaging/systemd/*.{socket,target,timer}")) {
        system('cp', $file, "$d/units/") == 0 or die "$file could not be copied";
    }
    folder("$d/units/cozykart-vault.service.d", 0, 0, 0755);
    put("$d/units/cozykart-vault.service.d/10-secrets.conf", "[Service]\nLoadCredential=stripe.webhook_secret:$d/etc/cozykart/secrets.d/stripe.webhook_secret\n");
    my ($bindir, $etc) = installed();
    $self->{map} = { "$bindir/" => "$d/bin/", "$etc/cozykart" => "$d/etc/cozykart", '/run/cozykart' => "$d/run", '/var/lib/cozykart' => "$d/lib" };
    return;
}

# Where this build's units look for programs and settings.
sub installed {
    open my $in, '<', ($ENV{BUILDDIR} // '.') . '/packaging/systemd/cozykart-vault.service' or die "the units are not built: $!";
    while (<$in>) { return ($1, $2) if m{^ExecStart=(\S+)/cozykart-vault --config (\S+)/cozykart/cozykart\.conf} }
    die "cozykart-vault.service starts no vault\n";
}

sub fill {
    my ($self, $name, $to, %o) = @_;
    my $module = '/usr/lib/nginx/modules/ngx_nchan_module.so';
    my %v = (RUN => $self->{run}, LOG => "$self->{dir}/log", ACCESS_LOG => "$self->{dir}/log/access.log", TMP => "$self->{dir}/tmp", LIVE => "$self->{dir}/lib/live",
        MEDIA => "$self->{dir}/lib/media", STATIC => "$self->{share}/static", NGINX_DIR => "$self->{share}/nginx",
        NGINX_FILLED => "$self->{dir}/etc/cozykart/nginx", PORT => $self->{port}, USER_LINE => 'user root;', NCHAN_LINE => "load_module $module;", %o);
    open my $in, '-|', "$self->{share}/packaging/fill", "$self->{share}/nginx/$name.in", map { "$_=$v{$_}" } sort keys %v or die "fill: $!";
    put($to, do { local $/; <$in> });
    close $in or die "$name could not be filled";
    return;
}

# The web server of the machine; the door is its group's.
sub nginx {
    my ($self) = @_;
    my $etc = "$self->{dir}/etc/cozykart/nginx";
    $self->fill($_, "$etc/$_") for qw(server.conf nginx.conf);
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$self->{dir}/log/nginx-out.log";
        open STDERR, '>&', \*STDOUT;
        { exec $Cozykart::nginx, '-e', 'stderr', '-c', "$etc/nginx.conf"; }
        POSIX::_exit(127);
    }
    $self->{nginx} = $pid;
    my $http = HTTP::Tiny->new(timeout => 60);
    return $self->wait_for(10, sub { ($http->get($self->url('/healthz'))->{status} // 0) == 200 });
}

sub units { return $_[0]{units} }
sub url   { return "http://127.0.0.1:$_[0]{port}" . ($_[1] // '') }

sub wait_for {
    my ($self, $seconds, $code) = @_;
    my $end = Cozykart::moment() + Cozykart::patience($seconds);
    while (1) {
        my $got = $code->();
        return $got if $got;
        return if Cozykart::moment() > $end;
        sleep 0.02;
    }
}

# In a child that is that user, in the one group.
sub become {
    my ($who) = @_;
    my ($u, $g) = $who eq 'root' ? (0, 0) : ($uid{$who}, $who eq 'stranger' ? $uid{stranger} : $who eq 'nginx' ? $www : $gid);
    $) = "$g $g";
    $( = $g;
    POSIX::setuid($u) or die "setuid: $!";
    return;
}

# Exit code, output, errors of a command as that user.
sub as {
    my ($self, $who, @command) = @_;
    my $err = "$self->{dir}/errors.$$";
    my $pid = open(my $out, '-|') // die "fork: $!";
    if (!$pid) {
        open STDERR, '>', $err;
        chdir '/';
        become($who);
        { exec @command; }
        POSIX::_exit(127);
    }
    my $text = do { local $/; <$out> } // '';
    close $out;
    my $code = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    open my $in, '<', $err or die $!;
    my $errors = do { local $/; <$in> } // '';
    unlink $err;
    return ($code, $text, $errors);
}

# What the code gives, in a process of that user.
sub try {
    my ($self, $who, $code) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!";
    if (!$pid) {
        become($who);
        my $got = eval { $code->() };
        syswrite STDOUT, $got if defined $got;
        POSIX::_exit(0);
    }
    my $text = do { local $/; <$out> } // '';
    close $out;
    return $text;
}

sub run { my ($self, @args) = @_; return $self->as('root', "$self->{bin}/cozykart", '--config', $self->{conf}, @args) }

sub json {
    my ($self, @args) = @_;
    my ($code, $text, $errors) = $self->run(@args, '--json');
    die "cozykart @args: exit $code: $errors" if $code;
    return JSON::PP->new->utf8->decode($text);
}

sub notice {
    my ($self, $body) = @_;
    $self->{http} //= HTTP::Tiny->new(timeout => 60, keep_alive => 1);
    return $self->{http}->post($self->url('/hooks/stripe'), { content => $body, headers =>
        { 'content-type' => 'application/json', 'stripe-signature' => $self->{stripe}->sign($body, int time) } });
}

# A running race with two racers; its number.
sub race {
    my ($self) = @_;
    $self->json('member', 'add', 'Apex', '--role', 'host');
    $self->json('member', 'add', $_) for 'Nova', 'Juno';
    $self->json('product', 'add', 'TEE', 'Circuit tee', '9.00');
    my $race = $self->json('race', 'open', '--host', 'Apex')->{race};
    $self->json('race', 'join', $race, $_) for 'Nova', 'Juno';
    $self->json('race', 'start', $race);
    return $race;
}

sub shirt {
    my ($self, $race, %o) = @_;
    return $self->{stripe}->completed($self->{stripe}->order(items => [['TEE', 1, 2500]], title => 'Circuit tee', race => $race, created => int time, %o));
}

# Every main process ends in peace, and the books are right.
sub stop {
    my ($self) = @_;
    if ($self->{nginx}) {
        kill 'QUIT', $self->{nginx};
        waitpid delete $self->{nginx}, 0;
    }
    my $status = $self->{units}->stop_all;
    Test::More::is(join(' ', map { "$_=$status->{$_}" } grep { $status->{$_} } sort keys %$status), '', 'every service stops with status 0');
    my ($code, $out, $errors) = $self->run('verify');
    Test::More::is($code, 0, 'the ledger verifies') || Test::More::diag($out, $errors);
    my $audit = `"$self->{bin}/cozykart-audit" "$self->{ledger}" 2>&1`;
    Test::More::is($? >> 8, 0, 'the auditor agrees') || Test::More::diag($audit);
    # At the very end of a script Test::More is gone already.
    return $self->{good} = Test::More->builder->is_passing;
}

sub DESTROY {
    my ($self) = @_;
    return unless $self->{owner} == $$;
    local $?;
    my $passing = ${^GLOBAL_PHASE} eq 'DESTRUCT' ? $self->{good} : Test::More->builder->is_passing;
    if ($self->{nginx}) {
        kill 'TERM', $self->{nginx};
        waitpid $self->{nginx}, 0;
    }
    undef $self->{units};
    if ($passing) { remove_tree($self->{dir}, { safe => 0 }) }
    else { print STDERR "# kept for a look: $self->{dir}\n" }
    return;
}

require Tree;
1;
