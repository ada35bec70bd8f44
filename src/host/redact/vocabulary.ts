/**
 * Words of the formats themselves, that stay where a word may be either one of them or a name. Whatever is not here, has no shape
 * of its own and is no well-known name becomes a pseudonym: what redaction does not know, it does not let through.
 */
const words: ReadonlySet<string> = new Set(
  [
    // Docker: drivers, scopes, modes, protocols, states, plugins.
    "bridge overlay macvlan ipvlan host null none default nat private shareable local swarm global",
    "overlay2 overlayfs vfs btrfs zfs devicemapper fuse-overlayfs io.containerd.snapshotter.v1",
    "driver-type iptables iptables+firewalld nftables tcp udp sctp icmp ipv6-icmp json-file journald",
    "syslog none awslogs fluentd gcplogs gelf logentries splunk always unless-stopped on-failure no",
    "created running paused restarting removing exited dead healthy unhealthy starting ready down",
    "unknown disconnected active inactive pending error locked drain pause worker manager reachable",
    "unreachable leader linux windows amd64 arm64 x86_64 aarch64 cgroupfs systemd runc l2 l3 l3s",
    "passthru vepa nat-unprotected routed isolated lb dnsrr vip ingress true false on off yes unset",
    // iproute2.
    "all main inet inet6 link global site nowhere kernel boot static ra dhcp bird zebra ospf bgp",
    "kernel_ll kernel_lo kernel_ra redirect babel medium low high unicast broadcast multicast anycast",
    "blackhole prohibit throw xresolve via nop goto lookup proto loopback ether tunnel6 sit ipip gre",
    "reachable stale delay probe failed noarp incomplete permanent extern_learn self offload",
    "noqueue pfifo_fast fq_codel fq mq htb random eui64 stable_secret server client",
    "disabled listening learning forwarding blocking root designated 802.1q 802.1ad active-backup",
    "balance-rr balance-xor 802.3ad balance-tlb balance-alb layer2 layer2+3 layer3+4 fast slow",
    // iptables and nft.
    "ip ip6 arp netdev accept drop reject return queue continue jump filter route raw mangle security",
    "prerouting input forward output postrouting ingress egress saddr daddr sport dport protocol type",
    "code length iifname oifname iif oif iifgroup oifgroup mark state status direction original reply",
    "l4proto nfproto established related new invalid untracked snat dnat expected seen-reply assured",
    "confirmed ether icmpv6 icmpx tcpmss tcp-reset admin-prohibited addr-unreachable no-route",
    "port-unreachable icmp-port-unreachable icmp-net-unreachable icmp-host-unreachable",
    "icmp-proto-unreachable icmp-net-prohibited icmp-host-prohibited icmp-admin-prohibited",
    "icmp6-port-unreachable icmp6-no-route icmp6-adm-prohibited icmp6-addr-unreachable policy-fail",
    "second minute hour day sec min week bytes packets kbytes mbytes verdict ifname ipv4_addr",
    "ipv6_addr ether_addr inet_proto inet_service mark ifname interval timeout constant dynamic",
    "dst src srcip srcport dstip dstport in out ipsec both kernel oneshot owner persist fully-random",
    "comment conntrack addrtype target match set echo-request echo-reply nd-router-advert",
    "nd-neighbor-solicit nd-neighbor-advert nd-router-solicit nd-redirect destination-unreachable",
    "packet-too-big time-exceeded parameter-problem mld-listener-query mld-listener-report debug info",
    "notice warning warn err crit alert emerg strict loose upto above dscp ecn hoplimit nexthdr ttl",
  ].flatMap((line) => line.split(" ")),
);

/** Words that Docker, ufw and others write into comments and log prefixes. */
const remarks: ReadonlySet<string> = new Set(
  [
    "DNAT DROP DIRECT ACCESS REMOTE LOOPBACK ICC UNPUBLISHED PORT OUTGOING MASQUERADE INTERNAL SNAT",
    "NETWORK INGRESS EGRESS ICMP UFW BLOCK ALLOW LIMIT AUDIT INVALID HAIRPIN PUBLISHED ROUTED",
    "ISOLATION FORWARD INPUT OUTPUT ACCEPT REJECT the to from for and or of is not with by on in",
  ].flatMap((line) => line.split(" ")),
);

export function isFormatWord(word: string): boolean {
  return words.has(word);
}

/** Whether a word of a comment says nothing about whose host it is. */
export function isPlainRemark(word: string): boolean {
  return remarks.has(word);
}
