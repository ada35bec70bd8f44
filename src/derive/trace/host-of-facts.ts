import type { FdbEntry, VlanMembership } from "../../model/bridge.ts";
import type { Fact, Facts } from "../../model/facts.ts";
import type { Link } from "../../model/link.ts";
import { noNativeNft } from "../../model/native-nft.ts";
import type { Neighbour } from "../../model/route.ts";
import type { Sandbox, SandboxFacts } from "../../model/sandbox.ts";
import { hostPlace, type LinkEnd, worldOf } from "../path/world.ts";
import { uplinks } from "../uplinks.ts";
import { innerVethPeers, vethPeers } from "../veth-peers.ts";
import type { NetnsFacts } from "../walk/netns-facts.ts";
import type { TraceHost } from "./trace-host.ts";

type Needed = Omit<NetnsFacts, "ipsets" | "nativeNft">;

interface Wanted extends NetnsFacts, Pick<Facts, "containers" | "dockerNetworks"> {
  readonly neighbours: readonly Neighbour[];
  readonly fdb: readonly FdbEntry[];
  readonly vlans: readonly VlanMembership[];
  readonly sandboxes: readonly Sandbox[];
  readonly ipsets: NonNullable<NetnsFacts["ipsets"]>;
}

/** The facts that a trace uses, each as it was collected or not. */
export type TraceFacts = { readonly [K in keyof Wanted]?: Fact<Wanted[K]> };

export type ReadHost =
  | { readonly ok: true; readonly host: TraceHost; readonly notes: readonly string[] }
  /** Nothing can be said about packets: what was not read, with the reason. */
  | { readonly ok: false; readonly missing: readonly string[] };

/** Makes a host ready for packets. What is absent is empty; without the host's own links, routes or rules nothing can be said. */
export function hostOfFacts(facts: TraceFacts): ReadHost {
  const needed: readonly (keyof Needed | "containers" | "dockerNetworks")[] = [
    "links",
    "routes",
    "routingRules",
    "bridgePorts",
    "rulesets",
    "sysctls",
    "linkSettings",
    "sockets",
    "containers",
    "dockerNetworks",
  ];
  const missing = needed.flatMap((name) => failureOf(name, facts[name]));
  if (missing.length > 0) return { ok: false, missing };
  const sandboxes = known(facts.sandboxes, []).map(withoutNft);
  const links = known(facts.links, []);
  const dockerNetworks = known(facts.dockerNetworks, []);
  const containers = known(facts.containers, []);
  const peers = vethPeers(links, sandboxes);
  const own: NetnsFacts = {
    links: asOutside(links, {
      paired: new Set(peers.map(({ hostLink }) => hostLink)),
      uplinks: uplinkNames({ links, routes: known(facts.routes, []), dockerNetworks }),
    }),
    routes: known(facts.routes, []),
    routingRules: known(facts.routingRules, []),
    bridgePorts: known(facts.bridgePorts, []),
    rulesets: known(facts.rulesets, []),
    nativeNft: known(facts.nativeNft, {
      state: "unreadable",
      reason: failureOf("nativeNft", facts.nativeNft)[0] ?? "nftables was not looked for",
    }),
    sysctls: known(facts.sysctls, {}),
    linkSettings: known(facts.linkSettings, []),
    sockets: known(facts.sockets, []),
    ...(facts.ipsets?.state === "known" ? { ipsets: facts.ipsets.value } : {}),
  };
  const frames = {
    neighbours: known(facts.neighbours, []),
    fdb: known(facts.fdb, []),
    vlans: known(facts.vlans, []),
  };
  const pairs = peers.map(({ hostLink, sandbox, inner }): readonly [LinkEnd, LinkEnd] => [
    { place: hostPlace, ifname: hostLink },
    { place: sandbox, ifname: inner },
  ]);
  const inner = innerVethPeers(sandboxes).map(({ one, other }): readonly [LinkEnd, LinkEnd] => [
    { place: one.sandbox, ifname: one.ifname },
    { place: other.sandbox, ifname: other.ifname },
  ]);
  const host: TraceHost = {
    world: worldOf({ ...own, ...frames }, sandboxes, [...pairs, ...inner]),
    links,
    routes: own.routes,
    dockerNetworks,
    containers,
    sandboxes,
    reduced: new Map(sandboxes.flatMap((sandbox) => reducedParts(sandbox))),
  };
  return { ok: true, host, notes: notesOf(facts, sandboxes) };
}

/** Where Docker puts no rules of nftables and nobody else may, there are none. */
function withoutNft(sandbox: Sandbox): Sandbox {
  const { parts } = sandbox;
  if (parts.nativeNft.state !== "absent") return sandbox;
  return { ...sandbox, parts: { ...parts, nativeNft: { state: "known", value: noNativeNft } } };
}

function uplinkNames(
  facts: Pick<Facts, "links" | "routes" | "dockerNetworks">,
): ReadonlySet<string> {
  const both = [...uplinks(facts, "ipv4"), ...uplinks(facts, "ipv6")];
  return new Set(both.map(({ ifname }) => ifname));
}

/** A host that is a container itself (LXC) has a veth as its uplink: what is behind it is outside, as behind any card. */
function asOutside(
  links: readonly Link[],
  so: { readonly paired: ReadonlySet<string>; readonly uplinks: ReadonlySet<string> },
): readonly Link[] {
  return links.map((link) => {
    const { ifname, linkKind, ...rest } = link;
    const isUplink = linkKind === "veth" && so.uplinks.has(ifname) && !so.paired.has(ifname);
    return isUplink && link.master === undefined ? { ifname, ...rest } : link;
  });
}

function notesOf(facts: TraceFacts, sandboxes: readonly Sandbox[]): readonly string[] {
  const containers = known(facts.containers, []);
  const all =
    facts.sandboxes?.state === "known" || containers.length === 0
      ? []
      : (failureOf("sandboxes", facts.sandboxes)[0] ?? "no namespace of a container was read");
  return [...[all].flat(), ...sandboxes.flatMap(unreadParts)];
}

function unreadParts({ path, containers, parts }: Sandbox): readonly string[] {
  const name = containers[0] === undefined ? path : `container ${containers[0]}`;
  const unread = Object.entries(parts).flatMap(([part, { state, ...rest }]) =>
    state === "unknown" && "failure" in rest ? [`${part}: ${rest.failure.message}`] : [],
  );
  const [first] = unread;
  if (first === undefined) return [];
  const more = unread.length > 1 ? ` (and ${unread.length - 1} more)` : "";
  return [`${name} was not read in full: ${first}${more}`];
}

/** A part that tells less than it does elsewhere, with the reason. */
interface MaybeReduced {
  readonly state: string;
  readonly reduced?: string;
}

const deciding: readonly (keyof SandboxFacts)[] = [
  "links",
  "routes",
  "routingRules",
  "linkSettings",
  "rulesets",
  "nativeNft",
  "sockets",
];

function reducedParts({ path, parts }: Sandbox): readonly (readonly [string, string])[] {
  for (const name of deciding) {
    const part: MaybeReduced = parts[name];
    if (part.reduced !== undefined) return [[path, `${name}: ${part.reduced}`]];
  }
  return [];
}

function known<T>(fact: Fact<T> | undefined, otherwise: T): T {
  return fact?.state === "known" ? fact.value : otherwise;
}

function failureOf(name: string, fact: Fact<unknown> | undefined): readonly string[] {
  if (fact === undefined) return [`${name} was not collected`];
  return fact.state === "unknown" ? [`${name}: ${fact.failure.message}`] : [];
}
