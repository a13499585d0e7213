# Orders to the stand-in of the payment providers (fakepay), and what it saw. Core modules only.
#
#   my $pay = Pay->new('http://127.0.0.1:8082');
#   $pay->rule('stripe', 'POST /v1/transfers', 'cut_after', 1);
#   is($pay->moved('acct_…'), 2500);
#
# What a fan, a bank or a provider does gives a hash; its notices => […] names each notice to the house
# with the status that it answered.
package Pay;

use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP ();

my $json = JSON::PP->new->canonical->utf8;

sub new {
    my ($class, $address) = @_;
    return bless { address => $address, http => HTTP::Tiny->new(timeout => 60, keep_alive => 1) }, $class;
}

sub url { return $_[0]{address} . ($_[1] // '') }

sub order_ {
    my ($self, $name, %given) = @_;
    my $r = $self->{http}->post("$self->{address}/_/$name", { content => $json->encode(\%given) });
    die "fakepay, $name: $r->{status} $r->{content}\n" unless $r->{success};
    return $json->decode($r->{content});
}

# Is it there?
sub alive { return eval { $_[0]->order_('notices') } ? 1 : 0 }

# --- requests that came, and how the next ones end

# Each {n, provider, method, path, query, headers, form or json, body, status, answer, effect, rule}.
sub log { my ($self, $provider) = @_; return @{ $self->order_('log', ($provider ? (provider => $provider) : ()))->{log} } }

# how: see FakePay.pm, above serve; times: how often, -1 until calm. A * in match stands for anything.
sub rule { my ($self, $provider, $match, $how, $times) = @_; return $self->order_('rule', provider => $provider, match => $match, how => $how, times => $times // 1) }
sub calm { return $_[0]->order_('calm') }

# Whoever answers when told does it now.
sub tell { return $_[0]->order_('tell') }

# Nobody listens for so many milliseconds.
sub refuse { return $_[0]->order_('refuse', ms => $_[1]) }

# Idempotency keys of stripe, paypal or whop are pruned.
sub forget_keys { return $_[0]->order_('forget_keys', provider => $_[1]) }

# Cents that really reached an account, address or user, over all requests.
sub moved { return $_[0]->order_('moved', to => $_[1])->{cents} }

# stripe, paypal or whop have so many cents to send from now on; before that, enough.
sub balance { return $_[0]->order_('balance', provider => $_[1], cents => $_[2]) }

# --- notices to the house. door: stripe, stripe-connect, paypal, whop, shopify, kofi

sub notices { my ($self, $door) = @_; return grep { !$door || $_->{door} eq $door } @{ $self->order_('notices')->{all} } }
sub hold { return $_[0]->order_('hold', door => $_[1], on => 1) }
sub release { my ($self, $door, %o) = @_; return $self->order_('hold', door => $door, on => 0, %o) }    # reverse => 1

# One more time, as providers do; n: of a notice.
sub again { return $_[0]->order_('again', n => $_[1]) }

# { path, headers, body } as it would go out now.
sub made { return $_[0]->order_('made', n => $_[1]) }

# --- Stripe

# One object by id; all of a kind, oldest first.
sub object  { return $_[0]->order_('object', id => $_[1]) }
sub objects { return @{ $_[0]->order_('objects', object => $_[1])->{data} } }

# The checkout with that id; the newest one without.
sub checkout {
    my ($self, $session) = @_;
    return $session ? $self->object($session) : ($self->objects('checkout.session'))[-1];
}

# A fan pays: {session, payment, charge, amount, fee, notices}. o: fee, email, name, quiet, unpaid, pending_s.
sub pay_checkout { my ($self, $session, %o) = @_; return $self->order_('pay_checkout', session => $session, %o) }

# A payment that no checkout of ours began: amount, metadata, currency.
sub direct { my ($self, %o) = @_; return $self->order_('direct', %o) }

# At the dashboard. payment: pi_… or ch_…; amount: of this refund, all that is left without.
sub refund { my ($self, $payment, $amount, %o) = @_; return $self->order_('refund', payment => $payment, (defined $amount ? (amount => $amount) : ()), %o) }
sub refund_fails { return $_[0]->order_('refund_fails', refund => $_[1]) }

# how: created, won, lost; fee: of created, fee_back: of won.
sub dispute { my ($self, $payment, $how, %o) = @_; return $self->order_('dispute', payment => $payment, how => $how, %o) }

sub account_ready { my ($self, $account, $on) = @_; return $self->order_('account_ready', account => $account, on => $on // 1) }
sub deauthorize { return $_[0]->order_('deauthorize', account => $_[1]) }

# What an account holds goes to its bank: created, paid, failed.
sub bank { return $_[0]->order_('bank', account => $_[1], how => $_[2]) }
sub transfer_reverse { my ($self, $transfer, $amount) = @_; return $self->order_('transfer_reverse', transfer => $transfer, (defined $amount ? (amount => $amount) : ())) }

# --- PayPal

# key: sender_item_id, sender_batch_id or an id of PayPal; status: SUCCESS, FAILED, UNCLAIMED, RETURNED, ONHOLD, BLOCKED, REFUNDED, REVERSED, PENDING.
sub item { my ($self, $key, $status) = @_; return $self->order_('item', key => $key, status => $status) }

# What becomes of new items by themselves: SUCCESS unless told; PENDING: they wait for item.
sub item_default { return $_[0]->order_('item_default', status => $_[1]) }
sub expire_tokens { return $_[0]->order_('expire_tokens') }

# --- Whop: o of a payment: amount, product, title, metadata, user, at, tax, reason, currency, id

sub whop_payment { my ($self, %o) = @_; return $self->order_('whop_payment', %o) }
sub whop_refund { my ($self, $payment, $amount) = @_; return $self->order_('whop_refund', payment => $payment, (defined $amount ? (amount => $amount) : ())) }
sub whop_dispute { return $_[0]->order_('whop_dispute', payment => $_[1], how => $_[2]) }
sub whop_unknown { return $_[0]->order_('whop_unknown', user => $_[1]) }

# --- Shopify: o as FakeShopify.pm says above each

sub order { my ($self, %o) = @_; return $self->order_('shop_order', %o) }
sub order_update { my ($self, $order, %o) = @_; return $self->order_('shop_update', order => $order, %o) }
sub order_refund { my ($self, $order, %o) = @_; return $self->order_('shop_refund', order => $order, %o) }
sub order_cancel { my ($self, $order, %o) = @_; return $self->order_('shop_cancel', order => $order, %o) }

# customers/data_request, customers/redact, shop/redact, app/uninstalled; secret => another signer.
sub compliance { my ($self, $topic, %o) = @_; return $self->order_('shop_compliance', topic => $topic, %o) }

# --- Ko-fi: amount, type, message, from, public, items, at, test …

sub kofi { my ($self, %o) = @_; return $self->order_('kofi', %o) }

1;
