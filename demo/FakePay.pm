# What the stand-ins of the payment providers share: the clock, ids, the log of requests, orders to
# fail, keys that repeat the first answer, and signed notices to the house. Not for: what one of them
# answers (FakeStripe.pm, FakePaypal.pm, FakeWhop.pm, FakeShopify.pm), sockets (Serve.pm).
package FakePay;

use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Exporter 'import';
use HTTP::Tiny;
use JSON::PP ();
use POSIX ();
use Time::HiRes qw(time);

our @EXPORT_OK = qw(form flat iso cents decimal bool);

my $json = JSON::PP->new->canonical->utf8->allow_nonref;

use constant TRIES => 7;

# set: the house's settings; secret: name of a setting without _file => lines of that file; url: our own.
sub new {
    my ($class, %o) = @_;
    return bless { %o, log => [], rule => [], key => {}, busy => {}, queue => {}, event => [], count => {}, salt => sprintf('%x', int(time) & 0xffffff) . sprintf('%x', $$ & 0xfff) }, $class;
}

sub now {
    my ($self) = @_;
    my $file = $ENV{COZYKART_CLOCK_FILE} // '';
    my $ms = 0;
    if ($file ne '' && open my $in, '<', $file) {
        $ms = <$in> // 0;
    }
    return time + $ms / 1000;
}

sub id {
    my ($self, $prefix) = @_;
    return sprintf '%s%s%05d', $prefix, $self->{salt}, ++$self->{count}{$prefix};
}

sub bool { return $_[0] ? JSON::PP::true : JSON::PP::false }

sub iso {
    my ($t) = @_;
    return POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime int $t);
}

# 2500 is "25.00", and back; undef when that is no amount.
sub decimal { return sprintf '%s%d.%02d', $_[0] < 0 ? '-' : '', abs($_[0]) / 100, abs($_[0]) % 100 }

sub cents {
    my ($text) = @_;
    return ($text // '') =~ /^(\d{1,12})(?:\.(\d{1,2}))?\z/ ? $1 * 100 + substr(($2 // '') . '00', 0, 2) : undef;
}

# "a[b][0]=c" pairs: flat, in a hash by their names, and deep.
sub flat {
    my ($text) = @_;
    my %f;
    for my $pair (split /&/, $text // '') {
        my ($k, $v) = map { my $s = $_ // ''; $s =~ tr/+/ /; $s =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge; utf8::decode($s); $s } split /=/, $pair, 2;
        $k =~ s/\[\]\z/'[' . scalar(grep { index($_, substr($k, 0, -1)) == 0 } keys %f) . ']'/e;
        $f{$k} = $v // '';
    }
    return \%f;
}

sub form {
    my ($flat) = @_;
    my %deep;
    for my $k (sort keys %$flat) {
        my @step = $k =~ /([^\[\]]+)/g;
        my $at = \%deep;
        $at = $at->{ $_ } = ref $at->{$_} ? $at->{$_} : {} for @step[0 .. $#step - 1];
        $at->{ $step[-1] } = $flat->{$k};
    }
    return \%deep;
}

sub answer {
    my ($self, $status, $body, %headers) = @_;
    return { status => $status, headers => { 'Content-Type' => 'application/json', %headers }, body => $json->encode($body) };
}

# --- the log and the orders to fail

sub note {
    my ($self, $req, $provider) = @_;
    my $type = $req->{headers}{'content-type'} // '';
    my $line = $req->{line} = {
        n => scalar @{ $self->{log} } + 1, provider => $provider, method => $req->{method}, path => $req->{path}, query => $req->{query} // '',
        headers => { %{ $req->{headers} } }, at => time, effect => 0, body => $req->{body},
    };
    $line->{form} = flat($req->{body}) if $type =~ m{^application/x-www-form-urlencoded};
    $line->{json} = eval { $json->decode($req->{body}) } if $type =~ m{^application/json} && length $req->{body};
    @$req{qw(form json)} = @$line{qw(form json)};
    push @{ $self->{log} }, $line;
    return $line;
}

# "POST /v1/transfers" fits that alone; a * stands for anything.
sub add_rule {
    my ($self, $r) = @_;
    my $pattern = join '.*', map { quotemeta } split /\*/, $r->{match} // '*', -1;
    push @{ $self->{rule} }, { times => 1, %$r, pattern => qr/^$pattern\z/ };
    $self->{told} = 0 if $r->{how} eq 'told';
    return;
}

sub rule_for {
    my ($self, $provider, $req) = @_;
    for my $i (0 .. $#{ $self->{rule} }) {
        my $r = $self->{rule}[$i];
        next unless ($r->{provider} // $provider) eq $provider && "$req->{method} $req->{path}" =~ $r->{pattern};
        splice @{ $self->{rule} }, $i, 1 if $r->{times} > 0 && --$r->{times} == 0;
        return $r->{how};
    }
    return '';
}

# One request at a provider: its api does the work. The orders:
#   late:MS            does it, answers late
#   told               does it, answers when it is told to
#   hang, hang_after   never answers; the second one does the work
#   cut_before, cut_after, cut_half   ends the connection; before: nothing happened, half: in the answer
#   500_before, 500_after, 500_kept   and so 502, 503, 504: before nothing happens, after it happened, kept
#                      nothing happens and the provider keeps that answer under the key
#   409                somebody else is at it with this key
#   429, 429:SECONDS   too many requests
#   400:CODE, 422:CODE …   refused
sub serve {
    my ($self, $req, $provider, $api) = @_;
    return $self->hangs($req) if $req->{hanging};
    return $self->{told} ? $req->{kept_back} : undef if $req->{kept_back};
    my $line = $self->note($req, $provider);
    my $how = $line->{rule} = $self->rule_for($provider, $req);
    return 'drop' if $how eq 'cut_before';
    return $self->hangs($req) if $how eq 'hang';
    my $answer;
    if ($how =~ /^(5\d\d)_before\z/) {
        $answer = $api->error_answer($req, $1, 'before');
    } elsif ($how =~ /^(5\d\d)_(after|kept)\z/) {
        $req->{instead} = [$1, $2];
        $answer = $api->api($req);
    } elsif ($how =~ /^(4\d\d)(?::(.+))?\z/) {
        $answer = $api->error_answer($req, $1, $2 // '');
    } else {
        $answer = $api->api($req);
    }
    $line->{effect} = $req->{effect} ? 1 : 0;
    @$line{qw(status answer)} = (@$answer{qw(status body)});
    return 'drop' if $how eq 'cut_after';
    return $self->hangs($req) if $how eq 'hang_after';
    $answer->{half} = 1 if $how eq 'cut_half';
    $answer->{after} = time + $1 / 1000 if $how =~ /^late:(\d+)/;
    $req->{kept_back} = $answer, return if $how eq 'told';
    return $answer;
}

sub hangs {
    my ($self, $req) = @_;
    $req->{hanging} = 1;
    return { after => time + 3600, status => 504, headers => {}, body => '' };
}

# --- keys: the first answer again

# Gives what is answered without doing anything, or undef. scope: whose keys; print: what must be the same.
sub repeated {
    my ($self, $req, $scope, $key, $print, $lives) = @_;
    my $k = "$scope $key";
    return { what => 'busy' } if $self->{busy}{$k};
    my $had = $self->{key}{$k};
    delete $self->{key}{$k}, undef $had if $had && $had->{at} + $lives < $self->now;
    $req->{key_of} = $k;
    $req->{print} = sha256_hex($print);
    if (!$had) {
        $self->{busy}{$k} = 1;
        return;
    }
    return { what => 'other' } if $had->{print} ne $req->{print};
    return { what => 'again', answer => { %{ $had->{answer} }, headers => { %{ $had->{answer}{headers} } } } };
}

sub keep {
    my ($self, $req, $answer) = @_;
    $self->{key}{ $req->{key_of} } = { print => $req->{print}, at => $self->now, answer => { %$answer, headers => { %{ $answer->{headers} } } } } if $req->{key_of};
    return $answer;
}

# The answer went out, or nobody waits for it any more.
sub done {
    my ($self, $req) = @_;
    delete $self->{busy}{ $req->{key_of} } if $req->{key_of};
    return;
}

sub forget_keys {
    my ($self, $scope) = @_;
    delete $self->{key}{$_} for grep { index($_, "$scope ") == 0 } keys %{ $self->{key} };
    return;
}

# --- notices to the house

# door: "stripe", "stripe-connect" …: one goes out after the other at each. make: gives { path, headers,
# body } anew for each try, for signatures carry the time.
sub send_notice {
    my ($self, $door, $name, $make, %more) = @_;
    my $e = { n => scalar @{ $self->{event} } + 1, door => $door, name => $name, make => $make, tries => 0, state => 'due', at => 0, %more };
    push @{ $self->{event} }, $e;
    push @{ $self->{queue}{$door} }, $e;
    return $e;
}

# Starts what is due. Gives the seconds until somebody should look again.
sub deliver {
    my ($self) = @_;
    my $soon;
    for my $door (sort keys %{ $self->{queue} }) {
        next if $self->{held}{$door};
        my $q = $self->{queue}{$door};
        shift @$q while @$q && $q->[0]{state} =~ /^(?:done|lost)/;
        my ($e) = grep { $_->{state} eq 'due' && $_->{at} <= time } @$q;
        $soon = 0.1 if @$q;
        next if !$e || grep { $_->{state} eq 'going' } @$q;
        $self->post($e);
    }
    return $soon;
}

# A child sends it and writes the status: the house may take its time.
sub post {
    my ($self, $e) = @_;
    pipe my $in, my $out or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        close $_ for $in, $self->{server}->sockets;
        my $m = eval { $e->{make}->() } // do { warn "fakepay: $@"; POSIX::_exit(1) };
        my $r = HTTP::Tiny->new(timeout => 15, max_redirect => 0, agent => $m->{agent} // 'fakepay')->post($self->{set}{'site.url'} . $m->{path}, { headers => $m->{headers}, content => $m->{body} });
        syswrite $out, $json->encode({ status => $r->{status}, body => substr($r->{content} // '', 0, 300) });
        POSIX::_exit(0);
    }
    close $out;
    $e->{state} = 'going';
    $e->{tries}++;
    my $text = '';
    $self->{server}->watch($in, sub {
        return if sysread $in, $text, 4096, length $text;
        $self->{server}->forget($in);
        waitpid $pid, 0;
        my $got = eval { $json->decode($text) } // { status => 599, body => $text };
        @$e{qw(status answer)} = @$got{qw(status body)};
        $e->{state} = $e->{status} =~ /^2/ ? 'done' : $e->{tries} >= TRIES ? 'lost' : 'due';
        $e->{at} = time + 0.25 * 2 ** $e->{tries} if $e->{state} eq 'due';
    });
    return;
}

# What a client sees of it.
sub shown { return { map { $_ => $_[0]{$_} } grep { defined $_[0]{$_} } qw(n door name state tries status answer id) } }

# An order's answer once each notice it caused was tried.
sub after_notices {
    my ($self, $req, $from, $body) = @_;
    my @mine = grep { $_->{n} > $from } @{ $self->{event} };
    return if grep { !$_->{tries} && !$self->{held}{ $_->{door} } || $_->{state} eq 'going' } @mine;
    return $self->answer(200, { %$body, notices => [map { shown($_) } @mine] });
}

# Again, as it was: a provider may do that at any time.
sub again {
    my ($self, $n) = @_;
    my $e = $self->{event}[$n - 1] // die "there is no notice $n\n";
    return $self->send_notice(@$e{qw(door name make)}, id => $e->{id});
}

1;
