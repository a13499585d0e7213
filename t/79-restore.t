# A copy becomes the ledger again: whole, in one command, without paying anybody twice; and the drill that
# tries it every day.
use strict;
use warnings;
use Cash;
use JSON::PP;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $why = Cash::missing();
plan skip_all => $why if $why;
my $cash = Cash->new(wallet => 100_000, conf => "payout.methods = gift_card,store_credit,stripe,paypal,whop\n");
my ($house, $pay) = ($cash->house, $cash->pay);
my $dir = "$house->{home}/backup";
my $ledger = "$house->{home}/data/ledger.db";

sub conf { return $house->settings(@_) }
sub backup { return $house->json('backup')->{name} }
sub drill { my ($code, $said) = $house->run('drill', '--json'); return ($code, decode_json($said || '{}')) }
sub refused {
    my ($name, $code, $like, @args) = @_;
    my ($got, undef, $errors) = $house->run('restore', @args);
    return is($got, $code, $name) & like($errors, $like, '… in words');
}
sub has { # a program that bootstrap test installs
    my ($name) = @_;
    return 1 if grep { -x "$_/$name" } split /:/, $ENV{PATH};
    die "$name is not installed, and COZYKART_SKIP_IS_ERROR is set\n" if $ENV{COZYKART_SKIP_IS_ERROR};
    return 0;
}
sub alerts { return map { $_->{kind} } @{ $house->json('alerts') } }
sub slurp { my ($file) = @_; open my $in, '<:raw', $file or die "$file: $!"; local $/; return scalar <$in> }
sub spew { my ($file, $bytes) = @_; open my $out, '>:raw', $file or die "$file: $!"; print {$out} $bytes; close $out or die "$file: $!"; return }
sub flip { my ($file, $at) = @_; my $bytes = slurp($file); substr($bytes, $at, 1) ^= "\x10"; spew($file, $bytes); return }

# The drill.
my ($code, $drill) = drill();
is($code, 1, 'a drill without a copy');
like($drill->{words}, qr/there is no good copy yet; cozykart backup makes one/, 'says so');
my $good = backup();
($code, $drill) = drill();
is($code, 0, 'a drill');
like($drill->{words}, qr/^\Q$good\E opens: \d+\.\d MB, \d+ entries, \d+\.\d s$/, 'with its figures');
is_deeply([glob "$dir/.cozykart-drill/*"], [], 'leaves nothing behind');
ok(!(grep { $_ eq 'drill_failed' } alerts()), 'and resolves the alert of the one before');
my $bytes = slurp("$dir/$good");
for my $at (0, int(length($bytes) / 3), length($bytes) - 6) {
    flip("$dir/$good", $at);
    ($code, $drill) = drill();
    is($code, 1, "a byte changed at $at is found");
    like($drill->{words}, qr/is not what it was when it was made: its checksum differs/, '… by its checksum');
    spew("$dir/$good", $bytes);
}
ok((grep { $_ eq 'drill_failed' } alerts()), 'which is an alert');
like(($house->run('alerts'))[1], qr/^\w+ +\S+Z  drill_failed: .+ \(\S+, 3 times\)$/m, 'with its kind, and how often');
refused('a copy that was changed', 65, qr/checksum differs/, "$dir/$good", '--check') if (flip("$dir/$good", 500), 1);
spew("$dir/$good", $bytes);

# Damage inside, with a checksum that fits: somebody did it.
sub forged {
    my ($name, $how) = @_;
    my $file = "$house->{dir}/cozykart-20260101T000000Z-1.db.gz";
    system("gzip -dc '$dir/$good' >$house->{dir}/inner.db") == 0 or die;
    $how->("$house->{dir}/inner.db");
    system("gzip -c $house->{dir}/inner.db >$file") == 0 or die;
    my $label = slurp("$dir/$good.txt");
    my ($sum) = split / /, `sha256sum $file`;
    $label =~ s/^sha256: .*/sha256: $sum/m;
    spew("$file.txt", $label);
    my ($end, undef, $errors) = $house->run('restore', $file, '--check');
    is($end, 65, $name);
    unlink $file, "$file.txt";
    return $errors;
}
like(forged('a damaged page', sub { my $b = slurp($_[0]); substr($b, 4096 * 40 + 8, 2000) = "\xff" x 2000; spew($_[0], $b) }), qr/is damaged: /, 'is found in the file');
like(forged('an amount that was changed', sub { system('sqlite3', $_[0], 'DROP TRIGGER posting_bu; UPDATE posting SET amount = amount + 1 WHERE amount > 0 AND seq = 1') }),
    qr/the books of the copy do not hold: \d+ differences, the first: /, 'is found in the books');
like(forged('an entry that was cut off', sub { system('sqlite3', $_[0], 'DROP TRIGGER journal_bd; DROP TRIGGER posting_bd; PRAGMA foreign_keys = OFF; DELETE FROM posting WHERE seq = (SELECT MAX(seq) FROM journal); DELETE FROM journal WHERE seq = (SELECT MAX(seq) FROM journal)') }),
    qr/the books of the copy do not hold|do not belong together/, 'is found by the chain');
like(forged('a row that its table does not allow', sub { system('sqlite3', $_[0], "PRAGMA ignore_check_constraints = ON; INSERT INTO outage (part, began_at, ended_at, planned) VALUES ('vault', 5, 1, 0)") }),
    qr/is damaged: CHECK constraint failed in outage/, 'is found in the file');
like(forged('another ledger under this label', sub { system('sqlite3', $_[0], "DROP TRIGGER IF EXISTS stamp_bu; UPDATE stamp SET value = 'feed' WHERE key = 'ledger_id'") }), qr/do not belong together/, 'is found by the label');
like(forged('a newer schema', sub { system('sqlite3', $_[0], 'PRAGMA user_version = 9999') }), qr/schema 9999, this program knows \d+/, 'is refused');
like(forged('another mode', sub { system('sqlite3', $_[0], "DROP TRIGGER IF EXISTS stamp_bu; UPDATE stamp SET value = 'live' WHERE key = 'mode'") }), qr/for mode live, the settings say test/, 'is refused');

# Another machine, with the program and nothing else: a place of its own over /var/lib.
my $alone;
sub alone {
    my ($mode, @args) = @_;
    my $file = "$house->{dir}/alone.db";
    if (!-e $file) {
        system("gzip -dc '$dir/$good' >$file") == 0 or die;
        system('sqlite3', $file, "DROP TRIGGER IF EXISTS stamp_bu; UPDATE stamp SET value = 'live' WHERE key = 'mode'") if $mode eq 'live';
    }
    my $out = `env -u COZYKART_CONFIG unshare -m sh -c 'mount --make-rprivate / && mount --bind "\$0" /var/lib && exec "\$@"' $alone $house->{bin}/cozykart @args 2>&1`;
    return ($? >> 8, $out);
}
SKIP: {
    my $why_not = $> != 0 ? 'only root can' : system('unshare -m mount --make-rprivate / >/dev/null 2>&1') != 0 ? 'no namespaces here' : '';
    $why_not ||= 'this machine has a house of its own' if grep { -e } qw(/etc/cozykart/cozykart.conf /usr/local/etc/cozykart/cozykart.conf /usr/etc/cozykart/cozykart.conf);
    skip $why_not, 17 if $why_not;
    for my $mode (qw(live test)) {
        $alone = "$house->{dir}/alone-$mode";
        unlink "$house->{dir}/alone.db";
        system('mkdir', '-p', "$alone/cozykart/ledger");
        my ($end, $said) = alone($mode, 'restore', "$house->{dir}/alone.db", '--check');
        is($end, 0, "$mode: a copy is looked at where nothing was set up") or diag $said;
        like($said, qr/^there is no \S+cozykart\.conf: the default of every setting is used; mode = $mode, as in the copy$/m, 'which is said');
        like($said, qr/this copy can be restored; nothing was changed/, 'and changes nothing');
        ($end, $said) = alone($mode, 'restore', "$house->{dir}/alone.db");
        is($end, 0, 'restored there') or diag $said;
        like($said, qr{^it is /var/lib/cozykart/ledger/ledger\.db now, in quarantine}m, 'to the usual place');
        like($said, qr/^next: cozykart setup --mode $mode, then cozykart quarantine$/m, 'with what comes next');
        is(`sqlite3 $alone/cozykart/ledger/ledger.db "SELECT value FROM stamp WHERE key = 'mode'"`, "$mode\n", "it is for mode $mode");
    }
    my ($end, $said) = alone('test', 'drill');
    is($end, 66, 'no other command does without settings');
    like($said, qr/there is no \S+cozykart\.conf; cozykart setup makes it/, 'and says so');
    ($end, $said) = alone('test', '--config', '/nowhere.conf', 'restore', "$house->{dir}/alone.db", '--check');
    is("$end $said", "66 cozykart: there is no /nowhere.conf; cozykart setup makes it\n", 'nor restore with a file that was named');
}

# A snapshot of the disk: ledger and WAL of one moment. Without the WAL it is none.
my ($vault) = $house->pids('cozykart-vault');
my $snap = "$house->{dir}/snap.db";
kill 'STOP', $vault;
system("cp $ledger $snap; cp $ledger-wal $snap-wal");
kill 'CONT', $vault;
my ($head) = $cash->rows('SELECT MAX(seq) AS seq FROM journal');
my $seen = $house->json('restore', $snap, '--check');
is($seen->{seq}, $head->{seq}, 'a snapshot of the disk opens to its last entry');
like(($house->run('restore', $snap, '--check'))[1], qr/ends with entry $head->{seq} of \S+Z; .* no label stood beside it, so its checksum and when it was made are not known$/m,
    'and nothing claims to know when it was made');
like(($house->run('restore', "$dir/$good", '--check'))[1], qr/\Q$good\E: made \S+Z, ends with entry \d+; its books hold/, 'as a label does');
rename "$snap-wal", "$house->{dir}/away";
refused('without its WAL', 65, qr/was copied from a ledger in use .* needs its -wal file beside it/, $snap, '--check');
rename "$house->{dir}/away", "$snap-wal";

# Encrypted copies.
SKIP: {
    skip 'age is not installed', 12 unless has('age');
    my $made = `age-keygen -o $house->{dir}/age.key 2>&1`;
    my ($to) = $made =~ /(age1\w+)/ or die $made;
    conf('backup.encrypt' => 'age');
    my ($end, undef, $errors) = $house->run('backup');
    is($end, 64, 'encrypted to nobody');
    like($errors, qr/backup\.encrypt is set and backup\.recipient is not/, 'is refused in words');
    conf('backup.recipient' => $to);
    my $sealed = backup();
    like($sealed, qr/\.db\.gz\.age$/, 'a copy for an age key');
    unlike(slurp("$dir/$sealed"), qr/SQLite format/, 'nobody reads it');
    ($code, $drill) = drill();
    is("$code $drill->{good}", '1 0', 'a drill without the key is not good');
    like($drill->{words}, qr/is encrypted and backup\.identity_file is not set, so it was not opened; its checksum is right/, 'and says what it did see');
    conf('backup.identity_file' => "$house->{dir}/age.key");
    ($code, $drill) = drill();
    is($code, 0, 'with the key it opens');
    conf('backup.identity_file' => undef);
    my $how = qr/give it with --identity FILE, or set backup\.identity_file/;
    refused('without the key', 64, qr/is encrypted and its secret key is missing: $how$/, "$dir/$sealed", '--check');
    refused('a key file that is not there', 66, qr/secret key cannot be read \(No such file or directory\): $how/, "$dir/$sealed", '--check', '--identity', '/nowhere/age.key');
    is(($house->run('restore', "$dir/$sealed", '--check', '--identity', "$house->{dir}/age.key"))[0], 0, 'as for a restore with --identity');
    conf('backup.recipient' => undef, 'backup.encrypt' => undef);
}
SKIP: {
    skip 'gpg is not installed', 7 unless has('gpg');
    my $home = "$house->{dir}/owner";
    mkdir $home, 0700;
    system("gpg --homedir $home --batch --quiet --passphrase '' --quick-generate-key 'Owner <owner\@example.org>' default default never 2>/dev/null") == 0
        or skip 'gpg makes no key here', 7;
    my ($print) = `gpg --homedir $home --batch --with-colons --list-keys 2>/dev/null` =~ /^fpr:+(\w+):/m;
    mkdir "$dir/.gnupg", 0700;
    system("gpg --homedir $home --batch --export $print | gpg --homedir $dir/.gnupg --batch --quiet --import 2>/dev/null");
    system("gpg --homedir $home --batch --pinentry-mode loopback --passphrase '' --export-secret-keys $print >$house->{dir}/gpg.key 2>/dev/null");
    system("gpgconf --homedir $home --kill gpg-agent");
    conf('backup.encrypt' => 'gpg', 'backup.recipient' => $print);
    my $second = int $house->now;
    $house->wait_for(5, sub { int $house->now > $second }); # a name of its own, by its time too
    my $sealed = backup();
    like($sealed, qr/\.db\.gz\.gpg$/, 'a copy for a gpg key');
    ($code, $drill) = drill();
    is($code, 1, 'a drill without the key is not good');
    refused('without the key', 64, qr/no key of this user opens it: give its secret key with --identity FILE, or set backup\.identity_file: .*No secret key/, "$dir/$sealed", '--check');
    conf('backup.identity_file' => "$house->{dir}/gpg.key");
    ($code, $drill) = drill();
    is($code, 0, 'with the key it opens') or diag $drill->{words};
    is_deeply([glob "$dir/.cozykart-drill/*"], [], 'and leaves no keyring behind');
    conf('backup.recipient' => 'F' x 40);
    is(($house->run('backup'))[0], 70, 'a key that is not there is refused');
    conf('backup.recipient' => undef, 'backup.encrypt' => undef, 'backup.identity_file' => undef);
}

# Payouts: one that has settled, three that wait while the copy is made and are paid after it, one that was
# asked for after it.
is($cash->until_ended($cash->out('stripe', 1000)), 'SETTLED', 'a payout before the copy');
# The others of them are started from /proc/self/exe, and called so.
sub jobs { my ($signal) = @_; kill $signal, map { $house->pids($_) } qw(cozykart-jobs exe); return }
jobs('STOP');
my %waiting = map { $_ => $cash->out($_, 2000) } @Cash::providers;
my $copy = backup();
my $at_copy = $house->now;
jobs('CONT');
is($cash->until_ended($waiting{$_}), 'SETTLED', "$_ pays after the copy") for @Cash::providers;
my $lost = $cash->out('stripe', 3000);
is($cash->until_ended($lost), 'SETTLED', 'one more is asked for and paid after the copy');
my $gone = $cash->payout($lost);
is($pay->moved($cash->{to}{stripe}), 6000, 'what Stripe moved');
$house->ahead(3600);

# Restoring.
refused('while the house runs', 65, qr/another process has the ledger open for writing .* stop it first/, "$dir/$copy", '--replace');
my $newer = backup();
$house->stop;
refused('a ledger is there', 65, qr/there is a ledger at \S+ already; with --replace it is kept aside/, "$dir/$copy");
refused('it is not the newest', 65, qr/\Q$newer\E is newer: restore that one, or say --force-older/, "$dir/$copy", '--replace');
refused('no such file', 66, qr/No such file/, "$dir/nothing.db.gz");
spew("$house->{dir}/text.gz", 'no gzip');
refused('no copy at all', 65, qr/cannot be opened/, "$house->{dir}/text.gz", '--replace');
is_deeply([glob "$ledger.restored*"], [], 'nothing half stays');
my $before = slurp($ledger);
for my $round (1 .. 12) { # death at any moment: the old ledger, or the new one, never half of any
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        $ENV{$_} = $house->{env}{$_} for keys %{ $house->{env} };
        exec "$house->{bin}/cozykart", '--config', $house->{conf}, 'restore', "$dir/$copy", '--replace', '--force-older' or POSIX::_exit(9);
    }
    sleep 0.012 * $round;
    kill 'KILL', $pid;
    waitpid $pid, 0;
    last if !-e $ledger || slurp($ledger) ne $before;
}
my ($end, $said, $errors) = $house->run('restore', "$dir/$copy", (-e $ledger ? ('--replace', '--force-older') : '--force-older'));
is($end, 0, 'restored') or diag $errors;
like($said, qr/in quarantine: payouts and refunds wait until what happened after \S+ was looked at/, 'in quarantine');
like($said, qr/^next: cozykart setup --batch starts the house, then cozykart quarantine$/m, 'and what comes next');
ok((grep { slurp($_) eq $before } glob "$ledger.before-restore-*"), 'what was there is kept aside, to the byte');
is((stat $ledger)[2] & 07777, 0640, 'the group may read it');
is_deeply([grep { -e } map { "$ledger$_" } '-wal', '-shm', '-journal'], [], 'no WAL of the old one is left');

sub sent_to_paypal { return scalar grep { $_->{method} eq 'POST' && $_->{path} =~ m{/payouts$} } $pay->log('paypal') }
my $sent_before = sent_to_paypal();

# Their memory of our keys ends at the worst moment.
$pay->forget_keys($_) for qw(stripe whop);
$house->start;
$house->ahead(1);
ok($house->wait_for(20, sub { grep { $_ eq 'quarantine' } alerts() }), 'an alert stands');
like(($house->run('alerts'))[1], qr/^\w+ +\S+Z  quarantine: [^\n]+ \([^ \n]+\)$/m, '… with its kind, and no word of once');
like(($house->run('check', '--offline'))[1], qr/^BAD  quarantine: payouts wait since a restore \(.*cozykart quarantine says/m, 'check says it');
delete $cash->{session}{$_} for @Cash::providers;
my $asked = $cash->ask('payout.ask', session => $cash->session('stripe'), method => "$cash->{method}{stripe}", amount => '30.00', key => 'again');
is($asked->{name}, 'E_CONFLICT', 'Nova asks for the lost payout again');
is($asked->{why}, 'Payouts are paused after a restore; nothing is lost', 'and reads why not');
ok($house->wait_for(40, sub { $cash->forward; $cash->payout($waiting{stripe})->{state} eq 'SETTLED' && $cash->payout($waiting{whop})->{state} eq 'SETTLED' }),
    'payouts that waited in the copy were found at Stripe and Whop');
# A notice that PayPal repeats, since the house was away, says it as well: then it is known.
like($cash->payout($waiting{paypal})->{state}, qr/^(?:UNKNOWN|SETTLED)$/, 'PayPal cannot be asked without sending: it waits');
is(sent_to_paypal(), $sent_before, '… and nothing is sent there');
is($pay->moved($cash->{to}{$_}), $_ eq 'stripe' ? 6000 : 2000, "$_ moved nothing more") for @Cash::providers;
is(($house->run('quarantine', 'end', '--reason', 'too early'))[0], 65, 'the quarantine does not end yet');

sub findings { my ($n, $text) = $house->run('quarantine', '--json'); return map { $_->{blocks} ? $_->{thing} : "($_->{thing})" } @{ decode_json($text)->{findings} // [] } }
ok($house->wait_for(40, sub { $house->ahead(60); grep { $_ eq "stripe:$gone->{ref}" } findings() }), 'the comparison names the payout that this ledger does not know');
ok($house->wait_for(40, sub { $house->ahead(60); !grep { $_ =~ /^(?:stripe|whop|shopify)\z/ } findings() }), 'every list was read since');
my $left = "paypal stripe:$gone->{ref}"; # a payment that settled meanwhile is told by the next comparison
$house->wait_for(40, sub { $house->ahead(60); join(' ', sort grep { !/^\(/ } findings()) eq $left });
is(join(' ', sort grep { !/^\(/ } findings()), $left, 'and PayPal, which has no list, is for a person to look at');
(undef, $said) = $house->run('quarantine');
like($said, qr/first  transfer \Q$gone->{ref}\E of \$30\.00 at stripe \(\S+\) is not in this ledger: it is a payout that was made after the copy; book it with cozykart payout adopt/, 'in words');

# Booking it.
($end, undef, $errors) = $house->run('payout', 'adopt', 'Nova', 'stripe', $gone->{ref}, '29.00', '--reason', 'seen at Stripe');
is($end, 65, 'another amount');
like($errors, qr/stripe lists \Q$gone->{ref}\E with \$30\.00/, 'is refused with theirs');
is(($house->run('payout', 'adopt', 'Apex', 'stripe', $gone->{ref}, '30.00', '--reason', 'x'))[0], 66, 'somebody without that method');
my $booked = $house->json('payout', 'adopt', 'Nova', 'stripe', $gone->{ref}, '30.00', '--reason', 'seen at Stripe', '--key', 'a1')->{payout};
is($booked, 10000, 'is a payout with a number that none had before');
is($house->json('payout', 'adopt', 'Nova', 'stripe', $gone->{ref}, '30.00', '--reason', 'seen at Stripe', '--key', 'a1')->{payout}, $booked, 'the same command again books nothing');
is(($house->run('payout', 'adopt', 'Nova', 'stripe', $gone->{ref}, '30.00', '--reason', 'seen at Stripe'))[0], 65, 'nor another one');
is(join(' ', $cash->steps($booked)), 'REQUESTED HELD SENDING SENT SETTLED', 'which went through every state');
ok($house->wait_for(40, sub { $house->ahead(60); !grep { /^stripe:/ } findings() }), 'the comparison agrees');
is(($house->run('quarantine', 'end', '--reason', 'all seen'))[0], 65, 'PayPal is still for a person');
is(($house->run('quarantine', 'end', '--reason', 'all seen', '--despite', 'PayPal: its Activity shows one payout, the one that waits'))[0], 0, 'who says so');
($end, $said) = $house->run('quarantine');
is("$end $said", "0 the ledger is not in quarantine\n", 'it has ended');
like(($house->run('check', '--offline'))[1], qr/^ok   no quarantine$/m, '… says check');
is($cash->until_ended($waiting{paypal}), 'SETTLED', 'PayPal is asked under the same name and answers with the first payment');
is($cash->judge, '', '0 double payouts: what moved is what settled');
$house->ahead(61);
ok($house->wait_for(10, sub { !grep { $_ eq 'quarantine' } alerts() }), 'the alert has gone');
is($cash->until_ended($cash->out('whop', 1500)), 'SETTLED', 'payouts go on');
is($cash->judge, '', 'to the cent');
is($house->json('backup')->{good}, JSON::PP::true, 'and so do copies');

# An empty machine: nothing but the program, the settings and the copy.
my $last = backup();
$house->stop;
unlink glob "$ledger*";
is(($house->run('restore', "$dir/$last"))[0], 0, 'restored where there was nothing');
$house->start;
my $giveback = $house->json('sale', 'refund', 1, '1.00', '--reason', 'wrong size')->{giveback};
$house->ahead(30);
sleep 3;
is(($cash->rows("SELECT state FROM giveback WHERE id = $giveback"))[0]{state}, 'new', 'no refund is asked of a provider');
is(($house->run('quarantine', 'end', '--reason', 'nothing happened since', '--despite', 'a test'))[0], 0, 'its quarantine ends');
ok($house->wait_for(20, sub { ($cash->rows("SELECT state FROM giveback WHERE id = $giveback"))[0]{state} ne 'new' }), 'and what waited goes on');
is($cash->judge, '', 'nothing is paid twice');
$house->stop;
done_testing;
