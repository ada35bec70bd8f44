import type { Element, Packet, Step } from "../../model/packet.ts";
import type { TraceFate, TraceHop, TraceStep, TraceWay } from "../../model/trace/trace-report.ts";
import { elementText } from "../evidence.ts";
import type { Path, PathHop } from "../path/follow.ts";
import { hostPlace, linkAt, type World } from "../path/world.ts";
import { chainOwner, nftTableOwner, ruleOwner } from "../rule-owners.ts";
import { astray, untranslated } from "./blame.ts";
import type { Expected } from "./packet-of.ts";
import type { TraceHost } from "./trace-host.ts";

/** A path in the words of a report, judged by who had to take the packet. */
export function traceWay(host: TraceHost, path: Path, expected: Expected): TraceWay {
  const { world } = host;
  const base = {
    endedIn: placeName(world, path.place),
    ...(path.arrival === undefined ? {} : { arrival: arrivalText(world, path) }),
    // What leaves in the packets of a tunnel goes on as they do.
    hops: [...path.hops, ...(path.outer?.hops ?? [])].map((hop) => traceHop(world, hop)),
  };
  const judged = judge(host, path, expected);
  const { fate, element } = judged;
  if (element === undefined) return { fate, ...base };
  const owner = ownerOf(world, path.place, element);
  return {
    fate,
    ...base,
    element,
    text: elementText(element),
    ...(owner === undefined ? {} : { owner }),
  };
}

interface Judged {
  readonly fate: TraceFate;
  readonly element?: Element;
}

function judge(host: TraceHost, path: Path, expected: Expected): Judged {
  const { fate, element } = path;
  const partly = path.hops.find(({ place }) => isBlindAt(host, path, place));
  const missing = partly === undefined ? undefined : host.reduced.get(partly.place);
  if (partly !== undefined && missing !== undefined && fate !== "unsure")
    return unsure(`${partly.name} was read in part: ${missing}`);
  if (fate === "unsure") return element === undefined ? { fate } : { fate, element };
  const blamed = astray(host, path, expected) ?? element;
  if (fate !== "delivered") return blamed === undefined ? { fate } : { fate, element: blamed };
  const meant = isMeant(path, expected);
  if (meant?.fate === "misdelivered" && blamed !== undefined) return { ...meant, element: blamed };
  if (meant !== undefined) return meant;
  const kept = expected.kind === "outside" ? untranslated(host, path) : undefined;
  return kept === undefined ? { fate } : { fate: "unsure", element: kept };
}

/** What was not read may have stopped the packet, or may have let it go on where it ended. */
function isBlindAt(host: TraceHost, { fate, place: end }: Path, place: string): boolean {
  return host.reduced.has(place) && (fate === "delivered" || place === end);
}

/** undefined = the one for whom it was meant has it. */
function isMeant({ arrival, place }: Path, expected: Expected): Judged | undefined {
  if (expected.kind === "anybody" || arrival === undefined) return undefined;
  if (expected.kind === "outside") {
    if (arrival.kind === "forwarded") return undefined;
    return { fate: "misdelivered" };
  }
  if (expected.place === undefined) return unsure(`the namespace of ${expected.name} was not read`);
  if (place === expected.place && arrival.kind === "local") return undefined;
  if (place === hostPlace && arrival.kind === "local" && arrival.process === "docker-proxy")
    return unsure("docker-proxy takes it; which address it connects to is not known");
  if (arrival.kind === "forwarded" && arrival.gateway !== undefined)
    return unsure(`it leaves by ${arrival.outputLink}; whether it comes back is not known`);
  const ownerless = arrival.kind === "local" && arrival.process === undefined;
  if (place === hostPlace && ownerless)
    return unsure("whose socket of the host takes it could not be seen");
  return { fate: "misdelivered" };
}

function unsure(text: string): Judged {
  return { fate: "unsure", element: { kind: "not-modelled", text } };
}

function arrivalText(world: World, { arrival, place }: Path): string {
  const name = placeName(world, place);
  if (arrival?.kind === "forwarded") return `out of ${name} by ${arrival.outputLink}`;
  const { process, packet } = arrival ?? {};
  if (packet?.ctDirection === "REPLY" || process === undefined) return `in ${name}`;
  return `in ${name}, by ${process}`;
}

export function placeName(world: World, place: string): string {
  return world.places.get(place)?.name ?? place;
}

function traceHop(world: World, hop: PathHop): TraceHop {
  const { place, name, from, to, came, left, steps } = hop;
  const mtuBytes = to === undefined ? undefined : linkAt(world, { place, ifname: to })?.mtuBytes;
  const size = (left ?? came).sizeBytes;
  return {
    name,
    from,
    ...(to === undefined ? {} : { to }),
    came,
    ...(left === undefined ? {} : { left }),
    translated: left === undefined ? [] : translations(came, left),
    ...(mtuBytes === undefined ? {} : { mtuBytes }),
    ...(mtuBytes === undefined || size === undefined ? {} : { mtuLeftBytes: mtuBytes - size }),
    steps: steps.map((step) => traceStep(world, place, step)),
  };
}

/** NAT in words; the kernel's choice of a source is none. */
function translations(came: Packet, left: Packet): readonly string[] {
  const sides = [
    ["source", socketText(came.source, came.sourcePort), socketText(left.source, left.sourcePort)],
    [
      "destination",
      socketText(came.destination, came.destinationPort),
      socketText(left.destination, left.destinationPort),
    ],
  ] as const;
  return sides.flatMap(([side, before, after]) =>
    before === after || isOpen(side, came) ? [] : [`${side} ${before} → ${after}`],
  );
}

function isOpen(side: "source" | "destination", { source }: Packet): boolean {
  return side === "source" && (source === "0.0.0.0" || source === "::");
}

/** `192.0.2.10:8080`, `[2001:db8::1]:80`. */
export function socketText(address: string, port: number | undefined): string {
  if (port === undefined) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function traceStep(world: World, place: string, { at, element, verdict }: Step): TraceStep {
  const owner = ownerOf(world, place, element);
  const counters =
    element.kind === "rule" || element.kind === "nft-rule" ? element.counters : undefined;
  return {
    at,
    text: elementText(element),
    verdict,
    ...(owner === undefined ? {} : { owner }),
    ...(counters === undefined ? {} : { counters }),
    element,
  };
}

/** Who keeps a rule, as its chain, table, comment or target tells. */
function ownerOf(world: World, place: string, element: Element): string | undefined {
  if (element.kind === "nft-rule" || element.kind === "nft-chain")
    return nftTableOwner(element.table).name;
  if (element.kind !== "rule") return undefined;
  const { family, backend, table, chain, ruleNumber } = element;
  const ruleset = world.places
    .get(place)
    ?.netns.facts.rulesets.find((own) => own.family === family && own.backend === backend);
  const rule = ruleset?.tables
    .find(({ name }) => name === table)
    ?.chains.find(({ name }) => name === chain)?.rules[ruleNumber - 1];
  return (rule === undefined ? chainOwner(chain) : ruleOwner(rule))?.name;
}
