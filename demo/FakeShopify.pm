# The fake shops: Shopify with orders that change, signed notices and the Admin API's orders query, and
# Ko-fi, which only sends forms. Written against their documents, sharing nothing with src/. Not for:
# sockets (Serve.pm), what all providers share (FakePay.pm).
package FakeShopify;

use strict;
use warnings;
use Digest::SHA qw(hmac_sha256);
use FakePay qw(bool decimal iso);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Time::Local ();

my $json = JSON::PP->new->canonical->utf8->allow_nonref;

use constant VERSION => '2026-04';

sub new {
    my ($class, $pay) = @_;
    # Ids beyond 2^53: a float would lose digits.
    return bless { pay => $pay, order => [], next => '9007199254741000', token => $pay->{secret}{'shopify.token'}[0], shop => $pay->{set}{'shopify.shop'} }, $class;
}

sub now { return $_[0]{pay}->now }

# A 64-bit number as JSON's number: Perl has integers of that size.
sub number { return 0 + ++$_[0]{next} }

sub stamp {
    my ($t) = @_;
    my @t = gmtime int($t) - 5 * 3600;
    return sprintf '%04d-%02d-%02dT%02d:%02d:%02d-05:00', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0];
}

# --- notices

# secrets: of a notice that somebody else signed; webhook: its id, to send one again under the same.
sub notice {
    my ($self, $topic, $body, %o) = @_;
    my $secrets = $o{secret} ? [$o{secret}] : $self->{pay}{secret}{'shopify.webhook_secret'} or return;
    my $text = $json->encode($body);
    my $id = $o{webhook} // $self->uuid;
    my $event = $o{event} // $self->uuid;
    my $at = iso($self->now) =~ s/Z\z/.123456789Z/r;
    $self->{pay}->send_notice('shopify', $topic, sub {
        return { path => '/hooks/shopify', agent => 'Shopify-Captain-Hook', body => $text, headers => {
            'content-type' => 'application/json', 'x-shopify-topic' => $topic, 'x-shopify-shop-domain' => $self->{shop}, 'x-shopify-api-version' => VERSION,
            'x-shopify-webhook-id' => $id, 'x-shopify-event-id' => $event, 'x-shopify-triggered-at' => $at,
            'x-shopify-hmac-sha256' => encode_base64(hmac_sha256($text, $secrets->[0]), ''), 'x-shopify-name' => $topic =~ tr{/}{-}r,
        } };
    }, id => $id);
    return $id;
}

sub uuid {
    my ($self) = @_;
    my $hex = sprintf '%032x', ++$self->{uuids} + 1e9 * ($$ % 1000);
    return join '-', substr($self->{pay}{salt} . $hex, 0, 8), substr($hex, 8, 4), '4' . substr($hex, 13, 3), '8' . substr($hex, 17, 3), substr $hex, 20;
}

# --- orders

sub money { return { shop_money => { amount => decimal($_[0]), currency_code => $_[1] }, presentment_money => { amount => decimal($_[0]), currency_code => $_[1] } } }

# o: items [[sku, quantity, cents, title], …], discount, tax, shipping, attributes {race => 128}, created
# (when), test, currency, pending (1: not paid yet), quiet, rises (1: total_price follows what is added later;
# without, it stays what it was at the checkout: both are seen).
sub order {
    my ($self, %o) = @_;
    my $id = $self->number;
    my $order = {
        id => $id, number => 1000 + @{ $self->{order} } + 1, created => $o{created} // $self->now, updated => $self->now, test => $o{test} ? 1 : 0, currency => $o{currency} // 'USD',
        items => [map { { id => $self->number, sku => $_->[0], n => $_->[1], price => $_->[2], title => $_->[3] // $_->[0], now => $_->[1] } } @{ $o{items} }],
        discount => $o{discount} // 0, tax => $o{tax} // 0, shipping => $o{shipping} // 0, attributes => $o{attributes} // {}, refunds => [], paid => $o{pending} ? 0 : 1, landing => $o{landing}, added => 0, removed => 0, rises => $o{rises} ? 1 : 0,
        tax_included => $o{tax_included} ? 1 : 0,
    };
    $order->{got} = $order->{paid} ? total($order) : 0;
    push @{ $self->{order} }, $order;
    my $event = $self->uuid;
    unless ($o{quiet}) {
        $self->notice('orders/create', $self->json_of($order), event => $event);
        $self->notice('orders/paid', $self->json_of($order), event => $event) if $order->{paid};
    }
    return { order => "$id", name => "#$order->{number}", amount => total($order) };
}

sub find {
    my ($self, $id) = @_;
    my ($o) = grep { "$_->{id}" eq $id } @{ $self->{order} };
    return $o // die "there is no order $id\n";
}

sub items_sum { my ($o, $n) = @_; my $s = 0; $s += $_->{price} * $_->{ $n // 'n' } for @{ $o->{items} }; return $s }
# At the checkout: what was added later is apart.
sub total { return items_sum($_[0]) - $_[0]{added} - $_[0]{discount} + ($_[0]{tax_included} ? 0 : $_[0]{tax}) + $_[0]{shipping} }
sub refunded { my $s = 0; $s += $_->{amount} for @{ $_[0]{refunds} }; return $s }

# What went back for lines that an edit took off has lowered it already.
sub current {
    my ($o) = @_;
    my $beyond = refunded($o) - $o->{removed};
    return $o->{cancelled} ? 0 : total($o) + $o->{added} - $o->{removed} - ($beyond > 0 ? $beyond : 0);
}

# Below zero: the shop owes it.
sub outstanding { my ($o) = @_; return $o->{cancelled} ? 0 : current($o) - ($o->{got} - refunded($o)) }

sub status {
    my ($o) = @_;
    my $back = refunded($o);
    return $o->{cancelled} && !$o->{got} ? 'voided' : !$o->{got} ? 'pending' : $back >= $o->{got} ? 'refunded' : $back ? 'partially_refunded' : outstanding($o) > 0 ? 'partially_paid' : 'paid';
}

sub refund_json {
    my ($o, $r) = @_;
    return {
        id => $r->{id}, order_id => $o->{id}, admin_graphql_api_id => "gid://shopify/Refund/$r->{id}", created_at => stamp($r->{at}), processed_at => stamp($r->{at}), note => $r->{note}, restock => bool(0), user_id => undef,
        refund_line_items => $r->{lines}, order_adjustments => $r->{adjustments} // [], duties => [],
        transactions => [map { { id => $_->{id}, order_id => $o->{id}, admin_graphql_api_id => "gid://shopify/OrderTransaction/$_->{id}", amount => decimal($_->{amount}), currency => $o->{currency}, kind => 'refund', status => $_->{status}, gateway => 'shopify_payments', test => bool($o->{test}), created_at => stamp($r->{at}), processed_at => stamp($r->{at}) } } @{ $r->{transactions} }],
    };
}

sub json_of {
    my ($self, $o) = @_;
    my $c = $o->{currency};
    my $total = total($o);
    my ($sub, $now) = (items_sum($o) - $o->{discount}, current($o));
    my %m = (total_price => $total + ($o->{rises} ? $o->{added} : 0), current_total_price => $now, subtotal_price => $sub, current_subtotal_price => $now < $total ? ($sub - ($total - $now) > 0 ? $sub - ($total - $now) : 0) : $sub, total_tax => $o->{tax}, current_total_tax => $o->{tax}, total_discounts => $o->{discount}, current_total_discounts => $o->{discount}, total_line_items_price => items_sum($o), total_outstanding => outstanding($o));
    return {
        id => $o->{id}, admin_graphql_api_id => "gid://shopify/Order/$o->{id}", name => "#$o->{number}", number => $o->{number} - 1000, order_number => $o->{number}, test => bool($o->{test}), confirmed => bool(1),
        currency => $c, presentment_currency => $c, taxes_included => bool($o->{tax_included}), financial_status => status($o), fulfillment_status => undef, tags => '', note => undef, source_name => 'web', gateway => 'shopify_payments', payment_gateway_names => ['shopify_payments'],
        (map { $_ => decimal($m{$_}) } keys %m), (map { ("${_}_set" => money($m{$_}, $c)) } grep { !/outstanding/ } keys %m), total_shipping_price_set => money($o->{shipping}, $c),
        created_at => stamp($o->{created}), processed_at => stamp($o->{created}), updated_at => stamp($o->{updated}), closed_at => undef, cancelled_at => $o->{cancelled} ? stamp($o->{cancelled}) : undef, cancel_reason => $o->{cancelled} ? 'customer' : undef,
        email => 'fan@example.org', contact_email => 'fan@example.org', phone => undef, customer => { id => 9007199254740999, email => 'fan@example.org', first_name => 'A', last_name => 'Fan' }, billing_address => { name => 'A Fan', address1 => '1 Pit Lane', city => 'Springfield', country_code => 'US', zip => '00001' },
        note_attributes => [map { { name => $_, value => "$o->{attributes}{$_}" } } sort keys %{ $o->{attributes} }], landing_site => $o->{landing} // '/', referring_site => '',
        shipping_lines => [$o->{shipping} ? { id => $o->{id} + 1, title => 'Standard', code => 'Standard', price => decimal($o->{shipping}), discounted_price => decimal($o->{shipping}), price_set => money($o->{shipping}, $c), tax_lines => [], discount_allocations => [] } : ()],
        tax_lines => [$o->{tax} ? { title => 'State tax', rate => 0.08, price => decimal($o->{tax}), price_set => money($o->{tax}, $c) } : ()],
        discount_codes => [$o->{discount} ? { code => 'PIT', amount => decimal($o->{discount}), type => 'fixed_amount' } : ()],
        line_items => [map { {
            id => $_->{id}, admin_graphql_api_id => "gid://shopify/LineItem/$_->{id}", sku => $_->{sku}, title => $_->{title}, name => $_->{title}, variant_title => undef, vendor => 'Cozy-Kart', quantity => $_->{n}, current_quantity => $_->{now}, price => decimal($_->{price}), price_set => money($_->{price}, $c),
            total_discount => '0.00', total_discount_set => money(0, $c), discount_allocations => [], product_id => $_->{id} + 1, variant_id => $_->{id} + 2, requires_shipping => bool(1), taxable => bool(1), gift_card => bool(0), properties => [], tax_lines => [], fulfillment_status => undef, product_exists => bool(1), grams => 200,
        } } @{ $o->{items} }],
        refunds => [map { refund_json($o, $_) } @{ $o->{refunds} }],
    };
}

# An edit: add: [[sku, quantity, cents, title], …]; remove: [[sku, quantity], …], for which nothing went back yet;
# pay: what is still open is paid (so is an order that was pending). quiet: nobody is told.
sub order_update {
    my ($self, $id, %o) = @_;
    my $order = $self->find($id);
    my ($was, @added, @removed) = (outstanding($order));
    for my $i (@{ $o{add} // [] }) {
        my $line = { id => $self->number, sku => $i->[0], n => $i->[1], price => $i->[2], title => $i->[3] // $i->[0], now => $i->[1] };
        push @{ $order->{items} }, $line;
        $order->{added} += $line->{n} * $line->{price};
        push @added, { id => $line->{id}, delta => $line->{n} };
    }
    for my $i (@{ $o{remove} // [] }) {
        my ($line) = grep { $_->{sku} eq $i->[0] && $_->{now} >= $i->[1] } @{ $order->{items} };
        $line->{now} -= $i->[1];
        $order->{removed} += $i->[1] * $line->{price};
        push @removed, { id => $line->{id}, delta => $i->[1] };
    }
    my $paid = $o{pay} && outstanding($order) > 0;
    @$order{qw(got paid)} = ($order->{got} + outstanding($order), 1) if $paid;
    $order->{attributes} = $o{attributes} if $o{attributes};
    $order->{updated} = $o{at} // $self->now;
    return { order => $id, amount => $order->{got} } if $o{quiet};
    my $event = $self->uuid;
    $self->notice('orders/edited', { order_edit => { id => $self->number, order_id => $order->{id}, created_at => stamp($order->{updated}), committed_at => stamp($order->{updated}), line_items => { additions => \@added, removals => \@removed }, discounts => { line_item => { additions => [], removals => [] } }, shipping_lines => { additions => [], removals => [] } } }, event => $event) if @added || @removed;
    $self->notice('orders/paid', $self->json_of($order), event => $event) if $paid;
    return { order => $id, amount => $order->{got}, webhook => $self->notice('orders/updated', $self->json_of($order), event => $event) };
}

# amount in cents; lines: [[sku, quantity], …] that come back; failed: the money does not move.
sub order_refund {
    my ($self, $id, %o) = @_;
    my $order = $self->find($id);
    my $amount = $o{amount} // $order->{got} - refunded($order);
    my @lines;
    for my $l (@{ $o{lines} // [] }) {
        my ($item) = grep { $_->{sku} eq $l->[0] } @{ $order->{items} };
        $item->{now} -= $l->[1];
        push @lines, { id => $self->number, line_item_id => $item->{id}, quantity => $l->[1], restock_type => 'no_restock', subtotal => decimal($l->[1] * $item->{price}) + 0, subtotal_set => money($l->[1] * $item->{price}, $order->{currency}), total_tax => 0, line_item => { id => $item->{id}, sku => $item->{sku}, quantity => $item->{n}, price => decimal($item->{price}) } };
    }
    my $r = { id => $self->number, at => $o{at} // $self->now, note => $o{note}, lines => \@lines, amount => $o{failed} ? 0 : $amount, transactions => [{ id => $self->number, amount => $amount, status => $o{failed} ? 'failure' : $o{pending} ? 'pending' : 'success' }] };
    push @{ $order->{refunds} }, $r;
    $order->{updated} = $r->{at};
    my $event = $self->uuid;
    $self->notice('refunds/create', refund_json($order, $r), event => $event);
    $self->notice('orders/updated', $self->json_of($order), event => $event);
    return { order => $id, refund => "$r->{id}", amount => $amount };
}

# A paid order that is cancelled is refunded, unless refund => 0.
sub order_cancel {
    my ($self, $id, %o) = @_;
    my $order = $self->find($id);
    @$order{qw(cancelled updated)} = ($self->now, $self->now);
    my $event = $self->uuid;
    if ($order->{paid} && ($o{refund} // 1) && $order->{got} > refunded($order)) {
        my $left = $order->{got} - refunded($order);
        my $r = { id => $self->number, at => $self->now, lines => [], amount => $left, transactions => [{ id => $self->number, amount => $left, status => 'success' }] };
        push @{ $order->{refunds} }, $r;
        $self->notice('refunds/create', refund_json($order, $r), event => $event);
    }
    $self->notice('orders/cancelled', $self->json_of($order), event => $event);
    $self->notice('orders/updated', $self->json_of($order), event => $event);
    return { order => $id };
}

# The three that every app must take.
sub compliance {
    my ($self, $topic, %o) = @_;
    my %shop = (shop_id => 954889, shop_domain => $self->{shop});
    my $customer = { id => 9007199254740999, email => 'fan@example.org', phone => undef };
    my %body = (
        'customers/data_request' => { %shop, orders_requested => [map { 0 + $_ } @{ $o{orders} // [] }], customer => $customer, data_request => { id => 9999 } },
        'customers/redact' => { %shop, customer => $customer, orders_to_redact => [map { 0 + $_ } @{ $o{orders} // [] }] },
        'shop/redact' => { %shop },
        'app/uninstalled' => { id => 954889, name => 'Cozy merch', domain => $self->{shop}, myshopify_domain => $self->{shop} },
    );
    return { webhook => $self->notice($topic, $body{$topic} // die("there is no topic $topic\n"), %o) };
}

# --- the Admin API: the orders query, with exactly the fields that were asked for

sub error_answer {
    my ($self, $req, $status, $code) = @_;
    return $self->{pay}->answer($status, { errors => 'Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.' }, 'Retry-After' => $code || '2.0') if $status == 429;
    # GraphQL says most of it with status 200.
    return $self->{pay}->answer(200, { errors => [{ message => $code, extensions => { code => $code, documentation => 'https://shopify.dev/api/usage/response-codes' } }] }) if ($code // '') =~ /^[A-Z_]+\z/;
    return $self->{pay}->answer($status, { errors => $status == 401 ? '[API] Invalid API key or access token (unrecognized login or wrong password)' : 'Internal Server Error' });
}

sub is_mine { return $_[0] =~ m{^/admin/} }

sub node {
    my ($o) = @_;
    my $c = $o->{currency};
    my $bag = sub { return { shopMoney => { amount => decimal($_[0]), currencyCode => $c }, presentmentMoney => { amount => decimal($_[0]), currencyCode => $c } } };
    my $got = $o->{got};
    return {
        id => "gid://shopify/Order/$o->{id}", legacyResourceId => "$o->{id}", name => "#$o->{number}", test => bool($o->{test}), createdAt => iso($o->{created}), updatedAt => iso($o->{updated}), processedAt => iso($o->{created}),
        cancelledAt => $o->{cancelled} ? iso($o->{cancelled}) : undef, cancelReason => $o->{cancelled} ? 'CUSTOMER' : undef, displayFinancialStatus => uc status($o), currencyCode => $c, presentmentCurrencyCode => $c,
        totalPriceSet => $bag->(total($o) + ($o->{rises} ? $o->{added} : 0)), currentTotalPriceSet => $bag->(current($o)), subtotalPriceSet => $bag->(items_sum($o, 'now') - $o->{discount}), totalTaxSet => $bag->($o->{tax}), totalShippingPriceSet => $bag->($o->{shipping}), totalDiscountsSet => $bag->($o->{discount}),
        totalReceivedSet => $bag->($got), totalRefundedSet => $bag->(refunded($o)), netPaymentSet => $bag->($got - refunded($o)), taxesIncluded => bool($o->{tax_included}), note => undef, tags => [],
        customAttributes => [map { { key => $_, value => "$o->{attributes}{$_}" } } sort keys %{ $o->{attributes} }],
        lineItems => { nodes => [map { { id => "gid://shopify/LineItem/$_->{id}", sku => $_->{sku}, title => $_->{title}, name => $_->{title}, quantity => $_->{n}, currentQuantity => $_->{now}, originalUnitPriceSet => $bag->($_->{price}), discountedUnitPriceSet => $bag->($_->{price}) } } @{ $o->{items} }], pageInfo => { hasNextPage => bool(0), endCursor => undef } },
        refunds => [map { { id => "gid://shopify/Refund/$_->{id}", legacyResourceId => "$_->{id}", createdAt => iso($_->{at}), totalRefundedSet => $bag->($_->{amount}) } } @{ $o->{refunds} }],
    };
}

# "{ a b(first: 3) { c } }" as [[name, alias, sub], …]; the arguments are left out.
sub selection {
    my ($text) = @_;
    my @set;
    $$text =~ /\G\s*\{/gc or return;
    while ($$text =~ /\G[\s,]*(?:(\w+)\s*:\s*)?(\w+)\s*(\((?:[^()"]|"[^"]*")*\))?/gc) {
        my ($alias, $name) = ($1 // $2, $2);
        push @set, [$name, $alias, $$text =~ /\G(?=\s*\{)/gc ? selection($text) : undef];
    }
    $$text =~ /\G\s*\}/gc or die "the query is not well formed\n";
    return \@set;
}

sub pick {
    my ($value, $set, $type) = @_;
    return [map { pick($_, $set, $type) } @$value] if ref $value eq 'ARRAY';
    return $value if !defined $value || JSON::PP::is_bool($value);
    die "Field must have selections on $type\n" if ref $value eq 'HASH' && !$set;
    die "Selections can't be made on scalars ($type)\n" if !ref $value && $set;
    return $value unless ref $value eq 'HASH';
    return { map {
        my ($name, $alias, $sub) = @$_;
        die "Field '$name' doesn't exist on type '$type'\n" unless exists $value->{$name};
        ($alias => pick($value->{$name}, $sub, $name));
    } @$set };
}

sub time_of {
    my ($text) = @_;
    return $text =~ /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|\+00:00)\z/ ? Time::Local::timegm($6, $5, $4, $3, $2 - 1, $1) : undef;
}

# "updated_at:>='2026-11-21T08:00:00Z' AND test:false"
sub filtered {
    my ($query, @orders) = @_;
    for my $term (grep { /\S/ && !/^AND\z/i } ($query // '') =~ /((?:[^\s']|'[^']*')+)/g) {
        my ($name, $how, $value) = $term =~ /^(\w+):(>=|<=|>|<|)'?([^']*)'?\z/ or die "the search '$term' is not understood\n";
        if ($name =~ /^(created|updated|processed)_at\z/) {
            my $key = $1 eq 'updated' ? 'updated' : 'created';
            my $t = time_of($value) // die "the time '$value' is not understood\n";
            my %is = ('>=' => sub { $_[0] >= $t }, '<=' => sub { $_[0] <= $t }, '>' => sub { $_[0] > $t }, '<' => sub { $_[0] < $t }, '' => sub { $_[0] == $t });
            @orders = grep { $is{$how}->(int $_->{$key}) } @orders;
        } elsif ($name eq 'test') {
            @orders = grep { ($_->{test} ? 'true' : 'false') eq $value } @orders;
        } elsif ($name eq 'financial_status') {
            @orders = grep { status($_) eq lc $value } @orders;
        } elsif ($name eq 'id' || $name eq 'name') {
            @orders = grep { ($name eq 'id' ? "$_->{id}" : "#$_->{number}") eq $value } @orders;
        } else {
            die "the search field $name is not known here\n";
        }
    }
    return @orders;
}

sub argument {
    my ($args, $name, $variables) = @_;
    my ($v) = $args =~ /\b$name\s*:\s*("(?:[^"\\]|\\.)*"|\$\w+|-?\w+)/ or return;
    return $variables->{$1} if $v =~ /^\$(\w+)\z/;
    return $v =~ /^"/ ? $json->decode($v) : $v eq 'null' ? undef : $v;
}

sub query {
    my ($self, $text, $variables) = @_;
    $text =~ /\A\s*(?:query\b\s*\w*\s*(\((?:[^()])*\))?)?\s*(?=\{)/gc or die "the query is not understood\n";
    my $rest = substr $text, pos $text;
    my %data;
    my $args = $rest =~ /\borders\s*(\((?:[^()"]|"(?:[^"\\]|\\.)*")*\))/ ? $1 : '';
    for my $field (@{ selection(\$rest) }) {
        my ($name, $alias, $set) = @$field;
        if ($name eq 'shop') {
            $data{$alias} = pick({ id => 'gid://shopify/Shop/954889', name => 'Cozy merch', myshopifyDomain => $self->{shop}, currencyCode => 'USD' }, $set, 'Shop');
            next;
        }
        die "Field '$name' doesn't exist on type 'QueryRoot'\n" if $name ne 'orders';
        my ($first, $after, $search, $key, $back) = map { argument($args, $_, $variables) } qw(first after query sortKey reverse);
        die "you must provide one of first or last\n" unless ($first // '') =~ /^\d+\z/ && $first <= 250;
        my @all = filtered($search, @{ $self->{order} });
        my $by = ($key // '') eq 'UPDATED_AT' ? 'updated' : 'created';
        @all = sort { $a->{$by} <=> $b->{$by} || $a->{id} <=> $b->{id} } @all;
        @all = reverse @all if ($back // '') eq 'true';
        my $from = 0;
        if (defined $after) {
            my ($id) = $after =~ /^o(\d+)\z/ or die "Invalid cursor for current pagination sort.\n";
            $from++ while $from < @all && $all[$from]{id} ne $id;
            $from++;
        }
        my @page = grep { defined } @all[$from .. $from + $first - 1];
        my $info = { hasNextPage => bool(@all > $from + $first), hasPreviousPage => bool($from), endCursor => @page ? "o$page[-1]{id}" : undef, startCursor => @page ? "o$page[0]{id}" : undef };
        $data{$alias} = pick({ pageInfo => $info, nodes => [map { node($_) } @page], edges => [map { { cursor => "o$_->{id}", node => node($_) } } @page] }, $set, 'OrderConnection');
    }
    return \%data;
}

sub api {
    my ($self, $req) = @_;
    return $self->{pay}->answer(404, { errors => 'Not Found' }) unless $req->{method} eq 'POST' && $req->{path} =~ m{^/admin/api/20\d\d-(?:01|04|07|10)/graphql\.json\z};
    return $self->error_answer($req, 401) if ($req->{headers}{'x-shopify-access-token'} // '') ne $self->{token};
    my $in = $req->{json};
    return $self->{pay}->answer(400, { errors => { query => 'Required parameter missing or invalid' } }) unless ref $in eq 'HASH' && !ref $in->{query};
    my $data = eval { $self->query($in->{query}, $in->{variables} // {}) };
    return $self->{pay}->answer(200, { errors => [{ message => $@ =~ s/\n\z//r, locations => [{ line => 1, column => 1 }] }] }) unless $data;
    my $size = 2 + 2 * @{ $data->{orders}{nodes} // [] };
    return $self->{pay}->answer(200, { data => $data, extensions => { cost => { requestedQueryCost => $size, actualQueryCost => $size, throttleStatus => { maximumAvailable => 2000, currentlyAvailable => 2000 - $size, restoreRate => 100 } } } });
}

# --- Ko-fi: a form, and no way to ask

# o: amount, type (Donation, Shop Order, Commission, Subscription), message, from, public, items [[code, quantity, variation], …],
# at, test, token (a wrong one), path (a wrong one), id, transaction.
sub kofi {
    my ($self, %o) = @_;
    my $pay = $self->{pay};
    my $type = $o{type} // 'Donation';
    my $transaction = $o{transaction} // ($o{test} ? '00000000-1111-2222-3333-444444444444' : $self->uuid);
    my $data = {
        verification_token => $o{token} // $pay->{secret}{'kofi.token'}[0], message_id => $o{id} // $self->uuid, timestamp => iso($o{at} // $self->now), type => $type, is_public => bool($o{public} // 1),
        from_name => $o{from} // 'A Fan', message => $o{message}, amount => decimal($o{amount}), url => "https://ko-fi.com/Home/CoffeeShop?txid=$transaction", email => 'fan@example.org', currency => $o{currency} // 'USD',
        is_subscription_payment => bool($type eq 'Subscription'), is_first_subscription_payment => bool($type eq 'Subscription'), kofi_transaction_id => $transaction, tier_name => undef,
        shop_items => $type eq 'Shop Order' ? [map { { direct_link_code => $_->[0], quantity => 0 + ($_->[1] // 1), variation_name => $_->[2] // '' } } @{ $o{items} // [] }] : undef,
        shipping => $type eq 'Shop Order' ? { full_name => 'A Fan', street_address => '1 Pit Lane', city => 'Springfield', state_or_province => '', postal_code => '00001', country => 'United States', country_code => 'US', telephone => '' } : undef,
        discord_username => undef, discord_userid => undef,
    };
    my $text = $json->encode($data);
    my $form = 'data=' . $text =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ger;
    my $path = $o{path} // $pay->{secret}{'kofi.path'}[0];
    $pay->send_notice('kofi', $type, sub { return { path => "/hooks/kofi/$path", agent => 'Kofi.Webhooks', body => $form, headers => { 'content-type' => 'application/x-www-form-urlencoded' } } }, id => $data->{message_id});
    return { message => $data->{message_id}, transaction => $transaction, amount => $o{amount} };
}

1;
