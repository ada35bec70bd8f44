import { isWider, type LevelRange, mostOf } from "../../model/exposure/exposure-level.ts";
import type {
  ExposedAddress,
  ExposedPort,
  ExposureReport,
  ExposureWay,
} from "../../model/exposure/exposure-report.ts";
import { type Address, contains, type Family, familyOf, parsePrefix } from "../../model/ip.ts";
import type { Sandbox } from "../../model/sandbox.ts";
import { missedRules } from "../dead-rules/missed-rules.ts";
import { elementText } from "../evidence.ts";
import { bridgesWithoutAllPorts } from "../judged-intents.ts";
import { elementOwner } from "../rule-owners.ts";
import { dockerBridges } from "../uplinks.ts";
import { compileNetns } from "../walk/compile.ts";
import { exposureNotes } from "./exposure-notes.ts";
import { isReached, rangeOf, widest } from "./level.ts";
import { listensIn } from "./listens-in.ts";
import { type CompiledManager, compileManagers, managerClaim } from "./manager-claims.ts";
import { type OpenedFacts, type OpenedPort, openedPorts } from "./opened-ports.ts";
import { type Asked, type Reach, type ReachHost, reach } from "./reach.ts";
import { type Surroundings, surroundings, type Vantage } from "./vantages.ts";

/** What `docknet exposure` is computed from. */
export interface ExposureFacts extends OpenedFacts {
  /** Absent where no namespace was read. */
  readonly sandboxes?: readonly Sandbox[];
}

export type Exposure = Pick<ExposureReport, "ports" | "managers" | "missedRules" | "notes">;

interface Host extends ReachHost {
  readonly facts: ExposureFacts;
  readonly managers: readonly CompiledManager[];
  readonly around: Readonly<Record<Family, Surroundings>>;
  /** Nothing is certain, and why: a fact that decides is not known. */
  readonly blind?: string;
}

/** Who reaches each port that Docker opened, by the walk of packets from everywhere they may come from. */
export function exposure(facts: ExposureFacts, blind?: string): Exposure {
  const netns = compileNetns(facts);
  const host: Host = {
    facts,
    netns,
    cutOff: bridgesWithoutAllPorts(facts),
    managers: compileManagers(facts),
    around: {
      ipv4: surroundings(facts, netns.fib, "ipv4"),
      ipv6: surroundings(facts, netns.fib, "ipv6"),
    },
    ...(blind === undefined ? {} : { blind }),
  };
  const ports = openedPorts(facts).map((opened) => exposedPort(host, opened));
  const missed = missedRules(facts.rulesets);
  const families = (["ipv4", "ipv6"] as const).filter((family) =>
    ports.some((port) => port.family === family),
  );
  return {
    ports: ports.toSorted(inOrder),
    managers: host.managers.map(({ manager: { name, active } }) => ({ name, active })),
    missedRules: missed.rules,
    notes: [
      ...families.flatMap((family) => host.around[family].notes),
      ...exposureNotes(facts),
      ...missed.notes,
    ],
  };
}

function inOrder(a: ExposedPort, b: ExposedPort): number {
  const key = ({ protocol, family, boundTo, name }: ExposedPort): string =>
    [protocol, family, boundTo, name].join(" ");
  return a.hostPort - b.hostPort || (key(a) < key(b) ? -1 : 1);
}

function exposedPort(host: Host, opened: OpenedPort): ExposedPort {
  const { port, to } = opened;
  const addresses = askedAddresses(host, opened).map((one) => exposedAddress(host, opened, one));
  const range = rangeOfPort(host, port, addresses);
  const most = mostOf(widest(addresses));
  const wanted = { name: port.name, protocol: port.protocol };
  const listens =
    to.kind === "container"
      ? listensIn(host.facts.sandboxes, { ...wanted, port: to.port })
      : undefined;
  return {
    ...port,
    ...range,
    ...(isWider(most, mostOf(range)) ? { byRoute: most } : {}),
    ...(listens === undefined ? {} : { listens }),
    addresses,
  };
}

function rangeOfPort(
  host: Host,
  { family, protocol }: OpenedPort["port"],
  addresses: readonly ExposedAddress[],
): LevelRange {
  // Without the links, not even all the addresses are known on which somebody may ask.
  if (host.blind !== undefined) return { level: "nobody", perhaps: "anyone" };
  const range = widest(addresses.flatMap((one) => ordinaryRange(one, protocol)));
  const named = { level: range.level, perhaps: "named" } as const;
  return host.around[family].untried ? widest([range, named]) : range;
}

/** Without those who have to route what nobody else sends to this host: loopback, a bridge, a container. */
function ordinaryRange(
  { of, ways }: ExposedAddress,
  protocol: ExposedPort["protocol"],
): readonly LevelRange[] {
  if (of === "container") return [];
  const own = of === "host" ? ways : ways.filter(({ from }) => from.kind === "host");
  return [rangeOf(own.map((way) => ({ from: way.from, answer: isReached(way, protocol) })))];
}

interface AskedAddress {
  readonly address: Address;
  readonly of: ExposedAddress["of"];
  readonly port: number;
  readonly vantages: readonly Vantage[];
}

/** The host's addresses that the port is bound to, and the container's own. */
function askedAddresses(host: Host, { port, to, direct }: OpenedPort): readonly AskedAddress[] {
  const { family, boundTo, hostPort } = port;
  const { vantages, doors } = host.around[family];
  const near = vantages.filter(isNeighbour);
  const own = vantages.filter(isHost);
  const wildcard = boundTo === "0.0.0.0" || boundTo === "::";
  const bound: readonly AskedAddress[] = doors
    .filter(({ address }) => wildcard || address === boundTo)
    .map(({ address, ifname, linkLocal }) => ({
      address,
      of: "host",
      port: hostPort,
      vantages: linkLocal
        ? vantages.filter((one) => isOnLink(one, ifname))
        : vantages.filter(isRouted),
    }));
  const loopback = isLoopback(boundTo);
  const on = loopback ? "loopback" : bridgeOf(host, boundTo);
  const only: readonly AskedAddress[] =
    bound.length > 0 || wildcard || on === undefined
      ? []
      : [
          {
            address: boundTo,
            of: on,
            port: hostPort,
            vantages: [...near.filter(isRouted), ...own],
          },
        ];
  const itself: readonly AskedAddress[] =
    wildcard && !doors.some(({ linkLocal: near_ }) => !near_)
      ? [
          {
            address: family === "ipv4" ? "127.0.0.1" : "::1",
            of: "loopback",
            port: hostPort,
            vantages: own,
          },
        ]
      : [];
  const containers = direct.map((address): AskedAddress => {
    const containerPort = to.kind === "container" ? to.port : hostPort;
    const clients = host.around[familyOf(address)].vantages.filter(isNeighbour);
    return { address, of: "container", port: containerPort, vantages: clients.filter(isRouted) };
  });
  return [...bound, ...only, ...itself, ...containers];
}

const linkLocal = parsePrefix("fe80::/10");

function isLinkLocal({ address }: Pick<Vantage, "address">): boolean {
  return linkLocal !== undefined && contains(linkLocal, address);
}

function isNeighbour({ source }: Vantage): boolean {
  return source.kind === "neighbour";
}

function isHost({ source }: Vantage): boolean {
  return source.kind === "host";
}

/** Link-local sources reach nothing but their link's own addresses. */
function isRouted(vantage: Vantage): boolean {
  return !isLinkLocal(vantage);
}

function isOnLink({ source, address }: Vantage, ifname: string): boolean {
  return source.link === ifname && isLinkLocal({ address });
}

function isLoopback(address: Address): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** What an address of the host is that is on none of the links outside. */
function bridgeOf({ facts }: Host, address: Address): "bridge" | "host" | undefined {
  const link = facts.links.find(({ addresses }) =>
    addresses.some((own) => own.address === address),
  );
  if (link === undefined) return undefined;
  return dockerBridges(facts.dockerNetworks).has(link.ifname) ? "bridge" : "host";
}

function exposedAddress(host: Host, opened: OpenedPort, asked: AskedAddress): ExposedAddress {
  const { protocol } = opened.port;
  const { address, of, port, vantages } = asked;
  const ways = vantages.map((vantage) => way(host, vantage, { ...opened, asked }));
  const range = rangeOf(ways.map((one) => ({ from: one.from, answer: isReached(one, protocol) })));
  const itself = host.around[opened.port.family].vantages.filter(isHost);
  const claimants = [...vantages.filter((vantage) => !isHost(vantage)), ...itself];
  const claims =
    of === "host" && protocol !== "sctp" && host.blind === undefined
      ? host.managers
          .filter(({ manager }) => manager.active)
          .map((manager) => managerClaim(manager, claimants, { protocol, address, port }))
      : [];
  return { address, of, port, ...range, ways, claims };
}

function way(
  host: Host,
  vantage: Vantage,
  { port, to, asked }: OpenedPort & { readonly asked: AskedAddress },
): ExposureWay {
  const { protocol } = port;
  const from = vantage.source;
  if (host.blind !== undefined) return withWords(host, from, unsure(host.blind));
  if (protocol === "sctp") return withWords(host, from, unsure("sctp is not modelled"));
  const question: Asked = { protocol, address: asked.address, port: asked.port, to };
  return withWords(host, from, reach(host, vantage, question));
}

function unsure(text: string): Reach {
  return { outcome: "unsure", element: { kind: "not-modelled", text } };
}

function withWords(host: Host, from: ExposureWay["from"], found: Reach): ExposureWay {
  const { element } = found;
  if (element === undefined) return { from, ...found };
  const owner = elementOwner(element, host.facts.rulesets);
  return {
    from,
    ...found,
    text: elementText(element),
    ...(owner === undefined ? {} : { owner: owner.name }),
  };
}
