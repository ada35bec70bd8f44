import type { IptablesRule } from "../../src/model/netfilter.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";

/** The rule of these pieces in a table that has a chain called web. */
export function ruleOf(pieces: string): IptablesRule | undefined {
  return rulesOf(`*filter\n:web - [0:0]\n-A X ${pieces}\nCOMMIT\n`)[0];
}

/** All rules of a dump in the order of its chains; none when it cannot be read. */
export function rulesOf(text: string): readonly IptablesRule[] {
  const result = parseIptablesSave(text);
  if (!result.ok) return [];
  return result.value.tables.flatMap(({ chains }) => chains).flatMap(({ rules }) => rules);
}
