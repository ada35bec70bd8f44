import type { HostPort } from "../../host/port.ts";
import type { Instant } from "../../model/query.ts";
import type { SandboxFacts, SandboxPart } from "../../model/sandbox.ts";
import { type Answer, factFrom } from "../ask.ts";
import { nativeNft } from "../native-nft.ts";
import { askRulesets } from "../rulesets.ts";
import type { Gathered } from "./gathered.ts";
import { type Entered, insideHost, questionInside } from "./inside.ts";
import { hasIpv6, type Netlink } from "./netlink.ts";
import type { SandboxPlace } from "./places.ts";

/** What of the firewall in a namespace is asked: each question is a process for each container. */
export interface RulesPlan {
  readonly iptables: "ask" | "leave";
  readonly nft: "ask" | "leave";
}

/**
 * Docker puts the rules of its embedded DNS into the namespaces of containers on networks of a person's own, with the firewall that it
 * uses itself. Whoever else puts rules there needs CAP_NET_ADMIN: then everything is asked, as for the namespaces of overlay networks.
 */
export function rulesPlan(place: SandboxPlace, firewallBackend: string | undefined): RulesPlan {
  const isOpen = place.containers.some(({ mayConfigureNetwork }) => mayConfigureNetwork !== false);
  if (place.containers.length === 0 || isOpen) return { iptables: "ask", nft: "ask" };
  if (!place.containers.some(hasEmbeddedDns)) return { iptables: "leave", nft: "leave" };
  return firewallBackend === "nftables"
    ? { iptables: "leave", nft: "ask" }
    : { iptables: "ask", nft: "leave" };
}

/** Networks that every engine has: names are not resolved in them. */
const withoutDns: ReadonlySet<string> = new Set(["bridge", "host", "none"]);

function hasEmbeddedDns({ endpoints }: SandboxPlace["containers"][number]): boolean {
  return endpoints.some(({ networkName }) => !withoutDns.has(networkName));
}

const left = {
  state: "absent",
  reason: "Docker puts no such rules here, and no process in it may put any; docknet does not ask",
} as const;

export async function askRules(
  host: HostPort,
  entered: Entered,
  so: { readonly plan: RulesPlan; readonly netlink: Netlink; readonly now: Instant },
): Promise<{
  readonly rulesets: Gathered<SandboxFacts["rulesets"]>;
  readonly nativeNft: Gathered<SandboxFacts["nativeNft"]>;
}> {
  const { plan, netlink, now } = so;
  // Who cannot ask netlink cannot ask netfilter.
  if (!netlink.links.ok) {
    const blind = { part: { state: "unknown", failure: netlink.links.failure } } as const;
    return { rulesets: blind, nativeNft: blind };
  }
  const inside = insideHost(host, entered);
  const families = hasIpv6(netlink.links.value) ? (["ipv4", "ipv6"] as const) : (["ipv4"] as const);
  const [rulesets, native] = await Promise.all([
    plan.iptables === "ask" ? askRulesets(inside, families) : undefined,
    plan.nft === "ask" ? nativeNft.collect(inside, { facts: {}, now }) : undefined,
  ]);
  return {
    rulesets: rulesets === undefined ? { part: left } : rulesetsPart(rulesets, entered),
    nativeNft: native === undefined ? { part: left } : partOf(native, entered),
  };
}

function rulesetsPart(
  answer: Answer<SandboxFacts["rulesets"]>,
  entered: Entered,
): Gathered<SandboxFacts["rulesets"]> {
  const placed = answer.ok
    ? {
        ...answer,
        value: answer.value.map((each) => ({
          ...each,
          source: questionInside(each.source, entered),
        })),
      }
    : answer;
  return partOf(factFrom(placed, ""), entered);
}

function partOf<T>(fact: ReturnType<typeof factFrom<T>>, entered: Entered): Gathered<T> {
  if (fact.state !== "known") return { part: fact satisfies SandboxPart<T> };
  const { value, sources, ignored } = fact;
  return {
    part: { state: "known", value },
    sources: sources.map((source) => questionInside(source, entered)),
    ignored,
  };
}
