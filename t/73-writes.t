# Each write, sync, growth, opening and renaming of the house's files fails, one after the other: no room, a broken
# disk, half a write, a sync that does not come through. Whatever was answered 200 is booked, nothing is half, every
# refusal says to come again, and with the fault gone all goes on by itself. COZYKART_CAMPAIGN: every one of them, not a
# choice by COZYKART_SEED; prints figures.
use strict;
use warnings;
use Cash;
use Digest::SHA;
use Faults;
use File::Copy ();
use Test::More;
use Time::HiRes qw(sleep time);

my $why = Cash::missing() || Faults::missing();
plan skip_all => $why if $why;
my $long = $ENV{COZYKART_CAMPAIGN} || 0;
my $seed = $ENV{COZYKART_SEED} || 1;
srand $seed;
diag("seed $seed") if $long;

my ($faults, $house);
my %count;

# Which of so many are tried: all, or the first and some others.
sub choice {
    my ($number, $some) = @_;
    return 1 .. $number if $long || $number <= $some;
    my %n = (1 => 1);
    $n{ 1 + int rand $number } = 1 while keys %n < $some;
    return sort { $a <=> $b } keys %n;
}

sub whole {
    my ($file) = @_;
    my $said = `sqlite3 -readonly -cmd '.timeout 10000' '$file' 'PRAGMA integrity_check' 2>&1`;
    chomp $said;
    return $said;
}

sub books {
    my ($name) = @_;
    my ($code, $out, $errors) = $house->run('verify');
    my $audit = `"$house->{bin}/cozykart-audit" "$house->{home}/data/ledger.db" 2>&1`;
    return is("$code $?", '0 0', "$name: verify and the auditor agree") || diag($out, $errors, $audit);
}

# --- the vault

subtest 'the vault' => sub {
    $faults = Faults->new(my $file = File::Temp::tempdir('ckwXXXXXX', TMPDIR => 1, CLEANUP => 1) . '/orders');
    $house = Cozykart->new(env => $faults->env);
    my $ledger = "$house->{home}/data/ledger.db";
    my $race = $house->race(4);
    my ($taken, $refused, @odd) = (0, 0);
    my $vault = sub { ($house->pids('cozykart-vault'))[0] // 0 };

    # One sale, sent until it is taken, as a provider does it.
    my $sale = sub {
        my $body = $house->stripe->completed($house->shirt($race));
        my $r = $house->notice($body);
        if ($r->{status} != 200) {
            $refused++;
            push @odd, "$r->{status} " . substr $r->{content}, 0, 80 if $r->{status} != 503 || !$r->{headers}{'retry-after'};
        }
        return sub { return $r->{status} == 200 || $house->wait_for(30, sub { ($r = $house->notice($body))->{status} == 200 }) };
    };
    # Nobody asks it anything: then it empties the WAL.
    my $rest = sub {
        my ($until) = @_;
        kill 'STOP', my @jobs = $house->pids('cozykart-jobs');
        my $got = $house->wait_for(20, $until);
        kill 'CONT', @jobs;
        return $got;
    };

    # The last ones fail while the WAL is emptied. The short form leaves out what is much like another.
    for my $case (
        ['write', 'ledger.db-wal', 'once', 'ENOSPC'], ['write', 'ledger.db-wal', 'half', 'ENOSPC'], ['write', 'ledger.db-wal', 'on', 'ENOSPC'],
        ['sync', 'ledger.db-wal', 'once', 'EIO'],
        ['write', 'ledger.db', 'on', 'ENOSPC', 1], ['sync', 'ledger.db', 'once', 'EIO', 1], ['read', 'ledger.db-wal', 'once', 'EIO', 1],
        $long ? (['write', 'ledger.db-wal', 'once', 'EIO'], ['sync', 'ledger.db-wal', 'on', 'EIO'], ['sync', 'ledger.db-wal', 'once', 'ENOSPC'],
            ['write', 'ledger.db-wal', 'on', 'EDQUOT'], ['write', 'ledger.db', 'once', 'EIO', 1], ['write', 'ledger.db', 'half', 'ENOSPC', 1],
            ['sync', 'ledger.db', 'once', 'ENOSPC', 1]) : (),
    ) {
        my ($ops, $file, $how, $error, $rests) = @$case;
        my $name = "$ops of $file, $error " . ($how eq 'on' ? 'from then on' : $how);
        my @set = (ops => $ops, file => $file, program => 'cozykart-vault');
        $count{"$ops $file"} = 1 if $rests && !$long;
        if (!defined $count{"$ops $file"}) {
            $faults->set(@set);
            $sale->()->() and $taken++;
            my $seen = 0;
            $rest->(sub { my $was = $seen; $seen = $faults->seen; sleep 0.2; return $seen && $seen == $was }) if $rests;
            $count{"$ops $file"} = $faults->seen;
        }
        my ($hits, $same) = (0, 0);
        for my $n (choice($count{"$ops $file"}, $how eq 'on' ? 1 : 2)) {
            # A vault that has begun: what it cannot read at its start SQLite may simply read again.
            $sale->()->() and $taken++;
            my $before = $vault->();
            my $log = length $house->log('house');
            $faults->set(@set, how => $how, error => $error, nth => $n);
            my $again = $sale->();
            $rest->(sub { $faults->hits }) if $rests;
            my $hit = $faults->hits;
            $faults->off;
            $again->() ? $taken++ : push @odd, "$name, the ${n}th: not taken";
            next if !$hit;
            $hits++;
            push @odd, "$name, the ${n}th: no sentence"
                unless $house->wait_for(20, sub { substr($house->log('house'), $log) =~ /(?:\Q$ledger\E.* cannot be (?:written|made durable|read)|no room on the disk for \Q$ledger\E)/ });
            # A sync that failed is not believed when it succeeds later.
            push @odd, "$name, the ${n}th: the same vault goes on" if $ops eq 'sync' && !$house->wait_for(20, sub { my $now = $vault->(); $now && $now != $before });
            my $pot = $house->json('race', 'show', $race)->{pot};
            push @odd, "$name, the ${n}th: the pot has $pot after $taken sales" if $pot != 500 * $taken;
            push @odd, "$name, the ${n}th: " . whole($ledger) if whole($ledger) ne 'ok';
        }
        cmp_ok($hits, '>', 0, "$name: failed $hits times");
        books($name) if $long;
    }
    is(scalar @odd, 0, "$taken sales, $refused of them refused at first: each is booked once, each refusal says to come again")
        or diag(map { "$_\n" } @odd[0 .. ($#odd > 9 ? 9 : $#odd)]);
    is($house->json('race', 'show', $race)->{sales}, $taken, 'and none is there twice');

    # --- copies, and files for browsers, beside the same vault

    $faults->off;
    my $dir = "$house->{home}/backup";
    my $sound = sub {
        my $plain = "$house->{dir}/plain.db";
        my @bad;
        for my $copy (glob "$dir/cozykart-*.gz") {
            open my $in, '<', "$copy.txt" or push(@bad, "$copy has no label"), next;
            my ($sum) = map { /^sha256: (\S+)/ ? $1 : () } <$in>;
            push @bad, "$copy: checksum" if Digest::SHA->new(256)->addfile($copy, 'b')->hexdigest ne ($sum // '');
            push @bad, "$copy: " . whole($plain) if system("gzip -dc '$copy' >'$plain'") != 0 || whole($plain) ne 'ok';
        }
        return @bad;
    };
    $house->json('backup');
    for my $case (['write', 'ENOSPC'], ['open sync name', 'EIO'], $long ? (['write', 'EIO'], ['open sync name grow', 'ENOSPC']) : ()) {
        my ($ops, $error) = @$case;
        my @set = (ops => $ops, file => '*/backup');
        $faults->set(@set);
        $house->json('backup');
        my ($all, $hits, @wrong) = ($faults->seen, 0);
        for my $n (choice($all, 3)) {
            my $before = () = glob "$dir/cozykart-*.gz";
            $faults->set(@set, nth => $n, error => $error);
            my ($code, $out, $errors) = $house->run('backup');
            my $hit = $faults->hits;
            $faults->off;
            my @left = grep { !-d } glob "$dir/.cozykart-tmp/*";
            my $now = () = glob "$dir/cozykart-*.gz";
            $hits++ if $hit;
            push @wrong, "the ${n}th: a copy of none" if $code == 0 && $now != $before + 1;
            push @wrong, "the ${n}th: $code and no sentence: $errors" if $code && $errors !~ m{^cozykart: .*\Q$dir\E.*$}m;
            push @wrong, "the ${n}th: left @left" if @left;
            push @wrong, map { "the ${n}th: $_" } $sound->();
        }
        cmp_ok($hits, '>', 0, "backup, $ops, $error: $hits of $all failed");
        is(scalar @wrong, 0, 'each one says where, and every copy that stands is whole') or diag(map { "$_\n" } @wrong[0 .. ($#wrong > 9 ? 9 : $#wrong)]);
        is(($house->run('backup'))[0], 0, 'the next one is good');
    }
    for my $case (['open write', 'ENOSPC'], ['name', 'EIO']) {
        my ($ops, $error) = @$case;
        my @set = (ops => $ops, file => '*/live/', program => 'cozykart-jobs');
        my @wrong;
        for my $n (choice(4, 1)) {
            $faults->set(@set, nth => $n, error => $error, how => 'on');
            $sale->()->() ? $taken++ : push @wrong, 'a sale was not taken';
            $house->wait_for(20, sub { $faults->hits }) or push @wrong, "the ${n}th did not come";
            push @wrong, 'the page' if $house->get("/race/$race", cookie => 'ck=none')->{status} != 200;
            $faults->off;
            my $amount = 500 * $taken;
            $house->wait_for(30, sub { $house->get("/live/race/$race.json")->{content} =~ /"amount":$amount\b/ }) or push @wrong, "the ${n}th: the live file stays behind";
        }
        is(scalar @wrong, 0, "live files, $ops, $error: right again by themselves") or diag(map { "$_\n" } @wrong);
    }
    $house->stop(expected => qr/./);
    undef $house;
};

# --- an upgrade

subtest 'an upgrade' => sub {
    $house = Cozykart->new(start => 0, env => $faults->env);
    my $ledger = $house->ledger_of($long ? 15 : 5);
    my $kept = "$house->{dir}/kept.db";
    File::Copy::copy($ledger, $kept) or die "$kept: $!";
    my $version = sub { my $v = `sqlite3 -readonly '$ledger' 'PRAGMA user_version'`; chomp $v; return $v };
    my $was = $version->();
    my $dump = sub { my ($file) = @_; return Digest::SHA::sha256_hex(scalar `sqlite3 -readonly '$file' .dump | LC_ALL=C sort`) };
    my $old = $dump->($kept);
    for my $case (['write', 'ENOSPC'], ['sync open name grow', 'EIO'], $long ? (['write', 'EIO'], ['read', 'EIO'], ['sync open name grow', 'ENOSPC']) : ()) {
        my ($ops, $error) = @$case;
        my @set = (ops => $ops, file => '*/data/ledger.db');
        my @wrong;
        my $fresh = sub { unlink glob "$ledger*"; File::Copy::copy($kept, $ledger) or die "$ledger: $!"; chmod 0600, $ledger; return };
        $fresh->();
        $faults->set(@set);
        $house->json('migrate');
        my ($all, $hits) = ($faults->seen, 0);
        for my $n (choice($all, 4)) {
            $fresh->();
            $faults->set(@set, nth => $n, error => $error);
            my ($code, $out, $errors) = $house->run('migrate');
            $hits++ if $faults->hits;
            $faults->off;
            push @wrong, "the ${n}th: $code, no sentence: $errors" if $code && $errors !~ m{^cozykart: .*\Q$house->{home}/data\E}m;
            push @wrong, "the ${n}th: " . whole($ledger) if whole($ledger) ne 'ok';
            # All of a version or nothing of it, and the last one only with the row that says so.
            my @copies = grep { !/\.new/ } glob "$ledger.before-*";
            push @wrong, "the ${n}th: $_ is not what it was" for grep { $dump->($_) ne $old } @copies;
            push @wrong, "the ${n}th: changed, and there is no copy" if $version->() != $was && !@copies;
            my ($again, undef, $said) = $house->run('migrate');
            push @wrong, "the ${n}th: not afterwards either: $said" if $again;
            my ($verify, $found) = $house->run('verify');
            push @wrong, "the ${n}th: $found" if $verify;
            push @wrong, "the ${n}th: left " . join ' ', glob "$ledger*.new*" if glob "$ledger*.new*";
        }
        cmp_ok($hits, '>', 0, "migrate, $ops, $error: $hits of $all failed");
        is(scalar @wrong, 0, 'each one says where, loses nothing, and can be repeated') or diag(map { "$_\n" } @wrong[0 .. ($#wrong > 9 ? 9 : $#wrong)]);
    }
    undef $house;
};
done_testing;
