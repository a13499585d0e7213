# A folder like a Debian machine with nginx, for cozykart setup and check: real files, real nginx,
# real processes, nothing outside the folder.
#
#   my $m = Machine->new;
#   $m->setup('--host', 'localhost', '--tls', 'none');     # exit code, output, errors
#   $m->start;                                             # cozykart-house with what setup wrote
#   my $judged = $m->check;                                # { what => 'good' or the advice }
package Machine;

use strict;
use warnings;
use Cozykart;
use File::Path qw(make_path);
use File::Temp ();
use IO::Socket::INET;
use JSON::PP ();
use POSIX ();
use Time::HiRes qw(sleep time);

my $stage = Cozykart::stage();

sub slurp { open my $in, '<', $_[0] or return ''; local $/; return <$in> // '' }

sub put {
    my ($path, $text, $mode) = @_;
    open my $out, '>', $path or die "$path: $!";
    print {$out} $text;
    close $out or die "$path: $!";
    chmod $mode // 0600, $path;
    return $path;
}

# A ledger file says that its schema is so much higher (SQLite keeps user_version at byte 60).
sub schema {
    my ($ledger, $by) = @_;
    open my $f, '+<', $ledger or die "$ledger: $!";
    binmode $f;
    seek $f, 60, 0;
    read $f, my $bytes, 4;
    seek $f, 60, 0;
    print {$f} pack 'N', unpack('N', $bytes) + $by;
    close $f or die "$ledger: $!";
    return;
}

sub new {
    my ($class) = @_;
    my $root = File::Temp::tempdir('ckmXXXXXX', TMPDIR => 1, CLEANUP => 1);
    my $self = bless { root => $root, port => Cozykart::free_port(), tls_port => Cozykart::free_port(), owner => $$ }, $class;
    chmod 0755, $root;
    make_path(map { "$root/$_" } qw(etc/nginx/sites-enabled var/log/nginx var/cache var/www/html));
    my $user = $> == 0 ? "user root;\n" : '';
    my $temporary = join '', map { "    ${_}_temp_path $root/var/cache/$_;\n" } qw(client_body proxy fastcgi uwsgi scgi);
    put("$root/etc/nginx/nginx.conf", "${user}daemon off;\nworker_processes 1;\npid $root/nginx.pid;\nerror_log $root/var/log/nginx/error.log;\nevents {}\n"
        . "http {\n    include /etc/nginx/mime.types;\n$temporary    include $root/etc/nginx/sites-enabled/*;\n}\n", 0644);
    return $self;
}

sub path { return "$_[0]{root}$_[1]" }
sub ports { return ('--port', $_[0]{port}, '--tls-port', $_[0]{tls_port}) }
sub conf { return $_[0]->path('/etc/cozykart/cozykart.conf') }

sub run {
    my ($self, @command) = @_;
    my $err = "$self->{root}/err";
    my $pid = open(my $out, '-|') // die "fork: $!";
    if (!$pid) {
        open STDIN, '<', $self->{stdin} // '/dev/null';
        open STDERR, '>', $err;
        { exec @command; }
        POSIX::_exit(127);
    }
    my $text = do { local $/; <$out> } // '';
    close $out;
    return ($? >> 8, $text, slurp($err));
}

sub setup {
    my ($self, @more) = @_;
    return $self->run("$stage/bin/cozykart", 'setup', '--batch', '--root', $self->{root}, '--share', "$stage/share/cozykart", @more);
}

sub ctl { my ($self, @args) = @_; return $self->run("$stage/bin/cozykart", '--config', $self->conf, @args) }

sub check {
    my ($self, @more) = @_;
    my ($code, $text, $errors) = $self->ctl('check', '--json', @more);
    my $got = eval { JSON::PP->new->utf8->decode($text) } // die "cozykart check: exit $code: $errors$text\n";
    $self->{code} = $code;
    return { map { $_->{what} => $_->{good} && !length $_->{advice} ? 'good' : $_->{advice} } @{ $got->{checks} } };
}

sub start {
    my ($self) = @_;
    my $root = $self->{root};
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        POSIX::setsid();
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$root/house.log";
        open STDERR, '>&', \*STDOUT;
        { exec "$stage/bin/cozykart-house", '--config', $self->conf, '--nginx', $Cozykart::nginx,
            '--nginx-conf', "$root/etc/nginx/nginx.conf", '--live-conf', "$root/etc/cozykart/nginx/live.conf"; }
        POSIX::_exit(127);
    }
    $self->{pid} = $pid;
    # The street opens last, whoever's site it is that opens it.
    my $sites = join '', map { slurp($_) } glob "$root/etc/nginx/sites-enabled/*";
    my @port = grep { $sites =~ /^\s*listen\s+(?:\S+:)?$_\b/m } @$self{qw(port tls_port)};
    my @closed;
    Cozykart->wait_for(60, sub {
        die "the house ended by itself\n" . slurp("$root/house.log") if waitpid($pid, POSIX::WNOHANG()) == $pid;
        @closed = ((grep { !Cozykart::answers("$root/run/cozykart/$_") } qw(vault-ctl.sock web.sock jobs.sock live.sock)),
            grep { !IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $_) } @port);
        return !@closed;
    }) or die "nobody listens at @closed\n" . slurp("$root/house.log");
    return $self;
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    kill 'TERM', $pid;
    waitpid $pid, 0;
    return $?;
}

sub DESTROY {
    my ($self) = @_;
    return if $self->{owner} != $$;
    local ($?, $!);
    $self->stop;
    return;
}

1;
