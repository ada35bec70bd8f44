import { type Address, contains, type Family, familyOf } from "../../model/ip.ts";
import type { Departure } from "../path/follow.ts";
import { hostPlace } from "../path/world.ts";
import { linkAsUplink, subnetOf, type Uplink, uplinks } from "../uplinks.ts";
import type { Question, TracedPacket } from "./packet-of.ts";
import { addressesOf, type Found, type Party, refuse } from "./party.ts";
import type { TraceHost } from "./trace-host.ts";

type ContainerParty = Extract<Party, { readonly kind: "container" }>;

/** Where the packet starts, and under which source. */
export interface Sender {
  readonly place: string;
  readonly entry: Departure["attempt"]["entry"];
  readonly address: Address;
  readonly blind?: TracedPacket["blind"];
  readonly condition?: string;
}

/** Finds the sender of a question. */
export function senderOf(host: TraceHost, question: Question, destination: Address): Found<Sender> {
  const { from, family } = question;
  const any = family === "ipv4" ? "0.0.0.0" : "::";
  switch (from.kind) {
    case "host": {
      const address = from.address ?? any;
      if (familyOf(address) !== family) return refuse(`${address} is no ${family} address`);
      return { ok: true, value: { place: hostPlace, entry: { kind: "local" }, address } };
    }
    case "outside":
      return outsideSender(host, question, { address: from.address, destination });
    case "container": {
      const { place } = from;
      if (place === undefined) return unseenSender(host, question, { from, destination });
      const [own] = from.chosen === undefined ? [] : addressesOf(from, family);
      const address = own?.address ?? any;
      return { ok: true, value: { place, entry: { kind: "local" }, address } };
    }
  }
}

function outsideSender(
  host: TraceHost,
  { family, to }: Question,
  so: { readonly address: Address | undefined; readonly destination: Address },
): Found<Sender> {
  const { address, destination } = so;
  if (address !== undefined && familyOf(address) !== family)
    return refuse(`${address} is no ${family} address`);
  const near = address === undefined ? undefined : uplinkWith(host, family, address);
  const uplink = near ?? uplinks(host, family)[0];
  if (uplink === undefined) return refuse(noUplink(family));
  const { ifname } = uplink;
  // The far one comes first, the neighbour on the link last.
  const client = address ?? uplink.outside.at(-1) ?? uplink.outside[0];
  const onWire = to.kind === "container" ? wireEnd(host, to, { destination, ifname }) : undefined;
  if (onWire !== undefined)
    return onWire.ok ? { ok: true, value: { ...onWire.value, address: client } } : onWire;
  const entry = { kind: "link", ifname } as const;
  const isOwn = host.links.some(({ addresses }) =>
    addresses.some((own) => own.address === destination),
  );
  const condition = `a route to ${destination} over this host`;
  return {
    ok: true,
    value: { place: hostPlace, entry, address: client, ...(isOwn ? {} : { condition }) },
  };
}

/** A macvlan or ipvlan container is on the wire itself: what comes for it does not pass the host's rules. */
function wireEnd(
  host: TraceHost,
  { container, place }: ContainerParty,
  so: { readonly destination: Address; readonly ifname: string },
): Found<Pick<Sender, "place" | "entry">> | undefined {
  const endpoint = container.endpoints.find(({ addresses }) =>
    addresses.some(({ address }) => address === so.destination),
  );
  const network = host.dockerNetworks.find(({ id }) => id === endpoint?.networkId);
  if (network?.driver !== "macvlan" && network?.driver !== "ipvlan") return undefined;
  const { driver, name, options } = network;
  const links = place === undefined ? [] : (host.world.places.get(place)?.netns.facts.links ?? []);
  const link = links.find(({ addresses }) =>
    addresses.some(({ address }) => address === so.destination),
  );
  if (place === undefined || link === undefined || options["parent"] !== so.ifname) {
    const why = `how a packet from outside comes to the ${driver} network ${name} is not known`;
    return { ...refuse(why), unseen: true };
  }
  return { ok: true, value: { place, entry: { kind: "link", ifname: link.ifname } } };
}

/** The link on whose subnet the address is. */
function uplinkWith(host: TraceHost, family: Family, address: Address): Uplink | undefined {
  const link = host.links.find(({ addresses }) =>
    addresses.some((own) => {
      const subnet = own.family === family ? subnetOf(own) : undefined;
      return subnet !== undefined && contains(subnet, address);
    }),
  );
  return link === undefined ? undefined : linkAsUplink(host, link.ifname, family);
}

/** What the container itself does with the packet is not known: its way begins on its bridge. */
function unseenSender(
  host: TraceHost,
  { family }: Question,
  so: { readonly from: ContainerParty; readonly destination: Address },
): Found<Sender> {
  const { from, destination } = so;
  const { name } = from.container;
  const own = addressesOf(from, family);
  const [one, ...more] = own;
  if (one === undefined) return refuse(`container ${name} has no ${family} address`);
  const network = host.dockerNetworks.find((each) => each.name === one.network);
  const bridge = network?.bridge;
  if (network === undefined || bridge === undefined) {
    const why = `the network namespace of container ${name} was not read, and ${one.network} is no bridge network`;
    return { ...refuse(why), unseen: true };
  }
  const onLink = network.ipam.some(({ subnet }) => contains(subnet, destination));
  const text = `the network namespace of container ${name} was not read; the way is that from its bridge ${bridge}`;
  return {
    ok: true,
    value: {
      place: hostPlace,
      entry: { kind: "link", ifname: bridge },
      address: one.address,
      blind: { text, evenDrops: more.length > 0 || onLink },
    },
  };
}

/** Nobody outside can be named by itself. */
export function noUplink(family: Family): string {
  return `this host has no uplink with an ${family} address: name one end by address`;
}
