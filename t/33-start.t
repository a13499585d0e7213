# What each service says first when it cannot work: one line with what is wrong and what to do.
use strict;
use warnings;
use Cozykart;
use File::Temp qw(tempdir);
use Machine;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);

my $missing = Cozykart::missing();
plan skip_all => $missing if $missing;

my $top = tempdir('ckfXXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $top;
# The build may stand where others cannot look.
my $bin = "$top/bin";
system('cp', '-r', Cozykart::stage() . '/bin', $bin) == 0 or die "cp: $?";
my $m = Machine->new;
my $secret = Machine::put("$top/hook", "whsec_abcdefgh12345678\n");
is(($m->setup('--host', 'localhost', '--tls', 'none', $m->ports, '--stripe-webhook-secret', $secret))[0], 0, 'a house is set up');
my $conf = Machine::slurp($m->conf);
my $ledger = $m->path('/var/lib/cozykart/ledger/ledger.db');
my $hook = $m->path('/etc/cozykart/secrets.d/stripe.webhook_secret');

# The first line on stderr; what runs on is ended then.
sub first_line {
    my ($command, $as) = @_;
    my $pid = open(my $err, '-|') // die "fork: $!";
    if (!$pid) {
        POSIX::setpgid(0, 0);
        open STDERR, '>&', \*STDOUT;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', '/dev/null';
        if ($as) { my @p = getpwnam $as; $( = $) = "$p[3] $p[3]"; $< = $> = $p[2] }
        { exec @$command; }
        POSIX::_exit(127);
    }
    local $SIG{ALRM} = sub { kill 'KILL', -$pid };
    alarm 120;
    my $line = <$err> // '(nothing)';
    alarm 0;
    kill 'TERM', -$pid;
    sleep 0.05;
    1 while <$err>;
    close $err;
    return $line;
}

sub says {
    my ($name, $like, $programs, $do, $undo, %o) = @_;
    $do->();
    for my $p (@$programs) {
        my $line = first_line(["$bin/cozykart-$p", '--config', $m->conf], $o{as});
        like($line, $like, "$name: cozykart-$p");
        cmp_ok(length $line, '<', 400, '… in one line');
    }
    $undo->();
    return;
}
sub conf { my ($text) = @_; return sub { Machine::put($m->conf, $text, 0644) } }
my $back = conf($conf);
my @all = qw(vault web jobs);
my $live = conf($conf =~ s/^mode = test/mode = live/mr);
sub aside { my ($path) = @_; return (sub { rename $path, "$path.aside" or die "$path: $!" }, sub { rename "$path.aside", $path or die "$path: $!" }) }
sub instead { my ($path, $text) = @_; return (sub { rename $path, "$path.aside"; Machine::put($path, $text) }, sub { rename "$path.aside", $path }) }
sub patch { my ($by) = @_; return sub { Machine::schema($ledger, $by) } }

says('no settings', qr/there is no \S+cozykart\.conf; cozykart setup makes it/, \@all, aside($m->conf));
says('a wrong line', qr/cozykart\.conf:\d+: there is no setting 'colour'; man cozykart\.conf/, \@all, conf("$conf\ncolour = red\n"), $back);
says('the other mode', qr/the ledger is for mode test, the settings say live: mend mode/, \@all, $live, $back);
says('no ledger', qr/there is no ledger at \S+; cozykart \w+ makes a new one, cozykart restore/, \@all, aside($ledger));
says('a foreign file', qr/is not a ledger(?: of this program)?; path\.ledger names another file/, \@all, instead($ledger, 'x' x 5000));
says('an empty file', qr/is empty, not a ledger/, \@all, instead($ledger, ''));
says('a newer ledger', qr/this program knows \d+: a newer version wrote it, install that one again/, \@all, patch(1), patch(-1));
says('no folder for sockets', qr/cannot listen at \S+: its folder is missing; systemd-tmpfiles --create/, \@all, aside($m->path('/run/cozykart')));
says('no templates', qr{/nowhere/templates: cannot be read; install the package again}, ['web'], conf($conf =~ s{^path\.share.*}{path.share = /nowhere}mr), $back);
says('no live files', qr/cannot write \S+home\.json\.new: its folder is missing/, ['jobs'], aside($m->path('/var/lib/cozykart/live')));
says('a user that is not there', qr/web\.user: there is no user nosuchuser on this machine/, ['vault'], conf("$conf\nweb.user = nosuchuser\n"), $back);
says('an empty secret', qr/stripe\.webhook_secret: it is empty; put the secret into it/, ['vault'], instead($hook, "\n"));
says('an open secret', qr/others may read it; chmod 600 /, ['vault'], sub { chmod 0644, $hook }, sub { chmod 0600, $hook });
says('a secret that is gone', qr/stripe\.webhook_secret: there is no such file/, ['vault'], aside($hook));
{
    local $ENV{COZYKART_CLOCK_FILE} = Machine::put("$top/clock", '0', 0644);
    says('a moved clock', qr/live/, \@all, $live, $back);
}
SKIP: {
    skip 'needs root', 10 if $> != 0;
    my $run = $m->path('/run/cozykart');
    says('an unreadable secret', qr/stripe\.webhook_secret: it cannot be read by this user; cozykart setup --batch/, ['vault'], sub { }, sub { }, as => 'nobody');
    my $plain = $conf =~ s/^\w+\.\w+_file = .*\n//mgr;
    says('a ledger of somebody else', qr/this user may not|another user|cannot open|chown/, ['vault'],
        sub { conf($plain)->(); chmod 01777, $run; chmod 0755, $m->path('/var/lib/cozykart/ledger') },
        sub { $back->(); chmod 01771, $run; chmod 0750, $m->path('/var/lib/cozykart/ledger') }, as => 'nobody');
    says('sockets of somebody else', qr/cannot (?:listen at|be read).* this user may not; cozykart check, as root/, ['jobs'], sub { }, sub { }, as => 'nobody');
}

# Two of a kind, and ports that are taken.
$m->start;
says('a second one', qr/another (?:process|cozykart-\w+)/, \@all, sub { }, sub { });
like(first_line(["$bin/cozykart-house", '--config', $m->conf]), qr/another cozykart-house runs here/, 'a second house');
like(first_line([$Cozykart::nginx, '-e', 'stderr', '-c', $m->path('/etc/nginx/nginx.conf')]), qr/bind\(\) to .*:$m->{port} failed .*in use/, 'nginx: a port that is taken');
like(first_line([$Cozykart::nginx, '-e', 'stderr', '-c', $m->path('/etc/cozykart/nginx/live.conf')]), qr/bind\(\) to unix:\S+ failed .*in use/, 'the live nginx: a second one');
$m->stop;

# An entry from the future: the clock is behind.
{
    my $house = Cozykart->new(workers => 1, clock => 3600);
    my $race = $house->race(2);
    is($house->notice($house->stripe->completed($house->shirt($race, created => int $house->now)))->{status}, 200, 'an order, an hour ahead');
    $house->stop;
    like(first_line(["$bin/cozykart-vault", '--config', $house->{conf}]), qr/this machine's clock is at least (?:5\d|60) min.* behind the newest entry of the ledger; timedatectl set-ntp true/,
        'a clock that is behind the books');
}
my $module = $m->path('/etc/cozykart/nginx/live.conf');
my $text = Machine::slurp($module);
Machine::put($module, $text =~ s{ngx_nchan_module}{ngx_missing_module}r, 0644);
like(first_line([$Cozykart::nginx, '-e', 'stderr', '-c', $module]), qr/dlopen\(\) "\S+ngx_missing_module\.so" failed/, 'the live nginx without its module');
done_testing;
