import type { FactName, Facts } from "../../model/facts.ts";

/** The facts of one network namespace that decide a packet's fate. */
export const netnsFactNames = [
  "links",
  "routes",
  "routingRules",
  "bridgePorts",
  "rulesets",
  "nativeNft",
  "sysctls",
  "linkSettings",
  "sockets",
] as const satisfies readonly FactName[];

/** Sets of ipset are the host's own; without them a rule that asks one is unsure. */
export type NetnsFacts = Pick<Facts, (typeof netnsFactNames)[number]> &
  Partial<Pick<Facts, "ipsets">>;
