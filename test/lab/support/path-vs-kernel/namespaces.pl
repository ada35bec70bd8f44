# Network namespaces with sockets in them: sends real packets from one to another and writes down who received what.
# One namespace for each name; this process goes into it to open sockets, which stay there. Needs perl-base only.
use strict;
use warnings;
use Socket;
use Errno;

my ($machine) = (`uname -m` =~ /(\S+)/);
my ($unshare, $setns) = $machine eq 'aarch64' ? (97, 268) : (272, 308);
my $new_net = 0x40000000;
$| = 1;

pipe(my $alive, my $holder) or die;
my (%there, @udp, @tcp, @asked, %raw, @kept);
open(my $here, '<', "/proc/self/ns/net") or die;

sub setting {
    my ($path, $value) = @_;
    open(my $file, '>', "/proc/sys/$path") or return;
    print $file $value;
    close $file;
}
sub new_namespace {
    my ($name) = @_;
    pipe(my $ready, my $tell) or die;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        close $holder;
        syscall($unshare, $new_net) == 0 or die "unshare: $!";
        setting("net/ipv6/conf/$_/accept_dad", 0), setting("net/ipv6/conf/$_/accept_ra", 0) for qw(all default);
        setting("net/ipv4/conf/$_/rp_filter", 0), setting("net/ipv4/conf/$_/send_redirects", 0) for qw(all default);
        setting("net/ipv4/icmp_ratelimit", 0);
        setting("net/ipv6/icmp/ratelimit", 0);
        setting("net/ipv4/icmp_msgs_per_sec", 100000);
        setting("net/ipv4/icmp_msgs_burst", 100000);
        syswrite $tell, "x";
        sysread $alive, my $nothing, 1;
        exit 0;
    }
    sysread $ready, my $nothing, 1;
    open($there{$name}, '<', "/proc/$pid/ns/net") or die;
    print "N $name $pid\n";
}
sub within {
    my ($name, $does) = @_;
    syscall($setns, fileno($there{$name}), $new_net) == 0 or die "setns: $!";
    my $result = $does->();
    syscall($setns, fileno($here), $new_net) == 0 or die "setns: $!";
    return $result;
}
sub name_of {
    my ($six, $address, $port) = @_;
    my $raw = Socket::inet_pton($six ? AF_INET6 : AF_INET, $address);
    return $six ? Socket::pack_sockaddr_in6($port, $raw) : Socket::pack_sockaddr_in($port, $raw);
}
sub unblocked {
    my ($socket) = @_;
    my $flags = fcntl($socket, 3, 0);
    fcntl($socket, 4, $flags | 04000);
}
sub listen_on {
    my ($place, $protocol, $address, $port) = @_;
    my $six = $address =~ /:/;
    my $tcp = $protocol eq 'tcp';
    socket(my $socket, $six ? AF_INET6 : AF_INET, $tcp ? SOCK_STREAM : SOCK_DGRAM, 0) or die "socket: $!";
    setsockopt($socket, 41, 26, pack('i', 1)) if $six; # IPV6_V6ONLY
    setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, pack('i', 1));
    # Answers may be cut, as what is asked may.
    setsockopt($socket, 0, 10, pack('i', 0)) unless $six || $tcp; # IP_PMTUDISC_DONT
    bind($socket, name_of($six, $address, $port)) or return; # its link is down
    unblocked($socket);
    if ($tcp) { listen($socket, 4096) or die "listen: $!"; push @tcp, $socket }
    else { push @udp, [$place, $socket] }
}
sub ask {
    my ($id, $place, $protocol, $destination, $port, $bytes) = @_;
    my $six = $destination =~ /:/;
    my $family = $six ? AF_INET6 : AF_INET;
    if ($protocol eq 'icmp') {
        my $socket = $raw{"$place $six"};
        if (!$socket) {
            socket($socket, $family, SOCK_RAW, $six ? 58 : 1) or die "raw: $!";
            unblocked($socket);
            $raw{"$place $six"} = $socket;
        }
        my $message = pack('CCnnn', $six ? 128 : 8, 0, 0, $id, 1) . ("\0" x 8);
        my $sum = 0;
        $sum += $_ for unpack('n*', $message);
        $sum = ($sum & 0xffff) + ($sum >> 16) while $sum > 0xffff;
        substr($message, 2, 2) = pack('n', ~$sum & 0xffff) unless $six;
        send($socket, $message, 0, name_of($six, $destination, 0));
        return;
    }
    my $tcp = $protocol eq 'tcp';
    socket(my $socket, $family, $tcp ? SOCK_STREAM : SOCK_DGRAM, 0) or die "socket: $!";
    unblocked($socket);
    # Datagrams are cut where they are too long for a link (IP_PMTUDISC_DONT).
    setsockopt($socket, 0, 10, pack('i', 0)) unless $six;
    my $connected = connect($socket, name_of($six, $destination, $port));
    if (!$connected && !$!{EINPROGRESS}) { print "F $id\n"; return }
    send($socket, pack('N', $id) . ("\0" x ($bytes - 4)), 0) unless $tcp;
    push @asked, { id => $id, socket => $socket, tcp => $tcp };
}
sub drain {
    my $seen = 0;
    for my $server (@udp) {
        my ($place, $socket) = @$server;
        while (defined(my $from = recv($socket, my $data, 65535, 0x40))) {
            last if length $data < 4;
            print "U ", unpack('N', $data), " $place\n";
            send($socket, $data, 0, $from);
            $seen = 1;
        }
    }
    for my $socket (@tcp) {
        while (accept(my $peer, $socket)) { push @kept, $peer; $seen = 1 }
    }
    for my $socket (values %raw) {
        while (defined(recv($socket, my $data, 65535, 0x40))) {
            my $at = (ord($data) >> 4) == 4 && ord($data) != 129 ? (ord($data) & 15) * 4 : 0;
            my ($type, $code, $sum, $id) = unpack('CCnn', substr($data, $at));
            next unless $type == 0 || $type == 129;
            print "R $id\n";
            $seen = 1;
        }
    }
    for my $one (@asked) {
        next if $one->{done};
        my $socket = $one->{socket};
        if ($one->{tcp}) {
            my $bits = '';
            vec($bits, fileno($socket), 1) = 1;
            next unless select(undef, $bits, undef, 0);
            my $error = unpack('i', getsockopt($socket, SOL_SOCKET, SO_ERROR));
            print $error ? "F" : "R", " $one->{id}\n";
            $one->{done} = $seen = 1;
        }
        elsif (defined recv($socket, my $data, 65535, 0x40)) {
            print "R $one->{id}\n";
            $one->{done} = $seen = 1;
        }
        elsif ($!{ECONNREFUSED} || $!{EHOSTUNREACH} || $!{ENETUNREACH} || $!{EACCES} || $!{EMSGSIZE}) {
            print "F $one->{id}\n";
            $one->{done} = $seen = 1;
        }
    }
    return $seen;
}

while (my $line = <STDIN>) {
    chomp $line;
    my ($command, @words) = split / /, $line;
    if ($command eq 'namespace') { new_namespace(@words) }
    elsif ($command eq 'listen') { within($words[0], sub { listen_on(@words) }) }
    elsif ($command eq 'ask') { within($words[1], sub { ask(@words) }); drain() }
    elsif ($command eq 'end') {
        # Until nothing came for a while: neighbours are asked for first.
        my $quiet = 0;
        while ($quiet < 30) { $quiet = drain() ? 0 : $quiet + 1; select(undef, undef, undef, 0.01) }
        print "E\n";
    }
}
