# The Debian package, built from the tarball, in a fresh Debian 12: installed by apt, set up, used for a
# race night by real HTTP, backed up, restored, upgraded, removed, purged. No systemd runs in there:
# t/lib/Units.pm starts the installed units' commands as they stand, as their own users.
# COZYKART_PACKAGE=FILE takes that package instead of building one, for who works on this test.
use strict;
use warnings;
use Root;
use Test::More;

my $why;

BEGIN {
    my @missing = Root::missing_programs(qw(mmdebstrap dpkg-buildpackage dh lintian unshare nsenter openssl));
    $why = "not installed: @missing" if @missing;
    die "$why, and COZYKART_SKIP_IS_ERROR is set\n" if $why && $ENV{COZYKART_SKIP_IS_ERROR};
    $why //= Root::enter();
}
plan skip_all => $why if $why;

use Cozykart;
use File::Temp ();
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep time);
use Units;

my $src = Cwd::abs_path($ENV{SRCDIR} // '.');
my $dir = File::Temp::tempdir('ckdebXXXXXX', TMPDIR => 1);
chmod 0755, $dir;
mkdir "$dir/log" or die $!;
mkdir "$dir/log/units" or die $!;
my $root = Root->new("$dir/root", log => "$dir/log");
my ($began, $worked, $mine) = (time, 0, $$);

sub took {
    my ($what) = @_;
    my $used = (times)[2] + (times)[3];
    note sprintf '%s: %.0f s, of a processor %.0f s', $what, time - $began, $used - $worked;
    ($began, $worked) = (time, $used);
    return;
}

sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or return '';
    local $/;
    return <$in> // '';
}

# A command that has to go well, inside.
sub inside {
    my ($what, $line, %env) = @_;
    my ($status, $text) = $root->sh($line, %env);
    is($status, 0, $what) or diag $text;
    return $text;
}

# --- the package, while the root is being made

sub build {
    my ($name, @options) = @_;
    my $log = "$dir/log/deb-$name.log";
    my $status = system 'sh', '-c', 'log=$1; shift; exec "$@" >"$log" 2>&1', 'sh', $log, "$src/packaging/deb.sh", '--out', "$dir/$name", @options;
    is($status, 0, "$name: the package is built") or BAIL_OUT(slurp($log));
    my ($deb) = glob "$dir/$name/cozykart_*.deb";
    return $deb;
}

my $maker = fork // die "fork: $!";
if (!$maker) {
    eval { $root->make; 1 } or do {
        open my $out, '>', "$dir/log/root-why" or die $!;
        print {$out} $@;
        close $out;
        POSIX::_exit(1);
    };
    POSIX::_exit(0);
}

my $deb = $ENV{COZYKART_PACKAGE};
if ($deb) {
    diag "taken as it is: $deb";
} else {
    # Its own tests run, and lintian; then once more elsewhere, by somebody whose machine is another.
    $deb = build('first', '--work', "$dir/build");
    took('built, tested and looked at by lintian');
    my ($tarball) = glob "$dir/build/dist/cozykart-*.tar.xz";
    my $umask = umask 077;
    local @ENV{qw(TZ LC_ALL USER HOME)} = ('Pacific/Kiritimati', 'C.UTF-8', 'nobody', '/nonexistent');
    my $again = build('second', '--work', "$dir/a/folder/elsewhere", '--tarball', $tarball, '--no-tests', '--no-lintian');
    umask $umask;
    is(system('cmp', $deb, $again), 0, 'two builds in other folders, time zones, languages and umasks give the same bytes');
    took('built again');
}
my ($version) = $deb =~ /cozykart_([^_]+)_/;
waitpid $maker, 0;
BAIL_OUT(slurp("$dir/log/root-why") || 'no root') if $?;
took('waited for the root');

# --- bare machine, apt

$root->enter_mounts;
my $here = "/root/" . $deb =~ s{.*/}{}r;
system('cp', $deb, $root->path($here)) == 0 or die "cp: $deb";
my ($status, $text) = $root->online->sh("apt-get -o Acquire::Retries=3 install -q -y --no-install-recommends .$here");
is($status, 0, 'apt installs it with all that it needs') or BAIL_OUT($text);
like($text, qr/^cozykart: installed\. Next step, as root: cozykart setup$/m, '… and its last word is what to do next');
took('installed by apt');
my @there = split /\n/, inside('what is installed', q{dpkg-query -W -f '${Package}\n'});
is(join(' ', grep { /^(?:gcc|g\+\+|cpp|make|nodejs|npm|.*-dev)\z/ } @there), '', 'no compiler and no Node came with it');
is(inside('the package is whole', 'dpkg --verify cozykart'), '', '… and nothing has changed since');
like(inside('the unit is enabled', 'ls /etc/systemd/system/multi-user.target.wants'), qr/^cozykart\.target$/m, 'services start with the machine');
is(inside('users', q{for u in vault web jobs live backup; do id -gn cozykart-$u; done}), "cozykart\n" x 5, 'five users, one group');
is(inside('folders', q{cd /var/lib/cozykart && stat -c '%n %U:%G %a' . ledger live media backup}),
    ". root:root 755\nledger cozykart-vault:cozykart 750\nlive cozykart-jobs:cozykart 755\nmedia cozykart-jobs:cozykart 755\nbackup cozykart-backup:cozykart 700\n", 'folders and their owners');
my $page = inside('a manual page', 'zcat /usr/share/man/man1/cozykart.1.gz | head -c 2000');
like($page, qr{^\.Dt COZYKART 1$}m, '… is there');

my $units = Units->new(root => $root->path, log => "$dir/log/units");
is(join(' ', map { $units->start("cozykart-$_.service") } qw(vault web jobs live backup)), join(' ', ('skipped') x 5), 'before it is set up nothing starts');

# --- set up: answers by options, as a script would; the stand-ins' addresses stand in the file before

# Weeks ago: the night has a season behind it. Only mode test runs with a moved clock.
my %clock = (COZYKART_CLOCK_FILE => '/srv/clock');
$root->put('/srv/clock', -21 * 86400 * 1000);
my ($cord, $till) = ('http://127.0.0.1:8001', 'http://127.0.0.1:8002');
$root->put('/etc/cozykart/cozykart.conf', <<"END");
discord.site = $cord
discord.api = $cord/api/v10
discord.cdn = $cord/cdn
stripe.api = $till
shopify.api = $till
whop.api = $till/api/v1
paypal.api = $till
END
my $key = $root->path('/root/discord.key');
system('openssl', 'genpkey', '-quiet', '-algorithm', 'ed25519', '-out', $key) == 0 or die 'openssl';
my %answer = (
    host => '127.0.0.1', mode => 'test', operator => 'Owner', tls => 'none', site => 'yes',
    'discord-application' => '1100000000000000001', 'discord-guild' => '1100000000000000002', 'discord-races-channel' => '1100000000000000003',
    'discord-staff-channel' => '1100000000000000004', 'discord-ops-channel' => '1100000000000000005',
    'discord-public-key' => unpack('H*', substr(scalar `openssl pkey -in "$key" -pubout -outform DER`, -32)),
    'shopify-shop' => 'cozy-merch.myshopify.com', 'kofi-page' => 'cozykart', 'whop-account' => 'biz_cozykart',
    'paypal-client-id' => 'sandbox-client', 'paypal-webhook-id' => 'SANDBOXHOOK000001',
);
my %secret = (
    'discord-bot-token' => 'MTEwMDAwMDAwMDAwMDAwMDAwMQ.Gh1j2K.', 'discord-client-secret' => '', 'stripe-webhook-secret' => 'whsec_', 'stripe-api-key' => 'sk_test_',
    'stripe-connect-secret' => 'whsec_', 'shopify-webhook-secret' => '', 'shopify-token' => 'shpat_', 'kofi-token' => '',
    'whop-webhook-secret' => 'ws_', 'whop-api-key' => 'apik_', 'paypal-client-secret' => '',
);
for my $name (sort keys %secret) {
    open my $random, '<:raw', '/dev/urandom' or die "urandom: $!";
    read $random, my ($bytes), $name =~ /shopify/ ? 16 : 24;
    $root->put("/root/$name", $secret{$name} . unpack('H*', $bytes) . "\n", 0600);
    $answer{$name} = "/root/$name";
}

like(inside('debconf', 'debconf-show cozykart'), qr{cozykart/purge-data: false}, 'knows what a purge will ask');

# The people's command inside, in the house's time.
sub ck { return $root->sh(join(' ', '/usr/bin/cozykart', map { "'$_'" } @_), %clock) }

($status, $text) = ck('setup', '--batch', map { ("--$_", $answer{$_}) } sort keys %answer);
is($status, 0, 'cozykart setup') or BAIL_OUT($text);
my $told = $text;
note $told;
is(inside('who may read secrets', q{cd /etc/cozykart/secrets.d && stat -c '%U %a' . * | sort -u}), "root 600\nroot 700\n", 'secrets are root\'s alone');
took('set up');

# --- the units' commands as they stand

$root->put("/etc/systemd/system/cozykart-$_.service.d/clock.conf", "[Service]\nEnvironment=COZYKART_CLOCK_FILE=/srv/clock\n")
    for qw(vault web jobs backup drill verify seal);
my %child;

# Beside the house: the machine's own nginx, and the stand-ins outside.
sub aside {
    my ($name, @words) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        POSIX::setsid();
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$dir/log/$name.log";
        open STDERR, '>&', \*STDOUT;
        $ENV{COZYKART_CLOCK_FILE} = $root->path('/srv/clock');
        { exec @words; }
        POSIX::_exit(127);
    }
    return $child{$name} = $pid;
}

sub ends {
    my ($name) = @_;
    my $pid = delete $child{$name} or return;
    kill 'TERM', $pid;
    waitpid $pid, 0;
    return $?;
}

# What the stand-ins and the night read: the settings, with the secrets' files as they are seen from here.
sub people_conf {
    my %set = map { /^([a-z._]+)\s*=\s*(.*?)\s*$/ ? ($1 => $2) : () } split /\n/, $root->slurp('/etc/cozykart/cozykart.conf');
    for my $file (glob $root->path('/etc/cozykart/secrets.d/*')) {
        $set{ $file =~ s{.*/}{}r . '_file' } = $file;
    }
    my $conf = "$dir/people.conf";
    open my $out, '>', $conf or die "$conf: $!";
    print {$out} "$_ = $set{$_}\n" for sort keys %set;
    close $out or die "$conf: $!";
    system('cp', $key, "$dir/discord.key") == 0 or die 'cp';
    mkdir "$dir/bin";
    open my $bin, '>', "$dir/bin/cozykart" or die $!;
    print {$bin} "#!/bin/sh\nshift 2\nexec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 COZYKART_CLOCK_FILE=/srv/clock chroot '", $root->path, "' /usr/bin/cozykart \"\$@\"\n";
    close $bin or die $!;
    chmod 0755, "$dir/bin/cozykart";
    return $conf;
}

my $http = HTTP::Tiny->new(timeout => 60, max_redirect => 0);
my $url = 'http://127.0.0.1';

# Somebody answers there, whatever it is.
sub heard {
    my ($at) = @_;
    my $end = time + 60;
    my $r;
    do { $r = $http->get("$at/"); return 1 if $r->{status} != 599; sleep 0.1 } while time < $end;
    return;
}

sub answers {
    my ($path, $status, $seconds) = @_;
    my $end = time + ($seconds // 120);
    my $r;
    do { $r = $http->get("$url$path"); return 1 if $r->{status} == $status; sleep 0.1 } while time < $end;
    diag "$path: $r->{status} $r->{content}";
    return;
}

sub house_up {
    ok(eval { $units->start('cozykart.target'); 1 }, 'every unit of cozykart.target starts') or BAIL_OUT($@);
    aside('nginx', 'chroot', $root->path, '/usr/sbin/nginx', '-g', 'daemon off;');
    ok(answers('/healthz', 200), 'nginx answers for the house') or BAIL_OUT(slurp("$dir/log/nginx.log") . ($root->slurp('/var/log/nginx/error.log') // ''));
    return;
}

sub house_down {
    my $status = $units->stop_all;
    is(join(' ', map { "$_=$status->{$_}" } grep { $status->{$_} } sort keys %$status), '', 'every service ends with status 0');
    is(ends('nginx'), 0, 'nginx too');
    return;
}

my $conf = people_conf();
aside('fakecord', $^X, "$src/demo/fakecord", '--config', $conf);
aside('fakepay', $^X, "$src/demo/fakepay", '--config', $conf);
ok(heard($_), "the stand-in at $_ listens") for $cord, $till;
house_up();
took('started');
my ($next) = $told =~ /, then (cozykart member add 'Owner' --role operator)$/m;
inside('the next step that setup named makes the first operator', $next // 'false', %clock);
like(inside('cozykart role list', 'cozykart role list', %clock), qr/Owner.*operator/, '… Owner');
is(system('sh', '-c', 'log=$1; shift; exec "$@" >"$log" 2>&1', 'sh', "$dir/log/night.log", $^X, "$src/demo/night", '--config', $conf,
    '--bin', "$dir/bin", '--url', $url, '--speed', 0, '--clock', $root->path('/srv/clock'), '--races', 2), 0, 'a season and a race night')
    or diag(slurp("$dir/log/night.log"), map { "$_: " . $units->log($_) } qw(cozykart-vault.service cozykart-jobs.service));
like(slurp("$dir/log/night.log"), qr/wallets: .* name the same cents/, '… where every surface names the same cents');
took('race night');

# --- what timers and people do with it

is($units->run("cozykart-$_.service"), 0, "cozykart-$_.service") or diag $units->log("cozykart-$_.service") for qw(backup drill verify seal);
my $head = inside('cozykart verify', 'cozykart verify', %clock);
my ($copy) = map { s{.*/}{}r } glob $root->path('/var/lib/cozykart/backup/*.gz');
ok($copy, 'there is a copy of the ledger') or diag inside('backup list', 'cozykart backup list', %clock);
inside('cozykart-audit', 'cozykart-audit /var/lib/cozykart/ledger/ledger.db');
($status, $text) = ck('check');
like($text, qr/^Nothing is wrong\.$/m, 'cozykart check finds nothing to mend') or diag $text;
house_down();
# A container may grant fewer open files than the unit asks for; nginx then says so and goes on.
my @loud = grep { /\[(?:alert|emerg|crit|error)\]/ && !/setrlimit\(RLIMIT_NOFILE/ } split /\n/, ($root->slurp('/var/log/nginx/error.log') // '') . $units->log('cozykart-live.service');
is("@loud", '', 'nginx has nothing alarming to say');
my @errors = map { my $u = $_; map { "$u: $_" } grep { /level=(?:warning|error|critical)/ } split /\n/, $units->log("cozykart-$u.service") } qw(vault web jobs);
is("@errors", '', 'nor has the house');
took('looked after');

# --- the machine is lost, but for a copy

my $ledger = '/var/lib/cozykart/ledger/ledger.db';
inside('the ledger and its copies are gone', "mv /var/lib/cozykart/backup/$copy* /root && rm -rf /var/lib/cozykart/ledger/* /var/lib/cozykart/backup/*");
like(inside('cozykart restore', "cozykart restore /root/$copy", %clock), qr/it is \Q$ledger\E now, in quarantine/, '… brings it back');
house_up();
is(inside('cozykart verify', 'cozykart verify', %clock), $head, 'the house goes on with the same books');
like((ck('quarantine'))[1], qr/^in quarantine since /, '… and pays nothing before somebody looked');
house_down();
took('restored');

# --- removed: everything that is somebody's stays

my $books = inside('the books', "sha256sum $ledger");
$root->put('/etc/nginx/conf.d/mine.conf', "include /etc/cozykart/nginx/mine*.conf;\n");
my $said = inside('apt remove', 'apt-get remove -q -y cozykart');
like($said, qr{^cozykart: removed\. Ledger and backups stay in /var/lib/cozykart, settings and keys in /etc/cozykart}m, '… says what stays and where');
like($said, qr{^cozykart: nginx cannot start again .*: /etc/nginx/conf\.d/mine\.conf $}m, '… and which files of nginx must forget us') or diag $said;
inside('they do', 'rm /etc/nginx/conf.d/mine.conf');
is(inside('the books', "sha256sum $ledger"), $books, '… and the ledger does');
is(join(' ', grep { -e $root->path($_) } qw(/etc/nginx/sites-enabled/cozykart /usr/bin/cozykart /lib/systemd/system/cozykart.target)), '', '… but no program, unit or site');
inside('nginx starts without us', 'nginx -t');

# --- upgraded from a package before: the same files under a lower version, since nothing was released
# yet, beside a ledger that the program of an earlier schema has written

my $before = "$dir/before";
for (['dpkg-deb', '-R', $deb, $before], ['sed', '-i', 's/^Version: .*/Version: 0.0.9/', "$before/DEBIAN/control"],
    ['dpkg-deb', '-Znone', '--root-owner-group', '-b', $before, $root->path('/root/before.deb')]) {
    system('sh', '-c', 'exec "$@" >/dev/null', 'sh', @$_) == 0 or die "@$_";
}
inside('the package before is installed', 'cd /root && apt-get install -q -y --no-install-recommends ./before.deb');
ok(-l $root->path('/etc/nginx/sites-enabled/cozykart'), '… and the site is back');
inside('nginx takes it', 'nginx -t');
inside('the ledger is put aside', "cd /var/lib/cozykart/ledger && mkdir /root/night && mv ledger.db* /root/night/");
system('sh', '-c', 'zcat "$1" | sqlite3 "$2"', 'sh', "$src/t/data/ledger/0015.sql.gz", $root->path($ledger)) == 0 or die 'sqlite3';
inside('its owner', "chown cozykart-vault:cozykart $ledger && chmod 640 $ledger");
$said = inside('apt upgrades it', "apt-get install -q -y --no-install-recommends .$here") =~ s/.*Setting up cozykart//sr;
like($said, qr/migrated from schema 15 to \d+/, '… and the ledger, whose program ended before') or diag $said;
my @kept = grep { !/ledger\.db(?:-wal|-shm|\.lock)?$/ } glob $root->path('/var/lib/cozykart/ledger/*');
is(scalar @kept, 1, '… keeping a copy') or diag "@kept";
is(scalar `sqlite3 "$kept[0]" 'PRAGMA user_version'`, "15\n", '… of what it was');
house_up();
ok(answers('/status', 200), 'the house goes on with it');
inside('… and its books are right', 'cozykart verify', %clock);
house_down();

# A ledger that this program does not know: apt must show it, and nothing may be touched.
system('sqlite3', $root->path($ledger), 'PRAGMA user_version = 999') == 0 or die 'sqlite3';
$books = inside('the books', "sha256sum $ledger");
($status, $text) = $root->sh("apt-get install -q -y --reinstall --no-install-recommends .$here");
is($status, 100, 'a ledger that is newer than the program: apt fails');
like($text, qr/^cozykart: the ledger could not be brought .* nothing is lost\.$/m, '… and says so');
is(inside('the books', "sha256sum $ledger"), $books, '… and the ledger is as it was');
inside('the ledger of the night is put back', "rm /var/lib/cozykart/ledger/ledger.db* && mv /root/night/* /var/lib/cozykart/ledger/");
inside('then dpkg goes on', 'dpkg --configure cozykart');
took('removed and upgraded');

# --- purged: asked, and kept unless told otherwise

$root->sh('rm /etc/systemd/system/cozykart-*.service.d/clock.conf');
$said = inside('apt purge', 'apt-get purge -q -y cozykart');
like($said, qr{^cozykart: purged, but the ledger, .* stay in /var/lib/cozykart.*rm -r /var/lib/cozykart /etc/cozykart$}m, '… says what stays and how to delete it');
ok(-s $root->path($ledger), 'the ledger is kept');
is(inside('settings', 'cd /etc/cozykart && find . ! -type d | sort'), "./secrets.d/payout.key\n./secrets.d/seal.key\n", 'settings and keys of others are gone, the ledger\'s own keys are kept');
is(inside('what is left', 'find /etc/systemd/system /etc/nginx -name "*cozykart*"'), '', 'nothing of it is left with systemd and nginx');
inside('installed once more', "apt-get install -q -y --no-install-recommends .$here");
inside('the answer is to delete', 'echo cozykart cozykart/purge-data boolean true | debconf-set-selections');
$said = inside('apt purge', 'apt-get purge -q -y cozykart');
like($said, qr/^cozykart: ledger, backups, settings and keys were deleted, as you told\.$/m, '… says so');
is(join(' ', grep { -e $root->path($_) } qw(/var/lib/cozykart /etc/cozykart)), '', '… and they are');
took('purged');

# --- the smoke test of autopkgtest, as it is where no systemd runs; it wants perl, which Debian brought

inside('installed anew', "apt-get install -q -y --no-install-recommends .$here");
system('cp', '-r', "$src/demo", "$src/t", "$src/packaging", $root->path('/srv')) == 0 or die 'cp';
like(inside('debian/tests/smoke', 'cd /srv && packaging/debian/tests/smoke'), qr/^a sale counts: the pot is \d+ cents$/m, '… sees a sale');
took('smoke test');

done_testing;

END {
    local $?;
    if ($root && $mine && $mine == $$) {
        ends($_) for keys %child;
        undef $units;
        $root->leave;
        if (Test::More->builder->is_passing) {
            $root->remove;
            system 'rm', '-rf', '--one-file-system', $dir;
        } else {
            diag("kept for a look: $dir");
        }
    }
}
