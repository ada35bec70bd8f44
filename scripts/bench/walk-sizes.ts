import { compileNetns } from "../../src/derive/walk/compile.ts";
import type { NetnsFacts } from "../../src/derive/walk/netns-facts.ts";
import { walk } from "../../src/derive/walk/walk.ts";
import type { Attempt } from "../../src/model/intent.ts";
import type { IptablesTable, Ruleset } from "../../src/model/netfilter.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { aHost } from "../../test/support/a-host.ts";
import { incoming } from "../../test/support/walked.ts";
import { type Figure, type Measurement, timed, type Unit } from "./measurement.ts";

const sizes = [100, 1_000, 10_000, 50_000] as const;
const packetCount = 2_000;
const serviceCount = 2_500;

/** Packets per second by the number of rules, and through chains that call chains. */
export const walkSizes: Measurement = {
  id: "walk-sizes",
  title: `walk of ${packetCount} packets by the size of the ruleset`,
  limitedBy: "the rules that a packet really meets: those that an index can pass over cost nothing",
  where: "anywhere",
  async measure(): Promise<readonly Figure[]> {
    const list: Figure[] = [];
    const perPacket: number[] = [];
    for (const size of sizes) {
      const { makingMs, packetUs } = await measured(blocklist(size), clients());
      perPacket.push(packetUs);
      list.push(
        figure(`${size}.packetsPerSecond`, `${size} rules`, [1_000_000 / packetUs, "1/s"]),
        figure(`${size}.makingMs`, `${size} rules: making them ready`, [makingMs, "ms"]),
      );
    }
    const growth = (perPacket.at(-1) ?? 0) / (perPacket[0] ?? 1);
    const jumps = await measured(services(serviceCount), toServices());
    const heap = await heapOf(services(serviceCount), toServices());
    return [
      ...list,
      figure("growth", `time per packet, ${sizes.at(-1)} rules to ${sizes[0]}`, [growth, "x"]),
      figure(
        "jumps.packetsPerSecond",
        `${2 * serviceCount} chains that call each other, as kube-proxy writes them`,
        [1_000_000 / jumps.packetUs, "1/s"],
      ),
      figure("jumps.makingMs", "these chains: making them ready", [jumps.makingMs, "ms"]),
      figure("heap", "heap after 40,000 more packets, to before", [heap, "x"]),
    ];
  },
};

function figure(key: string, title: string, [value, unit]: readonly [number, Unit]): Figure {
  return { key: `walk-sizes.${key}`, title, value, unit };
}

async function measured(facts: NetnsFacts, attempts: readonly Attempt[]) {
  const making = await timed(() => compileNetns(facts), 5);
  const netns = compileNetns(facts);
  const walking = await timed(() => attempts.map((attempt) => walk(netns, attempt).fate));
  const packetUs = (walking.medianMs * 1_000) / attempts.length;
  return { makingMs: making.medianMs, packetUs };
}

/** What walks leave behind: nothing, if each forgets what it worked out. */
async function heapOf(facts: NetnsFacts, attempts: readonly Attempt[]): Promise<number> {
  const netns = compileNetns(facts);
  const used = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  for (const attempt of attempts) walk(netns, attempt);
  const before = used();
  for (let round = 0; round < 20; round += 1) for (const attempt of attempts) walk(netns, attempt);
  return used() / before;
}

/** Every packet passes all of the list: sources that are blocked, some by network, some on one link. */
function blocklist(count: number): NetnsFacts {
  const rules = Array.from({ length: count }, (_, at) => {
    const address = `${at % 10 === 0 ? 203 : 198}.${18 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}`;
    return at % 10 === 0
      ? `-A BLOCKED -s ${address}/32 -i eth0 -j DROP`
      : `-A BLOCKED -s ${address}/32 -j DROP`;
  });
  return withTable("mangle", ["PREROUTING", "BLOCKED"], ["-A PREROUTING -j BLOCKED", ...rules]);
}

/** As kube-proxy writes them: one chain that asks for every service, one for each service, one for each of its endpoints. */
function services(count: number): NetnsFacts {
  const each = Array.from({ length: count }, (_, at) => at);
  const chains = each.flatMap((at) => [`KUBE-SVC-${at}`, `KUBE-SEP-${at}`]);
  const rules = each.flatMap((at) => [
    `-A KUBE-SERVICES -d ${serviceAddress(at)}/32 -p tcp -m comment --comment "ns/svc-${at}" -m tcp --dport 80 -j KUBE-SVC-${at}`,
    `-A KUBE-SVC-${at} ! -s 10.244.0.0/16 -d ${serviceAddress(at)}/32 -p tcp -m tcp --dport 80 -j MARK --set-xmark 0x4000/0x4000`,
    `-A KUBE-SVC-${at} -j KUBE-SEP-${at}`,
    `-A KUBE-SEP-${at} -s 172.20.0.2/32 -j MARK --set-xmark 0x4000/0x4000`,
    `-A KUBE-SEP-${at} -p tcp -m tcp -j DNAT --to-destination 172.20.0.2:80`,
  ]);
  return withTable(
    "nat",
    ["PREROUTING", "KUBE-SERVICES", ...chains],
    ["-A PREROUTING -j KUBE-SERVICES", ...rules],
  );
}

function serviceAddress(at: number): string {
  return `10.96.${at >> 8}.${at & 255}`;
}

function clients(): readonly Attempt[] {
  return Array.from({ length: packetCount }, (_, at) => ({
    ...incoming,
    packet: { ...incoming.packet, source: `198.51.${100 + (at >> 8)}.${at & 255}` },
  }));
}

function toServices(): readonly Attempt[] {
  return Array.from({ length: packetCount }, (_, at) => ({
    ...incoming,
    packet: {
      ...incoming.packet,
      destination: serviceAddress((at * 7) % serviceCount),
      destinationPort: 80,
    },
  }));
}

/** A healthy host with a table of iptables-legacy beside its own. */
function withTable(
  name: IptablesTable,
  chains: readonly string[],
  rules: readonly string[],
): NetnsFacts {
  const builtin = (chain: string) => (chain === "PREROUTING" ? "ACCEPT" : "-");
  const heads = chains.map((chain) => `:${chain} ${builtin(chain)} [0:0]`);
  const parsed = parseIptablesSave([`*${name}`, ...heads, ...rules, "COMMIT\n"].join("\n"));
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const facts = aHost().facts();
  const beside: Ruleset = {
    family: "ipv4",
    backend: "legacy",
    tables: parsed.value.tables,
    source: { kind: "command", argv: ["iptables-legacy-save", "-c"] },
  };
  return { ...facts, rulesets: [...facts.rulesets, beside] };
}
