/**
 * The faults that the lab injects, as data: what is run on which host, and what docknet must say. The lab proves them on real
 * daemons and keeps a recording of each; the corpus holds the recordings to the same words.
 */
export interface LabFault {
  /** Also the name of its recording: `lab-<host>--<name>`. */
  readonly name: string;
  readonly host: "standard" | "manager" | "worker";
  /** Shell lines, run on the host as root. */
  readonly inject: readonly string[];
  readonly cause: { readonly check: string; readonly subject: string };
  /** Part of an evidence line: what the injection wrote, or took away. */
  readonly evidence: string;
  /** Broken paths, and what `docknet trace` says of each: the element that was injected, wherever it stands on the way. */
  readonly traces: readonly [FaultTrace, ...FaultTrace[]];
}

/** A question to `docknet trace`, and part of its sentence. */
export interface FaultTrace {
  readonly from: string;
  readonly to: string;
  readonly protocol?: "tcp" | "udp";
  readonly says: string;
}

/** What a container asks of the outside, and what the outside asks of a published port: an element stops the one, or the other's answer. */
function bothWays(
  container: string,
  hostPort: number,
  says: readonly [there: string, back: string],
): readonly [FaultTrace, FaultTrace] {
  return [
    { from: container, to: "outside:80", says: says[0] },
    { from: "outside", to: `host:${hostPort}`, says: says[1] },
  ];
}

function intoHost(port: number, protocol: "tcp" | "udp", rule: string): readonly [FaultTrace] {
  const says = `ipv4 filter INPUT rule 1: ${rule}`;
  const to = `host:${port}`;
  return [{ from: "outside", to, says, ...(protocol === "udp" ? { protocol } : {}) }];
}

const notServed = "by docker-proxy, as no nat rule translates the destination";

export const labFaults = [
  {
    name: "ip-forward-off",
    host: "standard",
    inject: ["sysctl -w net.ipv4.ip_forward=0"],
    cause: { check: "ip-forward-off", subject: "sysctl:net.ipv4.ip_forward" },
    evidence: "net.ipv4.ip_forward = 0",
    traces: bothWays("api", 8081, [
      "does not reach outside:80/tcp: dropped in host: net.ipv4.ip_forward = 0",
      "does not reach host:8081/tcp: dropped in host: net.ipv4.ip_forward = 0",
    ]),
  },
  {
    name: "uplink-forwarding-off",
    host: "standard",
    inject: ["sysctl -w net.ipv4.conf.eth0.forwarding=0"],
    cause: { check: "if-forwarding-off", subject: "sysctl:net.ipv4.conf.eth0.forwarding" },
    evidence: "net.ipv4.conf.eth0.forwarding = 0",
    traces: bothWays("api", 8080, [
      "its answer is dropped in host: net.ipv4.conf.eth0.forwarding = 0",
      "does not reach host:8080/tcp: dropped in host: net.ipv4.conf.eth0.forwarding = 0",
    ]),
  },
  {
    name: "bridge-forwarding-off",
    host: "standard",
    inject: ["sysctl -w net.ipv4.conf.docker0.forwarding=0"],
    cause: { check: "if-forwarding-off", subject: "sysctl:net.ipv4.conf.docker0.forwarding" },
    evidence: "net.ipv4.conf.docker0.forwarding = 0",
    traces: bothWays("web", 8080, [
      "does not reach outside:80/tcp: dropped in host: net.ipv4.conf.docker0.forwarding = 0",
      "its answer is dropped in host: net.ipv4.conf.docker0.forwarding = 0",
    ]),
  },
  {
    name: "forward-policy-drop",
    host: "standard",
    inject: ["iptables -P FORWARD DROP", "iptables -F FORWARD"],
    cause: {
      check: "forward-policy-drop-no-docker-rules",
      subject: "chain:ipv4/filter/FORWARD",
    },
    evidence: ":FORWARD DROP",
    traces: bothWays("api", 8081, [
      "dropped in host: ipv4 filter FORWARD policy DROP",
      "dropped in host: ipv4 filter FORWARD policy DROP",
    ]),
  },
  {
    name: "chains-flushed",
    host: "standard",
    inject: ["iptables -t nat -F", "iptables -t nat -X", "iptables -F", "iptables -X"],
    cause: { check: "docker-chains-flushed", subject: "chain:ipv4/nat/DOCKER" },
    evidence: "missing: :DOCKER - [0:0]",
    traces: bothWays("api", 8080, ["dropped in host: ipv4 filter FORWARD policy DROP", notServed]),
  },
  {
    name: "masquerade-missing",
    host: "standard",
    inject: ["iptables -t nat -D POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE"],
    cause: { check: "nat-masquerade-missing", subject: "network:bridge" },
    evidence: "-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
    traces: [
      { from: "web", to: "outside:80", says: "no nat rule translates the source 172.17.0.2" },
    ],
  },
  {
    name: "dnat-flushed",
    host: "standard",
    inject: ["iptables -t nat -F DOCKER"],
    cause: { check: "dnat-missing", subject: "chain:ipv4/nat/DOCKER" },
    evidence: "--dport 8080 -j DNAT",
    traces: [
      { from: "outside", to: "host:8080", says: notServed },
      { from: "outside", to: "host:8081", says: notServed },
    ],
  },
  {
    name: "dnat-of-one-port-missing",
    host: "standard",
    inject: [
      'iptables -t nat $(iptables -t nat -S DOCKER | grep -e "--dport 8081 " | grep -v 127.0.0.1 | sed "s/^-A/-D/")',
    ],
    cause: { check: "dnat-missing", subject: "published-port:api/0.0.0.0:8081/tcp" },
    evidence: "--dport 8081 -j DNAT",
    traces: [{ from: "outside", to: "host:8081", says: notServed }],
  },
  {
    name: "docker-user-drops-uplink",
    host: "standard",
    inject: ["iptables -I DOCKER-USER -i eth0 -j DROP"],
    cause: { check: "docker-user-blocks-all", subject: "chain:ipv4/filter/DOCKER-USER" },
    evidence: "-A DOCKER-USER -i eth0 -j DROP",
    traces: bothWays("api", 8081, [
      "its answer is dropped in host: ipv4 filter DOCKER-USER rule 1: -A DOCKER-USER -i eth0 -j DROP",
      "does not reach host:8081/tcp: dropped in host: ipv4 filter DOCKER-USER rule 1: -A DOCKER-USER -i eth0 -j DROP",
    ]),
  },
  {
    name: "bridge-down",
    host: "standard",
    inject: ["ip link set docker0 down"],
    cause: { check: "bridge-down", subject: "link:docker0" },
    evidence: "docker0: <BROADCAST,MULTICAST> mtu 1500",
    traces: bothWays("web", 8080, [
      "dropped in host: link docker0 is down",
      "dropped in host: link docker0 is down",
    ]),
  },
  {
    name: "bridge-no-ip",
    host: "standard",
    inject: ["ip addr flush dev docker0"],
    cause: { check: "bridge-no-ip", subject: "link:docker0" },
    evidence: "docker0 has no inet line",
    traces: bothWays("web", 8080, [
      "dropped in host: link docker0 does not carry 172.17.0.1",
      "dropped in host: link docker0 does not carry 172.17.0.1",
    ]),
  },
  {
    name: "management-port-dropped",
    host: "manager",
    inject: ["iptables -I INPUT -p tcp --dport 2377 -j DROP"],
    cause: { check: "swarm-port-blocked", subject: "swarm-port:2377/tcp" },
    evidence: "-A INPUT -p tcp -m tcp --dport 2377 -j DROP",
    traces: intoHost(2377, "tcp", "-A INPUT -p tcp -m tcp --dport 2377 -j DROP"),
  },
  {
    name: "gossip-tcp-dropped",
    host: "worker",
    inject: ["iptables -I INPUT -p tcp --dport 7946 -j DROP"],
    cause: { check: "swarm-port-blocked", subject: "swarm-port:7946/tcp" },
    evidence: "-A INPUT -p tcp -m tcp --dport 7946 -j DROP",
    traces: intoHost(7946, "tcp", "-A INPUT -p tcp -m tcp --dport 7946 -j DROP"),
  },
  {
    name: "gossip-udp-dropped",
    host: "worker",
    inject: ["iptables -I INPUT -p udp --dport 7946 -j DROP"],
    cause: { check: "swarm-port-blocked", subject: "swarm-port:7946/udp" },
    evidence: "-A INPUT -p udp -m udp --dport 7946 -j DROP",
    traces: intoHost(7946, "udp", "-A INPUT -p udp -m udp --dport 7946 -j DROP"),
  },
  {
    name: "data-path-dropped",
    host: "worker",
    inject: ["iptables -I INPUT -p udp --dport 4789 -j DROP"],
    cause: { check: "swarm-port-blocked", subject: "swarm-port:4789/udp" },
    evidence: "-A INPUT -p udp -m udp --dport 4789 -j DROP",
    traces: intoHost(4789, "udp", "-A INPUT -p udp -m udp --dport 4789 -j DROP"),
  },
] as const satisfies readonly LabFault[];

export type LabFaultName = (typeof labFaults)[number]["name"];
