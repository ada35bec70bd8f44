import { agentFamilies } from "./catalogue/agent.ts";
import { bridgeFamilies } from "./catalogue/bridge.ts";
import { checkFamilies } from "./catalogue/check.ts";
import { collectorFamilies } from "./catalogue/collector.ts";
import { conntrackFamilies } from "./catalogue/conntrack.ts";
import { findingFamilies } from "./catalogue/finding.ts";
import { firewallFamilies } from "./catalogue/firewall.ts";
import { hostFamilies } from "./catalogue/host.ts";
import { kernelFamilies } from "./catalogue/kernel.ts";
import { networkFamilies } from "./catalogue/network.ts";
import { pathFamilies } from "./catalogue/path.ts";
import { swarmFamilies } from "./catalogue/swarm.ts";
import type { MetricFamily, MetricGroup } from "./family.ts";

function inGroup<F extends MetricFamily>(
  group: MetricGroup,
  families: readonly F[],
): readonly (F & { readonly group: MetricGroup })[] {
  return families.map((family) => ({ ...family, group }));
}

/** Every family, in the order of the exposition. docs/metrics.md is printed from it. */
export const catalogue = [
  ...inGroup("agent", agentFamilies),
  ...inGroup("collector", collectorFamilies),
  ...inGroup("check", checkFamilies),
  ...inGroup("finding", findingFamilies),
  ...inGroup("host", hostFamilies),
  ...inGroup("conntrack", conntrackFamilies),
  ...inGroup("kernel", kernelFamilies),
  ...inGroup("firewall", firewallFamilies),
  ...inGroup("bridge", bridgeFamilies),
  ...inGroup("network", networkFamilies),
  ...inGroup("swarm", swarmFamilies),
  ...inGroup("path", pathFamilies),
] as const;

export type Family = (typeof catalogue)[number];
export type FamilyName = Family["name"];
/** Label names of one family. */
export type LabelsOf<Name extends FamilyName> = Extract<
  Family,
  { readonly name: Name }
>["labels"][number];
