# Orders that are changed after they were paid: what is paid on top is a further sale of the order's own time,
# what goes back goes off it first, and nothing is booked on a guess; told late, twice, backwards, by notices
# or by the shop's list alone, with both figures that shops are seen to give as the total.
use strict;
use warnings;
use utf8;
use Cozykart;
use JSON::PP ();
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
plan skip_all => 'sqlite3 is not installed' unless grep { -x "$_/sqlite3" } split /:/, $ENV{PATH};
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(pay => 1, clock => 0, conf => "window.grace_s = 0\n");
my $pay = $house->pay;
my $race = $house->race(4);
$house->json('product', 'add', 'CAP', 'Pit cap', '3.00');

sub rows {
    my ($sql) = @_;
    my $text = qx{sqlite3 -readonly -json -cmd ".timeout 5000" "$house->{home}/data/ledger.db" "$sql"};
    return length $text ? @{ JSON::PP::decode_json($text) } : ();
}
sub pot { my ($r) = rows('SELECT pot FROM pot_line WHERE race_id = ' . ($_[0] // $race) . ' ORDER BY seq DESC LIMIT 1'); return $r ? $r->{pot} : 0 }
sub sales { my ($order) = @_; return join ' ', map { my $p = $_->{payment} =~ s/^\d+//r; "$_->{amount}$p" } rows("SELECT payment, amount FROM sale WHERE provider = 'shopify' AND (payment = '$order' OR payment LIKE '$order+%') ORDER BY id") }
sub back { my ($order) = @_; return join ' ', map { $_->{n} } rows("SELECT COALESCE(r.returned, 0) AS n FROM sale s LEFT JOIN refundable r ON r.sale_id = s.id WHERE s.payment = '$order' OR s.payment LIKE '$order+%' ORDER BY s.id") }
sub becomes { my ($want, $code, $name) = @_; my $got; $house->wait_for(20, sub { ($got = $code->()) eq $want }); return is($got, $want, $name) }
sub settled { return $house->wait_for(20, sub { !grep { !$_->{tries} || $_->{state} !~ /^(?:done|lost)/ } $pay->notices('shopify') }) }

my @tag = (attributes => { race => $race });
for my $rises (0, 1) {
    my $as = $rises ? 'the total follows' : 'the total stays';
    my $was = pot();
    my $order = $pay->order(items => [['TEE', 1, 2500]], @tag, rises => $rises)->{order};
    becomes('2500', sub { sales($order) }, "$as: an order is a sale");
    becomes($was + 500, \&pot, '… and its pool is in the pot');
    $pay->order_update($order, add => [['CAP', 2, 1000]]);
    settled();
    is(sales($order), '2500', '… what is added and not paid is none');
    $pay->order_update($order, pay => 1);
    becomes('2500 2000+2500', sub { sales($order) }, '… paid, it is a further sale');
    becomes($was + 900, \&pot, '… of the same race');
    my ($cost) = rows("SELECT cost, title FROM sale WHERE payment = '$order+2500'");
    is("$cost->{cost} $cost->{title}", '600 CAP', '… with the cost of what was added alone');
    $pay->again($_->{n}) for grep { $_->{name} =~ /^orders/ } $pay->notices('shopify');
    settled();
    is(sales($order), '2500 2000+2500', '… told again it is nothing more');

    # A line is taken off: nothing moves before money does.
    $pay->order_update($order, remove => [['CAP', 1]]);
    settled();
    is(pot(), $was + 900, '… what is taken off is still paid');
    $pay->order_refund($order, amount => 1000);
    becomes('0 1000', sub { back($order) }, '… the money for it goes off the further sale');
    becomes($was + 700, \&pot, '… and out of the pot');
    $pay->order_refund($order, amount => 2500);
    becomes('1500 2000', sub { back($order) }, '… what is more than that off the first');
    becomes($was + 200, \&pot, '… cent by cent');
    $pay->order_update($order, add => [['CAP', 1, 1000]], pay => 1);
    my $n = $rises ? '2500 2000+2500' : '2500 2000+2500';
    settled();
    # After money went back the notice alone does not say for certain how much came: the list does.
    $house->ahead(600);
    becomes('2500 2000+2500 1000+4500', sub { sales($order) }, '… what is added after that is known from the list');
    becomes($was + 400, \&pot, '… and counts');
    $pay->order_refund($order);
    becomes('2500 2000 1000', sub { back($order) }, '… all of it goes back');
    becomes($was, \&pot, '… to nothing');
    becomes('', sub { join ' ', map { "$_->{kind} $_->{text}" } grep { $_->{kind} =~ /^(?:set_aside|inbox_failed|provider_difference)/ } @{ $house->json('alerts') } }, '… and nobody is needed');
}

# Backwards: the refund, the later edit, the first edit, the order.
{
    my $was = pot();
    $pay->hold('shopify');
    my $order = $pay->order(items => [['TEE', 1, 2500]], @tag)->{order};
    $pay->order_update($order, add => [['CAP', 1, 1000]], pay => 1);
    $pay->order_update($order, add => [['CAP', 3, 1000]], pay => 1);
    $pay->order_refund($order, amount => 4500);
    $pay->release('shopify', reverse => 1);
    settled();
    becomes('6500', sub { my $s = 0; $s += $_ for sales($order) =~ /(?:^| )(\d+)/g; $s }, 'backwards: all that came is booked');
    becomes('4500', sub { my $s = 0; $s += $_ for split ' ', back($order); $s }, '… all that went back too');
    becomes($was + 400, \&pot, '… and the pot has its fifth of the rest');
    my @items = rows("SELECT i.sku AS sku, SUM(i.quantity) AS n FROM sale s JOIN sale_item i ON i.sale_id = s.id WHERE s.payment LIKE '$order%' GROUP BY i.sku ORDER BY i.sku");
    is(join(' ', map { "$_->{sku}:$_->{n}" } @items), 'CAP:4 TEE:1', '… each piece once');
}

# More goes back than the first notice told of having come: it waits for the rest, and is not forgotten.
{
    my $was = pot();
    my $order = $pay->order(items => [['TEE', 1, 2500]], @tag)->{order};
    becomes('2500', sub { sales($order) }, 'an order');
    $pay->hold('shopify');
    $pay->order_update($order, add => [['CAP', 2, 1000]], pay => 1, quiet => 1);
    $pay->order_refund($order, amount => 4500);
    my ($refund) = grep { $_->{name} eq 'refunds/create' && !$_->{tries} } reverse $pay->notices('shopify');
    $pay->release('shopify');
    settled();
    $house->ahead(600);
    becomes('2500 2000+2500', sub { sales($order) }, 'its change comes by the list alone');
    $house->ahead(61);
    becomes('2500 2000', sub { back($order) }, 'and all of it went back');
    becomes($was, \&pot, 'the pot is as before');
    becomes('', sub { join ' ', map { $_->{kind} } grep { $_->{kind} =~ /^(?:set_aside|inbox_failed)/ } @{ $house->json('alerts') } }, 'no notice is left lying');
}

# The order's own time counts: after the flag too, but not after three days; each order by itself.
{
    my $was = pot();
    my ($soon, $late, $never) = map { $pay->order(items => [['TEE', 1, 2500]], @tag)->{order} } 1 .. 3;
    becomes($was + 1500, \&pot, 'three orders');
    $house->json('race', 'finish', $race);
    $house->ahead(60);
    $pay->order_update($soon, add => [['CAP', 1, 1000]], pay => 1);
    becomes('2500 1000+2500', sub { sales($soon) }, 'an order of the race is changed after the flag');
    becomes($was + 1700, \&pot, '… and counts by its own time');
    $house->ahead(4 * 86400);
    $pay->order_update($late, add => [['CAP', 1, 1000]], pay => 1);
    becomes('2500 1000+2500', sub { sales($late) }, 'one is changed after four days');
    my ($r) = rows("SELECT reason, pool FROM sale WHERE payment = '$late+2500'");
    is("$r->{reason} $r->{pool}", 'paid_too_late 0', '… which is too late to count');
    is(pot(), $was + 1700, '… and the pot stays');
    my $test = $pay->order(items => [['TEE', 1, 2500]], test => 1)->{order};
    $pay->order_update($test, add => [['CAP', 1, 1000]], pay => 1);
    settled();
    is(sales($test), '2500', 'a test order is one row, whatever becomes of it');
    # Paid before we listened, changed now: none of ours.
    my $old = $pay->order(items => [['TEE', 1, 2500]], created => $house->now - 10 * 86400, quiet => 1)->{order};
    $pay->order_update($old, add => [['CAP', 1, 1000]]);
    settled();
    is(sales($old), '', 'an old order that we do not know stays unknown');
}
becomes('', sub { join ' ', map { "$_->{kind} $_->{text}" } grep { $_->{kind} =~ /^(?:set_aside|inbox_failed|provider_difference|provider_unread)/ } @{ $house->json('alerts') } }, 'the shop and the books agree');
$house->stop;
done_testing;
