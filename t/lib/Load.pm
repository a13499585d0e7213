# Processes that use the house while something happens to it, each until it is told that this was enough; what they
# saw comes back when they have ended. Not for: how fast it is (bench/).
package Load;
use strict;
use warnings;
use HTTP::Tiny;
use POSIX ();

sub new {
    my ($class, $house) = @_;
    return bless { house => $house, pids => [] }, $class;
}

sub is_enough { return -e "$_[0]{house}{dir}/enough" }

# One more: code runs in a process of its own until $load->is_enough; what it returns is its part of the end.
sub begin {
    my ($self, $code) = @_;
    my $n = @{ $self->{pids} };
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        my @seen = eval { $code->() };
        @seen = ("died: $@") if $@;
        open my $out, '>', "$self->{house}{dir}/load.$n" or POSIX::_exit(1);
        print {$out} map { s/\s+/ /gr . "\n" } @seen;
        POSIX::_exit(close($out) ? 0 : 1);
    }
    push @{ $self->{pids} }, $pid;
    return;
}

# Readers of these pages (n, paths), each of at least so many (least); keep_alive 0: a connection a request, where
# one that is closed while it idles is nobody's failure. Each gives how many it read, then what failed.
sub read_pages {
    my ($self, %o) = @_;
    my $house = $self->{house};
    for (1 .. $o{n}) {
        $self->begin(sub {
            my $http = HTTP::Tiny->new(timeout => 60, keep_alive => $o{keep_alive} // 1, max_redirect => 0);
            my ($done, @bad) = (0);
            until ($self->is_enough && $done >= $o{least}) {
                my $path = $o{paths}[rand @{ $o{paths} }];
                my $r = $http->get($house->url($path), { headers => { cookie => 'ck=none' } });
                $done++;
                push @bad, "$path $r->{status} " . substr $r->{content}, 0, 80 if $r->{status} != 200;
            }
            return ($done, @bad);
        });
    }
    return;
}

# It was enough: waits for all of them; [lines] of each, in the order in which they began.
sub end {
    my ($self) = @_;
    open my $out, '>', "$self->{house}{dir}/enough" or die $!;
    close $out;
    waitpid $_, 0 for @{ $self->{pids} };
    return map {
        open my $in, '<', "$self->{house}{dir}/load.$_" or die "process $_ of the load left nothing: $!";
        chomp(my @lines = <$in>);
        \@lines;
    } 0 .. $#{ $self->{pids} };
}
1;
