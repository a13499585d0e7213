# A season in a real browser: the table fills by itself when a race is final, profiles and results
# stand on phone and desk, in both themes, for keyboard and eyes, whatever somebody is called.
# With COZYKART_SHOTS set to a folder its pictures stay there.
use strict;
use warnings;
use utf8;
use Browser;
use Cozykart;
use Test::More;
use Time::HiRes qw(sleep);

binmode Test::More->builder->$_, ":encoding(UTF-8)" for qw(output failure_output todo_output);
my $why = Cozykart::missing() || Browser::missing();
plan skip_all => $why if $why;

my $house = Cozykart->new(conf => "race.dispute_min = 0\n");
my $chrome = Browser->new($house);
my @people = ('Nova', 'Pixel Pedal', 'سارة الفهد', '🏎 Turbo', 'W' x 32, 'a<b>&"c"');
$house->json('member', 'add', 'Apex', '--role', 'host');
$house->json('member', 'add', $_) for map { my $n = $_; utf8::encode($n); $n } @people;
$house->json('product', 'add', 'TEE', 'Circuit tee', '9.00');

# Places by seat, 0 is DNF; the race is final at once, since neither grace nor disputes are waited for.
sub drive {
    my (@places) = @_;
    my $race = $house->json('race', 'open', '--host', 'Apex')->{race};
    $house->json('race', 'join', $race, $_ + 2) for 0 .. $#places;
    $house->json('race', 'start', $race);
    sleep 1.1; # the shop's times are whole seconds
    $house->notice($house->stripe->completed($house->shirt($race)));
    $house->json('race', 'finish', $race);
    $house->json('race', 'result', $race, '--seat', $_ + 1, $places[$_] ? ('--place', $places[$_]) : '--dnf') for 0 .. $#places;
    $house->wait_for(20, sub { (($house->get_json("/race/$race.json") // {})->{state}{state} // '') =~ /FINAL/ }) or die "race $race is not final\n";
    return $race;
}

$chrome->open('table', '/standings');
like($chrome->text('table', 'h1'), qr/No season yet/, 'without a season the page says so');
$house->json('rule', 'add', 'quick', '--grace-s', 0);
$house->json('season', 'add', 'Spring 26', '--drops', 1, '--drop-from', 2, '--rule', 'quick');
ok($house->wait_for(10, sub { $house->get('/standings')->{content} =~ /Spring 26/ }), 'a season is there');
$chrome->open('table', '/standings');
like($chrome->text('table', '[data-swap="standings"]'), qr/No race is final yet/, 'its table is empty');
$chrome->js('table', 'window.kept = 1');

# The page waits for the result.
my $first = drive(1, 2, 3, 4, 5, 0);
$chrome->comes('table', '[data-swap="standings"]', qr/Nova/, 'the first result comes to the page by itself');
is($chrome->js('table', 'window.kept'), 1, 'without loading it again');
$chrome->comes('table', '[data-say]', qr/standings have changed/, 'and it is said aloud');
my $second = drive(2, 1, 3, 4, 0, 5);
$chrome->comes('table', '.stand__row:first-child .stand__who', qr/Nova|Pixel Pedal/, 'the second as well');
my $third = drive(3, 1, 2, 4, 5, 0);
$chrome->comes('table', '.stand__row:first-child .who__name', qr/^Pixel Pedal$/, 'who leads is first');
like($chrome->text('table', '.stand'), qr/up 1 since the race before/, 'a change of rank is told in words');
is($chrome->js('table', 'window.kept'), 1, 'the page was never loaded again');

# Everything on a phone and on a desk, in both themes.
my %page = ('/standings' => 'standings', '/season/spring-26' => 'season', '/seasons' => 'seasons', '/r/Nova' => 'profile',
    '/r/' . ('W' x 32) => 'wide', '/r/%D8%B3%D8%A7%D8%B1%D8%A9%20%D8%A7%D9%84%D9%81%D9%87%D8%AF' => 'rtl',
    '/r/Apex' => 'empty', "/race/$first" => 'race', '/races?racer=Nova' => 'races', '/r/nobody' => 'nobody');
for my $path (sort keys %page) {
    for my $width (390, 768, 1280) {
        for my $scheme ('dark', 'light') {
            $chrome->open('table', $path, width => $width, scheme => $scheme);
            is($chrome->js('table', 'document.documentElement.scrollWidth'), $width, "$page{$path} fits $width px, $scheme");
            $chrome->shot('table', "$page{$path}-$width-$scheme");
        }
    }
    is($chrome->js('table', q{Array.from(document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')).filter(e => !e.textContent.trim() && !e.getAttribute('aria-label') && !e.closest('label')).length}), 0,
        "$page{$path}: everything that can be used has a name");
    is($chrome->js('table', 'document.querySelectorAll("h1").length'), 1, "$page{$path} has one title");
    is($chrome->js('table', q{new Set(Array.from(document.querySelectorAll('[id]'), e => e.id)).size - document.querySelectorAll('[id]').length}), 0,
        "$page{$path}: no id stands twice");
}

# By keyboard alone: whatever has the focus shows it.
for my $path ('/standings', '/r/Nova', "/race/$first") {
    my (%seen, $blind);
    $chrome->open('table', $path, width => 1280);
    for (1 .. 40) {
        $chrome->key('table', 'Tab');
        my $at = $chrome->js('table', q{(() => { const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);
            const hit = e.querySelector && e.querySelector('.chart__hit');
            const ring = hit ? getComputedStyle(hit).strokeWidth : s.outlineStyle === 'none' ? '0' : s.outlineWidth;
            return {what: e.tagName + ' ' + (e.textContent || '').trim().slice(0, 20), ring: parseFloat(ring), wide: r.width} })()});
        last if $at->{what} =~ /^BODY/;
        $seen{ $at->{what} }++;
        $blind //= $at->{what} if $at->{ring} < 3 || !$at->{wide};
    }
    cmp_ok(scalar keys %seen, '>', 8, "$path can be walked by keyboard");
    is($blind, undef, "$path: the focus is always seen");
}

# Details open, numbers stand under each chart, links lead on.
$chrome->open('table', '/standings', width => 1280);
$chrome->js('table', q{document.querySelectorAll('details').forEach(d => { d.open = true })});
like($chrome->text('table', '.runs'), qr/dropped/, 'what does not count says so');
is($chrome->js('table', q{document.querySelectorAll('figure table').length}), 2, 'each chart has its numbers');
is($chrome->js('table', 'document.documentElement.scrollWidth'), 1280, 'also with everything open');
$chrome->js('table', q{document.querySelector('.who__name[href]').click()});
$chrome->comes('table', 'h1', qr/^Pixel Pedal$/, 'a name leads to the profile');
like($chrome->text('table', '.shelf'), qr/Race win/, 'with its trophies');
like($house->get('/r/Pixel%20Pedal')->{content}, qr{property="og:image" content="\Q$house->{url}\E/card/racer/3\.png"}, 'and its card');

# What other sites show is there.
for my $path ("/race/$third", '/season/spring-26', '/r/Nova') {
    my ($at) = $house->get($path)->{content} =~ m{property="og:image" content="\Q$house->{url}\E(/card/[^"]+\.png)"};
    my $default = $house->get('/card/default.png')->{content};
    ok($house->wait_for(20, sub { my $r = $house->get($at); $r->{status} == 200 && $r->{content} =~ /^\x89PNG/ && $r->{content} ne $default }),
        "$path has a card of its own");
}

# The end of the season.
$house->json('season', 'close', 'spring-26');
ok($house->wait_for(10, sub { $house->get('/season/spring-26')->{content} =~ /id="champion"/ }), 'a closed season has its champion');
for my $width (390, 1280) {
    $chrome->open('table', '/season/spring-26', width => $width);
    like($chrome->text('table', '.champion'), qr/Pixel Pedal/, 'the champion is named');
    is($chrome->js('table', 'document.documentElement.scrollWidth'), $width, "the champion fits $width px");
    $chrome->shot('table', "champion-$width");
}
my @loud = $chrome->complaints(qr{status of 404|/live/});
is(scalar @loud, 0, 'the browser has nothing to complain about') or diag(@loud);

$chrome->stop;
$house->stop;
done_testing;
