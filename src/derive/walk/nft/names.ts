/** Words of nft for values of its data types (nft(8), DATA TYPES; `nft describe`). Numbers are those of the kernel's headers. */
type Names = ReadonlyMap<string, number>;

function names(table: Readonly<Record<string, number>>): Names {
  return new Map(Object.entries(table));
}

/** `enum ip_conntrack_info` as bits (nf_conntrack_common.h, NF_CT_STATE_BIT). */
export const ctStates = names({ invalid: 1, established: 2, related: 4, new: 8, untracked: 64 });

/** `enum ip_conntrack_status`. */
export const ctStatuses = names({
  expected: 1,
  "seen-reply": 2,
  assured: 4,
  confirmed: 8,
  snat: 16,
  dnat: 32,
  dying: 512,
});

export const ctDirections = names({ original: 0, reply: 1 });

/** IPPROTO_*; the names of /etc/protocols that nft prints. */
export const protocols = names({
  hopopt: 0,
  ip: 0,
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  ipip: 4,
  tcp: 6,
  egp: 8,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  rsvp: 46,
  gre: 47,
  esp: 50,
  ah: 51,
  "ipv6-icmp": 58,
  icmpv6: 58,
  "ipv6-nonxt": 59,
  ospf: 89,
  pim: 103,
  comp: 108,
  vrrp: 112,
  l2tp: 115,
  sctp: 132,
  udplite: 136,
});

/** NFPROTO_*. */
export const nfProtocols = names({ ipv4: 2, ipv6: 10 });

/** ETH_P_*. */
export const etherTypes = names({
  ip: 0x0800,
  ip6: 0x86dd,
  arp: 0x0806,
  vlan: 0x8100,
  "8021q": 0x8100,
  "8021ad": 0x88a8,
});

/** PACKET_*; `unicast` is another word for `host`. */
export const packetTypes = names({ host: 0, unicast: 0, broadcast: 1, multicast: 2, other: 3 });

/** RTN_*. */
export const addressTypes = names({
  unspec: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
});

export const icmpTypes = names({
  "echo-reply": 0,
  "destination-unreachable": 3,
  "source-quench": 4,
  redirect: 5,
  "echo-request": 8,
  "router-advertisement": 9,
  "router-solicitation": 10,
  "time-exceeded": 11,
  "parameter-problem": 12,
  "timestamp-request": 13,
  "timestamp-reply": 14,
  "info-request": 15,
  "info-reply": 16,
  "address-mask-request": 17,
  "address-mask-reply": 18,
});

export const icmpv6Types = names({
  "destination-unreachable": 1,
  "packet-too-big": 2,
  "time-exceeded": 3,
  "parameter-problem": 4,
  "echo-request": 128,
  "echo-reply": 129,
  "mld-listener-query": 130,
  "mld-listener-report": 131,
  "mld-listener-done": 132,
  "mld-listener-reduction": 132,
  "nd-router-solicit": 133,
  "nd-router-advert": 134,
  "nd-neighbor-solicit": 135,
  "nd-neighbor-advert": 136,
  "nd-redirect": 137,
  "router-renumbering": 138,
  "ind-neighbor-solicit": 141,
  "ind-neighbor-advert": 142,
  "mld2-listener-report": 143,
});

/** TCP header flags. */
export const tcpFlags = names({
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
  urg: 32,
  ecn: 64,
  ece: 64,
  cwr: 128,
});

/** ARPHRD_*. */
export const linkTypes = names({
  ether: 1,
  ppp: 512,
  ipip: 768,
  ipip6: 769,
  loopback: 772,
  sit: 776,
  ipgre: 778,
});

/** Differentiated services code points (RFC 2474, 2597, 3246). */
export const codePoints = names({
  ...{
    cs0: 0,
    cs1: 8,
    cs2: 16,
    cs3: 24,
    cs4: 32,
    cs5: 40,
    cs6: 48,
    cs7: 56,
    ef: 46,
    va: 44,
    le: 1,
  },
  ...{ be: 0, df: 0, lephb: 1, af11: 10, af12: 12, af13: 14, af21: 18, af22: 20, af23: 22 },
  ...{ af31: 26, af32: 28, af33: 30, af41: 34, af42: 36, af43: 38 },
});

export const users = names({ root: 0 });
