# cozykart check on a house that cozykart setup made: all is well, then one mistake after another,
# each with real files, processes and ports, each with its own sentence, and mended again.
use strict;
use warnings;
use Cozykart;
use File::Temp qw(tempdir);
use IO::Socket::INET;
use Machine;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);

my $missing = Cozykart::missing();
plan skip_all => $missing if $missing;

my $top = tempdir('ckkXXXXXX', TMPDIR => 1, CLEANUP => 1);
my $m = Machine->new;
my $root = $m->{root};
sub secret { return Machine::put("$top/$_[0]", "$_[1]\n") }
my ($code, $text, $errors) = $m->setup('--host', 'localhost', '--tls', 'none', $m->ports,
    '--stripe-webhook-secret', secret(hook => 'whsec_abcdefgh12345678'), '--stripe-api-key', secret(key => 'sk_test_abcdefgh12345678'));
is($code, 0, 'a house is set up') or diag($errors, $text);
$m->start;

my $judged = $m->check('--offline');
my @bad = grep { $judged->{$_} ne 'good' && $judged->{$_} =~ /nobody answers|there is no|belongs|mode is/ } sort keys %$judged;
is("@bad", '', 'nothing is wrong with it');
is($m->{code}, 0, '… says the exit code') or diag(($m->ctl('check', '--offline'))[1]);
is($judged->{$_}, 'good', "judged: $_") for 'cozykart-vault runs', 'cozykart-web runs', 'cozykart-jobs runs', 'cozykart-live runs', 'nginx -t', "port $m->{port}",
    'the ledger opens', 'its schema fits every statement', 'stripe.api_key_file', 'the site is enabled', 'room beside the ledger';
is($m->check->{"http://localhost:$m->{port} leads to this machine"}, 'good', 'the name leads to this machine');
is(($m->setup('--verify', '--operator', 'Apex'))[0], 0, 'setup runs beside the house');
like(($m->ctl('role', 'list'))[1], qr/Apex: operator/, '… and makes the first operator');
like(($m->setup('--verify'))[1], qr/leads to this machine/, '… and looks whether the name leads here');

# Does this to the machine, expects that sentence about that thing, undoes it.
sub case {
    my ($name, $what, $like, $do, $undo, @options) = @_;
    $do->();
    my $got = $m->check('--offline', @options);
    $undo->();
    like($got->{$what} // '(nothing is said)', $like, $name);
    is($m->{code}, 1, '… and the exit code says so');
    return;
}
my $secrets = $m->path('/etc/cozykart/secrets.d');
my $ledger = $m->path('/var/lib/cozykart/ledger/ledger.db');
my $conf = Machine::slurp($m->conf);
sub conf_with { my (@lines) = @_; Machine::put($m->conf, $conf . join('', map { "$_\n" } @lines), 0644); return }
sub conf_back { Machine::put($m->conf, $conf, 0644); return }

case('a secret that others may read', 'stripe.api_key_file', qr/others may read it; chmod 600/,
    sub { chmod 0644, "$secrets/stripe.api_key" }, sub { chmod 0600, "$secrets/stripe.api_key" });
case('an empty secret', 'stripe.webhook_secret_file', qr/it is empty/,
    sub { Machine::put("$secrets/stripe.webhook_secret", "\n") }, sub { Machine::put("$secrets/stripe.webhook_secret", "whsec_abcdefgh12345678\n") });
case('a secret that is gone', 'payout.key_file', qr/there is no such file/,
    sub { rename "$secrets/payout.key", "$top/payout.key" }, sub { rename "$top/payout.key", "$secrets/payout.key" });
case('a credential that is gone', 'credential payout.key', qr/cozykart-vault does not start without it/,
    sub { rename "$secrets/payout.key", "$top/payout.key" }, sub { rename "$top/payout.key", "$secrets/payout.key" });
case('a live key', 'stripe.api_key_file', qr/a live key does not fit mode = test/,
    sub { Machine::put("$secrets/stripe.api_key", "sk_live_abcdefgh12345678\n") }, sub { Machine::put("$secrets/stripe.api_key", "sk_test_abcdefgh12345678\n") });
case('a provider set up by half', 'paypal.client_secret', qr/nobody can be paid out by PayPal; cozykart setup/,
    sub { conf_with('paypal.client_id = abc') }, \&conf_back);
# Not wrong in a trial, and said all the same.
Machine::put($m->conf, $conf =~ s/^stripe\.api_key_file = .*\n//mr, 0644);
is($m->check('--offline')->{'stripe.api_key'}, 'not set up: our own shop sells nothing by Stripe, and payments are not compared; cozykart setup asks for it', 'a trial may have no API key');
is($m->{code}, 0, '… and the exit code says so');
conf_back();
# As age-keygen writes it; another program's file has blanks and comments.
Machine::put("$secrets/backup.identity", "# created: 2026-05-01T10:00:00Z\n# public key: age1abcdef\nAGE-SECRET-KEY-1ABCDEF\n");
conf_with("backup.identity_file = $secrets/backup.identity");
is($m->check('--offline')->{'backup.identity_file'}, 'good', 'a key file of age');
case('… that others may read', 'backup.identity_file', qr/others may read it; chmod 600/, sub { chmod 0644, "$secrets/backup.identity" }, sub { chmod 0600, "$secrets/backup.identity" });
conf_back();
unlink "$secrets/backup.identity";
case('real money in mode test', 'paypal.api', qr/for real money, and the mode is test: set paypal\.api = https:\S+sandbox/,
    sub { conf_with('paypal.client_id = abc') }, \&conf_back);
case('no room', 'room beside the ledger', qr/MB are free at .*, under 1000000000 MB: make room/,
    sub { conf_with('alert.disk_mb = 1000000000') }, \&conf_back);
case('a folder that is gone', $m->path('/var/lib/cozykart/live') . 'x', qr/no such folder: systemd-tmpfiles --create/,
    sub { Machine::put($m->conf, $conf =~ s{^path\.live = .*}{$&x}mr, 0644) }, \&conf_back);
case('a folder open to all', $m->path('/var/lib/cozykart/ledger'), qr/its mode is 0777: chmod/,
    sub { chmod 0777, $m->path('/var/lib/cozykart/ledger') }, sub { chmod 0750, $m->path('/var/lib/cozykart/ledger') });
case('no program for mail', 'mail.sendmail', qr/there is no .*nothing.*, and no mail is sent/,
    sub { conf_with('mail.to = ops@example.org', 'mail.sendmail = /usr/sbin/nothing') }, \&conf_back);
conf_with('mail.to = ops@example.org', 'mail.smtp = smtp://127.0.0.1:1');
like($m->check->{'mail.smtp'}, qr/nobody answers at smtp:/, 'nobody at the mail server');
conf_back();
case('a user that is not there', 'web.user', qr/there is no user nosuchuser: systemd-sysusers/,
    sub { conf_with('web.user = nosuchuser') }, \&conf_back);
case('a site that is not enabled', 'the site is enabled', qr/cozykart setup --batch --site yes/,
    sub { rename $m->path('/etc/nginx/sites-enabled/cozykart'), "$top/link" }, sub { rename "$top/link", $m->path('/etc/nginx/sites-enabled/cozykart') });
SKIP: {
    skip 'needs root', 6 if $> != 0;
    case('a ledger of somebody else', $ledger, qr/it belongs to nobody:\S+: chown root \S+ledger\.db/,
        sub { chown +(getpwnam 'nobody')[2, 3], $ledger }, sub { chown 0, 0, $ledger });
    case('what nginx does not take', 'nginx -t', qr/unknown directive "nonsense"/,
        sub { Machine::put($m->path('/etc/nginx/sites-enabled/other'), "nonsense;\n") }, sub { unlink $m->path('/etc/nginx/sites-enabled/other') });
    # An ordinary user learns what could not be looked at.
    # The build may stand where he cannot look.
    chmod 0755, $top;
    system('cp', "$ENV{BUILDDIR}/stage/bin/cozykart", "$top/cozykart") == 0 or die "cp: $?";
    my $out = `su -s /bin/sh nobody -c "$top/cozykart check --offline --config @{[ $m->conf ]}" 2>&1`;
    like($out, qr/^--   stripe\.api_key_file: this user may not read it: run cozykart check as root$/m, 'an ordinary user reads what could not be looked at');
    unlike($out, qr/^BAD/m, '… and nothing wrong that is right') or diag($out);
}

# The network's sentences.
my $url = "http://localhost:$m->{port} leads to this machine";
sub far {
    my ($name, $like, $do, $undo) = @_;
    $do->();
    my $got = $m->check;
    $undo->();
    my ($what) = grep { /leads to this machine$/ } keys %$got;
    like($got->{$what}, $like, $name);
    return;
}
far('nothing listens', qr/nothing listens at localhost port 1:/, sub { Machine::put($m->conf, $conf =~ s{^site\.url = .*}{site.url = http://localhost:1}mr, 0644) }, \&conf_back);
far('another machine', qr/another machine or another site answers there/,
    sub { rename $m->path('/etc/cozykart/nginx/sign'), "$top/sign"; Machine::put($m->path('/etc/cozykart/nginx/sign'), "somebody else\n", 0644); 
        Machine::put($m->conf, $conf =~ s{^site\.url = .*}{site.url = http://127.0.0.1:$m->{port}}mr, 0644) },
    sub { rename "$top/sign", $m->path('/etc/cozykart/nginx/sign'); conf_back() });
far('a name that leads nowhere', qr/leads nowhere: make a DNS entry|cannot be told from here/,
    sub { Machine::put($m->conf, $conf =~ s{^site\.url = .*}{site.url = https://kart.invalid}mr, 0644) }, \&conf_back);

# A clock that is off, told by a provider's answer.
{
    my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', ReuseAddr => 1) or die $!;
    my $port = $server->sockport;
    my $pid = fork // die $!;
    if (!$pid) {
        local $SIG{ALRM} = sub { POSIX::_exit(0) };
        alarm 600;
        while (my $c = $server->accept) {
            while (<$c>) { last if /^\r?$/ }
            my $date = POSIX::strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime(time - 600));
            print {$c} "HTTP/1.1 200 OK\r\nDate: $date\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
            close $c;
        }
        POSIX::_exit(0);
    }
    conf_with("stripe.api = http://127.0.0.1:$port");
    my $got = $m->check;
    conf_back();
    kill 'TERM', $pid;
    waitpid $pid, 0;
    like($got->{'the clock'}, qr/it is (?:599|6\d\d) s ahead of .*timedatectl set-ntp true/, 'a clock that is ten minutes ahead');
}

# The certificate, of the file that nginx uses.
SKIP: {
    skip 'openssl is not installed', 8 if system('openssl version >/dev/null 2>&1') != 0;
    my $t = Machine->new;
    my $folder = $t->path('/etc/letsencrypt/live/kart.example.org');
    my $certify = sub {
        my ($name, $days) = @_;
        File::Path::make_path($folder);
        my $when = $days > 0 ? "-days $days" : '-days -1';
        system(qq(openssl req -x509 -newkey rsa:2048 -nodes -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" $when -subj "/CN=$name" -addext "subjectAltName=DNS:$name" >/dev/null 2>&1)) == 0
            or diag('openssl could not make a certificate');
    };
    ($code, $text) = $t->setup('--host', 'kart.example.org', $t->ports);
    like($t->check('--offline')->{'the certificate'}, qr/there is no .*certbot certonly --webroot/, 'a certificate that has not come');
    like(Machine::slurp($t->path('/etc/nginx/sites-available/cozykart')), qr/not there yet/, '… and a site that waits for it');
    $certify->('kart.example.org', 90);
    ($code, $text) = $t->setup;
    is($code, 0, 'setup goes on when it has come');
    like(Machine::slurp($t->path('/etc/nginx/sites-available/cozykart')), qr/ssl_protocols TLSv1\.2 TLSv1\.3;/, '… with TLS');
    is($t->check('--offline')->{'the certificate'}, 'good', '… and check is content');
    $t->start;
    my $at = "--resolve kart.example.org:$t->{tls_port}:127.0.0.1 --resolve other.example.org:$t->{tls_port}:127.0.0.1 --resolve kart.example.org:$t->{port}:127.0.0.1";
    my $head = `curl -sk -D - -o /dev/null $at https://kart.example.org:$t->{tls_port}/healthz`;
    like($head, qr{^HTTP/2 200}, 'the house answers by TLS and http2');
    like($head, qr/^strict-transport-security: max-age=31536000/mi, '… with HSTS');
    like(`curl -sk -D - -o /dev/null $at https://kart.example.org:$t->{tls_port}/static/nothing`, qr/^strict-transport-security: max-age=31536000/mi, '… on what nginx answers as well');
    like(`curl -s -D - -o /dev/null $at http://kart.example.org:$t->{port}/races?x=1`, qr{^HTTP/1\.1 308.*^Location: https://kart\.example\.org:$t->{tls_port}/races\?x=1\r?$}ms, 'port 80 leads to TLS');
    is(`curl -sk -o /dev/null -w '%{http_code}' $at https://other.example.org:$t->{tls_port}/`, '000', 'no other name is answered');
    is(`curl -s -o /dev/null -w '%{http_code}' -H 'Host: other.example.org' http://127.0.0.1:$t->{port}/`, '000', '… nor on port 80');
    is(`curl -sk -o /dev/null -w '%{http_code}' $at -H 'Host: other.example.org' https://kart.example.org:$t->{tls_port}/`, '000', '… nor behind our own name in the handshake');
    isnt(system("openssl s_client -connect 127.0.0.1:$t->{tls_port} -servername kart.example.org -tls1_1 </dev/null >/dev/null 2>&1"), 0, 'TLS 1.1 is refused');
    is($t->stop, 0, 'it ends in peace');
    $certify->('kart.example.org', 5);
    like($t->check('--offline')->{'the certificate'}, qr/it ends in [45] days: certbot renew/, 'a certificate that ends soon');
    $certify->('other.example.org', 90);
    like($t->check('--offline')->{'the certificate'}, qr/is for another name than kart\.example\.org/, 'one of another name');
    Machine::put("$folder/fullchain.pem", "no certificate at all\n");
    like($t->check('--offline')->{'the certificate'}, qr/holds none/, 'a file that holds none');
}
# One that nobody trusts, at the name it is for.
SKIP: {
    skip 'openssl is not installed', 3 if system('openssl version >/dev/null 2>&1') != 0;
    my $t = Machine->new;
    my ($cert, $key) = ("$top/own.pem", "$top/own.key");
    system(qq(openssl req -x509 -newkey rsa:2048 -nodes -keyout "$key" -out "$cert" -days 30 -subj "/CN=localhost" -addext "subjectAltName=DNS:localhost" >/dev/null 2>&1));
    is(($t->setup('--host', 'localhost', '--tls', 'own', '--cert', $cert, '--cert-key', $key, $t->ports))[0], 0, 'a certificate of one\'s own');
    $t->start;
    like($t->check->{"https://localhost:$t->{tls_port} leads to this machine"}, qr/the certificate there is not good \(.*\): put one for localhost in the place of yours .*--tls certbot/, '… which nobody trusts');
    rename $cert, "$cert.away";
    like($t->check('--offline')->{'the certificate'}, qr/there is no \Q$cert\E: put it there with its chain, and its key at \Q$key\E, then cozykart setup --batch$/, '… and one that is gone');
}

# A site of one's own that takes the house in.
{
    my $t = Machine->new;
    my $off = qr/the site is not enabled\n/;
    like(($t->setup('--host', 'localhost', '--tls', 'none', '--no-site', $t->ports))[1], $off, 'setup says what to write into a site of one\'s own');
    my $dir = $t->path('/etc/cozykart/nginx');
    Machine::put($t->path('/etc/nginx/sites-enabled/own'), "include $dir/http.conf;\nserver {\n    listen $t->{port};\n    server_name localhost;\n    include $dir/server.conf;\n}\n", 0644);
    $t->start;
    my (undef, $said) = $t->setup('--verify');
    like($said, qr/leads to this machine/, '… which answers then');
    unlike($said, $off, '… so that nothing is to be done about it');
    $t->stop;
    like(($t->setup('--verify'))[1], $off, '… before it ends');
}

# The vault away, a port taken, another ledger.
$m->stop;
case('a vault that does not run', 'cozykart-vault runs', qr/nobody answers at .*journalctl -u cozykart-vault -n 20/, sub { }, sub { });
my $taken = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => $m->{port}, ReuseAddr => 1) or die $!;
case('a port that is taken', "port $m->{port}", qr/perl listens there, and nginx cannot: .*systemctl restart nginx/, sub { }, sub { });
close $taken;
case('a port where nobody listens', "port $m->{port}", qr/nothing listens there: systemctl restart nginx/, sub { }, sub { });
case('no ledger', 'the ledger', qr/there is none at .*cozykart setup makes one, cozykart restore FILE/, sub { rename $ledger, "$top/l" }, sub { rename "$top/l", $ledger });
case('a foreign file', 'the ledger', qr/not a ledger of this program/, sub { rename $ledger, "$top/l"; Machine::put($ledger, 'x' x 5000) }, sub { rename "$top/l", $ledger });
case('a ledger of the other mode', 'the ledger\'s mode', qr/it was made for test, the settings say mode = live/, sub { Machine::put($m->conf, $conf =~ s/^mode = test/mode = live/mr, 0644) }, \&conf_back);
sub version { return Machine::schema($ledger, @_) }
case('a newer ledger', "the ledger's schema", qr/this program knows \d+: install the newer/, sub { version(1) }, sub { version(-1) });
case('an older ledger', "the ledger's schema", qr/run cozykart migrate/, sub { version(-1) }, sub { version(1) });
done_testing;
