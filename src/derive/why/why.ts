import type { Family } from "../../model/ip.ts";
import { shellWord } from "../../model/query.ts";
import type { WhyReport, WhyTrace } from "../../model/why/why-report.ts";
import type { EndpointName } from "../trace/endpoint.ts";
import { type Found, refuse } from "../trace/party.ts";
import { elsewhereOf } from "./elsewhere.ts";
import { lookAtFullSize } from "./full-size.ts";
import { lookAtListener } from "./listeners.ts";
import { type Look, together } from "./look.ts";
import { lookAtNames } from "./names.ts";
import { lookAtNetworks } from "./networks.ts";
import { lookAtPath } from "./path-cause.ts";
import { type Asked, type Sent, type SentPackets, send } from "./send.ts";
import type { WhyAsked } from "./sentence.ts";
import { type Sides, sidesOf } from "./sides.ts";
import { lookAtStates } from "./states.ts";
import { unnamedPort } from "./unnamed-port.ts";
import { lookAtUpstream } from "./upstream.ts";
import type { WhyHost } from "./why-host.ts";

/** `docknet why` in its typed form. */
export interface WhyRequest extends WhyAsked {
  readonly family?: Family;
}

export type Answered = Omit<WhyReport, "schemaVersion" | "tool" | "host" | "takenAt">;

/** What keeps one from reaching the other on this host; refuses names that do not fit it. */
export function why(host: WhyHost, request: WhyRequest): Found<Answered> {
  const found = sidesOf(host.trace, request);
  if (!found.ok) return found;
  const meant = withPort(host, found.value, request.protocol);
  if (!meant.ok) return meant;
  const sides = meant.value;
  const { label, endpoint } = sides.to;
  const protocol = request.protocol ?? (endpoint.port === undefined ? "icmp" : "tcp");
  if (protocol !== "icmp" && endpoint.port === undefined)
    return refuse(`which port of ${label}? Give it as ${label}:PORT, or name no protocol`);
  if (protocol === "icmp" && endpoint.port !== undefined)
    return refuse(`icmp has no ports: ask for ${label} by tcp or udp, or leave the port away`);
  const asked: Asked = {
    protocol,
    ...(request.family === undefined ? {} : { family: request.family }),
  };
  const packets = send(host, sides, asked);
  if (!packets.ok) return packets;
  return { ok: true, value: answer(host, { sides, packets: packets.value, asked }) };
}

/** No port was named, and only one can be meant. */
function withPort(
  host: WhyHost,
  sides: Sides,
  protocol: Asked["protocol"] | undefined,
): Found<Sides> {
  const { from, to } = sides;
  if (protocol !== undefined || to.endpoint.port !== undefined) return { ok: true, value: sides };
  const port = unnamedPort(host, to);
  if (!port.ok) return port;
  if (port.value === undefined || to.kind !== "container") return { ok: true, value: sides };
  const endpoint = { ...to.endpoint, port: port.value };
  return { ok: true, value: { from, to: { ...to, endpoint, label: `${to.label}:${port.value}` } } };
}

interface Question {
  readonly sides: Sides;
  readonly packets: SentPackets;
  readonly asked: Asked;
}

function answer(host: WhyHost, question: Question): Answered {
  const { sides, packets, asked } = question;
  const found = together(looksAt(host, question));
  const { from, to } = sides;
  const family = packets.family ?? asked.family;
  const outcome = outcomeOf(found);
  const told = worst(packets.sent);
  return {
    question: {
      from: from.label,
      to: named(to.label, asked),
      protocol: asked.protocol,
      ...(family === undefined ? {} : { family }),
    },
    outcome,
    sentence: sentenceOf(outcome, found, { from: from.label, to: named(to.label, asked) }),
    ...found,
    elsewhere:
      outcome === "fine"
        ? elsewhereOf(host, sides, { ...asked, destination: told?.traced.question?.destination })
        : [],
    ...(told === undefined ? {} : { trace: traceOf(told, { sides, asked }) }),
  };
}

/** In the order in which a connection meets them. */
function looksAt(host: WhyHost, { sides, packets, asked }: Question): readonly Look[] {
  const { sent, family = asked.family ?? "ipv4" } = packets;
  const { protocol } = asked;
  const isReached = sent.length > 0 && sent.every(({ traced }) => traced.fate === "delivered");
  const { to } = sides;
  const aimed = sent.length > 0 ? sent : [undefined];
  return [
    lookAtStates(host, sides),
    lookAtNetworks(host, sides, { isReached }),
    lookAtNames(host, sides, { isReached }),
    lookAtUpstream(host, sides),
    ...sent.map(({ traced }) => lookAtPath(host, sides, traced)),
    ...aimed.map((one) => {
      const destination = one?.traced.question?.destination;
      return lookAtListener(host, { to, protocol, family, destination });
    }),
    ...sent.flatMap(({ traced, packet }) =>
      packet === undefined ? [] : [lookAtFullSize(host, { traced, packet })],
    ),
  ];
}

function outcomeOf({ causes, suspects, unknown }: Required<Look>): Answered["outcome"] {
  if (causes.length > 0) return "broken";
  return suspects.length > 0 || unknown.some(({ isNeeded }) => isNeeded) ? "unsure" : "fine";
}

function sentenceOf(
  outcome: Answered["outcome"],
  { causes, suspects, unknown }: Required<Look>,
  { from, to }: { readonly from: string; readonly to: string },
): string {
  const [cause] = causes;
  const [suspect] = suspects;
  if (cause?.kind === "link-too-small")
    return `${from} reaches ${to} with small packets only: ${cause.message}.`;
  if (cause !== undefined) return `${from} cannot reach ${to}: ${cause.message}.`;
  if (outcome === "fine") return `Nothing on this host keeps ${from} from reaching ${to}.`;
  if (suspect !== undefined)
    return `Nothing certain keeps ${from} from reaching ${to}, but ${suspect.message}.`;
  const reasons = unknown.filter(({ isNeeded }) => isNeeded).map(({ text }) => ofUnknown(text));
  return `Whether ${from} reaches ${to} is unsure: ${reasons.slice(0, 1).join("")}.`;
}

/** `whether …` and `which …` can stand behind `it is not known`; a sentence of its own cannot. */
function ofUnknown(text: string): string {
  return /^(?:whether|which|what|the)\b/.test(text) ? `it is not known ${text}` : text;
}

/** `db:5432/tcp`; without a port the protocol is no word of a person's. */
function named(label: string, { protocol }: Asked): string {
  return protocol === "icmp" ? label : `${label}/${protocol}`;
}

/** The one that does not arrive, else the first. */
function worst(sent: readonly Sent[]): Sent | undefined {
  const failed = sent.filter(({ traced }) => traced.fate !== "delivered");
  return failed.find(({ traced }) => traced.fate !== "unsure") ?? failed[0] ?? sent[0];
}

function traceOf(
  { to, traced }: Sent,
  { sides, asked }: { readonly sides: Sides; readonly asked: Asked },
): WhyTrace {
  const { fate, sentence, legs } = traced;
  return { fate, sentence, legs, command: traceCommand(sides.from.endpoint, to, asked) };
}

/** The command that prints the way, as a person types it. */
function traceCommand(from: EndpointName, to: EndpointName, { protocol, family }: Asked): string {
  const words = [
    ...["docknet", "trace", "--from", endpointText(from)],
    ...["--to", endpointText(to)],
    ...(protocol === "tcp" ? [] : ["--proto", protocol]),
    ...(family === undefined ? [] : ["--family", family === "ipv4" ? "4" : "6"]),
  ];
  return words.map(shellWord).join(" ");
}

function endpointText(endpoint: EndpointName): string {
  const port = endpoint.port === undefined ? "" : `:${endpoint.port}`;
  switch (endpoint.kind) {
    case "container":
      return `${endpoint.name}${endpoint.network === undefined ? "" : `@${endpoint.network}`}${port}`;
    case "host":
      return `host${port}`;
    case "outside":
      return endpoint.address === undefined
        ? `outside${port}`
        : `outside=${written(endpoint.address, port)}`;
    case "address":
      return written(endpoint.address, port);
  }
}

function written(address: string, port: string): string {
  return address.includes(":") && port !== "" ? `[${address}]${port}` : `${address}${port}`;
}
