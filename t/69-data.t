# What a member is told of himself, and leaving; files to check a season with, judged by unzip, Python and sha256sum.
use strict;
use warnings;
use utf8;
use Cozykart;
use JSON::PP ();
use Test::More;
use Vault;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);
my $house = Cozykart->new(discord => 1, clock => 1, page_rate => '100000r/s', conf => "window.grace_s = 0\nrace.dispute_min = 1\n");
my $vault = Vault->new($house);
my $json = JSON::PP->new->utf8;

# Files of a ZIP as Python reads them: name => bytes; none when anything is wrong with it.
sub unzip {
    my ($bytes) = @_;
    open my $out, '>:raw', "$house->{dir}/x.zip" or die $!;
    print {$out} $bytes;
    close $out or die $!;
    my $text = `cd '$house->{dir}' && rm -rf unzipped && python3 -c 'import zipfile
z = zipfile.ZipFile("x.zip"); assert z.testzip() is None; z.extractall("unzipped"); print("\\n".join(z.namelist()))' 2>&1`;
    is($?, 0, 'Python reads the ZIP') or diag($text);
    my %file;
    for my $name (split /\n/, $text) {
        open my $in, '<:raw', "$house->{dir}/unzipped/$name" or next;
        local $/;
        $file{$name} = <$in>;
    }
    return %file;
}

my %cookie;
sub login { $cookie{ $_[0] } = 'ck=' . $vault->session($_[0]); return }
sub get { my ($who, $path) = @_; return $house->get($path, cookie => $cookie{$who}) }
sub press {
    my ($who, $path, %field) = @_;
    my ($token) = get($who, $path)->{content} =~ /action="\Q$path\E"[^>]*>\s*<input type="hidden" name="form_token" value="([^"]+)"/;
    return $house->post($path, HTTP::Tiny->new->www_form_urlencode({ form_token => $token // '', %field }), cookie => $cookie{$who}, origin => $house->url, 'content-type' => 'application/x-www-form-urlencoded');
}

# --- a season with one race and one sale
$house->json('season', 'add', 'Spring', '--from', '2020-01-01');
my $race = $house->race(2);
$house->json('member', 'add', 'Märlow "<&>"');
$house->notice($house->stripe->completed($house->shirt($race, created => int $house->now)));
$house->ahead(5);
$house->json('race', 'finish', $race);
$house->ahead(5);
$house->json('race', 'result', $race, '--seat', $_, '--place', $_) for 1, 2;
$house->ahead(120);
ok($house->wait_for(60, sub { $house->json('race', 'show', $race)->{state} eq 'FINAL' }), 'a race is final');
$house->ahead(86400 + 700);
ok($house->wait_for(60, sub { @{ ($house->get_json('/seals.json') // {})->{seals} // [] } }), 'and its day is sealed');

subtest 'files to check with' => sub {
    my $r = $house->get('/season/spring.zip');
    is($r->{status}, 200, 'of a season') or diag($r->{content});
    is($r->{headers}{'content-type'}, 'application/zip', 'a ZIP');
    my %file = unzip($r->{content});
    is(`cd '$house->{dir}/unzipped' && sha256sum -c --quiet --strict SHA256SUMS 2>&1`, '', 'SHA256SUMS fits all files');
    like($file{'VERIFY.txt'}, qr/sha256sum -c/, 'with the way to check them');
    my @pot = map { [split /,/] } split /\r\n/, $file{"race-$race/pot.csv"};
    my %at = map { $pot[0][$_] => $_ } 0 .. $#{ $pot[0] };
    my $sum = 0;
    $sum += $_->[$at{delta}] for @pot[1 .. $#pot];
    is($sum, 500, 'the lines of the pot add up');
    is($json->decode($file{"race-$race/race.json"})->{state}{pot}{amount}, $sum, 'to the pot');
    my @result = split /\r\n/, $file{"race-$race/results.csv"};
    is(scalar @result, 3, 'two drivers have a result');
    like($result[1], qr/^$race,1,1,"Nova","start",1,15,/, 'with place and points');
    is($json->decode($file{'season.json'})->{state}{rows}[0]{points}, 15, 'which the table has');
    my ($seal) = grep { /^seals/ } sort keys %file;
    like($file{ $seal // '' } // '', qr/^cozykart seal 2\n.*^signature /ms, 'and the seal of the day');
    my %one = unzip($house->get("/race/$race.zip")->{content});
    is($one{"race-$race/pot.csv"}, $file{"race-$race/pot.csv"}, 'a race alone has the same');
    is($house->get('/race/999.zip')->{status}, 404, 'what is not there has none');
    is($house->get('/season/none.zip')->{status}, 404, 'nor has a season');
};

subtest "one's own data" => sub {
    login('Nova');
    is($house->get('/me/data.zip')->{status}, 401, 'nobody else reads it');
    my $r = get('Nova', '/me/data.zip');
    is($r->{status}, 200, 'it is a download') or diag($r->{content});
    my %file = unzip($r->{content});
    my $data = $json->decode($file{'data.json'});
    is($data->{profile}[0]{name}, 'Nova', 'with the profile');
    is($data->{results}[0]{points}, 15, 'the results');
    is($data->{seats}[0]{race_id}, $race, 'the seats');
    ok(@{ $data->{sessions} }, 'the logins');
    ok((grep { $_->{action} eq 'login.use' } @{ $data->{acts} }), 'what one did');
    like($file{'wallet.csv'}, qr/SALE_OPEN|sale/i, 'and the wallet');
    unlike($r->{content}, qr/Piston|Apex/, 'and nobody else');
};

subtest 'leaving' => sub {
    like(get('Nova', '/me/data')->{content}, qr/Your wallet still counts \$2\.50/, 'with money in the wallet one reads what to do first');
    unlike(get('Nova', '/me/data')->{content}, qr/<form[^>]*action="\/me\/data/, 'and has no button');
    is($vault->ask('me.forget', session => $vault->session('Nova'))->{name}, 'E_CONFLICT', 'nor does the vault do it');
    login('Apex');
    like(get('Apex', '/me/data')->{content}, qr/You are host here/, 'nor for who has a role');
    is($vault->ask('me.forget', session => $vault->session('Apex'))->{name}, 'E_CONFLICT', 'at the vault either');
    my $who = 'Märlow "<&>"';
    my $d = $house->discord;
    my $bea = $d->person('Bea');
    $d->learn([{ name => 'help', options => [] }]);
    is($d->command($bea, 'help')->status, 200, 'somebody came from Discord');
    my ($made) = grep { $_->{name} eq 'Bea' } @{ $house->json('member', 'list') };
    ok($made, 'and is a member') or return;
    login('Bea');
    my $second = 'ck=' . $vault->session('Bea');
    like(get('Bea', '/me/data')->{content}, qr/Delete my account/, 'who has nothing here may leave');
    is(press('Bea', '/me/data', name => 'Nova')->{status}, 400, 'not by a slip');
    is($house->get('/me', cookie => $second)->{status}, 200, 'nothing happened');
    $house->ahead(6 * 60);
    is($vault->ask('me.forget', session => $second =~ s/^ck=//r)->{name}, 'E_AUTH', 'nor with a login of some minutes ago');
    login('Bea');
    is(press('Bea', '/me/data', name => 'Bea')->{headers}{location} // '', '/login?gone=1', 'by her name she leaves');
    is(get('Bea', '/me')->{status}, 401, 'at once');
    is($house->get('/me', cookie => $second)->{status}, 401, 'in every browser');
    my ($now) = grep { $_->{member} == $made->{member} } @{ $house->json('member', 'list') };
    like($now->{name}, qr/^gone [0-9a-f]{16}$/, 'a number is left');
    is($house->get('/r/Bea')->{status}, 404, 'no page has the name');
    my $left = `sqlite3 -readonly '$house->{home}/data/ledger.db' "SELECT COUNT(*) FROM identity WHERE member_id = $made->{member}" 2>/dev/null`;
    is($left =~ s{\n}{}r, "0", 'nothing knows who it was elsewhere');
    is($d->command($bea, 'help')->status, 200, 'who comes back');
    my @again = grep { $_->{name} eq 'Bea' } @{ $house->json('member', 'list') };
    ok(@again == 1 && $again[0]{member} != $made->{member}, 'is somebody new');
};
$house->stop;
done_testing;
