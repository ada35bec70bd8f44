import type { BridgePort, FdbEntry, VlanMembership } from "../../model/bridge.ts";
import type { Link } from "../../model/link.ts";
import type { Neighbour } from "../../model/route.ts";
import type { Sandbox, SandboxFacts } from "../../model/sandbox.ts";
import { type CompiledNetns, compileNetns } from "../walk/compile.ts";
import type { NetnsFacts } from "../walk/netns-facts.ts";

/** What decides about frames, beside what decides about packets. */
export interface FrameFacts {
  readonly neighbours?: readonly Neighbour[];
  readonly fdb?: readonly FdbEntry[];
  readonly vlans?: readonly VlanMembership[];
}

/** A network namespace of this host, ready for packets. */
export interface Place {
  /** `host`, or the file by which the namespace is entered. */
  readonly id: string;
  /** In words for people: host, container web, network appnet. */
  readonly name: string;
  readonly netns: CompiledNetns;
  readonly bridgePorts: readonly BridgePort[];
  readonly neighbours: readonly Neighbour[];
  readonly fdb: readonly FdbEntry[];
  readonly vlans: readonly VlanMembership[];
}

/** An end of a link: in which namespace, and under which name. */
export interface LinkEnd {
  readonly place: string;
  readonly ifname: string;
}

/** All namespaces of a host that docknet sees, and which links are two ends of one veth pair. */
export interface World {
  readonly places: ReadonlyMap<string, Place>;
  readonly peers: ReadonlyMap<string, LinkEnd>;
}

export const hostPlace = "host";

/** The host's own namespace with those of its containers and networks; a namespace of which a part is out of sight is left out. */
export function worldOf(
  host: NetnsFacts & FrameFacts,
  sandboxes: readonly Sandbox[],
  pairs: readonly (readonly [LinkEnd, LinkEnd])[],
): World {
  const places = [
    placeOf({ id: hostPlace, name: "host" }, host),
    ...sandboxes.flatMap((sandbox) => sandboxPlace(sandbox)),
  ];
  const peers = pairs.flatMap(([one, other]) => [
    [endKey(one), other] as const,
    [endKey(other), one] as const,
  ]);
  return { places: new Map(places.map((place) => [place.id, place])), peers: new Map(peers) };
}

export function peerOf(world: World, end: LinkEnd): LinkEnd | undefined {
  return world.peers.get(endKey(end));
}

export function linkAt(world: World, { place, ifname }: LinkEnd): Link | undefined {
  return world.places.get(place)?.netns.links.get(ifname);
}

function endKey({ place, ifname }: LinkEnd): string {
  return `${place}\n${ifname}`;
}

function placeOf({ id, name }: Pick<Place, "id" | "name">, facts: NetnsFacts & FrameFacts): Place {
  return {
    id,
    name,
    netns: compileNetns(facts),
    bridgePorts: facts.bridgePorts,
    neighbours: facts.neighbours ?? [],
    fdb: facts.fdb ?? [],
    vlans: facts.vlans ?? [],
  };
}

function sandboxPlace({ path, role, containers, network, parts }: Sandbox): readonly Place[] {
  const needed = [
    "links",
    "routes",
    "routingRules",
    "linkSettings",
    "sysctls",
    "rulesets",
    "nativeNft",
    "sockets",
  ] as const satisfies readonly (keyof SandboxFacts)[];
  if (needed.some((name) => parts[name].state === "unknown")) return [];
  const of = <K extends keyof SandboxFacts>(
    name: K,
    otherwise: SandboxFacts[K],
  ): SandboxFacts[K] => {
    const part = parts[name];
    return part.state === "known" ? part.value : otherwise;
  };
  const facts = {
    links: of("links", []),
    routes: of("routes", []),
    routingRules: of("routingRules", []),
    linkSettings: of("linkSettings", []),
    sysctls: of("sysctls", {}),
    rulesets: of("rulesets", []),
    nativeNft: of("nativeNft", { state: "unreadable", reason: "nftables was not looked for" }),
    sockets: of("sockets", []),
    bridgePorts: of("bridgePorts", []),
    neighbours: of("neighbours", []),
    fdb: of("fdb", []),
  };
  const [container] = containers;
  const name =
    container === undefined ? `${role} ${network ?? ""}`.trim() : `container ${container}`;
  return [placeOf({ id: path, name }, facts)];
}
