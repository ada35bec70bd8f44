import type { Step } from "../../../../src/model/packet.ts";
import { parseIptablesSave } from "../../../../src/parsers/iptables-save.ts";
import { inNetnsOf } from "../netns-exec.ts";
import { mustRun } from "../run-command.ts";
import { observerTable } from "./built-host.ts";
import type { DrawnHost } from "./drawn-host.ts";
import type { SeenPacket } from "./frames.ts";
import type { Seen } from "./prober.ts";

/** Dumps of iptables-legacy with counters, when all packets are through: nothing else tells which of its rules a packet met. */
export type CounterDumps = Readonly<Partial<Record<"ipv4" | "ipv6", string>>>;

export async function readCounters(host: DrawnHost, pid: number): Promise<CounterDumps> {
  const families = host.rulesets
    .filter(({ backend }) => backend === "legacy")
    .map(({ family }) => family);
  const dumps = await Promise.all(
    families.map(async (family): Promise<readonly [string, string]> => {
      const program = family === "ipv4" ? "iptables-legacy-save" : "ip6tables-legacy-save";
      return [family, await mustRun(inNetnsOf(pid, [program, "-c"]))];
    }),
  );
  return Object.fromEntries(dumps);
}

/** Packets that the router made itself and that came back to it over lo: nobody walked them. */
export function strayPackets(
  { trace }: Pick<Seen, "trace">,
  wasSent: (packet: SeenPacket) => boolean,
): number {
  // Each has its headers once in a chain; the numbers of traces are made of places in memory, which serve again.
  return trace.filter(
    ({ table, chain, packet }) =>
      table === observerTable && chain === "pre" && packet !== undefined && !wasSent(packet),
  ).length;
}

/** What walks say about one packet: the rules that it met, and whether they may be others. */
export interface Walked {
  readonly steps: readonly Step[];
  readonly certain: boolean;
}

/** Rules of iptables-legacy whose counters moved otherwise than the walks say. Packets that the router makes are not walked: OUTPUT and POSTROUTING are left out. */
export function counterDifferences(
  dumps: CounterDumps,
  walks: readonly Walked[],
  strays: number,
): readonly string[] {
  const met = new Map<string, number>();
  for (const { steps } of walks) {
    for (const { element } of steps) {
      if (element.kind !== "rule" || element.backend !== "legacy") continue;
      const { family, table, chain, ruleNumber } = element;
      const key = `${family} ${table} ${chain} ${ruleNumber}`;
      met.set(key, (met.get(key) ?? 0) + 1);
    }
  }
  const open = walks.filter(({ certain }) => !certain).length + strays;
  return Object.entries(dumps).flatMap(([family, dump]) =>
    countedRules(dump).flatMap(({ key, packets, text }) => {
      const said = met.get(`${family} ${key}`) ?? 0;
      if (Math.abs(said - packets) <= open) return [];
      return [`${family} ${key} ${text}: ${packets} packets, the walks say ${said}`];
    }),
  );
}

interface CountedRule {
  readonly key: string;
  readonly packets: number;
  readonly text: string;
}

/** Targets that leave a step in every walk that meets them. */
const telling: ReadonlySet<string> = new Set([
  "verdict",
  "reject",
  "jump",
  "goto",
  "dnat",
  "snat",
  "masquerade",
  "redirect",
]);

function countedRules(dump: string): readonly CountedRule[] {
  const parsed = parseIptablesSave(dump);
  if (!parsed.ok) throw new Error(`iptables-legacy-save cannot be read: ${dump}`);
  return parsed.value.tables.flatMap((table) =>
    table.chains
      .filter(({ name }) => /^(PREROUTING|INPUT|FORWARD)$|^from-(pre|in|for)/.test(name))
      .flatMap((chain) =>
        chain.rules.flatMap((rule, at): readonly CountedRule[] =>
          telling.has(rule.target.kind) && rule.counters !== undefined
            ? [
                {
                  key: `${table.name} ${chain.name} ${at + 1}`,
                  packets: rule.counters.packets,
                  text: rule.text,
                },
              ]
            : [],
        ),
      ),
  );
}
