# What staff see and do about alerts and jobs: mail once for what breaks together, notes, jobs tried now
# or later, nobody but who may.
use strict;
use warnings;
use Test::More;
use lib 't/lib';
use Cozykart;
use Digest::SHA qw(hmac_sha256);
use File::Temp ();
use HTTP::Tiny;
use MIME::Base64 qw(encode_base64);
use POSIX ();

if (my $why = Cozykart::missing()) { plan skip_all => $why }

# A sendmail that keeps its letters, and refuses while a file says so.
my $box = File::Temp->newdir;
chmod 0777, "$box";
open my $out, '>', "$box/sendmail" or die $!;
print {$out} "#!/bin/sh\n[ -e $box/broken ] && exit 75\nf=\$(mktemp $box/letter.XXXXXX); echo \"args \$*\" >\$f; cat >>\$f\n";
close $out;
chmod 0755, "$box/sendmail";

my $house = Cozykart->new(pay => 1, conf => "mail.to = ops\@example.org\nmail.from = house\@example.org\nmail.sendmail = $box/sendmail\n");
my %who;
my $n = 0;
for my $role (qw(staff operator auditor)) {
    my $w = $who{$role} = { http => HTTP::Tiny->new(max_redirect => 0, timeout => 20, local_address => '127.0.1.' . ++$n) };
    $house->json('member', 'add', $w->{name} = "The $role", '--role', $role);
}

# Money moves within five minutes of a login: who acts later logs in again.
sub enter {
    my ($w) = @_;
    return if $w->{since} && time - $w->{since} < 120;
    $w->{since} = time;
    my $token = $house->json('login-link', $w->{name})->{token};
    my $r = $w->{http}->post($house->url("/login/$token"), { content => '', headers => { 'content-type' => 'application/x-www-form-urlencoded', origin => $house->url } });
    ($w->{cookie}, $w->{session}) = ($r->{headers}{'set-cookie'} // '') =~ /^(ck=([\w-]{43}))/;
    return;
}

sub page {
    my ($role, $path) = @_;
    enter($who{$role});
    return $who{$role}{http}->get($house->url($path), { headers => { cookie => $who{$role}{cookie} } });
}

sub press {
    my ($role, $path, %field) = @_;
    enter($who{$role});
    my $nonce = substr(join('', map { chr(65 + int rand 26) } 1 .. 22), 0, 22);
    my $token = "$nonce." . encode_base64(hmac_sha256("form:$nonce:$path", $who{$role}{session}), '') =~ tr{+/}{-_}r =~ s/=+\z//r;
    return $who{$role}{http}->post_form($house->url($path), { form_token => $token, %field }, { headers => { cookie => $who{$role}{cookie}, origin => $house->url } });
}

sub letters {
    my @all;
    for my $f (sort glob "$box/letter.*") {
        open my $in, '<:encoding(UTF-8)', $f or die $!;
        push @all, do { local $/; <$in> };
    }
    return @all;
}

# --- two things go wrong together: one letter
my $live = Stripe->new(secret => $house->{secret}, livemode => 1);
my $order = $live->order(items => [['TEE', 1, 2500]], tag => '', created => int time);
$house->notice($live->completed($order)) for 1, 2;
ok($house->wait_for(30, sub { letters() }), 'a letter comes');
sleep 1;
my @got = letters();
is(scalar @got, 1, 'one for both');
like($got[0], qr/^args -t -i\n/, 'recipients stand in the letter');
like($got[0], qr/^From: house\@example.org\nTo: ops\@example.org\nSubject: \[cozykart\] 2 alerts: \w+ and more$/m, 'its head');
is(() = $got[0] =~ /a live notice in a test installation/g, 2, 'says what happened, twice');
like($got[0], qr{\Q@{[$house->url]}\E/ops/alerts}, 'and where more is');
unlike($got[0], qr/\r/, 'plain lines');

my $seen = page('staff', '/ops/alerts')->{content};
like($seen, qr/set_aside.*a live notice in a test installation/s, 'the console shows it');
like($seen, qr/Mailed /, 'and that it was mailed');
my @at = $seen =~ m{action="/ops/alerts/(\d+)"}g;
is(scalar @at, 2, 'with a form each');
unlike(page('auditor', '/ops/alerts')->{content}, qr/<form[^>]*alerts/, 'which an auditor has not');

is(press('staff', "/ops/alerts/$at[0]", note => 'I ask the shop')->{status}, 303, 'staff look after one');
like(page('auditor', '/ops/alerts')->{content}, qr/The staff, .*: I ask the shop/s, 'all can read who does');
is(press('staff', "/ops/alerts/$at[0]", note => '')->{status}, 400, 'an empty note is none');
is(press('auditor', "/ops/alerts/$at[0]", note => 'me too')->{status}, 403, 'an auditor looks after nothing');
is(press('staff', '/ops/alerts/999', note => 'x')->{status}, 404, 'no such alert');
is(press('staff', "/ops/alerts/$at[0]", note => 'enough', what => 'done')->{status}, 409, 'nobody calls done what ends by itself');
like($seen, qr{href="/ops/alerts" aria-current="page"}, 'the tab of the page is marked');
is(() = $seen =~ /class="tabs".*<\/nav>/s ? $& =~ /aria-current/g : (), 1, 'and no other');

# --- a mail program that does not work: the job waits, is tried by hand, and nothing is told twice
open my $b, '>', "$box/broken" or die $!;
close $b;
$house->notice($live->completed($order));
my $job;
ok($house->wait_for(30, sub {
    ($job) = page('operator', '/ops/jobs')->{content} =~ m{mail <span class="small">(\d+)</span>.*?did not take the letter.*?action="/ops/jobs/\1"}s;
    return $job;
}), 'a letter that is refused stays a job, with the reason');
is(scalar letters(), 1, 'and is no letter');
is(press('operator', "/ops/jobs/$job", what => 'hour')->{status}, 303, 'it is put off');
unlink "$box/broken";
sleep 3;
is(scalar letters(), 1, 'and waits');
is(press('staff', "/ops/jobs/$job", what => 'run')->{status}, 403, 'staff press no such button');
is(press('operator', "/ops/jobs/$job", what => 'done')->{status}, 400, 'nobody calls a job done');
is(press('operator', "/ops/jobs/$job", what => 'run')->{status}, 303, 'an operator tries it now');
ok($house->wait_for(20, sub { letters() == 2 }), 'the letter comes');
@got = letters();
my ($second) = grep { /1 alert:/ } @got;
is(() = ($second // '') =~ /a live notice/g, 1, 'with what no letter told before');
isnt(press('operator', "/ops/jobs/$job", what => 'run')->{status}, 303, 'what is done is not done again');
like(page('operator', '/ops/jobs?state=done')->{content}, qr/mail <span class="small">$job</, 'it stands among the done ones');

# --- sales: what an order would give; a forgotten tag needs two of the staff
$house->json('member', 'add', 'Second staff', '--role', 'staff');
$who{second} = { name => 'Second staff', http => HTTP::Tiny->new(max_redirect => 0, timeout => 20, local_address => '127.0.1.9') };
my $one = $house->race(3);
my $two = $house->json('race', 'open', '--host', 'Apex')->{race};
for my $name ('Ada', 'Bix') {
    $house->json('member', 'add', $name);
    $house->json('race', 'join', $two, $name);
}
$house->json('race', 'start', $two);
my $sold = $house->stripe->order(items => [['TEE', 1, 2500]], tag => '', created => int time);
$house->notice($house->stripe->completed($sold));
my $sales = page('staff', '/ops/sales')->{content};
like($sales, qr/stripe<\/b> checkout\.session\.completed.*shared between/s, 'the order stands there with its reason');
my ($form) = $sales =~ m{action="(/ops/sales/\d+)"};
ok($form, 'and a form for a forgotten tag');
unlike(page('auditor', '/ops/sales')->{content}, qr{action="/ops/sales/\d+"}, 'which an auditor has not');
is(press('staff', $form, race => $two, reason => 'short')->{status}, 400, 'a reason of ten signs');
is(press('staff', $form, race => 999, reason => 'the link was cut off')->{status}, 409, 'a race that was not open');
is(press('staff', $form, race => $two, reason => 'the link was cut off')->{status}, 303, 'it is asked for');
my ($tag) = page('second', '/ops/sales')->{content} =~ m{action="(/ops/tags/\d+)"};
unlike(page('staff', '/ops/sales')->{content}, qr/value="confirm"/, 'whoever asked has no button to confirm');
is(press('staff', $tag, verdict => 'confirm')->{status}, 403, 'and may not');
is(press('auditor', $tag, verdict => 'confirm')->{status}, 403, 'an auditor neither');
is(press('second', $tag, verdict => 'confirm')->{status}, 303, 'a second one confirms');
is(press('second', $tag, verdict => 'confirm')->{status}, 409, 'once');
is($house->get_json("/race/$two.json")->{state}{pot}{amount}, 500, 'the race has all of it');
is($house->get_json("/race/$one.json")->{state}{pot}{amount}, 0, 'the other nothing');
like($house->get("/race/$two")->{content}, qr/a forgotten tag, attached by two of the staff/, 'its page says why');
my $sim = page('staff', '/ops/sales?at=' . POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime) . "&gross=25.00&race=$one")->{content};
like($sim, qr/pool \$5\.00.*Race $one<\/a>: \$5\.00/s, 'an order can be simulated');
like(page('staff', '/ops/sales?at=tomorrow&gross=1.234')->{content}, qr/class="why"/, 'what cannot be is said beside the field');

# --- an address that payouts go to is told when it is replaced
$house->json('member', 'add', 'Payee');
$who{payee} = { name => 'Payee', http => HTTP::Tiny->new(max_redirect => 0, timeout => 20, local_address => '127.0.1.10') };
my $posts = letters();
is(press('payee', '/wallet/methods', kind => 'paypal', to => 'old@example.org')->{status}, 303, 'an address at PayPal');
my ($first) = page('payee', '/wallet/methods')->{content} =~ m{action="(/wallet/methods/\d+/confirm)"};
is(press('payee', $first, ())->{status}, 303, 'is confirmed');
is(press('payee', '/wallet/methods', kind => 'paypal', to => 'new@example.org')->{status}, 303, 'and replaced');
ok($house->wait_for(20, sub { grep { /^To: old\@example\.org$/m } letters() }), 'the old one gets a letter');
is(scalar(grep { /new\@example\.org/ } letters()), 0, 'that does not name the new one');
# --- what tells of something that happened is done when somebody says so
my $tee = Stripe->new(secret => $house->{secret});
my $unheard = $tee->order(items => [['UNHEARD', 1, 2500]], tag => '', created => int time);
$house->notice($tee->completed($unheard));
my $event;
ok($house->wait_for(10, sub { ($event) = page('staff', '/ops/alerts')->{content} =~ m{<b>cost_missing</b>.*?action="/ops/alerts/(\d+)"}s }), 'a product without cost is told');
like(page('staff', '/ops/alerts')->{content}, qr/Nothing is left to do/, 'an event can be done');
is(press('staff', "/ops/alerts/$event", note => 'It was a sample', what => 'done')->{status}, 303, 'staff say so');
like(page('auditor', '/ops/alerts')->{content}, qr/id="past".*cost_missing.*It was a sample/s, 'and it is resolved');

$house->stop(expected => qr/did not take the letter/);
done_testing;
