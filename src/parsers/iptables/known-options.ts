/** How many words an option takes: 0, 1 or 2; or one that iptables-save quotes where it must (`text`), or always (`quoted`). */
export type OptionForm = 0 | 1 | 2 | "text" | "quoted";

type Options = Readonly<Record<string, OptionForm>>;

/** Options of one form, without their dashes. */
function each(form: OptionForm, names: string): Options {
  return Object.fromEntries(names.split(" ").map((name) => [`--${name}`, form]));
}

const spi = (name: string) => each(1, name);
const ports = each(1, "sport dport");
const hops = (name: string) => each(1, `${name}-eq ${name}-lt ${name}-gt`);

/** Options of the matches that iptables-save prints and docknet does not judge. Source: libxt_*, libipt_* and libip6t_* of iptables. */
const MATCHES: readonly (readonly [string, Options])[] = [
  ["ah", { ...each(1, "ahspi ahlen"), ...each(0, "ahres") }],
  ["addrtype", { ...each(1, "src-type dst-type"), ...each(0, "limit-iface-in limit-iface-out") }],
  ["bpf", { ...each("quoted", "bytecode"), ...each(1, "object-pinned") }],
  ["cgroup", each(1, "cgroup path")],
  [
    "cluster",
    each(1, "cluster-local-node cluster-local-nodemask cluster-total-nodes cluster-hash-seed"),
  ],
  ["connbytes", each(1, "connbytes connbytes-mode connbytes-dir")],
  ["connlabel", { ...each("quoted", "label"), ...each(0, "set") }],
  [
    "connlimit",
    {
      ...each(1, "connlimit-upto connlimit-above connlimit-mask"),
      ...each(0, "connlimit-saddr connlimit-daddr"),
    },
  ],
  [
    "conntrack",
    each(
      1,
      "ctstate ctproto ctorigsrc ctorigdst ctreplsrc ctrepldst ctorigsrcport ctorigdstport ctreplsrcport ctrepldstport ctstatus ctexpire ctdir",
    ),
  ],
  ["cpu", each(1, "cpu")],
  ["dccp", { ...ports, ...each(1, "dccp-types dccp-option") }],
  ["devgroup", each(1, "src-group dst-group")],
  ["dscp", each(1, "dscp")],
  ["dst", each(1, "dst-len dst-opts")],
  ["ecn", { ...each(0, "ecn-tcp-cwr ecn-tcp-ece"), ...each(1, "ecn-ip-ect") }],
  ["esp", spi("espspi")],
  ["eui64", {}],
  ["frag", { ...each(1, "fragid fraglen"), ...each(0, "fragres fragfirst fragmore fraglast") }],
  [
    "hashlimit",
    {
      ...each(
        1,
        "hashlimit-upto hashlimit-above hashlimit-burst hashlimit-mode hashlimit-name hashlimit-srcmask hashlimit-dstmask hashlimit-htable-size hashlimit-htable-max hashlimit-htable-expire hashlimit-htable-gcinterval hashlimit-rate-interval",
      ),
      ...each(0, "hashlimit-rate-match"),
    },
  ],
  ["hbh", each(1, "hbh-len hbh-opts")],
  ["helper", each("text", "helper")],
  ["hl", hops("hl")],
  ["ipcomp", { ...spi("ipcompspi"), ...each(0, "compres") }],
  ["ipv6header", { ...each(1, "header"), ...each(0, "soft") }],
  ["length", each(1, "length")],
  ["limit", each(1, "limit limit-burst")],
  ["mac", each(1, "mac-source")],
  ["mh", each(1, "mh-type")],
  ["nfacct", each(1, "nfacct-name")],
  ["osf", each(1, "genre ttl log")],
  ["owner", { ...each(1, "uid-owner gid-owner"), ...each(0, "socket-exists suppl-groups") }],
  [
    "physdev",
    {
      ...each(1, "physdev-in physdev-out"),
      ...each(0, "physdev-is-in physdev-is-out physdev-is-bridged"),
    },
  ],
  ["pkttype", each(1, "pkt-type")],
  [
    "policy",
    {
      ...each(1, "dir pol reqid spi proto mode tunnel-src tunnel-dst"),
      ...each(0, "strict next"),
    },
  ],
  ["quota", each(1, "quota")],
  ["realm", each(1, "realm")],
  [
    "recent",
    {
      ...each(0, "set rcheck update remove reap rttl rsource rdest"),
      ...each(1, "seconds hitcount name mask"),
    },
  ],
  ["rpfilter", each(0, "loose validmark accept-local invert")],
  ["rt", { ...each(1, "rt-type rt-segsleft rt-len rt-0-addrs"), ...each(0, "rt-0-res") }],
  ["sctp", { ...ports, ...each(2, "chunk-types") }],
  [
    "set",
    {
      ...each(2, "match-set"),
      ...each(0, "return-nomatch update-counters update-subcounters"),
      ...each(1, "packets-eq packets-lt packets-gt bytes-eq bytes-lt bytes-gt"),
    },
  ],
  ["socket", each(0, "transparent nowildcard restore-skmark")],
  ["srh", each(1, "srh-next-hdr srh-hdr-len-eq srh-segs-left-eq srh-last-entry-eq srh-tag")],
  ["statistic", each(1, "mode probability every packet")],
  [
    "string",
    { ...each("quoted", "string hex-string"), ...each(1, "algo from to"), ...each(0, "icase") },
  ],
  ["tcp", { ...ports, ...each(1, "tcp-option"), ...each(2, "tcp-flags") }],
  ["tcpmss", each(1, "mss")],
  [
    "time",
    {
      ...each(1, "timestart timestop datestart datestop weekdays monthdays"),
      ...each(0, "kerneltz contiguous utc localtz"),
    },
  ],
  ["tos", each(1, "tos")],
  ["ttl", hops("ttl")],
];

/** The same of the targets. */
const TARGETS: readonly (readonly [string, Options])[] = [
  ["AUDIT", each(1, "type")],
  ["CHECKSUM", each(0, "checksum-fill")],
  ["CLASSIFY", each(1, "set-class")],
  ["CONNMARK", { ...each(1, "set-xmark nfmask ctmask"), ...each(0, "save-mark restore-mark") }],
  ["CONNSECMARK", each(0, "save restore")],
  [
    "CT",
    {
      ...each(0, "notrack"),
      ...each(1, "zone zone-orig zone-reply helper timeout ctevents expevents"),
    },
  ],
  ["DNAT", { ...each(1, "to-destination"), ...each(0, "random persistent") }],
  ["DNPT", each(1, "src-pfx dst-pfx")],
  ["DSCP", each(1, "set-dscp")],
  ["ECN", each(0, "ecn-tcp-remove")],
  ["HL", each(1, "hl-set hl-inc hl-dec")],
  [
    "HMARK",
    each(
      1,
      "hmark-tuple hmark-mod hmark-offset hmark-rnd hmark-src-prefix hmark-dst-prefix hmark-sport hmark-dport hmark-spi hmark-sport-mask hmark-dport-mask hmark-spi-mask hmark-proto-mask",
    ),
  ],
  ["IDLETIMER", { ...each(1, "timeout label"), ...each(0, "alarm send_nl_msg") }],
  [
    "LOG",
    {
      ...each("text", "log-prefix"),
      ...each(1, "log-level"),
      ...each(0, "log-tcp-sequence log-tcp-options log-ip-options log-uid log-macdecode"),
    },
  ],
  ["NETMAP", each(1, "to")],
  [
    "NFLOG",
    {
      ...each("text", "nflog-prefix"),
      ...each(1, "nflog-group nflog-range nflog-size nflog-threshold"),
    },
  ],
  [
    "NFQUEUE",
    { ...each(1, "queue-num queue-balance"), ...each(0, "queue-bypass queue-cpu-fanout") },
  ],
  ["RATEEST", each(1, "rateest-name rateest-interval rateest-ewmalog")],
  ["SECMARK", each(1, "selctx")],
  [
    "SET",
    {
      ...each(2, "add-set del-set map-set"),
      ...each(1, "timeout"),
      ...each(0, "exist map-mark map-prio map-queue"),
    },
  ],
  ["SNPT", each(1, "src-pfx dst-pfx")],
  ["SYNPROXY", { ...each(0, "sack-perm timestamp"), ...each(1, "wscale mss") }],
  ["TCPMSS", { ...each(1, "set-mss"), ...each(0, "clamp-mss-to-pmtu") }],
  ["TCPOPTSTRIP", each(1, "strip-options")],
  ["TEE", each(1, "gateway oif")],
  ["TOS", each(1, "set-tos")],
  ["TPROXY", each(1, "on-port on-ip tproxy-mark")],
  ["TRACE", {}],
  ["TTL", each(1, "ttl-set ttl-inc ttl-dec")],
];

/** Options by name, by module. */
export const matchOptions: ReadonlyMap<string, Options> = new Map(MATCHES);
export const targetOptions: ReadonlyMap<string, Options> = new Map(TARGETS);
