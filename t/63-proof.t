# Proof for everybody: seals that can be checked by hand, receipts held against the ledger, what the house owes and has,
# the console's ledger page; and alerts that time alone raises and takes back.
use strict;
use warnings;
use Cozykart;
use HTTP::Tiny;
use JSON::PP ();
use POSIX ();
use Test::More;

if (my $why = Cozykart::missing()) { plan skip_all => $why }
my $house = Cozykart->new(pay => 1, clock => 0, conf => "alert.disk_mb = 1000000000\n");
my $pay = $house->pay;
my $race = $house->race(3);
my $json = JSON::PP->new;

sub alerts { my ($kind) = @_; return grep { $_->{kind} eq $kind } @{ $house->json('alerts') } }

sub login {
    my ($name, $at) = @_;
    my $http = HTTP::Tiny->new(max_redirect => 0, timeout => 20, local_address => $at);
    my $token = $house->json('login-link', $name)->{token};
    my $r = $http->post($house->url("/login/$token"), { content => '', headers => { 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url } });
    my ($cookie) = ($r->{headers}{'set-cookie'} // '') =~ /^(ck=[\w-]{43})/;
    return sub { $http->get($house->url($_[0]), { headers => { cookie => $cookie } }) };
}

sub keep {
    my ($name, $text) = @_;
    open my $out, '>', "$house->{dir}/$name" or die $!;
    print $out $text;
    close $out or die $!;
    return "$house->{dir}/$name";
}

my $sale = $pay->direct(amount => 2500, metadata => { ck_kind => 'sale', ck_race => $race, ck_items => 'TEE:1:2500' });
$house->wait_for(10, sub { @{ $house->json('inbox', 'list', '--state', 'applied') } });

subtest 'before the day is over' => sub {
    is_deeply($house->get_json('/seals.json')->{seals}, [], 'no seal');
    like($house->get('/seals')->{content}, qr/No day is sealed yet/, 'and the page says when');
    is($house->get('/seal/2026-01-01')->{status}, 404, 'a day without seal is not found');
    ok($house->wait_for(10, sub { my $s = $house->get_json('/status.json'); $s->{chain_good} }), 'the chain is checked at once');
};

subtest 'a seal' => sub {
    # To the next day, when it is twenty minutes old: whatever time it is now, midnight included, today is over then.
    my $today = POSIX::strftime('%Y-%m-%d', gmtime $house->now);
    $house->ahead(86400 - int($house->now) % 86400 + 1200);
    ok($house->wait_for(20, sub { my ($s) = @{ $house->get_json('/seals.json')->{seals} }; $s && $s->{day} eq $today }), 'is made after the day');
    my $s = $house->get_json('/seals.json')->{seals}[0];
    like($house->get("/seal/$s->{day}")->{content}, qr/cozykart seal 2.*pkeyutl/s, 'its page shows text and way');
    my $r = $house->get("/seal/$s->{day}.txt");
    like($r->{headers}{'content-disposition'}, qr/attachment; filename="seal-$s->{day}\.txt"/, 'its file is a download');
    my $file = keep('seal.txt', $r->{content});
    my ($code, $out) = $house->run('verify', '--against', $file);
    is($code, 0, 'verify --against accepts it') or diag($out);
    like($out, qr/^stands  seal of $s->{day}: trial balance$/m, '… line by line');
    like($out, qr/^of what was kept 5 stand, 0 fall$/m, '… all of it');
    keep('seal.txt', $r->{content} =~ s/^trial ./trial z/mr);
    ($code, $out) = $house->run('verify', '--against', $file);
    is($code, 1, 'a changed one falls');
    like($out, qr/^FALLS   seal of $s->{day}: trial balance: the books/m, '… and says where');
    keep('seal.txt', "hello\n");
    isnt(($house->run('verify', '--against', $file))[0], 0, 'what is neither seal nor receipt is refused');
    is($house->get_json('/status.json')->{seal_day}, $s->{day}, 'the status page names it');
};

# With what every Debian has, and the commands as they stand on the pages.
subtest 'by hand' => sub {
    my $receipt = $json->decode(login('Nova', '127.0.1.23')->('/wallet/receipt.json')->{content});
    my ($first) = @{ $receipt->{entries} };
    my ($day) = grep { $house->get("/seal/$_.hashes")->{content} =~ /^$first->{number} /m } map { $_->{day} } @{ $house->get_json('/seals.json')->{seals} };
    ok($day, 'the entry of a receipt stands in the list of a day') or return;
    my $page = $house->get("/seal/$day")->{content};
    my @block = map { s/&gt;/>/g; s/&lt;/</g; s/&#39;|&#x27;/'/g; s/&quot;/"/g; s/&amp;/&/g; $_ } $page =~ /<pre class="cmd">(.*?)<\/pre>/gs;
    is(scalar @block, 4, 'the page has the text and three blocks of commands') or return;
    my $way = sub { my ($words) = @_; return `cd '$house->{dir}' && { $words\n} 2>&1` };
    keep("seal-$day.txt", $house->get("/seal/$day.txt")->{content});
    my $list = $house->get("/seal/$day.hashes");
    is($list->{status}, 200, 'the list is public');
    like($list->{headers}{'content-disposition'}, qr/filename="hashes-$day\.txt"/, 'a download');
    keep("hashes-$day.txt", $list->{content});
    like($way->("$block[1]\n"), qr/^Signature Verified Successfully$/m, 'the signature is checked by openssl');
    my @sum = split /\n/, $way->("$block[2]\n");
    ok(@sum == 2 && $sum[0] eq $sum[1] && $sum[0] =~ /^[0-9a-f]{64}$/, 'the list is the one that is signed') or diag(explain(\@sum));
    my $grep = $block[3] =~ s/NUMBER/$first->{number}/r =~ s/HASH/$first->{hash}/r =~ s/SALT/$first->{salt}/r;
    like($way->("$grep\n"), qr/^$first->{number} [0-9a-f]{64}$/, 'an entry of a receipt stands in it');
    is($way->(($grep =~ s/$first->{hash}/reverse $first->{hash}/er) . "\n"), '', 'another hash does not');
    is($way->(($grep =~ s/$first->{salt}/reverse $first->{salt}/er) . "\n"), '', 'nor another salt');
    unlike($list->{content}, qr/$first->{hash}/, 'the list itself shows no hash of an entry');
    my $own = login('Nova', '127.0.1.24')->("/wallet/entry/$first->{number}")->{content};
    my ($line) = map { s/&quot;/"/g; s/&#39;|&#x27;/'/g; $_ } $own =~ /<pre class="cmd">(.*?)<\/pre>/s;
    like($way->(($line // 'false') . "\n"), qr/^$first->{number} [0-9a-f]{64}$/, 'the page of the entry has the whole command');
    keep("hashes-$day.txt", $list->{content} =~ s/(.)\n\z/$1 eq 'a' ? "b\n" : "a\n"/er);
    @sum = split /\n/, $way->("$block[2]\n");
    isnt($sum[0], $sum[1], 'a changed list is noticed');
    is($house->get('/seal/2020-01-01.hashes')->{status}, 404, 'a day without seal has no list');
};

subtest 'a receipt' => sub {
    my $nova = login('Nova', '127.0.1.21');
    my $r = $nova->('/wallet/receipt.json');
    is($r->{status}, 200, 'is downloaded') or return;
    my $file = keep('receipt.json', $r->{content});
    my ($code, $out) = $house->run('verify', '--against', $file);
    is($code, 0, 'and stands') or diag($out);
    like($out, qr/^stands  entry \d+: hash$/m, '… with the hash of each entry');
    my $kept = $json->decode($r->{content});
    $kept->{entries}[0]{lines}[0]{amount}++;
    keep('receipt.json', $json->encode($kept));
    ($code, $out) = $house->run('verify', '--against', $file, '--json');
    my ($fell) = grep { !$_->{stands} } @{ $json->decode($out)->{kept} };
    like($fell->{why}, qr/^you kept \d+, the entry has \d+$/, 'an amount that was never booked falls');
};

subtest 'proof of funds' => sub {
    my $funds = $house->get_json('/funds.json');
    my $ctl = $house->json('funds');
    is($funds->{owed_members}{minor}, $ctl->{members}, 'page and command agree on what is owed');
    is($funds->{held}{minor}, $ctl->{told}, 'and on what is held');
    is($ctl->{members}, 500, 'which is the pot');
    is($ctl->{owed}, 1400, 'and the maker\'s part');
    my $page = $house->get('/funds');
    like($page->{content}, qr/Owed to members.*\$5\.00/s, 'people read it');
    unlike($page->{content}, qr/Nova|Piston|Juno/, 'nobody is named');
};

subtest 'the console' => sub {
    $house->json('member', 'add', 'Ledger Lou', '--role', 'auditor');
    my $lou = login('Ledger Lou', '127.0.1.22');
    my $page = $lou->('/ops/ledger');
    is($page->{status}, 200, 'the ledger page is there for auditors');
    like($page->{content}, qr/L:wallet_pending:\*.*3 accounts/s, 'the trial balance puts members together');
    my $data = $json->decode($lou->('/ops/ledger.json')->{content});
    my $sum = 0;
    $sum += $_->{minor} for @{ $data->{trial} };
    is($sum, 0, 'it adds up to nothing');
    ok(!(grep { !$_->{holds} && $_->{name} ne 'I11' } @{ $data->{checks} }), 'all checks hold');
    ok((grep { $_->{name} eq 'chain' && $_->{at}{iso} } @{ $data->{checks} }), 'and say when they were made');
    ok((grep { $_->{name} eq 'whole' } @{ $data->{checks} }), 'the daily one too');
    like($lou->('/ops')->{content}, qr/Held by providers, by our books/, 'the overview has tiles of money');
};

subtest 'what time raises' => sub {
    my ($disk) = alerts('disk');
    like($disk->{text} // '', qr/free beside the ledger/, 'a disk that is too small is told');
    $pay->dispute($sale->{payment}, 'created');
    $house->wait_for(10, sub { grep { $_->{type} =~ /dispute/ && $_->{state} eq 'applied' } @{ $house->json('inbox', 'list') } });
    is_deeply([alerts('dispute_old')], [], 'a fresh dispute is nothing to tell');
    $house->ahead(8 * 86400);
    ok($house->wait_for(15, sub { alerts('dispute_old') && alerts('hold_old') }), 'one that is open for a week is');
    my ($old) = alerts('dispute_old');
    is($old->{who}, 'provider', '… with who must act');
    like($old->{text}, qr/^\$25\.00 of \S+ is open for long.*\(8 days\)$/, '… how much and since when');
    $pay->dispute($sale->{payment}, 'won');
    $house->wait_for(10, sub { 2 <= grep { $_->{type} =~ /dispute/ && $_->{state} eq 'applied' } @{ $house->json('inbox', 'list') } });
    $house->ahead(70);
    ok($house->wait_for(15, sub { !alerts('dispute_old') && !alerts('hold_old') }), 'it goes when the dispute is won');
};

subtest 'work that was done long ago is forgotten' => sub {
    my $oldest = sub { (sort { $a <=> $b } map { $_->{id} } @{ $house->json('jobs', 'list', '--limit', 10000) })[0] };
    my $before = $oldest->();
    $house->ahead(31 * 86400);
    ok($house->wait_for(15, sub { $oldest->() > $before }), 'after thirty days');
    is(scalar @{ $house->json('jobs', 'list', '--limit', 2) }, 2, 'a list can be cut');
};
ok($house->wait_for(20, sub { @{ $house->get_json('/seals.json')->{seals} } >= 40 }), 'days that were slept through are sealed');
$house->stop;
done_testing;
