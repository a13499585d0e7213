# Who hides their name is named nowhere: every public page, picture, JSON, live file and overlay, and
# every answer of commands that others read, is searched, before and after.
use strict;
use warnings;
use Cozykart;
use Discord;
use JSON::PP ();
use Test::More;
use Tree;

my $why = Cozykart::missing();
plan skip_all => $why if $why;

# Statements that read the table of members itself know the real name, datapage what is told that member alone; all others
# read the view person, or count.
my %knows = map { ("sql/query/$_.sql" => 1) } qw(datapage identity member session);
my @direct = grep { !$knows{$_} && Tree::slurp($_) =~ s/COUNT\(\*\) FROM member\b//gir =~ /\b(?:from|join)\s+member\b(?!\s*\()/i } Tree::files(qr/\.sql$/, 'sql/query');
is_deeply(\@direct, [], 'names are read through the view person');

my $name = 'Quixote';
my $house = Cozykart->new(discord => 1, clock => 1, page_rate => '100000r/s');
my $d = $house->discord;
$house->register;
my $quixote = $d->person($name);
my $viewer = $d->person('Viewer');
is($d->command($_, 'help')->status, 200, 'somebody comes') for $quixote, $viewer;
my ($id) = map { $_->{member} // $_->{id} } grep { $_->{name} eq $name } @{ $house->json('member', 'list') };
ok($id, 'the member is there') or BAIL_OUT('no member');
my $hidden = "Racer $id";

# A season with a race that is final, one with its flag, one running, one lobby; Quixote hosts and drives.
my @others = ('Apex', 'Nova', 'Juno');
$house->json('member', 'add', $_, '--role', 'host') for @others;
$house->run('role', 'grant', $name, 'host');
$house->json('product', 'add', 'TEE', 'Circuit tee', '9.00');
$house->json('season', 'add', 'Spring', '--slug', 'spring');
my @race;
sub race {
    my ($host, $until) = @_;
    my $race = $house->json('race', 'open', '--host', $host)->{race};
    push @race, $race;
    $house->run('season', 'put', $race, 'spring');
    $house->json('race', 'join', $race, $_) for $name, 'Nova', 'Juno';
    return $race if $until eq 'lobby';
    $house->json('race', 'start', $race);
    $house->notice($house->stripe->completed($house->shirt($race)));
    $house->ahead(60);
    return $race if $until eq 'running';
    $house->json('race', 'finish', $race);
    return $race if $until eq 'finished';
    $house->json('race', 'result', $race, '--seat', $_, '--place', $_) for 1 .. 3;
    $house->ahead(4 * 3600);
    $house->run('tick');
    return $race;
}
race($name, 'final');
is($house->json('race', 'show', $race[0])->{state}, 'FINAL', 'one race is final');
race('Apex', 'running');
my $overlay = $house->json('overlay', 'add', 'scene')->{token};

# Every address that can be reached from the entrances without a login.
sub crawl {
    my %page;
    my @todo = ('/', '/races', '/standings', '/seasons', '/season/spring', '/sponsors', '/status', '/live/home.json',
        map({ ("/race/$_", "/race/$_/spark.svg", "/live/race/$_.json") } @race),
        map({ ("/card/race/$_.png", "/card/race/$_.svg") } @race), '/card/season/spring.png',
        map({ "/overlay/$overlay/$_" } qw(pot grid ticker all standings result sponsor)), "/r/$id", "/r/$name", "/r/Racer%20$id");
    push @todo, map { "$_.json" } grep { m{^/(?:races|standings|seasons|season/\w+|race/\d+|r/\S+|sponsors|status)$} } @todo;
    while (defined(my $path = shift @todo)) {
        next if $page{$path} || keys %page > 400;
        next if $path =~ m{^/(?:static|login|logout|wallet|me|hooks|metrics|ops)\b};
        my $r = $house->get($path, cookie => 'ck=none');
        $page{$path} = $r;
        next unless $r->{status} == 200 && ($r->{headers}{'content-type'} // '') =~ /html|json|svg/;
        push @todo, map { s/&amp;/&/gr } $r->{content} =~ m{(?:href|src|action|content)="(?:\Q$house->{url}\E)?(/[^"#]*)"}g;
        push @todo, $r->{content} =~ m{"(/[a-z][\w/.%-]*)"}g if $r->{headers}{'content-type'} =~ /json/;
    }
    return \%page;
}

# The answers that everybody in the channel reads, of commands that are there.
my $source = Tree::slurp('src/bot/commands.c');
sub told {
    my %said;
    for my $words ('lobby', 'pot', 'results', 'standings', 'profile', 'season info', 'sponsor', 'points', 'help') {
        my ($command, $sub) = split / /, $words;
        next unless $source =~ /^    \{"\Q$command\E",/m;
        for my $with ([], [race => $race[0]], [race => $race[1]], [user => $quixote], [season => 'spring']) {
            my $a = $d->command($viewer, $words, @$with);
            $said{"/$words @{[map { ref $_ ? 'user' : $_ } @$with]}"} = $a->raw;
        }
    }
    return \%said;
}

sub naming {
    my ($pages, $said) = @_;
    return (sort(grep { $pages->{$_}{content} =~ /\Q$name\E/i } keys %$pages), sort grep { $said->{$_} =~ /\Q$name\E/i } keys %$said);
}

ok($house->wait_for(10, sub { ($house->get("/live/race/$race[1].json")->{content} // '') =~ /$name/ }), 'the live file names a racer');
my $before = crawl();
my $told = told();
my @named = naming($before, $told);
diag(scalar(keys %$before) . ' addresses and ' . scalar(keys %$told) . ' answers, ' . scalar(@named) . ' of them with the name');
for my $path ('/', "/race/$race[0]", "/race/$race[0].json", "/race/$race[1]", "/live/race/$race[1].json", '/standings', "/r/$name") {
    ok(scalar(grep { $_ eq $path } @named), "$path shows the name at first") or diag($before->{$path}{status});
}

sub idle {
    return $house->wait_for(20, sub { !grep { @{ $house->json('jobs', 'list', '--state', $_) } } qw(due leased) });
}
ok(idle(), 'all work that leaves the house is done');
my %old = map { $_->{id} => 1 } $house->fakecord->messages;
ok(scalar(grep { $house->fakecord->text($_) =~ /$name/ } $house->fakecord->messages), 'messages in channels show the name');

my %picture = map { $_ => $house->get($_)->{content} } "/card/race/$race[0].png", "/card/racer/$id.png", '/card/season/spring.png', '/card/default.png';
my %drawn = map { $_ => $picture{$_} ne $picture{'/card/default.png'} } grep { !/default/ } keys %picture;
is_deeply([grep { !$drawn{$_} } sort keys %drawn], [], 'there are pictures of the race, the racer and the season');

# By the button, as anybody would.
my $choice = $d->command($quixote, 'privacy');
ok($choice->private, '/privacy is private');
my $done = $d->press($quixote, $choice->message, qr/Hide my name/);
is($done->type, 7, 'hidden');
like($done->text, qr/\Q$hidden\E/, 'and told how they are called now');
ok($house->wait_for(10, sub { ($house->get("/live/race/$race[0].json")->{content} // '') !~ /$name/ && ($house->get("/live/race/$race[1].json")->{content} // '') =~ /$hidden/ }), 'live files are written anew');
ok(idle(), 'cards are edited');
my @card = grep { $house->fakecord->text($_) =~ /\Q$hidden\E/ } $house->fakecord->messages;
cmp_ok(scalar @card, '>=', 2, 'they show the other name, that of the race that is over as well');
isnt($house->get("/card/race/$race[0].png")->{content}, $picture{"/card/race/$race[0].png"}, 'the picture of the race is another one');
isnt($house->get('/card/season/spring.png')->{content}, $picture{'/card/season/spring.png'}, 'that of the season too');
is($house->get("/card/racer/$id.png")->{content}, $picture{'/card/default.png'}, 'and there is none of the racer any more');
sleep 3; # the little cache of pages

my $after = crawl();
is_deeply([grep { $_ ne "/r/$name" && $_ ne "/r/$name.json" } naming($after, told())], [], 'now it stands nowhere');
ok(idle(), 'what takes longer was answered');
my @new = grep { !$old{ $_->{id} } && JSON::PP->new->canonical->encode($_) =~ /\Q$name\E/i } grep { ($_->{interaction}{user}{username} // '') ne lc $name } $house->fakecord->messages;
is_deeply([map { $house->fakecord->text($_) } @new], [], 'and no message that was sent since names them');
like($after->{"/race/$race[0]"}{content}, qr/\Q$hidden\E/, 'the race still has its racer');
my @profile = map { $house->get($_) } "/r/$name", "/r/$name.json", "/r/$id", "/r/Racer%20$id";
is(join(' ', map { $_->{status} } @profile), '404 404 404 404', 'the profile is gone');
is($house->get('/r/Nobody')->{status}, 404, 'as one that never was');
is(JSON::PP::decode_json($profile[1]{content})->{detail}, JSON::PP::decode_json($house->get('/r/Nobody.json')->{content})->{detail}, 'in the same words, so that a name alone tells nothing');

# Sums of earnings are for those whom the racer lets see them.
is($d->press($quixote, $done->message, qr/Show my name/)->type, 7, 'shown again');
ok($house->wait_for(10, sub { $house->get("/r/$name")->{status} == 200 }), 'the profile is back');
my $seen = sub { ($house->get("/r/$name.json", cookie => 'ck=none')->{content} // '') =~ /"earn\w*"\s*:\s*[\{"\d]/ };
ok(!$seen->(), 'without the sum of earnings, as long as it is hidden');
$d->press($quixote, { id => '1300000000000000001', components => [] }, 'earnings:0');
ok($house->wait_for(5, $seen), 'with it when everybody may see it') or diag($house->get("/r/$name.json")->{content});

# The same choice on the website.
my $token = $house->json('login-link', $name)->{token};
my @form = ('content-type' => 'application/x-www-form-urlencoded', origin => $house->url);
sub fields {
    my ($page) = @_;
    my ($inside) = $page =~ m{<form class="form" method="post"[^>]*>(.*?)</form>}s ? $1 : $page =~ m{<form[^>]*method="post"[^>]*>(.*?)</form>}s;
    return $inside =~ m{<input type="hidden" name="([^"]+)" value="([^"]*)"}g;
}
my $in = $house->post("/login/$token", HTTP::Tiny->new->www_form_urlencode({ fields($house->get("/login/$token")->{content}) }), @form);
my ($cookie) = ($in->{headers}{'set-cookie'} // '') =~ /^([^;]+)/;
ok($cookie, 'logged in');
my %field = (fields($house->get('/me/privacy', cookie => $cookie)->{content}), hidden => 1, earnings => 'hidden');
is($house->post('/me/privacy', HTTP::Tiny->new->www_form_urlencode(\%field), @form, cookie => $cookie)->{status}, 303, 'hidden by the form');
ok($house->wait_for(10, sub { ($house->get("/live/race/$race[1].json")->{content} // '') =~ /$hidden/ }), 'live files are written anew by that too');
$house->stop;
done_testing;
