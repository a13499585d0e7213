# A small HTTP server for the stand-ins: many connections at once in one process, answers that come
# later, and connections that break off as ordered. Not for: what is answered.
#
#   my $server = Serve->new(name => 'fakecord', host => '127.0.0.1', port => 8081, handle => sub { my ($req) = @_; … });
#   $server->run;
#
# handle gives { status, headers, body, after => time }, or undef: asked again until there is an
# answer, or 'drop': the connection ends without one. half => 1 in an answer: it ends in the midst of it.
# done: called with a request whose answer went out, or whose connection is gone.
package Serve;

use strict;
use warnings;
use Fcntl;
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);

use constant { BODY_MAX => 12 * 1024 * 1024, HEAD_MAX => 64 * 1024 };

my %reason = (
    100 => 'Continue', 200 => 'OK', 201 => 'Created', 204 => 'No Content', 302 => 'Found', 303 => 'See Other',
    400 => 'Bad Request', 401 => 'Unauthorized', 402 => 'Payment Required', 403 => 'Forbidden', 404 => 'Not Found',
    409 => 'Conflict', 422 => 'Unprocessable Entity', 429 => 'Too Many Requests', 500 => 'Internal Server Error',
    502 => 'Bad Gateway', 503 => 'Service Unavailable', 504 => 'Gateway Timeout',
);

sub new {
    my ($class, %o) = @_;
    my $self = bless { done => sub { }, idle => sub { }, failed => sub { }, %o, client => {}, waiting => [], select => IO::Select->new }, $class;
    $self->listen_now;
    return $self;
}

sub listen_now {
    my ($self) = @_;
    $self->{listener} = IO::Socket::INET->new(Listen => 128, LocalAddr => $self->{host}, LocalPort => $self->{port}, ReuseAddr => 1, Blocking => 0)
        or die "$self->{name}: port $self->{port}: $!\n";
    $self->{select}->add($self->{listener});
    return;
}

# Nobody listens for so many seconds.
sub close_for {
    my ($self, $seconds) = @_;
    $self->{closed_until} = time + $seconds;
    return;
}

# A pipe besides: code is called when there is something to read; remove it with forget.
sub watch {
    my ($self, $fh, $code) = @_;
    $self->{pipe}{ fileno $fh } = { fh => $fh, code => $code };
    $self->{select}->add($fh);
    return;
}

sub forget {
    my ($self, $fh) = @_;
    $self->{select}->remove($fh);
    delete $self->{pipe}{ fileno $fh };
    close $fh;
    return;
}

# What a child inherits and must not hold open.
sub sockets {
    my ($self) = @_;
    return grep { defined } $self->{listener}, map { $_->{socket} } values %{ $self->{client} };
}

sub over {
    my ($self, $c) = @_;
    my $req = delete $c->{req} or return;
    $self->{done}->($req);
    return;
}

sub drop {
    my ($self, $c) = @_;
    return if $c->{gone}++;
    $self->{select}->remove($c->{socket});
    delete $self->{client}{ fileno $c->{socket} };
    close $c->{socket};
    $self->over($c);
    return;
}

sub reply {
    my ($self, $c, $req, $answer) = @_;
    return $self->drop($c) if !ref $answer;
    my $close = $answer->{half} || ($req->{headers}{connection} // '') =~ /close/i;
    my $empty = $answer->{status} == 204;
    my $head = sprintf "HTTP/1.1 %d %s\r\n", $answer->{status}, $reason{ $answer->{status} } // 'Status';
    $head .= "$_: $answer->{headers}{$_}\r\n" for sort keys %{ $answer->{headers} };
    $head .= 'Content-Length: ' . length($answer->{body}) . "\r\n" unless $empty;
    my $body = $empty || $req->{method} eq 'HEAD' ? '' : $answer->{body};
    $body = substr $body, 0, int(length($body) / 2) if $answer->{half};
    $c->{out} .= $head . 'Connection: ' . ($close ? 'close' : 'keep-alive') . "\r\n\r\n" . $body;
    $c->{close} = 1 if $close;
    $c->{busy} = 0;
    $self->over($c);
    return $self->flush($c);
}

sub flush {
    my ($self, $c) = @_;
    while (length $c->{out}) {
        my $n = syswrite $c->{socket}, $c->{out};
        return $!{EAGAIN} ? undef : $self->drop($c) unless defined $n;
        substr $c->{out}, 0, $n, '';
    }
    return $self->drop($c) if $c->{close};
    return;
}

# One whole request off the front of what came, or undef.
sub take_request {
    my ($self, $c) = @_;
    my $end = index $c->{in}, "\r\n\r\n";
    return if $end < 0;
    my ($first, @lines) = split /\r\n/, substr $c->{in}, 0, $end;
    my ($method, $target) = ($first // '') =~ m{^([A-Z]+) (/\S*) HTTP/1\.[01]\z} or return 'bad';
    my %h = map { /^([^:\s]+):\s*(.*?)\s*\z/ ? (lc $1 => $2) : () } @lines;
    if (($h{expect} // '') =~ /100-continue/i && !$c->{continued}++) {
        $c->{out} .= "HTTP/1.1 100 Continue\r\n\r\n";
        $self->flush($c);
    }
    my ($body, $used) = ('', $end + 4);
    if (($h{'transfer-encoding'} // '') =~ /chunked/i) {
        while (1) {
            substr($c->{in}, $used) =~ /\A([0-9a-fA-F]+)[^\r\n]*\r\n/ or return;
            my ($size, $skip) = (hex $1, $+[0]);
            return if length $c->{in} < $used + $skip + $size + 2;
            $body .= substr $c->{in}, $used + $skip, $size;
            $used += $skip + $size + 2;
            last unless $size;
        }
    } else {
        my $n = $h{'content-length'} // 0;
        return 'bad' if $n !~ /^\d+\z/ || $n > BODY_MAX;
        return if length $c->{in} < $used + $n;
        $body = substr $c->{in}, $used, $n;
        $used += $n;
    }
    substr $c->{in}, 0, $used, '';
    $c->{continued} = 0;
    my ($path, $query) = split /\?/, $target, 2;
    $path =~ s/%([0-9a-fA-F]{2})/chr hex $1/ge;
    return { method => $method, path => $path, query => $query, headers => \%h, body => $body };
}

sub work {
    my ($self, $c) = @_;
    while (!$c->{gone} && !$c->{busy}) {
        my $req = $self->take_request($c) // return;
        return $self->drop($c) unless ref $req;
        @$c{qw(busy req)} = (1, $req);
        $self->attempt($c, $req);
    }
    return;
}

sub attempt {
    my ($self, $c, $req) = @_;
    my $answer = eval { $self->{handle}->($req) };
    if ($@) {
        warn "$self->{name}: $req->{method} $req->{path}: $@";
        $self->{failed}->($req, $@);
        $answer = { status => 500, headers => {}, body => '' };
    }
    if (!$answer || (ref $answer && $answer->{after})) {
        push @{ $self->{waiting} }, [$c, $req, $answer];
        return;
    }
    return $self->reply($c, $req, $answer);
}

sub look_at_waiting {
    my ($self) = @_;
    my @again = splice @{ $self->{waiting} };
    for my $w (@again) {
        my ($c, $req, $answer) = @$w;
        next if $c->{gone};
        if (!$answer) {
            $self->attempt($c, $req);
        } elsif ($answer->{after} <= time) {
            $self->reply($c, $req, $answer);
        } else {
            push @{ $self->{waiting} }, $w;
            next;
        }
        $self->work($c);
    }
    return;
}

sub incoming {
    my ($self, $c) = @_;
    my $n = sysread $c->{socket}, $c->{in}, 65536, length $c->{in};
    return if !defined $n && $!{EAGAIN};
    return $self->drop($c) if !$n || length $c->{in} > BODY_MAX + HEAD_MAX;
    return $self->work($c);
}

sub door {
    my ($self) = @_;
    if ($self->{closed_until} && $self->{listener}) {
        $self->{select}->remove($self->{listener});
        close delete $self->{listener};
        # Whoever gave the order still gets his answer.
        $self->drop($_) for grep { !length $_->{out} } values %{ $self->{client} };
    }
    if ($self->{closed_until} && time >= $self->{closed_until}) {
        $self->{closed_until} = undef;
        $self->listen_now;
    }
    return;
}

sub welcome {
    my ($self) = @_;
    while (my $new = $self->{listener}->accept) {
        $new->blocking(0);
        $self->{client}{ fileno $new } = { socket => $new, in => '', out => '', busy => 0 };
        $self->{select}->add($new);
    }
    return;
}

sub run {
    my ($self) = @_;
    while (1) {
        $self->door;
        my $soon = $self->{idle}->();
        my @out = map { $_->{socket} } grep { length $_->{out} } values %{ $self->{client} };
        my ($readable, $writable) = IO::Select->select($self->{select}, @out ? IO::Select->new(@out) : undef, undef,
            @{ $self->{waiting} } || $self->{closed_until} ? 0.02 : $soon // 5);
        for my $s (@{ $readable // [] }) {
            next unless defined fileno $s;
            if ($self->{listener} && $s == $self->{listener}) {
                $self->welcome;
            } elsif (my $pipe = $self->{pipe}{ fileno $s }) {
                $pipe->{code}->();
            } elsif (my $c = $self->{client}{ fileno $s }) {
                $self->incoming($c);
            }
        }
        for my $s (@{ $writable // [] }) {
            $self->flush($self->{client}{ fileno $s }) if defined fileno $s && $self->{client}{ fileno $s };
        }
        $self->look_at_waiting;
    }
    return;
}

1;
