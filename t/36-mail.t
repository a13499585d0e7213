# Letters by SMTP: taken, refused for now, refused for good, cut off, with a login.
use strict;
use warnings;
use Cozykart;
use File::Temp ();
use IO::Socket::INET;
use MIME::Base64 qw(decode_base64);
use Stripe;
use Test::More;
use Time::HiRes qw(sleep);

if (my $why = Cozykart::missing()) { plan skip_all => $why }

# A mail server of one process: keeps each letter with what was said around it; a file says how it
# answers: "well", "busy" (451 to the sender), "no" (550 to the address), "cut" (goes away inside DATA).
my $box = File::Temp->newdir;
my $listen = IO::Socket::INET->new(Listen => 10, LocalAddr => '127.0.0.1', LocalPort => 0, ReuseAddr => 1) or die $!;
my $port = $listen->sockport;

sub mood {
    my ($word) = @_;
    open my $out, '>', "$box/mood" or die $!;
    print {$out} $word;
    close $out;
    return;
}

sub serve {
    my ($c, $n) = @_;
    open my $in, '<', "$box/mood" or die $!;
    my $mood = <$in>;
    my (@said, $letter);
    local $SIG{ALRM} = sub { POSIX::_exit(0) };
    alarm 300;
    print {$c} "220 mail.example.org\r\n";
    while (my $line = <$c>) {
        push @said, $line;
        if ($line =~ /^EHLO/) { print {$c} "250-mail.example.org\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n" }
        elsif ($line =~ /^AUTH PLAIN\s*(\S*)/) {
            if (!length $1) { print {$c} "334 \r\n"; push @said, 'AUTH PLAIN ' . ($line = <$c>) }
            print {$c} "235 welcome\r\n";
        }
        elsif ($line =~ /^MAIL/) { print {$c} $mood eq 'busy' ? "451 too much to do\r\n" : "250 ok\r\n" }
        elsif ($line =~ /^RCPT/) { print {$c} $mood eq 'no' ? "550 nobody of that name\r\n" : "250 ok\r\n" }
        elsif ($line =~ /^DATA/) {
            print {$c} "354 go on\r\n";
            return if $mood eq 'cut';
            while (defined(my $l = <$c>)) {
                last if $l eq ".\r\n";
                $letter .= $l;
            }
            open my $out, '>', "$box/part" or die $!;
            print {$out} @said, "\n", $letter;
            close $out;
            rename "$box/part", "$box/letter.$n" or die $!;
            print {$c} "250 taken\r\n";
        }
        elsif ($line =~ /^QUIT/) { print {$c} "221 bye\r\n"; return }
        else { print {$c} "250 ok\r\n" }
    }
    return;
}

mood('well');
my $server = fork // die;
if (!$server) {
    my $n = 0;
    $SIG{CHLD} = 'IGNORE';
    while (1) {
        my $c = $listen->accept or next;
        $n++;
        if (!fork) { $c->autoflush(1); serve($c, $n); close $c; POSIX::_exit(0) }
        close $c;
    }
}
END { kill 'KILL', $server if $server }

sub letters {
    return map { open my $in, '<:raw', $_ or die $!; do { local $/; <$in> } } sort glob "$box/letter.*";
}

my $secret = 'orange-' . int rand 1e9;
open my $out, '>', "$box/password" or die $!;
print {$out} "$secret\n";
close $out;
chmod 0600, "$box/password";
my $house = Cozykart->new(clock => 0, conf => "mail.to = ops\@example.org\nmail.from = house\@example.org\nmail.smtp = smtp://127.0.0.1:$port\n"
    . "mail.user = kart\nmail.password_file = $box/password\n");
my $live = Stripe->new(secret => $house->{secret}, livemode => 1);

# Each is a notice of the other mode: an alert of its own.
sub trouble {
    $house->notice($live->completed($live->order(items => [['TEE', 1, 2500]], tag => '', created => int $house->now)));
    return;
}

sub list {
    my $got = $house->json(@_);
    return ref $got eq 'HASH' ? $got->{ $_[0] } : $got;
}

sub job {
    my ($mail) = grep { $_->{kind} eq 'mail' && ($_->{state} // '') ne 'DONE' } @{ list('jobs', 'list') };
    return $mail;
}

trouble();
ok($house->wait_for(30, sub { letters() }), 'a letter comes');
my ($got) = letters();
like($got, qr/^MAIL FROM:<house\@example\.org>.*^RCPT TO:<ops\@example\.org>/ms, 'from whom, to whom');
my ($auth) = $got =~ /^AUTH PLAIN (\S+)/m;
is(decode_base64($auth // ''), "\0kart\0$secret", 'with the login');
like($got, qr/\n\nFrom: house\@example\.org\r\nTo: ops\@example\.org\r\nSubject: \[cozykart\] 1 alert: \w+\r\n/, 'its head, lines ended as mail has them');
unlike($got =~ s/.*?\n\n//sr, qr/[^\r]\n/, '… all of them');
like($got, qr/a live notice in a test installation/, 'says what happened');

mood('busy');
trouble();
ok($house->wait_for(30, sub { (job() // {})->{error} }), 'a server that cannot take it now is tried again');
like(job()->{error}, qr/did not take the letter.*451/, 'its words are kept') or diag(explain(job()));
mood('cut');
$house->ahead(3600);
ok($house->wait_for(20, sub { (job()->{tries} // 0) >= 2 }), 'so is one that went away');
is(scalar letters(), 1, 'no letter came of it');
mood('well');
$house->ahead(3600);
ok($house->wait_for(20, sub { letters() == 2 }), 'then it comes');

mood('no');
trouble();
ok($house->wait_for(30, sub { grep { $_->{kind} eq 'job_dead' } @{ list('alerts') } }), 'an address that is refused for good is an alert at once');
is(scalar letters(), 2, 'and nothing was sent');
$house->stop;
done_testing;
