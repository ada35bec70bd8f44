import type { Address } from "../../model/ip.ts";
import type { Element } from "../../model/packet.ts";
import type { Tunnel } from "./vxlan.ts";
import type { LinkEnd, World } from "./world.ts";

/** Where a frame ends up that was sent to the holder of an address. */
export type Landing =
  /** At a link of a namespace that docknet sees; `over` is the bridge, from port to port, that it went over. */
  | {
      readonly kind: "link";
      readonly end: LinkEnd;
      readonly over: readonly BridgeHop[];
    }
  /** Out of the host, by a link that leads to other machines. */
  | { readonly kind: "outside"; readonly end: LinkEnd; readonly over: readonly BridgeHop[] }
  /** Out of the host in the packets of a tunnel, which its own namespace sends. */
  | {
      readonly kind: "tunnel";
      readonly tunnel: Tunnel;
      readonly end: LinkEnd;
      readonly over: readonly BridgeHop[];
    }
  | { readonly kind: "stopped"; readonly element: Element; readonly at: string }
  | { readonly kind: "unsure"; readonly element: Element; readonly at: string };

/** A frame's way through a bridge; without a port on one side it is the bridge's own (the namespace that it belongs to). */
export interface BridgeHop {
  readonly place: string;
  readonly bridge: string;
  readonly inPort?: string;
  readonly outPort?: string;
}

export interface Frame {
  /** Next hop that the sender asks for (ARP, NDP). */
  readonly nextHop: Address;
  readonly sender: LinkEnd;
  readonly over: readonly BridgeHop[];
}

/** How a frame goes on where it comes in; bridges and pairs of links call each other through it. */
export interface Layer {
  readonly world: World;
  readonly receive: (world: World, at: LinkEnd, frame: Frame) => Landing;
}

/** A host answers ARP for each of its addresses on every link (arp_ignore 0), and NDP for those of the link that is asked (ndisc_recv_ns). */
export function answersFor(world: World, { place, ifname }: LinkEnd, address: Address): boolean {
  const netns = world.places.get(place)?.netns;
  if (!address.includes(":")) return netns?.ownAddresses.has(address) === true;
  const own = netns?.links.get(ifname)?.addresses ?? [];
  return own.some((one) => one.address === address);
}

export function stopped({ place }: Pick<LinkEnd, "place">, element: Element): Landing {
  return { kind: "stopped", element, at: place };
}

export function unsure({ place }: Pick<LinkEnd, "place">, text: string): Landing {
  return { kind: "unsure", element: { kind: "not-modelled", text }, at: place };
}
