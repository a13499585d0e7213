# The books as CSV, hledger and beancount: hledger, ledger and bean-check accept them, and each account
# has there what it has in the ledger, also while sales come in. What members take along is their own.
use strict;
use warnings;
use Cozykart;
use File::Temp qw(tempdir);
use JSON::PP ();
use List::Util qw(sum0);
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);

my $why = Cozykart::missing();
plan skip_all => $why if $why;
for my $tool (qw(hledger ledger bean-check bean-query)) {
    next if grep { -x "$_/$tool" } split /:/, $ENV{PATH};
    die "$tool is not installed, and COZYKART_SKIP_IS_ERROR is set\n" if $ENV{COZYKART_SKIP_IS_ERROR};
    plan skip_all => "$tool is not installed";
}
my ($python) = grep { -x && system("$_ -c 'import sqlite3' 2>/dev/null") == 0 } '/usr/bin/python3', '/usr/local/bin/python3';
plan skip_all => 'python3 with sqlite3 not found' if !$python;
my $src = $ENV{SRCDIR} || '.';
my $dir = tempdir(CLEANUP => !$ENV{KEEP});

sub spew { my ($path, $text) = @_; open my $out, '>:raw', $path or die "$path: $!"; print $out $text; close $out or die $!; return $path }

# Exit code and everything that was printed.
sub printed {
    my (@command) = @_;
    my $pid = open(my $p, '-|') // die "fork: $!";
    if (!$pid) {
        open STDERR, '>&', \*STDOUT;
        { exec @command; }
        POSIX::_exit(127);
    }
    my $text = do { local $/; <$p> } // '';
    close $p;
    return ($? >> 8, $text);
}

# Every account as the postings up to an entry have it, read past our programs: code, currency => cents.
sub ours {
    my ($file, $last, $owner) = @_;
    my ($code, $text) = printed($python, '-c', <<'PY', $file, $last // 1 << 60, $owner // 0);
import sqlite3, sys
db = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True)
for code, currency, cents in db.execute("""SELECT a.code, a.currency, SUM(p.amount) FROM posting p JOIN account a ON a.id = p.account_id
        WHERE p.seq <= ? AND (? = 0 OR a.owner_id = ?) GROUP BY a.id""", (sys.argv[2], int(sys.argv[3]), int(sys.argv[3]))):
    print(code.split("@")[0], currency, cents)
PY
    die $text if $code;
    my %sum = map { my ($c, $cur, $n) = split / /; ("$c $cur" => $n) } split /\n/, $text;
    return \%sum;
}

my %root = (A => 'assets', L => 'liabilities', I => 'income', E => 'expenses');
sub plain { my ($code) = @_; return $code =~ s/^(\w)/$root{$1}/r }
sub bean { my ($code) = @_; return join ':', map { ucfirst tr/_/-/r } split /:/, plain($code) }
my %places = (JPY => 0, KWD => 3);
sub minor { my ($text, $currency) = @_; my $n = $places{$currency} // 2; $text =~ /^(-?)(\d+)(?:\.(\d+))?$/ or return "'$text'"; my $f = substr(($3 // '') . '000', 0, $n); return ($1 ? -1 : 1) * "$2$f" }

# What each tool has for an account, zero left out.
sub by_hledger {
    my ($file) = @_;
    my ($code, $text) = printed('hledger', '-f', $file, 'bal', '--flat', '-N', '-E', '-O', 'csv');
    die $text if $code;
    my %sum;
    for (split /\n/, $text) {
        my ($account, $amounts) = /^"([^"]+)","([^"]*)"$/ or next;
        next if $account eq 'account';
        $sum{"$account $2"} = minor($1, $2) while $amounts =~ /(-?[\d.]+) ([A-Z]{3})/g;
    }
    return \%sum;
}

sub by_ledger {
    my ($file, @currencies) = @_;
    my %sum;
    for my $currency (@currencies) {
        my ($code, $text) = printed('ledger', '--args-only', '-f', $file, 'bal', '--flat', '--no-total', '--limit', "commodity == '$currency'",
            '--balance-format', "%(account)|%(quantity(scrub(display_total)))\n");
        die $text if $code;
        $sum{"$1 $currency"} = minor($2, $currency) while $text =~ /^([^|\n]+)\|(-?[\d.]+)$/mg;
    }
    return \%sum;
}

sub by_beancount {
    my ($file) = @_;
    my ($code, $text) = printed('bean-query', '-f', 'csv', $file, 'SELECT account, currency, sum(number) AS n GROUP BY account, currency');
    die $text if $code;
    my %sum;
    for (split /\r?\n/, $text) {
        my ($account, $currency, $n) = map { s/^\s+|\s+$//gr } split /,/;
        $sum{"$account $currency"} = minor($n, $currency) if $currency && $currency =~ /^[A-Z]{3}$/;
    }
    return \%sum;
}

# RFC 4180: rows of cells.
sub csv {
    my ($text) = @_;
    my @rows;
    my $row = [];
    while ($text =~ /\G(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n)/gc) {
        push @$row, defined $1 ? $1 =~ s/""/"/gr : $2;
        next if $3 eq ',';
        push @rows, $row;
        $row = [];
    }
    is(pos($text) // 0, length $text, 'the CSV is well formed to its end');
    my $head = shift @rows;
    return map { my %r; @r{@$head} = @$_; \%r } @rows;
}

sub without_zero { my ($h) = @_; return { map { $_ => $h->{$_} } grep { $h->{$_} } keys %$h } }
sub rename_all { my ($h, $name) = @_; return without_zero({ map { my ($c, $cur) = split / /; $name->($c) . " $cur" => $h->{$_} } keys %$h }) }
sub last_of { my ($text) = @_; return $text =~ /^;+ end: \d+ entries, the last is (\d+)$/m ? $1 : undef }

# All three tools agree with the ledger, account by account.
sub agree {
    my ($what, $file, %text) = @_;
    my %path = map { $_ => spew("$dir/x.$_", $text{$_}) } keys %text;
    my ($rc, $said) = printed('hledger', '-f', $path{hledger}, 'check', '--strict');
    is($rc, 0, "$what: hledger accepts it") or diag(substr $said, 0, 600);
    ($rc, $said) = printed('ledger', '--args-only', '-f', $path{hledger}, '--strict', '--pedantic', 'bal');
    is($rc, 0, "$what: ledger accepts it") or diag(substr $said, 0, 600);
    ($rc, $said) = printed('bean-check', $path{beancount});
    is($rc, 0, "$what: bean-check accepts it") or diag(substr $said, 0, 600);
    my %n = map { $_ => last_of($text{$_}) } qw(hledger beancount);
    ok($n{hledger} && $n{beancount}, "$what: each says where it ends") or return;
    my ($h, $b) = map { ours($file, $n{$_}) } qw(hledger beancount);
    my %currency = map { (split / /)[1] => 1 } keys %$h;
    is_deeply(without_zero(by_hledger($path{hledger})), rename_all($h, \&plain), "$what: hledger has what the ledger has");
    is_deeply(without_zero(by_ledger($path{hledger}, keys %currency)), rename_all($h, \&plain), "$what: so has ledger");
    is_deeply(without_zero(by_beancount($path{beancount})), rename_all($b, \&bean), "$what: so has beancount");
    my @rows = csv($text{csv});
    my %sum;
    my $wrong = 0;
    for (@rows) {
        $sum{"$_->{account} $_->{currency}"} += $_->{amount_minor};
        $wrong++ if minor($_->{amount}, $_->{currency}) ne $_->{amount_minor} || $sum{"$_->{account} $_->{currency}"} != $_->{account_balance_minor};
    }
    is($wrong, 0, "$what: in the CSV text, minor units and balance of each row fit");
    is_deeply(without_zero(\%sum), without_zero(ours($file, $rows[-1]{number})), "$what: its rows add up to what the ledger has");
    return scalar @rows;
}

# A history with every kind of entry, of another hand.
my $good = "$dir/good.db";
is((printed($python, "$src/t/lib/ledger_gen.py", "$src/sql", $good))[0], 0, 'a ledger with every kind of entry');
my $conf = spew("$dir/c.conf", "mode = test\npath.ledger = $good\npath.run = $dir\npath.live = $dir\npath.share = $dir\n");
# Readers need somebody who has it open.
my $holder = open(my $hold, '|-', $python, '-c', 'import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute("PRAGMA journal_mode = WAL"); db.execute("SELECT 1 FROM head").fetchall(); sys.stdin.read()', $good) // die "fork: $!";
for (1 .. 600) { last if -e "$good-shm"; sleep 0.1 }
my $cozykart = ($ENV{BUILDDIR} || '.') . '/cozykart';
sub taken { my (@more) = @_; return map { my ($rc, $text) = printed($cozykart, '--config', $conf, 'export', '--format', $_, @more); die $text if $rc; ($_ => $text) } qw(csv hledger beancount) }
my %all = taken();
agree('every kind', $good, %all);
my ($day) = $all{hledger} =~ /^(\d{4}-\d\d-\d\d) \* \(30\)/m;
my %late = taken('--from', "$day 00:00");
like($late{hledger}, qr/\(opening\) Balances before/, 'a later beginning has what was there before');
for my $k (qw(hledger beancount)) { spew("$dir/late.$k", $late{$k}) }
is((printed('hledger', '-f', "$dir/late.hledger", 'check', '--strict'))[0], 0, '… hledger accepts it');
is((printed('bean-check', "$dir/late.beancount"))[0], 0, '… bean-check accepts it');
is_deeply(without_zero(by_hledger("$dir/late.hledger")), rename_all(ours($good, last_of($late{hledger})), \&plain), '… and it ends with the same balances');

# The tools look at every day's end: a changed cent is seen.
my $cent = $all{hledger} =~ s/^(\s+assets:processor:stripe\s+)(\d+)\.(\d)(\d) USD$/"$1$2.$3" . (($4 + 1) % 10) . ' USD'/mer;
isnt($cent, $all{hledger}, 'a cent is changed');
isnt((printed('hledger', '-f', spew("$dir/cent.hledger", $cent), 'check'))[0], 0, 'hledger refuses it');
isnt((printed('ledger', '--args-only', '-f', "$dir/cent.hledger", 'bal'))[0], 0, 'ledger too');
my $moved = $all{beancount} =~ s/^(\d{4}-\d\d-\d\d balance Assets:Processor:Stripe\s+)(\d+)/$1 . ($2 + 1)/mer;
isnt((printed('bean-check', spew("$dir/cent.beancount", $moved)))[0], 0, 'a balance that is not so is refused by bean-check');

# One member's own side.
for my $member (1, 5, 9) {
    my %own = taken('--member', $member);
    my %path = map { $_ => spew("$dir/own.$_", $own{$_}) } keys %own;
    is((printed('hledger', '-f', $path{hledger}, 'check', '--strict'))[0], 0, "member $member: hledger accepts it");
    is((printed('ledger', '--args-only', '-f', $path{hledger}, '--strict', '--pedantic', 'bal'))[0], 0, '… ledger too');
    is((printed('bean-check', $path{beancount}))[0], 0, '… bean-check too');
    my $ours = ours($good, undef, $member);
    my %want = map { my ($to, $code) = @$_; my $n = -($ours->{"$code:$member USD"} // 0); $n ? ("$to USD" => $n) : () }
        ['assets:cozykart:pending', 'L:wallet_pending'], ['assets:cozykart:available', 'L:wallet'], ['liabilities:cozykart:owed', 'A:clawback'];
    my $has = by_hledger($path{hledger});
    is_deeply(without_zero({ map { /^equity/ ? () : ($_ => $has->{$_}) } keys %$has }), \%want, '… what they have is theirs, with the other sign');
    unlike($own{hledger} . $own{csv} . $own{beancount}, qr/processor|house:merch|wallet:\d|pending:\d/i, '… and nobody else is in it');
}
close $hold;

# A house at work: sales come in all the while.
my $house = Cozykart->new(page_rate => '100000r/s');
my $race = $house->race(8);
my $post = fork // die "fork: $!";
if (!$post) {
    my $go = 1;
    local $SIG{TERM} = sub { $go = 0 };
    $house->notice($house->stripe->completed($house->shirt($race))) while $go;
    POSIX::_exit(0);
}
my $file = "$house->{home}/data/ledger.db";
my ($rows, @seen) = (0);
for my $turn (1 .. 3) {
    # Between two looks there are sales.
    $house->wait_for(20, sub { sleep 1; $house->json('verify')->{head_seq} > ($seen[-1] // 0) });
    my %text = map { $_ => ($house->run('export', '--format', $_))[1] } qw(csv hledger beancount);
    push @seen, last_of($text{hledger});
    $rows = agree("busy, turn $turn", $file, %text);
}
ok($seen[0] < $seen[-1], "sales came in meanwhile ($seen[0] to $seen[-1] entries)");

# The same through the web.
sub login {
    my ($name) = @_;
    my $token = $house->json('login-link', $name)->{token};
    my $r = HTTP::Tiny->new(max_redirect => 0)->post($house->url("/login/$token"), { content => '', headers => { 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url } });
    return ($r->{headers}{'set-cookie'} // '') =~ /^(ck=[\w-]{43})/;
}
$house->json('member', 'add', 'Audrey', '--role', 'auditor');
my ($nova, $audrey) = map { login($_) } 'Nova', 'Audrey';
my %web = map { $_ => $house->get("/export/journal.$_", cookie => $audrey) } qw(csv hledger beancount);
is(join(' ', map { $web{$_}{status} } sort keys %web), '200 200 200', 'an auditor downloads all books while sales come in');
like($web{csv}{headers}{'content-disposition'} // '', qr/^attachment; filename="journal-[\d-]+\.csv"$/, 'as a file');
agree('by the web', $file, map { $_ => $web{$_}{content} } keys %web);
kill 'TERM', $post;
waitpid $post, 0;
my %mine = map { $_ => $house->get("/wallet/export.$_", cookie => $nova) } qw(csv hledger beancount);
my $wallet = JSON::PP->new->utf8->decode($house->get('/wallet.json', cookie => $nova)->{content});
my @mine = csv($mine{csv}{content});
is(sum0(map { $_->{amount_minor} } @mine), $wallet->{balance}{minor}, 'what a member downloads adds up to what the wallet shows');
is(scalar(grep { $_->{kind} !~ /^SALE_OPEN$/ } @mine), 0, 'line by line');
is((printed('bean-check', spew("$dir/mine.beancount", $mine{beancount}{content})))[0], 0, 'beancount takes it');
is_deeply([map { $house->get($_, cookie => $nova)->{status} } '/export/journal.csv', '/wallet/export.csv?member=1', '/wallet/export.xml'], [403, 403, 404], 'not what is not theirs');
is($house->get('/wallet/export.csv?member=2', cookie => $audrey)->{content}, $mine{csv}{content}, 'an auditor may take along any');
is((csv($house->get('/wallet/export.csv?kind=payout&', cookie => $nova)->{content}))[0], undef, 'a choice of kinds is kept');
$house->stop;
done_testing;
