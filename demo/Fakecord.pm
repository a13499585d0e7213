# What the fake Discord knows and decides: channels, messages, commands, logins, and whether a
# request is one that the real Discord would take. Written against its documents, sharing nothing
# with src/. Not for: sockets (fakecord), the page for people (FakePage.pm).
package Fakecord;

use strict;
use warnings;
use Digest::SHA qw(sha256);
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);
use Time::HiRes qw(time);

use constant EPOCH_MS => 1420070400000;

my $json = JSON::PP->new->canonical->utf8->allow_nonref;
my %message_key = map { $_ => 1 } qw(content embeds components allowed_mentions nonce enforce_nonce flags attachments tts message_reference sticker_ids poll);
my %embed_key = map { $_ => 1 } qw(title description url color fields footer author image thumbnail timestamp type);
my %kind = (json => 'application/json', png => 'image/png');

# application, bot_token, client_secret: what requests must carry. user: the bot's name.
sub new {
    my ($class, %o) = @_;
    my $self = bless {
        %o, count => 0, started => time, person => {}, direct => {}, shut => {}, file => {}, login_as => undef,
    }, $class;
    $self->reset;
    return $self;
}

sub reset {
    my ($self) = @_;
    $self->{$_} = [] for qw(rule request violation order);
    @$self{qw(bucket_limit bucket_ms)} = (1000, 5000);
    $self->{$_} = {} for qw(message nonce token command code access bucket until);
    return;
}

sub snowflake {
    my ($self) = @_;
    return '' . (((int(1000 * time) - EPOCH_MS) << 22) | (1 << 17) | ($self->{count}++ & 0xfff));
}

sub stamp {
    my @t = gmtime;
    return sprintf '%04d-%02d-%02dT%02d:%02d:%02d.000000+00:00', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0];
}

sub bot_user {
    my ($self) = @_;
    return {
        id => $self->{application}, username => 'cozy-kart', global_name => undef, avatar => undef, discriminator => '0000',
        public_flags => 0, flags => 0, bot => JSON::PP::true, mfa_enabled => JSON::PP::false, locale => 'en-US',
        primary_guild => undef, clan => undef,
    };
}

# --- what is wrong with a request

sub violation {
    my ($self, $req, $what) = @_;
    push @{ $self->{violation} }, { request => "$req->{method} $req->{path}", what => $what, body => substr($req->{body}, 0, 2000) };
    return;
}

sub answer {
    my ($status, $body, %headers) = @_;
    my $bytes = defined $body ? $json->encode($body) : '';
    return { status => $status, headers => { (defined $body ? ('Content-Type' => 'application/json') : ()), %headers }, body => $bytes };
}

sub refuse {
    my ($self, $req, $status, $code, $message, @why) = @_;
    $self->violation($req, join ': ', $message, @why) if @why;
    return answer($status, { message => $message, code => $code, (@why ? (errors => { _errors => [map { { code => 'BASE_TYPE', message => $_ } } @why] }) : ()) });
}

sub chars {
    my ($text) = @_;
    return ref $text || !defined $text ? 0 : length $text;
}

sub bad_text {
    my ($what, $text, $lo, $hi) = @_;
    return () if !defined $text && !$lo;
    return "$what is not a text" if ref $text || !defined $text;
    my $n = length $text;
    return $n < $lo || $n > $hi ? "$what has $n signs, not $lo to $hi" : ();
}

sub bad_control {
    my ($c, $ids) = @_;
    return 'a component is no object' unless ref $c eq 'HASH';
    my $type = $c->{type} // 0;
    my @bad;
    if ($type == 2) {
        my $style = $c->{style} // 0;
        push @bad, 'a button has style ' . $style if $style !~ /^[1-5]\z/;
        push @bad, bad_text('label of a button', $c->{label}, $c->{emoji} ? 0 : 1, 80);
        push @bad, $style == 5 ? bad_text('url of a button', $c->{url}, 1, 512) : bad_text('custom_id', $c->{custom_id}, 1, 100);
        push @bad, 'a link button has a custom_id' if $style == 5 && defined $c->{custom_id};
        push @bad, 'the url of a button is no address' if $style == 5 && ($c->{url} // '') !~ m{^https?://};
    } elsif ($type == 3) {
        my $options = $c->{options};
        push @bad, bad_text('custom_id', $c->{custom_id}, 1, 100), bad_text('placeholder', $c->{placeholder}, 0, 150);
        push @bad, 'a select has no or over 25 options' unless ref $options eq 'ARRAY' && @$options >= 1 && @$options <= 25;
        my %value;
        for my $o (@{ ref $options eq 'ARRAY' ? $options : [] }) {
            push @bad, bad_text('label of an option', $o->{label}, 1, 100), bad_text('value of an option', $o->{value}, 1, 100);
            push @bad, 'two options have one value' if $value{ $o->{value} // '' }++;
        }
    } else {
        push @bad, "a component of type $type within a row";
    }
    push @bad, "two components have the custom_id $c->{custom_id}" if defined $c->{custom_id} && $ids->{ $c->{custom_id} }++;
    return @bad;
}

sub bad_components {
    my ($rows) = @_;
    return 'components is no list' unless ref $rows eq 'ARRAY';
    my (@bad, %ids);
    push @bad, 'over 5 rows of components' if @$rows > 5;
    for my $row (@$rows) {
        my $inner = ref $row eq 'HASH' && ($row->{type} // 0) == 1 ? $row->{components} : undef;
        if (ref $inner ne 'ARRAY' || !@$inner) {
            push @bad, 'a row of components is none, or empty';
            next;
        }
        push @bad, 'over 5 buttons in a row' if @$inner > 5;
        push @bad, 'a select shares its row' if @$inner > 1 && grep { ($_->{type} // 0) == 3 } @$inner;
        push @bad, bad_control($_, \%ids) for @$inner;
    }
    return @bad;
}

sub bad_embeds {
    my ($embeds, $files) = @_;
    return 'embeds is no list' unless ref $embeds eq 'ARRAY';
    my (@bad, $sum);
    push @bad, 'over 10 embeds' if @$embeds > 10;
    for my $e (@$embeds) {
        return 'an embed is no object' unless ref $e eq 'HASH';
        push @bad, map { "an embed has the unknown member $_" } grep { !$embed_key{$_} } sort keys %$e;
        push @bad, bad_text('title', $e->{title}, 0, 256), bad_text('description', $e->{description}, 0, 4096);
        push @bad, bad_text('footer', $e->{footer}{text}, 1, 2048) if $e->{footer};
        push @bad, bad_text('author', $e->{author}{name}, 1, 256) if $e->{author};
        push @bad, 'the colour is none' if defined $e->{color} && ($e->{color} !~ /^\d+\z/ || $e->{color} > 0xffffff);
        my $fields = $e->{fields} // [];
        push @bad, 'over 25 fields' if @$fields > 25;
        push @bad, bad_text('name of a field', $_->{name}, 1, 256), bad_text('value of a field', $_->{value}, 1, 1024) for @$fields;
        push @bad, 'an embed with nothing in it' unless @$fields || grep { $e->{$_} } qw(title description image thumbnail author footer);
        $sum += chars($_) for map({ $e->{$_} } qw(title description)), map({ $_->{name}, $_->{value} } @$fields), map({ ($e->{$_->[0]} // {})->{$_->[1]} } [qw(footer text)], [qw(author name)]);
        for my $url (map { $e->{$_} ? $e->{$_}{url} // '' : () } qw(image thumbnail)) {
            push @bad, "a picture has the address '$url'" unless $url =~ m{^(?:https?|attachment)://.};
            push @bad, "there is no attachment for $url" if $url =~ m{^attachment://(.*)} && $files && !$files->{$1};
        }
    }
    push @bad, "embeds have $sum signs together, over 6000" if ($sum // 0) > 6000;
    return @bad;
}

# What Discord would refuse in a message, and what this house must not leave out. files: names that
# come with it, or undef where files cannot come; edit: only what changes is there.
sub bad_message {
    my ($m, %o) = @_;
    return 'the message is no object' unless ref $m eq 'HASH';
    my @bad = map { "the message has the unknown member $_" } grep { !$message_key{$_} } sort keys %$m;
    push @bad, bad_text('content', $m->{content}, 0, 2000);
    push @bad, bad_embeds($m->{embeds}, $o{files}) if defined $m->{embeds};
    push @bad, bad_components($m->{components}) if defined $m->{components};
    my $mentions = $m->{allowed_mentions};
    push @bad, 'allowed_mentions is missing' unless ref $mentions eq 'HASH';
    push @bad, 'allowed_mentions parses: ' . join ' ', @{ $mentions->{parse} } if ref $mentions eq 'HASH' && @{ $mentions->{parse} // [] };
    push @bad, 'over 100 mentioned users' if ref $mentions eq 'HASH' && @{ $mentions->{users} // [] } > 100;
    push @bad, 'nonce is over 25 signs' if defined $m->{nonce} && length $m->{nonce} > 25;
    push @bad, 'enforce_nonce without a nonce' if $m->{enforce_nonce} && !defined $m->{nonce};
    my @full = grep { my $v = $m->{$_}; defined $v && (ref $v eq 'ARRAY' ? @$v : length $v) } qw(content embeds components attachments);
    push @bad, 'an empty message' unless $o{edit} || @full;
    for my $a (@{ $m->{attachments} // [] }) {
        push @bad, 'an attachment without id' unless defined $a->{id};
        push @bad, bad_text('description of an attachment', $a->{description}, 0, 1024);
    }
    return @bad;
}

sub bad_option {
    my ($o, $where, $deep) = @_;
    my $type = $o->{type} // 0;
    my @bad = (bad_name($o->{name}, $where), bad_text("description of $where", $o->{description}, 1, 100));
    push @bad, "$where has type $type" unless $type =~ /^(?:[1-9]|1[01])\z/;
    push @bad, "$where is a subcommand within one" if $type == 1 && $deep;
    push @bad, "$where has choices and autocomplete" if $o->{autocomplete} && @{ $o->{choices} // [] };
    push @bad, "$where has over 25 choices" if @{ $o->{choices} // [] } > 25;
    push @bad, map { (bad_text("choice of $where", $_->{name}, 1, 100), bad_text("value of $where", "$_->{value}", 1, 100)) } @{ $o->{choices} // [] };
    push @bad, bad_options($o->{options}, $where, 1) if $o->{options};
    return @bad;
}

sub bad_options {
    my ($list, $where, $deep) = @_;
    my (@bad, %seen, $optional);
    push @bad, "$where has over 25 options" if @$list > 25;
    for my $o (@$list) {
        push @bad, bad_option($o, "$where $o->{name}", $deep);
        push @bad, "$where has $o->{name} twice" if $seen{ $o->{name} }++;
        push @bad, "$where: $o->{name} is required after one that is not" if $o->{required} && $optional;
        $optional = 1 unless $o->{required};
    }
    my $subs = grep { $_->{type} <= 2 } @$list;
    push @bad, "$where mixes subcommands and options" if $subs && $subs != @$list;
    return @bad;
}

sub bad_name {
    my ($name, $where) = @_;
    return defined $name && $name =~ /^[-_'\p{L}\p{N}]{1,32}\z/ && $name eq lc $name ? () : "$where has the name '" . ($name // '') . "'";
}

sub bad_commands {
    my ($list) = @_;
    return 'the commands are no list' unless ref $list eq 'ARRAY';
    my (@bad, %seen);
    push @bad, 'over 100 commands' if @$list > 100;
    for my $c (@$list) {
        my $name = $c->{name} // '';
        push @bad, bad_name($name, 'a command'), bad_text("description of $name", $c->{description}, 1, 100);
        push @bad, "two commands $name" if $seen{$name}++;
        push @bad, "default_member_permissions of $name is no decimal text" if defined $c->{default_member_permissions} && $c->{default_member_permissions} !~ /^\d+\z/;
        push @bad, bad_options($c->{options}, $name, 0) if $c->{options};
    }
    return @bad;
}

# --- the table of requests

# [method, path, who may, what it does]; who: bot, bearer, token (in the path), open.
my $id = qr/[0-9]{15,20}/;
my @table = (
    ['POST',   qr{^/api/v10/channels/($id)/messages\z},           'bot',    \&create_message],
    ['GET',    qr{^/api/v10/channels/($id)/messages\z},           'bot',    \&list_messages],
    ['GET',    qr{^/api/v10/channels/($id)/messages/($id)\z},     'bot',    \&get_message],
    ['PATCH',  qr{^/api/v10/channels/($id)/messages/($id)\z},     'bot',    \&edit_message],
    ['DELETE', qr{^/api/v10/channels/($id)/messages/($id)\z},     'bot',    \&delete_message],
    ['GET',    qr{^/api/v10/channels/($id)\z},                    'bot',    \&get_channel],
    ['POST',   qr{^/api/v10/users/\@me/channels\z},               'bot',    \&open_direct],
    ['GET',    qr{^/api/v10/users/\@me\z},                        'any',    \&who_am_i],
    ['GET',    qr{^/api/v10/oauth2/\@me\z},                       'bearer', \&authorization],
    ['GET',    qr{^/api/v10/applications/\@me\z},                 'bot',    \&get_application],
    ['GET',    qr{^/api/v10/applications/($id)/commands\z},       'bot',    \&get_commands],
    ['PUT',    qr{^/api/v10/applications/($id)/commands\z},       'bot',    \&put_commands],
    ['GET',    qr{^/api/v10/applications/($id)/guilds/($id)/commands\z}, 'bot', \&get_commands],
    ['PUT',    qr{^/api/v10/applications/($id)/guilds/($id)/commands\z}, 'bot', \&put_commands],
    ['POST',   qr{^/api/v10/webhooks/($id)/([^/]+)\z},            'token',  \&follow_up],
    ['GET',    qr{^/api/v10/webhooks/($id)/([^/]+)/messages/(\@original|$id)\z}, 'token', \&get_original],
    ['PATCH',  qr{^/api/v10/webhooks/($id)/([^/]+)/messages/(\@original|$id)\z}, 'token', \&edit_original],
    ['DELETE', qr{^/api/v10/webhooks/($id)/([^/]+)/messages/(\@original|$id)\z}, 'token', \&delete_original],
    ['POST',   qr{^/api(?:/v10)?/oauth2/token\z},                 'open',   \&oauth_token],
    ['POST',   qr{^/api(?:/v10)?/oauth2/token/revoke\z},          'open',   \&oauth_revoke],
);

# One request of the API; gives an answer, or undef when this has to wait for the client's word.
sub api {
    my ($self, $req) = @_;
    my ($row, @part);
    for my $r (@table) {
        next unless $r->[0] eq $req->{method} && (@part = $req->{path} =~ $r->[1]);
        # A pattern without groups gives (1).
        ($row, @part) = ($r, defined $1 ? @part : ());
        last;
    }
    return $self->refuse($req, 404, 0, '404: Not Found', 'there is no such address') unless $row;
    # A request that waits comes here again.
    my $first = !$req->{seen}++;
    my $held = $first ? $self->limited($req, $row->[3]) : undef;
    return $held if $held;
    my $agent = $req->{headers}{'user-agent'} // '';
    $self->violation($req, "the User-Agent is '$agent'") if $first && $agent !~ m{^DiscordBot \(https?://[^ ,)]+, [^ )]+\)};
    my $auth = $req->{headers}{authorization} // '';
    my $who = $row->[2] eq 'any' ? ($auth =~ /^Bearer / ? 'bearer' : 'bot') : $row->[2];
    return $self->refuse($req, 401, 0, '401: Unauthorized', 'wrong authorization') if $who eq 'bot' && $auth ne "Bot $self->{bot_token}";
    return $self->refuse($req, 401, 0, '401: Unauthorized', 'unknown access token') if $who eq 'bearer' && !($auth =~ /^Bearer (\S+)\z/ && $self->{access}{$1});
    $self->violation($req, 'an authorization where none belongs') if $who eq 'token' && $auth && $first;
    my $bad = $who eq 'open' ? undef : $self->read_body($req);
    return $bad if $bad;
    return $row->[3]->($self, $req, @part);
}

# Leaves the value in $req->{json} and files in $req->{files}; an answer when it cannot be read.
sub read_body {
    my ($self, $req) = @_;
    return if $req->{method} !~ /^(?:POST|PUT|PATCH)\z/ || $req->{json};
    my $type = $req->{headers}{'content-type'} // '';
    my $text = $req->{body};
    if ($type =~ m{^multipart/form-data;.*boundary="?([^";]+)}) {
        my $parts = $self->read_parts($req, $1) // return $self->refuse($req, 400, 50109, 'The request body contains invalid multipart.', 'a broken multipart');
        $text = $parts->{payload_json} // return $self->refuse($req, 400, 50109, 'The request body contains invalid JSON.', 'payload_json is missing');
    } elsif ($type !~ m{^application/json(?:;|\z)}) {
        return $self->refuse($req, 400, 50035, 'Invalid Form Body', "the content type is '$type'");
    }
    $req->{payload} = $text;
    $req->{json} = eval { $json->decode($text) };
    return $self->refuse($req, 400, 50109, 'The request body contains invalid JSON.', 'it is no JSON') unless ref $req->{json};
    return;
}

sub read_parts {
    my ($self, $req, $boundary) = @_;
    my %part;
    my @piece = split /(?:\A|\r\n)--\Q$boundary\E/, $req->{body}, -1;
    return if @piece < 3 || $piece[-1] !~ /^--/;
    for my $piece (@piece[1 .. $#piece - 1]) {
        my ($head, $body) = $piece =~ /\A\r\n(.*?)\r\n\r\n(.*)\z/s or return;
        my ($name) = $head =~ /name="([^"]*)"/ or return;
        my ($file) = $head =~ /filename="([^"]*)"/;
        if (defined $file) {
            return unless $name =~ /^files\[(\d+)\]\z/;
            my $n = $1;
            my ($type) = $head =~ /^content-type:\s*(\S+)/mi;
            $req->{files}{$n} = { filename => $file, content_type => $type // 'application/octet-stream', bytes => $body };
        } else {
            $part{$name} = $body;
        }
    }
    return \%part;
}

# --- rate limits

# Discord counts by route and by the first id of it.
sub bucket_of {
    my ($req) = @_;
    my ($major) = $req->{path} =~ m{^/api/v10/((?:channels|webhooks|applications)/[^/]+)};
    return "$req->{method} " . ($major // $req->{path} =~ s{\d{15,}}{:id}gr);
}

sub limit_headers {
    my ($self, $req) = @_;
    my $b = $self->{bucket}{ bucket_of($req) } // return ();
    my $left = $self->{bucket_limit} - $b->{n};
    return (
        'X-RateLimit-Limit' => $self->{bucket_limit}, 'X-RateLimit-Remaining' => $left < 0 ? 0 : $left,
        'X-RateLimit-Reset' => sprintf('%.3f', $b->{end}), 'X-RateLimit-Reset-After' => sprintf('%.3f', $b->{end} > time ? $b->{end} - time : 0),
        'X-RateLimit-Bucket' => substr(unpack('H*', sha256(bucket_of($req))), 0, 32),
    );
}

sub too_many {
    my ($self, $req, $seconds, $global) = @_;
    my $key = $global ? '*' : bucket_of($req);
    $self->{until}{$key} = time + $seconds;
    # No blank between a number's digits: it is a float.
    my $body = sprintf '{"message":"You are being rate limited.","retry_after":%.3f,"global":%s}', $seconds, $global ? 'true' : 'false';
    return {
        status => 429, body => $body,
        headers => {
            'Content-Type' => 'application/json', 'Retry-After' => int($seconds + 0.999), $self->limit_headers($req),
            'X-RateLimit-Remaining' => 0, 'X-RateLimit-Reset' => sprintf('%.3f', time + $seconds), 'X-RateLimit-Reset-After' => sprintf('%.3f', $seconds),
            ($global ? ('X-RateLimit-Global' => 'true') : ()), 'X-RateLimit-Scope' => $global ? 'global' : 'user',
        },
    };
}

sub limited {
    my ($self, $req, $what) = @_;
    return if $what == \&oauth_token || $what == \&oauth_revoke;
    my $key = bucket_of($req);
    for my $k ('*', $key) {
        my $left = ($self->{until}{$k} // 0) - time;
        next if $left <= 0.05 || ($k eq '*' && $key =~ /webhooks/);
        $self->violation($req, sprintf 'it comes %.2f s before the time that the last 429 named', $left);
        return $self->too_many($req, $left, $k eq '*');
    }
    my $b = $self->{bucket}{$key};
    $b = $self->{bucket}{$key} = { n => 0, end => time + $self->{bucket_ms} / 1000 } if !$b || $b->{end} <= time;
    return $self->too_many($req, $b->{end} - time, 0) if ++$b->{n} > $self->{bucket_limit};
    return;
}

# --- messages

sub keep_files {
    my ($self, $req, $m, $channel) = @_;
    my @list;
    my %named = map { ($_->{id} // '') => $_ } @{ $req->{json}{attachments} // [] };
    for my $n (sort { $a <=> $b } keys %{ $req->{files} // {} }) {
        my $f = $req->{files}{$n};
        my $id = $self->snowflake;
        my $path = "/attachments/$channel/$id/$f->{filename}";
        $self->{file}{$path} = $f;
        push @list, {
            id => $id, filename => $f->{filename}, size => length $f->{bytes}, content_type => $f->{content_type},
            url => "$self->{address}$path", proxy_url => "$self->{address}$path",
            (defined $named{$n}{description} ? (description => $named{$n}{description}) : ()),
        };
    }
    # Those that stay are named by the ids they have.
    push @list, grep { my $id = $_->{id}; grep { ($_->{id} // '') eq $id } values %named } @{ $m->{attachments} // [] };
    return \@list;
}

sub bad_request {
    my ($self, $req, %o) = @_;
    my %files = map { $_->{filename} => 1 } values %{ $req->{files} // {} };
    $files{ $_->{filename} } = 1 for @{ $o{before}{attachments} // [] };
    my @bad = bad_message($req->{json}, %o, files => \%files);
    for my $a (@{ $req->{json}{attachments} // [] }) {
        my $id = $a->{id} // '';
        push @bad, "the attachment $id is not there" unless $req->{files}{$id} || grep { $_->{id} eq $id } @{ $o{before}{attachments} // [] };
    }
    push @bad, 'a query that nobody reads' if ($req->{query} // '') ne '' && $req->{query} !~ /^(?:wait=true|with_components=true|limit=\d+|(?:before|after|around)=\d+)(?:&|\z)/;
    return unless @bad;
    $self->violation($req, $_) for @bad[1 .. $#bad];
    return $self->refuse($req, 400, 50035, 'Invalid Form Body', $bad[0]);
}

sub fill {
    my ($self, $m, $from, $req) = @_;
    for my $k (qw(content embeds components)) {
        $m->{$k} = $from->{$k} if exists $from->{$k};
        $m->{$k} //= $k eq 'content' ? '' : [];
    }
    # What was sent without it comes back as a rich embed.
    $m->{embeds} = [map { { type => 'rich', %$_ } } @{ $m->{embeds} }];
    my $n = 0;
    $m->{components} = numbered($m->{components}, \$n);
    $m->{allowed_mentions} = $from->{allowed_mentions} if exists $from->{allowed_mentions};
    $m->{attachments} = $self->keep_files($req, $m, $m->{channel_id}) if $req && ($req->{files} || exists $from->{attachments});
    return $m;
}

# Components come back with numbers.
sub numbered {
    my ($list, $n) = @_;
    return [map { { ($_->{type} == 3 ? (min_values => 1, max_values => 1) : ()), %$_, id => ++$$n, ($_->{components} ? (components => numbered($_->{components}, $n)) : ()) } } @$list];
}

sub new_message {
    my ($self, $channel, $from, $req, %more) = @_;
    my $m = {
        id => $self->snowflake, channel_id => $channel, author => $self->bot_user, timestamp => stamp(), edited_timestamp => undef,
        tts => JSON::PP::false, mention_everyone => JSON::PP::false, mentions => [], mention_roles => [], attachments => [],
        pinned => JSON::PP::false, type => 0, flags => $from->{flags} // 0, edits => 0, %more,
    };
    $m->{nonce} = $from->{nonce} if defined $from->{nonce};
    $self->fill($m, $from, $req);
    $self->{message}{ $m->{id} } = $m;
    push @{ $self->{order} }, $m->{id};
    return $m;
}

# As Discord shows it: without our own notes.
sub public {
    my ($m) = @_;
    my %copy = %$m;
    delete @copy{qw(edits allowed_mentions deleted private_to direct_to deferred answer_of)};
    return \%copy;
}

sub edit {
    my ($self, $m, $req) = @_;
    $self->fill($m, $req->{json}, $req);
    $m->{edits}++;
    $m->{edited_timestamp} = stamp();
    return answer(200, public($m));
}

sub create_message {
    my ($self, $req, $channel) = @_;
    my $to = $self->{direct}{$channel};
    return answer(403, { message => 'Cannot send messages to this user', code => 50007 }) if $to && $self->{shut}{$to};
    return answer(404, { message => 'Unknown Channel', code => 10003 }) if $self->{shut}{$channel};
    my $bad = $self->bad_request($req);
    return $bad if $bad;
    my $nonce = $req->{json}{enforce_nonce} ? $req->{json}{nonce} : undef;
    my $first = defined $nonce ? $self->{nonce}{"$channel $nonce"} : undef;
    return answer(200, public($self->{message}{$first}), $self->limit_headers($req)) if $first;
    my $m = $self->new_message($channel, $req->{json}, $req, $to ? (direct_to => $to) : ());
    $self->{nonce}{"$channel $nonce"} = $m->{id} if defined $nonce;
    return answer(200, public($m), $self->limit_headers($req));
}

sub in_channel {
    my ($self, $channel, $id) = @_;
    my $m = $self->{message}{$id};
    return $m && $m->{channel_id} eq $channel && !$m->{deleted} ? $m : undef;
}

sub list_messages {
    my ($self, $req, $channel) = @_;
    my @all = grep { $_->{channel_id} eq $channel && !$_->{deleted} && !$_->{private_to} } map { $self->{message}{$_} } reverse @{ $self->{order} };
    return answer(200, [map { public($_) } grep { defined } @all[0 .. ($#all > 49 ? 49 : $#all)]]);
}

sub get_message {
    my ($self, $req, $channel, $id) = @_;
    my $m = $self->in_channel($channel, $id) // return answer(404, { message => 'Unknown Message', code => 10008 });
    return answer(200, public($m), $self->limit_headers($req));
}

sub edit_message {
    my ($self, $req, $channel, $id) = @_;
    my $m = $self->in_channel($channel, $id) // return answer(404, { message => 'Unknown Message', code => 10008 });
    my $bad = $self->bad_request($req, edit => 1, before => $m);
    return $bad if $bad;
    return answer(403, { message => 'Cannot edit a message authored by another user', code => 50005 }) if $m->{private_to};
    my $done = $self->edit($m, $req);
    $done->{headers} = { %{ $done->{headers} }, $self->limit_headers($req) };
    return $done;
}

sub delete_message {
    my ($self, $req, $channel, $id) = @_;
    my $m = $self->in_channel($channel, $id) // return answer(404, { message => 'Unknown Message', code => 10008 });
    $m->{deleted} = 1;
    return answer(204);
}

sub get_channel {
    my ($self, $req, $channel) = @_;
    return answer(404, { message => 'Unknown Channel', code => 10003 }) if $self->{shut}{$channel};
    return answer(200, { id => $channel, type => 0, guild_id => $self->{guild}, name => $self->{channel_name}{$channel} // 'channel', permission_overwrites => [], flags => 0, last_message_id => undef, parent_id => undef, position => 0, topic => undef, nsfw => JSON::PP::false, rate_limit_per_user => 0 });
}

sub open_direct {
    my ($self, $req) = @_;
    my $to = $req->{json}{recipient_id} // '';
    return $self->refuse($req, 400, 50035, 'Invalid Form Body', 'recipient_id is no id') unless $to =~ /^$id\z/;
    # One channel a person: asked again, the same.
    my ($channel) = grep { $self->{direct}{$_} eq $to } keys %{ $self->{direct} };
    if (!$channel) {
        $channel = $self->snowflake;
        $self->{direct}{$channel} = $to;
    }
    return answer(200, { id => $channel, type => 1, last_message_id => undef, flags => 0, recipients => [{
        username => 'someone', discriminator => '0', avatar => undef, global_name => undef, public_flags => 0, %{ $self->{person}{$to} // {} }, id => $to, flags => 0, primary_guild => undef,
    }] });
}

# --- the application and its commands

sub who_am_i {
    my ($self, $req) = @_;
    my ($token) = ($req->{headers}{authorization} // '') =~ /^Bearer (\S+)/;
    return answer(200, $self->bot_user) unless $token;
    my $user = $self->{person}{ $self->{access}{$token} };
    return answer(200, { %$user, mfa_enabled => JSON::PP::false, locale => 'en-US', flags => 0 });
}

sub get_application {
    my ($self) = @_;
    return answer(200, {
        id => $self->{application}, name => 'Cozy-Kart', description => '', icon => undef, verify_key => $self->{public_key} // '', flags => 0, flags_new => '0', type => undef,
        role_connections_verification_url => undef, owner => { %{ $self->bot_user }, id => '800000000000000001', username => 'owner', bot => JSON::PP::false },
        approximate_user_install_count => 0, approximate_user_authorization_count => 0, explicit_content_filter => 0, team => undef, eligible_oauth2_scopes => ['identify'],
        bot_public => JSON::PP::true, bot_require_code_grant => JSON::PP::false, bot => $self->bot_user,
        interactions_endpoint_url => $self->{endpoint}, redirect_uris => $self->{redirect} ? [$self->{redirect}] : [], approximate_guild_count => 1,
    });
}

sub get_commands {
    my ($self, $req, $application, $guild) = @_;
    return answer(403, { message => 'Missing Access', code => 50001 }) unless $application eq $self->{application};
    return answer(200, $self->{command}{ $guild // '' } // []);
}

sub put_commands {
    my ($self, $req, $application, $guild) = @_;
    return $self->refuse($req, 403, 50001, 'Missing Access', 'another application') unless $application eq $self->{application};
    my @bad = bad_commands($req->{json});
    if (@bad) {
        $self->violation($req, $_) for @bad[1 .. $#bad];
        return $self->refuse($req, 400, 50035, 'Invalid Form Body', $bad[0]);
    }
    my $version = $self->snowflake;
    my %old = map { $_->{name} => $_->{id} } @{ $self->{command}{ $guild // '' } // [] };
    $self->{command}{ $guild // '' } = [map { {
        type => 1, default_member_permissions => undef, nsfw => JSON::PP::false, dm_permission => JSON::PP::true, %$_,
        id => $old{ $_->{name} } // $self->snowflake, application_id => $application, version => $version, (defined $guild ? (guild_id => $guild) : ()),
    } } @{ $req->{json} }];
    return answer(200, $self->{command}{ $guild // '' });
}

# --- interactions that the client sent, and their follow-ups

# The client gave out this token.
sub given {
    my ($self, $i) = @_;
    $self->{person}{ $i->{user}{id} } = $i->{user};
    $self->{token}{ $i->{token} } //= { %$i, made => time };
    return;
}

# The client got this answer: what Discord would show now.
sub got {
    my ($self, $token, $a) = @_;
    my $t = $self->{token}{$token} // return;
    return $t->{message} && $self->{message}{ $t->{message} } if $t->{answered}++;
    my $data = $a->{data} // {};
    my $type = $a->{type} // 0;
    my $req = { method => 'answer', path => $t->{name} // '', body => $json->encode($a) };
    my @bad;
    @bad = bad_message($data, edit => $type == 7, files => {}) if $type == 4 || $type == 7;
    @bad = bad_choices($data) if $type == 8;
    @bad = bad_modal($data) if $type == 9;
    push @bad, "the answer has type $type" unless $type =~ /^[4-9]\z/;
    push @bad, "a deferred answer has the flags $data->{flags}" if ($type == 5 || $type == 6) && ($data->{flags} // 0) & ~64;
    $self->violation($req, $_) for @bad;
    if ($type == 4 || $type == 5) {
        my %more = (answer_of => $t->{name}, (($data->{flags} // 0) & 64 ? (private_to => $t->{user}{id}) : ()), ($type == 5 ? (deferred => 1) : ()));
        $t->{message} = $self->new_message($t->{channel_id}, $data, undef, type => 20, %more)->{id};
    } elsif ($type == 6 || $type == 7) {
        $t->{message} = $t->{message_id};
        my $m = $self->{message}{ $t->{message_id} // '' };
        if ($m && $type == 7) {
            $self->fill($m, $data);
            $m->{edits}++;
        }
    }
    return $t->{message} ? $self->{message}{ $t->{message} } : undef;
}

sub bad_choices {
    my ($data) = @_;
    my $list = $data->{choices};
    return 'choices are no list' unless ref $list eq 'ARRAY';
    return 'over 25 choices' if @$list > 25;
    return map { (bad_text('name of a choice', $_->{name}, 1, 100), bad_text('value of a choice', defined $_->{value} ? "$_->{value}" : undef, 1, 100)) } @$list;
}

sub bad_modal {
    my ($data) = @_;
    my $rows = $data->{components};
    my @bad = (bad_text('title of a modal', $data->{title}, 1, 45), bad_text('custom_id of a modal', $data->{custom_id}, 1, 100));
    return @bad, 'a modal with no or over 5 components' unless ref $rows eq 'ARRAY' && @$rows >= 1 && @$rows <= 5;
    for my $row (@$rows) {
        my $input = $row->{component} // ($row->{components} // [])->[0] // {};
        push @bad, 'a modal with something else than a text input' unless ($input->{type} // 0) == 4;
        push @bad, bad_text('custom_id of an input', $input->{custom_id}, 1, 100);
        push @bad, bad_text('label of an input', $input->{label} // $row->{label}, 1, 45);
        push @bad, bad_text('placeholder of an input', $input->{placeholder}, 0, 100);
    }
    return @bad;
}

# The token as its path names it, or an answer why not; nothing while the client has not said what
# was answered first.
sub token_of {
    my ($self, $req, $application, $token) = @_;
    my $t = $self->{token}{$token};
    return (undef, answer(404, { message => 'Unknown Webhook', code => 10015 })) unless $t && $application eq $self->{application};
    return (undef, answer(401, { message => 'Invalid Webhook Token', code => 50027 })) if time - $t->{made} > 900 || $t->{expired};
    if (!$t->{answered}) {
        return if time - $t->{made} < 3;
        return (undef, answer(404, { message => 'Unknown Webhook', code => 10015 }));
    }
    return ($t, undef);
}

sub message_of {
    my ($self, $req, $application, $token, $which) = @_;
    my ($t, $no) = $self->token_of($req, $application, $token);
    return (undef, undef, $no) unless $t;
    my $m = $self->{message}{ ($which eq '@original' ? $t->{message} : $which) // '' };
    return (undef, undef, answer(404, { message => 'Unknown Message', code => 10008 })) if !$m || $m->{deleted};
    return ($t, $m);
}

sub follow_up {
    my ($self, $req, $application, $token) = @_;
    my ($t, $no) = $self->token_of($req, $application, $token);
    return $no unless $t;
    my $bad = $self->bad_request($req);
    return $bad if $bad;
    my $private = ($req->{json}{flags} // 0) & 64;
    my $m = $self->new_message($t->{channel_id}, $req->{json}, $req, answer_of => $t->{name}, ($private ? (private_to => $t->{user}{id}) : ()));
    return answer(200, public($m));
}

sub get_original {
    my ($self, $req, @part) = @_;
    my (undef, $m, $no) = $self->message_of($req, @part);
    return $m ? answer(200, public($m)) : $no;
}

sub edit_original {
    my ($self, $req, @part) = @_;
    my (undef, $m, $no) = $self->message_of($req, @part);
    return $no unless $m;
    my $bad = $self->bad_request($req, edit => 1, before => $m);
    return $bad if $bad;
    delete $m->{deferred};
    return $self->edit($m, $req);
}

sub delete_original {
    my ($self, $req, @part) = @_;
    my (undef, $m, $no) = $self->message_of($req, @part);
    return $no unless $m;
    $m->{deleted} = 1;
    return answer(204);
}

# --- login

sub form {
    my ($text) = @_;
    my %f;
    for my $pair (split /&/, $text) {
        my ($k, $v) = map { s/\+/ /gr =~ s/%([0-9a-fA-F]{2})/chr hex $1/ger } split /=/, $pair, 2;
        $f{$k} = $v // '';
    }
    return \%f;
}

sub escape {
    my ($text) = @_;
    return $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger;
}

# Where the browser goes after consent: the address, or undef and why not.
sub authorize {
    my ($self, $q, $who) = @_;
    my @bad;
    push @bad, 'response_type is not code' unless ($q->{response_type} // '') eq 'code';
    push @bad, 'another client_id' unless ($q->{client_id} // '') eq $self->{application};
    push @bad, 'identify is not in the scope' unless grep { $_ eq 'identify' } split / /, $q->{scope} // '';
    push @bad, 'no redirect_uri' unless ($q->{redirect_uri} // '') =~ m{^https?://};
    push @bad, 'no state' unless length($q->{state} // '') >= 16;
    push @bad, 'a code_challenge that is not S256' if defined $q->{code_challenge} && ($q->{code_challenge_method} // '') ne 'S256';
    push @bad, 'another redirect_uri than the application has' if $self->{redirect} && ($q->{redirect_uri} // '') ne $self->{redirect};
    return (undef, @bad) if @bad;
    my $back = sub { $q->{redirect_uri} . ($q->{redirect_uri} =~ /\?/ ? '&' : '?') . $_[0] . '&state=' . escape($q->{state}) };
    return $back->('error=access_denied&error_description=The+resource+owner+denied+the+request') if $who eq 'nobody';
    my $code = substr unpack('H*', sha256($self->snowflake . rand)), 0, 30;
    $self->{code}{$code} = { who => $who, redirect => $q->{redirect_uri}, challenge => $q->{code_challenge}, scope => $q->{scope}, made => time };
    return $back->("code=$code");
}

sub oauth_token {
    my ($self, $req) = @_;
    my ($f, $no) = $self->oauth_form($req);
    return $no if $no;
    my $code = $self->{code}{ $f->{code} // '' };
    my $wrong = sub {
        $self->violation($req, $_[0]) if $_[1];
        return answer(400, { error => 'invalid_grant', error_description => 'Invalid "code" in request.' });
    };
    return answer(400, { error => 'unsupported_grant_type' }) if ($f->{grant_type} // '') ne 'authorization_code';
    return $wrong->('no such code') unless $code;
    return $wrong->('the code was used already', 1) if $code->{used}++;
    return $wrong->('the code is too old') if time - $code->{made} > 60;
    return $wrong->('another redirect_uri than at the start', 1) if ($f->{redirect_uri} // '') ne $code->{redirect};
    if (defined $code->{challenge}) {
        my $is = encode_base64(sha256($f->{code_verifier} // ''), '') =~ tr{+/}{-_}r =~ s/=+\z//r;
        return $wrong->('the code_verifier does not fit', 1) if $is ne $code->{challenge} || length($f->{code_verifier} // '') < 43;
    }
    my $token = substr unpack('H*', sha256($self->snowflake . rand)), 0, 30;
    $self->{access}{$token} = $code->{who};
    return answer(200, { token_type => 'Bearer', access_token => $token, expires_in => 604800, refresh_token => scalar reverse($token), scope => $code->{scope} });
}

sub oauth_revoke {
    my ($self, $req) = @_;
    my ($f, $no) = $self->oauth_form($req);
    return $no if $no;
    delete $self->{access}{ $f->{token} // '' };
    return answer(200, {});
}

sub oauth_form {
    my ($self, $req) = @_;
    my $type = $req->{headers}{'content-type'} // '';
    return (undef, $self->refuse($req, 400, 0, 'invalid_request', "the content type is '$type', not a form's")) if $type !~ m{^application/x-www-form-urlencoded(?:;|\z)};
    my $f = form($req->{body});
    my ($id, $secret) = @$f{qw(client_id client_secret)};
    ($id, $secret) = split /:/, decode_base64($1), 2 if ($req->{headers}{authorization} // '') =~ /^Basic (\S+)/;
    return (undef, $self->refuse($req, 401, 0, 'invalid_client', 'client_id or client_secret do not fit'))
        if ($id // '') ne $self->{application} || ($secret // '') ne $self->{client_secret};
    return ($f, undef);
}

# The access token of the present person, for GET /oauth2/@me.
sub authorization {
    my ($self, $req) = @_;
    my ($token) = $req->{headers}{authorization} =~ /^Bearer (\S+)/;
    return answer(200, { application => { id => $self->{application}, name => 'Cozy-Kart', description => '' }, scopes => ['identify'], expires => stamp(), user => $self->{person}{ $self->{access}{$token} } });
}

1;
