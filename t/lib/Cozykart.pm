# A whole house for a test: sandbox folder, every process, a free port. Core modules only.
#
#   my $house = Cozykart->new(workers => 2);
#   my $race = $house->json('race', 'open', '--host', 'Apex')->{race};
#   $house->notice($house->stripe->completed($order));
#   $house->stop;     # everything ends with status 0, logs are calm, the books are right
package Cozykart;

use strict;
use warnings;
use Cwd qw(abs_path);
use File::Path qw(remove_tree);
use File::Temp ();
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP ();
use POSIX qw(:sys_wait_h);
use Socket qw(PF_UNIX SOCK_DGRAM SOCK_SEQPACKET SOCK_STREAM pack_sockaddr_un);
use Test::More ();
use Time::HiRes qw(sleep time clock_gettime CLOCK_MONOTONIC);

my $src   = abs_path($ENV{SRCDIR}   // '.');
my $build = abs_path($ENV{BUILDDIR} // '.');
unshift @INC, "$src/demo";
require Stripe;
require Discord;
require Pay;

# Not named NGINX: nginx itself takes a variable of that name for inherited sockets.
our $nginx = $ENV{COZYKART_NGINX} || '/usr/sbin/nginx';
my $coder = JSON::PP->new->utf8;
# Programs with sanitizers built in take their time.
my $patience = `grep -s '^SAN_CFLAGS = .*-fsanitize' "$build/Makefile"` ? 5 : 1;

# How long to wait for what takes so many seconds where nothing else runs. It matters only when it never comes:
# a busy machine is no failure.
sub patience { my ($seconds) = @_; return ($seconds > 60 ? $seconds : 60) * $patience }

# Seconds by a clock that nobody sets.
sub moment { return clock_gettime(CLOCK_MONOTONIC) }

# Ended from outside: DESTROY still takes the house down.
$SIG{$_} = sub { exit 1 } for qw(HUP INT TERM);

sub stage { return abs_path($build) . '/stage' }

# Why a house cannot be started here, or undef: for a visible skip. CI makes such a skip an error.
sub missing {
    my $why;
    $why = "nginx is not installed ($nginx)" unless -x $nginx;
    $why = 'nchan is not installed' unless $why || -e '/usr/lib/nginx/modules/ngx_nchan_module.so';
    die "$why, and COZYKART_SKIP_IS_ERROR is set\n" if $why && $ENV{COZYKART_SKIP_IS_ERROR};
    return $why;
}

# A port for this process alone until it ends, though who listens there comes later: below those that the kernel
# gives to outgoing connections, and kept from other tests by a name among the abstract sockets.
my @ports;

sub free_port {
    open my $in, '<', '/proc/sys/net/ipv4/ip_local_port_range' or die "port range: $!";
    my ($first) = (<$in> // '') =~ /^(\d+)/;
    my ($from, $to) = (10_000, ($first // 0) >= 20_000 ? $first - 1 : 65_535);
    # Not by rand, whose numbers belong to the tests' seeds.
    my $n = $$ * 7919 + @ports * 104_729;
    for (1 .. 2000) {
        my $port = $from + ($n += 31) % ($to - $from + 1);
        socket my $lock, PF_UNIX, SOCK_DGRAM, 0 or die "socket: $!";
        bind $lock, pack_sockaddr_un("\0cozykart-test-port-$port") or next;
        # On every address: nginx may want all of them.
        IO::Socket::INET->new(Listen => 1, LocalPort => $port, ReuseAddr => 1) or next;
        push @ports, $lock;
        return $port;
    }
    die "no free port from $from to $to\n";
}

# Whether somebody listens at a unix socket, whatever its kind; that its file is there says less.
sub answers {
    my ($path) = @_;
    for my $kind (SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM) {
        socket my $s, PF_UNIX, $kind, 0 or die "socket: $!";
        return 1 if connect $s, pack_sockaddr_un($path);
    }
    return 0;
}

# Options: workers, conf (more lines for cozykart.conf), env (hash for the processes), start (0: do not),
# page_rate (nginx's limit of pages for one address, "100000r/s", where it is not what is looked at),
# discord (1: a fakecord beside the house; then ->discord is the client, ->fakecord its control),
# pay (1: a fakepay beside the house, all providers set up; then ->pay is its client, demo/Pay.pm),
# clock (seconds: the house's clock begins so far beside the true one, ->ahead moves it on, and what
# Stripe and Discord send carries the moved time).
sub new {
    my ($class, %o) = @_;
    my $dir = File::Temp::tempdir('ckXXXXXX', TMPDIR => 1);
    chmod 0755, $dir;
    my $self = bless { dir => $dir, port => free_port(), env => { %{ $o{env} // {} } }, owner => $$ }, $class;
    if (defined $o{clock}) {
        $self->{env}{COZYKART_CLOCK_FILE} = $self->{clock} = "$dir/clock";
        $self->ahead($o{clock});
    }
    local @ENV{ keys %{ $self->{env} } } = values %{ $self->{env} };
    $self->{bin} = stage() . '/bin';
    $self->{share} = stage() . '/share/cozykart';
    local $ENV{COZYKART_WORKERS} = $o{workers} // 2;
    local $ENV{COZYKART_CONF_EXTRA} = $o{conf} // '';
    local $ENV{COZYKART_FAKECORD} = $o{discord} ? free_port() : '';
    local $ENV{COZYKART_FAKEPAY} = $o{pay} ? free_port() : '';
    system(qq("$self->{share}/packaging/sandbox" "$dir/h" $self->{port} "$self->{bin}" "$self->{share}" >"$dir/made")) == 0
        or die "the sandbox could not be made in $dir\n";
    $self->{home} = "$dir/h";
    $self->{conf} = "$dir/h/etc/cozykart.conf";
    $self->{url} = "http://127.0.0.1:$self->{port}";
    open my $in, '<', "$dir/h/etc/stripe-webhook.secret" or die "secret: $!";
    chomp($self->{secret} = <$in>);
    $self->{stripe} = Stripe->new(secret => $self->{secret});
    $self->{http} = HTTP::Tiny->new(timeout => 60, keep_alive => 1, max_redirect => 0);
    $self->page_rate($o{page_rate}) if $o{page_rate};
    $self->start_fakecord if $o{discord};
    $self->start_fakepay($ENV{COZYKART_FAKEPAY}) if $o{pay};
    $self->start unless defined $o{start} && !$o{start};
    return $self;
}

# The http context in a copy of its own, but for that limit; the shipped one stays as it is.
sub page_rate {
    my ($self, $rate) = @_;
    my ($from, $to) = ("$self->{share}/nginx/http.conf", "$self->{home}/etc/nginx/http.conf");
    for my $c ([$from, $to, sub { s{(zone=ck_page:\S+\s+rate=)[^;]+}{$1$rate} }],
        ["$self->{home}/etc/nginx/nginx.conf", "$self->{home}/etc/nginx/nginx.conf", sub { s{include \Q$from\E;}{include $to;} }]) {
        my ($in, $out, $edit) = @$c;
        open my $fh, '<', $in or die "$in: $!";
        local $_ = do { local $/; <$fh> };
        $edit->() or die "$in: there is no rate to change\n";
        open my $new, '>', $out or die "$out: $!";
        print {$new} $_;
        close $new or die "$out: $!";
    }
    return;
}

# A stand-in runs beside the house, in a group of its own; the house may start and stop as it likes.
sub start_fake {
    my ($self, $name) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$self->{home}/log/$name.log";
        open STDERR, '>&', \*STDOUT;
        $ENV{$_} = $self->{env}{$_} for keys %{ $self->{env} };
        { exec $^X, "$src/demo/$name", '--config', $self->{conf}; }
        POSIX::_exit(127);
    }
    push @{ $self->{fake_pids} }, $pid;
    return;
}

sub start_fakecord {
    my ($self) = @_;
    $self->start_fake('fakecord');
    $self->{discord} = Discord->of_house($self->{conf}, clock => sub { $self->now }, log => []);
    $self->{fakecord} = Cozykart::Fakecord->new($self->{discord}{fake});
    $self->wait_for(10, sub { eval { $self->fakecord->state } }) or die "the fake Discord did not come up\n" . $self->log('fakecord');
    return;
}

sub start_fakepay {
    my ($self, $port) = @_;
    $self->start_fake('fakepay');
    $self->{pay} = Pay->new("http://127.0.0.1:$port");
    $self->wait_for(20, sub { $self->pay->alive }) or die "the fake providers did not come up\n" . $self->log('fakepay');
    return;
}

# Moves the house's clock so many seconds ahead of where it is.
sub ahead {
    my ($self, $seconds) = @_;
    $self->{ahead} = ($self->{ahead} // 0) + $seconds;
    open my $out, '>', "$self->{dir}/clock.new" or die "clock: $!";
    printf {$out} '%d', 1000 * $self->{ahead};
    close $out or die "clock: $!";
    rename "$self->{dir}/clock.new", "$self->{dir}/clock" or die "clock: $!";
    return;
}

# Why what was sent to Discord cannot be held against its published document here, or undef. The
# document is no part of the sources, so that its absence is never an error.
sub missing_openapi {
    my ($spec) = openapi_file();
    return 'discord-openapi.json is not here: set COZYKART_SHARED to the folder that holds specs/' unless -e $spec;
    return if system(q{python3 -c 'import jsonschema' 2>/dev/null}) == 0;
    my $why = 'python3-jsonschema is not installed';
    die "$why, and COZYKART_SKIP_IS_ERROR is set\n" if $ENV{COZYKART_SKIP_IS_ERROR};
    return $why;
}

sub openapi_file { return ($ENV{COZYKART_SHARED} || "$src/../shared") . '/specs/discord-openapi.json' }

# Three tests of all that went to and fro: nothing that Discord would refuse, nothing that its
# document does not allow, and something was looked at.
sub discord_is_content {
    my ($self) = @_;
    my @bad = $self->fakecord->violations;
    my $good = Test::More::is(scalar @bad, 0, 'nothing was sent that Discord would refuse') || Test::More::diag(Test::More::explain(@bad[0 .. ($#bad > 4 ? 4 : $#bad)]));
    SKIP: {
        my $why = missing_openapi();
        Test::More::skip($why, 2) if $why;
        my ($number, @fault) = $self->openapi_faults;
        $good &= Test::More::is(scalar @fault, 0, 'answers, requests and commands are valid against the document of Discord') || Test::More::diag(map { "$_\n" } @fault[0 .. ($#fault > 9 ? 9 : $#fault)]);
        $good &= Test::More::ok($number > 0, "… which looked at $number of them");
    }
    return $good;
}

sub openapi_faults {
    my ($self) = @_;
    my $file = "$self->{dir}/sent.jsonl";
    open my $out, '>:raw', $file or die "$file: $!";
    for my $a (grep { $_->all } @{ $self->discord->{log} }) {
        my $data = ($a->sent->{interaction} || {})->{data} || {};
        my $what = $coder->encode({ what => 'answer to ' . ($data->{name} // $data->{custom_id} // 'PING') });
        # The bytes as they came.
        print {$out} $what =~ s/\}\z//r, ',"answer":', $a->raw =~ s/\n/ /gr, "}\n";
    }
    for my $r (grep { $_->{path} =~ m{^/api/v10/} && ($_->{status} // 500) < 300 && $_->{path} !~ m{/oauth2/token} } $self->fakecord->requests) {
        my %line = (method => $r->{method}, path => $r->{path} =~ s{^/api/v10}{}r, status => $r->{status});
        $line{body} = $coder->decode($r->{payload}) if length($r->{payload} // '');
        $line{reply} = $coder->decode($r->{reply}) if length($r->{reply} // '');
        print {$out} $coder->encode(\%line), "\n";
    }
    close $out or die "$file: $!";
    my $spec = openapi_file();
    my @lines = `python3 "$src/t/lib/openapi.py" "$spec" <"$file"`;
    chomp @lines;
    my ($number) = $? == 0 && @lines ? pop(@lines) =~ /^looked at (\d+)/ : ();
    return ($number // 0, @lines, defined $number ? () : 'openapi.py failed');
}

# Settings by name; undef takes one away. Processes that run have read theirs.
sub settings {
    my ($self, %set) = @_;
    open my $in, '<', $self->{conf} or die "conf: $!";
    my @lines = <$in>;
    for my $key (keys %set) {
        @lines = grep { !/^\Q$key\E / } @lines;
        push @lines, "$key = $set{$key}\n" if defined $set{$key};
    }
    open my $out, '>', $self->{conf} or die "conf: $!";
    print {$out} @lines;
    close $out or die "conf: $!";
    return;
}

sub now { return time + ($_[0]{ahead} // 0) }

sub discord  { return $_[0]{discord} }
sub fakecord { return $_[0]{fakecord} }
sub pay      { return $_[0]{pay} }

# Registers our commands with the fake Discord; the client learns them from there.
sub register {
    my ($self) = @_;
    my ($code, undef, $errors) = $self->run('discord', 'register');
    die "cozykart discord register: exit $code: $errors" if $code;
    my $d = $self->{discord};
    open my $in, '<', "$self->{home}/etc/discord-bot.token" or die "bot token: $!";
    chomp(my $token = <$in>);
    for my $where ("guilds/$d->{guild}/", '') {
        my $r = $self->{http}->get($self->{fakecord}->url("/api/v10/applications/$d->{application}/${where}commands"), 
            { headers => { authorization => "Bot $token", 'user-agent' => 'DiscordBot (https://discord.com, 1)' } });
        my $list = $r->{status} == 200 ? $coder->decode($r->{content}) : [];
        return $d->learn($list) if @$list;
    }
    die "the fake Discord has no commands\n";
}

sub stripe { return $_[0]{stripe} }
sub url    { return $_[0]{url} . ($_[1] // '') }

sub start {
    my ($self) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        POSIX::setsid();
        $ENV{$_} = $self->{env}{$_} for keys %{ $self->{env} };
        $self->{door} ? open(STDIN, '<&', $self->{door}) : open(STDIN, '<', '/dev/null');
        open STDOUT, '>>', "$self->{home}/log/house.log";
        open STDERR, '>&', \*STDOUT;
        { exec "$self->{bin}/cozykart-house", '--config', $self->{conf}, '--nginx', $nginx,
            '--nginx-conf', "$self->{home}/etc/nginx/nginx.conf",
            '--live-conf', "$self->{home}/etc/nginx/live.conf"; }
        POSIX::_exit(127);
    }
    $self->{pid} = $pid;
    $self->wait_healthy or die "the house did not come up, see $self->{home}/log\n" . $self->log('house');
    return $self;
}

sub wait_healthy {
    my ($self, $seconds) = @_;
    return $self->wait_for($seconds // 20, sub { ($self->get('/healthz')->{status} // 0) == 200 });
}

# Calls the code until it gives true; gives its value, or nothing when that takes far longer than so many seconds.
sub wait_for {
    my ($self, $seconds, $code) = @_;
    my $end = moment() + patience($seconds);
    while (1) {
        my $got = $code->();
        return $got if $got;
        return if moment() > $end;
        sleep 0.05;
    }
}

sub get {
    my ($self, $path, %headers) = @_;
    return $self->heard($self->{http}->get($self->{url} . $path, { headers => \%headers }));
}

sub heard {
    my ($self, $r) = @_;
    $self->keep_tokens($r->{headers}{'set-cookie'}, $r->{headers}{location});
    return $r;
}

sub get_json {
    my ($self, $path) = @_;
    my $r = $self->get($path);
    return $r->{status} == 200 ? eval { $coder->decode($r->{content}) } : undef;
}

sub post {
    my ($self, $path, $content, %headers) = @_;
    return $self->heard($self->{http}->post($self->{url} . $path, { content => $content, headers => \%headers }));
}

# Sends signed bytes; further headers replace ours.
sub notice {
    my ($self, $body, %headers) = @_;
    return $self->post('/hooks/stripe', $body, 'content-type' => 'application/json',
        'stripe-signature' => $self->{stripe}->sign($body, int $self->now), %headers);
}

# The people's command: exit code, output, errors.
sub run {
    my ($self, @args) = @_;
    my $err = "$self->{dir}/err";
    my $pid = open(my $out, '-|') // die "fork: $!";
    if (!$pid) {
        $ENV{$_} = $self->{env}{$_} for keys %{ $self->{env} };
        open STDERR, '>', $err;
        { exec "$self->{bin}/cozykart", '--config', $self->{conf}, @args; }
        POSIX::_exit(127);
    }
    my $text = do { local $/; <$out> } // '';
    close $out;
    my $code = $? >> 8;
    open my $in, '<', $err or die $!;
    my $errors = do { local $/; <$in> } // '';
    $self->keep_tokens($text) if $args[0] =~ /^(?:login-link|overlay)$/;
    return ($code, $text, $errors);
}

sub json {
    my ($self, @args) = @_;
    my ($code, $text, $errors) = $self->run(@args, '--json');
    die "cozykart @args: exit $code: $errors" if $code;
    return $coder->decode($text);
}

# A running race with so many racers; its number. Members are made when missing.
sub race {
    my ($self, $racers, @open) = @_;
    my @names = ('Nova', 'Piston', 'Juno', 'Drift', 'Comet', 'Marlow', 'Vega', 'Rook')[0 .. $racers - 1];
    my %have = map { $_->{name} => 1 } @{ $self->json('member', 'list') };
    for my $name ('Apex', @names) {
        $self->json('member', 'add', $name, $name eq 'Apex' ? ('--role', 'host') : ()) unless $have{$name};
    }
    my %sku = map { $_->{sku} => 1 } @{ $self->json('product', 'list') };
    $self->run('product', 'add', 'TEE', 'Circuit tee', '9.00') unless $sku{TEE};
    my $race = $self->json('race', 'open', '--host', 'Apex', @open)->{race};
    $self->json('race', 'join', $race, $_) for @names;
    $self->json('race', 'start', $race);
    return $race;
}

# A $25.00 shirt for that race, now.
sub shirt {
    my ($self, $race, %o) = @_;
    return $self->{stripe}->order(items => [['TEE', 1, 2500]], title => 'Circuit tee', race => $race, created => int time, %o);
}

sub log {
    my ($self, $name) = @_;
    open my $in, '<', "$self->{home}/log/$name.log" or return '';
    local $/;
    return <$in> // '';
}

# Process ids below the house whose command name is that.
sub pids {
    my ($self, $name) = @_;
    my (@found, %parent, %comm);
    for my $stat (glob '/proc/[0-9]*/stat') {
        open my $in, '<', $stat or next;
        my $line = <$in> // next;
        $line =~ /^(\d+) \((.*)\) \S (\d+)/ or next;
        ($parent{$1}, $comm{$1}) = ($3, $2);
    }
    for my $pid (sort { $a <=> $b } keys %parent) {
        my $up = $pid;
        my $deep = 0;
        $up = $parent{$up} while defined $up && $up != $self->{pid} && $up > 1 && $deep++ < 20;
        next unless defined $up && $up == $self->{pid};
        # The kernel cuts names at 15 signs.
        push @found, $pid if $comm{$pid} eq substr $name, 0, 15;
    }
    return @found;
}

# A ledger of a released schema (t/data/ledger) in the place of the house's own, before it starts.
sub ledger_of {
    my ($self, $schema) = @_;
    my $file = "$self->{home}/data/ledger.db";
    unlink glob "$file*";
    my $packed = sprintf "$src/t/data/ledger/%04d.sql.gz", $schema;
    system("gzip -dc '$packed' | sqlite3 '$file'") == 0 && -s $file or die "$packed cannot be loaded\n";
    chmod 0600, $file or die "$file: $!\n";
    return $file;
}

# From now on the house's web worker gets its socket as the service manager gives it: it outlives the worker.
sub keep_door {
    my ($self) = @_;
    require IO::Socket::UNIX;
    my $path = "$self->{home}/run/web.sock";
    unlink $path;
    $self->{door} = IO::Socket::UNIX->new(Type => IO::Socket::UNIX::SOCK_STREAM(), Local => $path, Listen => 512) or die "$path: $!\n";
    $self->{door}->blocking(0);
    return;
}

# Ends everything and judges it; gives true when all was well. expected: what nginx may say
# besides, because the test caused it.
# Whatever no log, no environment and no command line may hold: secrets of the settings, tokens that this
# test was given, people in the notices of shops.
sub secrets {
    my ($self) = @_;
    my %secret = map { $_ => 'somebody in a notice' } qw(buyer@example.com kite@example.com fan@example.org piston@example.org);
    for my $file (grep { -f && !/cozykart\.conf$/ } glob "$self->{home}/etc/*") {
        open my $in, '<', $file or next;
        my ($name) = $file =~ m{([^/]+)$};
        while (defined(my $line = <$in>)) {
            $secret{$1} = $name if $line =~ /^\s*(\S{8,})\s*$/ && $line !~ /^-----/;
        }
    }
    $secret{$_} = 'a token of this test' for keys %{ $self->{tokens} // {} };
    return \%secret;
}

# Tokens have 43 signs; they come in answers, cookies and addresses.
sub keep_tokens {
    my ($self, @texts) = @_;
    for (grep { defined } map { ref ? @$_ : $_ } @texts) {
        $self->{tokens}{$1} = 1 while m{(?<![A-Za-z0-9_-])([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])}g;
    }
    return;
}

sub leaks {
    my ($self, @places) = @_;
    my $secrets = $self->secrets;
    my @found;
    for my $place (@places) {
        my ($what, $text) = @$place;
        push @found, "$what: $secrets->{$_}" for grep { index($text, $_) >= 0 } keys %$secrets;
    }
    return @found;
}

sub judge_secrets {
    my ($self, $name, @places) = @_;
    my @found = $self->leaks(@places);
    return Test::More::is(scalar @found, 0, $name) || Test::More::diag(join "\n", @found[0 .. ($#found > 9 ? 9 : $#found)]);
}

# Environment and command line of each process that runs.
sub seen_by_others {
    my ($self) = @_;
    my @places;
    for my $pid ((map { $self->pids($_) } qw(cozykart-vault cozykart-web cozykart-jobs nginx)), $self->{pid}) {
        for my $part (qw(environ cmdline)) {
            open my $in, '<', "/proc/$pid/$part" or next;
            local $/;
            push @places, ["$part of process $pid", <$in> // ''];
        }
    }
    return @places;
}

# Each line of a process of ours: level, process, event, then words and at most one quoted text at the end.
my $line_form = qr/^(?:<\d>)?level=(?:info|notice|warning|error) proc=\w+ (?:dropped=\d+ )?event=[\w.-]+(?: [\w-]+=[^\s"]*)*(?: \w+="[^"]*")?$/;

sub judge_logs {
    my ($self) = @_;
    my (@places, @wrong);
    for my $name (map { m{([^/]+)\.log$} } glob "$self->{home}/log/*.log") {
        next if $name =~ /^fake/; # what the stand-ins keep of their callers
        my $text = $self->log($name);
        push @places, ["$name.log", $text];
        push @wrong, map { "$name.log: $_" } grep { /^(?:<\d>)?level=/ && $_ !~ $line_form } split /\n/, $text;
        push @wrong, "$name.log: control characters" if $text =~ /[\x00-\x08\x0b-\x1f\x7f]/;
    }
    my $good = $self->judge_secrets('no log holds a secret or a buyer', @places);
    return Test::More::is(scalar @wrong, 0, 'each line of a log can be read by a program') & $good
        || (@wrong && Test::More::diag(join "\n", @wrong[0 .. ($#wrong > 4 ? 4 : $#wrong)]));
}

sub stop {
    my ($self, %o) = @_;
    $self->{good} = Test::More->builder->is_passing;
    return 1 unless $self->{pid};
    my @seen = $self->seen_by_others;
    kill 'TERM', $self->{pid};
    my $status;
    $self->wait_for(20, sub { waitpid($self->{pid}, WNOHANG) == $self->{pid} && defined($status = $?) });
    if (!defined $status) {
        kill 'KILL', -$self->{pid};
        waitpid $self->{pid}, 0;
        $status = -1;
    }
    delete $self->{pid};
    my $good = Test::More::is($status, 0, 'the house stops with status 0');
    my @loud = grep { /\[(?:alert|emerg|crit)\]/ && !/exited on signal 9|connect\(\) to unix:\S+ failed \(2: .*"GET \/healthz |open socket #\d+ left in connection|: aborting$/ && !($o{expected} && $_ =~ $o{expected}) } split /\n/, $self->log('nginx');
    $good &= Test::More::is(scalar @loud, 0, 'nginx has nothing alarming to say') || Test::More::diag(@loud[0 .. ($#loud > 4 ? 4 : $#loud)]);
    # A house built with --enable-sanitizers writes what they found into its logs.
    my @found = grep { /Sanitizer|runtime error:/ } map { split /\n/, $self->log($_) }
        map { m{([^/]+)\.log$} } glob "$self->{home}/log/*.log";
    $good &= Test::More::fail('the sanitizers have nothing to say') && Test::More::diag(@found) if @found;
    $good &= $self->judge_secrets('no process shows a secret', @seen);
    $good &= $self->judge_logs;
    my ($code, $out, $errors) = $self->run('verify');
    $good &= Test::More::is($code, 0, 'the ledger verifies') || Test::More::diag($out, $errors);
    my $audit = `"$self->{bin}/cozykart-audit" "$self->{home}/data/ledger.db" 2>&1`;
    $good &= Test::More::is($? >> 8, 0, 'the auditor agrees') || Test::More::diag($audit);
    $self->{good} = Test::More->builder->is_passing;
    return $good;
}

sub DESTROY {
    my ($self) = @_;
    return unless $self->{owner} == $$;
    # The ends of our processes are not that of the test.
    local $?;
    # At the very end of a script Test::More is gone already; files may stay only when it can say so.
    my $passing = ${^GLOBAL_PHASE} eq 'DESTRUCT' ? $self->{good} : Test::More->builder->is_passing;
    my @said = $passing ? () : ($self->last_words, "kept for a look: $self->{dir}");
    if ($self->{pid}) {
        kill 'TERM', $self->{pid};
        my $end = time + 30;
        sleep 0.05 while waitpid($self->{pid}, WNOHANG) != $self->{pid} && time < $end;
        kill 'KILL', -$self->{pid};
    }
    for my $pid (@{ $self->{fake_pids} // [] }) {
        kill 'TERM', $pid;
        waitpid $pid, 0;
    }
    if ($passing) {
        remove_tree($self->{dir}, { safe => 0 });
        return;
    }
    if (${^GLOBAL_PHASE} eq 'DESTRUCT') { print STDERR "# $_\n" for @said }
    else { Test::More::diag($_) for @said }
}

# What a house that failed had to say: trouble first, then what it did last. Where nobody comes to look into its
# folder, this is all that is known.
sub last_words {
    my ($self) = @_;
    my @of = map { my $name = $_; map { [$name, $_] } split /\n/, $self->log($name) } qw(house nginx fakecord fakepay);
    my @trouble = grep { $_->[1] !~ /^(?:<\d>)?level=(?:info|notice) / } @of;
    my @last = grep { $_->[0] eq 'house' && $_->[1] =~ /^(?:<\d>)?level=(?:info|notice) (?!.*event=end)/ } @of;
    return map { "log $_->[0]: " . (length $_->[1] > 200 ? substr($_->[1], 0, 200) . '...' : $_->[1]) }
        @trouble > 10 ? (@trouble[0 .. 2], @trouble[-7 .. -1]) : @trouble, @last > 4 ? @last[-4 .. -1] : @last;
}

# Orders to the fake Discord, and what it saw.
package Cozykart::Fakecord;

sub new {
    my ($class, $address) = @_;
    return bless { address => $address, http => HTTP::Tiny->new(timeout => 60, keep_alive => 1) }, $class;
}

sub url { return $_[0]{address} . ($_[1] // '') }

# ->order('rule', match => 'POST /api/v10/channels', times => 2, do => 'status', status => 503)
sub order {
    my ($self, $name, %given) = @_;
    my $r = $self->{http}->post("$self->{address}/_fake/$name", { content => $coder->encode(\%given) });
    die "the fake Discord says: $r->{status} $r->{content}\n" unless $r->{success};
    return $coder->decode($r->{content});
}

sub state {
    my ($self) = @_;
    my $r = $self->{http}->get("$self->{address}/_fake/state");
    die "the fake Discord says: $r->{status} $r->{content}\n" unless $r->{success};
    return $coder->decode($r->{content});
}

# Messages that stand in a channel for all to see, oldest first.
sub messages {
    my ($self, $channel) = @_;
    return grep { !$_->{deleted} && !$_->{private_to} && (!defined $channel || $_->{channel_id} eq $channel) } @{ $self->state->{messages} };
}

# Direct messages to one person.
sub direct {
    my ($self, $who) = @_;
    return grep { !$_->{deleted} && ($_->{direct_to} // '') eq $who->{id} } @{ $self->state->{messages} };
}

# Everything a person reads in a message.
sub text { return Discord::Answer::words($_[1]) }

sub requests   { return @{ $_[0]->state->{requests} } }
sub violations { return @{ $_[0]->state->{violations} } }

1;
