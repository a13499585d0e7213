# Copies of the ledger while it is in use: whole or not there, checked, sorted out, handed on, told.
use strict;
use warnings;
use Cozykart;
use Digest::SHA;
use Fcntl qw(:flock);
use JSON::PP;
use POSIX qw(:sys_wait_h);
use Test::More;
use Time::HiRes qw(sleep time);

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $house = Cozykart->new(clock => 0);
my $dir = "$house->{home}/backup";
my $race = $house->race(8);
my $stripe = $house->stripe;

sub conf { return $house->settings(@_) }
sub copies { return sort map { s{.*/}{}r } glob "$dir/cozykart-*.gz $dir/cozykart-*.age $dir/cozykart-*.gpg" }
sub label {
    my ($copy) = @_;
    open my $in, '<', "$dir/$copy.txt" or return {};
    return { map { /^(\w+): (.*)$/ ? ($1 => $2) : () } <$in> };
}
sub sale { return $house->notice($stripe->completed($house->shirt($race, created => int $house->now)))->{status} }
sub sound { # what of a copy is not as its label says
    my ($copy) = @_;
    my $label = label($copy);
    my $plain = "$house->{dir}/plain.db";
    return 'label' unless ($label->{head} // '') =~ /^[0-9a-f]{64}$/;
    return 'checksum' if Digest::SHA->new(256)->addfile("$dir/$copy", 'b')->hexdigest ne $label->{sha256};
    return 'gzip' if system("gzip -dc '$dir/$copy' >$plain") != 0;
    my ($code, $said) = $house->run('verify', $plain, '--json');
    return "verify $code" if $code;
    my $sum = decode_json($said);
    return 'head' if $sum->{head_seq} != $label->{seq} || $sum->{head_hash} ne $label->{head};
    return 'audit' if system("$house->{bin}/cozykart-audit $plain >/dev/null") != 0;
    return '';
}
sub told { my ($last) = @{ $house->json('upkeep', 'list', '--limit', 1) }; return $last }
sub alerts { return map { $_->{kind} } @{ $house->json('alerts') } }

is(sale(), 200, 'a sale');
my $first = $house->json('backup');
is_deeply([copies()], [$first->{name}], 'a copy lies there');
like($first->{name}, qr/^cozykart-\d{8}T\d{6}Z-1\.db\.gz$/, 'its name has time and entry');
is((stat "$dir/$first->{name}")[2] & 07777, 0600, 'for its owner alone');
is(sound($first->{name}), '', 'it opens, verifies, and is what its label says');
is(label($first->{name})->{checked}, 'whole', 'the first was looked at as a whole');
is(told()->{words}, $first->{words}, 'the vault was told');
is(told()->{head}, label($first->{name})->{head}, 'with its head');
is_deeply([map { "$_->{name} $_->{state}" } @{ $house->json('backup', 'list') }], ["$first->{name} good"], 'the list has it');

# Sales come in all the time.
my $seller = fork // die "fork: $!";
if (!$seller) {
    my $n = 0;
    my $end = Cozykart::moment() + 600;
    while (!-e "$house->{dir}/enough" && Cozykart::moment() < $end) {
        POSIX::_exit(1) if sale() != 200;
        $n++;
    }
    open my $out, '>', "$house->{dir}/sold" or POSIX::_exit(2);
    print {$out} $n;
    close $out;
    POSIX::_exit(0);
}
my (@bad, @seq);
for (1 .. 6) {
    my $made = $house->json('backup');
    push @bad, $made->{name} . ': ' . sound($made->{name}) if sound($made->{name}) || !$made->{good};
    push @seq, $made->{seq};
}
# A bare copy of the same moment is told from these.
system("cp $house->{home}/data/ledger.db $house->{dir}/bare.db");
open my $enough, '>', "$house->{dir}/enough" or die;
close $enough;
waitpid $seller, 0;
is($?, 0, 'no sale was refused meanwhile');
open my $sold, '<', "$house->{dir}/sold" or die "sold: $!";
$stripe->completed($house->shirt($race)) for 1 .. <$sold> + 1; # these numbers were used over there
is_deeply(\@bad, [], 'six copies under load, each whole and right');
cmp_ok($seq[-1], '>', $seq[0], "which went from entry $seq[0] to $seq[-1]");
my ($code, undef, $errors) = $house->run('restore', "$house->{dir}/bare.db", '--check');
is($code, 65, 'a file that was copied with cp is refused');
like($errors, qr/copied from a ledger in use with cp/, 'and told apart');

# A plain copy stays as it was made while it is verified, and is as good as any.
my $plain = "$house->{dir}/plain-copy.db";
is(($house->run('backup', $plain))[0], 0, 'a plain copy to a file');
is(($house->run('verify', $plain))[0], 0, 'verifies once more');
is_deeply([glob "$plain?*"], [], 'and nothing is left beside it');
is(($house->run('restore', $plain, '--check'))[0], 0, 'it could be restored');

# Death at any moment.
my $before = () = copies();
for my $round (1 .. 20) {
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        $ENV{$_} = $house->{env}{$_} for keys %{ $house->{env} };
        exec "$house->{bin}/cozykart", '--config', $house->{conf}, 'backup' or POSIX::_exit(9);
    }
    sleep rand(0.09);
    kill 'KILL', $pid;
    waitpid $pid, 0;
    push @bad, "$round $_" for grep { (stat "$dir/$_")[9] >= time - 5 && sound($_) } (copies())[-1];
}
is_deeply(\@bad, [], 'killed 20 times: what has a good name is good');
cmp_ok(scalar(my @now = copies()) - $before, '<', 20, 'some died before their end');
is($house->json('backup')->{good}, JSON::PP::true, 'the next one works');
is_deeply([glob "$dir/.cozykart-tmp/*"], [], 'and leaves nothing half behind');
is_deeply([sort map { s{.*/|\.txt$}{}gr } glob "$dir/*.txt"], [copies()], 'each copy has its label, each label its copy');

# One at a time.
open my $lock, '<', "$dir/.cozykart-tmp" or die "lock: $!";
flock $lock, LOCK_EX or die "flock: $!";
($code, undef, $errors) = $house->run('backup');
is($code, 75, 'while another is at work: busy');
like($errors, qr/another run is at work in \Q$dir\E: wait/, 'in words');
close $lock;

# Older ones are sorted out, and nothing else.
for my $name ('notes.txt', 'cozykart-20200101T000000Z-5.db', 'cozykart-20200101T000000Z-5.db.gz', 'ledger.db.gz') {
    open my $out, '>', "$dir/$name" or die "$name: $!";
    print {$out} 'mine';
    close $out;
}
conf('backup.keep' => 2, 'backup.keep_days' => 0);
my $newest = $house->json('backup');
cmp_ok($newest->{gone}, '>', 3, 'with backup.keep = 2 older copies go');
my @kept = grep { !/^cozykart-2020/ } copies();
is(scalar @kept, 2, 'two stay');
is($kept[-1], $newest->{name}, 'the newest among them');
is(scalar(grep { -e "$dir/$_" } 'notes.txt', 'cozykart-20200101T000000Z-5.db', 'cozykart-20200101T000000Z-5.db.gz', 'ledger.db.gz'), 4, 'what is not ours stays');
unlink "$dir/cozykart-20200101T000000Z-5.db.gz";
conf('backup.keep' => undef, 'backup.keep_days' => undef);

# The hook.
sub hook {
    my ($body, $seconds) = @_;
    open my $out, '>', "$house->{dir}/hook" or die "hook: $!";
    print {$out} "#!/bin/sh\n$body\n";
    close $out;
    chmod 0700, "$house->{dir}/hook";
    conf('backup.hook' => "$house->{dir}/hook", 'backup.hook_s' => $seconds // 120);
    my ($end, $said) = $house->run('backup', '--json');
    return ($end, decode_json($said));
}
mkdir "$house->{dir}/far";
my ($end, $hooked) = hook(qq{cp "\$1" "\$1.txt" "$house->{dir}/far/"});
is($end, 0, 'a hook that brings it elsewhere');
is(Digest::SHA->new(256)->addfile("$house->{dir}/far/$hooked->{name}", 'b')->hexdigest, label($hooked->{name})->{sha256}, 'gets the finished file');
hook("sed 's/.*) //' /proc/self/stat >$house->{dir}/rank");
is(join(' ', (split / /, do { open my $in, '<', "$house->{dir}/rank" or die $!; scalar <$in> })[16, 38]), '15 3', 'and all of it goes behind the house: nice 15, batch') if (getpriority(0, 0)) == 0;
($end, $hooked) = hook('echo "the far host is away" >&2; exit 3');
is($end, 1, 'one that fails');
like($hooked->{words}, qr/was made, but the hook failed: .*\(3\): the far host is away/, 'is told with what it said');
ok(-e "$dir/$hooked->{name}", 'and the copy stays');
ok((grep { $_ eq 'backup_failed' } alerts()), 'it is an alert');
($end, $hooked) = hook('sleep 60', 1);
like($hooked->{words}, qr/took longer than 1 seconds and was ended/, 'one that hangs is ended');
conf('backup.hook' => undef, 'backup.hook_s' => undef);
$house->run('backup');
ok(!(grep { $_ eq 'backup_failed' } alerts()), 'a good run resolves it');

# No new copy for long.
$house->ahead(61 * 60);
ok($house->wait_for(15, sub { grep { $_ eq 'backup_old' } alerts() }), 'an hour without a copy is an alert');
$house->run('backup');
$house->ahead(61);
ok($house->wait_for(15, sub { !grep { $_ eq 'backup_old' } alerts() }), 'which resolves itself');

# The folder.
conf('backup.dir' => "$house->{dir}/nowhere");
($code, undef, $errors) = $house->run('backup');
is($code, 66, 'no folder');
like($errors, qr/there is no folder \S+nowhere for copies: make it, or set backup\.dir/, 'in words');
conf('backup.dir' => $dir);
SKIP: {
    skip 'another user needs root', 2 if $> != 0;
    chmod 0755, $house->{dir}, $house->{home}, "$house->{home}/etc";
    chmod 0644, $house->{conf};
    mkdir "$house->{dir}/roots", 0755;
    conf('backup.dir' => "$house->{dir}/roots");
    my $said = `setpriv --reuid=65534 --regid=65534 --clear-groups $house->{bin}/cozykart --config $house->{conf} backup 2>&1`;
    skip "this user does not reach the program: $said", 2 if $said =~ /setpriv:/;
    isnt($?, 0, 'a folder of somebody else');
    like($said, qr/may not write into \S+roots: run it as the folder's owner/, 'in words');
    conf('backup.dir' => $dir);
}
SKIP: {
    skip 'mounting a small file system needs root', 6 if $> != 0;
    my $small = "$house->{dir}/small";
    mkdir $small;
    skip 'no tmpfs can be mounted here', 6 if system("mount -t tmpfs -o size=12m none $small 2>/dev/null") != 0;
    conf('backup.dir' => $small);
    my $good = $house->json('backup');
    system("head -c 20m /dev/zero >$small/filler 2>/dev/null");
    ($code, undef, $errors) = $house->run('backup');
    is($code, 75, 'no room');
    like($errors, qr/\Q$small\E has 0 MB left and about \d+ MB are needed: make room there/, 'with the figures');
    ok(-s "$small/$good->{name}", 'the last good copy stays');
    is_deeply([glob "$small/.cozykart-tmp/*"], [], 'nothing half');
    ok((grep { $_ eq 'backup_failed' } alerts()), 'it is an alert');
    unlink "$small/filler";
    is($house->json('backup')->{good}, JSON::PP::true, 'with room it goes on');
    conf('backup.dir' => $dir);
    system("umount -l $small");
}

# While the vault is away.
system("cp $house->{home}/data/ledger.db $house->{dir}/older.db");
is(sale(), 200, 'one more sale');
$house->stop;
my $alone = $house->json('backup');
is($alone->{good}, JSON::PP::true, 'a copy without the vault');
is(scalar(my @untold = glob "$dir/.cozykart-untold-*"), 1, 'what is to be told is kept');
$house->start;
my $later = $house->json('backup');
is_deeply([map { $_->{words} } reverse @{ $house->json('upkeep', 'list', '--limit', 2) }], [$alone->{words}, $later->{words}], 'and told by the next run');
is(scalar(@untold = glob "$dir/.cozykart-untold-*"), 0, 'once');

# An older ledger in the place of the right one.
is(sale(), 200, 'more sales');
my $right = $house->json('backup');
$house->stop;
system("cp $house->{home}/data/ledger.db $house->{dir}/right.db && cp $house->{dir}/older.db $house->{home}/data/ledger.db && rm $house->{home}/data/ledger.db-wal $house->{home}/data/ledger.db-shm");
$house->start;
($code, my $said) = $house->run('backup', '--json');
is($code, 1, 'an older ledger is noticed');
my $odd = decode_json($said);
like($odd->{words}, qr/is not right: the ledger does not have entry \d+ that the copy \Q$right->{name}\E has/, 'against the last good copy');
($code) = $house->run('backup');
is($code, 1, 'and stays noticed');
my %state = map { $_->{name} => $_->{state} } @{ $house->json('backup', 'list') };
is_deeply([@state{ $odd->{name}, $right->{name} }], ['flawed', 'good'], 'the older copies stay good');
# A rule of a table that no rule of ours repeats: a copy that is looked at as a whole shows it.
{
    my $odd = Cozykart->new;
    system('sqlite3', '-cmd', '.timeout 10000', "$odd->{home}/data/ledger.db", "PRAGMA ignore_check_constraints = ON; INSERT INTO outage (part, began_at, ended_at, planned) VALUES ('vault', 5, 1, 0)") == 0 or diag('no row');
    my ($end, $said, $errors) = $odd->run('backup');
    isnt($end, 0, 'a copy with a row that its table does not allow');
    like("$said$errors", qr/CHECK constraint failed in outage/, '… is flawed, and says so');
}
$house->stop;
done_testing;
