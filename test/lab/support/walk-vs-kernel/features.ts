import { setPieces } from "./draw-ipsets.ts";
import { matchPieces } from "./draw-matches.ts";
import { nftPieces } from "./draw-nft-host.ts";
import { targetPieces } from "./draw-targets.ts";

/** What a drawn host may have beside matches, targets and pieces of nftables. */
const others: readonly string[] = [
  "ipset",
  "iptables of both backends",
  "iptables-legacy",
  "iptables-nft",
  "link bridge",
  "link down",
  "link with a small MTU",
  "link without a carrier",
  "native nft",
  "nft nat",
  "nft output chain of type filter",
  "nft output chain of type route",
  "nft policy drop",
  "packet ICMP beside echo",
  "packet from another link's network",
  "packet from the router's own address",
  "packet of the router itself",
  "packet that must not be cut",
  "packet to the broadcast address",
  "packet to the router",
  "packet with a source that the kernel chooses",
  "packet without a route of its own",
  "policy DROP",
  "route blackhole",
  "route default",
  "route metric",
  "route more specific",
  "route multipath",
  "route prohibit",
  "route table with throw",
  "route throw",
  "route unreachable",
  "route with an MTU",
  "rule blackhole",
  "rule from",
  "rule fwmark",
  "rule fwmark mask",
  "rule iif",
  "rule not from",
  "rule prohibit",
  "rule suppress",
  "rule to",
  "rule unreachable",
  "socket for both families",
  "socket of one address",
  "sysctl accept_local",
  "sysctl bridge-nf-call 0",
  "sysctl bridge-nf-call 1",
  "sysctl forwarding of a link",
  "sysctl ip_forward 0",
  "sysctl ipv6 forwarding 0",
  "sysctl route_localnet",
  "sysctl rp_filter loose",
  "sysctl rp_filter of all",
  "sysctl rp_filter strict",
  "sysctl src_valid_mark",
  "table filter",
  "table mangle",
  "table nat",
  "table raw",
  "table security",
  "target goto",
  "target jump",
  "unsure by nature",
];

/** Everything that drawn hosts hold. A run in which one of them is rare, or of which one is not here, proves less than it says. */
export const features: readonly string[] = [
  ...new Set([
    ...others,
    ...[matchPieces, targetPieces, setPieces, nftPieces].flatMap((pieces) =>
      pieces.map(({ feature }) => feature),
    ),
  ]),
].sort();

/** The smallest share of the hosts that a feature may have. */
export const leastShare = 0.02;
