# The pages of the fake Stripe to which people are sent: a checkout with its button, the set-up of an
# account. Not for: what programs ask (FakeStripe.pm).
package FakeTill;

use strict;
use warnings;
use FakePage;
use FakePay qw(decimal);

sub html {
    my ($title, $body) = @_;
    my $text = FakePage::page($title, "<h1>$title</h1>$body<p><small>A stand-in for Stripe on this machine. No money moves.</small></p>");
    utf8::encode($text);
    return { status => 200, headers => { 'Content-Type' => 'text/html; charset=utf-8', 'Cache-Control' => 'no-store' }, body => $text };
}

sub to { return { status => 303, headers => { Location => $_[0] }, body => '' } }

sub plain { return FakePage::plain($_[0]) }

sub button { return '<form method="post"><button class="button ' . ($_[2] // 's3') . "\" name=\"do\" value=\"$_[0]\">" . plain($_[1]) . '</button></form>' }

sub checkout {
    my ($stripe, $req, $id) = @_;
    my $s = $stripe->get($id, 'checkout.session') or return html('There is no such checkout', '');
    my $back = $s->{success_url} =~ s/\{CHECKOUT_SESSION_ID\}/$s->{id}/gr;
    if ($req->{method} eq 'POST' && $s->{status} eq 'open') {
        $stripe->pay_session($id);
        return to($back);
    }
    return html('This checkout is over', '<p><a class="button" href="' . plain($back) . '">Go back</a></p>') if $s->{status} ne 'open';
    my $lines = join '', map { '<li>' . plain("$_->{quantity} × $_->{name}: \$" . decimal($_->{quantity} * $_->{unit})) . '</li>' } @{ $s->{'.lines'} };
    return html('Pay $' . decimal($s->{amount_total}), "<ul>$lines</ul>" . button('pay', 'Pay') . ($s->{cancel_url} ? '<p><a class="button s4" id="cancel" href="' . plain($s->{cancel_url}) . '">Cancel</a></p>' : ''));
}

# A link works once.
sub setup {
    my ($stripe, $req, $id) = @_;
    my $l = $stripe->get($id, 'account_link') or return html('There is no such link', '');
    my $on = { ready => 1, refused => 0 }->{ ($req->{body} // '') =~ /\bdo=(\w+)/ ? $1 : '' };
    if ($req->{method} eq 'POST') {
        $stripe->account_ready($l->{'.account'}, $on) if defined $on;
        return to($l->{'.return'});
    }
    return to($l->{'.refresh'}) if $l->{'.used'}++ || $l->{expires_at} < $stripe->now;
    return html('Set up payouts', button('ready', 'Finish') . '<p></p>' . button('refused', 'Finish without a proof of identity', 's2') . '<p></p>' . button('later', 'Later', 's2'));
}

sub overview {
    my ($stripe) = @_;
    my $rows = join '', map { '<li>' . plain(join ' ', $_->{id}, '$' . decimal($_->{amount_total}), $_->{status}) . ($_->{url} ? ' <a href="' . plain($_->{url}) . '">pay</a>' : '') . '</li>' } reverse $stripe->all('checkout.session');
    my $sent = join '', map { '<li>' . plain(join ' ', $_->{id}, '$' . decimal($_->{amount}), 'to', $_->{destination}) . '</li>' } reverse $stripe->all('transfer');
    return html('Fake Stripe', "<h2>Checkouts</h2><ul>$rows</ul><h2>Transfers</h2><ul>$sent</ul>");
}

sub page {
    my ($stripe, $req) = @_;
    return checkout($stripe, $req, $1) if $req->{path} =~ m{^/c/pay/(\w+)\z};
    return setup($stripe, $req, $1) if $req->{path} =~ m{^/setup/(\w+)\z};
    return overview($stripe);
}

1;
