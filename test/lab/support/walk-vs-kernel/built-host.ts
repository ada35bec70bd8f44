import { inNetnsOf } from "../netns-exec.ts";
import { mustRun } from "../run-command.ts";
import { type DrawnHost, dumpOf, programOf } from "./drawn-host.ts";
import { type Prober, startProber } from "./prober.ts";

/** MAC address of the neighbour's end of a link. */
export function peerMac(host: DrawnHost, peer: string): string {
  return `02:00:00:00:01:0${host.links.findIndex((link) => link.peer === peer)}`;
}

/** Builds a drawn router in namespaces of its own. */
export async function buildHost(host: DrawnHost): Promise<Prober> {
  const prober = await startProber();
  try {
    await mustRun(inNetnsOf(prober.routerPid, ["sh", "-eu"]), { input: setupScript(host, prober) });
    prober.tell([
      ...host.links.map(({ peer }) => `link ${peer}`),
      ...host.sockets.map(({ protocol, address, port }) => `listen ${protocol} ${address} ${port}`),
    ]);
    return prober;
  } catch (error) {
    await prober.end();
    throw error;
  }
}

const settings = [
  "net/ipv6/conf/default/accept_dad 0",
  "net/ipv6/conf/default/accept_ra 0",
  "net/ipv6/conf/default/router_solicitations 0",
  "net/ipv6/auto_flowlabels 0",
  "net/ipv6/icmp/ratelimit 0",
  "net/ipv4/icmp_ratelimit 0",
  "net/ipv4/icmp_msgs_per_sec 100000",
  "net/ipv4/icmp_msgs_burst 100000",
  "net/ipv4/conf/all/send_redirects 0",
  "net/ipv4/conf/default/send_redirects 0",
  "net/ipv4/conf/all/rp_filter 0",
  "net/ipv4/conf/default/rp_filter 0",
  "net/ipv4/tcp_syncookies 0",
];

function setupScript(host: DrawnHost, { neighboursPid }: Prober): string {
  const atNeighbours = (lines: readonly string[]) =>
    hereDocument(`nsenter -t ${neighboursPid} -n ip -batch -`, lines);
  const bridges = new Set(host.links.flatMap(({ master }) => master ?? []));
  const batch = host.ip.filter((line) => !line.startsWith("@bridge "));
  const fdb = host.ip
    .filter((line) => line.startsWith("@bridge "))
    .map((line) => line.slice("@bridge ".length));
  return [
    ...settings.map((line) => write(line, "|| :")),
    hereDocument("ip -batch -", [
      "link set lo up",
      ...[...bridges].flatMap((name) => [
        `link add ${name} address 02:00:00:00:00:02 type bridge mcast_snooping 0`,
        `link set ${name} addrgenmode none up`,
      ]),
      ...host.links.flatMap(({ name, peer, mac, master }, at) => [
        `link add ${name} address ${mac} type veth peer name ${peer} address 02:00:00:00:01:0${at} netns ${neighboursPid}`,
        `link set ${name} addrgenmode none ${master === undefined ? "arp off" : `master ${master}`} up`,
      ]),
    ]),
    atNeighbours(host.links.map(({ peer }) => `link set ${peer} promisc on up`)),
    tolerated("ip -force -batch -", batch),
    ...(host.ip6.length === 0 ? [] : [tolerated("ip -6 -force -batch -", host.ip6)]),
    ...(fdb.length === 0 ? [] : [hereDocument("bridge -batch -", fdb)]),
    ...(host.downPeers ?? []).flatMap((peer) => [
      atNeighbours([`link set ${peer} down`]),
      // The kernel tells of a lost carrier within a second (linkwatch).
      `for i in $(seq 40); do ip link show dev ${host.links.find((link) => link.peer === peer)?.name} | grep -q NO-CARRIER && break; sleep 0.05; done`,
    ]),
    ...host.sysctls.map((line) => write(line, "")),
    ...(host.ipset.length === 0 ? [] : [hereDocument("ipset restore", host.ipset)]),
    ...host.rulesets.map((ruleset) =>
      hereDocument(`${programOf(ruleset)}-restore`, [dumpOf(ruleset)]),
    ),
    ...(host.nft.length === 0 ? [] : [hereDocument("nft -f -", host.nft)]),
  ].join("\n");
}

function write(line: string, otherwise: string): string {
  const [path = "", value = ""] = line.split(" ");
  return `{ echo ${value} >/proc/sys/${path}; } 2>/dev/null ${otherwise}`;
}

/** Lines of which some may be refused: two routes that were drawn alike. */
function tolerated(command: string, lines: readonly string[]): string {
  return `${command} 2>/dev/null <<'E' || :\n${lines.join("\n")}\nE`;
}

function hereDocument(command: string, lines: readonly string[]): string {
  return `${command} <<'E'\n${lines.join("\n")}\nE`;
}

/** Traces every packet, and says where it leaves or enters the host: installed after docknet has read the host. */
export const observerTable = "lab_observer";

const observer = `table inet ${observerTable} {
  chain pre { type filter hook prerouting priority -301; meta nftrace set 1; }
  chain in-first { type filter hook input priority -301; meta nftrace set 1; }
  chain forward-first { type filter hook forward priority -301; meta nftrace set 1; }
  chain out { type filter hook output priority -301; meta nftrace set 1; }
  chain post-first { type filter hook postrouting priority -301; meta nftrace set 1; }
  chain in { type filter hook input priority 1000; }
  chain post { type filter hook postrouting priority 1000; ct state untracked; }
}
`;

/** Handles of nf_tables' rules by chain, in their order, before the observer is there. */
export type RuleNumbers = ReadonlyMap<string, number>;

export function ruleKey(at: {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly handle: number;
}): string {
  return `${at.family} ${at.table} ${at.chain} ${at.handle}`;
}

export async function observe(prober: Prober): Promise<RuleNumbers> {
  const script = `nft -a list ruleset && nft -f - <<'E'\n${observer}E`;
  const listed = await mustRun(inNetnsOf(prober.routerPid, ["sh", "-eu"]), { input: script });
  prober.tell(["trace"]);
  return numbersOf(listed);
}

function numbersOf(listed: string): RuleNumbers {
  const numbers = new Map<string, number>();
  let [family, table, chain, number] = ["", "", "", 0];
  for (const line of listed.split("\n")) {
    const ofTable = /^table (\S+) (\S+) \{/.exec(line);
    const ofChain = /^\tchain (\S+) \{/.exec(line);
    const handle = / # handle (\d+)$/.exec(line)?.[1];
    if (ofTable !== null) [family, table] = [ofTable[1] ?? "", ofTable[2] ?? ""];
    else if (ofChain !== null) [chain, number] = [(ofChain[1] ?? "").replaceAll('"', ""), 0];
    else if (handle !== undefined && line.startsWith("\t\t")) {
      number += 1;
      numbers.set(ruleKey({ family, table, chain, handle: Number(handle) }), number);
    }
  }
  return numbers;
}
