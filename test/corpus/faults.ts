import { labFaults } from "../support/lab-faults.ts";

/** What must be said of a recording of a broken host. */
export interface ExpectedCause {
  readonly recording: string;
  readonly check: string;
  readonly subject: string;
  /** Part of a line of its evidence. */
  readonly evidence: string;
}

const labHosts = { standard: "lab-h1", manager: "lab-m1", worker: "lab-w1" } as const;

const ofTheLab = labFaults.map(
  ({ name, host, cause, evidence }): ExpectedCause => ({
    recording: `${labHosts[host]}--${name}`,
    ...cause,
    evidence,
  }),
);

/** Every recording of a fault that docknet names, with the one cause that it has. */
export const expectedCauses: readonly ExpectedCause[] = [
  {
    recording: "24-drop-4789-udp-h2--after",
    check: "swarm-port-blocked",
    subject: "swarm-port:4789/udp",
    evidence: "-A INPUT -p udp -m udp --dport 4789 -j DROP",
  },
  {
    recording: "25-iptables-f-filter-h1--after",
    check: "docker-chains-flushed",
    subject: "chain:ipv4/filter/DOCKER",
    evidence: "missing: -A FORWARD -o <bridge> -j DOCKER",
  },
  {
    recording: "26-iptables-f-nat-h1--after",
    check: "docker-chains-flushed",
    subject: "chain:ipv4/nat/DOCKER",
    evidence: "missing: -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
  },
  {
    recording: "28-ip-forward-0-h1--after",
    check: "ip-forward-off",
    subject: "sysctl:net.ipv4.ip_forward",
    evidence: "net.ipv4.ip_forward = 0",
  },
  {
    recording: "29a-eth0-forwarding-0-h1--after",
    check: "if-forwarding-off",
    subject: "sysctl:net.ipv4.conf.eth0.forwarding",
    evidence: "net.ipv4.conf.eth0.forwarding = 0",
  },
  {
    recording: "30-docker-user-drop-h1--after",
    check: "docker-user-blocks-all",
    subject: "chain:ipv4/filter/DOCKER-USER",
    evidence: "-A DOCKER-USER -i eth0 -j DROP",
  },
  {
    recording: "31-masquerade-removed-h1--after",
    check: "nat-masquerade-missing",
    subject: "network:ub1",
    evidence: "! -o brub1 -j MASQUERADE",
  },
  {
    recording: "35-bridge-down-h1--after",
    check: "bridge-down",
    subject: "link:brub1",
    evidence: "brub1: <BROADCAST,MULTICAST> mtu 1500",
  },
  {
    recording: "40-nft-drop-other-table-h1--after",
    check: "traffic-blocked",
    subject: "chain:inet/extra/fw1",
    evidence: 'iifname "eth0" oifname "brub1" counter drop',
  },
  {
    recording: "45-route-shadows-bridge-subnet-h1--after",
    check: "traffic-blocked",
    subject: "route:172.25.0.0/25",
    evidence: "172.25.0.0/25",
  },
  ...ofTheLab,
];

const overIntents = [
  "dnat-missing",
  "docker-user-blocks-all",
  "forward-policy-drop-no-docker-rules",
  "nat-masquerade-missing",
  "traffic-blocked",
] as const;

/** Recordings in which something cannot be judged yet: which checks stay unknown. */
export const unknownChecks: Readonly<Record<string, readonly string[]>> = {
  // A container without its bridge port: seen, and not yet understood.
  "33-veth-detached-h1--after": overIntents,
};

/** Broken hosts of which docknet says nothing yet: the fault is inside a container, an overlay or on the way. */
export const unseenFaults: readonly string[] = [
  "24-drop-4789-udp-h1--after",
  "37-container-default-route-removed-h1--after",
  "42-fwd-policy-drop-only-h1--after",
  "52-firewalld-reload-f1--after",
  "56-ufw-enable-after-docker-f2--after",
  "60-overlay-underlay-mtu-1400-h1--after",
  "60-overlay-underlay-mtu-1400-h2--after",
  "62-overlay-fdb-entry-deleted-h1--after",
  "62-overlay-fdb-entry-deleted-h2--after",
];
