# The fake Stripe: checkouts, charges, refunds, disputes, transfers and connected accounts that stay,
# keys that repeat the first answer, signed events. Written against Stripe's documents, sharing nothing
# with src/. Not for: sockets (Serve.pm), what all providers share (FakePay.pm), pages (FakeCheckout.pm).
package FakeStripe;

use strict;
use warnings;
use Digest::SHA qw(hmac_sha256_hex);
use FakePay qw(bool flat form);
use JSON::PP ();

my $json = JSON::PP->new->canonical->utf8->allow_nonref;

use constant { VERSION => '2026-10-28.endive', DAY => 86400, KEY_LIVES => 86400 };

sub new {
    my ($class, $pay) = @_;
    return bless { pay => $pay, object => {}, of => {}, balance => 0, key => $pay->{secret}{'stripe.api_key'}[0] }, $class;
}

sub now { return int $_[0]{pay}->now }

# --- objects

sub add {
    my ($self, $prefix, $object, %fields) = @_;
    my $o = { id => $self->{pay}->id($prefix), object => $object, created => $self->now, livemode => bool(0), metadata => {}, %fields };
    $self->{object}{ $o->{id} } = $o;
    push @{ $self->{of}{$object} }, $o->{id};
    return $o;
}

sub get {
    my ($self, $id, $object) = @_;
    my $o = $self->{object}{ $id // '' };
    return $o && (!$object || $o->{object} eq $object) ? $o : undef;
}

sub all {
    my ($self, $object) = @_;
    return map { $self->{object}{$_} } @{ $self->{of}{$object} // [] };
}

# Without our own notes, which begin with a dot; and copied, so that what was sent stays as it was.
sub public {
    my ($o) = @_;
    return ref $o eq 'HASH' ? { map { $_ => public($o->{$_}) } grep { !/^\./ } keys %$o } : ref $o eq 'ARRAY' ? [map { public($_) } @$o] : $o;
}

# expand[0]=payment_intent.latest_charge: ids become what they name.
sub expanded {
    my ($self, $o, $paths) = @_;
    my $copy = public($o);
    for my $path (@$paths) {
        my @at = ($copy);
        for my $step (split /\./, $path) {
            my @next;
            for my $at (@at) {
                next unless ref $at eq 'HASH';
                if ($step eq 'data' && ref $at->{data} eq 'ARRAY') {
                    push @next, @{ $at->{data} };
                    next;
                }
                my $found = defined $at->{$step} && !ref $at->{$step} ? $self->get($at->{$step}) : undef;
                $at->{$step} = public($found) if $found;
                push @next, $at->{$step};
            }
            @at = @next;
        }
    }
    return $copy;
}

# --- events

# account: of a connected account, which has an endpoint of its own. Several secrets: each signs, as while one is rolled.
sub event {
    my ($self, $type, $object, %more) = @_;
    my $e = $self->add('evt_', 'event', api_version => VERSION, pending_webhooks => 1, type => $type,
        request => { id => undef, idempotency_key => undef }, data => { object => public($object), ($more{before} ? (previous_attributes => $more{before}) : ()) },
        ($more{account} ? (account => $more{account}) : ()));
    delete $e->{metadata};
    my $body = $json->encode(public($e));
    my $connect = $more{account} ? 1 : 0;
    my $secrets = $self->{pay}{secret}{ $connect ? 'stripe.connect_secret' : 'stripe.webhook_secret' } or return;
    my $path = $connect ? '/hooks/stripe-connect' : '/hooks/stripe';
    $self->{pay}->send_notice($connect ? 'stripe-connect' : 'stripe', $type, sub {
        my $t = $self->now;
        return { path => $path, agent => 'Stripe/1.0 (+https://stripe.com/docs/webhooks)', body => $body, headers => {
            'content-type' => 'application/json; charset=utf-8',
            'stripe-signature' => join(',', "t=$t", map { 'v1=' . hmac_sha256_hex("$t.$body", $_) } @$secrets),
        } };
    }, id => $e->{id});
    return;
}

# --- money that moved: one line each, with its fee

sub money {
    my ($self, $type, $amount, $fee, $source, %more) = @_;
    my $t = $self->add('txn_', 'balance_transaction', amount => $amount, fee => $fee, net => $amount - $fee, currency => 'usd', type => $type,
        reporting_category => $more{category} // $type, source => $source, description => $more{description}, exchange_rate => undef, status => 'pending',
        fee_details => [$fee ? { amount => $fee, application => undef, currency => 'usd', description => 'Stripe processing fees', type => 'stripe_fee' } : ()],
        available_on => $more{available_on} // $self->now);
    delete @$t{qw(livemode metadata)};
    return $t;
}

sub balances {
    my ($self) = @_;
    my ($available, $pending) = ($self->{balance}, 0);
    for my $t ($self->all('balance_transaction')) {
        my $ripe = $t->{available_on} <= $self->now;
        $t->{status} = 'available' if $ripe;
        ($ripe ? $available : $pending) += $t->{net};
    }
    return ($available, $pending);
}

# From now on so many cents are there, and no more than there are can be sent.
sub set_balance {
    my ($self, $cents) = @_;
    my ($available) = $self->balances;
    $self->{balance} += $cents - $available;
    $self->{strict} = 1;
    $self->event('balance.available', $self->show_balance({ headers => {} })) if $cents > $available;
    return {};
}

# --- a fan pays

sub fee_of { return int(($_[0] * 29 + 500) / 1000) + 30 }

# Both the checkout's button and the order of a test end here. o: fee, quiet (no notices), created, email
sub pay_session {
    my ($self, $id, %o) = @_;
    my $s = $self->get($id, 'checkout.session') // die "there is no session $id\n";
    $self->tick;
    die "the session $id is $s->{status}\n" if $s->{status} ne 'open';
    my %of = map { $_ => $s->{'.intent'}{$_} } qw(metadata transfer_group description);
    my ($intent, $charge) = $self->charge($s->{amount_total}, $s->{currency}, %o, %of);
    @$s{qw(status payment_status payment_intent)} = ('complete', $o{unpaid} ? 'unpaid' : 'paid', $intent->{id});
    $s->{customer_details} = { email => $o{email} // 'fan@example.org', name => $o{name} // 'A Fan', address => { country => 'US' }, phone => undef, tax_exempt => 'none', tax_ids => [] };
    $self->event('payment_intent.succeeded', $intent) unless $o{quiet};
    $self->event('charge.succeeded', $charge) unless $o{quiet};
    $self->event('checkout.session.completed', $s) unless $o{quiet};
    return { session => $s->{id}, payment => $intent->{id}, charge => $charge->{id}, amount => $s->{amount_total}, fee => $self->get($charge->{balance_transaction})->{fee} };
}

sub charge {
    my ($self, $amount, $currency, %o) = @_;
    my $intent = $self->add('pi_', 'payment_intent', amount => $amount, amount_received => $amount, amount_capturable => 0, currency => $currency, status => 'succeeded',
        metadata => $o{metadata} // {}, transfer_group => $o{transfer_group}, description => $o{description}, last_payment_error => undef, payment_method => $self->{pay}->id('pm_'), latest_charge => undef);
    my $charge = $self->add('ch_', 'charge', amount => $amount, amount_captured => $amount, amount_refunded => 0, captured => bool(1), currency => $currency, paid => bool(1),
        payment_intent => $intent->{id}, refunded => bool(0), disputed => bool(0), status => 'succeeded', metadata => { %{ $intent->{metadata} } }, transfer_group => $o{transfer_group},
        description => $o{description}, payment_method => $intent->{payment_method}, failure_code => undef, failure_message => undef, outcome => { network_status => 'approved_by_network', type => 'authorized' });
    my $t = $self->money('charge', $amount, $o{fee} // fee_of($amount), $charge->{id}, available_on => $self->now + ($o{pending_s} // 2 * DAY));
    @$charge{qw(balance_transaction)} = ($t->{id});
    $intent->{latest_charge} = $charge->{id};
    return ($intent, $charge);
}

# A payment that no checkout of ours made: from somebody's shop page at Stripe, with what it says of it.
sub direct {
    my ($self, %o) = @_;
    my ($intent, $charge) = $self->charge($o{amount}, $o{currency} // 'usd', %o);
    my $s = $self->add('cs_test_', 'checkout.session', mode => 'payment', status => 'complete', payment_status => 'paid', amount_total => $o{amount}, amount_subtotal => $o{amount},
        currency => $o{currency} // 'usd', payment_intent => $intent->{id}, client_reference_id => $o{reference}, metadata => $o{metadata} // {}, expires_at => $self->now + DAY, url => undef);
    $self->event('payment_intent.succeeded', $intent);
    $self->event('charge.succeeded', $charge);
    $self->event('checkout.session.completed', $s);
    return { session => $s->{id}, payment => $intent->{id}, charge => $charge->{id}, amount => $o{amount}, fee => $self->get($charge->{balance_transaction})->{fee} };
}

# What time does: checkouts end, money becomes available.
sub tick {
    my ($self) = @_;
    for my $s ($self->all('checkout.session')) {
        next unless $s->{status} eq 'open' && $s->{expires_at} <= $self->now;
        $s->{status} = 'expired';
        $s->{url} = undef;
        $self->event('checkout.session.expired', $s);
    }
    return;
}

# --- refunds and disputes

sub charge_of {
    my ($self, $id) = @_;
    my $o = $self->get($id) or return;
    return $o->{object} eq 'charge' ? $o : $o->{object} eq 'payment_intent' ? $self->get($o->{latest_charge}) : undef;
}

sub refund {
    my ($self, $charge, $amount, %o) = @_;
    my $r = $self->add('re_', 'refund', amount => $amount, charge => $charge->{id}, payment_intent => $charge->{payment_intent}, currency => $charge->{currency},
        status => $o{status} // 'succeeded', reason => $o{reason}, metadata => $o{metadata} // {}, failure_reason => undef, receipt_number => undef,
        transfer_reversal => undef, source_transfer_reversal => undef);
    delete $r->{livemode};
    my $t = $self->money('refund', -$amount, 0, $r->{id});
    $r->{balance_transaction} = $t->{id};
    $charge->{amount_refunded} += $amount;
    $charge->{refunded} = bool($charge->{amount_refunded} == $charge->{amount});
    $self->event('refund.created', $r);
    $self->event('charge.refunded', $charge);
    return $r;
}

# A refund that was on its way and does not arrive: the money is the house's again.
sub refund_fails {
    my ($self, $id) = @_;
    my $r = $self->get($id, 'refund') // die "there is no refund $id\n";
    my $charge = $self->get($r->{charge});
    @$r{qw(status failure_reason)} = ('failed', 'expired_or_canceled_card');
    $charge->{amount_refunded} -= $r->{amount};
    $charge->{refunded} = bool(0);
    $r->{failure_balance_transaction} = $self->money('refund_failure', $r->{amount}, 0, $r->{id})->{id};
    $self->event('refund.failed', $r);
    return { refund => $r->{id} };
}

# how: created, won, lost. fee: what the provider keeps, 1500 when not told; a won one gives fee_back of it back.
sub dispute {
    my ($self, $payment, $how, %o) = @_;
    my $charge = $self->charge_of($payment) // die "there is no payment $payment\n";
    my ($d) = grep { $_->{charge} eq $charge->{id} } $self->all('dispute');
    if ($how eq 'created') {
        die "the payment $payment is disputed already\n" if $d;
        my $amount = $o{amount} // $charge->{amount} - $charge->{amount_refunded};
        $d = $self->add('du_', 'dispute', amount => $amount, charge => $charge->{id}, payment_intent => $charge->{payment_intent}, currency => $charge->{currency},
            reason => $o{reason} // 'fraudulent', status => 'needs_response', is_charge_refundable => bool(0), balance_transactions => []);
        $charge->{disputed} = bool(1);
        push @{ $d->{balance_transactions} }, public($self->money('adjustment', -$amount, $o{fee} // 1500, $d->{id}, category => 'dispute'));
        $self->event('charge.dispute.created', $d);
        $self->event('charge.dispute.funds_withdrawn', $d);
        return { dispute => $d->{id}, amount => $amount };
    }
    die "the payment $payment is not disputed\n" if !$d || $d->{status} =~ /^(?:won|lost)\z/;
    $d->{status} = $how;
    if ($how eq 'won') {
        push @{ $d->{balance_transactions} }, public($self->money('adjustment', $d->{amount}, -($o{fee_back} // 0), $d->{id}, category => 'dispute_reversal'));
        $self->event('charge.dispute.funds_reinstated', $d);
    }
    $self->event('charge.dispute.closed', $d);
    return { dispute => $d->{id}, amount => $d->{amount} };
}

# --- connected accounts

sub account_ready {
    my ($self, $id, $on) = @_;
    my $a = $self->get($id, 'account') // die "there is no account $id\n";
    my %before = (payouts_enabled => $a->{payouts_enabled});
    $a->{details_submitted} = bool(1);
    @$a{qw(charges_enabled payouts_enabled)} = (bool($on), bool($on));
    $a->{capabilities}{transfers} = $on ? 'active' : 'inactive';
    @{ $a->{requirements} }{qw(currently_due disabled_reason)} = $on ? ([], undef) : (['individual.verification.document'], 'requirements.past_due');
    $self->event('account.updated', $a, account => $a->{id}, before => \%before);
    return { account => $id };
}

# Somebody who removes us from the account.
sub deauthorize {
    my ($self, $id) = @_;
    my $a = delete $self->{object}{$id} // die "there is no account $id\n";
    @{ $self->{of}{account} } = grep { $_ ne $id } @{ $self->{of}{account} };
    $self->event('account.application.deauthorized', { id => $self->{pay}->id('ca_'), object => 'application', name => 'Cozy-Kart' }, account => $id);
    return {};
}

# What an account holds goes to its bank, or comes back from there.
sub bank {
    my ($self, $id, $how) = @_;
    my $a = $self->get($id, 'account') // die "there is no account $id\n";
    my ($p) = reverse grep { $_->{'.account'} eq $id } $self->all('payout');
    if (!$p || $p->{status} ne 'in_transit') {
        $p = $self->add('po_', 'payout', '.account' => $id, amount => $a->{'.holds'}, currency => 'usd', automatic => bool(1), method => 'standard', type => 'bank_account',
            status => 'in_transit', arrival_date => $self->now + 2 * DAY, failure_code => undef, failure_message => undef, destination => $self->{pay}->id('ba_'));
        $a->{'.holds'} = 0;
        $self->event('payout.created', $p, account => $id);
    }
    return { payout => $p->{id} } if $how eq 'created';
    $p->{status} = $how;
    if ($how eq 'failed') {
        @$p{qw(failure_code failure_message)} = ('account_closed', 'The bank account has been closed.');
        $a->{'.holds'} += $p->{amount};
    }
    $self->event("payout.$how", $p, account => $id);
    return { payout => $p->{id}, amount => $p->{amount} };
}

sub reverse_transfer {
    my ($self, $tr, $amount, %o) = @_;
    my $a = $self->get($tr->{destination});
    my $r = $self->add('trr_', 'transfer_reversal', amount => $amount, currency => 'usd', transfer => $tr->{id}, metadata => $o{metadata} // {}, destination_payment_refund => undef, source_refund => undef);
    $r->{balance_transaction} = $self->money('transfer_refund', $amount, 0, $r->{id})->{id};
    delete $r->{livemode};
    $tr->{amount_reversed} += $amount;
    $tr->{reversed} = bool($tr->{amount_reversed} == $tr->{amount});
    $a->{'.holds'} -= $amount if $a;
    push @{ $tr->{reversals}{data} }, public($r);
    $tr->{reversals}{total_count}++;
    $self->event('transfer.reversed', $tr);
    return $r;
}

sub transfer_reverse {
    my ($self, $id, $amount) = @_;
    my $tr = $self->get($id, 'transfer') // die "there is no transfer $id\n";
    return { reversal => $self->reverse_transfer($tr, $amount // $tr->{amount} - $tr->{amount_reversed})->{id} };
}

# Cents that reached it.
sub moved {
    my ($self, $to) = @_;
    my $sum = 0;
    $sum += $_->{amount} - $_->{amount_reversed} for grep { $_->{destination} eq $to } $self->all('transfer');
    return $sum;
}

# --- the interface

sub problem {
    my ($self, $req, $status, $type, $message, %more) = @_;
    my $id = $req->{request_id} //= $self->{pay}->id('req_');
    my $code = $more{code};
    return $self->{pay}->answer($status, { error => { ($code ? (code => $code, doc_url => 'https://stripe.com/docs/error-codes/' . $code =~ tr/_/-/r) : ()), message => $message,
        ($more{param} ? (param => $more{param}) : ()), request_log_url => "https://dashboard.stripe.com/test/logs/$id?t=" . $self->now, type => $type } }, 'Request-Id' => $id);
}

sub invalid {
    my ($self, $req, $message, %more) = @_;
    return $self->problem($req, $more{status} // 400, 'invalid_request_error', $message, %more);
}

# As ordered by a test.
sub error_answer {
    my ($self, $req, $status, $code) = @_;
    return $self->problem($req, $status, 'api_error', 'An unknown error occurred.') if $status >= 500;
    return $self->problem($req, 409, 'idempotency_error', 'There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): please try again later.', code => 'idempotency_key_in_use') if $status == 409;
    if ($status == 429) {
        my $a = $self->invalid($req, 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.', status => 429, code => 'rate_limit');
        $a->{headers}{'Retry-After'} = $code if ($code // '') =~ /^\d+\z/;
        return $a;
    }
    return $self->problem($req, 402, 'card_error', 'Your card was declined.', code => $code || 'card_declined') if $status == 402;
    my $a = $self->invalid($req, "The request was refused ($code).", status => $status, code => $code || undef);
    # It began: the key keeps that.
    if (my $key = $req->{headers}{'idempotency-key'}) {
        my $had = $self->{pay}->repeated($req, 'stripe', $key, "$req->{method} $req->{path} $req->{body}", KEY_LIVES);
        return $had->{answer} if $had && $had->{answer};
        $self->{pay}->keep($req, $a);
    }
    return $a;
}

my $checkout = qr/^(?:mode|line_items|success_url|cancel_url|client_reference_id|metadata|payment_intent_data|expires_at|customer_email|adaptive_pricing|locale|submit_type|expand|automatic_tax|shipping_options|shipping_address_collection|ui_mode|custom_text|allow_promotion_codes|billing_address_collection)\z/;
my @table = (
    ['POST', qr{^/v1/checkout/sessions\z},               \&create_session, $checkout],
    ['GET',  qr{^/v1/checkout/sessions\z},               \&list_of, 'checkout.session', qw(payment_intent status)],
    ['GET',  qr{^/v1/checkout/sessions/(\w+)\z},         \&show, 'checkout.session'],
    ['POST', qr{^/v1/checkout/sessions/(\w+)/expire\z},  \&expire_session, qr/^expand\z/],
    ['POST', qr{^/v1/transfers\z},                       \&create_transfer, qr/^(?:amount|currency|destination|transfer_group|metadata|description|source_transaction|expand)\z/],
    ['GET',  qr{^/v1/transfers\z},                       \&list_of, 'transfer', qw(transfer_group destination)],
    ['GET',  qr{^/v1/transfers/(\w+)\z},                 \&show, 'transfer'],
    ['POST', qr{^/v1/transfers/(\w+)/reversals\z},       \&create_reversal, qr/^(?:amount|metadata|description|refund_application_fee|expand)\z/],
    ['POST', qr{^/v1/refunds\z},                         \&create_refund, qr/^(?:charge|payment_intent|amount|reason|metadata|reverse_transfer|refund_application_fee|expand|currency|instructions_email)\z/],
    ['GET',  qr{^/v1/refunds\z},                         \&list_of, 'refund', qw(charge payment_intent)],
    ['GET',  qr{^/v1/refunds/(\w+)\z},                   \&show, 'refund'],
    ['POST', qr{^/v1/accounts\z},                        \&create_account, qr/^(?:type|controller|capabilities|country|email|business_type|business_profile|individual|metadata|settings|default_currency|expand|tos_acceptance)\z/],
    ['GET',  qr{^/v1/accounts\z},                        \&list_of, 'account'],
    ['GET',  qr{^/v1/accounts/(\w+)\z},                  \&show, 'account'],
    ['POST', qr{^/v1/accounts/(\w+)\z},                  \&update_account, qr/^(?:capabilities|email|business_profile|metadata|settings|expand)\z/],
    ['POST', qr{^/v1/account_links\z},                   \&create_link, qr/^(?:account|type|refresh_url|return_url|collection_options|collect|expand)\z/],
    ['GET',  qr{^/v1/payment_intents\z},                 \&list_of, 'payment_intent'],
    ['GET',  qr{^/v1/payment_intents/(\w+)\z},           \&show, 'payment_intent'],
    ['GET',  qr{^/v1/charges\z},                         \&list_of, 'charge', qw(payment_intent transfer_group)],
    ['GET',  qr{^/v1/charges/(\w+)\z},                   \&show, 'charge'],
    ['GET',  qr{^/v1/disputes\z},                        \&list_of, 'dispute', qw(charge payment_intent)],
    ['GET',  qr{^/v1/disputes/(\w+)\z},                  \&show, 'dispute'],
    ['GET',  qr{^/v1/balance\z},                         \&show_balance],
    ['GET',  qr{^/v1/balance_transactions\z},            \&list_of, 'balance_transaction', qw(type source payout)],
    ['GET',  qr{^/v1/balance_transactions/(\w+)\z},      \&show, 'balance_transaction'],
    ['GET',  qr{^/v1/payouts\z},                         \&list_of, 'payout', qw(status destination)],
    ['GET',  qr{^/v1/events\z},                          \&list_of, 'event', qw(type)],
    ['GET',  qr{^/v1/events/(\w+)\z},                    \&show, 'event'],
);

sub api {
    my ($self, $req) = @_;
    $self->tick;
    my ($row, @part);
    for my $r (@table) {
        next unless $r->[0] eq $req->{method} && (@part = $req->{path} =~ $r->[1]);
        ($row, @part) = ($r, defined $1 ? @part : ());
        last;
    }
    return $self->invalid($req, "Unrecognized request URL ($req->{method}: $req->{path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.", status => 404) unless $row;
    my ($key) = ($req->{headers}{authorization} // '') =~ /^Bearer (\S+)\z/;
    return $self->invalid($req, 'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.', status => 401) unless $key;
    return $self->invalid($req, 'Invalid API Key provided: ' . substr($key, 0, 8) . '****', status => 401) if $key ne $self->{key};
    my $post = $req->{method} eq 'POST';
    return $self->invalid($req, 'The content type has to be application/x-www-form-urlencoded.') if $post && $req->{body} ne '' && !$req->{form};
    my $flat = $post ? $req->{form} // {} : flat($req->{query});
    $req->{in} = form($flat);
    return $self->call($req, $row, @part) unless $post;
    for my $name (sort keys %{ $req->{in} }) {
        return $self->invalid($req, "Received unknown parameter: $name", code => 'parameter_unknown', param => $name) unless $name =~ $row->[3];
    }
    my $idem = $req->{headers}{'idempotency-key'};
    if (defined $idem) {
        return $self->invalid($req, 'The idempotency key is too long.') if length $idem > 255;
        my $had = $self->{pay}->repeated($req, 'stripe', $idem, join("\n", "$req->{method} $req->{path}", map { "$_=$flat->{$_}" } sort keys %$flat), KEY_LIVES);
        return $self->error_answer($req, 409) if $had && $had->{what} eq 'busy';
        return $self->problem($req, 400, 'idempotency_error', "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '$idem' if you meant to execute a different request.") if $had && $had->{what} eq 'other';
        if ($had) {
            $had->{answer}{headers}{'Idempotent-Replayed'} = 'true';
            return $had->{answer};
        }
    }
    my ($status, $how) = @{ $req->{instead} // [0, ''] };
    my $bad = $how eq 'kept' ? $self->error_answer($req, $status) : undef;
    my $answer = $bad // $self->call($req, $row, @part);
    my $wrong = $how eq 'after' ? $self->error_answer($req, $status) : undef;
    # A 500 is Stripe's own answer and stays; 502 to 504 come from in front of it.
    my $kept = $wrong && $status == 500 ? $wrong : $answer;
    $self->{pay}->keep($req, $kept) unless $req->{unkept};
    return $wrong // $answer;
}

sub call {
    my ($self, $req, $row, @part) = @_;
    my (undef, undef, $code, @more) = @$row;
    my $got = $req->{method} eq 'POST' ? $code->($self, $req, @part) : $code->($self, $req, @part, @more);
    return $got if $got->{status} && $got->{headers};
    my $in = $req->{in}{expand};
    my @paths = ref $in ? map { $in->{$_} } sort keys %$in : ();
    my $out = $self->{pay}->answer(200, $self->expanded($got, \@paths), 'Request-Id' => $self->{pay}->id('req_'), 'Stripe-Version' => $req->{headers}{'stripe-version'} // VERSION);
    $out->{headers}{'Idempotency-Key'} = $req->{headers}{'idempotency-key'} if $req->{headers}{'idempotency-key'};
    return $out;
}

# Parameters were wrong: nothing began, the key stays free.
sub bad {
    my ($self, $req, $message, %more) = @_;
    $req->{unkept} = 1;
    return $self->invalid($req, $message, %more);
}

sub missing {
    my ($self, $req, $what, $id, $param) = @_;
    $req->{unkept} = 1;
    return $self->invalid($req, "No such $what: '$id'", status => $req->{method} eq 'GET' || $param eq 'id' ? 404 : 400, code => 'resource_missing', param => $param);
}

sub show {
    my ($self, $req, $id, $object) = @_;
    my $o = $self->get($id, $object);
    return $o // $self->missing($req, $object =~ tr/_./  /r, $id, 'id');
}

sub list_of {
    my ($self, $req, $object, @filter) = @_;
    my $in = $req->{in};
    for my $name (sort keys %$in) {
        return $self->bad($req, "Received unknown parameter: $name", code => 'parameter_unknown', param => $name) unless grep { $_ eq $name } @filter, qw(limit starting_after ending_before created expand), ($object eq 'event' ? 'types' : ());
    }
    my $limit = $in->{limit} // 10;
    return $self->bad($req, "Invalid integer: $limit", param => 'limit') unless $limit =~ /^\d+\z/ && $limit >= 1 && $limit <= 100;
    my @found = reverse $self->all($object);
    if (my $account = $req->{headers}{'stripe-account'}) {
        @found = grep { ($_->{'.account'} // '') eq $account } @found;
    }
    for my $f (@filter) {
        @found = grep { ($_->{$f} // '') eq $in->{$f} } @found if defined $in->{$f};
    }
    if ($in->{types}) {
        my %want = map { $_ => 1 } values %{ $in->{types} };
        @found = grep { $want{ $_->{type} } } @found;
    }
    if (ref $in->{created}) {
        my ($c, $low, $high) = ($in->{created});
        @found = grep { my $t = $_->{created}; $t >= ($c->{gte} // 0) && $t > ($c->{gt} // -1) && (!defined $c->{lte} || $t <= $c->{lte}) && (!defined $c->{lt} || $t < $c->{lt}) } @found;
    }
    if (my $after = $in->{starting_after}) {
        return $self->missing($req, $object, $after, 'starting_after') unless grep { $_->{id} eq $after } @found;
        shift @found while @found && $found[0]{id} ne $after;
        shift @found;
    }
    $self->balances if $object eq 'balance_transaction';
    my $more = @found > $limit;
    splice @found, $limit if $more;
    return { object => 'list', data => [map { public($_) } @found], has_more => bool($more), url => $req->{path} };
}

sub metadata_of {
    my ($in) = @_;
    return ref $in->{metadata} ? { %{ $in->{metadata} } } : {};
}

sub amount_of {
    my ($text) = @_;
    return ($text // '') =~ /^[1-9]\d{0,8}\z/ ? 0 + $text : undef;
}

sub create_session {
    my ($self, $req) = @_;
    my $in = $req->{in};
    return $self->bad($req, 'Missing required param: success_url.', code => 'parameter_missing', param => 'success_url') unless ($in->{success_url} // '') =~ m{^https?://\S+\z};
    return $self->bad($req, 'Missing required param: line_items.', code => 'parameter_missing', param => 'line_items') unless ref $in->{line_items};
    return $self->bad($req, 'This stand-in knows payments only.', param => 'mode') unless ($in->{mode} // '') eq 'payment';
    my ($sum, %currency, @lines) = (0);
    for my $i (sort { $a <=> $b } keys %{ $in->{line_items} }) {
        my $l = $in->{line_items}{$i};
        my $p = ref $l->{price_data} ? $l->{price_data} : {};
        my ($unit, $n) = (amount_of($p->{unit_amount}), amount_of($l->{quantity}));
        my $name = ref $p->{product_data} ? $p->{product_data}{name} // '' : '';
        return $self->bad($req, "Invalid integer: " . ($p->{unit_amount} // ''), param => "line_items[$i][price_data][unit_amount]") unless $unit;
        return $self->bad($req, 'Invalid quantity.', param => "line_items[$i][quantity]") unless $n;
        return $self->bad($req, 'The name must be given, with at most 250 signs.', param => "line_items[$i][price_data][product_data][name]") if $name eq '' || length $name > 250;
        $currency{ $p->{currency} // '' }++;
        $sum += $unit * $n;
        push @lines, { name => $name, quantity => $n, unit => $unit };
    }
    my ($currency, @other) = keys %currency;
    return $self->bad($req, "Invalid currency: $currency.", param => 'line_items[0][price_data][currency]') if @other || $currency !~ /^[a-z]{3}\z/i;
    return $self->bad($req, "The Checkout Session's total amount due must add up to at least \$0.50 usd.", code => 'amount_too_small') if $sum < 50;
    return $self->bad($req, 'client_reference_id may have at most 200 signs.', param => 'client_reference_id') if length($in->{client_reference_id} // '') > 200;
    my $ends = $in->{expires_at} // $self->now + DAY;
    return $self->bad($req, 'The `expires_at` timestamp must be an integer, between 30 minutes and 24 hours from now.', param => 'expires_at')
        unless $ends =~ /^\d+\z/ && $ends >= $self->now + 1800 - 5 && $ends <= $self->now + DAY + 5;
    my $intent = ref $in->{payment_intent_data} ? $in->{payment_intent_data} : {};
    for my $m ($in->{metadata}, $intent->{metadata}) {
        next unless ref $m;
        return $self->bad($req, 'Metadata can have up to 50 keys of 40 signs, with values of 500 signs.', param => 'metadata') if keys %$m > 50 || grep { length $_ > 40 || length $m->{$_} > 500 } keys %$m;
    }
    my $s = $self->add('cs_test_', 'checkout.session', mode => 'payment', status => 'open', payment_status => 'unpaid', amount_total => $sum, amount_subtotal => $sum, currency => lc $currency,
        client_reference_id => $in->{client_reference_id}, metadata => metadata_of($in), payment_intent => undef, expires_at => 0 + $ends, customer_email => $in->{customer_email},
        success_url => $in->{success_url}, cancel_url => $in->{cancel_url}, customer => undef, customer_details => undef, locale => $in->{locale}, payment_method_types => ['card'],
        shipping_cost => undef, total_details => { amount_discount => 0, amount_shipping => 0, amount_tax => 0 }, ui_mode => 'hosted_page', recovered_from => undef,
        '.lines' => \@lines, '.intent' => { metadata => metadata_of($intent), transfer_group => $intent->{transfer_group}, description => $intent->{description} });
    $s->{url} = "$self->{pay}{url}/c/pay/$s->{id}";
    $req->{effect} = 1;
    return $s;
}

sub expire_session {
    my ($self, $req, $id) = @_;
    my $s = $self->get($id, 'checkout.session') // return $self->missing($req, 'checkout.session', $id, 'id');
    return $self->bad($req, "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of $s->{status}.") if $s->{status} ne 'open';
    @$s{qw(status url)} = ('expired', undef);
    $self->event('checkout.session.expired', $s);
    $req->{effect} = 1;
    return $s;
}

sub create_transfer {
    my ($self, $req) = @_;
    my $in = $req->{in};
    my $amount = amount_of($in->{amount});
    return $self->bad($req, 'Invalid integer: ' . ($in->{amount} // ''), code => 'parameter_invalid_integer', param => 'amount') unless $amount;
    return $self->bad($req, 'Missing required param: currency.', code => 'parameter_missing', param => 'currency') unless lc($in->{currency} // '') eq 'usd';
    my $a = $self->get($in->{destination}, 'account') // return $self->missing($req, 'destination', $in->{destination} // '', 'destination');
    return $self->invalid($req, 'Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments', code => 'insufficient_capabilities_for_transfer')
        unless $a->{capabilities}{transfers} eq 'active';
    my ($available) = $self->{strict} ? $self->balances : ();
    return $self->invalid($req, 'You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by creating Charges using the 4000000000000077 test card. See: https://stripe.com/docs/testing#available-balance', code => 'balance_insufficient')
        if $self->{strict} && !$in->{source_transaction} && $available < $amount;
    my $tr = $self->add('tr_', 'transfer', amount => $amount, amount_reversed => 0, currency => 'usd', description => $in->{description}, destination => $a->{id}, metadata => metadata_of($in),
        destination_payment => $self->{pay}->id('py_'), reversed => bool(0), source_transaction => $in->{source_transaction}, source_type => 'card', transfer_group => $in->{transfer_group});
    $tr->{reversals} = { object => 'list', data => [], has_more => bool(0), total_count => 0, url => "/v1/transfers/$tr->{id}/reversals" };
    $tr->{balance_transaction} = $self->money('transfer', -$amount, 0, $tr->{id})->{id};
    $a->{'.holds'} += $amount;
    $self->event('transfer.created', $tr);
    $req->{effect} = 1;
    return $tr;
}

sub create_reversal {
    my ($self, $req, $id) = @_;
    my $tr = $self->get($id, 'transfer') // return $self->missing($req, 'transfer', $id, 'id');
    my $left = $tr->{amount} - $tr->{amount_reversed};
    my $amount = defined $req->{in}{amount} ? amount_of($req->{in}{amount}) : $left;
    return $self->bad($req, "The amount must be between 1 and $left.", param => 'amount') if !$amount || $amount > $left;
    $req->{effect} = 1;
    return $self->reverse_transfer($tr, $amount, metadata => metadata_of($req->{in}));
}

sub create_refund {
    my ($self, $req) = @_;
    my $in = $req->{in};
    my ($param) = grep { defined $in->{$_} } qw(charge payment_intent);
    return $self->bad($req, 'One of the following params should be provided for this request: payment_intent or charge.', code => 'parameter_missing') unless $param;
    my $charge = $self->charge_of($in->{$param}) // return $self->missing($req, $param, $in->{$param}, $param);
    my $left = $charge->{amount} - $charge->{amount_refunded};
    return $self->bad($req, 'Invalid reason.', param => 'reason') if defined $in->{reason} && $in->{reason} !~ /^(?:duplicate|fraudulent|requested_by_customer)\z/;
    return $self->invalid($req, "Charge $charge->{id} has already been refunded.", code => 'charge_already_refunded') unless $left;
    return $self->invalid($req, "Charge $charge->{id} has been charged back; cannot issue a refund.", code => 'charge_disputed') if $charge->{disputed};
    my $amount = defined $in->{amount} ? amount_of($in->{amount}) : $left;
    return $self->bad($req, 'Invalid integer: ' . $in->{amount}, param => 'amount') unless $amount;
    return $self->invalid($req, sprintf('Refund amount ($%.2f) is greater than unrefunded amount on charge ($%.2f)', $amount / 100, $left / 100), param => 'amount') if $amount > $left;
    $req->{effect} = 1;
    return $self->refund($charge, $amount, reason => $in->{reason}, metadata => metadata_of($in));
}

sub create_account {
    my ($self, $req) = @_;
    my $in = $req->{in};
    my $country = $in->{country} // 'US';
    return $self->bad($req, "Country '$country' is unknown.", param => 'country') unless $country =~ /^[A-Z]{2}\z/;
    return $self->bad($req, "Invalid email address: $in->{email}", code => 'email_invalid', param => 'email') if defined $in->{email} && $in->{email} !~ /^[^\s\@]+\@[^\s\@]+\.[a-z]+\z/i;
    my $wants = ref $in->{capabilities} && ref $in->{capabilities}{transfers} && ($in->{capabilities}{transfers}{requested} // '') eq 'true';
    my $a = $self->add('acct_', 'account', country => $country, email => $in->{email}, business_type => $in->{business_type}, default_currency => 'usd', charges_enabled => bool(0),
        payouts_enabled => bool(0), details_submitted => bool(0), capabilities => { $wants ? (transfers => 'inactive') : () }, metadata => metadata_of($in), '.holds' => 0,
        controller => { type => 'application', %{ ref $in->{controller} ? $in->{controller} : {} } }, type => $in->{type} // 'none', business_profile => { name => undef, url => undef },
        requirements => { currently_due => ['external_account', 'tos_acceptance.date'], eventually_due => ['external_account'], past_due => [], pending_verification => [], disabled_reason => 'requirements.past_due', current_deadline => undef, errors => [] },
        future_requirements => { currently_due => [], eventually_due => [], past_due => [], pending_verification => [], disabled_reason => undef, current_deadline => undef, errors => [] });
    $a->{capabilities}{transfers} //= 'inactive';
    delete $a->{livemode};
    $req->{effect} = 1;
    return $a;
}

sub update_account {
    my ($self, $req, $id) = @_;
    my $a = $self->get($id, 'account') // return $self->missing($req, 'account', $id, 'id');
    $a->{metadata} = { %{ $a->{metadata} }, %{ metadata_of($req->{in}) } };
    $a->{email} = $req->{in}{email} if defined $req->{in}{email};
    $req->{effect} = 1;
    return $a;
}

sub create_link {
    my ($self, $req) = @_;
    my $in = $req->{in};
    my $a = $self->get($in->{account}, 'account') // return $self->missing($req, 'account', $in->{account} // '', 'account');
    return $self->bad($req, 'Invalid type.', param => 'type') unless ($in->{type} // '') =~ /^account_(?:onboarding|update)\z/;
    for my $url (qw(refresh_url return_url)) {
        return $self->bad($req, "Missing required param: $url.", code => 'parameter_missing', param => $url) unless ($in->{$url} // '') =~ m{^https?://\S+\z};
    }
    my $l = $self->add('link_', 'account_link', expires_at => $self->now + 300, '.account' => $a->{id}, '.return' => $in->{return_url}, '.refresh' => $in->{refresh_url});
    my %out = (object => 'account_link', created => $l->{created}, expires_at => $l->{expires_at}, url => "$self->{pay}{url}/setup/$l->{id}");
    $req->{effect} = 1;
    return \%out;
}

sub show_balance {
    my ($self, $req) = @_;
    if (my $account = $req->{headers}{'stripe-account'}) {
        my $a = $self->get($account, 'account') // return $self->invalid($req, "The provided key does not have access to account '$account' (or that account does not exist).", status => 403, code => 'account_invalid');
        return { object => 'balance', livemode => bool(0), available => [{ amount => $a->{'.holds'}, currency => 'usd', source_types => { card => $a->{'.holds'} } }], pending => [{ amount => 0, currency => 'usd', source_types => { card => 0 } }] };
    }
    my ($available, $pending) = $self->balances;
    return { object => 'balance', livemode => bool(0), map { $_->[0] => [{ amount => $_->[1], currency => 'usd', source_types => { card => $_->[1] } }] } ['available', $available], ['pending', $pending] };
}

1;
