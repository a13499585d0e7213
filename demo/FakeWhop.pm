# The fake Whop: transfers that a key makes once, payments and refunds of a store, notices signed as
# Standard Webhooks say. Written against Whop's documents, sharing nothing with src/. Not for: sockets
# (Serve.pm), what all providers share (FakePay.pm).
package FakeWhop;

use strict;
use warnings;
use Digest::SHA qw(hmac_sha256);
use FakePay qw(bool cents decimal flat iso);
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);
use Time::Local ();

my $json = JSON::PP->new->canonical->utf8->allow_nonref;

use constant KEY_LIVES => 30 * 86400;

sub new {
    my ($class, $pay) = @_;
    return bless { pay => $pay, transfer => [], payment => [], key => $pay->{secret}{'whop.api_key'}[0], account => $pay->{set}{'whop.account'} }, $class;
}

sub now { return $_[0]{pay}->now }

# An amount as a number of JSON: 2500 is 25.00 there, and never goes through a float here.
sub number { return bless \(my $text = decimal($_[0])), 'FakeWhop::Number' }

# The encoder writes these as they stand.
sub encode {
    my ($o) = @_;
    my @kept;
    my $mark = sub {
        my ($v, $again) = @_;
        return ref $v eq 'FakeWhop::Number' ? do { push @kept, $$v; "\x{1}$#kept\x{1}" } : ref $v eq 'HASH' ? { map { $_ => $again->($v->{$_}, $again) } keys %$v } : ref $v eq 'ARRAY' ? [map { $again->($_, $again) } @$v] : $v;
    };
    my $text = $json->encode($mark->($o, $mark));
    $text =~ s/"\\u0001(\d+)\\u0001"/$kept[$1]/g;
    return $text;
}

sub answer {
    my ($self, $status, $body) = @_;
    return { status => $status, headers => { 'Content-Type' => 'application/json' }, body => encode($body) };
}

# --- notices

sub event {
    my ($self, $type, $data) = @_;
    my $secrets = $self->{pay}{secret}{'whop.webhook_secret'} or return;
    my $id = 'msg_' . $self->{pay}->id('');
    my $body = encode({ id => $id, api_version => 'v1', timestamp => iso($self->now), type => $type, data => $data, company_id => $self->{account} });
    my $whsec = ($self->{pay}{set}{'whop.key_mode'} // 'raw') eq 'whsec';
    $self->{pay}->send_notice('whop', $type, sub {
        my $t = int $self->now;
        my @v1 = map { 'v1,' . encode_base64(hmac_sha256("$id.$t.$body", $whsec ? decode_base64($_ =~ s/^whsec_//r) : $_), '') } @$secrets;
        return { path => '/hooks/whop', agent => 'Whop-Webhooks', body => $body, headers => { 'content-type' => 'application/json', 'webhook-id' => $id, 'webhook-timestamp' => $t, 'webhook-signature' => join(' ', @v1) } };
    }, id => $id);
    return;
}

# --- a store's payments

# o: amount in cents, product, metadata, user, at (paid when), reason (one_time), shown: more fields of the payment.
sub pay {
    my ($self, %o) = @_;
    my $at = $o{at} // $self->now;
    my $left = $o{amount} - int(($o{amount} * 27 + 500) / 1000) - 30;
    my $p = {
        id => $o{id} // 'pay_' . $self->{pay}->id(''), status => 'paid', substatus => 'succeeded', total => number($o{amount}), subtotal => number($o{amount} - ($o{tax} // 0)), usd_total => number($o{amount}), currency => $o{currency} // 'usd',
        settlement_amount => number($o{amount}), settlement_currency => $o{currency} // 'usd', amount_after_fees => number($left), refunded_amount => number(0), refunded_at => undef, tax_amount => number($o{tax} // 0),
        metadata => $o{metadata} // {}, checkout_configuration_id => undef, company => { id => $self->{account}, title => 'Cozy-Kart', route => 'cozy-kart' },
        user => { id => $o{user} // 'user_fan', name => 'A Fan', username => 'afan', email => 'fan@example.org' }, plan => { id => 'plan_' . lc($o{product} // 'tee') },
        product => { id => $o{product} // 'prod_tee', title => $o{title} // 'Circuit tee', route => 'circuit-tee' }, billing_reason => $o{reason} // 'one_time', payment_method_type => 'card', card_brand => 'visa', card_last4 => '4242',
        created_at => iso($at), paid_at => iso($at), updated_at => iso($self->now), auto_refunded => bool(0), refundable => bool(1), retryable => bool(0), voidable => bool(0), refunds => [], disputes => [], %{ $o{shown} // {} },
    };
    push @{ $self->{payment} }, { id => $p->{id}, cents => $o{amount}, refunded => 0, shown => $p };
    $self->event('payment.succeeded', $p) unless $o{quiet};
    return { payment => $p->{id}, amount => $o{amount} };
}

sub payment {
    my ($self, $id) = @_;
    my ($p) = grep { $_->{id} eq $id } @{ $self->{payment} };
    return $p;
}

sub refund {
    my ($self, $id, $amount) = @_;
    my $p = $self->payment($id) // die "there is no payment $id\n";
    $amount //= $p->{cents} - $p->{refunded};
    $p->{refunded} += $amount;
    my $s = $p->{shown};
    @$s{qw(refunded_amount refunded_at updated_at substatus)} = (number($p->{refunded}), iso($self->now), iso($self->now), $p->{refunded} == $p->{cents} ? 'refunded' : 'partially_refunded');
    my $r = { id => 'rfnd_' . $self->{pay}->id(''), amount => number($amount), currency => $s->{currency}, status => 'succeeded', created_at => iso($self->now), payment => { map { $_ => $s->{$_} } qw(id total currency metadata paid_at) }, provider => 'stripe', provider_created_at => iso($self->now), reference_status => undef, reference_type => undef, reference_value => undef };
    push @{ $s->{refunds} }, { map { $_ => $r->{$_} } qw(id amount status created_at) };
    $self->event('refund.created', $r);
    return { refund => $r->{id}, amount => $amount };
}

# how: created, won, lost
sub dispute {
    my ($self, $id, $how) = @_;
    my $p = $self->payment($id) // die "there is no payment $id\n";
    my $status = { created => 'needs_response', won => 'won', lost => 'lost' }->{$how} // die "no such end of a dispute: $how\n";
    my $d = $p->{dispute} //= { id => 'dspt_' . $self->{pay}->id(''), amount => number($p->{cents}), currency => $p->{shown}{currency}, created_at => iso($self->now), reason => 'fraudulent', editable => bool(1), needs_response_by => undef, notes => undef, visa_rdr => bool(0), payment => { id => $p->{id} } };
    $d->{status} = $status;
    $self->event($how eq 'created' ? 'dispute.created' : 'dispute.updated', $d);
    return { dispute => $d->{id} };
}

# --- transfers

sub moved {
    my ($self, $to) = @_;
    my $sum = 0;
    $sum += $_->{cents} for grep { $_->{to} eq $to } @{ $self->{transfer} };
    return $sum;
}

sub party { return $_[0] =~ /^user_/ ? { id => $_[0], typename => 'User', name => 'A Racer', username => 'racer' } : { id => $_[0], typename => 'Company', route => 'cozy-kart', title => 'Cozy-Kart' } }

sub transfer_out {
    my ($t) = @_;
    return {
        id => $t->{id}, amount => number($t->{cents}), currency => $t->{currency}, created_at => iso($t->{at}), fee_amount => number(0), notes => $t->{notes}, metadata => $t->{metadata},
        origin => party($t->{from}), destination => party($t->{to}), origin_ledger_account_id => "ldgr_$t->{from}", destination_ledger_account_id => "ldgr_$t->{to}",
    };
}

# --- the interface

sub problem {
    my ($self, $req, $status, $type, $message) = @_;
    return $self->answer($status, { error => { type => $type, message => $message } });
}

sub error_answer {
    my ($self, $req, $status, $code) = @_;
    my %type = (400 => 'bad_request', 401 => 'unauthorized', 403 => 'forbidden', 404 => 'not_found', 409 => 'conflict', 422 => 'unprocessable_entity', 429 => 'too_many_requests');
    my $seconds = $status == 429 && ($code // '') =~ /^\d+\z/ ? $code : undef;
    my $answer = $self->problem($req, $status, !$seconds && ($code // '') =~ /^[a-z_]+\z/ ? $code : $type{$status} // 'internal_server_error', $status >= 500 ? 'Something went wrong' : 'The request was refused');
    $answer->{headers}{'retry-after'} = $seconds if $seconds;
    return $answer;
}

sub is_mine { return $_[0] =~ m{^/api/v1/} }

my @table = (
    ['POST', qr{^/api/v1/transfers\z},              \&create],
    ['GET',  qr{^/api/v1/transfers\z},              \&list_transfers],
    ['GET',  qr{^/api/v1/transfers/(\w+)\z},        \&show],
    ['GET',  qr{^/api/v1/payments\z},               \&list_payments],
    ['GET',  qr{^/api/v1/payments/(\w+)\z},         \&show_payment],
    ['POST', qr{^/api/v1/payments/(\w+)/refund\z},  \&ask_refund],
    ['GET',  qr{^/api/v1/ledger_accounts/(\w+)\z},  \&ledger],
);

sub api {
    my ($self, $req) = @_;
    return $self->error_answer($req, 401) unless ($req->{headers}{authorization} // '') eq "Bearer $self->{key}";
    for my $r (@table) {
        my ($method, $path, $code) = @$r;
        next unless $method eq $req->{method};
        my @part = $req->{path} =~ $path or next;
        my ($status, $how) = @{ $req->{instead} // [0, ''] };
        return $self->error_answer($req, $status) if $how eq 'kept';
        my $answer = $code->($self, $req, defined $1 ? @part : ());
        return $how eq 'after' ? $self->error_answer($req, $status) : $answer;
    }
    return $self->error_answer($req, 404);
}

# The amount is read from the bytes: a number of JSON is a float once it is decoded.
sub amount_in {
    my ($body) = @_;
    return $body =~ /"amount"\s*:\s*(\d+(?:\.\d{1,2})?)\s*[,}]/ ? cents($1) : undef;
}

sub create {
    my ($self, $req) = @_;
    my $in = $req->{json};
    return $self->error_answer($req, 400) unless ref $in eq 'HASH';
    my $cents = amount_in($req->{body});
    return $self->problem($req, 400, 'bad_request', 'amount must be a positive number with at most two decimals') unless $cents;
    return $self->problem($req, 403, 'forbidden', 'You may not move funds of this account') if ($in->{origin_id} // '') ne $self->{account};
    return $self->problem($req, 404, 'not_found', 'The destination does not exist') unless ($in->{destination_id} // '') =~ /^(?:user|biz)_\w+\z/ && !$self->{unknown}{ $in->{destination_id} };
    my $key = $in->{idempotence_key} // $req->{headers}{'idempotency-key'};
    if (defined $key) {
        my $had = $self->{pay}->repeated($req, 'whop', $key, $json->encode({ %$in, amount => "$cents" }), KEY_LIVES);
        return $self->error_answer($req, 409) if $had && $had->{what} eq 'busy';
        return $self->problem($req, 422, 'unprocessable_entity', 'This idempotence key was used with other parameters') if $had && $had->{what} eq 'other';
        return $had->{answer} if $had;
    }
    return $self->problem($req, 400, 'insufficient_balance', 'The account\'s balance is too small') if $self->{strict} && $self->available < $cents;
    my $t = { id => 'ctt_' . $self->{pay}->id(''), cents => $cents, currency => $in->{currency} // 'usd', from => $in->{origin_id}, to => $in->{destination_id}, notes => $in->{notes}, metadata => $in->{metadata}, at => $self->now };
    push @{ $self->{transfer} }, $t;
    $req->{effect} = 1;
    return $self->{pay}->keep($req, $self->answer(200, transfer_out($t)));
}

sub show {
    my ($self, $req, $id) = @_;
    my ($t) = grep { $_->{id} eq $id } @{ $self->{transfer} };
    return $t ? $self->answer(200, transfer_out($t)) : $self->error_answer($req, 404);
}

# "2026-11-21T16:00:00Z" with or without fractions
sub time_of {
    my ($text) = @_;
    return ($text // '') =~ /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/ ? Time::Local::timegm($6, $5, $4, $3, $2 - 1, $1) : undef;
}

sub page {
    my ($self, $q, $at, @all) = @_;
    my ($low, $high) = map { time_of($q->{$_}) } qw(created_after created_before);
    @all = grep { (!defined $low || $at->($_) >= $low) && (!defined $high || $at->($_) <= $high) } @all;
    @all = reverse @all unless ($q->{direction} // 'desc') eq 'asc';
    my $from = ($q->{after} // '') =~ /^c(\d+)\z/ ? $1 : 0;
    my $n = ($q->{first} // '') =~ /^[1-9]\d?\z/ ? $q->{first} : 25;
    my @page = grep { defined } @all[$from .. $from + $n - 1];
    my $more = @all > $from + $n;
    return (\@page, { start_cursor => "c$from", end_cursor => $more ? 'c' . ($from + $n) : undef, has_next_page => bool($more), has_previous_page => bool($from) });
}

sub list_transfers {
    my ($self, $req) = @_;
    my $q = flat($req->{query});
    return $self->problem($req, 400, 'bad_request', 'origin_id or destination_id is needed') unless defined $q->{origin_id} || defined $q->{destination_id};
    my @all = grep { (!defined $q->{origin_id} || $_->{from} eq $q->{origin_id}) && (!defined $q->{destination_id} || $_->{to} eq $q->{destination_id}) } @{ $self->{transfer} };
    my ($page, $info) = $self->page($q, sub { int $_[0]{at} }, @all);
    return $self->answer(200, { data => [map { transfer_out($_) } @$page], page_info => $info });
}

sub list_payments {
    my ($self, $req) = @_;
    my $q = flat($req->{query});
    my @all = @{ $self->{payment} };
    my ($low, $high) = map { time_of($q->{$_}) } qw(updated_after updated_before);
    @all = grep { my $t = time_of($_->{shown}{updated_at}); (!defined $low || $t >= $low) && (!defined $high || $t <= $high) } @all;
    my ($page, $info) = $self->page($q, sub { time_of($_[0]{shown}{created_at}) }, @all);
    return $self->answer(200, { data => [map { $_->{shown} } @$page], page_info => $info });
}

sub show_payment {
    my ($self, $req, $id) = @_;
    my $p = $self->payment($id);
    return $p ? $self->answer(200, $p->{shown}) : $self->error_answer($req, 404);
}

sub ask_refund {
    my ($self, $req, $id) = @_;
    my $p = $self->payment($id) // return $self->error_answer($req, 404);
    my $left = $p->{cents} - $p->{refunded};
    my $amount = $req->{body} =~ /"partial_amount"\s*:\s*(\d+(?:\.\d{1,2})?)\s*[,}]/ ? cents($1) : $left;
    return $self->problem($req, 400, 'bad_request', 'This payment cannot be refunded') if !$amount || $amount > $left;
    $self->refund($id, $amount);
    $req->{effect} = 1;
    return $self->answer(200, $p->{shown});
}

# What payments brought, less what went out; what came by hand is the start.
sub available {
    my ($self) = @_;
    my $sum = $self->{start} // 0;
    $sum += (cents(${ $_->{shown}{amount_after_fees} }) // 0) - $_->{refunded} for @{ $self->{payment} };
    $sum -= $_->{cents} for @{ $self->{transfer} };
    return $sum;
}

# From now on so many cents are there, and no more than there are can be sent.
sub set_balance {
    my ($self, $cents) = @_;
    my $more = $cents - $self->available;
    $self->{start} += $more;
    $self->{strict} = 1;
    $self->event('ledger_account.funds_available', $self->ledger_out) if $more > 0;
    return {};
}

sub ledger_out {
    my ($self) = @_;
    my $sum = $self->available;
    return { id => "ldgr_$self->{account}", ledger_type => 'primary', transfer_fee => undef, owner => party($self->{account}), balances => [{ currency => 'usd', balance => number($sum), pending_balance => number(0), reserve_balance => number(0) }] };
}

# Of the company, by its own id or that of the account.
sub ledger {
    my ($self, $req, $id) = @_;
    return $self->error_answer($req, 404) unless $id eq $self->{account} || $id eq "ldgr_$self->{account}";
    return $self->answer(200, $self->ledger_out);
}

1;
