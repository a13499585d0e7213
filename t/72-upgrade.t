# An installation gets a newer version: ledgers of every released schema, programs and ledgers that do not
# fit each other, and the change itself while pages are read and orders come in.
use strict;
use warnings;
use Cozykart;
use File::Copy ();
use JSON::PP ();
use Load;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my ($src, $build) = ($ENV{SRCDIR} // '.', $ENV{BUILDDIR} // '.');
my $newest = (sort map { m{/(\d+)-[^/]*\.sql$} } glob "$src/sql/schema/*.sql")[-1] + 0;

sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!";
    local $/;
    return scalar <$in>;
}

sub put {
    my ($from, $to) = @_;
    File::Copy::copy($from, "$to.new") && chmod(0755, "$to.new") && rename("$to.new", $to) or die "$to: $!";
    return;
}

# The house from a folder of its own, where programs can be replaced. Its vault begins only while nobody
# holds it: the stop of a service manager.
sub with_hold {
    my ($house) = @_;
    my ($stage, $bin) = ($house->{bin}, "$house->{dir}/bin");
    mkdir $bin or die "$bin: $!";
    put("$stage/$_", "$bin/$_") for qw(cozykart cozykart-house cozykart-web cozykart-jobs cozykart-audit);
    put("$stage/cozykart-vault", "$bin/vault");
    open my $out, '>', "$bin/cozykart-vault" or die $!;
    print {$out} qq(#!/bin/sh\nwhile [ -e "$house->{dir}/hold" ]; do sleep 0.05; done\nexec "$bin/vault" "\$\@"\n);
    close $out;
    chmod 0755, "$bin/cozykart-vault";
    return $house->{bin} = $bin;
}

sub hold {
    my ($house) = @_;
    open my $out, '>', "$house->{dir}/hold" or die $!;
    close $out;
    return;
}

# --- every released schema

for my $schema (5, 8, 15) {
    subtest "a ledger of schema $schema" => sub {
        # A minute after its last entry.
        my $house = Cozykart->new(start => 0, clock => 0, page_rate => '100000r/s');
        my $file = $house->ledger_of($schema);
        $house->ahead(int(`sqlite3 '$file' 'SELECT max(recorded_at) / 1000 FROM journal'` - time) + 60);
        my $r = $house->json('migrate');
        is("$r->{from} to $r->{to}", "$schema to $newest", 'is migrated');
        ok(-s $r->{copy}, 'what it was is kept');
        my ($code, $out, $errors) = $house->run('verify');
        is($code, 0, 'it verifies') or diag($out, $errors);
        $out = `"$house->{bin}/cozykart-audit" "$file" 2>&1`;
        is($?, 0, 'the auditor agrees') or diag($out);
        my ($same, $members) = (0, 0);
        for my $line (split /\n/, slurp(sprintf "$src/t/data/ledger/%04d.balances", $schema)) {
            my ($name, @was) = split /\t/, $line;
            my $is = $house->json('balance', $name);
            $members++;
            "@was" eq "@$is{qw(pending available held owed)}" ? $same++ : diag("$name: @was, now @$is{qw(pending available held owed)}");
        }
        ok($members > 5 && $same == $members, "$same members have what the programs of then said");
        $house->start;
        my ($run) = map { $_->{race} } grep { $_->{state} eq 'RUNNING' } @{ $house->json('race', 'list') };
        my @pages = ('/', '/races', '/races.json', '/r/Nova', '/r/Nova.json', '/djs', '/shop', '/sponsors', '/funds', '/seals', '/status',
            '/status.json', ($schema >= 8 ? ('/standings', '/seasons', '/standings.json') : ()), map { ("/race/$_->{race}", "/race/$_->{race}.json") } @{ $house->json('race', 'list') });
        my @bad = grep { $house->get($_, cookie => 'ck=none')->{status} != 200 } @pages;
        is("@bad", '', scalar(@pages) . ' pages are shown');
        ok(defined $run, 'the race that ran still runs') or return;
        my $pot = $house->json('race', 'show', $run)->{pot};
        is($house->notice($house->stripe->completed($house->shirt($run, created => int $house->now)))->{status}, 200, 'an order for it comes');
        is($house->json('race', 'show', $run)->{pot}, $pot + 500, 'and counts');
        $house->stop;
    };
}

# A window of weeks ago is closed by time, and an order of that moment is none of its own: all three agree.
subtest 'a race that nobody ended for weeks' => sub {
    my $house = Cozykart->new(start => 0, page_rate => '100000r/s');
    $house->ledger_of(5);
    $house->json('migrate');
    $house->start;
    is($house->notice($house->stripe->completed($house->shirt(undef)))->{status}, 200, 'an order comes');
    $house->stop;
};

# --- what does not fit

my %next = map { $_ => "$build/t/next/cozykart" . ($_ ? "-$_" : '') } '', qw(vault web jobs);
SKIP: {
    skip('the next version is not built: make check builds it', 1) if grep { !-x } values %next;
    subtest 'programs and ledgers that do not fit' => sub {
        my $house = Cozykart->new;
        my @ours = map { "$house->{bin}/cozykart" . ($_ ? "-$_" : '') } '', qw(vault jobs);
        my ($code, undef, $errors) = $house->run('migrate');
        is($code, 65, 'while the vault runs nothing is migrated');
        like($errors, qr/another process has the ledger open for writing .*stop it first/, 'and it says so');
        $house->stop;
        my $call = sub {
            my ($program, @args) = @_;
            my $out = `timeout 120 "$program" --config "$house->{conf}" @args 2>&1`;
            return ($? >> 8, $out);
        };
        for my $p ($next{''}, $next{vault}, $next{jobs}) {
            ($code, my $out) = $call->($p, $p eq $next{''} ? 'verify' : ());
            my $name = $p =~ s{.*/}{}r;
            is($code, 65, "$name of a newer version refuses the ledger");
            like($out, qr/the ledger has schema $newest, run cozykart migrate to get @{[$newest + 1]}/, 'and says what to do');
        }
        ($code, my $out) = $call->($next{''}, 'migrate');
        is($code, 0, 'its migrate does that') or diag($out);
        my ($copy) = $out =~ /as it was before: (\S+)/;
        for my $p (@ours) {
            my $name = $p =~ s{.*/}{}r;
            for my $args ($name eq 'cozykart' ? ('verify', 'migrate') : ('')) {
                ($code, $out) = $call->($p, $args);
                is($code, 65, "$name $args of the older version refuses it then");
                like($out, qr/the ledger has schema @{[$newest + 1]}, this program knows $newest: a newer version wrote it/, 'and says why');
            }
        }
        open my $log, '>', "$house->{dir}/web.log" or die $!;
        my $web = fork // die "fork: $!";
        if (!$web) {
            open STDIN, '<', '/dev/null';
            open STDOUT, '>&', $log;
            open STDERR, '>&', $log;
            { exec "$house->{bin}/cozykart-web", '--config', $house->{conf}; }
            POSIX::_exit(127);
        }
        ok($house->wait_for(10, sub { slurp("$house->{dir}/web.log") =~ /a newer version wrote it/ }), 'a web worker says the same');
        kill 'TERM', $web;
        waitpid $web, 0;
        unlink glob("$house->{home}/data/ledger.db-*");
        rename $copy, "$house->{home}/data/ledger.db" or die "$copy: $!";
        ok($house->start, 'with the copy in its place the older version runs again');
        $house->stop;
    };
}

# A change that is not allowed (sql/README.md): what they ask for is gone under their feet.
subtest 'old workers on a ledger that lost what they need' => sub {
    my $house = Cozykart->new(start => 0);
    my $bin = with_hold($house);
    $house->start;
    my $race = $house->race(4);
    is($house->get("/race/$race", cookie => 'ck=none')->{status}, 200, 'a page is shown');
    my $file = "$house->{home}/data/ledger.db";
    my $view = `sqlite3 -cmd '.timeout 20000' "$file" "SELECT sql FROM sqlite_schema WHERE name = 'person'"`;
    like($view, qr/^CREATE VIEW/, 'what they need is known');
    hold($house);
    kill 'TERM', grep { (readlink("/proc/$_/exe") // '') =~ m{/vault$} } $house->pids('vault');
    ok($house->wait_for(10, sub { system(qq(sqlite3 "$file" 'DROP VIEW person; PRAGMA user_version = @{[$newest + 1]}' 2>/dev/null)) == 0 }), 'the file changes');
    # When nobody begins any more an answer may also not come at all.
    my ($http, %seen) = (HTTP::Tiny->new(timeout => 5));
    for (1 .. 6) {
        $seen{ $http->get("$house->{url}/race/$race", { headers => { cookie => 'ck=none' } })->{status} }++;
        sleep 0.3;
    }
    my @other = grep { !/^5/ } keys %seen;
    is("@other", '', 'no page is wrong: ' . join ', ', map { "$_: $seen{$_}" } sort keys %seen);
    ok($house->wait_for(10, sub { $house->log('house') =~ /a newer version wrote it/ }), 'the next ones say why they do not begin');
    unlike($house->log('house'), qr/signal=[1-9]|BUG/, 'nobody crashed');
    open my $sql, '|-', 'sqlite3', '-bail', '-cmd', '.timeout 20000', $file or die "sqlite3: $!";
    print {$sql} "$view;\nPRAGMA user_version = $newest;\n";
    close $sql or die 'sqlite3';
    unlink "$house->{dir}/hold";
    ok($house->wait_for(20, sub { $http->get("$house->{url}/race/$race", { headers => { cookie => 'ck=none' } })->{status} == 200 }), 'with what they need it goes on by itself');
    $house->stop(expected => qr/web\.sock failed/);
};

# --- under load

# Sends orders; what is refused comes again, as a provider does it. Gives how many were taken and refused, then what
# else was answered.
sub buy {
    my ($load, $house, $race) = @_;
    my ($taken, $refused, @bad) = (0, 0);
    until ($load->is_enough && $taken > 10) {
        my $body = $house->stripe->completed($house->shirt($race));
        for (1 .. 400) {
            my $r = $house->notice($body);
            if ($r->{status} == 200) { $taken++; last }
            if ($r->{status} == 503 && $r->{headers}{'retry-after'}) { $refused++ }
            else { push @bad, "$r->{status} " . substr $r->{content}, 0, 60 }
            sleep 0.05;
        }
        sleep 0.02;
    }
    return ("$taken $refused", @bad);
}

# True when every such process of the house runs the file that has the name now.
sub runs {
    my ($house, $name, $file) = @_;
    my @pids = grep { (readlink("/proc/$_/exe") // '') =~ m{/cozykart} } $house->pids($name);
    return @pids && !grep { ((stat "/proc/$_/exe")[1] // 0) != ((stat $file)[1] // -1) } @pids;
}

SKIP: {
    skip('the next version is not built: make check builds it', 1) if grep { !-x } values %next;
    subtest 'an upgrade while pages are read and orders come in' => sub {
        my $house = Cozykart->new(start => 0, page_rate => '100000r/s');
        my $bin = with_hold($house);
        $house->keep_door;
        $house->start;
        my $race = $house->race(4);
        my @paths = ('/', "/race/$race", "/race/$race.json", '/races', '/r/Nova', '/status.json', '/funds');
        my $load = Load->new($house);
        $load->begin(sub { buy($load, $house, $race) });
        $load->read_pages(n => 3, least => 40, paths => \@paths);
        sleep 1.5;

        # As a package does it: files first, then the vault alone, then who is left.
        put($next{''}, "$bin/cozykart");
        put($next{$_}, "$bin/cozykart-$_") for qw(web jobs);
        put($next{vault}, "$bin/vault");
        hold($house);
        kill 'TERM', $house->pids('vault');
        ok($house->wait_for(10, sub { ($house->run('migrate'))[0] == 0 }), 'the ledger is migrated as soon as the vault has ended');
        sleep 0.5;
        unlink "$house->{dir}/hold";
        ok($house->wait_for(20, sub { runs($house, 'cozykart-web', "$bin/cozykart-web") }), 'the web workers noticed, and the new ones serve');
        ok($house->wait_for(20, sub { runs($house, 'cozykart-jobs', "$bin/cozykart-jobs") }), 'so did the jobs');
        sleep 1.5;
        my ($bought, @readers) = $load->end;
        my ($read, @failed) = (0);
        for my $reader (@readers) {
            my ($done, @bad) = @$reader;
            $read += $done;
            push @failed, @bad;
        }
        cmp_ok($read, '>', 100, "$read pages were read");
        is(scalar @failed, 0, 'and none failed') or diag(join "\n", @failed[0 .. ($#failed > 9 ? 9 : $#failed)]);
        my ($sum, @bad) = @$bought;
        my ($taken, $refused) = split / /, $sum;
        cmp_ok($taken, '>', 10, "$taken orders were taken, $refused were told to come again");
        is(scalar @bad, 0, 'and no other answer was given') or diag(join "\n", @bad[0 .. ($#bad > 9 ? 9 : $#bad)]);
        is($house->json('race', 'show', $race)->{pot}, 500 * $taken, 'every taken order is in the pot, once');
        like($house->log('house'), qr/event=worker_past/, 'the old workers said why they ended');
        $house->stop;
    };
}
done_testing;
