# A real Chromium for tests, driven line by line through browser.py.
#
#   my $why = Browser::missing();
#   my $chrome = Browser->new($house);
#   $chrome->open('home', '/standings', width => 390, scheme => 'light');
#   $chrome->js('home', 'document.title');
#   $chrome->comes('home', 'h1', qr/Spring/, 'the season comes to the page');
package Browser;

use strict;
use warnings;
use IPC::Open2;
use JSON::PP ();
use Test::More ();
use Time::HiRes qw(time);

my $json = JSON::PP->new->utf8->allow_nonref;
my $src = $ENV{SRCDIR} // '.';

# Why there is none here, or undef: for a visible skip.
sub missing {
    return if -x '/usr/bin/chromium' && -x '/usr/bin/chromedriver' && system("/usr/bin/python3 -c 'import selenium' 2>/dev/null") == 0;
    my $why = 'chromium, chromedriver or selenium is not installed';
    die "$why, and COZYKART_SKIP_IS_ERROR is set\n" if $ENV{COZYKART_SKIP_IS_ERROR};
    return $why;
}

sub new {
    my ($class, $house) = @_;
    my $self = bless { house => $house, shots => $ENV{COZYKART_SHOTS} }, $class;
    $self->{pid} = open2($self->{from}, $self->{to}, '/usr/bin/python3', "$src/t/lib/browser.py");
    $self->{to}->autoflush(1);
    $json->decode(scalar readline($self->{from}) // die "the browser did not start\n");
    return $self;
}

sub ask {
    my ($self, %c) = @_;
    print { $self->{to} } $json->encode(\%c), "\n";
    my $answer = $json->decode(scalar readline($self->{from}) // die "the browser is gone\n");
    die "$c{do}: $answer->{why}\n" unless $answer->{ok};
    return $answer->{value};
}

sub open { my ($self, $tab, $path, %o) = @_; return $self->ask(do => 'open', tab => $tab, url => $self->{house}->url($path), height => 844, %o) }
sub js { my ($self, $tab, $code) = @_; return $self->ask(do => 'eval', tab => $tab, js => "return $code") }
sub key { my ($self, $tab, $key) = @_; return $self->ask(do => 'key', tab => $tab, key => $key) }
sub text { my ($self, $tab, $css) = @_; return $self->js($tab, '(document.querySelector(' . $json->encode($css) . ') || {}).textContent') // '' }

# What comes to be there; between two pages there may be nothing to look at.
sub comes {
    my ($self, $tab, $css, $want, $name) = @_;
    my $begin = time;
    my $got = '';
    $self->{house}->wait_for(15, sub { ($got = eval { $self->text($tab, $css) } // '') =~ $want });
    Test::More::like($got, $want, $name);
    return time - $begin;
}

# With COZYKART_SHOTS set to a folder its pictures stay there.
sub shot {
    my ($self, $tab, $name, %o) = @_;
    $self->ask(do => 'shot', tab => $tab, file => "$self->{shots}/$name.png", whole => JSON::PP::true, %o) if $self->{shots};
    return;
}

# What the browser complained about, but for what matches.
sub complaints {
    my ($self, $but) = @_;
    return grep { !defined $but || !/$but/ } @{ $self->ask(do => 'errors') };
}

sub stop {
    my ($self) = @_;
    print { $self->{to} } "{\"do\": \"end\"}\n";
    waitpid $self->{pid}, 0;
    return;
}

1;
