import type { Link } from "../../model/link.ts";
import type { Element } from "../../model/packet.ts";
import { overBridge } from "./bridge.ts";
import { answersFor, type Frame, type Landing, stopped, unsure } from "./landing.ts";
import { type LinkEnd, linkAt, peerOf, type World } from "./world.ts";

const maxBridges = 16;

/** A frame leaves by a link: over the veth pair, the bridge, or whatever the link stands for. */
export function sendBy(world: World, from: LinkEnd, frame: Frame): Landing {
  const link = linkAt(world, from);
  if (link === undefined || frame.over.length > maxBridges)
    return unsure(from, `link ${from.ifname} cannot be followed`);
  switch (link.linkKind) {
    case "bridge":
      return overBridge({ world, receive }, { place: from.place, bridge: from.ifname }, frame);
    case "veth":
      return overVeth(world, from, frame);
    case "macvlan":
      return overMacvlan(world, { from, link }, frame);
    case undefined:
      return { kind: "outside", end: from, over: frame.over };
    default:
      return unsure(from, `links of the kind ${link.linkKind} are not followed: ${from.ifname}`);
  }
}

function overVeth(world: World, from: LinkEnd, frame: Frame): Landing {
  const peer = peerOf(world, from);
  if (peer === undefined)
    return unsure(from, `the other end of ${from.ifname} is in a namespace that is not seen`);
  return receive(world, peer, frame);
}

/** A frame comes in on a link: a port hands it to its bridge, any other to the namespace, if that answers for the address. */
export function receive(world: World, at: LinkEnd, frame: Frame): Landing {
  const link = linkAt(world, at);
  if (link === undefined) return unsure(at, `link ${at.ifname} is not seen`);
  const { place, ifname } = at;
  if (!link.adminUp) return stopped(at, { kind: "link", ifname, problem: "down" });
  if (link.master !== undefined) {
    const master = linkAt(world, { place, ifname: link.master });
    if (master?.linkKind === "bridge")
      return overBridge({ world, receive }, { place, bridge: link.master, inPort: ifname }, frame);
    return unsure(at, `ports of ${link.master} are not followed`);
  }
  const taken = takenByChild(world, at);
  if (taken !== undefined) return stopped(at, taken);
  if (answersFor(world, at, frame.nextHop)) return { kind: "link", end: at, over: frame.over };
  return stopped(at, { kind: "no-address", ifname, address: frame.nextHop });
}

/** A child of mode passthru takes every frame of its parent (macvlan_handle_frame); undefined = there is none. */
export function takenByChild(world: World, parent: LinkEnd): Element | undefined {
  for (const { id, netns } of world.places.values()) {
    for (const link of netns.links.values()) {
      const end = { place: id, ifname: link.ifname };
      if (modeOf(link) !== "passthru" || !isSame(parentOf(world, end, link), parent)) continue;
      const problem = `is given to ${link.ifname} of ${world.places.get(id)?.name}, a macvlan of mode passthru`;
      return { kind: "port", ifname: parent.ifname, on: parent.ifname, problem };
    }
  }
  return undefined;
}

/**
 * The children of one parent: in mode bridge they reach each other, never the parent's own namespace; what is for nobody of them
 * leaves by the parent (Documentation/networking, macvlan; drivers/net/macvlan.c).
 */
function overMacvlan(
  world: World,
  { from, link }: { readonly from: LinkEnd; readonly link: Link },
  frame: Frame,
): Landing {
  const parent = parentOf(world, from, link);
  if (parent === undefined) return unsure(from, `the parent of ${from.ifname} is not seen`);
  const mode = modeOf(link);
  const siblings = [...world.places.values()].flatMap(({ id, netns }) =>
    [...netns.links.values()]
      .map((other) => ({ end: { place: id, ifname: other.ifname }, other }))
      .filter(({ end, other }) => other.linkKind === "macvlan" && !isSame(end, from))
      .filter(({ end, other }) => isSame(parentOf(world, end, other), parent)),
  );
  const owner = siblings.find(({ end }) => answersFor(world, end, frame.nextHop));
  if (owner !== undefined) {
    const theirs = modeOf(owner.other);
    if (mode === "bridge" && theirs === "bridge") return receive(world, owner.end, frame);
    if (mode === "vepa" || (mode === "bridge" && theirs === "vepa"))
      return unsure(from, "whether the switch sends macvlan's frames back");
    const closed = mode === "bridge" ? { end: owner.end, mode: theirs } : { end: from, mode };
    return port(closed.end, parent, `is a macvlan of mode ${closed.mode ?? "that is not known"}`);
  }
  if (answersFor(world, parent, frame.nextHop))
    return port(from, parent, "is a macvlan: it does not reach the host that holds its parent");
  return { kind: "outside", end: parent, over: frame.over };
}

function modeOf({ details }: Link): string | undefined {
  return details?.kind === "macvlan" ? details.mode : undefined;
}

/** IFLA_LINK in the namespace of IFLA_LINK_NETNSID; without a number it is the same namespace. */
function parentOf(world: World, from: LinkEnd, link: Link): LinkEnd | undefined {
  const { peerIfindex, peerNetnsId } = link;
  const place = peerNetnsId === undefined ? from.place : "host";
  const links = world.places.get(place)?.netns.facts.links ?? [];
  const parent = links.find(({ ifindex }) => ifindex === peerIfindex);
  return parent === undefined ? undefined : { place, ifname: parent.ifname };
}

function isSame(a: LinkEnd | undefined, b: LinkEnd | undefined): boolean {
  return a !== undefined && a.place === b?.place && a.ifname === b.ifname;
}

function port(from: LinkEnd, parent: LinkEnd, problem: string): Landing {
  return stopped(from, { kind: "port", ifname: from.ifname, on: parent.ifname, problem });
}
