import type { IptablesRule, Ruleset } from "../model/netfilter.ts";
import type { Element } from "../model/packet.ts";
import type { RuleOwner } from "../model/rule-owner.ts";

interface Scheme {
  readonly owner: RuleOwner;
  readonly chains?: RegExp;
  /** Tables of native nftables. */
  readonly tables?: RegExp;
  readonly comments?: RegExp;
}

const dockerOwner: RuleOwner = {
  kind: "docker",
  name: "Docker",
  changeWith: "restart dockerd to have it made anew",
};

/** How each names what it makes. The first that fits is the owner. */
const schemes: readonly Scheme[] = [
  {
    owner: {
      kind: "docker-user",
      name: "the administrator",
      changeWith: "iptables -D DOCKER-USER, and wherever the rule is put back at boot",
    },
    chains: /^DOCKER-USER$/,
  },
  {
    // 20.10 has DOCKER-ISOLATION-STAGE-1, 28 DOCKER-FORWARD, -CT, -BRIDGE; embedded DNS DOCKER_OUTPUT; 29 with nftables its own table.
    owner: dockerOwner,
    chains: /^DOCKER(?:[-_]|$)/,
    tables: /^docker-bridges$/,
  },
  {
    // ufw(8), ufw-framework(8) and /etc/ufw/before.rules: ufw-before-input, ufw6-user-forward. `route` is for what is forwarded.
    owner: {
      kind: "ufw",
      name: "ufw",
      changeWith: "ufw route allow (to containers) or ufw allow (to the host)",
      keptIn: "/etc/ufw",
    },
    chains: /^ufw6?-/,
  },
  {
    // firewalld src/firewall/core/{ipXtables,nftables}.py; Docker's bridges are in its zone "docker". The table of nftables holds chains such as filter_FWD_public.
    owner: {
      kind: "firewalld",
      name: "firewalld",
      changeWith: "firewall-cmd --permanent --zone=docker (Docker's bridges) or the uplink's zone",
      keptIn: "/etc/firewalld",
    },
    chains:
      /^(?:(?:FWD|FWDI|FWDO|IN|OUT|PRE|POST)_|(?:INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING)_(?:direct|ZONES|IN_ZONES|OUT_ZONES|POLICIES)|filter_(?:IN|FWD)_)/,
    tables: /^firewalld$/,
  },
  {
    // libvirt src/network/network_iptables.c (LIBVIRT_FWI, _FWO, _FWX) and network_nftables.c.
    owner: {
      kind: "libvirt",
      name: "libvirt",
      changeWith: "virsh net-edit",
      keptIn: "/etc/libvirt/qemu/networks",
    },
    chains: /^LIBVIRT_/,
    tables: /^libvirt_network$/,
  },
  {
    // incus internal/server/firewall/drivers: "generated for Incus network incusbr0", table inet incus.
    owner: { kind: "incus", name: "Incus", changeWith: "incus network edit" },
    tables: /^incus$/,
    comments: /^generated for Incus /,
  },
  {
    // lxd/firewall/drivers: "generated for LXD network-forward lxdbr0", table inet lxd.
    owner: { kind: "lxd", name: "LXD", changeWith: "lxc network edit" },
    tables: /^lxd$/,
    comments: /^generated for LXD /,
  },
  {
    // fail2ban config/action.d/iptables.conf and nftables.conf.
    owner: {
      kind: "fail2ban",
      name: "fail2ban",
      changeWith: "fail2ban-client set <jail> unbanip <address>",
      keptIn: "/etc/fail2ban/jail.local",
    },
    chains: /^f2b-/,
    tables: /^f2b-table$/,
  },
  // kubernetes pkg/proxy/iptables and pkg/proxy/nftables.
  { owner: { kind: "kube-proxy", name: "Kubernetes" }, chains: /^KUBE-/, tables: /^kube-proxy$/ },
  // containernetworking/plugins: CNI-HOSTPORT-DNAT of portmap, CNI-FORWARD of firewall.
  { owner: { kind: "cni", name: "a CNI plugin" }, chains: /^CNI-/ },
  // calico felix/rules/rule_defs.go: ChainNamePrefix.
  { owner: { kind: "calico", name: "Calico" }, chains: /^cali-/, comments: /^cali:/ },
  // cilium pkg/datapath/iptables: CILIUM_FORWARD, and OLD_CILIUM_… while it renews them.
  { owner: { kind: "cilium", name: "Cilium" }, chains: /^(?:OLD_)?CILIUM_/ },
  // flannel pkg/trafficmngr/iptables: FLANNEL-FWD, "flanneld forward".
  { owner: { kind: "flannel", name: "flannel" }, chains: /^FLANNEL-/, comments: /^flanneld / },
  { owner: { kind: "weave", name: "Weave Net" }, chains: /^WEAVE(?:-|$)/ },
  {
    owner: { kind: "netavark", name: "Podman (netavark)", changeWith: "podman network reload" },
    chains: /^NETAVARK[-_]/,
    tables: /^netavark$/,
  },
  {
    // tailscale util/linuxfw: ts-input, ts-forward; --netfilter-mode=off leaves them out.
    owner: { kind: "tailscale", name: "Tailscale", changeWith: "tailscale up --netfilter-mode" },
    chains: /^ts-(?:input|forward|postrouting)$/,
  },
  {
    owner: { kind: "crowdsec", name: "CrowdSec", changeWith: "cscli decisions" },
    chains: /^CROWDSEC_CHAIN/,
    tables: /^crowdsec6?(?:-|$)/,
  },
  {
    owner: { kind: "sshguard", name: "sshguard" },
    chains: /^sshguard$/,
    tables: /^sshguard$/,
  },
  {
    // wg-quick/linux.bash.
    owner: { kind: "wg-quick", name: "wg-quick", keptIn: "/etc/wireguard" },
    tables: /^wg-quick-/,
    comments: /^wg-quick\(8\) rule for /,
  },
];

/** A table of native nftables that nobody known made may be nftables.service's or anybody's: the rules do not tell. */
const nativeOwner: RuleOwner = {
  kind: "native-nftables",
  name: "native nftables, perhaps nftables.service",
  keptIn: "/etc/nftables.conf, where nftables.service loads it",
};

/** Whose a chain of iptables is; undefined for the built-in ones and those with a name that docknet does not know. */
export function chainOwner(chain: string): RuleOwner | undefined {
  return schemes.find(({ chains }) => chains?.test(chain))?.owner;
}

/** Whose a table of native nftables is. */
export function nftTableOwner(table: string): RuleOwner {
  return schemes.find(({ tables }) => tables?.test(table))?.owner ?? nativeOwner;
}

/** Whose a rule of iptables is: its chain's owner; in another chain its comment tells, or else the chain that it goes to. */
export function ruleOwner(rule: IptablesRule): RuleOwner | undefined {
  return chainOwner(rule.chain) ?? commentOwner(rule) ?? targetOwner(rule);
}

function commentOwner({ matches }: IptablesRule): RuleOwner | undefined {
  for (const match of matches) {
    if (match.kind !== "comment") continue;
    const found = schemes.find(({ comments }) => comments?.test(match.text));
    if (found !== undefined) return found.owner;
  }
  return undefined;
}

/** The chain DOCKER-USER is for the administrator, the jump to it is Docker's, which puts it back first at each start. */
function targetOwner({ target }: IptablesRule): RuleOwner | undefined {
  if (target.kind !== "jump" && target.kind !== "goto") return undefined;
  const owner = chainOwner(target.chain);
  return owner?.kind === "docker-user" ? dockerOwner : owner;
}

/** Who keeps what decided, where that is a rule: by the rule as the host has it, or else by its chain. */
export function elementOwner(
  element: Element,
  rulesets: readonly Ruleset[],
): RuleOwner | undefined {
  if (element.kind === "nft-chain") return nftTableOwner(element.table);
  if (element.kind !== "rule") return undefined;
  const ruleset = rulesets.find(
    ({ family, backend }) => family === element.family && backend === element.backend,
  );
  const table = ruleset?.tables.find(({ name }) => name === element.table);
  const chain = table?.chains.find(({ name }) => name === element.chain);
  const rule = chain?.rules[element.ruleNumber - 1];
  return rule?.text === element.text ? ruleOwner(rule) : chainOwner(element.chain);
}

/** Where a change lasts, as a sentence shows it; undefined where docknet cannot tell. */
export function ownersPlace({ changeWith, keptIn }: RuleOwner): string | undefined {
  const parts = [
    ...(changeWith === undefined ? [] : [`change it with ${changeWith}`]),
    ...(keptIn === undefined ? [] : [`it is kept in ${keptIn}`]),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}
