import type { Link } from "../../../model/link.ts";
import { type Field, protocolNumber, type Seen, type Surroundings } from "./seen.ts";
import { type Reading, unknownValue, type ValueType } from "./values.ts";

/** `meta KEY` (nft_meta.c). undefined = docknet does not model this key. */
export function metaField(key: string, { links }: Surroundings): Field | undefined {
  switch (key) {
    case "iifname":
    case "iif":
      return { type: "link-name", read: ({ flight }) => flight.inLink ?? "" };
    case "oifname":
    case "oif":
      return { type: "link-name", read: outLink };
    case "iiftype":
      return ofLink("link-type", ({ flight }) => links.get(flight.inLink ?? ""), linkType);
    case "oiftype":
      return ofLink("link-type", (seen) => links.get(outLink(seen)), linkType);
    case "iifkind":
      return ofLink("text", ({ flight }) => links.get(flight.inLink ?? ""), linkKind);
    case "oifkind":
      return ofLink("text", (seen) => links.get(outLink(seen)), linkKind);
    case "mark":
      return { type: "number", read: ({ flight }) => flight.mark ?? unknownValue };
    case "l4proto":
      return { type: "protocol", read: ({ flight }) => protocolNumber(flight) };
    case "nfproto":
      return { type: "nf-protocol", read: ({ flight }) => (flight.family === "ipv4" ? 2 : 10) };
    case "protocol":
      return {
        type: "ether-type",
        read: ({ flight }) => (flight.family === "ipv4" ? 0x0800 : 0x86dd),
      };
    case "pkttype":
      return { type: "packet-type", read: packetType };
    case "skuid":
      return { type: "user", read: (seen) => ofSocket(seen, seen.flight.sender?.uid) };
    case "skgid":
      return { type: "user", read: (seen) => ofSocket(seen, seen.flight.sender?.gid) };
    case "cgroup":
      return { type: "number", read: (seen) => ofSocket(seen, undefined) };
    case "length":
      return { type: "number", read: ({ flight }) => flight.packet.sizeBytes ?? unknownValue };
    case "priority":
    case "rtclassid":
    case "cpu":
    case "random":
    case "iifgroup":
    case "oifgroup":
    case "time":
    case "day":
    case "hour":
    case "secpath":
      return { type: "number", read: () => unknownValue };
    default:
      return undefined;
  }
}

/** No packet has one before it is routed, and none that is delivered here. */
function outLink({ flight, hook }: Seen): string {
  return hook === "prerouting" || hook === "input" ? "" : (flight.outLink ?? "");
}

function ofLink(
  type: ValueType,
  linkOf: (seen: Seen) => Link | undefined,
  read: (link: Link) => Reading,
): Field {
  return {
    type,
    read: (seen) => {
      const link = linkOf(seen);
      return link === undefined ? undefined : read(link);
    },
  };
}

function linkType(link: Link): Reading {
  if (link.flags.includes("LOOPBACK")) return 772;
  return link.mac === undefined ? unknownValue : 1;
}

/** `iifkind`: as `ip link add type`; plain interfaces have none. */
function linkKind(link: Link): Reading {
  return link.linkKind;
}

/** What a link takes is for its own MAC address; that of a group is not. */
function packetType({ flight }: Seen): Reading {
  const [first = 0] = flight.destinationWords;
  if (flight.family === "ipv6") return first >>> 24 === 0xff ? 2 : 0;
  if (first >>> 28 === 0xe) return 2;
  return first === 0xffffffff ? 1 : 0;
}

/** What is only forwarded has no socket; a packet for this host may have been given one early. */
function ofSocket({ hook, flight }: Seen, value: number | undefined): Reading {
  const forwarded = hook === "forward" || (hook === "postrouting" && flight.sender === undefined);
  return forwarded ? undefined : (value ?? unknownValue);
}
