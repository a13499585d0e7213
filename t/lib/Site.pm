# A house in a virtual machine (Vm.pm), as its operator has it: package, setup, systemd; and the street before
# it, from which signed notices of payments and visitors come by real HTTP.
#
#   my $why = Site::missing();
#   my $site = Site->new;                             # builds the package unless COZYKART_PACKAGE names one
#   $site->install; $site->setup;
#   $site->open_race; my $r = $site->sale;            # r: HTTP::Tiny's answer; $r->{payment} its number
#   my $load = $site->load(4);                        # buyers and visitors in processes of their own
#   my $seen = $load->();                             # ended: { sold => [payments], failed => [words], pages => n }
#   my $loud = $site->loud;                           # what systemd, the journal and nginx have to complain of
#
# Not for: what the house does with money (the tests of t/).
package Site;

use strict;
use warnings;
use Cwd ();
use File::Path qw(make_path);
use File::Temp ();
use HTTP::Tiny;
use JSON::PP ();
use POSIX ();
use Time::HiRes qw(sleep time);
use Vm;
use lib (Cwd::abs_path($ENV{SRCDIR} // '.') . '/demo');
use Stripe;

my $src = Cwd::abs_path($ENV{SRCDIR} // '.');
my $json = JSON::PP->new->utf8;
our @services = map { "cozykart-$_.service" } qw(vault web jobs live);
our @timers = map { "cozykart-$_.timer" } qw(backup drill verify seal);

sub missing {
    my $why = Vm::missing();
    return $why if $why || $ENV{COZYKART_PACKAGE};
    my @missing = Root::missing_programs(qw(dpkg-buildpackage dh));
    return @missing ? "not installed: @missing" : undef;
}

# Options: ready => 1 (the package is installed and set up, by the first who wants that); those of Vm->new.
sub new {
    my ($class, %o) = @_;
    my $ready = delete $o{ready};
    my $work = File::Temp::tempdir('ckvmXXXXXX', TMPDIR => 1);
    chmod 0755, $work;
    my $self = bless { work => $work, owner => $$, secret => 'whsec_' . join('', map { sprintf '%02x', int rand 256 } 1 .. 24) }, $class;
    $self->{deb} = $ENV{COZYKART_PACKAGE} // $self->build;
    my $image = $self->{image} = Vm::image($self->{deb}, $work);
    $self->{vm} = Vm->new(image => $image, work => $work, ($ready && -e "$image/house" ? (from => "$image/house") : ()), %o);
    $self->{secret} = slurp("$image/house.secret") if $ready && -e "$image/house";
    $self->{stripe} = Stripe->new(secret => $self->{secret});
    if ($ready && !-e "$image/house") {
        $self->{vm}->boot;
        for my $step (qw(install setup)) {
            my ($status, $text) = $self->$step;
            die "$step: status $status\n$text" if $status;
        }
        $self->answers('/healthz', 200) or die "the house does not answer\n";
        $self->open_race;
        $self->keep;
    }
    return $self;
}

# The machine is switched off, and its disk kept for those who want one that is ready.
sub keep {
    my ($self) = @_;
    $self->{vm}->halt;
    my $house = "$self->{image}/house";
    open my $out, '>', "$house.secret" or die "$house.secret: $!";
    print {$out} $self->{secret};
    close $out or die "$house.secret: $!";
    $self->{vm}->copy_disk($self->{vm}{disk}, "$house.new");
    rename "$house.new", $house or die "$house: $!";
    return;
}

sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!";
    local $/;
    return scalar <$in>;
}

sub build {
    my ($self, @options) = @_;
    my $status = system 'sh', '-c', 'log=$1; shift; exec "$@" >"$log" 2>&1', 'sh', "$self->{work}/deb.log", "$src/packaging/deb.sh", '--out', "$self->{work}/deb",
        '--no-tests', '--no-lintian', @options;
    die "the package could not be built, see $self->{work}/deb.log\n" if $status;
    my ($deb) = glob "$self->{work}/deb/cozykart_*.deb";
    return $deb;
}

sub vm { return $_[0]{vm} }
sub url { my ($self, @path) = @_; return $self->{vm}->url(@path) }

# The package under another version: the same files, or with what $change->(folder) does to them.
sub another {
    my ($self, $version, $change) = @_;
    my $dir = "$self->{work}/another-$version";
    my $out = "$self->{work}/cozykart_${version}_amd64.deb";
    system('dpkg-deb', '-R', $self->{deb}, $dir) == 0 or die 'dpkg-deb';
    system('sed', '-i', "s/^Version: .*/Version: $version/", "$dir/DEBIAN/control") == 0 or die 'sed';
    $change->($dir) if $change;
    system('sh', '-c', 'exec "$@" >/dev/null', 'sh', 'dpkg-deb', '-Znone', '--root-owner-group', '-b', $dir, $out) == 0 or die 'dpkg-deb';
    system 'rm', '-rf', $dir;
    return $out;
}

# apt's status and what it said, as the operator sees it.
sub install {
    my ($self, $deb) = @_;
    $deb //= $self->{deb};
    my $file = $deb =~ s{.*/}{}r;
    $self->{vm}->bring($deb, "/root/$file");
    return $self->apt("install -y --allow-downgrades --reinstall ./$file");
}

# apt gives dpkg a terminal, whose lines end otherwise.
sub apt {
    my ($self, $words) = @_;
    my ($status, $text) = $self->{vm}->sh("apt $words");
    return ($status, $text =~ s/\r+\n/\n/gr);
}

sub setup {
    my ($self, @more) = @_;
    $self->{vm}->put('/root/stripe', "$self->{secret}\n", 0600);
    return $self->{vm}->sh("cozykart setup --batch --host 127.0.0.1 --mode test --tls none --site yes --operator Owner --stripe-webhook-secret /root/stripe @more");
}

sub ck { my ($self, @words) = @_; return $json->decode($self->{vm}->must(join ' ', 'cozykart', (map { "'$_'" } @words), '--json')) }

sub open_race {
    my ($self) = @_;
    my %have = map { $_->{name} => 1 } @{ $self->ck(qw(member list)) };
    for my $name (qw(Apex Nova Juno)) {
        $self->ck('member', 'add', $name, $name eq 'Apex' ? ('--role', 'host') : ()) unless $have{$name};
    }
    $self->ck('product', 'add', 'TEE', 'Circuit tee', '9.00') unless grep { $_->{sku} eq 'TEE' } @{ $self->ck(qw(product list)) };
    # One that runs already will do.
    my ($runs) = grep { $_->{state} eq 'RUNNING' } @{ $self->ck(qw(race list)) };
    return $self->{race} = $runs->{race} if $runs;
    my $race = $self->ck('race', 'open', '--host', 'Apex')->{race};
    $self->ck('race', 'join', $race, $_) for qw(Nova Juno);
    $self->ck('race', 'start', $race);
    # A race has no sales of the second in which it began.
    sleep 1.1;
    return $self->{race} = $race;
}

# Somebody bought a shirt: Stripe tells it once. Times are those of the machine.
sub sale {
    my ($self, $http, $stripe) = @_;
    $http //= $self->{http} //= HTTP::Tiny->new(timeout => 60, max_redirect => 0);
    $stripe //= $self->{stripe};
    my $now = int(time + ($self->{ahead} // 0));
    my $order = $stripe->order(items => [['TEE', 1, 2500]], title => 'Circuit tee', race => $self->{race}, created => $now);
    my $body = $stripe->completed($order);
    my $r = $http->post($self->url('/hooks/stripe'), { content => $body,
        headers => { 'content-type' => 'application/json', 'stripe-signature' => $stripe->sign($body, $now) } });
    $r->{payment} = $order->{payment};
    return $r;
}

# So many buyers, and half as many visitors, until the sub that comes back is called. Each request is one try.
sub load {
    my ($self, $buyers) = @_;
    my $dir = File::Temp::tempdir('loadXXXX', DIR => $self->{work});
    my @pid;
    for my $n (1 .. $buyers + int(($buyers + 1) / 2)) {
        my $pid = fork // die "fork: $!";
        if ($pid) { push @pid, $pid; next }
        my $stop;
        local $SIG{TERM} = sub { $stop = 1 };
        my $http = HTTP::Tiny->new(timeout => 120, max_redirect => 0);
        my $stripe = Stripe->new(secret => $self->{secret}, salt => "l$$" . int(time * 1000) . "n$n");
        open my $out, '>', "$dir/$n" or POSIX::_exit(1);
        until ($stop) {
            my $r = $n > $buyers ? $http->get($self->url($n % 2 ? "/race/$self->{race}" : '/')) : $self->sale($http, $stripe);
            # A signal that ends us may have cut the request off: it is not the house's fault.
            last if $stop && $r->{status} == 599;
            syswrite $out, $r->{status} != 200 ? "failed $r->{status} " . substr($r->{content} =~ s/\s+/ /gr, 0, 200) . "\n"
                : $n > $buyers ? "page\n" : "sold $r->{payment}\n";
            sleep 0.03;
        }
        POSIX::_exit(0);
    }
    my $end = sub {
        kill 'TERM', @pid;
        waitpid $_, 0 for @pid;
        my %seen = (sold => [], failed => [], pages => 0);
        for my $file (glob "$dir/*") {
            open my $in, '<', $file or die "$file: $!";
            while (my $line = <$in>) {
                chomp $line;
                push @{ $seen{sold} }, $1 if $line =~ /^sold (.*)/;
                push @{ $seen{failed} }, $1 if $line =~ /^failed (.*)/;
                $seen{pages}++ if $line eq 'page';
            }
        }
        @pid = ();
        return \%seen;
    };
    return $end;
}

# The payments that the ledger knows, by a copy of it.
sub booked {
    my ($self) = @_;
    my $db = "$self->{work}/look.db";
    $self->{vm}->must('rm -f /root/look.db && cozykart backup /root/look.db');
    open my $out, '>:raw', $db or die "$db: $!";
    print {$out} $self->{vm}->must('cat /root/look.db');
    close $out or die "$db: $!";
    return map { chomp; $_ => 1 } `sqlite3 '$db' 'SELECT payment FROM sale'`;
}

sub answers {
    my ($self, $path, $status, $seconds) = @_;
    my $http = HTTP::Tiny->new(timeout => 20, max_redirect => 0);
    my $end = time + ($seconds // 120);
    do { my $r = $http->get($self->url($path)); return $r if $r->{status} == ($status // 200); sleep 0.2 } while time < $end;
    return;
}

# Units of ours that are not as they should be, also after a while.
sub off {
    my ($self) = @_;
    my ($end, @off) = (time + 300);
    do { @off = $self->off_now } while @off && time < $end;
    return @off;
}

sub off_now {
    my ($self) = @_;
    my %state = map { /^(\S+)=(\S+)/ ? ($1 => $2) : () } split /\n/,
        $self->{vm}->must("for u in cozykart.target cozykart-web.socket @services @timers; do echo \$u=\$(systemctl is-active \$u)-\$(systemctl show -P SubState \$u); done");
    return map { my $want = /timer/ ? 'active-waiting' : /target/ ? 'active-active' : 'active-running'; $state{$_} eq $want ? () : "$_ is $state{$_}" } sort keys %state;
}

# Complaints since the machine started (or since a time that journalctl knows).
sub loud {
    my ($self, $since) = @_;
    my $from = $since ? "--since '$since'" : '-b';
    my @loud = map { "failed: $_" } split /\n/, $self->{vm}->must('systemctl --failed --plain --no-legend');
    push @loud, split /\n/, $self->{vm}->must("journalctl -q $from -o short-precise -u 'cozykart*' -u nginx.service -p warning");
    push @loud, grep { /level=(?:warning|error|critical)/ } split /\n/, $self->{vm}->must("journalctl -q $from -o cat -u 'cozykart*'");
    push @loud, split /\n/, $self->{vm}->must(q{grep -hE '\[(alert|emerg|crit|error|warn)\]' /var/log/nginx/error.log || true});
    # What the kernel or systemd had to say of our units by another name.
    push @loud, grep { /cozykart/ } split /\n/, $self->{vm}->must("journalctl -q $from -o short-precise -p warning");
    # A machine that is emulated is late for everything, and the house says so.
    @loud = grep { !/timed out|does not answer|E_BUSY|takes too long|result 'timeout'|Failed to start cozykart-/ } @loud unless Vm::kvm();
    # nginx was cut off while it wrote to its cache; it takes such a file away.
    @loud = grep { !m{cache file "/var/cache/cozykart/\S+" is too small} } @loud;
    my %once;
    return grep { !$once{$_}++ } @loud;
}

sub now { my ($self) = @_; my $t = $self->{vm}->must("date '+%F %T'"); chomp $t; return $t }

# The end of a test: its folder goes when everything went well.
sub done {
    my ($self, $well) = @_;
    $self->{vm}->cut;
    $self->{done} = 1;
    if ($well) {
        system 'rm', '-rf', '--one-file-system', $self->{work};
    } else {
        print STDERR "# kept for a look: $self->{work}\n";
    }
    return;
}

sub DESTROY {
    my ($self) = @_;
    return if $self->{owner} != $$ || $self->{done};
    local $?;
    $self->done;
    return;
}

1;
