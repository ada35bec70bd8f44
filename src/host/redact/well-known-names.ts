/** Networks that every engine or swarm has, in their order. */
export const wellKnownNetworks = [
  "bridge",
  "docker_gwbridge",
  "host",
  "ingress",
  "none",
] as const satisfies readonly string[];

const network: ReadonlySet<string> = new Set(wellKnownNetworks);

/** Whether a network's, endpoint's or namespace's name is one that Docker gives on every host. */
export function isWellKnownNetwork(name: string): boolean {
  return network.has(name) || /^(?:gateway_|lb-)?ingress(?:[-_](?:sbox|endpoint))?$/.test(name);
}

const stems =
  "eth|en[ops]|wl[ops]?|ww|ib|bond|team|br|virbr|vnet|tun|tap|wg|dummy|sit|tunl|gre|gretap|erspan|ip_vti|ip6_vti|ip6tnl|ip6gre|ifb|vxlan|vlan|macvlan|macvtap|ipvlan|ppp|usb|lxcbr|lxdbr|podman|cni|flannel\\.?|tailscale|kube-ipvs|docker|vmbr|veth|br-|lo";
const linkName = new RegExp(
  `^(?:lo|if\\d+|docker_gwbridge|cilium_(?:host|net|vxlan)|nodelocaldns|weave|ovs-system|veth[0-9a-f]{4,}|vx-[0-9a-f]{6}|(?:${stems})\\d[0-9a-z]{0,9})(?:\\.\\d{1,4})?$`,
);
const linkStem = new RegExp(`^(?:${stems}|e|en|w|v|ve|d|b)\\d*$`);

/** Link names that systemd, the kernel, Docker and others give: `eth0`, `enp3s0`, `bond0.12`, `veth1a2b3c4`. */
export function isWellKnownLink(name: string): boolean {
  return linkName.test(name);
}

/** Beginnings of those, as rules match links by: `eth+`, `br-+`. */
export function isLinkStem(beginning: string): boolean {
  return linkStem.test(beginning);
}

const builtinChains: ReadonlySet<string> = new Set([
  ...["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING", "INGRESS", "EGRESS"],
  ...["prerouting", "input", "forward", "output", "postrouting", "ingress", "egress"],
]);
const dockerChain =
  /^DOCKER(?:-(?:USER|FORWARD|BRIDGE|CT|INTERNAL|INGRESS|ISOLATION(?:-STAGE-[12])?|OVERLAY|OUTPUT|POSTROUTING))?$/;
// Chains of firewall managers whose names hold nothing of a person's.
const managerChains: readonly RegExp[] = [
  /^ufw6?-[a-z-]+$/,
  /^KUBE-(?:SVC|SEP|FW|XLB|EXT|SVL)-[A-Z0-9]{16}$/,
  /^KUBE-[A-Z-]+$/,
  /^CNI-(?:[A-Z-]+|[0-9a-f]{24}|DN-[0-9a-f]{21})$/,
  /^LIBVIRT_[A-Z]+$/,
  /^NETAVARK[-_][A-Z0-9_-]+$/,
  /^ts-(?:input|forward|postrouting)$/,
  /^(?:IN|FWD|FWDI|FWDO|PRE|POST|OUT|INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING)_(?:direct|ZONES|ZONES_SOURCE|IN_ZONES|OUT_ZONES|POLICIES_(?:pre|post))$/,
  /^(?:filter|nat|mangle|raw)_(?:PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)(?:_[A-Z_]+(?:_(?:pre|post))?)?$/,
  /^(?:(?:filter|nat|mangle|raw)_)?(?:IN|OUT|FWD|FWDI|FWDO|PRE|POST)_(?:public|block|dmz|drop|external|home|internal|trusted|work|docker|libvirt|policy_allow-host-ipv6|policy_docker-forwarding)(?:_(?:pre|log|deny|allow|post))?$/,
  // dockerd with the nftables backend: chains and maps.
  /^(?:filter|nat|raw|mangle)-[a-z-]+-jumps$/,
  /^(?:filter|nat|raw|mangle)-(?:PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING|prerouting-and-output)$/,
];

/** Built-in chains, Docker's, and those of firewall managers. */
export function isWellKnownChain(name: string): boolean {
  return (
    builtinChains.has(name) ||
    dockerChain.test(name) ||
    managerChains.some((pattern) => pattern.test(name))
  );
}

const tables: ReadonlySet<string> = new Set([
  ...["local", "main", "default", "unspec"],
  ...["raw", "mangle", "nat", "filter", "security", "route", "broute", "docker-bridges"],
  ...["firewalld", "f2b-table", "fw4", "libvirt_network", "ufw", "kube-proxy", "netavark"],
]);

/** Tables of iptables, of Docker and of firewall managers. */
export function isWellKnownTable(name: string): boolean {
  return tables.has(name);
}

const programs: ReadonlySet<string> = new Set([
  ...["docker-proxy", "dockerd", "docker", "containerd", "containerd-shim", "runc", "rootlesskit"],
  ...["sshd", "systemd", "systemd-resolve", "systemd-resolved", "systemd-network", "init", "httpd"],
  ...["rpcbind", "chronyd", "ntpd", "dnsmasq", "avahi-daemon", "nginx", "apache2", "haproxy"],
  ...[
    "dhclient",
    "cupsd",
    "master",
    "exim4",
    "node_exporter",
    "prometheus",
    "kubelet",
    "kube-proxy",
  ],
]);

/** Programs that many hosts run; the name of any other may say whose the host is. */
export function isWellKnownProgram(name: string): boolean {
  return programs.has(name);
}

const pathParts: ReadonlySet<string> = new Set([
  ...["var", "lib", "run", "docker", "containers", "netns", "hosts", "hostname", "resolv.conf"],
  ...["etc", "proc", "sys", "net", "ns", "usr", "bin", "sbin", "local", "opt", "snap", "common"],
  ...["user", "containerd", "containerd.sock", "docker.sock", "docker.pid", "daemon.json", "self"],
  ...[
    "default",
    "ingress_sbox",
    "dockerd",
    "os-release",
    "kernel",
    "ipv4",
    "ipv6",
    "conf",
    "neigh",
  ],
]);

/** Names of directories and files that hold nothing of a person's. */
export function isWellKnownPathPart(part: string): boolean {
  return pathParts.has(part) || /^\d+$/.test(part);
}
