# New settings and certificates while people read: nginx and the web workers are reloaded again and again, and no
# request fails; a worker of nginx that is killed loses nothing that was promised. Long form: make reloads.
use strict;
use warnings;
use Cozykart;
use Load;
use Test::More;
use Time::HiRes qw(sleep time);

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my ($reloads, $least) = $ENV{COZYKART_CAMPAIGN} ? (20, 10_000) : (5, 400);
my $house = Cozykart->new(page_rate => '100000r/s');
my $race = $house->race(4);

sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or return '';
    local $/;
    return scalar(<$in>) // '';
}

# The process of that name which the house started itself.
sub master {
    my ($name, $word) = @_;
    for my $pid ($house->pids($name)) {
        my ($parent) = slurp("/proc/$pid/stat") =~ /^\d+ \(.*\) \S (\d+)/;
        return $pid if $parent == $house->{pid} && (!$word || slurp("/proc/$pid/cmdline") =~ /\Q$word\E/);
    }
    die "there is no $name";
}

my $load = Load->new($house);
$load->read_pages(n => 4, least => $least / 4, keep_alive => 0, paths => ['/', "/race/$race", "/race/$race.json", '/races', '/r/Nova', '/status.json']);
my ($nginx, $web) = (master('nginx', 'nginx.conf'), master('cozykart-web'));
my $seen = sub { my $n = () = $house->log('house') =~ /event=reloaded/g; return $n };
for my $i (1 .. $reloads) {
    kill 'HUP', $nginx;
    kill 'HUP', $web;
    $house->wait_for(10, sub { $seen->() >= $i }) or last;
}
is($seen->(), $reloads, "the web workers were replaced $reloads times, nginx reloaded as often");
my ($asked, @failed) = (0);
for my $reader ($load->end) {
    my ($done, @bad) = @$reader;
    $asked += $done;
    push @failed, @bad;
}
cmp_ok($asked, '>=', $least, "$asked requests were made");
is(scalar @failed, 0, 'none failed') or diag(join "\n", @failed[0 .. ($#failed > 9 ? 9 : $#failed)]);
is(master('nginx', 'nginx.conf') . ' ' . master('cozykart-web'), "$nginx $web", 'by the same masters');

# Killed without a word: who was answered is in the books, who was not asks again.
my $taken = 0;
for my $i (1 .. $reloads) {
    my $body = $house->stripe->completed($house->shirt($race));
    kill 'KILL', grep { my ($p) = slurp("/proc/$_/stat") =~ /^\d+ \(.*\) \S (\d+)/; ($p // 0) == $nginx } $house->pids('nginx');
    $taken++ if $house->wait_for(10, sub { $house->notice($body)->{status} == 200 });
}
is($taken, $reloads, 'killed workers of nginx are replaced');
is($house->json('race', 'show', $race)->{pot}, 500 * $taken, 'and each order counts once');
$house->stop;
done_testing;
