import type { Address } from "../../model/ip.ts";
import type { Hook, NatRange, PortRange } from "../../model/netfilter.ts";
import type { Translation } from "./chain.ts";
import type { CompiledNetns } from "./compile.ts";
import { type InFlight, withDestination, withoutSourcePort, withSource } from "./in-flight.ts";
import { sourceAddress } from "./way/source-address.ts";

/** The packet as a nat rule leaves it; undefined = where it goes cannot be told (a range of several addresses or ports). */
export function translated(
  netns: CompiledNetns,
  { translation, hook }: { readonly translation: Translation; readonly hook: Hook },
  flight: InFlight,
): InFlight | undefined {
  const { range } = translation;
  switch (translation.kind) {
    case "dnat": {
      const port = portOf(range.ports, flight.packet.destinationPort);
      if (!isOneAddress(range) || port === undefined) return undefined;
      return withDestination(flight, range.from ?? flight.packet.destination, port.value);
    }
    case "redirect": {
      const address = hook === "output" ? loopback[flight.family] : firstAddress(netns, flight);
      const port = portOf(range.ports, flight.packet.destinationPort);
      if (address === undefined || port === undefined) return undefined;
      return withDestination(flight, address, port.value);
    }
    case "snat": {
      if (!isOneAddress(range)) return undefined;
      return withSourceAndPort(flight, range.from ?? flight.packet.source, range.ports);
    }
    case "masquerade": {
      const address = masqueradeAddress(netns, flight);
      return address === undefined ? undefined : withSourceAndPort(flight, address, range.ports);
    }
  }
}

/** Of a range of ports the kernel takes one that nobody can foresee: the packet is the same otherwise. */
function withSourceAndPort(flight: InFlight, to: Address, ports: PortRange | undefined): InFlight {
  const port = portOf(ports, flight.packet.sourcePort);
  return port === undefined
    ? withoutSourcePort(withSource(flight, to))
    : withSource(flight, to, port.value);
}

const loopback = { ipv4: "127.0.0.1", ipv6: "::1" } as const;

function isOneAddress({ from, to }: NatRange): boolean {
  return to === undefined || to === from;
}

/** A port that is in the range already stays (nf_nat_l4proto_unique_tuple); without a range it stays too. */
function portOf(
  ports: PortRange | undefined,
  current: number | undefined,
): { readonly value: number | undefined } | undefined {
  if (ports === undefined || current === undefined) return { value: undefined };
  if (ports.from === ports.to) return { value: ports.from };
  return current >= ports.from && current <= ports.to ? { value: undefined } : undefined;
}

/** REDIRECT takes the first address of the incoming link (nf_nat_redirect.c). */
function firstAddress(
  netns: CompiledNetns,
  { inLink = "", family }: InFlight,
): Address | undefined {
  const link = netns.links.get(inLink);
  const own = link?.addresses.filter((one) => one.family === family && !isSecondary(one.flags));
  if (family === "ipv4") return own?.[0]?.address;
  return own?.find(({ scope }) => scope === "global")?.address;
}

function isSecondary(flags: readonly string[]): boolean {
  return flags.includes("secondary");
}

/** MASQUERADE takes what the link would give a packet to the next hop (nf_nat_masquerade.c). */
function masqueradeAddress(netns: CompiledNetns, flight: InFlight): Address | undefined {
  const { outLink, family, packet, gateway } = flight;
  if (outLink === undefined) return undefined;
  return sourceAddress(netns.links, {
    family,
    outLink,
    destination: packet.destination,
    ...(gateway === undefined ? {} : { gateway }),
    scope: "global",
  });
}
