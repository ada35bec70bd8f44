import { type Address, type Family, familyOf } from "../../model/ip.ts";
import type { Packet } from "../../model/packet.ts";
import type { ListeningSocket } from "../../model/socket.ts";
import type { WhyFinding } from "../../model/why/why-report.ts";
import { hostPlace } from "../path/world.ts";
import { publishers } from "../trace/packet-of.ts";
import { placeOfContainer } from "../trace/trace-host.ts";
import { socketThatTakes } from "../walk/way/sockets.ts";
import { embeddedDns } from "./embedded-dns.ts";
import { socketsQuery } from "./evidence-at.ts";
import type { Look } from "./look.ts";
import type { Side } from "./sides.ts";
import { socketsAt, type WhyHost } from "./why-host.ts";

/** Where somebody has to listen. */
interface Target {
  readonly name: string;
  readonly place: string | undefined;
  readonly addresses: readonly Address[];
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

export interface ListenerQuestion {
  readonly to: Side;
  readonly protocol: Packet["protocol"];
  readonly family: Family;
  /** Address that the first packet was for, where one could be made. */
  readonly destination: Address | undefined;
}

/** Whether something listens where the packet is for: on which address, in which family, by which process where that is known. */
export function lookAtListener(host: WhyHost, question: ListenerQuestion): Look {
  const target = targetOf(host, question);
  if (target === undefined) return withoutPort(host, question);
  const { place, name, port, protocol } = target;
  const [address, ...more] = target.addresses;
  if (address === undefined) return {};
  const facts = place === undefined ? undefined : host.trace.world.places.get(place)?.netns.facts;
  const reduced = place === undefined ? undefined : host.trace.reduced.get(place);
  if (place === undefined || facts === undefined || reduced?.startsWith("sockets") === true) {
    const text = `whether something listens on ${port}/${protocol} in ${name}: its namespace was not read`;
    return { unknown: [{ topic: "listener", text, isNeeded: true }] };
  }
  const { sockets } = facts;
  const taking = target.addresses.flatMap((address) => taker(sockets, target, address) ?? []);
  const [socket] = taking;
  if (socket !== undefined)
    return {
      seen: [
        {
          topic: "listener",
          text: `${whoText(socket)} listens in ${name} on ${socketText(socket)}`,
        },
      ],
    };
  return {
    causes: [absent({ target: { ...target, addresses: [address, ...more] }, place, sockets })],
  };
}

function taker(
  sockets: readonly ListeningSocket[],
  { port, protocol }: Target,
  address: Address,
): ListeningSocket | undefined {
  const packet: Packet = {
    family: familyOf(address),
    source: address,
    destination: address,
    protocol,
    destinationPort: port,
    ctState: "NEW",
    ctDirection: "ORIGINAL",
  };
  // A socket of one link only may still be it: which link it will be is the way's business.
  const [bound] = sockets.filter((own) => own.port === port && own.boundLink !== undefined);
  return socketThatTakes(sockets, {
    packet,
    ...(bound?.boundLink === undefined ? {} : { inLink: bound.boundLink }),
  });
}

function targetOf(
  { trace }: WhyHost,
  { to, protocol, family, destination }: ListenerQuestion,
): Target | undefined {
  const { port } = to.endpoint;
  if (protocol === "icmp" || port === undefined || to.kind === "outside") return undefined;
  if (to.kind === "container") {
    const own = to.owner.endpoints.flatMap(({ addresses }) =>
      addresses.filter((each) => each.family === family).map(({ address }) => address),
    );
    return {
      name: to.container.name,
      place: placeOfContainer(trace, to.container),
      addresses: destination === undefined ? own.slice(0, 1) : [destination],
      port,
      protocol,
    };
  }
  const [published] = publishers(trace, { protocol, family, port });
  if (published !== undefined) {
    const { container, containerPort } = published;
    const addresses = container.endpoints.flatMap((endpoint) =>
      endpoint.addresses.filter((each) => each.family === family).map(({ address }) => address),
    );
    const place = placeOfContainer(trace, container);
    return { name: container.name, place, addresses, port: containerPort, protocol };
  }
  if (destination === undefined) return undefined;
  return { name: "the host", place: hostPlace, addresses: [destination], port, protocol };
}

/** No port was named: what listens there is worth a word. */
function withoutPort({ trace }: WhyHost, { to }: ListenerQuestion): Look {
  if (to.kind !== "container") return {};
  const place = placeOfContainer(trace, to.container);
  if (place === undefined) return {};
  const sockets = socketsAt({ trace }, place);
  const text = `no port was named: in ${to.container.name} ${othersText(sockets, place)}`;
  return { seen: [{ topic: "listener", text }] };
}

interface Absent {
  readonly target: Target & { readonly addresses: readonly [Address, ...Address[]] };
  readonly place: string;
  readonly sockets: readonly ListeningSocket[];
}

function absent({ target, place, sockets }: Absent): WhyFinding {
  const { name, port, protocol, addresses } = target;
  const there = sockets.filter((own) => own.port === port && own.protocol === protocol);
  const others = sockets.filter((own) => own.port === port && own.protocol !== protocol);
  const [first] = there;
  const [other] = others;
  const [wanted] = addresses;
  const base = {
    topic: "listener",
    evidence: [{ source: socketsQuery(place), text: lines(there, others, sockets) }],
  } as const;
  const wildcard = familyOf(wanted) === "ipv6" ? "[::]" : "0.0.0.0";
  const persistent = [`the application's own setting, such as listen_addresses, bind or host`];
  if (first !== undefined && there.every(({ address }) => isLoopback(address)))
    return {
      ...base,
      kind: "listens-on-loopback",
      message: `in ${name}, ${whoText(first)} listens on ${socketText(first)} only: nobody outside of ${name} reaches that`,
      remedy: {
        summary: `Let the application in ${name} listen on ${wildcard}:${port}`,
        commands: [],
        persistent,
      },
    };
  if (first !== undefined)
    return {
      ...base,
      kind: "listens-on-other-address",
      message: `in ${name}, ${whoText(first)} listens on ${there.map(socketText).join(" and ")}, and not on ${wanted}`,
      remedy: {
        summary: `Let the application in ${name} listen on ${wildcard}:${port}`,
        commands: [],
        persistent,
      },
    };
  if (other !== undefined)
    return {
      ...base,
      kind: "listens-with-other-protocol",
      message: `in ${name}, port ${port} is listened on by ${other.protocol}, and not by ${protocol}`,
      remedy: { summary: `Ask by ${other.protocol}`, commands: [], persistent: [] },
    };
  return {
    ...base,
    kind: "nothing-listens",
    message: `nothing listens in ${name} on port ${port}/${protocol}: ${othersText(sockets, place)}`,
    remedy: {
      summary: `Find out whether the application in ${name} has started, and on which port it listens`,
      commands: place === hostPlace ? [] : [`docker logs --tail 20 ${name}`],
      persistent: [],
    },
  };
}

function lines(...groups: readonly (readonly ListeningSocket[])[]): string {
  const group = groups.find(({ length }) => length > 0) ?? [];
  return group.map(socketText).slice(0, 12).join("  ") || "(no socket)";
}

function othersText(sockets: readonly ListeningSocket[], place: string): string {
  const own = sockets.filter(({ address }) => address !== embeddedDns);
  const most = place === hostPlace ? 6 : 12;
  const texts = [...new Set(own.map(socketText))];
  if (texts.length === 0) return "nothing listens at all";
  const more = texts.length > most ? ` and ${texts.length - most} more` : "";
  return `what listens is ${texts.slice(0, most).join(", ")}${more}`;
}

function isLoopback(address: Address | undefined): boolean {
  return address !== undefined && (address.startsWith("127.") || address === "::1");
}

function whoText({ processes }: ListeningSocket): string {
  const [owner] = processes;
  return owner === undefined ? "a socket" : `${owner.name} (pid ${owner.pid})`;
}

function socketText({ address, port, protocol, boundLink }: ListeningSocket): string {
  const by = boundLink === undefined ? "" : `%${boundLink}`;
  const shown = address === undefined ? "*" : address.includes(":") ? `[${address}]` : address;
  return `${shown}${by}:${port}/${protocol}`;
}
