import type fc from "fast-check";
import { type Draw, drawn } from "./draw.ts";
import { drawIpsets } from "./draw-ipsets.ts";
import { drawRuleset, type RulesetPlan } from "./draw-iptables-host.ts";
import { drawNetwork } from "./draw-network.ts";
import { drawNft } from "./draw-nft-host.ts";
import { drawProbes, drawSockets } from "./draw-probes.ts";
import type { DrawnHost, DrawnRuleset } from "./drawn-host.ts";

/** Shares of the routers with native nftables, and with sets of ipset. */
const nftPercent = 35;
const ipsetPercent = 25;

/** A router with everything that the walk has to know, and packets for it. */
export function drawnHosts(probes: number): fc.Arbitrary<DrawnHost> {
  return drawn((draw) => {
    const unsure = draw.chance(20);
    if (unsure) draw.uses("unsure by nature");
    const network = drawNetwork(draw, unsure);
    const sets = draw.chance(ipsetPercent);
    return {
      links: network.links,
      downPeers: network.downPeers,
      sysctls: network.sysctls,
      ip: network.ip,
      ip6: network.ip6,
      rulesets: rulesetsOf(draw, { network, unsure, sets }),
      nft: draw.chance(nftPercent) ? drawNft(draw, network, unsure) : [],
      ipset: sets ? drawIpsets(draw, network) : [],
      sockets: drawSockets(draw, network),
      probes: drawProbes(draw, network, probes),
    };
  });
}

function rulesetsOf(
  draw: Draw,
  plan: Omit<RulesetPlan, "backend" | "family">,
): readonly DrawnRuleset[] {
  const kind = draw.below(100);
  const backends =
    kind < 50
      ? (["nft"] as const)
      : kind < 80
        ? (["legacy"] as const)
        : (["nft", "legacy"] as const);
  if (backends.length > 1) draw.uses("iptables of both backends");
  return backends.flatMap((backend) =>
    (["ipv4", "ipv6"] as const).map((family) => {
      draw.uses(`iptables-${backend}`);
      return drawRuleset(draw, { ...plan, backend, family });
    }),
  );
}
