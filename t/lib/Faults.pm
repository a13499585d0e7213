# Orders to t/faults.so (lib/faults.c): which write, sync, growth, opening, renaming or reading fails.
#
#   my $faults = Faults->new($file);
#   my $house = Cozykart->new(env => $faults->env);
#   $faults->set(ops => 'sync', file => 'ledger.db-wal', program => 'cozykart-vault', nth => 3, error => 'EIO');
#   …
#   $faults->off;
package Faults;

use strict;
use warnings;
use Errno ();

my %op = (write => 1, sync => 2, grow => 4, open => 8, name => 16, read => 32);
my %how = (once => 0, on => 1, half => 2);
my $form = 'q6 a128 a64';

my $so = ($ENV{BUILDDIR} // '.') . '/t/faults.so';

# Why nothing can be made to fail here, or undef: programs with sanitizers have a library of their own in front.
sub missing {
    my ($program) = @_;
    return "$so is not built: make check builds it" unless -e $so;
    return 'the programs are built with sanitizers' if `grep -s '^SAN_CFLAGS = .*-fsanitize' "@{[$ENV{BUILDDIR} // '.']}/Makefile"`;
    return;
}

sub new {
    my ($class, $file) = @_;
    open my $out, '+>', $file or die "$file: $!";
    binmode $out;
    my $self = bless { file => $file, out => $out }, $class;
    $self->off;
    return $self;
}

sub env { my ($self) = @_; return { LD_PRELOAD => $so, COZYKART_FAULTS => $self->{file} } }

# ops: words of %op; file: end of the path, or "*" and a part of it; program: start of its name; nth: from 1, 0 only
# counts; how: once, on (from then on), half (of a write, no room for the rest); error: a name of errno.
sub set {
    my ($self, %o) = @_;
    my $ops = 0;
    $ops |= $op{$_} // die "no op $_" for split ' ', $o{ops} // '';
    my $code = $o{error} ? Errno->can($o{error})->() : 0;
    # What is counted begins anew before anything counts.
    $self->put(pack $form, 0, $o{nth} // 0, $how{ $o{how} // 'once' } // die("no $o{how}"), $code, 0, 0, $o{file} // '', $o{program} // '');
    $self->put(pack 'q', $ops) if $ops;
    return;
}

sub off { my ($self) = @_; return $self->set }

sub put {
    my ($self, $bytes) = @_;
    sysseek $self->{out}, 0, 0;
    syswrite($self->{out}, $bytes) == length $bytes or die "$self->{file}: $!";
    return;
}

sub get {
    my ($self) = @_;
    sysseek $self->{out}, 0, 0;
    sysread $self->{out}, my $bytes, 48;
    my @n = unpack 'q6', $bytes;
    return { seen => $n[4], hits => $n[5] };
}

sub seen { return $_[0]->get->{seen} }
sub hits { return $_[0]->get->{hits} }

1;
