import type { BridgePort } from "../../model/bridge.ts";
import type { Link } from "../../model/link.ts";
import {
  answersFor,
  type BridgeHop,
  type Frame,
  type Landing,
  type Layer,
  stopped,
  unsure,
} from "./landing.ts";
import { intoTunnel } from "./vxlan.ts";
import { linkAt, type Place, peerOf, type World } from "./world.ts";

/**
 * A frame in a bridge, from a port or from the bridge's own namespace (br_handle_frame_finish, br_forward.c): to the bridge itself
 * where it holds the address, else to the port behind which the holder is.
 */
export function overBridge(layer: Layer, hop: BridgeHop, frame: Frame): Landing {
  const { world } = layer;
  const place = world.places.get(hop.place);
  const link = linkAt(world, { place: hop.place, ifname: hop.bridge });
  if (place === undefined || link === undefined) return unsure(hop, `${hop.bridge} is not seen`);
  if (!link.adminUp) return stopped(hop, { kind: "link", ifname: hop.bridge, problem: "down" });
  const from = place.bridgePorts.find(({ ifname }) => ifname === hop.inPort);
  const blocked = hop.inPort === undefined ? undefined : blockedPort(hop, from);
  if (blocked !== undefined) return blocked;
  if (link.details?.kind === "bridge" && link.details.vlanFiltering)
    return unsure(hop, `${hop.bridge} filters by VLAN`);
  const bridge = { place: hop.place, ifname: hop.bridge };
  if (hop.inPort !== undefined && answersFor(world, bridge, frame.nextHop))
    return {
      kind: "link",
      end: bridge,
      over: [...frame.over, hop],
    };
  return toPort(layer, { place, hop, link, from }, frame);
}

function blockedPort(hop: BridgeHop, port: BridgePort | undefined): Landing | undefined {
  const { bridge, inPort = "" } = hop;
  if (port === undefined) return unsure(hop, `port ${inPort} of ${bridge} is not seen`);
  if (port.portState === "forwarding") return undefined;
  const problem = `is ${port.portState}`;
  return stopped(hop, { kind: "port", ifname: inPort, on: bridge, problem });
}

interface Inside {
  readonly place: Place;
  readonly hop: BridgeHop;
  readonly link: Link;
  readonly from: BridgePort | undefined;
}

/** Everybody on the bridge hears the question for the address; who answers has the frame. */
function toPort(layer: Layer, inside: Inside, frame: Frame): Landing {
  const { world } = layer;
  const { place, hop, from } = inside;
  const ports = place.bridgePorts.filter(({ bridge }) => bridge === hop.bridge);
  const others = ports.filter((port) => port.ifname !== from?.ifname || port.hairpinMode);
  const tried = others.map((port) => {
    const next: BridgeHop = { ...hop, outPort: port.ifname };
    const why = portProblem(from, port);
    const landing = behind(layer, { ...frame, over: [...frame.over, next] }, { port, hop });
    return { port, landing, why };
  });
  const reached = tried.filter(
    ({ landing }) => landing.kind === "link" || landing.kind === "tunnel",
  );
  const open = reached.filter(({ why }) => why === undefined);
  const [one, another] = open;
  if (another !== undefined) return unsure(hop, `several hold ${frame.nextHop} on ${hop.bridge}`);
  if (one !== undefined) return misled(inside, frame, one.port.ifname) ?? one.landing;
  // A port that is closed hides what is behind it from the question too.
  const live = tried.filter(({ why }) => why === undefined);
  const unseen = live.find(({ landing }) => landing.kind === "unsure");
  const out = live.find(({ landing }) => landing.kind === "outside");
  if (unseen !== undefined) return unseen.landing;
  if (out !== undefined) return out.landing;
  const [closed] = reached;
  if (closed !== undefined) {
    const { ifname } = closed.port;
    return stopped(hop, { kind: "port", ifname, on: hop.bridge, problem: closed.why ?? "" });
  }
  const halted = live.find(
    ({ landing }) => landing.kind === "stopped" && tellsMore(world, landing, frame),
  );
  if (halted !== undefined) return halted.landing;
  return stopped(hop, { kind: "no-address", ifname: hop.bridge, address: frame.nextHop });
}

/** The holder is there and its link is down, or a tunnel knows who holds the address and not where. */
function tellsMore(
  world: World,
  { element, at }: Extract<Landing, { readonly kind: "stopped" }>,
  frame: Frame,
): boolean {
  if (element.kind === "port") return true;
  if (element.kind !== "link") return false;
  const link = linkAt(world, { place: at, ifname: element.ifname });
  return (
    link?.linkKind === "vxlan" ||
    answersFor(world, { place: at, ifname: element.ifname }, frame.nextHop)
  );
}

function behind(
  { world, receive }: Layer,
  frame: Frame,
  { port, hop }: { readonly port: BridgePort; readonly hop: BridgeHop },
): Landing {
  const end = { place: hop.place, ifname: port.ifname };
  const link = linkAt(world, end);
  if (link?.linkKind === undefined) return { kind: "outside", end, over: frame.over };
  const place = world.places.get(hop.place);
  if (link.linkKind === "vxlan" && place !== undefined)
    return intoTunnel(place, { end, link }, frame);
  if (link.linkKind !== "veth")
    return unsure(end, `ports of the kind ${link.linkKind} are not followed: ${port.ifname}`);
  const peer = peerOf(world, end);
  if (peer === undefined)
    return unsure(end, `the other end of ${port.ifname} is in a namespace that is not seen`);
  return receive(world, peer, frame);
}

/** should_deliver and br_allowed_egress: state, isolation, hairpin. */
function portProblem(from: BridgePort | undefined, to: BridgePort): string | undefined {
  if (!to.adminUp) return "is down";
  if (to.portState !== "forwarding") return `is ${to.portState}`;
  if (from?.isolated && to.isolated) return `is isolated, as ${from.ifname} is`;
  return undefined;
}

/** An entry that somebody wrote sends the holder's frames to another port, or a neighbour to another MAC address. */
function misled({ place, hop }: Inside, frame: Frame, right: string): Landing | undefined {
  if (frame.sender.place !== place.id || hop.inPort !== undefined) return undefined;
  const neighbour = place.neighbours.find(
    ({ address, ifname, nudState }) =>
      address === frame.nextHop && ifname === hop.bridge && nudState === "permanent",
  );
  if (neighbour?.mac === undefined) return undefined;
  const entry = place.fdb.find(
    ({ mac, bridge, entryState }) =>
      mac === neighbour.mac && bridge === hop.bridge && entryState !== "dynamic",
  );
  if (entry === undefined || entry.ifname === right) {
    const text = `the permanent neighbour ${neighbour.address} at ${neighbour.mac}`;
    return entry === undefined ? unsure(hop, text) : undefined;
  }
  const problem = `holds ${neighbour.mac} by a written entry`;
  return stopped(hop, { kind: "port", ifname: entry.ifname, on: hop.bridge, problem });
}
