# Payouts, as the providers list them, against the books: what arrived is expected, what is on its way is open, what came
# back adds up to nothing.
use strict;
use warnings;
use utf8;
use Cash;
use JSON::PP ();
use Test::More;

my $why = Cash::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $cash = Cash->new(wallet => 50_000);
my ($house, $pay) = ($cash->house, $cash->pay);

sub lines {
    my ($name) = @_;
    my (undef, $out) = $house->run('funds', '--json');
    my ($p) = grep { $_->{name} eq $name } @{ JSON::PP->new->utf8->decode($out)->{providers} // [] };
    return map { "$_->{verdict} $_->{kind} $_->{ref}" } grep { $_->{kind} eq 'transfer' } @{ $p->{lines} // [] };
}

sub listed {
    my ($name) = @_;
    return $cash->rows("SELECT object, amount, verdict, ref FROM provider_line WHERE provider = '$name' AND kind = 'transfer' ORDER BY at, object");
}

my %id;
for my $p (@Cash::providers) {
    $id{$p} = $cash->out($p, 2000);
    is($cash->until_ended($id{$p}, 30), 'SETTLED', "$p: a payout arrives");
}
$house->ahead(600);
for my $p (@Cash::providers) {
    ok($house->wait_for(20, sub { my @l = listed($p); @l == 1 && $l[0]{verdict} eq 'expected' }), "$p: its list has it, as expected") or diag explain [listed($p)];
    my ($l) = listed($p);
    is($l->{ref}, "payout:$id{$p}", '… and it is known which payout it is');
    is($l->{amount}, -2000, '… to the cent');
}

# What Whop holds is compared with the books from its first reading on: what leaves there unseen is told.
{
    my $holds = sub { my ($s) = $cash->rows("SELECT holds, off FROM provider_state WHERE provider = 'whop'"); $s };
    my $now = sub { $house->ahead(301); my ($was) = $cash->rows("SELECT at FROM provider_state WHERE provider = 'whop'"); $house->wait_for(20, sub { my ($s) = $cash->rows("SELECT at FROM provider_state WHERE provider = 'whop'"); $s->{at} > $was->{at} }) };
    $pay->balance('whop', 90_000);
    $now->();
    $now->();
    ok($holds->()->{holds} == 90_000, 'whop: what it holds is read') or diag explain $holds->();
    my $id = $cash->out('whop', 1500);
    is($cash->until_ended($id, 30), 'SETTLED', 'whop: one more payout');
    my $base = $holds->()->{off};
    $now->();
    is($holds->()->{holds} . ' ' . $holds->()->{off}, "88500 $base", '… is what it holds less');
    my ($funds) = grep { $_->{name} eq 'whop' } @{ $house->get_json('/funds.json')->{providers} };
    is($funds && $funds->{holds}{text}, '$885.00', 'the proof of funds has it');
    $pay->balance('whop', 80_000);
    $now->();
    $now->();
    ok($house->wait_for(20, sub { grep { $_->{kind} eq 'provider_holds' && $_->{key} eq 'whop' && $_->{text} =~ /holds \$800\.00/ } @{ $house->json('alerts') } }), 'what left there unseen is told') or diag explain $house->json('alerts');
    $pay->balance('whop', 88_500);
    $now->();
}

# Somebody else's destination: refused, no money put aside, and written down.
{
    my $no = $cash->ask('payout.ask', session => $cash->session('paypal'), method => "$cash->{method}{stripe}", amount => '10.00', key => "foreign-$$");
    ok(!$no->{ok}, "nobody is paid where another is: " . ($no->{why} // ''));
    my ($row) = $cash->rows("SELECT detail FROM audit WHERE action = 'payout.ask' AND object = 'method:$cash->{method}{stripe}' AND detail LIKE 'refused:%'");
    ok($row, '… which the log of acts has') or diag explain $no;
}

# On its way: PayPal has it, nobody knows yet how it ends.
$pay->item_default('PENDING');
my $slow = $cash->out('paypal', 3000);
$house->wait_for(20, sub { grep { $_ eq 'SENT' } $cash->steps($slow) });
$house->ahead(600);
ok($house->wait_for(20, sub { grep { $_ eq "open transfer payout:$slow" } lines('paypal') }), 'what is on its way is open') or diag explain [listed('paypal')];
my ($batch) = $cash->rows("SELECT ref FROM payout WHERE id = $slow");
$pay->item($batch->{ref}, 'SUCCESS');
is($cash->until_ended($slow, 30), 'SETTLED', 'it arrives');
$house->ahead(600);
ok($house->wait_for(20, sub { !lines('paypal') }), 'and is as expected then') or diag explain [listed('paypal')];
$pay->item($batch->{ref}, 'RETURNED');
$house->wait_for(20, sub { $cash->payout($slow)->{state} eq 'RETURNED' });
$house->ahead(600);
ok($house->wait_for(20, sub { my ($l) = grep { $_->{ref} eq "payout:$slow" } listed('paypal'); $l->{amount} == 0 && $l->{verdict} eq 'expected' }), 'what came back adds up to nothing')
    or diag explain [listed('paypal')];
# What these sales were is nothing that the stand-in of Stripe knows of: its balance is another matter.
is_deeply([map { $_->{text} } grep { $_->{kind} =~ /^provider_(?:difference|unread)/ } @{ $house->json('alerts') }], [], 'no alert of all that');

# Booked, and in nobody's list after a week: that is told.
$house->ahead(8 * 86400);
ok($house->wait_for(20, sub { grep { $_->{kind} eq 'provider_difference' && $_->{key} eq 'stripe' && $_->{text} =~ /ours:sale:1 \(missing, sale:1\)/ } @{ $house->json('alerts') } }),
    'a sale that Stripe does not list is missing') or diag explain $house->json('alerts');
$house->stop;
done_testing;
