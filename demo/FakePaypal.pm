# The fake PayPal: tokens, payouts of one item or many with the states that items have, each batch id
# once in 30 days, signed notices with a certificate that it serves. Written against PayPal's documents,
# sharing nothing with src/. Not for: sockets (Serve.pm), what all providers share (FakePay.pm).
package FakePaypal;

use strict;
use warnings;
use Compress::Zlib ();
use FakePay qw(cents decimal flat iso);
use File::Temp ();
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);

my $json = JSON::PP->new->canonical->utf8->allow_nonref;

use constant { TOKEN_LIVES => 32400, BATCH_LIVES => 30 * 86400, FEE => 25 };

# The word of an event for the state of an item.
my %event = (
    SUCCESS => 'SUCCEEDED', FAILED => 'FAILED', UNCLAIMED => 'UNCLAIMED', RETURNED => 'RETURNED', ONHOLD => 'HELD', BLOCKED => 'BLOCKED',
    REFUNDED => 'REFUNDED', CANCELED => 'CANCELED', DENIED => 'DENIED',
);
# What the sender gets back.
my %back = map { $_ => 1 } qw(FAILED RETURNED BLOCKED REFUNDED REVERSED DENIED CANCELED);
my %why = (
    UNCLAIMED => ['RECEIVER_UNREGISTERED', 'Receiver is unregistered'], FAILED => ['RECEIVER_ACCOUNT_LOCKED', 'Receiver\'s account is locked or inactive'],
    BLOCKED => ['TRANSACTION_BLOCKED', 'The transaction is blocked'], RETURNED => ['RECEIVER_UNREGISTERED', 'The receiver did not claim it within 30 days'],
);

sub new {
    my ($class, $pay) = @_;
    my $self = bless { pay => $pay, token => {}, batch => {}, item => {}, order => [], fresh => [], named => {}, default => 'SUCCESS' }, $class;
    $self->{client} = $pay->{set}{'paypal.client_id'};
    $self->{secret} = $pay->{secret}{'paypal.client_secret'}[0];
    $self->make_certificate;
    return $self;
}

sub make_certificate {
    my ($self) = @_;
    my $dir = $self->{dir} = File::Temp::tempdir(CLEANUP => 1);
    system(qq(openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/key.pem" -out "$dir/cert.pem" -days 3650 -subj "/CN=messageverificationcerts.paypal.com" >/dev/null 2>&1)) == 0 or die "fakepay: openssl made no certificate\n";
    open my $in, '<', "$dir/cert.pem" or die "fakepay: $dir/cert.pem: $!\n";
    $self->{cert} = do { local $/; <$in> };
    $self->{cert_path} = '/v1/notifications/certs/CERT-360caa42-' . $self->{pay}{salt};
    return;
}

sub now { return $_[0]{pay}->now }

# --- notices

sub signed {
    my ($self, $id, $time, $body) = @_;
    my $text = join '|', $id, $time, $self->{pay}{set}{'paypal.webhook_id'}, Compress::Zlib::crc32($body);
    my $file = File::Temp->new;
    print {$file} $text;
    close $file;
    my $sig = `openssl dgst -sha256 -sign "$self->{dir}/key.pem" "$file"`;
    return encode_base64($sig, '');
}

sub event {
    my ($self, $type, $kind, $resource, $summary) = @_;
    return unless ($self->{pay}{set}{'paypal.webhook_id'} // '') ne '';
    my $id = 'WH-' . uc $self->{pay}->id('');
    my $body = $json->encode({ id => $id, event_version => '1.0', create_time => iso($self->now), resource_type => $kind, event_type => $type, summary => $summary, resource => $resource, links => [] });
    $self->{pay}->send_notice('paypal', $type, sub {
        my ($transmission, $time) = (sprintf('%08x-0000-11f0-8000-%012x', time, $$), iso($self->now));
        return { path => '/hooks/paypal', agent => 'PayPal/AUHD-214.0', body => $body, headers => {
            'content-type' => 'application/json', 'paypal-transmission-id' => $transmission, 'paypal-transmission-time' => $time,
            'paypal-cert-url' => "$self->{pay}{url}$self->{cert_path}", 'paypal-auth-algo' => 'SHA256withRSA', 'paypal-transmission-sig' => $self->signed($transmission, $time, $body),
        } };
    }, id => $id);
    return;
}

# --- batches and items

sub item_out {
    my ($self, $i) = @_;
    my %out = (
        payout_item_id => $i->{id}, payout_batch_id => $i->{batch}, transaction_status => $i->{status}, payout_item => $i->{asked},
        payout_item_fee => { currency => 'USD', value => decimal(FEE) }, time_processed => iso($i->{at}), activity_id => $i->{activity},
        links => [{ href => "$self->{pay}{url}/v1/payments/payouts-item/$i->{id}", rel => 'item', method => 'GET', encType => 'application/json' }],
    );
    $out{transaction_id} = $i->{transaction} if $i->{status} =~ /^(?:SUCCESS|UNCLAIMED|RETURNED|REFUNDED|ONHOLD|REVERSED)\z/;
    $out{errors} = { name => $why{ $i->{status} }[0], message => $why{ $i->{status} }[1], information_link => 'https://developer.paypal.com/docs/api/payments.payouts-batch/v1/#errors' } if $why{ $i->{status} };
    return \%out;
}

sub batch_out {
    my ($self, $b, %o) = @_;
    my @items = map { $self->{item}{$_} } @{ $b->{items} };
    my $sum = 0;
    $sum += $_->{cents} for @items;
    my $header = {
        payout_batch_id => $b->{id}, batch_status => $b->{status}, time_created => iso($b->{created}), ($b->{completed} ? (time_completed => iso($b->{completed})) : ()),
        sender_batch_header => $b->{header}, funding_source => 'BALANCE', amount => { currency => 'USD', value => decimal($sum) }, fees => { currency => 'USD', value => decimal(FEE * @items) },
    };
    my $self_link = { href => "$self->{pay}{url}/v1/payments/payouts/$b->{id}", rel => 'self', method => 'GET', encType => 'application/json' };
    return { batch_header => { map { $_ => $header->{$_} } qw(payout_batch_id batch_status sender_batch_header) }, links => [$self_link] } if $o{short};
    my ($size, $page) = ($o{page_size} // 1000, $o{page} // 1);
    my @shown = @items[($page - 1) * $size .. ($page * $size < @items ? $page * $size : @items) - 1];
    return { total_items => 0 + @items, total_pages => int((@items + $size - 1) / $size), batch_header => $header, items => [map { $self->item_out($_) } @shown], links => [$self_link] };
}

# The state of an item, by our key, its own id or the id of its batch.
sub item {
    my ($self, $key, $status) = @_;
    my ($i) = grep { ($_->{asked}{sender_item_id} // '') eq $key || $_->{id} eq $key || $_->{batch} eq $key || $self->{batch}{ $_->{batch} }{header}{sender_batch_id} eq $key } map { $self->{item}{$_} } @{ $self->{order} };
    die "there is no item $key\n" unless $i;
    $self->settle($i, $status);
    return { item => $i->{id}, batch => $i->{batch} };
}

sub settle {
    my ($self, $i, $status) = @_;
    my $b = $self->{batch}{ $i->{batch} };
    @$i{qw(status at)} = ($status, $self->now);
    $self->event("PAYMENT.PAYOUTS-ITEM.$event{$status}", 'payouts_item', $self->item_out($i), "A payout item is $status") if $event{$status};
    if ($b->{status} =~ /^(?:PENDING|PROCESSING)\z/ && !grep { $self->{item}{$_}{status} eq 'PENDING' } @{ $b->{items} }) {
        @$b{qw(status completed)} = ('SUCCESS', $self->now);
        $self->event('PAYMENT.PAYOUTSBATCH.SUCCESS', 'payouts', $self->batch_out($b, short => 1), 'Payouts batch completed successfully.');
    }
    return;
}

# What PayPal does by itself a moment later; default: what becomes of items when no test says it.
sub tick {
    my ($self) = @_;
    for my $i (map { $self->{item}{$_} } splice @{ $self->{fresh} }) {
        $self->settle($i, $self->{default}) if $i->{status} eq 'PENDING' && $self->{default} ne 'PENDING';
    }
    return;
}

sub moved {
    my ($self, $to) = @_;
    my $sum = 0;
    $sum += $_->{cents} for grep { $_->{asked}{receiver} eq $to && !$back{ $_->{status} } } values %{ $self->{item} };
    return $sum;
}

# --- the interface

sub problem {
    my ($self, $req, $status, $name, $message, %more) = @_;
    my $debug = substr unpack('H*', $self->{pay}->id('d')), 0, 13;
    $req->{unkept} = 1;
    return $self->{pay}->answer($status, { name => $name, message => $message, debug_id => $debug, information_link => 'https://developer.paypal.com/docs/api/payments.payouts-batch/v1/#errors', %more }, 'Paypal-Debug-Id' => $debug);
}

my %named = (
    400 => ['VALIDATION_ERROR', 'Invalid request - see details'], 403 => ['NOT_AUTHORIZED', 'Authorization failed due to insufficient permissions.'],
    404 => ['RESOURCE_NOT_FOUND', 'The specified resource does not exist.'], 409 => ['RESOURCE_CONFLICT', 'The server has detected a conflict while processing this request.'],
    422 => ['UNPROCESSABLE_ENTITY', 'The requested action could not be performed, semantically incorrect, or failed business validation.'],
    429 => ['RATE_LIMIT_REACHED', 'Too many requests. Blocked due to rate limiting.'], 500 => ['INTERNAL_SERVER_ERROR', 'An internal server error has occurred.'],
    502 => ['INTERNAL_SERVER_ERROR', 'An internal server error has occurred.'], 503 => ['SERVICE_UNAVAILABLE', 'Service Unavailable.'], 504 => ['INTERNAL_SERVER_ERROR', 'Gateway timeout.'],
);

sub error_answer {
    my ($self, $req, $status, $code) = @_;
    return $self->{pay}->answer(401, { error => 'invalid_token', error_description => 'Token signature verification failed' }) if $status == 401;
    my ($name, $message) = @{ $named{$status} // $named{400} };
    my $seconds = $status == 429 && ($code // '') =~ /^\d+\z/ ? $code : undef;
    my $answer = $self->problem($req, $status, $status < 500 && $status != 429 && ($code // '') =~ /^[A-Z_]+\z/ ? $code : $name, $message);
    $answer->{headers}{'Retry-After'} = $seconds if $seconds;
    return $answer;
}

my @table = (
    ['POST', qr{^/v1/oauth2/token\z},                                  \&token],
    ['GET',  qr{^(/v1/notifications/certs/[\w-]+)\z},                  \&certificate],
    ['POST', qr{^/v1/notifications/verify-webhook-signature\z},        \&verify, 1],
    ['POST', qr{^/v1/payments/payouts\z},                              \&create, 1],
    ['GET',  qr{^/v1/payments/payouts/([\w-]+)\z},                     \&show_batch, 1],
    ['GET',  qr{^/v1/payments/payouts-item/([\w-]+)\z},                \&show_item, 1],
    ['POST', qr{^/v1/payments/payouts-item/([\w-]+)/cancel\z},         \&cancel, 1],
);

sub is_mine { return $_[0] =~ m{^/v1/(?:oauth2|notifications|payments)/} }

sub api {
    my ($self, $req) = @_;
    for my $r (@table) {
        my ($method, $path, $code, $bearer) = @$r;
        next unless $method eq $req->{method};
        my @part = $req->{path} =~ $path or next;
        if ($bearer) {
            my ($t) = ($req->{headers}{authorization} // '') =~ /^Bearer (\S+)\z/;
            return $self->error_answer($req, 401) unless $t && ($self->{token}{$t} // 0) > $self->now;
            return $self->problem($req, 415, 'UNSUPPORTED_MEDIA_TYPE', 'The server does not support the request payload\'s media type.') if $method eq 'POST' && $req->{body} ne '' && !ref $req->{json};
        }
        my ($status, $how) = @{ $req->{instead} // [0, ''] };
        return $self->error_answer($req, $status) if $how eq 'kept';
        my $answer = $code->($self, $req, defined $1 ? @part : ());
        return $how eq 'after' ? $self->error_answer($req, $status) : $answer;
    }
    return $self->problem($req, 404, @{ $named{404} });
}

sub token {
    my ($self, $req) = @_;
    my ($basic) = ($req->{headers}{authorization} // '') =~ /^Basic (\S+)\z/;
    return $self->{pay}->answer(401, { error => 'invalid_client', error_description => 'Client Authentication failed' }) unless defined $basic && decode_base64($basic) eq "$self->{client}:$self->{secret}";
    return $self->{pay}->answer(400, { error => 'unsupported_grant_type', error_description => 'unsupported grant_type' }) unless ($req->{form}{grant_type} // '') eq 'client_credentials';
    my $t = $self->{pay}->id('A21AA');
    $self->{token}{$t} = $self->now + TOKEN_LIVES;
    return $self->{pay}->answer(200, { scope => 'https://uri.paypal.com/services/payments/payouts https://uri.paypal.com/payments/payouts', access_token => $t, token_type => 'Bearer', app_id => 'APP-80W284485P519543T', expires_in => TOKEN_LIVES, nonce => iso($self->now) . $t });
}

# All tokens end now.
sub expire_tokens { $_[0]{token} = {}; return {} }

sub certificate {
    my ($self, $req, $path) = @_;
    return $self->problem($req, 404, @{ $named{404} }) if $path ne $self->{cert_path};
    return { status => 200, headers => { 'Content-Type' => 'application/x-x509-ca-cert' }, body => $self->{cert} };
}

sub verify {
    my ($self, $req) = @_;
    my $in = $req->{json};
    # Signed were the bytes as sent, not as somebody writes them again.
    my ($raw) = $req->{body} =~ /"webhook_event"\s*:\s*(\{.*\})\s*(?:,\s*"\w+"\s*:\s*"[^"]*"\s*)*\}\s*\z/s;
    my $good = defined $raw && ($in->{webhook_id} // '') eq $self->{pay}{set}{'paypal.webhook_id'} && $self->signed(@$in{qw(transmission_id transmission_time)}, $raw) eq ($in->{transmission_sig} // '');
    return $self->{pay}->answer(200, { verification_status => $good ? 'SUCCESS' : 'FAILURE' });
}

sub wrong {
    my ($self, $req, $field, $issue) = @_;
    return $self->problem($req, 400, @{ $named{400} }, details => [{ field => $field, location => 'body', issue => $issue }]);
}

sub bad_batch {
    my ($self, $req, $in) = @_;
    my $h = ref $in->{sender_batch_header} eq 'HASH' ? $in->{sender_batch_header} : {};
    return $self->wrong($req, 'SENDER_BATCH_HEADER.SENDER_BATCH_ID', 'The value must be given, with at most 256 signs') unless length($h->{sender_batch_id} // '') && length $h->{sender_batch_id} <= 256;
    return $self->wrong($req, 'ITEMS', 'Value should be of 1 to 15000 items') unless ref $in->{items} eq 'ARRAY' && @{ $in->{items} } && @{ $in->{items} } <= 15000;
    for my $i (0 .. $#{ $in->{items} }) {
        my $item = $in->{items}[$i];
        my $kind = $item->{recipient_type} // $h->{recipient_type} // 'EMAIL';
        return $self->wrong($req, "ITEMS[$i].AMOUNT", 'Amount is invalid') unless ref $item->{amount} && !ref $item->{amount}{value} && ($item->{amount}{value} // '') =~ /^\d+\.\d\d\z/ && cents($item->{amount}{value}) && ($item->{amount}{currency} // '') eq 'USD';
        return $self->wrong($req, "ITEMS[$i].RECEIVER", 'Receiver is invalid or does not match with type') unless length($item->{receiver} // '') && length $item->{receiver} <= 127 && ($kind ne 'EMAIL' || $item->{receiver} =~ /^[^\s\@]+\@[^\s\@]+\.[a-z]+\z/i);
        return $self->wrong($req, "ITEMS[$i].SENDER_ITEM_ID", 'Value is too long') if length($item->{sender_item_id} // '') > 63;
        for my $f (sort keys %$item) {
            return $self->wrong($req, "ITEMS[$i]." . uc $f, 'Unknown field') unless $f =~ /^(?:recipient_type|amount|note|receiver|sender_item_id|recipient_wallet|alternate_notification_method|notification_language|application_context|purpose)\z/;
        }
    }
    return;
}

sub create {
    my ($self, $req) = @_;
    my $in = $req->{json};
    my $bad = $self->bad_batch($req, $in);
    return $bad if $bad;
    my $id = $req->{headers}{'paypal-request-id'};
    if (defined $id) {
        my $had = $self->{pay}->repeated($req, 'paypal', $id, $json->encode($in), BATCH_LIVES);
        return $self->error_answer($req, 409) if $had && $had->{what} eq 'busy';
        return $self->problem($req, 422, 'DUPLICATE_REQUEST_ID', 'The value of PayPal-Request-Id header has already been used') if $had && $had->{what} eq 'other';
        return $had->{answer} if $had;
    }
    my $name = $in->{sender_batch_header}{sender_batch_id};
    my ($first) = grep { $_->{created} + BATCH_LIVES > $self->now } map { $self->{batch}{$_} } $self->{named}{$name} // ();
    return $self->problem($req, 400, 'USER_BUSINESS_ERROR', 'User business error.', details => [{ field => 'SENDER_BATCH_ID', location => 'body', issue => 'Batch with given sender_batch_id already exists' }],
        links => [{ href => "$self->{pay}{url}/v1/payments/payouts/$first->{id}", rel => 'self', method => 'GET', encType => 'application/json' }]) if $first;
    my $sum = 0;
    $sum += cents($_->{amount}{value}) + FEE for @{ $in->{items} };
    return $self->problem($req, 422, 'INSUFFICIENT_FUNDS', 'Sender does not have sufficient funds. Please add funds and retry.') if defined $self->{balance} && $sum > $self->{balance};
    $self->{balance} -= $sum if defined $self->{balance};
    my $batch = $self->{named}{$name} = uc $self->{pay}->id('B');
    my $b = $self->{batch}{$batch} = { id => $batch, status => 'PENDING', header => $in->{sender_batch_header}, created => $self->now, items => [] };
    for my $asked (@{ $in->{items} }) {
        my %item = (id => uc $self->{pay}->id('I'), batch => $batch, status => 'PENDING', asked => { recipient_type => 'EMAIL', recipient_wallet => 'PAYPAL', %$asked }, cents => cents($asked->{amount}{value}), at => $self->now,
            transaction => uc $self->{pay}->id('T'), activity => uc $self->{pay}->id('V'));
        $self->{item}{ $item{id} } = \%item;
        push @{ $b->{items} }, $item{id};
        push @{ $self->{$_} }, $item{id} for qw(order fresh);
    }
    $req->{effect} = 1;
    return $self->{pay}->keep($req, $self->{pay}->answer(201, $self->batch_out($b, short => 1)));
}

sub show_batch {
    my ($self, $req, $id) = @_;
    my $b = $self->{batch}{$id} // return $self->problem($req, 404, @{ $named{404} });
    my $q = flat($req->{query});
    return $self->{pay}->answer(200, $self->batch_out($b, map { $_ => $q->{$_} } grep { ($q->{$_} // '') =~ /^[1-9]\d*\z/ } qw(page page_size)));
}

sub show_item {
    my ($self, $req, $id) = @_;
    my $i = $self->{item}{$id} // return $self->problem($req, 404, @{ $named{404} });
    return $self->{pay}->answer(200, { %{ $self->item_out($i) }, sender_batch_id => $self->{batch}{ $i->{batch} }{header}{sender_batch_id} });
}

sub cancel {
    my ($self, $req, $id) = @_;
    my $i = $self->{item}{$id} // return $self->problem($req, 404, @{ $named{404} });
    return $self->problem($req, 400, 'ITEM_INCORRECT_STATUS', 'Payout item is not in correct status to be cancelled') if $i->{status} ne 'UNCLAIMED';
    $req->{effect} = 1;
    $self->settle($i, 'RETURNED');
    return $self->{pay}->answer(200, $self->item_out($i));
}

1;
