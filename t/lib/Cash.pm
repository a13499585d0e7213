# Members with money, and payouts of theirs through the stand-in of the providers, for tests that break
# one or the other. Core modules, and sqlite3 to look into the ledger.
#
#   my $cash = Cash->new(wallet => 50_000);
#   my $id = $cash->out('paypal', 2500);
#   $cash->until_ended($id);
#   is($cash->judge, '', 'paid once or returned whole');
package Cash;

use strict;
use warnings;
use Cozykart;
use JSON::PP ();
use POSIX ();
use Time::HiRes qw(sleep time);
use Vault;

my %member = (stripe => 'Nova', paypal => 'Piston', whop => 'Juno');
my %to = (paypal => 'piston@example.org', whop => 'user_juno1');
# How an order to pay looks from outside.
our %order = (stripe => 'POST /v1/transfers', paypal => 'POST /v1/payments/payouts', whop => 'POST /api/v1/transfers');
our @providers = qw(stripe paypal whop);

# Why it cannot be done here, or undef.
sub missing { return Cozykart::missing() || (grep({ -x "$_/sqlite3" } split /:/, $ENV{PATH} // '') ? undef : 'sqlite3 is not installed') }

# wallet: cents that each of the three has; conf: further settings; env: of the processes.
sub new {
    my ($class, %o) = @_;
    my $house = Cozykart->new(pay => 1, clock => 0, env => $o{env} // {},
        conf => "payout.wait_h = 0\npayout.min = 100\npayout.tax_notice = 0\nmoney.clear_h = 0\nwindow.grace_s = 0\n" . ($o{conf} // ''));
    my $self = bless { house => $house, vault => Vault->new($house), n => 0, to => { %to }, id => [], method => {}, session => {} }, $class;
    $self->earn($o{wallet} // 50_000);
    $self->destination($_) for @providers;
    return $self;
}

sub house { return $_[0]{house} }
sub pay   { return $_[0]{house}->pay }

# Rows of the ledger file, as hashes.
sub rows {
    my ($self, $sql) = @_;
    my $pid = open(my $in, '-|') // die "fork: $!";
    if (!$pid) {
        { exec 'sqlite3', '-readonly', '-json', '-cmd', '.timeout 60000', "$self->{house}{home}/data/ledger.db", $sql; }
        POSIX::_exit(127);
    }
    my $text = do { local $/; <$in> } // '';
    close $in;
    die "sqlite3: status $?\n" if $?;
    return length $text ? @{ JSON::PP::decode_json($text) } : ();
}

# One race of all three whose pot gives each as much.
sub earn {
    my ($self, $cents) = @_;
    my $h = $self->{house};
    $h->json('rule', 'add', 'even', '--share', 'equal', '--clear-h', 0);
    my %have = map { $_->{name} => 1 } @{ $h->json('member', 'list') };
    for my $name ('Apex', values %member) { $h->json('member', 'add', $name, $name eq 'Apex' ? ('--role', 'host') : ()) unless $have{$name} }
    $h->run('product', 'add', 'TEE', 'Circuit tee', '9.00');
    my $race = $h->json('race', 'open', '--host', 'Apex', '--rule', 'even')->{race};
    $h->json('race', 'join', $race, $member{$_}) for @providers;
    $h->json('race', 'start', $race);
    my $need = $cents * @providers * 5;
    while ($need > 0) {
        my $number = $need > 2_000_000 ? 800 : 1 + int $need / 2500;
        my $r = $h->notice($h->stripe->completed($h->shirt($race, items => [['TEE', $number, 2500]], created => int $h->now)));
        die "a sale was refused: $r->{status} $r->{content}\n" unless $r->{status} == 200;
        $need -= 2500 * $number;
    }
    $h->ahead(2);
    $h->json('race', 'finish', $race);
    $h->ahead(2);
    $h->json('race', 'result', $race, '--seat', $_, '--place', $_) for 1 .. @providers;
    $h->ahead(15 * 60);
    $h->wait_for(30, sub { $self->available('whop') >= $cents }) or die "the race did not settle\n" . $h->log('jobs');
    return;
}

sub available {
    my ($self, $provider) = @_;
    return $self->{house}->json('balance', $member{$provider})->{available};
}

sub ask { my ($self, @question) = @_; return $self->again(sub { $self->{vault}->ask(@question) }) }

# As people do: again while the vault is away.
sub again {
    my ($self, $code) = @_;
    my $a;
    my $end = Cozykart::moment() + Cozykart::patience(10);
    do {
        $a = $code->();
        return $a if $a->{name} ne 'E_BUSY';
        sleep 0.1;
    } while Cozykart::moment() < $end;
    return $a;
}

# Money moves within five minutes of a login, by the house's clock: who asks later logs in again,
# while the vault is away as often as it takes.
sub session {
    my ($self, $provider) = @_;
    my $s = $self->{session}{$provider};
    return $s->{token} if $s && $self->{house}->now - $s->{at} < 120;
    my $token;
    for (1 .. 100) {
        last if $token = eval { $self->{vault}->session($member{$provider}) };
        sleep 0.1;
    }
    die "no session for $member{$provider}: $@" unless $token;
    $self->{session}{$provider} = { token => $token, at => $self->{house}->now };
    return $token;
}

sub destination {
    my ($self, $provider) = @_;
    my @who = (session => $self->session($provider));
    my $set = $self->ask('method.set', @who, kind => $provider, ($to{$provider} ? (to => $to{$provider}) : ()));
    die "no $provider: $set->{name} " . ($set->{why} // '') . "\n" unless $set->{ok};
    my $id = $self->{method}{$provider} = $set->{method};
    my $yes = $self->ask('method.confirm', @who, method => \$id);
    die "$provider is not confirmed: $yes->{name} " . ($yes->{why} // '') . "\n" unless $yes->{ok};
    if ($provider eq 'stripe') {
        my $h = $self->{house};
        my $made = $h->wait_for(30, sub { my ($m) = $self->rows("SELECT dest, url FROM method WHERE id = $id AND url <> ''"); $m })
            or die "no account was made\n" . $h->log('jobs');
        $self->{to}{stripe} = $made->{dest};
        $self->pay->account_ready($made->{dest}, 1);
    }
    $self->{house}->wait_for(30, sub { $self->rows("SELECT 1 FROM method WHERE id = $id AND state = 'ready'") })
        or die "$provider is not ready\n" . $self->{house}->log('jobs');
    return;
}

# Asks for a payout; its number.
sub out {
    my ($self, $provider, $cents) = @_;
    my $key = sprintf 'k%d-%d', $$, ++$self->{n};
    my $a = $self->ask('payout.ask', session => $self->session($provider), method => "$self->{method}{$provider}", amount => sprintf('%.2f', $cents / 100), key => $key);
    die "no payout: $a->{name} " . ($a->{why} // '') . "\n" unless $a->{ok};
    push @{ $self->{id} }, $a->{payout};
    return $a->{payout};
}

sub payout { my ($self, $id) = @_; my ($row) = $self->rows("SELECT * FROM payout WHERE id = $id"); return $row }
sub steps { my ($self, $id) = @_; return map { $_->{state} } $self->rows("SELECT state FROM payout_step WHERE payout_id = $id ORDER BY n") }

# Waits, and moves the clock on to what is to be done next, until it has ended; its state.
sub until_ended {
    my ($self, $id, $seconds) = @_;
    my $end = Cozykart::moment() + Cozykart::patience(2 * ($seconds // 60));
    my $row;
    while (Cozykart::moment() < $end) {
        $row = $self->payout($id);
        return $row->{state} if $row->{state} =~ /^(?:SETTLED|RETURNED|CANCELLED)\z/;
        $self->forward;
        sleep 0.05;
    }
    return "$row->{state}, not ended: $row->{reason}";
}

# Moves on until there is an alert that this payout waits.
sub tell_waiting {
    my ($self, $id) = @_;
    return $self->{house}->wait_for(20, sub { $self->forward; $self->rows("SELECT 1 FROM alert WHERE kind = 'payout_waits' AND key = 'payout:$id' AND resolved_at IS NULL") });
}

# To the moment the next job about money is due, when none is due now.
sub forward {
    my ($self) = @_;
    my ($next) = $self->rows("SELECT MIN(CASE WHEN state = 'leased' THEN lease_until ELSE due_at END) AS at FROM outbox WHERE state IN ('due', 'leased') AND kind IN ('pay', 'account', 'paypal.cert')");
    my $ahead = ($next->{at} // 0) / 1000 - $self->{house}->now;
    $self->{house}->ahead(int($ahead) + 1) if $ahead > 0 && $self->{calm}++ > 4;
    $self->{calm} = 0 if $ahead <= 0;
    return;
}

# What is not as it must be, in words; '' for nothing: what reached the three is what the ledger calls
# settled, what did not is back in their wallets, and nothing is between.
sub judge {
    my ($self) = @_;
    my @wrong;
    for my $p (@providers) {
        my ($settled) = $self->rows("SELECT COALESCE(SUM(amount - fee), 0) AS cents FROM payout WHERE kind = '$p' AND state = 'SETTLED'");
        my $moved = $self->pay->moved($self->{to}{$p});
        push @wrong, "$p moved $moved, settled $settled->{cents}" if $moved != $settled->{cents};
    }
    push @wrong, map { "payout $_->{id} is $_->{state}: $_->{reason}" } $self->rows("SELECT id, state, reason FROM payout WHERE state NOT IN ('SETTLED', 'RETURNED', 'CANCELLED')");
    push @wrong, map { "account $_->{code} holds $_->{cents}" } $self->rows("SELECT a.code AS code, b.bal AS cents FROM balance b JOIN account a ON a.id = b.account_id WHERE a.code LIKE 'L:payout%' AND b.bal <> 0");
    return join '; ', @wrong;
}

1;
