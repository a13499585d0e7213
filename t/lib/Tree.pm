# What the repository's own tests need: its files and their lines. Core modules only.
package Tree;

use strict;
use warnings;
use File::Find ();

our $src = $ENV{SRCDIR} // '.';

# Paths below the given folders, relative to the source, that match.
sub files {
    my ($pattern, @folders) = @_;
    my @found;
    for my $folder (@folders) {
        next unless -d "$src/$folder";
        File::Find::find({ no_chdir => 1, wanted => sub {
            my $path = $File::Find::name =~ s{^\Q$src\E/}{}r;
            push @found, $path if -f && $path =~ $pattern;
        } }, "$src/$folder");
    }
    return sort @found;
}

sub slurp {
    my ($path) = @_;
    open my $in, '<', "$src/$path" or die "$path: $!";
    local $/;
    return scalar <$in>;
}

sub lines { return split /\n/, slurp($_[0]) }

# C without comments and texts, so that words in them do not count; lines stay where they are.
sub code {
    my ($path) = @_;
    my $c = slurp($path);
    $c =~ s{(/\*.*?\*/)|("(?:\\.|[^"\\\n])*")|('(?:\\.|[^'\\\n])+')}{
        defined $1 ? $1 =~ s/[^\n]//gr : defined $2 ? '""' : "'x'"}gse;
    return $c;
}

1;
