# The stand-in for Discord refuses what the real one would, repeats nothing that carries a nonce, and
# fails as ordered: else the tests that lean on it could not fail.
use strict;
use warnings;
use Cozykart;
use HTTP::Tiny;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

my $house = Cozykart->new(discord => 1, start => 0);
my ($d, $fake) = ($house->discord, $house->fakecord);
my $json = JSON::PP->new->utf8;
my %secret;
for my $file (qw(discord-bot.token discord-client.secret)) {
    open my $in, '<', "$house->{home}/etc/$file" or die "$file: $!";
    $secret{$file} = <$in>;
}
my $channel = $d->{channel};
my $quiet = { parse => [] };

# A connection a request: HTTP::Tiny asks again by itself where a kept one broke.
sub ask {
    my ($method, $path, $body, %header) = @_;
    my $http = HTTP::Tiny->new(agent => 'DiscordBot (https://cozy-kart.example, 1.0)', keep_alive => 0, timeout => 60, max_redirect => 0);
    my %all = (authorization => "Bot $secret{'discord-bot.token'}", ($body ? ('content-type' => 'application/json') : ()), %header);
    delete @all{ grep { !defined $all{$_} } keys %all };
    my $r = $http->request($method, $fake->url("/api/v10$path"), { headers => \%all, ($body ? (content => ref $body ? $json->encode($body) : $body) : ()) });
    return { status => $r->{status}, headers => $r->{headers}, body => scalar eval { $json->decode($r->{content}) } };
}

sub form {
    my ($path, %f) = @_;
    my $http = HTTP::Tiny->new(agent => 'DiscordBot (https://cozy-kart.example, 1.0)', max_redirect => 0);
    my $r = $http->post_form($fake->url($path), \%f);
    return { status => $r->{status}, body => scalar eval { $json->decode($r->{content}) } };
}

# --- messages

my $message = {
    content => 'Seats', allowed_mentions => $quiet, nonce => 'race-1', enforce_nonce => JSON::PP::true,
    embeds => [{ title => 'Race 1', description => 'Two seats', color => 0x4fd8eb, fields => [{ name => 'Seat 1', value => 'Nova', inline => JSON::PP::true }], footer => { text => 'Race 1' } }],
    components => [
        { type => 1, components => [{ type => 2, style => 1, label => 'Join', custom_id => 'join:1' }, { type => 2, style => 5, label => 'Page', url => 'http://127.0.0.1/race/1' }] },
        { type => 1, components => [{ type => 3, custom_id => 'place:1', placeholder => 'Place', options => [{ label => '1st', value => '1' }] }] },
    ],
};
my $first = ask(POST => "/channels/$channel/messages", $message);
is($first->{status}, 200, 'a message is taken');
is(ask(POST => "/channels/$channel/messages", $message)->{body}{id}, $first->{body}{id}, 'the same nonce gives the first message');
my $edited = ask(PATCH => "/channels/$channel/messages/$first->{body}{id}", { content => 'Full', allowed_mentions => $quiet });
is($edited->{body}{content}, 'Full', 'it can be edited');
is(scalar @{ $edited->{body}{embeds} }, 1, '… and what was not named stays');
is(ask(GET => "/channels/$channel/messages/$first->{body}{id}")->{body}{content}, 'Full', '… and read');
my $cut = 'xYz';
my $parts = join "\r\n", "--$cut", 'Content-Disposition: form-data; name="payload_json"', 'Content-Type: application/json', '',
    $json->encode({ allowed_mentions => $quiet, embeds => [{ image => { url => 'attachment://race-1.png' } }], attachments => [{ id => '0', filename => 'race-1.png', description => 'A card' }] }),
    "--$cut", 'Content-Disposition: form-data; name="files[0]"; filename="race-1.png"', 'Content-Type: image/png', '', "\x89PNG\r\n\x1a\n", "--$cut--", '';
my $card = ask(POST => "/channels/$channel/messages", $parts, 'content-type' => "multipart/form-data; boundary=$cut");
is($card->{body}{attachments}[0]{size}, 8, 'a picture arrives whole');
is(HTTP::Tiny->new->get($card->{body}{attachments}[0]{url})->{content}, "\x89PNG\r\n\x1a\n", '… and can be looked at');
my $nova = $d->person('Nova');
my $direct = ask(POST => '/users/@me/channels', { recipient_id => $nova->{id} });
is(ask(POST => '/users/@me/channels', { recipient_id => $nova->{id} })->{body}{id}, $direct->{body}{id}, 'one direct channel a person');
is(ask(POST => "/channels/$direct->{body}{id}/messages", { content => 'Hello', allowed_mentions => $quiet })->{status}, 200, 'a direct message');
is(scalar($fake->direct($nova)), 1, '… that the control shows');
$fake->order('shut', id => $nova->{id});
is(ask(POST => "/channels/$direct->{body}{id}/messages", { content => 'Hello', allowed_mentions => $quiet })->{status}, 403, 'closed direct messages');
is(ask(GET => $_)->{status}, 200, "GET $_") for '/users/@me', '/applications/@me', "/applications/$d->{application}/commands", "/channels/$channel";
my $command = { type => 1, name => 'open', description => 'Open a race', default_member_permissions => '32', contexts => [0], integration_types => [0], options => [{ type => 3, name => 'name', description => 'Name', required => JSON::PP::false }] };
my $put = ask(PUT => "/applications/$d->{application}/guilds/$d->{guild}/commands", [$command]);
is($put->{body}[0]{name}, 'open', 'commands are registered');
is(ask(PUT => "/applications/$d->{application}/guilds/$d->{guild}/commands", [$command])->{body}[0]{id}, $put->{body}[0]{id}, '… and keep their ids');
$house->discord_is_content;

# --- what it refuses

my %wrong = (
    'content of 2001 signs'        => { content => 'x' x 2001 }, 'no allowed_mentions' => { content => 'x', allowed_mentions => undef },
    'nothing in it'                => {}, 'mentions for everybody' => { content => 'x', allowed_mentions => { parse => ['everyone'] } },
    'an unknown member'            => { content => 'x', colour => 1 }, 'a title of 257 signs' => { embeds => [{ title => 'x' x 257 }] },
    'a picture that did not come'  => { embeds => [{ image => { url => 'attachment://none.png' } }] }, 'embeds over 6000 signs' => { embeds => [map { { description => 'x' x 2000 } } 1 .. 4] },
    '26 fields'                    => { embeds => [{ fields => [map { { name => 'n', value => 'v' } } 1 .. 26] }] }, 'an empty field' => { embeds => [{ fields => [{ name => 'n', value => '' }] }] },
    'six buttons in a row'         => { content => 'x', components => [{ type => 1, components => [map { { type => 2, style => 1, label => 'a', custom_id => "a:$_" } } 1 .. 6] }] },
    'two buttons of one custom_id' => { content => 'x', components => [{ type => 1, components => [map { { type => 2, style => 1, label => 'a', custom_id => 'a' } } 1 .. 2] }] },
    'a button without a row'       => { content => 'x', components => [{ type => 2, style => 1, label => 'a', custom_id => 'a' }] },
    'a nonce of 26 signs'          => { content => 'x', nonce => 'n' x 26, enforce_nonce => JSON::PP::true },
);
for my $name (sort keys %wrong) {
    my $before = $fake->violations;
    is(ask(POST => "/channels/$channel/messages", { allowed_mentions => $quiet, %{ $wrong{$name} } })->{status}, 400, "refused: $name");
    cmp_ok(scalar($fake->violations), '>', $before, '… and noted');
}
my %command = (
    'a capital letter' => { name => 'Open' }, 'no description' => { description => '' }, 'permissions as a number of another kind' => { default_member_permissions => '0x8' },
    'an option required after one that is not' => { options => [map { { type => 3, name => "o$_", description => 'x', required => $_ == 2 ? JSON::PP::true : JSON::PP::false } } 1, 2] },
    'choices and autocomplete' => { options => [{ type => 3, name => 'o', description => 'x', autocomplete => JSON::PP::true, choices => [{ name => 'a', value => 'a' }] }] },
);
is(ask(PUT => "/applications/$d->{application}/commands", [{ %$command, %{ $command{$_} } }])->{status}, 400, "a command with $_") for sort keys %command;
is(ask(GET => '/users/@me', undef, authorization => 'Bot wrong')->{status}, 401, 'another token');
is(ask(GET => '/nothing')->{status}, 404, 'no such address');
is(ask(POST => "/channels/$channel/messages", '{"content":', 'content-type' => 'application/json')->{status}, 400, 'broken JSON');
is(ask(POST => "/channels/$channel/messages", 'content=x', 'content-type' => 'application/x-www-form-urlencoded')->{status}, 400, 'another content type');
$fake->order('reset');
ask(GET => '/users/@me', undef, 'user-agent' => 'curl/8');
is(scalar($fake->violations), 1, 'a User-Agent of another form is noted');

# --- how it fails

$fake->order('reset');
$fake->order('rule', match => '^GET /api/v10/users', times => 2, do => 'status', status => 502);
is(ask(GET => '/users/@me')->{status}, $_, "then $_") for 502, 502, 200;
$fake->order('rule', match => '^POST /api/v10/channels', do => 'lose');
is(ask(POST => "/channels/$channel/messages", $message)->{status}, 599, 'the answer is lost');
is(scalar($fake->messages($channel)), 1, '… but the message stands');
ask(POST => "/channels/$channel/messages", $message);
is(scalar($fake->messages($channel)), 1, '… and the repeat does not post again');
$fake->order('rule', match => '^POST /api/v10/channels', do => 'drop');
is(ask(POST => "/channels/$channel/messages", { %$message, nonce => 'other' })->{status}, 599, 'the request is lost');
is(scalar($fake->messages($channel)), 1, '… and nothing stands');
$fake->order('rule', match => 'users', do => 'late', ms => 300);
my $start = time;
is(ask(GET => '/users/@me')->{status}, 200, 'a late answer');
cmp_ok(time - $start, '>=', 0.29, '… as late as ordered');
$fake->order('rule', match => 'users', do => 'limit', ms => 600_000);
my $limited = ask(GET => '/users/@me');
is($limited->{status}, 429, 'a rate limit');
ok($limited->{body}{retry_after} == 600 && $limited->{headers}{'retry-after'} == 600 && $limited->{headers}{'x-ratelimit-remaining'} eq '0', '… says how long');
is(ask(GET => '/users/@me')->{status}, 429, 'asked again too early');
is(scalar($fake->violations), 1, '… which is noted');
$fake->order('reset');
$fake->order('rule', match => 'users', do => 'limit', ms => 300);
is(ask(GET => '/users/@me')->{headers}{'retry-after'}, 1, 'a short one');
sleep 0.35;
is(ask(GET => '/users/@me')->{status}, 200, 'asked again in time');
is(scalar($fake->violations), 0, '… which is nothing to note');
$fake->order('bucket', limit => 2, ms => 600_000);
is(ask(GET => "/channels/$channel")->{status}, $_, "two in a bucket: $_") for 200, 200, 429;
$fake->order('reset');
# Where this process is too slow to come while nobody listens, for longer.
my $nobody;
for my $ms (400, 4000, 40_000) {
    $fake->order('refuse', ms => $ms);
    last if ($nobody = ask(GET => '/users/@me')->{status}) == 599;
}
is($nobody, 599, 'nobody listens');
ok($house->wait_for(60, sub { ask(GET => '/users/@me')->{status} == 200 }), '… for a while');

# --- login

my $verifier = 'v' x 50;
my $query = "response_type=code&client_id=$d->{application}&scope=identify&state=0123456789abcdef&redirect_uri=http%3A%2F%2F127.0.0.1%2Fback&prompt=none";
sub consent { return HTTP::Tiny->new(max_redirect => 0)->get($fake->url("/oauth2/authorize?$_[0]")) }
$fake->order('person', %{ Discord::user_object($nova) });
is(consent($query)->{status}, 200, 'somebody is asked who he is');
$fake->order('login', id => $nova->{id});
my ($code) = (consent($query)->{headers}{location} // '') =~ m{^http://127\.0\.0\.1/back\?code=(\w+)&state=0123456789abcdef$};
ok($code, 'consent leads back with code and state');
is(consent($query =~ s/state=\w+/state=1/r)->{status}, 400, 'a state that can be guessed');
my %ask = (grant_type => 'authorization_code', code => $code, redirect_uri => 'http://127.0.0.1/back', client_id => $d->{application}, client_secret => $secret{'discord-client.secret'});
is(form('/api/oauth2/token', %ask, client_secret => 'other')->{status}, 401, 'another client secret');
my $token = form('/api/oauth2/token', %ask);
is($token->{status}, 200, 'a code becomes a token');
is(form('/api/oauth2/token', %ask)->{status}, 400, '… once');
is(ask(GET => '/users/@me', undef, authorization => "Bearer $token->{body}{access_token}")->{body}{id}, $nova->{id}, '… that says who it is');
($code) = consent("$query&code_challenge=" . 'A' x 43 . '&code_challenge_method=S256')->{headers}{location} =~ /code=(\w+)/;
is(form('/api/oauth2/token', %ask, code => $code, code_verifier => $verifier)->{status}, 400, 'a verifier that does not fit');
is(form('/api/oauth2/token/revoke', token => $token->{body}{access_token}, client_id => $d->{application}, client_secret => $secret{'discord-client.secret'})->{status}, 200, 'the token is given back');
is(ask(GET => '/users/@me', undef, authorization => "Bearer $token->{body}{access_token}")->{status}, 401, '… and opens nothing any more');
my $picture = HTTP::Tiny->new->get($fake->url("/cdn/avatars/$nova->{id}/$nova->{avatar}.png?size=64"));
like($picture->{content}, qr/^\x89PNG\r\n\x1a\n.{4}IHDR\0\0\0\x40\0\0\0\x40/s, 'an avatar is a PNG of 64 by 64');
$house->stop;
done_testing;
