# The page on which people read what the bot wrote: messages and cards, plainly. Not for: anything
# that a program reads.
package FakePage;

use strict;
use warnings;
use utf8;

my $style = <<'CSS';
body { background: #313338; color: #dbdee1; font: 15px/1.4 "Noto Sans", Helvetica, Arial, sans-serif; margin: 0 auto; max-width: 760px; padding: 16px; }
h1 { font-size: 20px; } h2 { border-bottom: 1px solid #4e5058; color: #f2f3f5; font-size: 16px; margin-top: 28px; padding-bottom: 4px; }
a { color: #00a8fc; } small, time { color: #949ba4; }
article { margin: 14px 0; } article.private { background: #2b2d42; border-left: 2px solid #5865f2; padding: 6px 8px; }
.embed { background: #2b2d31; border-left: 4px solid #4e5058; border-radius: 4px; margin: 6px 0; max-width: 520px; padding: 8px 14px 12px; }
.embed h3 { font-size: 15px; margin: 4px 0; } .embed p { margin: 4px 0; }
.fields { display: flex; flex-wrap: wrap; gap: 8px 16px; } .fields div { flex: 1 1 100%; } .fields .beside { flex: 1 1 28%; }
.fields b { display: block; font-size: 13px; } img { border-radius: 4px; max-width: 100%; }
.row { display: flex; flex-wrap: wrap; gap: 8px; margin: 6px 0; }
.button { background: #4e5058; border-radius: 4px; color: #fff; padding: 4px 14px; text-decoration: none; }
.s1 { background: #5865f2; } .s3 { background: #248046; } .s4 { background: #da373c; }
.text { white-space: pre-line; overflow-wrap: anywhere; } code { background: #1e1f22; border-radius: 3px; padding: 0 4px; } pre { background: #1e1f22; overflow-x: auto; padding: 8px; }
CSS

sub plain {
    my ($text) = @_;
    my %sign = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;');
    return ($text // '') =~ s/([&<>"])/$sign{$1}/gr;
}

# The little of Discord's markdown that cards use.
sub marked {
    my ($text, $people) = @_;
    my @kept;
    my $keep = sub { push @kept, $_[0]; return "\x{1}$#kept\x{2}" };
    $text = ($text // '') =~ tr/\x01\x02//dr;
    $text =~ s/\\([\\`*_~|>#()\[\]<:.+-])/$keep->(plain($1))/ge;
    $text =~ s/```(?:\w*\n)?(.*?)```/$keep->('<pre>' . plain($1) . '<\/pre>')/gse;
    $text =~ s/`([^`]+)`/$keep->('<code>' . plain($1) . '<\/code>')/ge;
    $text =~ s/<t:(\d+)(?::([tTdDfFR]))?>/$keep->(moment($1, $2))/ge;
    $text =~ s/<\@!?(\d+)>/$keep->('<b>@' . plain(($people->{$1} || {})->{global_name} || $1) . '<\/b>')/ge;
    $text =~ s{\[([^\]]+)\]\((https?://[^)\s]+)\)}{$keep->('<a href="' . plain($2) . '">' . plain($1) . '</a>')}ge;
    $text = plain($text);
    $text =~ s/\*\*(.+?)\*\*/<b>$1<\/b>/gs;
    $text =~ s/~~(.+?)~~/<s>$1<\/s>/gs;
    $text =~ s/(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])/<i>$1<\/i>/g;
    $text =~ s/\x01(\d+)\x02/$kept[$1]/g for 1 .. 3;
    return $text;
}

sub moment {
    my ($s, $how) = @_;
    my @t = gmtime $s;
    my $clock = sprintf '%02d:%02d', @t[2, 1];
    return "<time>$clock UTC</time>" if ($how // '') eq 't' || ($how // '') eq 'T';
    return sprintf '<time>%04d-%02d-%02d %s UTC</time>', $t[5] + 1900, $t[4] + 1, $t[3], $clock;
}

sub picture {
    my ($url, $m) = @_;
    my ($name) = $url =~ m{^attachment://(.*)};
    my ($a) = grep { defined $name && $_->{filename} eq $name } @{ $m->{attachments} };
    my $src = $a ? $a->{url} =~ s{^https?://[^/]+}{}r : $url;
    return '<p><img src="' . plain($src) . '" alt="' . plain($a ? $a->{description} : '') . '"></p>';
}

sub embed {
    my ($e, $m, $people) = @_;
    my $html = sprintf '<div class="embed" style="border-color:#%06x">', $e->{color} // 0x4e5058;
    $html .= '<h3>' . marked($e->{title}, $people) . '</h3>' if length($e->{title} // '');
    $html .= '<p class="text">' . marked($e->{description}, $people) . '</p>' if length($e->{description} // '');
    $html .= '<div class="fields">' . join('', map {
        '<div' . ($_->{inline} ? ' class="beside"' : '') . '><b>' . marked($_->{name}, $people) . '</b><span class="text">' . marked($_->{value}, $people) . '</span></div>'
    } @{ $e->{fields} }) . '</div>' if @{ $e->{fields} // [] };
    $html .= picture($e->{image}{url}, $m) if $e->{image};
    $html .= '<small>' . plain($e->{footer}{text}) . '</small>' if $e->{footer};
    return $html . '</div>';
}

sub control {
    my ($c) = @_;
    return '<div class="row">' . join('', map { control($_) } @{ $c->{components} }) . '</div>' if $c->{type} == 1;
    return '<a class="button" href="' . plain($c->{url}) . '">' . plain($c->{label}) . ' ↗</a>' if ($c->{style} // 0) == 5;
    return '<span class="button s' . int($c->{style} // 2) . '">' . plain($c->{label}) . '</span>' if $c->{type} == 2;
    return '<span class="button">' . plain($c->{placeholder} // 'Choose') . ' ▾</span>';
}

sub message {
    my ($m, $people) = @_;
    my $to = $m->{private_to} ? ' — only ' . plain(($people->{ $m->{private_to} } // {})->{global_name}) . ' sees this' : '';
    my $why = defined $m->{answer_of} ? ' answers <code>' . plain($m->{answer_of}) . '</code>' : '';
    return '<article' . ($m->{private_to} ? ' class="private"' : '') . '><b>Cozy-Kart</b> <small>' . plain(substr $m->{timestamp}, 11, 8) . " UTC$why"
        . ($m->{edits} ? ', edited' : '') . "$to</small>" . ($m->{deferred} ? '<p><i>thinking …</i></p>' : '')
        . '<div class="text">' . marked($m->{content}, $people) . '</div>'
        . join('', map { embed($_, $m, $people) } @{ $m->{embeds} }) . join('', map { control($_) } @{ $m->{components} }) . '</article>';
}

sub page {
    my ($title, $body) = @_;
    return '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>' . plain($title) . "</title><style>$style</style><body>$body</body></html>";
}

# All channels, the newest message first; direct messages and private answers where people ask for them.
sub channels {
    my ($fake, $private) = @_;
    my (%in, @order);
    for my $id (reverse @{ $fake->{order} }) {
        my $m = $fake->{message}{$id};
        next if $m->{deleted} || ($m->{private_to} && !$private);
        push @order, $m->{channel_id} unless $in{ $m->{channel_id} };
        push @{ $in{ $m->{channel_id} } }, $m;
    }
    my $people = $fake->{person};
    my $body = '<h1>What the bot writes</h1><p><small>A stand-in for Discord on this machine. ' . ($private ? '<a href="/">Without private answers</a>' : '<a href="/?private=1">With private answers</a>') . '</small></p>';
    for my $channel (@order) {
        my $to = $fake->{direct}{$channel};
        my $name = $to ? 'To ' . (($people->{$to} // {})->{global_name} // $to) : '# ' . ($fake->{channel_name}{$channel} // $channel);
        my @all = @{ $in{$channel} };
        splice @all, 60 if @all > 60;
        $body .= '<h2>' . plain($name) . '</h2>' . join '', map { message($_, $people) } @all;
    }
    $body .= '<p>Nothing yet.</p>' unless @order;
    return page('Fake Discord', $body);
}

# Whoever logs in picks who he is here.
sub consent {
    my ($fake, $query) = @_;
    my $list = join '', map { '<li><a href="/oauth2/authorize?' . plain($query) . "&amp;as=$_->{id}\">" . plain($_->{global_name} // $_->{username}) . '</a></li>' }
        sort { $a->{username} cmp $b->{username} } values %{ $fake->{person} };
    return page('Who are you?', "<h1>Log in as</h1><ul>$list</ul><p><a href=\"/oauth2/authorize?" . plain($query) . '&amp;as=nobody">Cancel</a></p>');
}

1;
