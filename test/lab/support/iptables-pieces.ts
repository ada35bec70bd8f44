/**
 * Matches and targets of every module that iptables knows, as templates: `<port>` and the like stand for a value that is drawn. Which of
 * them this machine's iptables and kernel take, they say themselves.
 */
export interface IptablesPiece {
  readonly text: string;
  /** Only in rules of this family. */
  readonly family?: 4 | 6;
  /** Protocol that has to stand before. */
  readonly protocol?:
    | "tcp"
    | "udp"
    | "sctp"
    | "dccp"
    | "icmp"
    | "ipv6-icmp"
    | "ah"
    | "esp"
    | "mh"
    | "ipcomp";
  /** Only in these chains, as `table CHAIN`. */
  readonly chains?: readonly string[];
}

const mangle = ["mangle PREROUTING", "mangle FORWARD", "mangle OUTPUT"];
const filter = ["filter INPUT", "filter FORWARD", "filter OUTPUT"];
/** A chain that is gone to may not go on to itself. */
const builtin = [...filter, ...mangle, "raw PREROUTING", "nat POSTROUTING"];
const output = ["filter OUTPUT", "mangle OUTPUT"];

export const matchPieces: readonly IptablesPiece[] = [
  { text: "<!>-s <net>" },
  { text: "<!>-d <net>" },
  { text: "<!>-s 10.0.0.<n8>/255.0.255.0", family: 4 },
  { text: "<!>-i <link>", chains: ["filter FORWARD", "mangle PREROUTING", "raw PREROUTING"] },
  { text: "<!>-o <link>", chains: ["filter FORWARD", "nat POSTROUTING"] },
  { text: "-p <n8>" },
  { text: "-m tcp", protocol: "tcp" },
  { text: "-m udp", protocol: "udp" },
  { text: "-m conntrack --ctstate NEW -m conntrack --ctstatus ASSURED" },
  { text: "<!>-f", family: 4 },
  { text: "-m tcp <!>--dport <port>", protocol: "tcp" },
  { text: "-m tcp <!>--sport <ports>", protocol: "tcp" },
  { text: "-m tcp <!>--tcp-flags SYN,ACK,FIN SYN", protocol: "tcp" },
  { text: "-m tcp --tcp-flags ALL NONE", protocol: "tcp" },
  { text: "-m tcp <!>--tcp-option <n8>", protocol: "tcp" },
  { text: "-m udp <!>--dport <ports>", protocol: "udp" },
  { text: "-m sctp <!>--dport <port>", protocol: "sctp" },
  { text: "-m sctp --chunk-types any DATA,INIT", protocol: "sctp" },
  { text: "-m dccp --dccp-types REQUEST,RESET", protocol: "dccp" },
  { text: "-m icmp <!>--icmp-type <icmp>", protocol: "icmp", family: 4 },
  { text: "-m icmp6 <!>--icmpv6-type <icmpv6>", protocol: "ipv6-icmp", family: 6 },
  { text: "-m ah <!>--ahspi <n16>", protocol: "ah" },
  { text: "-m esp <!>--espspi <n16>:<more>", protocol: "esp" },
  { text: "-m multiport <!>--dports <port>,<ports>", protocol: "tcp" },
  { text: "-m multiport --ports <port>,<port>,<port>", protocol: "udp" },
  { text: "-m multiport --sports <port>", protocol: "tcp" },
  { text: "-m conntrack <!>--ctstate <ctstate>" },
  { text: "-m conntrack --ctproto tcp --ctorigdstport <port>" },
  { text: "-m conntrack <!>--ctorigsrc <net> --ctdir ORIGINAL" },
  { text: "-m conntrack <!>--ctstatus ASSURED,SEEN_REPLY" },
  { text: "-m conntrack <!>--ctexpire <n8>:<more>" },
  { text: "-m state --state <ctstate>" },
  { text: "-m addrtype <!>--dst-type LOCAL" },
  { text: "-m addrtype --src-type BROADCAST,MULTICAST", family: 4 },
  { text: "-m addrtype --src-type LOCAL --limit-iface-in", chains: ["filter INPUT"] },
  { text: "-m mark <!>--mark <mark>" },
  { text: "-m connmark <!>--mark <mark>/<mark>" },
  { text: "-m comment --comment <words>" },
  { text: "-m iprange <!>--src-range <range>" },
  { text: "-m iprange <!>--dst-range <range>" },
  { text: "-m limit --limit <n8>/<unit> --limit-burst <n8>" },
  { text: "-m limit --limit <n8>/<unit>" },
  {
    text: "-m hashlimit --hashlimit-upto <n8>/<unit> --hashlimit-burst <n8> --hashlimit-name h<id>",
  },
  {
    text: "-m hashlimit --hashlimit-above <n8>kb/s --hashlimit-mode srcip,dstport --hashlimit-name h<id>",
  },
  {
    text: "-m hashlimit --hashlimit-upto <n8>/sec --hashlimit-mode dstip --hashlimit-srcmask 24 --hashlimit-htable-size 64 --hashlimit-htable-expire 5000 --hashlimit-name h<id>",
  },
  { text: "-m recent --set --name r<id> --rsource" },
  { text: "-m recent <!>--update --seconds <n8> --hitcount 3 --name r<id> --rdest" },
  { text: "-m recent --rcheck --seconds <n8> --reap --rttl --name r<id>" },
  { text: "-m recent --remove --name r<id>" },
  { text: "-m statistic --mode random <!>--probability 0.<n8>" },
  { text: "-m statistic --mode nth --every 9 --packet <digit>" },
  { text: "-m physdev --physdev-is-bridged", chains: ["filter FORWARD"] },
  { text: "-m physdev <!>--physdev-in <link>", chains: ["filter INPUT", "filter FORWARD"] },
  { text: "-m physdev <!>--physdev-out <link> --physdev-is-bridged", chains: ["filter FORWARD"] },
  { text: "-m owner <!>--uid-owner <n16>", chains: output },
  { text: "-m owner <!>--gid-owner <n8>-<more>", chains: output },
  { text: "-m owner --socket-exists", chains: output },
  {
    text: "-m mac <!>--mac-source 02:42:ac:11:00:<hex>",
    chains: ["filter INPUT", "filter FORWARD"],
  },
  { text: "-m pkttype <!>--pkt-type <pkttype>" },
  { text: "-m length <!>--length <n8>:<more>" },
  { text: "-m length --length <n16>" },
  { text: "-m ttl --ttl-lt <n8>", family: 4 },
  { text: "-m ttl <!>--ttl-eq <n8>", family: 4 },
  { text: "-m hl --hl-gt <n8>", family: 6 },
  { text: "-m hl <!>--hl-eq <n8>", family: 6 },
  { text: "-m tos <!>--tos 0x<hex>/0xff" },
  { text: "-m dscp <!>--dscp 0x<hex6>" },
  { text: "-m ecn <!>--ecn-tcp-ece", protocol: "tcp" },
  { text: "-m ecn --ecn-ip-ect <digit3>" },
  { text: "-m time --timestart 08:00:00 --timestop 17:30:00 --weekdays Mon,Tue,Sat" },
  { text: "-m time --datestart 2026-01-01T00:00:00 --datestop 2027-01-01T00:00:00 --kerneltz" },
  { text: "-m time <!>--monthdays 1,15 --timestart 22:00:00 --timestop 02:00:00 --contiguous" },
  { text: "-m connlimit --connlimit-upto <n8> --connlimit-mask 24 --connlimit-saddr" },
  { text: "-m connlimit --connlimit-above <n8> --connlimit-mask 32 --connlimit-daddr" },
  { text: "-m connbytes <!>--connbytes <n16>:<more> --connbytes-dir both --connbytes-mode bytes" },
  { text: "-m connbytes --connbytes <n16> --connbytes-dir original --connbytes-mode packets" },
  { text: "-m connlabel <!>--label <n7>" },
  { text: '-m string <!>--string "<plain> x" --algo bm --to <n16>' },
  { text: '-m string --hex-string "|0d0a<hex>|GET" --algo kmp --from 4 --icase' },
  { text: "-m u32 <!>--u32 0x0>>0x16&0x3c@0xc=0x<hex>:0xff<hex>" },
  { text: '-m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"' },
  { text: "-m cgroup <!>--cgroup <n16>" },
  { text: "-m cluster --cluster-total-nodes 4 --cluster-local-node 2 --cluster-hash-seed 0x<hex>" },
  { text: "-m cpu <!>--cpu <digit>" },
  { text: "-m devgroup <!>--src-group 0x<hex>", chains: ["filter INPUT", "filter FORWARD"] },
  { text: '-m helper <!>--helper "ftp"' },
  { text: "-m ipcomp <!>--ipcompspi <n16>", protocol: "ipcomp" },
  { text: "-m osf --genre Linux --ttl 1", protocol: "tcp", family: 4 },
  { text: "-m policy --dir in --pol ipsec", chains: ["filter INPUT", "filter FORWARD"] },
  { text: "-m policy --dir out --pol none", chains: ["filter FORWARD", "filter OUTPUT"] },
  {
    text: "-m policy --dir in --pol ipsec --strict --reqid <n8> --proto esp --mode transport",
    chains: ["filter INPUT"],
  },
  { text: "-m quota <!>--quota <n16>" },
  { text: "-m realm <!>--realm 0x<hex>", chains: ["filter FORWARD"], family: 4 },
  { text: "-m rpfilter --loose --validmark <!>--invert", chains: ["raw PREROUTING"] },
  { text: "-m rpfilter --accept-local", chains: ["mangle PREROUTING"] },
  { text: "-m set <!>--match-set <set> src" },
  { text: "-m set --match-set <set> src --return-nomatch" },
  { text: "-m set --match-set <set> dst --packets-gt <n8> ! --update-counters" },
  { text: "-m socket --transparent --nowildcard", chains: ["mangle PREROUTING"] },
  { text: "-m socket --restore-skmark", chains: ["mangle PREROUTING"] },
  { text: "-m tcpmss <!>--mss <n8>:<more>", protocol: "tcp" },
  { text: "-m nfacct --nfacct-name acct" },
  { text: "-m rateest --rateest x1 --rateest-gt --rateest-bps 1mbit" },
  { text: "-m ipvs --ipvs" },
  { text: "-m eui64", family: 6, chains: ["filter INPUT", "filter FORWARD"] },
  { text: "-m frag --fragid <n16> --fragfirst", family: 6 },
  { text: "-m hbh --hbh-len <n8>", family: 6 },
  { text: "-m dst --dst-len <n8>", family: 6 },
  { text: "-m ipv6header --header hop-by-hop,dst --soft", family: 6 },
  { text: "-m mh --mh-type 1:3", family: 6, protocol: "mh" },
  { text: "-m rt <!>--rt-type 0 --rt-segsleft <digit>", family: 6 },
  { text: "-m srh --srh-next-hdr 17", family: 6 },
];

export const targetPieces: readonly IptablesPiece[] = [
  { text: "" },
  { text: "-j ACCEPT" },
  { text: "-j DROP" },
  { text: "-j RETURN" },
  { text: "-j web", chains: builtin },
  { text: "-g web-2", chains: builtin },
  { text: "-j odd.name+1", chains: builtin },
  { text: "-j REJECT --reject-with icmp-host-prohibited", family: 4, chains: filter },
  { text: "-j REJECT --reject-with tcp-reset", protocol: "tcp", chains: filter },
  { text: "-j REJECT --reject-with icmp6-adm-prohibited", family: 6, chains: filter },
  { text: "-j LOG --log-prefix <words> --log-level <digit7> --log-tcp-options --log-uid" },
  { text: "-j LOG" },
  { text: "-j NFLOG --nflog-group <n8> --nflog-prefix <words> --nflog-threshold <digit>" },
  { text: "-j MARK --set-xmark <mark>/<mark>", chains: mangle },
  { text: "-j MARK --or-mark <mark>", chains: mangle },
  { text: "-j CONNMARK --save-mark --nfmask <mark> --ctmask <mark>", chains: mangle },
  { text: "-j CONNMARK --restore-mark", chains: mangle },
  { text: "-j CONNMARK --set-xmark <mark>/<mark>", chains: mangle },
  { text: "-j CLASSIFY --set-class <digit>:<digit>", chains: ["mangle POSTROUTING"] },
  { text: "-j DSCP --set-dscp 0x<hex6>", chains: mangle },
  { text: "-j TOS --set-tos 0x<hex>/0xff", chains: mangle },
  { text: "-j TTL --ttl-set <n8>", family: 4, chains: mangle },
  { text: "-j HL --hl-dec <digit1>", family: 6, chains: mangle },
  { text: "-j ECN --ecn-tcp-remove", protocol: "tcp", family: 4, chains: mangle },
  {
    text: "-m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
    protocol: "tcp",
    chains: ["mangle FORWARD"],
  },
  {
    text: "-m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss <n16>",
    protocol: "tcp",
    chains: ["mangle FORWARD"],
  },
  { text: "-j TCPOPTSTRIP --strip-options <digit2>,<n7x>", protocol: "tcp", chains: mangle },
  { text: "-j CHECKSUM --checksum-fill", chains: ["mangle POSTROUTING"] },
  { text: "-j TEE --gateway <address>", chains: mangle },
  { text: "-j NFQUEUE --queue-num <n8>" },
  { text: "-j NFQUEUE --queue-balance <n8>:<more> --queue-bypass" },
  { text: "-j NFQUEUE --queue-balance <n8>:<more> --queue-cpu-fanout" },
  {
    text: "-j TPROXY --on-port <port> --on-ip <address> --tproxy-mark <mark>/<mark>",
    protocol: "tcp",
    chains: ["mangle PREROUTING"],
  },
  { text: "-j TRACE", chains: ["raw PREROUTING", "raw OUTPUT"] },
  { text: "-j CT --notrack", chains: ["raw PREROUTING", "raw OUTPUT"] },
  { text: "-j CT --zone <n8> --ctevents new,destroy", chains: ["raw PREROUTING"] },
  { text: "-j NOTRACK", chains: ["raw OUTPUT"] },
  { text: "-j SET --add-set <set> src --exist --timeout <n8>" },
  { text: "-j SET --del-set <set> dst" },
  { text: "-j AUDIT --type drop" },
  { text: "-j CONNSECMARK --save", chains: ["mangle PREROUTING", "mangle FORWARD"] },
  { text: "-j SECMARK --selctx system_u:object_r:a_t:s0", chains: ["mangle PREROUTING"] },
  { text: "-j RATEEST --rateest-name x<id> --rateest-interval 250ms --rateest-ewmalog 0.5s" },
  { text: "-j LED --led-trigger-id l<id>" },
  {
    text: "-j CLUSTERIP --new --hashmode sourceip --clustermac 01:00:5e:00:00:20 --total-nodes 2 --local-node 1",
    family: 4,
    chains: ["filter INPUT"],
  },
  {
    text: "-j SNPT --src-pfx fd00::/64 --dst-pfx fd01::/64",
    family: 6,
    chains: ["mangle POSTROUTING"],
  },
  {
    text: "-j DNPT --src-pfx fd01::/64 --dst-pfx fd00::/64",
    family: 6,
    chains: ["mangle PREROUTING"],
  },
  { text: "-j IDLETIMER --timeout <n8> --label i<id>" },
  {
    text: "-j HMARK --hmark-tuple src,dst,sport --hmark-mod <n8> --hmark-rnd 0x<hex> --hmark-offset <n8>",
    chains: mangle,
  },
  {
    text: "-j SYNPROXY --sack-perm --timestamp --wscale 7 --mss 1460",
    protocol: "tcp",
    chains: ["filter INPUT"],
  },
  { text: "-j DNAT --to-destination <address>", chains: ["nat PREROUTING"] },
  {
    text: "-j DNAT --to-destination <address4>:<port>",
    family: 4,
    protocol: "tcp",
    chains: ["nat PREROUTING"],
  },
  {
    text: "-j DNAT --to-destination <address4>:<port>-<moreport>/<port>",
    family: 4,
    protocol: "tcp",
    chains: ["nat PREROUTING"],
  },
  {
    text: "-j DNAT --to-destination [<address6>]:<port> --random --persistent",
    family: 6,
    protocol: "udp",
    chains: ["nat OUTPUT"],
  },
  { text: "-j SNAT --to-source <range> --random-fully", chains: ["nat POSTROUTING"] },
  {
    text: "-j MASQUERADE --to-ports <port>-<moreport> --random",
    protocol: "tcp",
    chains: ["nat POSTROUTING"],
  },
  { text: "-j MASQUERADE", chains: ["nat POSTROUTING"] },
  {
    text: "-j REDIRECT --to-ports <port>",
    protocol: "tcp",
    chains: ["nat PREROUTING", "nat OUTPUT"],
  },
  { text: "-j NETMAP --to <net>", chains: ["nat PREROUTING", "nat POSTROUTING"] },
];

export const anyChains: readonly string[] = [
  "filter INPUT",
  "filter FORWARD",
  "filter OUTPUT",
  "filter web",
  "mangle PREROUTING",
  "mangle POSTROUTING",
  "raw PREROUTING",
  "raw OUTPUT",
  "nat POSTROUTING",
];
