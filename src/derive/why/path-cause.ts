import type { TraceWay } from "../../model/trace/trace-report.ts";
import type { WhyFinding } from "../../model/why/why-report.ts";
import { hostPlace } from "../path/world.ts";
import type { Traced } from "../trace/trace.ts";
import { endsElsewhere } from "./ends-elsewhere.ts";
import { evidenceAt } from "./evidence-at.ts";
import type { Look } from "./look.ts";
import { relationOf } from "./networks.ts";
import { remedyFor } from "./path-remedy.ts";
import type { Sides } from "./sides.ts";
import { placeNamed, type WhyHost } from "./why-host.ts";

/** The way that decides a trace, and in which direction. */
interface Decisive {
  readonly way: TraceWay;
  readonly direction: "request" | "reply";
}

/** A request that does not arrive, before answers that do not; undefined where all do. */
function decisiveWay({ legs }: Traced): Decisive | undefined {
  const requests = legs.map(({ request }) => ({ way: request, direction: "request" as const }));
  const replies = legs.flatMap(({ reply }) =>
    reply === undefined ? [] : [{ way: reply, direction: "reply" as const }],
  );
  for (const ends of [requests, replies]) {
    const failed = ends.filter(({ way }) => way.fate !== "delivered");
    const certain = failed.find(({ way }) => way.fate !== "unsure");
    const [first] = failed;
    if (first !== undefined) return certain ?? first;
  }
  return undefined;
}

/** Whether the first packet and its answer pass; what stops them otherwise, and what to do about it. */
export function lookAtPath(host: WhyHost, sides: Sides, traced: Traced): Look {
  const { from, to } = sides;
  const end = decisiveWay(traced);
  if (traced.fate === "unsure") {
    const text = traced.sentence.replace(/^.*? is unsure: /, "").replace(/\.$/, "");
    return { unknown: [{ topic: "path", text, isNeeded: true }] };
  }
  if (end === undefined) {
    const arrivals = traced.legs
      .map(({ request }) => request.arrival)
      .filter((arrival) => arrival !== undefined);
    const last = [`to ${to.label}`, ...arrivals].at(-1);
    const by = traced.legs.length > 1 ? " by docker-proxy" : "";
    const isAnswered = traced.legs.every(({ reply }) => reply !== undefined);
    const back = isAnswered
      ? "and its answer comes back"
      : "in a tunnel to another host; what becomes of it there is not seen from here";
    const text = `the first packet is delivered${by} ${last}, ${back}`;
    return { seen: [{ topic: "path", text }] };
  }
  const { way, direction } = end;
  // Whether something listens is looked at by itself, whatever stops the packet before.
  if (way.element?.kind === "no-listener") return {};
  // Docker keeps networks apart: what does it is no cause of its own.
  if (relationOf(sides).kind === "apart") {
    const text = `what keeps them apart now: ${stoppedBy(way)} (in ${way.endedIn})`;
    return { seen: [{ topic: "path", text }] };
  }
  return {
    causes: [finding(host, { sides, way, direction, label: `${from.label} to ${to.label}` })],
  };
}

function stoppedBy({ text, fate }: TraceWay): string {
  return text ?? fate;
}

interface Stopped extends Decisive {
  readonly sides: Sides;
  readonly label: string;
}

function finding(host: WhyHost, { sides, way, direction, label }: Stopped): WhyFinding {
  const { element, endedIn, fate } = way;
  const place = placeNamed(host, endedIn) ?? hostPlace;
  const whose = way.owner === undefined ? "" : ` (kept by ${way.owner})`;
  const what =
    direction === "request" ? `packets from ${label}` : `answers to packets from ${label}`;
  if (fate === "misdelivered" || element === undefined)
    return endsElsewhere({ trace: host.trace, sides, what, way });
  const told = fate === "rejected" ? "rejected" : "dropped";
  return {
    kind: direction === "request" ? "path-blocked" : "answer-blocked",
    topic: "path",
    message: `${what} are ${told} in ${endedIn}: ${stoppedBy(way)}${whose}`,
    evidence: [evidenceAt(host, place, element)],
    remedy: remedyFor(host, { place, element, sides }),
  };
}
