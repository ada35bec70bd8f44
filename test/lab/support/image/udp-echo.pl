#!/usr/bin/perl
# udp-echo PORT: answers every datagram with the client address that arrived, and who answers.
use strict;
use warnings;
use IO::Socket::INET;
my $socket = IO::Socket::INET->new(LocalPort => $ARGV[0], Proto => 'udp') or die "udp-echo: $@\n";
my $server = $ENV{LAB_SERVER} // `hostname`;
chomp $server;
while (defined $socket->recv(my $datagram, 65535)) {
    $socket->send("client=" . $socket->peerhost . " server=$server\n");
}
