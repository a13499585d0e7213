# Interactions as Discord sends them: built and signed against its documents, sharing nothing with
# src/. Used by the race night and by the tests. Core modules and the program openssl only.
#
#   my $discord = Discord->new(key => "$dir/discord.key", url => "$site/hooks/discord");
#   my $nova = $discord->person('Nova');
#   my $answer = $discord->command($nova, 'open', name => 'Friday', seats => 8);
#   $discord->press($nova, $answer->message, qr/Join/);
package Discord;

use strict;
use warnings;
use Digest::MD5 qw(md5_hex);
use File::Temp ();
use HTTP::Tiny;
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use Scalar::Util qw(blessed);
use Time::HiRes qw(time);

use constant { PING => 1, COMMAND => 2, COMPONENT => 3, COMPLETE => 4, MODAL => 5 };
use constant { EPOCH_MS => 1420070400000, ADMINISTRATOR => 1 << 3, MANAGE_GUILD => 1 << 5 };

my $json = JSON::PP->new->canonical->utf8;
my $count = 0;

# key: file of the private key, made when it is not there. url: of the endpoint. application, guild,
# channel: ids. fake: address of a fakecord that is told what a real Discord would know by itself:
# tokens it gave out and the answers it got. clock: gives the seconds that signatures carry.
sub new {
    my ($class, %o) = @_;
    my $self = bless {
        application => '1100000000000000001', guild => '1100000000000000002', channel => '1100000000000000003',
        clock => sub { time }, person => {}, command => {}, %o,
    }, $class;
    $self->{tmp} = File::Temp->newdir;
    $self->{http} = HTTP::Tiny->new(timeout => 60, keep_alive => 1, max_redirect => 0, agent => 'Discord-Interactions/1.0 (+https://discord.com)');
    if (!-s $self->{key}) {
        my $mask = umask 077;
        openssl('genpkey', '-algorithm', 'ed25519', '-out', $self->{key});
        umask $mask;
    }
    # The last 32 bytes of its SubjectPublicKeyInfo are the key.
    $self->{public_key} = unpack 'H*', substr openssl('pkey', '-in', $self->{key}, '-pubout', '-outform', 'DER'), -32;
    return $self;
}

# The one that belongs to a sandbox with a fakecord.
sub of_house {
    my ($class, $config, %o) = @_;
    open my $in, '<', $config or die "$config: $!\n";
    my %setting = map { /^([a-z._]+)\s*=\s*(.*?)\s*$/ ? ($1 => $2) : () } <$in>;
    return $class->new(
        key => $config =~ s{[^/]+\z}{discord.key}r, url => "$setting{'site.url'}/hooks/discord", fake => $setting{'discord.site'},
        application => $setting{'discord.application_id'}, guild => $setting{'discord.guild_id'}, channel => $setting{'discord.races_channel'}, %o,
    );
}

sub public_key { return $_[0]{public_key} }

sub openssl {
    my (@args) = @_;
    open my $out, '-|', 'openssl', @args or die "cannot run openssl: $!\n";
    binmode $out;
    my $bytes = do { local $/; <$out> } // '';
    close $out or die "openssl $args[0] failed\n";
    return $bytes;
}

# Hex signature over the time and the bytes; key: another one than ours.
sub sign {
    my ($self, $timestamp, $body, $key) = @_;
    # Ed25519 wants to know the length first, so it takes a file.
    my $file = "$self->{tmp}/signed.$$";
    open my $out, '>:raw', $file or die "$file: $!\n";
    print {$out} $timestamp, $body;
    close $out or die "$file: $!\n";
    return unpack 'H*', openssl('pkeyutl', '-sign', '-rawin', '-inkey', $key // $self->{key}, '-in', $file);
}

# An id as of now: milliseconds since 2015, then bits that differ.
sub snowflake {
    my ($self, $seconds) = @_;
    return '' . (((int(1000 * ($seconds // $self->{clock}->())) - EPOCH_MS) << 22) | (($$ & 0x3ff) << 12) | ($count++ & 0xfff));
}

# Somebody, known by name from then on. Options: id, nick, global_name, avatar (hash), bot,
# permissions (decimal text), roles.
sub person {
    my ($self, $name, %o) = @_;
    no warnings 'portable';
    # The same person has the same id in the next run, and a picture.
    my $hash = md5_hex(utf8(my $copy = $name));
    my $p = $self->{person}{$name} //= {
        id => '' . (800000000000000000 + hex substr $hash, 0, 12), username => lc($name) =~ s/[^a-z0-9_.]+//gr || 'someone', global_name => $name,
        avatar => $hash, nick => undef, bot => 0, permissions => '2248473465835073', roles => [],
    };
    $p->{$_} = $o{$_} for keys %o;
    return $p;
}

sub utf8 {
    my ($text) = @_;
    utf8::encode($text) if utf8::is_utf8($text);
    return $text;
}

sub user_object {
    my ($p) = @_;
    return {
        id => $p->{id}, username => $p->{username}, global_name => $p->{global_name}, avatar => $p->{avatar},
        discriminator => '0', public_flags => 0, avatar_decoration_data => undef, ($p->{bot} ? (bot => JSON::PP::true) : ()),
    };
}

# Within resolved, members come without user, deaf and mute.
sub member_object {
    my ($p, $whole) = @_;
    return {
        nick => $p->{nick}, avatar => $p->{member_avatar}, roles => $p->{roles}, permissions => $p->{permissions},
        joined_at => '2024-03-01T12:00:00.000000+00:00', premium_since => undef, pending => JSON::PP::false,
        communication_disabled_until => undef, flags => 0,
        ($whole ? (user => user_object($p), deaf => JSON::PP::false, mute => JSON::PP::false) : ()),
    };
}

# The interaction around its data. direct: in a direct message, without guild and member.
sub interaction {
    my ($self, $type, $who, $data, %o) = @_;
    my $id = $o{id} // $self->snowflake;
    my $channel = $o{channel} // $self->{channel};
    my $all = {
        id => $id, application_id => $self->{application}, type => $type, version => 1,
        token => 'aW50ZXJhY3Rpb246' . md5_hex("token $id") . md5_hex("more $id"), entitlements => [],
        ($type == PING ? (user => user_object($who)) : (
            data => $data, channel_id => $channel, channel => { id => $channel, type => $o{direct} ? 1 : 0 },
            locale => 'en-US', app_permissions => '2248473465835073', attachment_size_limit => 10485760,
            authorizing_integration_owners => { 0 => $o{direct} ? '0' : $self->{guild} }, context => $o{direct} ? 1 : 0,
            ($o{direct} ? (user => user_object($who)) : (
                guild_id => $o{guild} // $self->{guild}, guild_locale => 'en-US',
                guild => { id => $self->{guild}, locale => 'en-US', features => [] }, member => member_object($who, 1),
            )),
        )),
        ($o{message} ? (message => $o{message}) : ()),
    };
    $all->{$_} = $o{more}{$_} for keys %{ $o{more} // {} };
    return $all;
}

# Learns the ids and types of a registered command list; commands outside it are built by guess.
sub learn {
    my ($self, $list) = @_;
    $self->{command} = { map { $_->{name} => $_ } @$list };
    return;
}

sub option_type {
    my ($self, $known, $value) = @_;
    return $known->{type} if $known;
    return 6 if ref $value eq 'HASH';
    return 5 if JSON::PP::is_bool($value);
    return $value =~ /^-?[0-9]{1,9}\z/ ? 4 : 3;
}

# One option as data; users go to resolved.
sub option {
    my ($self, $known, $name, $value, $resolved) = @_;
    my $type = $self->option_type($known, $value);
    if ($type == 6 && ref $value) {
        $resolved->{users}{ $value->{id} } = user_object($value);
        $resolved->{members}{ $value->{id} } = member_object($value) unless $value->{away};
        $value = $value->{id};
    } elsif ($type == 4) {
        $value = 0 + $value;
    } elsif ($type == 5) {
        $value = $value ? JSON::PP::true : JSON::PP::false;
    } else {
        $value = "$value";
    }
    return { name => $name, type => $type, value => $value };
}

# "season close" with option => value, …; a value is text, number, a person, or JSON's true and false.
sub command_data {
    my ($self, $words, @options) = @_;
    my ($name, $sub) = split / /, $words;
    my $row = $self->{command}{$name};
    my $known = $row && $row->{options} || [];
    my (%resolved, @list);
    if (defined $sub) {
        ($known) = map { $_->{options} // [] } grep { $_->{name} eq $sub } @$known;
    }
    while (my ($option, $value) = splice @options, 0, 2) {
        my ($type) = grep { $_->{name} eq $option } @{ $known // [] };
        push @list, $self->option($type, $option, $value, \%resolved);
    }
    return {
        id => $row->{id} // '1200000000000000001', name => $name, type => 1, guild_id => $self->{guild},
        options => defined $sub ? [{ name => $sub, type => 1, options => \@list }] : \@list,
        (%resolved ? (resolved => \%resolved) : ()),
    };
}

# In each of these the last argument may be { … } with options of interaction() and send().
sub command {
    my ($self, $who, $words, @options) = @_;
    my $o = @options % 2 ? pop @options : {};
    return $self->send($self->interaction(COMMAND, $who, $self->command_data($words, @options), %$o), %$o);
}

# What is typed so far into one option of a command: its choices.
sub complete {
    my ($self, $who, $words, $option, $typed, %o) = @_;
    my $data = $self->command_data($words, $option => $typed);
    my $list = $data->{options};
    $list = $list->[0]{options} if $list->[0]{type} == 1;
    $list->[0]{focused} = JSON::PP::true;
    return $self->send($self->interaction(COMPLETE, $who, $data, %o), %o);
}

# All buttons and selects of a message, wherever they lie.
sub controls {
    my ($message) = @_;
    return map { ($_->{type} == 1 ? controls($_) : $_) } @{ $message->{components} // [] };
}

# A button of a message by its label, or any custom_id as text.
sub press {
    my ($self, $who, $message, $which, %o) = @_;
    my ($id) = ref $which ? map { $_->{custom_id} } grep { $_->{type} == 2 && $_->{custom_id} && ($_->{label} // '') =~ $which } controls($message) : $which;
    die "there is no button $which\n" unless defined $id;
    return $self->send($self->interaction(COMPONENT, $who, { component_type => 2, custom_id => $id }, message => $message, %o), %o);
}

# Chooses values in the select of a message (its first one when no custom_id is named).
sub choose {
    my ($self, $who, $message, $values, %o) = @_;
    my ($id) = $o{custom_id} // map { $_->{custom_id} } grep { $_->{type} == 3 } controls($message);
    die "there is no select\n" unless defined $id;
    my $data = { component_type => 3, custom_id => $id, values => [map { "$_" } ref $values ? @$values : $values] };
    return $self->send($self->interaction(COMPONENT, $who, $data, message => $message, %o), %o);
}

# Fills the modal that an answer opened, or one named by custom_id.
sub submit {
    my ($self, $who, $modal, $fields, %o) = @_;
    my $id = ref $modal ? $modal->data->{custom_id} : $modal;
    my @rows = map { { type => 1, id => 1, components => [{ type => 4, id => 2, custom_id => $_, value => $fields->{$_} }] } } sort keys %$fields;
    return $self->send($self->interaction(MODAL, $who, { custom_id => $id, components => \@rows }, %o), %o);
}

sub ping {
    my ($self, %o) = @_;
    return $self->send($self->interaction(PING, $self->person('Discord'), undef, %o), %o);
}

# Body and headers of an interaction, or of raw bytes. skew: seconds beside the clock; break: what
# is wrong with the signature (missing, no-time, other-key, swapped, truncated, byte, body, hex).
sub prepare {
    my ($self, $interaction, %o) = @_;
    my $body = ref $interaction ? $json->encode($interaction) : $interaction;
    my $time = $o{timestamp} // int($self->{clock}->() + ($o{skew} // 0));
    my $how = $o{break} // '';
    my $signature = $self->sign($time, $body, $how eq 'other-key' ? $self->other_key : undef);
    $signature = substr($signature, 64) . substr $signature, 0, 64 if $how eq 'swapped';
    $signature = substr $signature, 0, 126 if $how eq 'truncated';
    $signature = ($signature =~ /^0/ ? '1' : '0') . substr $signature, 1 if $how eq 'byte';
    $signature =~ tr/0-9a-f/g-v/ if $how eq 'hex';
    $body .= ' ' if $how eq 'body';
    return {
        interaction => ref $interaction ? $interaction : undef, body => $body,
        headers => {
            'content-type' => 'application/json', ($how eq 'missing' ? () : ('x-signature-ed25519' => $signature)),
            ($how eq 'no-time' ? () : ('x-signature-timestamp' => $time)),
        },
    };
}

sub other_key {
    my ($self) = @_;
    my $file = "$self->{tmp}/other.key";
    openssl('genpkey', '-algorithm', 'ed25519', '-out', $file) unless -s $file;
    return $file;
}

# Sends what prepare made, or makes it; gives a Discord::Answer. The same prepared request can be
# sent again, the same interaction prepared again.
sub send {
    my ($self, $what, %o) = @_;
    my $p = ref $what eq 'HASH' && $what->{headers} ? $what : $self->prepare($what, %o);
    $self->tell_token($p->{interaction});
    my ($start, $r) = time;
    # As people do who read that the ledger is busy, for a minute at most; hasty: they give up at once.
    do { $r = $self->{http}->post($self->{url}, { content => $p->{body}, headers => $p->{headers} }) }
        while $r->{content} =~ /the ledger is busy, nothing was changed/i && !$self->{hasty} && time < $start + 60;
    return $self->answered($p, $r->{status}, $r->{content}, time - $start, $r->{headers});
}

# Sends several prepared requests at the same moment, each through its own connection.
sub together {
    my ($self, @prepared) = @_;
    my ($host, $port, $path) = $self->{url} =~ m{^http://([^/:]+):(\d+)(/.*)} or die "together: not a plain address: $self->{url}\n";
    $self->tell_token($_->{interaction}) for @prepared;
    my (@socket, @answer);
    for my $p (@prepared) {
        my $s = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Timeout => 60) or die "together: $!\n";
        push @socket, $s;
    }
    my $start = time;
    for my $i (0 .. $#prepared) {
        my $p = $prepared[$i];
        my $head = join '', map { "$_: $p->{headers}{$_}\r\n" } sort keys %{ $p->{headers} };
        syswrite $socket[$i], "POST $path HTTP/1.1\r\nHost: $host:$port\r\nConnection: close\r\nContent-Length: " . length($p->{body}) . "\r\n$head\r\n$p->{body}";
    }
    for my $i (0 .. $#prepared) {
        my $raw = do { local $/; readline $socket[$i] } // '';
        my ($head, $body) = split /\r\n\r\n/, $raw, 2;
        $body = unchunk($body) if ($head // '') =~ /^transfer-encoding:\s*chunked/mi;
        if (($body // '') =~ /the ledger is busy, nothing was changed/i) {
            push @answer, $self->send($prepared[$i]);
            next;
        }
        push @answer, $self->answered($prepared[$i], ($head // '') =~ m{^HTTP/1\.1 (\d+)} ? $1 : 599, $body // '', time - $start, {});
    }
    return @answer;
}

sub unchunk {
    my ($body) = @_;
    my $all = '';
    while ($body =~ s/^([0-9a-fA-F]+)[^\r\n]*\r\n//) {
        my $n = hex $1 or last;
        $all .= substr $body, 0, $n, '';
        $body =~ s/^\r\n//;
    }
    return $all;
}

sub answered {
    my ($self, $p, $status, $content, $took, $headers) = @_;
    my $all = $status == 200 ? eval { $json->decode($content) } : undef;
    my $answer = bless { status => $status, raw => $content, all => $all, took => $took, headers => $headers, sent => $p }, 'Discord::Answer';
    $self->tell_answer($p->{interaction}, $answer) if $self->{fake} && $p->{interaction} && $all;
    push @{ $self->{log} }, $answer if $self->{log};
    return $answer;
}

sub fake_post {
    my ($self, $path, $what) = @_;
    my $r = $self->{http}->post("$self->{fake}/_fake/$path", { content => $json->encode($what), headers => { 'content-type' => 'application/json' } });
    die "the fake Discord does not take $path: $r->{status} $r->{content}\n" unless $r->{success};
    return $json->decode($r->{content});
}

sub tell_token {
    my ($self, $i) = @_;
    return unless $self->{fake} && $i && $i->{type} != PING;
    my $user = $i->{member} ? $i->{member}{user} : $i->{user};
    $self->fake_post('interaction', {
        id => $i->{id}, token => $i->{token}, type => $i->{type}, channel_id => $i->{channel_id}, user => $user,
        message_id => $i->{message} ? $i->{message}{id} : undef, name => $i->{data}{name} // $i->{data}{custom_id},
    });
    return;
}

sub tell_answer {
    my ($self, $i, $answer) = @_;
    return if $i->{type} == PING;
    $answer->{message} = $self->fake_post('answer', { token => $i->{token}, answer => $answer->{all} })->{message};
    return;
}

package Discord::Answer;

use strict;
use warnings;

sub status { return $_[0]{status} }
sub raw    { return $_[0]{raw} }
sub all    { return $_[0]{all} }
sub took   { return $_[0]{took} }
sub type   { return $_[0]{all} ? $_[0]{all}{type} : 0 }
sub data   { return $_[0]{all} && $_[0]{all}{data} // {} }
sub sent   { return $_[0]{sent} }

# Only who asked sees it.
sub private { return ($_[0]->data->{flags} // 0) & 64 ? 1 : 0 }

# The message as it stands in the channel: with the id that a fakecord gave it, else without.
sub message { return $_[0]{message} // { %{ $_[0]->data }, id => '1300000000000000001' } }

# Everything a person reads, line by line.
sub text { return words($_[0]->data) }

sub words {
    my ($m) = @_;
    my @all = map { $m->{$_} } qw(title content);
    for my $e (@{ $m->{embeds} // [] }) {
        push @all, (map { $e->{$_} } qw(title description)), (map { "$_->{name}: $_->{value}" } @{ $e->{fields} // [] }), $e->{footer} ? $e->{footer}{text} : ();
    }
    return join "\n", grep { defined && length } @all;
}

# Labels of buttons and selects.
sub labels { return map { $_->{label} // $_->{placeholder} // $_->{custom_id} } Discord::controls($_[0]->data) }

sub choices { return @{ $_[0]->data->{choices} // [] } }

1;
