# The micro-cache is for visitors only, and limits refuse in words.
use strict;
use warnings;
use Cozykart;
use HTTP::Tiny;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep);

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $house = Cozykart->new;
my $race = $house->race(2);

sub login {
    my ($name) = @_;
    my $path = '/login/' . $house->json('login-link', $name)->{token};
    my ($form) = $house->get($path)->{content} =~ m{<form[^>]*method="post"[^>]*>(.*?)</form>}s;
    my %field = $form =~ m{<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"}g;
    my $r = $house->post($path, HTTP::Tiny->new->www_form_urlencode(\%field),
        'content-type' => 'application/x-www-form-urlencoded', origin => $house->url);
    return ($r->{headers}{'set-cookie'} =~ /^([^;]+)/)[0];
}
my %cookie = map { $_ => login($_) } qw(Nova Piston);

# Same addresses, three people, many times: nobody ever sees another's header.
my $mixed = 0;
for my $n (1 .. 40) {
    for my $path ('/', "/race/$race", '/races') {
        my $nova = $house->get($path, cookie => $cookie{Nova})->{content};
        my $visitor = $house->get($path)->{content};
        my $piston = $house->get($path, cookie => $cookie{Piston})->{content};
        s{<main.*?</main>|<title>.*?</title>}{}gs for $nova, $visitor, $piston;
        $mixed++, diag("$path\n$visitor\n$nova") if $nova !~ /Nova/ || $nova =~ /Piston/ || $piston !~ /Piston/ || $piston =~ /Nova/ || $visitor =~ /Nova|Piston/;
    }
    last if $mixed;
    sleep 0.1;
}
is($mixed, 0, 'headers of two members and a visitor are never mixed up');
my $r = $house->get('/', cookie => $cookie{Nova});
like($r->{headers}{'cache-control'}, qr/private|no-store/, 'a member\'s page is not for shared caches');

# Visitors share an answer for two seconds.
$house->wait_for(20, sub { $house->get("/race/$race?n=0")->{status} == 200 });
my $first;
ok($house->wait_for(20, sub {
    $first = $house->get("/race/$race?n=1")->{headers}{'x-request-id'};
    return $house->get("/race/$race?n=1")->{headers}{'x-request-id'} eq $first;
}), 'a visitor gets the cached page');
ok($house->wait_for(6, sub { $house->get("/race/$race?n=1")->{headers}{'x-request-id'} ne $first }), 'for a moment only');

# More than a person can do: all at once, so that it is a flood wherever this runs.
my $flood = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $house->{port}) or die "flood: $!";
my $one = "GET /races?n=1 HTTP/1.1\r\nHost: 127.0.0.1:$house->{port}\r\n";
print {$flood} "$one\r\n" x 900, "${one}Connection: close\r\n\r\n";
my $answers = do { local $/; <$flood> };
my ($refused) = $answers =~ m{^(HTTP/1\.1 429 .*?)(?:^HTTP/1\.1 |\z)}ms;
ok($refused, 'a flood from one address is refused with 429');
like($refused // '', qr/Wait a few seconds/, 'in words');
like($refused // '', qr/^retry-after: \d/mi, 'and with a time');
is($house->notice($house->stripe->completed($house->shirt($race)))->{status}, 200, 'notices of shops are not in its way');

$house->stop;
done_testing;
