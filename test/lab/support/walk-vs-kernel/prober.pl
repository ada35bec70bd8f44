# Sends raw frames into a router's links from their other ends, and writes down what comes out of it, what its sockets receive and what
# nf_tables traces. Two namespaces: this process stays in that of the neighbours, a child of it holds the router's.
# Needs perl-base only.
use strict;
use warnings;
use Socket;

my ($machine) = (`uname -m` =~ /(\S+)/);
my $arm = $machine eq 'aarch64';
my ($unshare, $setns) = $arm ? (97, 268) : (272, 308);
my $new_net = 0x40000000;

sub own_netns {
    syscall($unshare, $new_net) == 0 or die "unshare: $!";
}
sub setting {
    my ($path, $value) = @_;
    open(my $file, '>', "/proc/sys/$path") or return;
    print $file $value;
    close $file;
}

own_netns();
setting("net/ipv6/conf/$_/disable_ipv6", 1) for qw(all default);
pipe(my $alive, my $holder) or die;
pipe(my $ready, my $tell) or die;
my $router = fork // die "fork: $!";
if ($router == 0) {
    close $holder;
    own_netns();
    syswrite $tell, "x";
    sysread $alive, my $nothing, 1;
    exit 0;
}
close $alive;
sysread $ready, my $nothing, 1;
open(my $here, '<', "/proc/self/ns/net") or die;
open(my $there, '<', "/proc/$router/ns/net") or die;
sub in_router {
    my ($does) = @_;
    syscall($setns, fileno($there), $new_net) == 0 or die "setns: $!";
    my $result = $does->();
    syscall($setns, fileno($here), $new_net) == 0 or die "setns: $!";
    return $result;
}

binmode STDIN;
binmode STDOUT;
my $pending = '';
sub record {
    my ($type, $data) = @_;
    $pending .= pack('aN', $type, length $data) . $data;
    flush_out() if length $pending > 60000;
}
sub flush_out {
    while (length $pending) {
        my $written = syswrite STDOUT, $pending;
        die "write: $!" unless defined $written;
        substr($pending, 0, $written) = '';
    }
}
sub all_of {
    my ($socket, $type) = @_;
    while (defined(my $from = recv($socket, my $data, 65535, 0x40))) {
        last if $data eq '';
        record($type, $data);
    }
}

use Errno;
my ($frames, $trace, @sockets, @kept, %index, %name, %own);
my $to_router = sub { };

sub drain {
    while (defined(my $from = recv($frames, my $data, 65535, 0x40))) {
        my ($family, $protocol, $index, $hardware, $kind) = unpack('SniSC', $from);
        next if $kind == 4; # our own
        record('F', pack('a16', $name{$index} // '') . $data);
    }
    all_of($trace, 'T') if $trace;
    for my $socket (@sockets) {
        while (defined(my $from = recv($socket->[1], my $data, 65535, 0x40))) {
            record('U', pack('n', $socket->[0]) . $data);
        }
    }
}

sub open_socket {
    my ($protocol, $address, $port) = @_;
    my $both = $address eq '*';
    my $six = $both || $address =~ /:/;
    $address = '::' if $both;
    my $tcp = $protocol eq 'tcp';
    socket(my $socket, $six ? AF_INET6 : AF_INET, $tcp ? SOCK_STREAM : SOCK_DGRAM, 0) or die "socket: $!";
    setsockopt($socket, 41, 26, pack('i', $both ? 0 : 1)) if $six; # IPV6_V6ONLY
    setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, pack('i', 1));
    setsockopt($socket, SOL_SOCKET, 33, pack('i', 4 << 20)); # SO_RCVBUFFORCE
    my $raw = Socket::inet_pton($six ? AF_INET6 : AF_INET, $address);
    # An address of IPv6 is gone with its link.
    bind($socket, $six ? Socket::pack_sockaddr_in6($port, $raw) : Socket::pack_sockaddr_in($port, $raw))
        or $!{EADDRNOTAVAIL} && return or die "bind $address:$port: $!";
    if ($tcp) { listen($socket, 4096) or die "listen: $!"; push @kept, $socket }
    else { push @sockets, [$port, $socket] }
}

# A socket of the router that sends whole packets; its address decides the route where one is given.
sub own_socket {
    my ($six, $source) = @_;
    socket(my $socket, $six ? AF_INET6 : AF_INET, SOCK_RAW, 255) or die "raw socket: $!";
    setsockopt($socket, SOL_SOCKET, SO_BROADCAST, pack('i', 1));
    return $socket if $source eq '0.0.0.0';
    my $raw = Socket::inet_pton($six ? AF_INET6 : AF_INET, $source);
    return bind($socket, $six ? Socket::pack_sockaddr_in6(0, $raw) : Socket::pack_sockaddr_in(0, $raw)) ? $socket : 0;
}

socket($frames, 17, SOCK_RAW, 0x0300) or die "AF_PACKET: $!";
setsockopt($frames, SOL_SOCKET, 33, pack('i', 32 << 20));
record('P', "$$ $router");
flush_out();

while (my $line = <STDIN>) {
    chomp $line;
    my ($command, @words) = split / /, $line;
    if ($command eq 'link') {
        my $request = pack('a16 x24', $words[0]);
        ioctl($frames, 0x8933, $request) or die "$words[0]: $!"; # SIOCGIFINDEX
        my $index = unpack('x16 i', $request);
        $index{$words[0]} = $index;
        $name{$index} = $words[0];
    }
    elsif ($command eq 'listen') {
        in_router(sub { open_socket(@words) });
    }
    elsif ($command eq 'trace') {
        in_router(sub {
            socket($trace, 16, SOCK_RAW, 12) or die "netlink: $!";
            setsockopt($trace, SOL_SOCKET, 33, pack('i', 32 << 20));
            bind($trace, pack('SSLL', 16, 0, 0, 1 << 8)) or die "netlink bind: $!"; # NFNLGRP_NFTRACE
        });
    }
    elsif ($command eq 'send') {
        my ($link, $hex) = @words;
        my $to = pack('SniSCCa8', 17, 0x0800, $index{$link}, 1, 0, 6, '');
        # A link without a carrier takes nothing.
        send($frames, pack('H*', $hex), 0, $to) // ($!{ENOBUFS} || $!{ENETDOWN} || record('X', "$link: $!"));
        drain();
    }
    elsif ($command eq 'own') {
        my ($source, $destination, $hex) = @words;
        my $six = $destination =~ /:/;
        my $socket = $own{$six ? 6 : 4, $source} //= in_router(sub { own_socket($six, $source) });
        my $raw = Socket::inet_pton($six ? AF_INET6 : AF_INET, $destination);
        # What the router refuses to send is told by the lack of a trace.
        $socket and send($socket, pack('H*', $hex), 0, $six ? Socket::pack_sockaddr_in6(0, $raw) : Socket::pack_sockaddr_in(0, $raw));
        drain();
    }
    elsif ($command eq 'end') {
        # Until nothing came for a while: softirqs may still be at work.
        my $quiet = 0;
        while ($quiet < 3) {
            my $before = length $pending;
            select(undef, undef, undef, 0.01);
            drain();
            $quiet = length $pending == $before ? $quiet + 1 : 0;
        }
        record('E', '');
        flush_out();
    }
}
