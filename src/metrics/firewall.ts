import type { ChainReading, Readings } from "../model/finding.ts";
import { flag, type Series, series } from "./series.ts";

/** The policies that iptables knows. */
const policies = ["ACCEPT", "DROP"] as const;

/** Chains of iptables: policies, sizes, and what they dropped. */
export function firewallSeries(readings: Readings): readonly Series[] {
  const chains = bounded(readings.chains);
  const numbers = (value: (chain: ChainReading) => number) =>
    chains.map((chain) => ({ labels: labelsOf(chain), value: value(chain) }));
  return [
    series(
      "docknet_firewall_chain_policy",
      chains.flatMap((chain) =>
        chain.policy === undefined
          ? []
          : policies.map((policy) => ({
              labels: { ...labelsOf(chain), policy },
              value: flag(chain.policy === policy),
            })),
      ),
    ),
    series(
      "docknet_firewall_chain_rules",
      numbers(({ rules }) => rules),
    ),
    series(
      "docknet_firewall_dropped_packets_total",
      numbers(({ droppedPackets }) => droppedPackets),
    ),
    series(
      "docknet_firewall_dropped_bytes_total",
      numbers(({ droppedBytes }) => droppedBytes),
    ),
  ];
}

function labelsOf({ family, backend, table, chain }: ChainReading) {
  return { family, backend, table, chain };
}

/** Built-in chains and Docker's own by name; the others of a table together, as a host may have thousands. */
function bounded(chains: readonly ChainReading[]): readonly ChainReading[] {
  const sums = new Map<string, ChainReading>();
  for (const reading of chains) {
    const named = reading.policy !== undefined || reading.chain.startsWith("DOCKER");
    const chain = named ? reading.chain : "other";
    const key = JSON.stringify([reading.family, reading.backend, reading.table, chain]);
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? { ...reading, chain } : plus(sum, reading));
  }
  return [...sums.values()];
}

function plus(sum: ChainReading, more: ChainReading): ChainReading {
  return {
    ...sum,
    rules: sum.rules + more.rules,
    droppedPackets: sum.droppedPackets + more.droppedPackets,
    droppedBytes: sum.droppedBytes + more.droppedBytes,
  };
}
