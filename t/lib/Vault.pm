# Asks a house's vault as its web workers do: for what a test needs without a browser. Core modules only.
#
#   my $vault = Vault->new($house);
#   my $a = $vault->ask('payout.ask', session => $token, method => 7, amount => '20.00', key => 'k1');
#   $a->{ok}, $a->{payout}, $a->{why}
package Vault;

use strict;
use warnings;
use IO::Socket::UNIX;
use Socket qw(SOCK_SEQPACKET);

sub new { my ($class, $house) = @_; return bless { house => $house, dir => "$house->{home}/run", n => 0 }, $class }

# The format of src/call/msg.h; a reference is a number.
sub message {
    my ($name, @fields) = @_;
    my $m = "CKM\x01" . pack('C/a', $name) . pack('v', @fields / 2);
    while (my ($k, $v) = splice @fields, 0, 2) {
        $m .= ref $v ? 'i' . pack('C/a', $k) . pack('q<', $$v) : 's' . pack('C/a', $k) . pack('V/a', $v);
    }
    return $m;
}

sub fields {
    my ($bytes) = @_;
    my ($name, $n, $rest) = unpack 'x4 C/a v a*', $bytes;
    my %f = (name => $name, ok => $name eq 'ok' || $name eq 'E_DUPLICATE' ? 1 : 0);
    for (1 .. $n) {
        (my $type, my $k, $rest) = unpack 'a C/a a*', $rest;
        ($f{$k}, $rest) = $type eq 'i' ? unpack('q< a*', $rest) : unpack('V/a a*', $rest);
    }
    return \%f;
}

# One question; name is E_BUSY when the vault is not there.
sub ask {
    my ($self, $name, @fields) = @_;
    my $socket = $name =~ /^(?:payout\.(?:begin|report)|account\.|job\.|cert\.)/ ? 'jobs' : 'web';
    local $SIG{PIPE} = 'IGNORE';
    my $s = IO::Socket::UNIX->new(Type => SOCK_SEQPACKET, Peer => "$self->{dir}/vault-$socket.sock", Timeout => 60) or return { name => 'E_BUSY', ok => 0 };
    my $m = message($name, @fields);
    defined $s->send(pack('VV', length $m, 0) . $m) or return { name => 'E_BUSY', ok => 0 };
    my $got = '';
    defined $s->recv($got, 65536) && length $got > 13 or return { name => 'E_BUSY', ok => 0 };
    return fields(substr $got, 8);
}

# A session of a member, by a one-time link.
sub session {
    my ($self, $member) = @_;
    my $link = $self->{house}->json('login-link', $member);
    my $token = $link->{token};
    my $a = $self->ask('login.use', token => $token);
    die "no session for $member: $a->{name} " . ($a->{why} // '') . "\n" unless $a->{ok};
    return $a->{session};
}

1;
