# The providers' own clients (t/clients), installed beside the build and driven line by line.
#
#   my $why = Clients::missing();
#   my $clients = Clients->new($house);
#   my $transfer = $clients->call('stripe.transfer', to => 'acct_…', amount => 2500, …);
package Clients;

use strict;
use warnings;
use Digest::SHA;
use Fcntl qw(:flock);
use File::Copy ();
use File::Path ();
use IPC::Open2;
use JSON::PP ();

my $json = JSON::PP->new->canonical->utf8;
my $src = $ENV{SRCDIR} // '.';
my $dir = ($ENV{BUILDDIR} // '.') . '/t/clients-installed';

sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or return '';
    local $/;
    return <$in>;
}

# Why they cannot be driven here, or undef: for a visible skip.
sub missing {
    my $why;
    $why = 'node is not installed' unless (`node --version 2>/dev/null` =~ /^v(\d+)/ ? $1 : 0) >= 18;
    $why //= 'npm is not installed' if system('npm --version >/dev/null 2>&1') != 0;
    $why //= install();
    die "$why, and COZYKART_SKIP_IS_ERROR is set\n" if $why && $ENV{COZYKART_SKIP_IS_ERROR};
    return $why;
}

# What the lock file says, once; undef when they are there.
sub install {
    my $print = Digest::SHA::sha256_hex(slurp("$src/t/clients/package-lock.json"));
    File::Path::make_path($dir);
    # Tests run side by side.
    open my $lock, '>', "$dir/lock" or return "$dir/lock: $!";
    flock $lock, LOCK_EX or return "$dir/lock: $!";
    if (slurp("$dir/installed") ne $print) {
        File::Copy::copy("$src/t/clients/$_", "$dir/$_") or return "$dir/$_: $!" for qw(package.json package-lock.json);
        return "npm ci failed, see $dir/npm.log" if system("cd '$dir' && npm ci --no-audit --no-fund --ignore-scripts >npm.log 2>&1 </dev/null") != 0;
        open my $out, '>', "$dir/installed" or return "$dir/installed: $!";
        print {$out} $print;
        close $out or return "$dir/installed: $!";
    }
    # Imports are looked up beside the program.
    File::Copy::copy("$src/t/clients/calls.mjs", "$dir/calls.mjs") or return "$dir/calls.mjs: $!";
    return;
}

# A secret of the house's; its first line.
sub secret {
    my ($house, $name) = @_;
    return (split /\n/, slurp("$house->{home}/etc/$name"))[0] // die "there is no secret $name\n";
}

sub new {
    my ($class, $house) = @_;
    my $self = bless {}, $class;
    $self->{pid} = open2($self->{out}, $self->{in}, 'node', "$dir/calls.mjs");
    $self->call('start', at => $house->pay->url, keys => {
        stripe => secret($house, 'stripe-api.key'), paypal_id => 'sandbox-client', paypal_secret => secret($house, 'paypal-client.secret'), whop => secret($house, 'whop-api.key'),
        shopify_secret => secret($house, 'shopify-webhook.secret'), shopify_token => secret($house, 'shopify-api.token'), shop => 'cozy-merch.myshopify.com',
    });
    return $self;
}

# What the client gave; its error dies with name, status and code.
sub call {
    my ($self, $call, %with) = @_;
    my $got = $self->try($call, %with);
    die "$call: " . join(' ', map { "$_=$got->{error}{$_}" } sort keys %{ $got->{error} }) . "\n" if $got->{error};
    return $got->{ok};
}

sub try {
    my ($self, $call, %with) = @_;
    print { $self->{in} } $json->encode({ call => $call, with => \%with }), "\n";
    $self->{in}->flush;
    my $line = readline($self->{out}) // die "the clients ended\n";
    return $json->decode($line);
}

sub DESTROY {
    my ($self) = @_;
    local $?;
    close $self->{in};
    waitpid $self->{pid}, 0 if $self->{pid};
}

1;
