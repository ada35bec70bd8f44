import {
  type Fact,
  type FactName,
  type Facts,
  type HostSnapshot,
  known,
} from "../../src/model/facts.ts";
import type { Family } from "../../src/model/ip.ts";
import type { Backend, Ruleset } from "../../src/model/netfilter.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { dumpText, type TableText } from "./docker-rules-text.ts";

/** When every fact of a built host was collected. */
export const builtAt = "2026-11-02T10:00:00.000Z";

/** The tables of one family in one backend, as text. */
export interface Dump {
  readonly family: Family;
  readonly backend: Backend;
  readonly tables: readonly TableText[];
}

/** What a built host is made of: rules stay text until they are asked for. */
export interface BuiltState {
  readonly facts: Omit<Facts, "rulesets">;
  readonly dumps: readonly Dump[];
  readonly overrides: Partial<{ readonly [K in FactName]: Fact<Facts[K]> }>;
}

export function rulesetOf({ family, backend, tables }: Dump): Ruleset {
  const program = family === "ipv4" ? "iptables" : "ip6tables";
  const variant = backend === "legacy" ? "legacy" : "nft";
  const parsed = parseIptablesSave(dumpText(tables));
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const source = { kind: "command", argv: [`${program}-${variant}-save`, "-c"] } as const;
  return { family, backend, tables: parsed.value.tables, source };
}

export function snapshotOf(state: BuiltState): HostSnapshot {
  const facts: Facts = { ...state.facts, rulesets: state.dumps.map(rulesetOf) };
  const entries = Object.entries(facts).map(([name, value]) => [
    name,
    known(value, { at: builtAt, sources: [] }),
  ]);
  return {
    schemaVersion: 1,
    takenAt: builtAt,
    torn: false,
    moving: [],
    // Each fact stands under its own name: the record has exactly the names of Facts.
    facts: { ...Object.fromEntries(entries), ...state.overrides } as HostSnapshot["facts"],
  };
}
