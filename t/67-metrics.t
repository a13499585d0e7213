# /metrics: its form, and that alert rules and dashboard ask for nothing that is not there.
use strict;
use warnings;
use Cozykart;
use JSON::PP ();
use Test::More;

my $why = Cozykart::missing();
plan skip_all => $why if $why;
my $src = $ENV{SRCDIR} // '.';
my $house = Cozykart->new(conf => "stripe.api = http://127.0.0.1:9\n");
sub slurp { my ($file) = @_; open my $in, '<', $file or return ''; local $/; return <$in> // '' }

my $race = $house->race(2);
$house->notice($house->stripe->completed($house->shirt(1)));
$house->get('/nothing/of/that/kind');
$house->run('upkeep', 'check');
ok($house->wait_for(10, sub { $house->get('/metrics')->{content} =~ /^cozykart_live_up 1$/m }), 'the house lives');
my $text = $house->get('/metrics')->{content};

# The text form, line by line: HELP and TYPE before the samples of each name, each name in one block.
sub look {
    my ($given) = @_;
    my (%type, %help, %seen, @wrong, $block);
    for (split /\n/, $given) {
        if (/^# HELP ([a-z_]+) \S.*\.$/) { push @wrong, "HELP twice: $_" if $help{$1}++; $block = $1; next }
        if (/^# TYPE ([a-z_]+) (counter|gauge|histogram)$/) { push @wrong, "TYPE: $_" if $type{$1} || ($block // '') ne $1; $type{$1} = $2; next }
        my ($name, $labels, $value) = /^([a-z_]+)(?:\{((?:[a-z_]+="[^"\\\n]*",?)+)\})? (-?\d+(?:\.\d+)?)$/ or push(@wrong, "no sample: $_"), next;
        my $base = $name =~ s/_(?:bucket|sum|count)$//r;
        $base = $name if !$type{$base} || $type{$base} ne 'histogram';
        push @wrong, "outside its block: $_" if $base ne ($block // '');
        push @wrong, "without TYPE: $_" if !$type{$base};
        push @wrong, "a counter is called _total: $_" if ($type{$base} // '') eq 'counter' xor $name =~ /_total$/;
        push @wrong, "twice: $_" if $seen{ $name . '{' . ($labels // '') . '}' }++;
        push @wrong, "not ours: $_" if $name !~ /^cozykart_/;
    }
    push @wrong, map { "no TYPE: $_" } grep { !$type{$_} } keys %help;
    return (\@wrong, \%type, \%seen);
}
my ($wrong, $type, $seen) = look($text);
is_deeply($wrong, [], 'every line is of the text form') or diag($text);
for (['a line cut short', "# HELP cozykart_a A.\n# TYPE cozykart_a gauge\ncozykart_a"], ['no type', "cozykart_a 1"],
    ['a counter by a wrong name', "# HELP cozykart_a A.\n# TYPE cozykart_a counter\ncozykart_a 1"]) {
    my ($found) = look($_->[1]);
    ok(@$found > 0, "… which the test would notice: $_->[0]");
}
is($text =~ /\n\z/ ? 1 : 0, 1, 'the last line ends');

for my $want ('cozykart_http_requests_total{class="4xx",status="404"}', 'cozykart_http_request_duration_seconds_bucket{le="+Inf"}',
    'cozykart_vault_commits_total', 'cozykart_vault_wal_pages', 'cozykart_alerts_open{severity="error"}', 'cozykart_payouts_open{state="unknown"}',
    'cozykart_inbox_open{state="failed"}', 'cozykart_notice_timestamp_seconds{provider="stripe"}', 'cozykart_upkeep_good{kind="verify"}',
    'cozykart_alive_timestamp_seconds{part="web"}', 'cozykart_quarantine', 'cozykart_disk_free_bytes', 'cozykart_web_workers_busy') {
    ok($seen->{ $want =~ /\{/ ? $want : "$want\{}" }, "there is $want");
}
my ($entries) = $text =~ /^cozykart_journal_entries (\d+)$/m;
is($entries, $house->json('verify')->{head_seq}, 'the journal has as many entries as it says');
my ($good) = $text =~ /^cozykart_upkeep_good\{kind="audit"\} (\d)$/m;
is($good, 1, 'the second opinion is told');
my @buckets = $text =~ /^cozykart_http_request_duration_seconds_bucket\{le="[^"]+"\} (\d+)$/mg;
ok(!grep({ $buckets[$_] < $buckets[$_ - 1] } 1 .. $#buckets), 'buckets hold those before them');
is($buckets[-1], ($text =~ /^cozykart_http_request_duration_seconds_count (\d+)$/m)[0], '… and the last holds all');
unlike($text, qr/Racer|m\d+@|cs_|pi_|evt_/, 'nobody is named');

my $promtool = (grep { -x $_ } map { "$_/promtool" } split /:/, $ENV{PATH})[0];
SKIP: {
    skip 'promtool (package prometheus) is not installed', 2 if !$promtool;
    open my $to, '|-', "'$promtool' check metrics >'$house->{dir}/said' 2>&1" or die $!;
    print $to $text;
    ok(close $to, 'promtool finds the form right too') or diag(slurp("$house->{dir}/said"));
    is(system("'$promtool' check rules '$src/packaging/prometheus/cozykart.rules.yml' >'$house->{dir}/said' 2>&1"), 0, 'promtool can read the alert rules')
        or diag(slurp("$house->{dir}/said"));
}

# Kinds of outbox come and go: its two names have no samples in a quiet house.
my %there = map { $_ => 1 } keys %$type;
$there{"cozykart_http_request_duration_seconds_$_"} = 1 for qw(bucket sum count);
sub unknown { my ($expr) = @_; return grep { !$there{$_} } $expr =~ /\b(cozykart_[a-z_]+)\b/g }

my $rules = slurp("$src/packaging/prometheus/cozykart.rules.yml");
my @rules = $rules =~ /- alert: (\w+)\n\s+expr: '((?:[^'\n]|'')+)'\n\s+for: \w+\n\s+labels:\n\s+severity: (?:page|ticket)\n\s+annotations:\n\s+summary: '[^\n]+'\n\s+section: '([^\n]+)'\n/g;
is(scalar @rules / 3, scalar(() = $rules =~ /- alert:/g), 'each rule has expression, time, severity, words and a section');
ok(@rules > 30, '… and there are many');
my $manual = slurp("$src/packaging/README.md");
while (my ($name, $expr, $section) = splice @rules, 0, 3) {
    is(join(' ', unknown($expr)), '', "$name asks for what there is");
    like($manual, qr/^#+ \Q$section\E$/m, "… and names a section of the manual: $section") if $manual;
}

my $board = JSON::PP->new->utf8->decode(slurp("$src/packaging/grafana/cozykart.json"));
like($board->{uid}, qr/^[A-Za-z0-9_-]{1,40}$/, 'the dashboard has a uid');
ok($board->{title} && $board->{schemaVersion} >= 30 && ref $board->{templating}{list} eq 'ARRAY', '… what Grafana needs to import it');
my (%id, %field);
for my $p (@{ $board->{panels} }) {
    ok(!$id{ $p->{id} }++ && $p->{type} =~ /^(?:stat|timeseries)$/ && $p->{title} && @{ $p->{targets} }, "panel '$p->{title}'");
    ok(!grep({ !defined $p->{gridPos}{$_} } qw(x y w h)) && $p->{gridPos}{x} + $p->{gridPos}{w} <= 24, '… has its place');
    is(join(' ', map { unknown($_->{expr}) } @{ $p->{targets} }), '', '… asks for what there is');
    is(scalar(grep { $_->{refId} !~ /^[A-Z]$/ || $_->{datasource}{uid} ne '${datasource}' } @{ $p->{targets} }), 0, '… of the chosen source');
    for my $y ($p->{gridPos}{y} .. $p->{gridPos}{y} + $p->{gridPos}{h} - 1) {
        $field{"$y $_"}++ for $p->{gridPos}{x} .. $p->{gridPos}{x} + $p->{gridPos}{w} - 1;
    }
}
is(scalar(grep { $_ > 1 } values %field), 0, 'no panel lies over another');

# What is there without the vault.
my ($vault) = $house->pids('cozykart-vault');
kill 'STOP', $vault;
my $alone = $house->get('/metrics')->{content};
like($alone, qr/^cozykart_vault_up 0$/m, 'a vault that does not answer is told');
like($alone, qr/^cozykart_journal_entries $entries$/m, '… and what the ledger says');
is_deeply((look($alone))[0], [], '… in the same form');
kill 'CONT', $vault;
$house->stop;
done_testing;
