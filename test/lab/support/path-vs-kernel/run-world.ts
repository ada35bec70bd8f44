import { followPacket, followReply, type Path } from "../../../../src/derive/path/follow.ts";
import { type LinkEnd, type World, worldOf } from "../../../../src/derive/path/world.ts";
import { innerVethPeers, vethPeers } from "../../../../src/derive/veth-peers.ts";
import type { Attempt } from "../../../../src/model/intent.ts";
import type { Link } from "../../../../src/model/link.ts";
import type { Element } from "../../../../src/model/packet.ts";
import type { Sandbox } from "../../../../src/model/sandbox.ts";
import { type Answers, factsOf, type ReadFacts, readHost } from "../walk-vs-kernel/read-host.ts";
import type { DrawnWorld, WorldProbe } from "./drawn-world.ts";
import { openNamespaces, type Received } from "./namespaces.ts";

/** A probe, what became of it, and what docknet says of it. */
export interface WorldPair {
  readonly probe: WorldProbe;
  readonly received: Received;
  readonly there: Path;
  readonly back?: Path;
  readonly doubt?: Element;
  readonly wrong?: string;
}

/** What docknet read of a world, and what its kernel did: enough to judge without a kernel. */
export interface SeenWorld {
  readonly world: DrawnWorld;
  readonly answers: Readonly<Record<string, Answers>>;
  readonly received: readonly Received[];
}

export async function seenWorld(world: DrawnWorld): Promise<SeenWorld> {
  const namespaces = await openNamespaces(world);
  try {
    // The kernel tells of a lost carrier, and of a bridge without ports, within a second (linkwatch).
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const seen = world.places.slice(0, world.seenPlaces);
    const answers = await Promise.all(
      seen.map(async (place) => [place, await readHost(namespaces.pids.get(place) ?? 0)] as const),
    );
    const received = await namespaces.ask(world.probes);
    return { world, answers: Object.fromEntries(answers), received };
  } finally {
    await namespaces.end();
  }
}

/** What docknet says of each probe beside what became of it. */
export async function judgedWorld({
  world,
  answers,
  received,
}: SeenWorld): Promise<readonly WorldPair[]> {
  const model = await modelOf(world, answers);
  return world.probes.map((probe, at) => {
    const seen = received[at] ?? { by: [], answered: false, refused: false };
    const there = followPacket(model, {
      place: startOf(world, probe),
      attempt: attemptOf(world, probe),
    });
    const back = there.arrival === undefined ? undefined : followReply(model, there);
    const pair = { probe, received: seen, there, ...(back === undefined ? {} : { back }) };
    const wrong = differenceOf(world, pair);
    if (wrong !== undefined) return { ...pair, wrong };
    const doubtful = [there, ...(back === undefined ? [] : [back])].find(
      ({ fate }) => fate === "unsure",
    );
    return doubtful?.element === undefined ? pair : { ...pair, doubt: doubtful.element };
  });
}

async function modelOf(world: DrawnWorld, answers: SeenWorld["answers"]): Promise<World> {
  const [host = "", ...inner] = world.places.slice(0, world.seenPlaces);
  const hostFacts = await factsOf(answers[host] ?? {});
  const facts = await Promise.all(
    inner.map(async (place) => [place, await factsOf(answers[place] ?? {})] as const),
  );
  const sandboxes = facts.map(([place, own]) => sandboxOf(place, own));
  const peers = vethPeers(hostFacts.links, sandboxes);
  const pairs = peers.map(({ hostLink, sandbox, inner: ifname }): readonly [LinkEnd, LinkEnd] => [
    { place: "host", ifname: hostLink },
    { place: sandbox, ifname },
  ]);
  const overlays = innerVethPeers(sandboxes).map(({ one, other }): readonly [LinkEnd, LinkEnd] => [
    { place: one.sandbox, ifname: one.ifname },
    { place: other.sandbox, ifname: other.ifname },
  ]);
  const links = hostFacts.links.map(asOutside);
  return worldOf({ ...hostFacts, links }, sandboxes, [...pairs, ...overlays]);
}

/** What is behind the uplink is another machine. */
function asOutside(link: Link): Link {
  if (link.ifname !== "up0") return link;
  const { linkKind: _kind, ...rest } = link;
  return rest;
}

function sandboxOf(place: string, facts: ReadFacts): Sandbox {
  const known = <T>(value: T) => ({ state: "known" as const, value });
  return {
    path: place,
    role: place === "ov" ? "overlay" : "container",
    containers: place === "ov" ? [] : [place],
    parts: {
      links: known(facts.links),
      routes: known(facts.routes),
      routingRules: known(facts.routingRules),
      linkSettings: known(facts.linkSettings),
      sysctls: known(facts.sysctls),
      neighbours: known(facts.neighbours ?? []),
      bridgePorts: known(facts.bridgePorts),
      fdb: known(facts.fdb ?? []),
      rulesets: known(facts.rulesets),
      nativeNft: known(facts.nativeNft),
      sockets: known(facts.sockets),
      resolver: { state: "absent", reason: "not looked for" },
    },
  };
}

/** From outside a packet comes in by the uplink, or by the link of the macvlan that it is for. */
function startOf(world: DrawnWorld, { place, destination }: WorldProbe): string {
  const { places, seenPlaces, setup } = world;
  if (places.indexOf(place) < seenPlaces) return place;
  const [child] = setup.find(([, line]) => line.startsWith(`ip addr add ${destination}/`)) ?? [];
  return hasMacvlans(world) ? (child ?? "host") : "host";
}

function hasMacvlans({ features }: DrawnWorld): boolean {
  return features.includes("world of macvlans");
}

function attemptOf(world: DrawnWorld, probe: WorldProbe): Attempt {
  const family = probe.destination.includes(":") ? "ipv6" : "ipv4";
  const own = startOf(world, probe) === probe.place;
  const foreign = family === "ipv4" ? "10.9.0.254" : "fd09::254";
  const open = family === "ipv4" ? "0.0.0.0" : "::";
  const { protocol, destination, port, sizeBytes } = probe;
  return {
    entry: own
      ? { kind: "local", uid: 0, gid: 0 }
      : { kind: "link", ifname: startOf(world, probe) === "host" ? "up0" : "eth0" },
    packet: {
      family,
      source: own ? open : foreign,
      destination,
      protocol,
      ...(protocol === "icmp" ? {} : { sourcePort: 40_000, destinationPort: port }),
      sizeBytes: sizeBytes ?? (protocol === "tcp" ? 60 : 36) + (family === "ipv6" ? 20 : 0),
      ...(family === "ipv4" && protocol === "udp" ? { mayFragment: true as const } : {}),
      ctState: "NEW",
      ctDirection: "ORIGINAL",
    },
    expect: { kind: "leaves", sourceTranslated: false },
  };
}

type Judged = Omit<WorldPair, "doubt" | "wrong">;

/** Where a certain verdict is something else than what happened. */
function differenceOf(
  world: DrawnWorld,
  { probe, received, there, back }: Judged,
): string | undefined {
  const said = `docknet: ${wayText(there)}${back === undefined ? "" : `, back ${wayText(back)}`}`;
  const seen = `received by ${received.by.join(", ") || "nobody"}, ${received.answered ? "answered" : "not answered"}${received.refused ? ", refused" : ""}`;
  const differs = `${said}; kernel: ${seen}`;
  const arrives = there.fate === "delivered";
  if (there.fate === "unsure") return undefined;
  if (probe.protocol === "udp") {
    const [by, another] = received.by;
    if (another !== undefined) return differs;
    const expected = arrives ? placeOf(world, there) : undefined;
    // Nobody knows what listens on the other machine.
    if (expected === "outside" ? by !== undefined && by !== "out" : by !== expected) return differs;
  }
  if (!arrives) return received.answered ? differs : undefined;
  if (back === undefined || back.fate === "unsure") return undefined;
  if (back.fate !== "delivered") return received.answered ? differs : undefined;
  const outside = there.arrival?.kind === "forwarded";
  const served = probe.destination === "10.9.0.254" || probe.destination === "fd09::254";
  return received.answered || (outside && !(served && probe.port === 80)) ? undefined : differs;
}

function placeOf(_world: DrawnWorld, { arrival, place }: Path): string {
  return arrival?.kind === "forwarded" ? "outside" : place;
}

function wayText({ fate, element, place, arrival }: Path): string {
  const what = element === undefined ? "" : ` by ${JSON.stringify(element)}`;
  return `${fate}${what} in ${place}${arrival?.kind === "forwarded" ? ` out of ${arrival.outputLink}` : ""}`;
}
