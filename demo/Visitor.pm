# Somebody with a browser that runs no script: keeps cookies, follows what the house says, fills the
# forms of its pages in. Core modules only.
#
#   my $fan = Visitor->new('http://127.0.0.1:8080');
#   $fan->open('/shop?race=5');
#   $fan->submit(qr/Buy by card/, { sku => 'TEE' }, quantity => 2);
#   $fan->waits_for(10, sub { $_[0]->{url} =~ m{/c/pay/} });
package Visitor;

use strict;
use warnings;
use HTTP::Tiny;
use Time::HiRes qw(sleep time);

my $visitors = 0;

# Each has an address of its own, for the house counts by it.
sub new {
    my ($class, $house) = @_;
    my $from = sprintf '127.%d.%d.%d', 1 + $$ % 250, 1 + $visitors / 250 % 250, 1 + $visitors++ % 250;
    return bless { house => $house, cookie => {}, http => HTTP::Tiny->new(timeout => 60, keep_alive => 1, max_redirect => 0, agent => 'Visitor/1.0', local_address => $from), url => $house, text => '', status => 0 }, $class;
}

sub absolute {
    my ($self, $url) = @_;
    return $url if $url =~ m{^https?://};
    my ($site) = $self->{url} =~ m{^(https?://[^/]+)};
    return $url =~ m{^/} ? "$site$url" : $url =~ /^\?/ ? $self->{url} =~ s/\?.*//r . $url : $self->{url};
}

sub ask {
    my ($self, $method, $url, $form) = @_;
    for (1 .. 8) {
        $self->{url} = $url;
        my ($site) = $url =~ m{^(https?://[^/]+)};
        my $cookies = join '; ', map { "$_=$self->{cookie}{$site}{$_}" } sort keys %{ $self->{cookie}{$site} // {} };
        my %h = ((length $cookies ? (cookie => $cookies) : ()), accept => 'text/html');
        my $r;
        if ($method eq 'POST') {
            @h{qw(content-type origin sec-fetch-site)} = ('application/x-www-form-urlencoded', $site, 'same-origin');
            $r = $self->{http}->post($url, { headers => \%h, content => $self->{http}->www_form_urlencode($form) });
        } else {
            $r = $self->{http}->get($url, { headers => \%h });
        }
        for my $c (ref $r->{headers}{'set-cookie'} ? @{ $r->{headers}{'set-cookie'} } : $r->{headers}{'set-cookie'} // ()) {
            $self->{cookie}{$site}{$1} = $2 if $c =~ /^([^=;\s]+)=([^;]*)/;
        }
        @$self{qw(status text refresh)} = ($r->{status}, $r->{content}, $r->{headers}{refresh});
        last unless $r->{status} =~ /^30[1237]\z/;
        ($method, $form) = ('GET', undef) if $r->{status} != 307;
        $url = $self->absolute($r->{headers}{location});
    }
    return $self;
}

sub open { my ($self, $path) = @_; return $self->ask('GET', $path =~ /^http/ ? $path : "$self->{house}$path") }

sub plain {
    my ($text) = @_;
    my %sign = (amp => '&', lt => '<', gt => '>', quot => '"', '#39' => "'", '#x27' => "'", nbsp => ' ');
    return $text =~ s/&(#?\w+);/exists $sign{$1} ? $sign{$1} : "&$1;"/ger;
}

# What a person reads of the page.
sub read {
    my ($self) = @_;
    my $t = $self->{text} =~ s{<(script|style)\b.*?</\1>}{ }gsr;
    return plain($t =~ s/<[^>]+>/ /gr) =~ s/\s+/ /gr;
}

# Every form as { action, method, html, field }.
sub forms {
    my ($self) = @_;
    my @all;
    while ($self->{text} =~ m{<form\b([^>]*)>(.*?)</form>}gs) {
        my ($head, $html, %field) = ($1, $2);
        while ($html =~ /<(input|button|textarea|select)\b([^>]*)>([^<]*)/g) {
            my ($tag, $attr, $inside) = ($1, $2, $3);
            my %a = map { plain($_) } $attr =~ /([\w-]+)(?:="([^"]*)")/g;
            next if !defined $a{name} || $tag eq 'button' || ($a{type} // '') eq 'submit';
            next if ($a{type} // '') =~ /^(?:checkbox|radio)\z/ && $attr !~ /\bchecked\b/;
            $field{ $a{name} } = $tag eq 'textarea' ? plain($inside) : $a{value} // '';
        }
        while ($html =~ m{<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>}gs) {
            my ($name, $list) = ($1, $2);
            ($field{$name}) = map { plain($_) } ($list =~ /<option value="([^"]*)"[^>]*selected/, $list =~ /<option value="([^"]*)"/);
        }
        push @all, { action => ($head =~ /action="([^"]*)"/ ? plain($1) : ''), method => ($head =~ /method="post"/i ? 'POST' : 'GET'), html => $html, field => \%field };
    }
    return @all;
}

# Sends the form that fits: a pattern on what stands in it, and fields that it has already. A button
# with a name is given among the fields.
sub submit {
    my ($self, $fits, $has, %with) = @_;
    my ($form) = grep { my $f = $_; $f->{html} =~ $fits && !grep { ($f->{field}{$_} // '') ne $has->{$_} } keys %$has } $self->forms;
    die "visitor: $self->{url} ($self->{status}) has no form $fits: " . substr($self->read, 0, 400) . "\n" unless $form;
    my %field = (%{ $form->{field} }, %with);
    my $to = $self->absolute($form->{action});
    return $self->ask('POST', $to, \%field) if $form->{method} eq 'POST';
    return $self->ask('GET', "$to?" . $self->{http}->www_form_urlencode(\%field));
}

# Goes on where the page says so by itself, until the code is content; gives whether it was. However few seconds
# are meant, a slow machine gets a minute.
sub waits_for {
    my ($self, $seconds, $code) = @_;
    my $end = time + ($seconds > 60 ? $seconds : 60);
    while (!$code->($self)) {
        return 0 if time > $end;
        sleep 0.1;
        $self->ask('GET', ($self->{refresh} // '') =~ /url=(\S+)/ ? $self->absolute($1) : $self->{url});
    }
    return 1;
}

1;
