# What people of the race night do with their money, through pages and Discord: set up where they are
# paid to, tip a DJ, cash out, fulfil. And whether every surface names the same cents for somebody.
# Not for: the races (night), what providers do (fakepay).
package Purses;

use strict;
use warnings;
use Discord;
use JSON::PP ();
use Time::HiRes qw(time);
use Visitor;

my $json = JSON::PP->new->utf8;

# url; pay: Pay; discord: Discord; ck: the people's command, as in night; heard: as there.
sub new {
    my ($class, %o) = @_;
    return bless { %o, visitor => {}, called => {} }, $class;
}

# As the house calls somebody of Discord: the newest where it had to add a number.
sub name_of {
    my ($self, $name) = @_;
    return $self->{called}{$name} //= (sort grep { /^\Q$name\E(?: \d+)?\z/ } map { $_->{name} } @{ $self->{ck}->(1, 'member', 'list') })[0] // die "night: there is no $name\n";
}

# A browser that is logged in, and not for long: money moves within five minutes of a login.
sub at {
    my ($self, $name) = @_;
    my $now = $self->{discord}{clock}->();
    return $self->{visitor}{$name} if $self->{visitor}{$name} && $now - $self->{since}{$name} < 120;
    $self->{since}{$name} = $now;
    my $token = $self->{ck}->(1, 'login-link', $self->name_of($name), '--minutes', 600)->{token};
    my $v = Visitor->new($self->{url})->open("/login/$token")->submit(qr/Log in as/, {});
    return $self->{visitor}{$name} = $v;
}

# Logins of weeks ago are over.
sub later { my ($self) = @_; $self->{visitor} = {}; return }

sub must {
    my ($v, $what, $good) = @_;
    die "night: $what: $v->{url} says $v->{status}: " . substr($v->read, 0, 1600) . "\n" unless $good;
    return;
}

# --- where people are paid to

# Set up, though it may have to wait a day yet.
sub has_method {
    my ($self, $name, $kind) = @_;
    my %words = (stripe => qr/Stripe \S+0\d+ (?:ready|not yet)(?!(?:(?! PayPal ).)*Go on with the set-up)/, paypal => qr/PayPal \S+\@\S+ (?:ready|not yet)(?!(?:(?! Whop ).)*onfirm it)/);
    return $self->at($name)->open('/wallet/methods')->read =~ $words{$kind};
}

# The button of the message that Discord brought about it: a browser alone is not enough.
sub confirm {
    my ($self, $name) = @_;
    my $who = $self->{discord}->person($name);
    my $end = time + 60;
    while (1) {
        my $state = $json->decode($self->{pay}{http}->get("$self->{discord}{fake}/_fake/state")->{content});
        my ($message) = reverse grep { !$_->{deleted} && ($_->{direct_to} // '') eq $who->{id} && grep { ($_->{label} // '') eq 'Confirm' } Discord::controls($_) } @{ $state->{messages} };
        return $self->{discord}->press($who, $message, qr/^Confirm\z/) if $message;
        die "night: nobody asked $name whether a new destination is right\n" if time > $end;
        Time::HiRes::sleep(0.1);
    }
}

sub set_up_paypal {
    my ($self, $name, $to) = @_;
    my $v = $self->at($name);
    $v->open('/wallet/methods')->submit(qr/Add it|Replace it/, { kind => 'paypal' }, to => $to);
    $self->confirm($name);
    must($v, "$name sets up PayPal", $self->has_method($name, 'paypal'));
    return;
}

# Over the page of Stripe and back.
sub set_up_stripe {
    my ($self, $name) = @_;
    my $v = $self->at($name);
    $v->open('/wallet/methods')->submit(qr/Set it up at Stripe/, { kind => 'stripe' });
    $self->confirm($name);
    $v->open('/wallet/methods')->submit(qr/Go on with the set-up at Stripe/, { kind => 'stripe' });
    must($v, "$name goes to Stripe", $v->waits_for(15, sub { $_[0]{url} =~ m{/setup/} }));
    $v->submit(qr/Finish</, {}, do => 'ready');
    must($v, "$name is set up at Stripe", $v->waits_for(15, sub { $_[0]->open('/wallet/methods'); $self->has_method($name, 'stripe') }));
    return;
}

# --- cashing out

# Gives the payout's page.
sub cash_out {
    my ($self, $name, $kind, $amount) = @_;
    my $v = $self->at($name)->open('/wallet/payout');
    my ($method) = $v->{text} =~ m{<input type="radio" name="method" value="([^"]+)"(?![^>]*disabled)[^>]*><span><b>\Q$kind\E</b>};
    must($v, "$name cashes out by $kind", defined $method);
    $v->submit(qr/How much/, {}, method => $method, amount => $amount);
    $v->submit(qr/Pay out \$/, {});
    must($v, "$name cashes out", $v->{url} =~ m{/wallet/payout/\d+});
    return $v->{url} =~ s/\?.*//r;
}

# The same from Discord.
sub cash_out_told {
    my ($self, $name, $kind, $amount) = @_;
    my $who = $self->{discord}->person($name);
    my $asked = $self->{discord}->command($who, 'cashout', amount => $amount, method => $kind);
    my $done = $self->{discord}->press($who, $asked->message, qr/^Confirm\z/);
    my ($id) = $done->text =~ /Payout (\d+)/ or die "night: $name cashes out: " . $done->text . "\n";
    return "/wallet/payout/$id";
}

# Waits until the page of a payout says so.
sub becomes {
    my ($self, $name, $page, $words, $seconds) = @_;
    my $v = $self->at($name);
    must($v, "the payout of $name", $v->waits_for($seconds // 20, sub { $_[0]->open($page)->read =~ $words }));
    return $v;
}

# One of the staff gives what was asked for; its member reads the code.
sub fulfil {
    my ($self, $staff, $name, $page, $brand, $code) = @_;
    my $v = $self->at($staff)->open('/ops/payouts');
    $v->submit(qr/Give it to \Q@{[ $self->name_of($name) ]}\E/, {}, brand => $brand, code => $code);
    must($v, "$staff gives $name a code", $v->{status} == 200 && $v->read =~ /Done/);
    my $own = $self->becomes($name, $page, qr/Show the code/);
    $own->submit(qr/Show the code/, {});
    must($own, "$name reads the code", $own->read =~ /\Q$code\E/);
    return;
}

# --- tips

# A fan tips a DJ and asks for a song, over our page and that of Stripe; gives what was paid.
sub tip {
    my ($self, $dj, %with) = @_;
    my $fan = Visitor->new($self->{url});
    $fan->open('/dj/' . $self->name_of($dj) =~ s/ /%20/gr)->submit(qr/name="title"/, {}, %with);
    must($fan, "a fan tips $dj", $fan->waits_for(15, sub { $_[0]{url} =~ m{/c/pay/} }));
    my ($session) = $fan->{url} =~ m{/c/pay/(\w+)};
    $fan->submit(qr/>Pay</, {}, do => 'pay');
    must($fan, 'the tip arrives', $fan->waits_for(15, sub { $_[0]{url} =~ m{/tip/} && $_[0]->read =~ / arrived\./ }));
    return { %{ $self->{pay}->object($session) }, page => $fan->{url} };
}

# --- the same cents everywhere

sub cents { return $_[0] =~ /^(-|−|\+)?\$?([\d,]+)\.(\d\d)\z/ ? (($1 // '') =~ /^(?:-|−)\z/ ? -1 : 1) * ($2 =~ s/,//gr . $3) : die "night: no amount: $_[0]\n" }

# A line of CSV.
sub fields {
    my ($line) = @_;
    my @f;
    push @f, defined $1 ? $1 =~ s/""/"/gr : $2 while $line =~ /\G(?:"((?:[^"]|"")*)"|([^,]*))(?:,|\z)/gc && pos($line) <= length $line && @f < 14;
    return @f;
}

# Sums by the name of the account: of a member's own export, or of the books of the house.
sub exported {
    my ($self, @of) = @_;
    my ($head, @lines) = split /\r?\n/, $self->{ck}->(0, 'export', '--format', 'csv', @of);
    my @names = fields($head);
    my (%sum, %last);
    for my $line (grep { length && !/^#/ } @lines) {
        my %f;
        @f{@names} = fields($line);
        $sum{ $f{account} } += $f{amount_minor};
    }
    return \%sum;
}

# What the page, its JSON, /wallet in Discord, the command and both exports say of somebody; dies where
# they differ. books: exported() of the house.
sub surfaces {
    my ($self, $name, $books) = @_;
    my $called = $self->name_of($name);
    my $v = $self->at($name);
    my $balance = $self->{ck}->(1, 'balance', $called);
    my %want = map { $_ => $balance->{$_} } qw(pending available held);
    my $read = $v->open('/wallet')->read;
    my %page = map { $_ => $read =~ /\b$_ (\S*\d\.\d\d)/ ? cents($1) : 'nothing' } keys %want;
    my $data = $json->decode($v->open('/wallet.json')->{text});
    my %json = map { $_ => $data->{$_}{minor} // $data->{$_}{amount} } keys %want;
    my $told = $self->{discord}->command($self->{discord}->person($name), 'wallet');
    my %told = map { $_->{name} => $_->{value} } @{ $told->data->{embeds}[0]{fields} };
    my %discord = map { $_ => cents($told{ ucfirst $_ }) } keys %want;
    my $own = $self->exported('--member', $called);
    # What is held is with the house for the time being: exports say it left, or came.
    my %csv = (map({ $_ => $own->{$_} // 0 } qw(pending available)), held => $want{held});
    my %house = (pending => -($books->{"L:wallet_pending:$data->{member}"} // 0), available => -($books->{"L:wallet:$data->{member}"} // 0), held => $want{held});
    my %all = (command => \%want, page => \%page, json => \%json, discord => \%discord, 'own export' => \%csv, 'the books' => \%house);
    my %text = map { my $of = $_; $of => join ' ', map { "$_=$all{$of}{$_}" } sort keys %want } keys %all;
    my %differ = map { $_ => 1 } values %text;
    die "night: the wallet of $called differs:\n" . join('', map { "  $_: $text{$_}\n" } sort keys %text) if keys %differ > 1;
    # The reasons of the balance add up to it.
    my $sum = 0;
    $sum += $_->{amount} for @{ $self->{ck}->(1, 'explain', $called)->{reasons} };
    die "night: the reasons of $called give $sum, not " . ($want{pending} + $want{available}) . "\n" if $sum != $want{pending} + $want{available};
    return \%want;
}

1;
