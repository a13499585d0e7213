# cozykart setup in a folder of its own, with real files, a real nginx and a real vault: what it
# writes, what it refuses and why, that it can be run again, and that a person can answer it.
use strict;
use warnings;
use Cozykart;
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use IPC::Open2;
use Machine;
use POSIX ();
use Test::More;

my $missing = Cozykart::missing();
plan skip_all => $missing if $missing;

my $stage = Cozykart::stage();
my $share = "$stage/share/cozykart";
my $top = tempdir('cksXXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $top;
*put = \&Machine::put;
*slurp = \&Machine::slurp;

my (%machine, @ports);
sub machine {
    my $m = Machine->new;
    $machine{ $m->{root} } = $m;
    @ports = $m->ports unless @ports;
    return $m->{root};
}

sub setup {
    my ($root, @more) = @_;
    return $machine{$root}->setup(@more);
}

# Every file beneath a folder with its bytes, to see that nothing changed.
sub picture {
    my ($root) = @_;
    return { map { ($_ => (-l $_ ? readlink : slurp($_))) } grep { -f || -l } map { glob "$root/$_" }
        qw(etc/cozykart/* etc/cozykart/*/* etc/nginx/*/* etc/systemd/system/*/*) };
}

sub is_setting { my ($root, $key, $value) = @_; return like(slurp("$root/etc/cozykart/cozykart.conf"), qr/^\Q$key\E = \Q$value\E$/m, "$key = $value") }

my %secret = map { ($_->[0] => put("$top/$_->[0]", "$_->[1]\n")) } (
    [stripe_test => 'sk_test_abcdefgh12345678'], [stripe_live => 'sk_live_abcdefgh12345678'], [stripe_public => 'pk_test_abcdefgh12345678'],
    [hook => 'whsec_abcdefgh12345678'], [shop_token => 'shpat_abcdefgh12345678'], [shop_client => 'shpss_abcdefgh12345678'],
    [bot => 'MTEw.abcdef.ghijklmnopqr'], [client => 'abcdefghijklmnopqrstuvwxyz012345'], [blank => 'sk_test_abc defgh'], [short => 'abc'],
    [long => 'x' x 600], [empty => ''], [kofi => '8d5c1a34-5a3e-4c8d-9d5e-000000000000'],
);
put("$top/open", "sk_test_abcdefgh12345678\n", 0644);

# A first house.
my $root = machine();
my ($port, $tls_port) = @ports[1, 3];
my ($code, $text, $errors) = setup($root, '--host', 'Kart.Example.org', '--operator', 'discord:80351110224678912', @ports,
    '--stripe-api-key', $secret{stripe_test}, '--stripe-webhook-secret', $secret{hook}, '--kofi-page', 'cozykart', '--kofi-token', $secret{kofi});
is($code, 0, 'a house is set up by options') or diag($errors, $text);
is_setting($root, 'site.url', "https://kart.example.org:$tls_port");
is_setting($root, 'mode', 'test');
is_setting($root, 'stripe.api_key_file', "$root/etc/cozykart/secrets.d/stripe.api_key");
is(slurp("$root/etc/cozykart/secrets.d/stripe.api_key"), "sk_test_abcdefgh12345678\n", 'a secret is in a file of its own');
is(sprintf('%04o', (stat "$root/etc/cozykart/secrets.d")[2] & 07777), '0700', 'their folder is closed');
is(join(' ', map { sprintf '%04o', (stat)[2] & 07777 } glob "$root/etc/cozykart/secrets.d/*"), join(' ', ('0600') x 6), 'and so is each of them');
like(slurp("$root/etc/cozykart/secrets.d/$_"), qr/^[0-9a-f]{64}$/, "$_ was made by itself") for qw(seal.key payout.key kofi.path);
unlike(slurp("$root/etc/cozykart/cozykart.conf"), qr/sk_test|whsec_/, 'no secret stands in the settings');
my $vault_lines = slurp("$root/etc/systemd/system/cozykart-vault.service.d/10-secrets.conf");
is_deeply([sort $vault_lines =~ /^LoadCredential=([\w.]+):/mg], [qw(kofi.path kofi.token payout.key seal.key stripe.webhook_secret)], 'the vault gets its secrets');
my $jobs_lines = slurp("$root/etc/systemd/system/cozykart-jobs.service.d/10-secrets.conf");
is_deeply([$jobs_lines =~ /^LoadCredential=([\w.]+):/mg], ['stripe.api_key'], 'the jobs get theirs');
ok(!-e "$root/etc/systemd/system/cozykart-web.service.d", 'the web workers get none');
ok(-e "$root/var/lib/cozykart/ledger/ledger.db", 'there is a ledger');
is(readlink("$root/etc/nginx/sites-enabled/cozykart"), "$root/etc/nginx/sites-available/cozykart", 'the site is enabled');
like($text, qr/certbot certonly --webroot -w \S+ -d kart\.example\.org/, 'it says how the certificate comes');
like($text, qr{https://kart\.example\.org:$tls_port/hooks/stripe}, 'and what Stripe must be told');
like($text, qr/^ *\d+\. Discord is not set up \(optional\): until then people log in by cozykart login-link NAME\n.*\n\ncozykart check/m, 'and last how people log in without Discord');
like($text, qr{cozykart role grant discord:80351110224678912 operator}, 'and how the operator is made once the vault runs');

# Again: the same, and nothing changes.
my $before = picture($root);
($code, $text) = setup($root);
is($code, 0, 'it runs again without a question');
is_deeply(picture($root), $before, '… and changes nothing');
unlike($text, qr/^wrote/m, '… and says so');

# What people wrote stays.
my $conf = "$root/etc/cozykart/cozykart.conf";
put($conf, "# our own words\n" . slurp($conf) . "# tail\nlobby.idle_min = 45\n", 0644);
($code) = setup($root, '--mail-to', 'ops@example.org');
is($code, 0, 'one thing is changed');
like(slurp($conf), qr/\A# our own words\n.*^lobby\.idle_min = 45\n/ms, 'what stood there stays');
is_setting($root, 'mail.to', 'ops@example.org');
unlike(slurp("$conf.old"), qr/mail\.to/, 'the old file is kept beside it');
setup($root, '--mail-to', '');
unlike(slurp($conf), qr/mail\.to/, 'an empty answer takes a setting away');
put("$root/etc/cozykart/secrets.d/seal.key", ('ab' x 32) . "\n");
setup($root, '--stripe-connect-secret', $secret{hook});
is(slurp("$root/etc/cozykart/secrets.d/seal.key"), ('ab' x 32) . "\n", 'a key that was made is never made again');
{
    local $machine{$root}{stdin} = put("$top/in", "whsec_fromstandardinput\n");
    ($code) = setup($root, '--stripe-webhook-secret', '-');
    is(slurp("$root/etc/cozykart/secrets.d/stripe.webhook_secret"), "whsec_fromstandardinput\n", 'a secret may come from standard input');
}

put("$root/etc/cozykart/secrets.d/backup.identity", "# public key: age1abcdef\nAGE-SECRET-KEY-1ABCDEF\n");
put("$root/etc/cozykart/secrets.d/mail.password", "abcdefgh\n");
($code) = setup($root);
is($code, 0, 'secrets are put there by hand');
is_setting($root, "$_->[0]_file", "$root/etc/cozykart/secrets.d/$_->[0]") for ['backup.identity'], ['mail.password'];
like(slurp("$root/etc/systemd/system/cozykart-drill.service.d/10-secrets.conf"), qr{^LoadCredential=backup\.identity:\Q$root\E/etc/cozykart/secrets\.d/backup\.identity$}m, '… and the drill gets its own');
is(slurp("$root/etc/cozykart/secrets.d/backup.identity"), "# public key: age1abcdef\nAGE-SECRET-KEY-1ABCDEF\n", '… as it was put there');

# Refused, with the reason, and nothing is written.
my $bare = machine();
my @host = ('--host', 'kart.example.org');
my $cert = "$top/cert.pem";
my @row = (
    [qr/--host: write the host name alone, without https/, '--host', 'https://kart.example.org'],
    [qr/without a path/, '--host', 'kart.example.org/shop'],
    [qr/without a port/, '--host', 'kart.example.org:443'],
    [qr/underscore/, '--host', 'my_kart.example.org'],
    [qr/no blanks/, '--host', 'kart example.org'],
    [qr/xn--/, '--host', "k\xc3\xa4rt.example.org"],
    [qr/empty part/, '--host', 'kart..example.org'],
    [qr/hyphen/, '--host', '-kart.example.org'],
    [qr/say under which name/, '--mode', 'test'],
    [qr/--host: nothing can be set up without a host name/, '--host', ''],
    [qr/name without a dot/, '--host', 'kart', '--tls', 'certbot'],
    [qr/no certificate for an address/, '--host', '192.0.2.7', '--tls', 'certbot'],
    [qr/--mode: the mode is test or live/, @host, '--mode', 'real'],
    [qr/--currency: .*currency/, @host, '--currency', 'DUCATS'],
    [qr/--operator: .*15 to 20 digits/, @host, '--operator', 'discord:123'],
    [qr/--stripe-api-key: a live key does not fit mode = test/, @host, '--stripe-api-key', $secret{stripe_live}],
    [qr/--stripe-api-key: a test key does not fit mode = live/, @host, '--mode', 'live', '--stripe-api-key', $secret{stripe_test}],
    [qr/publishable/, @host, '--stripe-api-key', $secret{stripe_public}],
    [qr/secret of a webhook/, @host, '--stripe-api-key', $secret{hook}],
    [qr/begins with whsec_/, @host, '--stripe-webhook-secret', $secret{stripe_test}],
    [qr/client secret; the Admin API token begins with shpat_/, @host, '--shopify-token', $secret{shop_client}],
    [qr/signed with the app's client secret/, @host, '--shopify-webhook-secret', $secret{shop_token}],
    [qr/name\.myshopify\.com/, @host, '--shopify-shop', 'shop.example.org'],
    [qr/no blanks inside/, @host, '--stripe-api-key', $secret{blank}],
    [qr/too short/, @host, '--kofi-token', $secret{short}],
    [qr/too long/, @host, '--kofi-token', $secret{long}],
    [qr/it is empty/, @host, '--kofi-token', $secret{empty}],
    [qr/others may read it; chmod 600/, @host, '--stripe-api-key', "$top/open"],
    [qr/never stands on the command line/, @host, '--stripe-api-key', 'sk_test_abcdefgh12345678'],
    [qr/standard input holds no secret/, @host, '--stripe-api-key', '-'],
    [qr/64 hex signs/, @host, '--discord-public-key', 'abcdef'],
    [qr/is a number/, @host, '--discord-races-channel', 'general'],
    [qr/15 to 20 digits/, @host, '--discord-guild', '42'],
    [qr/three parts/, @host, '--discord-bot-token', $secret{client}],
    [qr/biz_/, @host, '--whop-account', 'cozy'],
    [qr/address of mail/, @host, '--mail-to', 'ops'],
    [qr/certbot, own, proxy and none/, @host, '--tls', 'yes'],
    [qr/--tls none is for mode test/, @host, '--mode', 'live', '--tls', 'none'],
    [qr/needs --cert FILE/, @host, '--tls', 'own'],
    [qr/there is no \S+nothing that can be read/, @host, '--tls', 'own', '--cert', "$top/nothing", '--cert-key', "$top/nothing"],
    [qr/holds no certificate/, @host, '--tls', 'own', '--cert', $secret{hook}, '--cert-key', $secret{hook}],
    [qr/1 to 65535/, @host, '--port', '70000'],
    [qr/yes or no/, @host, '--site', 'maybe'],
);
for my $r (@row) {
    my ($like, @options) = @$r;
    my ($got, undef, $why) = setup($bare, @options);
    isnt($got, 0, "refused: @options");
    like($why, $like, '… with the reason');
    unlike($why, qr/abcdefgh12345678/, '… and without the secret');
}
is_deeply(picture($bare), {}, 'nothing was written by any of them');

# A ledger is for one mode; keys that stand there already must fit as well.
($code, undef, $errors) = setup($root, '--mode', 'live');
isnt($code, 0, 'another mode than the ledger has is refused');
like($errors, qr/stripe\.api_key .*a test key does not fit mode = live/, '… by the key that stands there');
($code, undef, $errors) = setup($root, '--mode', 'live', '--stripe-api-key', $secret{stripe_live});
like($errors, qr/was made for mode test and stays so/, '… and by the ledger');
is(slurp("$root/etc/cozykart/secrets.d/stripe.api_key"), "sk_test_abcdefgh12345678\n", 'and nothing was written before that');
my $foreign = machine();
make_path("$foreign/var/lib/cozykart/ledger");
put("$foreign/var/lib/cozykart/ledger/ledger.db", "not a ledger at all\n");
($code, undef, $errors) = setup($foreign, @host);
like($errors, qr/is not a ledger of this program/, 'a file that is no ledger is left alone');

# Another mode with a new ledger: no secret of the old one stays without a word.
my $turn = machine();
($code) = setup($turn, @host, @ports, '--stripe-webhook-secret', $secret{hook}, '--kofi-page', 'cozykart', '--kofi-token', $secret{kofi});
is($code, 0, 'a house in mode test');
unlink glob "$turn/var/lib/cozykart/ledger/*";
$before = picture($turn);
($code, undef, $errors) = setup($turn, '--mode', 'live');
isnt($code, 0, 'turns live only with new secrets');
my $kept_in = "$turn/etc/cozykart/secrets.d";
like($errors, qr{the mode was test, .*give each of them anew, or '' to take it out: --stripe-webhook-secret \(\Q$kept_in\E/stripe\.webhook_secret\), --kofi-token \(\Q$kept_in\E/kofi\.token\)$}m, '… whose files are named');
is_deeply(picture($turn), $before, '… and nothing was written');
($code, undef, $errors) = setup($turn, '--mode', 'live', '--stripe-webhook-secret', '', '--kofi-token', $secret{kofi});
is($code, 0, 'with each of them answered it turns') or diag($errors);
is_setting($turn, 'mode', 'live');
ok(!-e "$kept_in/stripe.webhook_secret" && -e "$kept_in/kofi.token", '… and has what was given');
is((setup($turn))[0], 0, '… and is asked no more');

# A setting that cannot be read: by line, and nothing is lost.
my $odd = machine();
make_path("$odd/etc/cozykart");
put("$odd/etc/cozykart/cozykart.conf", "colour = red\n", 0644);
($code, undef, $errors) = setup($odd, @host);
like($errors, qr/would not be taken: .*there is no setting 'colour'/, 'a wrong line in the settings is named');
is(slurp("$odd/etc/cozykart/cozykart.conf"), "colour = red\n", '… and stays as it was');

# nginx refuses: what was linked is taken back, with nginx's own words.
my $broken = machine();
put("$broken/etc/nginx/sites-enabled/other", "server { listen 127.0.0.1:$port; nonsense; }\n", 0644);
($code, $text) = setup($broken, @host, @ports);
is($code, 0, 'a broken site of somebody else does not end setup');
like($text, qr/does not take it\n.*unknown directive "nonsense"/, '… which says what nginx says');
ok(!-l "$broken/etc/nginx/sites-enabled/cozykart", '… and leaves no link behind');
unlink "$broken/etc/nginx/sites-enabled/other";
($code, $text) = setup($broken);
ok(-l "$broken/etc/nginx/sites-enabled/cozykart", 'mended and run again, the site is enabled');
($code, $text) = setup($broken, '--no-site');
ok(!-l "$broken/etc/nginx/sites-enabled/cozykart", '--no-site takes the link away');
like($text, qr{include \S+/http\.conf;.*include \S+/server\.conf;}, '… and says what to include in a site of one\'s own');

# Beside Debian's own first site, which takes what is for nobody; and behind a proxy.
my $shared = machine();
put("$shared/etc/nginx/sites-enabled/default", "server { listen $port default_server; listen [::]:$port default_server; return 404; }\n", 0644);
($code, $text) = setup($shared, @host, @ports, '--tls', 'proxy', '--proxy', '192.0.2.9');
ok(-l "$shared/etc/nginx/sites-enabled/cozykart", 'the site stands beside another that takes what is for nobody') or diag($text);
like(slurp("$shared/etc/nginx/sites-available/cozykart"), qr/set_real_ip_from 192\.0\.2\.9;/, 'a proxy in front may say who asks');
is_setting($shared, 'site.url', 'https://kart.example.org');

# A certificate of one's own that is not back yet, as on a restored house: all but the site goes on.
my $moved = machine();
make_path("$moved/etc/cozykart/nginx");
put("$moved/etc/cozykart/nginx/answers", "tls = own\ncert = $top/moved.pem\ncert-key = $top/moved.key\nsite = yes\n", 0644);
($code, $text, $errors) = setup($moved, @host, @ports);
is($code, 0, 'setup goes on without the certificate that was named') or diag($errors);
ok(-e "$moved/var/lib/cozykart/ledger/ledger.db", '… to the end');
like($text, qr/your certificate is not there yet\n\s+put it with its chain at \Q$top\E\/moved\.pem and its key at \Q$top\E\/moved\.key, then cozykart setup --batch$/m, '… and says where it belongs');

# One that has ended: the house stands, and nobody is told that all is well.
SKIP: {
    skip 'openssl is not installed', 4 if system('openssl version >/dev/null 2>&1') != 0;
    my $over = machine();
    my $request = "$top/over.csr";
    system(qq(openssl req -new -newkey rsa:2048 -nodes -keyout "$top/over.key" -out "$request" -subj "/CN=kart.example.org" >/dev/null 2>&1)) == 0
        && system(qq(openssl x509 -req -in "$request" -signkey "$top/over.key" -days -1 -out "$top/over.pem" >/dev/null 2>&1)) == 0
        or diag('openssl could not make a certificate');
    ($code, $text, $errors) = setup($over, @host, @ports, '--tls', 'own', '--cert', "$top/over.pem", '--cert-key', "$top/over.key");
    is($code, 0, 'setup goes on with a certificate that has ended') or diag($errors);
    ok(-e "$over/var/lib/cozykart/ledger/ledger.db" && -l "$over/etc/nginx/sites-enabled/cozykart", '… to the end');
    like($text, qr/your certificate has ended.*\n\s+put a new one with its chain at \Q$top\E\/over\.pem and its key at \Q$top\E\/over\.key, then cozykart setup --batch$/m, '… and says what to do');
    like($text, qr/then cozykart member add 'YOUR NAME' --role operator && cozykart login-link 'YOUR NAME'$/m, 'without Discord the first operator has a name');
}

# The wallets of a ledger have a currency, once there are any.
SKIP: {
    skip 'sqlite3 is not installed', 4 if system('sqlite3 --version >/dev/null 2>&1') != 0;
    my $file = "$moved/var/lib/cozykart/ledger/ledger.db";
    ($code) = setup($moved, '--currency', 'EUR');
    is($code, 0, 'before any money moved the currency may change');
    system('sqlite3', $file, q{INSERT INTO currency (code, exponent) VALUES ('EUR', 2); INSERT INTO account (code, kind, currency, by_item, opened_at) VALUES ('I:house', 'income', 'EUR', 0, 1)}) == 0 or diag('no account');
    my $before = picture($moved);
    ($code, undef, $errors) = setup($moved, '--currency', 'USD');
    isnt($code, 0, 'then it may not');
    like($errors, qr/the wallets of the ledger \Q$file\E are in EUR and stay so: answer the currency with EUR; to begin with USD, stop the services and move that file away/, '… with the reason');
    is_deeply(picture($moved), $before, '… and nothing is written');
}

# Killed at any moment: each file is the old or the new one, and the next run goes on.
my $torn = machine();
my $kept;
for my $ms (map { $_ * 4 } 0 .. 24) {
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        { exec "$stage/bin/cozykart", 'setup', '--batch', '--root', $torn, '--share', $share, @host, @ports, '--mail-to', "ops$ms\@example.org",
            '--stripe-webhook-secret', $secret{hook}; }
        POSIX::_exit(127);
    }
    select undef, undef, undef, $ms / 1000;
    kill 'KILL', $pid;
    waitpid $pid, 0;
    my $now = slurp("$torn/etc/cozykart/secrets.d/seal.key");
    $kept //= $now if length $now;
    is($now, $kept, "killed after $ms ms: the key that was made stays") if defined $kept;
    like(slurp("$torn/etc/cozykart/cozykart.conf"), qr/\A\z|^payout\.key_file = \S+\n/m, '… and the settings are whole');
}
($code, $text, $errors) = setup($torn, @host, @ports);
is($code, 0, 'the next run goes on') or diag($errors);
ok(-l "$torn/etc/nginx/sites-enabled/cozykart" && -e "$torn/var/lib/cozykart/ledger/ledger.db", '… to the end');
is(join(' ', grep { !m{\.old$} } map { glob "$torn/$_" } qw(etc/cozykart/*.draft etc/nginx/sites-enabled/.c* etc/nginx/sites-enabled/*.new)), '', '… and leaves nothing behind');

# Discord gets the commands once its keys are there; PayPal's tests have a host of their own.
SKIP: {
    skip 'openssl is not installed', 6 if system('openssl version >/dev/null 2>&1') != 0;
    my $d = machine();
    my $cord = Cozykart::free_port();
    make_path("$d/etc/cozykart");
    my $key = "$d/etc/cozykart/discord.key";
    system('openssl', 'genpkey', '-quiet', '-algorithm', 'ed25519', '-out', $key) == 0 or diag('no key');
    put("$d/etc/cozykart/cozykart.conf", "discord.site = http://127.0.0.1:$cord\ndiscord.api = http://127.0.0.1:$cord/api/v10\ndiscord.cdn = http://127.0.0.1:$cord/cdn\n", 0644);
    my @discord = ('--discord-application', '1100000000000000001', '--discord-public-key', uc unpack('H*', substr(scalar `openssl pkey -in "$key" -pubout -outform DER`, -32)),
        '--discord-bot-token', $secret{bot}, '--discord-client-secret', $secret{client}, '--discord-guild', '1100000000000000002');
    ($code, $text) = setup($d, @host, @ports, @discord, '--paypal-client-id', 'abcdef');
    is($code, 0, 'Discord is set up while it cannot be reached');
    like($text, qr/Discord has not got the commands\n\s+cozykart discord register --guild 1100000000000000002: /, '… and setup says what is to be done');
    is_setting($d, 'paypal.api', 'https://api-m.sandbox.paypal.com');
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDOUT, '>', "$d/fakecord.log";
        open STDERR, '>&', \*STDOUT;
        { exec $^X, "$ENV{SRCDIR}/demo/fakecord", '--config', "$d/etc/cozykart/cozykart.conf"; }
        POSIX::_exit(127);
    }
    Cozykart->wait_for(60, sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $cord) }) or diag(slurp("$d/fakecord.log"));
    ($code, $text) = setup($d);
    like($text, qr/Discord took \d+ commands for the server 1100000000000000002/, 'the next run registers the commands') or diag(slurp("$d/fakecord.log"));
    ($code, $text) = setup($d);
    unlike($text, qr/Discord took/, '… once');
    kill 'TERM', $pid;
    waitpid $pid, 0;
}

# A person at a terminal: by a real one, made by script(1).
SKIP: {
    skip 'script(1) is not installed', 13 unless -x '/usr/bin/script';
    my $tty = machine();
    my @answers = ('', 'https://kart.example.org', 'kart.example.org', '', '', 'Apex', 'none', 'no', '', 'whsec_typedbyhand99', '-', '', '', '', '', '', '', 'yes');
    my $command = "$stage/bin/cozykart setup --root $tty --share $share";
    # An answer as soon as its question stands there, and never before.
    my $talk = sub {
        my @left = @_;
        my ($said, $seen) = ('', 0);
        my $pid = open2(my $from, my $to, 'script', '-qec', $command, '/dev/null');
        my $screen = IO::Select->new($from);
        while (1) {
            if (!$screen->can_read(120)) {
                kill 'TERM', $pid;
                last;
            }
            sysread $from, $said, 65536, length $said or last;
            next unless substr($said, $seen) =~ /^(?:  [^( ][^\n]*|Write all [^\n]*): \z/m;
            $seen = length $said;
            @left ? syswrite $to, shift(@left) . "\n" : close $to;
        }
        waitpid $pid, 0;
        diag('left to say: ', explain(\@left)) if @left;
        return $said;
    };
    my $said = $talk->(@answers);
    is($?, 0, 'a person answers the questions') or diag($said);
    like($said, qr/No: nothing can be set up without a host name.*Host name: .*No: write the host name alone.*Mode/s, 'no host name is refused at once');
    like($said, qr/No: write the host name alone/, 'a wrong answer is asked again, with the reason');
    unlike($said, qr/whsec_typedbyhand99/, 'a secret is not shown');
    is(slurp("$tty/etc/cozykart/secrets.d/stripe.webhook_secret"), "whsec_typedbyhand99\n", '… but taken');
    is_setting($tty, 'site.url', 'http://kart.example.org');
    # Mode live is refused for plain http; back in mode test the secret is there again.
    $said = $talk->('', 'live', '', 'Apex', ('') x 9, 'yes', '', 'test', ('') x 13, 'yes');
    is($?, 0, 'a mode is answered and taken back') or diag($said);
    like($said, qr/the mode was test, so the providers' secrets that stand there count as\s+not set.*Webhook secret \(whsec_\.\.\.\): .*No: --tls none is for mode test.*Webhook secret \(whsec_\.\.\.\) \[is set\]: /s, '… and the secrets follow it') or diag($said);
    is(slurp("$tty/etc/cozykart/secrets.d/stripe.webhook_secret"), "whsec_typedbyhand99\n", '… without being lost');
    unlink glob "$tty/var/lib/cozykart/ledger/*";
    $said = $talk->('', 'live', '', 'Apex', 'certbot', ('') x 8, 'yes');
    is($?, 0, 'mode live') or diag($said);
    unlike($said, qr/is set\]/, '… has no secret of mode test');
    is_setting($tty, 'mode', 'live');
    ok(!-e "$tty/etc/cozykart/secrets.d/stripe.webhook_secret", '… nor keeps one');
}
done_testing;
